"""The printed card that is laid beside the skin: what is where on it, in millimetres, as data.

One card of 148 x 105 mm serves everything. The page that prints it and the eye that finds it read the same figures, so
they cannot drift apart. Places are (x, y) from the upper left corner, x to the right and y downwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Field:
    """An upright rectangle on the card, in mm."""

    left: float
    top: float
    width: float
    height: float

    def corners(self, share: float = 1.0) -> Floats:
        """Corners (4, 2) from the upper left clockwise, of the middle `share` of the field's sides."""
        dx, dy = self.width * (1 - share) / 2, self.height * (1 - share) / 2
        left, top = self.left + dx, self.top + dy
        right, bottom = self.left + self.width - dx, self.top + self.height - dy
        return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


@dataclass(frozen=True, slots=True)
class Groove:
    """A straight groove of the relief gauge. Half as deep as at its bottom at half its width, like a wrinkle."""

    start: Point
    end: Point
    depth_um: float
    width_mm: float

    @property
    def is_level(self) -> bool:
        """Whether it runs across the card, from left to right."""
        return self.start[1] == self.end[1]


@dataclass(frozen=True, slots=True)
class CardLayout:
    """Everything on a card. `markers` are the ids of ArUco markers of a dictionary of 50 with 4 x 4 cells."""

    edition: str
    width_mm: float
    height_mm: float
    markers: Mapping[int, Field]
    chart: Field  # where a 24-patch chart is stuck on or laid
    white: Field
    grey: Field
    gauge: Field  # where the relief gauge is stuck on: a moulded part, as paper has no grooves
    grooves: tuple[Groove, ...]
    ruler: Field
    white_linear: (
        float  # reflectance aimed at; a printer will miss it, so what was measured of a print may be given instead
    )
    grey_linear: float

    def marker_corners(self, number: int) -> Floats:
        return self.markers[number].corners()


def _grooves(gauge: Field) -> tuple[Groove, ...]:
    """Two depths in two directions: the pair that lies across the light tells how strongly it draws relief."""
    half = gauge.width / 2
    level = tuple(
        Groove((gauge.left + 2.5, gauge.top + y), (gauge.left + half - 2.5, gauge.top + y), depth, 0.6)
        for y, depth in ((6.0, 100.0), (11.0, 200.0), (17.0, 100.0), (22.0, 200.0))
    )
    upright = tuple(
        Groove(
            (gauge.left + half + x, gauge.top + 4.0),
            (gauge.left + half + x, gauge.top + gauge.height - 4.0),
            depth,
            0.6,
        )
        for x, depth in ((4.5, 100.0), (10.5, 200.0), (17.0, 100.0), (23.0, 200.0))
    )
    return level + upright


_SIDE = 12.0
_GAUGE = Field(73.0, 72.0, 55.0, 28.0)
# The markers differ, so a card that lies upside down or is seen in a mirror is known as such. A chart of the small size
# (about 108 x 63 mm) or smaller fits in its place. Fields for colour are far larger than blur and far from the edge.
CARD = CardLayout(
    edition="1",
    width_mm=148.0,
    height_mm=105.0,
    markers=MappingProxyType({
        31: Field(4.0, 4.0, _SIDE, _SIDE),
        32: Field(148.0 - 4.0 - _SIDE, 4.0, _SIDE, _SIDE),
        33: Field(148.0 - 4.0 - _SIDE, 105.0 - 4.0 - _SIDE, _SIDE, _SIDE),
        34: Field(4.0, 105.0 - 4.0 - _SIDE, _SIDE, _SIDE),
    }),
    chart=Field(19.0, 4.0, 110.0, 65.0),
    white=Field(19.0, 72.0, 25.0, 25.0),
    grey=Field(46.0, 72.0, 25.0, 25.0),
    gauge=_GAUGE,
    grooves=_grooves(_GAUGE),
    ruler=Field(19.0, 98.5, 50.0, 4.0),
    white_linear=0.80,
    grey_linear=0.18,
)  # fmt: skip
