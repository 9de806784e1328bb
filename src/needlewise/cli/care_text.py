"""Before and after on the patient's page, and when to call: the timeline as a patient reads it."""

from collections.abc import Iterable
from datetime import date

from needlewise.cli.page import Page
from needlewise.clinical.planning import Plan
from needlewise.clinical.timeline import HOURS_PER_DAY, Entry, Instruction
from needlewise.clinical.visits import SESSION, TEST_PATCH, Visit
from needlewise.consultation import Consultation
from needlewise.interop.days import away, hours_span, long_day, plain_day
from needlewise.knowledge import Protocol

PREPARATION = "preparation:"
_BEFORE = {
    Entry.KEEP: "Keep going",
    Entry.ASK: "Ask first",
    Entry.PAUSE: "Pause",
    Entry.AVOID: "Leave alone",
    Entry.DO: "On the day",
}
_DAILY = "Every day"
_AFTER = {Entry.DO: "Do", Entry.ASK: "Ask first", Entry.AVOID: "Leave", Entry.EXPECT: "What is normal"}
# The most urgent first; what the protocol names beside these follows in its own order.
_ACTS = {
    "emergency": "Emergency",
    "urgent": "Urgent",
    "same-day": "The same day",
    "call": "Call us",
    "review": "Book a review",
}


def write_before(page: Page, consultation: Consultation) -> None:
    """What to keep, ask, pause, leave and do before the sessions: each text once, with all its days."""
    on = consultation.on
    rows = [entry for entry in consultation.timeline if entry.row.startswith(PREPARATION)]
    if not rows:
        return
    page.section("Before each session")
    *until_the_day, on_the_day = _BEFORE.values()
    for heading in (*until_the_day, _DAILY, on_the_day):
        groups: dict[tuple[str, str], list[Instruction]] = {}
        for entry in rows:
            if (_DAILY if entry.is_daily else _BEFORE.get(entry.kind)) == heading:
                groups.setdefault((entry.item, entry.text), []).append(entry)
        if groups:
            page.blank()
            page.text(heading, 2)
        for (item, text), entries in groups.items():
            page.item(f"{item}: {text}", 2)
            if entries[0].kind in (Entry.PAUSE, Entry.AVOID) or heading == _DAILY:
                page.text("; ".join(dict.fromkeys(_window(entry, on) for entry in entries)), 4)


def _window(entry: Instruction, on: date) -> str:
    if entry.until is None or entry.until == entry.from_on:
        return long_day(entry.from_on, on)
    again = ", then use it again" if entry.kind is Entry.PAUSE else ""
    return f"{plain_day(entry.from_on)} ({away(entry.from_on, on)}) to {plain_day(entry.until)}{again}"


def write_after(page: Page, consultation: Consultation, plan: Plan) -> None:
    """The hours and days after the first visit at which the skin is needled; the later ones go alike."""
    needled = [visit for visit in plan.visits if visit.kind in (TEST_PATCH, SESSION)]
    if not needled:
        return
    first = needled[0]
    more = "; it is the same after the later ones" if len(needled) > 1 else ""
    page.section(f"After {first.label.lower()}{f' {first.number}' if first.number else ''}{more}")
    entries = [entry for entry in consultation.timeline if _belongs_to(entry, first)]
    for kind, heading in _AFTER.items():
        mine = [entry for entry in entries if entry.kind is kind]
        if mine:
            page.blank()
            page.text(heading, 2)
        for span, rows in _by_span(mine, consultation.on):
            page.item(f"{span}:", 2)
            for entry in rows:
                page.item(entry.text if kind is Entry.EXPECT else f"{entry.item}: {entry.text}", 4, "*")


def _belongs_to(entry: Instruction, visit: Visit) -> bool:
    """Whether an instruction counts its hours from a visit. A test patch has the number 0, as what hangs on none has."""
    return (
        entry.hours_from is not None
        and entry.hours_until is not None
        and entry.session == visit.number
        and (entry.from_on - visit.on).days == entry.hours_from // HOURS_PER_DAY
    )


def _by_span(entries: Iterable[Instruction], on: date) -> list[tuple[str, list[Instruction]]]:
    groups: dict[tuple[int, int], list[Instruction]] = {}
    for entry in entries:
        groups.setdefault((entry.hours_from or 0, entry.hours_until or 0), []).append(entry)
    found = []
    for (start, end), rows in sorted(groups.items()):
        day = rows[0].until
        until = f", until {long_day(day, on)}" if day and end % HOURS_PER_DAY == 0 else ""
        words = f"from {hours_span(start)} to {hours_span(end)} after it" if start else f"for {hours_span(end)}"
        found.append((f"{words[0].upper()}{words[1:]}{until}", rows))
    return found


def write_calls(page: Page, consultation: Consultation, protocol: Protocol) -> None:
    """When to call, the most urgent first."""
    groups: dict[str, list[str]] = {act: [] for act in _ACTS}
    if not any(entry.kind is Entry.CALL for entry in consultation.timeline):
        return
    for flag in protocol.red_flags.values():
        groups.setdefault(flag.act, []).append(f"{flag.sign} ({flag.threshold}): {flag.text}")
    page.section("When to call")
    for act, texts in groups.items():
        if texts:
            page.text(_ACTS.get(act, act), 2)
        for text in texts:
            page.item(text, 4)
