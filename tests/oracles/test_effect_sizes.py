"""Our effect sizes against metafor's `escalc`, against scipy, and against the likelihoods they come from.

The grid of means ships inside PyMARE's wheel and is read from there; it holds no counts. For those metafor's printed
example of the thirteen trials of BCG vaccine serves, and what no example prints follows from the likelihood itself.
"""

import csv
import json
import math
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import contingency

from needlewise.evidence.effects import About, Effect, Events, Responders, Summary
from needlewise.evidence.means import (
    change_from_means,
    hedges_g,
    mean_change,
    mean_difference,
    paired_difference,
    small_sample_factor,
)
from needlewise.evidence.proportions import (
    log_odds_ratio,
    log_rate,
    log_rate_ratio,
    log_risk_ratio,
    proportion,
    risk_difference,
)
from tests.oracles.test_metafor import BCG

DATA = Path(str(distribution("pymare").locate_file("pymare/tests/data")))
REFERENCE = json.loads((DATA / "metafor_escalc_reference.json").read_text(encoding="utf-8"))
CASES = {case["case"]: case for case in REFERENCE["cases"]}
ME = About("invented", "invented")
# Printed by metafor with four digits: log risk ratios and log odds ratios of the trials in their order, and variances.
BCG_RISKS = (
    (-0.8893, 0.3256), (-1.5854, 0.1946), (-1.3481, 0.4154), (-1.4416, 0.0200), (-0.2175, 0.0512), (-0.7861, 0.0069),
    (-1.6209, 0.2230), (0.0120, 0.0040), (-0.4694, 0.0564), (-1.3713, 0.0730), (-0.3394, 0.0124), (0.4459, 0.5325),
    (-0.0173, 0.0714),
)  # fmt: skip
BCG_ODDS = (
    (-0.9387, 0.3571), (-1.6662, 0.2081), (-1.3863, 0.4334), (-1.4564, 0.0203), (-0.2191, 0.0520), (-0.9581, 0.0099),
    (-1.6338, 0.2270), (0.0120, 0.0040), (-0.4717, 0.0570), (-1.4012, 0.0754), (-0.3408, 0.0125), (0.4466, 0.5342),
    (-0.0173, 0.0716),
)  # fmt: skip


def rows() -> dict[str, dict[str, Any]]:
    with (DATA / "metafor_escalc_inputs.csv").open(encoding="utf-8") as file:
        return {
            row["case"]: {
                key: int(value) if key.startswith("n") else float(value) for key, value in row.items() if key != "case"
            }
            for row in csv.DictReader(file)
        }


ROWS = rows()
each_case = pytest.mark.parametrize("case", CASES)


def same(effect: Effect, case: str, measure: str) -> None:
    found = CASES[case][measure]
    assert (effect.value, effect.variance) == pytest.approx((found["yi"], found["vi"]), rel=1e-12, abs=1e-14)


def two(case: str) -> tuple[Summary, Summary]:
    row = ROWS[case]
    return Summary(row["m1"], row["sd1"], row["n1"]), Summary(row["m2"], row["sd2"], row["n2"])


def test_the_grid_of_means_is_as_large_as_it_was() -> None:
    assert len(CASES) == 8
    assert CASES.keys() == ROWS.keys()
    assert REFERENCE["source"]["metafor_version"] == "4.6.0"


@each_case
def test_a_mean_is_that_of_escalc(case: str) -> None:
    row = ROWS[case]
    same(mean_change(ME, Summary(row["m"], row["sd"], row["n"])), case, "MN")


@each_case
def test_a_difference_of_means_is_that_of_escalc(case: str) -> None:
    same(mean_difference(ME, *two(case)), case, "MD")


@each_case
def test_the_factor_for_small_samples_is_that_of_escalc(case: str) -> None:
    row, found = ROWS[case], CASES[case]
    assert small_sample_factor(row["n"] - 1) == pytest.approx(found["cm_one_sample"], rel=1e-12)
    assert small_sample_factor(row["n1"] + row["n2"] - 2) == pytest.approx(found["cm_two_sample"], rel=1e-12)


@each_case
def test_hedges_g_is_that_of_escalc(case: str) -> None:
    same(hedges_g(ME, *two(case)), case, "SMD")


@each_case
def test_a_paired_difference_is_the_mean_of_the_differences(case: str) -> None:
    # Sides of the same people with this spread and correlation differ by a mean with this one; escalc's MC is its MN.
    row = ROWS[case]
    a, b = Summary(row["m"], row["sd"], row["n"]), Summary(0.0, row["sd"], row["n"])
    spread = math.sqrt(2 * (1 - row["r"])) * row["sd"]
    one = mean_change(ME, Summary(row["m"], spread, row["n"]))
    other = paired_difference(ME, a, b, row["r"])
    assert (other.value, other.variance) == pytest.approx((one.value, one.variance), rel=1e-12)
    assert change_from_means(b, a, row["r"]).sd == pytest.approx(spread, rel=1e-12)


