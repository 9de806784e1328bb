"""What was compared, as pictures: the same skin before and after, and maps of where it changed.

A map is for looking. What may be said of a change is said by its number and its error alone, which no map shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.colour import calibrated
from needlewise.imaging.colour_space import encoded
from needlewise.imaging.laying import AFTER, BEFORE, ZoneFound
from needlewise.imaging.looking import Look
from needlewise.imaging.tones import tones_of

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]

LONGEST_SIDE_PX = 1600
# A blur, so that noise does not look like change.
SMOOTH_MM, SMOOTH_PX = 0.8, 8.0
# Less of it, and more of it: told apart by anyone, whatever colours they see.
LESS_RGB, MORE_RGB = (33, 102, 172), (217, 95, 2)
# What a line of no change is drawn in, and what stands for skin where colours are explained.
MIDDLE_GREY = 150
HUNDRED = 100.0


@dataclass(frozen=True, slots=True)
class Scale:
    """What the colours of a map mean. `full`: the change, as its measure tells it, from which on the colour is full;
    `strength`: how much of the skin that full colour covers.
    """

    full: float
    strength: float

    def colour_at(self, share: float) -> tuple[int, int, int]:
        """What a change of so many times the full one, with its sign, looks like on middle grey."""
        red, green, blue = _mixed(np.array(share), np.array((MIDDLE_GREY,) * 3), self.strength)
        return round(float(red)), round(float(green)), round(float(blue))


SCALES: Mapping[str, Scale] = MappingProxyType(
    {"melanin": Scale(0.15, 0.75), "redness": Scale(0.15, 0.75), "line-depth": Scale(40.0, 1.0)}
)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Pictures of one zone: before and after in the same colours, and maps by the id of their measure."""

    before: Pixels
    after: Pixels
    maps: Mapping[str, Pixels]


def shown(found: ZoneFound) -> Shown | None:
    """The first usable picture of each visit, and maps. None where a visit has none."""
    if not found.of(BEFORE) or not found.of(AFTER):
        return None
    one, other = found.of(BEFORE)[0], found.of(AFTER)[0]
    before, after = (
        np.asarray(np.rint(255 * encoded(np.clip(calibrated(laid.pixels, laid.seen.calibration), 0, 1))), np.uint8)
        for laid in (one, other)
    )
    sigma = SMOOTH_PX if found.px_per_mm is None else SMOOTH_MM * found.px_per_mm
    first, second = (tones_of(laid.pixels, laid.seen.calibration) for laid in (one, other))
    maps = {
        "melanin": _tinted(before, _smooth(second.melanin - first.melanin, found, sigma), found, SCALES["melanin"]),
        "redness": _tinted(before, _smooth(second.blood - first.blood, found, sigma), found, SCALES["redness"]),
    }
    if found.px_per_mm is not None:
        maps["line-depth"] = _lines(before, found)
    return Shown(_fit(before), _fit(after), {name: _fit(picture) for name, picture in maps.items()})


def _smooth(plane: Plane, found: ZoneFound, sigma: float) -> Plane:
    """The plane inside the zone, blurred without what lies outside."""
    weight = found.mask.astype(np.float32)
    clean = np.where(found.mask & np.isfinite(plane), plane, np.float32(0)).astype(np.float32)
    above, below = (cv2.GaussianBlur(one, (0, 0), sigma) for one in (clean, weight))
    return np.asarray(above / np.maximum(below, np.float32(0.05)), np.float32)


def _tinted(picture: Pixels, change: Plane, found: ZoneFound, scale: Scale) -> Pixels:
    """Grey skin, coloured by how much more or less there is."""
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB).astype(np.float32)
    share = np.where(found.mask, change / np.float32(scale.full), np.float32(0))
    return np.asarray(np.rint(_mixed(share, grey, scale.strength)), np.uint8)


def _mixed(share: NDArray[Any], ground: NDArray[Any], strength: float) -> Plane:
    """The colours of changes, in times the full one, over what lies below them."""
    amount = np.clip(np.abs(share), 0, 1)[..., None] * np.float32(strength)
    colour = np.where((share < 0)[..., None], np.array(LESS_RGB, np.float32), np.array(MORE_RGB, np.float32))
    return np.asarray(ground * (1 - amount) + colour * amount, np.float32)


def _lines(picture: Pixels, found: ZoneFound) -> Pixels:
    """The lines that were followed, coloured by what became of them."""
    look = Look(found)
    scale, followed = look.scale, look.follow(look.reliefs[BEFORE][0], look.reliefs[AFTER][0]).lines
    drawn = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    for one in followed:
        change = HUNDRED * (one.ratio - 1) if np.isfinite(one.ratio) else 0.0
        colour = SCALES["line-depth"].colour_at(change / SCALES["line-depth"].full)
        points = [np.rint(((one.line.points + 0.5) * look.coarser - 0.5) * 8).astype(np.int32)]
        cv2.polylines(drawn, points, False, colour, max(2, round(0.25 * scale * look.coarser)), cv2.LINE_AA, 3)
    return np.asarray(drawn, np.uint8)


def _fit(picture: Pixels) -> Pixels:
    factor = min(1.0, LONGEST_SIDE_PX / max(picture.shape[:2]))
    if factor == 1.0:
        return picture
    size = round(picture.shape[1] * factor), round(picture.shape[0] * factor)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
