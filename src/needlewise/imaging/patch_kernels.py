"""One patch, cut out of its surroundings and judged by its outline: the loops behind `needlewise.imaging.patches`.

A zone has some hundred candidates, each a few dozen pixels wide. Called one by one through NumPy and OpenCV, nearly all of
the time goes into calling; and while Python holds the lock no other zone is worked on.
"""

import numpy as np
from numba import njit

FAST = {"error_model": "numpy", "nogil": True, "cache": True}
SECTORS = 8  # of an outline


@njit(**FAST)
def _counted(mask, is_set, sums, beyond):
    """How many places are (or are not) set in each row before a column, which begins `beyond` early and ends as late."""
    columns = mask.shape[1]
    for y in range(mask.shape[0]):
        total = 0
        sums[y, : beyond + 1] = 0
        for x in range(columns):
            total += mask[y, x] == is_set
            sums[y, beyond + 1 + x] = total
        sums[y, beyond + 1 + columns :] = total


@njit(**FAST)
def _within(late, early, out):
    for x in range(out.size):
        out[x] |= late[x] - early[x]


@njit(**FAST)
def _spread(mask, spans, work, out, is_set=True):
    """Dilation of what is set, or of what is not: what lies within the spans of such a place. Nothing comes in from outside."""
    sums, line, beyond = work
    rows, columns = mask.shape
    _counted(mask, is_set, sums, beyond)
    for y in range(rows):
        line[:] = 0
        for k in range(len(spans)):
            v, wide = y + spans[k, 0], spans[k, 1]
            if 0 <= v < rows and sums[v, -1] > 0:
                _within(sums[v, beyond + 1 + wide :], sums[v, beyond - wide :], line)
        for x in range(columns):
            out[y, x] = (line[x] != 0) == is_set


@njit(**FAST)
def _shrunk(mask, spans, work, out):
    """Erosion: places whose neighbours within the spans are all set; what lies outside counts as set."""
    _spread(mask, spans, work, out, False)


@njit(**FAST)
def _room(shape, discs):
    """What `_spread` works in with these discs: no row of them reaches further to one side than rows are counted beyond."""
    beyond = 0
    for disc in discs:
        beyond = max(beyond, disc[:, 1].max())
    return np.empty((shape[0], shape[1] + 1 + 2 * beyond), np.int32), np.empty(shape[1], np.int32), beyond


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
def _root(parent, number):
    while parent[number] != number:
        parent[number] = parent[parent[number]]
        number = parent[number]
    return number


@njit(**FAST)
def standing(plane, zone, at, ends):
    """The parts of a zone where a plane stands above a height and that touch by their sides, of pixels between two ends: a label for each pixel of all
    parts, and for each part that counts (n, 6) its label, left, top, width, height, pixels.
    """
    rows, columns = plane.shape
    labels = np.zeros((rows, columns), np.int32)
    parent = np.empty(rows * ((columns + 1) // 2) + 1, np.int32)
    count = 0
    for y in range(rows):
        for x in range(columns):
            if not (zone[y, x] and plane[y, x] > at):
                continue
            left = labels[y, x - 1] if x else 0
            above = labels[y - 1, x] if y else 0
            if left and above:
                one, other = _root(parent, left), _root(parent, above)
                parent[max(one, other)] = min(one, other)
                labels[y, x] = min(one, other)
            elif left or above:
                labels[y, x] = max(left, above)
            else:
                count += 1
                parent[count] = count
                labels[y, x] = count
    parts = np.zeros((count + 1, 6), np.int64)
    for y in range(rows):
        for x in range(columns):
            if not labels[y, x]:
                continue
            number = _root(parent, labels[y, x])
            labels[y, x] = number
            part = parts[number]
            if part[5] == 0:
                part[0], part[1], part[2], part[3] = number, x, y, x
            part[1], part[3], part[4] = min(part[1], x), max(part[3], x), y
            part[5] += 1
    parts[:, 3] += 1 - parts[:, 1]
    parts[:, 4] += 1 - parts[:, 2]
    least, most = ends
    return labels, parts[(parts[:, 5] >= least) & (parts[:, 5] <= most) & (parts[:, 5] > 0)]


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
def _core_of(plane, zone, own, discs, settings):
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
    work = _room(own.shape, discs)
    if from_rim:
        _spread(own, near, work, grown)
        grown &= zone
    peak = 0.0
    for _ in range(2):
        if not core.any():
            return core, peak
        base = 0.0
        if from_rim:
            _spread(core, near, work, one)
            _spread(one, near, work, other)
            ring[:] = other & ~one & zone
            base = _percentile(plane, ring, 50.0)
        peak = _percentile(plane, core, top) - base
        if peak < low:
            return np.zeros_like(own), peak
        one[:] = grown & (plane > base + level * peak)
        _shrunk(one, thin, work, other)
        _spread(other, thin, work, one)
        core = _largest(one)
    return core, peak


@njit(**FAST)
def _edge_of(plane, core, disc):
    """By how much a plane falls across the outline of a patch, on all but a quarter of its way round."""
    inner, outer = np.empty_like(core), np.empty_like(core)
    work = _room(core.shape, (disc,))
    _shrunk(core, disc, work, inner)
    _spread(core, disc, work, outer)
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


@njit(**FAST)
def _lost(plane, core, disc):
    """By how much a plane falls from inside a patch to a rim just outside; 0 without a rim."""
    outer = np.empty_like(core)
    _spread(core, disc, _room(core.shape, (disc,)), outer)
    inside, outside, count, rim = 0.0, 0.0, 0, 0
    for y in range(core.shape[0]):
        for x in range(core.shape[1]):
            if core[y, x]:
                inside += plane[y, x]
                count += 1
            elif outer[y, x]:
                outside += plane[y, x]
                rim += 1
    return inside / count - outside / rim if count and rim else 0.0


@njit(**FAST)
def judged(planes, own, discs, settings, limits):
    """The core of a candidate (nothing if it is no patch), its size in pixels, its height and its edge.

    planes    of the part that is looked at: values, where the zone is, and the plane that bears witness
    own       where the candidate is
    discs     of the rim just outside, of the opening that cuts folds off, of the rim of the witness: as in `_core_of`
    settings  as in `_core_of`
    limits    least and most pixels; least edge, or 0 where the height stands in for it; least share of the height by which the
              witness falls, or 0
    """
    plane, zone, witness = planes
    near, thin, around = discs
    least, most, least_edge, least_share = limits
    core, peak = _core_of(plane, zone, own, (near, thin), settings)
    size = core.sum()
    if size < least or size > most:
        return np.zeros_like(core), 0, peak, 0.0
    edge = _edge_of(plane, core & zone, near) if least_edge > 0 else peak
    if edge < least_edge or (least_share > 0 and _lost(witness, core, around) < least_share * peak):
        return np.zeros_like(core), 0, peak, edge
    return core, size, peak, edge
