"""Zones on a picture: outlines of skin, drawn on the baseline and carried to later pictures.

A zone bears the name of a place (`forehead`, `cheek-left`), as everywhere else; left and right are the patient's own. It
may consist of several outlines, and an outline may have holes. Points are (x, y) in pixels of the picture, pixel
centres at whole numbers. A pixel belongs to a zone if its centre lies inside.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from needlewise.errors import PictureError, Problem
from needlewise.imaging.drawn import MOST_POINTS, DrawnStripe, read_points, read_stripes, shown

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Size = tuple[int, int]  # width, height

# Chosen: nothing can be measured on fewer pixels, and no hand draws more zones.
LEAST_AREA_PX = 400.0
MOST_ZONES, FARTHEST_PX = 200, 1e6
# How the unit of a file of zones may be called: share of the picture's width and height, or pixels.
UNITS = ("share", "px")
_DRAW = "draw the outline again, once round, without crossing your own line"


@dataclass(frozen=True, slots=True)
class Box:
    """An upright part of a picture: first column and row, and size, in whole pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def corners(self) -> Floats:
        """Centres of the corner pixels, (4, 2), clockwise from the upper left."""
        right, lower = self.x + self.width - 1, self.y + self.height - 1
        return np.array([(self.x, self.y), (right, self.y), (right, lower), (self.x, lower)], dtype=np.float64)

    def of(self, plane: NDArray[Any]) -> NDArray[Any]:
        """The view of this part of an array of rows; the box must lie inside it."""
        return plane[self.y : self.y + self.height, self.x : self.x + self.width]


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """A named part of the skin on a picture: `polygon`, with `others` where it consists of several, less `holes`. Where
    `stripes` are marked in it, these stretch marks are read, and none are looked for.

    Raises PictureError, with every fault, for outlines that enclose nothing one can measure.
    """

    name: str
    polygon: Floats
    others: tuple[Floats, ...] = ()
    holes: tuple[Floats, ...] = ()
    stripes: tuple[DrawnStripe, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "polygon", _ring(self.polygon))
        object.__setattr__(self, "others", tuple(map(_ring, self.others)))
        object.__setattr__(self, "holes", tuple(map(_ring, self.holes)))
        if problems := tuple(_faults(self)):
            raise PictureError(problems)

    @property
    def outlines(self) -> tuple[Floats, ...]:
        """The outlines without the holes."""
        return (self.polygon, *self.others)

    @property
    def area_px(self) -> float:
        """Area in square pixels, less the holes."""
        return sum(map(_area, self.outlines)) - sum(map(_area, self.holes))

    def area_mm2(self, px_per_mm: float) -> float:
        return self.area_px / px_per_mm**2

    def box(self, size: Size, margin_px: float = 0.0) -> Box:
        """The smallest box that holds the zone and a margin, as far as a picture of this size reaches."""
        points = np.concatenate(self.outlines)
        low = np.maximum(np.floor(points.min(axis=0) - margin_px), 0).astype(int)
        high = np.minimum(np.ceil(points.max(axis=0) + margin_px), np.array(size) - 1).astype(int)
        width, height = np.maximum(high - low + 1, 0)
        return Box(int(low[0]), int(low[1]), int(width), int(height))

    def mask(self, box: Box) -> Mask:
        """Which pixels of the box lie in the zone, (height, width)."""
        found = np.zeros((box.height, box.width), dtype=np.bool_)
        for outline in self.outlines:
            found |= _filled(outline, box)
        for hole in self.holes:
            found &= ~_filled(hole, box)
        return found


def carried(zone: Zone, through: Callable[[Floats], Floats], step_px: float = 25.0) -> Zone:
    """The zone on another picture: `through` takes points (n, 2) of this picture to that one. Long edges get points
    in between, so that they bend where the map does."""

    def moved(ring: Floats) -> Floats:
        return through(_denser(ring, step_px))

    stripes = tuple(DrawnStripe(through(one.line), one.width_mm) for one in zone.stripes)
    return Zone(zone.name, moved(zone.polygon), tuple(map(moved, zone.others)), tuple(map(moved, zone.holes)), stripes)


