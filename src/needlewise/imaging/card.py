"""What lies beside the skin to measure by: a chart of 24 colours, a grey card, our own printed card.

Everything is looked for in `pixels` (H, W, 3), 8 bits, sRGB, red first. Places are (x, y) in pixels, pixel centres at whole
numbers. A thing that is not seen whole, or does not look as it should, is not found: None, never a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from needlewise.imaging.card_layout import CARD, CardLayout
from needlewise.imaging.colour_space import CHART_LINEAR, TO_XYZ, decoded, delta_e, lab
from needlewise.imaging.picture import smaller

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

# Chosen by trial on simulated pictures and charts drawn over skin.
CHART_SIDES = (900, 1600)  # long edge of the picture that the chart is looked for in, first and second try
WORST_CHART_DE = 12.0  # median over patches after a plain fit: a thing that looks worse is no chart
CLIPPED_LOW, CLIPPED_HIGH = 1, 254  # a channel at these tells only that it is so dark or so bright
MOST_CLIPPED = 0.02  # share of a patch's pixels; above it the patch is not used
UNEVEN_PATCH = 0.12  # of its value: a patch that varies more inside holds a shadow, a gleam or an edge
LEAST_PATCH_PX = 36  # pixels in the middle of a patch
PATCH_READ = 0.27  # half the side of the part of a patch that is read, in patches from middle to middle
LEAST_MIDDLES = 14  # patches seen whole that place the others
MARKER_SIDE = 2400  # long edge of a picture above which markers are looked for on one of half the size
REFINED_PX = 5  # about a corner, when it is put right on the whole picture
MARKER_CELLS = 6  # of a marker's side, its border among them
LEAST_MARKERS = 3  # of the card's four, or perspective is not held
WORST_CARD_PX = 3.0  # markers farther from where a flat card has them: the card is bent, or it is none


_GRID = np.array([(number % 6, number // 6) for number in range(24)], dtype=np.float64)
_SQUARE = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """An even field of one colour: `value` (3,) is the mean of the middle half of its pixels, 0 to 255 as the file holds
    them. Clipped pixels are left out of it; with more than a few of them, or an uneven inside, it is not `usable`."""

    corners: Floats  # (4, 2) of the part that was read
    value: Floats
    clipped: float  # share of pixels with a channel at its end
    uneven: float  # spread inside, as a share of the value
    pixels: int

    @property
    def usable(self) -> bool:
        return self.pixels >= LEAST_PATCH_PX and self.clipped <= MOST_CLIPPED and self.uneven <= UNEVEN_PATCH


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A 24-patch chart, patches row by row from dark skin, whichever way it lies. `mirrored`: the picture is a mirror's."""

    patches: tuple[Patch, ...]
    box: Floats  # (4, 2): outer corners from that of dark skin
    looks_de: float  # median difference after a plain fit: what told it from other things
    mirrored: bool

    @property
    def values(self) -> Floats:
        """(24, 3), 0 to 255."""
        return np.array([patch.value for patch in self.patches])

    @property
    def centres(self) -> Floats:
        """(24, 2)."""
        return np.array([patch.corners.mean(axis=0) for patch in self.patches])

    @property
    def usable(self) -> NDArray[np.bool_]:
        return np.array([patch.usable for patch in self.patches])


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """Our printed card in a picture. `to_picture` (3, 3) takes mm on the card to pixels."""

    layout: CardLayout
    to_picture: Floats
    markers: tuple[int, ...]  # ids that were seen
    residual_px: float  # median distance of markers' corners from where they should be
    white: Patch
    grey: Patch
    chart: Chart | None

    def at(self, places_mm: ArrayLike) -> Floats:
        """Where (n, 2) places on the card are seen, in pixels."""
        return _through(self.to_picture, np.asarray(places_mm, dtype=np.float64))

    def px_per_mm_at(self, place_mm: tuple[float, float]) -> float:
        """Pixels in a millimetre there, the geometric mean of both directions."""
        return float(np.sqrt(abs(np.linalg.det(self._stretch(place_mm)))))

    @property
    def px_per_mm(self) -> float:
        """Pixels in a millimetre at the middle of the card."""
        return self.px_per_mm_at((self.layout.width_mm / 2, self.layout.height_mm / 2))

    @property
    def tilt_deg(self) -> float:
        """About by how much the card is turned away from the camera: what one direction is shorter than the other."""
        long, short = np.linalg.svd(self._stretch((self.layout.width_mm / 2, self.layout.height_mm / 2)))[1]
        return float(np.degrees(np.arccos(np.clip(short / long, 0.0, 1.0))))

    def _stretch(self, place_mm: tuple[float, float]) -> Floats:
        step = 0.5
        around = np.array(place_mm) + np.array([(-step, 0), (step, 0), (0, -step), (0, step)])
        left, right, above, below = self.at(around)
        return np.stack([right - left, below - above], axis=1) / (2 * step)


