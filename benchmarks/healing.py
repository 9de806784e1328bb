"""Speed of the healing model, side by side in one run: ./dev bench healing

Sections
  1  many people through twelve months and four sessions: ours on one thread and two
  2  a million people with quantiles of everything that can be seen, and a "what if" of two thousand
  3  a step of ours against the same step written by hand in C, and against what the core can do at best
  4  rivals on the same equations, people, tolerance and days: scipy, libRoadRunner, COPASI, diffrax; errors of each

What is asked of all: 12 months, sessions on days 0, 28, 56 and 84, states every week, values of their own for each person,
tolerance 1e-6 relative and 1e-9 absolute. Setting up (reading, compiling) is counted for nobody. Best of several
repeats, so that what else the machine does counts little. Errors are against the slow path at 1e-10.

Options: --people N (default 1000000), --courses N for each rival (default 50), --seed N (default 1).
"""

import argparse
import os
import platform
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import healing_rivals as rivals
import numpy as np
from healing_kernel import Kernel, of_ours, operations, widest
from numba import njit
from numba.np.unsafe.ndarray import to_fixed_tuple

from needlewise.dose import Layer
from needlewise.healing import lanes, reference
from needlewise.healing.model import OBSERVABLES, OBSERVED_BY, PARAMETERS, STATES, observed
from needlewise.healing.population import Needling, Sample, drawn_dose, people
from needlewise.healing.posterior import from_posterior
from needlewise.healing.task import Floats, Task
from needlewise.knowledge import Biology, load_biology, load_protocol

ON = date(2026, 11, 28)
SESSIONS = np.array([0.0, 28.0, 56.0, 84.0])
WEEKS = np.arange(53) * 7.0
ROLLER = Needling(229.0, 0.25, 1.5, Layer(0.1, 1.0))
PORTION, BINS, LEVELS = 10_000, 2000, (0.05, 0.5, 0.95)
GOALS = {"rr": 50, "million_s": 90, "memory_gb": 2.0, "what_if_s": 0.3}


def line(what: str, value: str, goal: str = "", met: bool | None = None) -> None:
    verdict = "" if met is None else ("met" if met else "MISSED")
    print(f"  {what:<58} {value:>16}   {goal:<18} {verdict}", flush=True)


def best(call: Callable[[], object], repeats: int) -> float:
    """The least wall seconds of several runs."""
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def drawn(sample: Sample, biology: Biology, count: int, rng: np.random.Generator) -> Task:
    """Drawn people under a roller, and what is not known of their dose drawn too."""
    doses = [drawn_dose(ROLLER, biology.dose, count, rng)] * len(SESSIONS)
    open_area, injured = (np.stack([dose[number] for dose in doses], axis=1) for number in range(2))
    return Task(people(sample, biology, count, rng).parameters, SESSIONS, open_area, injured, WEEKS)


def throughput(sample: Sample, biology: Biology, rng: np.random.Generator) -> float:
    print(f"1 Many people ({lanes.LANES} lanes)")
    task = drawn(sample, biology, 2000, rng)
    started = time.perf_counter()
    lanes.solve(task)
    line("first run (compiles, or reads what was compiled)", f"{time.perf_counter() - started:.1f} s")
    one, two = (task.people / best(lambda threads=threads: lanes.solve(task, threads), 40) for threads in (1, 2))  # type: ignore[misc]
    line("courses, one thread", f"{one:,.0f} /s")
    line("courses, two threads", f"{two:,.0f} /s")
    return one


_observed = njit(error_model="numpy", nogil=True)(observed)
OF_STATE, OF_TRAITS = len(STATES), len(OBSERVED_BY)


@njit(nogil=True)
def counted(states, traits, top, counts):  # type: ignore[no-untyped-def]
    """Count what can be seen of everyone in bins: counts (days, observables, bins)."""
    for person in range(states.shape[0]):
        its = to_fixed_tuple(traits[person], OF_TRAITS)
        for day in range(states.shape[1]):
            for number, value in enumerate(_observed(to_fixed_tuple(states[person, day], OF_STATE), its)):
                place = value / top[number] * BINS
                if not np.isnan(place):
                    counts[day, number, int(min(max(place, 0.0), BINS - 1.0))] += 1


def ranged(sample: Sample, biology: Biology, rng: np.random.Generator) -> Floats:
    """Where the bins of each observable end: beyond the greatest of a few people."""
    task = drawn(sample, biology, 2000, rng)
    columns = [PARAMETERS.index(name) for name in OBSERVED_BY]
    seen = observed(
        tuple(np.moveaxis(lanes.solve(task).states, 2, 0)), tuple(task.parameters[:, columns, None].transpose(1, 0, 2))
    )
    return np.array([2 * np.nanmax(one) + 1e-9 for one in seen])


def streamed(task: Task, top: Floats, counts: list[Floats]) -> None:
    """Follow people on two threads, and count what is seen of them, each thread into counts of its own."""
    columns = [PARAMETERS.index(name) for name in OBSERVED_BY]
    traits = np.ascontiguousarray(task.parameters[:, columns])
    states = lanes.solve(task, 2).states
    half = task.people // 2
    with ThreadPoolExecutor(2) as pool:
        parts = (slice(half), slice(half, None))
        list(pool.map(lambda part, own: counted(states[part], traits[part], top, own), parts, counts))


