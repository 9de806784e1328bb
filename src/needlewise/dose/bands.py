"""Dose with a band: what is not known of a dose as spreads, and the figures of a session between 5 % and 95 %.

Nothing is left to chance: a band comes from draws that are given, or from a fixed set of them that fills the range
evenly, so that the same settings always give the same band. Standard library only.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

from needlewise.dose import Channel, Layer, injured_fraction, open_area_fraction
from needlewise.errors import DoseError, Problem

LOW, HIGH = 0.05, 0.95
_NORMAL = NormalDist()
# From the median to the end of a band of nine in ten, in spreads.
_TO_END = _NORMAL.inv_cdf(HIGH)
_PAIRS = 511


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A quantity that is not known exactly: a lognormal, held between `least` and `most`. Without a spread, a number."""

    median: float
    log_sd: float = 0.0
    least: float = 0.0
    most: float = math.inf

    def __post_init__(self) -> None:
        if not (0 < self.median < math.inf and 0 <= self.log_sd < math.inf and self.least <= self.median <= self.most):
            found = f"median {self.median:g}, spread {self.log_sd:g}, from {self.least:g} to {self.most:g}"
            expected = "a finite median above 0 between the bounds, and a spread of 0 or more"
            raise DoseError(Problem("uncertain", found, expected))

    def at(self, draw: float) -> float:
        """The value that belongs to a standard-normal draw: median x exp(spread x draw), never beyond the bounds."""
        # Where exp would overflow, the bound has long been reached or nothing tells the value from infinity.
        return min(max(self.median * math.exp(min(self.log_sd * draw, 700.0)), self.least), self.most)

    def quantile(self, share: float) -> float:
        """The value below which this share of draws lies, 0 < share < 1."""
        return self.at(_NORMAL.inv_cdf(share))

    def share_above(self, value: float) -> float:
        """The share of draws that lie above a value, 0 to 1."""
        if value >= self.most or value < self.least or not self.log_sd:
            return float(self.at(0.0) > value)
        return 1 - _NORMAL.cdf(math.log(value / self.median) / self.log_sd) if value > 0 else 1.0


def between(low: float, high: float) -> Uncertain:
    """What is stated as a range: nine of ten inside, in the middle of its logarithm, never beyond. 0 < low <= high."""
    if not 0 < low <= high < math.inf:
        raise DoseError(Problem("between", f"{low:g} to {high:g}", "finite, above 0, the lower end first"))
    return Uncertain(min(max(math.sqrt(low * high), low), high), math.log(high / low) / (2 * _TO_END), low, high)


@dataclass(frozen=True, slots=True)
class Unknowns:
    """What nobody knows of a needle in skin: true depth over the setting, halo in mm, channel width over needle width."""

    depth_share: Uncertain
    halo_mm: Uncertain
    width_share: Uncertain


@dataclass(frozen=True, slots=True)
class Draw:
    """One standard-normal draw for each quantity. All 0: the medians."""

    depth_share: float = 0.0
    halo: float = 0.0
    width_share: float = 0.0
    holes: float = 0.0
    diameter: float = 0.0


@dataclass(frozen=True, slots=True)
class Settings:
    """A session as far as it is stated: holes per cm2, diameter of the needles, depth on the dial, layer of skin."""

    holes_per_cm2: Uncertain
    needle_diameter_mm: Uncertain
    depth_mm: float
    layer: Layer


@dataclass(frozen=True, slots=True)
class Band:
    """A figure: nine of ten draws lie from `low` to `high`."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class DoseBand:
    """The figures of a session. Shares are 0 to below 1."""

    open_area: Band
    true_depth_mm: Band
    injured: Band


def true_depth_mm(setting_mm: float, share: float) -> float:
    """How deep a needle comes that is set to `setting_mm`, where `share` of the setting is reached."""
    return setting_mm * share


def dermis(epidermis_mm: float, dermis_mm: float) -> Layer:
    """The dermis as a layer: below the epidermis, down to the end of both."""
    return Layer(epidermis_mm, epidermis_mm + dermis_mm)


def drawn_channel(settings: Settings, unknowns: Unknowns, draw: Draw) -> Channel:
    """The channel of one draw: half of the needle's width times its share, true depth, halo."""
    return Channel(
        radius_mm=settings.needle_diameter_mm.at(draw.diameter) / 2 * unknowns.width_share.at(draw.width_share),
        depth_mm=true_depth_mm(settings.depth_mm, unknowns.depth_share.at(draw.depth_share)),
        halo_mm=unknowns.halo_mm.at(draw.halo),
    )


def dose_band(settings: Settings, unknowns: Unknowns, draws: Iterable[Draw] | None = None) -> DoseBand:
    """Open area, true depth and injured share of a session, each with its band.

    `draws`: standard-normal draws to reckon with; left out, a fixed set of 1023. Raises `DoseError` for no draw.
    """
    opened, depths, injured = [], [], []
    for draw in even_draws() if draws is None else draws:
        channel, holes = drawn_channel(settings, unknowns, draw), settings.holes_per_cm2.at(draw.holes)
        opened.append(open_area_fraction(holes, channel.radius_mm))
        depths.append(channel.depth_mm)
        injured.append(injured_fraction(holes, channel, settings.layer))
    if not injured:
        raise DoseError(Problem("draws", "none", "one or more"))
    return DoseBand(band_of(opened), band_of(depths), band_of(injured))


def depth_band(setting_mm: float, depth_share: Uncertain) -> Band:
    """The true depth for a setting, straight from the spread of its share."""
    return Band(*(true_depth_mm(setting_mm, depth_share.quantile(share)) for share in (LOW, 0.5, HIGH)))


def band_of(values: Sequence[float]) -> Band:
    """The band of values that are equally likely, straight lines between neighbours."""
    ordered = sorted(values)
    return Band(*(_between_neighbours(ordered, share) for share in (LOW, 0.5, HIGH)))


@cache
def even_draws() -> tuple[Draw, ...]:
    """The medians, and pairs of draws that mirror each other.

    The draws follow steps of an irrational length in each of five directions (Roberts' sequence), which fills the range
    more evenly than chance would.
    """
    root = 2.0
    for _ in range(60):
        root = (1 + root) ** (1 / 6)
    steps = [root ** -(number + 1) for number in range(5)]
    halves = [[_NORMAL.inv_cdf((0.5 + number * step) % 1) for step in steps] for number in range(1, _PAIRS + 1)]
    mirrored = [[-one for one in half] for half in halves]
    return (Draw(), *(Draw(*half) for half in (*halves, *mirrored)))


def _between_neighbours(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
