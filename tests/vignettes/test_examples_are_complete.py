"""The example files are what they claim to be: complete, invented, and together a picture of the whole protocol."""

import re

import pytest

from needlewise.knowledge import Kind, Protocol, Verdict
from tests.vignettes.cards import EXAMPLES, ON, consult_example, example_names, tables_of_example

WITH_OPEN_QUESTIONS = "open-questions"
FIRST = "acne-scars-type-iii"
WITHOUT_FIGURES = "third-session"


@pytest.mark.parametrize("name", example_names())
def test_the_first_line_says_in_one_sentence_what_the_file_shows(name: str) -> None:
    first, second, *_ = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"# [A-Z][^.]{20,160}\.", first), first
    assert second.startswith("# Invented")
    assert ON.isoformat() in second


@pytest.mark.parametrize("name", example_names())
def test_nobody_is_named(name: str) -> None:
    assert "name" not in tables_of_example(name)["patient"]


@pytest.mark.parametrize("name", [name for name in example_names() if name != WITH_OPEN_QUESTIONS])
def test_no_question_is_left_open(name: str, protocol: Protocol) -> None:
    result = consult_example(name, protocol)
    assert not result.questions
    assert not [reason for reason in result.reasons if reason.verdict is Verdict.ASK]


def test_the_file_about_open_questions_leaves_some_open(protocol: Protocol) -> None:
    assert consult_example(WITH_OPEN_QUESTIONS, protocol).questions


@pytest.mark.parametrize("name", example_names())
def test_no_file_answers_what_nobody_asks(name: str, protocol: Protocol) -> None:
    """An answer to a question that does not apply would teach the reader of an example to write too much."""
    tables = tables_of_example(name)
    regions = {
        protocol.places[place].zone.region
        for concern in tables["concern"]
        for zone in concern["zones"]
        for place in protocol.places
        if zone in (place, protocol.places[place].zone.id)
    }
    facts = tables["facts"]
    assert "face" in regions or not {"rosacea", "cold-sore-history"} & set(facts)
    assert tables["patient"]["sex"] == "female" or not {"pregnant", "breastfeeding"} & set(facts)
    assert all(protocol.facts[fact].kind is not Kind.CLEARANCE for fact in facts)


def test_together_they_show_every_indication(protocol: Protocol) -> None:
    by_goal = {goal.id: indication.id for indication in protocol.indications.values() for goal in indication.goal}
    concerns = [concern for name in example_names() for concern in tables_of_example(name)["concern"]]
    shown = {concern.get("indication") or by_goal[concern["goal"]] for concern in concerns}
    assert shown == set(protocol.indications)


def test_together_they_show_every_skin_type_and_both_sexes(protocol: Protocol) -> None:
    people = [tables_of_example(name)["patient"] for name in example_names()]
    assert {person.get("phototype") for person in people} >= set(protocol.facts["phototype"].options)
    assert {person["sex"] for person in people} == {"female", "male"}


def test_together_they_show_every_verdict(protocol: Protocol) -> None:
    results = [consult_example(name, protocol) for name in example_names()]
    assert {result.verdict for result in results} == set(Verdict)


def test_together_they_show_every_kind_of_decision(protocol: Protocol) -> None:
    results = {name: consult_example(name, protocol) for name in example_names()}
    tables = {name: tables_of_example(name) for name in example_names()}
    assert any(result.eligible_on for result in results.values()), "put off to a day"
    assert any(result.plan and result.plan.signable for result in results.values()), "signed"
    assert any("clearance" in table for table in tables.values()), "a clearance"
    assert any("override" in table for table in tables.values()), "an override"
    assert any("adopted" in table.get("clinic", {}) for table in tables.values()), "an adopted zone"
    assert any("weekdays" in table.get("clinic", {}) for table in tables.values()), "weekdays"
    assert any(table.get("plan", {}).get("visit") == "session" for table in tables.values()), "a running course"
    assert any(result.numbing for result in results.values()), "numbing cream"
    assert any(len(table["concern"]) > 1 for table in tables.values()), "several goals"
    assert any(concern.left_out for r in results.values() if r.plan for concern in r.plan.concerns), "a zone left out"


def test_of_the_examples_with_figures_of_a_device_every_session_has_a_dose(protocol: Protocol) -> None:
    with_figures = [name for name in example_names() if tables_of_example(name).get("clinic", {}).get("device")]
    assert FIRST in with_figures
    assert len(with_figures) >= 5
    for name in with_figures:
        plan = consult_example(name, protocol).plan
        assert plan is not None
        missing = {one for visit in plan.sessions for zone in visit.zones for one in zone.dose.missing}
        assert not missing, name
        assert plan.sessions, name


def test_one_example_shows_what_is_missing_where_no_figures_are_entered(protocol: Protocol) -> None:
    plan = consult_example(WITHOUT_FIGURES, protocol).plan
    assert plan is not None
    assert all(zone.dose.missing for visit in plan.sessions for zone in visit.zones)


def test_a_device_has_the_same_figures_wherever_it_stands_and_none_that_its_record_states(protocol: Protocol) -> None:
    """Two sets of invented figures for one pen would look as if somebody knew of two."""
    rows = [row for name in example_names() for row in tables_of_example(name).get("clinic", {}).get("device", ())]
    assert all(row == other for row in rows for other in rows if row["id"] == other["id"])
    for row in rows:
        needles = protocol.devices[row["id"]].needles
        assert not (needles and needles.count and "needle_count" in row), row
        assert not (needles and needles.diameter_mm and "needle_diameter_mm" in row), row
        assert not (needles and needles.strokes_per_second_max and "strokes_per_second" in row), row


def test_the_first_case_of_the_readme_is_plain_and_can_be_signed(protocol: Protocol) -> None:
    result = consult_example(FIRST, protocol)
    assert result.verdict <= Verdict.CAUTION
    assert result.plan is not None
    assert result.plan.signable
    assert {zone.device for visit in result.plan.sessions for zone in visit.zones} == {"skinpen_precision"}
    assert not [out for concern in result.plan.concerns for out in concern.left_out]
