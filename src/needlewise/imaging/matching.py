"""Where two pictures show the same: features found in both, and the homography that most of them agree on.

This is the first, coarse step of aligning: good to about a pixel of the small picture that it looks at, over any shift and
rotation. Contrast is evened out first, so that dark skin, light skin and dim corners give as many features.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

# Chosen by trial on simulated skin: features at this long edge are found in 0.1 s, and finer places come later.
QUICK_SIDE, THOROUGH_SIDE = 1000, 1600
MOST_FEATURES = 2500
RATIO = 0.85  # a match counts if it is so much nearer than the second
LEAST_INLIERS = 12  # of which a random pair of pictures reached at most 8
WITHIN_PX = 2.5  # of the small picture: matches farther from the homography are outliers


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
    spread = np.sqrt(cv2.blur(detail * detail, (61, 61))) + np.float32(1.0)
    even: Pixels = np.clip(128 + 42 * detail / spread, 0, 255).astype(np.uint8)
    return even


def features_of(grey: Pixels, where: Pixels | None = None, *, thorough: bool = False) -> Features:
    """Features of a grey picture, only where the mask (of the same size) is not 0."""
    factor = max(1.0, max(grey.shape) / (THOROUGH_SIDE if thorough else QUICK_SIDE))
    factors, small = _to_side(grey, factor)
    mask = None if where is None else cv2.resize(where, small.shape[::-1], interpolation=cv2.INTER_NEAREST)
    finder = (
        cv2.SIFT_create(MOST_FEATURES, contrastThreshold=0.02)
        if thorough
        else cv2.AKAZE_create(threshold=0.0012, max_points=MOST_FEATURES)
    )
    keys, descriptors = finder.detectAndCompute(evened(small), mask)
    points = np.array([key.pt for key in keys], dtype=np.float64).reshape(-1, 2)
    if descriptors is None:
        descriptors = np.zeros((0, 1), dtype=np.uint8)
    return Features((points + 0.5) * factors - 0.5, descriptors, float(factor))


def _to_side(grey: Pixels, factor: float) -> tuple[Floats, Pixels]:
    """The picture made smaller by about a factor, with the exact factors across and down."""
    size = tuple(max(1, round(length / factor)) for length in grey.shape[::-1])
    half = (
        cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        if factor >= 2 and not any(length % 2 for length in grey.shape)
        else grey
    )
    small = cv2.resize(half, size, interpolation=cv2.INTER_AREA) if size != half.shape[::-1] else half
    return np.array(grey.shape[::-1]) / np.array(size), small


def matched(baseline: Features, followup: Features) -> tuple[Floats, Floats]:
    """Places that look alike, on the baseline and on the follow-up, (n, 2) each: each the best of the other."""
    if min(len(baseline.points), len(followup.points)) < 2:
        return np.zeros((0, 2)), np.zeros((0, 2))
    norm = cv2.NORM_HAMMING if baseline.descriptors.dtype == np.uint8 else cv2.NORM_L2
    found = cv2.BFMatcher(norm).knnMatch(followup.descriptors, baseline.descriptors, 2)
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
    if matrix is None or not np.isfinite(matrix).all():
        return None
    inside = held.ravel().astype(bool)
    if np.count_nonzero(inside) < LEAST_INLIERS:
        return None
    return Match(matrix / matrix[2, 2], followup[inside], baseline[inside])
