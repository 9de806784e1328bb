"""Decision tables that run: three-valued cells, alternatives, and the index that finds the rules an answer touches.

Hit policy: every rule that fires counts, the most cautious verdict wins. A cell is True, False, or None where the
answer it reads is not known. All cells of an alternative must hold; one alternative suffices (Kleene's logic).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from needlewise.knowledge._screening import Cell, Fact, Kind, Rule

Truth = bool | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question.

    `status` is the option chosen; "happened" or "never" for an event; a number for a measure.
    `on` is the day it speaks of: since, healed, last taken, happened. An imprecise day is its latest possible one.
    `where` is None for everywhere; else the places it speaks of.
    """

    status: str | float
    on: date | None = None
    what: str | None = None
    prescribed: bool | None = None
    where: frozenset[str] | None = None
    depth_mm: float | None = None
    said: str = ""


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


# Inputs that are the same at every place of a case.
_SHARED_INPUTS = frozenset({"visit-kind", "anaesthetic", "adjunct"})


@dataclass(frozen=True, slots=True)
class Index:
    """What is worked out once per protocol, so that a consultation visits only the rules its answers touch.

    `touched[fact][option]` are the positions of the rules in which some cell may hold at that option; `read_by[fact]`
    those of all rules that read the fact. `always` are the rules with an alternative that reads no fact at all. `reads`
    names the facts of each rule, `inputs` the inputs it looks at that differ by place, its questions' included: where
    those are equal and nobody answers differently by place, it says the same. `products` are the medicines and products that no rule reads. `asked` are the questions that may hold a case open, `asked_inputs`
    the inputs by which it hangs on the place whether they apply.
    """

    rules: tuple[Rule, ...]
    touched: Mapping[str, Mapping[str, frozenset[int]]]
    read_by: Mapping[str, frozenset[int]]
    always: frozenset[int]
    reads: tuple[frozenset[str], ...]
    inputs: tuple[tuple[str, ...], ...]
    products: tuple[str, ...]
    asked: tuple[Fact, ...]
    asked_inputs: Mapping[str, tuple[str, ...]]


def facts_of(rule: Rule) -> frozenset[str]:
    """The facts a rule reads, exemptions included."""
    return frozenset(cell.fact for cell in _cells_of(rule) if cell.fact)


def build_index(rules: Iterable[Rule], facts: Mapping[str, Fact]) -> Index:
    """Work out, once per protocol, which rules an answer touches and which rules say the same at every place."""
    rules = tuple(rules)
    read_by: dict[str, set[int]] = {}
    touched: dict[str, dict[str, set[int]]] = {}
    always = set()
    for position, rule in enumerate(rules):
        for cell in (cell for way in rule.any for cell in way.all if cell.fact):
            read_by.setdefault(cell.fact, set()).add(position)
            for option in _options_of(facts.get(cell.fact)):
                if not _never_at(cell, option):
                    touched.setdefault(cell.fact, {}).setdefault(option, set()).add(position)
        if any(all(cell.input for cell in way.all) for way in rule.any):
            always.add(position)
    return Index(
        rules,
        {fact: {option: frozenset(p) for option, p in of.items()} for fact, of in touched.items()},
        {fact: frozenset(positions) for fact, positions in read_by.items()},
        frozenset(always),
        tuple(facts_of(rule) for rule in rules),
        tuple(_inputs_of(_cells_of(rule), facts, bool(rule.regions)) for rule in rules),
        tuple(fact.id for fact in facts.values() if fact.kind is Kind.MEDICINE and fact.id not in read_by),
        tuple(f for f in facts.values() if not (f.optional or f.derived_from or f.kind is Kind.CLEARANCE)),
        {fact.id: _inputs_of(list(fact.asked_when), facts, False) for fact in facts.values()},
    )


def _options_of(fact: Fact | None) -> tuple[str, ...]:
    if fact is None:
        return ()
    return ("never", "happened") if fact.kind is Kind.EVENT else fact.options


def _cells_of(rule: Rule) -> list[Cell]:
    return [cell for way in rule.any for cell in way.all] + [cell for way in rule.exemptions for cell in way.all]


def _inputs_of(cells: list[Cell], facts: Mapping[str, Fact], by_region: bool) -> tuple[str, ...]:
    """The inputs that differ by place and that these cells look at, themselves or through the questions they read."""
    found = {"zone-region"} if by_region else set()
    seen: set[str] = set()
    while cells:
        cell = cells.pop()
        if cell.input and cell.input not in _SHARED_INPUTS:
            found.add(cell.input)
        if cell.fact and cell.fact not in seen and cell.fact in facts:
            seen.add(cell.fact)
            cells.extend(facts[cell.fact].asked_when)
    return tuple(sorted(found))


def _never_at(cell: Cell, option: str) -> bool:
    """True where the cell is False at this option whatever day or kind stands beside it."""
    if cell.one_of:
        return option not in cell.one_of
    if cell.none_of:
        return option in cell.none_of
    return option == "never" and cell.known is not False
