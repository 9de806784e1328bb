"""Which alternatives one answer can make hold at all: a cell that no answer of its question satisfies never fires."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise, product
from math import floor

from needlewise.knowledge._screening import Alternative, Cell, Fact, Kind, Rule
from needlewise.knowledge._tables import Answer, cell_holds_for

# Any day does: cells count days from it, and nothing else is read of it.
_SOME_DAY = date(2000, 1, 1)
_LONGEST_DAYS = 100 * 366


def unanswerable(rules: Iterable[Rule], facts: Mapping[str, Fact]) -> dict[str, tuple[Alternative, ...]]:
    """By rule, the alternatives that no single answer to some question of theirs can satisfy."""
    found = {rule.id: tuple(way for way in rule.any if not _answerable(way, facts)) for rule in rules}
    return {rule: ways for rule, ways in found.items() if ways}


def _answerable(way: Alternative, facts: Mapping[str, Fact]) -> bool:
    by_fact: dict[str, list[Cell]] = {}
    for cell in way.all:
        if cell.fact in facts:
            by_fact.setdefault(cell.fact, []).append(cell)
    return all(
        any(all(cell_holds_for(cell, answer, _SOME_DAY) for cell in cells) for answer in _answers(facts[name], cells))
        for name, cells in by_fact.items()
    )


def _answers(fact: Fact, cells: list[Cell]) -> Iterator[Answer]:
    """Enough answers to a question: where these cells can hold at all, they hold at one of them."""
    if fact.kind is Kind.MEASURE:
        yield from (Answer(number) for number in _numbers(fact, cells))
        return
    options = ("happened", "never") if fact.kind is Kind.EVENT else fact.options
    for status, what, ago in product(options, fact.what or (None,), _days_ago(cells)):
        yield Answer(status, _SOME_DAY - timedelta(days=ago), what)


def _numbers(fact: Fact, cells: list[Cell]) -> list[float]:
    """The ends of the range, every bound, and a number between each two of them; whole ones for what is counted."""
    low, high = fact.range or (0.0, 0.0)
    bounds = {bound for cell in cells for bound in (cell.below, cell.above, cell.at_least, cell.at_most)}
    ends = sorted({low, high} | {bound for bound in bounds if bound is not None and low <= bound <= high})
    if fact.whole:
        near = {floor(end) + step for end in ends for step in (-1, 0, 1)}
        return [float(number) for number in near if low <= number <= high]
    return ends + [(one + other) / 2 for one, other in pairwise(ends)]


def _days_ago(cells: list[Cell]) -> set[int]:
    return {0} | {min(cell.days_since_at_least or 0, _LONGEST_DAYS) for cell in cells}
