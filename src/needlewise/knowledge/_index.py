"""The index of a protocol: what is worked out once, so that a consultation visits only the rules its answers touch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from needlewise.knowledge._answerable import unanswerable
from needlewise.knowledge._screening import Alternative, Cell, Fact, Kind, Rule

# Inputs that are the same at every place of a case.
_SHARED_INPUTS = frozenset({"visit-kind", "anaesthetic", "adjunct"})


@dataclass(frozen=True, slots=True)
class Index:
    """What is worked out once per protocol, so that a consultation visits only the rules its answers touch.

    `touched[fact][option]` are the positions of the rules in which some cell may hold at that option; `read_by[fact]`
    those of all rules that read the fact. `always` are the rules with an alternative that reads no fact at all. `reads`
    names the facts of each rule and `inputs` the inputs it looks at that differ by place, both with what its questions
    hang on: where those inputs are equal and nobody answered those facts differently by place, it says the same.
    `asked` are the questions that may hold a case open; `asked_inputs` and `asked_reads` the inputs and facts by which it hangs on the place whether they apply. `undated`
    are the events among them whose day no rule reads, so that nothing else asks for it. `unanswerable` are, by rule,
    the alternatives that no single answer can satisfy. `by_input` are the positions of the rules that read an input.
    """

    rules: tuple[Rule, ...]
    touched: Mapping[str, Mapping[str, frozenset[int]]]
    read_by: Mapping[str, frozenset[int]]
    always: frozenset[int]
    reads: tuple[frozenset[str], ...]
    inputs: tuple[tuple[str, ...], ...]
    asked: tuple[Fact, ...]
    asked_inputs: Mapping[str, tuple[str, ...]]
    asked_reads: Mapping[str, frozenset[str]]
    undated: frozenset[str]
    unanswerable: Mapping[str, tuple[Alternative, ...]]
    by_input: Mapping[str, frozenset[int]]


def facts_of(rule: Rule) -> frozenset[str]:
    """The facts a rule reads, exemptions and the conditions of its clearance included."""
    return frozenset(cell.fact for cell in _cells_of(rule) if cell.fact)


def build_index(rules: Iterable[Rule], facts: Mapping[str, Fact]) -> Index:
    """Work out, once per protocol, which rules an answer touches and which rules say the same at every place."""
    rules = tuple(rules)
    read_by: dict[str, set[int]] = {}
    touched: dict[str, dict[str, set[int]]] = {}
    by_input: dict[str, set[int]] = {}
    always = set()
    for position, rule in enumerate(rules):
        for cell in (cell for way in rule.any for cell in way.all if cell.fact):
            read_by.setdefault(cell.fact, set()).add(position)
            for option in _options_of(facts.get(cell.fact)):
                if not _never_at(cell, option):
                    touched.setdefault(cell.fact, {}).setdefault(option, set()).add(position)
        for cell in (cell for way in rule.any for cell in way.all if cell.input):
            by_input.setdefault(cell.input, set()).add(position)
        if any(all(cell.input for cell in way.all) for way in rule.any):
            always.add(position)
    asked = tuple(f for f in facts.values() if not (f.optional or f.derived_from or f.kind is Kind.CLEARANCE))
    return Index(
        rules,
        {fact: {option: frozenset(p) for option, p in of.items()} for fact, of in touched.items()},
        {fact: frozenset(positions) for fact, positions in read_by.items()},
        frozenset(always),
        tuple(_closed(facts_of(rule), facts) for rule in rules),
        tuple(_inputs_of(_cells_of(rule), facts, bool(rule.regions)) for rule in rules),
        asked,
        {fact.id: _inputs_of(list(fact.asked_when), facts, False) for fact in facts.values()},
        {fact.id: _closed([fact.id], facts) for fact in facts.values()},
        frozenset(fact.id for fact in asked if fact.kind is Kind.EVENT) - _read_by_day(rules, facts),
        unanswerable(rules, facts),
        {name: frozenset(positions) for name, positions in by_input.items()},
    )


def _closed(names: Iterable[str], facts: Mapping[str, Fact]) -> frozenset[str]:
    """These facts, and all on which it hangs whether they apply or what they are."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            if (fact := facts.get(name)) is not None:
                left.extend(cell.fact for cell in fact.asked_when if cell.fact)
                left.extend([fact.derived_from] if fact.derived_from else [])
    return frozenset(found)


def _read_by_day(rules: Iterable[Rule], facts: Mapping[str, Fact]) -> frozenset[str]:
    """The facts whose day some alternative counts from, or another fact is worked out from."""
    cells = [cell for rule in rules for way in rule.any for cell in way.all]
    counted = {c.fact for c in cells if c.days_since_below is not None or c.days_since_at_least is not None}
    return frozenset(counted | {fact.derived_from for fact in facts.values()})


def _options_of(fact: Fact | None) -> tuple[str, ...]:
    if fact is None:
        return ()
    return ("never", "happened") if fact.kind is Kind.EVENT else fact.options


def _cells_of(rule: Rule) -> list[Cell]:
    found = [cell for way in rule.any for cell in way.all]
    found += [cell for way in rule.exemptions for cell in (*way.all, *way.same_day)]
    return found + list(rule.clearance.only_where if rule.clearance else ())


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
