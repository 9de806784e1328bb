"""Stretch marks: stripes found or drawn by hand, and how much lighter and redder they are than the skin beside them.

A stripe is laid straight along its middle line. Its contrast is the middle of the strip less both flanks, section by
section, so that light which falls off across it, or along it, cancels. The error is a jackknife over the sections.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from needlewise.imaging.chroma_kernels import Plane
from needlewise.imaging.criteria import StripeRule
from needlewise.imaging.tones import Mask, Measured, Tones

Floats = NDArray[np.float64]

# What counts as a stripe stands in knowledge/imaging/criteria.toml. These make the filters work.
ALONG_MM = 4.0  # a stripe is looked for over about so much of its length at once (a standard deviation)
DIRECTIONS = 16
WORK_PX_PER_MM = 3.0
SECTION_MM, SECTIONS, LEAST_SECTIONS = 2.5, 5, 4  # as long, or shorter where there were fewer than so many
STEP_MM = 0.15
INSIDE, FLANK = 0.25, (0.85, 1.5)  # in widths from the middle line: what counts as inside, and as beside
BESIDE = 1.0  # in half of both widths together: so near to a stripe lies what it makes look like one
LEAST_DRAWN_MM = 6.0  # shorter lines of a hand are not told
WIDTHS = 9  # that are tried for a stripe drawn without one
RUN_OUT = 0.2  # share of its length at each end in which a stripe fades into the skin


@dataclass(frozen=True, slots=True, eq=False)
class Stripe:
    """Middle line (n, 2) in pixels of the part of the picture looked at, and width where its contrast is half."""

    line: Floats
    width_mm: float
    length_mm: float


@dataclass(frozen=True, slots=True)
class StripeContrast:
    """Inside less beside: `lightness` in L*, `redness` in a*."""

    lightness: Measured
    redness: Measured
    sections: int


def stripes_of(tones: Tones, mask: Mask, px_per_mm: float, rule: StripeRule) -> tuple[Stripe, ...]:
    """Stripes in a zone, lighter, darker or redder than the skin round them, the longest first. Faint ones are missed: a
    stripe that matters to someone is better drawn by hand on the baseline."""
    factor = max(1.0, px_per_mm / WORK_PX_PER_MM)
    size = (max(1, round(mask.shape[1] / factor)), max(1, round(mask.shape[0] / factor)))
    scale, zone = px_per_mm / factor, cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
    if zone.sum() < (rule.least_mm * scale) ** 2 / 4:
        return ()
    taken, found = np.zeros(zone.shape, dtype=np.bool_), list[_Found]()
    for number, least in enumerate((rule.least_lightness, rule.least_redness)):
        plane = (tones.lightness, tones.redness)[number]
        small = cv2.GaussianBlur(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), (0, 0), 0.25 * scale)
        seen, widths = _oriented(np.asarray(small, dtype=np.float32), zone, scale, rule.widths_mm)
        inner = _inner(zone, rule.edge_mm * scale)
        for sign in (1.0, -1.0):
            strength = np.where(inner, sign * seen, np.float32(0.0))
            quarter = float(np.percentile(np.abs(seen[inner]), 25)) if inner.any() else np.inf
            for part in _parts(strength, max(least, rule.times_quarter * quarter)):
                if (part & taken).sum() > 0.3 * part.sum():
                    continue
                stripe = _laid(part, float(np.median(widths[part])), (scale, factor), rule)
                told = contrast_of(tones, stripe, px_per_mm, mask) if stripe is not None else None
                if stripe is None or told is None:
                    continue
                contrast = (told.lightness, told.redness)[number]
                if sign * contrast.value >= rule.least_errors * contrast.error:
                    taken |= cv2.dilate(part.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
                    found.append(_Found(stripe, number, contrast.value))
    stripes = (one.stripe for one in found if not _is_gap(one, found, px_per_mm))
    return tuple(sorted(stripes, key=lambda stripe: -stripe.length_mm))


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A stripe with the plane that shows it (0 lightness, 1 redness) and its contrast there."""

    stripe: Stripe
    plane: int
    contrast: float


