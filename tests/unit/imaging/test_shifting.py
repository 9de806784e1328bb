"""A plane from a little aside, against OpenCV's warp and against planes that are known everywhere."""

import cv2
import numpy as np
import pytest

from needlewise.imaging.shifting import shifted

PLANE = np.random.default_rng(3).normal(size=(40, 57)).astype(np.float32)


@pytest.mark.parametrize(
    "way", [(0.0, 0.0), (3.0, -2.0), (0.25, 0.75), (-4.6, 2.3), (7.9, -0.1), (100.0, 0.0), (0.0, -100.0)]
)
def test_it_is_what_a_warp_gives_where_edges_go_on(way: tuple[float, float]) -> None:
    x, y = (one.astype(np.float32) for one in np.meshgrid(np.arange(57), np.arange(40)))
    # OpenCV reads between pixels to a thirty-second of one.
    wanted = cv2.remap(PLANE, x + way[0], y + way[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    assert np.abs(shifted(PLANE, *way) - wanted).max() < 0.2
    assert np.abs(shifted(PLANE, *way) - wanted).mean() < 0.03


def test_a_slope_is_shifted_exactly() -> None:
    slope = np.add.outer(2.0 * np.arange(30), 0.5 * np.arange(20)).astype(np.float32)
    inner = (slice(6, -6), slice(6, -6))
    assert shifted(slope, 1.3, -2.6)[inner] == pytest.approx((slope + 0.5 * 1.3 - 2 * 2.6)[inner], abs=1e-4)


def test_planes_of_one_pixel_stay_what_they_are() -> None:
    assert shifted(np.full((1, 1), 4.0, np.float32), 2.5, -0.5).tolist() == [[4.0]]
