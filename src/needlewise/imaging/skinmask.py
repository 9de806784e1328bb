"""Which pixels are bare skin: not hair, brows, eyes, a wall, glasses or a grey card.

The colour of skin follows from how much melanin and blood the light has passed, whatever the tone: from the three
channels, in linear light and as logarithms, both amounts are solved, and the light that is left over. Skin has amounts
that skin can have; hair and shadow have too little light for their colour; hair and brows have strong fine texture.
Very dark skin and very light skin lie equally well inside. Lips are skin with more blood and are left in; so is what
only looks like skin, such as wood: zones say where to look.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.colour_space import decoded
from needlewise.imaging.picture import smaller, some_of
from needlewise.imaging.zones import Mask

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

# How pigments take light, per unit: colour of skin without any, melanin, blood (red, green, blue; natural logarithms).
# The same law as the simulator's, whose skins run from melanin 0.15 to 1.6.
_BARE = np.log([0.80, 0.72, 0.55])
_MELANIN, _BLOOD = np.array([1.35, 1.72, 2.10]), np.array([0.12, 0.80, 0.62])
# Chosen: amounts that skin may seem to have under light that is off by a fifth in red or blue.
MELANIN_RANGE, BLOOD_RANGE = (-0.4, 2.8), (-0.6, 1.6)
# Chosen: light against that of the picture's skin, in natural logarithms; colour against it, in units of pigment.
LIGHT_RANGE, OTHER_MELANIN, OTHER_BLOOD = (-1.3, 1.0), (-0.4, 0.9), (-0.6, 0.7)
ROUGHEST = 0.28  # chosen: local spread of the logarithm of light; deep wrinkles reach 0.15, hair starts at about 0.4
WORKING_SIDE = 800  # long edge of the picture that is looked at
SPECK = 0.004  # share of that edge: specks and gaps narrower than this are dropped and closed
# Logarithm of the light of each value. One level of the file is added, so that black has no colour and no texture.
_LOGS = np.log(decoded(np.arange(256) / 255) + 1e-3).astype(np.float32)
MOLE = 0.0008  # share of the picture: a hole in the skin that is no larger is a mole, and skin


@dataclass(frozen=True, slots=True, eq=False)
class _Amounts:
    """Melanin, blood and light at every pixel, and how rough it is; `usable` where the camera neither clipped nor
    saw nothing."""

    melanin: Floats
    blood: Floats
    light: Floats
    rough: Floats
    usable: Mask


def skin_mask(pixels: Pixels, within: Mask | None = None) -> Mask:
    """Which pixels of a picture (height, width, 3), or of a crop, are bare skin.

    `within` (height, width) says where skin surely prevails, such as in a zone: what the skin of this person looks like
    is read there; without it, wherever colours are possible.
    """
    factor = max(1.0, max(pixels.shape[:2]) / WORKING_SIDE)
    size = max(1, round(pixels.shape[1] / factor)), max(1, round(pixels.shape[0] / factor))
    found = _amounts(smaller(pixels, size))
    possible = _possible(found)
    known = possible
    if within is not None:
        known = possible & (cv2.resize(within.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0)
    if not known.any():
        return np.zeros(pixels.shape[:2], dtype=np.bool_)
    mask = possible
    for amount, (least, most) in (
        (found.melanin, OTHER_MELANIN),
        (found.blood, OTHER_BLOOD),
        (found.light, LIGHT_RANGE),
    ):
        off = amount - np.median(some_of(amount, known))
        mask = mask & (off > least) & (off < most)
    whole = cv2.resize(_tidied(mask), pixels.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return np.asarray(whole > 0, dtype=np.bool_)


def seeming_melanin(pixels: Pixels, masks: Sequence[Mask]) -> tuple[float, ...]:
    """How much melanin each of some parts of a picture seems to hold, by the middle of its pixels that may be skin; no number
    where none may.
    """
    factor = max(1.0, max(pixels.shape[:2]) / WORKING_SIDE)
    size = max(1, round(pixels.shape[1] / factor)), max(1, round(pixels.shape[0] / factor))
    found = _amounts(smaller(pixels, size))
    possible = _possible(found)
    inside = [cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0 for mask in masks]
    parts = [found.melanin[possible & mask] for mask in inside]
    return tuple(float(np.median(part)) if part.size else float("nan") for part in parts)


def _amounts(pixels: Pixels) -> _Amounts:
    logs = np.asarray(cv2.LUT(pixels, _LOGS), dtype=np.float32)
    smooth = np.asarray(cv2.GaussianBlur(logs, (0, 0), 1.5), dtype=np.float32)
    solver = np.linalg.inv(np.column_stack([-_MELANIN, -_BLOOD, np.ones(3)])).astype(np.float32)
    melanin, blood, light = cv2.split(cv2.transform(smooth, np.column_stack([solver, -solver @ _BARE])))
    brightness = np.asarray(cv2.transform(logs, np.full((1, 3), 1 / 3)), dtype=np.float32)
    apart = brightness - cv2.blur(brightness, (9, 9))
    rough = np.sqrt(np.maximum(cv2.blur(apart * apart, (9, 9)), 0))
    usable = (cv2.inRange(pixels, (0,) * 3, (253,) * 3) > 0) & (cv2.inRange(pixels, (0,) * 3, (12,) * 3) == 0)
    melanin, blood, light, rough = (np.asarray(one, dtype=np.float32) for one in (melanin, blood, light, rough))
    return _Amounts(melanin, blood, light, rough, usable)


def _possible(found: _Amounts) -> Mask:
    mask: Mask = found.usable & (found.rough < ROUGHEST)
    mask &= (found.melanin > MELANIN_RANGE[0]) & (found.melanin < MELANIN_RANGE[1])
    mask &= (found.blood > BLOOD_RANGE[0]) & (found.blood < BLOOD_RANGE[1])
    return mask


def _tidied(mask: Mask) -> Pixels:
    """Narrow gaps closed, small specks dropped, small holes filled."""
    reach = 2 * max(1, round(SPECK * max(mask.shape))) + 1
    round_one = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, round_one)
    opened = np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, round_one), dtype=np.uint8)
    _, labels, about, _ = cv2.connectedComponentsWithStats(1 - opened, connectivity=4)
    small = about[:, cv2.CC_STAT_AREA] <= MOLE * mask.size
    small[0] = False  # the skin itself
    filled: Pixels = np.where(small[labels], 1, opened).astype(np.uint8)
    return filled
