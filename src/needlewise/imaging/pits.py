"""Small hollows in the skin: sunken scars, told by what a lamp from one side makes of them.

A hollow is dark on the side of the lamp, where its wall turns away from the light, and bright on the far side. A brown spot
is dark all over and a gleam bright all over. So at every place the plane is looked at a little toward the lamp and a little
away from it, and what counts is the lesser of how dark the one and how bright the other is: spots and folds of shade answer
with one side only, and count for nothing. A furrow answers with both, but all along: what answers as much a little to the
left and right of the light is no pit.

The line along which the light falls is read off the fine relief (`relief.roughness`). On which end of it the lamp stands
follows from the relief too: skin has narrow furrows and broad ridges, not the other way round.

Two visits are not searched one after the other: hollows that either of them shows are read at both in the same places, so
that one that barely shows does not come and go by chance.

Wide and shallow hollows (walls that rise by less than about one in six) are drawn no more strongly than fine relief and
are missed: the number tells of steep scars, and of change more than of amount.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.picture import smaller, some_of, widely_blurred
from needlewise.imaging.profiles import sampled
from needlewise.imaging.shifting import shifted

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

# Chosen on the simulator.
RADII_MM = (0.3, 0.4, 0.55, 0.75, 1.0, 1.4)  # hollows of about 0.5 to 3 mm
MOST_PX = 3.0  # a radius is looked for on a plane so much smaller that it is no more than this
LEAST_CONTRAST = 0.04  # ln units; hollows that are fainter than this are not looked for
TIMES_USUAL = 5.0  # and so many times the usual answer of the zone at that size
SIDE, SMOOTH, AROUND = 0.75, 0.4, 2.0  # in radii: how far both sides lie from the middle, and the blurs that show them
BEYOND, OWN = 2.5, 0.4  # either side differs from the skin so many radii away by so much of its contrast at least
ALONG, FURROW = 2.0, 0.7  # a furrow answers with so large a share still, so many radii to both sides of the light
APART = 1.2  # two hollows lie at least so many times the larger radius apart
LEAST_SEEN = 0.7  # share of a hollow that must be in the zone and not hidden
FILL_MM = 0.5
FURROW_MM = 0.1  # half the width of what tells furrows from ridges
BLOCK_MM = 5.0
LEAST_SURE = 2.5  # standard errors by which furrows must be narrower than ridges, to say where the lamp stands


@dataclass(frozen=True, slots=True)
class Pit:
    """One hollow: its middle in px of the plane, its radius at half of its depth, and how much it stands out."""

    x: float
    y: float
    radius_mm: float
    contrast: float  # the lesser of how dark one side is and how bright the other, ln units


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """A plane that is so many times smaller, on which a radius is so many px: as it is, smooth, and without what is wider."""

    radius_mm: float
    px: float
    factor: float
    plane: Plane
    fine: Plane
    even: Plane


def levels_of(plane: Plane, mask: Mask, px_per_mm: float) -> tuple[Level, ...]:
    """What shows the hollows of a zone, `mask` true inside it, for every size. Leave out of the mask what hides the skin or is
    deeper relief: hairs, wrinkles.
    """
    return tuple(_levels(_filled(plane, mask, px_per_mm), px_per_mm))


def pits_of(levels: Iterable[Level], mask: Mask, px_per_mm: float, lamp_deg: float) -> tuple[Pit, ...]:
    """The hollows of a zone, the most marked first; `levels` and `mask` as in `levels_of`.

    `lamp_deg`: from where the light falls, 0 from the right, 90 from above; see `lopsided`.
    """
    return apart((pit for level in levels for pit in _at_size(level, mask, lamp_deg)), px_per_mm)


def apart(pits: Iterable[Pit], px_per_mm: float) -> tuple[Pit, ...]:
    """Of hollows that are one, seen at several sizes or at two visits, the one that stands out most; the most marked first."""
    kept: list[Pit] = []
    for pit in sorted(pits, key=lambda one: -one.contrast):
        if all(_px_apart(pit, one) > APART * max(pit.radius_mm, one.radius_mm) * px_per_mm for one in kept):
            kept.append(pit)
    return tuple(kept)


def contrasts(levels: Iterable[Level], pits: Sequence[Pit], lamp_deg: float) -> Floats:
    """How much hollows that are known stand out in a picture: half of how much brighter one side is than the other, ln
    units; nought where one no longer does.
    """
    found = np.zeros(len(pits))
    for level in levels:
        here = [number for number, pit in enumerate(pits) if pit.radius_mm == level.radius_mm]
        if here:
            at = np.array([(pits[number].x, pits[number].y) for number in here])
            at = (at + 0.5) / level.factor - 0.5
            side = SIDE * level.px * _towards(lamp_deg)
            found[here] = (sampled(level.even, at - side) - sampled(level.even, at + side)) / 2
    return np.maximum(found, 0)


def shares(pits: Sequence[Pit], told: Sequence[Floats], mask: Mask, px_per_mm: float) -> list[float]:
    """Percent of a zone that lies in hollows, in each picture of which `told` says how much each stands out: a hollow counts
    by its area, and as so much less where it stands out less than at its most.
    """
    if not pits:
        return [0.0] * len(told)
    areas = np.pi * np.array([pit.radius_mm for pit in pits]) ** 2
    zone_mm2 = np.count_nonzero(mask) / px_per_mm**2
    most = np.array([pit.contrast for pit in pits])
    return [float(100 * (areas * np.minimum(one / most, 1)).sum() / zone_mm2) for one in told]


def lopsided(plane: Plane, mask: Mask, px_per_mm: float, line_deg: float) -> tuple[float, float]:
    """How much more narrow, marked hollows than ridges are seen with the lamp at this end of the line along which the light
    falls, and the standard error of that. Below nought the lamp stands at the other end. Wrinkles say most of it.
    """
    band = cv2.GaussianBlur(plane, (0, 0), 0.7 * FURROW_MM * px_per_mm) - widely_blurred(plane, px_per_mm)
    way = _towards(line_deg) * FURROW_MM * px_per_mm
    lower = shifted(band, *-way) - shifted(band, *way)
    spread = float(lower[mask].std()) if mask.any() else 0.0
    if spread == 0:
        return 0.0, 1.0
    inside, held = mask.astype(np.float32), np.clip(lower / np.float32(spread), -4, 4)
    across, down = (max(1, round(side / (BLOCK_MM * px_per_mm))) for side in plane.shape[::-1])
    sums, counts = (
        smaller(np.asarray(one, np.float32), (across, down)) for one in (held * held * held * inside, inside)
    )
    mean = float(sums.sum() / counts.sum())
    return mean, max(float(np.sqrt(np.square(sums - np.float32(mean) * counts).sum()) / counts.sum()), 1e-9)


def _towards(lamp_deg: float) -> Floats:
    """The direction to the lamp, x to the right and y down."""
    angle = np.radians(lamp_deg)
    return np.array([np.cos(angle), -np.sin(angle)])


def _px_apart(one: Pit, other: Pit) -> float:
    return float(np.hypot(one.x - other.x, one.y - other.y))


def _filled(plane: Plane, zone: Mask, px_per_mm: float) -> Plane:
    """The plane, and outside the zone what lies near there in it."""
    weight, filled, sigma = zone.astype(np.float32), plane.copy(), FILL_MM * px_per_mm
    share = cv2.GaussianBlur(weight, (0, 0), sigma)
    near = cv2.GaussianBlur(plane * weight, (0, 0), sigma) / np.maximum(share, np.float32(1e-6))
    filled[~zone] = np.where(share > 0.02, near, np.float32(plane[zone].mean() if zone.any() else 0))[~zone]
    return filled


def _levels(plane: Plane, px_per_mm: float) -> Iterator[Level]:
    """What shows hollows of each size; the larger ones on a smaller plane."""
    factor = 1.0
    for radius in RADII_MM:
        while radius * px_per_mm / factor > MOST_PX:
            size = max(1, plane.shape[1] // 2), max(1, plane.shape[0] // 2)
            plane, factor = np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32), 2 * factor
        px = radius * px_per_mm / factor
        fine = np.asarray(cv2.GaussianBlur(plane, (0, 0), max(SMOOTH * px, 0.3)), np.float32)
        even = fine - widely_blurred(plane, AROUND * px)
        yield Level(radius, px, factor, plane, fine, even)


def _at_size(level: Level, mask: Mask, lamp_deg: float) -> Iterator[Pit]:
    """Every place where a hollow of this size stands out among its neighbours."""
    even, px = level.even, level.px
    inside = cv2.resize(mask.astype(np.float32), even.shape[::-1], interpolation=cv2.INTER_AREA)
    zone = inside > 0.5
    if not zone.any():
        return
    to_lamp = _towards(lamp_deg)
    beside = np.array([-to_lamp[1], to_lamp[0]])
    side, aside = SIDE * px * to_lamp, ALONG * px * beside
    dark, bright = -shifted(even, *side), shifted(even, *-side)
    both = np.asarray((dark + bright) / 2, np.float32)
    usual = 1.4826 * float(np.median(np.abs(some_of(both, zone))))
    furrow = np.maximum(shifted(both, *aside), shifted(both, *-aside))
    answer = np.minimum(dark, bright) - np.float32(FURROW) * np.maximum(furrow, 0)
    reach = 2 * max(1, round(0.5 * px)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    seen = cv2.filter2D(inside, -1, disc / np.float32(disc.sum()), borderType=cv2.BORDER_CONSTANT)
    tops = (answer >= max(LEAST_CONTRAST, TIMES_USUAL * usual)) & zone & (seen >= LEAST_SEEN)
    tops &= answer == cv2.dilate(answer, disc)
    at = np.argwhere(tops)[:, ::-1].astype(np.float64)
    if not len(at):
        return
    # Beside a spot the skin is brighter than a mean that holds the spot, but no brighter than the skin beyond.
    around = np.asarray(cv2.GaussianBlur(level.plane, (0, 0), px), np.float32)
    far, near = BEYOND * px * to_lamp, SIDE * px * to_lamp
    darker = sampled(around, at + far) - sampled(level.fine, at + near)
    brighter = sampled(level.fine, at - near) - sampled(around, at - far)
    enough = np.minimum(darker, brighter) >= OWN * answer[tops]
    for place, contrast in zip(at[enough], answer[tops][enough], strict=True):
        x, y = (place + 0.5) * level.factor - 0.5
        yield Pit(float(x), float(y), level.radius_mm, float(contrast))
