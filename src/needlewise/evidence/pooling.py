"""Effects of one kind, one from each study, pooled: the estimate, how far it can be trusted, and why.

The interval of a random pool is that of Knapp and Hartung, but never narrower than the plain one: with few studies
that happen to agree, the plain adjustment would promise more than they can hold. The interval of prediction is where
a new study like these would lie (t with k - 1 degrees of freedom, as metafor does beside Knapp and Hartung).
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from needlewise.errors import EvidenceError, Problem
from needlewise.evidence.effects import Effect, EffectKind, shown, told_once
from needlewise.evidence.estimators import (
    Asymmetry,
    Bounds,
    Fit,
    chi2_p,
    egger,
    fit,
    normal_quantile,
    t_quantile,
    tau2_interval,
)
from needlewise.evidence.methods import Method

FEWEST_FOR_PREDICTION = 3
FEWEST_FOR_SMALL_STUDIES = 10
FEWEST_PER_MODERATOR = 10
ONE_STUDY = "one study: it is shown as it is, and is no pool"
TOO_FEW_TO_PREDICT = f"fewer than {FEWEST_FOR_PREDICTION} studies do not say how far a new one may lie"
ALL_OF_ONE_SIZE = "studies of one size cannot show whether small ones differ"
TOO_FEW_FOR_SMALL_STUDIES = f"fewer than {FEWEST_FOR_SMALL_STUDIES} studies cannot show whether small ones differ"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A pooled value with its interval and standard error, on the scale of the kind."""

    value: float
    low: float
    high: float
    se: float


@dataclass(frozen=True, slots=True)
class Weighted:
    """An effect with its own interval and its share of the pool's weight, in percent."""

    effect: Effect
    low: float
    high: float
    fixed_percent: float
    random_percent: float


@dataclass(frozen=True, slots=True)
class Pool:
    """Everything one reports about a pool. Values are on the scale of `kind`; `as_shown` translates them.

    For one study `random`, `tau2`, `tau2_interval` and `prediction` are None, and `note` says why. `assumed` holds
    every assumption of its effects, each once. `q`, `q_p` and `i2_percent` tell how far the studies disagree.
    """

    kind: EffectKind
    method: Method
    level: float
    people: int
    effects: tuple[Weighted, ...]
    fixed: Estimate
    random: Estimate | None = None
    tau2: float | None = None
    tau2_interval: Bounds | None = None
    q: float = 0.0
    q_p: float = 1.0
    i2_percent: float = 0.0
    prediction: Bounds | None = None
    prediction_note: str = ""
    small_study: Asymmetry | None = None
    small_study_note: str = ""
    assumed: tuple[str, ...] = ()
    note: str = ""

    @property
    def k(self) -> int:
        """How many studies."""
        return len(self.effects)

    @property
    def best(self) -> Estimate:
        """What is reported: the random pool, or the one study there is."""
        return self.random or self.fixed

    def as_shown(self, value: float) -> float:
        """A value of this pool as a reader knows it."""
        return shown(self.kind, value)


def pool(effects: Sequence[Effect], method: Method = Method.REML, level: float = 0.95) -> Pool:
    """Pool effects of one kind.

    Raises `EvidenceError` for no effect at all, for mixed kinds, for two effects of one study and for a variance that
    is not above 0.
    """
    _refuse(effects)
    values, variances = [one.value for one in effects], [one.variance for one in effects]
    fixed = fit(values, variances, Method.FIXED, level=level)
    plain = _estimate(fixed.estimates[0], fixed.standard_errors[0], fixed.wald[0])
    if len(effects) == 1:
        weighted = _weighted(effects, fixed.tau2, level)
        assumed = told_once(effects[0].assumed)
        return Pool(
            effects[0].kind, method, level, effects[0].n, weighted, plain,
            prediction_note=TOO_FEW_TO_PREDICT, small_study_note=TOO_FEW_FOR_SMALL_STUDIES, assumed=assumed, note=ONE_STUDY,
        )  # fmt: skip
    model = fixed if method is Method.FIXED else fit(values, variances, method, level=level)
    reported = _cautious(model)
    return Pool(
        kind=effects[0].kind,
        method=method,
        level=level,
        people=sum(one.n for one in effects),
        effects=_weighted(effects, model.tau2, level),
        fixed=plain,
        random=reported,
        tau2=model.tau2,
        tau2_interval=tau2_interval(values, variances, level=level),
        q=model.q,
        q_p=model.q_p,
        i2_percent=model.i2_percent,
        prediction=_prediction(reported, model, len(effects)),
        prediction_note="" if len(effects) >= FEWEST_FOR_PREDICTION else TOO_FEW_TO_PREDICT,
        small_study=None if (note := _cannot_compare_sizes(variances)) else egger(values, variances),
        small_study_note=note,
        assumed=told_once(told for one in effects for told in one.assumed),
    )


def estimate(effects: Sequence[Effect], method: Method = Method.REML, level: float = 0.95) -> Estimate:
    """The pooled value alone, with the interval that is reported of it."""
    _refuse(effects)
    return _cautious(fit([one.value for one in effects], [one.variance for one in effects], method, level=level))


