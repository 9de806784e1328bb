"""Decision tables that run: three-valued cells and alternatives.

Hit policy: every rule that fires counts, the most cautious verdict wins. A cell is True, False, or None where the
answer it reads is not known. All cells of an alternative must hold; one alternative suffices (Kleene's logic).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from needlewise.knowledge._screening import Cell, Exemption, Fact

Truth = bool | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question.

    `status` is the option chosen; "happened" or "never" for an event; a number for a measure.
    `on` is the day it speaks of: since, healed, last taken, happened. An imprecise day is its latest possible one, and
    `earliest` its earliest; None where the day is exact.
    `where` is None for everywhere; else the places it speaks of.
    """

    status: str | float
    on: date | None = None
    what: str | None = None
    prescribed: bool | None = None
    where: frozenset[str] | None = None
    depth_mm: float | None = None
    said: str = ""
    earliest: date | None = None


# What may be known about a fact at one spot: the answers that reach it. None among them: part of it is not known.
Known = tuple[Answer | None, ...]
Lookup = Callable[[str], Known]
Inputs = Mapping[str, frozenset[str]]

UNKNOWN: Known = (None,)


def cell_holds_for(cell: Cell, answer: Answer, on: date) -> Truth:
    """Whether one answer satisfies a cell that reads its fact."""
    status = answer.status
    if isinstance(status, str):
        if cell.one_of and status not in cell.one_of:
            return False
        if cell.none_of and status in cell.none_of:
            return False
    elif not _number_holds(cell, status):
        return False
    if cell.known is not None:
        return cell.known is (status != "never")
    result: Truth = True
    if cell.what:
        if status == "never":
            return False
        if answer.what is None:
            result = None
        elif answer.what not in cell.what:
            return False
    if cell.days_since_below is not None or cell.days_since_at_least is not None:
        days = _days_hold(cell, answer, on)
        if days is not True:
            return days
    return result


def _number_holds(cell: Cell, number: float) -> bool:
    return (
        (cell.below is None or number < cell.below)
        and (cell.above is None or number > cell.above)
        and (cell.at_least is None or number >= cell.at_least)
        and (cell.at_most is None or number <= cell.at_most)
    )


def _days_hold(cell: Cell, answer: Answer, on: date) -> Truth:
    if answer.status == "never":
        return False
    if answer.on is None:
        return None
    days = (on - answer.on).days
    if cell.days_since_below is not None and days >= cell.days_since_below:
        return False
    return cell.days_since_at_least is None or days >= cell.days_since_at_least


def cell_holds(cell: Cell, lookup: Lookup, inputs: Inputs, on: date) -> Truth:
    """Whether a cell holds at a spot: one answer that satisfies it is enough; else an unknown part leaves it open."""
    if cell.input:
        given = inputs.get(cell.input, frozenset())
        if cell.one_of:
            return not given.isdisjoint(cell.one_of)
        return given.isdisjoint(cell.none_of)
    result: Truth = False
    for answer in lookup(cell.fact):
        one = None if answer is None else cell_holds_for(cell, answer, on)
        if one is True:
            return True
        if one is None:
            result = None
    return result


def cell_holds_throughout(cell: Cell, lookup: Lookup, inputs: Inputs, on: date) -> bool:
    """The strict reading, for what lets a rule give way: every answer and every input must satisfy the cell."""
    if cell.input:
        given = inputs.get(cell.input, frozenset())
        return bool(given) and given.issubset(cell.one_of)
    answers = lookup(cell.fact)
    return bool(answers) and all(a is not None and cell_holds_for(cell, a, on) is True for a in answers)


def exemption_holds(exemption: Exemption, lookup: Lookup, inputs: Inputs, on: date) -> bool:
    """Whether a rule gives way: every cell read strictly, and what must be one event is of one day."""
    return all(cell_holds_throughout(cell, lookup, inputs, on) for cell in exemption.all) and (
        not exemption.same_day or _of_one_day(exemption.same_day, lookup, on)
    )


def _of_one_day(cells: tuple[Cell, ...], lookup: Lookup, on: date) -> bool:
    first, *others = cells
    answers = lookup(first.fact)
    return bool(answers) and all(
        answer is not None
        and answer.on is not None
        and cell_holds_for(first, answer, on) is True
        and all(_has_one_on(other, lookup, answer.on, on) for other in others)
        for answer in answers
    )


def _has_one_on(cell: Cell, lookup: Lookup, day: date, on: date) -> bool:
    known = (answer for answer in lookup(cell.fact) if answer is not None)
    return any(answer.on == day and cell_holds_for(cell, answer, on) is True for answer in known)


def all_hold(cells: Iterable[Cell], lookup: Lookup, inputs: Inputs, on: date) -> Truth:
    """Kleene's `and`: False wins, then not known."""
    result: Truth = True
    for cell in cells:
        one: Truth
        if cell.input:
            one = cell_holds(cell, lookup, inputs, on)
        else:
            known = lookup(cell.fact)
            # Nearly always one answer speaks; the rest goes the long way.
            if len(known) == 1:
                answer = known[0]
                one = None if answer is None else cell_holds_for(cell, answer, on)
            else:
                one = cell_holds(cell, lookup, inputs, on)
        if one is False:
            return False
        if one is None:
            result = None
    return result


def applies(fact: Fact, lookup: Lookup, inputs: Inputs, on: date) -> bool:
    """Whether a question is to be asked: a cell that reads an unknown fact holds."""
    return all_hold(fact.asked_when, lookup, inputs, on) is not False
