"""Spots and red areas: patches of skin that hold more pigment than the skin round them.

Each patch is drawn at half of its own height above the background. An edge that is blurred evenly to both sides stays where
it was at half its height, so the area does not depend on how dark a patch is, on focus, or on a threshold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.chroma_kernels import Plane
from needlewise.imaging.criteria import PatchRule, Rules
from needlewise.imaging.patch_kernels import judged, standing
from needlewise.imaging.picture import smaller, some_of
from needlewise.imaging.tones import Mask, Measured, Tones

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Drawing:
    """How patches of one kind are drawn; what counts as one stands in knowledge/imaging/criteria.toml."""

    smooth_mm: float  # standard deviation of the blur before anything else
    top: float  # percentile inside a patch that is its height: flat patches have a lower one, so that gleams do not count
    work_px_per_mm: float


# Chosen by trial on simulated skin of all tones. Mottling has no edge, spots have; a flush has none either, and is large.
_SPOTS, _RED_AREAS = _Drawing(0.10, 80, 8.0), _Drawing(0.80, 97, 3.0)
ROUNDS = 4
LEVELS = (0.5, 0.45, 0.55)  # shares of its height at which a patch is drawn: for what it is, and for the error of that
# Heights at which spots are sought, each so many times the one before.
STEP, MOST_STEPS = 1.35, 9


@dataclass(frozen=True, slots=True, eq=False)
class Patches:
    """The patches of a zone. `share` of the zone's area and `count`, errors from drawing them a tenth higher and lower; no
    number where that was not asked for.
    """

    share: Measured
    count: Measured
    area_mm2: Floats  # of each
    height: Floats  # of each, above the background
    places: Floats  # (n, 2) middle of each, pixels of the part of the picture that was looked at
    outline: Mask  # the patches, in the size of the planes


def spots_of(
    tones: Tones, mask: Mask, px_per_mm: float, rule: PatchRule, *, levels: tuple[float, ...] = LEVELS
) -> Patches:
    """Brown spots: drawn in the dimness of red, which is sharp, and kept if their colour shows that they are no shade.

    `levels`: shares of their height at which they are drawn, the first for what they are, the others for its error.
    """
    return _patches_of((tones.dimness, tones.melanin), mask & ~tones.clipped, px_per_mm, (rule, _SPOTS), levels)


def red_areas_of(tones: Tones, mask: Mask, px_per_mm: float, rules: Rules) -> Patches:
    """Areas of more blood than round them, brown spots left out. Redness of the whole zone is not among them: that is its
    a* and blood."""
    bare = mask & ~tones.clipped & ~spots_of(tones, mask, px_per_mm, rules.spots, levels=LEVELS[:1]).outline
    return _patches_of((tones.blood, tones.blood), bare, px_per_mm, (rules.red_areas, _RED_AREAS), LEVELS)


def _patches_of(
    planes: tuple[Plane, Plane],
    mask: Mask,
    px_per_mm: float,
    how: tuple[PatchRule, _Drawing],
    levels: tuple[float, ...],
) -> Patches:
    (plane, colour), (rule, drawing) = planes, how
    factor = max(1.0, px_per_mm / drawing.work_px_per_mm)
    size = (max(1, round(plane.shape[1] / factor)), max(1, round(plane.shape[0] / factor)))
    scale = px_per_mm / factor
    zone = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
    above, spread = _above(_smoothed(plane, zone, drawing.smooth_mm * scale), zone, scale, rule)
    witness = _smoothed(colour, zone, 0.2 * scale)
    low = max(rule.least_height, rule.times_spread * spread)
    drawn = [_drawn((above, witness, zone), (scale, low, level), how) for level in levels]
    whole = max(1, int(zone.sum()))
    shares = [float((found[0] > 0).sum()) / whole for found in drawn]
    labels, heights, areas, middles = drawn[0]
    outline = cv2.resize((labels > 0).astype(np.uint8), plane.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    return Patches(
        share=Measured(shares[0], _half_apart(shares[1:])),
        count=Measured(float(len(heights)), _half_apart([float(len(found[1])) for found in drawn[1:]])),
        area_mm2=areas / scale**2,
        height=heights,
        places=(middles + 0.5) * (np.array(plane.shape[::-1]) / np.array(size)) - 0.5,
        outline=outline & mask,
    )


def _half_apart(told: Sequence[float]) -> float:
    return (max(told) - min(told)) / 2 if told else float("nan")


def _smoothed(plane: Plane, zone: Mask, sigma: float) -> Plane:
    """A plane in the working size, blurred within the zone; outside stands the zone's middle."""
    work = smaller(plane, (zone.shape[1], zone.shape[0]))
    inside = zone.astype(np.float32)
    weight = cv2.GaussianBlur(inside, (0, 0), max(0.3, sigma))
    blurred = cv2.GaussianBlur(work * inside, (0, 0), max(0.3, sigma)) / np.maximum(weight, np.float32(1e-6))
    return np.where(zone, blurred, np.float32(np.median(some_of(work, zone)) if zone.any() else 0.0)).astype(np.float32)


