"""Pictures of charts and cards whose colours and places are known, for the tests."""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from needlewise.imaging.card_layout import CARD
from needlewise.imaging.colour_space import CHART_LINEAR, encoded

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]
SIZE = (720, 560)  # width, height of a picture
PATCH, GAP = 44, 6
# Melanin 0.15 to 1.6 in the colour law of the room, light to very dark, with usual blood.
TONES = np.exp(
    np.log((0.80, 0.72, 0.55))
    - np.outer(np.linspace(0.15, 1.6, 7), (1.35, 1.72, 2.10))
    - 0.25 * np.array((0.12, 0.80, 0.62))
)


@dataclass(frozen=True)
class Camera:
    """What a camera does to linear light: colours that leak, gain, a curve of its own, light that falls off, noise."""

    matrix: ArrayLike = field(default_factory=lambda: np.eye(3))
    gain: float = 0.8
    curve: Callable[[Floats], Floats] = lambda bent: bent
    fall_off: float = 0.0  # share from the left edge of the picture to the right
    noise: float = 0.6
    seed: int = 0

    def photographed(self, linear: Floats) -> Pixels:
        across = 1 + self.fall_off * np.linspace(-0.5, 0.5, linear.shape[1])[None, :, None]
        light = linear * across @ np.asarray(self.matrix).T * self.gain
        dice = np.random.default_rng(self.seed).normal(0, self.noise, light.shape)
        return np.clip(np.round(self.curve(encoded(light)) * 255 + dice), 0, 255).astype(np.uint8)


def chart_plane(edition: str = "before") -> Floats:
    """A flat chart in linear light, patches as published."""
    plane = np.full((4 * (PATCH + GAP) + 3 * GAP, 6 * (PATCH + GAP) + 3 * GAP, 3), 0.03)
    for number, colour in enumerate(np.clip(CHART_LINEAR[edition], 0, 1)):
        left, top, right, bottom = patch_box(number)
        plane[top:bottom, left:right] = colour
    return plane


def patch_box(number: int) -> tuple[int, int, int, int]:
    row, column = divmod(number, 6)
    left, top = 2 * GAP + column * (PATCH + GAP), 2 * GAP + row * (PATCH + GAP)
    return left, top, left + PATCH, top + PATCH


def laid(
    plane: Floats,
    turn_deg: float = 0.0,
    *,
    tilt: float = 0.0,
    shift: tuple[float, float] = (0, 0),
    skin: ArrayLike = TONES[2],
) -> tuple[Floats, Floats]:
    """A plane laid on skin in the middle of a picture, with the homography from its pixels to the picture's."""
    height, width = plane.shape[:2]
    size = (max(SIZE[0], round(1.3 * width)), max(SIZE[1], round(1.4 * height)))
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, 1.0), (0, 0, 1)])
    perspective = np.array([(1, 0, 0), (0, 1, 0), (tilt, tilt / 2, 1)])
    to_middle = np.array([(1, 0, -width / 2), (0, 1, -height / 2), (0, 0, 1)])
    back = np.array([(1, 0, size[0] / 2 + shift[0]), (0, 1, size[1] / 2 + shift[1]), (0, 0, 1)])
    through = back @ perspective @ to_middle @ turn
    picture = np.broadcast_to(np.asarray(skin, dtype=np.float64), (size[1], size[0], 3)).copy()
    cover = cv2.warpPerspective(np.ones((height, width)), through, size)[..., None]
    return picture * (1 - cover) + cv2.warpPerspective(plane, through, size) * cover, through


def card_plane(px_per_mm: float = 6.0, *, with_chart: bool = True) -> Floats:
    """Our printed card in linear light."""
    plane = np.full((round(CARD.height_mm * px_per_mm), round(CARD.width_mm * px_per_mm), 3), 0.85)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for number, box in CARD.markers.items():
        marker = cv2.aruco.generateImageMarker(dictionary, number, 6 * round(box.width * px_per_mm / 6))
        _paint(plane, box.corners(), px_per_mm, np.where(marker > 0, 0.85, 0.03)[..., None])
    _paint(plane, CARD.white.corners(), px_per_mm, np.full((1, 1, 3), CARD.white_linear))
    _paint(plane, CARD.grey.corners(), px_per_mm, np.full((1, 1, 3), CARD.grey_linear))
    if with_chart:
        _paint(plane, CARD.chart.corners(0.95), px_per_mm, chart_plane())
    return plane


def _paint(plane: Floats, corners: Floats, px_per_mm: float, what: Floats) -> None:
    (left, top), (right, bottom) = (np.round(corners[k] * px_per_mm).astype(int) for k in (0, 2))
    size = (int(right - left), int(bottom - top))
    scaled = cv2.resize(np.ascontiguousarray(what, dtype=np.float64), size, interpolation=cv2.INTER_NEAREST)
    plane[top:bottom, left:right] = scaled.reshape(size[1], size[0], -1)
