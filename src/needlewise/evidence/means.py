"""Effects of means: the change of one group, and the difference of two groups or of two sides of the same people.

Formulas: Borenstein et al., Introduction to Meta-Analysis (2009), chapters 4 and 24; the exact small-sample factor of
Hedges (1981).
"""

import math

from needlewise.errors import EvidenceError, Problem
from needlewise.evidence.effects import (
    About,
    Effect,
    EffectKind,
    Summary,
    above_zero,
    between,
    finite,
    people,
    require,
    told_once,
    zero_or_more,
)


def mean_change(about: About, change: Summary) -> Effect:
    """The change of one group, follow-up minus baseline, from its mean and SD."""
    return _mean(about, EffectKind.MEAN_CHANGE, change.mean, change.sd**2 / change.n, change)


def change_from_means(before: Summary, after: Summary, correlation: float, is_assumed: bool = True) -> Summary:
    """Mean and SD of the change from both means and SDs and the correlation between before and after."""
    require(*between("correlation", correlation, -1, 1))
    if before.n != after.n:
        raise EvidenceError(Problem("n", f"{before.n} before and {after.n} after", "the same people at both times"))
    variance = before.sd**2 + after.sd**2 - 2 * correlation * before.sd * after.sd
    assumed = (f"correlation of {correlation:g} between before and after assumed",) if is_assumed else ()
    told = told_once((*before.assumed, *after.assumed, *assumed))
    return Summary(after.mean - before.mean, math.sqrt(max(0.0, variance)), before.n, told)


def change_from_interval(change: float, low: float, high: float, n: int, level: float = 0.95) -> Summary:
    """Mean and SD of a change from its printed interval, taken to rest on the t distribution with n - 1."""
    from needlewise.evidence.estimators import t_quantile  # noqa: PLC0415 - brings in numpy

    require(*finite("change", change), *finite("low", low), *finite("high", high), *people("n", n))
    require(*between("level", level, 0, 1))
    if not low <= change <= high or low == high:
        raise EvidenceError(Problem("interval", f"{low:g} to {high:g} around {change:g}", "low < high, change within"))
    se = (high - low) / (2 * t_quantile(n - 1, level))
    return Summary(change, se * math.sqrt(n), n, (f"SD worked out from the printed {100 * level:g} % interval",))


def mean_difference(about: About, a: Summary, b: Summary) -> Effect:
    """Mean of group a minus mean of group b, two groups of different people."""
    variance = a.sd**2 / a.n + b.sd**2 / b.n
    return _difference(about, EffectKind.MEAN_DIFFERENCE, a.mean - b.mean, variance, (a, b))


def hedges_g(about: About, a: Summary, b: Summary) -> Effect:
    """Standardised difference of two groups of different people, corrected for small samples."""
    df = a.n + b.n - 2
    pooled = math.sqrt(((a.n - 1) * a.sd**2 + (b.n - 1) * b.sd**2) / df)
    require(*above_zero("pooled SD", pooled))
    g = small_sample_factor(df) * (a.mean - b.mean) / pooled
    variance = 1 / a.n + 1 / b.n + g**2 / (2 * (a.n + b.n))
    return _difference(about, EffectKind.STANDARDISED_DIFFERENCE, g, variance, (a, b))


def paired_difference(about: About, a: Summary, b: Summary, correlation: float, is_assumed: bool = True) -> Effect:
    """Side a minus side b of the same people."""
    difference = change_from_means(b, a, correlation, is_assumed=False)
    assumed = (f"correlation of {correlation:g} between the sides assumed",) if is_assumed else ()
    told = told_once((*a.assumed, *b.assumed, *assumed))
    variance = difference.sd**2 / a.n
    return Effect(about.study, about.label, EffectKind.MEAN_DIFFERENCE, difference.mean, variance, a.n, told)


def small_sample_factor(df: int) -> float:
    """The exact factor that takes the bias out of a standardised difference with `df` degrees of freedom."""
    require(*above_zero("degrees of freedom", df))
    if df < 2:
        return 1.0
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


def _mean(about: About, kind: EffectKind, value: float, variance: float, summary: Summary) -> Effect:
    require(*zero_or_more("variance", variance))
    return Effect(about.study, about.label, kind, value, variance, summary.n, summary.assumed)


def _difference(
    about: About, kind: EffectKind, value: float, variance: float, groups: tuple[Summary, Summary]
) -> Effect:
    a, b = groups
    return Effect(about.study, about.label, kind, value, variance, a.n + b.n, told_once((*a.assumed, *b.assumed)))
