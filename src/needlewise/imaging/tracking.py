"""The same wrinkles at two visits: by what factor their contrast changed, and how sure that is.

Both planes lie on each other already, up to what alignment leaves over. Lines are found on their mean, so that neither visit
is favoured. Each line is read at both visits in pieces, at the place across the line where it is deepest there.

The change of a zone is the ratio of two sums over all pieces, weighted against outliers. Its standard error comes from
leaving out one line at a time (pieces, where lines are few): it covers what differs from line to line, such as noise,
relief that lies in the way, and shadows that turn with the lamp. What all lines share (a lamp that stands lower) it cannot
see; that is what the gauge is for, and the floor of the regime: on the simulated skin in the rig, without a gauge, unchanged
pairs spread by 5 % where this error says 0.6 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.criteria import LineRule
from needlewise.imaging.lines import (
    PIECE_MM,
    SEARCH_MM,
    Floats,
    Line,
    Mask,
    Plane,
    equally_sharp,
    find_lines,
)
from needlewise.imaging.paths import normals
from needlewise.imaging.profiles import bottoms, profiles

HUBER = 2.0  # residuals beyond so many standard deviations count less
ROUNDS = 20
FEWEST_LINES = 8  # with fewer, pieces are left out instead of lines
FEWEST_PIECES = 4  # with fewer there is no telling how sure the change is
FEW = 1.21  # Student's t exceeds the normal distribution by about 1.21 / degrees of freedom at 95 %
LOW_QUARTER = 0.3186  # of the normal distribution's absolute values; most shams may lie on a spot or on a line too faint to be found
SHAM_MM = (-2.2, -1.6, 1.6, 2.2)  # how far beside a line the skin is read as if a line were there
MOST_SHAMS = 25  # lines beside which it is read
CLEAR_MM = 0.8  # at least so far from every line


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """What is known of one visit: its plane, aligned to the baseline, and its sharpness."""

    plane: Plane
    sigma_px: float = 0.0  # blur of the picture; 0 for both where it is not known


@dataclass(frozen=True, slots=True)
class Gauge:
    """By what factor lines that do not change look deeper after than before: what the lamp did. See `gauge_of`."""

    ratio: float = 1.0
    se: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """One line at both visits."""

    line: Line
    before: float  # contrast, ln units
    after: float
    ratio: float  # of depths, after / before
    moved_mm: float  # how much further across the line its bottom lies after than before: what alignment left over


@dataclass(frozen=True, slots=True, eq=False)
class LineChange:
    """The lines of a zone at two visits. A ratio of 0.75 means a quarter shallower."""

    ratio: float  # of depths, after / before; nan: no lines
    se: float  # its standard error; infinite where too little was found to say
    lines: tuple[Followed, ...]
    pieces: int
    floors: tuple[float, float]  # contrast that is read before and after where no line is, ln units


def gauge_of(grooves: Sequence[float], rule: LineRule, se: float = 0.0) -> Gauge:
    """What the lamp did, from contrasts after / before of grooves that run as the lines do; `se` of a groove's ratio.

    Both pictures are to be equally sharp when the grooves are read. A matte groove answers to the lamp more than skin, which
    scatters light inside and shines: skin's answer is the groove's to a power, up to an error.
    """
    ratio = float(np.exp(rule.groove_power * np.mean(np.log(grooves))))
    return Gauge(ratio, ratio * float(np.hypot(rule.groove_power * se / len(grooves) ** 0.5, rule.groove_error)))


NO_LINES = LineChange(float("nan"), float("inf"), (), 0, (0.0, 0.0))


def follow(
    before: Visit, after: Visit, mask: Mask, px_per_mm: float, rule: LineRule, gauge: Gauge = Gauge()
) -> LineChange:
    """What became of the lines in a zone, `mask` true inside it."""
    planes = equally_sharp(before.plane, after.plane, (before.sigma_px, after.sigma_px))
    # The lamp's share is taken out before the mean, so that both visits weigh the same in it.
    mean = np.asarray((planes[0] + planes[1] / np.float32(gauge.ratio)) / 2, np.float32)
    lines = find_lines(mean, mask, px_per_mm, rule)
    if not lines:
        return NO_LINES
    reads = [_read(planes, line, px_per_mm) for line in lines]
    floors = _floors(planes, lines, px_per_mm, gauge)
    owners = np.repeat(np.arange(len(reads)), [len(read) for read in reads])
    raw, error = _ratio(np.concatenate(reads), owners, floors)
    ratio = depth_ratio(raw / gauge.ratio, rule)
    followed = tuple(_followed(line, read, (floors, gauge), rule) for line, read in zip(lines, reads, strict=True))
    if not ratio > 0:
        return LineChange(ratio, float("inf"), followed, len(owners), floors)
    shares = error / raw, gauge.se / gauge.ratio, rule.depth_error * np.log(ratio)
    return LineChange(ratio, ratio / rule.depth_power * float(np.linalg.norm(shares)), followed, len(owners), floors)


def depth_ratio(contrast_ratio: float, rule: LineRule) -> float:
    """How depth changed where contrast changed so: contrast grows a little slower than depth."""
    return float(max(contrast_ratio, 0.0) ** (1 / rule.depth_power))


def _followed(line: Line, read: Floats, how: tuple[tuple[float, float], Gauge], rule: LineRule) -> Followed:
    floors, gauge = how
    before, after = (_less(float(np.average(read[:, visit])), floors[visit]) for visit in range(2))
    ratio = depth_ratio(after / before / gauge.ratio, rule) if before > 0 else float("nan")
    return Followed(line, before, after, ratio, float(np.mean(read[:, 3])))


def _read(planes: tuple[Plane, Plane], line: Line, px_per_mm: float) -> Floats:
    """Pieces of a line: contrast before and after, length in mm, and by how much its bottom moved, mm."""
    count = max(1, round(line.length_mm / PIECE_MM))
    (one, here), (other, there) = (
        bottoms(*profiles(plane, line.points, count, px_per_mm), line.width_mm, SEARCH_MM) for plane in planes
    )
    return np.stack([one, other, np.full(count, line.length_mm / count), there - here], axis=1)


def _floors(planes: tuple[Plane, Plane], lines: Sequence[Line], px_per_mm: float, gauge: Gauge) -> tuple[float, float]:
    """What is read in the same way beside the lines, where none is: the spread of whole lines, spots and folds left out."""
    taken = np.ones(planes[0].shape, np.uint8)
    for line in lines:
        cv2.polylines(taken, [np.round(line.points).astype(np.int32)], False, 0)
    clear = cv2.distanceTransform(taken, cv2.DIST_L2, 3) / px_per_mm
    found = []
    for line in lines[:: -(-len(lines) // MOST_SHAMS)]:
        beside = normals(line.points) * px_per_mm
        for away in SHAM_MM:
            points = line.points + away * beside
            at = np.round(points).astype(int)
            inside = np.all((at >= 0) & (at < clear.shape[::-1]), axis=1)
            if not inside.all() or clear[at[:, 1], at[:, 0]].min() < CLEAR_MM:
                continue
            read = _read(planes, Line(points, line.length_mm, line.width_mm, 0.0), px_per_mm)
            found.append(read[:, :2].mean(axis=0))
    # Read at each visit alone they would differ by chance, and chance would pass for a change: only the lamp sets them apart.
    floor = float(np.sqrt(np.prod(np.quantile(np.abs(found), 0.25, axis=0)))) / LOW_QUARTER if found else 0.0
    return floor / gauge.ratio**0.5, floor * gauge.ratio**0.5


def _less(contrast: float, floor: float) -> float:
    """A contrast without what would have been read anyway: they add up as what has nothing to do with each other does."""
    return max(contrast**2 - floor**2, 0.0) ** 0.5 if contrast > 0 else 0.0


def _ratio(pieces: Floats, owners: NDArray[np.intp], floors: tuple[float, float]) -> tuple[float, float]:
    """After / before of all pieces, and its standard error."""
    before, after, length = pieces[:, 0], pieces[:, 1], pieces[:, 2]
    groups = owners if len(np.unique(owners)) >= FEWEST_LINES else np.arange(len(owners))
    weights = length * _trust(before, after, length)
    a, b = (np.bincount(groups, weights * side) for side in (before, after))
    total = np.bincount(groups, weights)
    parts = np.stack([a, b, total], axis=1)[total > 0]
    whole = parts.sum(axis=0)
    ratio = _of_sums(whole, floors)
    left_out = np.array([_of_sums(whole - part, floors) for part in parts])
    # A jackknife of groups that differ in size (Busing et al., Statistics and Computing 1999;9:3).
    share = np.clip(parts[:, 0] / whole[0], 1e-6, 1 - 1e-6)
    away = (1 - share) / share * (ratio - left_out)
    variance = float(np.mean(away**2 * share / (1 - share)))
    freedom = 1 / float((share**2).sum()) - 1
    if len(parts) < FEWEST_PIECES or freedom < 1 or not np.isfinite(variance):
        return ratio, float("inf")
    return ratio, variance**0.5 * (1 + FEW / freedom)


def _of_sums(sums: Floats, floors: tuple[float, float]) -> float:
    """Ratio of the mean contrasts, each without its floor."""
    before, after = (_less(float(sums[side] / sums[2]), floors[side]) if sums[2] > 0 else 0.0 for side in range(2))
    return after / before if before > 0 else float("nan")


def _trust(before: Floats, after: Floats, length: Floats) -> Floats:
    """Less than 1 for pieces that changed unlike the others. Seen from either visit it is the same."""
    trust = np.ones(len(before))
    for _ in range(ROUNDS):
        first, second = (length * trust * before).sum(), (length * trust * after).sum()
        if first <= 0 or second <= 0:
            break
        expected = before * second / first
        away = np.abs(after - expected) / np.maximum(np.abs(after) + np.abs(expected), 1e-9)
        spread = 1.4826 * float(np.median(away))
        trust = np.minimum(1, HUBER * spread / np.maximum(away, 1e-12)) if spread > 0 else np.ones(len(before))
    return trust
