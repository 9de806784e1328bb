"""Stretch marks: found where they are, measured as what they are, with an error that says how well."""

from itertools import pairwise

import cv2
import numpy as np
import pytest

from needlewise.imaging.colour import NO_CALIBRATION
from needlewise.imaging.colour_space import lab
from needlewise.imaging.striae import Stripe, contrast_of, stripe_drawn, stripes_of
from needlewise.imaging.tones import Tones, tones_of
from tests.unit.imaging.rules import RULES
from tests.unit.imaging.test_tones import pixels_of, skin

PX_PER_MM, SIDE = 6.0, 360
LINES = (
    np.array([(60, 80), (150, 100), (280, 90)], dtype=np.float64),
    np.array([(70, 220), (180, 240), (300, 300)], dtype=np.float64),
)
WIDTH_MM = 3.0
EVERYWHERE = np.ones((SIDE, SIDE), np.bool_)


def bands() -> np.ndarray:
    plane = np.zeros((SIDE, SIDE), np.float32)
    for line in LINES:
        cv2.polylines(plane, [np.round(line).astype(np.int32)], False, 1.0, round(WIDTH_MM * PX_PER_MM))
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), 1.5))


def seen(tone: float, lost: float, blood: float = 0.0, seed: int = 3, noise: float = 1.2) -> Tones:
    rng = np.random.default_rng(seed)
    mottled = cv2.GaussianBlur(rng.normal(size=(SIDE, SIDE)).astype(np.float32), (0, 0), 8.0)
    melanin = tone * (1 + 0.02 * mottled / mottled.std()) * (1 - lost * bands())
    absorbed = np.multiply.outer(melanin, (1.35, 1.72, 2.10)) + np.multiply.outer(
        0.25 + blood * bands(), (0.12, 0.80, 0.62)
    )
    fall_off = np.linspace(1.1, 0.9, SIDE)[None, :, None]
    return tones_of(pixels_of(skin(0.0, 0.0) * np.exp(-absorbed) * fall_off, seed, noise), NO_CALIBRATION)


def true_contrast(tone: float, lost: float, blood: float = 0.0) -> np.ndarray:
    return np.asarray(lab(skin(tone * (1 - lost), 0.25 + blood)) - lab(skin(tone)))


@pytest.mark.parametrize("tone", [0.3, 0.7, 1.2])
@pytest.mark.parametrize("lost", [0.12, 0.3])
def test_the_contrast_of_a_stripe_is_that_of_its_middle_to_its_flanks(tone: float, lost: float) -> None:
    for line in LINES:
        found = contrast_of(seen(tone, lost), Stripe(line, WIDTH_MM, 40.0), PX_PER_MM)
        assert found is not None
        true = true_contrast(tone, lost)
        assert found.lightness.value == pytest.approx(true[0], abs=max(0.5, 0.1 * true[0]))
        assert abs(found.lightness.value - true[0]) < 4 * found.lightness.error


def test_a_red_stripe_is_told_by_its_redness() -> None:
    found = contrast_of(seen(0.4, 0.0, 0.2), Stripe(LINES[0], WIDTH_MM, 40.0), PX_PER_MM)
    assert found is not None
    assert found.redness.value == pytest.approx(true_contrast(0.4, 0.0, 0.2)[1], rel=0.12)
    assert found.redness.value > 5 * found.redness.error


def test_where_there_is_no_stripe_there_is_no_contrast_beyond_error() -> None:
    told = [contrast_of(seen(0.6, 0.0, seed=k), Stripe(LINES[k % 2], WIDTH_MM, 40.0), PX_PER_MM) for k in range(24)]
    within = [abs(one.lightness.value) < 1.96 * one.lightness.error for one in told if one is not None]
    assert len(within) == 24
    assert np.mean(within) >= 0.8


