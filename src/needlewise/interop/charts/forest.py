"""A forest plot as a Vega-Lite specification: a plain dictionary that holds its own data and names no address.

Columns of words stand left and right of the plot. Lengths are in pixels; the plot begins at x = 0 and the first row
at y = 0. Colours are those of the page in its light form; `drawing` puts the page's own names in their place.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from textwrap import wrap
from typing import Any

from needlewise.evidence.pooling import Pool
from needlewise.interop.charts.contents import Contents, Role, Row, contents, weight_told
from needlewise.interop.charts.directions import Directions

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "Source Sans Pro"
PLOT = 300
TEXT, SMALL = 13, 12
# The heaviest square, the lightest one, and half the height of a diamond.
_LARGEST, _LEAST, _HALF = 121.0, 12.0, 6.5
_ROW, _LINE, _GAP = 24.0, 15.0, 20.0
_LABEL_LETTERS, _NOTE_LETTERS = 34, 112


class Ink(StrEnum):
    """The colours used, by their names on the page, as they are on light paper."""

    INK = "#1b1916"
    SOFT = "#595247"
    HAIR = "#ddd5c6"
    EDGE = "#8b8170"
    ACCENT = "#14594f"


Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Word:
    x: float
    y: float
    text: str
    align: str = "left"
    ink: Ink = Ink.INK
    size: int = TEXT
    weight: int = 400


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns of words stand: the left edge of labels, the right edges of the others."""

    label: float
    people: float
    value: float
    low: float
    to: float
    high: float
    percent: float


def forest(pool: Pool, directions: Directions | None = None, left_out: int = 0) -> Spec:
    """The specification of a forest plot: one row a study, the pool as a diamond, a new study as a bar.

    Positions are the numbers of the pool as a reader knows them. An interval that goes on beyond the axis ends in an
    arrow; the column of figures holds its true ends. `left_out`: how many studies speak of the same and enter no pool.
    """
    told = contents(pool, directions, left_out)
    *middles, bottom = _middles(told)
    placed = list(zip(told.rows, middles, strict=True))
    words = [*_headings(told), *_row_words(told, placed), *_axis_words(told, bottom)]
    return {
        "$schema": SCHEMA,
        "description": told.sentence,
        "width": PLOT,
        "height": bottom,
        "background": None,
        "padding": 4,
        "autosize": {"type": "pad", "contains": "padding"},
        "config": {"aria": False, "font": FONT, "view": {"stroke": None}},
        "layer": [*_frame(told, placed, bottom), *_marks(told, placed), *_texts(words)],
    }


def _label_lines(row: Row) -> list[str]:
    return wrap(row.label, _LABEL_LETTERS) or [""]


def _middles(told: Contents) -> Iterator[float]:
    """The middle of every row, and last the bottom of the plot. Labels of several lines make their row higher; what is
    pooled stands a little apart."""
    y = 0.0
    for before, row in zip((None, *told.rows), told.rows, strict=False):
        if before is not None and before.role is Role.STUDY and row.role is not Role.STUDY:
            y += _ROW / 2
        height = _ROW + _LINE * (len(_label_lines(row)) - 1)
        yield y + height / 2
        y += height
    # Half a pixel more, so that the line of the axis is sharp.
    yield y + _ROW / 4 + 0.5


def _columns(told: Contents) -> _Columns:
    widest = [max(_width(row.told[n], 600) for row in told.rows) for n in range(3)]
    labels = [_width(line, 600) for row in told.rows for line in _label_lines(row)]
    people = max(_width("People", size=SMALL), *(_width(row.people, 600) for row in told.rows))
    value = PLOT + _GAP + max(widest[0], _width(told.name, size=SMALL))
    # The heading of the interval is as wide as it is, however short the numbers below.
    spare = max(0.0, _width(told.interval, size=SMALL) - widest[1] - widest[2] - _width(" to "))
    low = value + _GAP + spare + widest[1]
    high = low + _width(" to ") + widest[2]
    percent = high + _GAP + _width("Weight", size=SMALL) if _is_weighed(told) else high
    return _Columns(-2 * _GAP - people - max(labels), -_GAP, value, low, low + _width(" to ") / 2, high, percent)


def _is_weighed(told: Contents) -> bool:
    return any(row.percent is not None for row in told.rows)


