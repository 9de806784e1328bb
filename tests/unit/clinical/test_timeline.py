"""The timeline: what is put on the skin and when it stays bare, and what holds only under a condition."""

from datetime import date, timedelta
from typing import Any

import pytest

from needlewise.clinical.timeline import Entry, Instruction
from needlewise.clinical.visits import SESSION, TEST_PATCH
from needlewise.consultation import Consultation, consult, read_case
from needlewise.interop.document import as_document
from needlewise.knowledge import Kind, Protocol, Verdict
from needlewise.verification.consultations import quiet_case

DAY = timedelta(days=1)


def consulted(protocol: Protocol, on: date, without: tuple[str, ...] = (), **facts: Any) -> Consultation:
    data = quiet_case(protocol, on)
    answers = {**data["facts"], **{name.replace("_", "-"): value for name, value in facts.items()}}
    for name in without:
        answers.pop(name, None)
    data = {**data, "facts": answers, "plan": {"start_on": on + timedelta(days=40)}}
    return consult(read_case(data, protocol, on), protocol, on)


def rows(result: Consultation, *names: str) -> list[Instruction]:
    return [entry for entry in result.timeline if entry.row.partition(":")[2] in names]


def needled(result: Consultation) -> list[date]:
    assert result.plan is not None
    return [visit.on for visit in result.plan.visits if visit.kind in (TEST_PATCH, SESSION)]


@pytest.mark.parametrize("phototype", ["II", "V"])
def test_nothing_is_put_on_the_skin_while_it_stays_bare(phototype: str, protocol: Protocol, today: date) -> None:
    result = consulted(protocol, today, phototype=phototype)
    sunscreen = rows(result, "sunscreen", "sunscreen_dark", "A04", "A04-dark")
    assert {entry.row.partition(":")[0] for entry in sunscreen} == {"preparation", "aftercare"}
    assert all(entry.kind is Entry.DO and "sunscreen" in entry.text for entry in sunscreen)
    for session in needled(result):
        for entry in sunscreen:
            assert entry.until is not None
            # What counts in hours begins after the bare hours; what counts in days leaves their last day free too.
            free_from = session + (DAY if entry.hours_from else 2 * DAY)
            assert entry.until <= session or entry.from_on >= free_from, entry


@pytest.mark.parametrize(("phototype", "days", "row"), [("II", 14, "sunscreen"), ("V", 28, "sunscreen_dark")])
def test_sunscreen_is_told_so_many_days_before_every_session(
    phototype: str, days: int, row: str, protocol: Protocol, today: date
) -> None:
    result = consulted(protocol, today, phototype=phototype)
    sessions = needled(result)
    first = rows(result, row)[0]
    assert (first.from_on, first.until) == (sessions[0] - timedelta(days=days), sessions[0])
    assert [entry.until for entry in rows(result, row)] == sessions


@pytest.mark.parametrize("phototype", ["II", "V"])
def test_the_ban_on_sun_speaks_of_no_sunscreen(phototype: str, protocol: Protocol, today: date) -> None:
    banned = [
        e for e in consulted(protocol, today, phototype=phototype).timeline if e.kind is Entry.AVOID and "Sun" in e.item
    ]
    assert banned
    assert not any("sunscreen" in entry.text.lower() for entry in banned)


def test_no_two_rows_of_one_day_ask_for_bare_skin_and_for_sunscreen_in_the_tables(protocol: Protocol) -> None:
    bare = [row for row in protocol.aftercare.values() if row.bare_skin]
    assert [row.id for row in bare] == ["A02"]
    on_skin = [row for row in protocol.aftercare.values() if row.on_skin]
    assert {"A04", "A04-dark", "A18"} == {row.id for row in on_skin}
    assert all(row.hours_from >= bare[0].hours_until for row in on_skin)


def openings(protocol: Protocol) -> dict[str, str]:
    tables = {"preparation": protocol.preparation, "aftercare": protocol.aftercare, "recovery": protocol.recovery}
    return {f"{table}:{name}": row.if_text for table, of in tables.items() for name, row in of.items()}


