"""Spots and red areas: known ones are found with their area, other things are not."""

import cv2
import numpy as np
import pytest

from needlewise.imaging.colour import NO_CALIBRATION
from needlewise.imaging.patch_kernels import standing
from needlewise.imaging.patches import red_areas_of, spots_of
from needlewise.imaging.tones import Tones, tones_of
from tests.unit.imaging.rules import RULES
from tests.unit.imaging.test_tones import pixels_of, skin

PX_PER_MM, SIDE = 8.0, 400
TONES = (0.2, 0.6, 1.1)
PLACES = ((80, 90, 1.2), (250, 80, 2.0), (120, 260, 2.8), (300, 290, 1.6), (210, 190, 0.8))  # x, y, radius in mm


def discs(blur_px: float) -> np.ndarray:
    plane = np.zeros((SIDE, SIDE), np.float32)
    for x, y, radius in PLACES:
        cv2.circle(plane, (x * 16, y * 16), round(radius * PX_PER_MM * 16), 1.0, -1, shift=4)
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), blur_px))


def waves(seed: int) -> np.ndarray:
    """Mottling without edges: noise of 4 mm, standard deviation 1."""
    noise = np.random.default_rng(seed).normal(size=(SIDE, SIDE)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 4 * PX_PER_MM / 2)
    return np.asarray(smooth / smooth.std())


def seen(melanin: np.ndarray, blood: np.ndarray | float = 0.25, shade: np.ndarray | float = 1.0) -> Tones:
    blood_map = np.broadcast_to(blood, melanin.shape)
    absorbed = skin(0.0, 0.0) * np.exp(
        -melanin[..., None] * np.array((1.35, 1.72, 2.10)) - blood_map[..., None] * np.array((0.12, 0.80, 0.62))
    )
    return tones_of(pixels_of(absorbed * np.broadcast_to(shade, melanin.shape)[..., None], noise=1.2), NO_CALIBRATION)


EVERYWHERE = np.ones((SIDE, SIDE), np.bool_)


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize(("darker", "blur_px"), [(0.15, 1.0), (0.35, 1.0), (0.25, 1.6)])
def test_spots_are_found_with_their_area_however_dark_they_are_and_however_sharp(
    tone: float, darker: float, blur_px: float
) -> None:
    found = spots_of(seen(tone + 0.02 * tone * waves(1) + darker * discs(blur_px)), EVERYWHERE, PX_PER_MM, RULES.spots)
    true = sum(np.pi * radius**2 for _, _, radius in PLACES)
    assert found.count.value == len(PLACES)
    assert found.area_mm2.sum() == pytest.approx(true, rel=0.10)
    assert found.share.value == pytest.approx(true / (SIDE / PX_PER_MM) ** 2, rel=0.10)
    assert found.height == pytest.approx(np.full(len(PLACES), darker), rel=0.35)
    for x, y, _ in PLACES:
        assert np.hypot(*(found.places - (x, y)).T).min() < 4


@pytest.mark.parametrize("tone", TONES)
def test_mottling_shadow_and_flushing_are_no_spots(tone: float) -> None:
    rows = np.arange(SIDE, dtype=np.float32)[:, None] * np.ones((1, SIDE), np.float32)
    fold = 1 - 0.3 * np.exp(-(((rows - 200) / 5) ** 2))
    slope = 1 + 0.3 * (rows / SIDE - 0.5)
    found = spots_of(
        seen(tone + 0.04 * tone * waves(2), 0.25 + 0.1 * discs(8.0), fold * slope), EVERYWHERE, PX_PER_MM, RULES.spots
    )
    assert found.share.value < 0.003


def test_a_dark_disc_of_shade_is_no_spot() -> None:
    tone = np.full((SIDE, SIDE), 0.5)
    assert spots_of(seen(tone, shade=1 - 0.25 * discs(1.0)), EVERYWHERE, PX_PER_MM, RULES.spots).count.value == 0


def test_spots_outside_the_zone_do_not_count_and_specks_and_great_stains_neither() -> None:
    mask = EVERYWHERE.copy()
    mask[:, 200:] = False
    found = spots_of(seen(0.5 + 0.3 * discs(1.0)), mask, PX_PER_MM, RULES.spots)
    assert found.count.value == 2
    assert not found.outline[:, 200:].any()
    other = np.zeros((SIDE, SIDE), np.float32)
    cv2.circle(other, (60, 60), 2, 1.0, -1)
    cv2.circle(other, (240, 240), 90, 1.0, -1)
    assert spots_of(seen(0.5 + 0.3 * other), EVERYWHERE, PX_PER_MM, RULES.spots).count.value == 0


def test_a_tenth_more_area_is_seen_as_a_tenth_more() -> None:
    def area(factor: float) -> float:
        plane = np.zeros((SIDE, SIDE), np.float32)
        for x, y, radius in PLACES:
            cv2.circle(plane, (x * 16, y * 16), round(radius * factor**0.5 * PX_PER_MM * 16), 1.0, -1, shift=4)
        return spots_of(
            seen(0.5 + 0.25 * cv2.GaussianBlur(plane, (0, 0), 1.0)), EVERYWHERE, PX_PER_MM, RULES.spots
        ).share.value

    assert area(1.1) / area(1.0) == pytest.approx(1.1, abs=0.03)


@pytest.mark.parametrize("tone", TONES)
def test_a_flush_is_a_red_area_and_a_spot_is_none(tone: float) -> None:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    away = np.hypot(rows - 200, columns - 180) / PX_PER_MM
    blood = 0.25 + 0.15 * np.exp2(-((away / 6) ** 2))
    found = red_areas_of(seen(tone + 0 * away, blood), EVERYWHERE, PX_PER_MM, RULES)
    assert found.count.value == 1
    assert found.area_mm2[0] == pytest.approx(np.pi * 6**2, rel=0.25)
    assert red_areas_of(seen(tone + 0.2 * discs(1.0)), EVERYWHERE, PX_PER_MM, RULES).count.value == 0


def test_bare_skin_and_an_empty_zone_hold_nothing() -> None:
    bare = seen(np.full((SIDE, SIDE), 0.6))
    assert spots_of(bare, EVERYWHERE, PX_PER_MM, RULES.spots).count.value == 0
    empty = spots_of(bare, ~EVERYWHERE, PX_PER_MM, RULES.spots)
    assert (empty.count.value, empty.share.value) == (0, 0)
    assert empty.places.shape == (0, 2)


@pytest.mark.parametrize("share", [0.2, 0.45, 0.6, 0.9])
def test_parts_that_stand_above_a_height_are_those_of_opencv(share: float) -> None:
    plane = cv2.GaussianBlur(np.random.default_rng(4).normal(size=(90, 130)).astype(np.float32), (0, 0), 1.2)
    at = np.float32(np.quantile(plane, 1 - share))
    zone = np.add.outer(np.arange(90), np.arange(130)) % 40 > 0
    stands = (plane > at) & zone
    labels, parts = standing(plane, zone, at, (4.0, 4000.0))
    count, wanted, boxes, _ = cv2.connectedComponentsWithStats(stands.astype(np.uint8), connectivity=4)
    kept = [row for row in boxes[1:].tolist() if 4 <= row[4] <= 4000]
    assert sorted(parts[:, 1:].tolist()) == sorted(kept)
    assert ((labels > 0) == stands).all()
    pairs = set(zip(labels.ravel().tolist(), wanted.ravel().tolist(), strict=True))
    assert len(pairs) == count == len({one for one, _ in pairs})
