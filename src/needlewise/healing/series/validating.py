"""Published series against the model: what it predicts for each reported value, and whether that passes.

A prediction is that of the mean of a study: of what the parameters may be, of people as many as took part, of the dose
that was not measured, and of the study's own way of measuring. Nothing here was fitted to the series.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from needlewise.healing import lanes
from needlewise.healing.model import OBSERVABLES, OBSERVED_BY, PARAMETERS, RESTED_BY, at_rest, observed
from needlewise.healing.population import aged, drawn_dose, stable
from needlewise.healing.posterior import from_posterior
from needlewise.healing.regimen import seen_on
from needlewise.healing.series.doses import USUAL, Done
from needlewise.healing.series.keys import Form
from needlewise.healing.series.marks import Mark, marks_of
from needlewise.healing.series.reading import FROM_NOTHING, NotPredicted, Reported, Series, read_series
from needlewise.healing.task import Floats, Task, seen, traits_of
from needlewise.knowledge import Biology

SEED, DRAWS = 20261128, 1000
# Studies that do not say how many took part count as one of so many; means of more hardly differ from one another.
FEW, MANY = 10, 50
LOW, HIGH = 0.05, 0.95
# Measured by stained area, in units of a study's own.
STAINED = frozenset({"collagen", "type-i", "type-iii", "elastin"})
# What untreated skin has none of counts as raised above this share of its own peak.
RAISED = 0.05
# How finely a peak is looked for, and up to how long after the last day.
FINE, COARSE, FINE_UNTIL, BEYOND = 0.25, 1.0, 15.0, 30.0
# So many values of a course are held at once.
AT_ONCE = 4_000_000
# What the ranking of protocols is asked of: the usual session once, or four times four weeks apart, after half a year.
RANKED_SESSIONS, RANKED_ON = (0.0, 28.0, 56.0, 84.0), 180.0


@dataclass(frozen=True, slots=True)
class Compared:
    """A reported value beside its prediction: median and 90 % band, in how many of the draws the direction of the change
    is right, and whether it lies inside. None where that was not reported.
    """

    entry: str
    reported: Reported
    median: float | None
    low: float | None
    high: float | None
    agrees: float | None
    inside: bool | None


@dataclass(frozen=True, slots=True)
class Validation:
    """Everything that was compared, what was not, and what comes of it. `failed`: draws that could not be computed."""

    series: tuple[Series, ...]
    compared: tuple[Compared, ...]
    not_predicted: tuple[NotPredicted, ...]
    marks: tuple[Mark, ...]
    draws: int
    seed: int
    failed: int

    @property
    def coverage(self) -> tuple[int, int]:
        """How many values lie inside their band, of how many."""
        inside = [one.inside for one in self.compared if one.inside is not None]
        return sum(inside), len(inside)


def validate(given: Any, biology: Biology, seed: int = SEED, draws: int = DRAWS) -> Validation:
    """Compare the series of a parsed file with what the model predicts of them.

    The same seed gives the same answer, for each entry whatever stands beside it. Raises `HealingError` with every fault of
    the file, named by entry and key.
    """
    series, left = read_series(given)
    compared: list[Compared] = []
    failed = 0
    for one in series:
        rng = np.random.default_rng([seed, crc32(one.id.encode())])
        if one.reported:
            found = _Predicted(one, biology, draws, rng)
            compared.extend(found.compared())
            failed += found.failed
    ranking = _ranking(biology, draws, np.random.default_rng(seed))
    significant = [one.agrees for one in compared if one.agrees is not None and one.reported.significant]
    inside = [one.inside for one in compared if one.inside is not None]
    return Validation(series, tuple(compared), left, marks_of(significant, inside, ranking), draws, seed, failed)


class _Predicted:
    """The course of one series in every draw: the mean of its people, on every day that is asked for."""

    def __init__(self, series: Series, biology: Biology, draws: int, rng: np.random.Generator) -> None:
        self.series, self.rng = series, rng
        each = min(series.people or FEW, MANY)
        rows, dose = _rows(biology, draws, rng), _dose(series.done, biology, draws, rng)
        self.factor = np.exp(biology.own_factor.log_sd * rng.standard_normal(draws))
        self.days = _days(series)
        self.course = np.concatenate(
            [
                _means(series.done, _people(rows[part], biology, each, rng), (dose[0][part], dose[1][part]), self.days)
                for part in _parts(draws, each * len(self.days) * len(PARAMETERS))
            ]
        )
        self.rest = np.stack(observed(at_rest(traits_of(rows, RESTED_BY)), traits_of(rows, OBSERVED_BY)), axis=-1)
        self.failed = int(np.isnan(self.course).any(axis=(1, 2)).sum())

    def compared(self) -> Iterator[Compared]:
        """Every reported value with its prediction."""
        with np.errstate(divide="ignore", invalid="ignore"):
            for reported in self.series.reported:
                yield self._compared(reported)

    def _compared(self, reported: Reported) -> Compared:
        number = list(OBSERVABLES).index(reported.observable)
        now, rest = self._on(reported.day)[:, number], self.rest[:, number]
        agrees = None
        if reported.change and self.failed < len(now):
            change = np.sign(now - rest)
            if reported.observable in FROM_NOTHING:
                change = np.where(now > RAISED * self.course[:, :, number].max(axis=1), 1.0, 0.0)
            agrees = float(np.mean((change == reported.change)[~np.isnan(now)]))
        drawn = self._against(reported, number)
        drawn = drawn[np.isfinite(drawn)]
        if reported.value is None or not len(drawn):
            return Compared(self.series.id, reported, None, None, None, agrees, None)
        drawn = drawn + reported.sd * self.rng.standard_normal(len(drawn))
        low, median, high = map(float, np.quantile(drawn, (LOW, 0.5, HIGH)))
        return Compared(self.series.id, reported, median, low, high, agrees, low <= reported.value <= high)

    def _against(self, reported: Reported, number: int) -> Floats:
        """The predicted value in each draw, in the unit of what was reported."""
        now = self._on(reported.day)[:, number]
        against: Mapping[Form, Callable[[], Floats | float]] = {
            Form.CHANGE: lambda: self.rest[:, number],
            Form.RATIO: lambda: self.rest[:, number],
            Form.OF_PEAK: lambda: self.course[:, :, number].max(axis=1),
            Form.OF_DAY: lambda: self._on(reported.of_day or 0.0)[:, number],
            Form.OF_FIRST: lambda: self._on(reported.of_day or 0.0)[:, number],
            Form.SHARE: lambda: 1.0,
        }
        share: Floats = now / against[reported.form]()
        is_gain = reported.form in (Form.CHANGE, Form.RATIO) and not self.series.done.whole_wound
        return 1 + (share - 1) * self.factor if is_gain and reported.observable in STAINED else share

    def _on(self, day: float) -> Floats:
        found: Floats = self.course[:, int(np.searchsorted(self.days, seen_on(day, self.series.done.session_days)))]
        return found


def _rows(biology: Biology, draws: int, rng: np.random.Generator) -> Floats:
    """Parameters of so many studies, each with a stable rest."""
    parameters = from_posterior(biology).parameters
    good = parameters[stable(parameters)]
    return good[rng.integers(len(good), size=draws)]


def _people(rows: Floats, biology: Biology, each: int, rng: np.random.Generator) -> Floats:
    """The people of each study, one study after the other: its parameters times how people differ, and their ages."""
    unknown = biology.unknown_age
    ages = rng.uniform(unknown.from_years, unknown.to_years, len(rows) * each)
    people = aged(np.repeat(rows, each, axis=0), biology, ages)
    usual = people.copy()
    for between in biology.between.values():
        people[:, PARAMETERS.index(between.parameter)] *= np.exp(between.log_sd * rng.standard_normal(len(people)))
    return np.where(stable(people)[:, None], people, usual)


def _dose(done: Done, biology: Biology, draws: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Open area and injured share of a session in each study; the same in all its sessions."""
    if done.needling is None:
        return np.zeros(draws), np.zeros(draws)
    return drawn_dose(done.needling, biology.dose, draws, rng)


