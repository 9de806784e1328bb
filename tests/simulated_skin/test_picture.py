"""The truth is in the picture: every amount shows, where it is said to be, and as light and optics would show it."""

from dataclasses import replace

import numpy as np
import pytest

from simulated_skin import colour
from simulated_skin.capture import ROOM, conditions, perfect, photograph, same_place
from simulated_skin.drawing import Amounts, drawn, tones
from simulated_skin.render import Lamp
from simulated_skin.shape import CHEEK, FOREHEAD, PLANE, Pose, Surface, drawn_expression
from simulated_skin.truth import Change, Pit, Spot, Wrinkle, changed
from tests.simulated_skin.bare import bare, linear, lit_from, middle_of

ACROSS = tuple((float(x), 0.0) for x in np.linspace(-9, 9, 20))  # a line from left to right


def ridge(depth_um: float, azimuth_deg: float) -> float:
    """Contrast across a level wrinkle: spread of the logarithm of light along the columns through its middle."""
    scene = replace(bare(), wrinkles=(Wrinkle(ACROSS, depth_um, 0.7),)) if depth_um else bare()
    seen = linear(photograph(scene, lit_from(azimuth_deg), with_card=False))
    return float(np.log(seen[120:168, 100:188, 1].mean(axis=1)).std())


def test_the_same_seed_takes_the_same_picture_bit_for_bit() -> None:
    scene = drawn(4, Amounts(width_mm=20.0, height_mm=20.0))
    one, other = (photograph(scene, conditions(ROOM, 9), surface=CHEEK) for _ in range(2))
    assert one.jpeg == other.jpeg
    assert np.array_equal(one.pixels, other.pixels)
    assert not np.array_equal(one.pixels, photograph(scene, conditions(ROOM, 10), surface=CHEEK).pixels)


@pytest.mark.parametrize("melanin", tones(4))
def test_an_ideal_camera_sees_the_true_colour_of_every_tone(melanin: float) -> None:
    scene = bare(melanin=melanin)
    taken = replace(lit_from(70), electrons=8000.0)  # noise spreads values over the steps of 8 bits
    seen = colour.lab(middle_of(photograph(scene, taken, with_card=False)))
    assert seen == pytest.approx(scene.lab, abs=0.2)
    assert colour.ita_deg(seen) == pytest.approx(scene.ita_deg, abs=0.3)


def test_more_melanin_is_darker_and_more_blood_is_redder_in_every_tone() -> None:
    seen = [colour.lab(middle_of(photograph(bare(melanin=tone), lit_from(70), with_card=False))) for tone in tones(6)]
    assert (np.diff([one[0] for one in seen]) < -3).all()
    assert (np.diff(colour.ita_deg(seen)) < -3).all()
    for tone, before in zip(tones(6), seen, strict=True):
        scene = changed(bare(melanin=tone), Change(blood=0.15))
        flushed = colour.lab(middle_of(photograph(scene, lit_from(70), with_card=False)))
        assert flushed[1] > before[1] + 1.0


def test_a_deeper_wrinkle_shows_more_and_none_shows_nothing() -> None:
    none, shallow, deep, deepest = (ridge(depth, 90) for depth in (0, 50, 100, 200))
    assert none < 0.002
    assert shallow > 3 * none
    assert 1.6 < deep / shallow < 2.2
    assert 1.4 < deepest / deep < 2.2


def test_light_along_a_wrinkle_hides_it_and_light_across_shows_it() -> None:
    assert ridge(100, 90) > 4 * ridge(100, 0), "walls lean away from light along them too, but less"
    assert ridge(50, 90) > 6 * ridge(50, 0)
    assert ridge(100, 90) == pytest.approx(ridge(100, 270), rel=0.05)


def test_the_wall_of_a_furrow_that_faces_the_lamp_is_the_lighter_one() -> None:
    scene = replace(bare(), wrinkles=(Wrinkle(ACROSS, 150.0, 0.8),))
    rows = linear(photograph(scene, lit_from(90), with_card=False))[:, 100:188, 1].mean(axis=1)
    assert rows[144:152].max() > rows[40:60].mean() > rows[136:144].min(), "light from above falls on the lower wall"


def test_a_low_lamp_throws_a_shadow_into_a_deep_pit() -> None:
    scene = replace(bare(), pits=(Pit((0.0, 0.0), 0.8, 900.0, 5.0),))
    low, high = (linear(photograph(scene, lit_from(0, angle), with_card=False))[144, :, 1] for angle in (25, 75))
    assert low[144:160].min() / low[40:60].mean() < 0.8 * high[144:160].min() / high[40:60].mean()


def test_relief_is_softer_in_red_than_in_blue_because_red_spreads_farther_under_the_skin() -> None:
    scene = replace(bare(), wrinkles=(Wrinkle(ACROSS, 100.0, 0.5),))
    rows = linear(photograph(scene, lit_from(90), with_card=False))[120:168, 100:188].mean(axis=1)
    red, _, blue = rows.std(axis=0) / rows.mean(axis=0)
    assert red < 0.7 * blue


