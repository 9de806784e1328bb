"""Aligning: which place of a later picture shows the same skin as a place of the baseline, and how sure that is.

First features near the zones find how the camera stood; then, in each zone, blocks of skin find their place to a fraction
of a pixel; where the skin itself has moved (another expression, a curved cheek seen from another side) a smooth bend
follows it. Where the error is too great, or nothing matches, there is no map: an alignment that cannot be trusted gives
its reasons, and never a guess.

The error is estimated from the data: by what two halves of the blocks say apart from each other, by what neighbouring
blocks miss alike, and by how much another lamp has changed the picture. On simulated skin it is, in the middle of many
pairs, 0.7 to 1.5 times the true one, for each regime of light and each shape of the skin by itself
(`validation/imaging/alignment.md`); for a single pair under a hand-held lamp it may be half or three times that.

Geometry cannot tell which of two visits came first.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.errors import PictureError, Problem
from needlewise.imaging.mapping import Raster, SkinMap, through
from needlewise.imaging.matching import LEAST_INLIERS, WITHIN_PX, Features, Match, agreed, features_of, matched
from needlewise.imaging.refining import Refined, refined
from needlewise.imaging.zones import Box, Mask, Zone

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

# Chosen: what may be measured on, and what no second visit of the same skin would look like.
LARGEST_ERROR_PX = 1.5
LEAST_AGREE = 0.7  # share of the blocks of a zone that must agree with the map
LEAST_LIKENESS = 0.25  # median correlation of blocks; pictures of different skin brought together reach 0.1
LEAST_SEEN = 0.8  # share of a zone that the follow-up must show
LEAST_BLOCKS = 9
SCALES, MOST_TURN_DEG, MOST_STRETCH = (0.33, 3.0), 45.0, 1.6
# A zone is looked at on planes of at most so many pixels; the whole on fewer.
ZONE_PIXELS, WHOLE_PIXELS = 500_000, 250_000
AROUND, LEAST_AROUND_PX = 0.1, 24.0  # skin round a zone that helps to place it: share of its side, and at least
LATER = "the later picture"
FEATURES_AROUND = 0.5  # skin round a zone in which features are looked for: share of its side


class Kind(StrEnum):
    """What kind of map was needed."""

    HOMOGRAPHY = "homography"
    BEND = "bend"


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How one zone, or the whole, of a follow-up lies on the baseline.

    kind       of the map; None if there is none
    inliers    features that agree on where the camera stood
    blocks     blocks of skin that were measured; `agree`, the share of them that agree with the map
    error_px   estimated median error over the zone, in pixels of the baseline; infinite without a map
    problems   why it cannot be trusted; empty if it can
    """

    kind: Kind | None
    inliers: int
    blocks: int
    agree: float
    error_px: float
    problems: tuple[Problem, ...]
    _map: SkinMap | None

    @property
    def trusted(self) -> bool:
        return not self.problems

    @property
    def map(self) -> SkinMap:
        """The map between the two pictures. Raises PictureError with the reasons if it cannot be trusted."""
        if self.problems or self._map is None:
            raise PictureError(self.problems)
        return self._map

    def to_followup(self, points: Floats) -> Floats:
        """Where these places (n, 2) of the baseline are seen on the follow-up."""
        return self.map.to_followup(points)

    def to_baseline(self, points: Floats) -> Floats:
        """Where these places (n, 2) of the follow-up are seen on the baseline."""
        return self.map.to_baseline(points)

    def warp(self, followup: NDArray[Any], box: Box) -> NDArray[Any]:
        """The follow-up as seen in this box of the baseline, pixel on pixel; what it does not show is 0."""
        return self.map.warp(followup, box)

    def laid(self, followup: NDArray[Any], raster: Raster) -> tuple[NDArray[Any], Mask]:
        """The follow-up on a raster of the baseline, and which of its pixels it shows (`SkinMap.laid`)."""
        return self.map.laid(followup, raster)


@dataclass(frozen=True, eq=False)
class Aligned:
    """The whole follow-up on the baseline, for showing, worked out when it is asked for; and each zone by name, for
    measuring."""

    zones: Mapping[str, Alignment]
    _whole: Callable[[], Alignment] = field(repr=False)

    @cached_property
    def whole(self) -> Alignment:
        return self._whole()


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """A picture in grey, where features were looked for (None: everywhere), and those that were found."""

    grey: Pixels
    where: Pixels | None
    features: Features


