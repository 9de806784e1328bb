"""From shifts of blocks to one map: a homography, or, where the skin itself moved, a smooth bend besides.

How smooth the bend is, and whether there is one at all, is decided by the data: one half of the blocks, as on a
chessboard, is foretold from the other. The same halves tell the error of the map.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.shifts import Shifts

Floats = NDArray[np.float64]

# Widths of the smoothing that are tried, in blocks, the smoothest first. None: no bend.
WIDTHS: tuple[float | None, ...] = (None, 5.0, 2.5, 1.4)
BETTER = 0.08  # a less smooth map must foretell better by this share
WELL = 0.5  # foretold to this share of their own errors, blocks leave nothing to be explained
OUTLIER = 3.0  # a block this many times the usual distance off counts little, twice that not at all
ROUNDS = 2  # of weighing blocks anew by how well they agree
_TWICE = 3  # smoothing what the smoothing left, so often: edges and crests are kept
_TO_MEDIAN = 1.1774  # median length of a vector whose two parts each have a standard deviation of 1


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A map near to nothing: first `field` (rows, columns, 2) is added at each block, then `matrix` applied.

    width     of the smoothing, in blocks; None if there is no bend, and `field` 0
    agree     (rows, columns), 1 for a block that agrees, towards 0 for one that does not
    """

    width: float | None
    matrix: Floats
    field: Floats
    agree: Floats


def fitted(total: Shifts, centres: Floats, width: float | None, start: Floats) -> Fit:
    """The map of a given smoothness. `start` holds the weights of the blocks to begin with."""
    agree = start
    for _ in range(ROUNDS):
        matrix, field = _solved(total, centres, agree, width)
        agree = start * _agreeing(total.shift - _field_of(matrix, centres) - field, total.certainty)
    return Fit(width, matrix, field, agree)


def chosen(total: Shifts, centres: Floats, start: Floats) -> float | None:
    """The smoothest map that foretells one half of the blocks from the other about as well as any."""
    residuals = [total.shift - _field_of(homography(total, centres, start * half), centres) for half in _halves(start)]
    best, least = WIDTHS[0], np.inf
    for width in WIDTHS:
        score = _foretold(residuals, total, start, width)
        if score < (1 - BETTER) * least:
            best, least = width, score
        if least < WELL:
            break
    return best


def _halves(blocks: Floats) -> tuple[Floats, Floats]:
    """The blocks as on a chessboard: white ones, black ones."""
    rows, columns = blocks.shape
    white = ((np.arange(rows)[:, None] + np.arange(columns)) % 2).astype(np.float64)
    return white, 1 - white


def _foretold(residuals: Sequence[Floats], total: Shifts, start: Floats, width: float | None) -> float:
    """How far each half lies from what the other foretells, in standard deviations; the median. `residuals` are what
    the homography of each half leaves."""
    found = []
    for residual, half in zip(residuals, _halves(start), strict=True):
        field = np.zeros_like(residual)
        if width is not None:
            field = smoothed(residual, total.certainty * (start * half)[..., None, None], width)
        found.append(_lengths(residual - field, total.certainty)[(start > 0) & (half == 0)])
    return float(np.median(np.concatenate(found)))


def error_px(total: Shifts, centres: Floats, fit: Fit) -> float:
    """Estimated median error of the map over the blocks that agree, in pixels of the planes.

    What the halves differ by tells the noise of the map; what neighbours miss alike tells what it cannot follow.
    """
    agree, width = fit.agree, fit.width
    maps = []
    for half in _halves(agree):
        matrix, field = _solved(total, centres, agree * half, width)
        maps.append(_field_of(matrix, centres) + field)
    apart = (maps[0] - maps[1])[agree > 0] / 2
    residual = total.shift - (maps[0] + maps[1]) / 2
    lack = _alike(residual, agree * np.sqrt(np.maximum(np.linalg.det(total.certainty), 0)))
    return _TO_MEDIAN * float(np.sqrt((apart**2).mean() + lack))


def _alike(residual: Floats, trusted: Floats) -> float:
    """What neighbouring blocks miss alike, squared: the mean product of their residuals, less what chance would make
    of it."""
    products, weights = [], []
    for one, other in (
        (np.s_[:, :-1], np.s_[:, 1:]),
        (np.s_[:-1], np.s_[1:]),
        (np.s_[:-1, :-1], np.s_[1:, 1:]),
        (np.s_[:-1, 1:], np.s_[1:, :-1]),
    ):
        weights.append(np.sqrt(trusted[one] * trusted[other]).ravel())
        products.append((residual[one] * residual[other]).mean(axis=-1).ravel())
    product, weight = np.concatenate(products), np.concatenate(weights)
    mean = float(weight @ product) / max(float(weight.sum()), 1e-300)
    chance = float(np.sqrt(weight**2 @ product**2)) / max(float(weight.sum()), 1e-300)
    return max(mean - chance, 0.0)


