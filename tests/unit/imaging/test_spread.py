"""How far a change is known, and what is said of it."""

from dataclasses import replace
from functools import cache
from math import hypot, inf, nan, sqrt

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from needlewise.imaging.spread import Shots, Verdict, believed, by_ratio, changed, less_steady
from needlewise.knowledge import Floor, Imaging, load_imaging
from tests.unit.healing.people import biology

FEW = st.lists(st.floats(0.5, 2), min_size=1, max_size=4)
NORMAL = 1.959964  # so many standard deviations hold 95 of 100


@cache
def known() -> Imaging:
    return load_imaging(biology().protocol)


def floor_of(sd: float, shot_sd: float = 0.0) -> Floor:
    return replace(known().floors["a-star", "rig"], sd=sd, shot_sd=shot_sd)


@pytest.mark.parametrize(("shots", "floor", "own"), [(1, 0.3, 0.0), (3, 0.3, 0.0), (3, 0.05, 0.0), (2, 0.1, 0.2)])
def test_of_unchanged_pairs_one_in_twenty_at_most_is_called_changed(shots: int, floor: float, own: float) -> None:
    rng, measure = np.random.default_rng(4), known().measures["a-star"]
    within = own or 0.2
    alarms = 0
    for _ in range(4000):
        visit = floor * rng.standard_normal()  # one shared difference between the visits
        before, after = within * rng.standard_normal((2, shots))
        given_own = within if shots == 1 else own
        found = changed(measure, "nose", Shots(before + 10, after + 10 + visit, given_own), floor_of(floor))
        alarms += found.verdict is not Verdict.NO_CHANGE
    assert alarms / 4000 < 0.062
    assert alarms / 4000 > 0.01


def test_a_change_is_told_as_the_measure_tells_it_and_by_what_is_wished() -> None:
    lines, hair, light = (known().measures[name] for name in ("line-density", "hair-density", "ita"))
    shots = Shots([10.0, 10.1, 9.9], [7.0, 7.1, 6.9])
    fewer = changed(lines, "forehead", shots, floor_of(3))
    assert fewer.change == pytest.approx(-30)
    assert fewer.verdict is Verdict.BETTER
    assert changed(hair, "scalp", shots, floor_of(3)).verdict is Verdict.WORSE
    assert changed(light, "nose", shots, floor_of(0.5)).verdict is Verdict.CHANGED
    assert changed(light, "nose", shots, floor_of(0.5)).change == pytest.approx(-3)
    assert changed(lines, "forehead", shots, floor_of(30)).verdict is Verdict.NO_CHANGE


def test_what_was_not_there_before_has_no_share() -> None:
    found = changed(known().measures["line-density"], "nose", Shots([0.0], [2.0]), floor_of(3))
    assert found.verdict is Verdict.CANNOT
    assert found.change is None


def test_no_picture_that_tells_is_no_zero() -> None:
    found = changed(known().measures["ita"], "nose", Shots([np.nan], [3.0]), floor_of(1))
    assert found.verdict is Verdict.CANNOT
    assert "Before" in found.why[0]


@settings(deadline=None)
@given(FEW, FEW, st.floats(0.01, 3), st.floats(1.01, 3))
def test_a_wider_floor_never_finds_what_a_narrower_did_not(
    before: list[float], after: list[float], floor: float, more: float
) -> None:
    measure = known().measures["a-star"]
    narrow, wide = (changed(measure, "nose", Shots(before, after), floor_of(sd)) for sd in (floor, floor * more))
    assert narrow.detectable is not None
    assert wide.detectable is not None
    assert wide.detectable > narrow.detectable * 0.999
    assert narrow.change == wide.change


def test_the_error_of_a_ratio_is_never_below_that_of_its_own_pairs() -> None:
    measure = known().measures["line-depth"]
    sure, unsure = (
        by_ratio(measure, "nose", [(0.8, error), (0.8, error)], floor_of(3), (2, 2)) for error in (0.01, 0.2)
    )
    assert sure.verdict is Verdict.BETTER
    assert sure.change == pytest.approx(-20)
    assert unsure.verdict is Verdict.NO_CHANGE
    apart = by_ratio(measure, "nose", [(0.5, 0.01), (1.1, 0.01)], floor_of(3), (2, 2))
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
            changed(measure, "nose", Shots(*(10 + rng.standard_normal((2, shots)))), floor_of(0.01)).detectable or 0
            for _ in range(300)
        ]
        sizes.append(float(np.median(found)))
    assert sizes == sorted(sizes, reverse=True)


