"""Speed of the consultation, side by side in one run: ./dev bench consult

Sections
  1  starting: import of the library, loading and checking the knowledge, the command line from cold
  2  whole consultations in one process, everything materialised, no result cache
  3  screening with traces on, against zen-engine (GoRules) on the same tables, verdicts compared on random cases

Options: --cases N (default 10000), --seed N (default 1).
"""

import argparse
import cProfile
import gc
import pstats
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from zen_tables import ZenScreening, random_case

from needlewise import consult, read_case
from needlewise.clinical.devices import Bench
from needlewise.clinical.screening import screen
from needlewise.clinical.spots import Survey
from needlewise.knowledge import Protocol
from needlewise.knowledge._load import load_protocol

ROOT = Path(__file__).resolve().parents[1]
ON = date(2026, 11, 24)
PORTION = 100
GOALS = {"import": 0.15, "load": 0.3, "cli": 0.4, "consult_ms": 2.0, "zen": 20.0}


def median_of_runs(command: list[str], runs: int = 7) -> float:
    """Median wall seconds of a whole process."""
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def line(what: str, value: str, goal: str = "", met: bool | None = None) -> None:
    verdict = "" if met is None else ("met" if met else "MISSED")
    print(f"  {what:<58} {value:>14}   {goal:<18} {verdict}")


def starting() -> None:
    print("1 Starting (whole processes, median of 7)")
    python = sys.executable
    bare = median_of_runs([python, "-c", "pass"])
    bring = median_of_runs([python, "-c", "import needlewise"])
    line("python that does nothing", f"{bare:.3f} s")
    line("import of the library", f"{bring:.3f} s", f"goal {GOALS['import']} s", bring <= GOALS["import"])
    code = "import time\nfrom datetime import date\nfrom needlewise.knowledge._load import load_protocol\n"
    code += "t=time.perf_counter(); load_protocol(date(2026,11,24)); print(time.perf_counter()-t)"
    loads = [
        float(subprocess.run([python, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT).stdout)
        for _ in range(7)
    ]
    load = statistics.median(loads)
    line("reading and checking every knowledge file", f"{load:.3f} s", f"goal {GOALS['load']} s", load <= GOALS["load"])
    script = "import sys; from needlewise.cli import main; main(sys.argv[1:])"
    command = [python, "-c", script, "consult", "examples/acne-scars-type-iii.toml", "--on", "2026-11-24"]
    for kept in (ROOT / "src" / "needlewise" / "knowledge" / "__pycache__").glob("protocol-*.pickle"):
        kept.unlink()
    first = median_of_runs(command, 1)
    cold = median_of_runs(command)
    line("needlewise consult, first run after a change of files", f"{first:.3f} s")
    line("needlewise consult from cold", f"{cold:.3f} s", f"goal {GOALS['cli']} s", cold <= GOALS["cli"])


def whole_consultations(protocol: Protocol) -> None:
    print("2 Whole consultations (one process, one thread)")
    cases = [read_case(path.read_bytes(), protocol, ON) for path in sorted((ROOT / "examples").glob("*.toml"))]
    seconds = []
    for _ in range(30):
        for case in cases:
            started = time.perf_counter()
            consult(case, protocol, ON)
            seconds.append(time.perf_counter() - started)
    seconds.sort()
    median = 1000 * statistics.median(seconds)
    line(
        f"median over {len(cases)} example cases",
        f"{median:.2f} ms",
        f"goal {GOALS['consult_ms']} ms",
        median <= GOALS["consult_ms"],
    )
    line("90th percentile", f"{1000 * seconds[int(0.9 * len(seconds))]:.2f} ms")
    line("consultations per second", f"{len(seconds) / sum(seconds):.0f} /s", "stretch 1 ms", median <= 1.0)
    profile = cProfile.Profile()
    profile.enable()
    for case in cases:
        consult(case, protocol, ON)
    profile.disable()
    print("  where the time goes (profiler on, own time):")
    for (file, _, name), row in sorted(pstats.Stats(profile).stats.items(), key=lambda item: -item[1][2])[:8]:  # type: ignore[attr-defined]
        print(
            f"    {100 * row[2] / sum(r[2] for r in pstats.Stats(profile).stats.values()):5.1f} %  {Path(file).name}:{name}"
        )  # type: ignore[attr-defined]


def against_zen(protocol: Protocol, count: int, seed: int) -> None:
    print(f"3 Screening with traces on, {count:,} random cases, seed {seed}")
    cases = [read_case(random_case(protocol, ON, seed + number), protocol, ON) for number in range(count)]
    rival = ZenScreening(protocol)
    surveys = [(case, Bench(case, protocol, ON).inputs()) for case in cases]
    inputs = [rival.input_for(Survey(case, protocol, ON, extra)) for case, extra in surveys]

    # As a server would after start: what lives for ever is not searched for garbage again. Both sides run so.
    gc.collect()
    gc.freeze()
    seconds: dict[str, float] = dict.fromkeys(["needlewise", *rival.LAYOUTS], 0.0)
    wrong: dict[str, int] = dict.fromkeys(rival.LAYOUTS, 0)
    # In small portions, and nothing is kept: a pile of old traces would slow down whoever comes last.
    for start in range(0, count, PORTION):
        portion = slice(start, start + PORTION)
        # Laying the answers out by place is to us what flattening is to the rival: done beforehand, on both sides.
        laid_out = [Survey(case, protocol, ON, extra) for case, extra in surveys[portion]]
        ours, spent = timed(screen, laid_out)
        seconds["needlewise"] += spent
        told = [rival.verdicts_of_ours(screening) for screening in ours]
        del ours, laid_out
        for layout in rival.LAYOUTS:
            theirs, spent = timed(lambda one, layout=layout: rival.evaluate(one, layout), inputs[portion])
            seconds[layout] += spent
            wrong[layout] += sum(m != rival.verdicts(one, layout) for m, one in zip(told, theirs, strict=True))
            del theirs
    for layout, number in wrong.items():
        line(f"verdicts that differ, {layout}", f"{number:,} of {count:,}", "", number == 0)
    line("needlewise, reasons and questions included", f"{count / seconds['needlewise']:,.0f} /s")
    for layout in rival.LAYOUTS:
        line(f"zen-engine, {layout}", f"{count / seconds[layout]:,.0f} /s")
    times = min(seconds[layout] for layout in rival.LAYOUTS) / seconds["needlewise"]
    line(
        "needlewise over the best of these",
        f"{times:.1f} times",
        f"goal {GOALS['zen']:.0f} times",
        times >= GOALS["zen"],
    )


def timed(call: Callable[[Any], Any], inputs: list[Any]) -> tuple[list[Any], float]:
    """The results, and the seconds of all calls together. Each side pays for its own garbage and for nobody else's:
    what was made before is gone when the clock starts."""
    gc.collect()
    started = time.perf_counter()
    results = [call(one) for one in inputs]
    return results, time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    starting()
    protocol = load_protocol(ON)
    whole_consultations(protocol)
    against_zen(protocol, options.cases, options.seed)


if __name__ == "__main__":
    main()
