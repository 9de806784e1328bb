"""What a picture must be before its zone is measured (knowledge/imaging/gates.toml), and what is wrong where it is not."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.errors import Problem
from needlewise.imaging.zones import Mask
from needlewise.knowledge import Imaging

Pixels = NDArray[np.uint8]

# Light is looked at after a blur of this share of a zone's side, on a plane of so many pixels a side.
LIGHT_BLUR, LIGHT_SIDE = 0.12, 100
CLIPPED_LOW, CLIPPED_HIGH = 1, 254
# Light of each value, about.
_LIGHT = ((np.arange(256) / 255) ** 2.2).astype(np.float32)


def faults(called: str, zone: tuple[Pixels, Mask], read: dict[str, float], imaging: Imaging) -> Iterator[Problem]:
    """Every gate that a zone of a picture does not pass. `read` holds what is known of the whole picture, by gate; what is
    no number was not there to be read, and is refused by the measures that need it.
    """
    pixels, mask = zone
    if not mask.any():
        return
    found = {"clipped": clipped_share(pixels, mask), "unevenness": unevenness(pixels, mask), **read}
    for name, value in found.items():
        gate = imaging.gates[name]
        if np.isfinite(value) and not gate.holds(value):
            yield Problem(called, f"{gate.words} ({name} {value:.2g})", gate.limit, gate.do)


def clipped_share(pixels: Pixels, mask: Mask) -> float:
    """Which share of a zone is pure white in a channel, or black in all."""
    white = cv2.inRange(pixels, (0, 0, 0), (CLIPPED_HIGH - 1,) * 3) == 0
    black = cv2.inRange(pixels, (0, 0, 0), (CLIPPED_LOW,) * 3) > 0
    return float(np.count_nonzero((white | black) & mask) / max(1, int(np.count_nonzero(mask))))


def unevenness(pixels: Pixels, mask: Mask) -> float:
    """Brightest over darkest part of a zone, after details are blurred away."""
    small = min(1.0, LIGHT_SIDE / max(mask.shape))
    size = max(1, round(mask.shape[1] * small)), max(1, round(mask.shape[0] * small))
    # Of a large zone every so many pixels are enough: details do not count.
    step = max(1, int(0.5 / small))
    some = np.ascontiguousarray(pixels[::step, ::step])
    held = mask[::step, ::step]
    grey = np.asarray(cv2.LUT(cv2.cvtColor(some, cv2.COLOR_RGB2GRAY), _LIGHT), np.float32)
    weight = cv2.resize(held.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    light = cv2.resize(grey * held, size, interpolation=cv2.INTER_AREA)
    sigma = max(2.0, LIGHT_BLUR * float(mask.sum()) ** 0.5 * small)
    blurred, share = (cv2.GaussianBlur(plane, (0, 0), sigma) for plane in (light, weight))
    known = (weight > 0.5) & (share > 0.2)
    if not known.any():
        return 1.0
    low, high = np.quantile(blurred[known] / share[known], (0.02, 0.98))
    return float(high / max(low, 1e-6))
