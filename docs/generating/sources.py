"""sources.md and disagreements.md: what was read, what rests on it, where sources differ, what was not found."""

from collections import defaultdict
from collections.abc import Iterator

from generating.markdown import bullets, link, mark_rows, page
from needlewise.knowledge import BASIS_ORDER, TABLES, Protocol, Source, marks_in, rows_of

SOURCES = """\
What was read, strongest first. "Read" says which part. `memory` is no source: it marks what was written from memory
and says so. What rests on a source is listed under it; `needlewise protocol sources ID` shows the places as well."""
DISAGREEMENTS = """\
Where sources differ and which value the protocol takes, and what was looked for and not found. Both are reasons to read
our proposals with care."""
NOT_KNOWN = "not known"
# Where the row of a table is to be found. Tables that are not here have no page of their own.
FILES = {
    "rules": "rules.md",
    "facts": "facts.md",
    "zones": "zones.md",
    "devices": "devices.md",
    "indications": "indications.md",
    "scales": "scales.md",
    "limits": "limits.md",
    "stop-rules": "limits.md",
    "preparation": "care.md",
    "aftercare": "care.md",
    "recovery": "care.md",
    "red-flags": "care.md",
    "conflicts": "disagreements.md",
    **dict.fromkeys(("sessions", "modifiers", "visits", "adjuncts", "roles"), "planning.md"),
}


def sources_page(protocol: Protocol) -> str:
    resting = _resting(protocol)
    ordered = sorted(protocol.sources.values(), key=lambda one: (BASIS_ORDER[one.basis], one.id))
    parts = [SOURCES]
    for basis in dict.fromkeys(one.basis for one in ordered):
        parts.append(f"## {basis.value.replace('-', ' ').capitalize()}")
        parts += [_source(one, protocol, resting) for one in ordered if one.basis is basis]
    return page("Sources", *parts)


def _source(one: Source, protocol: Protocol, resting: dict[str, dict[str, list[str]]]) -> str:
    def rows() -> Iterator[tuple[str, str]]:
        yield "Kind", f"{one.level.replace('_', ' ')}. {protocol.levels[one.level].reason}"
        yield "Read", one.read
        yield "Where", f"<{one.url}>" if one.url else ""
        yield "Note", one.note
        for table, names in resting.get(one.id, {}).items():
            file = FILES.get(table, "")
            yield table.replace("-", " ").capitalize(), ", ".join(link(n, file) if file else f"`{n}`" for n in names)

    return f"### {one.id}\n\n{one.citation}\n\n{bullets(rows())}"


def _resting(protocol: Protocol) -> dict[str, dict[str, list[str]]]:
    """Source -> table -> rows that cite it, each once."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for table in TABLES:
        for row in rows_of(protocol, table).values():
            for name in dict.fromkeys(cite.id for _, mark in marks_in(row) for cite in mark.sources):
                found[name][table].append(row.id)
    return found


def disagreements_page(protocol: Protocol) -> str:
    parts = [DISAGREEMENTS, "## Where sources differ"]
    for one in protocol.conflicts.values():
        rows = [("Found", one.found), ("Taken", one.default), *mark_rows(one.mark)]
        parts.append(f"### {one.id}\n\n**{one.topic}**\n\n{bullets(rows)}")
    gaps = [("", one.text) for one in protocol.readings.values() if one.topic == NOT_KNOWN]
    return page("Disagreements and gaps", *parts, "## What was not found", bullets(gaps))
