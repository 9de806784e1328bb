"""The one door to PyMARE: from effects and their variances to estimates, heterogeneity and intervals.

PyMARE finds the variance between studies (fixed, DerSimonian-Laird, REML) and inverts Q for its interval. Paule-Mandel,
which it lacks, and the figures that follow from a given variance in closed form are worked out here. PyMARE takes
seconds to load, so it is loaded by the first fit and not by an import of this module.
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from needlewise.errors import EvidenceError, Problem
from needlewise.evidence.effects import above_zero, between, finite, require
from needlewise.evidence.methods import Method

Numbers = NDArray[np.float64]

# Newton's steps double at worst, so this many reach any variance that floating point can hold.
_MOST_STEPS = 2000
_SETTLED = 1e-14
# Weighted residuals below this are rounding: the studies lie on the line.
_ROUNDING_OF_A_SUM = 1e-20


@dataclass(frozen=True, slots=True)
class Bounds:
    """The two ends of an interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fit:
    """One fitted model. Sequences run over its terms, the mean (or intercept) first.

    `knapp_hartung` is the plain adjustment, which may be narrower than `wald`; `cautious` takes the larger of the two
    standard errors with the t distribution and never is. They are None where no degree of freedom is left.
    `i2_percent` and `h2` compare the variance between studies with a typical one within (Q where that is fixed).
    """

    method: Method
    level: float
    estimates: tuple[float, ...]
    standard_errors: tuple[float, ...]
    knapp_hartung_errors: tuple[float, ...]
    tau2: float
    q: float
    q_p: float
    df: int
    i2_percent: float
    h2: float
    wald: tuple[Bounds, ...]
    knapp_hartung: tuple[Bounds, ...] | None
    cautious: tuple[Bounds, ...] | None


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """Regression of effects on their standard errors, tested with the normal distribution.

    `limit` is the estimate for a study without sampling error.
    """

    slope: float
    se: float
    statistic: float
    p: float
    limit: float


def fit(
    values: Sequence[float],
    variances: Sequence[float],
    method: Method = Method.REML,
    moderators: Mapping[str, Sequence[float]] | None = None,
    level: float = 0.95,
) -> Fit:
    """Fit a mean, or a line over moderators, under one method.

    Refuses figures that are not finite, variances not above 0, and more terms than studies can bear.
    """
    y, v, x = _checked(values, variances, moderators, level)
    tau2, beta, covariance = _solve(y, v, x, method)
    return _told(y, v, x, _Solution(method, level, tau2, beta, covariance))


def tau2_interval(
    values: Sequence[float],
    variances: Sequence[float],
    moderators: Mapping[str, Sequence[float]] | None = None,
    level: float = 0.95,
) -> Bounds:
    """The interval of the variance between studies, by inverting the generalised Q (Q-profile)."""
    y, v, x = _checked(values, variances, moderators, level)
    if len(y) <= x.shape[1]:
        raise EvidenceError(Problem("studies", f"{len(y)}", f"more than {x.shape[1]}, to bear an interval"))
    found = _pymare().stats.q_profile(y, v, x, alpha=1 - level)
    return Bounds(max(0.0, float(found["ci_l"])), max(0.0, float(found["ci_u"])))


def egger(values: Sequence[float], variances: Sequence[float], method: Method = Method.REML) -> Asymmetry:
    """Small studies against large: regression on the standard error, tested with the normal distribution.

    The mixed-effects form (metafor's `regtest`).
    """
    errors = [math.sqrt(variance) if variance > 0 else math.nan for variance in variances]
    model = fit(values, variances, method, {"standard error": errors})
    statistic = model.estimates[1] / model.standard_errors[1]
    p = math.erfc(abs(statistic) / math.sqrt(2))
    return Asymmetry(model.estimates[1], model.standard_errors[1], statistic, p, model.estimates[0])


def t_quantile(df: int, level: float) -> float:
    """The t value that holds `level` between minus and plus it."""
    return float(_special().stdtrit(df, 0.5 + level / 2))


