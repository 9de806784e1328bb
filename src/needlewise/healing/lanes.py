"""The fast path: many people at once, each with values and steps of their own, in lanes that the compiler turns into vectors.

`LANES` people march side by side. Every lane has its own day, its own step and its own error, so that nobody waits for a
neighbour, nobody's course depends on who stands beside, and a lane that has finished takes the next person. The method
is Tsitouras' of order 5 with an error estimate of order 4 (Comput Math Appl 2011;62:770). Steps end exactly on sessions
and on the days asked for.

What makes the compiler see vectors (a step costs about as much as its arithmetic; most is in `_rates`):

- All memory of the march is ONE array of rows, each `LANES` long, with every row's place known beforehand. The compiler
  then proves that nothing overlaps. Several arrays cost a check for every pair, and above a few pairs it gives up.
- One loop over lanes for each stage, with nothing in it that branches: `a if good else b` becomes a choice of lanes.
  `_values` and `_ahead` write out what to load, so that no loop over states or stages stands inside the loop over lanes.
- Short loops. A processor looks a few hundred instructions ahead, so a short loop works on the next vector while this one
  waits for a division; one loop for a whole step waits for itself.
- The array begins where a cache line begins, or every load touches two lines.
- No exceptions on division; multiplying and adding may be one operation; a division may become a multiplication.
- No power: the controller takes square roots, which there is an instruction for.

Only `_attend` looks at one lane after the other, and does next to nothing for a lane that is not at a stop.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from types import CodeType, FunctionType
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from needlewise.healing import model
from needlewise.healing.task import ABSOLUTE, NOTHING, Solved, Task

LANES = 16
CACHE_LINE = 64
FAST = {"error_model": "numpy", "fastmath": {"contract", "arcp"}, "nogil": True}
STATES, RATED = len(model.STATES), len(model.RATED_BY)
NEEDLED = len(model.NEEDLED_BY)
NEEDLED_AT = tuple(model.PARAMETERS.index(name) for name in model.NEEDLED_BY)

# Tsitouras: what each stage takes of those before it. The last row is the step; its stage is the first of the next step.
STAGES = (
    (),
    (0.161,),
    (-0.008480655492356989, 0.335480655492357),
    (2.8971530571054935, -6.359448489975075, 4.3622954328695815),
    (5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525),
    (5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383),
    (0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774),
)
# The step less the one of order 4.
ERROR = (
    -0.00178001105222577714, -0.0008164344596567469, 0.007880878010261995, -0.1447110071732629, 0.5823571654525552,
    -0.45808210592918697, 1 / 66,
)  # fmt: skip

# Where things stand in memory: the state, the stages, the new state, the values, and what each lane keeps of its march.
Y, K, Z, P, TRAITS, H, NOW, END, PACE, LAST, STEPS, ARRIVED, SQUARE, ROWS = (
    LANES * row
    for row in np.cumsum([0, STATES, len(STAGES) * STATES, STATES, RATED, NEEDLED, 1, 1, 1, 1, 1, 1, 1, 1]).tolist()
)  # fmt: skip
K2, K3, K4, K5, K6, K7 = (K + stage * STATES * LANES for stage in range(1, 7))

SAFETY, SMALLEST, LARGEST = 0.95, 0.2, 5.0
FIRST_STEP, TOO_SMALL, MOST_STEPS = 1e-2, 1e-9, 100_000
# Rounding of days: a stop that is as near as this has been reached.
NEAR = 1e-12

_rates = njit(forceinline=True, **FAST)(model.rates)
_needled = njit(forceinline=True, **FAST)(model.needled)


def _place(context: Any, builder: Any, array: tuple[Any, Any], lane: Any, row: int) -> Any:
    """Where a lane's place in a row is, `row` counted from where `lane` points."""
    data = context.make_array(array[0])(context, builder, array[1]).data
    return builder.gep(data, [builder.add(lane, ir.Constant(lane.type, row * LANES))], inbounds=True)


def _taking(count: int) -> Callable[..., Any]:
    @intrinsic
    def take(_typing: Any, memory: Any, at: Any) -> Any:
        """As many rows as are taken, one lane of them: a tuple."""

        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            array = (signature.args[0], args[0])
            found = [builder.load(_place(context, builder, array, args[1], row)) for row in range(count)]
            return context.make_tuple(builder, signature.return_type, found)

        return types.UniTuple(types.float64, count)(memory, at), code

    return take


