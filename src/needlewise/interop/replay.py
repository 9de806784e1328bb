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
    """What became of a decision. `exact`: the rows are the very ones it was made with."""

    on: date
    made_with: str
    replayed_with: str
    exact: bool
    differences: tuple[Difference, ...]


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

    Raises `CaseError` where the case cannot be read under this protocol.
    """
    on = day_of(decision)
    case = read_case(decision["case"], protocol, on)
    after = as_document(consult(case, protocol, on))
    made_with = str(decision.get("edition", ""))
    # Package version and digest name the rows; the day they were loaded for is in between.
    exact = _rows_of(made_with) == _rows_of(after["edition"])
    return Replay(on, made_with, after["edition"], exact, tuple(differences(decision, after)))


def _rows_of(edition: str) -> tuple[str, ...]:
    parts = edition.split("/")
    return (parts[0], parts[-1])


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """What a reader would act on, compared: verdicts, rules, dates, depths, passes, pauses."""
    told, now = dict(_facts(before)), dict(_facts(after))
    for where in [*told, *(key for key in now if key not in told)]:
        if told.get(where, "") != now.get(where, ""):
            yield Difference(where, told.get(where, "") or "nothing", now.get(where, "") or "nothing")


def _facts(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "verdict", document["verdict"]
    yield "eligible on", document["eligible_on"] or ""
    for zone in document["zones"]:
        yield f"zone {zone['id']}", zone["verdict"]
    for reason in document["reasons"]:
        where = f"rule {reason['rule']} {', '.join(sorted(reason['zones']))}".strip()
        yield where, f"{reason['verdict']} {reason['earliest_on'] or ''}".strip()
    plan = document["plan"]
    yield "plan", "none" if plan is None else "signable" if plan["signable"] else "not signable"
    for visit in plan["visits"] if plan else ():
        where = f"{visit['kind']} {visit['number'] or ''} {visit['note']}".strip()
        yield where, visit["date"]
        for zone in visit["zones"]:
            depth = f"{zone['depth_mm']:g} of {zone['ceiling_mm']:g} to {zone['limit_mm']:g} mm"
            yield f"{where}, {zone['zone']}", f"{depth}, {zone['passes']} passes, {zone['end_point']}"
    for entry in document["timeline"]:
        if entry["kind"] in ("pause", "restart", "keep", "ask"):
            yield f"{entry['kind']} {entry['item']} from {entry['from']}", f"until {entry['until']}"