UNKNOWN = {
    "cold-sore-history": ["preparation:antiviral"],
    "anticoagulant": ["preparation:aspirin_rx"],
    "antiplatelet": ["preparation:antiplatelet_rx"],
    "exfoliating-acid": ["preparation:acids"],
    "sensitive-skin": ["aftercare:A06", "aftercare:A06-sensitive", "aftercare:A09", "aftercare:A09-sensitive"],
    "phototype": ["aftercare:A04", "aftercare:A04-dark", "preparation:prime_dark", "recovery:REC7-dark"],
}


@pytest.mark.parametrize("fact", UNKNOWN)
def test_what_holds_only_for_want_of_an_answer_says_its_condition(fact: str, protocol: Protocol, today: date) -> None:
    opening = openings(protocol)
    result = consulted(protocol, today, without=(fact,))
    for row in UNKNOWN[fact]:
        entries = [entry for entry in result.timeline if entry.row == row]
        assert entries, row
        for entry in entries:
            assert entry.not_known, row
            assert entry.text.startswith(f"{opening[row]}: "), row


def test_in_a_complete_case_nothing_is_under_a_condition(protocol: Protocol, today: date) -> None:
    result = consulted(protocol, today, topical_retinoid="now", cold_sore_history="yes", anticoagulant="now")
    assert not any(entry.not_known for entry in result.timeline)
    assert not any(entry.text.startswith("If your skin") for entry in result.timeline)
    assert "not_known" not in as_document(result, protocol)["timeline"][0]


def test_the_document_says_what_is_not_known(protocol: Protocol, today: date) -> None:
    result = consulted(protocol, today, without=("cold-sore-history",))
    marked = [entry["row"] for entry in as_document(result, protocol)["timeline"] if entry.get("not_known")]
    assert marked == ["preparation:antiviral"]


def test_a_product_in_use_on_skin_not_known_to_be_sensitive_pauses_under_both_conditions(
    protocol: Protocol, today: date
) -> None:
    result = consulted(protocol, today, without=("sensitive-skin",), topical_retinoid="now")
    pauses = {e.row: e for e in reversed(result.timeline) if e.kind is Entry.PAUSE}
    session = needled(result)[0]
    assert pauses["preparation:retinoid"].from_on == session - timedelta(days=7)
    assert pauses["preparation:retinoid_sensitive"].from_on == session - timedelta(days=10)
    assert all(entry.not_known and entry.text.startswith("If you use") for entry in pauses.values())


def test_one_unanswered_question_hides_no_answer_that_is_known(protocol: Protocol, today: date) -> None:
    """Used on the cheek, not said of the forehead: the row is known to hold."""
    used = [{"status": "now", "where": ["cheek"]}]
    result = consulted(protocol, today, exfoliating_acid=used)
    assert Verdict.ASK in {zone.verdict for zone in result.zones}
    assert not any(entry.not_known for entry in rows(result, "acids"))


def test_every_row_that_hangs_on_an_answer_has_an_opening_and_no_other_has(protocol: Protocol) -> None:
    reading = set()
    for table in ("preparation", "aftercare", "recovery"):
        for row in getattr(protocol, table).values():
            fact = protocol.facts.get(getattr(row, "fact", ""))
            if any(cell.fact for cell in row.when) or (fact and fact.kind is not Kind.EVENT):
                reading.add(f"{table}:{row.id}")
    assert {row for row, text in openings(protocol).items() if text} == reading
    assert len(reading) > 20


@pytest.mark.parametrize(("said", "told"), [("2027-01", "between 2027-01-01 and 2027-01-31"), (date(2027, 1, 5), "")])
def test_a_day_to_look_well_on_is_told_of_if_any_part_of_it_may_fall_into_the_downtime(
    said: Any, told: str, protocol: Protocol, today: date
) -> None:
    """The first session lies on 3 January: a wedding some time in January may be too near."""
    result = consulted(protocol, today, social_event=said)
    assert needled(result)[0] == date(2027, 1, 3)
    clashes = [entry for entry in result.timeline if entry.kind is Entry.ASK and "named" in entry.text]
    assert clashes
    assert told in clashes[0].text
