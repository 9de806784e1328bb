"""What rests on a paper, and what moves when it is withdrawn: rows of the protocol, claims, pools, forecasts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from needlewise.evidence.behind import Measure
from needlewise.evidence.claims import GradedClaim, graded, resting_on
from needlewise.evidence.effects import shown
from needlewise.evidence.forecast import Expected, forecast
from needlewise.evidence.groups import Group, groups_of
from needlewise.evidence.harms import HarmRate, harm_rates
from needlewise.evidence.likeness import Asked
from needlewise.evidence.methods import Method
from needlewise.evidence.pooling import estimate
from needlewise.knowledge import Citing, EvidenceBase, Indication, Judgement, Retraction, Study, citing


@dataclass(frozen=True, slots=True)
class Resting:
    """What rests on a source: the studies read in it, rows of the protocol, claims, groups of figures pooled, the
    indications whose forecasts reckon with it, and judgements of certainty."""

    studies: tuple[Study, ...]
    rows: tuple[Citing, ...]
    claims: tuple[GradedClaim, ...]
    groups: tuple[Group, ...]
    forecasts: tuple[Indication, ...]
    judgements: tuple[Judgement, ...]

    @property
    def is_nothing(self) -> bool:
        return not (self.studies or self.rows or self.claims or self.groups or self.forecasts or self.judgements)


@dataclass(frozen=True, slots=True)
class PoolMoved:
    """A pool before and after; values as a reader knows them, None where nothing is left (or was there) to pool."""

    group: Group
    k_before: int
    k_after: int
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class NumberMoved:
    """A number of a claim before and after, in words. `is_stale`: the grading has to be looked at again."""

    claim: GradedClaim
    number: str
    before: str
    after: str
    is_stale: bool


@dataclass(frozen=True, slots=True)
class ForecastMoved:
    """What is expected of a measure before and after, for an indication."""

    indication: Indication
    before: Expected
    after: Expected | None


@dataclass(frozen=True, slots=True)
class HarmMoved:
    """What was counted of an unwanted effect before and after."""

    before: HarmRate
    after: HarmRate


@dataclass(frozen=True, slots=True)
class Moved:
    """Everything that moves when a study no longer counts. `judgements` of certainty rest on its documents: they stay
    until somebody has read them again, but none of them raises a grade any more."""

    pools: tuple[PoolMoved, ...]
    numbers: tuple[NumberMoved, ...]
    deciding: tuple[GradedClaim, ...]
    forecasts: tuple[ForecastMoved, ...]
    harms: tuple[HarmMoved, ...]
    judgements: tuple[Judgement, ...]

    @property
    def is_nothing(self) -> bool:
        return not (self.pools or self.numbers or self.deciding or self.forecasts or self.harms or self.judgements)


def resting_on_source(
    source: str, base: EvidenceBase, claims: Sequence[GradedClaim], groups: Iterable[Group]
) -> Resting:
    """Everything that rests on a source, itself or through the studies that were read in it."""
    studies = tuple(one for one in base.studies.values() if any(read.source == source for read in one.document))
    names = {study.id for study in studies}
    by_id = {one.claim.id: one for one in claims}
    resting = dict.fromkeys(found for name in (source, *names) for found in resting_on(name, claims))
    return Resting(
        studies,
        tuple(citing(base.protocol, source)),
        tuple(by_id[name] for name in resting),
        tuple(group for group in groups if names & {one.study.id for one in group.members if one.effect is not None}),
        tuple({one.id: one for study in studies for one, _ in _foretold(study, base)}.values()),
        _judgements({source}, base),
    )


def moved_without(study: str, base: EvidenceBase, claims: Sequence[GradedClaim]) -> Moved:
    """What moves when a study is withdrawn; of one that is withdrawn already, what its withdrawal moved.

    `claims` are those of the base as it stands.
    """
    one = base.studies[study]
    if one.retracted is None:
        gone = replace(one, retracted=Retraction(on=date.max, why="for the sake of argument"))
        return _moved(one, base, _with(base, gone), claims)
    there = _with(base, replace(one, retracted=None))
    groups = groups_of(there)
    return _moved(one, there, base, [graded(claim.claim, there, groups) for claim in claims])


def _with(base: EvidenceBase, study: Study) -> EvidenceBase:
    return replace(base, studies={**base.studies, study.id: study})


def _moved(study: Study, before: EvidenceBase, after: EvidenceBase, claims: Sequence[GradedClaim]) -> Moved:
    old, new = groups_of(before), groups_of(after)
    mine = [one for one in claims if study.id in one.studies]
    again = [(one, graded(one.claim, after, new)) for one in mine]
    return Moved(
        tuple(_pools(study, old, {group.key.id: group for group in new})),
        tuple(_numbers(again)),
        tuple(one for one in mine if study.id in one.claim.study),
        tuple(_forecasts(study, before, after)),
        tuple(
            HarmMoved(was, now) for was, now in zip(harm_rates(before), harm_rates(after), strict=True) if was != now
        ),
        _judgements({read.source for read in study.document}, before),
    )


def _judgements(sources: set[str], base: EvidenceBase) -> tuple[Judgement, ...]:
    return tuple(one for one in base.reckoning.judgements if sources & set(one.sources))


def _pools(study: Study, old: Iterable[Group], new: Mapping[str, Group]) -> Iterator[PoolMoved]:
    for group in old:
        if any(one.study.id == study.id and one.effect is not None for one in group.members):
            left = new.get(group.key.id)
            yield PoolMoved(group, group.k, left.k if left else 0, _value(group), _value(left))


def _value(group: Group | None) -> float | None:
    """The pooled value under Paule and Mandel's method, as a reader knows it."""
    if group is None or not group.k:
        return None
    return shown(group.effects[0].kind, estimate(group.effects, Method.PM).value)


def _numbers(claims: Iterable[tuple[GradedClaim, GradedClaim]]) -> Iterator[NumberMoved]:
    for was, now in claims:
        for name, number in was.numbers.items():
            found = now.numbers[name]
            if number.told() != found.told():
                yield NumberMoved(was, name, number.told(), found.told(), not found.is_within)


def _forecasts(study: Study, before: EvidenceBase, after: EvidenceBase) -> Iterator[ForecastMoved]:
    rest: dict[str, dict[Measure, Expected]] = {}
    for indication, one in _foretold(study, before):
        if indication.id not in rest:
            rest[indication.id] = {
                two.measure: two for two in forecast(_asked(study, indication, before), after).expected
            }
        yield ForecastMoved(indication, one, rest[indication.id].get(one.measure))


def _foretold(study: Study, base: EvidenceBase) -> Iterator[tuple[Indication, Expected]]:
    """The indications and measures whose forecast reckons with a study, its comparisons included."""
    for indication in base.protocol.indications.values():
        if study.group in indication.studies:
            for one in forecast(_asked(study, indication, base), base).expected:
                compared = any(study.id == two.id for row in one.controlled for two in row.studies)
                if compared or any(behind.study.id == study.id for behind in one.behind):
                    yield indication, one


def _asked(study: Study, indication: Indication, base: EvidenceBase) -> Asked:
    """Asked with all that the study's arms had, so that its own figures come in."""
    agents = {agent for arm in study.arm if arm.needling for agent in base.active_agents(arm)}
    return Asked(indication.studies, None, tuple(sorted(agents & base.protocol.adjuncts.keys())))
