"""indications.md: what can be treated, where, with how many sessions."""

from collections.abc import Iterator

from generating.markdown import bullets, cells, link, links, mark_rows, page, table, yes
from needlewise.knowledge import Indication, Protocol

INTRODUCTION = """\
What a goal leads to. The mode says which maximum of a zone counts. Goals without a protocol are named too, so that
asking for them gets an answer: nothing is planned, and what is offered instead is said."""


def indications_page(protocol: Protocol) -> str:
    return page("Indications", INTRODUCTION, *(_indication(one, protocol) for one in protocol.indications.values()))


def _indication(one: Indication, protocol: Protocol) -> str:
    goals = [(f"`{goal.id}`", goal.words, yes(goal.supported), links(goal.scales, "scales.md")) for goal in one.goal]
    courses = []
    for severity, name in one.sessions.items():
        row = protocol.sessions[name]
        sessions = f"{row.sessions_min} to {row.sessions_max}"
        apart = f"{row.interval_min_days} to {row.interval_max_days} days"
        courses.append((f"`{severity}`", one.severity_labels[severity], link(name, "planning.md"), sessions, apart))
    uses = [
        (
            link(use.device, "devices.md"),
            use.authorisation,
            use.scope,
            links(use.zones, "zones.md"),
            ", ".join(use.phototypes) or "not stated",
            str(use.min_age_years),
            cells(use.when) if use.when else "",
        )
        for use in one.labelled
    ]
    parts = (
        f"## {one.id}",
        f"**{one.label}** - {one.plain_label}",
        bullets(_rows(one)),
        table(("severity", "meaning", "sessions row", "sessions", "apart"), courses),
        table(("goal", "in the patient's words", "supported", "scales"), goals),
        table(("authorised device", "record", "for", "zones", "phototypes", "from age", "only when"), uses),
    )
    return "\n\n".join(part for part in parts if part)


def _rows(one: Indication) -> Iterator[tuple[str, str]]:
    yield "Mode", one.mode.value
    yield "Supported by a protocol", yes(one.supported)
    yield "Regions", ", ".join(one.allowed_regions)
    for region, zones in (one.allowed_zones or {}).items():
        yield f"In the region {region}, only", links(zones, "zones.md")
    yield "Led by", one.led_by
    yield "Supposes", " or ".join(cells([one_of]) for one_of in one.needs)
    yield "Offered instead", links(one.offers_instead, "")
    yield "Adjuncts", links(one.adjuncts, "planning.md")
    yield "Scales", links(one.scales, "scales.md")
    yield "Note", one.note
    yield from mark_rows(one.mark)
