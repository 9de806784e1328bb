"""Our two solvers against libRoadRunner and COPASI: on documents that we write, and on one that was written apart."""

import json
import locale
from typing import Any

import numpy as np
import pytest

from needlewise.healing import lanes, reference
from needlewise.healing.model import OBSERVABLES, OBSERVED_BY, PARAMETERS, RATED_BY, STATES, observed
from needlewise.healing.population import held, prior_of
from needlewise.healing.task import Floats, Task, traits_of
from needlewise.interop.sbml import id_of, sbml_of
from tests.architecture.rules_of_the_house import ROOT
from tests.unit.healing.people import biology, drawn, task
from validation.healing.simulators import copasi, roadrunner

PINNED: dict[str, Any] = json.loads((ROOT / "validation/healing/pinned.json").read_text(encoding="utf-8"))
# Before, between and after sessions; never on one.
DAYS = np.array([0.25, 1, 2.5, 6, 13, 27, 29, 40, 55, 70, 83, 90, 120, 180, 365])
FORMS = tuple(biology().structures)
# scipy at 1e-10 differs from the others by what all of them round; the fast path by its own tolerance of 1e-6.
CLOSE, FAST = 2e-8, 5e-6
SIMULATORS = {"roadrunner": roadrunner, "copasi": copasi}


def seen(states: Floats, parameters: Floats) -> Floats:
    """What can be seen of the states of one person: (days, observables)."""
    traits = tuple(float(one) for one in traits_of(parameters, OBSERVED_BY))
    return np.stack(observed(tuple(states.T), traits), axis=-1)


def widest(found: Floats, wanted: Floats) -> float:
    """The greatest difference, relative where a quantity is above 1."""
    return float(np.max(np.abs(found - wanted) / np.maximum(1, np.abs(wanted))))


def asked(form: str, whole_wound: bool) -> Task:
    people = drawn(2, seed=7, forms=(form,))
    sessions = (0.0, 28.0, 56.0, 84.0) if not whole_wound else (100.0,)
    of = task(people.parameters, sessions, DAYS, tolerance=1e-10)
    return Task(of.parameters, of.session_days, of.open_area, of.injured, of.days, whole_wound, of.tolerance)


@pytest.mark.parametrize("whole_wound", [False, True], ids=["needled", "wound"])
@pytest.mark.parametrize("form", FORMS)
def test_what_we_export_comes_out_alike_in_four_solvers(form: str, whole_wound: bool) -> None:
    of = asked(form, whole_wound)
    ours = reference.solve(of).states
    quick = lanes.solve(Task(of.parameters, of.session_days, of.open_area, of.injured, of.days, whole_wound)).states
    assert widest(quick, ours) < FAST
    for person in range(of.people):
        document = sbml_of(of, person)
        wanted = np.hstack([ours[person], seen(ours[person], of.parameters[person])])
        names = [*STATES, *map(id_of, OBSERVABLES)]
        for name, simulate in SIMULATORS.items():
            assert widest(simulate(document, DAYS.tolist(), names), wanted) < CLOSE, f"{name}, person {person}"


def as_pinned(tolerance: float) -> Task:
    """The twelve states with the values that the other document holds."""
    median, _ = prior_of(biology())
    parameters = held(median[None, :], biology().structures["twelve"].fixed | PINNED["parameters"])
    shape = (1, len(PINNED["session_days"]))
    return Task(
        parameters,
        np.array(PINNED["session_days"]),
        np.full(shape, PINNED["open_area"]),
        np.full(shape, PINNED["injured"]),
        np.array(PINNED["days"]),
        tolerance=tolerance,
    )


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_the_twelve_states_come_out_as_an_encoding_that_was_written_apart(simulator: str) -> None:
    columns = [list(STATES).index(name) for name in PINNED["states"]]
    wanted = np.array(PINNED[simulator])
    assert widest(reference.solve(as_pinned(1e-10)).states[0][:, columns], wanted) < CLOSE
    assert widest(lanes.solve(as_pinned(1e-6)).states[0][:, columns], wanted) < FAST


def test_what_the_other_encoding_does_not_hold_moves_nothing_that_is_compared() -> None:
    """Else a value of ours would stand where nothing checks it."""
    columns = [list(STATES).index(name) for name in PINNED["states"]]
    of = as_pinned(1e-6)
    free = [number for number, name in enumerate(PARAMETERS) if name not in PINNED["parameters"]]
    parameters = np.repeat(of.parameters, 1 + len(free), axis=0)
    for row, number in enumerate(free, start=1):
        # Doubled; a switch that is off stays off.
        if PARAMETERS[number] not in biology().structures["twelve"].fixed:
            parameters[row, number] *= 2
    dose = [np.repeat(one, len(parameters), axis=0) for one in (of.open_area, of.injured)]
    states = lanes.solve(Task(parameters, of.session_days, dose[0], dose[1], of.days)).states[:, :, columns]
    assert widest(states, states[:1]) < FAST


def test_simulating_leaves_the_language_of_the_process_as_it_was() -> None:
    """One of the simulators takes it away, and every file read later would break."""
    before = locale.setlocale(locale.LC_ALL)
    copasi(sbml_of(asked(FORMS[0], whole_wound=True)), [1.0], ["B"])
    assert locale.setlocale(locale.LC_ALL) == before


def test_a_planted_slip_in_an_equation_would_be_noticed() -> None:
    of = asked(FORMS[0], whole_wound=False)
    wanted = reference.solve(of).states[0]
    first, second = (f"<ci> {name} </ci>" for name in RATED_BY[:2])
    slipped = sbml_of(of, 0).replace(first, second)
    assert widest(roadrunner(slipped, DAYS.tolist(), list(STATES)), wanted) > 1e-3
