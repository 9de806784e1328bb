"""Furrows drawn by formula: dark lines whose course, width and depth are known."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

PX_PER_MM = 12.0
Plane = NDArray[np.float32]
Floats = NDArray[np.float64]


def places(width_mm: float = 40, height_mm: float = 30) -> tuple[Floats, Floats]:
    """x and y of every px, in mm from the upper left one."""
    rows, columns = np.mgrid[: round(height_mm * PX_PER_MM), : round(width_mm * PX_PER_MM)]
    return columns / PX_PER_MM, rows / PX_PER_MM


def straight(
    at: tuple[Floats, Floats], start: tuple[float, float], stop: tuple[float, float], width_mm: float
) -> Floats:
    """A furrow one deep from here to there, with rounded ends, `width_mm` wide at half its depth."""
    first, last = np.array(start), np.array(stop)
    length = float(np.hypot(*(last - first)))
    way = (last - first) / length
    along = (at[0] - first[0]) * way[0] + (at[1] - first[1]) * way[1]
    beside = (at[1] - first[1]) * way[0] - (at[0] - first[0]) * way[1]
    # The end is where it is half as deep: the round end begins half a width earlier.
    beyond = np.maximum(np.maximum(width_mm / 2 - along, along - length + width_mm / 2), 0)
    return np.asarray(np.exp(-4 * np.log(2) * (beside**2 + beyond**2) / width_mm**2))


def ring(at: tuple[Floats, Floats], middle: tuple[float, float], radius_mm: float, width_mm: float) -> Floats:
    away = np.hypot(at[0] - middle[0], at[1] - middle[1]) - radius_mm
    return np.asarray(np.exp(-4 * np.log(2) * away**2 / width_mm**2))


def grain(shape: tuple[int, ...], seed: int, strength: float = 0.004, px: float = 0.7) -> Floats:
    """Noise of a camera, a little soft."""
    soft = gaussian_filter(np.random.default_rng(seed).normal(size=shape), px)
    return np.asarray(strength * soft / soft.std())


def field(at: tuple[Floats, Floats], depths: tuple[float, ...], width_mm: float = 0.5, degrees: float = 12) -> Floats:
    """Furrows side by side that lean by so many degrees, from the left to the right."""
    lean = np.tan(np.radians(degrees))
    right, low = float(at[0].max()), float(at[1].max())
    total = np.zeros_like(at[0])
    for number, depth in enumerate(depths):
        y = low * (number + 0.6) / (len(depths) + 1)
        total += depth * straight(at, (3, y), (right - 3, y + lean * (right - 6)), width_mm)
    return -total


def plane(values: Floats) -> Plane:
    return values.astype(np.float32)


def everywhere(values: NDArray[np.floating]) -> NDArray[np.bool_]:
    return np.ones(values.shape, bool)
