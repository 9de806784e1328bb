"""Questions: what applies and is still open, what one answer could cause, and in which order to ask.

Most are questions of the protocol. Two belong to the case itself: how marked a concern is, and with which device.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from needlewise.clinical.foreseeing import LEAST, softened
from needlewise.clinical.reasons import FactUsed, Reason
from needlewise.clinical.spots import Spot, Survey
from needlewise.knowledge import Answer, Cell, Fact, Index, Mark, Origin, Rule, Scope, Verdict, all_hold

UNANSWERED = "unanswered"
SEVERITY_OPEN = "severity-not-said"
DEVICE_OPEN = "device-not-said"
# Where these two are answered in a case file.
SEVERITY = "concern.severity"
DEVICES = "clinic.devices"
_ASKED_BECAUSE = {
    SEVERITY: "It decides how many sessions are planned. While it is not known, the most are.",
    DEVICES: "The device decides how deep a needle can go, and what it is authorised for.",
}
_BY_PRACTITIONER = "practitioner"
_HAPPENED = "happened"
_UNANSWERED_MARK = Mark(Origin.CHOSEN, why="What applies and was not asked never counts as no.")


class Question(NamedTuple):
    """A question still open, and the most cautious verdict that one answer to it alone could cause.

    `fact` is the question's id, or the place in the case file where it is answered. `places` are those at which it is
    asked; none where it is asked of the whole person.
    """

    fact: str
    text: str
    asked_because: str
    could_become: Verdict
    scope: Scope
    places: tuple[str, ...]
    answered_by: str


def unanswered(survey: Survey, asking: Iterable[Reason]) -> Iterator[Reason]:
    """Questions that apply and stay open though no rule asks them: the plan hangs on them. `asking`: the rules' own."""
    said = {(used.fact, place) for reason in asking for used in reason.facts for place in reason.places or ("",)}
    for fact in _unsettled(survey):
        if (fact.id, "") in said:
            continue
        for spot, places in _open_at(fact, survey):
            if not (places and all((fact.id, place) in said for place in places)):
                yield Reason(
                    UNANSWERED,
                    "Not answered yet",
                    Verdict.ASK,
                    fact.scope,
                    places,
                    f"Not known yet: {_asked_of(fact, [spot])}",
                    fact.mark,
                    (FactUsed(fact.id, ""),),
                    could_become=(LEAST,),
                )
    yield from _unsaid(survey)


def _unsettled(survey: Survey) -> Iterator[Fact]:
    """The questions not answered once for everywhere, or without a day that nothing else asks for."""
    answers, by_place, index = survey.case.answers, survey.by_place, survey.protocol.index
    for fact in index.asked:
        name = fact.id
        if name not in answers or name in by_place or (name in index.undated and _lacks_day(answers[name])):
            yield fact


def _open_at(fact: Fact, survey: Survey) -> Iterator[tuple[Spot, tuple[str, ...]]]:
    """The spots at which a question applies and is open, each with its places."""
    index = survey.protocol.index
    for spot, places in survey.groups(fact.scope, index.asked_inputs[fact.id], index.asked_reads[fact.id]):
        if spot.is_open(fact.id) or (fact.id in index.undated and _lacks_day(spot.lookup(fact.id))):
            yield spot, places


def _lacks_day(answers: Iterable[Answer | None]) -> bool:
    return any(one is not None and one.status == _HAPPENED and one.on is None for one in answers)


def _unsaid(survey: Survey) -> Iterator[Reason]:
    """What belongs to the case and not to a question: how marked a concern is, and with which device."""
    case, protocol = survey.case, survey.protocol
    for concern in case.concerns:
        if not concern.severity and concern.places:
            row = protocol.indications[concern.indication]
            because = f"Not known yet: how marked it is ({row.label})."
            could = _could_make_fire(survey, {"severity": frozenset(row.sessions)})
            yield _asking(SEVERITY_OPEN, "Severity not said", because, SEVERITY, concern.places, could)
    if not case.clinic.devices and case.places:
        because = "Not known yet: with which device. Its reach and its authorisation decide."
        designs = frozenset(device.design for device in protocol.devices.values())
        could = _could_make_fire(survey, {"labelled": frozenset({"yes", "no"}), "device-design": designs})
        yield _asking(DEVICE_OPEN, "Device not said", because, DEVICES, case.places, could)


def _asking(rule: str, title: str, because: str, fact: str, places: tuple[str, ...], could: Verdict) -> Reason:
    facts = (FactUsed(fact, ""),)
    return Reason(rule, title, Verdict.ASK, Scope.ZONE, places, because, _UNANSWERED_MARK, facts, could_become=(could,))


def _could_make_fire(survey: Survey, values: Mapping[str, frozenset[str]]) -> Verdict:
    """The most cautious verdict of the rules that one of these values of inputs makes fire, where all else in them
    holds already."""
    index = survey.protocol.index
    worst = LEAST
    for position in sorted({position for name in values for position in index.by_input.get(name, ())}):
        rule = index.rules[position]
        for spot in survey.spots(rule.scope):
            if _fires_at_some(rule, spot, values):
                worst = max(worst, softened(rule, spot) or LEAST)
    return worst


