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

from needlewise.imaging.crests import Thresholds, chains
from needlewise.imaging.kernels import ridges

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

# Chosen on the simulator; to be moved into the knowledge files with their marks.
WIDTHS_MM = (0.125, 0.175, 0.25, 0.35, 0.5)  # Gaussians that are tried: lines of 0.3 to 1.4 mm
LEAST_WIDTH_PX = 1.0  # narrower Gaussians are left out
BEGIN, GO_ON = 6.0, 3.0  # thresholds, in times the median response of the zone, which is that of its micro-relief
LEAST_CONTRAST = 0.004  # a begin below this response is no line: 8 bits do not show it
GAP_MM = 0.5
SHORTEST_MM = 3.0
WIDEST_MM = 1.25  # wider valleys are the rims of spots and folds of the face, which needling is not judged by
SLENDER = 4.0  # a line is at least so many times as long as wide
FWHM = 2.355  # width at half height of a Gaussian whose standard deviation is 1
END = 0.5  # a line ends where its response has fallen to this share of its median
SMOOTH_MM = 0.3  # a line does not wriggle with what lies in it
ACROSS_MM = 1.6  # half of what is read across a line
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
    mean_length_mm: float  # weighted by nothing: the mean line
    contrast: float  # mean along all lines, ln units
    load: float  # density times contrast, mm/cm2 times ln units


def relief_plane(linear: NDArray[np.float32]) -> Plane:
    """The plane that lines are read from, of linear light (height, width, 3): mean logarithm of red and green.

    Blue is left out: it is noisy in dark skin.
    """
    dark = np.float32(DARKEST)
    light = np.maximum(linear[..., 0], dark) * np.maximum(linear[..., 1], dark)
    return np.asarray(np.float32(0.5) * cv2.log(light), np.float32)


def equally_sharp(before: Plane, after: Plane, sigma_px: tuple[float, float]) -> tuple[Plane, Plane]:
    """The sharper of two planes blurred to the sharpness of the other; `sigma_px` is the blur of each."""
    least = max(sigma_px)
    first, second = (
        plane if least**2 - own**2 < 0.01 else cv2.GaussianBlur(plane, (0, 0), (least**2 - own**2) ** 0.5)
        for plane, own in zip((before, after), sigma_px, strict=True)
    )
    return np.asarray(first, np.float32), np.asarray(second, np.float32)


def find_lines(plane: Plane, mask: Mask, px_per_mm: float, threads: int = 2) -> tuple[Line, ...]:
    """The lines of a zone, the most marked first. `mask` is true inside the zone."""
    sigmas = [width * px_per_mm for width in WIDTHS_MM if width * px_per_mm >= LEAST_WIDTH_PX]
    if not sigmas or not mask.any():
        return ()
    response = ridges(plane, sigmas, threads)
    noise = float(np.median(response[mask]))
    thresholds = Thresholds(
        max(BEGIN * noise, LEAST_CONTRAST), max(GO_ON * noise, LEAST_CONTRAST / 2), GAP_MM * px_per_mm
    )
    found = []
    for chain in chains(response, mask, thresholds):
        if _length(chain) < SHORTEST_MM * px_per_mm * 0.8:
            continue
        points = _ended(_smoothed(chain, SMOOTH_MM * px_per_mm), response)
        if _length(points) >= SHORTEST_MM * px_per_mm:
            found.append(_line(points, plane, px_per_mm))
    return tuple(line for line in found if _is_line(line))


def _is_line(line: Line) -> bool:
    return line.contrast > 0 and line.width_mm <= min(WIDEST_MM, line.length_mm / SLENDER)


def measured(lines: Sequence[Line], mask: Mask, px_per_mm: float) -> Lines:
    """What lines come to in their zone."""
    area_cm2 = float(np.count_nonzero(mask)) / (10 * px_per_mm) ** 2
    lengths = np.array([line.length_mm for line in lines])
    if not len(lines) or area_cm2 == 0:
        return Lines(0, 0.0, 0.0, 0.0, 0.0)
    density = float(lengths.sum()) / area_cm2
    contrast = float(np.average([line.contrast for line in lines], weights=lengths))
    return Lines(len(lines), density, float(lengths.mean()), contrast, density * contrast)


def _length(points: Floats) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum()) if len(points) > 1 else 0.0


