"""Replaying a decision: the same case under the rows of its own day or of another, and what would differ.

A decision is the JSON document of a consultation with the tables of its case.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from needlewise.consultation import consult, read_case
from needlewise.errors import CaseError, Problem
from needlewise.interop.document import as_document
from needlewise.interop.schema import SCHEMA
from needlewise.knowledge import Protocol


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not come out the same: where, what it was, what it is now."""

    where: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of a decision. `exact`: the rows are the very ones it was made with. `reworded`: nothing to act on
    differs, but some words or sources do."""

    on: date
    made_with: str
    replayed_with: str
    exact: bool
    differences: tuple[Difference, ...]
    reworded: bool = False


def day_of(decision: Mapping[str, Any]) -> date:
    """The day of a decision. Raises `CaseError` where the document is no decision of ours."""
    problems = []
    if decision.get("schema") != SCHEMA:
        found = repr(decision.get("schema")) if "schema" in decision else "no schema named"
        problems.append(Problem("decision.schema", found, f"`{SCHEMA}`", "write one with `consult --format json`"))
    if not isinstance(decision.get("case"), Mapping):
        problems.append(
            Problem("decision.case", "no case in it", "the tables of the case", "`consult --format json` writes them")
        )
    try:
        on = date.fromisoformat(str(decision.get("on")))
    except ValueError:
        problems.append(Problem("decision.on", repr(decision.get("on")), "a day such as 2026-11-24"))
    if problems:
        raise CaseError(problems)
    return on


def replay(decision: Mapping[str, Any], protocol: Protocol) -> Replay:
    """Consult the case of a decision again, on its own day, under a protocol.

    Raises `CaseError` where the case cannot be read under this protocol, or where parts of the decision are missing.
    """
    on = day_of(decision)
    case = read_case(decision["case"], protocol, on)
    after = as_document(consult(case, protocol, on), protocol)
    made_with = str(decision.get("edition", ""))
    # Package version and digest name the rows; the day they were loaded for is in between.
    exact = _rows_of(made_with) == _rows_of(after["edition"])
    try:
        found = tuple(differences(decision, after))
    except (KeyError, TypeError, AttributeError, ValueError) as fault:
        hint = "write it again with `consult --format json`"
        raise CaseError(Problem("decision", f"parts of it are missing ({fault})", "a whole decision", hint)) from None
    reworded = not found and _said(decision) != _said(after)
    return Replay(on, made_with, after["edition"], exact, found, reworded)


def _rows_of(edition: str) -> tuple[str, ...]:
    parts = edition.split("/")
    return (parts[0], parts[-1])


def _said(document: Mapping[str, Any]) -> dict[str, Any]:
    """Everything but what names the rows, and the case itself."""
    return {key: value for key, value in document.items() if key not in ("edition", "case")}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """What a reader would act on, compared: verdicts, rules, questions, dates, depths, passes, care."""
    told, now = _by_place(before), _by_place(after)
    for where in [*told, *(key for key in now if key not in told)]:
        if told.get(where, "") != now.get(where, ""):
            yield Difference(where, told.get(where, "") or "nothing", now.get(where, "") or "nothing")


def _by_place(document: Mapping[str, Any]) -> dict[str, str]:
    """What is said of each thing. Where something is said of it more than once, all of it counts, in order."""
    found: dict[str, list[str]] = {}
    for where, what in (*_screened(document), *_planned(document), *_cared(document)):
        found.setdefault(where, []).append(what)
    return {where: "; ".join(filter(None, what)) for where, what in found.items()}


def _screened(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "verdict", document["verdict"]
    yield "eligible on", document["eligible_on"] or ""
    for zone in document["zones"]:
        yield f"zone {zone['id']}", zone["verdict"]
    for reason in document["reasons"]:
        where = f"rule {reason['rule']} {', '.join(sorted(reason['zones']))}".strip()
        yield where, f"{reason['verdict']} {reason['earliest_on'] or ''}".strip()
    for question in document["questions"]:
        yield f"question {question['fact']}", f"open, could become {question['could_become']}"
    for warning in document["warnings"]:
        yield "warning", warning


def _planned(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    plan = document["plan"]
    yield "plan", "none" if plan is None else "signable" if plan["signable"] else "not signable"
    if plan is None:
        return
    yield "to acknowledge", ", ".join(plan["to_acknowledge"])
    for concern in plan["concerns"]:
        yield f"concern {concern['concern']}", f"{concern['sessions_min']} to {concern['sessions_max']} sessions"
        for out in concern["left_out"]:
            yield f"concern {concern['concern']}, {out['zone']}", "left out"
    for visit in plan["visits"]:
        where = f"{visit['kind']} {visit['number'] or ''} {visit['note']}".strip()
        yield where, visit["date"]
        for zone in visit["zones"]:
            depth = f"{zone['depth_mm']:g} of {zone['ceiling_mm']:g} to {zone['limit_mm']:g} mm"
            yield f"{where}, {zone['zone']}", f"{depth}, {zone['passes']} passes, {zone['end_point']}, {zone['device']}"


def _cared(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in document["timeline"]:
        if entry["kind"] not in ("visit", "check-in", "expect"):
            hours = "" if entry["hours_until"] is None else f", hour {entry['hours_from']} to {entry['hours_until']}"
            yield f"{entry['kind']} {entry['item']} from {entry['from']}", f"until {entry['until']}{hours}"
    cream = document["numbing"]
    if cream is not None:
        allowed = "allowed" if cream["allowed"] else "not allowed"
        yield "numbing cream", f"{allowed}, at most {cream['most_grams']} g" if cream["most_grams"] else allowed
