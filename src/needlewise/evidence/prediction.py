"""Where the next result may lie, from figures that are few and unlike.

A normal model in closed form. Studies differ from each other by a spread that is stated for the whole base and never
estimated from the few at hand; a study unlike what is planned differs by more. Widths therefore depend on which
figures there are, how many people stand behind them and how near they come, but not on what they say: figures that
happen to agree promise nothing, and taking one away, or moving it further off, never narrows an interval.

    weight of a figure   1 / (v + s^2 (1 + d^2)),   v = 1 / 4n for a share, sd^2 / n for a change
    variance             s^2 (1 + t^2) + 1 / sum of the weights of all figures with d up to t

where s is the spread between studies, d how far a figure is unlike, in spreads, n its people, and t the reach that
leaves the least variance: near figures that are few are not helped by far ones, nor far ones by a single near one. The
value is the weighted mean of the figures within that reach. One clinic's own
outcomes are a further look at the same clinic: its effect is drawn around what the studies say, and its own mean is
known to within v. (Higgins, Thompson and Spiegelhalter 2009, J R Stat Soc A 172:137, for the prediction in a new
setting.)
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from needlewise.errors import EvidenceError, Problem

# A share of n people has at most this variance, times 1 / n.
_MOST_OF_A_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Datum:
    """One figure: its value, the people behind it, and how far it is unlike (0: alike), in spreads between studies.

    `cohort` names the people: of several figures on the same people the one that weighs most counts, and of several that
    weigh the same their mean. `people` may be a fraction: a difference of two groups leaves as much to chance as a
    smaller one.
    """

    value: float
    people: float
    distance: float
    cohort: str


@dataclass(frozen=True, slots=True)
class Model:
    """How results differ. `spread`: between studies, in the unit of the values; `person_sd`: between people, None where
    values are shares; `df` of the spread; `level`: the share of what is to come that an interval is to hold; `bounds`:
    what values can be at all."""

    spread: float
    df: int
    level: float
    person_sd: float | None = None
    bounds: tuple[float, float] | None = None

    def noise(self, people: float) -> float:
        """The variance that so many people leave in a mean."""
        return (_MOST_OF_A_SHARE if self.person_sd is None else self.person_sd**2) / people


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval that never leaves what is possible: it is shifted, not cut, so its width still tells."""

    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Prediction:
    """What is expected of a group like this, and of one person of it (None for shares, where a person is one or the
    other)."""

    value: float
    group: Interval
    person: Interval | None


def predict(data: Sequence[Datum], model: Model, own: Sequence[float] = ()) -> Prediction | None:
    """The next group's result; None where nothing is known.

    `own`: outcomes of one clinic's own people, in the unit of the values, 0 or 1 for shares.
    Raises `EvidenceError` for figures that are no numbers and for groups of nobody.
    """
    _refuse(data, own)
    if not data and not own:
        return None
    prior = _of_studies(data, model) if data else None
    if own:
        mean, noise = math.fsum(own) / len(own), model.noise(len(own))
        if prior is None:
            value, variance = mean, noise
        else:
            # The clinic's effect lies around what the studies say; its own mean is one look at it.
            trust = prior[1] / (prior[1] + noise)
            value, variance = prior[0] + trust * (mean - prior[0]), prior[1] * (1 - trust)
    else:
        assert prior is not None  # noqa: S101 - one of the two is there
        value, variance = prior
    reach = _reach(model)
    person = None
    if model.person_sd is not None:
        person = _within(value, reach * math.sqrt(variance + model.person_sd**2), model.bounds)
    return Prediction(value, _within(value, reach * math.sqrt(variance), model.bounds), person)


def _of_studies(data: Sequence[Datum], model: Model) -> tuple[float, float]:
    """Value expected of a new setting, and its variance: those of the reach that leaves the least variance."""
    return min(
        (_within_reach(data, model, reach) for reach in {one.distance for one in data}), key=lambda found: found[1]
    )


def _within_reach(data: Sequence[Datum], model: Model, reach: float) -> tuple[float, float]:
    square = model.spread**2
    rows = once_each([one for one in data if one.distance <= reach], model)
    weights = [_weight(one, model) for one in rows]
    total = math.fsum(weights)
    value = math.fsum(weight * one.value for weight, one in zip(weights, rows, strict=True)) / total
    return value, square * (1 + reach**2) + 1 / total


def once_each(data: Iterable[Datum], model: Model) -> list[Datum]:
    """One figure for each cohort: the one that weighs most; the mean of those that weigh the same."""
    best: dict[str, list[Datum]] = {}
    for one in data:
        held = best.setdefault(one.cohort, [])
        if held and _weight(one, model) > _weight(held[0], model):
            held.clear()
        if not held or _weight(one, model) == _weight(held[0], model):
            held.append(one)
    return [replace(rows[0], value=math.fsum(one.value for one in rows) / len(rows)) for rows in best.values()]


def _weight(one: Datum, model: Model) -> float:
    return 1 / (model.noise(one.people) + model.spread**2 * (1 + one.distance**2))


def _reach(model: Model) -> float:
    from needlewise.evidence.estimators import t_quantile  # noqa: PLC0415 - brings in numpy

    return t_quantile(model.df, model.level)


def _within(value: float, half: float, bounds: tuple[float, float] | None) -> Interval:
    low, high = value - half, value + half
    if bounds is None:
        return Interval(low, high)
    least, most = bounds
    if high - low >= most - least:
        return Interval(least, most)
    if low < least:
        return Interval(least, least + (high - low))
    return Interval(most - (high - low), most) if high > most else Interval(low, high)


def _refuse(data: Sequence[Datum], own: Sequence[float]) -> None:
    problems = [
        Problem(f"forecast: {one.cohort}", f"value {one.value:g}, {one.people:g} people, distance {one.distance:g}",
                "finite figures, some people, no distance below 0")
        for one in data
        if not (math.isfinite(one.value) and math.isfinite(one.distance)) or one.people <= 0 or one.distance < 0
    ]  # fmt: skip
    problems += [
        Problem(f"forecast: own outcome {number}", f"{value:g}", "a finite number")
        for number, value in enumerate(own, 1)
        if not math.isfinite(value)
    ]
    if problems:
        raise EvidenceError(problems)
