"""What is asked of the model: sessions on their days, each with its needling; and where that lies outside the figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from needlewise.dose import Layer
from needlewise.errors import HealingError, Problem
from needlewise.healing.population import Needling
from needlewise.healing.task import Floats
from needlewise.knowledge import Biology, Bound

# A course is followed for a year after its first session, and for so long after its last one.
YEAR_DAYS, AFTER_LAST_DAYS = 364.0, 84.0
# When it is recorded after each session: by hours at first, then by days; then by weeks.
FINE_DAYS = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 14.0)
WEEK_DAYS = 7.0
LONGEST_DAYS = 3 * 365.0
# So long before a later session it is recorded once more, so that what it does shows as a step.
JUST_BEFORE_DAYS = 0.01


@dataclass(frozen=True, slots=True)
class Regimen:
    """Sessions at one place of untreated skin.

    session_days  days since the first session, ascending from 0
    needlings     what each session does, one for each day
    age_years     None where it is not known; then age changes nothing

    Raises `HealingError` with all that cannot be.
    """

    session_days: tuple[float, ...]
    needlings: tuple[Needling, ...]
    age_years: float | None = None

    def __post_init__(self) -> None:
        if problems := list(_problems(self)):
            raise HealingError(problems)

    def days(self) -> Floats:
        """When a course is recorded, ascending."""
        last = max(YEAR_DAYS, WEEK_DAYS * np.ceil((self.session_days[-1] + AFTER_LAST_DAYS) / WEEK_DAYS))
        weekly = np.arange(0.0, last + 1, WEEK_DAYS)
        fine = [day + np.array(FINE_DAYS) for day in self.session_days]
        before = np.array(self.session_days[1:]) - JUST_BEFORE_DAYS
        return np.unique(np.concatenate([weekly, before, *fine]))

    @property
    def least_spacing_days(self) -> float | None:
        """The shortest time between two sessions; None for one session."""
        gaps = [after - before for before, after in pairwise(self.session_days)]
        return min(gaps, default=None)


@dataclass(frozen=True, slots=True)
class Outside:
    """A thing in which a regimen lies beyond what was studied."""

    bound: Bound
    found: float

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


def outside(regimen: Regimen, injured: Floats, biology: Biology) -> tuple[Outside, ...]:
    """Where a regimen lies outside the figures. `injured`: share of the layer, (people, sessions)."""
    found = {
        "injured": float(np.median(injured, axis=0).max()),
        "spacing": regimen.least_spacing_days,
        "sessions": float(len(regimen.session_days)),
    }
    return tuple(
        Outside(bound, value)
        for name, bound in biology.bounds.items()
        if (value := found.get(name)) is not None
        and ((bound.most is not None and value > bound.most) or (bound.least is not None and value < bound.least))
    )


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
            "holes per cm2": one.holes_per_cm2,
            "needle diameter in mm": one.needle_diameter_mm,
            "depth in mm": one.depth_mm,
        }
        for name, value in figures.items():
            if not (np.isfinite(value) and value > 0):
                yield Problem(f"session {number}: {name}", f"{value:g}", "a finite number above 0")
