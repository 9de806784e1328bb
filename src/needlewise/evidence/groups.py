"""Which figures of the base may be pooled: within one trouble, one scale and one kind of treatment; one effect from
each study; a change from before to after never together with a contrast.

Every figure that belongs to a group is listed, also one that cannot enter its pool; it then says why.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from needlewise.errors import EvidenceError
from needlewise.evidence.effects import About, Effect, Responders, Summary
from needlewise.evidence.means import (
    change_from_interval,
    change_from_means,
    mean_change,
    mean_difference,
    paired_difference,
)
from needlewise.evidence.proportions import log_odds_ratio, proportion
from needlewise.knowledge import Arm, EvidenceBase, Harm, Outcome, Study, Unit

# Papers hardly ever print how before and after go together; half-way is the usual assumption, and effects say so.
ASSUMED_CORRELATION = 0.5
# Of several times the one nearest to this long after the last session is taken: what most papers report.
WEEKS_AFTER_LAST = 12.0
PRINTED_LEVEL = 0.95


class Treatment(StrEnum):
    """What the needled arm had."""

    NEEDLING = "needling"
    NEEDLING_PLUS = "needling-plus"
    RADIOFREQUENCY = "radiofrequency-needling"


class Sort(StrEnum):
    """What is counted or compared. The two contrasts and the three single-arm sorts are never mixed."""

    CHANGE = "change"
    RESPONSE = "response"
    HARM = "harm"
    CONTRAST_OF_CHANGES = "contrast-of-changes"
    CONTRAST_OF_RESPONSES = "contrast-of-responses"


class Against(StrEnum):
    """What a needled arm was compared with. Only the first three tell what needling itself adds."""

    NOTHING = "nothing"
    SHAM = "sham"
    SAME_WITHOUT_NEEDLES = "same-without-needles"
    NEEDLING_ALONE = "needling-alone"
    ANOTHER_TREATMENT = "another-treatment"


# Only these tell what needling itself adds; see `shows_needles`.
CONTROLS = (Against.NOTHING, Against.SHAM, Against.SAME_WITHOUT_NEEDLES)


class Key(NamedTuple):
    """What the members of a group share. `trouble` is the group of studies; `of` a scale, a kind of responder or a
    kind of harm; `plus` names the adjuncts beside the needles; `against` is set for contrasts only."""

    trouble: str
    sort: Sort
    of: str
    treatment: Treatment
    plus: str = ""
    against: Against | None = None

    @property
    def id(self) -> str:
        """The key as one word, for links and the command line."""
        against = f"against-{self.against}" if self.against else ""
        return ".".join(filter(None, (self.trouble, self.sort, self.of, self.treatment, self.plus, against)))


@dataclass(frozen=True, slots=True)
class Member:
    """One study's figure. `effect` is None where it cannot enter a pool, and `why_not` then says why."""

    study: Study
    arm: Arm
    figure: Outcome | Harm
    effect: Effect | None
    why_not: str = ""
    comparator: Arm | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The figures that speak of one thing. `k` counts the studies that enter the pool."""

    key: Key
    members: tuple[Member, ...]

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What may be pooled: one effect from each study."""
        return tuple(one.effect for one in self.members if one.effect is not None)

    @property
    def k(self) -> int:
        return len(self.effects)


def groups_of(base: EvidenceBase) -> tuple[Group, ...]:
    """Every group of the base, in the order of their keys; members by study."""
    found: dict[Key, list[Member]] = {}
    for study in base.studies.values():
        for key, member in _figures(study, base):
            found.setdefault(key, []).append(member)
    return tuple(Group(key, tuple(_once(found[key]))) for key in sorted(found, key=lambda one: one.id))


def treatment_of(arm: Arm, base: EvidenceBase) -> Treatment | None:
    """What kind of needling an arm had; None for arms without needles."""
    if not arm.needling:
        return None
    if arm.radiofrequency:
        return Treatment.RADIOFREQUENCY
    return Treatment.NEEDLING_PLUS if base.active_agents(arm) else Treatment.NEEDLING


def _figures(study: Study, base: EvidenceBase) -> Iterator[tuple[Key, Member]]:
    for arm in study.arm:
        treatment = treatment_of(arm, base)
        if treatment is None:
            continue
        plus = "+".join(base.active_agents(arm))
        for sort, of, outcome in _chosen(arm, base):
            yield Key(study.group, sort, of, treatment, plus), _single(study, arm, sort, outcome, base)
            yield from _contrasts(study, arm, (sort, of, outcome), base)
        for harm in arm.harm:
            kind = base.harm_of(harm)
            if kind is not None and (harm.count is not None or harm.percent is not None):
                yield Key(study.group, Sort.HARM, kind.id, treatment, plus), _harm(study, arm, harm)


