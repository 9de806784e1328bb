"""Dose: figures by hand, the way back, and settings that nothing can be reckoned from."""

import math
from collections.abc import Callable

import pytest

from needlewise.dose import (
    Channel,
    Layer,
    Pen,
    Roller,
    glide_mm_per_second_for,
    injured_fraction,
    open_area_fraction,
    passes_for,
    pen_holes_per_cm2,
    roller_holes_per_cm2,
    stamp_holes_per_cm2,
)
from needlewise.errors import DoseError

PEN = Pen(needle_count=12, strokes_per_second=100, swept_width_mm=10)
ROLLER = Roller(needle_count=192, drum_diameter_mm=20, drum_width_mm=20)
CHANNEL = Channel(radius_mm=0.0625, depth_mm=1.05, halo_mm=0.05)
LAYER = Layer(from_mm=0.1, to_mm=1.0)

IMPOSSIBLE = (0, -1, math.nan, math.inf, -math.inf)


def refusal(call: Callable[[], object]) -> DoseError:
    with pytest.raises(DoseError) as caught:
        call()
    return caught.value


def test_a_pen_leaves_needles_times_strokes_over_the_area_it_sweeps() -> None:
    # 12 needles x 100 strokes a second on 20 mm/s x 10 mm = 1200 holes on 200 mm2 = 6 per mm2
    assert pen_holes_per_cm2(PEN, glide_mm_per_second=20, passes=1) == 600
    assert pen_holes_per_cm2(PEN, glide_mm_per_second=20, passes=2) == 1200
    assert pen_holes_per_cm2(PEN, glide_mm_per_second=40, passes=1) == 300


def test_a_roller_leaves_all_its_needles_once_a_turn() -> None:
    # 192 needles on pi x 2 cm x 2 cm
    assert roller_holes_per_cm2(ROLLER, passes=1) == pytest.approx(192 / (4 * math.pi))


def test_a_stamp_leaves_its_needles_each_time() -> None:
    assert stamp_holes_per_cm2(needle_count=25, stamps=12, area_cm2=6) == 50


def test_no_pass_leaves_no_hole_and_no_hole_injures_nothing() -> None:
    assert pen_holes_per_cm2(PEN, 20, passes=0) == 0
    assert roller_holes_per_cm2(ROLLER, passes=0) == 0
    assert stamp_holes_per_cm2(25, stamps=0, area_cm2=6) == 0
    assert open_area_fraction(0, 0.0625) == 0
    assert injured_fraction(0, CHANNEL, LAYER) == 0


def test_few_holes_open_the_sum_of_their_areas_and_many_overlap() -> None:
    hole_mm2 = math.pi * 0.0625**2
    assert open_area_fraction(1, 0.0625) == pytest.approx(hole_mm2 / 100, rel=1e-4)
    assert open_area_fraction(10_000, 0.0625) == pytest.approx(1 - math.exp(-100 * hole_mm2))
    assert open_area_fraction(10_000, 0.0625) < 100 * hole_mm2


def test_a_needle_that_ends_above_the_layer_injures_nothing_of_it() -> None:
    shallow = Channel(radius_mm=0.0625, depth_mm=0.5, halo_mm=0.05)
    assert injured_fraction(600, shallow, Layer(0.5, 1.0)) == 0
    assert injured_fraction(600, shallow, Layer(0.6, 1.0)) == 0
    assert injured_fraction(600, shallow, Layer(0.4, 1.0)) > 0


def test_what_lies_below_the_tip_counts_as_whole() -> None:
    # The same injured tissue, in a layer twice as thick.
    reached, all_of_it = Layer(0.1, 1.05), Layer(0.1, 2.0)
    half = injured_fraction(600, CHANNEL, all_of_it)
    assert half == pytest.approx(injured_fraction(600, CHANNEL, reached) / 2)


def test_however_many_the_holes_some_skin_stays_whole() -> None:
    wide = Channel(radius_mm=1, depth_mm=3, halo_mm=1)
    assert 0.999 < open_area_fraction(1e6, 1) < 1
    assert 0.999 < injured_fraction(1e6, wide, Layer(0.1, 1.0)) < 1


def test_the_glide_speed_for_a_density_gives_that_density() -> None:
    glide = glide_mm_per_second_for(PEN, holes_per_cm2=1500, passes=2)
    assert glide == 16
    assert pen_holes_per_cm2(PEN, glide, 2) == 1500


