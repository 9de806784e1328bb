"""What a forest plot tells, before anything is drawn: rows of words and numbers, the axis, and the result as a sentence.

All numbers are on the scale a reader knows (`Pool.as_shown`): a share, a ratio, points.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from needlewise.evidence.effects import EffectKind
from needlewise.evidence.methods import Method
from needlewise.evidence.pooling import Pool
from needlewise.interop.charts.directions import Directions

MINUS = "\u2212"
MOST_TICKS = 7
# An interval is cut where it goes further beyond all estimates than this many times their spread, or the usual interval.
_REACH = 1.5
_WORTH_AN_ARROW = 1.4
_MARGIN = 0.04
# exp of more than this cannot be placed on an axis.
_FURTHEST = 690.0
_LARGE, _SMALL = 1e6, 1e-3
_LOG = (EffectKind.LOG_ODDS_RATIO, EffectKind.LOG_RISK_RATIO, EffectKind.LOG_RATE, EffectKind.LOG_RATE_RATIO)
_PERCENT = (EffectKind.PROPORTION, EffectKind.RISK_DIFFERENCE)
# Kind -> what one number is called, and what the axis counts.
_NAMES = {
    EffectKind.MEAN_CHANGE: ("Change", "change, points of the scale"),
    EffectKind.MEAN_DIFFERENCE: ("Difference", "difference, points of the scale"),
    EffectKind.STANDARDISED_DIFFERENCE: ("Difference", "difference, standard deviations"),
    EffectKind.PROPORTION: ("Share", "share of people"),
    EffectKind.LOG_ODDS_RATIO: ("Odds ratio", "odds ratio, log axis"),
    EffectKind.LOG_RISK_RATIO: ("Risk ratio", "risk ratio, log axis"),
    EffectKind.RISK_DIFFERENCE: ("Difference", "difference, percentage points"),
    EffectKind.LOG_RATE: ("Rate", "events per unit of person-time, log axis"),
    EffectKind.LOG_RATE_RATIO: ("Rate ratio", "rate ratio, log axis"),
}
_METHODS = {Method.FIXED: "fixed effect"}


class Role(StrEnum):
    """What a row shows."""

    STUDY = "study"
    POOLED = "pooled"
    NEW_STUDY = "new-study"


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its numbers, and the same as words. `value` of a new study is the pool's: its own is not foretold.

    `low` and `high` are the true ends, however far they lie; `percent` is the share of the pool's weight.
    """

    role: Role
    label: str
    people: str
    value: float
    low: float
    high: float
    told: tuple[str, str, str]
    percent: float | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """From where to where, with ticks and their labels. `no_effect` is None where the kind has no such value."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    is_log: bool
    title: str
    no_effect: float | None

    def held(self, value: float) -> float:
        """The value, or the end of the axis that it lies beyond."""
        return min(max(value, self.low), self.high)

    def share(self, value: float) -> float:
        """How far along the axis a value lies: 0 at its left end, 1 at its right one, and beyond."""
        ends = (value, self.low, self.high)
        at, low, high = (_log(one) for one in ends) if self.is_log else ends
        return (at - low) / (high - low)

    def cuts(self, row: Row) -> tuple[bool, bool]:
        """Whether a row goes on beyond the left and beyond the right end."""
        return row.low < self.low, row.high > self.high


@dataclass(frozen=True, slots=True)
class Contents:
    """A forest plot as words and numbers. `name` heads the column of values; `sentence` says the result."""

    name: str
    interval: str
    rows: tuple[Row, ...]
    axis: Axis
    sentence: str
    notes: tuple[str, ...]
    directions: Directions | None = None


def contents(pool: Pool, directions: Directions | None = None, left_out: int = 0) -> Contents:
    """What a forest plot of this pool tells. One study is shown as it is, without a pooled row.

    `left_out`: how many studies speak of the same and enter no pool.
    """
    rows = tuple(_rows(pool))
    axis = _axis(pool)
    name = _NAMES[pool.kind][0]
    is_cut = any(any(axis.cuts(row)) for row in rows)
    return Contents(
        name,
        f"{100 * pool.level:.0f} % interval",
        rows,
        axis,
        _sentence(pool, rows, name),
        tuple(_notes(pool, is_cut, left_out)),
        directions,
    )


def weight_told(percent: float) -> str:
    """A share of the pool's weight; a very small one is not told as none."""
    return "<1 %" if 0 < percent < 0.5 else f"{percent:.0f} %"