@intrinsic
def _put(_typing: Any, memory: Any, at: Any, values: Any) -> Any:
    """Set one lane of as many rows as there are values."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        for row in range(signature.args[2].count):
            place = _place(context, builder, (signature.args[0], args[0]), args[1], row)
            builder.store(builder.extract_value(args[2], row), place)
        return context.get_dummy_value()

    return types.void(memory, at, values), code


def _ahead(weights: tuple[float, ...], start: bool = True) -> Callable[..., Any]:
    @intrinsic
    def ahead(_typing: Any, memory: Any, lane: Any) -> Any:
        """The state of a lane (or nothing) plus its step times the weighted stages: a tuple."""

        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            def read(row: int) -> Any:
                return builder.load(_place(context, builder, (signature.args[0], args[0]), args[1], row))

            found, flags = [], ("contract",)
            for state in range(STATES):
                total = None
                for stage, weight in enumerate(weights):
                    slope = read(K // LANES + stage * STATES + state)
                    part = builder.fmul(ir.Constant(ir.DoubleType(), weight), slope, flags=flags)
                    total = part if total is None else builder.fadd(total, part, flags=flags)
                moved = builder.fmul(read(H // LANES), total, flags=flags)
                found.append(builder.fadd(read(Y // LANES + state), moved, flags=flags) if start else moved)
            return context.make_tuple(builder, signature.return_type, found)

        return types.UniTuple(types.float64, STATES)(memory, lane), code

    return ahead


_state, _values, _traits = _taking(STATES), _taking(RATED), _taking(NEEDLED)
_second, _third, _fourth, _fifth, _sixth, _end = (_ahead(weights) for weights in STAGES[1:])
_error = _ahead(ERROR, start=False)


@njit(**FAST)
def _stages(w):
    """One step of every lane: the new state, and the rates of all stages. The first stage is there."""
    for i in range(LANES):
        _put(w, K2 + i, _rates(_second(w, i), _values(w, P + i)))
    for i in range(LANES):
        _put(w, K3 + i, _rates(_third(w, i), _values(w, P + i)))
    for i in range(LANES):
        _put(w, K4 + i, _rates(_fourth(w, i), _values(w, P + i)))
    for i in range(LANES):
        _put(w, K5 + i, _rates(_fifth(w, i), _values(w, P + i)))
    for i in range(LANES):
        _put(w, K6 + i, _rates(_sixth(w, i), _values(w, P + i)))
    for i in range(LANES):
        z = _end(w, i)
        _put(w, Z + i, z)
        _put(w, K7 + i, _rates(z, _values(w, P + i)))


@intrinsic
def _squares(_typing: Any, y: Any, z: Any, error: Any, tolerance: Any) -> Any:
    """The mean square over the states of the error of a step, in tolerances."""

    def code(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        number, flags = ir.DoubleType(), ("contract", "arcp")
        magnitude = builder.module.declare_intrinsic("llvm.fabs", [number])
        total = ir.Constant(number, 0.0)
        for state in range(STATES):
            was, now = (builder.call(magnitude, [builder.extract_value(one, state)]) for one in args[:2])
            larger = builder.select(builder.fcmp_ordered(">", was, now), was, now)
            allowed = builder.fmul(args[3], builder.fadd(larger, ir.Constant(number, ABSOLUTE)))
            ratio = builder.fdiv(builder.extract_value(args[2], state), allowed, flags=flags)
            total = builder.fadd(total, builder.fmul(ratio, ratio, flags=flags), flags=flags)
        return builder.fdiv(total, ir.Constant(number, float(STATES)))

    return types.float64(y, z, error, tolerance), code


@intrinsic
def _choose(_typing: Any, _good: Any, yes: Any, no: Any) -> Any:
    """`yes if good else no`, number by number, so that it is no branch."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pairs = [[builder.extract_value(one, state) for one in args[1:]] for state in range(STATES)]
        return context.make_tuple(builder, signature.return_type, [builder.select(args[0], *pair) for pair in pairs])

    return no(types.boolean, yes, no), code


@njit(**FAST)
def _judge(w, tolerance):
    """Take each lane's step or leave it, by its error, and set the next one: equal steps to the end, none too long."""
    for i in range(LANES):
        w[SQUARE + i] = _squares(_state(w, Y + i), _state(w, Z + i), _error(w, i), tolerance)
    for i in range(LANES):
        square, h = w[SQUARE + i], w[H + i]
        good = square <= 1
        # What is no number is as bad as can be.
        square = max(square, 1e-20) if square < 1e30 else 1e30
        # The sixteenth root of the error: the step grows by the error to the power of -3/16 and the last one to 1/16
        # (Hairer, Norsett, Wanner, Solving ODEs I, IV.2).
        root = np.sqrt(np.sqrt(np.sqrt(np.sqrt(np.sqrt(square)))))
        growth = SAFETY * (w[LAST + i] if good else root) / (root * root * root)
        pace = h * min(LARGEST, max(SMALLEST, growth)) if h > 0 else w[PACE + i]
        day = w[NOW + i] + (h if good else 0.0)
        left = w[END + i] - day
        w[PACE + i] = pace
        w[LAST + i] = root if good else w[LAST + i]
        w[NOW + i] = day
        w[STEPS + i] += 1.0
        w[ARRIVED + i] = 1.0 if left <= NEAR * w[END + i] or pace < TOO_SMALL or w[STEPS + i] > MOST_STEPS else 0.0
        w[H + i] = left / max(np.ceil(left / pace * (1 - NEAR)), 1.0)
    for i in range(LANES):
        good = w[SQUARE + i] <= 1
        _put(w, Y + i, _choose(good, _state(w, Z + i), _state(w, Y + i)))
        _put(w, K + i, _choose(good, _state(w, K7 + i), _state(w, K + i)))


