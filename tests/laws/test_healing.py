"""Laws of the healing model, on both paths that solve it."""

from collections.abc import Callable

import numpy as np
import pytest

from needlewise.healing import lanes, reference
from needlewise.healing.model import STATES
from needlewise.healing.task import Solved, Task
from tests.unit.healing.people import drawn, task

Solve = Callable[[Task], Solved]
BOTH = pytest.mark.parametrize("solve", [lanes.solve, reference.solve], ids=["fast", "reference"])
NAMES = list(STATES)


@BOTH
def test_untreated_skin_stays_as_it_is(solve: Solve) -> None:
    asked = task(drawn(20).parameters, ())
    states = solve(asked).states
    assert np.abs(states - states[:, :1]).max() < 1e-9


@BOTH
def test_no_state_falls_below_nought(solve: Solve) -> None:
    asked = task(drawn(20).parameters)
    states = solve(asked).states
    assert states.min() > -1e-6


@BOTH
def test_a_course_does_not_depend_on_when_it_starts(solve: Solve) -> None:
    people = drawn(6).parameters
    early = solve(task(people, (0, 28), np.arange(0.0, 200, 7)))
    late = solve(task(people, (35, 63), np.arange(35.0, 235, 7)))
    assert np.abs(early.states - late.states).max() < 1e-4


def test_both_paths_agree() -> None:
    asked = task(drawn(12).parameters, tolerance=1e-9)
    assert np.abs(lanes.solve(asked).states - reference.solve(asked).states).max() < 1e-7


def test_in_company_or_alone_a_person_heals_alike() -> None:
    people = drawn(37).parameters
    together = lanes.solve(task(people)).states
    for person in (0, 15, 16, 36):
        alone = lanes.solve(task(people[person : person + 1])).states[0]
        assert np.abs(together[person] - alone).max() < 2e-5


def test_a_smaller_tolerance_errs_less_and_about_as_much_less_as_it_says() -> None:
    people = drawn(32).parameters
    exact = lanes.solve(task(people, tolerance=1e-12)).states
    errors = [np.abs(lanes.solve(task(people, tolerance=t)).states - exact).max() for t in (1e-4, 1e-6, 1e-8)]
    assert errors[0] < 1e-2
    assert errors[1] < errors[0] / 20
    assert errors[2] < errors[1] / 20
