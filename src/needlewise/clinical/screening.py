"""Screening: which rules fire, where, what they ask for, and what is still open.

The most cautious rule wins. A zone's verdict is the most cautious of its own, its region's and the person's. The
visit's verdict is the person's; if no wished zone may be treated, it is the least cautious zone verdict.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from needlewise.clinical.products import preparing
from needlewise.clinical.reasons import FactUsed, Reason, reasons_at
from needlewise.clinical.spots import Survey
from needlewise.knowledge import Fact, Mark, Origin, Scope, Verdict, WaitKind

SIGNABLE_UP_TO = Verdict.CAUTION
UNANSWERED = "unanswered"
SEVERITY_OPEN = "severity-not-said"
DEVICE_OPEN = "device-not-said"
_UNANSWERED_MARK = Mark(Origin.CHOSEN, why="What applies and was not asked never counts as no.")


@dataclass(frozen=True, slots=True)
class Question:
    """A question still open, and the most cautious verdict that one answer to it could cause."""

    fact: str
    text: str
    asked_because: str
    could_become: Verdict
    scope: Scope
    places: tuple[str, ...]
    answered_by: str


@dataclass(frozen=True, slots=True)
class ZoneVerdict:
    """What holds for one wished place. `eligible_on` only where something defers it, and every such wait has a day."""

    place: str
    verdict: Verdict
    eligible_on: date | None
    ready_on: date | None
    reasons: tuple[int, ...]

    @property
    def may_be_treated(self) -> bool:
        return self.verdict <= SIGNABLE_UP_TO


@dataclass(frozen=True, slots=True)
class Screening:
    """The whole answer to: may we treat, where, and from which day."""

    verdict: Verdict
    person: Verdict
    eligible_on: date | None
    zones: tuple[ZoneVerdict, ...]
    reasons: tuple[Reason, ...]
    questions: tuple[Question, ...]


def screen(survey: Survey) -> Screening:
    """Screen a case. Every rule that its answers touch is read at every spot it speaks of."""
    found = list(_fired(survey))
    found.extend(preparing(survey))
    found.extend(_unanswered(survey, [reason for reason in found if reason.verdict is Verdict.ASK]))
    reasons = tuple(sorted(_grouped(found), key=lambda reason: -reason.verdict))
    zones = tuple(_zone_verdicts(survey.places, reasons))
    person = max((r.verdict for r in reasons if r.scope is Scope.PERSON), default=Verdict.PROCEED)
    treatable = any(zone.may_be_treated for zone in zones)
    verdict = person if treatable or not zones else min(zone.verdict for zone in zones)
    return Screening(
        verdict,
        person,
        _eligible_on(zones, verdict),
        zones,
        reasons,
        tuple(_questions(survey, reasons)),
    )


def _fired(survey: Survey) -> Iterator[Reason]:
    """What every touched rule says, read once where it says the same."""
    index = survey.protocol.index
    for position in sorted(_touched(survey)):
        rule = index.rules[position]
        for spot, places in survey.groups(rule.scope, index.inputs[position], index.reads[position]):
            if not rule.regions or not spot.inputs["zone-region"].isdisjoint(rule.regions):
                yield from reasons_at(rule, spot, survey, places)


def _touched(survey: Survey) -> set[int]:
    """Positions of the rules worth reading: those in which some cell may hold, or is open, as answered."""
    index = survey.protocol.index
    answers = survey.case.answers
    positions = set(index.always)
    for fact, known in answers.items():
        options = index.touched.get(fact)
        for answer in known:
            if type(answer.status) is not str:
                positions |= index.read_by.get(fact, frozenset())
            elif options is not None and answer.status in options:
                positions |= options[answer.status]
    for fact in (index.read_by.keys() - answers.keys()) | (survey.by_place & index.read_by.keys()):
        positions |= index.read_by[fact]
    return positions


def _unanswered(survey: Survey, asking: list[Reason]) -> Iterator[Reason]:
    """Questions that apply and stay open though no rule hangs on them: the plan does."""
    said = {(used.fact, place) for reason in asking for used in reason.facts for place in reason.places or ("",)}
    answers, by_place = survey.case.answers, survey.by_place
    for fact in survey.protocol.index.asked:
        if (fact.id in answers and fact.id not in by_place) or (fact.id, "") in said:
            continue
        for places in _open_at(fact, survey):
            if not (places and all((fact.id, place) in said for place in places)):
                because = f"Not known yet: {fact.question}"
                facts = (FactUsed(fact.id, ""),)
                yield Reason(UNANSWERED, "Not answered yet", Verdict.ASK, fact.scope, places, because, fact.mark, facts)
    yield from _unsaid(survey)


def _open_at(fact: Fact, survey: Survey) -> Iterator[tuple[str, ...]]:
    """The places at which a question applies and is open."""
    inputs = survey.protocol.index.asked_inputs[fact.id]
    for spot, places in survey.groups(fact.scope, inputs, (fact.id, *(cell.fact for cell in fact.asked_when))):
        if spot.is_open(fact.id):
            yield places


def _unsaid(survey: Survey) -> Iterator[Reason]:
    """What belongs to the case and not to a question: how marked a concern is, and with which device."""
    case = survey.case
    for concern in case.concerns:
        if not concern.severity and concern.places:
            label = survey.protocol.indications[concern.indication].label
            because = f"Not known yet: how marked it is ({label})."
            yield _asking(SEVERITY_OPEN, "Severity not said", because, concern.places)
    if not case.clinic.devices and case.places:
        because = "Not known yet: with which device. Its reach and its authorisation decide."
        yield _asking(DEVICE_OPEN, "Device not said", because, case.places)


def _asking(rule: str, title: str, because: str, places: tuple[str, ...]) -> Reason:
    return Reason(rule, title, Verdict.ASK, Scope.ZONE, places, because, _UNANSWERED_MARK, ())


def _grouped(reasons: Iterable[Reason]) -> Iterator[Reason]:
    """One reason for all places where the same rule says the same."""
    groups: dict[object, list[Reason]] = {}
    for reason in reasons:
        if not reason.places:
            yield reason
            continue
        key = (reason.rule, reason.verdict, reason.because, reason.earliest_on, reason.facts)
        groups.setdefault(key, []).append(reason)
    for alike in groups.values():
        if len(alike) == 1:
            yield alike[0]
        else:
            places = tuple(dict.fromkeys(place for reason in alike for place in reason.places))
            yield replace(alike[0], places=places)


def _zone_verdicts(places: Iterable[str], reasons: tuple[Reason, ...]) -> Iterator[ZoneVerdict]:
    """What holds for each place. Places for which the same reasons hold are worked out once."""
    for_all = [number for number, reason in enumerate(reasons) if not reason.places]
    for_some = [(number, reason.places) for number, reason in enumerate(reasons) if reason.places]
    seen: dict[tuple[int, ...], tuple[Verdict, date | None, date | None]] = {}
    for place in places:
        numbers = tuple(sorted(for_all + [number for number, named in for_some if place in named]))
        if numbers not in seen:
            seen[numbers] = _holding([reasons[number] for number in numbers])
        yield ZoneVerdict(place, *seen[numbers], numbers)


def _holding(mine: list[Reason]) -> tuple[Verdict, date | None, date | None]:
    """The verdict of some reasons together, the day their deferrals end, and the day their preparation is done."""
    waiting = [reason for reason in mine if reason.wait_kind is not None and reason.earliest_on is not None]
    undated = any(reason.verdict is Verdict.DEFER and reason.earliest_on is None for reason in mine)
    return (
        max([reason.verdict for reason in mine], default=Verdict.PROCEED),
        None if undated else _latest(waiting, WaitKind.DEFER),
        _latest(waiting, WaitKind.PREPARATION),
    )


def _latest(waiting: list[Reason], kind: WaitKind) -> date | None:
    days = [reason.earliest_on for reason in waiting if reason.wait_kind is kind and reason.earliest_on is not None]
    return max(days, default=None)


def _eligible_on(zones: tuple[ZoneVerdict, ...], verdict: Verdict) -> date | None:
    """The first day on which treatment could start, where something defers the whole visit."""
    if verdict is not Verdict.DEFER:
        return None
    dated = [zone.eligible_on for zone in zones if zone.verdict is Verdict.DEFER and zone.eligible_on is not None]
    return min(dated, default=None)


def _questions(survey: Survey, reasons: tuple[Reason, ...]) -> list[Question]:
    """Open questions, the most decisive first."""
    rules = survey.protocol.rules
    worst: dict[str, Verdict] = {}
    for reason in reasons:
        if reason.verdict is Verdict.ASK:
            could = rules[reason.rule].verdict if reason.rule in rules else Verdict.ADJUST
            for used in reason.facts:
                worst[used.fact] = max(worst.get(used.fact, Verdict.PROCEED), could)
    questions = [_question(fact, could, survey) for fact, could in worst.items()]
    return sorted(questions, key=lambda q: (-q.could_become, q.scope is not Scope.PERSON, -len(q.places)))


def _question(fact_id: str, could_become: Verdict, survey: Survey) -> Question:
    fact = survey.protocol.facts[fact_id]
    open_at = [place for places in _open_at(fact, survey) for place in places]
    return Question(
        fact_id,
        fact.question,
        fact.asked_because,
        could_become,
        fact.scope,
        tuple(dict.fromkeys(open_at)),
        fact.answered_by,
    )
