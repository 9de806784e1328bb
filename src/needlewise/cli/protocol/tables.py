"""How a row of the protocol is summed up and taken apart."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from needlewise.cli.cells import cell_in_words
from needlewise.knowledge import Cell, Verdict, part_name

# The field that says best what a row is, whichever it has first.
_SUMMARIES = ("title", "label", "name", "question", "citation", "item", "sign", "who", "topic", "text", "reason")
# Cells of which one is enough.
_ANY_OF = frozenset({"prescriber_first", "no_anaesthetic", "needs"})
# Where a row was taken from while the knowledge was compiled: of use to its editors only.
_LEFT_OUT = frozenset({"origin_rows"})


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


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every field of a row as a path and its text, so that two rows can be compared field by field."""
    if is_dataclass(value) and not isinstance(value, type | Cell):
        for name, part in parts_of(value):
            yield from flat(part, f"{path}.{name}" if path else name)
    elif isinstance(value, tuple) and not is_plain(value):
        for number, part in enumerate(value):
            yield from flat(part, f"{path}[{part_name(part, number)}]")
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from flat(part, f"{path}.{name}")
    else:
        yield path, said(value)
