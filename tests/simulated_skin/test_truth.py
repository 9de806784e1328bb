"""What a scene says it holds is what it holds, and a known change changes that and nothing else."""

from dataclasses import fields, replace

import cv2
import numpy as np
import pytest

from simulated_skin import colour
from simulated_skin.drawing import SCALP, Amounts, drawn, tones
from simulated_skin.planes import Grid, planes
from simulated_skin.truth import DARKEST, LIGHTEST, Change, Spot, changed
from tests.simulated_skin.bare import bare

FULL = Amounts(pits_per_cm2=0.3, striae=4, hairs_per_cm2=3.0)


def test_the_same_seed_draws_the_same_skin_and_another_draws_another() -> None:
    assert drawn(7, FULL) == drawn(7, FULL)
    assert drawn(7, FULL) != drawn(8, FULL)


def test_asking_for_more_of_one_thing_leaves_all_others_where_they_are() -> None:
    few, many = drawn(7, FULL), drawn(7, replace(FULL, spots_per_cm2=2.0))
    assert len(many.spots) > len(few.spots)
    assert replace(many, spots=()) == replace(few, spots=())


def test_tones_are_drawn_evenly_from_the_lightest_to_the_darkest() -> None:
    melanin = np.array([drawn(seed, replace(SCALP, hairs_per_cm2=0)).melanin for seed in range(300)])
    shares = np.histogram(melanin, bins=5, range=(LIGHTEST, DARKEST))[0] / len(melanin)
    assert shares == pytest.approx(0.2, abs=0.07)
    assert tones(3) == (LIGHTEST, pytest.approx((LIGHTEST + DARKEST) / 2), DARKEST)


def test_every_tone_from_very_light_to_dark_has_a_colour_that_skin_has() -> None:
    of_all = colour.lab(colour.reflectance(tones(12), 0.27))
    angles = colour.ita_deg(of_all)
    assert (np.diff(angles) < -3).all()
    assert angles[0] > 55
    assert angles[-1] < -50
    assert (np.abs(of_all[:, 1] - 10) < 4).all(), "a* of skin lies between 6 and 14"
    assert (np.abs(of_all[:, 2] - 16.5) < 4).all(), "b* of skin lies between 12.5 and 20.5"


def test_the_follow_up_differs_in_what_is_named_and_in_nothing_else() -> None:
    before = drawn(7, FULL)
    assert changed(before, Change()) == before
    after = changed(before, Change(wrinkle_depth=0.75))
    assert [one.depth_um for one in after.wrinkles] == [0.75 * one.depth_um for one in before.wrinkles]
    assert replace(after, wrinkles=before.wrinkles) == before


@pytest.mark.parametrize("name", [field.name for field in fields(Change)])
def test_every_kind_of_change_changes_the_planes(name: str) -> None:
    before = drawn(7, replace(FULL, width_mm=20.0, height_mm=20.0, hairs_per_cm2=10, flushes_per_cm2=0.5))
    before = replace(before, striae=tuple(replace(one, blood=0.1) for one in before.striae))
    after = changed(before, replace(Change(), **{name: 0.5}))
    grid = Grid(20.0, 20.0, 12.0)
    one, other = planes(before, grid), planes(after, grid)
    kinds = ("height_um", "melanin", "blood", "hair")
    assert any(not np.array_equal(getattr(one, kind), getattr(other, kind)) for kind in kinds)


def test_a_spot_covers_the_area_that_it_says() -> None:
    spot = Spot((1.0, -2.0), 2.5, 0.3, ((0.12, 0.3), (-0.08, 1.0)))
    scene = replace(bare(), spots=(spot,))
    grid = Grid(24.0, 24.0, 20.0)
    more = planes(scene, grid).melanin - scene.melanin
    assert (more > spot.melanin / 2).sum() / 20.0**2 == pytest.approx(spot.area_mm2, rel=0.01)
    assert changed(scene, Change(spot_area=0.5)).spots[0].area_mm2 == pytest.approx(spot.area_mm2 / 2)


def test_a_wrinkle_is_as_deep_and_as_wide_as_it_says() -> None:
    scene = bare(wrinkles_per_cm2=0.2)
    one = max(scene.wrinkles, key=lambda wrinkle: wrinkle.depth_um)
    grid = Grid(24.0, 24.0, 30.0)
    height = planes(replace(scene, wrinkles=(one,)), grid).height_um
    assert -height.min() == pytest.approx(one.depth_um, rel=0.15), "deep along its middle, give or take its unevenness"
    area = (height < -one.depth_um / 2).sum() / 30.0**2
    assert area == pytest.approx(one.length_mm * 0.68 * one.width_mm, rel=0.15)


def test_the_planes_are_the_same_skin_whatever_the_number_of_pixels() -> None:
    scene = drawn(7, FULL)
    coarse, fine = planes(scene, Grid(40.0, 40.0, 10.0)), planes(scene, Grid(40.0, 40.0, 30.0))
    for kind in ("height_um", "melanin", "blood", "hair"):
        shrunk = cv2.resize(getattr(fine, kind), (400, 400), interpolation=cv2.INTER_AREA)
        together = np.corrcoef(shrunk.ravel(), getattr(coarse, kind).ravel())[0, 1]
        assert together > 0.97, kind


def test_hair_that_is_cut_shorter_covers_less_and_grows_where_it_grew() -> None:
    before = drawn(3, replace(SCALP, hairs_per_cm2=30))
    after = changed(before, Change(hair_length=0.5))
    assert after.hair_mm_per_cm2 < 0.65 * before.hair_mm_per_cm2
    assert [hair.line[0] for hair in after.hairs] == [hair.line[0] for hair in before.hairs]
    assert sum(hair.length_mm for hair in after.hairs) == pytest.approx(sum(h.length_mm for h in before.hairs) / 2)
