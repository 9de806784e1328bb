"""Laws of the healing model, on both paths that solve it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlewise.healing import lanes, reference
from needlewise.healing.model import RATED_BY, STATES, rates
from needlewise.healing.population import from_prior, lasting, neutrophils_called, stable
from needlewise.healing.task import Solved, Task, traits_of
from tests.unit.healing.people import biology, drawn, task

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
        off = np.abs(lanes.solve(task(people, tolerance=tolerance)).states - exact) / size
        of_people = np.sort(off.max((1, 2)))
        # A course adds up the errors of a few hundred steps. One of these people comes down through the packing limit of
        # collagen: at such a bend an estimate of an error is no more than a guess, also in the slow path.
        assert of_people[-2] < 20 * tolerance
        assert of_people[-1] < 1000 * tolerance
        errors.append(float(of_people[-1]))
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


@given(seed=st.integers(0, 2**32 - 1))
def test_mass_balances_close(seed: int) -> None:
    """What leaves one state for another arrives there; nothing else appears or is lost."""
    rng = np.random.default_rng(seed)
    people = drawn(1, seed % 50).parameters[0]
    p = dict(zip(RATED_BY, people, strict=False))
    y = dict(zip(NAMES, rng.uniform(0, 1, len(NAMES)), strict=True))
    d = dict(zip(NAMES, rates(tuple(y.values()), tuple(people[: len(RATED_BY)])), strict=True))
    monocytes = p["sM"] * y["N"] - p["dM1"] * y["M1"] - p["dM2"] * y["M2"]
    assert d["M1"] + d["M2"] == pytest.approx(monocytes, rel=1e-12, abs=1e-12)
    # Fibroblasts that turn are the myofibroblasts that come.
    h_t = y["T"] / (1 + y["T"])
    died = p["dA"] * (1 + p["wA"] * (1 - h_t)) * y["A"]
    came = p["kh"] * (1 - y["F"])
    g = p["gD"] * y["D"] + p["gM"] * (y["M1"] + y["M2"])
    grew = p["rF"] * g / (1 + g) * y["F"] * (1 - (y["F"] + y["A"]) / p["KF"])
    assert d["F"] + d["A"] == pytest.approx(grew + came - died, rel=1e-12, abs=1e-12)
    # Collagen: what is built in comes out of procollagen, what is linked was new.
    total = y["C3"] + y["Cn"] + y["Cm"]
    q = 1 + p["qN"] * y["N"] + p["qM"] * y["M1"]
    x = max(0.0, total - 1)
    new_at_rest = (1 - p["C30"]) * p["dm"] / (p["mu"] + p["dm"])
    replaced = (p["d3"] * p["C30"] + (p["mu"] + p["dn"]) * new_at_rest) * y["F"]
    lost = q * (p["d3"] * y["C3"] + p["dn"] * y["Cn"] + p["dm"] * y["Cm"])
    lost += p["kx"] * x * x / (x + p["xc"]) * y["Cm"]
    built_in = p["kP"] * y["P"]
    assert d["C3"] + d["Cn"] + d["Cm"] == pytest.approx(replaced + built_in - lost, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("solve", [lanes.solve, reference.solve], ids=["fast", "reference"])
def test_a_bigger_dose_injures_more_and_never_heals_the_barrier_sooner(solve: Solve) -> None:
    people = drawn(8).parameters
    small, big = task(people, (0,)), task(people, (0,))
    big = replace(big, open_area=small.open_area * 2, injured=small.injured * 2)
    less, more = solve(small).states, solve(big).states
    for name in ("B", "D", "V"):
        at = NAMES.index(name)
        assert (more[:, 0, at] >= less[:, 0, at]).all()
    # Each course has an error of its own, of some absolute tolerances.
    assert (more[:, :, NAMES.index("B")] >= less[:, :, NAMES.index("B")] - 1e-8).all()


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
    assert np.abs(straight[order] - mixed).max() < 1e-4


def test_what_settles_to_a_number_of_neutrophils_is_what_the_equations_say() -> None:
    """The search for a second rest of inflammation states the rates of four states anew: they are those of the model."""
    parameters = drawn(20).parameters
    level = np.full(len(parameters), 0.3)
    called = neutrophils_called(parameters, level)
    for person, row in enumerate(parameters):
        p = dict(zip(RATED_BY, traits_of(row, RATED_BY), strict=True))
        turning = p["ksw"] / (1 + (0.3 / p["Nsw"]) ** 2)
        early = p["sM"] * 0.3 / (turning + p["dM1"])
        late = turning * early / p["dM2"]
        damage = p["eN"] * 0.3 / (p["dD"] + p["kc"] * (0.3 + early + late))
        state = dict.fromkeys(STATES, 0.0) | {
            "D": damage,
            "N": 0.3,
            "M1": early,
            "M2": late,
            "F": 1.0,
            "E": 1.0,
            "K": 1.0,
        }
        changes = dict(zip(STATES, rates(tuple(state.values()), tuple(p.values())), strict=True))
        for name in ("D", "M1", "M2"):
            assert changes[name] == pytest.approx(0, abs=1e-12), name
        assert changes["N"] == pytest.approx(called[person] - p["dN"] * 0.3)


def test_who_is_followed_is_no_longer_inflamed_after_a_year_whatever_the_dose() -> None:
    sample = from_prior(biology(), 3000, np.random.default_rng(5)).parameters
    for_ever = sample[lasting(sample)]
    assert 0 < len(for_ever) < 0.2 * len(sample)
    for rows, most_left in ((sample[stable(sample)], 0.0), (for_ever, 1.0)):
        asked = task(rows, (0,), np.array([365.0]), 1e-5)
        crushed = replace(asked, injured=np.full_like(asked.injured, 0.999))
        left = lanes.solve(crushed).states[:, 0, NAMES.index("N")] > 1e-3
        assert left.mean() <= most_left
        assert left.any() == bool(most_left)