def _chosen(arm: Arm, base: EvidenceBase) -> Iterator[tuple[Sort, str, Outcome]]:
    """One outcome of an arm for each thing it measures: the one nearest to the usual time."""
    found: dict[tuple[Sort, str], list[Outcome]] = {}
    for outcome in arm.outcome:
        scale = base.scale_of(outcome.scale, outcome.measure)
        kind = base.response_of(outcome)
        if kind is not None:
            found.setdefault((Sort.RESPONSE, kind.id), []).append(outcome)
        elif scale is not None and _tells_change(outcome):
            found.setdefault((Sort.CHANGE, scale.scale), []).append(outcome)
    for (sort, of), outcomes in found.items():
        # Where no time was read the last one printed counts.
        yield sort, of, min(reversed(outcomes), key=lambda one: (_is_bare(one), _distance(one)))


def _is_bare(outcome: Outcome) -> bool:
    """Whether nothing of it can be reckoned with: no mean change, no share of people."""
    has_means = outcome.change_mean is not None or None not in (outcome.before_mean, outcome.after_mean)
    return not (has_means or outcome.responders is not None or outcome.responders_percent is not None)


def _tells_change(outcome: Outcome) -> bool:
    figures = (outcome.change_mean, outcome.change_percent, outcome.before_median)
    return any(one is not None for one in figures) or None not in (outcome.before_mean, outcome.after_mean)


def _distance(outcome: Outcome) -> tuple[bool, float]:
    """How far from the usual time; unknown times come last."""
    weeks = outcome.weeks_after_last
    return weeks is None, 0.0 if weeks is None else abs(weeks - WEEKS_AFTER_LAST)


def _single(study: Study, arm: Arm, sort: Sort, outcome: Outcome, base: EvidenceBase) -> Member:
    try:
        about = About(study.id, study.name)
        _may_be_pooled(study, arm, outcome)
        if sort is Sort.RESPONSE:
            return Member(study, arm, outcome, proportion(about, responders_of(outcome)))
        return Member(study, arm, outcome, mean_change(about, change_of(outcome, arm, base)))
    except (WhyNotPooledError, EvidenceError) as reason:
        return Member(study, arm, outcome, None, str(reason))


def _harm(study: Study, arm: Arm, harm: Harm) -> Member:
    try:
        _may_be_pooled(study, arm, harm)
        if harm.count is None or harm.of is None:
            raise WhyNotPooledError("the count, or of how many, was not read")
        return Member(study, arm, harm, proportion(About(study.id, study.name), Responders(harm.count, harm.of)))
    except (WhyNotPooledError, EvidenceError) as reason:
        return Member(study, arm, harm, None, str(reason))


def _contrasts(
    study: Study, arm: Arm, what: tuple[Sort, str, Outcome], base: EvidenceBase
) -> Iterator[tuple[Key, Member]]:
    """The arm against every other arm of its study that was measured in the same way."""
    sort, of, outcome = what
    treatment = treatment_of(arm, base)
    for other in study.arm:
        against = against_of(arm, other, base)
        if other.id == arm.id or against is None or treatment is None:
            continue
        same = outcome_beside(outcome, other, base)
        if same is not None:
            contrast = Sort.CONTRAST_OF_CHANGES if sort is Sort.CHANGE else Sort.CONTRAST_OF_RESPONSES
            key = Key(study.group, contrast, of, treatment, "+".join(base.active_agents(arm)), against)
            yield key, _contrast(study, (arm, other), (outcome, same), base)


def outcome_beside(outcome: Outcome, other: Arm, base: EvidenceBase) -> Outcome | None:
    """The outcome of another arm that measures the same at the same time; None where there is none."""
    kind, scale = base.response_of(outcome), base.scale_of(outcome.scale, outcome.measure)
    of = kind.id if kind else scale.scale if scale else ""
    sort = Sort.RESPONSE if kind else Sort.CHANGE
    return next((one for s, o, one in _chosen(other, base) if (s, o) == (sort, of) and one.time == outcome.time), None)


def shows_needles(arm: Arm, other: Arm, base: EvidenceBase) -> bool:
    """Whether a comparison tells what the needles add: with nothing, a sham or the same without needles, both arms having
    the same beside them; heat through the needles is another treatment."""
    return (
        treatment_of(arm, base) is not Treatment.RADIOFREQUENCY
        and against_of(arm, other, base) in CONTROLS
        and base.active_agents(arm) == base.active_agents(other)
    )


def mean_change_of(outcome: Outcome, base: EvidenceBase) -> float | None:
    """The mean change in the unit of its scale, with or without a spread; None where it was not read."""
    name = base.scale_of(outcome.scale, outcome.measure)
    factor = name.factor if name else 1.0
    if outcome.change_mean is not None:
        return outcome.change_mean * factor
    if outcome.before_mean is None or outcome.after_mean is None:
        return None
    return (outcome.after_mean - outcome.before_mean) * factor