def detectable(
    before: list[float], after: list[float], floor: Floor, measure: str = "a-star", own_error: float = 0.0
) -> float:
    found = changed(known().measures[measure], "nose", Shots(before, after, own_error), floor).detectable
    assert found is not None
    return found


def test_what_single_pictures_cannot_show_of_themselves_the_floor_says() -> None:
    assert detectable([10.0], [10.4], floor_of(0.3, 0.2)) == pytest.approx(NORMAL * hypot(0.3, 0.2 * sqrt(2)))
    # Told in percent it is a share of the middle of before, whatever the unit.
    for middle in (1.0, 40.0):
        found = detectable([middle], [1.1 * middle], floor_of(5, 4), "line-density")
        assert found == pytest.approx(NORMAL * hypot(5, 4 * sqrt(2)))
    # An error that is known better and is larger goes before it.
    assert detectable([10.0], [10.4], floor_of(0.3, 0.2), own_error=0.5) == pytest.approx(
        NORMAL * hypot(0.3, 0.5 * sqrt(2))
    )


def test_of_two_pictures_the_larger_counts_of_what_they_show_and_what_the_floor_says() -> None:
    alike, apart = ([10.0, 10.1], [10.2, 10.3]), ([10.0, 12.0], [10.0, 12.0])
    assert detectable(*alike, floor_of(0.3, 0.4)) == pytest.approx(NORMAL * hypot(0.3, 0.4))
    assert detectable(*apart, floor_of(0.3, 0.4)) == detectable(*apart, floor_of(0.3)) > 4


@settings(deadline=None)
@given(
    st.lists(st.floats(0.5, 2), min_size=3, max_size=5),
    st.lists(st.floats(0.5, 2), min_size=3, max_size=5),
    st.floats(0.01, 3),
    st.floats(0, 50),
    st.sampled_from(["a-star", "line-density"]),
)
def test_three_pictures_a_visit_show_it_themselves(
    before: list[float], after: list[float], sd: float, shot_sd: float, measure: str
) -> None:
    assert detectable(before, after, floor_of(sd, shot_sd), measure) == detectable(before, after, floor_of(sd), measure)


@settings(deadline=None)
@given(st.integers(1, 6), st.integers(1, 6), st.floats(0, 3), st.floats(0, 3))
def test_more_pictures_never_raise_what_the_floor_says_of_one(
    before: int, after: int, sd: float, shot_sd: float
) -> None:
    assume(sd + shot_sd > 0)
    floor = floor_of(sd, shot_sd)
    now = detectable([1.0] * before, [1.0] * after, floor)
    assert detectable([1.0] * (before + 1), [1.0] * after, floor) <= now
    assert detectable([1.0] * before, [1.0] * (after + 1), floor) <= now
    lines = known().measures["line-depth"]
    by_pairs = [
        by_ratio(lines, "nose", [(1.0, 0.0)] * max(pictures), floor, pictures).detectable or 0
        for pictures in ((before, after), (before + 1, after), (before, after + 1))
    ]
    assert max(by_pairs[1:]) <= by_pairs[0]


def test_what_few_pairs_cannot_show_of_a_ratio_the_floor_says() -> None:
    lines = known().measures["line-depth"]

    def found(ratios: list[tuple[float, float]], pictures: tuple[int, int], shot_sd: float) -> float:
        return by_ratio(lines, "nose", ratios, floor_of(3, shot_sd), pictures).detectable or 0

    sure = (0.8, 0.01)
    assert found([sure], (1, 1), 6) == pytest.approx(NORMAL * hypot(3, 6 * sqrt(2)))
    assert found([(0.8, 0.2)], (1, 1), 6) == pytest.approx(NORMAL * hypot(3, 20))
    assert found([sure] * 2, (2, 2), 6) == pytest.approx(NORMAL * hypot(3, 6))
    # Three pairs that share the one picture of before do not show by how much that one is off.
    assert found([sure] * 3, (1, 3), 6) == found([sure], (1, 1), 6)
    assert found([sure] * 3, (3, 3), 6) == found([sure] * 3, (3, 3), 0)


@pytest.mark.parametrize("wrong", [nan, inf, -inf])
def test_a_picture_that_tells_no_number_is_none(wrong: float) -> None:
    assert detectable([10.0, wrong], [10.4], floor_of(0.3, 0.2)) == detectable([10.0], [10.4], floor_of(0.3, 0.2))
    lines = known().measures["line-depth"]
    kept = by_ratio(lines, "nose", [(0.8, 0.01), (wrong, 0.01), (0.9, wrong)], floor_of(3, 6), (3, 3))
    assert kept == by_ratio(lines, "nose", [(0.8, 0.01)], floor_of(3, 6), (3, 3))
