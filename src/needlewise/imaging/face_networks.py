"""What the two face networks say of a picture: where faces are, and the mesh of 468 points on one.

The detector (BlazeFace, short range) sees faces that fill about a fifth of what it is shown or more, so where it finds none
it is shown parts of the picture. The mesh is asked again on the crop that its own answer defines, so that it does not hang on
how well the detector aimed; and then on crops that lie a little otherwise, each as it is and mirrored, of which the mean is
taken. That halves by how much points move when the same face is turned, lit or scaled otherwise, and left and right become
alike. Both run in OpenCV. Points are (x, y) in pixels, pixel centres at whole numbers; depth is in the same unit, greater
away from the camera.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.face_weights import Weights

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

POINTS = 468
# How the networks were trained: sides of what they are shown; a crop is so many times as wide as the face.
DETECTOR_SIDE, MESH_SIDE, CROP_OF_FACE = 128, 192, 1.5
STRIDES = ((8, 2), (16, 6))  # the detector's grids: pixels from place to place, boxes at each
LEAST_SCORE, SAME_FACE = 0.5, 0.3  # chosen by its makers: of a box; overlap above which two boxes are one face
OUTER_RIGHT, OUTER_LEFT = 33, 263  # outer corners of the eyes, in the mesh; right and left are the patient's own
# Parts of the picture that are looked at where the whole shows no face, as shares of its sides: from coarse to fine.
PARTS = (0.5, 0.28)
ROUNDS = 5  # measured: after so many, crops that began a tenth too large or 6 degrees off end within 0.1 % of the eye distance
# Chosen: how the last crops lie against the settled one: turn in degrees, size, shift across and down in sides of the crop.
CROPS = (
    *((0.0, 1.0, 0.0, 0.0), (4.0, 0.95, 0.02, 0.0), (-4.0, 0.95, -0.02, 0.0), (4.0, 1.05, 0.0, 0.02)),
    *((-4.0, 1.05, 0.0, -0.02), (2.0, 1.0, 0.02, -0.02), (-2.0, 1.0, -0.02, 0.02)),
)
# Points of the mesh on the middle line. The others are numbered alike on both sides: those of the right side in order first.
_MIDDLE = (*range(3), *range(4, 7), *range(8, 20), 94, 151, 152, 164, 168, 175, 195, 197, 199, 200)


@dataclass(frozen=True, slots=True)
class Crop:
    """A square of the picture around a face, turned with it: centre, side in px, turn in radians (clockwise as seen)."""

    x: float
    y: float
    side: float
    turn: float

    def to_picture(self, points: Floats) -> Floats:
        """Points (n, 3) on the pixels that the mesh was shown, as points of the picture."""
        scale = self.side / MESH_SIDE
        cos, sin = np.cos(self.turn) * scale, np.sin(self.turn) * scale
        across, down = points[:, 0] - MESH_SIDE / 2, points[:, 1] - MESH_SIDE / 2
        x, y = self.x + cos * across - sin * down, self.y + sin * across + cos * down
        return np.stack([x, y, points[:, 2] * scale], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Meshed:
    """The mesh on a face, (468, 3), and the network's word on whether there is a face at all, 0 to 1."""

    points: Floats
    presence: float


