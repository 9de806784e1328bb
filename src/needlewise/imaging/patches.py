"""Spots and red areas: patches of skin that hold more pigment than the skin round them.

Each patch is drawn at half of its own height above the background. An edge that is blurred evenly to both sides stays where
it was at half its height, so the area does not depend on how dark a patch is, on focus, or on a threshold.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.tones import Mask, Measured, Plane

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PatchRule:
    """What counts as a patch. Lengths in mm; diameters are those of a disc of the same area."""

    least_mm: float
    most_mm: float
    surround_mm: float  # standard deviation of the blur that makes the background
    least_height: float  # above the background, in units of the index
    times_spread: float  # and as many times the spread of the background
    least_edge: float  # share of a patch's height that is lost within `edge_mm` to both sides of its outline
    edge_mm: float
    work_px_per_mm: float


# Chosen by trial on simulated skin of all tones. Mottling has no edge, spots have; a flush has none either, and is large.
SPOTS = PatchRule(0.8, 12.0, 5.0, 0.05, 3.0, 0.45, 0.35, 8.0)
RED_AREAS = PatchRule(3.0, 40.0, 12.0, 0.03, 2.5, 0.0, 0.35, 3.0)
ROUNDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Patches:
    """The patches of a zone. `share` of the zone's area and `count`, errors from drawing them a tenth higher and lower."""

    share: Measured
    count: Measured
    area_mm2: Floats  # of each
    height: Floats  # of each, above the background
    places: Floats  # (n, 2) middle of each, pixels of the part of the picture that was looked at
    outline: Mask  # the patches, in the size of the planes


def patches_of(plane: Plane, mask: Mask, px_per_mm: float, rule: PatchRule = SPOTS) -> Patches:
    """Patches in a plane of melanin (`SPOTS`) or blood (`RED_AREAS`), inside a mask of the same size."""
    factor = max(1.0, px_per_mm / rule.work_px_per_mm)
    size = (max(1, round(plane.shape[1] / factor)), max(1, round(plane.shape[0] / factor)))
    work, inside = plane, mask.astype(np.float32)
    if factor > 1.0:
        work = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
        inside = cv2.resize(inside, size, interpolation=cv2.INTER_AREA)
    scale = px_per_mm / factor
    zone = inside > 0.5
    work = np.where(zone, work, np.float32(np.median(work[zone]) if zone.any() else 0.0)).astype(np.float32)
    work = cv2.GaussianBlur(work, (0, 0), max(0.3, 0.08 * scale))
    above, spread = _above(work, zone, scale, rule)
    low = max(rule.least_height, rule.times_spread * spread)
    drawn = {level: _drawn(above, zone, (scale, low, level), rule) for level in (0.45, 0.5, 0.55)}
    whole = max(1, int(zone.sum()))
    shares = {level: float((found[0] > 0).sum()) / whole for level, found in drawn.items()}
    labels, heights, areas, middles = drawn[0.5]
    outline = cv2.resize((labels > 0).astype(np.uint8), plane.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    stray = abs(len(drawn[0.45][1]) - len(drawn[0.55][1])) / 2
    return Patches(
        share=Measured(shares[0.5], abs(shares[0.45] - shares[0.55]) / 2),
        count=Measured(float(len(heights)), max(stray, 0.0)),
        area_mm2=areas / scale**2,
        height=heights,
        places=(middles + 0.5) * (np.array(plane.shape[::-1]) / np.array(size)) - 0.5,
        outline=outline & mask,
    )


def _above(work: Plane, zone: Mask, scale: float, rule: PatchRule) -> tuple[Plane, float]:
    """How far each pixel stands above the skin round it, which is a blur of what is no patch, and the spread of that."""
    small = min(1.0, 2.0 / scale)
    size = (max(1, round(work.shape[1] * small)), max(1, round(work.shape[0] * small)))
    coarse = cv2.resize(work, size, interpolation=cv2.INTER_AREA)
    weight = cv2.resize(zone.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    sigma = rule.surround_mm * scale * size[0] / work.shape[1]
    counted, background, spread = weight, np.zeros_like(coarse), 0.0
    for _ in range(ROUNDS):
        middle = float(np.median(coarse[weight > 0.5])) if np.any(weight > 0.5) else 0.0
        few = np.float32(0.02)  # where next to nothing is left to blur, the zone's middle stands in
        sums = cv2.GaussianBlur(coarse * counted, (0, 0), sigma) + few * np.float32(middle)
        background = sums / (cv2.GaussianBlur(counted, (0, 0), sigma) + few)
        stands = coarse - background
        kept = stands[counted > 0.5]
        # Half of the spread is taken below the middle, where no patch reaches.
        spread = float(1.4826 * np.median(np.abs(kept[kept <= 0]))) if np.any(kept <= 0) else 0.0
        far = (stands > max(rule.least_height, 2.0 * spread)).astype(np.uint8)
        counted = np.where(cv2.dilate(far, np.ones((3, 3), np.uint8)) > 0, 0.0, weight).astype(np.float32)
    fine = cv2.resize(background, work.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return work - fine, spread


def _drawn(
    above: Plane, zone: Mask, how: tuple[float, float, float], rule: PatchRule
) -> tuple[NDArray[np.int32], Floats, Floats, Floats]:
    """Labels, heights, areas in pixels and middles of the patches, each drawn at a share of its own height."""
    scale, low, level = how
    least, most = (np.pi / 4 * (mm * scale) ** 2 for mm in (rule.least_mm, rule.most_mm))
    _, seeds, boxes, _ = cv2.connectedComponentsWithStats(((above > low * 0.6) & zone).astype(np.uint8), connectivity=8)
    labels = np.zeros(above.shape, dtype=np.int32)
    heights, areas, middles = [], [], []
    for number, (left, top, width, height, count) in enumerate(boxes):
        if number == 0 or count < least * 0.3:
            continue
        part = (slice(top, top + height), slice(left, left + width))
        own, stands = seeds[part] == number, above[part]
        peak = float(np.percentile(stands[own], 85))
        if peak < low:
            continue
        core = own & (stands > level * peak)
        size = int(core.sum())
        if not least <= size <= most or _edge(stands, core, (scale, peak), rule) < rule.least_edge:
            continue
        labels[part][core] = len(heights) + 1
        rows, columns = np.nonzero(core)
        heights.append(peak)
        areas.append(size)
        middles.append((left + columns.mean(), top + rows.mean()))
    return labels, np.array(heights), np.array(areas, dtype=np.float64), np.array(middles).reshape(-1, 2)


def _edge(stands: Plane, core: Mask, how: tuple[float, float], rule: PatchRule) -> float:
    """Share of a patch's height that is lost from just inside its outline to just outside."""
    if rule.least_edge <= 0:
        return 1.0
    scale, peak = how
    reach = max(1, round(rule.edge_mm * scale))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    solid = np.pad(core.astype(np.uint8), reach)
    outside = np.pad(stands, reach, mode="edge")
    near = solid - cv2.erode(solid, disc)
    round_it = cv2.dilate(solid, disc) - solid
    return float(np.mean(outside[near > 0]) - np.mean(outside[round_it > 0])) / max(peak, 1e-9)
