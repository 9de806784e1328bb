"""What two visits make one suspect, and no number shows: a filter that smooths skin, make-up over it, or skin that is wet.

Each is read against the other visit, and told as a doubt; whoever took the pictures knows. Skin of every tone is judged by
the same relations, and none by how it looks at one visit alone.
"""

from collections.abc import Iterator
from math import log

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.colour import calibrated
from needlewise.imaging.laying import AFTER, BEFORE, Laid, ZoneFound
from needlewise.imaging.picture import some_of, widely_blurred
from needlewise.imaging.tones import tones_of
from needlewise.knowledge import Imaging

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

# The middle of a zone is enough: so much skin to each side.
HALF_MM = 25.0
LEAST_PX = 2000
# Colour is looked at between these widths: smaller is noise, larger is light. In millimetres.
COLOUR_MM = (0.4, 2.0)
# Shine is what stands above the light round it, by percentile.
AROUND_MM, SHINE = 1.5, 99.5
ROBUST = 1.4826
STEADIEST = "rig"
# Logarithm of the light of each value, about; what is darker than three levels is noise.
_LIGHT = (2.2 * np.log(np.maximum(np.arange(256), 3) / 255)).astype(np.float32)


def suspected(zone: ZoneFound, coarse: ZoneFound, regime: str, imaging: Imaging) -> Iterator[str]:
    """Doubts about a zone. `coarse` is the same as colour is read from it; `regime` is how the pictures count as taken: shine
    is told apart from light only where light is held.
    """
    if zone.px_per_mm is None or not zone.of(BEFORE) or not zone.of(AFTER):
        return
    skin, close = zone.closely()
    if np.count_nonzero(skin) < LEAST_PX:
        return
    part = _middle(coarse.mask, round(HALF_MM * (coarse.px_per_mm or 1.0)))
    told: dict[str, list[tuple[float, ...]]] = {BEFORE: [], AFTER: []}
    for one, pixels in zip(coarse.laid, close, strict=True):
        told[one.seen.visit].append((_detail(pixels, skin), *_look(one, coarse.mask, part, coarse.px_per_mm or 1.0)))
    before, after = (np.median(told[visit], axis=0) for visit in (BEFORE, AFTER))
    fine, colour, shine, white = after - before
    # What smooths takes pattern and shine away too.
    asked = [(fine, "smoothed")]
    if imaging.gates["smoothed"].holds(_share(fine)):
        # Shallower lines are less bright on their sides, too; only shine brings the white of the lamp.
        is_veiled = regime == STEADIEST and shine * white > 0 and imaging.gates["whiter"].holds(abs(white))
        asked = [(colour, "covered"), *([(-shine, "wet")] if is_veiled else [])]
    for value, name in asked:
        gate = imaging.gates[name]
        if not gate.holds(_share(value)):
            yield f"{(AFTER if value < 0 else BEFORE).capitalize()}: {gate.words} {gate.do}"


def _share(value: float) -> float:
    """Of the visit that has more, how much the other has."""
    return float(np.exp(-abs(value)))


def _middle(mask: Mask, half: int) -> tuple[slice, slice]:
    sums = mask.sum(axis=1), mask.sum(axis=0)
    y, x = (int(np.searchsorted(np.cumsum(one), one.sum() / 2)) for one in sums)
    return slice(max(0, y - half), y + half), slice(max(0, x - half), x + half)


def _detail(pixels: Pixels, mask: Mask) -> float:
    """Logarithm of how much detail a picture shows that is as fine as its pixels."""
    light = _light_of(pixels)
    finest = (cv2.GaussianBlur(light, (0, 0), 1.0) - cv2.GaussianBlur(light, (0, 0), 2.0))[mask]
    return log(_spread(finest))


def _light_of(pixels: Pixels) -> Plane:
    return np.asarray(cv2.LUT(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY), _LIGHT), np.float32)


def _look(one: Laid, mask: Mask, part: tuple[slice, slice], px_per_mm: float) -> tuple[float, float, float]:
    """Logarithms of how much pattern of colour, how much shine and how much white a picture shows."""
    pixels, inside = np.ascontiguousarray(one.pixels[part]), mask[part]
    linear = calibrated(pixels, one.seen.calibration)
    tones = tones_of(pixels, one.seen.calibration)
    seen = inside & ~tones.clipped
    patterns = [_between(plane, seen, px_per_mm) for plane in (tones.melanin, tones.blood)]
    blue, red = (float(np.median(some_of(linear[..., channel], inside))) if inside.any() else 0.0 for channel in (2, 0))
    light = _light_of(pixels)
    above = some_of(light - widely_blurred(light, AROUND_MM * px_per_mm), inside)
    shine = float(np.percentile(above, SHINE) - np.median(above)) if len(above) else 0.0
    return log(patterns[0] * patterns[1]) / 2, log(max(shine, 1e-4)), log(max(blue, 1e-3) / max(red, 1e-3))


def _between(plane: Plane, mask: Mask, px_per_mm: float) -> float:
    """Spread of a plane between two widths, within a mask."""
    weight = mask.astype(np.float32)

    def blurred(sigma: float) -> Plane:
        below = np.maximum(widely_blurred(weight, sigma), np.float32(1e-3))
        return np.asarray(widely_blurred(plane * weight, sigma) / below, np.float32)

    low, high = (blurred(mm * px_per_mm) for mm in COLOUR_MM)
    return max(float((low - high)[mask].std()) if mask.any() else 0.0, 1e-6)


def _spread(values: Plane) -> float:
    return max(float(ROBUST * np.median(np.abs(values - np.median(values)))), 1e-6)
