"""Roughness follows the relief, in every tone, and little else; its filter is that of the reference library."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from skimage.filters import difference_of_gaussians, scharr_h, scharr_v

from needlewise.imaging import relief
from needlewise.imaging.lines import find_lines
from needlewise.imaging.relief import Roughness, beside_lines, roughness
from simulated_skin.truth import Change
from tests.unit.imaging.close_skin import BARE, PX_PER_MM, TONES, Close, close
from tests.unit.imaging.rules import RULES


def read(shown: Close) -> Roughness:
    found = roughness(shown.plane, shown.mask, PX_PER_MM)
    assert found is not None
    return found


@pytest.mark.parametrize("tone", TONES)
def test_roughness_follows_the_relief_as_far_in_every_tone(tone: float) -> None:
    skin = replace(BARE, melanin=tone)
    one, *others = (read(close(4, skin, Change(relief=size))).slope for size in (1.0, 0.7, 0.5, 1.5))
    assert [other / one for other in others] == pytest.approx([0.77, 0.61, 1.43], rel=0.1)


def test_brightness_changes_nothing_and_mottling_little() -> None:
    skin = replace(BARE, melanin=0.6)
    shown, mottled = close(4, skin), close(4, replace(skin, mottling=0.12))
    brighter = roughness(shown.plane + np.float32(0.7), shown.mask, PX_PER_MM)
    assert brighter is not None
    assert brighter.slope == pytest.approx(read(shown).slope, rel=1e-3)
    assert read(mottled).slope == pytest.approx(read(shown).slope, rel=0.06)


def test_turning_the_picture_turns_the_light_and_nothing_else() -> None:
    shown = close(4, replace(BARE, melanin=0.6))
    found = read(shown)
    assert found.lamp_deg == pytest.approx(shown.picture.conditions.lamp.azimuth_deg, abs=12)
    turned = roughness(np.rot90(shown.plane).copy(), np.rot90(shown.mask).copy(), PX_PER_MM)
    assert turned is not None
    assert turned.slope == pytest.approx(found.slope, rel=0.01)
    assert turned.lamp_deg == pytest.approx((found.lamp_deg + 90) % 180, abs=1)


def test_the_filter_is_that_of_the_reference_library() -> None:
    rng = np.random.default_rng(5)
    plane = np.asarray(cv2.GaussianBlur(rng.normal(0, 0.1, (200, 220)).astype(np.float32), (0, 0), 1.0), np.float32)
    plane += np.float32(0.1) * np.sin(np.arange(220, dtype=np.float32) / 2)  # something that has a direction
    found = roughness(plane, np.ones(plane.shape, np.bool_), PX_PER_MM)
    assert found is not None
    widths = [width * PX_PER_MM for width in (relief.FINEST_MM, relief.COARSEST_MM)]
    band = difference_of_gaussians(plane.astype(float), *widths, mode="mirror")
    right, down = (filtered(band) / 2 * PX_PER_MM for filtered in (scharr_v, scharr_h))
    tensor = np.array([[(right**2).mean(), (right * down).mean()], [(right * down).mean(), (down**2).mean()]])
    way = np.linalg.eigh(tensor)[1][:, 1]
    assert found.slope == pytest.approx(np.median(np.abs(way[0] * right + way[1] * down)), rel=0.02)
    assert min(found.lamp_deg, 180 - found.lamp_deg) < 3


def test_wrinkles_left_out_hardly_count() -> None:
    skin = replace(BARE, melanin=0.6, wrinkles_per_cm2=0.6, wrinkle_mm=(8.0, 18.0))
    deep, shallow = (close(6, skin, Change(wrinkle_depth=depth)) for depth in (1.0, 0.5))
    lines = find_lines(deep.plane, deep.mask, PX_PER_MM, RULES.lines)
    assert lines
    between = deep.mask & ~beside_lines(lines, deep.plane.shape, PX_PER_MM)
    slopes = [read(replace(one, mask=between)).slope for one in (deep, shallow)]
    assert slopes[1] == pytest.approx(slopes[0], rel=0.05)


def test_lines_of_a_smaller_plane_lie_where_they_lie() -> None:
    skin = replace(BARE, melanin=0.6, wrinkles_per_cm2=0.6, wrinkle_mm=(8.0, 18.0))
    shown = close(6, skin)
    half = tuple(side // 2 for side in shown.plane.shape[::-1])
    small = np.asarray(cv2.resize(shown.plane, half, interpolation=cv2.INTER_AREA), np.float32)
    mask = cv2.resize(shown.mask.astype(np.uint8), half, interpolation=cv2.INTER_NEAREST) > 0
    coarse = beside_lines(find_lines(small, mask, PX_PER_MM / 2, RULES.lines), shown.plane.shape, PX_PER_MM, 2)
    fine = beside_lines(find_lines(shown.plane, shown.mask, PX_PER_MM, RULES.lines), shown.plane.shape, PX_PER_MM)
    assert (coarse & fine).sum() > 0.75 * (coarse | fine).sum()


def test_a_zone_that_is_too_small_is_not_told() -> None:
    shown = close(4, replace(BARE, melanin=0.6))
    tiny = np.zeros_like(shown.mask)
    assert roughness(shown.plane, tiny, PX_PER_MM) is None
    tiny[60:80, 60:80] = True
    assert roughness(shown.plane, tiny, PX_PER_MM) is None
