"""The map between two pictures of one skin: points go both ways, and pixels of the later picture come onto the baseline.

From the baseline to the follow-up a place is first shifted by the bend, where the skin itself moved, and then goes
through a homography, which stands for the camera. Points are (x, y) in pixels, (n, 2), pixel centres at whole numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.zones import Box, Mask, Size

Floats = NDArray[np.float64]
Plane = NDArray[np.float32]

NO_MAP = np.empty(0, dtype=np.float32)  # a remap wants its second map, which is empty where the first holds both
_STRIP = 256  # rows that are warped at once, so that no map of the whole frame is ever held
_ROUNDS = 30  # of undoing a bend; each takes off what is left times the strain of the skin, which is far below 1


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Values (rows, columns, ...) on a grid of the baseline that begins at `first` with a step of `step` px: straight
    between its places, and beyond its edge as at it."""

    first: tuple[float, float]
    step: float
    values: Plane

    def at(self, points: Floats) -> Floats:
        """The value at each point, (n, ...)."""
        rows, columns = self.values.shape[:2]
        at = np.clip((points - self.first) / self.step, 0, (columns - 1, rows - 1))
        low = np.minimum(at.astype(int), np.maximum((columns - 2, rows - 2), 0))
        (left, top), (right, lower) = low.T, np.minimum(low + 1, (columns - 1, rows - 1)).T
        x, y = (at - low).T.reshape(2, -1, *[1] * (self.values.ndim - 2))
        upper = (1 - x) * self.values[top, left] + x * self.values[top, right]
        under = (1 - x) * self.values[lower, left] + x * self.values[lower, right]
        value: Floats = (1 - y) * upper + y * under
        return value

    def over(self, box: Box, factor: int) -> Plane:
        """The value at every pixel of a box that is looked at `factor` times smaller."""
        start = (np.array([box.x, box.y]) + (factor - 1) / 2 - self.first) / self.step
        matrix = np.array([[factor / self.step, 0, start[0]], [0, factor / self.step, start[1]]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (box.width // factor, box.height // factor)
        over = cv2.warpAffine(self.values, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(over, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class SkinMap:
    """Where the skin of the baseline is seen on the follow-up.

    camera  (3, 3), the homography from the baseline, once it is bent, to the follow-up
    bend    shifts (rows, columns, 2) in pixels of the baseline; None if the skin did not move
    again   (rows, columns), 1 where the skin was found again and 0 where it was lost; None if that was not looked at
    """

    camera: Floats
    bend: Field | None = None
    again: Field | None = None

    def to_followup(self, points: Floats) -> Floats:
        """Where these places of the baseline are seen on the follow-up."""
        points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        return through(self.camera, points if self.bend is None else points + self.bend.at(points))

    def to_baseline(self, points: Floats) -> Floats:
        """Where these places of the follow-up are seen on the baseline."""
        bent = through(np.linalg.inv(self.camera), np.asarray(points, dtype=np.float64).reshape(-1, 2))
        if self.bend is None:
            return bent
        straight = bent - self.bend.at(bent)
        for _ in range(_ROUNDS):
            straight = bent - self.bend.at(straight)
        return straight

    def shows(self, points: Floats, size: Size) -> Mask:
        """Which places (n, 2) of the baseline a follow-up of this size shows, and were found again there."""
        there = _inside(self.to_followup(points).astype(np.float32), size)
        return there if self.again is None else there & (self.again.at(points) > 0.5)

    def places(self, box: Box, origin: tuple[int, int] = (0, 0), factor: int = 1) -> Plane:
        """For every pixel of a box of the baseline its place on the follow-up, (height, width, 2); both looked at
        `factor` times smaller, the follow-up cut off so that it begins at `origin`."""
        height, width = box.height // factor, box.width // factor
        grid = np.empty((height, width, 2), dtype=np.float32)
        grid[..., 0] = np.arange(width, dtype=np.float32)
        grid[..., 1] = np.arange(height, dtype=np.float32)[:, None]
        if self.bend is not None:
            grid += self.bend.over(box, factor) / np.float32(factor)
        matrix = np.linalg.inv(enlarged(origin, factor)) @ self.camera @ enlarged((box.x, box.y), factor)
        return np.asarray(cv2.perspectiveTransform(grid, matrix), dtype=np.float32)

    def warp(self, followup: NDArray[Any], box: Box, interpolation: int = cv2.INTER_LANCZOS4) -> NDArray[Any]:
        """The follow-up as it would be seen in this box of the baseline, pixel on pixel; what it does not show is 0.

        The interpolation is Lanczos's. OpenCV's linear one blurs fine lines by up to a quarter, and its cubic one, which
        does not even keep a straight slope in its place, shifts all by up to 0.05 px.
        """
        warped = np.zeros((box.height, box.width, *followup.shape[2:]), dtype=followup.dtype)
        for strip, rows in _strips(box):
            places = self.places(strip)
            inside = _inside(places, (followup.shape[1], followup.shape[0]))
            if inside.any():
                origin, part = _part(followup, places)
                places -= np.array(origin, dtype=np.float32)
                warped[rows] = cv2.remap(part, places, NO_MAP, interpolation, borderMode=cv2.BORDER_REPLICATE)
                warped[rows][~inside] = 0
        return warped

    def seen(self, box: Box, size: Size) -> Mask:
        """Which pixels of a box of the baseline a follow-up of this size shows, and were found again there."""
        seen = np.zeros((box.height, box.width), dtype=np.bool_)
        for strip, rows in _strips(box):
            seen[rows] = _inside(self.places(strip), size)
            if self.again is not None:
                seen[rows] &= self.again.over(strip, 1) > 0.5
        return seen


def through(matrix: NDArray[np.floating], points: Floats) -> Floats:
    """Points (n, 2) through a homography."""
    raised = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    seen: Floats = raised[:, :2] / raised[:, 2:]
    return seen


def within(places: Plane, least: float, most: tuple[float, float]) -> Mask:
    """Which places (..., 2) lie at `least` or beyond, both ways, and not beyond `most`."""
    x, y = places[..., 0], places[..., 1]
    inside: Mask = (x >= least) & (x <= most[0])
    inside &= y >= least
    inside &= y <= most[1]
    return inside


def enlarged(origin: tuple[int, int], factor: int) -> Floats:
    """From a part that begins at `origin` and is looked at `factor` times smaller to pixels of the whole, (3, 3)."""
    half = (factor - 1) / 2
    return np.array([[factor, 0, origin[0] + half], [0, factor, origin[1] + half], [0, 0, 1]], dtype=np.float64)


def _strips(box: Box) -> Iterator[tuple[Box, slice]]:
    for top in range(0, box.height, _STRIP):
        height = min(_STRIP, box.height - top)
        yield Box(box.x, box.y + top, box.width, height), slice(top, top + height)


def _inside(places: Plane, size: Size) -> Mask:
    return within(places, -0.5, (size[0] - 0.5, size[1] - 0.5))


def _part(picture: NDArray[Any], places: Plane) -> tuple[tuple[int, int], NDArray[Any]]:
    """The part of a picture that these places need, and where it begins; a remap takes no sides above 32767."""
    flat = places.reshape(-1, 2)
    ends = [cv2.minMaxLoc(np.ascontiguousarray(flat[:, axis]))[:2] for axis in range(2)]
    most = picture.shape[1::-1]
    low = [int(np.clip(np.floor(one[0]) - 4, 0, side - 1)) for one, side in zip(ends, most, strict=True)]
    high = [int(np.clip(np.ceil(one[1]) + 5, 1, side)) for one, side in zip(ends, most, strict=True)]
    return (low[0], low[1]), picture[low[1] : high[1], low[0] : high[0]]