def _is_gap(one: _Found, found: list[_Found], px_per_mm: float) -> bool:
    """Skin between stripes stands out from them as they do from it. Of two signs in a zone the one with more contrast
    over more length is that of the stripes; one of the other sign that has a stripe close by is what lies beside it."""
    here = [other for other in found if other.plane == one.plane]
    if sum(other.contrast * other.stripe.length_mm for other in here) * one.contrast >= 0:
        return False
    for other in here:
        if other.contrast * one.contrast < 0:
            reach = BESIDE * (one.stripe.width_mm + other.stripe.width_mm) * px_per_mm
            gaps = np.hypot(*(one.stripe.line[:, None] - other.stripe.line[None]).T).min(axis=0)
            if np.median(gaps) < reach:
                return True
    return False


def stripe_drawn(polygon: ArrayLike, px_per_mm: float, rule: StripeRule) -> Stripe | None:
    """The stripe that a hand drew round, as points (n, 2) in pixels. None if it is no stripe: too short or too round."""
    points = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
    corner = np.floor(points.min(axis=0)) - 2
    fine = min(1.0, 8.0 / px_per_mm)
    width, height = np.ceil((points.max(axis=0) - corner + 3) * fine).astype(int)
    inside = np.zeros((height, width), dtype=np.uint8)
    cv2.fillPoly(inside, [np.round((points - corner) * fine * 16).astype(np.int32)], 1, shift=4)
    scale = px_per_mm * fine
    axis = _axis(inside > 0)
    length = np.ptp(axis[1]) + 1 if axis else 1.0
    stripe = _laid(inside > 0, float(inside.sum() / length / scale), (scale, 1 / fine), rule)
    return None if stripe is None else Stripe(stripe.line + corner, stripe.width_mm, stripe.length_mm)


def stripe_along(
    tones: Tones, line: Floats, width_mm: float | None, px_per_mm: float, rule: StripeRule
) -> Stripe | None:
    """The stripe along whose middle a hand drew a line (n, 2), in pixels. Where its width is not said, it is the one that
    its brightness across shows best. None if it is too short to be told."""
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    length_mm = float(run[-1]) / px_per_mm
    if length_mm < LEAST_DRAWN_MM:
        return None
    steps = np.linspace(0, run[-1], max(5, round(length_mm) + 1))
    dense = np.stack([np.interp(steps, run, line[:, k]) for k in (0, 1)], axis=1)
    dense[1:-1] = (dense[:-2] + 2 * dense[1:-1] + dense[2:]) / 4  # a hand's corners
    if width_mm is None:
        width_mm = _width_mm(tones, Stripe(dense, max(rule.widths_mm), length_mm), px_per_mm, min(rule.widths_mm))
    return Stripe(dense, width_mm, length_mm)


def _width_mm(tones: Tones, widest: Stripe, px_per_mm: float, least_mm: float) -> float:
    """The width at which the middle differs most from what lies beside it, by lightness or by redness."""
    straight, across = _straightened(widest, px_per_mm)
    answers = []
    tried = np.geomspace(least_mm, widest.width_mm, WIDTHS)
    for plane in (tones.lightness, tones.redness):
        profile = np.median(cv2.remap(plane, *straight, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), axis=0)
        inside = [np.abs(across) <= width / 2 for width in tried]
        beside = [(np.abs(across) > width / 2) & (np.abs(across) <= width) for width in tried]
        answers.append([abs(profile[at].mean() - profile[by].mean()) for at, by in zip(inside, beside, strict=True)])
    return float(tried[int(np.argmax(np.max(answers, axis=0)))])


