"""The course: how skin is expected to heal and change after sessions, with bands that hold what is not known.

Many virtual people are followed through the same sessions. A band says where 5, 25, 50, 75 and 95 percent of them lie:
what differs between people, what is not known of the model, and what is not known of the dose. It is a model's
expectation and no promise, and nothing of it reaches a verdict or a plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from needlewise.errors import HealingError, Problem
from needlewise.healing import lanes
from needlewise.healing.model import OBSERVABLES
from needlewise.healing.population import People, drawn_dose, people
from needlewise.healing.posterior import from_posterior
from needlewise.healing.regimen import JUST_BEFORE_DAYS, WATCHED_DAYS, Outside, Regimen, outside, seen_on
from needlewise.healing.sureness import Sureness, sureness_of
from needlewise.healing.task import Floats, Task, seen
from needlewise.knowledge import Biology

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
PEOPLE, FEWEST, MOST = 2000, 100, 100_000
# Bands are told to a hundredth; this is far below.
TOLERANCE = 1e-5
MEDIAN = LEVELS.index(0.5)
NINE_OF_TEN = 0.9
# What is read off at the moments that the knowledge names.
GAIN = "collagen"


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Quantiles of every observable on every day: `values` is (observables, levels, days), in the order of
    `OBSERVABLES` and `LEVELS`."""

    values: Floats

    def of(self, observable: str) -> Floats:
        """The quantiles of one observable, (levels, days)."""
        found: Floats = self.values[list(OBSERVABLES).index(observable)]
        return found


@dataclass(frozen=True, slots=True)
class Over:
    """On which day after a session half of the people, and nine of ten, are below a threshold for good, until the next
    session. None where that is not reached before it, or within eight weeks of the last."""

    threshold: str
    session: int
    half: float | None
    nine_of_ten: float | None


@dataclass(frozen=True, slots=True, eq=False)
class ReadOffBand:
    """An observable at one moment: the quantiles, in the order of `LEVELS`."""

    read_off: str
    observable: str
    day: float
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What is expected after the sessions of `regimen`.

    days       (days,), since the first session; on the day of a session just after it
    average    bands over all forms of the model, each by its share
    forms      bands of each form by itself
    over       when redness and an open barrier are over, after each session
    read_offs  collagen at the moments that the knowledge names
    outside    where the regimen lies beyond what was studied; partly: where it does for some of the people
    sureness   how sure one may be of each observable, and why
    people     who was followed to the end; `failed` could not be, `unstable` were drawn and left out
    ages_years the youngest and the oldest of them
    digest     the state of the knowledge
    """

    regimen: Regimen
    days: Floats
    average: Bands
    forms: Mapping[str, Bands]
    over: tuple[Over, ...]
    read_offs: tuple[ReadOffBand, ...]
    outside: tuple[Outside, ...]
    partly: tuple[Outside, ...]
    sureness: Mapping[str, Sureness]
    people: int
    unstable: int
    failed: int
    ages_years: tuple[float, float]
    seed: int
    digest: str

    def at(self, day: float) -> int:
        """The place of a day, or of the last one before it, among `days`; on the day of a later session, just before."""
        return _at(self.days, day, self.regimen)

    def bands(self, form: str | None = None) -> Bands:
        """The bands of one form, or the average. Raises `HealingError` for a form that there is not."""
        if form is None:
            return self.average
        if form not in self.forms:
            raise HealingError(Problem("form", f"`{form}`", f"one of: {', '.join(self.forms)}"))
        return self.forms[form]


@dataclass(frozen=True, slots=True)
class Difference:
    """What the second regimen adds for the same people: 5, 50 and 95 percent, and the share of people it adds for.

    `of`: id of a threshold (days until it is over, after the last session) or of a moment (collagen then). `endless`: for
    how many people it was not over within eight weeks, after one or both; they count in the share and not in the rest.
    """

    of: str
    low: float
    middle: float
    high: float
    more_share: float
    endless: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two regimens on the same virtual people."""

    first: Course
    second: Course
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Followed:
    """Everyone's course: `seen` is (observables, days, people), NaN for those who could not be followed."""

    days: Floats
    seen: NDArray[np.float32]
    crowd: People
    injured: Floats
    failed: NDArray[np.bool_]


