"""care.md: what to do before and after a session, what is normal, and when to call."""

from collections.abc import Iterator

from generating.markdown import bullets, cells, link, links, mark_rows, page
from needlewise.knowledge import Aftercare, Preparation, Protocol, Recovery, RedFlag

INTRODUCTION = """\
The rows that become dated instructions in a plan. A prescribed medicine is never paused: its row says to keep it and
whom to ask ([limit H12](limits.md#h12)). Hours count from the session."""


def care_page(protocol: Protocol) -> str:
    return page(
        "Care",
        INTRODUCTION,
        "## Before a session",
        *map(_preparation, protocol.preparation.values()),
        "## After a session",
        *map(_aftercare, protocol.aftercare.values()),
        "## What is normal",
        *map(_recovery, protocol.recovery.values()),
        "## When to call",
        "Thresholds that no source states are ours; the mark of each row says so.",
        *map(_red_flag, protocol.red_flags.values()),
    )


def _section(name: str, lead: str, rows: Iterator[tuple[str, str]]) -> str:
    return "\n\n".join((f"### {name}", lead, bullets(rows)))


def _preparation(row: Preparation) -> str:
    def rows() -> Iterator[tuple[str, str]]:
        yield "Days before", str(row.days_before)
        yield "Minutes before", "" if row.minutes_before is None else str(row.minutes_before)
        yield "Days of downtime", "" if row.downtime_days is None else str(row.downtime_days)
        yield "Product or habit", link(row.fact, "facts.md") if row.fact else ""
        yield "Only when", cells(row.when)
        yield "Where that is not known", row.if_text
        yield "If prescribed", row.prescribed_text
        yield "", "Never stopped." if row.never_stop else ""
        yield "", "Only its prescriber decides." if row.by_prescriber else ""
        yield "Found", row.found
        yield from mark_rows(row.mark)

    return _section(row.id, f"**{row.item}** - {row.text}", rows())


def _aftercare(row: Aftercare) -> str:
    def rows() -> Iterator[tuple[str, str]]:
        yield "Hours", f"{row.hours_from} to {row.hours_until}"
        yield "What", "do" if row.do == "yes" else "leave"
        yield "Only when", cells(row.when)
        yield "Where that is not known", row.if_text
        yield from (("If prescribed", f"{one.item}: {one.text}") for one in row.prescribed)
        yield "Pauses until then", links(row.restarts, "facts.md")
        yield "Found", row.found
        yield from mark_rows(row.mark)

    return _section(row.id, f"**{row.item}** - {row.text}", rows())


def _recovery(row: Recovery) -> str:
    def rows() -> Iterator[tuple[str, str]]:
        yield "Hours", f"{row.hours_from} to {row.hours_until}"
        yield "Only when", cells(row.when)
        yield "Where that is not known", row.if_text
        yield from mark_rows(row.mark)

    return _section(row.id, row.text, rows())


def _red_flag(row: RedFlag) -> str:
    def rows() -> Iterator[tuple[str, str]]:
        yield "Threshold", row.threshold
        yield "Act", row.act
        yield "From hour", str(row.from_hours) if row.from_hours else ""
        yield from mark_rows(row.mark)

    return _section(row.id, f"**{row.sign}** - {row.text}", rows())
