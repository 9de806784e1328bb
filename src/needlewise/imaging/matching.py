"""Where two pictures show the same: features found in both, and the homography that most of them agree on.

This is the first, coarse step of aligning: good to about a pixel of the small picture that it looks at, over any shift and
rotation. Contrast is evened out first, so that dark skin, light skin and dim corners give as many features.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.picture import smaller

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

# Chosen by trial on simulated skin: long edge of the picture searched, contrast that makes a feature, and most features.
QUICK, THOROUGH = (800, 0.0012, 2000), (2000, 0.0004, 6000)
LEAST_SIDE = 32  # of a picture in which features can be found
EVEN = 8  # px; sides are multiples of it
RATIO = 0.85  # a match counts if it is so much nearer than the second
LEAST_INLIERS = 15  # pictures of different skin reached at most 10
WITHIN_PX = 2.5  # of the picture searched: matches farther from the homography are outliers


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Places (n, 2) in pixels of the full picture, with their descriptors; `px` of it are one of the picture searched."""

    points: Floats
    descriptors: NDArray[Any]
    px: float


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A homography, follow-up to baseline, with the places that agree with it, on both pictures."""

    matrix: Floats
    followup: Floats
    baseline: Floats


def evened(grey: Pixels) -> Pixels:
    """Detail with its contrast made the same everywhere."""
    plane = grey.astype(np.float32)
    detail = plane - cv2.blur(plane, (31, 31))
    # Sums that run along can end a hair below nothing.
    spread = np.sqrt(np.maximum(cv2.blur(detail * detail, (61, 61)), 0)) + np.float32(1.0)
    even: Pixels = np.clip(128 + 42 * detail / spread, 0, 255).astype(np.uint8)
    return even


def features_of(grey: Pixels, where: Pixels | None = None, *, thorough: bool = False) -> Features:
    """Features of a grey picture, only where the mask (of any size, for the same view) is not 0."""
    side, contrast, most = THOROUGH if thorough else QUICK
    x, y, width, height = _filled(grey, where)
    # A few rows and columns less, so that it can be halved, which is the quickest way to a smaller plane.
    width, height = (side - side % EVEN if side >= LEAST_SIDE else side for side in (width, height))
    part = grey[y : y + height, x : x + width]
    factor = max(1.0, max(grey.shape) / side)
    small = smaller(part, (max(1, round(part.shape[1] / factor)), max(1, round(part.shape[0] / factor))))
    if min(small.shape) < LEAST_SIDE:
        return Features(np.zeros((0, 2)), np.zeros((0, 61), dtype=np.uint8), 1.0)
    across, down = width / small.shape[1], height / small.shape[0]
    mask = None
    if where is not None:
        rows, columns = where.shape[0] / grey.shape[0], where.shape[1] / grey.shape[1]
        matrix = np.array([[across * columns, 0, x * columns], [0, down * rows, y * rows]])
        mask = cv2.warpAffine(where, matrix, small.shape[::-1], flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    finder = cv2.AKAZE.create(threshold=contrast, max_points=most)
    keys, descriptors = finder.detectAndCompute(evened(small), mask)
    points = np.array([key.pt for key in keys], dtype=np.float64).reshape(-1, 2)
    described = np.asarray(descriptors, dtype=np.uint8) if keys else np.zeros((0, 61), dtype=np.uint8)
    return Features((points + 0.5) * (across, down) - 0.5 + (x, y), described, max(across, down))


def _filled(grey: Pixels, where: Pixels | None) -> tuple[int, int, int, int]:
    """The part of the picture that the mask leaves, as x, y, width, height; everything if it leaves too little."""
    height, width = grey.shape
    if where is None:
        return 0, 0, width, height
    left, top, across, down = cv2.boundingRect(where)
    rows, columns = height / where.shape[0], width / where.shape[1]
    x, y = int(left * columns), int(top * rows)
    right, low = min(width, int(np.ceil((left + across) * columns))), min(height, int(np.ceil((top + down) * rows)))
    return (x, y, right - x, low - y) if min(right - x, low - y) >= 32 else (0, 0, width, height)


def matched(baseline: Features, followup: Features) -> tuple[Floats, Floats]:
    """Places that look alike, on the baseline and on the follow-up, (n, 2) each: each the best of the other."""
    if min(len(baseline.points), len(followup.points)) < 2:
        return np.zeros((0, 2)), np.zeros((0, 2))
    found = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(followup.descriptors, baseline.descriptors, 2)
    best: dict[int, tuple[float, int]] = {}
    for first, second in (pair for pair in found if len(pair) == 2):
        if first.distance < RATIO * second.distance:
            held = best.get(first.trainIdx)
            if held is None or first.distance < held[0]:
                best[first.trainIdx] = (first.distance, first.queryIdx)
    ours, theirs = list(best), [index for _, index in best.values()]
    return baseline.points[ours], followup.points[theirs]


def agreed(baseline: Floats, followup: Floats, within_px: float, affine: bool = False) -> Match | None:
    """The homography that most matches agree on, or None if fewer than `LEAST_INLIERS` agree on any."""
    if len(baseline) < LEAST_INLIERS:
        return None
    if affine:
        found, held = cv2.estimateAffine2D(followup, baseline, method=cv2.USAC_MAGSAC, ransacReprojThreshold=within_px)
        matrix = None if found is None else np.vstack([found, [0, 0, 1]])
    else:
        matrix, held = cv2.findHomography(
            followup, baseline, cv2.USAC_MAGSAC, within_px, maxIters=4000, confidence=0.9999
        )
    if matrix is None or not np.isfinite(matrix).all() or abs(np.linalg.det(matrix / matrix[2, 2])) < 1e-3:
        return None
    inside = held.ravel().astype(bool)
    if np.count_nonzero(inside) < LEAST_INLIERS:
        return None
    return Match(matrix / matrix[2, 2], followup[inside], baseline[inside])
