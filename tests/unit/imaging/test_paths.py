"""Lines as rows of points, against the same worked out by NumPy and against lines whose form is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from needlewise.imaging.paths import length, normals, resampled, smoothed

Floats = NDArray[np.float64]
RNG = np.random.default_rng(5)
ARC = np.stack([40 * np.cos(np.linspace(0, 2, 30)), 40 * np.sin(np.linspace(0, 2, 30))], axis=1)
WAYS = {"arc": ARC, "crooked": np.cumsum(RNG.normal(0, 1, (25, 2)), axis=0), "short": np.array([(1.0, 2), (1.4, 2.3)])}


@pytest.mark.parametrize("name", WAYS)
def test_length_is_the_sum_of_the_steps(name: str) -> None:
    assert length(WAYS[name]) == pytest.approx(np.hypot(*np.diff(WAYS[name], axis=0).T).sum())
    assert length(WAYS[name][:1]) == 0


@pytest.mark.parametrize("step", [0.3, 1.0, 2.7])
@pytest.mark.parametrize("name", WAYS)
def test_points_are_laid_out_as_numpy_interpolates_them(name: str, step: float) -> None:
    points = WAYS[name]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    places = np.linspace(0, along[-1], max(2, round(along[-1] / step) + 1))
    wanted = np.stack([np.interp(places, along, points[:, axis]) for axis in range(2)], axis=1)
    assert resampled(points, step) == pytest.approx(wanted)


def test_points_that_lie_on_each_other_are_one_place() -> None:
    assert resampled(np.array([(3.0, 4.0)] * 4), 1.0) == pytest.approx(np.array([(3.0, 4.0)] * 2))


def test_a_straight_line_is_left_as_it_is_by_smoothing() -> None:
    straight = np.linspace((0.0, 0.0), (30.0, 12.0), 20)
    found = smoothed(straight, 3.0)
    assert found[[0, -1]] == pytest.approx(straight[[0, -1]])
    assert np.abs(found[:, 1] - 0.4 * found[:, 0]).max() < 1e-9


@pytest.mark.parametrize("sigma", [1.0, 3.0, 30.0])
def test_smoothing_is_a_blur_along_the_line_turned_about_its_ends(sigma: float) -> None:
    points = resampled(ARC, 1.0)
    reach = min(int(3 * sigma), len(points) - 1)
    padded = np.concatenate(
        [2 * points[:1] - points[reach:0:-1], points, 2 * points[-1:] - points[-2 : -reach - 2 : -1]]
    )
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    blurred = np.stack([np.convolve(padded[:, axis], weights / weights.sum(), "valid") for axis in range(2)], axis=1)
    assert smoothed(ARC, sigma) == pytest.approx(resampled(blurred, 1.0))


def test_normals_point_to_the_right_and_are_one_long() -> None:
    away = normals(ARC)
    outwards = ARC / np.hypot(*ARC.T)[:, None]
    assert np.hypot(*away.T) == pytest.approx(np.ones(len(ARC)))
    # The arc is gone along anticlockwise (y upwards), so its right is outside: seen with y downwards, inside.
    assert np.sum(away * outwards, axis=1) == pytest.approx(-np.ones(len(ARC)), abs=0.01)
