"""A picture as the room knows it: its pixels in sRGB, upright, and the few facts of how it was taken.

Nothing else of a file is kept: no place, no name, no owner, no serial number, no embedded second picture.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.errors import PictureError, Problem

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Colours(StrEnum):
    """How the colours of a picture came to be sRGB.

    STATED      the file says that they are
    CONVERTED   the file's own profile was applied
    ASSUMED     the file says nothing; nearly always sRGB
    UNREADABLE  the file has a profile that cannot be applied: its colours may be anything
    """

    STATED = "sRGB"
    CONVERTED = "converted"
    ASSUMED = "assumed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How a picture was taken, as far as its file says; None where it does not. This list is all that is ever kept.

    taken_at  the camera's own clock, without a time zone
    colours   whether the colours can be trusted to be sRGB
    grey      no pixel has a colour: nothing about colour can be measured
    bits      per channel, as the file held them; fewer are kept
    """

    exposure_s: float | None = None
    iso: int | None = None
    focal_mm: float | None = None
    aperture: float | None = None
    taken_at: datetime | None = None
    colours: Colours = Colours.ASSUMED
    grey: bool = False
    bits: int = 8


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """`pixels` (height, width, 3), 8 bits, sRGB, red first, upright. Whoever gets one leaves them as they are."""

    pixels: Pixels
    taken: Facts = field(default_factory=Facts)

    def __post_init__(self) -> None:
        array = self.pixels
        if not (isinstance(array, np.ndarray) and array.dtype == np.uint8 and array.ndim == 3 and array.shape[2] == 3):
            shape, kind = getattr(array, "shape", ()), getattr(array, "dtype", type(array).__name__)
            raise PictureError(
                Problem(
                    "pixels", f"shape {shape}, {kind}", "(height, width, 3), uint8", "Read files by `read_picture`."
                )
            )
        if not array.flags.c_contiguous:
            object.__setattr__(self, "pixels", np.ascontiguousarray(array))

    @property
    def height_px(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width_px(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def digest(self) -> str:
        """SHA-256 of size and pixels: the same picture has the same, whatever file it came in."""
        whole = hashlib.sha256(f"{self.height_px} {self.width_px} ".encode())
        whole.update(self.pixels.data)
        return whole.hexdigest()


# IEC 61966-2-1.
_LEVELS = np.arange(256) / 255.0
_LINEAR = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4).astype(np.float32)
# So many steps from black to white that even in the shadows twenty of them make one level of 8 bits.
_FINE = 65535


def _bent() -> Pixels:
    u = np.arange(_FINE + 1) / _FINE
    levels = np.where(u <= 0.0031308, u * 12.92, 1.055 * u ** (1 / 2.4) - 0.055) * 255.0
    return np.rint(levels).astype(np.uint8)


_ENCODED = _bent()
_Number = TypeVar("_Number", np.uint8, np.float32)
STRAIGHT = 1.6  # times smaller, at most
NARROW_PX = 3.0  # a blur of this standard deviation is as wide as one needs to be


def linear(pixels: Pixels) -> Floats:
    """8-bit sRGB into linear light, 0 to 1, in the same shape."""
    if not pixels.size:
        return np.zeros(pixels.shape, dtype=np.float32)
    lit: Floats = cv2.LUT(np.ascontiguousarray(pixels).reshape(-1, 1), _LINEAR).reshape(pixels.shape)  # type: ignore[assignment]
    return lit


def encoded(light: NDArray[np.floating]) -> Pixels:
    """Linear light, 0 to 1, into 8-bit sRGB; what lies outside is cut off, and what is no number becomes black.

    Undoes `linear` exactly. Elsewhere a value within a fortieth of a level of the middle between two may go to either.
    """
    fine = np.clip(np.nan_to_num(light, nan=0.0, posinf=1.0, neginf=0.0), 0.0, 1.0) * _FINE + 0.5
    levels: Pixels = np.take(_ENCODED, fine.astype(np.uint16))
    return levels


def doubts(before: Sequence[Picture], after: Sequence[Picture]) -> tuple[str, ...]:
    """What the files say that a reader of a comparison must know: visits in the wrong order, colours that cannot be trusted."""
    told = []
    last = max((one.taken.taken_at for one in before if one.taken.taken_at), default=None)
    first = min((one.taken.taken_at for one in after if one.taken.taken_at), default=None)
    if last is not None and first is not None and first < last:
        told.append(
            "By the clocks of the cameras the later visit came first. If the visits were swapped, better is worse: "
            "compare them the other way round."
        )
    named = [(f"before {n}", one) for n, one in enumerate(before, 1)] + [
        (f"after {n}", one) for n, one in enumerate(after, 1)
    ]
    for called, one in named:
        if one.taken.colours is Colours.UNREADABLE:
            told.append(f"{called.capitalize()} has a colour profile that cannot be read: its colours may be anything.")
        if one.taken.grey:
            told.append(f"{called.capitalize()} has no colours.")
    return tuple(told)


def smaller(plane: NDArray[_Number], size: tuple[int, int]) -> NDArray[_Number]:
    """A picture or a plane in a smaller size (width, height), each pixel about the mean of those that it stands for; by half
    first where that is on the way, which is many times faster.
    """
    halvings, way = _on_the_way(plane.shape, size)
    for _ in range(halvings):
        plane = np.asarray(cv2.resize(plane, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), plane.dtype)
    return plane if way is None else np.asarray(cv2.resize(plane, size, interpolation=way), plane.dtype)


def smaller_blurs_px2(shape: tuple[int, ...], size: tuple[int, int]) -> tuple[float, float]:
    """By how much `smaller` blurs what has this shape, across and down: variances, in its pixels, in the middle of all places.

    Reading straight between two pixels, at a share f of the way, blurs by f (1 - f); a mean over F pixels by (F^2 + 1) / 12, and
    over whole ones by (F^2 - 1) / 12.
    """
    halvings, way = _on_the_way(shape, size)
    whole, blurs = 4.0**halvings, []
    for side, fewer in ((shape[1], size[0]), (shape[0], size[1])):
        rest = side / fewer / 2.0**halvings
        share = ((np.arange(fewer) + 0.5) * rest - 0.5) % 1
        own = (
            0.0
            if way is None
            else float(np.mean(share * (1 - share)))
            if way == cv2.INTER_LINEAR
            else (rest**2 + 1) / 12
        )
        blurs.append((whole - 1) / 12 + whole * own)
    return blurs[0], blurs[1]


def _on_the_way(shape: tuple[int, ...], size: tuple[int, int]) -> tuple[int, int | None]:
    """How often a plane is halved, and how it then comes to its size; None: it has it."""
    rows, columns, halvings = *shape[:2], 0
    while columns >= 2 * size[0] and rows >= 2 * size[1] and not (rows % 2 or columns % 2):
        rows, columns, halvings = rows // 2, columns // 2, halvings + 1
    if (columns, rows) == size:
        return halvings, None
    # Of less than two by two pixels the mean is as good from what lies straight between neighbours, and a tenth of the work.
    few = max(columns / size[0], rows / size[1]) <= STRAIGHT
    return halvings, cv2.INTER_LINEAR if few else cv2.INTER_AREA


def widely_blurred(plane: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """A plane blurred by a Gaussian of so many pixels: so wide a one is the same on a plane of fewer pixels."""
    times = max(1, int(sigma / NARROW_PX))
    if times == 1:
        return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma), np.float32)
    size = max(1, plane.shape[1] // times), max(1, plane.shape[0] // times)
    few = cv2.GaussianBlur(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / times)
    return np.asarray(cv2.resize(few, plane.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def some_of(plane: NDArray[_Number], mask: NDArray[np.bool_], enough: int = 20_000) -> NDArray[_Number]:
    """Values of a plane within a mask: every so many rows and columns, at most every third, where that leaves enough of them.
    Neighbours are alike, so a ninth of many places has the middle and the spread of all.
    """
    for step in (3, 2):
        few = mask[::step, ::step]
        if int(few.sum()) >= enough:
            return plane[::step, ::step][few]
    return plane[mask]
