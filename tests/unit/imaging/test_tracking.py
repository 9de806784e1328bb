"""The same lines at two visits: no change where there was none, within the error that is stated, and a change where there was."""

import cv2
import numpy as np
import pytest
from scipy.ndimage import affine_transform

from needlewise.imaging.lines import find_lines
from needlewise.imaging.profiles import bottoms, profiles
from needlewise.imaging.tracking import Gauge, LineChange, Visit, depth_ratio, follow, gauge_of
from tests.unit.imaging.furrows import PX_PER_MM, everywhere, field, grain, places, plane, straight
from tests.unit.imaging.rules import RULES

AT = places(30, 22)
DEPTHS = (0.1, 0.06, 0.14, 0.08, 0.2, 0.07, 0.12, 0.1, 0.09)
SKIN = field(AT, DEPTHS) + grain(AT[0].shape, 99, 0.01, 2.5)  # with relief of its own, which stays


def change(before: np.ndarray, after: np.ndarray, **more: object) -> LineChange:
    first, second = plane(before), plane(after)
    return follow(Visit(first), Visit(second), everywhere(first), PX_PER_MM, RULES.lines, **more)  # type: ignore[arg-type]


def shifted(values: np.ndarray, x_px: float, y_px: float, degrees: float = 0) -> np.ndarray:
    rows, columns = values.shape
    turn = np.radians(degrees)
    back = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = np.array([rows / 2, columns / 2])
    # By splines, which leave the contrast as it is; the cubic of OpenCV adds about half a per cent.
    return affine_transform(values, back, middle - back @ (middle + np.array([y_px, x_px])), order=5, mode="mirror")


def null_pair(seed: int, strength: float = 0.02) -> tuple[np.ndarray, np.ndarray]:
    """The same skin twice: other noise, other gain, and what alignment leaves over."""
    rng = np.random.default_rng(seed)
    skin = field(AT, DEPTHS) + grain(AT[0].shape, 1000 + seed, 0.01, 2.5)
    moved = shifted(skin, *rng.uniform(-0.5, 0.5, 2), rng.uniform(-0.05, 0.05))
    noise = (grain(skin.shape, 2 * seed + number, strength) for number in (1, 2))
    return skin + next(noise), moved + next(noise) + rng.uniform(-0.3, 0.3)


def test_unchanged_pairs_show_no_change_within_the_stated_error() -> None:
    found = [change(*null_pair(seed)) for seed in range(80)]
    away = np.array([(one.ratio - 1) / one.se for one in found])
    assert np.mean([one.ratio for one in found]) == pytest.approx(1, abs=0.004)
    assert np.mean(np.abs(away) < 1.96) >= 0.9
    # Nor is the error so wide that it says nothing.
    assert 0.6 < np.sqrt(np.mean(away**2)) < 1.2
    assert max(one.se for one in found) < 0.04


def test_lines_that_can_only_just_be_found_seem_no_shallower_at_the_second_visit() -> None:
    faint = field(AT, (0.06,) * 9, 0.4)
    first_seen, followed = [], []
    for seed in range(25):
        one, other = (plane(faint + grain(faint.shape, visit + seed, 0.02)) for visit in (0, 500))
        mask = everywhere(one)
        followed.append(follow(Visit(one), Visit(other), mask, PX_PER_MM, RULES.lines))
        # Found at the first visit alone, they are those that chance made look deeper there.
        for line in find_lines(one, mask, PX_PER_MM, RULES.lines):
            again = [
                bottoms(*profiles(side, line.points, 1, PX_PER_MM), line.width_mm, 0.0)[0][0] for side in (one, other)
            ]
            first_seen.append(again[1] / again[0])
    assert np.mean([np.log(one.ratio) for one in followed]) == pytest.approx(0, abs=0.02)
    assert np.mean([abs(one.ratio - 1) < 1.96 * one.se for one in followed]) >= 0.85
    assert len(first_seen) > 20
    assert np.mean(first_seen) < 0.95


