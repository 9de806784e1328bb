"""The fast path: many people at once, each with values of their own, in lanes that the compiler turns into vectors.

`LANES` people march together: every quantity of theirs stands side by side in memory, every loop runs over lanes, and
nothing in it branches, so that the compiler makes one vector instruction of several people. They share their steps: the
lane with the greatest error decides. The method is Dormand and Prince's of order 5 with an error estimate of order 4
(J Comput Appl Math 1980;6:19), the one scipy calls RK45. Steps end exactly on sessions and on the days asked for.

What makes the compiler see vectors: arrays of one dimension with a fixed stride of `LANES`, so that it can tell them
apart with few checks; no exceptions on division; multiplying and adding may be one operation.
"""

import numpy as np
from numba import njit

from needlewise.healing import model
from needlewise.healing.task import ABSOLUTE, NOTHING, Solved, Task

LANES = 16
STATES, PARAMETERS = len(model.STATES), len(model.PARAMETERS)
SIZE = STATES * LANES
FAST = {"error_model": "numpy", "fastmath": {"contract"}, "nogil": True}
NEEDLED_AT = tuple(model.PARAMETERS.index(name) for name in model.NEEDLED_BY)
CHI, VV = NEEDLED_AT

_rates = njit(forceinline=True, **FAST)(model.rates)
_needled = njit(forceinline=True, **FAST)(model.needled)

# Dormand and Prince: what each stage takes of those before it (the last is the step), and the estimate of its error.
A2 = 1 / 5
A3 = (3 / 40, 9 / 40)
A4 = (44 / 45, -56 / 15, 32 / 9)
A5 = (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729)
A6 = (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656)
A7 = (35 / 384, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84)
E7 = (71 / 57600, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)
# Where the rates of each stage stand in the work space.
K2, K3, K4, K5, K6, K7 = (number * SIZE for number in range(1, 7))
# How a step follows from the errors of the last two (Hairer, Norsett, Wanner, Solving ODEs I, IV.2).
SAFETY, OF_ERROR, OF_LAST, SMALLEST, LARGEST = 0.9, 0.17, 0.04, 0.2, 5.0
FIRST_STEP, TOO_SMALL, MOST_STEPS = 1e-3, 1e-9, 100_000


# Written out, because the compiler does not unroll loops over tuples.
@njit(forceinline=True, **FAST)
def _state(y, i):
    """The state of the person in lane `i`."""
    return (
        y[i], y[i + 1 * LANES], y[i + 2 * LANES], y[i + 3 * LANES], y[i + 4 * LANES], y[i + 5 * LANES],
        y[i + 6 * LANES], y[i + 7 * LANES], y[i + 8 * LANES], y[i + 9 * LANES], y[i + 10 * LANES],
        y[i + 11 * LANES], y[i + 12 * LANES], y[i + 13 * LANES], y[i + 14 * LANES],
    )  # fmt: skip


@njit(forceinline=True, **FAST)
def _values(p, i):
    """What the rates of the person in lane `i` depend on."""
    return (
        p[i], p[i + 1 * LANES], p[i + 2 * LANES], p[i + 3 * LANES], p[i + 4 * LANES], p[i + 5 * LANES],
        p[i + 6 * LANES], p[i + 7 * LANES], p[i + 8 * LANES], p[i + 9 * LANES], p[i + 10 * LANES],
        p[i + 11 * LANES], p[i + 12 * LANES], p[i + 13 * LANES], p[i + 14 * LANES], p[i + 15 * LANES],
        p[i + 16 * LANES], p[i + 17 * LANES], p[i + 18 * LANES], p[i + 19 * LANES], p[i + 20 * LANES],
        p[i + 21 * LANES], p[i + 22 * LANES], p[i + 23 * LANES], p[i + 24 * LANES], p[i + 25 * LANES],
        p[i + 26 * LANES], p[i + 27 * LANES], p[i + 28 * LANES], p[i + 29 * LANES], p[i + 30 * LANES],
        p[i + 31 * LANES], p[i + 32 * LANES], p[i + 33 * LANES], p[i + 34 * LANES], p[i + 35 * LANES],
        p[i + 36 * LANES], p[i + 37 * LANES], p[i + 38 * LANES], p[i + 39 * LANES], p[i + 40 * LANES],
        p[i + 41 * LANES], p[i + 42 * LANES], p[i + 43 * LANES], p[i + 44 * LANES], p[i + 45 * LANES],
        p[i + 46 * LANES], p[i + 47 * LANES], p[i + 48 * LANES], p[i + 49 * LANES],
    )  # fmt: skip


