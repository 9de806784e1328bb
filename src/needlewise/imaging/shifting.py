"""A plane as it is seen from a little aside."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Plane = NDArray[np.float32]

FAST = {"error_model": "numpy", "fastmath": {"contract", "nsz"}, "nogil": True, "cache": True}


def shifted(plane: Plane, across: float, down: float) -> Plane:
    """What the plane (height, width) holds so many pixels to the right of each place and below it, straight between pixels;
    beyond an edge the edge goes on.
    """
    found: Plane = np.empty(plane.shape, np.float32)
    _shifted(np.ascontiguousarray(plane, np.float32), float(across), float(down), found)
    return found


@njit(**FAST)
def _mixed(upper, lower, weights, out):
    """Four neighbours of each place; both rows hold one more than there are places."""
    a, b, c, d = weights
    for x in range(out.size):
        out[x] = a * upper[x] + b * upper[x + 1] + c * lower[x] + d * lower[x + 1]


@njit(**FAST)
def _shifted(plane, across, down, found):
    rows, columns = plane.shape
    left, top = int(np.floor(across)), int(np.floor(down))
    u, v = np.float32(across - left), np.float32(down - top)
    one = np.float32(1)
    weights = (one - v) * (one - u), (one - v) * u, v * (one - u), v * u
    # Of each row the places whose neighbours lie inside.
    first, last = min(max(0, -left), columns), max(0, min(columns, columns - 1 - left))
    for y in range(rows):
        upper, lower = plane[min(max(y + top, 0), rows - 1)], plane[min(max(y + top + 1, 0), rows - 1)]
        if last > first:
            part = slice(first + left, last + left + 1)
            _mixed(upper[part], lower[part], weights, found[y, first:last])
        for x in range(columns):
            if first <= x < last:
                continue
            here, beside = min(max(x + left, 0), columns - 1), min(max(x + left + 1, 0), columns - 1)
            found[y, x] = (
                weights[0] * upper[here]
                + weights[1] * upper[beside]
                + weights[2] * lower[here]
                + weights[3] * lower[beside]
            )
