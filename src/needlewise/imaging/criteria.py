"""What counts as a line, a spot, a red area or a stretch mark: the numbers of knowledge/imaging/criteria.toml, typed.

They are numbers that a clinician could dispute. Those that only make a filter work stand beside the filter.
"""

from dataclasses import dataclass

from needlewise.knowledge import Imaging


@dataclass(frozen=True, slots=True)
class LineRule:
    """What counts as a line, and how its depth is read. Lengths in mm on the skin."""

    blurs_mm: tuple[float, ...]  # Gaussians that are tried
    begin: float  # thresholds, in times the median response of the zone, which is that of its micro-relief
    go_on: float
    least_contrast: float  # ln units; a response below this is no line
    gap_mm: float
    least_mm: float
    slender: float  # at least so many times as long as wide
    narrowest_mm: float  # at half depth
    widest_mm: float
    even: float  # the lower side is at least this share of the higher one
    groove_power: float  # skin's answer to the lamp is a groove's to this power
    groove_error: float
    depth_power: float  # contrast grows as depth to this power
    depth_error: float


@dataclass(frozen=True, slots=True)
class PatchRule:
    """What counts as a spot or a red area. Lengths in mm; diameters are those of a disc of the same area."""

    least_mm: float
    most_mm: float
    surround_mm: float  # standard deviation of the blur that makes the background
    least_height: float  # above the background, in units of the index
    times_spread: float  # and as many times the spread of the background
    longest: float  # times as long as wide: more is a fold
    least_edge: float = (
        0.0  # units of the index that are lost within `edge_mm` to both sides of its outline; 0: it has none
    )
    edge_mm: float = 0.5
    least_colour: float = 0.0  # share of its height that its colour, which shade leaves alone, must bear witness to


@dataclass(frozen=True, slots=True)
class StripeRule:
    """What counts as a stretch mark. Lengths in mm."""

    widths_mm: tuple[float, ...]  # that are tried
    least_lightness: float  # contrast below which no stripe is sought, L*
    least_redness: float  # a*
    times_quarter: float  # and so many times the lower quartile of all answers
    least_errors: float  # and its contrast at least so many of its own errors
    least_mm: float
    slender: float
    edge_mm: float  # no stripe is sought so near the edge of a zone


@dataclass(frozen=True, slots=True)
class Rules:
    """All of them."""

    lines: LineRule
    spots: PatchRule
    red_areas: PatchRule
    stripes: StripeRule


def rules_of(imaging: Imaging) -> Rules:
    """The rules as the knowledge files have them."""

    def of(*names: str) -> list[float]:
        return [value for name in names for value in imaging.criteria[name].values]

    lines = of("line-begin", "line-contrast", "line-gap", "line-length", "line-slender", "line-width", "line-even",
               "groove-share", "depth-power")  # fmt: skip
    spots = of("spot-diameter", "spot-surround", "spot-height", "spot-times-spread", "spot-longest", "spot-edge",
               "spot-colour")  # fmt: skip
    red_areas = of("red-diameter", "red-surround", "red-height", "red-times-spread", "red-longest")
    stripes = of(
        "stripe-contrast", "stripe-times-quarter", "stripe-errors", "stripe-length", "stripe-slender", "stripe-edge"
    )
    return Rules(
        LineRule(imaging.criteria["line-blurs"].values, *lines),
        PatchRule(*spots),
        PatchRule(*red_areas),
        StripeRule(imaging.criteria["stripe-widths"].values, *stripes),
    )
