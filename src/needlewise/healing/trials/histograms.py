"""Quantiles of any number of people in fixed memory: counts in bins that are fixed beforehand for each observable.

A quantile is told to within the width of one bin. What lies beyond the bins is counted, and a quantile that falls
there is told as beyond, never as a number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from needlewise.healing.task import Floats

Counts = NDArray[np.int64]
SmallCounts = NDArray[np.int32]
# The least and the greatest value; those of nobody lie the wrong way round.
Ends = tuple[float, float]
NO_ENDS: Ends = (np.inf, -np.inf)


@dataclass(frozen=True, slots=True)
class Bins:
    """`count` bins of equal width from `low` to `high`. Row 0 of the counts is what lies below, the last what lies above."""

    low: float
    high: float
    count: int

    @property
    def places(self) -> int:
        """How many counts there are, those beyond at both ends included."""
        return self.count + 2

    @property
    def width(self) -> float:
        """The greatest error of a quantile."""
        return (self.high - self.low) / self.count

    def of_differences(self) -> "Bins":
        """For differences between two values, in bins of the same width."""
        span = self.high - self.low
        return Bins(-span, span, 2 * self.count)

    def coarser(self, times: int) -> "Bins":
        """The same range in fewer bins."""
        return Bins(self.low, self.high, max(1, self.count // times))

    def count_of(self, values: Floats) -> Counts:
        """How many values fall into each bin, those beyond at both ends; what is no number is left out."""
        known = values[~np.isnan(values)]
        place = np.clip(np.floor((known - self.low) / self.width), -1, self.count).astype(np.int64) + 1
        return np.bincount(place, minlength=self.places).astype(np.int64)

    def quantiles(self, counts: Counts, levels: Sequence[float], ends: Ends) -> tuple[float, ...]:
        """As numpy's own to within one width; minus or plus infinity beyond the bins, NaN of nobody.

        `ends`: the least and the greatest value, which no quantile passes.
        """
        total = int(counts.sum())
        if total == 0:
            return (np.nan,) * len(levels)
        below = np.cumsum(counts)
        found = (self._quantile(counts, below, level * (total - 1)) for level in levels)
        return tuple(min(max(value, ends[0]), ends[1]) if np.isfinite(value) else value for value in found)

    def _quantile(self, counts: Counts, below: Counts, rank: float) -> float:
        """Between the two people whose ranks are next to `rank`."""
        first = int(np.floor(rank))
        low, share = self._value(counts, below, first), rank - first
        if share == 0:
            return low
        high = self._value(counts, below, first + 1)
        return low if low == high else low + share * (high - low)

    def _value(self, counts: Counts, below: Counts, rank: int) -> float:
        """The value of the person of this rank, counted from 0: those in a bin are spread over it evenly."""
        place = int(np.searchsorted(below, rank, side="right"))
        if place == 0:
            return -np.inf
        if place == self.count + 1:
            return np.inf
        before = int(below[place] - counts[place])
        return self.low + self.width * (place - 1 + (rank - before + 0.5) / int(counts[place]))


def ends_of(values: Floats, before: Ends = NO_ENDS) -> Ends:
    """The least and the greatest of some values and of those before; what is no number is left out."""
    known = values[~np.isnan(values)]
    return (min(before[0], float(known.min())), max(before[1], float(known.max()))) if len(known) else before


# By what can be seen: wide enough for doses far beyond any that was studied, fine enough for what differs between arms.
BINS = {
    "barrier": Bins(0, 1, 10_000),
    "neutrophils": Bins(0, 100, 10_000),
    "macrophages": Bins(0, 100, 10_000),
    "inflammation": Bins(0, 100, 10_000),
    "platelet-factor": Bins(0, 200, 10_000),
    "growth-factor": Bins(0, 100, 10_000),
    "fibroblasts": Bins(0, 20, 10_000),
    "myofibroblasts": Bins(0, 20, 10_000),
    "collagen": Bins(0, 5, 10_000),
    "type-i": Bins(0, 5, 10_000),
    "type-iii": Bins(0, 10, 10_000),
    "type-iii-share": Bins(0, 1, 4_000),
    "elastin": Bins(0, 2, 4_000),
    "stiffness": Bins(0, 5, 10_000),
    "redness": Bins(0, 20, 40_000),
    "water-loss": Bins(0, 40, 10_000),
    "epidermis": Bins(0, 5, 5_000),
}


class Moments(NamedTuple):
    """How many, their mean, and the sum of squares about it."""

    number: int = 0
    mean: float = 0.0
    squares: float = 0.0

    @property
    def sd(self) -> float:
        """Standard deviation; NaN of fewer than two."""
        return float(np.sqrt(self.squares / (self.number - 1))) if self.number > 1 else float(np.nan)

    def joined(self, values: Floats) -> "Moments":
        """With more values; what is no number is left out. The order of joining shows in the last digits."""
        known = values[~np.isnan(values)]
        more = len(known)
        if more == 0:
            return self
        mean = float(known.mean())
        squares, total, apart = float(np.square(known - mean).sum()), self.number + more, mean - self.mean
        return Moments(
            total,
            self.mean + apart * more / total,
            self.squares + squares + apart * apart * self.number * more / total,
        )