def _headings(told: Contents) -> Iterator[_Word]:
    at, y = _columns(told), -_ROW / 2
    yield _Word(at.label, y, "Study", "left", Ink.SOFT, SMALL)
    yield _Word(at.people, y, "People", "right", Ink.SOFT, SMALL)
    yield _Word(at.value, y, told.name, "right", Ink.SOFT, SMALL)
    yield _Word(at.high, y, told.interval, "right", Ink.SOFT, SMALL)
    if _is_weighed(told):
        yield _Word(at.percent, y, "Weight", "right", Ink.SOFT, SMALL)


def _row_words(told: Contents, placed: Sequence[tuple[Row, float]]) -> Iterator[_Word]:
    at = _columns(told)
    for row, y in placed:
        weight = 600 if row.role is Role.POOLED else 400
        lines = _label_lines(row)
        for number, line in enumerate(lines):
            yield _Word(at.label, y + _LINE * (number - (len(lines) - 1) / 2), line, weight=weight)
        numbers = [(at.people, row.people), (at.low, row.told[1]), (at.high, row.told[2])]
        if row.role is not Role.NEW_STUDY:
            numbers.append((at.value, row.told[0]))
        if row.percent is not None:
            numbers.append((at.percent, weight_told(row.percent)))
        for x, text in numbers:
            if text:
                yield _Word(x, y, text, "right", weight=weight)
        yield _Word(at.to, y, "to", "center", Ink.SOFT)


def _axis_words(told: Contents, bottom: float) -> Iterator[_Word]:
    y = bottom + 16
    for value, label in told.axis.ticks:
        yield _Word(PLOT * told.axis.share(value), y, label, "center", Ink.SOFT, SMALL)
    y += 20
    yield _Word(PLOT / 2, y, told.axis.title, "center", Ink.SOFT, SMALL)
    if told.directions is not None:
        y += 20
        left, right = f"← {told.directions.left}", f"{told.directions.right} →"
        yield _Word(0, y, left, "left", Ink.INK, SMALL)
        if _width(left, size=SMALL) + _width(right, size=SMALL) > PLOT - _GAP:
            y += _LINE
        yield _Word(PLOT, y, right, "right", Ink.INK, SMALL)
    y += 12
    for note in told.notes:
        for line in wrap(note, _NOTE_LETTERS):
            y += 16
            yield _Word(_columns(told).label, y, line, "left", Ink.SOFT, SMALL)


def _frame(told: Contents, placed: Sequence[tuple[Row, float]], bottom: float) -> Iterator[Spec]:
    at, axis = _columns(told), told.axis
    rules = [{"px": at.label, "px2": at.percent, "y": 0.5}]
    pooled = [y for row, y in placed if row.role is not Role.STUDY]
    if pooled:
        rules.append({"px": at.label, "px2": at.percent, "y": pooled[0] - _ROW * 0.75 + 0.5})
    yield _layer(rules, {"type": "rule", "color": Ink.HAIR}, {"x": _pixels("px"), "x2": {"field": "px2"}})
    if axis.no_effect is not None:
        line = [{"x": axis.no_effect, "y": 0.0, "y2": bottom}]
        yield _layer(line, {"type": "rule", "color": Ink.EDGE}, {"x": _on(told), "y2": {"field": "y2"}})
    if pooled:
        line = [{"x": axis.held(row.value), "y": 0.0, "y2": y} for row, y in placed if row.role is Role.POOLED]
        dashed = {"type": "rule", "color": Ink.ACCENT, "strokeDash": [2, 3]}
        yield _layer(line, dashed, {"x": _on(told), "y2": {"field": "y2"}})
    ends = [{"x": axis.low, "x2": axis.high, "y": bottom}]
    yield _layer(ends, {"type": "rule", "color": Ink.EDGE}, {"x": _on(told), "x2": {"field": "x2"}})
    ticks = [{"x": value, "y": bottom, "y2": bottom + 5} for value, _ in axis.ticks]
    yield _layer(ticks, {"type": "rule", "color": Ink.EDGE}, {"x": _on(told), "y2": {"field": "y2"}})


