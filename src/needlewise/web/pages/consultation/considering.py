"""From the form to a consultation, with what could not be read beside it."""

import copy
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from needlewise.clinical.case import Case
from needlewise.consultation import Consultation, consult, read_case
from needlewise.errors import CaseError, Problem
from needlewise.knowledge import Protocol
from needlewise.web.pages.consultation.form_reading import PATIENT_KEYS, Table, case_tables
from needlewise.web.pages.consultation.sheet import Sheet

MOST_ROUNDS = 4
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the form came to. `consultation` is None while nothing is wished for yet, or nothing of it could be read.

    Where `problems` stand beside a consultation, it was held without the answers they name.
    """

    tables: Table
    case: Case | None
    consultation: Consultation | None
    problems: tuple[Problem, ...]


def consider(sheet: Sheet, protocol: Protocol, on: date) -> Outcome:
    """Read and consult. An answer that cannot be read counts as not given, and its problem is said."""
    tables = case_tables(sheet, protocol)
    if "concern" not in tables:
        return Outcome(tables, None, None, ())
    problems: list[Problem] = []
    readable: Table | None = tables
    for _ in range(MOST_ROUNDS):
        if readable is None:
            break
        try:
            case = read_case(readable, protocol, on)
        except CaseError as error:
            problems += error.problems
            readable = without(readable, error.problems)
        else:
            return Outcome(tables, case, consult(case, protocol, on), tuple(problems))
    return Outcome(tables, None, None, tuple(problems))


def without(tables: Table, problems: Iterable[Problem]) -> Table | None:
    """The tables less the parts that problems name; None where a part is named that cannot be done without."""
    left = copy.deepcopy(tables)
    doomed: list[tuple[Any, Any]] = []
    for problem in problems:
        found = _part(left, path_of(problem.where))
        if found is None:
            return None
        doomed.append(found)
    # Rows go last to first, so that the numbers of those still to go stay right.
    for holder, key in sorted(doomed, key=lambda part: part[1] if isinstance(part[1], int) else -1, reverse=True):
        if isinstance(holder, dict):
            holder.pop(key, None)
        elif key < len(holder):
            holder[key] = None
    for name in ("override", "clearance", "acknowledgement"):
        if name in left:
            left[name] = [row for row in left[name] if row is not None]
    return left


def path_of(where: str) -> list[str | int]:
    """`facts.filler[1].on` as `["facts", "filler", 1, "on"]`."""
    return [int(number) if number else name for number, name in _STEP.findall(where)]


def _part(tables: Table, path: list[str | int]) -> tuple[Any, Any] | None:
    """The holder and key of the part to take out: an answer whole, a row whole, one figure of a device."""
    match path:
        case ["facts", str(name), *_]:
            return (tables["patient"], PATIENT_KEYS[name]) if name in PATIENT_KEYS else (tables.get("facts", {}), name)
        case ["patient", str(key), *_]:
            return tables.get("patient", {}), key
        case ["plan", "requested", str(place)]:
            return tables["plan"]["requested"], place
        case ["plan", str(key), *_]:
            return tables.get("plan", {}), key
        case ["clinic", "device", int(row), str(key)] if key != "id":
            return tables["clinic"]["device"][row], key
        case ["clinic", str(key), *_]:
            return tables.get("clinic", {}), key
        case ["override" | "clearance" | "acknowledgement" as name, int(row), *_]:
            return tables[name], row
        case _:
            return None
