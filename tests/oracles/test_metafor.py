"""Our door to the estimators against metafor 4.6.0: the grid that ships inside PyMARE's wheel, and published examples.

The grid holds designs, models, methods and tests; it is read from the installed library, so nothing was copied here.
"""

import csv
import json
from importlib.metadata import distribution
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from needlewise.evidence.effects import About, Effect, EffectKind, Responders
from needlewise.evidence.estimators import Fit, Numbers, egger, fit, tau2_interval
from needlewise.evidence.methods import Method
from needlewise.evidence.pooling import leave_one_out, pool
from needlewise.evidence.proportions import log_risk_ratio

DATA = Path(str(distribution("pymare").locate_file("pymare/tests/data")))
METHODS = {"FE": Method.FIXED, "DL": Method.DL, "REML": Method.REML}
GRID = json.loads((DATA / "metafor_reference.json").read_text(encoding="utf-8"))["cases"]
# So many cases there are for our methods; fewer would mean that the grid shrank and this test with it.
CASES = [case for case in GRID if case["method"] in METHODS]
MODELS = {"intercept": (), "one": ("mod1",), "two": ("mod1", "mod2")}


def rows() -> list[dict[str, str]]:
    with (DATA / "metafor_small_sample.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


ROWS = rows()


def fitted(case: dict[str, Any]) -> tuple[Fit, list[float], list[float], dict[str, list[float]]]:
    chosen = [row for row in ROWS if row["case"] == case["design"]]
    values, variances = [float(row["y"]) for row in chosen], [float(row["v"]) for row in chosen]
    moderators = {name: [float(row[name]) for row in chosen] for name in MODELS[case["model"]]}
    return fit(values, variances, METHODS[case["method"]], moderators), values, variances, moderators


def test_the_grid_is_as_large_as_it_was() -> None:
    assert len(CASES) == 108


@pytest.mark.parametrize(
    "case", CASES, ids=lambda one: "-".join(one[key] for key in ("design", "model", "method", "test"))
)
def test_every_case_of_the_grid_agrees_with_metafor(case: dict[str, Any]) -> None:
    found, values, variances, moderators = fitted(case)
    # Both search for REML's maximum; they stop at slightly different points of a flat top.
    near = {"rel": 1e-4, "abs": 1e-6} if case["method"] == "REML" else {"rel": 1e-8, "abs": 1e-10}
    assert found.tau2 == pytest.approx(case["tau2"], **near)
    assert list(found.estimates) == pytest.approx(case["beta"], **near)
    assert found.q == pytest.approx(case["QE"], rel=1e-8)
    if case["test"] == "z":
        assert list(found.standard_errors) == pytest.approx(case["se"], **near)
        assert [one.low for one in found.wald] == pytest.approx(case["ci_lb"], rel=1e-4, abs=1e-5)
        assert found.i2_percent == pytest.approx(case["I2"], rel=1e-3, abs=1e-4)
        assert found.h2 == pytest.approx(case["H2"], rel=1e-4)
    elif case["test"] == "knha" and found.knapp_hartung is not None:
        assert list(found.knapp_hartung_errors) == pytest.approx(case["se"], **near)
        assert [one.high for one in found.knapp_hartung] == pytest.approx(case["ci_ub"], rel=1e-4, abs=1e-5)
    elif case["test"] == "adhoc" and found.cautious is not None:
        assert [one.high for one in found.cautious] == pytest.approx(case["ci_ub"], rel=1e-4, abs=1e-5)
    if case["tau2_ci_ub"] is not None:
        bounds = tau2_interval(values, variances, moderators)
        assert (bounds.low, bounds.high) == pytest.approx((case["tau2_ci_lb"], case["tau2_ci_ub"]), rel=1e-5, abs=1e-8)


# Colditz et al. 1994, thirteen trials of BCG vaccine: name, vaccinated with and without tuberculosis, the others with
# and without, latitude. The data set of metafor's first worked example.
BCG = (
    ("Aronson 1948", 4, 119, 11, 128, 44),
    ("Ferguson 1949", 6, 300, 29, 274, 55),
    ("Rosenthal 1960", 3, 228, 11, 209, 42),
    ("Hart 1977", 62, 13536, 248, 12619, 52),
    ("Frimodt-Moller 1973", 33, 5036, 47, 5761, 13),
    ("Stein 1953", 180, 1361, 372, 1079, 44),
    ("Vandiviere 1973", 8, 2537, 10, 619, 19),
    ("TPT Madras 1980", 505, 87886, 499, 87892, 13),
    ("Coetzee 1968", 29, 7470, 45, 7232, 27),
    ("Rosenthal 1961", 17, 1699, 65, 1600, 42),
    ("Comstock 1974", 186, 50448, 141, 27197, 18),
    ("Comstock 1969", 5, 2493, 3, 2338, 33),
    ("Comstock 1976", 27, 16886, 29, 17825, 33),
)


def bcg() -> list[Effect]:
    return [
        log_risk_ratio(About(name, name), Responders(ill, ill + well), Responders(others_ill, others_ill + others_well))
        for name, ill, well, others_ill, others_well, _ in BCG
    ]


def test_bcg_risk_ratios_agree_with_the_published_example() -> None:
    found = pool(bcg())
    assert found.best.value == pytest.approx(-0.7145, abs=5e-5)
    assert found.tau2 == pytest.approx(0.3132, abs=5e-5)
    assert found.q == pytest.approx(152.2330, abs=5e-5)
    assert found.i2_percent == pytest.approx(92.22, abs=5e-3)
    h2 = fit([one.value for one in bcg()], [one.variance for one in bcg()]).h2
    assert h2 == pytest.approx(12.86, abs=5e-3)
    assert found.tau2_interval is not None
    assert (found.tau2_interval.low, found.tau2_interval.high) == pytest.approx((0.1197, 1.1115), abs=5e-5)
    # Knapp and Hartung's interval; here it is the wider one, so it is the one reported.
    assert (found.best.low, found.best.high) == pytest.approx((-1.1084, -0.3206), abs=1e-4)
    shown = [found.as_shown(value) for value in (found.best.value, found.best.low, found.best.high)]
    assert shown == pytest.approx((0.49, 0.33, 0.73), abs=5e-3)
    assert found.prediction is not None
    predicted = found.as_shown(found.prediction.low), found.as_shown(found.prediction.high)
    assert predicted == pytest.approx((0.14, 1.76), abs=5e-3)


@pytest.mark.parametrize(("method", "tau2", "i2"), [(Method.DL, 0.3088, 92.1173), (Method.REML, 0.3132, 92.22)])
def test_bcg_variance_between_studies_by_method(method: Method, tau2: float, i2: float) -> None:
    found = pool(bcg(), method)
    assert (found.tau2, found.i2_percent) == (pytest.approx(tau2, abs=5e-5), pytest.approx(i2, abs=5e-3))


def test_paule_mandel_is_the_variance_at_which_q_equals_its_degrees_of_freedom() -> None:
    """Neither the grid nor metafor's examples hold this method; what it solves is its definition."""
    y, v = (np.array([getattr(one, name) for one in bcg()]) for name in ("value", "variance"))
    tau2 = pool(bcg(), Method.PM).tau2
    assert tau2 == pytest.approx(0.3181, abs=5e-5)
    w = 1 / (v + tau2)
    assert (w * (y - (w * y).sum() / w.sum()) ** 2).sum() == pytest.approx(len(y) - 1, abs=1e-9)


def test_bcg_fixed_effect_and_its_interval() -> None:
    fixed = pool(bcg()).fixed
    assert (fixed.value, fixed.se) == pytest.approx((-0.4303, 0.0405), abs=5e-5)
    assert (fixed.low, fixed.high) == pytest.approx((-0.5097, -0.3509), abs=5e-5)


def test_bcg_meta_regression_on_latitude() -> None:
    effects = bcg()
    latitudes = [float(row[5]) for row in BCG]
    found = fit([one.value for one in effects], [one.variance for one in effects], Method.REML, {"latitude": latitudes})
    assert found.estimates == pytest.approx((0.2515, -0.0291), abs=1e-4)
    assert found.standard_errors == pytest.approx((0.2491, 0.0072), abs=1e-4)
    assert found.knapp_hartung_errors == pytest.approx((0.2839, 0.0082), abs=5e-5)
    assert found.tau2 == pytest.approx(0.0764, abs=1e-4)  # the flat top of REML
    assert found.q == pytest.approx(30.7331, abs=5e-5)
    assert (found.i2_percent, found.h2) == pytest.approx((68.39, 3.16), abs=5e-3)


def test_bcg_leaving_out_one_trial_at_a_time_names_each_once() -> None:
    left = dict(leave_one_out(pool(bcg())))
    assert list(left) == [row[0] for row in BCG]
    assert all(one.k == 12 for one in left.values())
    assert min(one.best.value for one in left.values()) < -0.7145 < max(one.best.value for one in left.values())


def reml_line(y: Numbers, v: Numbers, x: Numbers) -> tuple[Numbers, Numbers]:
    """Estimates and standard errors of a line, by scoring the restricted likelihood: written down anew, with numpy."""
    tau2 = 0.1
    for _ in range(200):
        w = np.diag(1 / (v + tau2))
        covariance = np.linalg.inv(x.T @ w @ x)
        project = w - w @ x @ covariance @ x.T @ w
        step = (y @ project @ project @ y - np.trace(project)) / np.trace(project @ project)
        tau2 = max(0.0, tau2 + step)
    return covariance @ x.T @ w @ y, np.sqrt(np.diag(covariance))


def test_bcg_asymmetry_is_the_slope_of_a_mixed_effects_line_on_the_standard_error() -> None:
    effects = bcg()
    y, v = np.array([one.value for one in effects]), np.array([one.variance for one in effects])
    (limit, slope), (_, se) = reml_line(y, v, np.column_stack([np.ones(len(y)), np.sqrt(v)]))
    found = egger(y.tolist(), v.tolist())
    assert found.statistic == pytest.approx(slope / se, abs=1e-4)
    assert (found.slope, found.se, found.limit) == pytest.approx((slope, se, limit), abs=1e-4)
    assert found.p == pytest.approx(2 * NormalDist().cdf(-abs(slope / se)), abs=1e-4)
    assert pool(effects).small_study == found


def test_bcg_asymmetry_agrees_with_the_published_example() -> None:
    """Printed with Knapp and Hartung's adjustment, which our test leaves out: the same line, another interval."""
    effects = bcg()
    errors = {"standard error": [one.se for one in effects]}
    line = fit([one.value for one in effects], [one.variance for one in effects], Method.REML, errors)
    assert line.estimates[1] / line.knapp_hartung_errors[1] == pytest.approx(-0.7812, abs=5e-5)
    assert line.knapp_hartung is not None
    limit = line.estimates[0], line.knapp_hartung[0].low, line.knapp_hartung[0].high
    assert limit == pytest.approx((-0.5104, -1.2123, 0.1915), abs=5e-5)


def test_kinds_of_the_example_are_ratios() -> None:
    assert {one.kind for one in bcg()} == {EffectKind.LOG_RISK_RATIO}


# Teachers' expectancy and pupils' IQ, 19 experiments (Raudenbush 1984): standardised differences, their standard
# errors, and the weeks of contact before the expectancy was raised, 3 standing for 3 or more.
EXPECTANCY = [
    (0.03, 0.0156, 2), (0.12, 0.0216, 3), (-0.14, 0.0279, 3), (1.18, 0.1391, 0), (0.26, 0.1362, 0),
    (-0.06, 0.0106, 3), (-0.02, 0.0106, 3), (-0.32, 0.0484, 3), (0.27, 0.0269, 0), (0.80, 0.0630, 1),
    (0.54, 0.0912, 0), (0.18, 0.0497, 0), (-0.02, 0.0835, 1), (0.23, 0.0841, 2), (-0.18, 0.0253, 3),
    (-0.06, 0.0279, 3), (0.30, 0.0193, 1), (0.07, 0.0088, 2), (-0.07, 0.0303, 3),
]  # fmt: skip


def test_expectancy_agrees_with_the_figures_of_metafors_own_test() -> None:
    """metafor's test of the analysis example raudenbush2009 holds these to Tables 16.2 of the chapter."""
    values, variances, _ = (list(column) for column in zip(*EXPECTANCY, strict=True))
    equal = fit(values, variances, Method.FIXED)
    assert equal.estimates[0] == pytest.approx(0.0604, abs=5e-5)
    assert equal.q == pytest.approx(35.8295, abs=5e-4)
    assert equal.estimates[0] / equal.standard_errors[0] == pytest.approx(1.6553, abs=5e-5)
    random = fit(values, variances, Method.REML)
    assert random.estimates[0] == pytest.approx(0.0837, abs=5e-5)
    assert random.tau2 == pytest.approx(0.0188, abs=5e-5)
    assert random.estimates[0] / random.standard_errors[0] == pytest.approx(1.6208, abs=1e-4)
    # Its interval of prediction is the plain one; ours takes the t distribution and is wider.
    reach = NormalDist().inv_cdf(0.975) * (random.tau2 + random.standard_errors[0] ** 2) ** 0.5
    assert random.estimates[0] - reach == pytest.approx(-0.2036, abs=1e-4)
    assert random.estimates[0] + reach == pytest.approx(0.3711, abs=2e-4)


def test_expectancy_wears_off_with_every_week_of_contact() -> None:
    values, variances, weeks = (list(column) for column in zip(*EXPECTANCY, strict=True))
    line = fit(values, variances, Method.REML, {"weeks": weeks})
    # The chapter: 0.407 without contact, 0.157 less for each week, and no variance left between experiments.
    assert line.estimates == pytest.approx((0.407, -0.157), abs=5e-4)
    assert line.tau2 == pytest.approx(0.0, abs=5e-4)