@njit(forceinline=True, **FAST)
def _put(y, i, state):
    """Set the state of the person in lane `i`."""
    (
        y[i], y[i + 1 * LANES], y[i + 2 * LANES], y[i + 3 * LANES], y[i + 4 * LANES], y[i + 5 * LANES],
        y[i + 6 * LANES], y[i + 7 * LANES], y[i + 8 * LANES], y[i + 9 * LANES], y[i + 10 * LANES],
        y[i + 11 * LANES], y[i + 12 * LANES], y[i + 13 * LANES], y[i + 14 * LANES],
    ) = state  # fmt: skip


@njit(**FAST)
def _derivative(y, p, k):
    """Rates of all lanes, into k."""
    for lane in range(LANES):
        _put(k, lane, _rates(_state(y, lane), _values(p, lane)))


@njit(**FAST)
def _stages(y, p, k, z, h):
    """One step of length h from y: the new state into z, the rates of all stages into k. The first stage is there."""
    for j in range(SIZE):
        z[j] = y[j] + h * (A2 * k[j])
    _derivative(z, p, k[K2:K3])
    for j in range(SIZE):
        z[j] = y[j] + h * (A3[0] * k[j] + A3[1] * k[K2 + j])
    _derivative(z, p, k[K3:K4])
    for j in range(SIZE):
        z[j] = y[j] + h * (A4[0] * k[j] + A4[1] * k[K2 + j] + A4[2] * k[K3 + j])
    _derivative(z, p, k[K4:K5])
    for j in range(SIZE):
        z[j] = y[j] + h * (A5[0] * k[j] + A5[1] * k[K2 + j] + A5[2] * k[K3 + j] + A5[3] * k[K4 + j])
    _derivative(z, p, k[K5:K6])
    for j in range(SIZE):
        z[j] = y[j] + h * (A6[0] * k[j] + A6[1] * k[K2 + j] + A6[2] * k[K3 + j] + A6[3] * k[K4 + j] + A6[4] * k[K5 + j])
    _derivative(z, p, k[K6:K7])
    for j in range(SIZE):
        z[j] = y[j] + h * (A7[0] * k[j] + A7[1] * k[K3 + j] + A7[2] * k[K4 + j] + A7[3] * k[K5 + j] + A7[4] * k[K6 + j])
    _derivative(z, p, k[K7:])


@njit(**FAST)
def _errors(y, z, k, h, tolerance, errors):
    """The error of each lane, in tolerances: the root of the mean square over its states."""
    errors[:] = 0.0
    for state in range(STATES):
        for lane in range(LANES):
            j = state * LANES + lane
            error = h * (
                E7[0] * k[j] + E7[1] * k[K3 + j] + E7[2] * k[K4 + j] + E7[3] * k[K5 + j] + E7[4] * k[K6 + j]
                + E7[5] * k[K7 + j]
            )  # fmt: skip
            allowed = tolerance * (ABSOLUTE + max(abs(y[j]), abs(z[j])))
            errors[lane] += error / allowed * (error / allowed)
    for lane in range(LANES):
        errors[lane] = np.sqrt(errors[lane] / STATES)


@njit(**FAST)
def _worst(errors, alive):
    """The lane with the greatest error among those alive; one that is no number is worse than any."""
    worst = NOTHING
    for lane in range(LANES):
        if alive[lane] and (worst == NOTHING or not errors[lane] <= errors[worst]):
            worst = lane
            if np.isnan(errors[lane]):
                break
    return worst


@njit(**FAST)
def _give_up(lane, alive, y, p):
    """Follow a healthy neighbour in a lane that cannot be followed, so that it holds nobody up. True if there is one."""
    alive[lane] = False
    for other in range(LANES):
        if alive[other]:
            for state in range(STATES):
                y[state * LANES + lane] = y[state * LANES + other]
            for number in range(PARAMETERS):
                p[number * LANES + lane] = p[number * LANES + other]
            return True
    return False


