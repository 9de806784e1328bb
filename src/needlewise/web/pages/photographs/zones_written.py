"""Zones and stretch marks as the form's text holds them: lines that the drawing writes, or a whole file of zones."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from needlewise.errors import Problem
from needlewise.knowledge import Protocol

ZONES = "zones"
LONGEST_ZONES, MOST_ZONES, MOST_LINES = 60_000, 40, 240
EXAMPLE = "cheek-left: 0.30 0.40, 0.55 0.40, 0.55 0.70, 0.30 0.70"
EXAMPLE_STRIPE = "abdomen stripe 4 mm: 0.40 0.45, 0.48 0.52, 0.55 0.61"
_POINT_PARTS = 2
_FAULTY = "faulty"
_STRIPE = re.compile(r"^(?P<place>.+?)\s+stripe\b\s*(?P<width>\S*?)\s*(?:mm)?$", re.IGNORECASE)
_TABLES = re.compile(r"^\s*\[\[\s*(?:zone|stripe)\s*\]\]", re.MULTILINE)
Entry = dict[str, Any]


def read_written(text: str, protocol: Protocol, problems: list[Problem]) -> Mapping[str, Any] | None:
    """The table that a file of zones would hold; None where nothing is written. Faults are added to `problems`."""
    if not text:
        return None
    is_file = len(text) <= LONGEST_ZONES and (text.startswith("{") or _TABLES.search(text))
    table = _file(text, problems) if is_file else _table(text, protocol, problems)
    entries = table.get("zone")
    if isinstance(entries, list) and len(entries) > MOST_ZONES:
        problems.append(_too_many())
    return table


def _file(text: str, problems: list[Problem]) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads(text) if text.startswith("{") else tomllib.loads(text)
        # A number in another base is read at any length, but can be told to nobody.
        repr(found)
    except (ValueError, RecursionError) as fault:
        # Numbers of thousands of digits and tables without end have no words that are meant for a reader.
        is_told = isinstance(fault, json.JSONDecodeError | tomllib.TOMLDecodeError)
        why = fault if is_told else "a number too long, or tables too deep, to be read"
        expected = "lines as the drawing writes them, or a file of zones as JSON or TOML"
        problems.append(Problem(ZONES, f"neither JSON nor TOML: {why}", expected))
        return {"zone": []}
    return found


def _table(text: str, protocol: Protocol, problems: list[Problem]) -> Mapping[str, Any]:
    found: dict[str, list[Entry]] = {"zone": [], "stripe": [], _FAULTY: []}
    for kind, entry in _lines(text, protocol, problems):
        found[kind].append(entry)
    # The zone of these stretch marks is drawn, only not well: that it is missing would be untrue.
    faulty = {entry["name"] for entry in found[_FAULTY]}
    stripes = [entry for entry in found["stripe"] if entry["zone"] not in faulty]
    return {"unit": "share", "zone": found["zone"], "stripe": stripes}


def _lines(text: str, protocol: Protocol, problems: list[Problem]) -> Iterator[tuple[str, Entry]]:
    """`cheek-left: 0.30 0.40, 0.55 0.40, 0.55 0.70`, one outline a line, and `abdomen stripe 4 mm: 0.40 0.45, 0.48 0.52`.
    Of an outline with a fault only its name.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(text) > LONGEST_ZONES or len(lines) > MOST_LINES:
        problems.append(_too_many())
        return
    places = {place.label.lower(): name for name, place in protocol.places.items()} | {
        name: name for name in protocol.places
    }
    for number, line in lines:
        where = f"{ZONES}, line {number}"
        name, colon, rest = line.rpartition(":")
        stripe = _STRIPE.match(name.strip())
        place = places.get((stripe["place"] if stripe else name).strip().lower())
        if not colon or place is None:
            expected = "the name of a place and a colon, such as “cheek-left:”"
            problems.append(Problem(where, "no place of that name", expected, "The names stand below the field."))
            continue
        width = _number(stripe["width"]) if stripe and stripe["width"] else None
        if stripe and stripe["width"] and width is None:
            found = f"a width “{stripe['width'][:12]}” that cannot be read"
            problems.append(Problem(where, found, "millimetres, or nothing", f"Such as: {EXAMPLE_STRIPE}"))
            continue
        points = [_point(pair) for pair in rest.split(",") if pair.strip()]
        if None in points:
            expected = "two shares from 0 to 1 for each point, points parted by commas"
            example = EXAMPLE_STRIPE if stripe else EXAMPLE
            problems.append(Problem(where, "a point that cannot be read", expected, f"Such as: {example}"))
            if not stripe:
                yield _FAULTY, {"name": place}
        elif stripe:
            yield "stripe", {"zone": place, "line": points} | ({} if width is None else {"width_mm": width})
        else:
            yield "zone", {"name": place, "polygon": points}


def _too_many() -> Problem:
    return Problem(ZONES, "too many zones", f"at most {MOST_ZONES}", "Draw those that matter.")


def _number(typed: str) -> float | None:
    try:
        return float(typed.replace(",", ".").replace("_", "x"))
    except ValueError:
        return None


def _point(pair: str) -> list[float] | None:
    numbers = [_number(part) for part in pair.split()]
    known = [one for one in numbers if one is not None and 0 <= one <= 1]
    return known if len(known) == len(numbers) == _POINT_PARTS else None
