"""Every zone in every picture of two visits, on the pixels of the first picture; and what cannot be laid so, and why."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.errors import Problem
from needlewise.imaging.aligning import Alignment, Looked, aligned, looked_at
from needlewise.imaging.beside import Beside
from needlewise.imaging.colour import Calibration
from needlewise.imaging.criteria import Rules, rules_of
from needlewise.imaging.mapping import Raster
from needlewise.imaging.picture import smaller
from needlewise.imaging.quality import faults
from needlewise.imaging.skinmask import skin_mask
from needlewise.imaging.zones import Box, Mask, Zone
from needlewise.knowledge import Imaging

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

BEFORE, AFTER = "before", "after"

# Skin round a zone that filters look at.
AROUND_MM, AROUND_PX = 3.0, 40
# A grid that is hardly coarser than the baseline would blur, and spare nothing.
LEAST_COARSER = 1.1
# Half a side of the middle of a zone, which is kept on the baseline's own pixels: what a filter takes away is that fine.
HALF_CLOSE_PX = 160
# Pictures, and then zones, are worked on side by side on so many threads.
THREADS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One picture of a visit, with what lies beside the skin. `called` names it in messages: before 1, after 2.

    `grooves`: how deep each groove of the gauge looks, in units of the natural logarithm of light.
    """

    called: str
    visit: str
    pixels: Pixels
    beside: Beside
    calibration: Calibration
    edge_rise_px: float
    grooves: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Refused:
    """A picture, or one zone of it, that is not measured, with what is wrong and what to do."""

    called: str
    zone: str
    problem: Problem


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """One zone in one picture, on the pixels of the baseline or on fewer, in which `error_px` and the edges of `seen` are then
    told. `close`: its middle on the baseline's own pixels, where they are fewer.
    """

    seen: Seen
    pixels: Pixels
    mask: Mask
    error_px: float
    close: Pixels | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ZoneFound:
    """A zone with all its pictures that can be used, cut out. `box` is where it was cut out of the baseline; `mask` and the
    pictures may have fewer pixels, `px_per_mm` of them, or None where the scale is not known. `rules` say what counts as a
    line, a spot, a stripe.
    """

    zone: Zone
    box: Box
    mask: Mask
    px_per_mm: float | None
    laid: tuple[Laid, ...]
    rules: Rules

    def closely(self) -> tuple[Mask, list[Pixels]]:
        """The middle of the zone on the baseline's own pixels: where it is bare skin, and every picture there."""
        middle = _middle(self.zone, self.box)
        part = (
            slice(middle.y - self.box.y, middle.y - self.box.y + middle.height),
            slice(middle.x - self.box.x, middle.x - self.box.x + middle.width),
        )
        rows, columns = (
            (np.arange(one.start, one.stop) + 0.5) * fewer / whole
            for one, fewer, whole in zip(part, self.mask.shape, (self.box.height, self.box.width), strict=True)
        )
        mask = self.mask[np.ix_(rows.astype(int), columns.astype(int))]
        return mask, [one.pixels[part] if one.close is None else one.close for one in self.laid]

    @property
    def shown(self) -> Mask:
        """Where all pictures show the zone, bare or under hair."""
        return np.asarray(np.logical_and.reduce([one.mask for one in self.laid]), np.bool_)

    def of(self, visit: str) -> tuple[Laid, ...]:
        return tuple(one for one in self.laid if one.seen.visit == visit)

    def no_finer(self, px_per_mm: float) -> "ZoneFound":
        """The same skin on fewer pixels where it has more than so many to a millimetre; its box stays what it was."""
        if self.px_per_mm is None or self.px_per_mm <= px_per_mm:
            return self
        factor = self.px_per_mm / px_per_mm
        size = on_fewer(self.mask.shape, factor)
        rows = tuple(_smaller(one, size, factor) for one in self.laid)
        return replace(self, mask=_fewer(self.mask, size), px_per_mm=px_per_mm, laid=rows)


