"""What was not asked never counts as no: an answer forgotten never gives a verdict below `ask` nor a plan to be signed."""

import pytest

from needlewise.knowledge import Protocol, Verdict
from tests.vignettes.cards import consult_tables, example_names, tables_of_example

FIRST = "acne-scars-type-iii"
PERSON = tuple(tables_of_example(FIRST)["patient"])
ANSWERS = tuple(tables_of_example(FIRST)["facts"])


@pytest.mark.parametrize("answer", ANSWERS)
def test_forgetting_one_answer_asks_and_is_not_signed(answer: str, protocol: Protocol) -> None:
    tables = tables_of_example(FIRST)
    del tables["facts"][answer]
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.ASK
    assert answer in {question.fact for question in result.questions}
    assert result.plan is not None
    assert result.plan.provisional
    assert not result.plan.signable


@pytest.mark.parametrize("key", PERSON)
def test_forgetting_who_the_person_is_asks_and_is_not_signed(key: str, protocol: Protocol) -> None:
    tables = tables_of_example(FIRST)
    del tables["patient"][key]
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.ASK
    assert {"born": "birth-date"}.get(key, key) in {question.fact for question in result.questions}
    assert result.plan is not None
    assert not result.plan.signable


def test_forgetting_how_marked_the_scars_are_asks_and_is_not_signed(protocol: Protocol) -> None:
    tables = tables_of_example(FIRST)
    del tables["concern"][0]["severity"]
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.ASK
    assert result.plan is not None
    assert not result.plan.signable
    assert len(result.plan.sessions) == 6, "the most sessions of the three, until it is known"


@pytest.mark.parametrize("word", ["unknown", "not-known"])
def test_an_answer_of_not_known_is_no_answer(word: str, protocol: Protocol) -> None:
    tables = tables_of_example(FIRST)
    tables["facts"]["keloid-history"] = word
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.ASK
    assert result.questions[0].fact == "keloid-history"


@pytest.mark.parametrize("name", example_names())
def test_forgetting_any_one_answer_of_any_example_never_lets_a_place_it_speaks_of_be_signed(
    name: str, protocol: Protocol
) -> None:
    """One bad zone never stops the others: a question about the face left open keeps the face out, not the neck."""
    for answer in tables_of_example(name)["facts"]:
        if protocol.facts[answer].optional:
            continue
        tables = tables_of_example(name)
        del tables["facts"][answer]
        result = consult_tables(tables, protocol)
        if result.verdict is Verdict.EXCLUDE:
            continue
        question = next((question for question in result.questions if question.fact == answer), None)
        assert question is not None, answer
        about = set(question.places) or {zone.place for zone in result.zones}
        assert all(zone.verdict >= Verdict.ASK for zone in result.zones if zone.place in about), answer
        assert result.plan is not None
        treated = {zone.place for visit in result.plan.sessions for zone in visit.zones}
        assert not (result.plan.signable and treated & about), answer


def test_a_case_that_names_no_device_is_not_signed(protocol: Protocol) -> None:
    """The device's reach is part of every ceiling, and off-label hangs on it: not named is not known."""
    tables = tables_of_example(FIRST)
    del tables["clinic"]
    result = consult_tables(tables, protocol)
    assert result.plan is None or not result.plan.signable
