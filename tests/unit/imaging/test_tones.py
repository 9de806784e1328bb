"""The numbers of a zone are those of its colour, in every tone, and their errors say how well they are known."""

import numpy as np
import pytest
from skimage.color import rgb2lab

from needlewise.imaging.colour import NO_CALIBRATION, Calibration
from needlewise.imaging.colour_space import encoded, ita_deg, lab
from needlewise.imaging.tones import OF_BLOOD, OF_MELANIN, PIGMENTLESS, tones_of, veil_of, zone_tone

AMOUNTS = np.linspace(0.15, 1.6, 7)
TRUE = Calibration("chart", NO_CALIBRATION.table, np.eye(3), residual_de=0.2)


def skin(melanin: np.ndarray | float, blood: np.ndarray | float = 0.25) -> np.ndarray:
    absorbed = np.multiply.outer(np.asarray(melanin), OF_MELANIN) + np.multiply.outer(np.asarray(blood), OF_BLOOD)
    return np.asarray(PIGMENTLESS * np.exp(-absorbed))


def pixels_of(linear: np.ndarray, seed: int = 0, noise: float = 1.0) -> np.ndarray:
    dice = np.random.default_rng(seed).normal(0, noise, linear.shape)
    return np.clip(np.round(encoded(linear) * 255 + dice), 0, 255).astype(np.uint8)


def flat(melanin: float, blood: float = 0.25, size: int = 120) -> np.ndarray:
    return np.broadcast_to(skin(melanin, blood), (size, size, 3))


def test_lab_of_every_pixel_is_that_of_the_reference_library() -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (257, 131, 3), dtype=np.uint8)
    pixels[:16, :16] = np.arange(256).reshape(16, 16, 1)
    found = tones_of(pixels, NO_CALIBRATION).planes[:3]
    assert np.abs(np.moveaxis(found, 0, -1) - rgb2lab(pixels)).max() < 5e-3


def test_melanin_and_blood_of_every_pixel_are_those_of_plain_arithmetic() -> None:
    pixels = np.random.default_rng(2).integers(8, 256, (64, 50, 3), dtype=np.uint8)
    tones = tones_of(pixels, NO_CALIBRATION)
    linear = np.log(NO_CALIBRATION.linear_of(pixels))
    wanted = np.linalg.solve(np.array([OF_MELANIN, OF_BLOOD, np.ones(3)]).T, (np.log(PIGMENTLESS) - linear)[..., None])
    assert np.abs(tones.melanin - wanted[..., 0, 0]).max() < 2e-5
    assert np.abs(tones.blood - wanted[..., 1, 0]).max() < 2e-5
    assert np.abs(tones.dimness * OF_MELANIN[0] + linear[..., 0]).max() < 2e-5


@pytest.mark.parametrize("melanin", AMOUNTS)
def test_a_zone_of_known_skin_is_read_back_in_every_tone(melanin: float) -> None:
    found = zone_tone(pixels_of(flat(melanin)), np.ones((120, 120), np.bool_), TRUE)
    assert found is not None
    lightness, red, yellow = lab(skin(melanin))
    assert found.lightness.value == pytest.approx(lightness, abs=0.1)
    assert found.redness.value == pytest.approx(red, abs=0.15)
    assert found.yellowness.value == pytest.approx(yellow, abs=0.2)
    assert found.ita_deg.value == pytest.approx(ita_deg(lab(skin(melanin))), abs=0.4)
    assert found.melanin.value == pytest.approx(melanin, abs=0.02)
    assert found.blood.value == pytest.approx(0.25, abs=0.02)


def test_ita_falls_and_melanin_rises_step_by_step_from_light_to_dark() -> None:
    found = [zone_tone(pixels_of(flat(m)), np.ones((120, 120), np.bool_), TRUE) for m in np.linspace(0.15, 1.6, 25)]
    assert np.all(np.diff([one.ita_deg.value for one in found if one]) < 0)
    assert np.all(np.diff([one.melanin.value for one in found if one]) > 0)


@pytest.mark.parametrize("melanin", AMOUNTS)
def test_shade_moves_neither_melanin_nor_blood_and_blood_moves_no_melanin(melanin: float) -> None:
    def read(linear: np.ndarray) -> np.ndarray:
        tones = tones_of(pixels_of(linear, noise=0.4), NO_CALIBRATION)
        return np.array([tones.melanin.mean(), tones.blood.mean()])

    plain = read(flat(melanin))
    assert read(0.7 * flat(melanin)) == pytest.approx(plain, abs=0.02)
    assert read(flat(melanin, 0.35)) - plain == pytest.approx((0.0, 0.10), abs=0.02)
    assert read(flat(melanin + 0.1)) - plain == pytest.approx((0.1, 0.0), abs=0.02)


