"""Cells as solver terms: Kleene truth as a pair, and one symbolic answer.

Truth is a pair of terms: holds, and not known; where neither is true, the cell is False.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import z3

from needlewise.knowledge import Cell, Fact, Kind, Verdict

NEVER, HAPPENED = "never", "happened"
LONGEST_DAYS = 40_000


@dataclass(frozen=True, slots=True)
class Truth:
    """Kleene truth as two terms that are never both true."""

    holds: z3.BoolRef
    unknown: z3.BoolRef


@dataclass(frozen=True, slots=True)
class Said:
    """One symbolic answer. `there` is false where nothing was answered."""

    fact: Fact
    there: z3.BoolRef
    status: z3.ArithRef
    number: z3.ArithRef
    days: z3.ArithRef
    day_known: z3.BoolRef
    what: z3.ArithRef
    what_known: z3.BoolRef

    @property
    def happened(self) -> z3.BoolRef:
        """An event that has a day."""
        return z3.And(self.status == options_of(self.fact).index(HAPPENED), self.day_known)

    def same_day_as(self, other: "Said", fits: "Truth") -> z3.BoolRef:
        """Another event, one that fits, is known to be of the same day."""
        return z3.And(other.there, other.happened, fits.holds, self.days == other.days)

    def may_be_of_the_day_of(self, other: "Said", fits: "Truth") -> z3.BoolRef:
        """Another event fits, or may, and nothing shows that it was on another day."""
        unknown = z3.Or(z3.Not(self.day_known), z3.Not(other.day_known))
        return z3.And(z3.Or(fits.holds, fits.unknown), z3.Or(unknown, self.days == other.days))


def options_of(fact: Fact) -> tuple[str, ...]:
    """The statuses an answer can have; an event either never happened or did."""
    return (NEVER, HAPPENED) if fact.kind is Kind.EVENT else fact.options


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's `or`."""
    truths = list(truths)
    holds = z3.Or([truth.holds for truth in truths])
    return Truth(holds, z3.And(z3.Not(holds), z3.Or([truth.unknown for truth in truths])))


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's `and`."""
    truths = list(truths)
    none_false = z3.And([z3.Or(truth.holds, truth.unknown) for truth in truths])
    holds = z3.And([truth.holds for truth in truths])
    return Truth(holds, z3.And(none_false, z3.Not(holds)))


def maximum(terms: Iterable[z3.ArithRef], least: int = 0) -> z3.ArithRef:
    """The greatest of some integer terms."""
    result: z3.ArithRef = z3.IntVal(least)
    for term in terms:
        result = z3.If(term > result, term, result)
    return result


def all_below(values: Iterable[z3.ArithRef], verdict: int) -> z3.BoolRef:
    """The greatest of these is below: said without naming the greatest, which is what keeps the solver fast."""
    return z3.And([value < verdict for value in values])


def milder(after: list[z3.ArithRef], before: list[z3.ArithRef]) -> z3.BoolRef:
    """The greatest of `after` is below the greatest of `before`, on the ladder of verdicts."""
    ladder = [int(verdict) for verdict in Verdict]
    return z3.Or([z3.And(all_below(after, step), z3.Not(all_below(before, step))) for step in ladder])


def cell_of(cell: Cell, said: Said, below: z3.ArithRef | None = None) -> Truth:
    """A fact cell read off one given answer. `below` replaces the cell's own number of days."""
    fact = said.fact
    if fact.kind is Kind.MEASURE:
        return Truth(_number(cell, said.number), z3.BoolVal(False))
    options = options_of(fact)
    never = said.status == options.index(NEVER) if NEVER in options else z3.BoolVal(False)
    fits = [z3.Or([said.status == options.index(o) for o in cell.one_of])] if cell.one_of else []
    fits += [z3.And([said.status != options.index(o) for o in cell.none_of])] if cell.none_of else []
    if cell.known is not None:
        return Truth(z3.And(*fits, never if cell.known is False else z3.Not(never)), z3.BoolVal(False))
    parts = [Truth(z3.And(fits), z3.BoolVal(False))]
    if cell.what:
        inside = z3.Or([said.what == fact.what.index(what) for what in cell.what])
        parts.append(
            Truth(z3.And(z3.Not(never), said.what_known, inside), z3.And(z3.Not(never), z3.Not(said.what_known)))
        )
    if cell.days_since_below is not None or cell.days_since_at_least is not None:
        span = []
        if cell.days_since_below is not None:
            span.append(said.days < (cell.days_since_below if below is None else below))
        if cell.days_since_at_least is not None:
            span.append(said.days >= cell.days_since_at_least)
        parts.append(Truth(z3.And(z3.Not(never), said.day_known, *span), z3.And(z3.Not(never), z3.Not(said.day_known))))
    return all_of(parts)


def _number(cell: Cell, number: z3.ArithRef) -> z3.BoolRef:
    """Exact comparisons: the numbers of the tables go in as decimal text."""
    parts: list[z3.BoolRef] = []
    if cell.below is not None:
        parts.append(number < z3.RealVal(str(cell.below)))
    if cell.above is not None:
        parts.append(number > z3.RealVal(str(cell.above)))
    if cell.at_least is not None:
        parts.append(number >= z3.RealVal(str(cell.at_least)))
    if cell.at_most is not None:
        parts.append(number <= z3.RealVal(str(cell.at_most)))
    return z3.And(parts)
