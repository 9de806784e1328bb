"""Charts and cards are found where they are, in whatever way they lie, and nothing else is taken for one."""

import cv2
import numpy as np
import pytest

from needlewise.imaging.card import find_card, find_chart, read_patch
from needlewise.imaging.card_layout import CARD
from tests.unit.imaging.drawn_charts import PATCH, Camera, card_plane, chart_plane, laid, patch_box

CAMERA = Camera()


def middles(through: np.ndarray) -> np.ndarray:
    boxes = np.array([patch_box(number) for number in range(24)], dtype=np.float64)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 - 0.5
    return cv2.perspectiveTransform(centres[None], through)[0]


@pytest.mark.parametrize("turn", [0, 17, 45, 90, 133, 180, 222, 270, 311])
def test_a_chart_is_found_at_any_angle_with_its_patches_in_order(turn: float) -> None:
    linear, through = laid(chart_plane(), turn)
    chart = find_chart(CAMERA.photographed(linear))
    assert chart is not None
    assert np.abs(chart.centres - middles(through)).max() < 0.04 * PATCH
    assert not chart.mirrored
    assert chart.usable.sum() >= 23


@pytest.mark.parametrize("tilt", [-6e-4, 3e-4, 6e-4])
def test_a_chart_is_found_in_perspective(tilt: float) -> None:
    linear, through = laid(chart_plane(), 8, tilt=tilt)
    chart = find_chart(CAMERA.photographed(linear))
    assert chart is not None
    assert np.abs(chart.centres - middles(through)).max() < 0.04 * PATCH


def test_a_chart_in_a_mirror_is_found_and_said_to_be_in_one() -> None:
    linear, _ = laid(chart_plane(), 5)
    chart = find_chart(np.ascontiguousarray(CAMERA.photographed(linear)[:, ::-1]))
    assert chart is not None
    assert chart.mirrored
    assert chart.usable.sum() >= 23


def test_a_card_in_a_mirror_is_not_found() -> None:
    linear, _ = laid(card_plane(6.0, with_chart=False))
    assert find_card(np.ascontiguousarray(CAMERA.photographed(linear)[:, ::-1])) is None


@pytest.mark.parametrize("shift", [(290, 0), (0, -230), (270, 210)])
def test_a_chart_that_is_cut_off_is_not_found(shift: tuple[float, float]) -> None:
    linear, _ = laid(chart_plane(), 3, shift=shift)
    assert find_chart(CAMERA.photographed(linear)) is None


def test_a_grid_of_other_colours_is_no_chart() -> None:
    plane = chart_plane()
    rng = np.random.default_rng(4)
    for number in range(24):
        left, top, right, bottom = patch_box(number)
        plane[top:bottom, left:right] = rng.uniform(0.02, 0.9, 3)
    linear, _ = laid(plane)
    assert find_chart(CAMERA.photographed(linear)) is None


def test_bare_skin_and_noise_hold_no_chart() -> None:
    rng = np.random.default_rng(5)
    assert find_chart(np.full((400, 500, 3), (190, 150, 130), np.uint8)) is None
    assert find_chart(rng.integers(0, 256, (400, 500, 3), dtype=np.uint8)) is None


def test_a_patch_is_the_mean_of_its_middle_without_clipped_pixels() -> None:
    pixels = np.full((60, 60, 3), (120, 90, 60), np.uint8)
    pixels[10:13, 10:50] = 255  # a gleam over a small part
    patch = read_patch(pixels, [(5, 5), (55, 5), (55, 55), (5, 55)])
    assert patch.value == pytest.approx((120, 90, 60))
    assert patch.clipped == pytest.approx(0.046, abs=0.01)
    assert not patch.usable


def test_a_patch_with_an_edge_inside_is_not_used() -> None:
    pixels = np.full((60, 60, 3), 120, np.uint8)
    pixels[:, 40:] = 60
    assert not read_patch(pixels, [(5, 5), (55, 5), (55, 55), (5, 55)]).usable


def test_a_quadrilateral_beside_the_picture_is_not_used() -> None:
    patch = read_patch(np.full((60, 60, 3), 120, np.uint8), [(70, 5), (90, 5), (90, 50), (70, 50)])
    assert not patch.usable


def test_the_card_is_found_with_its_scale_its_fields_and_its_chart() -> None:
    linear, through = laid(card_plane(6.0), 12, tilt=1e-4)
    card = find_card(CAMERA.photographed(linear))
    assert card is not None
    places = np.array([(0, 0), (148, 0), (148, 105), (0, 105), (60, 40)], dtype=np.float64)
    wanted = cv2.perspectiveTransform((places * 6 - 0.5)[None], through)[0]
    assert np.abs(card.at(places) - wanted).max() < 1.5
    assert card.px_per_mm == pytest.approx(6.0, rel=0.02)
    assert card.markers == (31, 32, 33, 34)
    assert card.white.usable
    assert card.grey.usable
    assert card.chart is not None
    assert not card.chart.mirrored


def test_how_far_a_card_is_tilted_is_told() -> None:
    def tilt(by: float) -> float:
        plane = card_plane(6.0, with_chart=False)
        squeezed = cv2.resize(plane, None, fx=float(np.cos(np.radians(by))), fy=1.0, interpolation=cv2.INTER_AREA)
        card = find_card(CAMERA.photographed(laid(squeezed)[0]))
        assert card is not None
        return card.tilt_deg

    assert tilt(0) < 3
    assert tilt(20) == pytest.approx(20, abs=1.5)


def test_a_card_with_one_marker_hidden_is_found_and_with_two_it_is_not() -> None:
    plane = card_plane(6.0, with_chart=False)
    _hide(plane, 32)
    card = find_card(CAMERA.photographed(laid(plane)[0]))
    assert card is not None
    assert card.markers == (31, 33, 34)
    _hide(plane, 34)
    assert find_card(CAMERA.photographed(laid(plane)[0])) is None


def test_nothing_on_the_card_overlaps_or_leaves_it_and_the_chart_of_small_size_fits() -> None:
    fields = [*CARD.markers.values(), CARD.chart, CARD.white, CARD.grey, CARD.gauge, CARD.ruler]
    for number, one in enumerate(fields):
        assert one.corners().min() >= 0
        assert np.all(one.corners().max(axis=0) <= (CARD.width_mm, CARD.height_mm))
        for other in fields[:number]:
            apart = (
                one.left >= other.left + other.width
                or other.left >= one.left + one.width
                or one.top >= other.top + other.height
                or other.top >= one.top + one.height
            )
            assert apart, (one, other)
    assert CARD.chart.width >= 108
    assert CARD.chart.height >= 63.5
    for groove in CARD.grooves:
        for x, y in (groove.start, groove.end):
            assert CARD.gauge.left < x < CARD.gauge.left + CARD.gauge.width
            assert CARD.gauge.top < y < CARD.gauge.top + CARD.gauge.height
    assert {(groove.is_level, groove.depth_um) for groove in CARD.grooves} == {
        (level, depth) for level in (True, False) for depth in (100.0, 200.0)
    }


def _hide(plane: np.ndarray, number: int) -> None:
    (left, top), (right, bottom) = (np.round(CARD.markers[number].corners()[k] * 6).astype(int) for k in (0, 2))
    plane[top - 6 : bottom + 6, left - 6 : right + 6] = 0.5