def looked_at(pixels: Pixels, zones: Sequence[Zone] = (), apart: Sequence[Floats] = ()) -> Looked:
    """A picture, (height, width, 3) sRGB, made ready for `aligned`. `apart` holds outlines of what does not lie as the skin
    does: a card, a chart. With zones, which only the baseline has, just the skin in and near them is looked at.
    """
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    where = _near(zones, pixels.shape, apart)
    return Looked(grey, where, features_of(grey, where))


def align(
    baseline: Pixels,
    followup: Pixels,
    zones: Sequence[Zone] = (),
    apart: tuple[Sequence[Floats], Sequence[Floats]] = ((), ()),
) -> Aligned:
    """Align a follow-up with the baseline, both as in `looked_at`. With zones only the skin in and near them is looked at, so
    that the same wall behind two people matches nothing.
    """
    return aligned(looked_at(baseline, zones, apart[0]), looked_at(followup, (), apart[1]), zones)


def aligned(baseline: Looked, followup: Looked, zones: Sequence[Zone] = (), threads: int = 1) -> Aligned:
    """Align a follow-up with the baseline. Raises nothing: what cannot be aligned says why."""
    quick = _compared(baseline.features, followup.features)
    found = _aligned((baseline, followup), quick, zones, threads)
    if found is not None and (any(each.trusted for each in found.zones.values()) or found.whole.trusted):
        return found
    if _looks_mirrored(baseline.features, followup.grey, followup.where, quick):
        hint = "switch mirroring off in the camera, or turn the picture round before it is handed in"
        return _refused(zones, Problem(LATER, "looks mirrored", "skin the same way round as on the baseline", hint))
    if quick.match is None:
        both = (features_of(each.grey, each.where, thorough=True) for each in (baseline, followup))
        found = _aligned((baseline, followup), _compared(*both), zones, threads)
    expected = f"at least {LEAST_INLIERS} places of the skin seen on both pictures"
    hint = "is it the same person and the same place? If so, take it from where the baseline was taken, and sharp"
    return found or _refused(zones, Problem(LATER, "does not match the baseline", expected, hint))


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """All matches (baseline, follow-up), how far apart they may lie, and what most of them agree on."""

    pairs: tuple[Floats, Floats]
    within_px: float
    match: Match | None


def _compared(ours: Features, theirs: Features) -> _Compared:
    pairs, within_px = matched(ours, theirs), WITHIN_PX * max(ours.px, theirs.px)
    return _Compared(pairs, within_px, agreed(*pairs, within_px))


def _looks_mirrored(ours: Features, followup: Pixels, where: Pixels | None, straight: _Compared) -> bool:
    """Whether the follow-up matches far better once it is turned round."""
    mask = None if where is None else np.ascontiguousarray(where[:, ::-1])
    match = _compared(ours, features_of(np.ascontiguousarray(followup[:, ::-1]), mask)).match
    held = 0 if straight.match is None else len(straight.match.baseline)
    return match is not None and len(match.baseline) > 2 * held


def _refused(zones: Sequence[Zone], problem: Problem) -> Aligned:
    refused = Alignment(None, 0, 0, 0.0, np.inf, (problem,), None)
    return Aligned({zone.name: refused for zone in zones}, lambda: refused)


def _aligned(both: tuple[Looked, Looked], compared: _Compared, zones: Sequence[Zone], threads: int) -> Aligned | None:
    if compared.match is None:
        return None
    pictures = _Pictures(both[0].grey, both[1].grey, compared.match, compared.pairs, compared.within_px)
    with ThreadPoolExecutor(threads) as pool:
        placed = pool.map(lambda zone: _zone(pictures, zone), zones)
        names = (zone.name for zone in zones)
        return Aligned(dict(zip(names, placed, strict=True)), lambda: _whole(pictures, both[0].where, zones))


@dataclass(frozen=True, slots=True, eq=False)
class _Pictures:
    """Both pictures in grey, how they match as a whole, and all matches (baseline, follow-up) in pixels."""

    baseline: Pixels
    followup: Pixels
    match: Match
    pairs: tuple[Floats, Floats]
    within_px: float


