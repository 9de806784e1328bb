"""Two portraits in the public domain that test packages carry, and the face networks as they are installed."""

from functools import cache
from importlib.resources import files

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray

from needlewise.imaging.face import Face, find_face
from needlewise.imaging.face_weights import Weights, installed_weights
from needlewise.knowledge import Imaging, load_imaging
from tests.unit.healing.people import biology

Pixels = NDArray[np.uint8]


@cache
def astronaut() -> Pixels:
    """A woman who laughs, with a fringe; 512 x 512 px, 63 px between the eyes."""
    return np.asarray(skimage.data.astronaut())


@cache
def hopper() -> Pixels:
    """An old woman with glasses and a hat, her mouth closed; 512 x 600 px, 127 px between the eyes."""
    data = (files("matplotlib") / "mpl-data" / "sample_data" / "grace_hopper.jpg").read_bytes()
    return np.ascontiguousarray(cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1])


@cache
def imaging() -> Imaging:
    return load_imaging(biology().protocol)


@cache
def weights() -> Weights:
    return installed_weights()


def face_in(pixels: Pixels) -> Face:
    found = find_face(pixels, weights(), imaging())
    assert found is not None
    return found


@cache
def astronaut_face() -> Face:
    return face_in(astronaut())


@cache
def hopper_face() -> Face:
    return face_in(hopper())


def turned_by(pixels: Pixels, degrees: float, margin: int = 120) -> tuple[Pixels, NDArray[np.float64]]:
    """The picture turned anticlockwise, with a margin; and the (2, 3) map from its points to the new ones."""
    height, width = pixels.shape[:2]
    there = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    there[:, 2] += margin
    size = width + 2 * margin, height + 2 * margin
    return np.asarray(cv2.warpAffine(pixels, there, size, flags=cv2.INTER_CUBIC), dtype=np.uint8), np.asarray(there)


def enlarged(pixels: Pixels, factor: float) -> Pixels:
    kind = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    size = round(pixels.shape[1] * factor), round(pixels.shape[0] * factor)
    return np.asarray(cv2.resize(pixels, size, interpolation=kind), dtype=np.uint8)


def lit(pixels: Pixels, factor: float) -> Pixels:
    """With so many times the light."""
    light = np.clip((pixels / 255.0) ** 2.2 * factor, 0, 1)
    return np.asarray(np.rint(light ** (1 / 2.2) * 255), dtype=np.uint8)


def on_a_wall(pixels: Pixels, size: tuple[int, int], place: tuple[int, int]) -> Pixels:
    """The picture at a place (x, y) of a larger plain one (width, height)."""
    wall = np.full((size[1], size[0], 3), (150, 140, 160), dtype=np.uint8)
    wall[place[1] : place[1] + pixels.shape[0], place[0] : place[0] + pixels.shape[1]] = pixels
    return wall
