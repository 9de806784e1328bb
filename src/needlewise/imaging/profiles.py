"""What a plane holds across a line: profiles, the valley in their middle, how wide and how deep it is."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from needlewise.imaging.paths import normals

Plane = NDArray[np.float32]
Floats = NDArray[np.float64]

FAST = {"error_model": "numpy", "fastmath": {"contract", "arcp"}, "nogil": True, "cache": True}

ACROSS_MM = 1.6  # half of what is read across a line
FWHM = 2.355  # width at half height of a Gaussian whose standard deviation is 1
TRIED_PX = 0.5  # steps in which the bottom is looked for, before a parabola


@dataclass(frozen=True, slots=True)
class Valley:
    """The form of a valley."""

    width_mm: float  # at half its depth
    evenness: float  # how high its lower side is, as a share of the higher: 1 is even, 0 a step


def profiles(plane: Plane, points: Floats, pieces: int, px_per_mm: float) -> tuple[Floats, Floats]:
    """Offsets across the line, mm, and the mean of the plane there along each piece of it: (pieces, offsets)."""
    reach = int(np.ceil(ACROSS_MM * px_per_mm))
    ends = np.linspace(0, len(points), pieces + 1).round().astype(np.intp)
    return np.arange(-reach, reach + 1) / px_per_mm, _profiles(plane, points, normals(points), ends, reach)


def sampled(plane: Plane, points: Floats) -> Floats:
    """The plane at these places (n, 2)."""
    return np.asarray(_profiles(plane, points, np.zeros_like(points), np.arange(len(points) + 1), 0)[:, 0])


def valley(offsets: Floats, profile: Floats, search_mm: float, widths_mm: tuple[float, float]) -> Valley:
    """The valley in the middle of a profile; a slope of brightness changes nothing. `widths_mm`: least and greatest of a line."""
    # A lamp from one side darkens one flank and lights the other: for the width, the whole tilt is taken off. The rim of a
    # spot would look like a valley then: for the evenness, the median step is, since a rim is one large step and no tilt.
    level = profile - offsets * (offsets @ profile) / (offsets @ offsets)
    middle = int(np.argmin(np.where(np.abs(offsets) <= search_mm, level, np.inf)))
    reach = int(np.searchsorted(offsets - offsets[0], widths_mm[1]))
    half = level[middle] + 0.5 * np.mean(_rises(level, middle, reach))
    width = 0.0
    for side in (level[: middle + 1][::-1], level[middle:]):
        beyond = int(np.argmax(side >= half)) or len(side) - 1
        rise = side[beyond] - side[beyond - 1]
        width += beyond - 1 + (half - side[beyond - 1]) / rise if rise > 0 else beyond
    width_mm = max(float(width * (offsets[1] - offsets[0])), widths_mm[0])
    straight = profile - np.median(np.diff(profile)) * np.arange(len(profile))
    lower, higher = sorted(_rises(straight, middle, reach))
    return Valley(width_mm, lower / max(higher, 1e-12))


def _rises(profile: Floats, middle: int, reach: int) -> tuple[float, float]:
    """How high both sides of a valley are over its bottom."""
    left, right = profile[max(middle - reach, 0) : middle + 1], profile[middle : middle + reach + 1]
    return float(left.max() - profile[middle]), float(right.max() - profile[middle])


def bottoms(offsets: Floats, found: Floats, wide_mm: float, search_mm: float) -> tuple[Floats, Floats]:
    """Contrast of the valley near the middle of each profile (n, offsets), and where it lies, mm.

    The filter is the second derivative of a Gaussian as wide as the line. A slope of brightness does not pass it, and
    a valley with the profile of a Gaussian of this width gives its own depth.
    """
    step = float(offsets[1] - offsets[0]) * TRIED_PX
    contrasts, places = _bottoms(offsets, np.ascontiguousarray(found), FWHM / wide_mm, step, int(search_mm / step))
    return np.asarray(contrasts), np.asarray(places)


@njit(**FAST)
def _bottoms(offsets, found, narrow, step, reach):
    """As in `bottoms`: `narrow` is one over the standard deviation of the line, `step` and `reach` where bottoms are tried."""
    tried, across = 2 * reach + 1, offsets.size
    kernels = np.empty((tried, across))
    for number in range(tried):
        kernel = kernels[number]
        total = 0.0
        for k in range(across):
            away = (offsets[k] - (number - reach) * step) * narrow
            kernel[k] = (away * away - 1) * np.exp(-0.5 * away * away)
            total += kernel[k]
        own = 0.0
        for k in range(across):
            away = (offsets[k] - (number - reach) * step) * narrow
            kernel[k] -= total / across
            own -= kernel[k] * np.exp(-0.5 * away * away)
        for k in range(across):
            kernel[k] /= own
    contrasts, places = np.empty(len(found)), np.empty(len(found))
    answer = np.empty(tried)
    for row in range(len(found)):
        for number in range(tried):
            total = 0.0
            for k in range(across):
                total += found[row, k] * kernels[number, k]
            answer[number] = total
        best = np.argmax(answer)
        moved, lean = 0.0, 0.0
        if 0 < best < tried - 1:
            before, after = answer[best - 1], answer[best + 1]
            lean = before - after
            bend = before + after - 2 * answer[best]
            if bend < 0:
                moved = 0.5 * lean / bend
        contrasts[row] = answer[best] - 0.25 * lean * moved
        places[row] = (best - reach + moved) * step
    return contrasts, places


@njit(**FAST)
def _cubic(t):
    """Weights of four neighbours for a place at `t` between the second and the third (Keys, a = -0.5)."""
    return (
        ((-0.5 * t + 1) * t - 0.5) * t,
        (1.5 * t - 2.5) * t * t + 1,
        ((-1.5 * t + 2) * t + 0.5) * t,
        (0.5 * t - 0.5) * t * t,
    )


@njit(**FAST)
def _at(plane, x, y):
    """The plane at a place between px, by a cubic; beyond an edge the edge goes on."""
    rows, columns = plane.shape
    left, top = int(np.floor(x)), int(np.floor(y))
    wx, wy = _cubic(x - left), _cubic(y - top)
    total = 0.0
    if left > 0 and top > 0 and left + 2 < columns and top + 2 < rows:
        for v in range(4):
            row = plane[top - 1 + v, left - 1 : left + 3]
            total += wy[v] * (wx[0] * row[0] + wx[1] * row[1] + wx[2] * row[2] + wx[3] * row[3])
        return total
    for v in range(4):
        for u in range(4):
            row, column = min(max(top - 1 + v, 0), rows - 1), min(max(left - 1 + u, 0), columns - 1)
            total += wy[v] * wx[u] * plane[row, column]
    return total


@njit(**FAST)
def _profiles(plane, points, across, ends, reach):
    found = np.zeros((ends.size - 1, 2 * reach + 1))
    for piece in range(ends.size - 1):
        for number in range(ends[piece], ends[piece + 1]):
            for offset in range(-reach, reach + 1):
                x = points[number, 0] + offset * across[number, 0]
                y = points[number, 1] + offset * across[number, 1]
                found[piece, offset + reach] += _at(plane, x, y)
        found[piece] /= max(ends[piece + 1] - ends[piece], 1)
    return found
