"""The tables of the protocol by name, and how a row is summed up and taken apart."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from needlewise.cli.cells import cell_in_words
from needlewise.knowledge import Cell, Mark, Protocol, Verdict

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
# The field that says best what a row is, whichever it has first.
_SUMMARIES = ("title", "label", "name", "question", "citation", "item", "sign", "who", "topic", "text", "reason")
# Cells of which one is enough.
_ANY_OF = frozenset({"prescriber_first", "no_anaesthetic", "needs"})
# Where a row was taken from while the knowledge was compiled: of use to its editors only.
_LEFT_OUT = frozenset({"origin_rows"})


def rows_of(protocol: Protocol, table: str) -> Mapping[str, Any]:
    """The rows of a table by id."""
    rows: Mapping[str, Any] = getattr(protocol, TABLES[table])
    return rows


def summary(row: Any) -> str:
    """One line that says what a row is."""
    text = next((text for name in _SUMMARIES if (text := getattr(row, name, ""))), "")
    verdict = getattr(row, "verdict", None)
    return f"{verdict.word}: {text}" if isinstance(verdict, Verdict) else str(text)


def parts_of(row: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a row that say something, in their order."""
    for field in fields(row):
        value = getattr(row, field.name)
        if field.name not in _LEFT_OUT and value is not None and value not in ("", (), {}):
            yield field.name, value


def is_plain(value: Any) -> bool:
    """Whether a value fits on a line."""
    if isinstance(value, tuple):
        return all(isinstance(part, Cell) or is_plain(part) for part in value)
    if isinstance(value, Mapping):
        return all(map(is_plain, value.values()))
    return isinstance(value, Cell) or not is_dataclass(value)


def said(value: Any) -> str:
    """A plain value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Verdict):
        return value.word
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Cell):
        return cell_in_words(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {said(part)}" for name, part in value.items())
    if isinstance(value, tuple | list):
        return "; ".join(map(said, value))
    return str(value)


def field_in_words(name: str, value: Any) -> str:
    """A plain field in words: of cells, all must hold, or one is enough."""
    if isinstance(value, tuple) and value and isinstance(value[0], Cell):
        return (" or " if name in _ANY_OF else " and ").join(map(said, value))
    return said(value)


def marks_in(value: Any, path: str = "") -> Iterator[tuple[str, Mark]]:
    """Every mark inside a row, with the path to what it stands for."""
    if isinstance(value, Mark):
        yield path.removesuffix(".mark").removesuffix("mark"), value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from marks_in(getattr(value, field.name), f"{path}.{field.name}" if path else field.name)
    elif isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from marks_in(part, f"{path}[{_name_of(part, number)}]")


def _name_of(part: Any, number: int) -> str:
    """What tells a part of a row from its neighbours, so that one put in between does not change the others."""
    return str(next((name for key in ("id", "name", "sex", "number") if (name := getattr(part, key, ""))), number))


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every field of a row as a path and its text, so that two rows can be compared field by field."""
    if is_dataclass(value) and not isinstance(value, type | Cell):
        for name, part in parts_of(value):
            yield from flat(part, f"{path}.{name}" if path else name)
    elif isinstance(value, tuple) and not is_plain(value):
        for number, part in enumerate(value):
            yield from flat(part, f"{path}[{_name_of(part, number)}]")
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from flat(part, f"{path}.{name}")
    else:
        yield path, said(value)