@pytest.mark.parametrize(
    ("wanted", "passes"), [(1, 1), (599, 1), (600, 1), (601, 2), (1200, 2), (1200.5, 3), (6000, 10)]
)
def test_the_least_whole_number_of_passes_is_found(wanted: float, passes: int) -> None:
    assert passes_for(PEN, wanted, glide_mm_per_second=20) == passes


def test_a_last_bit_of_rounding_costs_no_pass() -> None:
    # 3 x 0.1 is a hair above 0.3 in binary; a density worked out so must still be three passes.
    pen = Pen(needle_count=1, strokes_per_second=1, swept_width_mm=1)
    assert passes_for(pen, holes_per_cm2=0.1 + 0.2, glide_mm_per_second=1000) == 3


@pytest.mark.parametrize("bad", IMPOSSIBLE)
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("needle_count", lambda bad: Pen(bad, 100, 10)),
        ("strokes_per_second", lambda bad: Pen(12, bad, 10)),
        ("swept_width_mm", lambda bad: Pen(12, 100, bad)),
        ("needle_count", lambda bad: Roller(bad, 20, 20)),
        ("drum_diameter_mm", lambda bad: Roller(192, bad, 20)),
        ("drum_width_mm", lambda bad: Roller(192, 20, bad)),
        ("radius_mm", lambda bad: Channel(bad, 1)),
        ("depth_mm", lambda bad: Channel(0.1, bad)),
        ("thickness_mm", lambda bad: Layer(0.5, 0.5 + bad)),
        ("glide_mm_per_second", lambda bad: pen_holes_per_cm2(PEN, bad, 1)),
        ("needle_count", lambda bad: stamp_holes_per_cm2(bad, 10, 6)),
        ("area_cm2", lambda bad: stamp_holes_per_cm2(25, 10, bad)),
        ("holes_per_cm2", lambda bad: glide_mm_per_second_for(PEN, bad, 1)),
        ("passes", lambda bad: glide_mm_per_second_for(PEN, 600, bad)),
        ("holes_per_cm2", lambda bad: passes_for(PEN, bad, 20)),
        ("glide_mm_per_second", lambda bad: passes_for(PEN, 600, bad)),
        ("radius_mm", lambda bad: open_area_fraction(600, bad)),
    ],
)
def test_a_setting_that_must_be_above_nought_is_refused_by_name(
    name: str, call: Callable[[float], object], bad: float
) -> None:
    assert str(refusal(lambda: call(bad))) == f"{name}: {bad:g}\n  expected: a finite number above 0"


@pytest.mark.parametrize("bad", IMPOSSIBLE[1:])
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("halo_mm", lambda bad: Channel(0.1, 1, bad)),
        ("passes", lambda bad: pen_holes_per_cm2(PEN, 20, bad)),
        ("passes", lambda bad: roller_holes_per_cm2(ROLLER, bad)),
        ("stamps", lambda bad: stamp_holes_per_cm2(25, bad, 6)),
        ("holes_per_cm2", lambda bad: open_area_fraction(bad, 0.1)),
        ("holes_per_cm2", lambda bad: injured_fraction(bad, CHANNEL, LAYER)),
    ],
)
def test_a_setting_that_may_be_nought_is_refused_below_it(
    name: str, call: Callable[[float], object], bad: float
) -> None:
    assert call(0) is not None
    assert str(refusal(lambda: call(bad))) == f"{name}: {bad:g}\n  expected: a finite number, 0 or more"


@pytest.mark.parametrize("bad", IMPOSSIBLE[1:])
def test_a_layer_cannot_begin_above_the_skin_or_nowhere(bad: float) -> None:
    assert "from_mm" in {problem.where for problem in refusal(lambda: Layer(bad, 1.0)).problems}


def test_a_layer_must_end_below_its_beginning() -> None:
    assert str(refusal(lambda: Layer(1.0, 0.5))) == "thickness_mm: -0.5\n  expected: a finite number above 0"


def test_all_impossible_settings_are_reported_at_once() -> None:
    fault = refusal(lambda: Pen(0, -1, math.nan))
    assert [problem.where for problem in fault.problems] == ["needle_count", "strokes_per_second", "swept_width_mm"]
    fault = refusal(lambda: pen_holes_per_cm2(PEN, 0, -1))
    assert [problem.where for problem in fault.problems] == ["glide_mm_per_second", "passes"]
    fault = refusal(lambda: passes_for(PEN, 0, 0))
    assert [problem.where for problem in fault.problems] == ["holes_per_cm2", "glide_mm_per_second"]