def _rows(pool: Pool) -> Iterator[Row]:
    tell = _teller(pool)

    def measured(value: float, low: float, high: float) -> tuple[float, float, float, tuple[str, str, str]]:
        numbers = pool.as_shown(value), pool.as_shown(low), pool.as_shown(high)
        return *numbers, (tell(numbers[0]), tell(numbers[1]), tell(numbers[2]))

    for one in pool.effects:
        label, people = _plain(one.effect.label), f"{one.effect.n:,}"
        percent = None if pool.random is None else one.random_percent
        yield Row(Role.STUDY, label, people, *measured(one.effect.value, one.low, one.high), percent)
    best = pool.random
    if best is not None:
        label = f"Pooled, {_METHODS.get(pool.method, 'random effects')}"
        yield Row(Role.POOLED, label, f"{pool.people:,}", *measured(best.value, best.low, best.high))
    if best is not None and pool.prediction is not None:
        bounds = pool.prediction
        yield Row(Role.NEW_STUDY, "A new study like these", "", *measured(best.value, bounds.low, bounds.high))


def _teller(pool: Pool) -> Callable[[float], str]:
    """How the numbers of a pool are written: all to the same place after the point, so that they can be compared."""
    if pool.kind is EffectKind.PROPORTION:
        middles = [pool.as_shown(one.effect.value) for one in pool.effects]
        places = 0 if all(0.01 <= one <= 0.99 for one in middles) else 1
        return lambda share: f"{100 * share:.{places}f} %"
    if pool.kind in _LOG:
        return _ratio
    factor = 100 if pool.kind in _PERCENT else 1
    width = factor * median(one.high - one.low for one in pool.effects) / 2
    places = min(max(1 - math.floor(math.log10(max(width, _SMALL))), 0), 3)
    return lambda value: _decimal(factor * value, places)


def _ratio(value: float) -> str:
    return _decimal(value, 2 if value < 100 else 0) if value >= 0.1 or value == 0 else _decimal(value, 3)


def _decimal(value: float, places: int) -> str:
    """A number with its places; very large and very small ones as a power of ten; zero without a sign."""
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    size = abs(value)
    if size >= _LARGE or 0 < size < min(_SMALL, 0.5 * 10.0**-places):
        digits, _, power = f"{value:.1e}".partition("e")
        return f"{digits}e{int(power)}".replace("-", MINUS)
    text = f"{value:,.{places}f}"
    return (text.lstrip("-") if not text.strip("-0.,") else text).replace("-", MINUS)


def _axis(pool: Pool) -> Axis:
    title = _NAMES[pool.kind][1]
    no_effect = pool.kind.no_effect
    if pool.kind is EffectKind.PROPORTION:
        most = max(_SMALL, *(pool.as_shown(end) for end in _ends(pool)))
        step = _step(most / MOST_TICKS)
        high = min(1.0, step * math.ceil(most / step - 1e-9))
        return Axis(0.0, high, tuple(_even(0.0, high, step, 100, " %")), False, title, None)
    low, high = _reach(pool)
    if pool.kind in _LOG:
        least, most = pool.as_shown(low), pool.as_shown(high)
        ticks = tuple(_decades(least, most)) or tuple(_even(least, most, _step((most - least) / MOST_TICKS)))
        return Axis(least, most, ticks, True, title, None if no_effect is None else pool.as_shown(no_effect))
    factor = 100 if pool.kind in _PERCENT else 1
    return Axis(low, high, tuple(_even(low, high, _step((high - low) / MOST_TICKS), factor)), False, title, no_effect)


def _ends(pool: Pool) -> list[float]:
    ends = [end for one in pool.effects for end in (one.low, one.high)]
    ends += [pool.best.low, pool.best.high]
    return ends + ([pool.prediction.low, pool.prediction.high] if pool.prediction else [])