def _marks(told: Contents, placed: Sequence[tuple[Row, float]]) -> Iterator[Spec]:
    axis = told.axis
    studies = [(row, y) for row, y in placed if row.role is Role.STUDY]
    x, size = {"x": _on(told), "x2": {"field": "x2"}}, {"field": "size", "type": "quantitative", "scale": None}
    lines = [{"x": axis.held(row.low), "x2": axis.held(row.high), "y": y} for row, y in studies]
    yield _layer(lines, {"type": "rule", "color": Ink.INK, "strokeWidth": 1.25}, x)
    heaviest = max(row.percent or 100.0 for row, _ in studies)
    squares = [
        {
            "x": axis.held(row.value),
            "y": y,
            "study": row.label,
            "size": max(_LEAST, _LARGEST * (row.percent or 100.0) / heaviest),
        }
        for row, y in studies
    ]
    square = {"type": "point", "shape": "square", "filled": True, "opacity": 1, "color": Ink.INK}
    yield _layer(squares, square, {"x": _on(told), "size": size})
    for row, y in placed:
        if row.role is Role.NEW_STUDY:
            bar = [{"x": axis.held(row.low), "x2": axis.held(row.high), "y": y}]
            yield _layer(bar, {"type": "rule", "color": Ink.ACCENT, "strokeWidth": 3}, x)
        if row.role is Role.POOLED:
            corners = {"type": "area", "color": Ink.ACCENT, "line": False}
            yield _layer(list(_diamond(told, row, y)), corners, {"x": _on(told), "y2": {"field": "y2"}})
    for shape, side in (("triangle-left", 0), ("triangle-right", 1)):
        beyond = [
            {"x": (axis.low, axis.high)[side], "y": y, "ink": Ink.INK if row.role is Role.STUDY else Ink.ACCENT}
            for row, y in placed
            if axis.cuts(row)[side]
        ]
        arrow = {"type": "point", "shape": shape, "filled": True, "opacity": 1, "size": 50}
        if beyond:
            yield _layer(beyond, arrow, {"x": _on(told), "color": _colour()})


def _diamond(told: Contents, row: Row, y: float) -> Iterator[Spec]:
    """Three corners; where an end is cut, the corner is as high as the side is there."""
    axis = told.axis
    for end in (row.low, row.value, row.high):
        beyond, whole = abs(axis.share(end) - axis.share(axis.held(end))), abs(axis.share(end) - axis.share(row.value))
        half = _HALF * (beyond / whole if whole else 1.0)
        yield {"x": axis.held(end), "y": y - half, "y2": y + half}


def _texts(words: Sequence[_Word]) -> Iterator[Spec]:
    """Words of one kind in one layer."""
    for align, weight, size in dict.fromkeys((one.align, one.weight, one.size) for one in words):
        rows = [
            {"px": one.x, "y": one.y, "text": one.text, "ink": one.ink}
            for one in words
            if (one.align, one.weight, one.size) == (align, weight, size)
        ]
        mark = {"type": "text", "align": align, "baseline": "middle", "fontSize": size, "fontWeight": weight}
        shown = {"x": _pixels("px"), "text": {"field": "text", "type": "nominal"}, "color": _colour()}
        yield _layer(rows, mark, shown)


def _layer(rows: list[Spec], mark: Spec, encoding: Spec) -> Spec:
    return {"data": {"values": rows}, "mark": mark, "encoding": {"y": _pixels("y"), **encoding}}


def _pixels(field: str) -> Spec:
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _colour() -> Spec:
    return {"field": "ink", "type": "nominal", "scale": None}


def _on(told: Contents) -> Spec:
    """The axis of the values."""
    kind = "log" if told.axis.is_log else "linear"
    scale = {"type": kind, "domain": [told.axis.low, told.axis.high], "nice": False, "zero": False}
    if told.axis.is_log:
        del scale["zero"]
    return {"field": "x", "type": "quantitative", "scale": scale, "axis": None}


# Widths of letters in thousandths of the size, for Source Sans Pro; digits all have one width.
_WIDTHS = {
    letter: width
    for width, letters in (
        (200, " "),
        (250, "|',.:;ijIl"),
        (310, "!f()[]{}-"),
        (350, "tr/\\"),
        (420, '"*?sz'),
        (470, "xcvy"),
        (500, "#$+0123456789<=>^_aeg~JYFLk\u2212"),
        (560, "XVESATZhoubndpq"),
        (620, "CPRKB&DG"),
        (670, "HNUOQ"),
        (720, "w"),
        (830, "MW%m"),
    )
    for letter in letters
}


def _width(text: str, weight: int = 400, size: int = TEXT) -> float:
    """How wide a text stands, in pixels, rather too wide than too narrow."""
    broad = 1.05 if weight > 400 else 1.0
    letters = (_WIDTHS.get(letter, 1000 if unicodedata.east_asian_width(letter) in "WF" else 650) for letter in text)
    return broad * size * sum(letters) / 1000
