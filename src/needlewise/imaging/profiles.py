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
    reach = int(search_mm / step)
    places = np.arange(-reach, reach + 1) * step
    away = (offsets[:, None] - places[None]) * (FWHM / wide_mm)
    bell = np.exp(-0.5 * away**2)
    kernel = (away**2 - 1) * bell
    kernel -= kernel.mean(axis=0)
    answer = found @ (kernel / -(kernel * bell).sum(axis=0))
    best = np.argmax(answer, axis=1)
    rows = np.arange(len(answer))
    here = answer[rows, best]
    inside = (best > 0) & (best < len(places) - 1)
    before, after = answer[rows, np.maximum(best - 1, 0)], answer[rows, np.minimum(best + 1, len(places) - 1)]
    bend = before + after - 2 * here
    tops = inside & (bend < 0)
    moved = np.where(tops, 0.5 * (before - after) / np.where(tops, bend, 1), 0)
    return here - 0.25 * (before - after) * moved, places[best] + moved * step


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
    for v in range(4):
        row = min(max(top - 1 + v, 0), rows - 1)
        if left > 0 and left + 2 < columns:
            a, b, c, d = plane[row, left - 1], plane[row, left], plane[row, left + 1], plane[row, left + 2]
        else:
            last = columns - 1
            a, b = plane[row, min(max(left - 1, 0), last)], plane[row, min(max(left, 0), last)]
            c, d = plane[row, min(max(left + 1, 0), last)], plane[row, min(max(left + 2, 0), last)]
        total += wy[v] * (wx[0] * a + wx[1] * b + wx[2] * c + wx[3] * d)
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
