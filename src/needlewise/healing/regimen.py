"""What is asked of the model: sessions on their days, each with its needling; and where that lies outside the figures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from needlewise.dose import Layer
from needlewise.dose.reckoning import DataReach, data_reach
from needlewise.errors import HealingError, Problem
from needlewise.healing.population import DEEPEST_MM, MOST_HOLES_PER_CM2, WIDEST_NEEDLE_MM, Needling
from needlewise.healing.task import Floats
from needlewise.knowledge import Biology, Bound

# A course is followed for a year after its first session, and for so long after its last one.
YEAR_DAYS, AFTER_LAST_DAYS = 364.0, 84.0
# So long after the last session it is looked when something is over.
WATCHED_DAYS = 56.0
# When it is recorded after each session: by hours at first, then by days, and more coarsely while nothing else happens.
FINE_DAYS = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 14.0)
LATER_DAYS = (16.0, 18.0, 21.0, 24.0, 28.0, 35.0, 42.0, 49.0, WATCHED_DAYS)
WEEK_DAYS = 7.0
LONGEST_DAYS = 3 * 365.0
# So long before a later session it is recorded once more, so that what it does shows as a step.
JUST_BEFORE_DAYS = 0.01


@dataclass(frozen=True, slots=True)
class Regimen:
    """Sessions at one place of untreated skin.

    session_days  days since the first session, ascending from 0
    needlings     what each session does, one for each day
    age_years     None where it is not known; then everyone has one by chance

    Raises `HealingError` with all that cannot be.
    """

    session_days: tuple[float, ...]
    needlings: tuple[Needling, ...]
    age_years: float | None = None

    def __post_init__(self) -> None:
        if problems := list(_problems(self)):
            raise HealingError(problems)

    def days(self, also: Iterable[float] = ()) -> Floats:
        """When a course is recorded, ascending; `also` on these days."""
        last = max(YEAR_DAYS, WEEK_DAYS * np.ceil((self.session_days[-1] + AFTER_LAST_DAYS) / WEEK_DAYS))
        weekly = np.arange(0.0, last + 1, WEEK_DAYS)
        fine = [day + np.array(FINE_DAYS) for day in self.session_days]
        ends = (*self.session_days[1:], np.inf)
        later = [after[after < end] for day, end in zip(self.session_days, ends, strict=True)
                 for after in (day + np.array(LATER_DAYS),)]  # fmt: skip
        wanted = [seen_on(day, self.session_days) for day in (*self.session_days[1:], *also)]
        return np.unique(np.concatenate([weekly, np.array(wanted), *fine, *later]))

    @property
    def least_spacing_days(self) -> float | None:
        """The shortest time between two sessions; None for one session."""
        gaps = [after - before for before, after in pairwise(self.session_days)]
        return min(gaps, default=None)


@dataclass(frozen=True, slots=True)
class Outside:
    """A thing in which a regimen lies beyond what was studied.

    `share`: of the people, in the session that has most. `is_partly`: for some of them, not for most.
    """

    bound: Bound
    found: float
    share: float = 1.0

    @property
    def is_partly(self) -> bool:
        return data_reach(self.share) is DataReach.PARTLY

    @property
    def words(self) -> str:
        limit = f"at most {self.bound.most:g}" if self.bound.most is not None else f"at least {self.bound.least:g}"
        return f"{self.bound.name}: {self.found:.3g}, and what was studied has {limit}"


def regimen_of(
    session_days: Sequence[float],
    holes_and_depths: Sequence[tuple[float, float]],
    needle_diameter_mm: float,
    layer: Layer,
    age_years: float | None = None,
) -> Regimen:
    """Sessions by their holes per cm2 and depth in mm, reckoned for one layer of skin."""
    needlings = tuple(Needling(holes, needle_diameter_mm, depth, layer) for holes, depth in holes_and_depths)
    return Regimen(tuple(float(day) for day in session_days), needlings, age_years)


def seen_on(day: float, session_days: Iterable[float]) -> float:
    """When a value of a day is looked at: on the day of a later session just before it, as whoever measures does."""
    return day - JUST_BEFORE_DAYS if day > 0 and day in session_days else day


def outside(regimen: Regimen, injured: Floats, biology: Biology) -> tuple[Outside, ...]:
    """Where a regimen lies outside the figures. `injured`: share of the layer, (people, sessions)."""
    found = {"spacing": regimen.least_spacing_days, "sessions": float(len(regimen.session_days))}
    rows = [
        Outside(bound, value)
        for name, bound in biology.bounds.items()
        if (value := found.get(name)) is not None
        and ((bound.most is not None and value > bound.most) or (bound.least is not None and value < bound.least))
    ]
    bound = biology.bounds["injured"]
    share = share_beyond(injured, bound)
    if data_reach(share) is not DataReach.INSIDE:
        rows.append(Outside(bound, float(np.median(injured, axis=0).max()), share))
    return tuple(rows)


def share_beyond(injured: Floats, bound: Bound) -> float:
    """Which share of the people lies beyond the figures, in the session where most do. `injured`: (people, sessions)."""
    return float((injured > (np.inf if bound.most is None else bound.most)).mean(axis=0).max())


def _problems(regimen: Regimen) -> Iterator[Problem]:
    days = regimen.session_days
    if not days:
        yield Problem("sessions", "none", "one session at least")
    elif days[0] != 0 or any(after <= before for before, after in pairwise(days)):
        yield Problem(
            "session days", ", ".join(f"{day:g}" for day in days), "from 0 on, each later than the one before"
        )
    elif days[-1] > LONGEST_DAYS:
        yield Problem("session days", f"the last on day {days[-1]:g}", f"day {LONGEST_DAYS:g} at the latest")
    if len(regimen.needlings) != len(days):
        yield Problem("needlings", f"{len(regimen.needlings)} for {len(days)} sessions", "one for each session")
    for number, one in enumerate(regimen.needlings, 1):
        figures = {
            "holes per cm2": (one.holes_per_cm2, MOST_HOLES_PER_CM2),
            "needle diameter in mm": (one.needle_diameter_mm, WIDEST_NEEDLE_MM),
            "depth in mm": (one.depth_mm, DEEPEST_MM),
        }
        for name, (value, most) in figures.items():
            if not 0 < value <= most:
                yield Problem(
                    f"session {number}: {name}", f"{value:g}", f"a finite number above 0, at most {most:,.0f}"
                )
