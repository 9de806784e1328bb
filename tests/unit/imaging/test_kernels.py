"""The ridge filter against scikit-image's, and what must not change it."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from skimage import data
from skimage.filters import sato

from needlewise.imaging.kernels import ridges

Plane = NDArray[np.float32]
SIGMAS = (1.5, 2.1, 3.0, 4.2, 6.0)  # px; lines of 0.3 to 1.4 mm at 12 px/mm


def noise(shape: tuple[int, int] = (421, 514), seed: int = 1) -> Plane:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def cells(seed: int = 2) -> Plane:
    """A net of furrows between cells of 0.4 mm, as skin has."""
    places = np.random.default_rng(seed).uniform(0, 500, (8000, 2))[:3000]
    rows, columns = np.mgrid[:420, :460]
    away = np.sort(np.stack([np.hypot(rows - y, columns - x) for y, x in places[:400]]), axis=0)[:2]
    return -np.exp(-(((away[1] - away[0]) / 3) ** 2)).astype(np.float32)


def lines() -> Plane:
    rows, columns = np.mgrid[:440, :400].astype(np.float32)
    oblique = np.exp(-(((columns * 0.6 + rows * 0.8 - 250) / 3) ** 2))
    crossing = 0.5 * np.exp(-(((columns * 0.7 - rows * 0.714 - 30) / 2) ** 2))
    ring = 0.8 * np.exp(-(((np.hypot(rows - 220, columns - 190) - 120) / 5) ** 2))
    return -(oblique + crossing + ring)


def portrait() -> Plane:
    return np.log(data.astronaut()[..., 1].astype(np.float32) / 255 + 0.05)


TEXTURES = {
    "noise": noise(),
    "soft noise": gaussian_filter(noise(seed=3), 1.5) + 0.02 * noise(seed=4),
    "cells": cells(),
    "lines": lines(),
    "portrait": portrait(),
}


def within(plane: Plane, px: int) -> Plane:
    return plane[px:-px, px:-px]


@pytest.mark.parametrize("name", TEXTURES)
@pytest.mark.parametrize("sigmas", [SIGMAS, (2.0,), (1.2, 1.7, 2.4, 3.4, 4.8, 6.8)])
def test_the_response_equals_that_of_scikit_image(name: str, sigmas: tuple[float, ...]) -> None:
    # At the edges scikit-image mirrors the slope, which bends the plane there; the picture itself is mirrored here.
    margin = int(4 * max(sigmas))
    ours = within(ridges(TEXTURES[name], sigmas), margin).ravel().astype(float)
    theirs = within(sato(TEXTURES[name], sigmas, black_ridges=True), margin).ravel().astype(float)
    assert np.corrcoef(theirs, ours)[0, 1] >= 0.995
    assert np.polyfit(theirs, ours, 1)[0] == pytest.approx(1, abs=0.02)
    assert theirs @ ours / (theirs @ theirs) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (37, 2), (63, 65), (700, 7), (5, 1500), (130, 1471)])
def test_planes_of_any_shape_give_the_same_as_inside_a_larger_mirrored_plane(shape: tuple[int, int]) -> None:
    plane, more = noise(shape), 96
    larger = np.pad(plane, more, mode="symmetric")
    # Odd sizes: the last mean of four takes the mirrored px in both, but further out the pairs fall differently.
    found, expected = ridges(plane, SIGMAS[:2]), within(ridges(larger, SIGMAS[:2]), more)
    assert np.allclose(found, expected, atol=1e-5)
    assert ridges(plane, SIGMAS).shape == shape
    assert np.isfinite(ridges(plane, SIGMAS)).all()


def test_threads_and_strips_leave_no_trace() -> None:
    plane = noise((900, 1500))
    assert np.array_equal(ridges(plane, SIGMAS, threads=1), ridges(plane, SIGMAS, threads=3))
    part = ridges(plane[300:600, 500:1000], SIGMAS)
    whole = ridges(plane, SIGMAS)[300:600, 500:1000]
    assert np.allclose(within(part, 48), within(whole, 48), atol=1e-4)


def test_a_turned_or_mirrored_picture_gives_the_turned_or_mirrored_response() -> None:
    plane = noise((320, 448))
    found = ridges(plane, SIGMAS)
    for change in (np.fliplr, np.flipud, np.rot90, np.transpose):
        assert np.allclose(ridges(change(plane), SIGMAS), change(found), atol=2e-5)


def test_a_slope_of_brightness_changes_nothing_and_a_gain_multiplies() -> None:
    plane = noise((300, 400))
    slope = np.linspace(0, 20, 300)[:, None] + np.linspace(-9, 9, 400)[None]
    found = within(ridges(plane, SIGMAS), 30)
    assert np.allclose(within(ridges(plane + slope.astype(np.float32), SIGMAS), 30), found, atol=2e-4)
    assert np.allclose(within(ridges(3 * plane, SIGMAS), 30), 3 * found, rtol=1e-4, atol=1e-4)


def test_bright_lines_give_nothing() -> None:
    rows, columns = np.mgrid[:100, :100]
    bright = np.exp(-(((columns - 50) / 3) ** 2)).astype(np.float32) + 0 * rows.astype(np.float32)
    assert ridges(bright, (2.0,))[50, 50] == 0
    assert ridges(-bright, (2.0,))[50, 50] > 0.3


def test_widths_below_what_a_grid_can_hold_are_refused() -> None:
    with pytest.raises(ValueError, match=r"at least 0\.7 px"):
        ridges(noise((20, 20)), (0.5,))
    with pytest.raises(ValueError, match="widths"):
        ridges(noise((20, 20)), ())