@pytest.mark.parametrize(("kind", "printed"), [(log_risk_ratio, BCG_RISKS), (log_odds_ratio, BCG_ODDS)])
def test_ratios_of_the_bcg_trials_are_those_that_were_printed(
    kind: Callable[[About, Responders, Responders], Effect], printed: tuple[tuple[float, float], ...]
) -> None:
    assert len(printed) == len(BCG)
    for (name, ill, well, others_ill, others_well, _), expected in zip(BCG, printed, strict=True):
        found = kind(ME, Responders(ill, ill + well), Responders(others_ill, others_ill + others_well))
        assert (found.value, found.variance) == pytest.approx(expected, abs=5.1e-5), name


@pytest.mark.parametrize("trial", BCG, ids=lambda trial: trial[0])
def test_ratios_and_their_intervals_agree_with_scipy(trial: tuple[str, int, int, int, int, int]) -> None:
    _, ill, well, others_ill, others_well, _ = trial
    a, b = Responders(ill, ill + well), Responders(others_ill, others_ill + others_well)
    odds = contingency.odds_ratio([[ill, well], [others_ill, others_well]], kind="sample")
    risks = contingency.relative_risk(ill, a.of, others_ill, b.of)
    for found, ratio, bounds in (
        (log_odds_ratio(ME, a, b), odds.statistic, odds.confidence_interval(0.95)),
        (log_risk_ratio(ME, a, b), risks.relative_risk, risks.confidence_interval(0.95)),
    ):
        reach = 1.959963984540054 * found.se
        assert math.exp(found.value) == pytest.approx(ratio, rel=1e-12)
        assert (math.exp(found.value - reach), math.exp(found.value + reach)) == pytest.approx(tuple(bounds), rel=1e-9)


def information(likelihood: Callable[[float], float], at: float) -> float:
    """What a log-likelihood tells of its parameter: minus its second derivative, by a five-point rule."""
    h = 1e-3
    points = [likelihood(at + step * h) for step in (-2, -1, 0, 1, 2)]
    weights = (-1, 16, -30, 16, -1)
    return -sum(weight * point for weight, point in zip(weights, points, strict=True)) / (12 * h * h)


@pytest.mark.parametrize(("yes", "of"), [(1, 10), (5, 36), (34, 36), (50, 100), (99, 100)])
def test_a_logit_is_where_the_likelihood_is_highest_and_as_sure_as_it_is_curved(yes: int, of: int) -> None:
    found = proportion(ME, Responders(yes, of))

    def likelihood(logit: float) -> float:
        return yes * logit - of * math.log1p(math.exp(logit))

    assert likelihood(found.value) > max(likelihood(found.value - 0.01), likelihood(found.value + 0.01))
    assert found.variance == pytest.approx(1 / information(likelihood, found.value), rel=1e-6)


@pytest.mark.parametrize(("events", "time"), [(1, 30.0), (7, 150.0), (200, 12.5)])
def test_a_rate_is_where_the_likelihood_is_highest_and_as_sure_as_it_is_curved(events: int, time: float) -> None:
    found = log_rate(ME, Events(events, time), 30)

    def likelihood(log: float) -> float:
        return events * log - time * math.exp(log)

    assert likelihood(found.value) > max(likelihood(found.value - 0.01), likelihood(found.value + 0.01))
    assert found.variance == pytest.approx(1 / information(likelihood, found.value), rel=1e-6)
    other = log_rate(ME, Events(5, 40.0), 30)
    ratio = log_rate_ratio(ME, Events(events, time), Events(5, 40.0), 60)
    assert ratio.value == pytest.approx(found.value - other.value)
    assert ratio.variance == pytest.approx(found.variance + other.variance)


@pytest.mark.parametrize("trial", BCG, ids=lambda trial: trial[0])
def test_a_difference_of_risks_has_the_variance_of_two_binomial_shares(
    trial: tuple[str, int, int, int, int, int],
) -> None:
    _, ill, well, others_ill, others_well, _ = trial
    a, b = Responders(ill, ill + well), Responders(others_ill, others_ill + others_well)
    found = risk_difference(ME, a, b)
    shares = [one.responders / one.of for one in (a, b)]

    def curved(yes: int, of: int, share: float) -> float:
        return yes / share**2 + (of - yes) / (1 - share) ** 2

    expected = sum(1 / curved(one.responders, one.of, share) for one, share in zip((a, b), shares, strict=True))
    assert found.value == pytest.approx(shares[0] - shares[1], rel=1e-12)
    assert found.variance == pytest.approx(expected, rel=1e-12)


def test_empty_cells_are_mended_as_escalc_does_but_for_differences_of_risks() -> None:
    # escalc adds a half to each cell of the trial that has an empty one (add = 1/2, to = "only0").
    a, b = Responders(0, 10), Responders(4, 10)
    assert log_odds_ratio(ME, a, b).variance == pytest.approx(1 / 0.5 + 1 / 10.5 + 1 / 4.5 + 1 / 6.5)
    assert log_risk_ratio(ME, a, b).value == pytest.approx(math.log((0.5 / 11) / (4.5 / 11)))
    assert log_risk_ratio(ME, a, b).variance == pytest.approx(1 / 0.5 - 1 / 11 + 1 / 4.5 - 1 / 11)
    found = risk_difference(ME, a, b)
    # Ours: the difference itself stays as counted; escalc would add the half to it too and say -0.3636.
    assert found.value == pytest.approx(-0.4)
    assert found.variance == pytest.approx(0.5 * 10.5 / 11**3 + 4.5 * 6.5 / 11**3)