def _resampled(points: Floats, step_px: float) -> Floats:
    """Points at equal distances along the same line."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    places = np.linspace(0, along[-1], max(2, round(along[-1] / step_px) + 1))
    return np.stack([np.interp(places, along, points[:, axis]) for axis in range(2)], axis=1)


def _smoothed(points: Floats, sigma_px: float) -> Floats:
    """A line about one px a point, without wriggles; its ends stay where they are."""
    points = _resampled(points, 1.0)
    reach = min(int(3 * sigma_px), len(points) - 1)
    if reach < 1:
        return points
    # Turned about its ends, a straight line goes on as one.
    padded = np.concatenate(
        [2 * points[:1] - points[reach:0:-1], points, 2 * points[-1:] - points[-2 : -reach - 2 : -1]]
    )
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma_px) ** 2)
    weights /= weights.sum()
    smooth = np.stack([np.convolve(padded[:, axis], weights, "valid") for axis in range(2)], axis=1)
    return _resampled(smooth, 1.0)


def _ended(points: Floats, response: Plane) -> Floats:
    """The line without the parts at its ends where it has run out."""
    along = _sampled(response, points)
    enough = np.flatnonzero(along >= END * np.median(along))
    return points[enough[0] : enough[-1] + 1]


def _sampled(plane: Plane, points: Floats) -> Floats:
    """The plane at these places (..., 2), between px by a cubic."""
    flat = points.reshape(-1, 1, 2).astype(np.float32)
    nothing = np.empty(0, np.float32)
    found = [
        cv2.remap(plane, part, nothing, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
        for part in np.split(flat, range(30_000, len(flat), 30_000))
    ]
    return np.concatenate(found).reshape(points.shape[:-1]).astype(float)


def across(points: Floats, offsets_px: Floats) -> Floats:
    """Places beside a line, (points, offsets, 2): so many px to its right as one goes along it."""
    way = np.gradient(points, axis=0)
    way /= np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
    normal = np.stack([-way[:, 1], way[:, 0]], axis=1)
    return points[:, None] + normal[:, None] * offsets_px[None, :, None]


def strip_of(plane: Plane, points: Floats, px_per_mm: float) -> tuple[Floats, Floats]:
    """What lies beside a line, straightened: offsets in mm, and the plane at (points, offsets)."""
    reach = int(np.ceil(2 * ACROSS_MM * px_per_mm))
    offsets_px = np.arange(-reach, reach + 1) / 2
    return offsets_px / px_per_mm, _sampled(plane, across(points, offsets_px))


def _line(points: Floats, plane: Plane, px_per_mm: float) -> Line:
    offsets, strip = strip_of(plane, points, px_per_mm)
    profile = strip.mean(axis=0)
    width = _width_mm(offsets, profile)
    contrast, _ = bottom(offsets, profile, width, SEARCH_MM)
    return Line(points, _length(points) / px_per_mm, width, contrast)


def _width_mm(offsets: Floats, profile: Floats) -> float:
    """How wide the middle valley of a profile is at half its depth."""
    middle = int(np.argmin(np.where(np.abs(offsets) <= SEARCH_MM, profile, np.inf)))
    sides = [profile[: middle + 1][::-1], profile[middle:]]
    reach = int(np.searchsorted(offsets - offsets[0], WIDEST_MM))
    half = profile[middle] + 0.5 * (np.mean([side[: reach + 1].max() for side in sides]) - profile[middle])
    width = 0.0
    for side in sides:
        beyond = int(np.argmax(side >= half)) or len(side) - 1
        rise = side[beyond] - side[beyond - 1]
        width += beyond - 1 + (half - side[beyond - 1]) / rise if rise > 0 else beyond
    return max(float(width * (offsets[1] - offsets[0])), FWHM * WIDTHS_MM[0])


def bottom(offsets: Floats, profile: Floats, width_mm: float, search_mm: float) -> tuple[float, float]:
    """Contrast of the valley near the middle of a profile, and where it lies, mm.

    The filter is the second derivative of a Gaussian as wide as the line. A slope of brightness does not pass it, and
    a valley with the profile of a Gaussian of this width gives its own depth.
    """
    answer = profile @ filters(offsets, width_mm, search_mm)
    places = _places(search_mm, offsets)
    best = int(np.argmax(answer))
    if 0 < best < len(places) - 1:
        before, here, after = answer[best - 1 : best + 2]
        bend = before + after - 2 * here
        step = 0.5 * (before - after) / bend if bend < 0 else 0.0
        return float(here - 0.25 * (before - after) * step), float(places[best] + step * (places[1] - places[0]))
    return float(answer[best]), float(places[best])


def _places(search_mm: float, offsets: Floats) -> Floats:
    step = float(offsets[1] - offsets[0]) / 2
    reach = int(search_mm / step)
    return np.arange(-reach, reach + 1) * float(step)


def filters(offsets: Floats, width_mm: float, search_mm: float) -> Floats:
    """The filter at each place that is tried, (offsets, places)."""
    sigma = width_mm / FWHM
    away = (offsets[:, None] - _places(search_mm, offsets)[None]) / sigma
    kernel = (away**2 - 1) * np.exp(-0.5 * away**2)
    kernel -= kernel.mean(axis=0)
    valley = -np.exp(-0.5 * away**2)
    return np.asarray(kernel / (kernel * valley).sum(axis=0), float)