@pytest.mark.parametrize("veil", [0.0, 0.005, 0.012])
@pytest.mark.parametrize("melanin", [1.0, 1.3, 1.6])
def test_shine_is_taken_off_dark_skin(melanin: float, veil: float) -> None:
    plain = zone_tone(pixels_of(flat(melanin) + veil), np.ones((120, 120), np.bool_), TRUE)
    assert plain is not None
    assert plain.veil == pytest.approx(veil, abs=0.006)
    assert plain.melanin.value == pytest.approx(melanin, abs=0.12)


def test_a_veil_is_never_more_than_what_was_seen_and_in_light_skin_next_to_nothing() -> None:
    assert veil_of(skin(0.2)) < 0.02
    for colour in ((0.001, 0.001, 0.001), (0.9, 0.9, 0.9), (0.0, 0.0, 0.0), (0.3, 0.05, 0.002)):
        assert 0.0 <= veil_of(colour) <= max(min(colour), 1e-4)


def test_hairs_gleams_and_clipped_pixels_do_not_move_a_zone() -> None:
    clean = pixels_of(flat(0.5))
    spoiled = clean.copy()
    spoiled[::12] = 15  # hairs
    spoiled[5::17, ::9] = 255  # gleams
    mask = np.ones(clean.shape[:2], np.bool_)
    one, other = zone_tone(clean, mask, TRUE), zone_tone(spoiled, mask, TRUE)
    assert one is not None
    assert other is not None
    assert other.ita_deg.value == pytest.approx(one.ita_deg.value, abs=0.4)
    assert other.redness.value == pytest.approx(one.redness.value, abs=0.1)
    assert other.clipped == pytest.approx((spoiled.max(axis=2) == 255).mean())


def test_a_zone_without_usable_pixels_has_no_tone() -> None:
    white = np.full((50, 50, 3), 255, np.uint8)
    assert zone_tone(white, np.ones((50, 50), np.bool_), TRUE) is None
    assert zone_tone(pixels_of(flat(0.5)), np.zeros((120, 120), np.bool_), TRUE) is None


def test_the_error_of_a_zone_says_how_much_its_skin_varies() -> None:
    rng = np.random.default_rng(8)
    off, told = [], []
    for seed in range(60):
        # Mottled by patches as large as the zone's blocks: eight by eight independent ones.
        mottled = np.kron(rng.normal(0.6, 0.08, (8, 8)), np.ones((15, 15)))
        found = zone_tone(pixels_of(skin(mottled), seed), np.ones((120, 120), np.bool_), TRUE)
        assert found is not None
        off.append(found.melanin.value - 0.6)
        told.append(found.melanin.error)
    within = np.mean(np.abs(off) < 1.96 * np.array(told))
    assert within >= 0.85
    assert np.std(off) > 0.3 * np.mean(told)


def test_a_zone_too_small_to_be_cut_up_says_that_it_knows_no_error() -> None:
    mask = np.zeros((120, 120), np.bool_)
    mask[50:61, 50:61] = True
    found = zone_tone(pixels_of(flat(0.5)), mask, TRUE)
    assert found is not None
    assert found.ita_deg.error > 0


def test_levelled_light_is_the_light_at_the_chart() -> None:
    falling = (1 + 0.002 * np.arange(160))[None, :, None] * flat(0.5, size=160)
    sloped = Calibration("chart", NO_CALIBRATION.table, np.eye(3), residual_de=0.2, light=(1.0, 0.002, 0.0))
    part = pixels_of(falling)[:, 60:]
    plain = tones_of(part, sloped)
    level = tones_of(part, sloped, (60, 0), levelled=True)
    assert np.ptp(plain.lightness.mean(axis=0)) > 3
    assert level.lightness.mean(axis=0) == pytest.approx(np.full(100, lab(skin(0.5))[0]), abs=0.3)
    zone = zone_tone(part, np.ones(part.shape[:2], np.bool_), sloped, (60, 0), levelled=True)
    assert zone is not None
    assert zone.lightness.value == pytest.approx(lab(skin(0.5))[0], abs=0.3)
