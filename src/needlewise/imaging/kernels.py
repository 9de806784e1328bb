"""The ridge filter: how much a plane is bent across dark lines of several widths, as fast as the memory allows.

What is found is the largest eigenvalue of the Hessian of the plane after a Gaussian, times the square of its width, and of
all widths the greatest; nought where nothing is bent upwards. This is what `skimage.filters.sato` finds with
`black_ridges`, and a test holds the two together.

How it is made cheap:

- A wider Gaussian is made of the one before it. Variances add up, so what is left to blur is small, and one kernel of
  `2 REACH + 1` weights does for all; wider steps take several.
- Where the next Gaussian is `COARSER` px wide or more, it is made on a plane of half the size: each px the mean of four,
  so that mirroring and turning the picture mirrors and turns the result.
- Differences between neighbours stand for derivatives. They blur a little too, which is taken off the Gaussian.
- A strip of columns runs down the picture and keeps the last few rows of each Gaussian, which stay in the fast memory
  beside the processor. The plane itself is read once and the response written once.
- Rows that are read together lie at known distances in one array, and places are counted from nought: the compiler then
  makes vectors, which it gives up where it cannot see that what is read and what is written do not overlap.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Plane = NDArray[np.float32]

FAST = {"error_model": "numpy", "fastmath": {"contract", "arcp", "nsz", "nnan"}, "nogil": True, "cache": True}

REACH = 5  # px to each side that one step of blur takes in; `_down`, `_along` and `_strip` are written out for it
KEPT = 16  # rows that are kept of each Gaussian: a power of two that holds 2 REACH + 1
ROW = 720  # px of a row that is kept: no power of two, or rows would push one another out of the fast memory
AGAIN = KEPT * ROW  # so far from its first place a row is kept once more: any KEPT rows then lie one below the other
BANDS = 4  # strips of a thread at least, so that the threads end together

WIDE = 2.6  # the greatest variance of one step, px2: beyond it too much of the Gaussian would be cut off
COARSER = 2.8  # px; a wider Gaussian is made on the plane of half the size
BLURRED = 1.2  # px; less blur than this before halving would let fine grain pass for coarse
OF_DIFFERENCES = 1 / 6  # variance of the second difference between neighbours, px2
OF_MEANS = 1 / 4  # variance of the mean of two neighbours, px2
ACROSS = (
    0.09  # times 1 / variance: by how much the mixed difference, which spreads further than the others, is too small
)
LEAST = -3e38  # less than any response


@dataclass(frozen=True, slots=True)
class _Level:
    """What is done on one plane of the pyramid."""

    weights: NDArray[np.float32]  # (steps, REACH + 1): each blurs what the step before it made
    # (steps, 3): what the eigenvalue (0: not a scale) and the mixed difference are multiplied with; the least response
    scales: NDArray[np.float32]
    # Nought on the finest plane only: a kink at nought could not be brought up from a coarser one.
    least: float


def ridges(plane: Plane, sigmas_px: Sequence[float], threads: int = 2) -> Plane:
    """How much each place of `plane` (float32, height x width) looks like the bottom of a dark line.

    In the unit of the plane. A line whose profile is a Gaussian of width s gives most at sigma = 1.4 s.
    """
    source = np.ascontiguousarray(plane, np.float32)
    if not len(sigmas_px) or min(sigmas_px) < 0.7:
        raise ValueError("ridges: widths of at least 0.7 px are needed")
    with ThreadPoolExecutor(threads) as pool:
        return _climbed(source, _levels(sorted(sigmas_px)), pool.map, threads)


def _climbed(source: Plane, levels: Sequence[_Level], run: Callable[..., Any], threads: int) -> Plane:
    """The response on this plane and on all that are coarser."""
    rows, columns = source.shape
    level, coarser = levels[0], levels[1:]
    found = np.empty_like(source) if level.scales[:, 0].any() else np.full_like(source, level.least)
    half = np.empty(((rows + 1) // 2, (columns + 1) // 2) if coarser else (0, 0), np.float32)
    places = _places(rows, columns, len(level.weights), threads)
    list(run(lambda place: _strip(source, found, half, (level.weights, level.scales), place), places))
    if coarser:
        above = _climbed(half, coarser, run, threads)
        list(run(lambda place: _raise(above, found, place), places))
    return found


def _places(rows: int, columns: int, steps: int, threads: int) -> list[tuple[int, int, int, int]]:
    """Strips: first and last row and column. They begin at even places, so that every mean of four lies in one strip."""
    wide = ROW - 2 * (REACH * steps + 2)
    strips = -(-columns // wide)
    bands = max(1, min(-(-threads * BANDS // strips), rows // 64))
    high = -(-rows // bands)
    high += high % 2
    return [
        (top, min(top + high, rows), left, min(left + wide, columns))
        for top in range(0, rows, high)
        for left in range(0, columns, wide)
    ]


def _levels(sigmas_px: Sequence[float]) -> list[_Level]:
    """Which Gaussians are made of which, on which plane."""
    levels: list[_Level] = []
    weights: list[tuple[float, ...]] = []
    scales: list[tuple[float, ...]] = []
    has, px = 0.0, 1.0  # variance so far and size of a px, both in px of the finest plane

    def blur(variance: float) -> None:
        nonlocal has
        steps = max(1, int(np.ceil(max(variance - has, 0.0) / px**2 / WIDE)))
        each = max(variance - has, 0.0) / px**2 / steps
        weights.extend([_weights(each)] * steps)
        scales.extend([(0.0, 0.0, 0.0)] * steps)
        has = max(has, variance)

    for sigma in sigmas_px:
        while sigma / px >= COARSER:
            if has < (BLURRED * px) ** 2:
                blur((BLURRED * px) ** 2)
            levels.append(_level(weights, scales, LEAST if levels else 0.0))
            weights, scales = [], []
            has += OF_MEANS * px**2
            px *= 2
        blur(sigma**2 - OF_DIFFERENCES * px**2)
        size, least = (sigma / px) ** 2, LEAST if levels else 0.0
        scales[-1] = (size, 1 + ACROSS / size, least)
    return [*levels, _level(weights, scales, LEAST if levels else 0.0)]


def _level(weights: list[tuple[float, ...]], scales: list[tuple[float, ...]], least: float) -> _Level:
    return _Level(
        np.array(weights, np.float32).reshape(-1, REACH + 1), np.array(scales, np.float32).reshape(-1, 3), least
    )


def _weights(variance: float) -> tuple[float, ...]:
    """The middle and one side of a Gaussian of this variance, as it is on a grid and cut off at `REACH`."""
    places = np.arange(-REACH, REACH + 1.0)
    narrow, wide = 1e-3, 2 * max(variance, 0.1)
    for _ in range(60):
        middle = (narrow + wide) / 2
        found = np.exp(-(places**2) / (2 * middle))
        found /= found.sum()
        narrow, wide = (middle, wide) if found @ places**2 < variance else (narrow, middle)
    return tuple(found[REACH:].tolist())


@njit(**FAST)
def _mirrored(place, size):
    """Beyond an edge the picture is mirrored, the edge px twice."""
    place %= 2 * size
    return place if place < size else 2 * size - 1 - place


@njit(**FAST)
def _copied(source, row, left, kept):
    """A row of the plane, mirrored beyond its ends: `ROW` px from `left` on, at both of its places."""
    columns = source.shape[1]
    first, last = max(-left, 0), min(columns - left, ROW)
    line = source[row, left + first : left + last]
    out = kept[first:]
    for x in range(line.size):
        out[x] = line[x]
        out[AGAIN + x] = line[x]
    for x in range(first):
        kept[x] = kept[AGAIN + x] = source[row, _mirrored(left + x, columns)]
    for x in range(last, ROW):
        kept[x] = kept[AGAIN + x] = source[row, _mirrored(left + x, columns)]


@njit(**FAST)
def _down(rows, w, out):
    """2 REACH + 1 rows, one below the other, weighted into one."""
    for x in range(out.size):
        out[x] = (
            w[0] * rows[5 * ROW + x]
            + w[1] * (rows[4 * ROW + x] + rows[6 * ROW + x])
            + w[2] * (rows[3 * ROW + x] + rows[7 * ROW + x])
            + w[3] * (rows[2 * ROW + x] + rows[8 * ROW + x])
            + w[4] * (rows[ROW + x] + rows[9 * ROW + x])
            + w[5] * (rows[x] + rows[10 * ROW + x])
        )


@njit(**FAST)
def _along(row, w, kept):
    """A row blurred along itself, shorter by REACH at both ends, at both of its places."""
    for x in range(row.size - 2 * REACH):
        found = (
            w[0] * row[x + 5]
            + w[1] * (row[x + 4] + row[x + 6])
            + w[2] * (row[x + 3] + row[x + 7])
            + w[3] * (row[x + 2] + row[x + 8])
            + w[4] * (row[x + 1] + row[x + 9])
            + w[5] * (row[x] + row[x + 10])
        )
        kept[x] = found
        kept[AGAIN + x] = found


@njit(**FAST)
def _bent(rows, scale, out):
    """The largest eigenvalue along the middle of three rows, or `least`; they begin one px earlier than `out`."""
    least, half, quarter = scale[2], np.float32(0.5) * scale[0], np.float32(0.25) * scale[0] * scale[1]
    for x in range(out.size):
        twice = np.float32(2) * rows[ROW + 1 + x]
        xx = rows[ROW + x] + rows[ROW + 2 + x] - twice
        yy = rows[1 + x] + rows[2 * ROW + 1 + x] - twice
        xy = quarter * ((rows[x] + rows[2 * ROW + 2 + x]) - (rows[2 + x] + rows[2 * ROW + x]))
        apart = half * (xx - yy)
        out[x] = max(half * (xx + yy) + np.sqrt(apart * apart + xy * xy), least)


@njit(**FAST)
def _more_bent(rows, scale, out):
    """As `_bent`, where it is more than what was found before."""
    half, quarter = np.float32(0.5) * scale[0], np.float32(0.25) * scale[0] * scale[1]
    for x in range(out.size):
        twice = np.float32(2) * rows[ROW + 1 + x]
        xx = rows[ROW + x] + rows[ROW + 2 + x] - twice
        yy = rows[1 + x] + rows[2 * ROW + 1 + x] - twice
        xy = quarter * ((rows[x] + rows[2 * ROW + 2 + x]) - (rows[2 + x] + rows[2 * ROW + x]))
        apart = half * (xx - yy)
        out[x] = max(half * (xx + yy) + np.sqrt(apart * apart + xy * xy), out[x])


@njit(**FAST)
def _halved(rows, out):
    """Means of four, of two rows."""
    for x in range(out.size):
        out[x] = np.float32(0.25) * (rows[2 * x] + rows[2 * x + 1] + rows[ROW + 2 * x] + rows[ROW + 2 * x + 1])


@njit(**FAST)
def _strip(source, found, half, level, place):
    """All scales of one plane in a strip, and the strip of the plane of half the size."""
    top, bottom, left, right = place
    weights, scales = level
    steps = weights.shape[0]
    beyond = REACH * steps + 2
    kept = _begun((steps + 2) * 2 * AGAIN).reshape((steps + 2, 2 * AGAIN))
    line = kept[steps + 1]
    for clock in range(top - beyond, bottom + beyond + REACH * steps):
        if clock < bottom + beyond:
            at = ROW * (clock & (KEPT - 1))
            _copied(source, _mirrored(clock, source.shape[0]), left - beyond, kept[0, at:])
        for step in range(steps):
            spent = REACH * (
                step + 1
            )  # px that are spent on each side: a kept row begins where there is something in it
            row = clock - spent
            if row < top - beyond + spent or row >= bottom + beyond - spent:
                continue
            one = weights[step]
            w = one[0], one[1], one[2], one[3], one[4], one[5]
            part = line[: right - left + 2 * (beyond - spent + REACH)]
            _down(kept[step, ROW * ((row - REACH) & (KEPT - 1)) :], w, part)
            _along(part, w, kept[step + 1, ROW * (row & (KEPT - 1)) :])
            if row <= top or row > bottom:
                continue
            scale = scales[step, 0], scales[step, 1], scales[step, 2]
            if scale[0] > 0:
                rows = kept[step + 1, ROW * ((row - 2) & (KEPT - 1)) + beyond - spent - 1 :]
                if scales[:step, 0].any():
                    _more_bent(rows, scale, found[row - 1, left:right])
                else:
                    _bent(rows, scale, found[row - 1, left:right])
            if step == steps - 1 and half.size and row % 2:
                rows = kept[steps, ROW * ((row - 1) & (KEPT - 1)) + beyond - spent :]
                _halved(rows, half[row // 2, left // 2 : (right + 1) // 2])


@njit(**FAST)
def _begun(size):
    """An array that begins where a line of the cache does, or most loads would touch two."""
    memory = np.empty(size + 16, np.float32)
    first = (-memory.ctypes.data % 64) // 4
    return memory[first : first + size]


# A px lies a quarter of the way from the middle of its four to the next middle. Keys' cubic with a = -0.6 brings up what
# is as narrow as responses are with the least loss: less than 1 % (-0.5, the common choice, loses 2 %).
Q0, Q1, Q2, Q3 = (np.float32(weight) for weight in (-0.084375, 0.871875, 0.240625, -0.028125))


@njit(**FAST)
def _mixed(a, b, c, d, out):
    for x in range(out.size):
        out[x] = Q0 * a[x] + Q1 * b[x] + Q2 * c[x] + Q3 * d[x]


@njit(**FAST)
def _spread(row, out):
    """A coarse row, which begins two px early, onto a fine one; the greater stays."""
    pairs = out.size // 2
    for x in range(pairs):
        early = Q3 * row[x] + Q2 * row[x + 1] + Q1 * row[x + 2] + Q0 * row[x + 3]
        late = Q0 * row[x + 1] + Q1 * row[x + 2] + Q2 * row[x + 3] + Q3 * row[x + 4]
        out[2 * x] = max(out[2 * x], early)
        out[2 * x + 1] = max(out[2 * x + 1], late)
    if out.size % 2:
        x = pairs
        out[2 * x] = max(out[2 * x], Q3 * row[x] + Q2 * row[x + 1] + Q1 * row[x + 2] + Q0 * row[x + 3])


@njit(**FAST)
def _raise(coarse, found, place):
    """The greater of a strip and of the plane of half the size, brought up to it."""
    top, bottom, left, right = place
    rows, columns = coarse.shape
    start, count = left // 2, (right + 1) // 2 - left // 2
    line = np.empty(count + 4, np.float32)
    inner_left, inner_right = max(start - 2, 0), min(start + count + 2, columns)
    for row in range(top, bottom):
        # Above the middle of the coarse row the neighbours are counted upwards, below it downwards.
        way, at = (1 if row % 2 else -1), row // 2
        a, b, c = _mirrored(at - way, rows), _mirrored(at + way, rows), _mirrored(at + 2 * way, rows)
        part = slice(inner_left, inner_right)
        out = line[inner_left - start + 2 : inner_right - start + 2]
        _mixed(coarse[a, part], coarse[at, part], coarse[b, part], coarse[c, part], out)
        for x in range(start - 2, inner_left):
            line[x - start + 2] = line[_mirrored(x, columns) - start + 2]
        for x in range(inner_right, start + count + 2):
            line[x - start + 2] = line[_mirrored(x, columns) - start + 2]
        _spread(line, found[row, left:right])
