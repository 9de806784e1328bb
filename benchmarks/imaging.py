"""Speed of the imaging room, side by side in one run: ./dev bench imaging

Sections
  1  the ridge filter on a plane of 12 megapixels against scikit-image's `sato`: times, their ratio, equality of the
     results, and how many times a plane could have been read and written meanwhile
  2  a pair of pictures of 13 megapixels, three zones that cover a quarter of the frame, all measures of a face: ours
     against the same chain from plain calls (imaging_plain.py), step by step, and whether both find the same
  3  memory: each chain in a process of its own that loads both pictures and runs once (Linux only)
  4  unpacking 12 megapixels, here and in a process apart: seconds and memory

The plane is skin-like: soft noise of several widths with dark lines. Setting up (reading, compiling) is counted for
nobody. Ours is the best of several repeats, so that what else the machine does counts little; so is the plane's time;
scikit-image runs once. For the pair, our first call is told too: it reads what was compiled, or compiles. Both results are compared away from the edges, where scikit-image mirrors slopes.

Options: --rows N, --columns N (default 3000 x 4000), --repeats N (default 15), --seed N (default 1), --only N (sections, by
default all), --kept FOLDER (for the pair, by default a temporary one).
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import cv2
import imaging_pair
import imaging_plain
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pillow_heif import from_pillow
from skimage.filters import sato

from needlewise.apart import Readers
from needlewise.imaging import kernels
from needlewise.imaging.aligning import align
from needlewise.imaging.beside import RISE_OF_SIGMA, calibration_of, edge_rise_px, find_beside
from needlewise.imaging.comparing import Comparison, How, compare
from needlewise.imaging.criteria import rules_of
from needlewise.imaging.laying import AFTER, AROUND_MM, BEFORE
from needlewise.imaging.lines import equally_sharp
from needlewise.imaging.looking import RELIEF_PX_PER_MM, Look
from needlewise.imaging.reading import read_picture
from needlewise.knowledge import Imaging, load_imaging, load_protocol

SIGMAS = (1.5, 2.1, 3.0, 4.2, 6.0)  # px; lines of 0.3 to 1.4 mm at 12 px/mm
GOALS = {"correlation": 0.995, "slope": 0.02, "planes": 30.0}
# Of a pair. Agreement: colours in units of L*a*b* (of which the two ways to make a picture smaller, one a little softer than
# the other, take half), corners in pixels, depth as a share.
PAIR_GOALS = {
    "ratio": 40.0,
    "seconds": 1.2,
    "bytes": 1e9,
    "colour": 0.1,
    "corner": 0.25,
    "ridges": 0.99,
    "depth": 0.05,
}
PAIR_REPEATS, PLAIN_REPEATS = 5, 2
HOW = How("rig", px_per_mm=imaging_pair.PX_PER_MM, regions={zone.name: "face" for zone in imaging_pair.ZONES})
ON = date(2026, 11, 28)
KINDS = {"JPEG": {"quality": 92}, "PNG": {"compress_level": 3}, "WEBP": {"quality": 92}, "HEIF": {"quality": 80}}

Plane = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Told = TypeVar("Told")


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


def best(call: Callable[[], Told], repeats: int) -> tuple[Told, float, float]:
    """What the quickest of several runs gave, its wall seconds, and the least seconds of processors of all."""
    runs = []
    for _ in range(repeats):
        started, worked = time.perf_counter(), time.process_time()
        told = call()
        runs.append((time.perf_counter() - started, time.process_time() - worked, told))
    wall_s, _, told = min(runs, key=lambda run: run[0])
    return told, wall_s, min(work_s for _, work_s, _ in runs)


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
    same_ridges(ours, theirs)


def same_ridges(ours: Plane, theirs: Plane) -> None:
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


@cache
def imaging() -> Imaging:
    return load_imaging(load_protocol(ON))


def loaded(made: imaging_pair.Made) -> tuple[Pixels, Pixels]:
    return np.load(made.before), np.load(made.after)


def ours(before: Pixels, after: Pixels) -> Comparison:
    return compare([before], [after], imaging_pair.ZONES, imaging(), HOW)


def asked_of(before: Pixels, after: Pixels) -> imaging_plain.Asked:
    """What the plain chain is told of the pair."""
    beside = [find_beside(pixels, imaging_pair.PX_PER_MM) for pixels in (before, after)]
    scale, size = beside[0].px_per_mm or imaging_pair.PX_PER_MM, (before.shape[1], before.shape[0])
    calibrations, rises = map(calibration_of, beside), map(edge_rise_px, (before, after), beside)
    return imaging_plain.Asked(
        zones={zone.name: (zone.box(size), zone.box(size, AROUND_MM * scale)) for zone in imaging_pair.ZONES},
        px_per_mm=scale,
        rules=rules_of(imaging()),
        colours=(next(calibrations), next(calibrations)),
        blurs_px=(next(rises) / RISE_OF_SIGMA, next(rises) / RISE_OF_SIGMA),
    )


def pair(made: imaging_pair.Made) -> None:
    before, after = loaded(made)
    share = sum(zone.area_px for zone in imaging_pair.ZONES) / (before.shape[0] * before.shape[1])
    print(
        f"\n2 A pair, {before.shape[1]} x {before.shape[0]} px, {len(imaging_pair.ZONES)} zones, {share:.0%} of the frame"
    )
    goal = PAIR_GOALS["seconds"]
    imaging()
    started = time.perf_counter()
    found = ours(before, after)
    line("ours, first call in this process", f"{time.perf_counter() - started:.2f} s")
    _, wall_s, work_s = best(lambda: ours(before, after), PAIR_REPEATS)
    line(f"ours, warm, best of {PAIR_REPEATS}", f"{wall_s:.2f} s", f"<= {goal:g} s", wall_s <= goal)
    line("ours, seconds of processors", f"{work_s:.2f} s")
    asked = asked_of(before, after)

    def rival() -> tuple[dict[str, imaging_plain.Found], imaging_plain.Clock]:
        clock = imaging_plain.Clock()
        return imaging_plain.compared(before, after, asked, clock), clock

    (plain, clock), rival_s, rival_work_s = best(rival, PLAIN_REPEATS)
    for step, seconds in clock.seconds.items():
        line(f"  plain: {step}", f"{seconds:.2f} s")
    line(f"plain chain, best of {PLAIN_REPEATS}", f"{rival_s:.1f} s")
    line("plain chain, seconds of processors", f"{rival_work_s:.1f} s")
    ratio, goal = rival_s / wall_s, PAIR_GOALS["ratio"]
    line("plain chain / ours", f"{ratio:.1f} x", f">= {goal:g} x", ratio >= goal)
    line("plain chain / ours, seconds of processors", f"{rival_work_s / work_s:.1f} x")
    agreement((before, after), made, found, (plain, asked))


def agreement(
    pictures: tuple[Pixels, Pixels],
    made: imaging_pair.Made,
    found: Comparison,
    rival: tuple[dict[str, imaging_plain.Found], imaging_plain.Asked],
) -> None:
    """Where both tell the same thing: how far apart they are, and from the truth where it is known."""
    plain, asked = rival
    apart = [find_beside(pixels, imaging_pair.PX_PER_MM).apart for pixels in pictures]
    maps = align(*pictures, imaging_pair.ZONES, (apart[0], apart[1])).zones
    colours, corners, truths, ridges_alike, depths, roughs, spots = [], [], [], [], [], [], []
    for zone in found.zones:
        name, other = zone.zone.name, plain[zone.zone.name]
        look, corner = Look(zone), zone.zone.polygon
        for (_, tone), lab in zip(look.colours, other.lab, strict=True):
            colours.append(np.abs(lab - [tone.lightness.value, tone.redness.value, tone.yellowness.value]))
        told = maps[name].to_followup(corner), other.to_followup(corner)
        corners.append(np.hypot(*(told[0] - told[1]).T))
        truths.append([np.hypot(*(one - made.corners[name]).T) for one in told])
        ridges_alike.append(alike(look, other, asked))
        depths.append((1 + (found.of("line-depth", name).change or np.nan) / 100, other.depth_ratio))
        rough = [np.mean([one.slope for one in look.texture.rough[visit]]) for visit in (BEFORE, AFTER)]
        spots.append((found.of("spot-area", name).before or np.nan, 100 * other.spots[0]))
        roughs.append((rough[1] / rough[0], other.slopes[1] / other.slopes[0]))
    for channel, worst in zip(("L*", "a*", "b*"), np.max(colours, axis=0), strict=True):
        within(f"{channel} of the zones, furthest apart", float(worst), "colour")
    within("where corners of the zones lie, furthest apart, px", float(np.max(corners)), "corner")
    for who, worst in zip(("ours", "plain"), np.max(truths, axis=(0, 2)), strict=True):
        line(f"  {who} from the truth, at worst, px", f"{worst:.2f}")
    least, goal = min(ridges_alike), PAIR_GOALS["ridges"]
    line("correlation of ridges, at worst", f"{least:.4f}", f">= {goal:g}", least >= goal)
    told_depths = " ".join(f"{one:.2f}/{other:.2f}" for one, other in depths)
    within("depth of lines after / before, furthest apart", float(np.max(np.abs(np.diff(depths)))), "depth")
    line(f"  ours/plain; drawn: {imaging_pair.DEPTH:g}", told_depths)
    line("roughness after / before, ours/plain; drawn: 1", " ".join(f"{one:.2f}/{other:.2f}" for one, other in roughs))
    # Ours draws each spot at half its height and asks for an edge; the rival has one threshold for all.
    line("spots before, % of the zone, ours/plain", " ".join(f"{one:.1f}/{other:.1f}" for one, other in spots))


def within(what: str, worst: float, goal: str) -> None:
    most = PAIR_GOALS[goal]
    line(what, f"{worst:.3f}", f"<= {most:g}", worst <= most)


def alike(look: Look, other: imaging_plain.Found, asked: imaging_plain.Asked) -> float:
    """Correlation of our ridges of a zone with the rival's, each on its own planes."""
    reliefs = look.reliefs[BEFORE][0], look.reliefs[AFTER][0]
    planes = equally_sharp(reliefs[0].plane, reliefs[1].plane, (reliefs[0].sigma_px, reliefs[1].sigma_px))
    scale = min(RELIEF_PX_PER_MM, asked.px_per_mm)
    mean = np.asarray((planes[0] + planes[1]) / 2, np.float32)
    response = kernels.ridges(mean, [blur * scale for blur in asked.rules.lines.blurs_mm])
    if other.ridges is None or other.ridges.shape != response.shape:
        return float("nan")
    mask = look.zone.mask
    return float(np.corrcoef(response[mask], other.ridges[mask])[0, 1])


