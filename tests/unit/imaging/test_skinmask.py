"""The skin mask: skin of every tone inside, whatever is not skin outside."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from needlewise.imaging.skinmask import skin_mask
from tests.unit.imaging.drawn_skin import picture, skin

TONES = (0.15, 0.5, 0.9, 1.3, 1.6)
LIGHTS = ((1.0, 1.0, 1.0), (1.1, 1.0, 0.9), (0.9, 1.0, 1.1))


def seen(tone: float, light: tuple[float, float, float]) -> NDArray[np.uint8]:
    return picture(skin(int(tone * 10), side=300, melanin=tone), size=(300, 300), gain=light, seed=1)


@pytest.mark.parametrize("tone", TONES)
def test_skin_of_every_tone_is_skin_in_any_usual_light(tone: float) -> None:
    for light in LIGHTS:
        assert skin_mask(seen(tone, light)).mean() > 0.99


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("grey", [25, 60, 110, 180, 240])
def test_a_grey_wall_beside_the_skin_is_left_out(tone: float, grey: int) -> None:
    image = seen(tone, (1.0, 1.0, 1.0))
    noise = np.random.default_rng(1).normal(0, 1, (300, 150, 3))
    image[:, :150] = np.clip(grey + noise, 0, 255).astype(np.uint8)
    mask = skin_mask(image)
    assert mask[:, 156:].mean() > 0.98
    assert mask[:, :144].mean() < 0.01


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("colour", [(28, 24, 22), (70, 48, 30), (190, 160, 110)])
def test_hair_of_any_colour_over_the_skin_is_left_out(tone: float, colour: tuple[int, int, int]) -> None:
    image = seen(tone, (1.0, 1.0, 1.0))
    rng = np.random.default_rng(2)
    image[:150] = np.array(colour) // 4
    for _ in range(900):
        x, lean = rng.uniform(-20, 320), rng.normal(0, 15)
        shade = tuple(float(part) for part in np.clip(np.array(colour) * rng.uniform(0.3, 1.3), 0, 255))
        strip = np.ascontiguousarray(image[:150])
        cv2.line(strip, (int(x), 0), (int(x + lean), 149), shade, 1, cv2.LINE_AA)
        image[:150] = strip
    mask = skin_mask(image)
    assert mask[158:].mean() > 0.97
    assert mask[:142].mean() < 0.25


def test_spots_and_wrinkles_stay_in_and_glare_goes_out() -> None:
    image = seen(0.5, (1.0, 1.0, 1.0))
    cv2.circle(image, (100, 100), 4, (105, 75, 58), -1)
    cv2.line(image, (150, 200), (260, 220), (130, 98, 78), 2)
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), 1.2), dtype=np.uint8)
    cv2.circle(image, (220, 80), 20, (255, 255, 255), -1)
    mask = skin_mask(image)
    assert mask[90:110, 90:110].all()
    assert mask[195:225, 150:260].mean() > 0.99
    assert not mask[70:90, 210:230].any()


def test_on_a_real_face_the_cheeks_are_skin_and_hair_eyes_and_suit_are_not() -> None:
    image = data.astronaut()
    face = np.zeros(image.shape[:2], dtype=bool)
    face[95:170, 195:255] = True
    mask = skin_mask(image, face)
    assert mask[118:126, 198:206].mean() > 0.95  # a cheek
    assert mask[85:95, 205:240].mean() > 0.6  # the forehead
    assert mask[30:70, 165:190].mean() < 0.3  # blonde hair, of which the lightest strands have the colour of skin
    assert mask[99:104, 203:211].mean() < 0.3  # an eye
    assert mask[300:500, 60:250].mean() < 0.02  # the suit


def test_a_picture_without_skin_has_an_empty_mask() -> None:
    assert not skin_mask(np.full((200, 300, 3), 128, dtype=np.uint8)).any()
    assert not skin_mask(np.zeros((50, 40, 3), dtype=np.uint8)).any()


def test_the_size_of_the_picture_does_not_matter() -> None:
    image = seen(0.9, (1.0, 1.0, 1.0))
    image[:, :150] = 110
    large = cv2.resize(image, None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC)
    small = skin_mask(image)
    assert (skin_mask(np.asarray(large, dtype=np.uint8))[2::5, 2::5] == small).mean() > 0.97
