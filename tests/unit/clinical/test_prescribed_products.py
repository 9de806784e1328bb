"""What was prescribed goes on until its prescriber has been asked; what one bought oneself pauses; both may be true."""

from datetime import date, timedelta
from typing import Any

import pytest

from needlewise.clinical.timeline import Entry, Instruction
from needlewise.consultation import Consultation, consult, read_case
from needlewise.knowledge import BOUGHT, Kind, Protocol, Scope, Verdict
from needlewise.verification.consultations import quiet_case

PAUSING = (Entry.PAUSE, Entry.RESTART, Entry.AVOID)
CREAMS = [
    "topical-retinoid",
    "exfoliating-acid",
    "benzoyl-peroxide-or-topical-antibiotic",
    "hydroquinone",
    "vitamin-c-product",
    "scrub-or-brush",
]
PRESCRIBED = {"status": "now", "prescribed": True}


def consulted(protocol: Protocol, on: date, **facts: Any) -> Consultation:
    data = quiet_case(protocol, on)
    answers = {**data["facts"], **{name.replace("_", "-"): value for name, value in facts.items()}}
    return consult(read_case({**data, "facts": answers}, protocol, on), protocol, on)


def of_product(result: Consultation, fact: str, protocol: Protocol) -> list[Instruction]:
    """The instructions of every care row that pauses a product."""
    rows = {f"preparation:{row.id}" for row in protocol.preparation.values() if row.fact == fact}
    rows |= {f"aftercare:{row.id}" for row in protocol.aftercare.values() if fact in row.restarts}
    return [entry for entry in result.timeline if entry.row in rows]


def medicines(protocol: Protocol) -> list[str]:
    return [fact.id for fact in protocol.facts.values() if fact.kind is Kind.MEDICINE]


def test_no_prescribed_product_is_paused_and_no_date_rests_on_it(protocol: Protocol, today: date) -> None:
    quiet = consulted(protocol, today)
    assert quiet.plan is not None
    for fact in medicines(protocol):
        used = "now-prescribed" if "now-prescribed" in protocol.facts[fact].options else PRESCRIBED
        result = consulted(protocol, today, **{fact: used})
        about = [reason for reason in result.reasons if fact in {one.fact for one in reason.facts}]
        assert all(reason.earliest_on is None for reason in about), fact
        paused = [
            entry.text for entry in of_product(result, fact, protocol) if entry.kind in (Entry.PAUSE, Entry.RESTART)
        ]
        assert paused == [], fact


@pytest.mark.parametrize("fact", CREAMS)
def test_a_prescribed_product_keeps_going_before_and_after_in_words_of_its_own(
    fact: str, protocol: Protocol, today: date
) -> None:
    said = of_product(consulted(protocol, today, **{fact: PRESCRIBED}), fact, protocol)
    assert {entry.kind for entry in said} == {Entry.ASK}
    assert all(entry.text.startswith("Keep using") for entry in said)
    rows = [row for row in protocol.aftercare.values() for one in row.prescribed if one.fact == fact]
    assert {entry.text for entry in said if entry.hours_from is not None} == {
        one.text for row in rows for one in row.prescribed if one.fact == fact
    }


def test_each_prescribed_product_has_its_own_words(protocol: Protocol, today: date) -> None:
    def words(fact: str) -> set[str]:
        return {entry.text for entry in of_product(consulted(protocol, today, **{fact: PRESCRIBED}), fact, protocol)}

    assert not any("vitamin A" in text for text in words("hydroquinone") | words("exfoliating-acid"))
    assert not any("painkiller" in text for text in words("fish-oil-or-vitamin-e"))
    assert any("vitamin A" in text for text in words("topical-retinoid"))


@pytest.mark.parametrize("fact", CREAMS)
def test_what_is_used_both_prescribed_and_bought_is_told_both(fact: str, protocol: Protocol, today: date) -> None:
    both = [{**PRESCRIBED, "where": ["cheek"]}, {"status": "now", "where": ["forehead"]}, {"status": "never"}]
    said = of_product(consulted(protocol, today, **{fact: both}), fact, protocol)
    kept = [entry for entry in said if entry.kind is Entry.ASK]
    paused = [entry for entry in said if entry.kind in PAUSING]
    assert {entry.hours_from is None for entry in kept} == {True, False}
    assert {entry.kind for entry in paused} == set(PAUSING)
    assert all(BOUGHT in entry.text for entry in paused)


