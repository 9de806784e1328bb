"""The depth glyph: a cross-section of skin, to scale, with the needle of each session at its depth, or with channels.

Every length is given by the caller in millimetres; this module only knows how to draw. One scale holds for all glyphs,
so that two of them can be compared side by side.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

PX_PER_MM = 84.0
SURFACE_Y = 34.0
BLOCK_X, BLOCK_WIDTH = 32.0, 136.0
LABEL_X = BLOCK_X + BLOCK_WIDTH + 14
WIDTH = 296.0
BELOW_MM = 0.3
TICK_MM = 0.25
LABEL_GAP = 15.0
RIDGE_PX, RIDGE_HALF_WAVE_PX = 3.0, 5.5
NEEDLE_PX, CONE_PX = 7.0, 20.0
WHISKER_PX = 4.0
MOST_CHANNELS = 41


@dataclass(frozen=True, slots=True)
class Layers:
    """The skin of a place. None: not known. `thin_mm` is the thin end of what was published."""

    whole_mm: float | None
    thin_mm: float | None
    epidermis_mm: float | None


@dataclass(frozen=True, slots=True)
class Depths:
    """What is marked on the skin. `sessions` are the depths of sessions on end, the first of them `first_number`;
    `next_first`: that one is the next to come."""

    start_mm: float
    ceiling_mm: float
    limit_mm: float
    sessions: tuple[float, ...]
    first_number: int = 1
    next_first: bool = True


@dataclass(frozen=True, slots=True)
class Channels:
    """Channels to draw: how deep the needle is set, where its tip is likely to end and between which ends, and the
    width of channel and halo with the mean distance of two, where they are known."""

    set_mm: float
    tip_mm: float
    tip_low_mm: float
    tip_high_mm: float
    radius_mm: float | None = None
    halo_mm: float = 0.0
    apart_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """The outlines of one channel: the hole itself, and the halo round it."""

    cone: str
    halo: str


@dataclass(frozen=True, slots=True)
class Needle:
    """One needle: the outline of its shaft and tip, and its number above the skin."""

    path: str
    x: float
    label: str
    is_next: bool


@dataclass(frozen=True, slots=True)
class Level:
    """A marked depth: a line across the skin, and its label moved clear of its neighbours."""

    kind: str
    y: float
    label_y: float
    value: str
    words: str

    @property
    def leader(self) -> str:
        """From the edge of the skin to the label."""
        edge = BLOCK_X + BLOCK_WIDTH
        return f"M{edge} {self.y}L{edge + 6} {self.label_y}H{LABEL_X - 3}"


@dataclass(frozen=True, slots=True)
class Tick:
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Glyph:
    """Everything a template needs to draw one glyph."""

    width: float
    height: float
    surface_y: float
    block_x: float
    block_width: float
    bottom_y: float
    epidermis: str
    dermis_bottom_y: float | None
    thin_y: float | None
    ticks: tuple[Tick, ...]
    needles: tuple[Needle, ...]
    levels: tuple[Level, ...]
    label_x: float
    channels: tuple[Channel, ...] = ()
    whisker: str = ""

    @property
    def below_height(self) -> float:
        return round(self.bottom_y - self.surface_y, 1)

    @property
    def dermis_height(self) -> float:
        return round((self.dermis_bottom_y or self.surface_y) - self.surface_y, 1)

    @property
    def uncertain_height(self) -> float:
        """From the thin end of what was published to its mean."""
        return round((self.dermis_bottom_y or 0.0) - (self.thin_y or 0.0), 1)

    @property
    def middle_x(self) -> float:
        return self.block_x + self.block_width / 2

    @property
    def tick_x(self) -> float:
        return self.block_x - 6


def depth_glyph(layers: Layers, depths: Depths) -> Glyph:
    """Draw one place with the needles of its sessions."""
    named = (("limit", "limit", depths.limit_mm), ("ceiling", "ceiling", depths.ceiling_mm))
    levels = tuple(_levels((*named, ("start", "start", depths.start_mm))))
    deepest = max(depths.limit_mm, depths.ceiling_mm, *depths.sessions)
    return _drawn(layers, levels, deepest, tuple(_needles(depths)))


def channel_glyph(layers: Layers, drawn: Channels) -> Glyph:
    """Draw one place with the channels that needles leave, as wide and as far apart as they are. Where their width is
    not known, one needle stands for them."""
    named = [("set", "set", drawn.set_mm), ("likely", "likely tip", drawn.tip_mm)]
    if layers.whole_mm:
        named.append(("dermis", "dermis ends", layers.whole_mm))
    needles = () if drawn.radius_mm else (_needle(BLOCK_X + BLOCK_WIDTH / 2, drawn.tip_mm, "", is_next=True),)
    glyph = _drawn(layers, tuple(_levels(named)), drawn.set_mm, needles)
    low, high, x = _y(drawn.tip_low_mm), _y(drawn.tip_high_mm), BLOCK_X + BLOCK_WIDTH - 2 * WHISKER_PX
    caps = f"M{x - WHISKER_PX} {low}h{2 * WHISKER_PX}M{x - WHISKER_PX} {high}h{2 * WHISKER_PX}"
    return replace(glyph, channels=tuple(_channels(drawn)), whisker=f"M{x} {low}V{high}{caps}")


def _drawn(layers: Layers, levels: tuple[Level, ...], deepest_mm: float, needles: tuple[Needle, ...]) -> Glyph:
    bottom = _y(max(deepest_mm, layers.whole_mm or 0.0) + BELOW_MM)
    return Glyph(
        WIDTH,
        max(bottom, *(level.label_y for level in levels)) + 8,
        SURFACE_Y,
        BLOCK_X,
        BLOCK_WIDTH,
        bottom,
        _epidermis(layers.epidermis_mm) if layers.epidermis_mm else "",
        _y(layers.whole_mm) if layers.whole_mm else None,
        _y(layers.thin_mm) if layers.thin_mm else None,
        tuple(_ticks(bottom)),
        needles,
        levels,
        LABEL_X,
    )


def _channels(drawn: Channels) -> Iterator[Channel]:
    """Channels at their mean distance, as many as fit on the piece of skin."""
    if not drawn.radius_mm:
        return
    radius, halo = drawn.radius_mm * PX_PER_MM, drawn.halo_mm * PX_PER_MM
    wide, tip = radius + halo, _y(drawn.tip_mm)
    # The whisker keeps the right edge to itself.
    room = max(BLOCK_WIDTH - 5 * WHISKER_PX - 2 * wide, 0.0)
    apart = max((drawn.apart_mm or BLOCK_WIDTH) * PX_PER_MM, BLOCK_WIDTH / MOST_CHANNELS)
    gaps = int(room / apart)
    first = BLOCK_X + wide + (room - gaps * apart) / 2
    for number in range(gaps + 1):
        x = first + number * apart
        yield Channel(
            f"M{x - radius:.1f} {SURFACE_Y}H{x + radius:.1f}L{x:.1f} {tip}Z",
            f"M{x - wide:.1f} {SURFACE_Y}H{x + wide:.1f}L{x + halo:.1f} {tip}H{x - halo:.1f}Z",
        )


def _y(depth_mm: float) -> float:
    return round(SURFACE_Y + depth_mm * PX_PER_MM, 1)


def _epidermis(thickness_mm: float) -> str:
    """The epidermis as a band whose lower edge runs in ridges about its mean thickness."""
    base, right = _y(thickness_mm), BLOCK_X + BLOCK_WIDTH
    waves = int(BLOCK_WIDTH / RIDGE_HALF_WAVE_PX)
    parts = [f"M{BLOCK_X} {SURFACE_Y}H{right}V{base}"]
    for number in range(waves):
        bend = base + (RIDGE_PX if number % 2 == 0 else -RIDGE_PX)
        x = right - BLOCK_WIDTH * (number + 0.5) / waves
        end = right - BLOCK_WIDTH * (number + 1) / waves
        parts.append(f"Q{x:.1f} {bend:.1f} {end:.1f} {base:.1f}")
    return f"{''.join(parts)}Z"


def _ticks(bottom: float) -> Iterator[Tick]:
    number = 0
    while _y(number * TICK_MM) <= bottom:
        depth = number * TICK_MM
        yield Tick(_y(depth), f"{depth:.1f}" if number % 2 == 0 else "")
        number += 1


def _needles(depths: Depths) -> Iterator[Needle]:
    """The needles side by side, the next session first: a stair where the depth grows. Equal depths share a needle."""
    runs = [(depth, len(list(run))) for depth, run in groupby(depths.sessions)]
    gap = BLOCK_WIDTH / (len(runs) + 1)
    first = depths.first_number
    for number, (depth_mm, length) in enumerate(runs):
        label = str(first) if length == 1 else f"{first}–{first + length - 1}"
        x = BLOCK_X + gap * (number + 1)
        yield _needle(x, depth_mm, label, is_next=depths.next_first and number == 0)
        first += length


def _needle(x: float, depth_mm: float, label: str, *, is_next: bool) -> Needle:
    tip, half, cone = _y(depth_mm), NEEDLE_PX / 2, min(depth_mm * PX_PER_MM, CONE_PX)
    path = f"M{x - half:.1f} 20H{x + half:.1f}V{tip - cone:.1f}L{x:.1f} {tip}L{x - half:.1f} {tip - cone:.1f}Z"
    return Needle(path, round(x, 1), label, is_next)


def _levels(named: Iterable[tuple[str, str, float]]) -> Iterator[Level]:
    """Kind, words and depth of each level; those at the same depth share a line and a label. The first names the line."""
    at: dict[float, list[tuple[str, str]]] = {}
    for kind, words, depth_mm in named:
        at.setdefault(round(depth_mm, 4), []).append((kind, words))
    ordered = sorted(at.items())
    for (depth_mm, kinds), label_y in zip(ordered, _apart(_y(depth) for depth, _ in ordered), strict=True):
        words = " and ".join(words for _, words in reversed(kinds))
        yield Level(kinds[0][0], _y(depth_mm), label_y, f"{depth_mm:.2f}", words)


def _apart(wanted: Iterable[float]) -> list[float]:
    """Label heights, pushed down until none touches the one above."""
    placed: list[float] = []
    for y in wanted:
        placed.append(max(y, placed[-1] + LABEL_GAP) if placed else y)
    return placed
