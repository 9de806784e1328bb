"""The colour of skin from two pigments, and the colour spaces that it is told in.

Light that comes back from skin has passed its pigments, so the logarithm of what comes back falls in a straight line with
the amount of each: `ln R = ln R0 - melanin * a - blood * b`, for each of the channels red, green and blue.
All colours here are linear sRGB (D65), where 1 is a perfect white, unless a name says otherwise.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating]

BLOODLESS = np.array([0.80, 0.72, 0.55])  # what comes back from skin without pigment
OF_MELANIN = np.array([1.35, 1.72, 2.10])  # rises towards blue, as absorption by melanin does
OF_BLOOD = np.array([0.12, 0.80, 0.62])  # haemoglobin takes green most and lets red through

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_FROM_XYZ = np.linalg.inv(_TO_XYZ)
_D65 = np.array([0.95047, 1.0, 1.08883])
_D50 = np.array([0.96422, 1.0, 0.82521])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_D50_TO_D65 = np.linalg.inv(_BRADFORD) @ np.diag((_BRADFORD @ _D65) / (_BRADFORD @ _D50)) @ _BRADFORD
_BREAK = 216 / 24389


def reflectance(melanin: ArrayLike, blood: ArrayLike) -> Floats:
    """Share of light that comes back from skin with these amounts of pigment, (..., 3); gloss is not in it."""
    absorbed = np.multiply.outer(np.asarray(melanin), OF_MELANIN) + np.multiply.outer(np.asarray(blood), OF_BLOOD)
    colour: Floats = BLOODLESS * np.exp(-absorbed)
    return colour


def lab(linear: ArrayLike) -> Floats:
    """CIE L*a*b* for D65, (..., 3)."""
    relative = np.asarray(linear) @ _TO_XYZ.T / _D65
    root = np.where(relative > _BREAK, np.cbrt(relative), (24389 / 27 * relative + 16) / 116)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def ita_deg(of_lab: ArrayLike) -> Floats:
    """Individual typology angle: above 55 very light, below -30 dark."""
    values = np.asarray(of_lab)
    angle: Floats = np.degrees(np.arctan2(values[..., 0] - 50, values[..., 2]))
    return angle


def linear_from_lab_d50(of_lab: ArrayLike) -> Floats:
    """Linear sRGB of a colour published as L*a*b* under D50; what sRGB cannot hold is cut off at 0 and 1."""
    values = np.asarray(of_lab, dtype=float)
    y = (values[..., 0] + 16) / 116
    root = np.stack([y + values[..., 1] / 500, y, y - values[..., 2] / 200], axis=-1)
    relative = np.where(root**3 > _BREAK, root**3, (116 * root - 16) / (24389 / 27))
    linear: Floats = (relative * _D50) @ _D50_TO_D65.T @ _FROM_XYZ.T
    return np.clip(linear, 0, 1)


def encoded(linear: Floats) -> Floats:
    """The sRGB curve: linear 0 to 1 into 0 to 1 as a file holds it. What lies outside is cut off."""
    inside = np.clip(linear, 0, 1)
    bent: Floats = np.where(inside <= 0.0031308, inside * 12.92, 1.055 * inside ** (1 / 2.4) - 0.055)
    return bent


def decoded(values: Floats) -> Floats:
    """The sRGB curve backwards."""
    straight: Floats = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return straight
