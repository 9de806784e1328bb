"""The timeline in the words of the page: products and habits, aftercare, what is normal, when to call; and the ribbon."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from needlewise.clinical.timeline import Entry, Instruction
from needlewise.consultation import Consultation
from needlewise.interop.days import away, dated_day, plain_day
from needlewise.knowledge import Protocol
from needlewise.web.design.marks import MarkView, mark_view
from needlewise.web.design.ribbon import Moment, Ribbon, Span, ribbon
from needlewise.web.pages.consultation.wording import readable

PRODUCTS = (Entry.KEEP, Entry.ASK, Entry.PAUSE, Entry.RESTART, Entry.AVOID, Entry.DO)
ENTRY_WORDS = {
    Entry.KEEP: "keep on",
    Entry.ASK: "ask first",
    Entry.PAUSE: "pause",
    Entry.RESTART: "restart",
    Entry.AVOID: "avoid",
    Entry.DO: "do",
}
# How soon, the soonest first.
CALL_WORDS = {
    "emergency": "emergency number",
    "urgent": "doctor at once",
    "same-day": "call the same day",
    "call": "call",
    "review": "book a review",
}
HOURS_PER_DAY = 24
# Up to two days people think in hours, beyond it in days.
LONGEST_IN_HOURS = 48
MOST_STRENGTH = 2


@dataclass(frozen=True, slots=True)
class CareRow:
    """One instruction, or several that say the same on other days."""

    kind: str
    word: str
    item: str
    text: str
    days: tuple[str, ...]
    mark: MarkView


def product_rows(consultation: Consultation, protocol: Protocol) -> list[CareRow]:
    """Products and habits before and around the sessions, by item, each with all its days."""
    groups: dict[tuple[Entry, str, str], list[Instruction]] = {}
    for entry in consultation.timeline:
        if entry.kind in PRODUCTS and entry.hours_from is None:
            groups.setdefault((entry.kind, entry.item, entry.text), []).append(entry)
    restarts = {item: rows for (kind, item, _), rows in groups.items() if kind is Entry.RESTART}
    return [
        CareRow(
            kind.value, ENTRY_WORDS[kind], item, readable(text, consultation.on),
            tuple(_days(entry, consultation.on, restarts=item in restarts) for entry in entries),
            mark_view(entries[0].mark, protocol),
        )
        for (kind, item, text), entries in groups.items()
        if kind is not Entry.RESTART
    ]  # fmt: skip


def _days(entry: Instruction, on: date, *, restarts: bool) -> str:
    start = "from now" if entry.from_on <= on else f"from {dated_day(entry.from_on)} ({away(entry.from_on, on)})"
    if entry.until is None:
        return start
    if entry.until == entry.from_on:
        return f"on {dated_day(entry.from_on)} ({away(entry.from_on, on)})"
    ends = "restart" if restarts else "until"
    return f"{start}, {ends} {dated_day(entry.until)} ({away(entry.until, on)})"


def aftercare_rows(consultation: Consultation, protocol: Protocol) -> list[CareRow]:
    """What to do and leave after a session, in the order of the hours; the same after each of them."""
    found: dict[tuple[Entry, str, str], CareRow] = {}
    hourly = [entry for entry in consultation.timeline if entry.hours_from is not None and entry.kind is not Entry.CALL]
    for entry in sorted(hourly, key=lambda one: (one.hours_from or 0, one.hours_until or 0)):
        key = (entry.kind, entry.item, entry.text)
        if key not in found:
            word = "normal" if entry.kind is Entry.EXPECT else ENTRY_WORDS[entry.kind]
            span = (hours_in_words(entry.hours_from or 0, entry.hours_until or 0),)
            found[key] = CareRow(entry.kind.value, word, entry.item, entry.text, span, mark_view(entry.mark, protocol))
    return list(found.values())


def hours_in_words(first: int, last: int) -> str:
    if last <= LONGEST_IN_HOURS:
        return f"{first}–{last} h"
    if first % HOURS_PER_DAY == 0 and last % HOURS_PER_DAY == 0:
        return f"day {first // HOURS_PER_DAY}–{last // HOURS_PER_DAY}"
    return f"{first} h – day {last // HOURS_PER_DAY}"


def call_rows(consultation: Consultation, protocol: Protocol) -> list[CareRow]:
    """When to call, the most urgent first."""
    calls = [entry for entry in consultation.timeline if entry.kind is Entry.CALL]
    order = list(CALL_WORDS)
    calls.sort(key=lambda entry: order.index(entry.item) if entry.item in order else len(order))
    return [
        CareRow(entry.item, CALL_WORDS.get(entry.item, entry.item), "", entry.text, (), mark_view(entry.mark, protocol))
        for entry in calls
    ]


def ribbon_of(consultation: Consultation) -> Ribbon | None:
    """The year ahead as one band."""
    if consultation.plan is None or not consultation.plan.visits:
        return None
    moments = [
        Moment(visit.kind, visit.on, str(visit.number) if visit.kind == "session" else "", visit.until, visit.if_needed)
        for visit in consultation.plan.visits
    ]
    pauses = [
        Span(entry.item, entry.from_on, entry.until)
        for entry in consultation.timeline
        if entry.kind in (Entry.PAUSE, Entry.AVOID) and entry.hours_from is None and entry.until is not None
    ]
    return ribbon(consultation.on, moments, _healing(consultation.timeline), pauses)


def _healing(timeline: Iterable[Instruction]) -> list[Span]:
    """What is normal after each session; the first hours are drawn strongest."""
    expected: dict[int, list[Instruction]] = {}
    for entry in timeline:
        if entry.kind is Entry.EXPECT and entry.until is not None:
            expected.setdefault(entry.session, []).append(entry)
    return [
        Span(str(session), entry.from_on, entry.until or entry.from_on, max(0, MOST_STRENGTH - number // MOST_STRENGTH))
        for session, entries in expected.items()
        for number, entry in enumerate(entries)
    ]


def ribbon_list(consultation: Consultation) -> list[tuple[str, str]]:
    """The same year as a list: what, and when."""
    plan = consultation.plan
    if plan is None:
        return []
    return [
        (
            f"{visit.label}{f' {visit.number}' if visit.kind == 'session' else ''}"
            + (f" ({visit.note})" if visit.note else "")
            + (", if needed" if visit.if_needed else ""),
            f"{plain_day(visit.on)}, {away(visit.on, consultation.on)}"
            + (f", until {plain_day(visit.until)}" if visit.until else ""),
        )
        for visit in plan.visits
    ]
