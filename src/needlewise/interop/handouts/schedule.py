"""The timeline as the practitioner reads it: one line for each row of the protocol, with all its days."""

from collections.abc import Callable
from typing import Any

from needlewise.clinical.timeline import Entry, Instruction
from needlewise.consultation import Consultation
from needlewise.interop.days import day_words, window_in_words, with_spoken_dates
from needlewise.knowledge import Mark

# Visits stand in a table of their own.
_ELSEWHERE = (Entry.VISIT, Entry.CHECK_IN, Entry.RESTART)


def schedule(consultation: Consultation, mark_in_data: Callable[[Mark], dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in order of their first day. A row that hangs on the hours after a session says its hours instead of days."""
    groups: dict[tuple[Entry, str], list[Instruction]] = {}
    for entry in consultation.timeline:
        if entry.kind not in _ELSEWHERE:
            groups.setdefault((entry.kind, entry.row), []).append(entry)
    return [
        {
            "kind": kind.value,
            "when": _when(entries, consultation),
            "item": entries[0].item,
            "text": with_spoken_dates(entries[0].text),
            "row": row,
            "mark": mark_in_data(entries[0].mark),
        }
        for (kind, row), entries in groups.items()
    ]


def _when(entries: list[Instruction], consultation: Consultation) -> str:
    first = entries[0]
    if first.hours_from is not None and first.hours_until is not None:
        return f"{first.hours_from} to {first.hours_until} h after"
    if not first.hours_from and first.kind is Entry.CALL:
        return "from the first session on"
    if first.hours_from is not None:
        return f"from {first.hours_from} h after the first session"
    if first.kind is Entry.DO:
        return "on the day of each session"
    windows = [window_in_words(entry.from_on, entry.until) for entry in entries]
    between = " → " if first.kind is Entry.PAUSE else "–"
    spoken = [f"{start}{between}{end}" if start and end else start or end for start, end in windows]
    return ", ".join(spoken) if first.until else f"from {day_words(first.from_on, consultation.on)['short']}"
