"""The tables of a protocol by name, and which of their rows rest on a source."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._values import Mark

# Table -> the attribute of the protocol that holds it.
TABLES = {
    "rules": "rules",
    "facts": "facts",
    "zones": "zones",
    "devices": "devices",
    "indications": "indications",
    "adjuncts": "adjuncts",
    "scales": "scales",
    "sessions": "sessions",
    "modifiers": "modifiers",
    "limits": "limits",
    "visits": "visits",
    "stop-rules": "stop_rules",
    "roles": "roles",
    "wording": "wording",
    "preparation": "preparation",
    "aftercare": "aftercare",
    "recovery": "recovery",
    "red-flags": "red_flags",
    "readings": "readings",
    "conflicts": "conflicts",
    "levels": "levels",
    "sources": "sources",
}


class Citing(NamedTuple):
    """A row that rests on a source: its table and id, the part of it (empty: all), and the places that are named."""

    table: str
    row: Any
    path: str
    places: tuple[str, ...]


def rows_of(protocol: Protocol, table: str) -> Mapping[str, Any]:
    """The rows of a table by id."""
    rows: Mapping[str, Any] = getattr(protocol, TABLES[table])
    return rows


def marks_in(value: Any, path: str = "") -> Iterator[tuple[str, Mark]]:
    """Every mark inside a row, with the path to what it stands for."""
    if isinstance(value, Mark):
        yield path.removesuffix(".mark").removesuffix("mark"), value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from marks_in(getattr(value, field.name), f"{path}.{field.name}" if path else field.name)
    elif isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from marks_in(part, f"{path}[{part_name(part, number)}]")


def part_name(part: Any, number: int) -> str:
    """What tells a part of a row from its neighbours, so that one put in between does not change the others."""
    return str(next((name for key in ("id", "name", "sex", "number") if (name := getattr(part, key, ""))), number))


def citing(protocol: Protocol, source: str) -> Iterator[Citing]:
    """Every row of the protocol that rests on a source, table by table."""
    for table in TABLES:
        for row in rows_of(protocol, table).values():
            for path, mark in marks_in(row):
                places = tuple(cite.place for cite in mark.sources if cite.id == source)
                if places:
                    yield Citing(table, row, path, places)