def read_patch(pixels: Pixels, corners: ArrayLike) -> Patch:
    """The colour of a quadrilateral (4, 2) of the picture. Mark only the even middle part: an edge counts as uneven."""
    quad = np.asarray(corners, dtype=np.float64).reshape(4, 2)
    height, width = pixels.shape[:2]
    low = np.maximum(np.floor(quad.min(axis=0)), 0).astype(int)
    high = np.minimum(np.ceil(quad.max(axis=0)), (width - 1, height - 1)).astype(int)
    if np.any(high < low):
        return Patch(quad, np.full(3, np.nan), 0.0, np.inf, 0)
    part = pixels[low[1] : high[1] + 1, low[0] : high[0] + 1]
    mask = np.zeros(part.shape[:2], dtype=np.uint8)
    cv2.fillConvexPoly(mask, np.round((quad - low) * 16).astype(np.int32), 1, shift=4)
    inside = part[mask > 0].astype(np.float64)
    clipped = np.any((inside <= CLIPPED_LOW) | (inside >= CLIPPED_HIGH), axis=1)
    kept = np.sort(inside[~clipped] if clipped.mean() < 0.5 else inside, axis=0)
    if not len(kept):
        return Patch(quad, np.full(3, np.nan), 0.0, np.inf, 0)
    count = len(kept)
    value = kept[count // 4 : max(count - count // 4, count // 4 + 1)].mean(axis=0)
    # From the 10th to the 90th in a hundred, less what the noise of a camera makes of it.
    reach = kept[int(0.9 * (count - 1))] - kept[int(0.1 * (count - 1))]
    uneven = float(np.max(np.maximum(reach / 2.56 - 4.0, 0.0) / (value + 10.0)))
    return Patch(quad, value, float(clipped.mean()), uneven, count)


def find_chart(pixels: Pixels, edition: str = "before") -> Chart | None:
    """The 24-patch chart in a picture, at any angle. None if there is none, it is cut off or it does not look like one."""
    for side in CHART_SIDES:
        factor = min(1.0, side / max(pixels.shape[:2]))
        size = max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor))
        small = pixels if factor == 1.0 else smaller(pixels, size)
        detector = cv2.mcc.CCheckerDetector.create()
        if not detector.process(cv2.cvtColor(small, cv2.COLOR_RGB2BGR), cv2.mcc.MCC24, 2):
            continue
        scale = np.array(pixels.shape[1::-1]) / np.array(small.shape[1::-1])
        for found in detector.getListColorChecker():
            quads = np.array(found.getColorCharts(), dtype=np.float64).reshape(24, 4, 2)
            chart = _looked_at(pixels, (quads + 0.5) * scale - 0.5, edition)
            if chart is not None:
                return chart
        if factor == 1.0:
            break
    return None


def _looked_at(pixels: Pixels, quads: Floats, edition: str) -> Chart | None:
    """The chart whose patches lie about in these quadrilaterals (24, 4, 2), in the right order; None if it is none."""
    height, width = pixels.shape[:2]
    if quads.min() < 0 or np.any(quads.reshape(-1, 2).max(axis=0) > (width - 1, height - 1)):
        return None
    to_picture = _grid(pixels, quads.mean(axis=1))
    quads = np.array([_through(to_picture, place + PATCH_READ * _SQUARE) for place in _GRID])
    patches = [read_patch(pixels, quad) for quad in quads]
    values = decoded(np.array([patch.value for patch in patches]) / 255)
    numbers = np.arange(24).reshape(4, 6)
    ways = (numbers, numbers[::-1, ::-1], numbers[:, ::-1], numbers[::-1])
    looks = [(_looks_de(values[order.ravel()], CHART_LINEAR[edition]), order.ravel()) for order in ways]
    best_de, order = min(looks, key=lambda look: look[0])
    if not best_de <= WORST_CHART_DE:
        return None
    # Places go round the other way in a mirror, whatever order they were found in.
    to_picture = _homography(_GRID, quads.mean(axis=1)[order])
    box = _through(to_picture, _GRID[[0, 5, 23, 18]] + 0.44 * _SQUARE)
    mirrored = _turns(box) < 0
    return Chart(tuple(patches[number] for number in order), box, best_de, mirrored)