def _days(series: Series) -> Floats:
    """Every day that is asked for; with a fine grid where a peak is."""
    asked = (*(one.day for one in series.reported), *(one.of_day for one in series.reported if one.of_day))
    days = {0.0, *(seen_on(day, series.done.session_days) for day in asked)}
    if any(one.form is Form.OF_PEAK or one.observable in FROM_NOTHING for one in series.reported):
        last = max(*days, *(series.done.session_days or (0.0,))) + BEYOND
        days |= {*np.arange(0, FINE_UNTIL, FINE).tolist(), *np.arange(FINE_UNTIL, last, COARSE).tolist()}
    return np.array(sorted(days))


def _parts(draws: int, values_of_one: int) -> list[NDArray[np.intp]]:
    return np.array_split(np.arange(draws), min(draws, 1 + draws * values_of_one // AT_ONCE))


def _means(done: Done, people: Floats, dose: tuple[Floats, Floats], days: Floats) -> Floats:
    """What can be seen in each study on each day, the mean of its people: (studies, days, observables)."""
    each, sessions = len(people) // len(dose[0]), len(done.session_days)
    open_area, injured = (np.repeat(np.repeat(one, each)[:, None], sessions, axis=1) for one in dose)
    task = Task(people, np.array(done.session_days), open_area, injured, days, done.whole_wound)
    shown = np.stack(list(seen(lanes.solve(task).states, people).values()), axis=-1)
    means: Floats = shown.reshape(len(dose[0]), each, len(days), -1).mean(axis=1)
    return means


def _ranking(biology: Biology, draws: int, rng: np.random.Generator) -> float:
    """In how many of the draws four sessions leave more collagen than one."""
    once, often = (Done(False, sessions, USUAL, ()) for sessions in (RANKED_SESSIONS[:1], RANKED_SESSIONS))
    rows, dose = _rows(biology, draws, rng), _dose(often, biology, draws, rng)
    number = list(OBSERVABLES).index("collagen")
    one, four = (_means(done, rows, dose, np.array([RANKED_ON]))[:, 0, number] for done in (once, often))
    return float(np.mean(four > one))
