"""The tables of a case as a TOML file, for people to read and for `read_case` to take back."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def as_toml(tables: Mapping[str, Any], head: str = "") -> str:
    """TOML 1.0, after a comment of its own. Tables in the order given; a list of tables becomes one [[header]] each, and
    a table inside a table a section of its own; what lies deeper stays on its line. Empty tables are left out."""
    lines = [f"# {line}" for line in head.splitlines()]
    for name, table in tables.items():
        if table:
            lines += _section(_key(name), table)
    return "\n".join(lines) + "\n"


def _section(name: str, table: Any) -> Iterator[str]:
    if isinstance(table, list):
        for row in (row for row in table if row):
            yield from ("", f"[[{name}]]")
            yield from _lines(row)
        return
    inner = {key: value for key, value in table.items() if _is_section(value)}
    yield from ("", f"[{name}]")
    # Dotted sections close the one above, so they come last.
    yield from _lines({key: value for key, value in table.items() if key not in inner})
    for key, value in inner.items():
        yield from _section(f"{name}.{_key(key)}", value)


def _is_section(value: Any) -> bool:
    """Rows with an id of their own, and tables by zone; an answer in several parts stays on its line."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(row, Mapping) and "id" in row for row in value)
    return isinstance(value, Mapping) and all(isinstance(part, int | float) for part in value.values()) and bool(value)


def _lines(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        yield f"{_key(key)} = {_value(value)}"


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else basic_string(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {_value(part)}" for key, part in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return basic_string(str(value))


def basic_string(text: str) -> str:
    """A basic string. JSON writes the same escapes, but leaves a control character that TOML forbids."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007F")
