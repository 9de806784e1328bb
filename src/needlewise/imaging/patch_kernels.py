"""One patch, cut out of its surroundings and judged by its outline: the loops behind `needlewise.imaging.patches`.

A zone has some hundred candidates, each a few dozen pixels wide. Called one by one through NumPy and OpenCV, nearly all of
the time goes into calling; and while Python holds the lock no other zone is worked on.
"""

import numpy as np
from numba import njit

FAST = {"error_model": "numpy", "nogil": True, "cache": True}
SECTORS = 8  # of an outline


@njit(**FAST)
def _counted(mask, sums):
    """How many places are set in each row before a column."""
    for y in range(mask.shape[0]):
        total = 0
        for x in range(mask.shape[1]):
            sums[y, x] = total
            total += mask[y, x]
        sums[y, mask.shape[1]] = total


@njit(**FAST)
def _spread(mask, spans, sums, out):
    """Dilation: what lies within the spans of a place that is set. Nothing comes in from outside."""
    rows, columns = mask.shape
    _counted(mask, sums)
    for y in range(rows):
        out[y] = False
        for k in range(len(spans)):
            v, wide = y + spans[k, 0], spans[k, 1]
            if 0 <= v < rows and sums[v, columns] > 0:
                for x in range(columns):
                    out[y, x] |= sums[v, min(x + wide + 1, columns)] > sums[v, max(x - wide, 0)]


@njit(**FAST)
def _shrunk(mask, spans, sums, out):
    """Erosion: places whose neighbours within the spans are all set; what lies outside counts as set."""
    rows, columns = mask.shape
    _counted(mask, sums)
    for y in range(rows):
        out[y] = mask[y]
        if sums[y, columns] == 0:
            continue
        for k in range(len(spans)):
            v, wide = y + spans[k, 0], spans[k, 1]
            if 0 <= v < rows:
                for x in range(columns):
                    end, start = min(x + wide + 1, columns), max(x - wide, 0)
                    out[y, x] &= sums[v, end] - sums[v, start] == end - start


@njit(**FAST)
def _percentile(plane, mask, percent):
    """Straight between neighbours, as NumPy has it; 0 of nothing."""
    values = np.empty(mask.sum(), np.float32)
    count = 0
    for y in range(mask.shape[0]):
        for x in range(mask.shape[1]):
            if mask[y, x]:
                values[count] = plane[y, x]
                count += 1
    if count == 0:
        return 0.0
    at = percent / 100 * (count - 1)
    low = int(at)
    if low + 1 >= count:
        return values.max()
    upper = np.partition(values, low + 1)
    return upper[: low + 1].max() + (at - low) * (upper[low + 1] - upper[: low + 1].max())


@njit(**FAST)
def _largest(mask):
    """The largest part whose places touch by their sides; the first of equal ones."""
    rows, columns = mask.shape
    label = np.zeros(mask.shape, np.int32)
    stack = np.empty((rows * columns, 2), np.int32)
    best, most, number = 0, 0, 0
    for y in range(rows):
        for x in range(columns):
            if not mask[y, x] or label[y, x]:
                continue
            number += 1
            size, held = 0, 1
            label[y, x] = number
            stack[0, 0], stack[0, 1] = y, x
            while held:
                held -= 1
                size += 1
                v, u = stack[held, 0], stack[held, 1]
                for dv, du in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                    b, a = v + dv, u + du
                    if 0 <= b < rows and 0 <= a < columns and mask[b, a] and not label[b, a]:
                        label[b, a] = number
                        stack[held, 0], stack[held, 1] = b, a
                        held += 1
            if size > most:
                best, most = number, size
    return label == best if best else np.zeros(mask.shape, np.bool_)


@njit(**FAST)
def core_of(plane, zone, own, discs, settings):
    """The patch itself, cut free of the thin folds that it touches, and its height; nothing where it is too low.

    plane, zone, own  the part that is looked at: values, where the zone is, and where the candidate is
    discs             of the rim just outside, and of the opening that cuts folds off: for each row of it (n, 2) how far from its
                      middle it lies, and how far it reaches to both sides there
    settings          least height, share of the height at which it is drawn, percentile that is its height, and whether its
                      height counts from the rim (else from 0, and it does not grow beyond the candidate)
    """
    near, thin = discs
    low, level, top, from_rim = settings
    one, other, ring = np.empty_like(own), np.empty_like(own), np.empty_like(own)
    grown, core = own.copy(), own.copy()
    sums = np.empty((own.shape[0], own.shape[1] + 1), np.int32)
    if from_rim:
        _spread(own, near, sums, grown)
        grown &= zone
    peak = 0.0
    for _ in range(2):
        if not core.any():
            return core, peak
        base = 0.0
        if from_rim:
            _spread(core, near, sums, one)
            _spread(one, near, sums, other)
            ring[:] = other & ~one & zone
            base = _percentile(plane, ring, 50.0)
        peak = _percentile(plane, core, top) - base
        if peak < low:
            return np.zeros_like(own), peak
        one[:] = grown & (plane > base + level * peak)
        _shrunk(one, thin, sums, other)
        _spread(other, thin, sums, one)
        core = _largest(one)
    return core, peak


@njit(**FAST)
def edge_of(plane, core, disc):
    """By how much a plane falls across the outline of a patch, on all but a quarter of its way round."""
    inner, outer = np.empty_like(core), np.empty_like(core)
    sums = np.empty((core.shape[0], core.shape[1] + 1), np.int32)
    _shrunk(core, disc, sums, inner)
    _spread(core, disc, sums, outer)
    middle_y, middle_x, count = 0.0, 0.0, 0
    for y in range(core.shape[0]):
        for x in range(core.shape[1]):
            if core[y, x]:
                middle_y += y
                middle_x += x
                count += 1
    if not count:
        return 0.0
    middle_y /= count
    middle_x /= count
    sums, counts = np.zeros((2, SECTORS)), np.zeros((2, SECTORS))
    for y in range(core.shape[0]):
        for x in range(core.shape[1]):
            side = 0 if core[y, x] and not inner[y, x] else 1 if outer[y, x] and not core[y, x] else -1
            if side >= 0:
                turn = np.arctan2(y - middle_y, x - middle_x) / (2 * np.pi) + 0.5
                sector = int(turn * SECTORS) % SECTORS
                sums[side, sector] += plane[y, x]
                counts[side, sector] += 1
    falls = np.sort(sums[0] / np.maximum(counts[0], 1) - sums[1] / np.maximum(counts[1], 1))
    at = 0.25 * (SECTORS - 1)
    low = int(at)
    return falls[low] + (at - low) * (falls[low + 1] - falls[low])
