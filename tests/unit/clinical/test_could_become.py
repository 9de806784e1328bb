"""What an open question could become, against trying every answer: the worst verdict that one answer newly causes."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from needlewise.clinical.case import Case
from needlewise.clinical.questions import DEVICES, SEVERITY, Question
from needlewise.consultation import Consultation, consult, read_case
from needlewise.errors import CaseError
from needlewise.knowledge import Fact, Kind, Protocol, Scope, Verdict, facts_of
from tests.vignettes.cards import ON, example_names, tables_of_example

PATIENT = {"birth-date": "born", "sex": "sex", "phototype": "phototype"}
# The edges of the waits in between matter less: a day within every wait, one between two, one past all.
DAYS_AGO = (0, 200, 4000)
ADULT_DAYS = 18 * 365
SHARE = 4


def without(tables: dict[str, Any], *names: str) -> dict[str, Any]:
    """The case with some answers not given."""
    facts = {name: value for name, value in tables["facts"].items() if name not in names}
    patient = {key: value for key, value in tables["patient"].items() if key not in {PATIENT.get(n) for n in names}}
    return {**tables, "facts": facts, "patient": patient}


def days_in(case: Case) -> set[date]:
    """Every day that some answers name."""
    return {answer.on for known in case.answers.values() for answer in known if answer.on is not None} - {case.born}


def answers_to(fact: Fact, on: date, named: set[date]) -> Iterator[Any]:
    """Answers of every kind, dated ones on a few days and those `named` elsewhere, numbers at the bounds of rules."""
    days = sorted({on - timedelta(days=ago) for ago in DAYS_AGO} | named)
    if fact.id == "birth-date":
        yield from (on.replace(year=on.year - years) for years in (10, 17, 20, 40, 70))
    elif fact.kind is Kind.EVENT:
        yield "never"
        happened = [{"on": day, **({"what": what} if what else {})} for day in days for what in fact.what or ("",)]
        yield from happened
        if named and fact.scope is Scope.ZONE:
            # An event told in another answer too, and a second one beside it.
            lately = [one for one in happened if one["on"] == on]
            yield from ([one, other] for one in happened if one["on"] in named for other in lately)
    elif fact.kind is Kind.MEASURE:
        low, high = fact.range or (0.0, 0.0)
        yield from (number for number in (low, 3, 3.6, 4, 5, high) if low <= number <= high)
    else:
        yield from fact.options
        yield from ({"status": option, "on": day} for option in fact.dated for day in days)
        if fact.kind is Kind.MEDICINE:
            yield from ({"status": option, "prescribed": True} for option in fact.options[1:])


def answered(
    tables: dict[str, Any], question: Question, protocol: Protocol, named: set[date]
) -> Iterator[dict[str, Any]]:
    """The case with each answer to one question."""
    if question.fact == DEVICES:
        yield from ({**tables, "clinic": {**tables.get("clinic", {}), "devices": [name]}} for name in protocol.devices)
    elif question.fact == SEVERITY:
        severities = dict.fromkeys(s for row in protocol.indications.values() for s in row.sessions)
        for severity in severities:
            yield {**tables, "concern": [{"severity": severity, **concern} for concern in tables["concern"]]}
    else:
        told_twice = {c.fact for rule in protocol.rules.values() for one in rule.exemptions for c in one.same_day}
        for value in answers_to(protocol.facts[question.fact], ON, named if question.fact in told_twice else set()):
            yield {**tables, "facts": {**tables["facts"], question.fact: value}}


Fired = tuple[str, Verdict, str, tuple[Any, ...]]


def fired(result: Consultation, protocol: Protocol) -> set[Fired]:
    """What rules say, place by place, and what they read for it."""
    return {
        (reason.rule, reason.verdict, place, reason.facts)
        for reason in result.reasons
        if reason.rule in protocol.rules and reason.verdict is not Verdict.ASK
        for place in reason.places or ("",)
    }


def worst_by_trying(
    tables: dict[str, Any], known: set[Fired], question: Question, protocol: Protocol, named: set[date]
) -> Verdict:
    """The most cautious verdict that some answer newly causes. `adjust` is the least any open question is worth."""
    worst = Verdict.ADJUST
    for changed in answered(tables, question, protocol, named):
        try:
            case = read_case(changed, protocol, ON)
        except CaseError:
            continue
        new = fired(consult(case, protocol, ON), protocol) - known
        worst = max([worst, *(verdict for _, verdict, _, _ in new)])
    return worst


def linked(protocol: Protocol) -> set[frozenset[str]]:
    """Pairs of questions of which one may hang on the other: read by one rule, or one decides whether the other applies."""
    pairs = set()
    for rule in protocol.rules.values():
        names = {protocol.facts[name].derived_from or name for name in facts_of(rule)}
        pairs |= {frozenset({one, other}) for one in names for other in names if one != other}
    for fact in protocol.facts.values():
        names = {protocol.facts[cell.fact].derived_from or cell.fact for cell in fact.asked_when if cell.fact}
        pairs |= {frozenset({fact.id, name}) for name in names}
    return pairs


def check(tables: dict[str, Any], protocol: Protocol) -> None:
    case = read_case(tables, protocol, ON)
    before = consult(case, protocol, ON)
    named = days_in(case)
    for question in before.questions:
        tried = worst_by_trying(tables, fired(before, protocol), question, protocol, named)
        if question.fact == "birth-date" and any((ON - day).days > ADULT_DAYS for day in named):
            # A bound: who named a day that long ago was born before it, which only the reader of the case knows.
            assert tried <= question.could_become
            continue
        assert question.could_become == tried, f"{question.fact}: {question.could_become.word}, tried {tried.word}"


@pytest.mark.parametrize("name", example_names())
def test_it_is_the_worst_that_one_answer_causes_where_one_answer_is_missing(name: str, protocol: Protocol) -> None:
    tables = tables_of_example(name)
    check(tables, protocol)
    answers = [*tables["facts"], *(fact for fact, key in PATIENT.items() if key in tables["patient"])]
    # Where a letter counts, every answer; else each in some of the examples, because there are so many.
    share = 1 if "clearance" in tables else SHARE
    for fact in answers[example_names().index(name) % share :: share]:
        check(without(tables, fact), protocol)


@pytest.mark.parametrize("name", example_names()[::6])
def test_it_is_the_worst_that_one_answer_causes_where_two_linked_answers_are_missing(
    name: str, protocol: Protocol
) -> None:
    tables = tables_of_example(name)
    for pair in sorted(linked(protocol), key=sorted):
        check(without(tables, *pair), protocol)


@pytest.mark.parametrize("visit", ["first", "session"])
def test_it_is_the_worst_that_one_answer_causes_where_nothing_is_answered(visit: str, protocol: Protocol) -> None:
    tables = tables_of_example("acne-scars-type-iii")
    bare = {"concern": [{**tables["concern"][0]}], "patient": {}, "facts": {}, "plan": {"visit": visit}}
    del bare["concern"][0]["severity"]
    check(bare, protocol)