def test_where_one_of_several_products_is_bought_the_other_still_goes_on(protocol: Protocol, today: date) -> None:
    result = consulted(protocol, today, topical_retinoid=PRESCRIBED, exfoliating_acid="now")
    a09 = [entry for entry in result.timeline if entry.row == "aftercare:A09"]
    assert {entry.kind for entry in a09} == {Entry.ASK, Entry.AVOID}
    assert all("vitamin A cream" in entry.text for entry in a09 if entry.kind is Entry.ASK)
    assert all(BOUGHT in entry.text for entry in a09 if entry.kind is Entry.AVOID)


def test_a_prescribed_vitamin_a_cream_moves_no_date_and_someone_takes_note(protocol: Protocol, today: date) -> None:
    result = consulted(protocol, today, topical_retinoid=PRESCRIBED)
    (reason,) = [reason for reason in result.reasons if reason.rule == "topical-retinoid"]
    assert (reason.verdict, reason.earliest_on, reason.wait_kind) == (Verdict.CAUTION, None, None)
    assert "keep using it just as prescribed" in reason.because
    assert result.plan is not None
    assert result.plan.sessions[0].on == consulted(protocol, today).plan.sessions[0].on  # type: ignore[union-attr]
    assert "topical-retinoid" in result.plan.to_acknowledge
    assert not result.plan.signable


def test_a_bought_one_beside_it_still_moves_the_first_visit_of_its_place(protocol: Protocol, today: date) -> None:
    both = [{**PRESCRIBED, "where": ["cheek"]}, {"status": "now", "where": ["forehead"]}, {"status": "never"}]
    result = consulted(protocol, today, topical_retinoid=both)
    days = {(r.verdict, r.earliest_on): r.places for r in result.reasons if r.rule == "topical-retinoid"}
    assert days == {
        (Verdict.CAUTION, None): ("cheek-left", "cheek-right"),
        (Verdict.ADJUST, today + timedelta(days=7)): ("forehead",),
    }


def test_both_kinds_at_one_place_give_both_reasons(protocol: Protocol, today: date) -> None:
    result = consulted(protocol, today, topical_retinoid=[PRESCRIBED, {"status": "now"}])
    found = {(r.verdict, r.earliest_on) for r in result.reasons if r.rule == "topical-retinoid"}
    assert found == {(Verdict.CAUTION, None), (Verdict.ADJUST, today + timedelta(days=7))}


def test_a_prescribed_product_that_was_stopped_is_waited_for_like_any_other(protocol: Protocol, today: date) -> None:
    stopped = {"status": "stopped", "on": today - timedelta(days=2), "prescribed": True}
    result = consulted(protocol, today, topical_retinoid=stopped)
    (reason,) = [reason for reason in result.reasons if reason.rule == "topical-retinoid"]
    assert reason.earliest_on == today + timedelta(days=5)


def test_fish_oil_that_a_doctor_prescribed_is_kept_like_a_prescribed_painkiller(
    protocol: Protocol, today: date
) -> None:
    result = consulted(protocol, today, fish_oil_or_vitamin_e=PRESCRIBED)
    (reason,) = [reason for reason in result.reasons if reason.rule == "painkiller-or-supplement"]
    assert (reason.verdict, reason.earliest_on) == (Verdict.CAUTION, None)
    painkiller = consulted(protocol, today, anti_inflammatory_painkiller="now-prescribed")
    assert {r.verdict for r in painkiller.reasons if r.rule == "prescribed-painkiller"} == {Verdict.CAUTION}


def test_a_question_about_a_product_foresees_the_caution_of_a_prescribed_one(protocol: Protocol, today: date) -> None:
    data = quiet_case(protocol, today)
    data["facts"].pop("topical-retinoid")
    result = consult(read_case(data, protocol, today), protocol, today)
    (question,) = [question for question in result.questions if question.fact == "topical-retinoid"]
    assert question.could_become is Verdict.CAUTION


def test_it_is_asked_whether_every_product_that_pauses_was_prescribed(protocol: Protocol) -> None:
    paused = {row.fact for row in protocol.preparation.values()} | {
        fact for row in protocol.aftercare.values() for fact in row.restarts
    }
    not_asked = {
        fact.id
        for fact in protocol.facts.values()
        if fact.id in paused and fact.kind is Kind.MEDICINE
        if not (fact.prescribed_asked or "now-prescribed" in fact.options)
    }
    # The first two never pause; the last is hardly ever prescribed, and said to be where it is.
    assert not_asked == {"anticoagulant", "antiplatelet", "scrub-or-brush"}
    assert protocol.facts["scrub-or-brush"].scope is Scope.ZONE
