"""Hair in a close view: how much length of it lies on a square centimetre. Hairs are never counted here.

A hair is a thin line, darker or lighter than the skin. Lines are found where the plane is most bent across them
(`kernels.ridges`, at widths of hairs), and followed along their crests (`crests.chains`), straight on over crossings. Where
hairs lie beside or on one another, one hides the other: what is seen of a length T mm/cm2 that lies anyhow is T exp(-T w),
w being the width of the strip that each hides; so T is told from what is seen. One hair that dives under another and comes
out bent counts as two, and of close ones one is missed: a number of hairs takes a person who corrects it by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.crests import Thresholds, chains
from needlewise.imaging.kernels import ridges

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

# Chosen on the simulator.
WIDTHS_MM = (0.020, 0.030, 0.045, 0.065)  # Gaussians of which the one that answers most is as wide as hairs are here
# It and one so much narrower find them: wider ones would run hairs that lie close together into one, and with narrower
# ones alone both edges of a thick hair would pass for hairs.
NARROWER, NEARLY = 1.5, 0.9  # and of widths that answer nearly as much the narrowest is taken
LEAST_WIDTH_PX = 0.7
MARKED = 0.998  # what this share of the zone stays below is the answer of a hair, if there is any
LEAST_MARKED = 0.25  # how much the plane must be bent across a hair, ln units, for hair to be told from skin
BEGIN, GO_ON = 0.3, 0.1  # a hair begins and goes on at these shares of that answer
BEGIN_OVER, GO_ON_OVER = 25.0, 12.0  # and at no less than so many times the lower quartile of all, which is skin
# w, in mm and px: computed on the simulator, hairs of 0.04 to 0.09 mm, all tones, dark and light, 40 to 60 px/mm.
HIDES_MM, HIDES_PX = 0.015, 1.2
SHOWN = 0.98  # share of a hair that is found where nothing hides it: its tip is too thin
MOST_HIDDEN = 0.55  # T w: towards 1 what is seen hardly grows any more; no more is told than this
GAP_MM = 0.25  # a crossing hides so much
SHORTEST_MM = 0.5
STEP = 4  # points of a crest from one place that is measured to the next: between them it wriggles with the pixels
PIECE_PX = 512  # side of the piece that tells what hair is like
SOME = (slice(None, None, 3),) * 2  # places enough for a quantile


@dataclass(frozen=True, slots=True)
class Sort:
    """What hair is like here: darker than the skin or lighter, the filter that shows it best, and how much it stands out."""

    is_dark: bool
    width_mm: float
    marked: float


def sort_of(plane: Plane, mask: Mask, px_per_mm: float) -> Sort:
    """What hair is like in a picture, by a piece of it: what stands out more, dark lines or light ones."""
    plane, mask = _piece(plane, mask)
    found = []
    for is_dark in (True, False):
        answers = [_marked(_answer(plane, is_dark, (width,), px_per_mm), mask) for width in WIDTHS_MM]
        most = max(answers)
        width = next(one for one, answer in zip(WIDTHS_MM, answers, strict=True) if answer >= NEARLY * most)
        found.append(Sort(is_dark, width, most))
    return max(found, key=lambda one: one.marked)


def length_density(plane: Plane, mask: Mask, px_per_mm: float, sort: Sort) -> float:
    """mm of hair on a square centimetre of the zone, `mask` true inside it, with what lies hidden under other hair."""
    response = _answer(plane, sort.is_dark, (sort.width_mm / NARROWER, sort.width_mm), px_per_mm)
    marked, skin = _marked(response, mask), float(np.quantile(response[SOME][mask[SOME]], 0.25))
    begin, go_on = max(BEGIN * marked, BEGIN_OVER * skin), max(GO_ON * marked, GO_ON_OVER * skin)
    found = chains(response, mask, Thresholds(begin, min(go_on, begin), GAP_MM * px_per_mm))
    lengths = [length for points in found if (length := _length_mm(points, px_per_mm)) >= SHORTEST_MM]
    return with_hidden(sum(lengths) / (np.count_nonzero(mask) / (10 * px_per_mm) ** 2), px_per_mm)


def with_hidden(seen: float, px_per_mm: float) -> float:
    """The density of hair of which so much is seen, mm on a square centimetre."""
    hides = (HIDES_MM + HIDES_PX / px_per_mm) / 100  # cm2 by each mm
    low, high = 0.0, MOST_HIDDEN / hides
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if middle * np.exp(-hides * middle) < seen / SHOWN else (low, middle)
    return high


def _answer(plane: Plane, is_dark: bool, widths_mm: Sequence[float], px_per_mm: float) -> Plane:
    return ridges(plane if is_dark else -plane, [max(width * px_per_mm, LEAST_WIDTH_PX) for width in widths_mm])


def _piece(plane: Plane, mask: Mask) -> tuple[Plane, Mask]:
    """The middle of a zone, no larger than it takes."""
    rows, columns = np.nonzero(mask[SOME])
    if not rows.size:
        return plane, mask
    top, left = (max(0, 3 * int(np.median(one)) - PIECE_PX // 2) for one in (rows, columns))
    part = slice(top, top + PIECE_PX), slice(left, left + PIECE_PX)
    return plane[part], mask[part]


def _marked(response: Plane, mask: Mask) -> float:
    inside = response[SOME][mask[SOME]]
    return float(np.quantile(inside, MARKED)) if inside.size else 0.0


def _length_mm(points: Floats, px_per_mm: float) -> float:
    """The length of a crest, measured from place to place."""
    ends = points[::STEP]
    return float(np.hypot(*np.diff(ends, axis=0).T).sum() + np.hypot(*(points[-1] - ends[-1]))) / px_per_mm
