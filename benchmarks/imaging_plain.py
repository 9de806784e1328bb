"""The rival of the benchmark of the imaging room: the same chain from calls of scikit-image, scipy and numpy.

It does what `needlewise.imaging.comparing.compare` does to zones of one picture before and one after, on the same zones, at
the same resolutions and with the same rules; each step is the call that their documents offer for it. Where there was a
choice the quicker one was taken: planes are single precision, a zone is cut out before anything is done to it, corners are matched on small planes, blocks of skin instead of every pixel say what is left to move.

Not asked of it, and done in our time: finding card and chart, fitting colours to it, reading sharpness and grooves, telling
bare skin from hair, gates, errors and verdicts. What it needs of that is handed to it.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.stats import median_abs_deviation, trim_mean
from skimage.color import rgb2gray, xyz2lab
from skimage.feature import ORB, blob_dog, match_descriptors, structure_tensor
from skimage.filters import apply_hysteresis_threshold, gaussian, sato, scharr_h, scharr_v
from skimage.measure import label, profile_line, ransac, regionprops, regionprops_table
from skimage.morphology import isotropic_dilation, isotropic_erosion, isotropic_opening, skeletonize
from skimage.registration import phase_cross_correlation
from skimage.transform import ProjectiveTransform, downscale_local_mean, resize, warp

from needlewise.imaging import lines, looking, pits, relief, tones
from needlewise.imaging.colour import Calibration
from needlewise.imaging.colour_space import TO_XYZ
from needlewise.imaging.criteria import LineRule, PatchRule, Rules
from needlewise.imaging.zones import Box

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
Pair = tuple[Plane, Plane]

# Features on planes so many times smaller, and so much skin round a zone in which the other picture is looked at.
SMALLER_FOR_CORNERS, SMALLER_FOR_BLOCKS, AROUND_PX = 3, 2, 150
CORNERS, WITHIN_PX = 1000, 2.0
# Without a probability at which it may stop, ransac would go through all its trials.
RANSAC = {"min_samples": 4, "max_trials": 1000, "stop_probability": 0.999, "rng": 1}
# Tenths of a pixel take a thirtieth of the time that twentieths do, and all blocks together tell more than a tenth.
BLOCKS, BLOCK_PX, FINER, ROUNDS = 8, 64, 10, 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What the chain is told: zones with what is cut out for each, scale, rules, and of both pictures colours and blur."""

    zones: Mapping[str, tuple[Box, Box]]
    px_per_mm: float
    rules: Rules
    colours: tuple[Calibration, Calibration]
    blurs_px: tuple[float, float]


@dataclass(slots=True)
class Found:
    """What it found of one zone. Pairs are before and after."""

    to_followup: ProjectiveTransform
    lab: list[Floats] = field(default_factory=list)
    ridges: Plane | None = None
    depth_ratio: float = float("nan")
    density: list[float] = field(default_factory=list)
    slopes: list[float] = field(default_factory=list)
    pits: list[int] = field(default_factory=list)
    spots: list[float] = field(default_factory=list)


