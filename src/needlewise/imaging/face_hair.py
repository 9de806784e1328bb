"""Zones of a face of which light hair covers the greater part.

What is bare skin is told by comparing with what prevails in a zone. Under a fair fringe that is the hair, which has a colour
that skin could have, so hair would be kept and skin dropped. The other zones of the same face show that it is none: hair
seems to hold far more melanin than the rest of the face. (Dark hair has no colour that skin could have.)
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from needlewise.errors import Problem
from needlewise.imaging.skinmask import seeming_melanin
from needlewise.imaging.zones import Box, Zone

Pixels = NDArray[np.uint8]

# Chosen, in units of melanin (very light skin 0.15, very dark 1.6): parts of one face differ by 0.3, hair by 0.7 and more.
MOST_APART = 0.5
FEWEST = 4  # zones from which the skin of a face is told


def under_hair(pixels: Pixels, zones: Sequence[Zone]) -> tuple[Problem, ...]:
    """Which zones of one face show hair rather than skin, `where` being the zone, and what to do. They cannot be measured."""
    if len(zones) < FEWEST:
        return ()
    size = pixels.shape[1], pixels.shape[0]
    boxes = [zone.box(size) for zone in zones]
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, lower = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    around = Box(left, top, right - left, lower - top)
    melanin = np.array(seeming_melanin(around.of(pixels), [zone.mask(around) for zone in zones]))
    if not np.isfinite(melanin).any():
        return ()
    usual = float(np.nanmedian(melanin))
    hint = "hold the hair back with a band, and take it again"
    return tuple(
        Problem(zone.name, "hair covers most of it, or something of its colour", "bare skin", hint)
        for zone, amount in zip(zones, melanin, strict=True)
        if amount - usual > MOST_APART
    )
