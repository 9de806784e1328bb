"""What a virtual trial says: its chunks put together in their order, in memory that does not grow with the people."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from needlewise.dose.reckoning import DataReach, data_reach
from needlewise.errors import HealingError, Problem
from needlewise.healing.task import Floats
from needlewise.healing.trials.histograms import BINS, NO_ENDS, Bins, Moments, ends_of
from needlewise.healing.trials.trial import DAYS_PER_WEEK, LESS, MORE, Arm, Chunk, Course, Endpoint, Trial, course_bins
from needlewise.knowledge import Biology, Bound

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
# A difference no greater than what solving errs by is none.
ALIKE = 2e-5
INJURED, SPACING, SESSIONS = "injured", "spacing", "sessions"


@dataclass(frozen=True, slots=True)
class Figures:
    """How an endpoint, or a difference, lies among people. Quantiles at `LEVELS`, each to within `error`.

    below, above  how many lie beyond the bins; a quantile among them is minus or plus infinity
    """

    count: int
    mean: float
    sd: float
    quantiles: tuple[float, ...]
    error: float
    below: int
    above: int


@dataclass(frozen=True, slots=True)
class ArmResult:
    """One arm. `failed`: people whose course could not be computed in it; they stand in none of its figures.

    open_area, injured  means over the people, in one session
    beyond              people whose injured share is beyond what the figures reach
    """

    arm: Arm
    failed: int
    open_area: float
    injured: float
    beyond: int
    figures: Mapping[str, Figures]


@dataclass(frozen=True, slots=True)
class Pair:
    """One arm less the first, within people. `more`, `less`: people who have more, or less, of it in this arm; the rest
    have as much of it, as far as solving can tell.

    `better`: share of people who fare better in this arm; None where the trial does not say what is better.
    """

    arm: str
    against: str
    endpoint: str
    difference: Figures
    more: int
    less: int
    better: float | None


@dataclass(frozen=True, slots=True)
class CourseRow:
    """How an observable lies among people on one day of one arm. Quantiles at `LEVELS`, each to within `error`."""

    arm: str
    observable: str
    day: int
    count: int
    quantiles: tuple[float, ...]
    error: float


@dataclass(frozen=True, slots=True)
class Flag:
    """What lies outside of what the data reach: in which arm, by which bound, and what was found."""

    arm: str
    bound: Bound
    found: str


@dataclass(frozen=True, slots=True)
class Summary:
    """All that a trial says. `people` were followed; `unstable` were drawn besides and left out.

    `failed`: people whose course could not be computed in at least one arm.
    """

    trial: Trial
    people: int
    unstable: int
    failed: int
    arms: tuple[ArmResult, ...]
    pairs: tuple[Pair, ...]
    course: tuple[CourseRow, ...]
    flags: tuple[Flag, ...]

    @property
    def drawn(self) -> int:
        """Everyone who was drawn."""
        return self.people + self.unstable


class _Tally:
    """Moments and counts of one number, growing with every chunk."""

    def __init__(self, bins: Bins) -> None:
        self.bins, self.moments, self.counts = bins, Moments(), np.zeros(bins.places, np.int64)
        self.ends = NO_ENDS

    def add(self, values: Floats) -> None:
        self.moments = self.moments.joined(values)
        self.counts += self.bins.count_of(values)
        self.ends = ends_of(values, self.ends)

    def figures(self) -> Figures:
        of = self.moments
        mean = of.mean if of.number else float(np.nan)
        quantiles = self.bins.quantiles(self.counts, LEVELS, self.ends)
        return Figures(of.number, mean, of.sd, quantiles, self.bins.width, int(self.counts[0]), int(self.counts[-1]))


class _Sums:
    """Everything that is kept while chunks come in."""

    def __init__(self, trial: Trial) -> None:
        names, arms = [one.observable for one in trial.endpoints], len(trial.arms)
        self.trial = trial
        self.people = self.unstable = self.failed = 0
        self.failed_in, self.beyond = np.zeros(arms, np.int64), np.zeros(arms, np.int64)
        self.dose = [(Moments(), Moments()) for _ in trial.arms]
        self.values = [[_Tally(BINS[name]) for name in names] for _ in trial.arms]
        self.apart = [[_Tally(BINS[name].of_differences()) for name in names] for _ in trial.arms]
        self.more, self.less = np.zeros((arms, len(names)), np.int64), np.zeros((arms, len(names)), np.int64)
        self.course = [np.zeros((arms, trial.weeks + 1, course_bins(name).places), np.int64) for name in trial.course]
        self.ends = [Course.of_nobody(name, arms, trial.weeks).ends for name in trial.course]

    def add(self, chunk: Chunk, most_injured: float) -> None:
        self.people += len(chunk.values)
        self.unstable += chunk.unstable
        self.failed += int(chunk.failed.any(axis=1).sum())
        self.failed_in += chunk.failed.sum(axis=0)
        self.beyond += (chunk.injured > most_injured).sum(axis=0)
        apart = chunk.values - chunk.values[:, :1]
        self.more += (apart > ALIKE).sum(axis=0)
        self.less += (apart < -ALIKE).sum(axis=0)
        for arm, (opened, injured) in enumerate(self.dose):
            self.dose[arm] = (opened.joined(chunk.open_area[:, arm]), injured.joined(chunk.injured[:, arm]))
            for endpoint, tally in enumerate(self.values[arm]):
                tally.add(chunk.values[:, arm, endpoint])
                self.apart[arm][endpoint].add(apart[:, arm, endpoint])
        for place, course in enumerate(chunk.course):
            self.course[place] += course.counts
            least, greatest = self.ends[place][..., 0], self.ends[place][..., 1]
            np.minimum(least, course.ends[..., 0], out=least)
            np.maximum(greatest, course.ends[..., 1], out=greatest)


def summarised(trial: Trial, biology: Biology, chunks: Iterable[Chunk]) -> Summary:
    """Put chunks together, each once and in their order, so that the last digits are the same every time.

    Raises `HealingError` where a chunk is missing or out of order.
    """
    sums = _Sums(trial)
    most = biology.bounds[INJURED].most
    have = 0
    for chunk in chunks:
        if chunk.number != have:
            raise HealingError(Problem(f"chunk {chunk.number}", "out of order", f"chunk {have}"))
        sums.add(chunk, float(np.inf) if most is None else most)
        have += 1
    if have != trial.chunks:
        raise HealingError(Problem(f"chunk {have}", "missing", f"{trial.chunks} chunks"))
    arms = tuple(_arm(sums, number) for number in range(len(trial.arms)))
    return Summary(
        trial=trial,
        people=sums.people,
        unstable=sums.unstable,
        failed=sums.failed,
        arms=arms,
        pairs=tuple(_pairs(sums)),
        course=tuple(_course(sums)),
        flags=tuple(_flags(arms, biology.bounds, sums.people)),
    )


def _arm(sums: _Sums, number: int) -> ArmResult:
    opened, injured = sums.dose[number]
    figures = {
        endpoint.id: tally.figures() for endpoint, tally in zip(sums.trial.endpoints, sums.values[number], strict=True)
    }
    failed, beyond = int(sums.failed_in[number]), int(sums.beyond[number])
    return ArmResult(sums.trial.arms[number], failed, opened.mean, injured.mean, beyond, figures)


def _pairs(sums: _Sums) -> Iterator[Pair]:
    first = sums.trial.arms[0]
    for number, arm in enumerate(sums.trial.arms[1:], start=1):
        for column, endpoint in enumerate(sums.trial.endpoints):
            difference = sums.apart[number][column].figures()
            more, less = int(sums.more[number, column]), int(sums.less[number, column])
            better = _better(endpoint, more, less, difference.count)
            yield Pair(arm.id, first.id, endpoint.id, difference, more, less, better)


def _better(endpoint: Endpoint, more: int, less: int, count: int) -> float | None:
    wished = {MORE: more, LESS: less}.get(endpoint.better)
    return None if wished is None or count == 0 else wished / count


def _course(sums: _Sums) -> Iterator[CourseRow]:
    for name, counts, ends in zip(sums.trial.course, sums.course, sums.ends, strict=True):
        bins = course_bins(name)
        for number, arm in enumerate(sums.trial.arms):
            for week in range(sums.trial.weeks + 1):
                here, (least, greatest) = counts[number, week], ends[number, week]
                quantiles = bins.quantiles(here, LEVELS, (float(least), float(greatest)))
                yield CourseRow(arm.id, name, week * DAYS_PER_WEEK, int(here.sum()), quantiles, bins.width)


def _flags(arms: Iterable[ArmResult], bounds: Mapping[str, Bound], people: int) -> Iterator[Flag]:
    for result in arms:
        arm = result.arm
        if data_reach(result.beyond / people) is not DataReach.INSIDE:
            found = f"{result.beyond:,} of {people:,} people are beyond {bounds[INJURED].most:g}"
            yield Flag(arm.id, bounds[INJURED], f"{found}; the mean is {result.injured:.3g}")
        gaps = np.diff(arm.session_days)
        if (spacing := bounds.get(SPACING)) and spacing.least is not None and len(gaps) and gaps.min() < spacing.least:
            yield Flag(arm.id, spacing, f"{gaps.min()}; the data begin at {spacing.least:g}")
        sessions = bounds.get(SESSIONS)
        if sessions and sessions.most is not None and len(arm.session_days) > sessions.most:
            yield Flag(arm.id, sessions, f"{len(arm.session_days)}; the data end at {sessions.most:g}")
