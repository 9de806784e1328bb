"""Skin with nothing on it, to which a test adds what it asks about; and how a picture is read."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulated_skin import colour
from simulated_skin.capture import EXPOSURE, Conditions, Picture, perfect
from simulated_skin.drawing import Amounts, drawn
from simulated_skin.render import Lamp
from simulated_skin.truth import Scene

NOTHING = Amounts(
    width_mm=24.0,
    height_mm=24.0,
    melanin=0.5,
    blood=0.25,
    mottling=0.0,
    furrow_um=0.0,
    pores_per_cm2=0.0,
    wrinkles_per_cm2=0.0,
    lines_per_cm2=0.0,
    spots_per_cm2=0.0,
    flushes_per_cm2=0.0,
)


def bare(**amounts: float) -> Scene:
    return drawn(1, replace(NOTHING, **amounts))


def lit_from(azimuth_deg: float, elevation_deg: float = 40.0) -> Conditions:
    """An ideal camera under a lamp so far away that its light is even."""
    return perfect(Lamp(azimuth_deg, elevation_deg, 0.3, 1e5))


def linear(picture: Picture) -> NDArray[np.float64]:
    """Light that left the skin, from the picture of an ideal camera."""
    return np.asarray(colour.decoded(picture.pixels / 255.0) / EXPOSURE)


def middle_of(picture: Picture, half_px: int = 40) -> NDArray[np.float64]:
    """Mean linear colour round the middle of the skin."""
    x, y = (round(float(value)) for value in picture.placement.to_picture((0.0, 0.0)))
    return np.asarray(linear(picture)[y - half_px : y + half_px, x - half_px : x + half_px].mean(axis=(0, 1)))
