"""How far the solvers lie apart: the tables of README.md.

./dev exec python validation/healing/compare.py [PEOPLE]

scipy at 1e-10 is the reference. Differences are relative where a quantity is above 1, absolute below, the greatest over
all people, days and quantities.
"""

import json
import sys
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from simulators import copasi, roadrunner, versions

from needlewise.healing import lanes, reference
from needlewise.healing.model import STATES
from needlewise.healing.population import from_prior, held, people, prior_of
from needlewise.healing.task import Task
from needlewise.interop.sbml import sbml_of
from needlewise.knowledge import Biology, load_biology, load_protocol

ON = date(2026, 11, 28)
DAYS = np.array([0.25, 1, 2.5, 6, 13, 27, 29, 40, 55, 70, 83, 90, 120, 180, 365])
SESSION_DAYS = np.array([0.0, 28, 56, 84])
OPEN_AREA, INJURED = 0.0277113, 0.0462439
SEED, EXACT = 7, 1e-10
Floats = NDArray[np.float64]


def apart(found: Floats, wanted: Floats) -> str:
    difference = np.abs(found - wanted) / np.maximum(1, np.abs(wanted))
    day, state = np.unravel_index(
        np.argmax(difference.reshape(-1, wanted.shape[-1])), (difference.size // wanted.shape[-1], wanted.shape[-1])
    )
    return f"{difference.max():8.1e} ({list(STATES)[state]}, day {DAYS[day % len(DAYS)]:g})"


def task(parameters: Floats, whole_wound: bool, tolerance: float) -> Task:
    days = SESSION_DAYS[:0] if whole_wound else SESSION_DAYS
    shape = (len(parameters), len(days))
    return Task(parameters, days, np.full(shape, OPEN_AREA), np.full(shape, INJURED), DAYS, whole_wound, tolerance)


def of_form(biology: Biology, form: str, whole_wound: bool, count: int) -> None:
    rng = np.random.default_rng(SEED)
    drawn = people(from_prior(biology, 300, rng, (form,)), biology, count, rng).parameters
    exact = task(drawn, whole_wound, EXACT)
    wanted = reference.solve(exact).states
    documents = [sbml_of(exact, person) for person in range(count)]
    others = {
        "Radau": reference.solve(exact, "Radau").states,
        "ours, fast": lanes.solve(task(drawn, whole_wound, 1e-6)).states,
        "libRoadRunner": np.stack([roadrunner(one, DAYS.tolist(), list(STATES)) for one in documents]),
        "COPASI": np.stack([copasi(one, DAYS.tolist(), list(STATES)) for one in documents]),
    }
    for name, found in others.items():
        print(f"{form:12} {'wound' if whole_wound else 'needled':8} {name:14} {apart(found, wanted)}", flush=True)


def of_other_encoding(biology: Biology) -> None:
    pinned = json.loads((Path(__file__).parent / "pinned.json").read_text(encoding="utf-8"))
    median, _ = prior_of(biology)
    parameters = held(median[None, :], biology.structures["twelve"].fixed | pinned["parameters"])
    shape = (1, len(pinned["session_days"]))
    columns = [list(STATES).index(name) for name in pinned["states"]]
    for name, solve, tolerance in (("ours, scipy", reference.solve, EXACT), ("ours, fast", lanes.solve, 1e-6)):
        asked = Task(
            parameters, np.array(pinned["session_days"]), np.full(shape, pinned["open_area"]),
            np.full(shape, pinned["injured"]), np.array(pinned["days"]), tolerance=tolerance,
        )  # fmt: skip
        found = solve(asked).states[0][:, columns]
        for simulator in ("roadrunner", "copasi"):
            print(
                f"other encoding  {name:14} against {simulator:12} {np.abs(found - np.array(pinned[simulator])).max():8.1e}"
            )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    biology = load_biology(load_protocol(ON))
    print(versions())
    for form in biology.structures:
        for whole_wound in (False, True):
            of_form(biology, form, whole_wound, count)
    of_other_encoding(biology)


if __name__ == "__main__":
    main()
