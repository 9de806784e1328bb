"""Points that a hand drew on the first picture, and stretch marks drawn so: a line along each, with a width where it is said."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from needlewise.errors import Problem

Floats = NDArray[np.float64]

# Chosen: no hand draws more points of an outline or a line, nor more stripes; and so wide is no stretch mark.
MOST_POINTS, MOST_STRIPES, WIDEST_MM = 2000, 200, 30.0
STRIPE_KEYS = ("zone", "line", "width_mm")
_ALONG = "draw points along the middle of the stretch mark, from one end to the other"


@dataclass(frozen=True, slots=True, eq=False)
class DrawnStripe:
    """A stretch mark marked by hand: points (n, 2) along its middle, in pixels of the picture, and its width where it is
    said; else it is read off the pictures.
    """

    line: Floats
    width_mm: float | None = None

    def __post_init__(self) -> None:
        line = np.asarray(self.line, dtype=np.float64).reshape(-1, 2)
        kept = np.concatenate([[True], np.any(np.diff(line, axis=0) != 0, axis=1)]) if len(line) else np.zeros(0, bool)
        line = line[kept]
        line.setflags(write=False)
        object.__setattr__(self, "line", line)

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """What was found, what is expected, and what to do."""
        if not np.isfinite(self.line).all():
            yield "a coordinate that is no finite number", "finite numbers", _ALONG
        elif not 2 <= len(self.line) <= MOST_POINTS:
            yield f"a line of {len(self.line)} different points", f"2 to {MOST_POINTS} points", _ALONG
        if self.width_mm is not None and not 0 < self.width_mm <= WIDEST_MM:
            expected = f"millimetres above 0, at most {WIDEST_MM:g}"
            yield f"a width of {self.width_mm:g} mm", expected, "leave it out: it is then read off the pictures"


def read_stripes(entries: Any, zones: Container[str], problems: list[Problem]) -> list[tuple[str, str, DrawnStripe]]:
    """The stripes of a file of zones: where each stands in the file, its zone, and itself, in the file's unit. Faults are
    added to `problems`.
    """
    if not isinstance(entries, Sequence) or isinstance(entries, str) or len(entries) > MOST_STRIPES:
        expected = f"a list of at most {MOST_STRIPES} stripes, each with `zone` and `line`"
        problems.append(Problem("zones: stripe", shown(entries), expected, _ALONG))
        return []
    read = []
    for number, entry in enumerate(entries, 1):
        where = f"stripe {number}"
        if not isinstance(entry, Mapping):
            problems.append(Problem(where, shown(entry), "a table with `zone` and `line`"))
            continue
        before = len(problems)
        name = entry.get("zone")
        if not isinstance(name, str) or name not in zones:
            hint = "name the zone it lies in, and draw that zone as well"
            problems.append(Problem(f"{where}: zone", shown(name), "the name of a zone of this file", hint))
        problems += [
            Problem(f"{where}: {key}", "unknown key", "`zone`, `line`, `width_mm`", "take it out")
            for key in entry
            if key not in STRIPE_KEYS
        ]
        width = _width(entry.get("width_mm"), f"{where}: width_mm", problems)
        line = read_points(entry.get("line"), f"{where}: line", 2, _ALONG, problems)
        if line is None:
            continue
        stripe = DrawnStripe(line, width)
        problems += [Problem(where, *fault) for fault in stripe.faults()]
        if len(problems) == before:
            read.append((where, str(name), stripe))
    return read


def _width(value: Any, where: str, problems: list[Problem]) -> float | None:
    if value is None:
        return None
    expected = "a number of millimetres, or nothing"
    if isinstance(value, bool) or not isinstance(value, int | float):
        problems.append(Problem(where, shown(value), expected))
        return None
    try:
        return float(value)
    except OverflowError:
        problems.append(Problem(where, "a number beyond all measure", expected))
        return None


def read_points(points: Any, where: str, least: int, hint: str, problems: list[Problem]) -> Floats | None:
    """A list of pairs of numbers. None if it is none; the fault is added."""
    expected = f"a list of {least} to {MOST_POINTS} points [x, y]"
    if not isinstance(points, Sequence) or isinstance(points, str) or len(points) > MOST_POINTS:
        problems.append(Problem(where, shown(points), expected, hint))
        return None
    for point in points:
        is_pair = isinstance(point, Sequence) and not isinstance(point, str) and len(point) == 2
        if not is_pair or any(isinstance(each, bool) or not isinstance(each, int | float) for each in point):
            problems.append(Problem(where, f"a point {shown(point)}", "two numbers [x, y]", hint))
            return None
    try:
        return np.array(points, dtype=np.float64).reshape(-1, 2)
    except OverflowError:
        problems.append(Problem(where, "a number beyond all measure", expected, hint))
        return None


def shown(value: Any) -> str:
    """What somebody wrote, short enough for a message."""
    text = repr(value)
    return "missing" if value is None else text if len(text) <= 60 else f"{text[:57]}..."