def foresee(regimen: Regimen, biology: Biology, count: int = PEOPLE, seed: int = 0) -> Course:
    """The course of `count` virtual people after a regimen. The same seed gives the same people.

    Raises `HealingError` where `count` is too small for bands or too large, the seed is below 0, or nobody could be
    followed.
    """
    return _course(regimen, biology, _follow(regimen, biology, count, seed), seed)


def compare(first: Regimen, second: Regimen, biology: Biology, count: int = PEOPLE, seed: int = 0) -> Comparison:
    """Two regimens on the same people: same bodies, same unknown of the dose. Differences are second less first."""
    one, two = (_follow(regimen, biology, count, seed) for regimen in (first, second))
    return Comparison(
        _course(first, biology, one, seed),
        _course(second, biology, two, seed),
        tuple(_differences(first, second, (one, two), biology)),
    )


def _follow(regimen: Regimen, biology: Biology, count: int, seed: int) -> _Followed:
    if not FEWEST <= count <= MOST:
        raise HealingError(Problem("people", f"{count}", f"{FEWEST} to {MOST}"))
    if seed < 0:
        raise HealingError(Problem("seed", f"{seed}", "0 or more"))
    bodies, chance = np.random.SeedSequence(seed).spawn(2)
    rng = np.random.default_rng(bodies)
    crowd = people(from_posterior(biology), biology, count, rng, regimen.age_years)
    # The same chance for each session: how true a depth is and how wide a halo belong to the person and the hand.
    doses = [drawn_dose(one, biology.dose, count, np.random.default_rng(chance)) for one in regimen.needlings]
    open_area, injured = (np.stack([dose[n] for dose in doses], axis=1) for n in (0, 1))
    days = regimen.days(one.day for one in biology.read_offs.values())
    task = Task(crowd.parameters, np.array(regimen.session_days), open_area, injured, days, tolerance=TOLERANCE)
    solved = lanes.solve(task)
    if solved.failed.all():
        raise HealingError(Problem("people", "nobody could be followed", "a sample that can be solved"))
    values = seen(solved.states, crowd.parameters).values()
    return _Followed(days, np.stack([value.T.astype(np.float32) for value in values]), crowd, injured, solved.failed)


def _course(regimen: Regimen, biology: Biology, found: _Followed, seed: int) -> Course:
    kept = ~found.failed
    average = Bands(_quantiles(found.seen[:, :, kept]))
    forms = {
        name: Bands(_quantiles(found.seen[:, :, mine]))
        for number, name in enumerate(found.crowd.forms)
        if (mine := kept & (found.crowd.form == number)).any()
    }
    beyond = outside(regimen, found.injured, biology)
    whole = tuple(one for one in beyond if not one.is_partly)
    ages = found.crowd.ages_years[kept]
    return Course(
        regimen=regimen,
        days=found.days,
        average=average,
        forms=forms,
        over=tuple(_all_over(regimen, found, biology)),
        read_offs=tuple(_read_offs(regimen, found.days, average, biology)),
        outside=whole,
        partly=tuple(one for one in beyond if one.is_partly),
        sureness=sureness_of(biology, regimen, is_outside=bool(whole)),
        people=int(kept.sum()),
        unstable=found.crowd.unstable,
        failed=int(found.failed.sum()),
        ages_years=(float(ages.min()), float(ages.max())),
        seed=seed,
        digest=biology.digest,
    )


def _quantiles(seen: NDArray[np.float32]) -> Floats:
    """Quantiles over the last axis, in straight lines between people: (observables, levels, days)."""
    ordered = np.sort(seen, axis=-1)
    places = np.array(LEVELS) * (seen.shape[-1] - 1)
    below = np.floor(places).astype(int)
    above = np.minimum(below + 1, seen.shape[-1] - 1)
    share = places - below
    found: Floats = np.moveaxis(ordered[..., below] * (1 - share) + ordered[..., above] * share, -1, 1)
    return found


