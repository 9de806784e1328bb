"""The picture itself, and the curve between its numbers and light."""

import numpy as np
import pytest
from skimage.color import rgb2lab

from needlewise.errors import PictureError
from needlewise.imaging.colour_space import decoded, lab
from needlewise.imaging.picture import Picture, encoded, linear


def every_level() -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    return np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)


def test_light_and_back_is_the_same_level() -> None:
    assert linear(every_level()).dtype == np.float32
    assert np.array_equal(encoded(linear(every_level())), every_level())


def test_the_curve_is_that_of_srgb() -> None:
    assert np.allclose(linear(every_level()), decoded(every_level() / 255.0), atol=1e-6)
    colours = np.random.default_rng(3).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    assert np.allclose(lab(linear(colours)), rgb2lab(colours), atol=0.05)


def test_light_between_levels_goes_to_the_nearest() -> None:
    light = np.linspace(0, 1, 100_001)
    exact = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055) * 255
    assert np.abs(encoded(light) - exact).max() <= 0.5 + 1 / 40


def test_what_no_screen_can_show_is_cut_off() -> None:
    odd = np.array([[-1.0, 2.0, np.nan, np.inf, -np.inf, 0.0]])
    assert encoded(odd).tolist() == [[0, 255, 0, 255, 0, 0]]
    assert linear(np.zeros((0, 4, 3), np.uint8)).shape == (0, 4, 3)


def test_the_digest_tells_pixels_and_shape() -> None:
    one = np.zeros((4, 6, 3), np.uint8)
    other = one.copy()
    other[3, 5, 2] = 1
    digests = {Picture(one).digest, Picture(other).digest, Picture(one.reshape(6, 4, 3)).digest}
    assert len(digests) == 3
    assert Picture(one[:, ::-1]).digest == Picture(one).digest


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4), (4, 4, 1), (3,)])
def test_arrays_of_another_shape_are_no_picture(shape: tuple[int, ...]) -> None:
    with pytest.raises(PictureError, match="read_picture"):
        Picture(np.zeros(shape, np.uint8))


def test_numbers_of_another_kind_are_no_picture() -> None:
    with pytest.raises(PictureError, match="float64"):
        Picture(np.zeros((4, 4, 3)))  # type: ignore[arg-type]
