"""Outcomes: the answers to a published scale turned into a score, and two scores of one scale compared.

Which items a scale has, how they are weighed and which change counts stands in knowledge/scales, and that they fit
together is checked when those files are read; here is the arithmetic only. A score is never made from part of the answers.
"""

import difflib
import math
import reprlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from needlewise.errors import Problem, ScaleError
from needlewise.knowledge import Change, Scale, ScaleItem, items_by_region

# The item of a scale that is entered as one number.
TOTAL = "total"
# Weights such as 0.3 have no exact binary value; rounding lets 48 be 48 and a border of a band be that border.
_DECIMALS = 6
_MIDDLE_LIGHTNESS = 50.0
_NO_ORDER = "class"


class Direction(StrEnum):
    """What a difference means for the patient. `changed`: the scale has no better end."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Score:
    """The total of a scale, and its name: that of its band or, of a grade or class, of the answer chosen.

    `total` lies in the range of the scale. `band` is None where the scale names no spans.
    """

    scale: str
    total: float
    unit: str
    band: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A later score beside an earlier one of the same scale.

    `difference` is later less earlier, None for classes, which have no order. `meaningful` says whether the difference,
    for better or worse, reaches the published `threshold`; both are None where none was published.
    """

    scale: str
    difference: float | None
    direction: Direction
    meaningful: bool | None
    threshold: Change | None


def items_of(scale: Scale) -> tuple[ScaleItem, ...]:
    """What is to be answered: the items of the scale or, where it is entered as one number, its total."""
    return scale.item if scale.item and not scale.total_only else (_whole_of(scale, TOTAL),)


def score(scale: Scale, answers: Mapping[str, float | str]) -> Score:
    """The score of one set of answers.

    Parameters: `scale`, from the protocol; `answers`, by item id (`items_of`), each a number or, of an item with
    options, the label of the option. Numbers may come as text ("3", "2.5").
    Raises `ScaleError` with every answer that is unknown, missing, no finite number, out of range, none of the options
    or a fraction where whole numbers are meant.
    """
    points = _checked(scale, answers, items_of(scale))
    total = round(_way(scale)(scale, points), _DECIMALS) + 0.0
    return Score(scale.id, total, scale.unit, _name_of(scale, total))


def change(scale: Scale, before: float, after: float) -> Comparison:
    """Two totals of one scale compared: `after`, the later one, against `before`.

    Raises `ScaleError` if either is no finite number, outside the range of the scale, or a fraction where it counts in
    whole numbers.
    """
    totals = _checked(
        scale, {"before": before, "after": after}, (_whole_of(scale, "before"), _whole_of(scale, "after"))
    )
    difference = round(totals["after"] - totals["before"], _DECIMALS) + 0.0
    meaningful = abs(difference) >= scale.change.by if scale.change else None
    shown = None if scale.scoring == _NO_ORDER else difference
    return Comparison(scale.id, shown, _direction(scale, difference), meaningful, scale.change)


def _direction(scale: Scale, difference: float) -> Direction:
    if difference == 0:
        return Direction.SAME
    if scale.better == "none":
        return Direction.CHANGED
    return Direction.BETTER if (difference < 0) == (scale.better == "lower") else Direction.WORSE


def _name_of(scale: Scale, total: float) -> str | None:
    for band in scale.band:
        if band.min < total <= band.max or (total == band.min and not band.min_excluded):
            return band.label
    if scale.scoring in ("grade", _NO_ORDER):
        return next((option.label for option in scale.item[0].options if option.points == total), None)
    return None


def _whole_of(scale: Scale, name: str) -> ScaleItem:
    """An item that takes any total of the scale."""
    least, most = scale.range
    return ScaleItem(id=name, label=scale.name, min=least, max=most, whole=scale.whole, unit=scale.unit)


