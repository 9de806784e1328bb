"""What lies beside the skin in a photograph: chart, grey, grooves and scale, and what they tell of the picture.

Skin itself tells neither how sharp a picture is nor how its light was: both are read where something known lies.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.card import Card, Chart, Patch, find_card, find_chart
from needlewise.imaging.colour import NO_CALIBRATION, Calibration, by_chart, by_grey, by_reference, calibrated
from needlewise.imaging.colour_space import decoded
from needlewise.imaging.lines import SEARCH_MM, relief_plane
from needlewise.imaging.profiles import ACROSS_MM, bottoms, profiles

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

NEUTRALS = (18, 19, 20, 21, 22, 23)  # of the chart's 24 patches, from white to black
LIGHT_GREYS = (19, 20, 21)  # neither clipped nor dark
# Edges are read on so many lines beside each other, this far to both sides of the middle, as a share of the edge's length.
EDGE_LINES, EDGE_SHARE = 15, 0.3
LOW, HIGH = 0.1, 0.9
# What a Gaussian of 1 px makes of an edge, from 10 to 90 percent.
RISE_OF_SIGMA = 2.563
LEAST_STEP = 0.05  # of an edge in linear light; a fainter one tells nothing
MARKER_MM = 1.5  # how far an edge of a marker is read to both sides


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """What was found beside the skin; all of it may be missing.

    px_per_mm  None where nothing of known size lies there
    grooves    each (2, 2): ends of a groove of the relief gauge, in pixels
    edges      each (2, 2): from a bright place to a dark one across an edge, in pixels
    apart      outlines (n, 2) of all that does not lie as the skin does
    """

    px_per_mm: float | None = None
    chart: Chart | None = None
    grey: Patch | None = None
    white: Patch | None = None
    grooves: tuple[Floats, ...] = ()
    edges: tuple[Floats, ...] = ()
    apart: tuple[Floats, ...] = ()
    grey_linear: float = 0.18
    white_linear: float = 0.80
    edition: str = "before"
    tilt_deg: float = field(default=0.0)

    @property
    def light(self) -> Floats | None:
        """How bright a light grey is, (3,) in linear light: how strong the light was, and of what colour."""
        if self.chart is not None and self.chart.usable[list(LIGHT_GREYS)].any():
            kept = [number for number in LIGHT_GREYS if self.chart.usable[number]]
            return np.asarray(decoded(self.chart.values[kept] / 255).mean(axis=0))
        if self.grey is not None and self.grey.usable:
            return np.asarray(decoded(self.grey.value / 255))
        return None


def find_beside(pixels: Pixels, px_per_mm: float | None = None, edition: str = "before") -> Beside:
    """Look for our card, and for a chart by itself. `px_per_mm` is what somebody measured; a card goes before it."""
    card = find_card(pixels, edition=edition)
    if card is not None:
        return _on_card(card, edition)
    chart = find_chart(pixels, edition)
    if chart is None:
        return Beside(px_per_mm)
    return Beside(px_per_mm, chart, edges=tuple(_chart_edges(chart)), apart=(_wider(chart.box),), edition=edition)


def calibration_of(beside: Beside, here: Floats | None = None, at_baseline: Floats | None = None) -> Calibration:
    """The best that can be had: by the chart, by grey, by skin that is taken not to have changed, or none."""
    if beside.chart is not None and (found := by_chart(beside.chart, beside.edition)) is not None:
        return found
    if beside.grey is not None:
        found = by_grey(beside.grey, beside.grey_linear, beside.white, beside.white_linear)
        if found is not None:
            return found
    if here is not None and at_baseline is not None:
        return by_reference(here, at_baseline)
    return NO_CALIBRATION


def edge_rise_px(pixels: Pixels, beside: Beside) -> float:
    """Over how many pixels an edge rises from 10 to 90 percent of its step: the median of all. NaN without edges."""
    found = [rise for edge in beside.edges if (rise := _rise(pixels, edge)) is not None]
    return float(np.median(found)) if found else float("nan")


def groove_contrasts(pixels: Pixels, beside: Beside, calibration: Calibration, width_mm: float = 0.6) -> Floats:
    """How much darker the bottom of each groove is than its sides, in units of the natural logarithm of light.

    Each (grooves,). NaN without a scale.
    """
    if beside.px_per_mm is None or not beside.grooves:
        return np.full(len(beside.grooves), np.nan)
    # Only the part of the picture with the grooves is looked at.
    ends = np.concatenate(beside.grooves)
    margin = 3 * ACROSS_MM * beside.px_per_mm
    size = np.array(pixels.shape[1::-1])
    low = np.clip(np.floor(ends.min(axis=0) - margin), 0, size).astype(int)
    high = np.clip(np.ceil(ends.max(axis=0) + margin), 0, size).astype(int)
    part = pixels[low[1] : high[1], low[0] : high[0]]
    if not part.size:
        return np.full(len(beside.grooves), np.nan)
    plane = relief_plane(calibrated(part, calibration))
    found = []
    for start, end in (groove - low for groove in beside.grooves):
        inset = 0.12 * (end - start)
        along = np.linspace(start + inset, end - inset, max(8, round(float(np.hypot(*(end - start))))))
        offsets, profile = profiles(plane, along, 1, beside.px_per_mm)
        found.append(float(bottoms(offsets, profile, width_mm, SEARCH_MM)[0][0]))
    return np.array(found)


def _on_card(card: Card, edition: str) -> Beside:
    layout = card.layout
    grooves = tuple(card.at([one.start, one.end]) for one in layout.grooves)
    corners = card.at([(0, 0), (layout.width_mm, 0), (layout.width_mm, layout.height_mm), (0, layout.height_mm)])
    edges = [*_marker_edges(card), *(_chart_edges(card.chart) if card.chart else ())]
    return Beside(
        px_per_mm=card.px_per_mm,
        chart=card.chart,
        grey=card.grey,
        white=card.white,
        grooves=grooves,
        edges=tuple(edges),
        apart=(corners,),
        grey_linear=layout.grey_linear,
        white_linear=layout.white_linear,
        edition=edition,
        tilt_deg=card.tilt_deg,
    )


def _marker_edges(card: Card) -> Iterator[Floats]:
    """From the white round a marker into its black border."""
    for number in card.markers:
        corners = card.layout.marker_corners(number)
        for one, other in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            middle, inward = (one + other) / 2, corners.mean(axis=0) - (one + other) / 2
            step = inward / np.hypot(*inward) * MARKER_MM
            yield card.at(np.stack([middle - step, middle + step]))


def _chart_edges(chart: Chart) -> Iterator[Floats]:
    """From each light neutral patch into the dark ground between it and the next."""
    centres = chart.centres
    for number in NEUTRALS[:3]:
        yield np.stack([centres[number], (centres[number] + centres[number + 1]) / 2])
        above = centres[number - 6]
        yield np.stack([centres[number], (centres[number] + above) / 2])


def _wider(box: Floats, share: float = 0.15) -> Floats:
    middle = box.mean(axis=0)
    return np.asarray(middle + (box - middle) * (1 + share))


def _rise(pixels: Pixels, edge: Floats) -> float | None:
    start, end = edge
    way = end - start
    length = float(np.hypot(*way))
    if length < 4:
        return None
    count = int(np.ceil(length * 8))
    beside = np.array([-way[1], way[0]]) * EDGE_SHARE
    rows = np.linspace(-0.5, 0.5, EDGE_LINES)[:, None, None] * beside
    places = (np.linspace(start, end, count)[None] + rows).astype(np.float32)
    flat, size = places.reshape(-1, 2), np.array(pixels.shape[1::-1])
    low = np.clip(np.floor(flat.min(axis=0)).astype(int) - 1, 0, size - 1)
    high = np.clip(np.ceil(flat.max(axis=0)).astype(int) + 2, low + 1, size)
    part = np.ascontiguousarray(pixels[low[1] : high[1], low[0] : high[0], 1])
    places -= low.astype(np.float32)
    green = cv2.remap(part, places[..., 0], places[..., 1], cv2.INTER_LINEAR)
    profiles = decoded(np.asarray(green, np.float64) / 255)
    per_px = count / length
    rises = [rise for profile in profiles if (rise := _rise_of(profile, per_px)) is not None]
    return float(np.median(rises)) if len(rises) > EDGE_LINES // 2 else None


def _rise_of(profile: Floats, per_px: float) -> float | None:
    """Width of the fall of a profile from its bright level to its dark one."""
    level = float(np.median(profile[: len(profile) // 4]))
    bottom_at = int(np.argmin(profile))
    low = float(profile[bottom_at])
    if level - low < LEAST_STEP or bottom_at < 3:
        return None
    share = (profile[: bottom_at + 1] - low) / (level - low)
    high_at = _last_above(share, HIGH)
    low_at = _last_above(share, LOW)
    return None if high_at is None or low_at is None else (low_at - high_at) / per_px


def _last_above(share: Floats, level: float) -> float | None:
    """Where a falling profile is at a level for the last time, between samples."""
    above = np.flatnonzero(share >= level)
    if not len(above) or above[-1] + 1 >= len(share):
        return None
    at = int(above[-1])
    fall = share[at] - share[at + 1]
    return at + float((share[at] - level) / fall) if fall > 0 else float(at)


def lights_apart(lights: Sequence[Floats | None]) -> tuple[float, float]:
    """By which share the amount and the colour of the light differ most between pictures; nothing where it is not known."""
    known = np.array([light for light in lights if light is not None])
    if len(known) < 2:
        return 0.0, 0.0
    amounts = known[:, 1]
    colours = np.stack([known[:, 0] / known[:, 1], known[:, 2] / known[:, 1]], axis=1)
    return float(amounts.max() / amounts.min() - 1), float((colours.max(axis=0) / colours.min(axis=0)).max() - 1)