def _all_over(regimen: Regimen, found: _Followed, biology: Biology) -> list[Over]:
    rows = []
    for threshold in biology.thresholds.values():
        for session in range(len(regimen.session_days)):
            days = days_until_below(found.days, _seen(found, threshold.observable), threshold.level,
                                    _watched(regimen, session))[~found.failed]  # fmt: skip
            half, most = (float(np.quantile(days, q, method="higher")) for q in (0.5, NINE_OF_TEN))
            rows.append(Over(threshold.id, session + 1, _finite(half), _finite(most)))
    return rows


def days_until_below(days: Floats, seen: Floats, level: float, watched: tuple[float, float]) -> Floats:
    """How long after the start of a span each person is at or above a level for the last time: (people,).

    `seen` is (days, people); `watched` is the first day and the last. 0 for who never is, infinite for who still is on
    the last day of the span. Straight lines between the days.
    """
    start, end = np.searchsorted(days, watched[0]), np.searchsorted(days, watched[1], side="right")
    span, values = days[start:end], seen[start:end]
    above = values >= level
    last = len(span) - 1 - np.argmax(above[::-1], axis=0)
    here = np.arange(values.shape[1])
    after = np.minimum(last + 1, len(span) - 1)
    fallen = values[last, here] - values[after, here]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(fallen > 0, (values[last, here] - level) / fallen, 0.0)
    until: Floats = span[last] + share * (span[after] - span[last]) - watched[0]
    until = np.where(last == len(span) - 1, np.inf, until)
    return np.where(above.any(axis=0), until, 0.0)


def _watched(regimen: Regimen, session: int) -> tuple[float, float]:
    days = regimen.session_days
    is_last = session + 1 == len(days)
    return days[session], days[session] + WATCHED_DAYS if is_last else days[session + 1] - JUST_BEFORE_DAYS


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _seen(found: _Followed, observable: str) -> Floats:
    rows: Floats = found.seen[list(OBSERVABLES).index(observable)]
    return rows


def _read_offs(regimen: Regimen, days: Floats, bands: Bands, biology: Biology) -> list[ReadOffBand]:
    return [
        ReadOffBand(one.id, GAIN, one.day, tuple(float(v) for v in bands.of(GAIN)[:, _at(days, one.day, regimen)]))
        for one in biology.read_offs.values()
    ]


def _at(days: Floats, day: float, regimen: Regimen) -> int:
    """The place of a day, or of the last before it that was recorded; on the day of a later session, just before it."""
    return int(np.searchsorted(days, seen_on(day, regimen.session_days), side="right")) - 1


def _differences(
    first: Regimen, second: Regimen, found: tuple[_Followed, _Followed], biology: Biology
) -> list[Difference]:
    kept = ~(found[0].failed | found[1].failed)
    rows = []
    for threshold in biology.thresholds.values():
        one, two = (
            days_until_below(each.days, _seen(each, threshold.observable), threshold.level,
                             _watched(regimen, len(regimen.session_days) - 1))[kept]
            for regimen, each in zip((first, second), found, strict=True)
        )  # fmt: skip
        known = np.isfinite(one) & np.isfinite(two)
        if known.any():
            difference = _difference(threshold.id, two[known] - one[known])
            rows.append(replace(difference, more_share=float((two > one).mean()), endless=int((~known).sum())))
    for moment in biology.read_offs.values():
        one, two = (
            _seen(each, GAIN)[_at(each.days, moment.day, regimen), kept]
            for regimen, each in zip((first, second), found, strict=True)
        )
        rows.append(_difference(moment.id, two - one))
    return rows


def _difference(of: str, values: Floats) -> Difference:
    low, middle, high = (float(v) for v in np.quantile(values, (0.05, 0.5, 0.95)))
    return Difference(of, low, middle, high, float((values > 0).mean()))
