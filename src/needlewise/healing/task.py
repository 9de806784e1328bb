"""What a solver is asked, and what it answers: the same for the reference path and the fast one."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from needlewise.errors import HealingError, Problem
from needlewise.healing.model import (
    NEEDLED_BY,
    OBSERVABLES,
    OBSERVED_BY,
    PARAMETERS,
    RESTED_BY,
    at_rest,
    observed,
    wounded,
)

Floats = NDArray[np.float64]
# Relative error of one step; the absolute one is a thousandth of it, small against every state that can be seen.
TOLERANCE = 1e-6
ABSOLUTE = 1e-3
NOTHING = -1


class Stops(NamedTuple):
    """Every moment at which solving stops: its day, the session that happens then, and the row that is recorded after.

    `NOTHING` where none.
    """

    days: Floats
    session: NDArray[np.int64]
    record: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """People to follow, each with values of their own.

    parameters    (people, parameters), in the order of `PARAMETERS`
    session_days  (sessions,), ascending
    open_area     (people, sessions), share of the surface opened, 0 to 1
    injured       (people, sessions), share of the layer injured, 0 to 1
    days          (days,), ascending, from 0 on: when states are recorded. On the day of a session, just after it
    whole_wound   start from a wound down to nothing instead of from rest
    tolerance     relative error of one step

    Raises `HealingError` where a value is impossible.
    """

    parameters: Floats
    session_days: Floats
    open_area: Floats
    injured: Floats
    days: Floats
    whole_wound: bool = False
    tolerance: float = TOLERANCE

    def __post_init__(self) -> None:
        if problems := list(_problems(self)):
            raise HealingError(problems)

    @property
    def people(self) -> int:
        return len(self.parameters)

    def start(self) -> Floats:
        """The states before anything, (people, states)."""
        names, begin = (NEEDLED_BY, wounded) if self.whole_wound else (RESTED_BY, at_rest)
        return np.stack(begin(traits_of(self.parameters, names)), axis=1)

    def stops(self) -> Stops:
        """All moments in order, each once."""
        days = np.unique(np.concatenate([self.session_days, self.days]))
        session, record = np.full(len(days), NOTHING), np.full(len(days), NOTHING)
        session[np.searchsorted(days, self.session_days)] = np.arange(len(self.session_days))
        record[np.searchsorted(days, self.days)] = np.arange(len(self.days))
        return Stops(days, session, record)


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """What came out: states (people, days, states), and whose course could not be computed. Theirs are NaN."""

    states: Floats
    failed: NDArray[np.bool_]


def seen(states: Floats, parameters: Floats) -> dict[str, Floats]:
    """What can be seen of solved states (people, days, states): by the name of the observable, each (people, days)."""
    traits = tuple(trait[:, None] for trait in traits_of(parameters, OBSERVED_BY))
    return dict(zip(OBSERVABLES, observed(tuple(np.moveaxis(states, 2, 0)), traits), strict=True))


def traits_of(parameters: Floats, names: tuple[str, ...]) -> tuple[Floats, ...]:
    """Some parameters by name, each (people,)."""
    return tuple(parameters[..., PARAMETERS.index(name)] for name in names)


def _problems(task: Task) -> list[Problem]:
    found = []
    people = task.parameters.shape[0] if task.parameters.ndim else 0
    shapes = {
        "parameters": (task.parameters.shape, (people, len(PARAMETERS))),
        "open_area": (task.open_area.shape, (people, len(task.session_days))),
        "injured": (task.injured.shape, (people, len(task.session_days))),
    }
    for name, (has, expected) in shapes.items():
        if has != expected:
            found.append(Problem(name, f"an array of shape {has}", f"shape {expected}"))
    if people == 0:
        found.append(Problem("parameters", "nobody to follow", "at least one person"))
    if found:
        return found
    bad = np.isnan(task.parameters) | (task.parameters < 0)
    for column in np.flatnonzero(bad.any(axis=0)):
        row = int(np.flatnonzero(bad[:, column])[0])
        value = task.parameters[row, column]
        found.append(Problem(f"{PARAMETERS[column]} of person {row + 1}", f"{value:g}", "a number, 0 or more"))
    for name, values in (("open_area", task.open_area), ("injured", task.injured)):
        if not np.all((values >= 0) & (values <= 1)):
            found.append(Problem(name, "a share outside 0 to 1", "0 to 1"))
    for name, days in (("session_days", task.session_days), ("days", task.days)):
        if not (np.all(np.isfinite(days)) and np.all(days >= 0) and np.all(np.diff(days) > 0)):
            found.append(Problem(name, "days out of order", "from 0 on, each later than the one before"))
    if not 0 < task.tolerance <= 0.01:
        found.append(Problem("tolerance", f"{task.tolerance:g}", "above 0, at most 0.01"))
    return found