@dataclass(frozen=True, slots=True, eq=False)
class Laying:
    """All zones with their pictures; what was refused; how far cameras lean apart, in degrees; errors in pixels by picture
    and zone.
    """

    zones: tuple[ZoneFound, ...]
    refused: tuple[Refused, ...]
    lean_degrees: float
    errors_px: Mapping[str, float]


def lay(
    seen: Sequence[Seen],
    zones: Sequence[Zone],
    imaging: Imaging,
    against: Mapping[str, tuple[Problem, ...]],
    finest_px_per_mm: float = np.inf,
) -> Laying:
    """Lay every picture onto the first one, zone by zone; but none that something speaks `against`, by its name. Where the
    first picture has more than the finest scale asked for, on so many pixels less.
    """
    baseline, others = seen[0], [one for one in seen[1:] if one.called not in against]
    barred = tuple(
        Refused(one.called, zone.name, problem)
        for one in seen
        for zone in zones
        for problem in against.get(one.called, ())
    )

    def looked(one: Seen) -> Looked:
        return looked_at(one.pixels, zones if one is baseline else (), one.beside.apart)

    def placed(one: Looked) -> Mapping[str, Alignment]:
        return aligned(first, one, zones, threads=THREADS if len(others) == 1 else 1).zones

    def laid(zone: Zone) -> Laying:
        return _lay_zone(zone, [(one, places.get(zone.name)) for one, places in lying], imaging, finest_px_per_mm)

    with ThreadPoolExecutor(THREADS) as threads:
        first, *later = threads.map(looked, [baseline, *others])
        lying = [(baseline, dict[str, Alignment]()), *zip(others, threads.map(placed, later), strict=True)]
        found = list(threads.map(laid, zones))
    # The first picture says where the zones lie even where nothing may be measured on it.
    zones_found = (zone for one in found for zone in one.zones)
    return Laying(
        tuple(
            replace(zone, laid=tuple(row for row in zone.laid if row.seen.called not in against))
            for zone in zones_found
        ),
        (*barred, *(row for one in found for row in one.refused)),
        max(one.lean_degrees for one in found),
        {name: error for one in found for name, error in one.errors_px.items()},
    )


def _lay_zone(zone: Zone, lying: Sequence[tuple[Seen, Alignment | None]], imaging: Imaging, finest: float) -> Laying:
    """One zone in every picture; the first is the baseline, which has no alignment."""
    baseline, scale = lying[0][0], lying[0][0].beside.px_per_mm
    whole = baseline.pixels.shape[1], baseline.pixels.shape[0]
    box = zone.box(whole, AROUND_PX if scale is None else AROUND_MM * scale)
    factor = 1.0 if scale is None or scale < LEAST_COARSER * finest else scale / finest
    inside = _fewer(zone.mask(box), on_fewer((box.height, box.width), factor))
    refused, errors, rows, lean = list[Refused](), dict[str, float](), list[Laid](), 0.0
    for one, here in lying:
        laid = _cut(one, here, (zone, box), inside)
        lean_here = _lean(here, zone)
        if here is not None and laid is None:
            problems = here.problems
        else:
            read = _read(one, here, baseline, lean_here)
            problems = () if laid is None else _problems(laid, inside, read, imaging)
        refused.extend(Refused(one.called, zone.name, problem) for problem in problems)
        if laid is not None and not problems:
            lean = max(lean, lean_here or 0.0)
            errors[f"{one.called}: {zone.name}"] = 0.0 if here is None else here.error_px
            rows.append(laid)
    mask = inside & skin_mask(_baseline_skin(rows, baseline, box, inside), inside)
    for row in rows:
        mask &= row.mask
    held = None if scale is None else scale / factor
    found = ZoneFound(zone, box, mask, held, tuple(rows), rules_of(imaging))
    return Laying((found,), tuple(refused), lean, errors)


def _smaller(one: Laid, size: tuple[int, int], factor: float) -> Laid:
    pixels = smaller(one.pixels, size)
    seen = replace(one.seen, edge_rise_px=one.seen.edge_rise_px / factor)
    return replace(one, seen=seen, pixels=pixels, mask=_fewer(one.mask, size), error_px=one.error_px / factor)


def _fewer(mask: Mask, size: tuple[int, int]) -> Mask:
    return np.asarray(cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0)