def memory(kept: Path) -> None:
    print("\n3 Memory, each in a process of its own that loads both pictures and runs once")
    peak, goal = alone("ours", kept)["peak"], PAIR_GOALS["bytes"]
    line("ours, peak", in_mb(peak), f"< {in_mb(goal)}", peak < goal if peak else None)
    line("plain chain, peak", in_mb(alone("plain", kept)["peak"]))
    line("both pictures loaded, nothing done", in_mb(alone("nothing", kept)["peak"]))


def in_mb(peak: float) -> str:
    return f"{peak / 1e6:.0f} MB" if peak else "not told here"


def decoding(made: imaging_pair.Made) -> None:
    pixels = np.load(made.before)[:3000]
    print(f"\n4 Unpacking {pixels.size / 3e6:.0f} megapixels, best of 3")
    line("nothing unpacked, here", "", f"peak {in_mb(alone('empty', made.before)['peak'])}")
    with tempfile.TemporaryDirectory() as folder:
        for kind, how in KINDS.items():
            file, image, out = Path(folder, kind), Image.fromarray(pixels), BytesIO()
            (from_pillow(image) if kind == "HEIF" else image).save(out, format=kind, **how)
            file.write_bytes(out.getvalue())
            for where in ("here", "apart"):
                told = alone(where, file)
                what = f"{kind.replace('HEIF', 'HEIC')}, {len(out.getvalue()) / 1e6:.1f} MB, {where}"
                line(what, f"{told['seconds']:.2f} s", f"peak {in_mb(told['peak'])}")


