"""How light, red and brown the skin of a zone is: L*a*b* (D65, 2 degrees), ITA, melanin and blood, each with its error.

Melanin and blood are indices: the logarithm of what skin reflects falls in a straight line with the amount of each pigment,
and by the same share in all channels in shade. Taking the shade out leaves two numbers for two pigments. The scale is that
of the absorptions below, 0.15 melanin being very light skin and 1.6 very dark. Cameras differ, so of the indices the change
is worth more than the value; without a card even that is only told against a reference zone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from needlewise.imaging.card import CLIPPED_HIGH, CLIPPED_LOW
from needlewise.imaging.chroma_kernels import Pixels, Plane, fill_counts, fill_tones
from needlewise.imaging.colour import Calibration
from needlewise.imaging.colour_space import TO_XYZ, WHITE, ita_deg, lab

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

# Chosen (reference, colour of the measured prototype): natural absorption of a unit of each pigment in linear red, green and
# blue, and what skin without pigment reflects.
OF_MELANIN, OF_BLOOD = (1.35, 1.72, 2.10), (0.12, 0.80, 0.62)
PIGMENTLESS = (0.80, 0.72, 0.55)
BLOCKS = 8  # a zone is cut into so many rows and columns to see how even it is
LEAST_BLOCKS = 6
LEAST_PIXELS = 100
# Chosen: how far skin beside a card strays in light, how much it shines, how much blood it holds. They only tell a veil.
USUAL_SHADE, USUAL_VEIL, USUAL_BLOOD = 0.10, 0.02, (0.30, 0.15)
_OF = np.array([OF_MELANIN, OF_BLOOD, (1.0, 1.0, 1.0)]).T
_APART = np.linalg.inv(_OF)[:2]


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its standard error inside the picture: how even the zone is, and how well colours could be put right.
    What changes from one picture to the next (lamp, pose) is not in it."""

    value: float
    error: float


@dataclass(frozen=True, slots=True, eq=False)
class Tones:
    """The planes of a part of a picture whose upper left pixel is `origin`; `planes` (6, H, W) float32, in this order:
    L*, a*, b*, melanin, blood, dimness. `clipped` says where a channel is at its end and the numbers mean nothing."""

    planes: Plane
    clipped: Mask
    origin: tuple[int, int]

    @property
    def lightness(self) -> Plane:
        return self._plane(0)

    @property
    def redness(self) -> Plane:
        return self._plane(1)

    @property
    def melanin(self) -> Plane:
        return self._plane(3)

    @property
    def blood(self) -> Plane:
        return self._plane(4)

    @property
    def dimness(self) -> Plane:
        """How dim red is, on the scale of melanin. Shade is in it, but it is as sharp as the picture: JPEG and sensors
        tell lightness finer than colour."""
        dim: Plane = self.planes[5] / np.float32(OF_MELANIN[0])
        return dim

    def _plane(self, number: int) -> Plane:
        plane: Plane = self.planes[number]
        return plane


@dataclass(frozen=True, slots=True)
class ZoneTone:
    """A zone's colour: means of the middle half of its pixels. `redness` is a*, `yellowness` b*. `veil`:
    share of light that shines off the surface. `clipped`: share of pixels left out."""

    lightness: Measured
    redness: Measured
    yellowness: Measured
    ita_deg: Measured
    melanin: Measured
    blood: Measured
    veil: float
    clipped: float


def tones_of(
    pixels: Pixels,
    calibration: Calibration,
    origin: tuple[int, int] = (0, 0),
    *,
    levelled: bool = False,
    veil: float = 0.0,
) -> Tones:
    """The planes of a picture or a part of it. `veil` is the surface shine of `veil_of`, for melanin and blood. `levelled` divides by the light's fall-off that the chart showed, carried on
    to here: right for flat skin beside the chart, a guess for a face."""
    planes = np.empty((6, *pixels.shape[:2]), dtype=np.float32)
    share, across, down = calibration.light if levelled else (1.0, 0.0, 0.0)
    light = np.array([share + across * origin[0] + down * origin[1], across, down], dtype=np.float32)
    fill_tones(np.ascontiguousarray(pixels), calibration.table, _maps(calibration.matrix, veil), light, planes)
    return Tones(planes, _clipped(pixels), origin)