class Networks:
    """Both networks, ready to run. Not to be shared between threads: they hold what they were last shown."""

    def __init__(self, weights: Weights) -> None:
        self._detector = _network(weights.detector)
        self._mesh = _network(weights.mesh)

    def faces(self, pixels: Pixels) -> list[Crop]:
        """Where faces seem to be, the surest first."""
        height, width = pixels.shape[:2]
        scale = DETECTOR_SIDE / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        left, top = (DETECTOR_SIDE - size[0]) // 2, (DETECTOR_SIDE - size[1]) // 2
        shown = np.zeros((DETECTOR_SIDE, DETECTOR_SIDE, 3), dtype=np.uint8)
        shown[top : top + size[1], left : left + size[0]] = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        self._detector.setInput(cv2.dnn.blobFromImage(shown, 1 / 127.5, mean=(127.5, 127.5, 127.5)))
        said, boxes = self._detector.forward(("classificators", "regressors"))
        score = 1 / (1 + np.exp(-np.clip(np.asarray(said, dtype=np.float64).ravel(), -80, 80)))
        found = np.asarray(boxes, dtype=np.float64).reshape(-1, 8, 2)
        found[:, [0, 2, 3, 4, 5, 6, 7]] += _ANCHORS[:, None]
        stretch = np.array([width / size[0], height / size[1]])
        found = found * stretch - np.where(np.arange(8) == 1, 0, 1)[:, None] * (np.array([left, top]) * stretch + 0.5)
        good = (score > LEAST_SCORE) & (found[:, 1] > 0).all(axis=1)
        return [_crop_of_box(box) for box in _merged(found[good], score[good])]

    def mesh(self, pixels: Pixels, crop: Crop) -> Meshed:
        """The mesh on the face in a crop, as the crop is shown."""
        points, presence = self._asked(_cut(pixels, crop))
        return Meshed(crop.to_picture(points), presence)

    def settled(self, pixels: Pixels, crop: Crop, least_presence: float) -> Meshed:
        """The mesh, asked again on the crop that its own points define, as long as there is a face."""
        found = self.mesh(pixels, crop)
        for _ in range(ROUNDS - 1):
            if found.presence < least_presence:
                break
            found = self.mesh(pixels, crop_of(found.points))
        return found

    def refined(self, pixels: Pixels, settled: Meshed) -> Meshed:
        """The mean of the mesh over crops that lie a little otherwise, each as it is and mirrored."""
        middle = crop_of(settled.points)
        points, presences = [], []
        for degrees, size, across, down in CROPS:
            turn = middle.turn + float(np.deg2rad(degrees))
            crop = Crop(middle.x + across * middle.side, middle.y + down * middle.side, middle.side * size, turn)
            cut = _cut(pixels, crop)
            plain, one = self._asked(cut)
            turned, other = self._asked(np.ascontiguousarray(cut[:, ::-1]))
            turned = turned[MIRRORED] * (-1, 1, 1) + (MESH_SIDE, 0, 0)
            points += [crop.to_picture(plain), crop.to_picture(turned)]
            presences += [one, other]
        return Meshed(np.mean(points, axis=0), float(np.mean(presences)))

    def _asked(self, shown: Pixels) -> tuple[Floats, float]:
        self._mesh.setInput(cv2.dnn.blobFromImage(shown, 1 / 255))
        said, points = self._mesh.forward(("conv2d_30", "conv2d_20"))
        presence = 1 / (1 + np.exp(-np.clip(np.asarray(said, dtype=np.float64), -80, 80).item()))
        return np.asarray(points, dtype=np.float64).reshape(POINTS, 3), float(presence)