def _fires_at_some(rule: Rule, spot: Spot, values: Mapping[str, frozenset[str]]) -> bool:
    if rule.regions and spot.inputs["zone-region"].isdisjoint(rule.regions):
        return False
    for way in rule.any:
        told = [cell for cell in way.all if cell.input in values]
        rest = [cell for cell in way.all if cell.input not in values]
        may_hold = bool(told) and all(_takes_some(cell, values[cell.input]) for cell in told)
        if may_hold and all_hold(rest, spot.lookup, spot.inputs, spot.on) is True:
            return True
    return False


def _takes_some(cell: Cell, values: frozenset[str]) -> bool:
    return not values.isdisjoint(cell.one_of) if cell.one_of else not values.issubset(cell.none_of)


def open_questions(survey: Survey, reasons: Iterable[Reason]) -> tuple[Question, ...]:
    """Open questions, the most decisive first; none before one that decides whether it applies."""
    worst: dict[str, Verdict] = {}
    asked_by: dict[str, list[Reason]] = {}
    for reason in reasons:
        if reason.verdict is Verdict.ASK:
            for used, could in zip(reason.facts, reason.could_become, strict=True):
                worst[used.fact] = max(worst.get(used.fact, could), could)
                asked_by.setdefault(used.fact, []).append(reason)
    found = [_question(name, could, asked_by[name], survey) for name, could in worst.items()]
    return tuple(_in_order(found, survey.protocol.index))


def _in_order(questions: list[Question], index: Index) -> Iterable[Question]:
    by_fact = {question.fact: question for question in questions}
    hang_on = {name: (index.asked_reads.get(name, frozenset()) & by_fact.keys()) - {name} for name in by_fact}
    placed: dict[str, Question] = {}

    def place(question: Question) -> None:
        before = hang_on[question.fact]
        for first in ranked if before else ():
            if first.fact in before and first.fact not in placed:
                place(first)
        placed[question.fact] = question

    def rank(question: Question) -> tuple[int, bool, bool, int]:
        depends = bool(hang_on[question.fact])
        return -question.could_become, depends, question.scope is not Scope.PERSON, -len(question.places)

    ranked = sorted(questions, key=rank)
    for question in ranked:
        if question.fact not in placed:
            place(question)
    return placed.values()


def _question(name: str, could_become: Verdict, asked_by: list[Reason], survey: Survey) -> Question:
    if name in _ASKED_BECAUSE:
        named = {place for reason in asked_by for place in reason.places}
        places = tuple(place for place in survey.case.places if place in named)
        text = _text_of_unsaid(name, survey)
        return Question(name, text, _ASKED_BECAUSE[name], could_become, Scope.ZONE, places, _BY_PRACTITIONER)
    fact = survey.protocol.facts[name]
    places = tuple(_asked_at(fact, asked_by, survey))
    spots = [survey.places[place] for place in places] or [survey.person]
    text = _asked_of(fact, spots if name in survey.by_place else spots[:1])
    return Question(name, text, fact.asked_because, could_become, fact.scope, places, fact.answered_by)


def _text_of_unsaid(name: str, survey: Survey) -> str:
    if name == DEVICES:
        return "Which device is used?"
    open_ones = [one.indication for one in survey.case.concerns if not one.severity]
    return f"How marked is it? ({'; '.join(survey.protocol.indications[one].label for one in open_ones)})"


def _asked_at(fact: Fact, asked_by: list[Reason], survey: Survey) -> Iterator[str]:
    """The places at which something asks this question, in the order wished."""
    if fact.scope is Scope.PERSON:
        return
    found: set[str] = set()
    for reason in asked_by:
        here = reason.places or survey.case.places
        if reason.scope is Scope.PERSON or (reason.scope is Scope.REGION and fact.scope is Scope.ZONE):
            # The rule looks at several places at once; the answer may be missing at some of them only.
            here = tuple(place for place in here if _is_incomplete(fact, survey.places[place])) or here
        found.update(here)
    yield from (place for place in survey.case.places if place in found)


def _is_incomplete(fact: Fact, spot: Spot) -> bool:
    return any(one is None or any(_missing_parts(fact, one)) for one in spot.lookup(fact.id))


def _asked_of(fact: Fact, spots: list[Spot]) -> str:
    """The question; where it is answered but for a part, with what is missing."""
    known = [spot.lookup(fact.id) for spot in spots]
    parts = (part for one in known if None not in one for a in one if a is not None for part in _missing_parts(fact, a))
    return " ".join(dict.fromkeys((fact.question, *parts)))


def _missing_parts(fact: Fact, answer: Answer) -> Iterator[str]:
    """What an answer leaves out: its kind, its day."""
    if answer.status == _HAPPENED and fact.what and answer.what is None:
        yield "Of which kind?"
    if answer.on is None and (answer.status == _HAPPENED or answer.status in fact.dated):
        yield "On which day?"
