"""The card that lies beside the skin: 24 patches of colour, a grey patch, and a relief gauge of grooves of known depth.

Places on it are in millimetres from its upper left corner, x to the right and y downwards. It is flat and matte.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulated_skin.colour import linear_from_lab_d50, reflectance
from simulated_skin.planes import Grid, Plane

WIDTH_MM, HEIGHT_MM = 50.0, 24.0
_CHART = (1.0, 1.0)  # upper left corner of the chart's black ground
_PITCH, _PATCH, _GROUND = 5.2, 4.4, 0.6  # patches from middle to middle, their side, the border round them
GREY_BOX = (33.6, 1.0, 37.6, 23.0)  # left, top, right, bottom
GAUGE_BOX = (38.6, 1.0, 49.0, 23.0)
GREY_LINEAR = 0.18
GAUGE_MELANIN, GAUGE_BLOOD = 0.45, 0.20  # the gauge is printed in the colour of middling skin

# L*a*b* (D50, 2 degrees) of the ColorChecker Classic as GretagMacbeth published it in 2005, row by row from dark skin.
CHART_LAB_D50 = (
    (37.986, 13.555, 14.050), (65.710, 18.140, 17.809), (49.930, -4.906, -21.936),
    (43.138, -13.098, 21.881), (55.114, 8.842, -25.408), (70.719, -33.390, -0.229),
    (62.659, 36.067, 57.067), (40.015, 10.419, -45.994), (51.129, 48.240, 16.248),
    (30.327, 23.001, -21.608), (72.535, -23.693, 57.260), (71.940, 19.373, 67.846),
    (28.773, 14.176, -50.313), (55.257, -38.320, 31.353), (42.108, 53.384, 28.194),
    (81.735, 4.037, 79.837), (51.939, 50.002, -14.585), (51.036, -28.645, -28.653),
    (96.538, -0.457, 1.164), (81.259, -0.636, -0.369), (66.764, -0.718, -0.530),
    (50.862, -0.136, -0.294), (35.655, -0.434, -1.243), (20.479, -0.067, -0.986),
)  # fmt: skip
CHART_LINEAR = linear_from_lab_d50(CHART_LAB_D50)  # cyan lies a little outside sRGB and is cut off


@dataclass(frozen=True, slots=True)
class Groove:
    """A straight groove in the gauge, with the profile of a wrinkle."""

    start: tuple[float, float]
    end: tuple[float, float]
    depth_um: float
    width_mm: float

    @property
    def is_level(self) -> bool:
        return self.start[1] == self.end[1]


# Two depths in two directions: the pair that runs across the light tells how strongly it draws relief.
GROOVES = (
    Groove((39.8, 3.6), (47.8, 3.6), 100.0, 0.6),
    Groove((39.8, 7.4), (47.8, 7.4), 200.0, 0.6),
    Groove((41.6, 11.4), (41.6, 21.4), 100.0, 0.6),
    Groove((45.6, 11.4), (45.6, 21.4), 200.0, 0.6),
)


def patch_box(number: int) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a patch, counted from 0 row by row."""
    row, column = divmod(number, 6)
    left = _CHART[0] + _GROUND + 0.4 + column * _PITCH
    top = _CHART[1] + _GROUND + row * _PITCH
    return left, top, left + _PATCH, top + _PATCH


def planes(px_per_mm: float) -> tuple[NDArray[np.float32], Plane]:
    """Reflectance (height, width, 3) and height in micrometres of the card."""
    grid = Grid(WIDTH_MM, HEIGHT_MM, px_per_mm)
    colour = np.full((*grid.shape, 3), 0.80, np.float32)
    _paint(colour, grid, (_CHART[0], _CHART[1], _CHART[0] + 32.0, _CHART[1] + 21.4), np.full(3, 0.032))
    for number, patch in enumerate(CHART_LINEAR):
        _paint(colour, grid, patch_box(number), patch)
    _paint(colour, grid, GREY_BOX, np.full(3, GREY_LINEAR))
    _paint(colour, grid, GAUGE_BOX, reflectance(GAUGE_MELANIN, GAUGE_BLOOD))
    height = np.zeros(grid.shape, np.float32)
    x, y = grid.places((slice(0, grid.shape[0]), slice(0, grid.shape[1])))
    for groove in GROOVES:
        height = np.minimum(height, -_sunk(groove, x + WIDTH_MM / 2, y + HEIGHT_MM / 2))
    return colour, height


def _sunk(groove: Groove, x: Plane, y: Plane) -> Plane:
    start, end = np.array(groove.start), np.array(groove.end)
    length = float(np.hypot(*(end - start)))
    run = (end - start) / length
    ahead = (x - start[0]) * run[0] + (y - start[1]) * run[1]
    beside = (x - start[0]) * run[1] - (y - start[1]) * run[0]
    ends = 1 / (1 + np.exp(-np.minimum(ahead, length - ahead) / np.float32(0.08)))
    sunk: Plane = (groove.depth_um * np.exp2(-((2 * beside / groove.width_mm) ** 2)) * ends).astype(np.float32)
    return sunk


def _paint(colour: NDArray[np.float32], grid: Grid, box: tuple[float, float, float, float], linear: Plane) -> None:
    left, top, right, bottom = (round(edge * grid.px_per_mm) for edge in box)
    colour[top:bottom, left:right] = linear
