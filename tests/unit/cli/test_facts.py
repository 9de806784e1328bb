"""needlewise facts: every question as one reads it, and as data."""

import json
import tomllib
from datetime import date

import pytest

from needlewise.cli.facts import written
from needlewise.consultation import read_case
from needlewise.knowledge import facts_of
from tests.unit.cli.conftest import SAVED, TODAY, Cli

ON = date.fromisoformat(TODAY)
PROTOCOL = SAVED(ON)
CONCERN = {"concern": [{"indication": "atrophic-acne-scars", "severity": "mild", "zones": ["cheek"]}]}


def flat(text: str) -> str:
    return " ".join(text.split())


def test_every_question_stands_there_with_its_reason_and_its_answers(cli: Cli) -> None:
    result = cli("facts", "--on", TODAY)
    assert (result.code, result.err) == (0, "")
    page = flat(result.out)
    for fact in PROTOCOL.facts.values():
        assert flat(f"{fact.id}: {fact.question}") in page
        assert flat(fact.asked_because) in page
        assert all(option in page for option in fact.options)
        assert not fact.unit or f" to {fact.range[1]:g} {fact.unit}" in page  # type: ignore[index]


def test_a_question_says_when_it_applies_and_which_rules_read_it(cli: Cli) -> None:
    page = flat(cli("facts", "pregnant", "--on", TODAY).out)
    assert "applies when sex is not male and age-years at least 12, at most 60" in page
    assert "read by pregnant-or-breastfeeding" in page
    assert "asked once, of the patient" in page


def test_a_count_says_that_it_is_whole_and_a_birth_that_it_has_a_day(cli: Cli) -> None:
    assert "answers a whole number from 0 to 20 sessions" in flat(cli("facts", "sessions-done", "--on", TODAY).out)
    assert "answers a number from 0.3 to 6 mm" in flat(cli("facts", "skin-thickness", "--on", TODAY).out)
    assert "answers a day written" in flat(cli("facts", "birth-date", "--on", TODAY).out)
    (row,) = json.loads(cli("facts", "sessions-done", "--format", "json", "--on", TODAY).out)
    assert row["whole"] is True


def test_a_topic_is_found_however_it_is_written(cli: Cli) -> None:
    assert cli("facts", "Numbing cream", "--on", TODAY).out == cli("facts", "numbing-cream", "--on", TODAY).out
    assert "isotretinoin:" not in cli("facts", "numbing-cream", "--on", TODAY).out


def test_an_unknown_question_is_wrong_use_with_the_nearest_one(cli: Cli) -> None:
    result = cli("facts", "isotretinon", "--on", TODAY)
    assert (result.code, result.out) == (2, "")
    assert "did you mean `isotretinoin`?" in result.err


@pytest.mark.parametrize("fact", PROTOCOL.facts.values(), ids=lambda fact: fact.id)
def test_the_answer_shown_as_an_example_is_one_that_a_case_file_takes(fact: object) -> None:
    text = written(fact)  # type: ignore[arg-type]
    case = read_case({**CONCERN, "facts": tomllib.loads(text)}, PROTOCOL, ON)
    assert bool(case.answers) is bool(text)


def test_the_json_form_names_the_rules_that_read_each_question(cli: Cli) -> None:
    rows = {row["id"]: row for row in json.loads(cli("facts", "--format", "json", "--on", TODAY).out)}
    assert set(rows) == set(PROTOCOL.facts)
    for name, row in rows.items():
        assert set(row["rules"]) == {rule.id for rule in PROTOCOL.rules.values() if name in facts_of(rule)}
    assert rows["inr"]["range"] == list(PROTOCOL.facts["inr"].range or ())


def test_goals_are_listed_with_their_indication_and_what_stands_behind_them(cli: Cli) -> None:
    page = cli("facts", "--goals", "--on", TODAY).out
    rows = {row["id"]: row for row in json.loads(cli("facts", "--goals", "--format", "json", "--on", TODAY).out)}
    for indication in PROTOCOL.indications.values():
        for goal in indication.goal:
            assert f"{goal.id}: {goal.words}" in page
            assert rows[goal.id]["indication"] == indication.id
    assert "firmer skin (no protocol stands behind it)" in page


def test_goals_and_a_question_at_once_make_no_sense(cli: Cli) -> None:
    assert cli("facts", "inr", "--goals").code == 2