def contrast_of(tones: Tones, stripe: Stripe, px_per_mm: float, mask: Mask | None = None) -> StripeContrast | None:
    """How much a stripe differs from its flanks. Pixels outside the mask (other stripes, hair) are not looked at. None if
    too little of it can be seen."""
    straight, across = _straightened(stripe, px_per_mm)
    usable = (~tones.clipped).astype(np.float32) if mask is None else (mask & ~tones.clipped).astype(np.float32)
    seen = cv2.remap(usable, *straight, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0) > 0.99
    away = np.abs(across) / stripe.width_mm
    inside, beside = away <= INSIDE, (away >= FLANK[0]) & (away <= FLANK[1])
    told = []
    for plane in (tones.lightness, tones.redness):
        strip = np.asarray(cv2.remap(plane, *straight, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
        told.append(_sections(strip, seen, (inside, beside & (across < 0), beside & (across > 0))))
    lightness, redness = told
    kept = np.isfinite(lightness) & np.isfinite(redness)
    if kept.sum() < LEAST_SECTIONS:
        return None
    return StripeContrast(_jackknifed(lightness[kept]), _jackknifed(redness[kept]), int(kept.sum()))


def told_in_all(
    pictures: Sequence[Tones], stripes: Sequence[Stripe], px_per_mm: float, mask: Mask
) -> list[tuple[Stripe, Floats]]:
    """Stripes that every picture shows, each with its contrast of lightness in all of them. It is above nought where the
    stripe differs as it does on the mean of the pictures, so a stripe that fades away comes to nought."""
    told = []
    for stripe in stripes:
        seen = [contrast_of(tones, stripe, px_per_mm, mask) for tones in pictures]
        contrasts = np.array([np.nan if one is None else one.lightness.value for one in seen])
        if seen and np.isfinite(contrasts).all():
            told.append((stripe, contrasts * (1.0 if contrasts.mean() >= 0 else -1.0)))
    return told


def _inner(zone: Mask, margin_px: float) -> Mask:
    padded = cv2.copyMakeBorder(zone.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    inner: Mask = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1] > margin_px
    return inner


def _oriented(work: Plane, zone: Mask, scale: float, widths_mm: tuple[float, ...]) -> tuple[Plane, Plane]:
    """The strongest answer of stripes of all directions and widths, as a contrast, and the width in mm that gave it."""
    inside = zone.astype(np.float32)
    level = np.float32(np.median(work[zone]))
    # Outside the zone stands what the skin near its edge looks like, so that the edge is no stripe.
    wide = (0, 0), 4.0 * scale
    near = cv2.GaussianBlur((work - level) * inside, *wide) / np.maximum(cv2.GaussianBlur(inside, *wide), 1e-3)
    filled = np.where(zone, work - level, near).astype(np.float32)
    best, widths = np.zeros(work.shape, np.float32), np.zeros(work.shape, np.float32)
    for width in widths_mm:
        for angle in np.arange(DIRECTIONS) * np.pi / DIRECTIONS:
            left, right = (
                cv2.filter2D(filled, -1, kernel, borderType=cv2.BORDER_REFLECT)
                for kernel in _kernels(width * scale, ALONG_MM * scale, angle)
            )
            # A stripe differs from both of its flanks. Skin beside a stripe differs from one.
            less = np.where(np.abs(left) < np.abs(right), left, right)
            seen = np.where(left * right > 0, less, np.float32(0.0))
            stronger = np.abs(seen) > np.abs(best)
            best, widths = np.where(stronger, seen, best), np.where(stronger, np.float32(width), widths)
    return best, widths


def _kernels(width: float, along: float, angle: float) -> tuple[Plane, Plane]:
    """Two that answer 1 to a long stripe of this width and height 1: its middle less the one and the other flank."""
    reach = int(np.ceil(max(2.2 * along, 2.2 * width)))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float64)
    u, v = x * np.sin(angle) - y * np.cos(angle), x * np.cos(angle) + y * np.sin(angle)
    sigma = width / 2
    bell = (1 - (u / sigma) ** 2) * np.exp(-(u**2) / (2 * sigma**2) - v**2 / (2 * along**2))
    middle, flanks = np.maximum(bell, 0), np.maximum(-bell, 0)
    less = (flanks * (u < 0), flanks * (u > 0))
    left, right = ((middle / middle.sum() - flank / flank.sum()).astype(np.float32) for flank in less)
    return left, right


def _parts(strength: Plane, least: float) -> list[Mask]:
    """Regions whose strength passes `least` somewhere, drawn at half of their own height."""
    _, labels, boxes, _ = cv2.connectedComponentsWithStats((strength > 0.5 * least).astype(np.uint8), connectivity=8)
    parts = []
    for number in range(1, len(boxes)):
        own = labels == number
        peak = float(np.percentile(strength[own], 90))
        if peak < least:
            continue
        _, again, sizes, _ = cv2.connectedComponentsWithStats((own & (strength > 0.5 * peak)).astype(np.uint8))
        if len(sizes) > 1:
            parts.append(again == 1 + int(np.argmax(sizes[1:, cv2.CC_STAT_AREA])))
    return parts


def _axis(part: Mask) -> tuple[Floats, Floats, Floats, Floats] | None:
    """Middle, places along and beside the long axis, and the axis, of a region."""
    rows, columns = np.nonzero(part)
    if len(rows) < 10:
        return None
    points = np.stack([columns, rows], axis=1).astype(np.float64)
    middle = points.mean(axis=0)
    turn = np.linalg.svd(points - middle, full_matrices=False)[2]
    along, beside = ((points - middle) @ turn.T).T
    return middle, along, beside, turn


def _laid(part: Mask, width_mm: float, scales: tuple[float, float], rule: StripeRule) -> Stripe | None:
    """The middle line of a region, along its long axis, back in pixels of the full picture."""
    scale, factor = scales
    axis = _axis(part)
    if axis is None:
        return None
    middle, along, beside, turn = axis
    count = max(4, round(np.ptp(along) / (1.5 * scale)))
    edges = np.linspace(along.min(), along.max() + 1e-9, count + 1)
    bins = np.clip(np.digitize(along, edges) - 1, 0, count - 1)
    filled = np.bincount(bins, minlength=count)
    if np.any(filled == 0):
        return None
    offset = np.bincount(bins, beside, count) / filled
    padded = np.pad(offset, 1, mode="reflect", reflect_type="odd")
    smooth = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    line = middle + np.stack([(edges[:-1] + edges[1:]) / 2, smooth], axis=1) @ turn
    length_mm = float(np.hypot(*np.diff(line, axis=0).T).sum() / scale * count / (count - 1))
    if length_mm < max(rule.least_mm, rule.slender * width_mm):
        return None
    return Stripe((line + 0.5) * factor - 0.5, width_mm, length_mm)


def _straightened(stripe: Stripe, px_per_mm: float) -> tuple[tuple[Plane, Plane], Floats]:
    """Where to look in the picture for a strip laid straight (rows along, columns across), and mm across of each column."""
    steps = np.hypot(*np.diff(stripe.line, axis=0).T)
    run = np.concatenate([[0.0], np.cumsum(steps)])
    # The ends of a stripe run out into the skin.
    at = np.arange(RUN_OUT * run[-1], (1 - RUN_OUT) * run[-1], max(1.0, px_per_mm * STEP_MM))
    line = np.stack([np.interp(at, run, stripe.line[:, k]) for k in (0, 1)], axis=1)
    heading = np.gradient(line, axis=0)
    heading /= np.maximum(np.hypot(*heading.T)[:, None], 1e-9)
    normal = np.stack([-heading[:, 1], heading[:, 0]], axis=1)
    across = np.arange(-FLANK[1], FLANK[1] + 1e-9, 0.05) * stripe.width_mm
    places = line[:, None] + normal[:, None] * (across * px_per_mm)[None, :, None]
    return (places[..., 0].astype(np.float32), places[..., 1].astype(np.float32)), across


def _sections(strip: Plane, seen: Mask, columns: tuple[Mask, Mask, Mask]) -> Floats:
    """Contrast of each section along the strip: its middle less the mean of its two flanks. NaN where one is not seen."""
    rows = min(round(SECTION_MM / STEP_MM), max(1, len(strip) // SECTIONS))
    told = []
    for start in range(0, len(strip) - rows // 2, rows):
        part, shown = strip[start : start + rows], seen[start : start + rows]
        each = [part[:, at][shown[:, at]] for at in columns]
        enough = all(len(one) >= 0.5 * part.shape[0] * at.sum() for one, at in zip(each, columns, strict=True))
        inside, left, right = (float(np.median(one)) if enough else np.nan for one in each)
        told.append(inside - (left + right) / 2)
    return np.array(told)


def _jackknifed(sections: Floats) -> Measured:
    """Mean of the sections, and its error from leaving out each of them and its neighbour, which resembles it. Few sections
    tell their own spread badly, so it is widened as Student's t is: 1.96 errors hold about 95 in a hundred."""
    count = len(sections)
    without = np.array([np.delete(sections, (k, (k + 1) % count)).mean() for k in range(count)])
    variance = (count - 2) / 2 * float(((without - sections.mean()) ** 2).mean())
    wider = 1 + (1.96**2 + 1) / (4 * max(count / 2 - 1, 1.0))
    return Measured(float(sections.mean()), float(np.sqrt(variance)) * wider)
