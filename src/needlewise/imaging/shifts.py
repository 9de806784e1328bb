"""How far each small block of skin still lies from its place, measured to a fraction of a pixel.

A block's shift solves the least squares of Lucas and Kanade: grey differences against the slopes of both pictures. Each
comes with its information matrix, so that a block with one line in it tells of the way across the line alone. Blocks
do not overlap, so their errors are independent, and halves of them give independent answers.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Plane = NDArray[np.float32]

BLOCK = 16  # side of a block, in pixels of the planes
LEAST_SEEN = 0.8  # share of a block that must be skin seen on both pictures
_LEAST_NOISE = 1e-3  # share of the contrast, squared
_FLOOR = 1.5  # grey levels of contrast below which detail is left as faint as it is, being noise


@dataclass(frozen=True, slots=True, eq=False)
class Shifts:
    """For a grid of blocks, (rows, columns, ...): where the follow-up lies off, in pixels of the planes.

    shift       (..., 2), to be added to a place of the baseline so that the follow-up shows it there
    certainty   (..., 2, 2), inverse covariance of the shift; 0 where nothing is known
    likeness    (...), correlation of the two pictures in the block, -1 to 1
    """

    shift: Floats
    certainty: Floats
    likeness: Floats

    @property
    def known(self) -> NDArray[np.bool_]:
        return self.certainty[..., 0, 0] > 0


def detail(grey: NDArray[np.uint8]) -> Plane:
    """Detail between about 1 and 8 pixels, its contrast made the same everywhere."""
    sharp = np.asarray(cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.0), dtype=np.float32)
    small = cv2.GaussianBlur(cv2.resize(sharp, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), (0, 0), 2.0)
    sharp -= np.asarray(cv2.resize(small, sharp.shape[::-1], interpolation=cv2.INTER_LINEAR), dtype=np.float32)
    spread = cv2.blur(cv2.resize(sharp * sharp, small.shape[::-1], interpolation=cv2.INTER_AREA), (17, 17))
    spread = np.sqrt(spread) + np.float32(_FLOOR)
    sharp /= np.asarray(cv2.resize(spread, sharp.shape[::-1], interpolation=cv2.INTER_LINEAR), dtype=np.float32)
    return sharp


def measured(baseline: Plane, followup: Plane, seen: Plane) -> Shifts:
    """Shifts between two planes of detail, the follow-up brought onto the baseline as far as it is known.

    `seen` is 1 where a pixel may be used and 0 elsewhere.
    """
    mean = (baseline + followup) * 0.5
    across = cv2.Sobel(mean, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    down = cv2.Sobel(mean, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    differ = baseline - followup
    products = ((across, across), (across, down), (down, down), (across, differ), (down, differ), (differ, differ))
    xx, xy, yy, xd, yd, dd = (_sums(one * other * seen) for one, other in products)
    bb, ff, bf = (
        _sums(one * other * seen) for one, other in ((baseline, baseline), (followup, followup), (baseline, followup))
    )
    count = _sums(seen)
    usable = count > LEAST_SEEN * BLOCK * BLOCK
    information = np.stack([np.stack([xx, xy], -1), np.stack([xy, yy], -1)], -2)
    trace = xx + yy
    usable &= trace > 1e-3 * BLOCK * BLOCK
    # A whit of the whole, so that a block with lines one way only can be solved; it then says nothing along them.
    ridge = np.where(usable, 1e-3 * trace + 1e-12, 1.0)[..., None, None] * np.eye(2)
    shift = np.linalg.solve(information + ridge, np.stack([xd, yd], -1)[..., None])[..., 0]
    # Two pictures never differ by less than their own grey levels, even if they are the same one.
    left = np.maximum(dd - shift[..., 0] * xd - shift[..., 1] * yd, _LEAST_NOISE * (bb + ff) + 1e-12)
    # Neighbouring pixels of detail are alike, so that a block holds fewer independent ones than pixels.
    noise = left / np.maximum(count, 1.0) * _ALIKE_PX
    certainty = np.where(usable[..., None, None], information / noise[..., None, None], 0.0)
    likeness = np.where(usable, bf / np.sqrt(np.maximum(bb * ff, 1e-12)), 0.0)
    return Shifts(np.where(usable[..., None], shift, 0.0), certainty, likeness)


_ALIKE_PX = 12.6  # 4 pi sigma squared, of the blur in `detail`


def centres(shape: tuple[int, ...]) -> Floats:
    """Centres of the blocks, (rows, columns, 2), as (x, y) in pixels of the planes."""
    rows, columns = shape[0] // BLOCK, shape[1] // BLOCK
    x, y = (np.arange(count) * BLOCK + (BLOCK - 1) / 2 for count in (columns, rows))
    return np.stack(np.meshgrid(x, y), axis=-1)


def _sums(plane: Plane) -> Floats:
    rows, columns = plane.shape[0] // BLOCK, plane.shape[1] // BLOCK
    whole = plane[: rows * BLOCK, : columns * BLOCK]
    mean = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
    sums: Floats = mean.astype(np.float64) * (BLOCK * BLOCK)
    return sums
