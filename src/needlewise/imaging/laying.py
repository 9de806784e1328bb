"""Every zone in every picture of two visits, on the pixels of the first picture; and what cannot be laid so, and why."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.errors import Problem
from needlewise.imaging.aligning import Alignment, align
from needlewise.imaging.beside import Beside
from needlewise.imaging.colour import Calibration
from needlewise.imaging.criteria import Rules, rules_of
from needlewise.imaging.quality import faults
from needlewise.imaging.skinmask import skin_mask
from needlewise.imaging.zones import Box, Mask, Zone
from needlewise.knowledge import Imaging

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

BEFORE, AFTER = "before", "after"

# Skin round a zone that filters look at.
AROUND_MM, AROUND_PX = 3.0, 40
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
    """One zone in one picture, on the pixels of the baseline."""

    seen: Seen
    pixels: Pixels
    mask: Mask
    error_px: float


@dataclass(frozen=True, slots=True, eq=False)
class ZoneFound:
    """A zone with all its pictures that can be used, cut out. `px_per_mm` is None where the scale is not known; `rules` say
    what counts as a line, a spot, a stripe.
    """

    zone: Zone
    box: Box
    mask: Mask
    px_per_mm: float | None
    laid: tuple[Laid, ...]
    rules: Rules

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
        size = max(1, round(self.mask.shape[1] / factor)), max(1, round(self.mask.shape[0] / factor))
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
    seen: Sequence[Seen], zones: Sequence[Zone], imaging: Imaging, against: Mapping[str, tuple[Problem, ...]]
) -> Laying:
    """Lay every picture onto the first one, zone by zone; but none that something speaks `against`, by its name."""
    baseline, others = seen[0], [one for one in seen[1:] if one.called not in against]
    barred = tuple(
        Refused(one.called, zone.name, problem)
        for one in seen
        for zone in zones
        for problem in against.get(one.called, ())
    )
    size = baseline.pixels.shape[1], baseline.pixels.shape[0]

    def placed(one: Seen) -> Mapping[str, Alignment]:
        return align(baseline.pixels, one.pixels, zones, (baseline.beside.apart, one.beside.apart)).zones

    def laid(zone: Zone) -> Laying:
        scale = baseline.beside.px_per_mm
        box = zone.box(size, AROUND_PX if scale is None else AROUND_MM * scale)
        return _lay_zone(zone, box, [(one, places.get(zone.name)) for one, places in lying], imaging)

    with ThreadPoolExecutor(THREADS) as threads:
        lying = [(baseline, dict[str, Alignment]()), *zip(others, threads.map(placed, others), strict=True)]
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


def _lay_zone(zone: Zone, box: Box, lying: Sequence[tuple[Seen, Alignment | None]], imaging: Imaging) -> Laying:
    """One zone in every picture; the first is the baseline, which has no alignment."""
    baseline, inside = lying[0][0], zone.mask(box)
    refused, errors, rows, lean = list[Refused](), dict[str, float](), list[Laid](), 0.0
    for one, here in lying:
        laid = _cut(one, here, box, inside)
        lean_here = _lean(here, zone)
        read = {} if lean_here is None else {"tilt": lean_here}
        problems = (
            here.problems if here is not None and laid is None else _problems(laid, inside, baseline, (read, imaging))
        )
        refused.extend(Refused(one.called, zone.name, problem) for problem in problems)
        if laid is not None and not problems:
            lean = max(lean, lean_here or 0.0)
            errors[f"{one.called}: {zone.name}"] = laid.error_px
            rows.append(laid)
    mask = inside & skin_mask(box.of(baseline.pixels), inside)
    for row in rows:
        mask &= row.mask
    found = ZoneFound(zone, box, mask, baseline.beside.px_per_mm, tuple(rows), rules_of(imaging))
    return Laying((found,), tuple(refused), lean, errors)


def _smaller(one: Laid, size: tuple[int, int], factor: float) -> Laid:
    pixels = np.asarray(cv2.resize(one.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    seen = replace(one.seen, edge_rise_px=one.seen.edge_rise_px / factor)
    return Laid(seen, pixels, _fewer(one.mask, size), one.error_px / factor)


def _fewer(mask: Mask, size: tuple[int, int]) -> Mask:
    return np.asarray(cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0)


def _cut(one: Seen, here: Alignment | None, box: Box, inside: Mask) -> Laid | None:
    """A zone of a picture on the baseline's pixels; None where it cannot be laid there. Without an alignment: the baseline."""
    if here is None:
        return Laid(one, np.ascontiguousarray(box.of(one.pixels)), inside, 0.0)
    if not here.trusted:
        return None
    shown = here.seen(box, (one.pixels.shape[1], one.pixels.shape[0]))
    return Laid(one, np.asarray(here.warp(one.pixels, box), np.uint8), inside & shown, here.error_px)


def _problems(
    laid: Laid | None, inside: Mask, baseline: Seen, by: tuple[Mapping[str, float], Imaging]
) -> tuple[Problem, ...]:
    if laid is None:
        return ()
    one = laid.seen
    rises = one.edge_rise_px, baseline.edge_rise_px
    read = {
        **by[0],
        "alignment": laid.error_px,
        "edge-rise": one.edge_rise_px,
        "blur-ratio": max(rises) / max(min(rises), 1e-6),
        "chart-residual": one.calibration.residual_de or 0.0,
    }
    # Glare hides the skin, so it is not found again there; but it lies in the zone, and is told.
    lit = cv2.inRange(laid.pixels, (0,) * 3, (0,) * 3) == 0
    return tuple(faults(one.called, (laid.pixels, inside & lit), read, by[1]))


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
