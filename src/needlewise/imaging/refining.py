"""From a rough homography to a map that is good to a fraction of a pixel: coarse planes first, then finer ones."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.fitting import WIDTHS, Fit, chosen, fitted
from needlewise.imaging.mapping import Bend, SkinMap, enlarged, through
from needlewise.imaging.shifts import BLOCK, Plane, Shifts, centres, detail, measured
from needlewise.imaging.zones import Box, Mask

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

LEVELS = (4, 2, 1)  # how much smaller the planes are at each stage than at the last one
ROUNDS = 2  # of measuring anew at each stage, the follow-up being brought nearer each time
LEAST_BLOCKS = 4  # across and down, for a coarse stage to be worth it
_REACH = 16  # pixels of the planes that the follow-up is looked at beyond what the map so far needs


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """A refined map and what the blocks of the last stage say of it.

    width     of the smoothing of the bend, in blocks; None without a bend
    blocks    blocks whose shift could be measured
    agree     share of them that agree with the map
    likeness  median correlation of the two pictures in a block
    error_px  estimated median error, in pixels of the baseline
    """

    map: SkinMap
    width: float | None
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


def refined(baseline: Pixels, followup: Pixels, where: tuple[Box, Mask], start: SkinMap, factor: int) -> Refined | None:
    """Refine a map over the masked part of a box, on planes `factor` times smaller at last. Both pictures are grey.
    None where too little skin is seen on both."""
    box, mask = where
    found, width, result = start, WIDTHS[0], None
    for level in LEVELS:
        if level > 1 and min(box.width, box.height) < LEAST_BLOCKS * BLOCK * level * factor:
            continue
        stage = _staged(baseline, followup, (box, mask), found, level * factor)
        if stage is None:
            return None
        for turn in range(ROUNDS):
            shifts = _shifts(stage, found)
            if np.count_nonzero(shifts.known) < 2 * LEAST_BLOCKS:
                return None
            grid = centres(stage.baseline.shape)
            total = _with_bend(shifts, found.bend, grid, stage)
            weights = np.clip(shifts.likeness, 0.01, 1) * shifts.known
            if turn == 0 or level == LEVELS[-1]:
                width = chosen(total, grid, weights)
            fit = fitted(total, grid, width, weights)
            found = _moved(found, fit, stage)
            result = _told(found, fit, shifts, stage.factor)
    return result


def _staged(baseline: Pixels, followup: Pixels, where: tuple[Box, Mask], found: SkinMap, factor: int) -> _Stage | None:
    (box, mask), whole = where, 4 * factor  # so that nothing is left over when planes are made smaller
    box = replace(box, width=box.width // whole * whole, height=box.height // whole * whole)
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
    places = found.places(stage.box, stage.origin, stage.factor)
    brought = cv2.remap(stage.followup, places, None, cv2.INTER_CUBIC)
    limit = np.array(stage.followup.shape[::-1], dtype=np.float32) - 2
    inside = np.all((places > 1) & (places < limit), axis=-1)
    return measured(stage.baseline, np.asarray(brought, dtype=np.float32), stage.skin * inside)


def _on_baseline(grid: Floats, stage: _Stage) -> Floats:
    return through(enlarged((stage.box.x, stage.box.y), stage.factor), grid.reshape(-1, 2))


def _with_bend(shifts: Shifts, bend: Bend | None, grid: Floats, stage: _Stage) -> Shifts:
    if bend is None:
        return shifts
    before = bend.at(_on_baseline(grid, stage)).reshape(grid.shape) / stage.factor
    return replace(shifts, shift=shifts.shift + before)


def _moved(found: SkinMap, fit: Fit, stage: _Stage) -> SkinMap:
    """The map with what was found on these planes put in: the bend takes the place of the one before."""
    up = enlarged((stage.box.x, stage.box.y), stage.factor)
    camera = found.camera @ up @ fit.matrix @ np.linalg.inv(up)
    if fit.width is None:
        return SkinMap(camera / camera[2, 2])
    first = enlarged((stage.box.x, stage.box.y), stage.factor) @ ((BLOCK - 1) / 2, (BLOCK - 1) / 2, 1)
    shift = (fit.field * stage.factor).astype(np.float32)
    return SkinMap(camera / camera[2, 2], Bend((first[0], first[1]), float(BLOCK * stage.factor), shift))


def _told(found: SkinMap, fit: Fit, shifts: Shifts, factor: int) -> Refined:
    known = shifts.known
    return Refined(
        map=found,
        width=fit.width,
        blocks=int(np.count_nonzero(known)),
        agree=float(np.mean(fit.agree[known] > 0.1)),
        likeness=float(np.median(shifts.likeness[known])),
        error_px=fit.error_px * factor,
    )