def _near(zones: Sequence[Zone], shape: tuple[int, ...], apart: Sequence[Floats]) -> Pixels | None:
    """Where features are looked for, on a picture made small enough for this; None for everywhere."""
    if not zones and not apart:
        return None
    scale = 512 / max(shape[:2])
    size = max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale))
    mask = np.full(size[::-1], 0 if zones else 255, dtype=np.uint8)
    for zone in zones:
        rings = [np.round((ring + 0.5) * scale - 0.5).astype(np.int32) for ring in zone.outlines]
        thick = max(1, round(2 * FEATURES_AROUND * zone.area_px**0.5 * scale))
        cv2.fillPoly(mask, rings, 255)
        cv2.polylines(mask, rings, True, 255, thick)
    for ring in apart:
        cv2.fillPoly(mask, [np.round((ring + 0.5) * scale - 0.5).astype(np.int32)], 0)
    return mask


def _whole(pictures: _Pictures, near: Pixels | None, zones: Sequence[Zone]) -> Alignment:
    height, width = pictures.baseline.shape
    box, mask = Box(0, 0, width, height), np.ones((height, width), dtype=np.bool_)
    if near is not None:
        mask = cv2.resize(near, (width, height), interpolation=cv2.INTER_NEAREST) > 0
        box = Box(*cv2.boundingRect(mask.astype(np.uint8)))
        mask = box.of(mask)
    start = SkinMap(_inverse(pictures.match.matrix))
    found = refined(pictures.baseline, pictures.followup, (box, mask), start, _factor(box, WHOLE_PIXELS))
    middle = box.corners.mean(axis=0) if not zones else np.concatenate([z.polygon for z in zones]).mean(axis=0)
    return _judged("the whole", found, len(pictures.match.baseline), middle, 1.0)


def _zone(pictures: _Pictures, zone: Zone) -> Alignment:
    side = zone.area_px**0.5
    size = pictures.baseline.shape[1], pictures.baseline.shape[0]
    around = max(AROUND * side, LEAST_AROUND_PX)
    box = zone.box(size, around)
    if min(box.width, box.height) < 1:
        return _judged(zone.name, None, 0, zone.polygon.mean(axis=0), 0.0)
    factor = _factor(box, ZONE_PIXELS)
    mask = _widened(zone.mask(box), around)
    start, inliers = _start(pictures, zone, FEATURES_AROUND * side)
    found = refined(pictures.baseline, pictures.followup, (box, mask), start, factor)
    shown = 0.0 if found is None else _shown(zone, found.map, pictures)
    return _judged(zone.name, found, inliers, zone.polygon.mean(axis=0), shown)


def _shown(zone: Zone, found: SkinMap, pictures: _Pictures) -> float:
    """Share of a zone that is on the follow-up and was found again there, looked at every few pixels."""
    box = zone.box((pictures.baseline.shape[1], pictures.baseline.shape[0]))
    step = max(1, int((box.width * box.height / 10_000) ** 0.5))
    y, x = np.nonzero(zone.mask(box)[::step, ::step])
    points: Floats = np.stack([x, y], axis=1).astype(np.float64) * step + np.array([box.x, box.y], dtype=np.float64)
    size = pictures.followup.shape[1], pictures.followup.shape[0]
    return float(found.shows(points, size).mean()) if len(points) else 0.0


def _start(pictures: _Pictures, zone: Zone, around: float) -> tuple[SkinMap, int]:
    """Where to begin: the homography of the matches near the zone, an affine map if they are few, else the whole's."""
    ours, theirs = pictures.pairs
    low, high = zone.polygon.min(axis=0) - around, zone.polygon.max(axis=0) + around
    near = np.all((ours >= low) & (ours <= high), axis=1)
    for least, affine in ((4 * LEAST_INLIERS, False), (LEAST_INLIERS, True)):
        if np.count_nonzero(near) >= least:
            match = agreed(ours[near], theirs[near], pictures.within_px, affine)
            if match is not None and len(match.baseline) >= least:
                return SkinMap(_inverse(match.matrix)), len(match.baseline)
    return SkinMap(_inverse(pictures.match.matrix)), len(pictures.match.baseline)


def _inverse(matrix: Floats) -> Floats:
    inverse = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    scaled: Floats = inverse / inverse[2, 2]
    return scaled