def zone_tone(
    pixels: Pixels, mask: Mask, calibration: Calibration, origin: tuple[int, int] = (0, 0), *, levelled: bool = False
) -> ZoneTone | None:
    """Colour of the masked pixels of a picture or a part of it. None if hardly any can be used."""
    counts = np.zeros((BLOCKS, BLOCKS, 3, 256), np.int64)
    ends = CLIPPED_LOW, CLIPPED_HIGH
    left_out, row, column = fill_counts(np.ascontiguousarray(pixels), np.ascontiguousarray(mask), ends, counts)
    of_block = counts.reshape(BLOCKS**2, 3, 256)
    of_all, in_block = of_block.sum(axis=0), of_block[:, 0].sum(axis=1)
    used = int(in_block.sum())
    if used < LEAST_PIXELS:
        return None
    share, across, down = calibration.light if levelled else (1.0, 0.0, 0.0)
    light = float(share + across * (origin[0] + column) + down * (origin[1] + row))
    middle = _middle(of_all)
    linear = calibration.linear_of(middle) / light
    veil = veil_of(linear) if calibration.may_print("absolute") else 0.0
    told = _told(linear, veil)
    # Blocks that are about full tell how even the zone is.
    full = of_block[in_block >= max(20, 0.25 * in_block.max())]
    even = _uneven([calibration.linear_of(_middle(one)) / light for one in full], veil)
    total = np.hypot(even, np.concatenate([np.nan_to_num(calibration.error_of(middle)), (0.0, 0.0)]))
    lightness, red, yellow, angle, melanin, blood = (
        Measured(float(value), float(error)) for value, error in zip(told, total, strict=True)
    )
    return ZoneTone(lightness, red, yellow, angle, melanin, blood, veil, left_out / (left_out + used))


def _clipped(pixels: Pixels) -> Mask:
    """Where a channel is at its end: there it tells only that it is so dark or so bright."""
    low, high = CLIPPED_LOW, CLIPPED_HIGH
    found: Mask = np.zeros(pixels.shape[:2], dtype=np.bool_)
    for channel in range(3):
        plane = pixels[..., channel]
        found |= (plane <= low) | (plane >= high)
    return found


def _told(linear: Floats, veil: float) -> Floats:
    """L*, a*, b*, ITA, melanin, blood (6,) of a linear colour (3,)."""
    seen = lab(linear)
    pigment = _APART @ (np.log(PIGMENTLESS) - np.log(np.maximum(linear - veil, 1e-4)))
    return np.concatenate([seen, [float(ita_deg(seen))], pigment])


def _middle(counts: NDArray[np.int64]) -> Floats:
    """Mean of the middle half of each channel, of which it is counted (3, 256) how often it has each value. Hairs and gleams do
    not reach it; and unlike a median it is not one of the few steps that eight bits and JPEG leave, which would jump from
    picture to picture (a* by 0.4)."""
    quarter = counts[0].sum() / 4
    # Of each value so many pixels as lie in the middle half.
    ends = np.clip(np.cumsum(counts, axis=1), quarter, 3 * quarter)
    held: Floats = np.diff(ends, axis=1, prepend=quarter) @ np.arange(256) / (ends[:, -1] - quarter)
    return held


def _uneven(colours: list[Floats], veil: float) -> Floats:
    """Standard errors (6,) of a zone's numbers from how its blocks differ: neighbouring pixels are not so many witnesses.
    Infinite in a zone too small to be cut into blocks."""
    count = len(colours)
    if count < LEAST_BLOCKS:
        return np.full(6, np.inf)
    told = np.array([_told(linear, veil) for linear in colours])
    return np.asarray(told.std(axis=0, ddof=1) / np.sqrt(count))


def veil_of(colour: ArrayLike) -> float:
    """Share of light that shines off the surface of skin and never enters it, from the zone's absolute linear colour (3,).

    In dark skin as little as a hundredth hides half of the pigment from the blue channel. Pigments, shade and veil are four
    unknowns of three channels, so shade and veil are held near what is usual. In light skin the veil stays untold and
    matters to nobody.
    """
    seen = np.maximum(np.asarray(colour, dtype=np.float64), 1e-4)
    veils = np.linspace(0.0, min(0.05, 0.9 * seen.min()), 181)
    melanin, blood, shade = np.linalg.solve(_OF, (np.log(PIGMENTLESS) - np.log(seen - veils[:, None])).T)
    cost = (shade / USUAL_SHADE) ** 2 + (veils / USUAL_VEIL) ** 2 + (np.minimum(blood, 0.0) / 0.05) ** 2
    cost += ((blood - USUAL_BLOOD[0]) / USUAL_BLOOD[1]) ** 2 + (np.minimum(melanin, 0.0) / 0.05) ** 2
    return float(veils[np.argmin(cost)])


def _maps(matrix: Floats, veil: float) -> Plane:
    """What `fill_tones` multiplies by."""
    none = _APART @ np.log(PIGMENTLESS)
    return np.concatenate([matrix, TO_XYZ / WHITE[:, None], -_APART, [[-none[0], -none[1], veil]]]).astype(np.float32)
