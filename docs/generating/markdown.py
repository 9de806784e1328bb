"""Markdown: tables, links, and how a mark or some cells are said on a reference page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from needlewise.cli.cells import cell_in_words
from needlewise.cli.wording import mark_in_words
from needlewise.knowledge import Cell, Cite, Mark

HEAD = (
    "<!-- Written by docs/generate.py from the knowledge files and the code. Do not edit: change those, and run it. -->"
)
# A bar inside a cell, also between backticks.
BAR = "\\|"
SCOPES = {"person": "the whole person", "region": "each region", "zone": "each zone"}


def page(title: str, *parts: str) -> str:
    """A whole page: a note to editors, the title, and the parts that say something."""
    return "\n\n".join([HEAD, f"# {title}", *(part.strip("\n") for part in parts if part.strip())]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty where there is no row."""
    lines = [_row(row) for row in rows]
    return "\n".join([_row(head), f"|{'---|' * len(head)}", *lines]) if lines else ""


def bullets(rows: Iterable[tuple[str, str]]) -> str:
    """A list of named values; those that say nothing are left out."""
    return "\n".join(f"- {name}: {text}" if name else f"- {text}" for name, text in rows if text)


def link(name: str, file: str, shown: str = "") -> str:
    """A link to the heading of an id on a reference page."""
    return f"[{shown or name}]({file}#{name.lower()})"


def links(names: Iterable[str], file: str) -> str:
    return ", ".join(link(name, file) for name in names)


def mm(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def yes(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "not stated"}[value]


def mark_rows(mark: Mark) -> Iterator[tuple[str, str]]:
    """What stands behind a value."""
    cites = "; ".join(map(_cite, mark.sources))
    yield "Basis", f"{mark_in_words(replace(mark, sources=()))}{f': {cites}' if cites else ''}"
    yield "Why", mark.why
    yield "Sources differ", mark.differ
    yield "Disagreements", links(mark.conflicts, "disagreements.md")


def basis(mark: Mark) -> str:
    """The same on one line, without the reasons."""
    return next(text for _, text in mark_rows(mark))


def cells(conditions: Iterable[Cell]) -> str:
    """All of these must hold."""
    return " and ".join(map(cell, conditions))


def cell(condition: Cell) -> str:
    """One comparison, with a link to the question that it reads."""
    text = cell_in_words(condition)
    if not condition.fact:
        return text
    return f"{link(condition.fact, 'facts.md')}{text.removeprefix(condition.fact)}"


def _cite(cite: Cite) -> str:
    return f"{link(cite.id, 'sources.md')}{f' ({cite.place})' if cite.place else ''}"


def _row(cells_of: Iterable[str]) -> str:
    return f"| {' | '.join(text.replace('|', BAR).replace(chr(10), ' ') for text in cells_of)} |"
