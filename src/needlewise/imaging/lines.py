"""Wrinkles as lines: where they run, how long, wide and deep they look, and how much a later visit changed the same lines.

A line's depth proxy is its contrast: how much darker its bottom is than its sides, in units of the natural logarithm of
light, so that neither the brightness of the picture nor the tone of the skin counts. It is read off the plane by one linear
filter across the line, as wide as the line, and is therefore in proportion to the depth as long as light is.

Two visits are never searched one after the other: a line that is found because it happens to look deep at one visit looks
shallower at the other for no reason but chance. Lines are found on the mean of both, and read at both in the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.chroma_kernels import fill_relief
from needlewise.imaging.crests import Thresholds, chains
from needlewise.imaging.criteria import LineRule
from needlewise.imaging.kernels import ridges
from needlewise.imaging.paths import length, smoothed
from needlewise.imaging.picture import some_of
from needlewise.imaging.profiles import bottoms, profiles, sampled, valley

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

# What counts as a line stands in knowledge/imaging/criteria.toml. These make the filters work.
LEAST_WIDTH_PX = 1.0  # narrower Gaussians are left out
MARKED = 0.75  # half of a line has at least this share of the response at which a line may begin
ALL_ALONG = 0.5  # half of a line has at least this share of its contrast; else it only crosses something
END = 0.5  # a line ends where its response has fallen to this share of its median
SMOOTH_MM = 0.3  # a line does not wriggle with what lies in it
PIECE_MM = 2.0  # lines are read in pieces, each with a place of its own across the line
SEARCH_MM = 0.15  # how far across a line its bottom is looked for at a visit: what alignment leaves over
DARKEST = 1e-3  # share of white below which light is not believed


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One wrinkle."""

    points: Floats  # (n, 2): x and y in px of the plane, about one px apart
    length_mm: float
    width_mm: float  # across, at half of its contrast
    contrast: float  # of its bottom against its sides, ln units: the depth proxy


@dataclass(frozen=True, slots=True)
class Lines:
    """What the lines of a zone come to."""

    count: int
    density_mm_per_cm2: float
    mean_length_mm: float  # each line counts once
    contrast: float  # mean along all lines, ln units
    load: float  # density times contrast, mm/cm2 times ln units


def relief_plane(linear: NDArray[np.float32]) -> Plane:
    """The plane that lines are read from, of linear light (height, width, 3): mean logarithm of red and green.

    Blue is left out: it is noisy in dark skin.
    """
    plane: Plane = np.empty(linear.shape[:2], np.float32)
    fill_relief(np.ascontiguousarray(linear, np.float32), np.float32(DARKEST), plane)
    return plane


def equally_sharp(before: Plane, after: Plane, sigma_px: tuple[float, float]) -> tuple[Plane, Plane]:
    """The sharper of two planes blurred to the sharpness of the other; `sigma_px` is the blur of each."""
    least = max(sigma_px)
    first, second = (
        plane if least**2 - own**2 < 0.01 else cv2.GaussianBlur(plane, (0, 0), (least**2 - own**2) ** 0.5)
        for plane, own in zip((before, after), sigma_px, strict=True)
    )
    return np.asarray(first, np.float32), np.asarray(second, np.float32)


def find_lines(plane: Plane, mask: Mask, px_per_mm: float, rule: LineRule, threads: int = 2) -> tuple[Line, ...]:
    """The lines of a zone, the most marked first. `mask` is true inside the zone."""
    sigmas = [blur * px_per_mm for blur in rule.blurs_mm if blur * px_per_mm >= LEAST_WIDTH_PX]
    if not sigmas or not mask.any():
        return ()
    response = ridges(plane, sigmas, threads)
    noise = float(np.median(some_of(response, mask)))
    thresholds = Thresholds(
        max(rule.begin * noise, rule.least_contrast),
        max(rule.go_on * noise, rule.least_contrast / 2),
        rule.gap_mm * px_per_mm,
    )
    found = []
    for chain in chains(response, mask, thresholds):
        if length(chain) < rule.least_mm * px_per_mm * 0.8:
            continue
        points = _ended(smoothed(chain, SMOOTH_MM * px_per_mm), response, MARKED * thresholds.begin)
        if length(points) >= rule.least_mm * px_per_mm:
            found.append(_line(points, plane, px_per_mm, rule))
    return tuple(line for line in found if line is not None)


def measured(lines: Sequence[Line], mask: Mask, px_per_mm: float) -> Lines:
    """What lines come to in their zone."""
    area_cm2 = float(np.count_nonzero(mask)) / (10 * px_per_mm) ** 2
    lengths = np.array([line.length_mm for line in lines])
    if not len(lines) or area_cm2 == 0:
        return Lines(0, 0.0, 0.0, 0.0, 0.0)
    density = float(lengths.sum()) / area_cm2
    contrast = float(np.average([line.contrast for line in lines], weights=lengths))
    return Lines(len(lines), density, float(lengths.mean()), contrast, density * contrast)


def _ended(points: Floats, response: Plane, marked: float) -> Floats:
    """The line without the parts at its ends where it has run out; nothing if half of it is not marked enough."""
    along = sampled(response, points)
    middle = np.median(along)
    if middle < marked:
        return points[:0]
    enough = np.flatnonzero(along >= END * middle)
    return points[enough[0] : enough[-1] + 1]


def _line(points: Floats, plane: Plane, px_per_mm: float, rule: LineRule) -> Line | None:
    """What a line is like; nothing if what is there is no valley all along, or too wide for a line."""
    length_mm = length(points) / px_per_mm
    offsets, pieces = profiles(plane, points, max(4, round(length_mm)), px_per_mm)
    whole = pieces.mean(axis=0)
    found = valley(offsets, whole, SEARCH_MM, (rule.narrowest_mm, rule.widest_mm))
    (contrast,), _ = bottoms(offsets, whole[None], found.width_mm, SEARCH_MM)
    along, _ = bottoms(offsets, pieces, found.width_mm, SEARCH_MM)
    is_slender = found.width_mm <= min(rule.widest_mm, length_mm / rule.slender)
    is_line = is_slender and found.evenness >= rule.even and 0 < contrast * ALL_ALONG <= np.median(along)
    return Line(points, length_mm, found.width_mm, float(contrast)) if is_line else None