@njit(forceinline=True, **FAST)
def _seat(w, i, parameters, start):
    """Give a lane to a person."""
    for number in range(RATED):
        w[P + number * LANES + i] = parameters[number]
    for number in range(NEEDLED):
        w[TRAITS + number * LANES + i] = parameters[NEEDLED_AT[number]]
    for state in range(STATES):
        w[Y + state * LANES + i] = start[state]
    w[NOW + i], w[END + i], w[STEPS + i] = 0.0, 0.0, 0.0
    w[PACE + i], w[LAST + i] = FIRST_STEP, 1.0


@njit(forceinline=True, **FAST)
def _arrive(w, i, stop, person, asked):
    """Sessions and records of the person in a lane that are due now. Returns the next stop, and sets out for it."""
    _parameters, _start, open_area, injured, days, session, record, out = asked
    changed = stop == 0
    while stop < len(days) and days[stop] <= w[NOW + i]:
        if session[stop] != NOTHING:
            opened, hurt = open_area[person, session[stop]], injured[person, session[stop]]
            _put(w, Y + i, _needled(_state(w, Y + i), _traits(w, TRAITS + i), opened, hurt))
            w[PACE + i], w[LAST + i], changed = FIRST_STEP, 1.0, True
        if record[stop] != NOTHING:
            for state in range(STATES):
                out[person, record[stop], state] = w[Y + state * LANES + i]
        stop += 1
    if stop < len(days):
        w[END + i] = days[stop]
        if changed:
            _put(w, K + i, _rates(_state(w, Y + i), _values(w, P + i)))
        left = w[END + i] - w[NOW + i]
        w[H + i] = left / max(np.ceil(left / w[PACE + i] * (1 - NEAR)), 1.0)
    return stop


@njit(forceinline=True, **FAST)
def _attend(w, who, stop, following, asked, failed):
    """See to every lane that has come to a stop or cannot go on. Returns the next person to take, and if all is done."""
    parameters, start, days, out = asked[0], asked[1], asked[4], asked[7]
    done = True
    for i in range(LANES):
        if w[ARRIVED + i] != 0:
            if w[END + i] - w[NOW + i] > NEAR * w[END + i]:
                failed[who[i]] = True
                out[who[i]] = np.nan
                stop[i] = len(days)
            w[NOW + i] = w[END + i]
            while True:
                if stop[i] == len(days):
                    who[i] = NOTHING
                    if following == len(parameters):
                        w[NOW + i], w[END + i], w[H + i] = 0.0, 0.0, 0.0
                        break
                    who[i], stop[i] = following, 0
                    _seat(w, i, parameters[following], start[following])
                    following += 1
                stop[i] = _arrive(w, i, stop[i], who[i], asked)
                if stop[i] < len(days):
                    break
        done = done and who[i] == NOTHING
    return following, done


def _marching(digest: str) -> Callable[..., None]:
    """The march, compiled once for each digest of what it holds: see `_digest`."""

    def march(asked, tolerance, failed):
        # A march is kept under what it closes over, so it must name the digest.
        _ = digest
        raw = np.zeros(ROWS + CACHE_LINE)
        begin = (-raw.ctypes.data % CACHE_LINE) // raw.itemsize
        w = raw[begin : begin + ROWS]
        who, stop = np.full(LANES, NOTHING), np.full(LANES, len(asked[4]))
        w[ARRIVED : ARRIVED + LANES] = 1.0
        following = 0
        while True:
            following, done = _attend(w, who, stop, following, asked, failed)
            if done:
                break
            _stages(w)
            _judge(w, tolerance)

    try:
        return njit(cache=True, **FAST)(march)
    except RuntimeError:
        # Nowhere to keep it.
        return njit(**FAST)(march)


def _digest(*held: object) -> str:
    """What a compiled march holds besides the text of this file. It is kept under this, or it would outlive a change."""

    def told(one: object) -> object:
        code = one.__code__ if isinstance(one, FunctionType) else one
        if not isinstance(code, CodeType):
            return repr(code)
        return code.co_code.hex(), code.co_names, code.co_varnames, [told(constant) for constant in code.co_consts]

    return sha256(repr([told(one) for one in held]).encode()).hexdigest()


_march = _marching(_digest(model.rates, model.needled, STATES, RATED, NEEDLED_AT, ABSOLUTE, NOTHING))


def solve(task: Task, threads: int = 1) -> Solved:
    """Follow everyone in a task. The answer is the same to the last bit with any number of threads."""
    out = np.empty((task.people, len(task.days), STATES))
    failed = np.zeros(task.people, np.bool_)
    people = [np.ascontiguousarray(each) for each in (task.parameters, task.start(), task.open_area, task.injured)]

    def follow(part: slice) -> None:
        _march((*(each[part] for each in people), *task.stops(), out[part]), task.tolerance, failed[part])

    if threads == 1:
        follow(slice(None))
    else:
        edges = np.linspace(0, task.people, 4 * threads + 1).astype(int)
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(follow, map(slice, edges[:-1], edges[1:])))
    return Solved(out, failed)
