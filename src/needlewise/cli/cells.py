"""Cells of the decision tables in words, and which rows read a fact."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from needlewise.knowledge import Cell, Protocol, facts_of


def cells_in_words(cells: Iterable[Cell]) -> str:
    """All cells of an alternative: each must hold."""
    return " and ".join(map(cell_in_words, cells))


def cell_in_words(cell: Cell) -> str:
    """One comparison."""
    parts = list(_comparisons(cell))
    return f"{cell.fact or cell.input} {', '.join(parts)}" if parts else f"{cell.fact or cell.input} is asked"


def _comparisons(cell: Cell) -> Iterator[str]:
    if cell.one_of:
        yield f"is {_listed(cell.one_of, 'or')}"
    if cell.none_of:
        yield f"is not {_listed(cell.none_of, 'or')}"
    if cell.known is not None:
        yield "has happened" if cell.known else "has never happened"
    if cell.what:
        yield f"was {_listed(cell.what, 'or')}"
    if cell.days_since_below is not None:
        yield f"less than {cell.days_since_below} days ago"
    if cell.days_since_at_least is not None:
        yield f"at least {cell.days_since_at_least} days ago"
    bounds = ((cell.at_least, "at least"), (cell.above, "above"), (cell.at_most, "at most"), (cell.below, "below"))
    yield from (f"{word} {bound:g}" for bound, word in bounds if bound is not None)


def _listed(names: Iterable[str], last: str) -> str:
    names = list(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def readers_of(fact: str, protocol: Protocol) -> tuple[list[str], list[str]]:
    """The rules that read a fact, and the other rows that do, as `table:id`."""
    rules = [rule.id for rule in protocol.rules.values() if fact in facts_of(rule)]
    tables: Mapping[str, Mapping[str, Any]] = {
        "modifiers": protocol.modifiers,
        "limits": protocol.limits,
        "indications": protocol.indications,
        "preparation": protocol.preparation,
        "aftercare": protocol.aftercare,
        "recovery": protocol.recovery,
        "facts": protocol.facts,
    }
    rows = [f"{table}:{row.id}" for table, found in tables.items() for row in found.values() if fact in _read_by(row)]
    return rules, rows


def _read_by(row: Any) -> set[str]:
    lists = ("when", "asked_when", "prescriber_first", "no_anaesthetic", "needs")
    cells = [cell for name in lists for cell in getattr(row, name, ())]
    cells += [cell for use in getattr(row, "labelled", ()) for cell in use.when]
    named = {getattr(row, "fact", ""), getattr(row, "derived_from", ""), *getattr(row, "restarts", ())}
    return {cell.fact for cell in cells} | named
