"""Camera and conditions: each regime strays as it says, and what the camera does to colour can be undone."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from simulated_skin import card, colour
from simulated_skin.capture import (
    HAND,
    REGIMES,
    RIG,
    ROOM,
    Conditions,
    Regime,
    conditions,
    lying_card,
    perfect,
    photograph,
    placed,
    projected,
)
from simulated_skin.drawing import Amounts, drawn
from simulated_skin.shape import CHEEK, NEUTRAL
from simulated_skin.truth import Scene
from tests.simulated_skin.bare import bare, linear, lit_from

WIDE = {"width_mm": 52.0, "height_mm": 10.0}


def many(regime: Regime) -> list[Conditions]:
    return [conditions(regime, seed, visit) for seed in range(150) for visit in (0, 1)]


def reaches(values: list[float], least: float, most: float) -> bool:
    """All values lie between, and they come near both ends."""
    low, high, reach = min(values), max(values), most - least
    return least - 1e-9 <= low <= least + 0.2 * reach and most - 0.2 * reach <= high <= most + 1e-9


@pytest.mark.parametrize("regime", REGIMES.values(), ids=REGIMES)
def test_a_regime_strays_as_far_as_it_says_and_no_farther(regime: Regime) -> None:
    all_of = many(regime)
    around = regime.lamp
    azimuths = [one.lamp.azimuth_deg - around.azimuth_deg for one in all_of]
    assert reaches(azimuths, -regime.azimuth_deg, regime.azimuth_deg)
    elevations = [one.lamp.elevation_deg - around.elevation_deg for one in all_of]
    assert reaches(elevations, -regime.elevation_deg, regime.elevation_deg)
    assert max(np.hypot(one.pose.pitch_deg, one.pose.yaw_deg) for one in all_of) <= regime.tilt_deg
    assert reaches([one.pose.pitch_deg for one in all_of], -regime.tilt_deg / 2**0.5, regime.tilt_deg / 2**0.5)
    assert reaches([one.pose.roll_deg for one in all_of], -regime.roll_deg, regime.roll_deg)
    assert reaches([one.gains[1] - 1 for one in all_of], -regime.gain, regime.gain)
    for channel in (0, 2):
        balance = [one.gains[channel] / one.gains[1] - 1 for one in all_of]
        assert reaches(balance, -regime.white_balance, regime.white_balance)
    assert reaches([one.vignetting for one in all_of], 0, regime.vignetting)
    assert max(1 - one.cross_talk[0, 0] for one in all_of) <= regime.cross_talk
    assert max(one.tone_curve for one in all_of) <= regime.tone_curve
    assert {one.jpeg_quality for one in all_of} == {regime.jpeg_quality}


def test_the_stated_figures_of_the_regimes_are_those_of_the_documentation() -> None:
    stray = {r.name: (r.azimuth_deg, r.tilt_deg, r.gain, r.white_balance, r.cross_talk) for r in (RIG, ROOM, HAND)}
    assert stray == {
        "rig": (5, 2, 0.05, 0.04, 0.0),
        "room": (12, 4, 0.15, 0.10, 0.02),
        "hand": (35, 7, 0.30, 0.25, 0.05),
    }
    assert (HAND.elevation_deg, HAND.defocus_px, HAND.jpeg_quality) == (15, 1.8, 80)


def test_shots_of_a_visit_share_its_light_and_differ_in_noise() -> None:
    across = np.std([conditions(ROOM, seed).lamp.azimuth_deg for seed in range(200)])
    inside = [np.std([conditions(ROOM, seed, 0, shot).lamp.azimuth_deg for shot in range(6)]) for seed in range(60)]
    assert np.mean(inside) < 0.5 * across
    assert len({conditions(ROOM, 1, 0, shot).seed for shot in range(6)}) == 6
    assert conditions(ROOM, 1, 2, 3) != conditions(ROOM, 1, 3, 3)


@pytest.mark.parametrize("surface_noise", [RIG, HAND], ids=lambda regime: regime.name)
def test_noise_is_as_strong_as_the_electrons_allow(surface_noise: Regime) -> None:
    taken = replace(lit_from(70), electrons=surface_noise.electrons)
    still = linear(photograph(bare(), lit_from(70), with_card=False))[50:230, 50:230, 1]
    noisy = linear(photograph(bare(), taken, with_card=False))[50:230, 50:230, 1]
    expected = (still.mean() / 0.8 / surface_noise.electrons) ** 0.5
    assert (noisy - still).std() == pytest.approx(expected, rel=0.15)


def test_a_jpeg_reads_back_as_the_picture_and_a_poorer_one_is_farther_from_the_truth() -> None:
    scene = drawn(2, Amounts(width_mm=20.0, height_mm=20.0))
    raw = photograph(scene, lit_from(70)).pixels.astype(float)
    errors = []
    for quality in (95, 80):
        picture = photograph(scene, replace(lit_from(70), jpeg_quality=quality))
        assert picture.jpeg is not None
        read = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
        assert np.array_equal(read, picture.pixels)
        errors.append(float(np.abs(picture.pixels - raw).mean()))
    assert 0.1 < errors[0] < errors[1] < 4


def test_defocus_blurs_the_edge_of_the_chart() -> None:
    scene = bare(**WIDE)
    rises = []
    for blur in (0.5, 1.8):
        picture = photograph(scene, replace(lit_from(70), defocus_px=blur))
        (left, top), _, (right, bottom), _ = picture.patch_px(18)  # white on black
        row = linear(picture)[round((top + bottom) / 2), round(left) - 8 : round(left) + 12, 1]
        rises.append(float(np.diff(row).max()))
        assert right > left + 40
    assert rises[1] < 0.5 * rises[0]


def patches(scene: Scene, taken: Conditions) -> np.ndarray:
    """Mean linear colour of the inner half of every patch."""
    picture = photograph(scene, taken)
    seen, found = linear(picture), []
    for number in range(24):
        corners = picture.patch_px(number)
        (left, top), (right, bottom) = corners.mean(axis=0) - 13, corners.mean(axis=0) + 13
        found.append(seen[round(top) : round(bottom), round(left) : round(right)].mean(axis=(0, 1)))
    return np.array(found)


def test_the_patches_of_the_chart_have_their_published_colours() -> None:
    seen = patches(bare(**WIDE), lit_from(70))
    lab = np.abs(colour.lab(seen) - colour.lab(card.CHART_LINEAR))
    assert lab.max() < 1.6, "8 bits are coarse for the darkest and the most coloured patches"
    assert lab.mean() < 0.3


def test_what_the_camera_did_to_colour_can_be_undone_from_the_chart() -> None:
    """Gains and leaks are linear, so 3 x 3 numbers fitted to the chart give the published colours back."""
    taken = replace(lit_from(70), gains=(1.06, 0.9, 0.8), cross_talk=conditions(HAND, 4).cross_talk, electrons=8000)
    seen = patches(bare(**WIDE), taken)
    assert np.abs(colour.lab(seen) - colour.lab(card.CHART_LINEAR)).max() > 5
    back, *_ = np.linalg.lstsq(seen, card.CHART_LINEAR, rcond=None)
    errors = np.abs(colour.lab(np.clip(seen @ back, 1e-4, 1)) - colour.lab(card.CHART_LINEAR))
    assert errors.mean() < 0.4


@pytest.mark.parametrize("regime", REGIMES.values(), ids=REGIMES)
def test_the_whole_card_is_in_the_picture_however_it_is_held(regime: Regime) -> None:
    scene = bare(width_mm=55.0, height_mm=55.0)
    corners = [(2.0, 1.6), (48.0, 1.6), (48.0, 22.0), (2.0, 22.0)]
    for seed in range(200):
        taken = conditions(regime, seed)
        placement = placed(scene, taken, (CHEEK, NEUTRAL), (12.0, True))
        seen = projected(lying_card(scene, taken, placement)[0], corners)
        assert (seen > 0).all()
        assert (seen < np.array(placement.size_px)).all()


@pytest.mark.parametrize("regime", REGIMES.values(), ids=REGIMES)
def test_the_chart_is_found_where_the_picture_says_it_is(regime: Regime) -> None:
    picture = photograph(drawn(3, Amounts(height_mm=30.0)), conditions(regime, 2))
    detector = cv2.mcc.CCheckerDetector_create()
    assert detector.process(np.ascontiguousarray(picture.pixels[..., ::-1]), cv2.mcc.MCC24, 1)
    found = np.array(detector.getBestColorChecker().getBox())
    middle = picture.chart_px().mean(axis=0)
    assert np.hypot(*(found.mean(axis=0) - middle)) < 8


@pytest.mark.parametrize(("azimuth_deg", "shows_level"), [(90, True), (0, False)])
def test_the_gauge_draws_the_grooves_that_lie_across_the_light(azimuth_deg: float, shows_level: bool) -> None:
    picture = photograph(bare(**WIDE), lit_from(azimuth_deg))
    seen, contrasts = linear(picture)[..., 1], []
    for groove in card.GROOVES:
        middle = (np.array(groove.start) + groove.end) / 2
        x, y = (round(float(value)) for value in picture.on_card(middle))
        across = (
            seen[y - 10 : y + 11, x - 20 : x + 21].mean(axis=1)
            if groove.is_level
            else seen[y - 20 : y + 21, x - 10 : x + 11].mean(axis=0)
        )
        contrasts.append(float(across.std() / across.mean()))
    shown, hidden = (contrasts[:2], contrasts[2:]) if shows_level else (contrasts[2:], contrasts[:2])
    assert all(one > 4 * other for one, other in zip(shown, hidden, strict=True))
    assert 1.5 < shown[1] / shown[0] < 2.3, "twice as deep"


def test_beside_a_small_piece_of_skin_lies_a_smaller_card() -> None:
    picture = photograph(bare(width_mm=14.0, height_mm=10.0), perfect(), px_per_mm=40.0)
    corners = picture.on_card([(0.0, 0.0), (card.WIDTH_MM, card.HEIGHT_MM)])
    assert (corners > 0).all()
    assert (corners < np.array(picture.pixels.shape[1::-1])).all()
    assert photograph(bare(), perfect(), with_card=False).card_to_picture is None
    with pytest.raises(ValueError, match="no card"):
        photograph(bare(), perfect(), with_card=False).patch_px(0)