def _factor(box: Box, most: int) -> int:
    """How many times smaller the planes must be to hold at most so many pixels."""
    return max(1, int(np.ceil((box.width * box.height / most) ** 0.5)))


def _widened(mask: Mask, by_px: float) -> Mask:
    """The mask with a border; made on a smaller one, where it costs little."""
    step = max(1, int(by_px / 8))
    small = mask[::step, ::step].astype(np.uint8)
    reach = 2 * max(1, round(by_px / step)) + 1
    wider = np.asarray(cv2.dilate(small, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))), dtype=np.bool_)
    wide: Mask = np.repeat(np.repeat(wider, step, 0), step, 1)[: mask.shape[0], : mask.shape[1]]
    return wide


def _judged(name: str, found: Refined | None, inliers: int, middle: Floats, shown: float) -> Alignment:
    where = f"{LATER}: {name}"
    if found is None:
        hint = "take it from where the baseline was taken, with all of the zone in it"
        problem = Problem(where, "too little of this skin is on both pictures", "skin seen on both", hint)
        return Alignment(None, inliers, 0, 0.0, np.inf, (problem,), None)
    problems = (*_implausible(where, found.map, middle), *_unsure(where, found, shown))
    kind = Kind.HOMOGRAPHY if found.map.bend is None else Kind.BEND
    # An error that is estimated on what does not match says nothing.
    error_px = np.inf if problems and found.error_px <= LARGEST_ERROR_PX else found.error_px
    return Alignment(kind, inliers, found.blocks, found.agree, error_px, problems, found.map)


def _implausible(where: str, found: SkinMap, middle: Floats) -> Iterator[Problem]:
    """What no second picture of the same skin would ask for: another scale, a turn, a squeeze, a mirror."""
    steps = through(found.camera, middle + np.array([(-0.5, 0), (0.5, 0), (0, -0.5), (0, 0.5)]))
    turned = np.stack([steps[1] - steps[0], steps[3] - steps[2]], axis=1)
    large, small = np.linalg.svd(turned, compute_uv=False)
    scale, turn = float((large * small) ** 0.5), float(np.degrees(np.arctan2(turned[1, 0], turned[0, 0])))
    if not np.isfinite(turned).all() or np.linalg.det(turned) <= 0:
        yield Problem(where, "looks mirrored", "skin the same way round", "switch mirroring off in the camera")
        return
    again = "take it again from where the baseline was taken"
    if not SCALES[0] <= scale <= SCALES[1]:
        yield Problem(where, f"{scale:.2g} times the size on the baseline", f"{SCALES[0]} to {SCALES[1]} times", again)
    if abs(turn) > MOST_TURN_DEG:
        upright = "turn the picture the same way up as the baseline, or " + again
        yield Problem(where, f"turned by {abs(turn):.0f} degrees", f"at most {MOST_TURN_DEG:.0f}", upright)
    if large > MOST_STRETCH * small:
        yield Problem(where, f"squeezed {large / small:.1f} times", f"at most {MOST_STRETCH} times", again)


def _unsure(where: str, found: Refined, shown: float) -> Iterator[Problem]:
    again = "take it again, sharp, from where the baseline was taken, with the same expression"
    if found.likeness < LEAST_LIKENESS:
        told, expected = (
            f"its skin is not that of the baseline ({found.likeness:.2f} alike)",
            f"at least {LEAST_LIKENESS}",
        )
        yield Problem(where, told, expected, "is it the same person and the same place? Then take it again, sharp")
        return
    if shown < LEAST_SEEN:
        yield Problem(where, f"only {shown:.0%} of it was found again", f"at least {LEAST_SEEN:.0%}", again)
    if found.agree < LEAST_AGREE:
        yield Problem(where, f"{found.agree:.0%} of the skin agrees where it is", f"at least {LEAST_AGREE:.0%}", again)
    if found.blocks < LEAST_BLOCKS:
        told, expected = f"{found.blocks} blocks of skin to go by", f"at least {LEAST_BLOCKS}"
        yield Problem(where, told, expected, "draw the zone larger, or take both pictures from nearer")
    if not found.error_px <= LARGEST_ERROR_PX:
        yield Problem(where, f"placed to {found.error_px:.1f} px", f"{LARGEST_ERROR_PX} px or better", again)