@njit(**FAST)
def _until(group, span, pace, tolerance):
    """March a group over a span of days. `pace` holds the step and the last error, and is kept from span to span."""
    y, p, k, z, errors, alive = group
    _derivative(y, p, k[:K2])
    done, steps = 0.0, 0
    while done < span:
        # Equal steps to the end of the span, none longer than the error allows.
        left = span - done
        h = left / np.ceil(left / pace[0] * (1 - 1e-12))
        _stages(y, p, k, z, h)
        _errors(y, z, k, h, tolerance, errors)
        worst = _worst(errors, alive)
        if worst == NOTHING:
            return
        error, steps = errors[worst], steps + 1
        if error <= 1:
            y[:] = z
            k[:K2] = k[K7:]
            last = done + h
            done = span if last >= span * (1 - 1e-14) else last
            grown = SAFETY * max(error, 1e-10) ** -OF_ERROR * max(pace[1], 1e-4) ** OF_LAST
            pace[0], pace[1] = h * min(LARGEST, max(SMALLEST, grown)), error
        else:
            shrunk = SAFETY * error**-OF_ERROR if error < np.inf else 0.0
            pace[0] = h * max(SMALLEST, shrunk)
        if pace[0] < TOO_SMALL or steps >= MOST_STEPS:
            steps, pace[0] = 0, FIRST_STEP
            if not _give_up(worst, alive, y, p):
                return
            _derivative(y, p, k[:K2])


@njit(**FAST)
def _needle(y, p, open_area, injured):
    """A session in every lane."""
    for lane in range(LANES):
        traits = (p[CHI * LANES + lane], p[VV * LANES + lane])
        _put(y, lane, _needled(_state(y, lane), traits, open_area[lane], injured[lane]))


@njit(**FAST)
def _fill(first, people, group, dose):
    """Load the people from number `first` on into the lanes; the last one fills what is left over."""
    parameters, start, open_area, injured = people
    y, p, alive = group[0], group[1], group[5]
    for lane in range(LANES):
        person = min(first + lane, len(parameters) - 1)
        alive[lane] = True
        for number in range(PARAMETERS):
            p[number * LANES + lane] = parameters[person, number]
        for state in range(STATES):
            y[state * LANES + lane] = start[person, state]
        for session in range(open_area.shape[1]):
            dose[session, 0, lane] = open_area[person, session]
            dose[session, 1, lane] = injured[person, session]


@njit(cache=True, **FAST)
def _march(people, stops, tolerance, out, failed):
    """Follow everyone from stop to stop. All memory is taken before the loops."""
    days, session, record = stops
    count = len(people[0])
    group = (
        np.empty(SIZE), np.empty(PARAMETERS * LANES), np.empty(7 * SIZE), np.empty(SIZE), np.empty(LANES),
        np.ones(LANES, np.bool_),
    )  # fmt: skip
    y, p, alive = group[0], group[1], group[5]
    dose, pace = np.empty((people[2].shape[1], 2, LANES)), np.empty(2)
    for first in range(0, count, LANES):
        _fill(first, people, group, dose)
        pace[0], pace[1] = FIRST_STEP, 1.0
        now = 0.0
        for stop in range(len(days)):
            if days[stop] > now:
                _until(group, days[stop] - now, pace, tolerance)
                now = days[stop]
            if session[stop] != NOTHING:
                _needle(y, p, dose[session[stop], 0], dose[session[stop], 1])
                pace[0], pace[1] = FIRST_STEP, 1.0
            if record[stop] != NOTHING:
                for lane in range(min(LANES, count - first)):
                    for state in range(STATES):
                        value = y[state * LANES + lane] if alive[lane] else np.nan
                        out[first + lane, record[stop], state] = value
        for lane in range(min(LANES, count - first)):
            failed[first + lane] = not alive[lane]
            if not alive[lane]:
                out[first + lane] = np.nan


def solve(task: Task) -> Solved:
    """Follow everyone in a task. Lets other threads run meanwhile."""
    out = np.empty((task.people, len(task.days), STATES))
    failed = np.zeros(task.people, np.bool_)
    people = tuple(np.ascontiguousarray(each) for each in (task.parameters, task.start(), task.open_area, task.injured))
    _march(people, tuple(task.stops()), task.tolerance, out, failed)
    return Solved(out, failed)