def _checked(scale: Scale, answers: Mapping[str, float | str], items: tuple[ScaleItem, ...]) -> dict[str, float]:
    """The points of every answer, or every problem at once."""
    problems = list(_unknown(scale, answers, items))
    points: dict[str, float] = {}
    for item in items:
        found = _answer(item, answers)
        if isinstance(found, str):
            problems.append(Problem(f"{scale.id}.{item.id}", found, _expected(item)))
        else:
            points[item.id] = found
    if problems:
        raise ScaleError(problems)
    return points


def _unknown(scale: Scale, answers: Mapping[str, float | str], items: tuple[ScaleItem, ...]) -> Iterator[Problem]:
    known = [item.id for item in items]
    for name in answers:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else ""
            if scale.total_only:
                hint = f"the questions of this scale are not shipped: enter its total as `{TOTAL}`"
            yield Problem(f"{scale.id}.{name}", "no such item", f"one of {', '.join(known)}", hint)


def _answer(item: ScaleItem, answers: Mapping[str, float | str]) -> float | str:
    """The points of an item's answer, or what is wrong with it."""
    if item.id not in answers:
        return "not answered"
    given = answers[item.id]
    labelled = [option.points for option in item.options if option.label == given]
    if labelled:
        return labelled[0]
    number = _number(given)
    if number is None:
        return f"{reprlib.repr(given)} is not a number"
    if not math.isfinite(number):
        return f"{number} is not a finite number"
    if item.options:
        return number if any(option.points == number for option in item.options) else f"{number:.12g} is no option"
    if (item.min is not None and number < item.min) or (item.max is not None and number > item.max):
        return f"{number:.12g} is out of range"
    return f"{number:.12g} is a fraction" if item.whole and not number.is_integer() else number


def _number(given: object) -> float | None:
    """None for what is not a number. A truth is none, and neither is `1_0`, which Python would take."""
    if isinstance(given, bool) or (isinstance(given, str) and "_" in given):
        return None
    try:
        return float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    except OverflowError:
        return math.inf


def _expected(item: ScaleItem) -> str:
    if item.options:
        return "one of " + ", ".join(f"{option.points:g} ({option.label})" for option in item.options)
    unit = f" {item.unit}" if item.unit else ""
    return f"a {'whole ' if item.whole else ''}number from {item.min:g} to {item.max:g}{unit}"


def _only(scale: Scale, points: Mapping[str, float]) -> float:
    return points[items_of(scale)[0].id]


def _weighted_sum(scale: Scale, points: Mapping[str, float]) -> float:
    return math.fsum(item.weight * points[item.id] for item in scale.item)


def _area_severity(scale: Scale, points: Mapping[str, float]) -> float:
    """The sum over regions of weight x area x (darkness + evenness, where the scale asks for it)."""
    return math.fsum(
        area.weight * points[area.id] * math.fsum(points[item.id] for item in severity)
        for area, severity in items_by_region(scale).values()
        if area is not None
    )


def _typology_angle(scale: Scale, points: Mapping[str, float]) -> float:
    """The angle of (L* - 50) over b*, in degrees; 90 degrees either way where b* is 0."""
    lightness, b_star = points["l_star"] - _MIDDLE_LIGHTNESS, points["b_star"]
    if lightness == b_star == 0:
        found = "L* is 50 and b* is 0: the angle is not defined"
        raise ScaleError(Problem(f"{scale.id}.b_star", found, "b* above 0, or another L*", "measure again"))
    return math.degrees(math.atan2(lightness, b_star))


_SCORING: Mapping[str, Callable[[Scale, Mapping[str, float]], float]] = {
    "grade": _only,
    "number": _only,
    _NO_ORDER: _only,
    "sum": _weighted_sum,
    "area-severity": _area_severity,
    "typology-angle": _typology_angle,
}


def _way(scale: Scale) -> Callable[[Scale, Mapping[str, float]], float]:
    return _only if scale.total_only else _SCORING[scale.scoring]
