"""The step written by hand in C (healing_kernel.c), compiled where a compiler is found, and the same step of ours."""

import ast
import ctypes
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import llvmlite.binding as llvm
import numpy as np
from healing_rivals import PREFIX, statements
from numba import njit

from needlewise.healing import lanes, model
from needlewise.healing.task import ABSOLUTE, Floats, Task

SOURCE = Path(__file__).with_suffix(".c")
FLAGS = [
    "-O3",
    "-march=native",
    "-ffp-contract=fast",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-freciprocal-math",
    "-shared",
    "-fPIC",
]
STEPS, REPEATS = 200, 200


def widest() -> str:
    """The widest vectors that this machine has."""
    features = llvm.get_host_cpu_features()
    return next((name for name in ("avx512f", "avx2", "avx", "sse2") if features.get(name)), "none known")


@njit(**lanes.FAST)
def _steps(w, count, tolerance):  # type: ignore[no-untyped-def]
    for _ in range(count):
        lanes._stages(w)
        lanes._judge(w, tolerance)


def memory(task: Task) -> Floats:
    """The memory of a march of the first people of a task, on day 14 after a session, on the way to day 50."""
    until = Task(task.parameters, task.session_days, task.open_area, task.injured, np.array([14.0]))
    state, values = lanes.solve(until).states[:, 0].T, task.parameters[:, : lanes.RATED].T
    raw = np.zeros(lanes.ROWS + lanes.CACHE_LINE)
    begin = (-raw.ctypes.data % lanes.CACHE_LINE) // raw.itemsize
    w = raw[begin : begin + lanes.ROWS]
    rates = np.array([model.rates(tuple(one), tuple(p)) for one, p in zip(state.T, values.T, strict=True)]).T
    rows = ((lanes.Y, state), (lanes.K, rates), (lanes.P, values), (lanes.H, 1e-3), (lanes.NOW, 14.0), (lanes.END, 50.0),
            (lanes.PACE, 1e-3), (lanes.LAST, 1.0))  # fmt: skip
    for at, value in rows:
        flat = np.full(lanes.LANES, value) if isinstance(value, float) else np.ascontiguousarray(value).ravel()
        w[at : at + len(flat)] = flat
    return w


def seconds_of(call: object, task: Task) -> float:
    """Seconds of a step of one person, the best of many short runs."""
    w = memory(task)
    start, found = w.copy(), []
    for _ in range(REPEATS):
        w[:] = start
        started = time.perf_counter()
        call(w)  # type: ignore[operator]
        found.append(time.perf_counter() - started)
    return min(found) / STEPS / lanes.LANES


def of_ours(task: Task) -> float:
    return seconds_of(lambda w: _steps(w, STEPS, task.tolerance), task)


def operations() -> int:
    """Arithmetic in one step of one person: of the equations, of the stages, of the judgement."""
    local, values = statements(model.rates)
    kinds = (ast.BinOp, ast.UnaryOp, ast.Call)
    rates = sum(isinstance(node, kinds) for tree in (*(one for _, one in local), *values) for node in ast.walk(tree))
    stages = sum(2 * len(weights) + 1 for weights in lanes.STAGES[1:]) * lanes.STATES
    judge = (2 * len(lanes.ERROR) + 8) * lanes.STATES + 24
    return rates * (len(lanes.STAGES) - 1) + stages + judge


def _in_c(node: ast.expr) -> str:
    class Most(ast.NodeTransformer):
        def visit_Call(self, call: ast.Call) -> ast.Call:
            least, other = (self.visit(one) for one in call.args)
            return ast.Call(ast.Name("MOST"), [other, ast.Call(ast.Name("ALL"), [least], [])], [])

    return ast.unparse(Most().visit(ast.parse(ast.unparse(node), mode="eval").body))


def _rates_in_c() -> str:
    local, values = statements(model.rates)
    lines = [f"V {PREFIX}{name} = y[{number}];" for number, name in enumerate(model.STATES)]
    lines += [f"V {PREFIX}{name} = ROW(P, {number});" for number, name in enumerate(model.RATED_BY)]
    lines += [f"V {name} = {_in_c(value)};" for name, value in local]
    lines += [f"k[{number}] = {_in_c(value)};" for number, value in enumerate(values)]
    return "\n".join(lines)


def _weights_in_c() -> str:
    rows = [*lanes.STAGES]
    width = max(map(len, rows))
    text = [f"static const double WEIGHTS[][{width}] = {{"]
    text += ["{" + ", ".join(f"{weight!r}" for weight in row or (0.0,)) + "}," for row in rows]
    text += ["};", "static const double ERROR[] = {" + ", ".join(map(repr, lanes.ERROR)) + "};"]
    text.append("#define EVERY_STAGE " + " ".join(f"STAGE({number})" for number in range(1, len(rows))))
    return "\n".join(text) + "\n"


@dataclass(frozen=True)
class Kernel:
    library: ctypes.CDLL

    @staticmethod
    def built() -> "Kernel | None":
        """The step in C, or None where there is no compiler."""
        compiler = shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            return None
        folder = Path(tempfile.mkdtemp())
        (folder / "rates.h").write_text(_rates_in_c())
        (folder / "weights.h").write_text(_weights_in_c())
        places = {
            name: getattr(lanes, name)
            for name in ("LANES", "STATES", "Y", "K", "Z", "P", "H", "NOW", "END", "PACE", "LAST")
        }
        defined = [
            f"-D{name}={value}" for name, value in {**places, "STAGES": len(lanes.STAGES), "ABSOLUTE": ABSOLUTE}.items()
        ]
        target = folder / "kernel.so"
        subprocess.run([compiler, *FLAGS, *defined, f"-I{folder}", str(SOURCE), "-o", str(target)], check=True)
        library = ctypes.CDLL(str(target))
        library.steps.argtypes = [ctypes.c_void_p, ctypes.c_long, ctypes.c_double]
        library.peak.argtypes, library.peak.restype = [ctypes.c_long], ctypes.c_double
        return Kernel(library)

    def seconds(self, task: Task) -> float:
        """Seconds of a step of one person. It must come to the same as ours."""
        w, same = memory(task), memory(task)
        self.library.steps(w.ctypes.data, STEPS, task.tolerance)
        _steps(same, STEPS, task.tolerance)
        states = slice(lanes.Y, lanes.Y + lanes.STATES * lanes.LANES)
        assert np.allclose(w[states], same[states], rtol=1e-4, atol=1e-6), np.abs(w[states] - same[states]).max()
        return seconds_of(lambda w: self.library.steps(w.ctypes.data, STEPS, task.tolerance), task)

    def peak(self) -> float:
        """Most operations per second of one core."""
        return max(float(self.library.peak(200_000)) for _ in range(300))