def estimates(effects: Sequence[Effect]) -> Mapping[Method, Estimate]:
    """The same pool under every method, with the interval that is reported of it."""
    _refuse(effects)
    values, variances = [one.value for one in effects], [one.variance for one in effects]
    return {method: _cautious(fit(values, variances, method)) for method in Method}


def leave_one_out(found: Pool) -> Iterator[tuple[str, Pool]]:
    """The pool again without each study in turn: the study, and what is left. Nothing for fewer than two studies."""
    effects = [one.effect for one in found.effects]
    if len(effects) > 1:
        for number, left_out in enumerate(effects):
            rest = [*effects[:number], *effects[number + 1 :]]
            yield left_out.study, pool(rest, found.method, found.level)


@dataclass(frozen=True, slots=True)
class Subgroups:
    """Pools of parts, and whether they differ: `q` between them, with its degrees of freedom and p."""

    pools: Mapping[str, Pool]
    q: float
    df: int
    p: float


def subgroups(groups: Mapping[str, Sequence[Effect]], method: Method = Method.REML) -> Subgroups:
    """Pool each group for itself, each with its own variance between studies, and test whether the pools differ."""
    pools = {name: pool(effects, method) for name, effects in groups.items()}
    if len(pools) < 2:
        raise EvidenceError(Problem("subgroups", f"{len(pools)}", "2 or more, to compare"))
    found = fit([one.best.value for one in pools.values()], [one.best.se**2 for one in pools.values()], Method.FIXED)
    return Subgroups(pools, found.q, found.df, chi2_p(found.q, found.df))


def regress(
    effects: Sequence[Effect],
    moderators: Mapping[str, Sequence[float]],
    method: Method = Method.REML,
    force: bool = False,
) -> Fit:
    """Meta-regression. Fewer than 10 studies for each moderator are refused unless forced: such a line fits noise."""
    _refuse(effects)
    needed = FEWEST_PER_MODERATOR * len(moderators)
    if len(effects) < needed and not force:
        found = f"{len(effects)} studies for {len(moderators)} moderators"
        hint = "compare subgroups, or force it and say that it was forced"
        raise EvidenceError(Problem("meta-regression", found, f"{needed} studies or more", hint))
    return fit([one.value for one in effects], [one.variance for one in effects], method, moderators)


def _cannot_compare_sizes(variances: Sequence[float]) -> str:
    """Why small studies cannot be held against large ones; empty where they can."""
    if len(variances) < FEWEST_FOR_SMALL_STUDIES:
        return TOO_FEW_FOR_SMALL_STUDIES
    return ALL_OF_ONE_SIZE if math.isclose(min(variances), max(variances), rel_tol=1e-9) else ""


def _refuse(effects: Sequence[Effect]) -> None:
    problems = []
    if not effects:
        problems.append(Problem("pool", "no effect", "at least one", "nothing that was read can be pooled here"))
    kinds = dict.fromkeys(one.kind for one in effects)
    if len(kinds) > 1:
        problems.append(
            Problem("pool", f"effects of kinds {', '.join(kinds)}", "one kind", "pool each kind for itself")
        )
    for study, times in Counter(one.study for one in effects).items():
        if times > 1:
            hint = "combine its effects, or choose one: its people count once"
            problems.append(Problem(f"pool: {study}", f"{times} effects", "one effect from each study", hint))
    for one in effects:
        if one.variance <= 0:
            problems.append(Problem(f"pool: {one.study}", f"variance {one.variance:g}", "a variance above 0"))
    if problems:
        raise EvidenceError(problems)


def _estimate(value: float, se: float, bounds: Bounds) -> Estimate:
    return Estimate(value, bounds.low, bounds.high, se)


def _cautious(model: Fit) -> Estimate:
    """The reported interval of a model: Knapp and Hartung's where there is one, never narrower than the plain one."""
    if model.cautious is None or model.method is Method.FIXED:
        return _estimate(model.estimates[0], model.standard_errors[0], model.wald[0])
    se = max(model.standard_errors[0], model.knapp_hartung_errors[0])
    return _estimate(model.estimates[0], se, model.cautious[0])


def _prediction(estimate: Estimate, model: Fit, k: int) -> Bounds | None:
    if k < FEWEST_FOR_PREDICTION:
        return None
    reach = t_quantile(k - 1, model.level) * math.sqrt(model.tau2 + estimate.se**2)
    # A fixed pool's own interval rests on the normal distribution; nothing predicted may be narrower than it.
    return Bounds(min(estimate.low, estimate.value - reach), max(estimate.high, estimate.value + reach))


def _weighted(effects: Sequence[Effect], tau2: float, level: float) -> tuple[Weighted, ...]:
    z = normal_quantile(level)
    fixed = [1 / one.variance for one in effects]
    random = [1 / (one.variance + tau2) for one in effects]
    return tuple(
        Weighted(
            one,
            one.value - z * one.se,
            one.value + z * one.se,
            100 * fixed[number] / sum(fixed),
            100 * random[number] / sum(random),
        )
        for number, one in enumerate(effects)
    )
