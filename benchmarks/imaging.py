"""Speed of the imaging room, side by side in one run: ./dev bench imaging

Sections
  1  the ridge filter on a plane of 12 megapixels against scikit-image's `sato`: times, their ratio, equality of the
     results, and how many times a plane could have been read and written meanwhile

The plane is skin-like: soft noise of several widths with dark lines. Setting up (reading, compiling) is counted for
nobody. Ours is the best of several repeats, so that what else the machine does counts little; so is the plane's time;
scikit-image runs once. Both results are compared away from the edges, where scikit-image mirrors slopes.

Options: --rows N, --columns N (default 3000 x 4000), --repeats N (default 15), --seed N (default 1).
"""

import argparse
import os
import platform
import time
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.filters import sato

from needlewise.imaging import kernels

SIGMAS = (1.5, 2.1, 3.0, 4.2, 6.0)  # px; lines of 0.3 to 1.4 mm at 12 px/mm
GOALS = {"correlation": 0.995, "slope": 0.02, "planes": 30.0}

Plane = NDArray[np.float32]


def line(what: str, value: str, goal: str = "", met: bool | None = None) -> None:
    verdict = "" if met is None else ("met" if met else "MISSED")
    print(f"  {what:<58} {value:>16}   {goal:<18} {verdict}", flush=True)


def timed(call: Callable[[], object], repeats: int) -> float:
    """The least wall seconds of several runs."""
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def skin_like(rows: int, columns: int, rng: np.random.Generator) -> Plane:
    plane = np.zeros((rows, columns), np.float32)
    for width, strength in ((0.8, 0.02), (3.0, 0.06), (12.0, 0.1)):
        grain = rng.normal(size=(rows, columns)).astype(np.float32)
        plane += strength * width * cv2.GaussianBlur(grain, (0, 0), width)
    furrows = np.zeros_like(plane)
    for _ in range(rows * columns // 60_000):
        start, angle, length = rng.uniform((0, 0), (columns, rows)), rng.uniform(0, np.pi), rng.uniform(40, 300)
        stop = start + length * np.array([np.cos(angle), np.sin(angle)])
        cv2.line(furrows, start.astype(int).tolist(), stop.astype(int).tolist(), 1.0, int(rng.integers(1, 5)))
    return plane - 0.3 * cv2.GaussianBlur(furrows, (0, 0), 1.5)


def ridge(plane: Plane, repeats: int) -> None:
    print(f"1 Ridge filter, {plane.size / 1e6:.0f} megapixels, widths {', '.join(f'{one:g}' for one in SIGMAS)} px")
    started = time.perf_counter()
    ours = kernels.ridges(plane, SIGMAS)
    line("first run (compiles, or reads what was compiled)", f"{time.perf_counter() - started:.2f} s")
    copy = np.empty_like(plane)
    np.copyto(copy, plane)
    pass_s = timed(lambda: np.copyto(copy, plane), repeats * 2)
    two_s, one_s = (
        timed(lambda threads=threads: kernels.ridges(plane, SIGMAS, threads), repeats) for threads in (2, 1)
    )  # type: ignore[misc]
    started = time.process_time()
    kernels.ridges(plane, SIGMAS)
    work_s = time.process_time() - started
    started = time.perf_counter()
    theirs = sato(plane, SIGMAS, black_ridges=True)
    rival_s = time.perf_counter() - started
    line("a plane read and written", f"{pass_s * 1e3:.1f} ms")
    line("ours, two threads", f"{two_s * 1e3:.0f} ms")
    line("ours, one thread", f"{one_s * 1e3:.0f} ms")
    line("ours, seconds of processors", f"{work_s * 1e3:.0f} ms")
    line("scikit-image", f"{rival_s * 1e3:,.0f} ms")
    line("scikit-image / ours", f"{rival_s / two_s:.0f} x")
    planes = two_s / pass_s
    line("planes read and written in our time", f"{planes:.1f}", f"<= {GOALS['planes']:g}", planes <= GOALS["planes"])
    compare(ours, theirs)


def compare(ours: Plane, theirs: Plane) -> None:
    margin = int(4 * max(SIGMAS))
    one, other = (plane[margin:-margin, margin:-margin].ravel() for plane in (ours, theirs))
    correlation = float(np.corrcoef(one, other)[0, 1])
    slope = float(np.cov(one, other)[0, 1] / np.var(other, dtype=float, ddof=1))
    counts = other > np.quantile(other, 0.9)
    apart = float(np.median(np.abs(one[counts] - other[counts]) / other[counts]))
    goal = GOALS["correlation"]
    line("correlation with scikit-image", f"{correlation:.5f}", f">= {goal}", correlation >= goal)
    line("slope against scikit-image", f"{slope:.4f}", f"1 +- {GOALS['slope']}", abs(slope - 1) <= GOALS["slope"])
    line("median difference in the uppermost tenth", f"{apart:.2%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--columns", type=int, default=4000)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    ridge(skin_like(asked.rows, asked.columns, np.random.default_rng(asked.seed)), asked.repeats)


if __name__ == "__main__":
    main()
