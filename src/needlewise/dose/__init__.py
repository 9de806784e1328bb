"""Dose: from needles and settings to holes, open area and injured volume, and back.

Holes are counted by geometry: every needle makes one hole per stroke. Open area and injured volume let holes fall
where they may (Poisson), so that overlap is allowed for. Lengths in mm, areas in mm2 unless the name says cm2.

The volume is an index, not a measurement: the halo of crushed tissue round a channel was never measured, and
over the halos that cannot be ruled out the index differs tenfold (see docs/explanation/dose.md). `bands` says how far
it and the other figures are known, `reckoning` puts a device, its settings and a zone together.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from needlewise.errors import DoseError, Problem

MM2_PER_CM2 = 100.0
# Simpson's rule over depth: its weights are positive, so that more can never count as less.
_STRIPS = 64
# Of very many holes the sums round to 1 or a hair above; but chance always leaves some skin untouched.
_BELOW_ONE = math.nextafter(1.0, 0.0)
# A pass more for the last bit of a division would be a pass for nothing.
_ROUNDING = 1e-12
_NOTHING: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True)
class Pen:
    """A pen: `needle_count` needles at `strokes_per_second`, glided over a strip `swept_width_mm` wide."""

    needle_count: int
    strokes_per_second: float
    swept_width_mm: float

    def __post_init__(self) -> None:
        _require(
            above_zero={
                "needle_count": self.needle_count,
                "strokes_per_second": self.strokes_per_second,
                "swept_width_mm": self.swept_width_mm,
            }
        )


@dataclass(frozen=True, slots=True)
class Roller:
    """A roller: `needle_count` needles on a drum of this diameter and width."""

    needle_count: int
    drum_diameter_mm: float
    drum_width_mm: float

    def __post_init__(self) -> None:
        _require(
            above_zero={
                "needle_count": self.needle_count,
                "drum_diameter_mm": self.drum_diameter_mm,
                "drum_width_mm": self.drum_width_mm,
            }
        )


@dataclass(frozen=True, slots=True)
class Channel:
    """The hole one needle leaves: radius at the surface, true depth, and halo of crushed tissue round it."""

    radius_mm: float
    depth_mm: float
    halo_mm: float = 0.0

    def __post_init__(self) -> None:
        _require({"radius_mm": self.radius_mm, "depth_mm": self.depth_mm}, {"halo_mm": self.halo_mm})


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of skin from `from_mm` to `to_mm` below the surface."""

    from_mm: float
    to_mm: float

    def __post_init__(self) -> None:
        _require({"thickness_mm": self.to_mm - self.from_mm}, {"from_mm": self.from_mm})


def pen_holes_per_cm2(pen: Pen, glide_mm_per_second: float, passes: float) -> float:
    """Holes per cm2 that a pen leaves: passes x needles x strokes / (speed x width).

    `glide_mm_per_second` > 0, `passes` >= 0. Linear in passes, inverse in speed. Formula: docs/explanation/dose.md.
    """
    _require({"glide_mm_per_second": glide_mm_per_second}, {"passes": passes})
    return passes * pen.needle_count * pen.strokes_per_second / (glide_mm_per_second * pen.swept_width_mm) * MM2_PER_CM2


def roller_holes_per_cm2(roller: Roller, passes: float) -> float:
    """Holes per cm2 that a roller leaves: passes x needles / (circumference x width). `passes` >= 0."""
    _require(zero_or_more={"passes": passes})
    area_mm2 = math.pi * roller.drum_diameter_mm * roller.drum_width_mm
    return passes * roller.needle_count / area_mm2 * MM2_PER_CM2


def stamp_holes_per_cm2(needle_count: int, stamps: float, area_cm2: float) -> float:
    """Holes per cm2 of an area stamped `stamps` times with `needle_count` needles."""
    _require({"needle_count": needle_count, "area_cm2": area_cm2}, {"stamps": stamps})
    return needle_count * stamps / area_cm2