def quantiles(counts: Floats, top: Floats) -> Floats:
    """Quantiles of all days and observables, (levels, days, observables), to within one bin."""
    below = np.cumsum(counts, axis=2)
    found = [(below < level * below[:, :, -1:]).sum(axis=2) for level in LEVELS]
    return (np.array(found) + 0.5) * top / BINS


def millions(sample: Sample, biology: Biology, count: int, rng: np.random.Generator) -> None:
    print(f"2 {count:,} people, quantiles of {len(OBSERVABLES)} observables on {len(WEEKS)} days; a what if")
    top = ranged(sample, biology, rng)
    counts = [np.zeros((len(WEEKS), len(OBSERVABLES), BINS), np.int64) for _ in range(2)]
    streamed(drawn(sample, biology, 100, rng), top, [one.copy() for one in counts])
    started = time.perf_counter()
    for begin in range(0, count, PORTION):
        streamed(drawn(sample, biology, min(PORTION, count - begin), rng), top, counts)
    found = quantiles(counts[0] + counts[1], top)
    seconds = time.perf_counter() - started
    line(
        "drawn, followed, counted, two threads",
        f"{seconds:.1f} s",
        f"goal {GOALS['million_s']} s",
        seconds <= GOALS["million_s"],
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    line(
        "greatest memory of the process so far",
        f"{memory:.2f} GB",
        f"goal {GOALS['memory_gb']} GB",
        memory <= GOALS["memory_gb"],
    )
    collagen = list(OBSERVABLES).index("collagen")
    line("collagen after a year, 5, 50, 95 %", " ".join(f"{one:.2f}" for one in found[:, -1, collagen]))

    def what_if() -> None:
        own = [np.zeros_like(counts[0]) for _ in range(2)]
        streamed(drawn(sample, biology, 2000, rng), top, own)
        quantiles(own[0] + own[1], top)

    seconds = best(what_if, 10)
    line(
        "what if, 2,000 people, warm", f"{seconds:.3f} s", f"goal {GOALS['what_if_s']} s", seconds <= GOALS["what_if_s"]
    )


def by_hand(sample: Sample, biology: Biology, rng: np.random.Generator) -> None:
    print("3 One step, against the same written by hand in C")
    task = drawn(sample, biology, lanes.LANES, rng)
    ours = of_ours(task)
    line("ours, compiled from Python", f"{1e9 * ours:.1f} ns a person")
    count = operations()
    line("operations in a step of one person", f"{count:,}")
    kernel = Kernel.built()
    if kernel is None:
        line("by hand, in C", "no compiler here")
        return
    theirs, peak = kernel.seconds(task), kernel.peak()
    line("by hand, in C, vectors and instructions chosen", f"{1e9 * theirs:.1f} ns a person")
    line("ours takes", f"{ours / theirs:.2f} times")
    line("most operations of one core (multiply and add)", f"{peak / 1e9:.1f} G/s")
    line("share of that: ours, by hand", f"{100 * count / ours / peak:.0f} %, {100 * count / theirs / peak:.0f} %")


def against(sample: Sample, biology: Biology, courses: int, rng: np.random.Generator, ours: float) -> None:
    print(f"4 Rivals: {courses} courses each, errors of states against the slow path at 1e-10")
    task = drawn(sample, biology, courses, rng)
    exact = reference.solve(
        Task(task.parameters, SESSIONS, task.open_area, task.injured, WEEKS, tolerance=1e-10), "DOP853"
    )

    def told(name: str, rate: float, states: Floats) -> float:
        errors = np.abs(states - exact.states).max((1, 2))
        line(f"{name}: error {np.median(errors):.0e} median, {errors.max():.0e} worst", f"{rate:,.0f} /s")
        return float(errors.max())

    mine = told("ours, one thread", ours, lanes.solve(task).states)
    seconds = best(lambda: reference.solve(task), 3)
    told("scipy, LSODA", courses / seconds, reference.solve(task).states)
    for name, build in (("COPASI, LSODA", rivals.copasi), ("libRoadRunner, CVODE", rivals.roadrunner)):
        follow = build(task)
        follow(0)
        seconds = best(lambda follow=follow: [follow(person) for person in range(courses)], 10)  # type: ignore[misc]
        error = told(name, courses / seconds, np.array([follow(person) for person in range(courses)]))
    times = ours * seconds / courses
    line("ours over libRoadRunner, one thread", f"{times:.0f} times", f"goal {GOALS['rr']} times", times >= GOALS["rr"])
    line("worst error, ours and libRoadRunner's", f"{mine:.0e} {error:.0e}", "no larger", mine <= error)
    together = rivals.diffrax(task)
    states = together()
    told(f"diffrax, Tsit5, {courses} at once", courses / best(together, 5), states)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--courses", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, wide vectors: {widest()}")
    biology, rng = load_biology(load_protocol(ON)), np.random.default_rng(options.seed)
    sample = from_posterior(biology)
    ours = throughput(sample, biology, rng)
    millions(sample, biology, options.people, rng)
    by_hand(sample, biology, rng)
    against(sample, biology, options.courses, rng, ours)


if __name__ == "__main__":
    main()
