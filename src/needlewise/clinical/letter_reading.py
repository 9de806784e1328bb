"""Reading what only letters have: days that never count in their favour, and the places they speak of."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from needlewise.clinical.answers import Reader, shown
from needlewise.knowledge import Rule, Scope

CLEARANCE_KEYS = ("role", "rules", "by", "on", "valid_until", "condition_met", "wait_days", "zones")


def letter_days(row: Mapping[str, Any], where: str, answers: Reader) -> tuple[date | None, date | None]:
    """The day of a letter, and the last day on which it holds. Of a month or year the earliest day: an older letter
    counts less, and so does one that ends earlier."""
    first, latest = answers.span(row.get("on"), f"{where}.on")
    on = first or latest
    if "valid_until" not in row:
        return on, None
    first, latest = answers.span(row["valid_until"], f"{where}.valid_until", ahead=True)
    until = first or latest
    if on is not None and until is not None and until < on:
        said = f"{shown(row['valid_until'])} is read as {until}, which" if first else f"{until}"
        hint = "write the whole day" if first else ""
        answers.problem(f"{where}.valid_until", f"{said} lies before the day it was given, {on}", "a later day", hint)
    return on, until


def zones_named(row: Mapping[str, Any], rules: Iterable[Rule], where: str, answers: Reader) -> list[Any]:
    """The zones a letter is for, as written; none where it is for everywhere, and so for the whole person."""
    if "zones" not in row:
        return []
    zones = row["zones"]
    if not zones or not isinstance(zones, list | tuple):
        hint = "leave `zones` out for everywhere"
        answers.problem(where, shown(zones), 'a list of zones, such as ["cheek", "temple-left"]', hint)
        return []
    for rule in rules:
        if rule.scope is Scope.PERSON:
            found = f"zones, and the rule `{rule.id}` speaks of the whole person"
            hint = "name that rule in a [[clearance]] of its own, without zones"
            answers.problem(where, found, "no zones", hint)
    return list(zones)