def test_a_cheek_falls_off_in_light_where_a_plane_does_not() -> None:
    bent, flat = (
        linear(photograph(bare(height_mm=40.0), lit_from(90), surface=surface, with_card=False))[..., 1]
        for surface in (CHEEK, PLANE)
    )
    assert bent[40, 144] > 1.2 * bent[440, 144], "light from above"
    assert flat[40, 144] == pytest.approx(flat[440, 144], rel=0.01)


def test_shine_lies_on_the_picture_unless_a_polariser_takes_it() -> None:
    scene, facing = bare(melanin=1.5), Lamp(90, 85, 0.3, 1e5)
    dull = middle_of(photograph(scene, perfect(facing), with_card=False))
    shiny = middle_of(photograph(scene, replace(perfect(facing), gloss=1.0), with_card=False))
    added = shiny - dull
    assert added.min() > 0.02
    assert np.ptp(added) < 0.004, "shine has the colour of the lamp"


@pytest.mark.parametrize("surface", [PLANE, CHEEK, FOREHEAD], ids=lambda surface: surface.name)
def test_a_mark_is_seen_where_the_map_says(surface: Surface) -> None:
    places = [(-8.0, -9.0), (8.5, 7.0), (0.5, 0.0), (-7.0, 8.0)]
    marked = replace(bare(), spots=tuple(Spot(place, 0.4, 1.5, ()) for place in places))
    taken = replace(lit_from(70), pose=Pose(4.0, -6.0, 3.0, (0.4, -0.6), 1.02))
    options = {"surface": surface, "expression": drawn_expression(3, 0.8, 24.0, 24.0), "with_card": False}
    picture = photograph(marked, taken, **options)
    dark = (photograph(bare(), taken, **options).pixels.astype(float) - picture.pixels).sum(axis=2)
    for x, y in picture.placement.to_picture(places):
        left, top = round(x) - 9, round(y) - 9
        weight = np.clip(dark[top : top + 19, left : left + 19], 0, None)
        down, right = np.mgrid[0:19, 0:19]
        found = left + (weight * right).sum() / weight.sum(), top + (weight * down).sum() / weight.sum()
        assert np.hypot(found[0] - x, found[1] - y) < 0.1


def test_the_map_leads_back_and_over_to_another_picture() -> None:
    rng = np.random.default_rng(5)
    places = rng.uniform(-11, 11, (50, 2))
    scene = bare()
    before = photograph(scene, conditions(ROOM, 1), surface=CHEEK, with_card=False)
    later = drawn_expression(2, 0.8, 24.0, 24.0)
    after = photograph(scene, conditions(ROOM, 1, visit=1), surface=CHEEK, expression=later, with_card=False)
    assert before.placement.to_skin(before.placement.to_picture(places)) == pytest.approx(places, abs=1e-6)
    seen = same_place(before, after, before.placement.to_picture(places))
    assert seen == pytest.approx(after.placement.to_picture(places), abs=1e-4)
    assert np.hypot(*(seen - before.placement.to_picture(places)).T).max() > 3, "or there was nothing to follow"


def test_the_lookup_of_every_pixel_is_the_exact_map() -> None:
    taken = photograph(bare(), conditions(ROOM, 3), surface=CHEEK, expression=drawn_expression(2, 0.8, 24.0, 24.0))
    pixels = np.random.default_rng(0).integers((0, 0), taken.placement.size_px, (200, 2))
    found = taken.placement.lookup()[pixels[:, 1], pixels[:, 0]]
    assert np.abs(found - taken.placement.to_skin(pixels)).max() * 12 < 0.02, "pixels"


def test_an_expression_shifts_by_what_was_asked_and_folds_nothing() -> None:
    places = np.stack(np.meshgrid(np.linspace(-27, 27, 60), np.linspace(-27, 27, 60)), axis=-1)
    for seed in range(20):
        expression = drawn_expression(seed, 1.5)
        assert 0.7 < np.hypot(*np.moveaxis(expression.shift_mm(places), -1, 0)).max() < 3.4
        assert np.linalg.det(np.eye(2) + expression.strain(places)).min() > 0.5


def test_hair_shows_as_dark_lines_in_proportion_to_its_length() -> None:
    few, many = (bare(width_mm=10.0, height_mm=10.0, melanin=0.3, hairs_per_cm2=count) for count in (15, 45))
    shares = []
    for scene in (few, many):
        seen = linear(photograph(scene, lit_from(70), px_per_mm=40.0, with_card=False))[..., 1]
        shares.append(float((seen < 0.6 * np.median(seen)).mean()) / scene.hair_mm_per_cm2)
    assert shares[0] == pytest.approx(shares[1], rel=0.25), "crossings cost the denser one a little"


def test_a_stretch_mark_has_the_contrast_that_the_scene_says() -> None:
    scene = bare(height_mm=40.0, width_mm=40.0, melanin=0.9, striae=1)
    stria = replace(scene.striae[0], width_mm=6.0, depth_um=0.0, line=ACROSS)
    seen = colour.lab(linear(photograph(replace(scene, striae=(stria,)), lit_from(70), with_card=False)))[..., 0]
    contrast = seen[236:244, 230:250].mean() - seen[60:80, 230:250].mean()
    assert contrast == pytest.approx(scene.stria_contrast(stria), abs=0.4)
