"""From the form to the tables of a case. Nothing is judged here: what cannot be an answer is left to `read_case`."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from needlewise.knowledge import Fact, Kind, Protocol
from needlewise.web.pages.consultation.sheet import Sheet

Table = dict[str, Any]

NEVER, HAPPENED = "never", "happened"
# Answers about who the person is stand in a table of their own in a case file.
PATIENT_KEYS = {"birth-date": "born", "sex": "sex", "phototype": "phototype"}
DEVICE_FIGURES = ("needle_count", "needle_diameter_mm", "strokes_per_second", "glide_mm_per_second", "swept_width_mm")
_DIGITS = re.compile(r"^(\d{4})(\d{2})?(\d{2})?$")
_YEAR_FIRST = re.compile(r"^(\d{4})[-./ ](\d{1,2})(?:[-./ ](\d{1,2}))?$")
_DAY_FIRST = re.compile(r"^(?:(\d{1,2})\.\s?)?(\d{1,2})\.\s?(\d{4})$")


def case_tables(sheet: Sheet, protocol: Protocol) -> Table:
    """The tables of a case file. Concerns without a place yet are left out; everything else stands as written."""
    tables: Table = {
        "patient": {},
        "concern": list(_concerns(sheet)),
        "facts": {},
        "clinic": _clinic(sheet),
        "plan": _plan(sheet),
        "override": list(_overrides(sheet)),
        "clearance": list(_clearances(sheet, protocol)),
        "acknowledgement": list(_acknowledgements(sheet)),
    }
    for fact in protocol.facts.values():
        answer = answer_of(fact, sheet)
        if answer is not None:
            key = PATIENT_KEYS.get(fact.id)
            tables["patient" if key else "facts"][key or fact.id] = answer
    return {name: table for name, table in tables.items() if table}


def day_of(text: str) -> date | str:
    """A day as typed: year first with any separator or none, or day first with points; parts of a day stay text."""
    if digits := _DIGITS.match(text):
        parts = list(digits.groups())
    elif year_first := _YEAR_FIRST.match(text):
        parts = list(year_first.groups())
    elif day_first := _DAY_FIRST.match(text):
        day, month, year = day_first.groups()
        parts = [year, month, day]
    else:
        return text
    written = "-".join(part.zfill(2) for part in parts if part)
    try:
        return date.fromisoformat(written) if parts[-1] else written
    except ValueError:
        return written


def number_of(text: str) -> float | int | str:
    """A number as typed, point or comma; anything else stays text, so that the reader can name it."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text


def answer_of(fact: Fact, sheet: Sheet) -> Any:
    """The answer to one question, in the form of a case file; None where it was not asked."""
    rows = sheet.numbers(f"f.{fact.id}")
    entries = [entry for row in rows if (entry := _entry(fact, sheet, row)) is not None]
    if not entries:
        return None
    return entries[0] if len(entries) == 1 else entries


def _entry(fact: Fact, sheet: Sheet, row: int) -> Any:
    path = f"f.{fact.id}.{row}"
    where = sheet.all(f"{path}.where")
    if row and not where and fact.kind is not Kind.EVENT:
        return None  # a second answer speaks of some zones; until they are named it says nothing
    entry = _event(sheet, path) if fact.kind is Kind.EVENT else _bare(fact, sheet, path)
    if entry is None or not where:
        return entry
    if isinstance(entry, dict):
        return {**entry, "where": where}
    if fact.kind is Kind.EVENT:
        return {"on": entry, "where": where} if entry != NEVER else None
    return {"value" if fact.kind is Kind.MEASURE else "status": entry, "where": where}


def _bare(fact: Fact, sheet: Sheet, path: str) -> Any:
    if fact.kind is Kind.MEASURE:
        value = sheet.text(f"{path}.value")
        return number_of(value) if value else None
    status = sheet.text(f"{path}.status")
    if not status:
        return None
    on, prescribed = sheet.text(f"{path}.on"), sheet.text(f"{path}.prescribed")
    table: Table = {"status": status}
    if on:
        table["on"] = day_of(on)
    if prescribed and status != NEVER:
        table["prescribed"] = prescribed == "yes"
    return table if len(table) > 1 else status


