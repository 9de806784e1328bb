"""How far a change is known, and what is said of it."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from needlewise.imaging.spread import Shots, Verdict, believed, by_ratio, changed, less_steady
from needlewise.knowledge import Imaging, load_imaging
from tests.unit.healing.people import biology

FEW = st.lists(st.floats(0.5, 2), min_size=1, max_size=4)


@cache
def known() -> Imaging:
    return load_imaging(biology().protocol)


@pytest.mark.parametrize(("shots", "floor", "own"), [(1, 0.3, 0.0), (3, 0.3, 0.0), (3, 0.05, 0.0), (2, 0.1, 0.2)])
def test_of_unchanged_pairs_one_in_twenty_at_most_is_called_changed(shots: int, floor: float, own: float) -> None:
    rng, measure = np.random.default_rng(4), known().measures["a-star"]
    within = own or 0.2
    alarms = 0
    for _ in range(4000):
        visit = floor * rng.standard_normal()  # one shared difference between the visits
        before, after = within * rng.standard_normal((2, shots))
        given_own = within if shots == 1 else own
        found = changed(measure, "nose", Shots(before + 10, after + 10 + visit, given_own), floor)
        alarms += found.verdict is not Verdict.NO_CHANGE
    assert alarms / 4000 < 0.062
    assert alarms / 4000 > 0.01


def test_a_change_is_told_as_the_measure_tells_it_and_by_what_is_wished() -> None:
    lines, hair, light = (known().measures[name] for name in ("line-density", "hair-density", "ita"))
    shots = Shots([10.0, 10.1, 9.9], [7.0, 7.1, 6.9])
    fewer = changed(lines, "forehead", shots, 3)
    assert fewer.change == pytest.approx(-30)
    assert fewer.verdict is Verdict.BETTER
    assert changed(hair, "scalp", shots, 3).verdict is Verdict.WORSE
    assert changed(light, "nose", shots, 0.5).verdict is Verdict.CHANGED
    assert changed(light, "nose", shots, 0.5).change == pytest.approx(-3)
    assert changed(lines, "forehead", shots, 30).verdict is Verdict.NO_CHANGE


def test_what_was_not_there_before_has_no_share() -> None:
    found = changed(known().measures["line-density"], "nose", Shots([0.0], [2.0]), 3)
    assert found.verdict is Verdict.CANNOT
    assert found.change is None


def test_no_picture_that_tells_is_no_zero() -> None:
    found = changed(known().measures["ita"], "nose", Shots([np.nan], [3.0]), 1)
    assert found.verdict is Verdict.CANNOT
    assert "Before" in found.why[0]


@settings(deadline=None)
@given(FEW, FEW, st.floats(0.01, 3), st.floats(1.01, 3))
def test_a_wider_floor_never_finds_what_a_narrower_did_not(
    before: list[float], after: list[float], floor: float, more: float
) -> None:
    measure = known().measures["a-star"]
    narrow, wide = (changed(measure, "nose", Shots(before, after), sd) for sd in (floor, floor * more))
    assert narrow.detectable is not None
    assert wide.detectable is not None
    assert wide.detectable > narrow.detectable * 0.999
    assert narrow.change == wide.change


def test_the_error_of_a_ratio_is_never_below_that_of_its_own_pairs() -> None:
    measure = known().measures["line-depth"]
    sure, unsure = (by_ratio(measure, "nose", [(0.8, error), (0.8, error)], 3) for error in (0.01, 0.2))
    assert sure.verdict is Verdict.BETTER
    assert sure.change == pytest.approx(-20)
    assert unsure.verdict is Verdict.NO_CHANGE
    apart = by_ratio(measure, "nose", [(0.5, 0.01), (1.1, 0.01)], 3)
    assert apart.verdict is Verdict.NO_CHANGE


def test_the_way_of_taking_pictures_is_no_better_than_they_show() -> None:
    assert believed("rig", known(), 1, 0.05, 0.04).id == "rig"
    assert believed("rig", known(), 5, 0.05, 0.04).id == "room"
    assert believed("rig", known(), 1, 0.05, 0.5).id == "hand"
    assert believed("rig", known(), 80, 9, 9).id == "hand"
    assert believed("room", known(), 0, 0, 0).id == "room"


def test_why_they_count_as_less_steady_is_told_with_what_was_found_and_what_is_allowed() -> None:
    rig = known().regimes["rig"]
    assert less_steady("rig", known(), rig.tilt_degrees, rig.light_share, rig.white_share) == ()
    leaning, colour = less_steady("rig", known(), rig.tilt_degrees + 1.5, 0, rig.white_share + 0.1)
    assert leaning == f"The camera leans by {rig.tilt_degrees + 1.5:.1f}° (at most {rig.tilt_degrees:g}°)."
    assert colour.startswith("The colour of the light differs by ")


def test_every_measure_has_a_floor_wherever_it_is_measured_and_none_of_lines_by_hand() -> None:
    for measure in known().measures.values():
        for regime in measure.regimes:
            assert known().floors[measure.id, regime].sd > 0
    assert "hand" not in known().measures["line-depth"].regimes
    assert "hand" not in known().measures["line-density"].regimes
    floors = known().floors
    for (name, regime), floor in floors.items():
        if regime == "rig" and (name, "room") in floors:
            assert floor.sd <= floors[name, "room"].sd


def test_a_longer_list_of_shots_makes_a_smaller_change_visible() -> None:
    rng, measure = np.random.default_rng(2), known().measures["a-star"]
    sizes = []
    for shots in (2, 3, 6):
        found = [
            changed(measure, "nose", Shots(*(10 + rng.standard_normal((2, shots)))), 0.01).detectable or 0
            for _ in range(300)
        ]
        sizes.append(float(np.median(found)))
    assert sizes == sorted(sizes, reverse=True)
