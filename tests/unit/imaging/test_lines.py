"""Lines drawn by formula are found with their length, width and contrast, and nothing else is found."""

import numpy as np
import pytest

from needlewise.imaging.lines import Lines, equally_sharp, find_lines, measured, relief_plane
from tests.unit.imaging.furrows import PX_PER_MM, everywhere, field, grain, places, plane, ring, straight
from tests.unit.imaging.rules import RULES

AT = places()


def found(values: np.ndarray, seed: int = 1) -> list[tuple[float, float, float]]:
    noisy = plane(values + grain(values.shape, seed))
    return [
        (line.length_mm, line.width_mm, line.contrast)
        for line in find_lines(noisy, everywhere(noisy), PX_PER_MM, RULES.lines)
    ]


@pytest.mark.parametrize("width", [0.35, 0.6, 0.9])
@pytest.mark.parametrize("degrees", [0, 17, 45, 73, 90])
def test_an_oblique_line_has_its_length_width_and_contrast(width: float, degrees: float) -> None:
    way = 12 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    middle = np.array([20.3, 15.2])
    ((length, wide, contrast),) = found(-0.15 * straight(AT, tuple(middle - way), tuple(middle + way), width))
    assert length == pytest.approx(24, rel=0.03)
    assert wide == pytest.approx(width, rel=0.05)
    assert contrast == pytest.approx(0.15, rel=0.03)


def test_a_curved_line_has_its_length() -> None:
    ((length, wide, contrast),) = found(-0.1 * ring(AT, (20, 38), 20, 0.5))
    assert length == pytest.approx(2 * 20 * np.arccos((38 - AT[1].max()) / 20), rel=0.03)
    assert (wide, contrast) == (pytest.approx(0.5, rel=0.05), pytest.approx(0.1, rel=0.03))


def test_crossing_lines_are_two() -> None:
    one, other = straight(AT, (4, 5), (36, 24), 0.5), straight(AT, (8, 26), (30, 3), 0.4)
    lengths = sorted(length for length, _, _ in found(-0.2 * np.maximum(one, other)))
    assert lengths == [pytest.approx(np.hypot(22, 23), rel=0.03), pytest.approx(np.hypot(32, 19), rel=0.03)]


def test_contrast_is_in_proportion_to_depth() -> None:
    depths = np.array([0.03, 0.06, 0.12, 0.24, 0.48])
    contrasts = [found(-depth * straight(AT, (5, 8), (35, 21), 0.5))[0][2] for depth in depths]
    assert contrasts == pytest.approx(depths, rel=0.03)


def test_a_short_gap_does_not_cut_a_line() -> None:
    gap = np.hypot(AT[0] - 20, AT[1] - 15) < 0.25
    values = -0.15 * straight(AT, (6, 15), (34, 15.1), 0.5)
    assert [length for length, _, _ in found(np.where(gap, -0.02, values))] == [pytest.approx(28, rel=0.03)]


def test_noise_texture_and_spots_hold_no_lines() -> None:
    shape = AT[0].shape
    assert found(np.zeros(shape)) == []
    assert found(grain(shape, 5, 0.05, 2.0)) == []
    spots = sum(
        np.hypot(AT[0] - x, AT[1] - y) < radius
        for x, y, radius in ((8, 8, 0.8), (20, 9, 1.5), (30, 20, 2.5), (12, 22, 0.5), (25, 25, 1.0))
    )
    assert found(-0.3 * np.asarray(spots, float)) == []


def test_short_lines_are_left_out() -> None:
    assert found(-0.2 * straight(AT, (10, 10), (12.5, 10), 0.4)) == []
    assert len(found(-0.2 * straight(AT, (10, 10), (14, 10), 0.4))) == 1


def test_only_the_zone_is_searched() -> None:
    values = plane(field(AT, (0.2, 0.2, 0.2)))
    mask = everywhere(values)
    mask[:, 240:] = False
    lines = find_lines(values, mask, PX_PER_MM, RULES.lines)
    assert len(lines) == 3
    assert max(line.points[:, 0].max() for line in lines) <= 240.5
    assert find_lines(values, ~everywhere(values), PX_PER_MM, RULES.lines) == ()


def test_brightness_slopes_turns_and_mirrors_change_nothing() -> None:
    values = plane(field(AT, (0.1, 0.2, 0.15, 0.08)) + grain(AT[0].shape, 4))
    slope = plane(0.02 * AT[0] - 0.03 * AT[1] + 0.7)
    first = measured(find_lines(values, everywhere(values), PX_PER_MM, RULES.lines), everywhere(values), PX_PER_MM)
    assert first.count == 4
    for changed in (values + slope, np.rot90(values), np.fliplr(values), np.flipud(values)):
        one = plane(np.ascontiguousarray(changed))
        other = measured(find_lines(one, everywhere(one), PX_PER_MM, RULES.lines), everywhere(one), PX_PER_MM)
        assert other.count == 4
        assert other.density_mm_per_cm2 == pytest.approx(first.density_mm_per_cm2, rel=0.01)
        assert other.contrast == pytest.approx(first.contrast, rel=0.01)
        assert other.load == pytest.approx(first.load, rel=0.01)


def test_measures_of_a_zone_come_from_its_lines() -> None:
    values = plane(field(AT, (0.1, 0.2), degrees=0))
    mask = everywhere(values)
    lines = measured(find_lines(values, mask, PX_PER_MM, RULES.lines), mask, PX_PER_MM)
    length = float(AT[0].max()) - 6
    assert lines.count == 2
    assert lines.mean_length_mm == pytest.approx(length, rel=0.03)
    assert lines.density_mm_per_cm2 == pytest.approx(2 * length / 12, rel=0.03)
    assert lines.contrast == pytest.approx(0.15, rel=0.03)
    assert lines.load == pytest.approx(lines.density_mm_per_cm2 * lines.contrast)
    assert measured((), mask, PX_PER_MM) == Lines(0, 0.0, 0.0, 0.0, 0.0)


def test_a_gain_and_the_tone_of_the_skin_leave_the_relief_plane_as_it_is_but_for_a_level() -> None:
    light = np.random.default_rng(1).uniform(0.3, 0.9, (20, 30, 1)).astype(np.float32)
    fair = relief_plane(light * np.array([0.8, 0.6, 0.5], np.float32))
    dark = relief_plane(light * np.array([0.15, 0.06, 0.03], np.float32))
    assert np.ptp(fair - dark) < 1e-5


def test_the_sharper_plane_is_blurred_to_the_other() -> None:
    point = np.zeros((41, 41), np.float32)
    point[20, 20] = 1
    sharp, soft = equally_sharp(point, point, (0.6, 1.5))
    assert np.array_equal(soft, point)
    places_px = np.arange(41.0) - 20
    assert sharp.sum(axis=0) @ places_px**2 == pytest.approx(1.5**2 - 0.6**2, rel=0.05)