def _reach(pool: Pool) -> tuple[float, float]:
    """The ends of an axis, on the scale of the pool: every estimate lies within, intervals as far as they are usual."""
    middles = [one.effect.value for one in pool.effects] + [pool.best.value]
    if pool.kind.no_effect is not None:
        middles.append(pool.kind.no_effect)
    least, most = min(middles), max(middles)
    beyond = _REACH * max(most - least, median(one.high - one.low for one in pool.effects))
    ends = _ends(pool)
    low, high = min(*ends, least), max(*ends, most)
    # What goes on a little further only is not worth an arrow.
    low = low if least - low <= _WORTH_AN_ARROW * beyond else least - beyond
    high = high if high - most <= _WORTH_AN_ARROW * beyond else most + beyond
    # A value without any width still needs an axis around it.
    margin = _MARGIN * (high - low) or max(abs(high), 1.0)
    low, high = low - margin, high + margin
    return (max(low, -_FURTHEST), min(high, _FURTHEST)) if pool.kind in _LOG else (low, high)


def _step(width: float) -> float:
    """The round number (1, 2 or 5 with zeros) that is nearest above a width."""
    power: float = 10.0 ** math.floor(math.log10(width))
    return next(power * one for one in (1, 2, 5, 10) if power * one >= width * (1 - 1e-9))


def _even(low: float, high: float, step: float, factor: int = 1, unit: str = "") -> Iterator[tuple[float, str]]:
    places = max(0, -math.floor(math.log10(step * factor) + 1e-9))
    for number in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
        yield number * step, f"{_decimal(number * step * factor, places)}{unit}"


def _log(value: float) -> float:
    return min(max(math.log(value) if value > 0 else -math.inf, -_FURTHEST), _FURTHEST)


def _decades(low: float, high: float) -> list[tuple[float, str]]:
    """Ticks of a log axis: 1, 2 and 5 of every power of ten, or fewer where these would stand too close. Nothing where
    they would be fewer than three."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    found: list[float] = []
    for digits in ((1, 2, 5), (1, 3), (1,)):
        found = [one * 10.0**power for power in range(first, last + 1) for one in digits]
        found = [one for one in found if low <= one <= high]
        if len(found) <= MOST_TICKS:
            break
    # Every power that would be left out evenly, such that 1 stays.
    apart = math.ceil(len(found) / MOST_TICKS)
    found = [one for one in found if apart <= 1 or round(math.log10(one)) % apart == 0]
    return [(one, _power(one)) for one in found] if len(found) >= 3 else []


def _power(value: float) -> str:
    return (
        f"{value:,.10g}"
        if _SMALL <= value < _LARGE
        else f"{value:.0e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e").replace("-", MINUS)
    )


def _sentence(pool: Pool, rows: tuple[Row, ...], name: str) -> str:
    def told(row: Row) -> str:
        return f"{row.told[0]} ({100 * pool.level:.0f} % interval {row.told[1]} to {row.told[2]})"

    if pool.random is None:
        return f"One study, {rows[0].label}, {pool.people:,} people. {name}: {told(rows[0])}. It is no pool."
    said = [f"Forest plot of {pool.k} studies, {pool.people:,} people."]
    for row in rows:
        if row.role is Role.POOLED:
            said.append(f"Pooled {name[0].lower()}{name[1:]}: {told(row)}.")
        if row.role is Role.NEW_STUDY:
            said.append(f"A new study like these would lie in {row.told[1]} to {row.told[2]}.")
    nothing = pool.kind.no_effect
    if nothing is not None:
        holds = pool.random.low <= nothing <= pool.random.high
        said.append(f"The interval {'includes' if holds else 'does not include'} no effect.")
    return " ".join(said)


def _notes(pool: Pool, is_cut: bool, left_out: int) -> Iterator[str]:
    if pool.random is None:
        yield f"{pool.note[0].upper()}{pool.note[1:]}."
    else:
        tau2 = "" if pool.tau2 is None else f", τ² {pool.tau2:.2g}"
        yield f"Disagreement between studies: I² {pool.i2_percent:.0f} %{tau2}. Method: {pool.method}."
        if pool.prediction is None:
            yield f"{pool.prediction_note[0].upper()}{pool.prediction_note[1:]}."
    if is_cut:
        yield "An arrow: the interval goes on. Its true ends are in the figures."
    if left_out:
        studies = "1 more study speaks" if left_out == 1 else f"{left_out} more studies speak"
        yield f"{studies} of this and cannot be pooled."
    if pool.assumed:
        yield f"Read with care: {'; '.join(_plain(one) for one in pool.assumed)}."


def _plain(text: str) -> str:
    """Letters that print, on one line: what is no letter cannot stand in XML, and must not act on a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))
