"""The expected course as pictures: collagen over a year, and redness and open barrier over the first two weeks.

Vega-Lite specifications: plain dictionaries that hold their own data and name no address. Bands and lines stand in
data units, words in pixels. Colours are those of the page in its light form, as in a forest plot.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from needlewise.healing.course import LEVELS, MEDIAN, Course
from needlewise.healing.task import Floats
from needlewise.interop.charts.forest import FONT, SCHEMA, SMALL, TEXT, Ink, Spec
from needlewise.interop.expectations import MODEL_NO_PROMISE
from needlewise.interop.outlook import share_told

YEAR, YEAR_HIGH = 310, 170
SMALL_WIDE, SMALL_HIGH, BETWEEN = 138, 96, 44
TWO_WEEKS = 14.0
MONTHS = ((0.0, "start"), (91.0, "3"), (182.0, "6"), (273.0, "9"), (364.0, "12 months"))
DAYS = ((0.0, "0"), (3.0, "3"), (7.0, "7"), (14.0, "14 days"))
PANELS = (("redness", "Redness"), ("barrier", "Tiny holes still open"))
GAIN = "collagen"
MINUS = "\u2212"
_MOST_TICKS = 6
_LOW, _LOWER, _UPPER, _HIGH = (LEVELS.index(level) for level in (0.05, 0.25, 0.75, 0.95))
_WIDE, _NARROW = 0.16, 0.26


def year(course: Course, label: str = "", form: str | None = None, beside: Course | None = None) -> Spec:
    """Collagen over the whole course in percent against before: the middle with its bands, and the sessions.

    `label` names the place; `form` takes one form of the model instead of the average; `beside`: another course that
    stands beside it, so that both are drawn to one scale.
    """
    bands = 100 * (course.bands(form).of(GAIN) - 1)
    drawn = [bands] if beside is None else [bands, 100 * (beside.bands(form).of(GAIN) - 1)]
    low, high = min(float(one[_LOW].min()) for one in drawn), max(float(one[_HIGH].max()) for one in drawn)
    ticks = _ticks(min(0.0, low), high)
    last = max(float(one.days[-1]) for one in (course, beside or course))
    ends = (min(ticks[0], low), max(ticks[-1], high))
    months = [(day, word) for day, word in MONTHS if day <= last]
    x, y = _scale("day", (0.0, last), YEAR), _scale("value", ends, YEAR_HIGH, up=True)
    layers = [
        *_grid([(tick, f"{tick:+.0f} %".replace("-", MINUS) if tick else "as before") for tick in ticks], months,
               (0.0, last), ends, (YEAR, YEAR_HIGH)),
        *_bands(course.days, bands, x, y, full=True),
        *_sessions(course, (0.0, last)),
        *_key(YEAR_HIGH + 40),
        _words([(0, YEAR_HIGH + 60, MODEL_NO_PROMISE, Ink.SOFT, "left", 400, SMALL)]),
        _words([(0, -36, "Collagen, change against before", Ink.INK, "left", 600, TEXT)]),
    ]  # fmt: skip
    return _whole(layers, YEAR, YEAR_HIGH, year_told(course, label, form))


def two_weeks(course: Course, label: str = "", form: str | None = None) -> Spec:
    """Redness and open barrier over the first two weeks: the middle with its band, side by side, each on its own scale."""
    until = course.days <= TWO_WEEKS
    if len(course.regimen.session_days) > 1:
        until &= course.days < course.regimen.session_days[1]
    days = course.days[until]
    seen = {name: 100 * course.bands(form).of(name)[:, until] for name, _ in PANELS}
    span = (0.0, float(days[-1]))
    panels = []
    for name, title in PANELS:
        most = float(seen[name][_HIGH].max())
        ticks = _ticks(0.0, most)
        ends = (0.0, max(ticks[-1], most))
        marks = [(day, word) for day, word in DAYS if day <= span[1]]
        x, y = _scale("day", span, SMALL_WIDE), _scale("value", ends, SMALL_HIGH, up=True)
        layers = [
            *_grid([(tick, f"{tick:g} %") for tick in ticks], marks, span, ends, (SMALL_WIDE, SMALL_HIGH)),
            *_bands(days, seen[name], x, y, full=False),
            _words([(0, -14, title, Ink.INK, "left", 600, TEXT)]),
        ]
        panels.append({"width": SMALL_WIDE, "height": SMALL_HIGH, "layer": layers})
    return _outer(two_weeks_told(course, label, form)) | {"hconcat": panels, "spacing": BETWEEN}


def year_told(course: Course, label: str = "", form: str | None = None) -> str:
    """The picture of the year as a sentence."""
    days = ", ".join(f"{day:g}" for day in course.regimen.session_days)
    bands = 100 * (course.bands(form).of(GAIN) - 1)
    read = []
    for day in sorted({row.day for row in course.read_offs}):
        at = course.at(day)
        read.append(
            f"day {day:g}: {_percent(bands[MEDIAN, at])} ({_percent(bands[_LOW, at])} to {_percent(bands[_HIGH, at])})"
        )
    where = f", {label}" if label else ""
    return (
        f"Collagen expected over a year{where}, with sessions on days {days}; the middle, and 5 to 95 of 100 people in "
        f"brackets. {'; '.join(read)}. A model, not a promise."
    )


def two_weeks_told(course: Course, label: str = "", form: str | None = None) -> str:
    """The picture of the first weeks as a sentence."""
    told = []
    for name, title in PANELS:
        bands = course.bands(form).of(name)
        read = [f"{share_told(bands[MEDIAN, course.at(day)])} % on day {day:g}" for day in (0, 1, 3, 7)]
        told.append(f"{title}: {', '.join(read)}")
    where = f", {label}" if label else ""
    return f"Recovery expected after the first session{where}, in the middle of all people. {'. '.join(told)}. A model, not a promise."


def _whole(layers: Sequence[Spec], width: int, height: int, sentence: str) -> Spec:
    # Room at the left for the words of a wider font, where a file is seen without that of the page.
    room = {"left": 12, "right": 4, "top": 4, "bottom": 4}
    return _outer(sentence) | {"padding": room, "width": width, "height": height, "layer": list(layers)}


def _outer(sentence: str) -> Spec:
    return {
        "$schema": SCHEMA,
        "description": sentence,
        "background": None,
        "padding": 4,
        "autosize": {"type": "pad", "contains": "padding"},
        "config": {"aria": False, "font": FONT, "view": {"stroke": None}},
    }


def _bands(days: Floats, bands: Floats, x: Spec, y: Spec, *, full: bool) -> Iterator[Spec]:
    """The band of nine in ten, that of one half, and the middle."""
    pairs = [(_LOW, _HIGH, _WIDE)] + ([(_LOWER, _UPPER, _NARROW)] if full else [])
    for low, high, shade in pairs:
        rows = [
            {"day": _told(day), "value": _told(bands[low, at]), "high": _told(bands[high, at])}
            for at, day in enumerate(days)
        ]
        area = {"type": "area", "color": Ink.ACCENT, "fillOpacity": shade, "line": False}
        yield {"data": {"values": rows}, "mark": area, "encoding": {"x": x, "y": y, "y2": {"field": "high"}}}
    rows = [{"day": _told(day), "value": _told(bands[MEDIAN, at])} for at, day in enumerate(days)]
    line = {"type": "line", "color": Ink.ACCENT, "strokeWidth": 2, "strokeJoin": "round"}
    yield {"data": {"values": rows}, "mark": line, "encoding": {"x": x, "y": y}}


def _grid(
    ticks: Sequence[tuple[float, str]],
    marks: Sequence[tuple[float, str]],
    span: tuple[float, float],
    ends: tuple[float, float],
    size: tuple[int, int],
) -> Iterator[Spec]:
    """Lines across with their labels left of them, days below."""
    wide, high = size
    heights = [(_along(tick, ends, high, up=True), word, tick) for tick, word in ticks]
    rules = [
        {"x": 0.0, "x2": float(wide), "y": y, "ink": Ink.EDGE if tick == 0 else Ink.HAIR} for y, _, tick in heights
    ]
    yield {
        "data": {"values": rules},
        "mark": {"type": "rule", "strokeWidth": 1},
        "encoding": {"x": _pixels("x"), "x2": {"field": "x2"}, "y": _pixels("y"), "color": _colour()},
    }
    yield _words([(-6, y, word, Ink.SOFT, "right", 400, SMALL) for y, word, _ in heights])
    places = [(_along(day, span, wide), word) for day, word in marks]
    yield _words([(x, high + 14, word, Ink.SOFT, "center", 400, SMALL) for x, word in places])


def _sessions(course: Course, span: tuple[float, float]) -> Iterator[Spec]:
    """A line down from the number of each session, which the patient knows as a visit."""
    places = [_along(day, span, YEAR) for day in course.regimen.session_days]
    rows = [{"x": x, "y": 0.0, "y2": float(YEAR_HIGH)} for x in places]
    yield {
        "data": {"values": rows},
        "mark": {"type": "rule", "color": Ink.EDGE, "strokeDash": [2, 3]},
        "encoding": {"x": _pixels("x"), "y": _pixels("y"), "y2": {"field": "y2"}},
    }
    close = any(after - before < 12 for before, after in pairwise(places))
    numbers = [str(number) if not close or number in (1, len(places)) else "" for number in range(1, len(places) + 1)]
    yield _words([(-8, -13, "visit", Ink.SOFT, "right", 400, SMALL)])
    yield _words([(x, -13, text, Ink.SOFT, "center", 600, SMALL) for x, text in zip(places, numbers, strict=True)])


def _key(y: float) -> Iterator[Spec]:
    """What the shades and the line are, below."""
    boxes = [(0.0, _WIDE), (128.0, _WIDE), (128.0, _NARROW)]
    for x, shade in boxes:
        yield {
            "data": {"values": [{"x": x, "x2": x + 14, "y": y - 5, "y2": y + 5}]},
            "mark": {"type": "rect", "color": Ink.ACCENT, "fillOpacity": shade},
            "encoding": {"x": _pixels("x"), "x2": {"field": "x2"}, "y": _pixels("y"), "y2": {"field": "y2"}},
        }
    yield {
        "data": {"values": [{"x": 228.0, "x2": 242.0, "y": y}]},
        "mark": {"type": "rule", "color": Ink.ACCENT, "strokeWidth": 2},
        "encoding": {"x": _pixels("x"), "x2": {"field": "x2"}, "y": _pixels("y")},
    }
    words = ((19.0, "90 of 100 people"), (147.0, "half of them"), (247.0, "the middle"))
    yield _words([(x, y, text, Ink.SOFT, "left", 400, SMALL) for x, text in words])


def _words(words: Sequence[tuple[float, float, str, Ink, str, int, int]]) -> Spec:
    """Words of one kind: place, text, ink; alignment, weight and size are those of the first."""
    *_, align, weight, size = words[0]
    rows = [{"x": x, "y": y, "text": text, "ink": ink} for x, y, text, ink, *_ in words]
    mark = {"type": "text", "align": align, "baseline": "middle", "fontSize": size, "fontWeight": weight}
    shown = {"x": _pixels("x"), "y": _pixels("y"), "text": {"field": "text", "type": "nominal"}, "color": _colour()}
    return {"data": {"values": rows}, "mark": mark, "encoding": shown}


def _pixels(field: str) -> Spec:
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _colour() -> Spec:
    return {"field": "ink", "type": "nominal", "scale": None}


def _scale(field: str, ends: tuple[float, float], size: int, *, up: bool = False) -> Spec:
    scale: dict[str, Any] = {
        "domain": list(ends),
        "range": [size, 0] if up else [0, size],
        "nice": False,
        "zero": False,
    }
    return {"field": field, "type": "quantitative", "scale": scale, "axis": None}


def _along(value: float, ends: tuple[float, float], size: int, *, up: bool = False) -> float:
    share = (value - ends[0]) / (ends[1] - ends[0])
    return round(size * (1 - share if up else share), 2)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from at or below `low`, if that is below 0, to at or below `high`; 0 is always among them."""
    width = max(high - low, 1e-6) / _MOST_TICKS
    power = 10.0 ** math.floor(math.log10(width))
    step = next(power * one for one in (1, 2, 5, 10) if power * one >= width * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(min(first, 0), max(last, 1) + 1)]


def _told(value: float) -> float:
    return round(float(value), 3)


def _percent(value: float) -> str:
    return f"{value:+.0f} %".replace("-", MINUS)
