"""Virtual trials: the same virtual people treated in every arm, in chunks that can be computed anywhere in any order.

Everybody's luck hangs on the seed and the number of the chunk alone, and is the same in every arm: so arms are compared
within people, and nothing depends on who computes what, or when.
"""

import hashlib
import inspect
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import NamedTuple

import numba
import numpy as np
import scipy
from numpy.typing import NDArray

from needlewise import dose
from needlewise.healing import lanes, model, population, task
from needlewise.healing.population import Needling, drawn_dose, people
from needlewise.healing.posterior import from_posterior
from needlewise.healing.regimen import seen_on
from needlewise.healing.task import Floats, Task
from needlewise.healing.trials import histograms
from needlewise.healing.trials.histograms import BINS, NO_ENDS, Bins, SmallCounts, ends_of
from needlewise.knowledge import Biology

PEAK, MEAN = "peak", "mean"
MORE, LESS = "more", "less"
DAYS_PER_WEEK = 7
# Of a course over time, quantiles are told with an error so many times that of an endpoint.
COARSER = 4
# So many people are followed at once, to keep memory small. A multiple of the lanes, so that nobody's company changes.
BLOCK = 32 * lanes.LANES


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is compared: an observable on a day, or its peak or mean over the whole days of `between_days`.

    `better`: whether more or less of it is what is wished for; empty where that is left open.
    """

    id: str
    observable: str
    day: int | None = None
    at: str = ""
    between_days: tuple[int, int] | None = None
    better: str = ""

    @property
    def days(self) -> tuple[int, ...]:
        """The days it looks at."""
        if self.between_days is None:
            return () if self.day is None else (self.day,)
        return tuple(range(self.between_days[0], self.between_days[1] + 1))


@dataclass(frozen=True, slots=True)
class Arm:
    """A way of treating: on which days, and what a session does. No needling: untreated."""

    id: str
    name: str
    session_days: tuple[int, ...] = ()
    needling: Needling | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A virtual trial. The first arm is the one that the others are compared with.

    chunk   people in one chunk
    forms   rival forms of the model that people are drawn from; empty: those that have a share
    ages    the youngest and the oldest, in years; None: as where nobody knows them
    course  observables told for every week, up to `weeks`
    """

    title: str
    seed: int
    people: int
    chunk: int
    arms: tuple[Arm, ...]
    endpoints: tuple[Endpoint, ...]
    forms: tuple[str, ...] = ()
    ages: tuple[float, float] | None = None
    course: tuple[str, ...] = ()
    weeks: int = 52

    @property
    def chunks(self) -> int:
        return -(-self.people // self.chunk)

    def size_of(self, number: int) -> int:
        """How many people are in a chunk; the last may be smaller."""
        return min(self.chunk, self.people - number * self.chunk)

    @property
    def digest(self) -> str:
        """Names everything that was asked."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """How one observable lies among people over time: counts (arms, weeks + 1, bins), and ends (arms, weeks + 1, 2)."""

    counts: SmallCounts
    ends: Floats

    @classmethod
    def of_nobody(cls, observable: str, arms: int, weeks: int) -> "Course":
        """The start of counting."""
        ends = np.tile(np.array(NO_ENDS), (arms, weeks + 1, 1))
        return cls(np.zeros((arms, weeks + 1, course_bins(observable).places), np.int32), ends)


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """What came out of one chunk.

    unstable   people who were drawn and left out: their healing would start by itself, or never end
    form       (people,), index into the forms
    ages       (people,), in years
    injured    (people, arms), share of the layer that one session injures; open_area: of the surface that it opens
    values     (people, arms, endpoints), NaN where a course could not be computed
    course     for each observable of the course
    made_by    names the program that made it
    """

    number: int
    unstable: int
    form: NDArray[np.int64]
    ages: Floats
    open_area: Floats
    injured: Floats
    values: Floats
    failed: NDArray[np.bool_]
    course: tuple[Course, ...]
    made_by: str


class _Drawn(NamedTuple):
    """Everybody in a chunk, and the luck of their doses."""

    who: population.People
    dose_seed: np.random.SeedSequence


def course_bins(observable: str) -> Bins:
    """The bins in which a course over time is counted."""
    return BINS[observable].coarser(COARSER)


@cache
def program() -> str:
    """Names the equations, the paths that solve them and the libraries below: what else a figure depends on."""
    text = hashlib.sha256()
    for module in (model, task, lanes, population, histograms, dose, sys.modules[__name__]):
        text.update(inspect.getsource(module).encode())
    libraries = f"numpy {np.__version__}, scipy {scipy.__version__}, numba {numba.__version__}"
    return f"equations {text.hexdigest()[:16]}, {libraries}, {platform.machine()}"


def run_chunk(trial: Trial, biology: Biology, number: int) -> Chunk:
    """Draw the people of a chunk, treat everyone in every arm and look at the endpoints. Lets other threads run."""
    size, arms = trial.size_of(number), len(trial.arms)
    drawn = _draw(trial, biology, number)
    open_area, injured = np.zeros((size, arms)), np.zeros((size, arms))
    values, failed = np.empty((size, arms, len(trial.endpoints))), np.zeros((size, arms), np.bool_)
    course = tuple(Course.of_nobody(name, arms, trial.weeks) for name in trial.course)
    for column, arm in enumerate(trial.arms):
        if arm.needling is not None:
            # The same luck in every arm.
            rng = np.random.default_rng(drawn.dose_seed)
            open_area[:, column], injured[:, column] = drawn_dose(arm.needling, biology.dose, size, rng)
        for first in range(0, size, BLOCK):
            block = slice(first, min(first + BLOCK, size))
            doses = open_area[block, column], injured[block, column]
            seen, failed[block, column] = _follow(trial, arm, drawn.who.parameters[block], doses)
            days = _days(trial, arm)
            values[block, column] = _looked_at(trial, arm, seen, days)
            _count(
                arm,
                seen,
                days,
                [(name, one.counts[column], one.ends[column]) for name, one in zip(trial.course, course, strict=True)],
            )
    who = drawn.who
    return Chunk(number, who.unstable, who.form, who.ages_years, open_area, injured, values, failed, course, program())


def _draw(trial: Trial, biology: Biology, number: int) -> _Drawn:
    seeds = np.random.SeedSequence(trial.seed, spawn_key=(number,)).spawn(3)
    rng, size = np.random.default_rng(seeds[0]), trial.size_of(number)
    ages = None if trial.ages is None else np.random.default_rng(seeds[1]).uniform(*trial.ages, size)
    sample = from_posterior(biology, trial.forms or None)
    return _Drawn(people(sample, biology, size, rng, ages), seeds[2])


def _days(trial: Trial, arm: Arm) -> Floats:
    """The moments at which anything is looked at in one arm."""
    weeks = range(0, DAYS_PER_WEEK * trial.weeks + 1, DAYS_PER_WEEK) if trial.course else ()
    course = {seen_on(day, arm.session_days) for day in weeks}
    return np.array(sorted(course.union(*(_moments(one, arm) for one in trial.endpoints))))


def _moments(endpoint: Endpoint, arm: Arm) -> set[float]:
    """When an endpoint looks: on the day of a later session before it, and for a peak after it too."""
    before = {seen_on(day, arm.session_days) for day in endpoint.days}
    return before | {float(day) for day in endpoint.days} if endpoint.at == PEAK else before


def _follow(
    trial: Trial, arm: Arm, parameters: Floats, doses: tuple[Floats, Floats]
) -> tuple[dict[str, Floats], NDArray[np.bool_]]:
    """What can be seen of some people in one arm, each (people, days), and whose course could not be computed."""
    sessions = np.array(arm.session_days, np.float64)
    open_area, injured = (np.repeat(one[:, None], len(sessions), axis=1) for one in doses)
    solved = lanes.solve(Task(parameters, sessions, open_area, injured, _days(trial, arm)))
    return task.seen(solved.states, parameters), solved.failed


def _looked_at(trial: Trial, arm: Arm, seen: dict[str, Floats], days: Floats) -> Floats:
    """The endpoints, (people, endpoints)."""
    columns = []
    for endpoint in trial.endpoints:
        values = seen[endpoint.observable][:, np.isin(days, list(_moments(endpoint, arm)))]
        columns.append(values.max(axis=1) if endpoint.at == PEAK else values.mean(axis=1))
    return np.stack(columns, axis=1)


def _count(arm: Arm, seen: dict[str, Floats], days: Floats, course: Sequence[tuple[str, SmallCounts, Floats]]) -> None:
    """Add some people to the counts and the ends of one arm, (weeks + 1, bins) and (weeks + 1, 2)."""
    for name, counts, ends in course:
        for week in range(len(counts)):
            values = seen[name][:, int(np.searchsorted(days, seen_on(DAYS_PER_WEEK * week, arm.session_days)))]
            counts[week] += course_bins(name).count_of(values)
            ends[week] = ends_of(values, (ends[week, 0], ends[week, 1]))