class Clock:
    """Wall seconds of each step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started


def compared(before: Pixels, after: Pixels, asked: Asked, clock: Clock) -> dict[str, Found]:
    """Every zone of both pictures."""
    return {name: _zone(before, after, zone, asked, clock) for name, zone in asked.zones.items()}


def _zone(before: Pixels, after: Pixels, zone: tuple[Box, Box], asked: Asked, clock: Clock) -> Found:
    inside, box = zone
    wide = _around(box, before.shape)
    with clock.step("corners and homography (ORB, ransac)"):
        start = _homography(wide.of(before), wide.of(after))
    with clock.step("blocks of skin (phase_cross_correlation)"):
        map_ = _refined(wide.of(before), wide.of(after), start)
    found = Found(ProjectiveTransform(_moved(wide.x, wide.y) @ map_.params @ _moved(-wide.x, -wide.y)))
    with clock.step("laying on each other (warp, order 3)"):
        here = ProjectiveTransform(map_.params @ _moved(box.x - wide.x, box.y - wide.y))
        laid = warp(
            wide.of(after).astype(np.float32), here, output_shape=box.of(before).shape[:2], order=3, mode="edge"
        )
        skin = (box.of(before), np.clip(np.round(laid), 0, 255).astype(np.uint8))
    with clock.step("smaller pictures (resize)"):
        fine, coarse = (
            _smaller(skin, asked.px_per_mm, most) for most in (looking.RELIEF_PX_PER_MM, looking.COLOUR_PX_PER_MM)
        )
    masks = [_mask(inside, box, pictures[0].shape) for pictures in (fine, coarse)]
    scales = [min(asked.px_per_mm, most) for most in (looking.RELIEF_PX_PER_MM, looking.COLOUR_PX_PER_MM)]
    _colours(coarse, masks[1], scales[1], asked, found, clock)
    planes = _reliefs(fine, scales[0] / asked.px_per_mm, asked, clock)
    drawn = _lines(planes, masks[0], scales[0], asked.rules.lines, found, clock)
    _texture(planes, masks[0], drawn, scales[0], found, clock)
    return found


def _around(box: Box, shape: tuple[int, ...]) -> Box:
    left, top = max(box.x - AROUND_PX, 0), max(box.y - AROUND_PX, 0)
    right, bottom = min(box.x + box.width + AROUND_PX, shape[1]), min(box.y + box.height + AROUND_PX, shape[0])
    return Box(left, top, right - left, bottom - top)


def _moved(x: float, y: float) -> Floats:
    return np.array([(1.0, 0.0, x), (0.0, 1.0, y), (0.0, 0.0, 1.0)])


def _mask(inside: Box, box: Box, shape: tuple[int, ...]) -> Mask:
    """Which pixels of what was cut out, now of this shape, lie in the zone."""
    mask = np.zeros(shape[:2], np.bool_)
    factor = shape[1] / box.width
    left, top = round((inside.x - box.x) * factor), round((inside.y - box.y) * factor)
    mask[top : top + round(inside.height * factor), left : left + round(inside.width * factor)] = True
    return mask


def _small_grey(pixels: Pixels, factor: int) -> Plane:
    return np.asarray(rgb2gray(downscale_local_mean(pixels, (factor, factor, 1))) / 255, np.float32)


def _enlarged(factor: int) -> Floats:
    """From pixels of a smaller plane to those of the whole: middles of pixels, not corners, are counted."""
    return np.array([(factor, 0, (factor - 1) / 2), (0, factor, (factor - 1) / 2), (0, 0, 1.0)])


def _homography(before: Pixels, after: Pixels) -> ProjectiveTransform:
    """From the baseline to the follow-up."""
    places, told = [], []
    for pixels in (before, after):
        corners = ORB(n_keypoints=CORNERS, fast_threshold=0.02)
        corners.detect_and_extract(_small_grey(pixels, SMALLER_FOR_CORNERS))
        places.append(corners.keypoints[:, ::-1])
        told.append(corners.descriptors)
    pairs = match_descriptors(told[0], told[1], cross_check=True, max_ratio=0.9)
    matched = places[0][pairs[:, 0]], places[1][pairs[:, 1]]
    model, _ = ransac(matched, ProjectiveTransform, residual_threshold=WITHIN_PX, **RANSAC)
    larger = _enlarged(SMALLER_FOR_CORNERS)
    return ProjectiveTransform(larger @ model.params @ np.linalg.inv(larger))


def _refined(before: Pixels, after: Pixels, start: ProjectiveTransform) -> ProjectiveTransform:
    """The homography that blocks of skin agree on, each laid on its like."""
    larger = _enlarged(SMALLER_FOR_BLOCKS)
    one, other = (_small_grey(pixels, SMALLER_FOR_BLOCKS) for pixels in (before, after))
    map_ = ProjectiveTransform(np.linalg.inv(larger) @ start.params @ larger)
    ends = [np.linspace(BLOCK_PX / 2, side - 3 * BLOCK_PX / 2, BLOCKS).astype(int) for side in one.shape]
    for _ in range(ROUNDS):
        laid = warp(other, map_, output_shape=one.shape, order=1, mode="edge")
        middles, moved = [], []
        for top in ends[0]:
            for left in ends[1]:
                part = (slice(top, top + BLOCK_PX), slice(left, left + BLOCK_PX))
                shift, _, _ = phase_cross_correlation(one[part], laid[part], upsample_factor=FINER, normalization=None)
                middles.append((left + (BLOCK_PX - 1) / 2, top + (BLOCK_PX - 1) / 2))
                moved.append(-shift[::-1])
        here = np.array(middles)
        pairs = here, here + np.array(moved)
        step, _ = ransac(pairs, ProjectiveTransform, residual_threshold=WITHIN_PX / 4, **RANSAC)
        map_ = ProjectiveTransform(map_.params @ step.params)
    return ProjectiveTransform(larger @ map_.params @ np.linalg.inv(larger))


def _smaller(pictures: Sequence[Pixels], px_per_mm: float, most: float) -> list[Pixels]:
    factor = max(1.0, px_per_mm / most)
    height, width = (max(1, round(side / factor)) for side in pictures[0].shape[:2])
    return [
        np.round(resize(one.astype(np.float32), (height, width), order=1, anti_aliasing=True)).astype(np.uint8)
        for one in pictures
    ]


def _linear(pixels: Pixels, colours: Calibration) -> Plane:
    return np.asarray(colours.table[pixels] @ colours.matrix.T.astype(np.float32), np.float32)


def _colours(skin: Sequence[Pixels], mask: Mask, scale: float, asked: Asked, found: Found, clock: Clock) -> None:
    with clock.step("spots (gaussian, label, regionprops)"):
        share = np.maximum(gaussian(mask.astype(np.float32), asked.rules.spots.surround_mm * scale), 1e-3)
    for pixels, colours in zip(skin, asked.colours, strict=True):
        with clock.step("colours (trim_mean, xyz2lab)"):
            middle = trim_mean(pixels[mask], 0.25, axis=0)[None]
            found.lab.append(xyz2lab(colours.linear_of(middle) @ TO_XYZ.T)[0])
        with clock.step("pigments (logarithms, unmixed)"):
            linear = _linear(pixels, colours)
            density = np.log(tones.PIGMENTLESS).astype(np.float32) - np.log(np.maximum(linear, np.float32(1e-4)))
            pigments = density @ np.linalg.inv(np.array([tones.OF_MELANIN, tones.OF_BLOOD, (1.0, 1.0, 1.0)]).T)[:2].T
        with clock.step("spots (gaussian, label, regionprops)"):
            planes = density[..., 0] / np.float32(tones.OF_MELANIN[0]), pigments[..., 0]
            found.spots.append(_spots(planes, (mask, share), scale, asked.rules.spots))


def _spots(planes: Pair, zone: tuple[Mask, Plane], scale: float, rule: PatchRule) -> float:
    """Share of the zone: dim in red, and dim by its colour too. The zone comes with its blur, which rims are divided by."""
    (mask, share), above = zone, []
    for plane, smooth_mm in zip(planes, (0.1, 0.2), strict=True):
        smooth = gaussian(plane, smooth_mm * scale)
        above.append(smooth - gaussian(smooth * mask, rule.surround_mm * scale) / share)
    spread = median_abs_deviation(above[0][mask], scale="normal")
    low = max(rule.least_height, rule.times_spread * spread)
    dark = isotropic_opening((above[0] > low / 2) & mask, 0.35 * rule.least_mm * scale)
    told = regionprops_table(
        label(dark),
        np.stack(above, axis=-1),
        ("area", "axis_major_length", "axis_minor_length", "intensity_max", "intensity_mean"),
    )
    wide = np.sqrt(4 * told["area"] / np.pi) / scale
    spots = (wide >= rule.least_mm) & (wide <= rule.most_mm) & (told["intensity_max-0"] >= low)
    spots &= told["axis_major_length"] <= rule.longest * told["axis_minor_length"]
    spots &= told["intensity_mean-1"] >= rule.least_colour * told["intensity_mean-0"]
    return float(told["area"][spots].sum() / mask.sum())


def _reliefs(skin: Sequence[Pixels], factor: float, asked: Asked, clock: Clock) -> Pair:
    """Logarithm of light of both visits, both as soft as the softer."""
    with clock.step("relief (logarithm, gaussian)"):
        dark, softest, planes = np.float32(lines.DARKEST), max(asked.blurs_px) * factor, []
        for pixels, colours, blur in zip(skin, asked.colours, asked.blurs_px, strict=True):
            linear = np.maximum(_linear(pixels, colours)[..., :2], dark)
            plane = np.float32(0.5) * np.log(linear[..., 0] * linear[..., 1])
            missing = softest**2 - (blur * factor) ** 2
            planes.append(plane if missing < 0.01 else gaussian(plane, missing**0.5))
    return planes[0], planes[1]


def _lines(planes: Pair, mask: Mask, scale: float, rule: LineRule, found: Found, clock: Clock) -> Mask:
    """Lines of the mean of both visits, followed; and how long those of each visit are. Returns where the lines run."""
    drawn = np.zeros_like(mask)
    for number, plane in enumerate(((planes[0] + planes[1]) / 2, *planes)):
        with clock.step("ridges (sato)"):
            response = sato(plane, [blur * scale for blur in rule.blurs_mm], black_ridges=True)
        with clock.step("lines (hysteresis, skeletonize, regionprops)"):
            noise = float(np.median(response[mask]))
            low, high = (
                max(times * noise, rule.least_contrast / over) for times, over in ((rule.go_on, 2), (rule.begin, 1))
            )
            bones = skeletonize(apply_hysteresis_threshold(response, low, high) & mask)
            parts = [
                one
                for one in regionprops(label(bones, connectivity=2))
                if one.axis_major_length >= rule.least_mm * scale
            ]
        if number:
            found.density.append(10 * sum(one.perimeter / 2 for one in parts) / scale / (mask.sum() / scale**2 / 10))
            continue
        found.ridges = np.asarray(response, np.float32)
        with clock.step("depth (profile_line)"):
            depths = np.array([pair for one in parts for pair in _depths(planes, one.coords, scale)])
            found.depth_ratio = float(depths[:, 1].sum() / depths[:, 0].sum()) if len(depths) else float("nan")
        for one in parts:
            drawn[tuple(one.coords.T)] = True
    return drawn


def _depths(planes: Pair, coords: NDArray[np.intp], scale: float) -> Iterator[list[float]]:
    """How much darker each piece of a line is than its sides, before and after."""
    middle = coords.mean(axis=0)
    way = np.linalg.svd(coords - middle, full_matrices=False)[2][0]
    along = (coords - middle) @ way
    reach = round(1.6 * scale)
    near = round(lines.SEARCH_MM * scale)
    for start in np.arange(along.min(), along.max(), lines.PIECE_MM * scale):
        piece = coords[(along >= start) & (along < start + lines.PIECE_MM * scale)]
        if len(piece) < scale:
            continue
        here = piece.mean(axis=0)
        course = np.linalg.svd(piece - here, full_matrices=False)[2][0]
        across = np.array([-course[1], course[0]]) * reach
        read = []
        for plane in planes:
            profile = profile_line(plane, here - across, here + across, len(piece), order=1, mode="nearest")
            half = len(profile) // 2
            sides = np.concatenate([profile[: half - reach // 2], profile[half + reach // 2 + 1 :]])
            read.append(float(sides.mean() - profile[half - near : half + near + 1].min()))
        yield read


def _texture(planes: Pair, mask: Mask, drawn: Mask, scale: float, found: Found, clock: Clock) -> None:
    """How steep fine relief is along the light, beside lines; and hollows."""
    with clock.step("roughness (structure_tensor, scharr)"):
        work = min(relief.WORK_PX_PER_MM, scale)
        shape = tuple(round(side * work / scale) for side in mask.shape)
        bare = isotropic_erosion(mask, relief.MARGIN_MM * scale) & ~isotropic_dilation(
            drawn, relief.BESIDE_LINE_MM * scale
        )
        bare = resize(bare.astype(np.float32), shape, order=1) > 0.5
        smaller = [resize(plane, shape, order=1, anti_aliasing=True) for plane in planes]
        for plane in smaller:
            found.slopes.append(_slope(plane, bare, work))
    with clock.step("pits (blob_dog)"):
        widths = [radius * work / 2**0.5 for radius in (pits.RADII_MM[0], pits.RADII_MM[-1])]
        for plane in smaller:
            blobs = blob_dog(-plane, widths[0], widths[1], threshold=pits.LEAST_CONTRAST)
            at = blobs[:, :2].astype(int)
            found.pits.append(int(bare[at[:, 0], at[:, 1]].sum()))


def _slope(plane: Plane, bare: Mask, scale: float) -> float:
    band = gaussian(plane, relief.FINEST_MM * scale) - gaussian(plane, relief.COARSEST_MM * scale)
    down_down, down_right, right_right = (part[bare].sum() for part in structure_tensor(band, sigma=1, order="rc"))
    angle = 0.5 * np.arctan2(2 * down_right, right_right - down_down)
    along = scharr_v(band)[bare] * np.cos(angle) + scharr_h(band)[bare] * np.sin(angle)
    return float(np.median(np.abs(along))) * scale / 2  # the difference is taken over two pixels
