"""Lines as rows of points: how long they are, points at equal distances, without wriggles, and the directions across them.

A zone has some hundred lines of a few dozen points each. Called one by one through NumPy, nearly all of the time goes into
calling; and while Python holds the lock no other zone is worked on.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FAST = {"error_model": "numpy", "nogil": True, "cache": True}


def length(points: Floats) -> float:
    """How long the way through these points (n, 2) is."""
    return float(_length(points))


def resampled(points: Floats, step: float) -> Floats:
    """Points at equal distances of about `step` along the same way; both ends stay."""
    return np.asarray(_resampled(points, step))


def smoothed(points: Floats, sigma: float) -> Floats:
    """The same way with points about 1 apart, blurred along itself by `sigma`; its ends stay where they are."""
    return np.asarray(_smoothed(points, sigma))


def normals(points: Floats) -> Floats:
    """Directions across a way, one for each point, to the right as one goes along it."""
    return np.asarray(_normals(points))


@njit(**FAST)
def _length(points):
    total = 0.0
    for number in range(1, len(points)):
        total += np.hypot(points[number, 0] - points[number - 1, 0], points[number, 1] - points[number - 1, 1])
    return total


@njit(**FAST)
def _resampled(points, step):
    whole = _length(points)
    count = max(2, round(whole / step) + 1)
    found = np.empty((count, 2))
    at, begun = 0, 0.0  # the piece of the way that is looked at, and how far along it begins
    for number in range(count):
        place = whole * number / (count - 1)
        while True:
            last = at + 2 >= len(points)
            dx = points[min(at + 1, len(points) - 1), 0] - points[at, 0]
            dy = points[min(at + 1, len(points) - 1), 1] - points[at, 1]
            long = np.hypot(dx, dy)
            if last or begun + long >= place:
                break
            begun += long
            at += 1
        share = min(max((place - begun) / long, 0.0), 1.0) if long > 0 else 0.0
        found[number] = points[at, 0] + share * dx, points[at, 1] + share * dy
    return found


@njit(**FAST)
def _smoothed(points, sigma):
    points = _resampled(points, 1.0)
    count = len(points)
    reach = min(int(3 * sigma), count - 1)
    if reach < 1:
        return points
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    found = np.zeros((count, 2))
    for number in range(count):
        for offset in range(-reach, reach + 1):
            at, weight = number + offset, weights[offset + reach]
            # Turned about its ends, a straight line goes on as one.
            end = 0 if at < 0 else count - 1 if at >= count else -1
            inside = -at if at < 0 else 2 * (count - 1) - at if at >= count else at
            for axis in range(2):
                value = points[inside, axis]
                found[number, axis] += weight * (value if end < 0 else 2 * points[end, axis] - value)
    return _resampled(found, 1.0)


@njit(**FAST)
def _normals(points):
    count = len(points)
    found = np.empty((count, 2))
    for number in range(count):
        one, other = max(number - 1, 0), min(number + 1, count - 1)
        dx, dy = points[other, 0] - points[one, 0], points[other, 1] - points[one, 1]
        long = max(np.hypot(dx, dy), 1e-9)
        found[number] = -dy / long, dx / long
    return found
