"""A plan as an iCalendar file (RFC 5545): whole days, neutral titles, ids that stay the same.

Calendars are shared with families and employers, so nothing in the file says what the visits are for: the titles are
those of visits.toml, and the ids are digests.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event

from needlewise.clinical.timeline import Entry
from needlewise.clinical.visits import SESSION, TEST_PATCH, Visit
from needlewise.consultation import Consultation
from needlewise.errors import NeedlewiseError, Problem
from needlewise.knowledge import Protocol

PRODUCT = "-//Needlewise//Needlewise//EN"
NEUTRAL_TEXT = "See your plan."
PRODUCTS_TITLE = "Reminder: see your plan"
PRODUCTS = "products"
ONE_DAY = timedelta(days=1)


def as_calendar(consultation: Consultation, protocol: Protocol, *, stem: str) -> bytes:
    """One all-day event for each visit and check-in, and one before each session on the day the first product pauses.

    `stem`: an opaque id of the plan, given by the caller. The same stem gives the same ids, also when the plan is made
    again with other dates, so that a calendar moves its entries instead of doubling them.

    Raises `NeedlewiseError` where no visit is planned, because a calendar without an event is not valid, and where
    the stem is empty.
    """
    if not stem.strip():
        raise NeedlewiseError(Problem("stem", "nothing", "an opaque id of this plan", "events are recognised by it"))
    plan = consultation.plan
    if plan is None or not plan.visits:
        raise NeedlewiseError(
            Problem(
                "calendar",
                f"no visit is planned (verdict: {consultation.verdict.word})",
                "a plan with at least one visit",
                "the patient handout says why there is none, and what would change it",
            )
        )
    stamp = datetime.combine(consultation.on, time(), tzinfo=UTC)
    # A date that nobody can sign yet, or may never be needed, does not look settled in a calendar.
    unsettled = plan.provisional or plan.draft or not plan.signable
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for key, title, day, if_needed in (*_visits(plan.visits, protocol), *_first_pauses(consultation)):
        event = Event()
        event.add("uid", str(uuid5(NAMESPACE_URL, f"needlewise:{stem}/{key}")))
        event.add("dtstamp", stamp)
        event.add("dtstart", day)
        event.add("dtend", day + ONE_DAY)
        event.add("summary", title)
        event.add("description", NEUTRAL_TEXT)
        event.add("status", "TENTATIVE" if unsettled or if_needed else "CONFIRMED")
        event.add("sequence", 0)
        # The hour is agreed with the clinic; a whole day must not look taken.
        event.add("transp", "TRANSPARENT")
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _visits(visits: tuple[Visit, ...], protocol: Protocol) -> Iterator[tuple[str, str, date, bool]]:
    """Key, title, day and whether it may not be needed. A visit that may fall within a span stands on its first day:
    a bar over half a year would bury everything else."""
    counts: dict[tuple[str, int], int] = {}
    for visit in visits:
        position = counts[visit.kind, visit.number] = counts.get((visit.kind, visit.number), 0) + 1
        key = f"{visit.kind}/{visit.number}/{position}"
        yield key, protocol.visits[visit.kind].calendar_title, visit.on, visit.if_needed


def _first_pauses(consultation: Consultation) -> Iterator[tuple[str, str, date, bool]]:
    """One reminder before a session, on the first day on which any product pauses.

    Not one for each product, nor for the days on which they start again: that would triple the entries, and the check-ins
    of the days after bring the patient back to the plan anyway. The exact days stand in the handout.
    """
    needled = [v for v in consultation.plan.visits if v.kind in (TEST_PATCH, SESSION)] if consultation.plan else []
    pauses = [entry.from_on for entry in consultation.timeline if entry.kind is Entry.PAUSE]
    first: dict[int, date] = {}
    for day in pauses:
        following = next((number for number, visit in enumerate(needled) if visit.on >= day), None)
        if following is not None:
            first[following] = min(day, first.get(following, day))
    for following, day in sorted(first.items()):
        visit = needled[following]
        yield f"{PRODUCTS}/{visit.kind}/{visit.number}", PRODUCTS_TITLE, day, visit.if_needed