def alone(what: str, file: Path) -> dict[str, float]:
    """Seconds and peak in bytes of one thing done in a process of its own; no peak where none can be read."""
    command = [sys.executable, __file__, "--alone", what, "--kept", str(file)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(told.stdout))


def do_alone(what: str, file: Path) -> None:
    """What `alone` asks for. Pictures are unpacked best of three, the process apart being warm."""
    started, seconds, process = time.perf_counter(), 0.0, "self"
    if what in ("here", "apart"):
        data = file.read_bytes()
        with Readers() as readers:
            if what == "apart":
                readers.warm(1)
                seconds = timed(lambda: readers.read([("the picture", lambda: data)]), 3)
                process = str(readers._all[0].start().pid)
            else:
                seconds = timed(lambda: read_picture(data), 3)
            print(json.dumps({"seconds": seconds, "peak": peak_bytes(process)}))
        return
    if what == "empty":
        print(json.dumps({"seconds": 0.0, "peak": peak_bytes(process)}))
        return
    before, after = loaded(imaging_pair.made(file))
    if what == "ours":
        ours(before, after)
    elif what == "plain":
        imaging_plain.compared(before, after, asked_of(before, after), imaging_plain.Clock())
    print(json.dumps({"seconds": time.perf_counter() - started, "peak": peak_bytes(process)}))


def peak_bytes(process: str) -> float:
    """The most memory a process ever held. Linux only: what `getrusage` says begins with the parent's. Else 0."""
    status = Path("/proc", process, "status")
    rows = status.read_text().splitlines() if status.exists() else []
    return next((1024.0 * int(row.split()[1]) for row in rows if row.startswith("VmHWM")), 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--columns", type=int, default=4000)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, nargs="+", choices=range(1, 5), default=range(1, 5))
    parser.add_argument("--kept", type=Path, default=imaging_pair.KEPT)
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone:
        do_alone(asked.alone, asked.kept)
        return
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    if 1 in asked.only:
        ridge(skin_like(asked.rows, asked.columns, np.random.default_rng(asked.seed)), asked.repeats)
    if set(asked.only) - {1}:
        made = imaging_pair.made(asked.kept)
        for number, section in ((2, lambda: pair(made)), (3, lambda: memory(asked.kept)), (4, lambda: decoding(made))):
            if number in asked.only:
                section()


if __name__ == "__main__":
    main()
