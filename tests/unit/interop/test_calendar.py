"""The calendar file: read back with the library, and looked at as a stranger would who sees it on a shared screen."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from icalendar import Calendar

from needlewise.consultation import Consultation
from needlewise.errors import NeedlewiseError
from needlewise.interop.calendar import as_calendar
from needlewise.knowledge import Protocol
from tests.unit.interop.chair import EXAMPLES, from_example, sitting, with_products

LONGEST_LINE_OCTETS = 75
# Words that give the visits away though no label of the protocol is one of them.
TELLING = ("needl", "scar", "skin", "derma", "laser", "treat", "session", "dose", "depth", "acne", "wrinkle", "patch")


def events(consultation: Consultation, protocol: Protocol, stem: str = "a1b2") -> list:
    return list(Calendar.from_ical(as_calendar(consultation, protocol, stem=stem)).walk("VEVENT"))


def uids(found: list) -> list[str]:
    return [str(event["UID"]) for event in found]


@pytest.fixture
def consultation(protocol: Protocol, today: date) -> Consultation:
    return with_products(protocol, today).consultation


def test_every_visit_and_check_in_stands_on_its_own_day(consultation: Consultation, protocol: Protocol) -> None:
    found = {(str(e["SUMMARY"]), e["DTSTART"].dt, e["DTEND"].dt) for e in events(consultation, protocol)}
    for visit in consultation.plan.visits:
        title = protocol.visits[visit.kind].calendar_title
        assert (title, visit.on, visit.on + timedelta(days=1)) in found


def test_events_are_whole_civil_days(consultation: Consultation, protocol: Protocol) -> None:
    for event in events(consultation, protocol):
        assert type(event["DTSTART"].dt) is date
        assert event["DTSTART"].params["VALUE"] == "DATE"


def test_one_reminder_comes_before_each_session_where_products_pause(
    consultation: Consultation, protocol: Protocol
) -> None:
    reminders = [e["DTSTART"].dt for e in events(consultation, protocol) if "Reminder" in str(e["SUMMARY"])]
    sessions = [visit.on for visit in consultation.plan.sessions]
    assert reminders == [day - timedelta(days=7) for day in sessions]


def test_no_reminder_comes_where_no_product_pauses(protocol: Protocol, today: date) -> None:
    found = events(sitting(protocol, today).consultation, protocol)
    assert {str(event["SUMMARY"]) for event in found} == {"Appointment", "Check-in", "Review appointment"}


def test_ids_are_unique_and_stay_the_same(consultation: Consultation, protocol: Protocol) -> None:
    first, second = events(consultation, protocol), events(consultation, protocol)
    assert uids(first) == uids(second)
    assert len(set(uids(first))) == len(first)
    assert as_calendar(consultation, protocol, stem="a1b2") == as_calendar(consultation, protocol, stem="a1b2")


def test_ids_stay_when_the_dates_move(protocol: Protocol, today: date) -> None:
    early = events(sitting(protocol, today, plan={"start_on": "2026-12-08"}).consultation, protocol)
    late = events(sitting(protocol, today, plan={"start_on": "2027-01-12"}).consultation, protocol)
    assert uids(early) == uids(late)
    assert [event["DTSTART"].dt for event in early] != [event["DTSTART"].dt for event in late]


def test_two_plans_never_share_an_id(consultation: Consultation, protocol: Protocol) -> None:
    one, other = uids(events(consultation, protocol, "a1b2")), uids(events(consultation, protocol, "c3d4"))
    assert not set(one) & set(other)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_ids_are_unique_in_every_example(path, protocol: Protocol, today: date) -> None:
    consultation = from_example(path, protocol, today).consultation
    if consultation.plan is None or not consultation.plan.visits:
        with pytest.raises(NeedlewiseError):
            as_calendar(consultation, protocol, stem="a1b2")
        return
    found = uids(events(consultation, protocol))
    assert len(set(found)) == len(found)


def clinical_words(protocol: Protocol) -> set[str]:
    labels = [zone.label for zone in protocol.zones.values()]
    labels += [name for row in protocol.indications.values() for name in (row.label, row.plain_label)]
    labels += [f"{device.name} {device.maker}" for device in protocol.devices.values()]
    labels += [row.name for row in protocol.adjuncts.values()]
    labels += [row.item for row in protocol.preparation.values()]
    return {word for label in labels for word in re.findall(r"[a-z]{4,}", label.lower())} | set(TELLING)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_a_stranger_reads_says_what_it_is_for(path, protocol: Protocol, today: date) -> None:
    consultation = from_example(path, protocol, today).consultation
    if consultation.plan is None or not consultation.plan.visits:
        with pytest.raises(NeedlewiseError):
            as_calendar(consultation, protocol, stem="a1b2")
        return
    for event in events(consultation, protocol):
        shown = f"{event['SUMMARY']} {event['DESCRIPTION']}".lower()
        # Ordinary English that some label happens to use; it tells nothing.
        told = {word for word in clinical_words(protocol) - {"your"} if word in shown}
        assert not told, f"{shown}: {told}"
        assert set(event) <= {
            "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "STATUS", "SEQUENCE", "TRANSP", "CLASS",
        }  # fmt: skip


def test_the_stem_is_not_shown(consultation: Consultation, protocol: Protocol) -> None:
    assert b"melasma-case" not in as_calendar(consultation, protocol, stem="melasma-case")


def test_a_provisional_plan_is_tentative(protocol: Protocol, today: date) -> None:
    waiting = sitting(protocol, today, {"cold-sore-history": "yes"}).consultation
    assert waiting.plan.provisional
    assert {str(event["STATUS"]) for event in events(waiting, protocol)} == {"TENTATIVE"}


def test_an_unsigned_protocol_gives_tentative_dates_only(consultation: Consultation, protocol: Protocol) -> None:
    assert consultation.plan.draft
    assert {str(event["STATUS"]) for event in events(consultation, protocol)} == {"TENTATIVE"}


def test_a_plan_that_can_be_signed_is_confirmed_save_for_what_may_not_be_needed(
    consultation: Consultation, protocol: Protocol
) -> None:
    signed = replace(consultation, plan=replace(consultation.plan, draft=False))
    states = {event["DTSTART"].dt: str(event["STATUS"]) for event in events(signed, protocol)}
    for visit in signed.plan.sessions:
        assert states[visit.on] == ("TENTATIVE" if visit.if_needed else "CONFIRMED")


def test_a_visit_within_half_a_year_is_one_day_and_not_a_bar(consultation: Consultation, protocol: Protocol) -> None:
    assert any(visit.until for visit in consultation.plan.visits)
    assert all(e["DTEND"].dt - e["DTSTART"].dt == timedelta(days=1) for e in events(consultation, protocol))


def test_the_file_knows_no_clock(consultation: Consultation, protocol: Protocol, today: date) -> None:
    for event in events(consultation, protocol):
        assert event["DTSTAMP"].dt.date() == today
        assert event["SEQUENCE"] == 0


def test_long_titles_are_folded_and_read_back_whole(consultation: Consultation, protocol: Protocol) -> None:
    title = "Termin, bitte rechtzeitig kommen; Rückfragen ändern nichts, " * 3
    kinds = {name: replace(kind, calendar_title=title) for name, kind in protocol.visits.items()}
    written = as_calendar(consultation, replace(protocol, visits=kinds), stem="a1b2")
    lines = written.split(b"\r\n")
    assert max(len(line) for line in lines) <= LONGEST_LINE_OCTETS
    assert b"\n" not in written.replace(b"\r\n", b"")
    titles = {str(event["SUMMARY"]) for event in Calendar.from_ical(written).walk("VEVENT")}
    assert title in titles


def test_a_calendar_without_a_visit_is_refused_with_the_way_out(protocol: Protocol, today: date) -> None:
    excluded = sitting(protocol, today, {"pregnant": "yes"}).consultation
    with pytest.raises(NeedlewiseError) as caught:
        as_calendar(excluded, protocol, stem="a1b2")
    assert "no visit is planned (verdict: exclude)" in str(caught.value)
    assert "patient handout" in str(caught.value)


def test_an_empty_stem_is_refused(consultation: Consultation, protocol: Protocol) -> None:
    with pytest.raises(NeedlewiseError, match="opaque id"):
        as_calendar(consultation, protocol, stem="  ")