def _grid(pixels: Pixels, centres: Floats) -> Floats:
    """Homography from columns and rows to the picture, through the middles of the patches as they are seen: the detector
    may be off by a fifth of a patch when a chart lies aslant."""
    rough = _homography(_GRID, centres)
    seen = [_middle(pixels, rough, place) for place in _GRID]
    found = np.array([one is not None for one in seen])
    if found.sum() < LEAST_MIDDLES:
        return rough
    at = np.array([one for one in seen if one is not None])
    pitch = float(np.median(np.hypot(*np.diff(centres.reshape(4, 6, 2), axis=1).reshape(-1, 2).T)))
    fine, agree = cv2.findHomography(_GRID[found], at, cv2.RANSAC, 0.06 * pitch)
    enough = fine is not None and np.count_nonzero(agree) >= LEAST_MIDDLES
    return np.asarray(fine, dtype=np.float64) if enough else rough


def _middle(pixels: Pixels, rough: Floats, place: Floats) -> Floats | None:
    """Middle of the even region about a patch's place; None if it is not the size of a patch."""
    around = _through(rough, place + 0.85 * _SQUARE)
    low = np.maximum(np.floor(around.min(axis=0)), 0).astype(int)
    high = np.minimum(np.ceil(around.max(axis=0)) + 1, pixels.shape[1::-1]).astype(int)
    part = np.ascontiguousarray(pixels[low[1] : high[1], low[0] : high[0]])
    centre = np.round(_through(rough, place[None])[0] - low).astype(int)
    reach = max(1, round(0.08 * float(np.hypot(*np.ptp(around, axis=0)))))
    core = part[max(0, centre[1] - reach) : centre[1] + reach + 1, max(0, centre[0] - reach) : centre[0] + reach + 1]
    if not core.size:
        return None
    colour = np.median(core.reshape(-1, 3), axis=0)
    away = 10 + 0.06 * colour.max()
    least, most = np.clip(np.ceil(colour - away), 0, 255), np.clip(np.floor(colour + away), 0, 255)
    alike = (cv2.inRange(part, least, most) > 0).astype(np.uint8)
    _, labels, boxes, middles = cv2.connectedComponentsWithStats(alike, connectivity=4)
    number = int(labels[min(max(centre[1], 0), len(part) - 1), min(max(centre[0], 0), part.shape[1] - 1)])
    pitch_area = abs(float(np.linalg.det(np.stack([around[1] - around[0], around[3] - around[0]])))) / 1.7**2
    if number == 0 or not 0.4 <= boxes[number, cv2.CC_STAT_AREA] / pitch_area <= 1.05:
        return None
    return np.asarray(middles[number] + low, dtype=np.float64)


def _turns(box: Floats) -> float:
    """Twice the area inside a box, negative if its corners go round anticlockwise as one looks at it."""
    x, y = box.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1))


def _homography(places: Floats, pixels: Floats) -> Floats:
    return np.asarray(cv2.findHomography(places, pixels, 0)[0], dtype=np.float64)


def _looks_de(values: Floats, wanted: Floats) -> float:
    """Median difference after a plain 3 x 3 fit, in which each patch counts as much as the eye sees of it."""
    if not np.isfinite(values).all():
        return np.inf
    weight = 1 / np.maximum(wanted @ TO_XYZ[1], 0.02)[:, None]
    matrix = np.linalg.lstsq(values * weight, wanted * weight, rcond=None)[0]
    return float(np.median(delta_e(lab(np.maximum(values @ matrix, 0)), lab(np.clip(wanted, 0, 1)))))