def read_zones(table: Mapping[str, Any], size: Size, places: Container[str]) -> tuple[Zone, ...]:
    """Zones from a parsed JSON or TOML file, for a picture of this size (width, height).

    `{"unit": "share", "zone": [{"name": "cheek-left", "polygon": [[0.1, 0.2], ...], "holes": [[...], ...]}, ...]}`.
    The unit is `share` (0 is the left or upper edge of the picture, 1 the right or lower) or `px`, and must be stated.
    Entries of one name make one zone. Names are ids of `places`, such as `Protocol.places`. Stretch marks may be marked
    beside them: `"stripe": [{"zone": "abdomen", "line": [[0.1, 0.2], ...], "width_mm": 4}]`. Raises PictureError with every
    fault.
    """
    problems: list[Problem] = []
    unit = table.get("unit")
    if unit not in UNITS:
        problems.append(Problem("zones: unit", shown(unit), "`share` or `px`", "write what the coordinates count"))
    problems += [
        Problem(f"zones: {key}", "unknown key", "`unit`, `zone` and `stripe`", "take it out")
        for key in table
        if key not in ("unit", "zone", "stripe")
    ]
    entries = table.get("zone")
    if not isinstance(entries, Sequence) or isinstance(entries, str) or not 0 < len(entries) <= MOST_ZONES:
        expected = f"a list of 1 to {MOST_ZONES} zones, each with `name` and `polygon`"
        problems.append(Problem("zones: zone", shown(entries), expected, "draw at least one zone on the baseline"))
        raise PictureError(problems)
    parts: dict[str, list[tuple[Floats, tuple[Floats, ...]]]] = {}
    for number, entry in enumerate(entries, 1):
        part = _read_entry(entry, f"zone {number}", places, problems)
        if part is not None and unit in UNITS:
            name, rings = part
            scaled = [_to_px(ring, size) if unit == "share" else ring for ring in rings]
            problems += _outside(scaled, size, f"zone {number} ({name})")
            parts.setdefault(name, []).append((scaled[0], tuple(scaled[1:])))
    stripes: dict[str, list[DrawnStripe]] = {}
    named = [str(entry["name"]) for entry in entries if isinstance(entry, Mapping) and "name" in entry]
    for where, name, stripe in read_stripes(table.get("stripe", []), named, problems):
        line = _to_px(stripe.line, size) if unit == "share" else stripe.line
        problems += _outside([line], size, f"{where} ({name})")
        stripes.setdefault(name, []).append(DrawnStripe(line, stripe.width_mm))
    zones = []
    for name, drawn in parts.items():
        try:
            others, holes = tuple(ring for ring, _ in drawn[1:]), tuple(hole for _, held in drawn for hole in held)
            zones.append(Zone(name, drawn[0][0], others, holes, tuple(stripes.get(name, ()))))
        except PictureError as error:
            problems += error.problems
    if problems:
        raise PictureError(problems)
    return tuple(zones)


def _read_entry(
    entry: Any, where: str, places: Container[str], problems: list[Problem]
) -> tuple[str, list[Floats]] | None:
    """Name and rings of one entry: the outline, then its holes. None if something is missing; faults are added."""
    if not isinstance(entry, Mapping):
        problems.append(Problem(where, shown(entry), "a table with `name` and `polygon`"))
        return None
    before = len(problems)
    name = entry.get("name")
    if not isinstance(name, str) or name not in places:
        near = get_close_matches(str(name), list(places), n=3) if isinstance(places, Mapping | Sequence) else []
        hint = f"did you mean {', '.join(near)}?" if near else "`needlewise protocol show` lists the places"
        problems.append(Problem(f"{where}: name", shown(name), "the id of a place, such as `cheek-left`", hint))
    problems += [
        Problem(f"{where}: {key}", "unknown key", "`name`, `polygon`, `holes`", "take it out")
        for key in entry
        if key not in ("name", "polygon", "holes")
    ]
    holes = entry.get("holes", [])
    if not isinstance(holes, Sequence) or isinstance(holes, str):
        problems.append(Problem(f"{where}: holes", shown(holes), "a list of polygons"))
        holes = []
    rings = [(f"{where}: polygon", entry.get("polygon")), *((f"{where}: hole {n}", h) for n, h in enumerate(holes, 1))]
    read = [read_points(points, place, 3, _DRAW, problems) for place, points in rings]
    if len(problems) > before:
        return None
    return str(name), [ring for ring in read if ring is not None]


def _to_px(ring: Floats, size: Size) -> Floats:
    scaled: Floats = ring * np.array(size) - 0.5
    return scaled


def _outside(rings: Sequence[Floats], size: Size, where: str) -> Iterator[Problem]:
    """A point may lie on the edge of the picture, which is half a pixel beyond the last centre, and no further."""
    for ring in rings:
        far = np.maximum(-0.5 - ring, ring - (np.array(size) - 0.5)).max(initial=0.0)
        if 1e-6 < far < FARTHEST_PX:
            expected = f"points on the picture, {size[0]} by {size[1]} px"
            yield Problem(where, f"reaches {far:.0f} px beyond the edge", expected, "was it drawn on another picture?")


def _ring(points: Any) -> Floats:
    """Points in order, the last not repeating the first, none twice in a row."""
    ring = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if len(ring) > 1:
        ring = ring[np.any(ring != np.roll(ring, 1, axis=0), axis=1)]
    ring.setflags(write=False)
    return ring