def on_fewer(shape: tuple[int, ...], factor: float) -> tuple[int, int]:
    """Width and height of so many times fewer rows and columns."""
    return max(1, round(shape[1] / factor)), max(1, round(shape[0] / factor))


def _cut(one: Seen, here: Alignment | None, cut: tuple[Zone, Box], inside: Mask) -> Laid | None:
    """A zone of a picture on the baseline's pixels, or as many fewer as the mask has; None where it cannot be laid there.
    Without an alignment: the baseline.
    """
    (zone, box), size = cut, (inside.shape[1], inside.shape[0])
    raster = Raster.of(box, size)
    factor = max(raster.step)
    seen = replace(one, edge_rise_px=one.edge_rise_px / factor)
    middle = _middle(zone, box) if factor > 1 else None
    if here is None:
        close = None if middle is None else np.ascontiguousarray(middle.of(one.pixels))
        return Laid(seen, smaller(np.ascontiguousarray(box.of(one.pixels)), size), inside, 0.0, close)
    if not here.trusted:
        return None
    pixels, shown = here.laid(one.pixels, raster)
    close = None if middle is None else np.asarray(here.warp(one.pixels, middle), np.uint8)
    return Laid(seen, np.asarray(pixels, np.uint8), inside & shown, here.error_px / factor, close)


def _middle(zone: Zone, box: Box) -> Box:
    """The middle of a zone, as far as it lies in its box."""
    x, y = np.rint(zone.polygon.mean(axis=0)).astype(int).tolist()
    left, top = max(box.x, x - HALF_CLOSE_PX), max(box.y, y - HALF_CLOSE_PX)
    right, bottom = min(box.x + box.width, x + HALF_CLOSE_PX), min(box.y + box.height, y + HALF_CLOSE_PX)
    return Box(left, top, max(0, right - left), max(0, bottom - top))


def _baseline_skin(rows: Sequence[Laid], baseline: Seen, box: Box, inside: Mask) -> Pixels:
    """The zone in the baseline, cut out already or not."""
    if rows and rows[0].seen.called == baseline.called:
        return rows[0].pixels
    return smaller(np.ascontiguousarray(box.of(baseline.pixels)), inside.shape[::-1])


def _read(one: Seen, here: Alignment | None, baseline: Seen, lean: float | None) -> Mapping[str, float]:
    """What gates ask of a picture in a zone, in pixels of whole pictures."""
    rises = one.edge_rise_px, baseline.edge_rise_px
    return {
        **({} if lean is None else {"tilt": lean}),
        "alignment": 0.0 if here is None else here.error_px,
        "edge-rise": one.edge_rise_px,
        "blur-ratio": max(rises) / max(min(rises), 1e-6),
        "chart-residual": one.calibration.residual_de or 0.0,
    }


def _problems(laid: Laid, inside: Mask, read: Mapping[str, float], imaging: Imaging) -> tuple[Problem, ...]:
    # Glare hides the skin, so it is not found again there; but it lies in the zone, and is told.
    lit = cv2.inRange(laid.pixels, (0,) * 3, (0,) * 3) == 0
    return tuple(faults(laid.seen.called, (laid.pixels, inside & lit), dict(read), imaging))


def _lean(here: Alignment | None, zone: Zone) -> float | None:
    """By about how many degrees the camera leans against the baseline: by how much one way looks shorter than the other.

    Skin that bends tells nothing of it: a change of expression by a millimetre stretches a zone of three centimetres by 1
    to 5 percent, as much as a lean of 7 to 18 degrees shortens it (simulated skin, 45 pairs). There it is None.
    """
    if here is None or not here.trusted or here.map.bend is not None:
        return None
    side = zone.area_px**0.5 / 2
    middle = zone.polygon.mean(axis=0)
    points = here.to_followup(middle + side * np.array([(-1.0, 0), (1, 0), (0, -1), (0, 1)]))
    large, small = np.linalg.svd(np.stack([points[1] - points[0], points[3] - points[2]], axis=1), compute_uv=False)
    return float(np.degrees(np.arccos(np.clip(small / large, 0, 1))))