def normal_quantile(level: float) -> float:
    """The normal value that holds `level` between minus and plus it."""
    return float(_special().ndtri(0.5 + level / 2))


def exact_interval(count: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share (Clopper and Pearson), from 0 to 1."""
    require(*between("level", level, 0, 1))
    if not 0 <= count <= of or not of:
        raise EvidenceError(Problem("count", f"{count} of {of}", "a count of at least one, and at most all of them"))
    tail = (1 - level) / 2
    low = float(_special().betaincinv(count, of - count + 1, tail)) if count else 0.0
    high = float(_special().betaincinv(count + 1, of - count, 1 - tail)) if count < of else 1.0
    return low, high


def chi2_p(statistic: float, df: int) -> float:
    """The chance of a chi-squared value at least this large."""
    return float(_special().chdtrc(df, statistic)) if df > 0 else 1.0


@dataclass(frozen=True, slots=True)
class _Solution:
    method: Method
    level: float
    tau2: float
    beta: Numbers
    covariance: Numbers


@cache
def _pymare() -> Any:
    """PyMARE, loaded once. Its import leaves a file open, which is none of the caller's business."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        import pymare.estimators  # noqa: PLC0415 - seconds, so only where something is pooled
        import pymare.stats  # noqa: PLC0415
    return pymare


@cache
def _special() -> Any:
    import scipy.special  # noqa: PLC0415 - loaded with the first quantile

    return scipy.special


def _checked(
    values: Sequence[float],
    variances: Sequence[float],
    moderators: Mapping[str, Sequence[float]] | None,
    level: float,
) -> tuple[Numbers, Numbers, Numbers]:
    """The arrays of a model that can be fitted, or every reason why it cannot."""
    columns = moderators or {}
    y = np.array(values, dtype=float)
    v = np.array(variances, dtype=float)
    if len(y) != len(v) or any(len(column) != len(y) for column in columns.values()):
        found = ", ".join(str(len(column)) for column in (values, variances, *columns.values()))
        raise EvidenceError(Problem("effects, variances and moderators", f"of lengths {found}", "one for each study"))
    x = np.column_stack([np.ones(len(y)), *(np.array(column, dtype=float) for column in columns.values())])
    if not (np.isfinite(y).all() and np.isfinite(v).all() and (v > 0).all() and np.isfinite(x).all()):
        require(
            *(problem for number, value in enumerate(y, 1) for problem in finite(f"effect {number}", float(value))),
            *(
                problem
                for number, value in enumerate(v, 1)
                for problem in above_zero(f"variance {number}", float(value))
            ),
            *(
                problem
                for name, column in columns.items()
                for number, value in enumerate(column, 1)
                for problem in finite(f"{name} {number}", value)
            ),
        )
    require(*between("level", level, 0, 1))
    if len(y) < x.shape[1]:
        raise EvidenceError(Problem("studies", f"{len(y)}", f"{x.shape[1]} or more for {x.shape[1]} terms"))
    if columns and np.linalg.matrix_rank(x) < x.shape[1]:
        raise EvidenceError(
            Problem(
                "moderators",
                f"{', '.join(columns)}: at least one is constant, or a sum of the others",
                "moderators that vary, each in its own way",
                "leave one out",
            )
        )
    return y, v, x


def _solve(y: Numbers, v: Numbers, x: Numbers, method: Method) -> tuple[float, Numbers, Numbers]:
    """Variance between studies, estimates and their covariance. A model without spare degrees has no variance."""
    if method is Method.FIXED or len(y) <= x.shape[1]:
        tau2 = 0.0
    elif method is Method.PM:
        tau2 = _paule_mandel(y, v, x)
    else:
        estimators = _pymare().estimators
        if method is Method.DL:
            found = estimators.DerSimonianLaird(small_sample_correction="wald").fit(y, v, x)
        else:
            found = estimators.VarianceBasedLikelihoodEstimator("REML", small_sample_correction="wald").fit(y, v, x)
        params = found.params_
        # Kept per dataset by PyMARE; here is one.
        return (
            float(np.ravel(params["tau2"])[0]),
            params["fe_params"][:, 0],
            params["inv_cov"].reshape(2 * [x.shape[1]]),
        )
    beta, covariance = _weighted(y, 1 / (v + tau2), x)
    return tau2, beta, covariance


def _weighted(y: Numbers, w: Numbers, x: Numbers) -> tuple[Numbers, Numbers]:
    """Weighted least squares: estimates and (X'WX)^-1."""
    xw = x.T * w
    covariance: Numbers = np.asarray(np.linalg.inv(xw @ x), dtype=float)
    estimates: Numbers = covariance @ (xw @ y)
    return estimates, covariance


def _paule_mandel(y: Numbers, v: Numbers, x: Numbers) -> float:
    """The variance at which the generalised Q equals its degrees of freedom, by Newton's steps from below."""
    df = len(y) - x.shape[1]
    tau2 = 0.0
    for _ in range(_MOST_STEPS):
        w = 1 / (v + tau2)
        residuals = y - x @ _weighted(y, w, x)[0]
        q = float((w * residuals**2).sum())
        # Q falls and flattens as the variance grows: a step never passes the root, so from nought it climbs to it.
        step = (q - df) / float((w**2 * residuals**2).sum()) if q > df else 0.0
        tau2 += step
        if step <= _SETTLED * tau2:
            break
    return tau2


def _told(y: Numbers, v: Numbers, x: Numbers, solution: _Solution) -> Fit:
    """Everything that follows from a variance between studies in closed form."""
    df = len(y) - x.shape[1]
    w0 = 1 / v
    fixed_beta, fixed_covariance = _weighted(y, w0, x)
    q = _sum_of_squares(y - x @ fixed_beta, w0)
    errors = np.sqrt(np.diagonal(solution.covariance))
    scale = _sum_of_squares(y - x @ solution.beta, 1 / (v + solution.tau2)) / df if df else math.nan
    adjusted = errors * math.sqrt(scale)
    z = normal_quantile(solution.level)
    t = t_quantile(df, solution.level) if df else math.nan
    i2, h2 = _inconsistency(solution, q, df, _typical_variance(w0, x, fixed_covariance, df))
    return Fit(
        method=solution.method,
        level=solution.level,
        estimates=tuple(solution.beta.tolist()),
        standard_errors=tuple(errors.tolist()),
        knapp_hartung_errors=tuple(adjusted.tolist()),
        tau2=solution.tau2,
        q=q,
        q_p=chi2_p(q, df),
        df=df,
        i2_percent=i2,
        h2=h2,
        wald=_around(solution.beta, z * errors),
        knapp_hartung=_around(solution.beta, t * adjusted) if df else None,
        cautious=_around(solution.beta, t * np.maximum(errors, adjusted)) if df else None,
    )


def _sum_of_squares(residuals: Numbers, w: Numbers) -> float:
    total = float((w * residuals**2).sum())
    return 0.0 if total < _ROUNDING_OF_A_SUM else total


def _typical_variance(w: Numbers, x: Numbers, covariance: Numbers, df: int) -> float:
    """The variance within a typical study: df over the trace of the projection that Q rests on."""
    trace = float(w.sum() - np.einsum("ij,jk,ik,i->", x, covariance, x, w**2))
    return df / trace if df and trace > 0 else math.nan


def _inconsistency(solution: _Solution, q: float, df: int, typical: float) -> tuple[float, float]:
    """I2 in percent and H2."""
    if not df:
        return 0.0, 1.0
    if solution.method is Method.FIXED:
        return (100 * max(0.0, q - df) / q if q else 0.0), q / df
    return 100 * solution.tau2 / (typical + solution.tau2), solution.tau2 / typical + 1


def _around(beta: Numbers, half: Numbers) -> tuple[Bounds, ...]:
    return tuple(
        Bounds(middle - reach, middle + reach) for middle, reach in zip(beta.tolist(), half.tolist(), strict=True)
    )
