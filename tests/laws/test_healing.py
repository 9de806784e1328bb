"""Laws of the healing model, on both paths that solve it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from needlewise.healing import lanes, reference
from needlewise.healing.model import RATED_BY, STATES, rates
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


def test_tolerance_means_what_it_says() -> None:
    people = drawn(32).parameters
    exact = lanes.solve(task(people, tolerance=1e-12)).states
    size = 1e-3 + np.abs(exact)
    errors = []
    for tolerance in (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9):
        error = float((np.abs(lanes.solve(task(people, tolerance=tolerance)).states - exact) / size).max())
        # A course adds up the errors of a few hundred steps.
        assert error < 50 * tolerance
        errors.append(error)
    assert errors == sorted(errors, reverse=True)


@BOTH
def test_the_method_is_of_the_order_it_claims(solve: Solve) -> None:
    """An error of order 5 for each step: a hundredth of the tolerance costs about 2.5 times the steps, so errors fall."""
    people = drawn(4).parameters
    exact = reference.solve(task(people, days=np.array([5.0, 20.0]), tolerance=1e-12)).states
    coarse, fine = (
        np.abs(solve(task(people, days=np.array([5.0, 20.0]), tolerance=t)).states - exact).max() for t in (1e-5, 1e-9)
    )
    assert fine < coarse / 100


@BOTH
def test_what_is_lost_and_made_adds_up(solve: Solve) -> None:
    """Collagen: what was built in, less what was lost, is what is there; by adding up the rates along the course."""
    people = drawn(3).parameters
    days = np.linspace(0, 120, 4801)
    states = solve(task(people, (0, 28), days, 1e-9)).states
    for person in range(3):
        p = tuple(people[person, : len(RATED_BY)])
        change = np.array([rates(tuple(state), p) for state in states[person]])
        for start, end in ((0, 1120), (1120, 4801)):
            inside = slice(start, end)
            gained = np.trapezoid(change[inside], days[inside], axis=0)
            assert np.abs(states[person, end - 1] - states[person, start] - gained).max() < 2e-4


@pytest.mark.parametrize("solve", [lanes.solve, reference.solve], ids=["fast", "reference"])
def test_a_bigger_dose_injures_more_and_never_heals_the_barrier_sooner(solve: Solve) -> None:
    people = drawn(8).parameters
    small, big = task(people, (0,)), task(people, (0,))
    big = replace(big, open_area=small.open_area * 2, injured=small.injured * 2)
    less, more = solve(small).states, solve(big).states
    for name in ("B", "D", "V"):
        at = NAMES.index(name)
        assert (more[:, 0, at] >= less[:, 0, at]).all()
    assert (more[:, :, NAMES.index("B")] >= less[:, :, NAMES.index("B")] - 1e-9).all()


def test_more_sessions_add_collagen_and_each_adds_less() -> None:
    people = drawn(60, forms=("braked",)).parameters
    days = np.array([180.0])
    at = [NAMES.index(name) for name in ("C3", "Cn", "Cm")]
    gains = [
        float(np.median(lanes.solve(task(people, tuple(28.0 * n for n in range(count)), days)).states[:, 0, at].sum(1)))
        for count in range(6)
    ]
    assert gains == sorted(gains)
    steps = np.diff(gains)
    assert steps[-1] < steps[0]


def test_a_session_and_nothing_after_it_is_the_same_whatever_the_order_of_people() -> None:
    people = drawn(40).parameters
    order = np.random.default_rng(0).permutation(40)
    straight, mixed = lanes.solve(task(people)).states, lanes.solve(task(people[order])).states
    assert np.abs(straight[order] - mixed).max() < 2e-5