def glide_mm_per_second_for(pen: Pen, holes_per_cm2: float, passes: int) -> float:
    """The glide speed at which `passes` passes leave the wanted density: the inverse of `pen_holes_per_cm2`."""
    _require({"holes_per_cm2": holes_per_cm2, "passes": passes})
    return passes * pen.needle_count * pen.strokes_per_second / (holes_per_cm2 / MM2_PER_CM2 * pen.swept_width_mm)


def passes_for(pen: Pen, holes_per_cm2: float, glide_mm_per_second: float) -> int:
    """The fewest whole passes at this speed that reach the wanted density, at least 1."""
    _require({"holes_per_cm2": holes_per_cm2, "glide_mm_per_second": glide_mm_per_second})
    one_pass = pen_holes_per_cm2(pen, glide_mm_per_second, 1)
    return max(1, math.ceil(holes_per_cm2 / one_pass * (1 - _ROUNDING)))


def roller_passes_for(roller: Roller, holes_per_cm2: float) -> int:
    """The fewest whole passes of a roller that reach the wanted density, at least 1."""
    _require({"holes_per_cm2": holes_per_cm2})
    return max(1, math.ceil(holes_per_cm2 / roller_holes_per_cm2(roller, 1) * (1 - _ROUNDING)))


def stamps_for(needle_count: int, area_cm2: float, holes_per_cm2: float) -> int:
    """The fewest stamps on an area that reach the wanted density, at least 1."""
    _require({"holes_per_cm2": holes_per_cm2})
    return max(1, math.ceil(holes_per_cm2 / stamp_holes_per_cm2(needle_count, 1, area_cm2) * (1 - _ROUNDING)))


def open_area_fraction(holes_per_cm2: float, radius_mm: float) -> float:
    """Share of the surface that is open, 0 to below 1: 1 - exp(-density x pi r2). Monotone in both."""
    _require({"radius_mm": radius_mm}, {"holes_per_cm2": holes_per_cm2})
    return min(_BELOW_ONE, -math.expm1(-holes_per_cm2 / MM2_PER_CM2 * math.pi * radius_mm**2))


def injured_fraction(holes_per_cm2: float, channel: Channel, layer: Layer) -> float:
    """Share of a layer's volume that is injured, 0 to below 1.

    A channel narrows linearly from its radius at the surface to its tip and carries its halo all the way:
    r(z) = radius x (1 - z/depth) + halo above the tip, nothing below. The mean over the layer of
    1 - exp(-density x pi r(z)2). Monotone in density, radius, depth and halo.
    """
    _require(zero_or_more={"holes_per_cm2": holes_per_cm2})
    bottom = min(layer.to_mm, channel.depth_mm)
    if bottom <= layer.from_mm:
        return 0.0
    density = holes_per_cm2 / MM2_PER_CM2

    def injured_at(z_mm: float) -> float:
        radius = channel.radius_mm * (1 - z_mm / channel.depth_mm) + channel.halo_mm
        return -math.expm1(-density * math.pi * radius**2)

    step = (bottom - layer.from_mm) / _STRIPS
    weights = (1, *((4, 2) * (_STRIPS // 2 - 1)), 4, 1)
    total = sum(weight * injured_at(layer.from_mm + number * step) for number, weight in enumerate(weights))
    return min(_BELOW_ONE, total * step / 3 / (layer.to_mm - layer.from_mm))


def _require(above_zero: Mapping[str, float] = _NOTHING, zero_or_more: Mapping[str, float] = _NOTHING) -> None:
    """Refuse impossible settings, all at once."""
    problems = [
        Problem(name, f"{value:g}", "a finite number above 0")
        for name, value in above_zero.items()
        if not (math.isfinite(value) and value > 0)
    ]
    problems += [
        Problem(name, f"{value:g}", "a finite number, 0 or more")
        for name, value in zero_or_more.items()
        if not (math.isfinite(value) and value >= 0)
    ]
    if problems:
        raise DoseError(problems)