def _solved(total: Shifts, centres: Floats, weights: Floats, width: float | None) -> tuple[Floats, Floats]:
    matrix = homography(total, centres, weights)
    if width is None:
        return matrix, np.zeros_like(total.shift)
    return matrix, smoothed(total.shift - _field_of(matrix, centres), total.certainty * weights[..., None, None], width)


def _lengths(off: Floats, certainty: Floats) -> Floats:
    x, y = off[..., 0], off[..., 1]
    squared = certainty[..., 0, 0] * x * x + 2 * certainty[..., 0, 1] * x * y + certainty[..., 1, 1] * y * y
    lengths: Floats = np.sqrt(np.maximum(squared, 0))
    return lengths


def _agreeing(residual: Floats, certainty: Floats) -> Floats:
    known = certainty[..., 0, 0] > 0
    lengths = _lengths(residual, certainty)
    limit = OUTLIER * max(float(np.median(lengths[known])), 1e-9)
    agree: Floats = np.where(known, np.clip(1 - (lengths / (2 * limit)) ** 2, 0, 1) ** 2, 0.0)
    return agree


def homography(shifts: Shifts, centres: Floats, weights: Floats) -> Floats:
    """The homography near to nothing that explains the shifts best, (3, 3), in pixels of the planes."""
    flat = centres.reshape(-1, 2)
    middle, half = (flat[0] + flat[-1]) / 2, max(float((flat[-1] - flat[0]).max()) / 2, 1.0)
    x, y = ((flat - middle) / half).T
    one, zero = np.ones_like(x), np.zeros_like(x)
    # A homography to the first order: shifts that are straight in x and y, and two ways of growing towards one side.
    across = np.stack([x, y, one, zero, zero, zero, -x * x, -x * y])
    down = np.stack([zero, zero, zero, x, y, one, -x * y, -y * y])
    trusted = (shifts.certainty * weights[..., None, None]).reshape(-1, 2, 2)
    pull = np.einsum("bij,bj->bi", trusted, shifts.shift.reshape(-1, 2) / half)
    mixed = (across * trusted[:, 0, 1]) @ down.T
    normal = (across * trusted[:, 0, 0]) @ across.T + mixed + mixed.T + (down * trusted[:, 1, 1]) @ down.T
    normal += np.eye(8) * (1e-9 * np.trace(normal) + 1e-12)
    step = np.append(np.linalg.solve(normal, across @ pull[:, 0] + down @ pull[:, 1]), 0.0).reshape(3, 3) + np.eye(3)
    to_unit = np.array([[1 / half, 0, -middle[0] / half], [0, 1 / half, -middle[1] / half], [0, 0, 1]])
    matrix: Floats = np.linalg.inv(to_unit) @ step @ to_unit
    return matrix


def smoothed(shift: Floats, trusted: Floats, width: float) -> Floats:
    """Shifts smoothed over `width` blocks, each by its certainty."""
    kernel = np.exp(-((np.arange(-int(3 * width), int(3 * width) + 1) / width) ** 2) / 2)
    kernel /= kernel.sum()

    def blurred(planes: Floats) -> Floats:
        whole = np.ascontiguousarray(planes)
        out = cv2.sepFilter2D(whole, cv2.CV_64F, kernel, kernel, borderType=cv2.BORDER_CONSTANT)
        return np.asarray(out, dtype=np.float64)

    xx, xy, yy = np.moveaxis(blurred(np.stack([trusted[..., 0, 0], trusted[..., 0, 1], trusted[..., 1, 1]], -1)), -1, 0)
    floor = 1e-3 * float((xx + yy).mean()) + 1e-12  # no bend where nothing is near
    xx, yy = xx + floor, yy + floor
    determinant = xx * yy - xy * xy
    field = np.zeros_like(shift)
    for _ in range(_TWICE):
        left = shift - field
        px = trusted[..., 0, 0] * left[..., 0] + trusted[..., 0, 1] * left[..., 1]
        py = trusted[..., 0, 1] * left[..., 0] + trusted[..., 1, 1] * left[..., 1]
        px, py = np.moveaxis(blurred(np.stack([px, py], -1)), -1, 0)
        field += np.stack([(yy * px - xy * py) / determinant, (xx * py - xy * px) / determinant], axis=-1)
    return field


def _field_of(matrix: Floats, centres: Floats) -> Floats:
    flat = centres.reshape(-1, 2)
    through = np.column_stack([flat, np.ones(len(flat))]) @ matrix.T
    field: Floats = (through[:, :2] / through[:, 2:] - flat).reshape(centres.shape)
    return field
