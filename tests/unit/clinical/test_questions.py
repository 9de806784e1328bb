"""Open questions: where and how they are asked, in which order, what lacks only its day, and what the case itself lacks."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from needlewise.clinical.questions import DEVICES, SEVERITY, Question
from needlewise.consultation import Consultation
from needlewise.knowledge import Alternative, Cell, Protocol, Scope, Verdict
from needlewise.knowledge._index import build_index
from tests.vignettes.cards import ON, consult_tables, tables_of_example

FIRST = "acne-scars-type-iii"
CHEEKS = ("cheek-left", "cheek-right")


def case(**facts: Any) -> dict[str, Any]:
    """A complete case with some answers replaced; None takes an answer away."""
    tables = tables_of_example(FIRST)
    for name, value in facts.items():
        fact = name.replace("_", "-")
        tables["facts"].pop(fact, None)
        tables["facts"] |= {} if value is None else {fact: value}
    return tables


def asked(result: Consultation, fact: str) -> Question:
    return next(question for question in result.questions if question.fact == fact)


@pytest.mark.parametrize("visit", ["first", "maintenance"])
@pytest.mark.parametrize("needled", [{"depth_mm": 1.0}, {"status": "happened"}])
def test_an_earlier_needling_on_an_unknown_day_is_asked_for_and_not_signed(
    needled: dict[str, Any], visit: str, protocol: Protocol
) -> None:
    """Nobody knows whether the place has rested."""
    since = {"recovery_normal": "yes", "open_adverse_event": "no", "new_complication": "none"}
    rest = {**since, "infection_or_herpes_since_last": "none", "change_since_start": 2, "sessions_done": 1}
    tables = case(previous_needling=needled, **(rest if visit == "maintenance" else {}))
    tables["plan"]["visit"] = visit
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.ASK
    assert result.plan is not None
    assert not result.plan.signable
    question = asked(result, "previous-needling")
    assert question.text.endswith("On which day?")
    assert question.places == CHEEKS
    assert any(reason.because.endswith("On which day?") for reason in result.reasons)


def test_an_earlier_needling_is_asked_for_only_where_its_day_is_not_known(protocol: Protocol) -> None:
    dated = {"on": ON - timedelta(days=90), "where": ["cheek-left"]}
    tables = case(previous_needling=[dated, {"status": "happened", "where": ["cheek-right"]}])
    result = consult_tables(tables, protocol)
    assert asked(result, "previous-needling").places == ("cheek-right",)
    assert {zone.place: zone.verdict >= Verdict.ASK for zone in result.zones} == {
        "cheek-left": False,
        "cheek-right": True,
    }


def test_an_earlier_needling_with_its_day_asks_nothing(protocol: Protocol) -> None:
    assert not consult_tables(case(previous_needling={"on": date(2026, 1, 2)}), protocol).questions


def test_an_event_that_may_be_left_unanswered_may_lack_its_day(protocol: Protocol) -> None:
    assert not consult_tables(case(social_event={"status": "happened"}), protocol).questions


def test_a_clinics_own_rule_that_reads_the_day_in_some_cases_does_not_hide_that_it_is_unknown(
    protocol: Protocol,
) -> None:
    """A rule that reads the day only beside something else does not ask for it in every case."""
    rule = replace(
        protocol.rules["smoking"],
        id="ours",
        any=(
            Alternative(
                all=(
                    Cell(fact="smoking", one_of=("yes",)),
                    Cell(fact="previous-needling", days_since_below=60),
                )
            ),
        ),
    )
    rules = {**protocol.rules, "ours": rule}
    index = replace(build_index(rules.values(), protocol.facts), undated=protocol.index.undated)
    tables = case(previous_needling={"status": "happened"})
    result = consult_tables(tables, replace(protocol, rules=rules, index=index))
    assert result.verdict is Verdict.ASK


@pytest.mark.parametrize(
    ("fact", "answer", "lacking"),
    [
        ("herpes_outbreak", {"status": "healed"}, "On which day?"),
        ("inflammatory_acne", {"status": "healed"}, "On which day?"),
        ("sunburn", {"status": "happened"}, "On which day?"),
        ("radiotherapy_past", {"status": "happened"}, "On which day?"),
        ("laser_or_peel", {"on": ON - timedelta(days=10)}, "Of which kind?"),
    ],
)
def test_an_answer_that_lacks_a_part_is_asked_for_it_where_it_counts(
    fact: str, answer: dict[str, Any], lacking: str, protocol: Protocol
) -> None:
    result = consult_tables(case(**{fact: answer}), protocol)
    question = asked(result, fact.replace("_", "-"))
    assert question.places == CHEEKS
    assert question.text.endswith(lacking)


def test_an_answer_about_the_person_that_lacks_its_day_has_no_places(protocol: Protocol) -> None:
    question = asked(consult_tables(case(isotretinoin={"status": "stopped"}), protocol), "isotretinoin")
    assert question.scope is Scope.PERSON
    assert question.places == ()
    assert question.text.endswith("On which day?")


def test_a_rule_about_the_person_asks_about_a_place_where_the_answer_is_missing(protocol: Protocol) -> None:
    """Radiotherapy of a year ago defers the whole person; it is asked where it was not said."""
    known = {"status": "never", "where": ["cheek-left"]}
    result = consult_tables(case(radiotherapy_past=[known]), protocol)
    assert asked(result, "radiotherapy-past").places == ("cheek-right",)


def test_places_stand_in_the_order_wished(protocol: Protocol) -> None:
    tables = case(filler=None)
    tables["concern"][0]["zones"] = ["forehead", "cheek", "chin"]
    assert asked(consult_tables(tables, protocol), "filler").places == ("forehead", *CHEEKS, "chin")


def bare(visit: str) -> dict[str, Any]:
    concern = {**tables_of_example(FIRST)["concern"][0]}
    return {"concern": [concern], "plan": {"visit": visit}}


@pytest.mark.parametrize("visit", ["first", "session"])
def test_the_most_decisive_is_asked_first_but_nothing_before_what_it_hangs_on(visit: str, protocol: Protocol) -> None:
    questions = consult_tables(bare(visit), protocol).questions
    place = {question.fact: number for number, question in enumerate(questions)}
    for name, number in place.items():
        for before in (protocol.index.asked_reads.get(name, frozenset()) & place.keys()) - {name}:
            assert place[before] < number, f"{name} before {before}"
    assert questions[0].could_become is Verdict.EXCLUDE
    # What others hang on is lifted among them; of all the rest, none is asked before a more decisive one.
    lifted = {name for one in place for name in protocol.index.asked_reads.get(one, frozenset()) - {one}}
    free = [question.could_become for question in questions if question.fact not in lifted]
    assert free == sorted(free, reverse=True)


@pytest.mark.parametrize("fact", ["anticoagulant-kind", "inr"])
def test_a_question_that_alone_decides_nothing_yet_is_worth_little(fact: str, protocol: Protocol) -> None:
    result = consult_tables(case(anticoagulant=None), protocol)
    assert asked(result, fact).could_become is Verdict.ADJUST


def test_a_question_is_worth_all_that_it_alone_decides(protocol: Protocol) -> None:
    tables = case(anticoagulant="now", anticoagulant_kind="warfarin-type")
    assert asked(consult_tables(tables, protocol), "inr").could_become is Verdict.REFER
    sunburnt = case(sunburn=ON - timedelta(days=20))
    del sunburnt["patient"]["phototype"]
    assert asked(consult_tables(sunburnt, protocol), "phototype").could_become is Verdict.DEFER
    unknown = case(sunburn=None)
    del unknown["patient"]["phototype"]
    assert asked(consult_tables(unknown, protocol), "phototype").could_become is Verdict.ADJUST


def test_what_no_answer_can_cause_does_not_count(protocol: Protocol) -> None:
    never = Alternative(all=(Cell(fact="piercing", none_of=("no", "yes")),))
    rule = replace(protocol.rules["vitiligo"], id="planted", scope=Scope.ZONE, any=(never,))
    rules = {**protocol.rules, "planted": rule}
    planted = replace(protocol, rules=rules, index=build_index(rules.values(), protocol.facts))
    assert asked(consult_tables(case(piercing=None), planted), "piercing").could_become is Verdict.ADJUST


def test_how_marked_it_is_and_the_device_are_questions_too(protocol: Protocol) -> None:
    tables = case()
    del tables["concern"][0]["severity"]
    del tables["clinic"]
    tables["concern"].append({"goal": "smoother-texture", "zones": ["chin"]})
    result = consult_tables(tables, protocol)
    severity, devices = asked(result, SEVERITY), asked(result, DEVICES)
    assert protocol.indications["atrophic-acne-scars"].label in severity.text
    assert severity.places == CHEEKS
    assert devices.places == (*CHEEKS, "chin")
    for question in (severity, devices):
        assert question.text.rstrip(")").endswith(("?", "scars"))
        assert question.asked_because
        assert question.answered_by == "practitioner"
        assert question.scope is Scope.ZONE
    # A radiofrequency device would exclude; how marked it is decides only the number of sessions.
    assert devices.could_become is Verdict.EXCLUDE
    assert severity.could_become is Verdict.ADJUST


def test_every_question_has_a_reason_that_asks_it_and_every_asking_reason_a_question(protocol: Protocol) -> None:
    tables = bare("session")
    del tables["concern"][0]["severity"]
    result = consult_tables(tables, protocol)
    asking = [reason for reason in result.reasons if reason.verdict is Verdict.ASK]
    assert {used.fact for reason in asking for used in reason.facts} == {q.fact for q in result.questions}
    assert all(reason.facts for reason in asking)