@pytest.mark.parametrize("tone", [0.3, 0.7, 1.2])
def test_stripes_are_found_where_they_are(tone: float) -> None:
    found = stripes_of(seen(tone, 0.3), EVERYWHERE, PX_PER_MM, RULES.stripes)
    assert len(found) == 2
    for line in LINES:
        dense = np.concatenate([np.linspace(a, b, 50) for a, b in pairwise(line)])
        near = [np.median([np.hypot(*(dense - point).T).min() for point in stripe.line]) for stripe in found]
        assert min(near) < 0.5 * WIDTH_MM * PX_PER_MM
    contrasts = [contrast_of(seen(tone, 0.3), stripe, PX_PER_MM) for stripe in found]
    assert all(one is not None and one.lightness.value > 1.0 for one in contrasts)


def test_skin_without_stripes_holds_none_and_a_round_spot_is_none() -> None:
    for seed in range(4):
        assert stripes_of(seen(0.6, 0.0, seed=seed), EVERYWHERE, PX_PER_MM, RULES.stripes) == ()
    plane = np.full((SIDE, SIDE), 0.6, np.float32)
    cv2.circle(plane, (180, 180), 24, 0.9, -1)
    round_spot = tones_of(pixels_of(skin(plane)), NO_CALIBRATION)
    assert stripes_of(round_spot, EVERYWHERE, PX_PER_MM, RULES.stripes) == ()


def test_a_stripe_drawn_round_by_hand_is_laid_along_its_middle() -> None:
    line, half = LINES[1], WIDTH_MM * PX_PER_MM / 2
    outline = np.concatenate([line + np.array((0, half)), line[::-1] - np.array((0, half))])
    drawn = stripe_drawn(outline, PX_PER_MM, RULES.stripes)
    assert drawn is not None
    assert drawn.width_mm == pytest.approx(WIDTH_MM, rel=0.15)
    found = contrast_of(seen(0.6, 0.3), drawn, PX_PER_MM)
    assert found is not None
    assert found.lightness.value == pytest.approx(true_contrast(0.6, 0.3)[0], rel=0.12)
    assert stripe_drawn([(0, 0), (40, 0), (40, 40), (0, 40)], PX_PER_MM, RULES.stripes) is None


def test_what_the_mask_takes_out_is_not_looked_at() -> None:
    mask = EVERYWHERE.copy()
    mask[:, 140:] = False
    assert contrast_of(seen(0.6, 0.3), Stripe(LINES[0], WIDTH_MM, 40.0), PX_PER_MM, mask) is None


def test_skin_between_light_stripes_is_no_dark_stripe() -> None:
    """Five light bands with skin between them as wide as they are: what lies between stands out as much as they do."""
    light = np.zeros((SIDE, SIDE), np.float32)
    for middle in range(50, SIDE, 65):
        cv2.line(light, (20, middle), (340, middle), 1.0, 22)
    plane = 0.7 * (1 - 0.3 * cv2.GaussianBlur(light, (0, 0), 1.5))
    found = stripes_of(tones_of(pixels_of(skin(plane)), NO_CALIBRATION), EVERYWHERE, PX_PER_MM, RULES.stripes)
    told = [contrast_of(tones_of(pixels_of(skin(plane)), NO_CALIBRATION), one, PX_PER_MM) for one in found]
    assert len(found) == 5
    assert all(one is not None and one.lightness.value > 0 for one in told)


def test_a_dark_stripe_far_from_light_ones_stays() -> None:
    plane = np.full((SIDE, SIDE), 0.7, np.float32)
    for middle, melanin in ((60, 0.5), (120, 0.5), (280, 0.9)):
        cv2.line(plane, (20, middle), (340, middle), melanin, 20)
    tones = tones_of(pixels_of(skin(cv2.GaussianBlur(plane, (0, 0), 1.5))), NO_CALIBRATION)
    signs = [
        np.sign(one.lightness.value)
        for stripe in stripes_of(tones, EVERYWHERE, PX_PER_MM, RULES.stripes)
        if (one := contrast_of(tones, stripe, PX_PER_MM))
    ]
    assert sorted(signs) == [-1, 1, 1]
