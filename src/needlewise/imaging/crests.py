"""Crests of a response: where it is greatest across its own direction, to a fraction of a px, joined to chains.

The method is Steger's (IEEE Trans Pattern Anal Mach Intell 1998;20:113): a parabola through the neighbours across the line
says where the crest is; a px holds a crest if the parabola has its top inside it. Chains begin at the strongest crest that
no chain holds and go on, in both directions, to the neighbour that lies and points most nearly straight ahead. Where a gap
or a crossing interrupts a line, a chain looks further ahead, in a narrower cone.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

FAST = {"error_model": "numpy", "nogil": True, "cache": True}

NEAR = 2  # px to look for the next crest
INSIDE = (
    0.6  # how far from the middle of a px the top of its parabola may be; over a half, so that none falls between two
)
TURN, TURN_FAR = 0.6, 0.85  # cosine of the greatest turn to the next crest: near, and across a gap


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A chain begins where the response reaches `begin`, goes on while it reaches `go_on`, and crosses gaps of `gap_px`."""

    begin: float
    go_on: float
    gap_px: float


def chains(response: Plane, mask: Mask, thresholds: Thresholds) -> list[Floats]:
    """Crest lines inside the mask, each (n, 2): x and y in px, in order along the line. The strongest comes first."""
    index, points, ahead, strength = _crests(response, mask, np.float32(thresholds.go_on))
    order = np.argsort(-strength, kind="stable")
    chained, ends = _linked(index, (points, ahead, strength), order, (thresholds.begin, int(thresholds.gap_px)))
    return [points[part] for part in np.split(chained, ends[:-1])] if len(ends) else []


@njit(**FAST)
def _crests(response, mask, least):
    """Number of the crest in each px (-1: none), place, direction along the line, and response of each crest."""
    rows, columns = response.shape
    index = np.full((rows, columns), -1, np.int32)
    most = 0
    for y in range(rows):
        for x in range(columns):
            most += response[y, x] >= least and mask[y, x]
    points, ahead, strength = np.empty((most, 2)), np.empty((most, 2)), np.empty(most)
    count = 0
    for y in range(1, rows - 1):
        for x in range(1, columns - 1):
            if response[y, x] < least or not mask[y, x]:
                continue
            found, dx, dy, across_x, across_y = _top(response, y, x)
            if found:
                index[y, x] = count
                points[count] = x + dx, y + dy
                ahead[count] = -across_y, across_x
                strength[count] = response[y, x]
                count += 1
    return index, points[:count], ahead[:count], strength[:count]


@njit(**FAST)
def _top(r, y, x):
    """Whether the parabola across the line has its top in this px, where, and the direction across."""
    a, b, c = r[y - 1, x - 1], r[y - 1, x], r[y - 1, x + 1]
    d, e, f = r[y, x - 1], r[y, x], r[y, x + 1]
    g, h, i = r[y + 1, x - 1], r[y + 1, x], r[y + 1, x + 1]
    gx, gy = 0.5 * (f - d), 0.5 * (h - b)
    xx, yy, xy = d + f - 2 * e, b + h - 2 * e, 0.25 * (a + i - c - g)
    apart = 0.5 * (xx - yy)
    bend = 0.5 * (xx + yy) - np.sqrt(apart * apart + xy * xy)  # the most downward
    if bend >= 0:
        return False, 0.0, 0.0, 0.0, 0.0
    # Of the two ways to write the direction, the one that does not vanish.
    if xx <= yy:
        nx, ny = bend - yy, xy
    else:
        nx, ny = xy, bend - xx
    length = np.hypot(nx, ny)
    if length == 0:
        return False, 0.0, 0.0, 0.0, 0.0
    nx, ny = nx / length, ny / length
    step = -(gx * nx + gy * ny) / bend
    inside = abs(step * nx) <= INSIDE and abs(step * ny) <= INSIDE
    return inside, step * nx, step * ny, nx, ny


@njit(**FAST)
def _linked(index, crests, order, settings):
    """Numbers of the crests of all chains, one chain after the other, and where each ends."""
    points, ahead, strength = crests
    begin, gap = settings
    free = np.ones(len(points), np.bool_)
    chained = np.empty(len(points), np.int64)
    side = np.empty(len(points), np.int64)
    ends = np.empty(len(points), np.int64)
    total, count = 0, 0
    for start in order:
        if strength[start] < begin:
            break
        if not free[start]:
            continue
        _take(index, points, free, start, start)
        backward = _grown(index, (points, ahead, free), (start, -1.0, gap), side)
        for number in range(backward):
            chained[total + number] = side[backward - 1 - number]
        total += backward
        chained[total] = start
        total += 1
        forward = _grown(index, (points, ahead, free), (start, 1.0, gap), side)
        chained[total : total + forward] = side[:forward]
        total += forward
        ends[count] = total
        count += 1
    return chained[:total], ends[:count]


@njit(**FAST)
def _grown(index, crests, begun, out):
    """Follow a crest in one direction; numbers of those taken go to `out`."""
    points, ahead, free = crests
    at, sign, gap = begun
    way_x, way_y = sign * ahead[at, 0], sign * ahead[at, 1]
    count = 0
    while True:
        best = _next(index, crests, at, (way_x, way_y, NEAR, TURN))
        if best < 0:
            best = _next(index, crests, at, (way_x, way_y, gap, TURN_FAR))
        if best < 0:
            return count
        # The direction of the next crest, turned so that it leads on.
        same = 1.0 if ahead[best, 0] * way_x + ahead[best, 1] * way_y >= 0 else -1.0
        way_x, way_y = same * ahead[best, 0], same * ahead[best, 1]
        _take(index, points, free, at, best)
        out[count] = best
        count += 1
        at = best


@njit(**FAST)
def _next(index, crests, at, looking):
    """The free crest that lies most nearly straight ahead, or -1."""
    points, ahead, free = crests
    way_x, way_y, reach, turn = looking
    x, y = points[at]
    column, row = round(x), round(y)
    best, least = -1, 1e30
    for v in range(max(row - reach, 0), min(row + reach + 1, index.shape[0])):
        for u in range(max(column - reach, 0), min(column + reach + 1, index.shape[1])):
            other = index[v, u]
            if other < 0 or not free[other]:
                continue
            dx, dy = points[other, 0] - x, points[other, 1] - y
            away = np.hypot(dx, dy)
            if away < 1e-9 or away > reach + 0.5:
                continue
            straight = (dx * way_x + dy * way_y) / away
            alike = abs(ahead[other, 0] * way_x + ahead[other, 1] * way_y)
            if straight < turn or alike < turn:
                continue
            cost = away * (1 + 2 * (1 - straight)) + 2 * (1 - alike)
            if cost < least:
                best, least = other, cost
    return best


@njit(**FAST)
def _take(index, points, free, before, at):
    """Hold this crest, and those beside the way to it, which belong to the same line."""
    free[at] = False
    x, y = points[at]
    sx, sy = x - points[before, 0], y - points[before, 1]
    for v in range(max(round(y) - 2, 0), min(round(y) + 3, index.shape[0])):
        for u in range(max(round(x) - 2, 0), min(round(x) + 3, index.shape[1])):
            other = index[v, u]
            if other < 0 or not free[other]:
                continue
            dx, dy = points[other, 0] - x, points[other, 1] - y
            behind = dx * sx + dy * sy <= 0
            if behind and dx * dx + dy * dy <= 2.3:
                free[other] = False
