"""The slow, obvious path: one person after the other, scipy's solver between stops, the equations as they are written.

For checking the fast path, and for tolerances that it is not made for.
"""

import numpy as np
from scipy.integrate import solve_ivp

from needlewise.healing.model import NEEDLED_BY, RATED_BY, needled, rates
from needlewise.healing.task import ABSOLUTE, NOTHING, Floats, Solved, Task, traits_of

METHOD = "LSODA"


def solve(task: Task, method: str = METHOD) -> Solved:
    """Follow everyone in a task, one after the other."""
    states = np.empty((task.people, len(task.days), task.start().shape[1]))
    failed = np.zeros(task.people, np.bool_)
    for person in range(task.people):
        failed[person] = not _follow(task, person, method, states[person])
        if failed[person]:
            states[person] = np.nan
    return Solved(states, failed)


def _follow(task: Task, person: int, method: str, out: Floats) -> bool:
    """The course of one person, into `out`; False where it cannot be computed."""
    p, traits = tuple(task.parameters[person, : len(RATED_BY)]), traits_of(task.parameters[person], NEEDLED_BY)
    state, now = task.start()[person], 0.0
    for day, session, record in zip(*task.stops(), strict=True):
        if day > now:
            found = solve_ivp(
                lambda _day, y: rates(y, p),
                (now, day),
                state,
                method=method,
                rtol=task.tolerance,
                atol=task.tolerance * ABSOLUTE,
            )
            if not found.success or not np.all(np.isfinite(found.y[:, -1])):
                return False
            state, now = found.y[:, -1], day
        if session != NOTHING:
            state = np.array(needled(state, traits, task.open_area[person, session], task.injured[person, session]))
        if record != NOTHING:
            out[record] = state
    return True