def find_card(pixels: Pixels, layout: CardLayout = CARD, edition: str = "before") -> Card | None:
    """Our printed card in a picture, with the chart on it if there is one. None unless three of its markers agree."""
    seen = _markers(pixels, layout)
    if len(seen) < LEAST_MARKERS:
        return None
    places = np.concatenate([layout.marker_corners(number) for number in seen])
    corners = np.concatenate(list(seen.values()))
    found, _ = cv2.findHomography(places, corners, cv2.RANSAC, WORST_CARD_PX)
    to_picture = np.asarray(found, dtype=np.float64)
    if to_picture.shape != (3, 3):
        return None
    residual = float(np.median(np.hypot(*(_through(to_picture, places) - corners).T)))
    whole = _through(to_picture, np.array([(0, 0), (layout.width_mm, 0), (layout.width_mm, layout.height_mm)]))
    if residual > WORST_CARD_PX or not np.isfinite(whole).all():
        return None
    white, grey = (
        read_patch(pixels, _through(to_picture, field.corners(0.7))) for field in (layout.white, layout.grey)
    )
    return Card(layout, to_picture, tuple(seen), residual, white, grey, _chart_on(pixels, to_picture, layout, edition))


def marker_cells(number: int) -> NDArray[np.bool_]:
    """Which of the 6 x 6 cells of a marker are white; the outer ones are its black border. What prints it asks here."""
    return np.asarray(cv2.aruco.generateImageMarker(_dictionary(), number, MARKER_CELLS) > 0)


def _dictionary() -> cv2.aruco.Dictionary:
    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)


def _markers(pixels: Pixels, layout: CardLayout) -> Mapping[int, Floats]:
    """Corners (4, 2) of each of the card's markers that is seen once."""
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    if max(grey.shape) > MARKER_SIDE:
        seen = _detected(
            np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8), layout
        )
        if not seen or seen.keys() == layout.markers.keys():
            return {number: _refined(grey, 2 * corners + 0.5) for number, corners in seen.items()}
    return _detected(grey, layout)


def _detected(grey: NDArray[np.uint8], layout: CardLayout) -> Mapping[int, Floats]:
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    found, ids, _ = cv2.aruco.ArucoDetector(_dictionary(), settings).detectMarkers(grey)
    numbers = [] if not found else [int(number) for number in ids.ravel()]
    once = {number for number in numbers if numbers.count(number) == 1 and number in layout.markers}
    return {
        number: corners.reshape(4, 2).astype(np.float64)
        for number, corners in sorted(zip(numbers, found, strict=True), key=lambda each: each[0])
        if number in once
    }


def _refined(grey: NDArray[np.uint8], corners: Floats) -> Floats:
    """Corners that were seen on a smaller picture, in their place on this one."""
    reach = (REFINED_PX, REFINED_PX)
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 30, 0.01)
    return np.asarray(cv2.cornerSubPix(grey, corners.astype(np.float32), reach, (-1, -1), until), np.float64)


def _chart_on(pixels: Pixels, to_picture: Floats, layout: CardLayout, edition: str) -> Chart | None:
    """The chart in its place on the card: only there is it looked for."""
    place = _through(to_picture, layout.chart.corners(1.04))
    height, width = pixels.shape[:2]
    left, top = np.maximum(np.floor(place.min(axis=0)), 0).astype(int)
    right, bottom = np.minimum(np.ceil(place.max(axis=0)) + 1, (width, height)).astype(int)
    if right - left < 50 or bottom - top < 50:
        return None
    chart = find_chart(np.ascontiguousarray(pixels[top:bottom, left:right]), edition)
    return None if chart is None else _moved(chart, np.array([left, top], dtype=np.float64))


def _moved(chart: Chart, by: Floats) -> Chart:
    patches = tuple(
        Patch(patch.corners + by, patch.value, patch.clipped, patch.uneven, patch.pixels) for patch in chart.patches
    )
    return Chart(patches, chart.box + by, chart.looks_de, chart.mirrored)


def _through(homography: Floats, places: Floats) -> Floats:
    raised = np.concatenate([places, np.ones((len(places), 1))], axis=1) @ np.asarray(homography).T
    return np.asarray(raised[:, :2] / raised[:, 2:])