def parts_of(pixels: Pixels) -> Iterator[tuple[int, int, Pixels]]:
    """Overlapping parts of a picture with the place of their first pixel, coarse ones first, the middle one first."""
    height, width = pixels.shape[:2]
    for share in PARTS:
        side = min(max(round(share * max(height, width)), DETECTOR_SIDE // 2), height, width)
        places = [(x, y) for y in _starts(height, side) for x in _starts(width, side)]
        middle = (width - side) / 2, (height - side) / 2
        for x, y in sorted(places, key=lambda place: np.hypot(place[0] - middle[0], place[1] - middle[1])):
            yield x, y, pixels[y : y + side, x : x + side]


def crop_of(points: Floats) -> Crop:
    """The crop that a mesh defines: upright with the face, around all points."""
    across = points[OUTER_LEFT, :2] - points[OUTER_RIGHT, :2]
    turn = float(np.arctan2(across[1], across[0]))
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    upright = points[:, :2] @ axes.T
    low, high = upright.min(axis=0), upright.max(axis=0)
    x, y = (low + high) / 2 @ axes
    return Crop(float(x), float(y), float((high - low).max()) * CROP_OF_FACE, turn)


def _network(weights: bytes) -> cv2.dnn.Net:
    return cv2.dnn.readNetFromTFLite(np.frombuffer(weights, dtype=np.uint8))


def _mirrored() -> NDArray[np.int64]:
    """For every point of the mesh the one on the other side; its own number on the middle line."""
    found = np.arange(POINTS)
    aside = np.setdiff1d(found, _MIDDLE)
    found[aside] = np.roll(aside, len(aside) // 2)
    return found


MIRRORED = _mirrored()


def _anchors() -> Floats:
    """Centres of the detector's boxes, in its pixels."""
    rows = []
    for stride, boxes in STRIDES:
        at = np.arange(DETECTOR_SIDE // stride) * stride + stride / 2
        down, across = np.meshgrid(at, at, indexing="ij")
        rows.append(np.repeat(np.stack([across, down], axis=-1).reshape(-1, 2), boxes, axis=0))
    return np.concatenate(rows)


_ANCHORS = _anchors()


def _merged(boxes: Floats, scores: Floats) -> Iterator[Floats]:
    """Boxes of one face taken together, weighted by their scores, surest first."""
    left = list(np.argsort(-scores, kind="stable"))
    while left:
        same = [index for index in left if _overlap(boxes[left[0]], boxes[index]) > SAME_FACE]
        yield np.average(boxes[same], axis=0, weights=scores[same])
        left = [index for index in left if index not in same]


def _overlap(one: Floats, other: Floats) -> float:
    """Common area over joint area of two boxes (centre, size, ...)."""
    low = np.maximum(one[0] - one[1] / 2, other[0] - other[1] / 2)
    high = np.minimum(one[0] + one[1] / 2, other[0] + other[1] / 2)
    common = float(np.prod(np.maximum(high - low, 0)))
    return common / (float(np.prod(one[1]) + np.prod(other[1])) - common)


def _crop_of_box(box: Floats) -> Crop:
    """Centre, size, then six points, of which the first two are the eyes, the patient's right one first."""
    across = box[3] - box[2]
    turn = float(np.arctan2(across[1], across[0]))
    return Crop(float(box[0, 0]), float(box[0, 1]), float(box[1].max()) * CROP_OF_FACE, turn)


def _cut(pixels: Pixels, crop: Crop) -> Pixels:
    """What the mesh is shown. A large face is first made smaller by areas, so that nothing flickers between pixels."""
    height, width = pixels.shape[:2]
    reach = crop.side * (abs(np.cos(crop.turn)) + abs(np.sin(crop.turn))) / 2 + 2
    left, top = max(0, int(crop.x - reach)), max(0, int(crop.y - reach))
    right, lower = min(width, int(crop.x + reach) + 2), min(height, int(crop.y + reach) + 2)
    if right <= left or lower <= top:
        return np.zeros((MESH_SIDE, MESH_SIDE, 3), dtype=np.uint8)
    part = pixels[top:lower, left:right]
    x, y, side = crop.x - left, crop.y - top, crop.side
    if side > 2 * MESH_SIDE:
        size = max(1, round(part.shape[1] * MESH_SIDE / side)), max(1, round(part.shape[0] * MESH_SIDE / side))
        by = np.array([size[0] / part.shape[1], size[1] / part.shape[0]])
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        x, y, side = (x + 0.5) * by[0] - 0.5, (y + 0.5) * by[1] - 0.5, side * float(by.mean())
    scale = side / MESH_SIDE
    cos, sin = np.cos(crop.turn) * scale, np.sin(crop.turn) * scale
    half = (MESH_SIDE - 1) / 2
    back = np.array([[cos, -sin, x - (cos - sin) * half], [sin, cos, y - (sin + cos) * half]])
    shown = cv2.warpAffine(part, back, (MESH_SIDE, MESH_SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray(shown, dtype=np.uint8)


def _starts(whole: int, side: int) -> Sequence[int]:
    """Where parts of a side begin, so that they overlap by half and reach both ends."""
    count = max(1, int(np.ceil((whole - side) / (side / 2))) + 1) if whole > side else 1
    return [round(place) for place in np.linspace(0, whole - side, count)]
