"""The practitioner's copy, read back from the PDF."""

from datetime import date
from pathlib import Path

import pytest

from needlewise.clinical.timeline import Entry
from needlewise.interop.days import day_words
from needlewise.interop.handouts import practitioner_pdf
from needlewise.knowledge import Origin, Protocol, Verdict
from tests.unit.interop.chair import EXAMPLES, Sitting, from_example, plain, sitting, text_of, with_products


def copy_of(found: Sitting, protocol: Protocol) -> str:
    return text_of(practitioner_pdf(found.consultation, found.case, protocol))


@pytest.fixture(scope="module")
def ordinary(protocol: Protocol, today: date) -> tuple[Sitting, str]:
    found = with_products(protocol, today)
    return found, copy_of(found, protocol)


def test_the_ladder_shows_all_seven_verdicts(ordinary: tuple[Sitting, str]) -> None:
    for number, verdict in enumerate(Verdict, start=1):
        assert f"{number} {verdict.word}" in ordinary[1]


def test_every_session_stands_with_its_depths_and_bounds(
    ordinary: tuple[Sitting, str], protocol: Protocol, today: date
) -> None:
    found, text = ordinary
    for visit in found.consultation.plan.sessions:
        assert day_words(visit.on, today)["dated"] in text
        for zone in visit.zones:
            passes = f"{zone.passes_min} to {zone.passes}"
            assert f"{zone.depth_mm:g} {zone.ceiling_mm:g} {zone.limit_mm:g} {passes}" in text
    assert "scattered pinpoint bleeding" in text
    assert protocol.devices["skinpen_precision"].name in text
    assert "not known are needle count, strokes per second" in text


def test_every_step_behind_a_number_is_shown_with_its_row_and_mark(ordinary: tuple[Sitting, str]) -> None:
    found, text = ordinary
    for zone in found.consultation.plan.sessions[0].zones:
        for step in zone.trace:
            assert step.text in text
            assert step.row in text
    assert "▸ usable maximum of the device" in text
    assert "our proposal, computed · no source behind it" in text


def test_values_not_read_as_they_stand_are_called_our_proposal(ordinary: tuple[Sitting, str]) -> None:
    found, text = ordinary
    chosen = [e for e in found.consultation.timeline if e.mark.origin is Origin.CHOSEN]
    assert chosen
    assert "our proposal · clinic habit, no study read" in text
    assert "our proposal · label" in text


def test_reasons_stand_with_rule_answers_and_sources(ordinary: tuple[Sitting, str]) -> None:
    found, text = ordinary
    for reason in found.consultation.reasons:
        assert reason.rule in text
        assert reason.because in text
        assert all(f"{used.fact} = {used.said}" in text for used in reason.facts)
        assert all(cite.id in text for cite in reason.mark.sources)


def test_every_source_and_conflict_named_is_listed_in_full(ordinary: tuple[Sitting, str], protocol: Protocol) -> None:
    found, text = ordinary
    marks = [entry.mark for entry in found.consultation.timeline]
    marks += [step.mark for visit in found.consultation.plan.sessions for z in visit.zones for step in z.trace]
    listed = text[text.rindex("Where sources disagree") :]
    for mark in marks:
        assert all(plain(protocol.sources[cite.id].citation) in listed for cite in mark.sources)
        assert all(protocol.conflicts[name].topic in listed for name in mark.conflicts)


def test_edition_and_state_of_review_are_on_every_page(ordinary: tuple[Sitting, str]) -> None:
    found, text = ordinary
    pages = text.count("Page ")
    assert pages == text.count(f"protocol {found.consultation.edition} · compiled")
    assert text.count("not reviewed") >= pages
    assert "Draft: protocol not reviewed" in text


def test_cautions_wait_to_be_acknowledged(protocol: Protocol, today: date) -> None:
    found = sitting(protocol, today, {"smoking": "yes"})
    text = copy_of(found, protocol)
    assert found.consultation.plan.to_acknowledge == ("smoking",)
    assert "Not signable yet" in text
    assert "Before signing" in text
    assert protocol.rules["smoking"].effect in text


def test_open_questions_say_what_they_could_become(protocol: Protocol, today: date) -> None:
    text = copy_of(sitting(protocol, today, {"keloid-history": "unknown"}), protocol)
    assert "Provisional: cannot be signed" in text
    assert f"7 exclude {protocol.facts['keloid-history'].question}" in text


def test_an_exclusion_has_no_plan(protocol: Protocol, today: date) -> None:
    text = copy_of(sitting(protocol, today, {"pregnant": "yes"}), protocol)
    assert "No plan" in text
    assert "Sessions" not in text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_keeps_its_reasons_questions_warnings_and_instructions(
    path: Path, protocol: Protocol, today: date
) -> None:
    found = from_example(path, protocol, today)
    text = copy_of(found, protocol)
    consultation = found.consultation
    assert "[U+" not in text
    for reason in consultation.reasons:
        assert reason.verdict is Verdict.ASK or plain(reason.because) in text
    assert all(plain(question.text) in text for question in consultation.questions)
    assert all(plain(warning) in text for warning in consultation.warnings)
    rows = {e.row for e in consultation.timeline if e.kind not in (Entry.VISIT, Entry.CHECK_IN, Entry.RESTART)}
    assert all(row in text for row in rows)
    for concern in consultation.plan.concerns if consultation.plan else ():
        assert all(protocol.places[out.place].label in text for out in concern.left_out)


def test_what_no_plan_can_hold_is_listed_for_the_session(ordinary: tuple[Sitting, str], protocol: Protocol) -> None:
    _, text = ordinary
    listed = text[text.index("In the session") : text.index("Practitioner Date")]
    assert [limit.id for limit in protocol.session_limits] == ["H9", "H10", "H13", "H15"]
    for limit in protocol.session_limits:
        assert f"{plain(limit.text)} {limit.id}" in listed
        for cite in limit.mark.sources:
            assert plain(protocol.sources[cite.id].citation) in text[text.index("Citation, and the part read") :]
    (pain,) = protocol.session_stops
    assert f"Stop: {pain.text} {pain.action} {pain.id}" in listed


def test_without_a_session_there_is_no_list_for_one(protocol: Protocol, today: date) -> None:
    assert "In the session" not in copy_of(sitting(protocol, today, {"pregnant": "yes"}), protocol)


def test_a_stricter_choice_stands_beside_its_rule(protocol: Protocol, today: date) -> None:
    text = copy_of(sitting(protocol, today, {"filler": {"on": "2026-11-20"}}), protocol)
    assert "Stricter choice: 180 days, for a clinic’s own overlay." in text


def test_a_wish_without_a_protocol_is_said(protocol: Protocol, today: date) -> None:
    concern = [{"goal": "smaller-pores", "zones": ["cheek"]}]
    goal = protocol.goal("texture-pores-tone", "smaller-pores")
    assert goal
    assert plain(goal.unsupported_because) in copy_of(sitting(protocol, today, concern=concern), protocol)
