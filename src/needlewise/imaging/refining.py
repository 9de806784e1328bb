"""From a rough homography to a map that is good to a fraction of a pixel: coarse planes first, then finer ones."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.fitting import WIDTHS, Fit, chosen, error_px, fitted
from needlewise.imaging.mapping import NO_MAP, Field, Raster, SkinMap, enlarged, through, within
from needlewise.imaging.shifts import BLOCK, Plane, Shifts, centres, detail, measured
from needlewise.imaging.zones import Box, Mask

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

# How much smaller the planes are at each stage than at the last one, and how often is measured anew there at most, the
# follow-up being brought nearer each time. Skin that is lost is found again from its edge, some blocks each time.
LEVELS = ((4, 10), (2, 5), (1, 3))
# Another lamp moves the bright side of every furrow the same way, which no residual shows. How far, in pixels of the planes,
# is told by how unlike the blocks are; a homography averages it over the zone, a bend follows it. Computed: fitted to
# simulated skin under three regimes of light (seeds 1 to 8 and 101 to 108, `validation/imaging/alignment.py`), where
# error_px then lies between 0.7 and 1.5 times the true error in the middle.
LIGHT, LIGHT_POWER, LIGHT_ON_BEND = 1.4, 1.5, 1.0
STILL_PX = 0.03  # of the planes: less movement than this, and a stage is done
LOST = 0.5  # a block whose surroundings are less alike than this share of the median is not found again
LEAST_BLOCKS = 4  # across and down, for a coarse stage to be worth it
_REACH = 16  # pixels of the planes that the follow-up is looked at beyond what the map so far needs


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """A refined map and what the blocks of the last stage say of it.

    blocks    blocks whose shift could be measured
    agree     share of them that agree with the map
    likeness  median correlation of the two pictures in a block
    error_px  estimated median error, in pixels of the baseline
    """

    map: SkinMap
    blocks: int
    agree: float
    likeness: float
    error_px: float


@dataclass(frozen=True, slots=True, eq=False)
class _Stage:
    """Both pictures as planes of detail, `factor` times smaller; the follow-up begins at `origin`."""

    box: Box
    factor: int
    baseline: Plane
    followup: Plane
    origin: tuple[int, int]
    skin: Plane

    @property
    def raster(self) -> Raster:
        return Raster.of(self.box, (self.box.width // self.factor, self.box.height // self.factor))


def refined(baseline: Pixels, followup: Pixels, where: tuple[Box, Mask], start: SkinMap, factor: int) -> Refined | None:
    """Refine a map over the masked part of a box, on planes `factor` times smaller at last. Both pictures are grey.
    None where too little skin is seen on both."""
    box, found, told = where[0], start, None
    for level, rounds in LEVELS:
        if level > 1 and min(box.width, box.height) < LEAST_BLOCKS * BLOCK * level * factor:
            continue
        stage = _staged(baseline, followup, where, found, level * factor)
        settled = None if stage is None else _settled(stage, found, rounds)
        told = None
        if stage is not None and settled is not None:
            found, told = settled.map, _told(settled, stage)
    return told


@dataclass(frozen=True, slots=True, eq=False)
class _Settled:
    """The map after a stage, and what it was fitted to: shifts as last measured, and on top of the bend before."""

    map: SkinMap
    fit: Fit
    shifts: Shifts
    total: Shifts


def _settled(stage: _Stage, found: SkinMap, rounds: int) -> _Settled | None:
    """Measure and fit, again and again, until nothing moves. None where too little skin is seen, or the map is lost."""
    grid, width, settled = centres(stage.baseline.shape), WIDTHS[0], None
    for turn in range(rounds):
        shifts = _shifts(stage, found)
        if np.count_nonzero(shifts.known) < LEAST_BLOCKS**2:
            return None
        total = _with_bend(shifts, found.bend, grid, stage)
        weights = _found_again(shifts)
        if turn == 0:
            width = chosen(total, grid, weights)
        fit = fitted(total, grid, width, weights)
        settled = _Settled(_moved(found, fit, stage), fit, shifts, total)
        if not _is_sane(settled.map, stage.box):
            return None
        movement_px = _movement_px(found, settled.map, grid, stage)
        found = settled.map
        if movement_px < STILL_PX:
            break
    return settled


def _is_sane(found: SkinMap, box: Box) -> bool:
    """Whether the map is one of a camera in front of the skin: nothing of the box goes to infinity or is nought."""
    depth = np.column_stack([_edge(box), np.ones(len(_edge(box)))]) @ found.camera[2]
    determinant = np.linalg.det(found.camera)
    return bool(
        np.isfinite(found.camera).all() and (depth > 0.1).all() and (depth < 10).all() and abs(determinant) > 1e-4
    )


def _staged(baseline: Pixels, followup: Pixels, where: tuple[Box, Mask], found: SkinMap, factor: int) -> _Stage | None:
    (box, mask), whole = where, 4 * factor  # so that nothing is left over when planes are made smaller
    box = replace(box, width=box.width // whole * whole, height=box.height // whole * whole)
    if not _is_sane(found, box):
        return None
    reach = found.to_followup(_edge(box))
    low = np.maximum(np.floor(reach.min(axis=0)) - _REACH * factor, 0).astype(int)
    high = np.minimum(np.ceil(reach.max(axis=0)) + _REACH * factor, followup.shape[::-1]).astype(int)
    size = (high - low) // whole * whole
    if min(box.width, box.height, *size) < whole:
        return None
    part = followup[low[1] : low[1] + size[1], low[0] : low[0] + size[0]]
    skin = mask[: box.height : factor, : box.width : factor].astype(np.float32)
    planes = (detail(_shrunk(box.of(baseline), factor)), detail(_shrunk(part, factor)))
    return _Stage(box, factor, *planes, (int(low[0]), int(low[1])), skin)


def _shrunk(part: Pixels, factor: int) -> Pixels:
    if factor == 1:
        return part
    size = (part.shape[1] // factor, part.shape[0] // factor)
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _edge(box: Box) -> Floats:
    """Points along the edge of a box, (32, 2)."""
    run = np.arange(8)[:, None] / 8
    corners = box.corners
    return np.concatenate([one + run * (two - one) for one, two in zip(corners, np.roll(corners, -1, 0), strict=True)])


def _shifts(stage: _Stage, found: SkinMap) -> Shifts:
    places = found.places(stage.raster, enlarged(stage.origin, stage.factor))
    brought = cv2.remap(stage.followup, places, NO_MAP, cv2.INTER_LINEAR)
    height, width = stage.followup.shape
    inside = within(places, 1, (width - 2, height - 2))
    return measured(stage.baseline, np.asarray(brought, dtype=np.float32), stage.skin * inside)


def _on_baseline(grid: Floats, stage: _Stage) -> Floats:
    return through(enlarged((stage.box.x, stage.box.y), stage.factor), grid.reshape(-1, 2))


def _with_bend(shifts: Shifts, bend: Field | None, grid: Floats, stage: _Stage) -> Shifts:
    if bend is None:
        return shifts
    before = bend.at(_on_baseline(grid, stage)).reshape(grid.shape) / stage.factor
    return replace(shifts, shift=shifts.shift + before)


def _movement_px(before: SkinMap, after: SkinMap, grid: Floats, stage: _Stage) -> float:
    """How far the map moved where it moved most but for a twentieth, in pixels of the planes."""
    points = _on_baseline(grid, stage)
    moved = np.hypot(*(after.to_followup(points) - before.to_followup(points)).T)
    return float(np.percentile(moved, 95)) / stage.factor


def _moved(found: SkinMap, fit: Fit, stage: _Stage) -> SkinMap:
    """The map with what was found on these planes put in: the bend takes the place of the one before."""
    up = enlarged((stage.box.x, stage.box.y), stage.factor)
    camera = found.camera @ up @ fit.matrix @ np.linalg.inv(up)
    if fit.width is None:
        return SkinMap(camera / camera[2, 2])
    return SkinMap(camera / camera[2, 2], _laid(fit.field * stage.factor, stage))


def _laid(values: Floats, stage: _Stage) -> Field:
    """Values of the blocks, on the baseline."""
    first = enlarged((stage.box.x, stage.box.y), stage.factor) @ ((BLOCK - 1) / 2, (BLOCK - 1) / 2, 1)
    return Field((float(first[0]), float(first[1])), float(BLOCK * stage.factor), values.astype(np.float32))


def _found_again(shifts: Shifts) -> Floats:
    """1 for blocks whose surroundings look like those of the baseline, 0 for those that are lost."""
    known = shifts.known.astype(np.float64)
    around = cv2.blur(shifts.likeness * known, (3, 3)) / np.maximum(cv2.blur(known, (3, 3)), 1e-9)
    share = around / max(float(np.median(shifts.likeness[shifts.known])), 1e-3)
    again: Floats = np.clip((share - LOST) / 0.2, 0.01, 1) * known
    return again


def _told(settled: _Settled, stage: _Stage) -> Refined:
    fit, shifts = settled.fit, settled.shifts
    known, again = shifts.known, _found_again(shifts)
    likeness = float(np.median(shifts.likeness[known]))
    own, unlike = error_px(settled.total, centres(stage.baseline.shape), fit), 1 - likeness
    light = LIGHT * unlike**LIGHT_POWER if fit.width is None else LIGHT_ON_BEND * unlike
    return Refined(
        map=replace(settled.map, again=_laid(np.where(known, again, 1.0), stage)),
        blocks=int(np.count_nonzero(known)),
        agree=float(np.mean((again > 0.5)[known] & (fit.agree[known] > 0.01))),
        likeness=likeness,
        error_px=float(np.hypot(own, light)) * stage.factor,
    )
