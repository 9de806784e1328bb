"""A text of comma-separated values as rows that know their line, and cells that say what is wrong with them.

Semicolons and tabs are taken as separators where the first line is separated by them. The decimal sign is a point: a
decimal comma is refused and never guessed at, because 1,234 may be either.
"""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from needlewise.errors import EvidenceError, Problem

# Columns beside those that make the effects: a text for each row, in their order; empty where nothing stands.
Columns = Mapping[str, Sequence[str]]

_SEPARATORS = ",;\t"
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")
# Papers set the minus sign as a character of its own, and it is pasted from there.
_PRINTED_MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins on, and its cells by column. What is wrong with them is collected in `problems`."""

    name: str
    line: int
    cells: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def where(self, column: str = "") -> str:
        """The place as a message names it."""
        return f"{self.name}:{self.line}" + (f", column `{column}`" if column else "")

    def refuse(self, column: str, found: str, expected: str, hint: str = "") -> None:
        """Note a fault."""
        self.problems.append(Problem(self.where(column), found, expected, hint))

    def text(self, column: str) -> str:
        """What stands in a column; empty where the file has no such column."""
        return self.cells.get(column, "")

    def number(self, column: str) -> float | None:
        """A finite number, or None and a fault."""
        text = self.text(column).replace(_PRINTED_MINUS, "-")
        if not text:
            self.refuse(column, "nothing stands here", "a number", "fill it in, or take the row out")
        elif _DECIMAL_COMMA.fullmatch(text):
            self.refuse(column, f"`{text}`", "a number with a decimal point", f"write {text.replace(',', '.')}")
        elif not _NUMBER.fullmatch(text):
            self.refuse(column, f"`{text}`", "a number", "one number, without unit, sign of percent or word")
        elif not math.isfinite(float(text)):
            self.refuse(column, f"`{text}`", "a number that is not too large to compute with")
        else:
            return float(text)
        return None

    def count(self, column: str, fewest: int = 0) -> int | None:
        """A whole number, or None and a fault."""
        number = self.number(column)
        if number is None:
            return None
        if number != int(number) or number < fewest:
            self.refuse(column, f"`{self.text(column)}`", f"a whole number, {fewest} or more")
            return None
        return int(number)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns of a file, in small letters, and its rows. Rows that do not fit the columns are left out, and
    `problems` says which."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()


def number_in(text: str) -> float | None:
    """A finite number with a decimal point; None for anything else."""
    text = text.replace(_PRINTED_MINUS, "-")
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    return value if math.isfinite(value) else None


def sheet_of(text: str, name: str) -> Sheet:
    """Read a whole file. `name` is how messages call it.

    Raises `EvidenceError` for what is no table: nothing in it, no row, a column twice.
    """
    text = text.removeprefix("\ufeff")
    lines = list(_lines(text, name))
    if not lines:
        raise EvidenceError(Problem(name, "an empty file", "a line of column names, and a line for each study"))
    (at, header), *rest = lines
    columns = tuple(cell.strip().lower() for cell in header)
    problems = [
        Problem(f"{name}:{at}", f"column `{column}` stands {times} times", "each column once")
        for column, times in Counter(columns).items()
        if times > 1 and column
    ]
    if not rest:
        hint = "the first line holds the names of the columns"
        problems.append(Problem(name, "column names and no study", "a line for each study", hint))
    if problems:
        raise EvidenceError(problems)
    fitting = ((line, map(str.strip, cells)) for line, cells in rest if len(cells) == len(columns))
    rows = tuple(Row(name, line, dict(zip(columns, cells, strict=True))) for line, cells in fitting)
    return Sheet(tuple(filter(None, columns)), rows, tuple(_misfits(rest, len(columns), name)))


def _lines(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, with the line on which each begins."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_SEPARATORS, key=first.count), strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as fault:
        hint = "a quotation mark opens and closes a whole cell; save the table as CSV, UTF-8"
        raise EvidenceError(
            Problem(f"{name}:{begins}", f"no row of CSV: {fault}", "cells and separators", hint)
        ) from None


def _misfits(rows: Iterable[tuple[int, list[str]]], wanted: int, name: str) -> Iterator[Problem]:
    for line, cells in rows:
        if len(cells) != wanted:
            hint = (
                "a decimal comma makes two cells of one number: write a point; put quotation marks around a text with a comma"
                if len(cells) > wanted
                else "leave a cell empty, but keep its separator"
            )
            yield Problem(f"{name}:{line}", f"{len(cells)} cells below {wanted} columns", f"{wanted} cells", hint)