def against_of(arm: Arm, other: Arm, base: EvidenceBase) -> Against | None:
    """What a needled arm is compared with; None where the other arm is the one with more."""
    ours, theirs = base.active_agents(arm), base.active_agents(other)
    if other.control == "untreated":
        return Against.NOTHING
    if other.control == "sham":
        return Against.SHAM
    if other.needling:
        alone = not theirs and ours and arm.radiofrequency == other.radiofrequency
        return Against.NEEDLING_ALONE if alone else None
    is_same = other.control == "without-needles" and ours == theirs
    return Against.SAME_WITHOUT_NEEDLES if is_same else Against.ANOTHER_TREATMENT


def _contrast(study: Study, arms: tuple[Arm, Arm], outcomes: tuple[Outcome, Outcome], base: EvidenceBase) -> Member:
    (arm, other), (outcome, same) = arms, outcomes
    about = About(study.id, study.name)
    try:
        for one, figure in zip(arms, outcomes, strict=True):
            _may_be_pooled(study, one, figure)
        if outcome.response:
            if study.design.is_split:
                raise WhyNotPooledError("two sides of the same people, whose answers together were not read")
            effect = log_odds_ratio(about, responders_of(outcome), responders_of(same))
        else:
            a, b = change_of(outcome, arm, base), change_of(same, other, base)
            is_split = study.design.is_split
            effect = paired_difference(about, a, b, ASSUMED_CORRELATION) if is_split else mean_difference(about, a, b)
    except (WhyNotPooledError, EvidenceError) as reason:
        return Member(study, arm, outcome, None, str(reason), other)
    return Member(study, arm, outcome, effect, "", other)


class WhyNotPooledError(Exception):
    """Why a figure enters no pool."""


def _may_be_pooled(study: Study, arm: Arm, figure: Outcome | Harm) -> None:
    """Raises the reason where the study, what its arm counts, or the figure itself keeps it out of every pool."""
    if study.never_pool:
        raise WhyNotPooledError(study.never_pool)
    if arm.unit in (Unit.AREAS, Unit.STRIAE):
        raise WhyNotPooledError(f"counts {arm.unit}, not people")
    if isinstance(figure, Outcome) and figure.spread:
        raise WhyNotPooledError(f"spread {figure.spread}")


def responders_of(outcome: Outcome) -> Responders:
    """How many of how many. Raises a reason where either was not read."""
    if outcome.responders is None or outcome.responders_of is None:
        raise WhyNotPooledError("how many of how many was not read")
    return Responders(outcome.responders, outcome.responders_of)


def change_of(outcome: Outcome, arm: Arm, base: EvidenceBase) -> Summary:
    """Mean and SD of a change in the unit of its scale. Raises a reason where they cannot be had."""
    scale = base.scale_of(outcome.scale, outcome.measure)
    factor = scale.factor if scale else 1.0
    if arm.n is None:
        raise WhyNotPooledError("the number of people was not read")
    if outcome.change_mean is not None and outcome.change_sd is not None:
        return _times(Summary(outcome.change_mean, outcome.change_sd, arm.n), factor)
    if outcome.change_mean is not None and outcome.change_low is not None and outcome.change_high is not None:
        level = PRINTED_LEVEL if outcome.change_level is None else outcome.change_level / 100
        made = change_from_interval(outcome.change_mean, outcome.change_low, outcome.change_high, arm.n, level)
        return _times(made, factor)
    means = outcome.before_mean, outcome.after_mean
    spreads = outcome.before_sd, outcome.after_sd
    if means[0] is None or means[1] is None or spreads[0] is None or spreads[1] is None:
        raise WhyNotPooledError("no spread was read")
    before, after = Summary(means[0], spreads[0], arm.n), Summary(means[1], spreads[1], arm.n)
    return _times(change_from_means(before, after, ASSUMED_CORRELATION), factor)


def _times(summary: Summary, factor: float) -> Summary:
    return Summary(summary.mean * factor, summary.sd * abs(factor), summary.n, summary.assumed)


def _once(members: Iterable[Member]) -> Iterator[Member]:
    """One effect from each study and each cohort: the arm under treatment first, then the larger one."""
    listed = list(members)
    best: dict[str, Member] = {}
    for one in listed:
        if one.effect is not None:
            people = one.study.whose
            held = best.get(people)
            if held is None or _rank(one) < _rank(held):
                best[people] = one
    for one in listed:
        if one.effect is None or best[one.study.whose] is one:
            yield one
        else:
            why = f"its people are counted with {best[one.study.whose].study.id}"
            yield Member(one.study, one.arm, one.figure, None, why, one.comparator)


def _rank(member: Member) -> tuple[bool, int]:
    effect = member.effect
    return member.arm.role != "treatment", -(effect.n if effect else 0)
