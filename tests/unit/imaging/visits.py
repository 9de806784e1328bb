"""Two visits of one simulated skin, for tests: pictures, and what is known to lie beside the skin in each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from needlewise.imaging.beside import Beside, Pixels, find_beside
from needlewise.imaging.comparing import Comparison, How, compare
from needlewise.imaging.zones import Zone
from needlewise.knowledge import Imaging, load_imaging
from simulated_skin import capture, card, drawing
from simulated_skin.truth import Change, Scene, changed
from tests.unit.healing.people import biology

PX_PER_MM = 10.0
SIDE_MM = 36.0
SMALL = replace(drawing.USUAL, width_mm=SIDE_MM, height_mm=SIDE_MM, melanin=0.5, wrinkles_per_cm2=0.5)
UNCHANGED = Change()


@cache
def imaging() -> Imaging:
    return load_imaging(biology().protocol)


def zone(name: str = "cheek-left", inset_mm: float = 4.0, scale: float = PX_PER_MM, side_mm: float = SIDE_MM) -> Zone:
    low, high = inset_mm * scale, (side_mm - inset_mm) * scale
    return Zone(name, np.array([(low, low), (high, low), (high, high), (low, high)]))


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    pixels: Pixels
    beside: Beside


@cache
def shots(
    seed: int,
    change: Change,
    regime: str,
    visit: int,
    count: int = 2,
    amounts: drawing.Amounts = SMALL,
    scale: float = PX_PER_MM,
) -> tuple[Shot, ...]:
    """Pictures of one visit; a grown change is what the skin has become by then."""
    scene: Scene = changed(drawing.drawn(seed, amounts), change)
    found = []
    for number in range(count):
        taken = capture.conditions(capture.REGIMES[regime], seed, visit, number)
        picture = capture.photograph(scene, taken, px_per_mm=scale)
        grooves = tuple(picture.on_card([one.start, one.end]) for one in card.GROOVES)
        found.append(Shot(picture.pixels, replace(find_beside(picture.pixels, scale), grooves=grooves)))
    return tuple(found)


def compared(
    before: Sequence[Shot], after: Sequence[Shot], how: How | None = None, zones: Sequence[Zone] | None = None
) -> Comparison:
    """Compare shots with what is known to lie beside the skin."""
    return compare(
        [one.pixels for one in before],
        [one.pixels for one in after],
        [zone()] if zones is None else zones,
        imaging(),
        how or How("rig"),
        [one.beside for one in (*before, *after)],
    )
