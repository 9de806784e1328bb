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

from needlewise.imaging.picture import smaller_blurs_px2
from needlewise.imaging.zones import Box, Mask, Size

Floats = NDArray[np.float64]
Plane = NDArray[np.float32]

NO_MAP = np.empty(0, dtype=np.float32)  # a remap wants its second map, which is empty where the first holds both
_STRIP = 256  # rows that are warped at once, so that no map of the whole frame is ever held
MOST_OF_THREE = 0.4  # variance, px2, that three weights may have
SOME = 7  # every so many places tell how they lie between pixels
_ROUNDS = 30  # of undoing a bend; each takes off what is left times the strain of the skin, which is far below 1


@dataclass(frozen=True, slots=True)
class Raster:
    """A grid of pixels (width, height) laid over the baseline: the place of its first pixel there, and its step."""

    first: tuple[float, float]
    step: tuple[float, float]
    size: Size

    @classmethod
    def of(cls, box: Box, size: Size | None = None) -> "Raster":
        """A box of the baseline on so many pixels; on its own if it is not said."""
        across, down = size or (box.width, box.height)
        step = box.width / across, box.height / down
        return cls((box.x + (step[0] - 1) / 2, box.y + (step[1] - 1) / 2), step, (across, down))

    @property
    def to_baseline(self) -> Floats:
        """From pixels of the raster to pixels of the baseline, (3, 3)."""
        return np.array([(self.step[0], 0, self.first[0]), (0, self.step[1], self.first[1]), (0, 0, 1)])

    def strips(self) -> Iterator[tuple["Raster", slice]]:
        """The raster in strips of rows, with the rows of each."""
        (x, y), (width, height) = self.first, self.size
        for top in range(0, height, _STRIP):
            rows = slice(top, min(top + _STRIP, height))
            yield Raster((x, y + top * self.step[1]), self.step, (width, rows.stop - top)), rows


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

    def over(self, raster: Raster) -> Plane:
        """The value at every pixel of a raster."""
        (x, y), (across, down) = (np.array(raster.first) - self.first) / self.step, np.array(raster.step) / self.step
        matrix = np.array([[across, 0, x], [0, down, y]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        over = cv2.warpAffine(self.values, matrix, raster.size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
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

    def places(self, raster: Raster, plane: Floats | None = None) -> Plane:
        """For every pixel of a raster its place on the follow-up, (height, width, 2); or on a plane of it, which `plane`
        (3, 3) takes to its pixels."""
        width, height = raster.size
        grid = np.empty((height, width, 2), dtype=np.float32)
        grid[..., 0] = np.arange(width, dtype=np.float32)
        grid[..., 1] = np.arange(height, dtype=np.float32)[:, None]
        if self.bend is not None:
            grid += np.asarray(self.bend.over(raster) / np.array(raster.step), np.float32)
        matrix = self.camera @ raster.to_baseline
        if plane is not None:
            matrix = np.linalg.inv(plane) @ matrix
        return np.asarray(cv2.perspectiveTransform(grid, matrix), dtype=np.float32)

    def laid(self, followup: NDArray[Any], raster: Raster) -> tuple[NDArray[Any], Mask]:
        """The follow-up as it would be seen in this raster, and which of its pixels show the zone: what the follow-up does
        not show is 0, and where the skin was not found again nothing is seen.

        Pixel on pixel the interpolation is Lanczos's. OpenCV's linear one blurs fine lines by up to a quarter, and its cubic
        one, which does not even keep a straight slope in its place, shifts all by up to 0.05 px. On a coarser raster a blur
        is due: there the linear one, and a blur before it, add up to that by which the baseline was made smaller.
        """
        coarser = max(raster.step) > 1
        way = cv2.INTER_LINEAR if coarser else cv2.INTER_LANCZOS4
        warped = np.zeros((*raster.size[::-1], *followup.shape[2:]), dtype=followup.dtype)
        seen = np.zeros(raster.size[::-1], dtype=np.bool_)
        size = followup.shape[1], followup.shape[0]
        for strip, rows in raster.strips():
            places = self.places(strip)
            inside = _inside(places, size)
            seen[rows] = inside if self.again is None else inside & (self.again.over(strip) > 0.5)
            if inside.any():
                origin, part = _part(followup, places)
                places -= np.array(origin, dtype=np.float32)
                if coarser:
                    part, places = self._softened(part, places, raster)
                warped[rows] = cv2.remap(part, places, NO_MAP, way, borderMode=cv2.BORDER_REPLICATE)
                warped[rows][~inside] = 0
        return warped, seen

    def warp(self, followup: NDArray[Any], box: Box) -> NDArray[Any]:
        """The follow-up as it would be seen in this box of the baseline, pixel on pixel; what it does not show is 0."""
        return self.laid(followup, Raster.of(box))[0]

    def _softened(self, part: NDArray[Any], places: Plane, raster: Raster) -> tuple[NDArray[Any], Plane]:
        """A part of the follow-up, as soft as the baseline once it is read straight between its pixels, and the places in it:
        it may have been made smaller."""
        shape = tuple(np.rint(np.array(raster.size) * raster.step).astype(int)[::-1])
        middle = through(raster.to_baseline, np.array([[side / 2 for side in raster.size]]))
        around = self.to_followup(middle + np.array([(-0.5, 0), (0.5, 0), (0, -0.5), (0, 0.5)]))
        zoom = abs(np.linalg.det(np.stack([around[1] - around[0], around[3] - around[2]])))
        due = [zoom * blur for blur in smaller_blurs_px2(shape, raster.size)]
        # A mean over n whole pixels, read between them, blurs by (n^2 - 1) / 12 and at most n^2 / 4.
        fewer = max(1, int((3 * (min(due) + 1 / 12)) ** 0.5))
        if fewer > 1:
            size = max(1, part.shape[1] // fewer), max(1, part.shape[0] // fewer)
            part = cv2.resize(part[: size[1] * fewer, : size[0] * fewer], size, interpolation=cv2.INTER_AREA)
            places = (places + np.float32(0.5)) / np.float32(fewer) - np.float32(0.5)
        # Where the camera stood still all places lie alike between pixels, so what the reading blurs is not what it does elsewhere.
        share = places[::SOME, ::SOME].reshape(-1, 2) % 1
        own = np.mean(share * (1 - share), axis=0)
        across, down = (
            _bell((blur - (fewer**2 - 1) / 12) / fewer**2 - read) for blur, read in zip(due, own, strict=True)
        )
        return cv2.sepFilter2D(part, -1, across, down, borderType=cv2.BORDER_REPLICATE), places


def _bell(variance: float) -> Floats:
    """Weights with this variance: three have it exactly where it is small, as a Gaussian cut off so early has not."""
    if variance > MOST_OF_THREE:
        return np.asarray(cv2.getGaussianKernel(2 * int(3 * variance**0.5) + 3, variance**0.5), np.float64)
    some = max(variance, 0.0)
    return np.array([some / 2, 1 - some, some / 2])


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
