"""A forest plot in characters, for a terminal or a text file. Nothing is computed here."""

import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from needlewise.interop.charts.contents import MINUS, Axis, Contents, Role, Row, weight_told

_GAP = "  "
_LEAST_PLOT, _LEAST_LABEL, _MOST_LABEL = 24, 14, 32


class Strokes(NamedTuple):
    """The characters a plot is drawn with."""

    line: str
    square: str
    pooled: str
    diamond: str
    bar: str
    no_effect: str
    axis: str
    tick: str
    left: str
    right: str


DRAWN = Strokes("─", "■", "═", "◆", "━", "│", "─", "┬", "◂", "▸")
TYPED = Strokes("-", "#", "=", "O", "~", "|", "-", "+", "<", ">")
# For terminals that know plain letters only.
_SPELLED = str.maketrans({"²": "2", "τ": "tau", "←": "<-", "→": "->", "∞": "inf"})


def text_forest(told: Contents, width: int, strokes: Strokes = DRAWN) -> str:
    """A forest plot in characters, at most `width` columns wide where its figures leave room for a plot."""
    lines = [line.rstrip() for line in _Sheet(told, width, strokes).lines()]
    for note in told.notes:
        lines += textwrap.wrap(note, width, break_on_hyphens=False)
    text = "\n".join(lines).replace(MINUS, "-")
    return f"{text if strokes is DRAWN else text.translate(_SPELLED)}\n"


class _Sheet:
    """The columns of one plot: how wide each is, and what stands in it."""

    def __init__(self, told: Contents, width: int, strokes: Strokes) -> None:
        self.told, self.strokes = told, strokes
        rows = told.rows
        self.people = max(len("People"), *(len(row.people) for row in rows))
        self.value = max(len(told.name), *(len(row.told[0]) for row in rows))
        self.low, self.high = (max(len(row.told[n]) for row in rows) for n in (1, 2))
        self.span = max(self.low + len(" to ") + self.high, len(told.interval))
        self.weight = len("Weight") if any(row.percent is not None for row in rows) else 0
        taken = self.people + self.value + self.span + self.weight + len(_GAP) * (5 if self.weight else 4)
        longest = max(len("Study"), *(len(row.label) for row in rows))
        self.label = max(min(longest, _MOST_LABEL, width - taken - _LEAST_PLOT), _LEAST_LABEL)
        self.plot = max(width - taken - self.label, _LEAST_PLOT // 2)

    def lines(self) -> Iterator[str]:
        told = self.told
        yield self._line("Study", "People", "", (told.name, told.interval), "Weight" if self.weight else "")
        yield "-" * len(self._line("", "", "", ("", ""), "Weight" if self.weight else ""))
        before = Role.STUDY
        for row in told.rows:
            if before is Role.STUDY and row.role is not Role.STUDY:
                yield self._line("", "", self._empty())
            before = row.role
            yield from self._row(row)
        yield from self._below(told.axis)

    def _row(self, row: Row) -> Iterator[str]:
        first, *further = textwrap.wrap(row.label, self.label) or [""]
        value = "" if row.role is Role.NEW_STUDY else row.told[0]
        span = f"{row.told[1]:>{self.low}} to {row.told[2]:>{self.high}}"
        weight = "" if row.percent is None else weight_told(row.percent)
        yield self._line(first, row.people, self._drawn(row), (value, span), weight)
        for line in further:
            yield self._line(line, "", self._empty())

    def _below(self, axis: Axis) -> Iterator[str]:
        line = [self.strokes.axis] * self.plot
        for value, _ in axis.ticks:
            line[self._at(value)] = self.strokes.tick
        yield self._line("", "", "".join(line))
        yield self._tick_labels(axis)
        yield self._line("", "", f"{axis.title:^{self.plot}}")
        if self.told.directions is not None:
            left, right = f"← {self.told.directions.left}", f"{self.told.directions.right} →"
            if len(left) + len(right) < self.plot:
                yield self._line("", "", f"{left}{right:>{self.plot - len(left)}}")
            else:
                yield self._line("", "", left)
                yield self._line("", "", f"{right:>{self.plot}}")
        yield ""

    def _tick_labels(self, axis: Axis) -> str:
        """As many labels, evenly chosen, as stand apart from each other."""
        first = self.label + self.people + 2 * len(_GAP)
        text = ""
        for apart in range(1, len(axis.ticks) + 1):
            text = ""
            for value, label in axis.ticks[::apart]:
                start = first + self._at(value) - (len(label) - 1) // 2
                if text and start <= len(text):
                    break
                text = f"{text:<{start}}{label}"
            else:
                return text
        return text

    def _drawn(self, row: Row) -> str:
        cells, axis = list(self._empty()), self.told.axis
        line, mark = {
            Role.STUDY: (self.strokes.line, self.strokes.square),
            Role.POOLED: (self.strokes.pooled, self.strokes.diamond),
            Role.NEW_STUDY: (self.strokes.bar, self.strokes.bar),
        }[row.role]
        low, high = self._at(row.low), self._at(row.high)
        cells[low : high + 1] = line * (high - low + 1)
        goes_left, goes_right = axis.cuts(row)
        if goes_left:
            cells[low] = self.strokes.left
        if goes_right:
            cells[high] = self.strokes.right
        if row.role is not Role.NEW_STUDY:
            cells[self._at(row.value)] = mark
        return "".join(cells)

    def _empty(self) -> str:
        cells = [" "] * self.plot
        if self.told.axis.no_effect is not None:
            cells[self._at(self.told.axis.no_effect)] = self.strokes.no_effect
        return "".join(cells)

    def _at(self, value: float) -> int:
        return round(self.told.axis.share(self.told.axis.held(value)) * (self.plot - 1))

    def _line(self, label: str, people: str, plot: str, figures: tuple[str, str] = ("", ""), weight: str = "") -> str:
        cells = [
            f"{label:<{self.label}}",
            f"{people:>{self.people}}",
            f"{plot:<{self.plot}}",
            f"{figures[0]:>{self.value}}",
            f"{figures[1]:>{self.span}}",
        ]
        return _GAP.join([*cells, f"{weight:>{self.weight}}"] if weight else cells)
