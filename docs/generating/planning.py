"""limits.md and planning.md: the tables that a plan is made from."""

from collections.abc import Iterator
from dataclasses import fields

from generating.markdown import bullets, cells, link, mark_rows, page
from needlewise.knowledge import Adjunct, Cell, Limit, Modifier, Protocol, SessionsRow, StopRule, VisitKind

LIMITS = """\
A limit is never passed: no reason, no setting and no clearance changes it, and a clinic's overlay can only lower it.
"plan" is held in every plan; "text" is a rule for people, which the software can only write down; "session" waits for
the record of sessions, which does not exist yet ([SAFETY](../../SAFETY.md))."""
PLANNING = """\
The tables from which a plan is made, beside [zones](zones.md), [devices](devices.md) and [limits](limits.md): how many
sessions, what changes a depth, which visits, what may go with needling, whose word counts."""
# Fields of a limit or a modifier that say what it is or where it holds, and not a number that acts.
_NO_NUMBERS = frozenset(
    {"id", "text", "label", "enforced_at", "held_by", "mark", "when", "origin_rows"}
    | {"prescriber_first", "no_anaesthetic"}
)


def limits_page(protocol: Protocol) -> str:
    limits = protocol.limits.values()
    return page(
        "Limits",
        LIMITS,
        *(_limit(limit) for limit in limits),
        "## When a course pauses or ends",
        *map(_stop, protocol.stop_rules.values()),
    )


def planning_page(protocol: Protocol) -> str:
    return page(
        "Planning tables",
        PLANNING,
        "## Sessions",
        *map(_sessions, protocol.sessions.values()),
        "## Modifiers",
        "What a trait of the person, the zone or the device does. The order in which they act is in the planner.",
        *map(_modifier, protocol.modifiers.values()),
        "## Visits",
        *map(_visit, protocol.visits.values()),
        "## Adjuncts",
        *(_adjunct(one, protocol) for one in protocol.adjuncts.values()),
        "## Roles",
        "Whose written word can change a verdict, where a rule names the role.",
        *(f"### {role.id}\n\n{role.who.capitalize()}." for role in protocol.roles.values()),
    )


def numbers(row: Limit | Modifier) -> str:
    """The values that act, under their own names."""
    stated = [(field.name, getattr(row, field.name)) for field in fields(row) if field.name not in _NO_NUMBERS]
    return "; ".join(f"{name} = {_said(value)}" for name, value in stated if value not in (None, "", (), False))


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_said, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _any(conditions: tuple[Cell, ...]) -> str:
    return " or ".join(cells([one]) for one in conditions)


def _section(name: str, rows: Iterator[tuple[str, str]], lead: str = "") -> str:
    return "\n\n".join(part for part in (f"### {name}", lead, bullets(rows)) if part)


def _limit(limit: Limit) -> str:
    def rows() -> Iterator[tuple[str, str]]:
        yield "Held at", ", ".join(limit.enforced_at)
        yield "Held by", limit.held_by
        yield "The planner reads", f"`{text}`" if (text := numbers(limit)) else ""
        yield "A prescriber decides first when", _any(limit.prescriber_first)
        yield "No numbing cream at all when", _any(limit.no_anaesthetic)
        yield from mark_rows(limit.mark)

    return f"## {limit.id}\n\n**{limit.text}**\n\n{bullets(rows())}"


def _stop(stop: StopRule) -> str:
    def rows() -> Iterator[tuple[str, str]]:
        yield "Then", stop.action
        yield "Held at", ", ".join(stop.enforced_at)
        yield "Rule", link(stop.rule, "rules.md") if stop.rule else ""
        yield from mark_rows(stop.mark)

    return _section(stop.id, rows(), f"**{stop.text}**")


def _sessions(row: SessionsRow) -> str:
    def rows() -> Iterator[tuple[str, str]]:
        yield "Sessions", f"{row.sessions_min} to {row.sessions_max}"
        yield "Apart", f"{row.interval_min_days} to {row.interval_max_days} days"
        yield "Looked at again after session", str(row.reassess_after_session)
        yield from mark_rows(row.mark)

    return _section(row.id, rows(), f"**{row.label}**")


def _modifier(row: Modifier) -> str:
    def rows() -> Iterator[tuple[str, str]]:
        yield "Acts when", cells(row.when)
        yield "Does", f"`{text}`" if (text := numbers(row)) else ""
        yield from mark_rows(row.mark)

    return _section(row.id, rows(), f"**{row.label}**")


def _visit(row: VisitKind) -> str:
    def rows() -> Iterator[tuple[str, str]]:
        yield "In a calendar", f'"{row.calendar_title}"'
        days = row.days_before_first_session
        yield "Days before the first session", "" if days is None else str(days)
        yield "Days after each session", ", ".join(map(str, row.days_after_session))
        yield "Weeks after the last session", ", ".join(map(str, row.weeks_after_last)) or _weeks(row)
        yield from mark_rows(row.mark)

    return _section(row.id, rows(), f"**{row.label}**")


def _weeks(row: VisitKind) -> str:
    least, most = row.weeks_after_last_min, row.weeks_after_last_max
    return "" if least is None or most is None else f"{least} to {most}"


def _adjunct(row: Adjunct, protocol: Protocol) -> str:
    def rows() -> Iterator[tuple[str, str]]:
        role = protocol.roles.get(row.allowed)
        yield "Allowed", f"by the word of {role.who}" if role else row.allowed
        yield "Studied for", ", ".join(link(name, "indications.md") for name in row.for_indications)
        yield "Outcome", row.outcome
        most = f" to {row.days_apart_max}" if row.days_apart_max else ""
        yield "Days apart", "" if row.days_apart is None else f"{row.days_apart}{most}"
        yield "Marks more easily in skin types", ", ".join(row.caution_phototypes)
        yield "Note", row.note
        yield from mark_rows(row.mark)

    return _section(row.id, rows(), f"**{row.name}** - {row.text}")