def _faults(zone: Zone) -> Iterator[Problem]:
    """What is wrong with the outlines themselves, wherever the picture ends."""
    where = f"zone {zone.name}"
    sound = True
    for ring in (*zone.outlines, *zone.holes):
        fault = _fault_of_ring(ring)
        if fault:
            sound = False
            yield Problem(where, *fault, _DRAW)
    if not sound:
        return
    if zone.area_px < LEAST_AREA_PX:
        expected = f"at least {LEAST_AREA_PX:.0f} square pixels"
        yield Problem(where, f"an area of {zone.area_px:.0f} square pixels", expected, "draw it larger, or come closer")
    for number, one in enumerate(zone.outlines):
        for other in zone.outlines[:number]:
            if _cross(one, other) or _holds(one, other[0]) or _holds(other, one[0]):
                yield Problem(where, "two of its outlines overlap", "outlines beside each other", "join them into one")
    for number, hole in enumerate(zone.holes):
        if any(_cross(hole, ring) for ring in zone.outlines) or not any(_holds(o, hole[0]) for o in zone.outlines):
            yield Problem(where, "a hole that is not inside", "each hole inside one outline", "move the hole inside")
        for other in zone.holes[:number]:
            if _cross(hole, other) or _holds(hole, other[0]) or _holds(other, hole[0]):
                yield Problem(where, "two holes that overlap", "holes beside each other", "join them into one")
    for number, stripe in enumerate(zone.stripes, 1):
        faults = [*stripe.faults()]
        if not faults and not any(_holds(ring, point) for ring in zone.outlines for point in stripe.line):
            faults = [("a stretch mark outside the zone", "points inside it", "name the zone it lies in")]
        yield from (Problem(f"{where}: stripe {number}", *fault) for fault in faults)


def _fault_of_ring(ring: Floats) -> tuple[str, str] | None:
    if not np.isfinite(ring).all():
        return "a coordinate that is no finite number", "finite numbers"
    if np.abs(ring).max(initial=0.0) > FARTHEST_PX:
        return "a coordinate beyond all measure", f"at most {FARTHEST_PX:.0f} px"
    if not 3 <= len(ring) <= MOST_POINTS:
        return f"an outline of {len(ring)} different points", f"3 to {MOST_POINTS} points"
    if _crosses_itself(ring):
        return "an outline that crosses or touches itself", "an outline that goes round once"
    return None


def _area(ring: Floats) -> float:
    x, y = (ring - ring[0]).T  # about its own corner, which keeps the digits of far and small ones
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _crosses_itself(ring: Floats) -> bool:
    meets = _meets(ring, ring)
    count = len(ring)
    index = np.arange(count)
    meets[index, index] = meets[index, (index + 1) % count] = meets[(index + 1) % count, index] = False
    back = np.roll(ring, -1, axis=0) - ring
    ahead = np.roll(back, -1, axis=0)
    turns_back = (back[:, 0] * ahead[:, 1] == back[:, 1] * ahead[:, 0]) & ((back * ahead).sum(axis=1) < 0)
    return bool(meets.any() or turns_back.any())


def _cross(one: Floats, other: Floats) -> bool:
    return bool(_meets(one, other).any())


def _meets(one: Floats, other: Floats) -> Mask:
    """Which edges of one ring meet which of the other, touching included, (edges, edges)."""
    a, b = one[:, None], np.roll(one, -1, axis=0)[:, None]
    c, d = other[None], np.roll(other, -1, axis=0)[None]
    sides = [_side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b)]
    boxes: Mask = np.all((np.minimum(a, b) <= np.maximum(c, d)) & (np.minimum(c, d) <= np.maximum(a, b)), axis=-1)
    meets: Mask = (sides[0] * sides[1] <= 0) & (sides[2] * sides[3] <= 0) & boxes
    return meets


def _side(start: Floats, end: Floats, point: Floats) -> Floats:
    along, to = end - start, point - start
    side: Floats = np.sign(along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0])
    return side


def _holds(ring: Floats, point: Floats) -> bool:
    start, end = ring, np.roll(ring, -1, axis=0)
    spans = (start[:, 1] > point[1]) != (end[:, 1] > point[1])
    run, rise = (end - start)[spans].T
    at = start[spans, 0] + (point[1] - start[spans, 1]) / rise * run
    return bool(np.count_nonzero(at > point[0]) % 2)


def _denser(ring: Floats, step_px: float) -> Floats:
    ends = np.roll(ring, -1, axis=0)
    pieces = []
    # So many that the whole cannot pass the greatest number of points.
    step = max(step_px, float(np.hypot(*(ends - ring).T).sum()) / (MOST_POINTS / 2))
    for start, end in zip(ring, ends, strict=True):
        count = max(1, int(np.ceil(np.hypot(*(end - start)) / step)))
        pieces.append(start + np.arange(count)[:, None] / count * (end - start))
    return np.concatenate(pieces)[:MOST_POINTS]


def _filled(ring: Floats, box: Box) -> Mask:
    """Pixels whose centre lies inside: along each row, inside and outside change places where the outline is crossed."""
    start, end = ring - (box.x, box.y), np.roll(ring, -1, axis=0) - (box.x, box.y)
    flips = np.zeros((box.height, box.width + 1), dtype=np.uint8)
    low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    first, last = np.clip(np.ceil([low, high]), 0, box.height).astype(int)
    for edge in np.flatnonzero(last > first):
        rows = np.arange(first[edge], last[edge])
        slope = (end[edge, 0] - start[edge, 0]) / (end[edge, 1] - start[edge, 1])
        at = start[edge, 0] + (rows - start[edge, 1]) * slope
        flips[rows, np.clip(np.ceil(at), 0, box.width).astype(int)] ^= 1
    filled: Mask = np.bitwise_xor.accumulate(flips, axis=1)[:, :-1].astype(np.bool_)
    return filled