def _event(sheet: Sheet, path: str) -> Any:
    status = sheet.text(f"{path}.status")
    if status == NEVER:
        return NEVER
    on, what, depth = (sheet.text(f"{path}.{key}") for key in ("on", "what", "depth"))
    if not (status or on or what or depth):
        return None
    table: Table = {}
    if on:
        table["on"] = day_of(on)
    if what:
        table["what"] = what
    if depth:
        table["depth_mm"] = number_of(depth)
    return table["on"] if set(table) == {"on"} else table


def concern_tables(sheet: Sheet) -> list[tuple[int, Table]]:
    """Every concern with something said, by its number in the form."""
    found = []
    for number in sheet.numbers("c"):
        kind, _, name = sheet.text(f"c.{number}.wish").partition(":")
        table: Table = {kind: name} if name else {}
        if severity := sheet.text(f"c.{number}.severity"):
            table["severity"] = severity
        table["zones"] = sheet.all(f"c.{number}.zones")
        found.append((number, table))
    return found


def _concerns(sheet: Sheet) -> Iterator[Table]:
    for _, table in concern_tables(sheet):
        if table["zones"] and ("goal" in table or "indication" in table):
            yield table


def _clinic(sheet: Sheet) -> Table:
    table: Table = {}
    devices = [{"id": name, **_figures(sheet, name)} for name in sheet.all("devices")]
    if any(len(device) > 1 for device in devices):
        table["device"] = devices
    elif devices:
        table["devices"] = [device["id"] for device in devices]
    if weekdays := sheet.all("weekdays"):
        table["weekdays"] = weekdays
    if adopted := sheet.all("adopted"):
        table["adopted"] = adopted
    return table


def _figures(sheet: Sheet, device: str) -> Table:
    found = {key: sheet.text(f"d.{device}.{key}") for key in DEVICE_FIGURES}
    return {key: number_of(text) for key, text in found.items() if text}


def _plan(sheet: Sheet) -> Table:
    table: Table = {}
    if start := sheet.text("start_on"):
        table["start_on"] = day_of(start)
    for key in ("visit", "anaesthetic"):
        if value := sheet.text(key):
            table[key] = value
    if adjuncts := sheet.all("adjuncts"):
        table["adjuncts"] = adjuncts
    requested = {
        place: number_of(sheet.text(f"depth.{place}.mm"))
        for place in sheet.heads("depth")
        if sheet.text(f"depth.{place}.mm") and not sheet.text(f"depth.{place}.reason")
    }
    if requested:
        table["requested"] = requested
    return table


def _overrides(sheet: Sheet) -> Iterator[Table]:
    """A depth with a written reason is an override; without one it is a wish."""
    for place in sheet.heads("depth"):
        depth, reason, by = (sheet.text(f"depth.{place}.{key}") for key in ("mm", "reason", "by"))
        if depth and reason:
            yield {"zone": place, "depth_mm": number_of(depth), "reason": reason, **({"by": by} if by else {})}


def _clearances(sheet: Sheet, protocol: Protocol) -> Iterator[Table]:
    """One table for each letter: rules of the same role that it clears in the same words stand together."""
    letters: dict[str, Table] = {}
    for name in sheet.heads("k"):
        rule = protocol.rules.get(rule_of_letter(name))
        said = {key: sheet.text(f"k.{name}.{key}") for key in ("by", "on", "valid_until", "wait_days")}
        if rule is None or rule.clearance is None or not any(said.values()):
            continue
        letter: Table = {"role": rule.clearance.role}
        letter |= {key: day_of(said[key]) for key in ("on", "valid_until") if said[key]}
        letter |= {"by": said["by"]} if said["by"] else {}
        letter |= {"wait_days": number_of(said["wait_days"])} if said["wait_days"] else {}
        letter |= {"condition_met": True} if sheet.text(f"k.{name}.condition_met") else {}
        letter |= {"zones": zones} if (zones := sheet.all(f"k.{name}.zones")) else {}
        letters.setdefault(repr(letter), {**letter, "rules": []})["rules"].append(rule.id)
    yield from ({**letter, "rules": list(dict.fromkeys(letter["rules"]))} for letter in letters.values())


def rule_of_letter(name: str) -> str:
    """The rule of a letter by its name in the form: `k.<rule>` the first, `k.<rule>~2` one more for the same rule."""
    return name.partition("~")[0]


def _acknowledgements(sheet: Sheet) -> Iterator[Table]:
    for name in sheet.heads("a"):
        if sheet.text(f"a.{name}.read"):
            reason = sheet.text(f"a.{name}.reason")
            yield {"rule": name, **({"reason": reason} if reason else {})}
