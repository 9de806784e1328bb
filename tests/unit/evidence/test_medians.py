"""Means and SDs from medians: the formulas, how far they miss on normal samples, and what is refused."""

import statistics

import numpy as np
import pytest

from needlewise.errors import EvidenceError
from needlewise.evidence.effects import Summary
from needlewise.evidence.medians import FROM_QUARTILES, FROM_RANGE, from_quartiles, from_range

DRAWN = 400


def drawn(n: int) -> list[tuple[Summary, Summary, float, float]]:
    """Samples of n people, mean 10 and SD 2: from quartiles, from the range, and what the people themselves give."""
    dice = np.random.default_rng(20141219 + n)
    found = []
    for _ in range(DRAWN):
        people = dice.normal(10, 2, n).tolist()
        q1, median, q3 = statistics.quantiles(people, n=4, method="inclusive")
        made = from_quartiles(median, q1, q3, n), from_range(median, min(people), max(people), n)
        found.append((*made, statistics.fmean(people), statistics.stdev(people)))
    return found


@pytest.mark.parametrize("n", [10, 30, 100, 400])
def test_normal_samples_give_back_mean_and_sd_without_drift(n: int) -> None:
    samples = drawn(n)
    for which in (0, 1):
        means = [one[which].mean - one[2] for one in samples]
        spreads = [one[which].sd / 2 for one in samples]
        # Drift: the mean by a fortieth of the SD, the SD by a tenth for ten people and a twentieth from thirty on.
        assert abs(statistics.fmean(means)) < 0.05
        assert statistics.fmean(spreads) == pytest.approx(1, abs=0.1 if n < 30 else 0.05)


@pytest.mark.parametrize(("n", "bound"), [(30, 0.35), (100, 0.22), (400, 0.12)])
def test_a_single_normal_sample_is_missed_by_no_more_than_is_stated(n: int, bound: float) -> None:
    # In nineteen of twenty samples the mean from quartiles lies within this many SDs of the people's own.
    near = [abs(one[0].mean - one[2]) / 2 <= bound for one in drawn(n)]
    assert sum(near) >= 0.95 * DRAWN


def test_the_formulas_are_those_that_were_published() -> None:
    # Wan et al. 2014: the divisor of the quartiles goes to 1.349; that of the range is near the range one expects of a
    # normal sample in units of its SD, which tables of control charts print: 3.078, 3.931 and 4.498.
    assert 1 / from_quartiles(0, -0.5, 0.5, 1_000_000).sd == pytest.approx(1.349, abs=5e-4)
    for n, expected in ((10, 3.078), (25, 3.931), (50, 4.498)):
        assert 1 / from_range(0, -0.5, 0.5, n).sd == pytest.approx(expected, rel=0.006)
    # Luo et al. 2018: the weight of the quartiles goes to 0.7, that of the range is 4 / (4 + 8) for sixteen people.
    assert from_quartiles(0, 1 - 2, 3, 1_000_000).mean == pytest.approx(0.7, abs=1e-5)
    assert from_range(0, -1, 3, 16).mean == pytest.approx(1 / 3)


def test_they_say_what_they_assume() -> None:
    assert from_quartiles(1, 0, 2, 10).assumed == (FROM_QUARTILES,)
    assert from_range(1, 0, 2, 10).assumed == (FROM_RANGE,)


@pytest.mark.parametrize(
    ("median", "low", "high", "n"),
    [(1, 2, 3, 10), (4, 2, 3, 10), (1, 1, 1, 10), (1, 0, 2, 4), (float("nan"), 0, 2, 10), (1, 0, float("inf"), 10)],
)
def test_impossible_medians_are_refused(median: float, low: float, high: float, n: int) -> None:
    for make in (from_quartiles, from_range):
        with pytest.raises(EvidenceError):
            make(median, low, high, n)