def test_a_quarter_less_contrast_is_found() -> None:
    for seed in range(5):
        less = field(AT, tuple(0.75 * depth for depth in DEPTHS))
        found = change(
            SKIN + grain(SKIN.shape, seed, 0.01),
            less + SKIN - field(AT, DEPTHS) + grain(SKIN.shape, 50 + seed, 0.01),
        )
        assert found.ratio == pytest.approx(depth_ratio(0.75, RULES.lines), abs=0.03)
        assert found.ratio + 1.96 * found.se < 0.85
        assert {round(line.ratio, 1) for line in found.lines} <= {0.6, 0.7, 0.8}


def test_visits_that_change_places_give_the_inverse() -> None:
    one, other = SKIN + grain(SKIN.shape, 1, 0.01), 0.8 * SKIN + grain(SKIN.shape, 2, 0.01)
    there, back = change(one, other), change(other, one)
    assert there.ratio * back.ratio == pytest.approx(1, rel=1e-5)
    assert there.se / there.ratio == pytest.approx(back.se / back.ratio, rel=0.05)


def test_the_gauge_divides_out_what_the_lamp_did() -> None:
    one, other = SKIN + grain(SKIN.shape, 1, 0.005), 1.2 * SKIN + grain(SKIN.shape, 2, 0.005)
    plain, gauged = change(one, other), change(one, other, gauge=Gauge(1.2, 0.06))
    assert plain.ratio == pytest.approx(depth_ratio(1.2, RULES.lines), abs=0.02)
    assert gauged.ratio == pytest.approx(1, abs=0.02)
    assert gauged.se == pytest.approx(0.05, rel=0.2)


def test_skin_answers_to_the_lamp_less_than_grooves_do() -> None:
    gauge = gauge_of([1.2, 1.2], RULES.lines, 0.02)
    assert 1.1 < gauge.ratio < 1.2
    assert gauge_of([1 / 1.2], RULES.lines).ratio * gauge.ratio == pytest.approx(1)
    assert gauge.se > gauge_of([1.2], RULES.lines).se > 0.02


def test_unequal_sharpness_is_no_change_once_it_is_told() -> None:
    soft = cv2.GaussianBlur(SKIN, (0, 0), 1.6)
    mask = everywhere(SKIN)
    told = follow(Visit(plane(SKIN), 0.5), Visit(plane(soft), float(np.hypot(0.5, 1.6))), mask, PX_PER_MM, RULES.lines)
    assert told.ratio == pytest.approx(1, abs=0.01)
    assert change(SKIN, soft).ratio < 0.9


def test_one_line_that_goes_its_own_way_does_not_carry_the_zone() -> None:
    hair = straight(AT, (3, 3), (27, 4), 0.3)
    found = change(SKIN + grain(SKIN.shape, 1), SKIN - 0.5 * hair + grain(SKIN.shape, 2))
    assert found.ratio == pytest.approx(1, abs=0.05)
    assert max(line.ratio for line in found.lines) > 3


def test_what_alignment_left_over_is_followed_and_told() -> None:
    found = change(SKIN, shifted(SKIN, 0, 1.2))
    assert found.ratio == pytest.approx(1, abs=0.02)
    moved = np.median([abs(line.moved_mm) for line in found.lines])
    assert moved == pytest.approx(1.2 * np.cos(np.radians(12)) / PX_PER_MM, abs=0.01)


def test_without_lines_nothing_is_said() -> None:
    nothing = change(grain(SKIN.shape, 1), grain(SKIN.shape, 2))
    assert np.isnan(nothing.ratio)
    assert nothing.se == np.inf
    one = -0.2 * straight(AT, (5, 5), (9, 5), 0.4)
    lone = change(one + grain(SKIN.shape, 1), one + grain(SKIN.shape, 2))
    assert (len(lone.lines), lone.se) == (1, np.inf)


def test_a_slope_of_brightness_a_turn_and_a_mirror_change_nothing() -> None:
    one, other = SKIN + grain(SKIN.shape, 1, 0.01), 0.85 * SKIN + grain(SKIN.shape, 2, 0.01)
    plain = change(one, other)
    slope = 0.02 * AT[0] - 0.03 * AT[1]
    for pair in ((one, other + slope), (np.rot90(one), np.rot90(other)), (np.fliplr(one), np.fliplr(other))):
        found = change(*(np.ascontiguousarray(side) for side in pair))
        assert found.ratio == pytest.approx(plain.ratio, abs=0.01)
