"""A page of text: headings, paragraphs, lists, tables, wrapped to the width of the terminal."""

import shutil
import textwrap
from collections.abc import Iterable, Sequence

NARROWEST, WIDEST = 80, 100
INDENT = 2
# What the last column of a table needs at least.
ROOM = 30


def terminal_width() -> int:
    """The columns to write in: those of the terminal, within what reads well."""
    return min(max(shutil.get_terminal_size((WIDEST, 24)).columns, NARROWEST), WIDEST)


class Page:
    """Lines of text in the order they were added."""

    def __init__(self, width: int | None = None) -> None:
        self.width = width or terminal_width()
        self._lines: list[str] = []

    def __str__(self) -> str:
        return "\n".join(self._lines).strip("\n") + "\n"

    def title(self, left: str, right: str = "") -> None:
        gap = max(self.width - len(left) - len(right), 2)
        self._lines += [f"{left}{' ' * gap}{right}".rstrip(), "=" * self.width]

    def section(self, name: str) -> None:
        self._lines += ["", name, "-" * len(name)]

    def blank(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def text(self, text: str, indent: int = 0) -> None:
        """A paragraph."""
        self._wrapped(text, " " * indent, " " * indent)

    def line(self, text: str) -> None:
        """A line as it is, such as a row of numbers."""
        self._lines.append(printable_line(text))

    def item(self, text: str, indent: int = 0, bullet: str = "-") -> None:
        """A paragraph with something in its margin."""
        self._wrapped(text, f"{' ' * indent}{bullet} ", " " * (indent + len(bullet) + 1))

    def pairs(self, rows: Iterable[tuple[str, str]], indent: int = 0, least: int = 0) -> None:
        """A name and what is said of it, one below the other; rows without a text are left out."""
        kept = [(name, text) for name, text in rows if text]
        width = max([least, *(len(name) for name, _ in kept)]) + 2
        for name, text in kept:
            self._wrapped(text, f"{' ' * indent}{name:<{width}}", " " * (indent + width))

    def table(self, rows: Sequence[Sequence[str]], indent: int = INDENT) -> None:
        """Columns as wide as they need to be; the last one wraps. Where they leave it no room, the first column stands
        on a line of its own."""
        columns = max((len(row) for row in rows), default=0)
        widths = [max(len(row[n]) for row in rows) + 2 for n in range(columns - 1)]
        if columns > 2 and sum(widths) + indent > self.width - ROOM:
            for first, *rest in rows:
                self._wrapped(first, " " * indent, " " * indent)
                self.table([rest], indent + INDENT)
            return
        for row in rows:
            first = " " * indent + "".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False))
            self._wrapped(row[-1], first, " " * (indent + sum(widths)))

    def _wrapped(self, text: str, first: str, further: str) -> None:
        lines = textwrap.wrap(
            printable(text),
            self.width,
            initial_indent=first,
            subsequent_indent=further,
            break_on_hyphens=False,
            break_long_words=False,
        )
        self._lines += [line.rstrip() for line in lines or [first.rstrip()]]


def printable(text: str) -> str:
    """What was typed into a case may hold anything; on a terminal it must not act."""
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))


def printable_line(text: str) -> str:
    """The same with its blanks kept."""
    return "".join(letter if letter.isprintable() else "?" for letter in text).rstrip()
