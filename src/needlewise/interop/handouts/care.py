"""Before and after, day by day, and when to call: the timeline sorted as a patient reads it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from needlewise.clinical.timeline import HOURS_PER_DAY, Entry, Instruction
from needlewise.clinical.visits import SESSION, TEST_PATCH, Visit
from needlewise.consultation import Consultation
from needlewise.interop.days import day_words, hours_span, window_in_words, with_spoken_dates
from needlewise.knowledge import Protocol

# The most urgent first; what a red flag names otherwise follows in the order of the protocol.
URGENCY = ("emergency", "urgent", "same-day", "call", "review")
PREPARATION = "preparation:"
# A sign that counts at any time has no threshold to remember.
ALWAYS = "at any time"


def before(consultation: Consultation) -> dict[str, Any]:
    """What to pause, avoid, keep, ask and do before the sessions, with every window of days.

    Rows with the same windows stand together, so that one date is read once.
    """
    rows = [entry for entry in consultation.timeline if entry.row.startswith(PREPARATION)]
    sessions = [visit.on for visit in _needled(consultation)]
    return {
        "pauses": _windows([entry for entry in rows if entry.kind is Entry.PAUSE], sessions),
        "again": next((entry.text for entry in rows if entry.kind is Entry.RESTART), ""),
        "avoid": _windows([entry for entry in rows if entry.kind is Entry.AVOID], sessions),
        "keep": _once(entry for entry in rows if entry.kind is Entry.KEEP),
        "ask": _once(entry for entry in rows if entry.kind is Entry.ASK),
        "daily": _windows([entry for entry in rows if entry.is_daily], sessions),
        "on_the_day": _once(entry for entry in rows if entry.kind is Entry.DO and not entry.is_daily),
    }


def _needled(consultation: Consultation) -> list[Visit]:
    visits = consultation.plan.visits if consultation.plan else ()
    return [visit for visit in visits if visit.kind in (TEST_PATCH, SESSION)]


def _windows(entries: list[Instruction], sessions: list[date]) -> list[dict[str, Any]]:
    """Rows by their windows. `until_sessions`: every window ends with its own session, so that its first day says all."""
    windows: dict[str, list[tuple[date, date | None]]] = {}
    texts = {entry.row: entry for entry in entries}
    for entry in entries:
        windows.setdefault(entry.row, []).append((entry.from_on, entry.until))
    groups: dict[tuple[tuple[date, date | None], ...], list[str]] = {}
    for row, found in windows.items():
        groups.setdefault(tuple(found), []).append(row)
    return [
        {
            "items": [_item(texts[row]) for row in rows],
            "windows": [window_in_words(start, end) for start, end in found],
            "until_sessions": all(_ends_with_the_next(start, end, sessions) for start, end in found),
            "starts": [window_in_words(start, None)[0] for start, _ in found],
        }
        for found, rows in groups.items()
    ]


def _ends_with_the_next(start: date, end: date | None, sessions: list[date]) -> bool:
    """Whether a window ends with a session, and no other lies within it."""
    return end in sessions and not any(start < day < end for day in sessions)


def _once(entries: Iterable[Instruction]) -> list[dict[str, str]]:
    """Each text once, however many sessions it stands before."""
    return [_item(entry) for entry in {(entry.row, entry.text): entry for entry in entries}.values()]


def _item(entry: Instruction) -> dict[str, str]:
    return {"item": entry.item, "text": with_spoken_dates(entry.text)}


def after(consultation: Consultation) -> dict[str, Any] | None:
    """The hours and days after the first visit at which the skin is needled; the later ones go alike."""
    needled = _needled(consultation)
    if not needled:
        return None
    first = needled[0]
    entries = [e for e in consultation.timeline if _belongs_to(e, first) and not _said_before(e, consultation.timeline)]
    return {
        "session": {"label": first.label, "number": first.number, "on": day_words(first.on, consultation.on)},
        "more": len(needled) > 1,
        "leave": _by_hours(entries, (Entry.AVOID,), consultation.on, by_end=True),
        "do": _by_hours(entries, (Entry.DO, Entry.ASK), consultation.on, by_end=False),
        "expect": _by_hours(entries, (Entry.EXPECT,), consultation.on, by_end=False),
    }


def _said_before(entry: Instruction, timeline: Iterable[Instruction]) -> bool:
    """Whether the list of what to pause or avoid names the same item for at least as long."""
    return entry.kind is Entry.AVOID and any(
        other.row.startswith(PREPARATION)
        and other.kind in (Entry.PAUSE, Entry.AVOID)
        and other.item == entry.item
        and other.from_on <= entry.from_on
        and (other.until is None or (entry.until is not None and other.until >= entry.until))
        for other in timeline
    )


def _belongs_to(entry: Instruction, visit: Visit) -> bool:
    """Test patch and maintenance have the number 0, as what hangs on no session has: the day tells them apart."""
    return (
        entry.hours_from is not None
        and entry.hours_until is not None
        and entry.session == visit.number
        and (entry.from_on - visit.on).days == entry.hours_from // HOURS_PER_DAY
    )


def _by_hours(entries: list[Instruction], kinds: tuple[Entry, ...], on: date, *, by_end: bool) -> list[dict[str, Any]]:
    """Entries of some kinds, grouped by their hours, in order of their end (what one leaves) or beginning (what one does)."""
    groups: dict[tuple[int, int], list[Instruction]] = {}
    for entry in entries:
        if entry.kind in kinds and entry.hours_from is not None and entry.hours_until is not None:
            groups.setdefault((entry.hours_from, entry.hours_until), []).append(entry)
    order = sorted(groups, key=lambda hours: hours[::-1] if by_end else hours)
    return [
        {"when": _when(groups[hours][0], hours, on), "items": [_item(entry) for entry in groups[hours]]}
        for hours in order
    ]


def _when(entry: Instruction, hours: tuple[int, int], on: date) -> str:
    """The days of a span: `until Wed 9 Dec (1 day)`, `after 8 hours, until Wed 9 Dec`, `Fri 11 Dec to 22 Dec`."""
    start, end = day_words(entry.from_on, on), day_words(entry.until or entry.from_on, on)
    if hours[0] == 0 and hours[1] < HOURS_PER_DAY:
        return f"the first {hours_span(hours[1])}"
    if hours[0] == 0:
        return f"until {end['brief']} ({hours_span(hours[1])})"
    if hours[0] < HOURS_PER_DAY:
        return f"after {hours_span(hours[0])}, until {end['brief']}"
    return f"{start['brief']} to {end['brief']}"


def calls(consultation: Consultation, protocol: Protocol) -> list[dict[str, Any]]:
    """When to call, the most urgent first; within one urgency, signs that ask for the same thing stand together."""
    if not any(entry.kind is Entry.CALL for entry in consultation.timeline):
        return []
    groups: dict[str, dict[str, list[dict[str, str]]]] = {}
    for flag in protocol.red_flags.values():
        sign = {"sign": flag.sign, "threshold": "" if flag.threshold == ALWAYS else flag.threshold}
        groups.setdefault(flag.act, {}).setdefault(flag.text, []).append(sign)
    order = [act for act in URGENCY if act in groups] + [act for act in groups if act not in URGENCY]
    return [
        {"act": act, "steps": [{"text": text, "signs": signs} for text, signs in groups[act].items()]} for act in order
    ]