def _above(work: Plane, zone: Mask, scale: float, rule: PatchRule) -> tuple[Plane, float]:
    """How far each pixel stands above the skin round it, which is a blur of what is no patch, and the spread of that."""
    small = min(1.0, 2.0 / scale)
    size = (max(1, round(work.shape[1] * small)), max(1, round(work.shape[0] * small)))
    coarse = cv2.resize(work, size, interpolation=cv2.INTER_AREA)
    weight = cv2.resize(zone.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    sigma = rule.surround_mm * scale * size[0] / work.shape[1]
    counted, background, spread = weight, np.zeros_like(coarse), 0.0
    for _ in range(ROUNDS):
        middle = float(np.median(coarse[weight > 0.5])) if np.any(weight > 0.5) else 0.0
        few = np.float32(0.02)  # where next to nothing is left to blur, the zone's middle stands in
        sums = cv2.GaussianBlur(coarse * counted, (0, 0), sigma) + few * np.float32(middle)
        background = sums / (cv2.GaussianBlur(counted, (0, 0), sigma) + few)
        stands = coarse - background
        kept = stands[counted > 0.5]
        # Half of the spread is taken below the middle, where no patch reaches.
        spread = float(1.4826 * np.median(np.abs(kept[kept <= 0]))) if np.any(kept <= 0) else 0.0
        far = (stands > max(rule.least_height, 2.0 * spread)).astype(np.uint8)
        counted = np.where(cv2.dilate(far, np.ones((3, 3), np.uint8)) > 0, 0.0, weight).astype(np.float32)
    fine = cv2.resize(background, work.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return work - fine, spread


def _drawn(
    planes: tuple[Plane, Plane, Mask], how: tuple[float, float, float], kind: tuple[PatchRule, _Drawing]
) -> tuple[NDArray[np.int32], Floats, Floats, Floats]:
    """Labels, heights, areas in pixels and middles of the patches, each drawn at a share of its own height.

    Where skin is mottled a patch runs into dark places beside it, and stands clear of them only higher up. So patches are
    sought at several heights, and of those that overlap the one with the sharpest outline is kept.
    """
    above, _, zone = planes
    found = [one for height in _heights(above, zone, how[1], kind[0]) for one in _at_height(planes, height, how, kind)]
    labels = np.zeros(above.shape, dtype=np.int32)
    kept: list[_Patch] = []
    for one in sorted(found, key=lambda patch: -patch.edge):
        if labels[one.part][one.core].any():
            continue
        kept.append(one)
        labels[one.part][one.core] = len(kept)
    heights, areas = (np.array([getattr(one, name) for one in kept]) for name in ("height", "size"))
    middles = [(one.part[1].start + x, one.part[0].start + y) for one in kept for y, x in [one.middle]]
    return labels, heights, areas.astype(np.float64), np.array(middles).reshape(-1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class _Patch:
    part: tuple[slice, slice]
    core: Mask
    height: float
    edge: float  # by how much the plane falls across the outline, all round

    @property
    def size(self) -> int:
        return int(self.core.sum())

    @property
    def middle(self) -> tuple[float, float]:
        rows, columns = np.nonzero(self.core)
        return float(rows.mean()), float(columns.mean())


def _heights(above: Plane, zone: Mask, low: float, rule: PatchRule) -> list[float]:
    """Heights at which patches are sought."""
    if not rule.least_edge or not zone.any():
        return [0.6 * low]
    most = float(np.percentile(some_of(above, zone), 99.9))
    return [0.6 * low * STEP**number for number in range(MOST_STEPS) if number == 0 or 0.6 * low * STEP**number < most]


def _at_height(
    planes: tuple[Plane, Plane, Mask], at: float, how: tuple[float, float, float], kind: tuple[PatchRule, _Drawing]
) -> Iterator[_Patch]:
    """The patches that stand clear of their surroundings at a height."""
    above, witness, zone = planes
    rule, drawing = kind
    scale, low, level = how
    discs = tuple(_rows_of_disc(reach) for reach in (rule.edge_mm * scale, 0.35 * rule.least_mm * scale, scale))
    least, most = (np.pi / 4 * (mm * scale) ** 2 for mm in (rule.least_mm, rule.most_mm))
    settings = low, level, drawing.top, rule.least_edge > 0
    limits = least, most, float(rule.least_edge), float(rule.least_colour)
    margin = max(2, round(1.2 * scale))
    seeds, parts = standing(above, zone, at, (0.3 * least, 2 * most))
    for number, left, top, width, height, _ in parts.tolist():
        part = (
            slice(max(0, top - margin), top + height + margin),
            slice(max(0, left - margin), left + width + margin),
        )
        looked = above[part], zone[part], witness[part]
        core, size, peak, edge = judged(looked, seeds[part] == number, discs, settings, limits)
        if size and _long(core) <= rule.longest:
            yield _Patch(part, core, peak, edge)


@cache
def _disc(radius_px: float) -> NDArray[np.uint8]:
    reach = max(1, round(radius_px))
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)).astype(np.uint8)


@cache
def _rows_of_disc(radius_px: float) -> NDArray[np.int64]:
    """For each row of a disc (n, 2), how far from its middle it lies, and how far it reaches to both sides there."""
    disc = _disc(radius_px)
    return np.stack([np.arange(len(disc)) - len(disc) // 2, disc.sum(axis=1).astype(np.int64) // 2], axis=1)


def _long(core: Mask) -> float:
    """Times as long as wide."""
    rows, columns = np.nonzero(core)
    _, sides, _ = cv2.minAreaRect(np.stack([columns, rows], axis=1).astype(np.float32))
    return (max(sides) + 1) / (min(sides) + 1)
