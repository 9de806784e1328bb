"""The inner loops that draw planes, compiled. All places are in pixels, and may lie outside the plane."""

import math

import numpy as np
from numba import njit


@njit(cache=True)
def border(across, down, points):
    """How much farther the second-nearest point is than the nearest, in cells, at every place.

    `across` and `down` are places in cells; `points` (n, n, 2), n a power of two, says where in its cell each point
    lies, and repeats.
    """
    last = points.shape[0] - 1
    found = np.empty_like(across)
    for i in range(across.shape[0]):
        for j in range(across.shape[1]):
            column, row = math.floor(across[i, j]), math.floor(down[i, j])
            x, y = across[i, j] - np.float32(column), down[i, j] - np.float32(row)
            nearest, second = np.float32(9.0), np.float32(9.0)
            for below in range(-1, 2):
                for right in range(-1, 2):
                    r, c = (row + below) & last, (column + right) & last
                    aside = np.float32(right) + points[r, c, 0] - x
                    under = np.float32(below) + points[r, c, 1] - y
                    distance = aside * aside + under * under
                    second = min(second, max(nearest, distance))
                    nearest = min(nearest, distance)
            found[i, j] = math.sqrt(second) - math.sqrt(nearest)
    return found


@njit(cache=True)
def sink(plane, places, radii, depths):
    """Press soft dots (x, y) into a plane: each exp(-(distance/radius)^2) deep."""
    for number in range(places.shape[0]):
        x, y, radius = places[number, 0], places[number, 1], radii[number]
        reach = 2.6 * radius
        for i in range(max(0, int(y - reach)), min(plane.shape[0], int(y + reach) + 2)):
            for j in range(max(0, int(x - reach)), min(plane.shape[1], int(x + reach) + 2)):
                away = ((j - x) ** 2 + (i - y) ** 2) / (radius * radius)
                plane[i, j] -= depths[number] * math.exp(-away)


@njit(cache=True)
def measure(line, reach, distance, share):
    """Distance from a line (n, 2), and the share of its length at the nearest place on it, up to `reach` from it."""
    total = 0.0
    for number in range(line.shape[0] - 1):
        total += math.hypot(line[number + 1, 0] - line[number, 0], line[number + 1, 1] - line[number, 1])
    before = 0.0
    for number in range(line.shape[0] - 1):
        x, y = line[number, 0], line[number, 1]
        to_x, to_y = line[number + 1, 0], line[number + 1, 1]
        length = math.hypot(to_x - x, to_y - y)
        run_x, run_y = (to_x - x) / length, (to_y - y) / length
        for i in range(max(0, int(min(y, to_y) - reach)), min(distance.shape[0], int(max(y, to_y) + reach) + 2)):
            for j in range(max(0, int(min(x, to_x) - reach)), min(distance.shape[1], int(max(x, to_x) + reach) + 2)):
                ahead = min(max((j - x) * run_x + (i - y) * run_y, 0.0), length)
                away = math.hypot(j - x - ahead * run_x, i - y - ahead * run_y)
                if away < distance[i, j]:
                    distance[i, j] = away
                    share[i, j] = (before + ahead) / total
        before += length
