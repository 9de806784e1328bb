"""From the camera's colours to true ones, by what lies beside the skin, and how far the result may be trusted.

A calibration is a table that undoes the camera's tone curve and a 3 x 3 matrix in linear light into linear sRGB. With a
chart of 24 colours both are fitted so that the patches come out as they are published, in steps that the eye sees as
equal, skin patches counting three times. Two things beside the matrix are fitted and held near nothing unless the patches
insist: a smooth curve, as phones apply their own, and a fall-off of the light across the chart. Being held by weights and
not by a yes or no, they cannot jump between two visits.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from needlewise.imaging.card import Chart, Patch
from needlewise.imaging.chroma_kernels import fill_light
from needlewise.imaging.colour_space import CHART_LINEAR, SKIN_PATCHES, decoded, delta_e, ita_deg, lab

Floats = NDArray[np.float64]
Plane = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Mode = Literal["chart", "grey", "reference", "none"]
Kind = Literal["absolute", "change", "contrast"]
Confidence = Literal["good", "fair", "low", "none"]

# Chosen: skin is what is to come out right (reference: the weight); the residual above which numbers are marked.
SKIN_WEIGHT = 3.0
LOW_CONFIDENCE_DE = 2.0
LEAST_PATCHES = 15
# Chosen: what a patch is believed to miss by, and how far curve and light usually stray. They only matter where patches tell little.
MISS_DE = 0.5
USUAL_CURVE, USUAL_SLOPE = 0.25, 0.10
# A patch that misses by so much, and by so many times what patches miss by here, is covered, dirty or in a gleam.
WRONG_PATCH_DE, WRONG_PATCH_TIMES = 6.0, 5.0
SHAPES, STEPS = 3, 12  # of the curve; of the fit
STEP = 1e-5  # of a parameter, to see what it does
_KNOTS = np.arange(256) / 255
_PLAIN = decoded(_KNOTS).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Refit:
    """The fit without one patch: table and matrix."""

    table: Plane
    matrix: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """How the colours of one picture are put right, and what may be said of them."""

    mode: Mode
    table: Plane  # (256,): what a pixel's value is in the camera's linear light
    matrix: Floats  # (3, 3): camera's linear light into linear sRGB, for columns
    residual_de: float | None = (
        None  # CIEDE2000, mean over patches, each from the fit without it; None: nothing to tell by
    )
    left_out: tuple[int, ...] = ()  # patches that were not used: clipped, uneven, covered
    bent: float = 0.0  # greatest distance of the camera's curve from that of sRGB, 0 to 1 as encoded
    fall_off: float = 0.0  # share by which light changes from one end of the chart to the other
    light: tuple[float, float, float] = (1.0, 0.0, 0.0)  # share at pixel (0, 0), per pixel to the right and downwards
    refits: tuple[Refit, ...] = ()

    @property
    def confidence(self) -> Confidence:
        """`good`: a chart that fits. `fair`: grey alone, so colours that leak into each other stay. `low`: it fits badly,
        or only a change can be told. `none`: the light is not known."""
        if self.mode == "none":
            return "none"
        if self.mode == "reference" or (self.residual_de is not None and self.residual_de > LOW_CONFIDENCE_DE):
            return "low"
        return "good" if self.mode == "chart" else "fair"

    def may_print(self, kind: Kind) -> bool:
        """Whether numbers of a kind may be shown: absolute ones (ITA, L*a*b*, pigment), changes between visits, contrasts
        inside one picture (a stripe against its flanks, spots against their surroundings)."""
        if kind == "absolute":
            return self.mode in ("chart", "grey")
        return kind == "contrast" or self.mode != "none"

    def linear_of(self, values: ArrayLike) -> Floats:
        """Linear sRGB of colours (..., 3) given as the file holds them, 0 to 255."""
        linear: Floats = _light(values, self.table) @ self.matrix.T
        return linear

    def lab_of(self, values: ArrayLike) -> Floats:
        """L*a*b* of colours (..., 3) given as the file holds them, 0 to 255."""
        return lab(self.linear_of(values))

    def error_of(self, values: ArrayLike) -> Floats:
        """Standard errors (4,) of L*, a*, b* and ITA in degrees of one colour (3,), as far as the fit is to blame: jackknife
        over the chart's patches. NaN without a chart."""
        if len(self.refits) < 2:
            return np.full(4, np.nan)
        told = np.array([lab(_light(values, one.table) @ one.matrix.T) for one in self.refits])
        told = np.column_stack([told, ita_deg(told)])
        count = len(told)
        return np.asarray(np.sqrt((count - 1) / count * ((told - told.mean(axis=0)) ** 2).sum(axis=0)))


NO_CALIBRATION = Calibration("none", _PLAIN, np.eye(3))


def calibrated(pixels: Pixels, calibration: Calibration) -> Plane:
    """Linear sRGB (H, W, 3) of a picture or a part of one; not cut off where sRGB ends."""
    light: Plane = np.empty(pixels.shape, np.float32)
    fill_light(np.ascontiguousarray(pixels), calibration.table, calibration.matrix.astype(np.float32), light)
    return light


def by_chart(chart: Chart, edition: str = "before") -> Calibration | None:
    """Fit to a chart. `edition`: whether it was made `before` November 2014 or `since`. None with too few good patches."""
    wanted = CHART_LINEAR[edition]
    # What sRGB cannot hold is bent by the camera in ways of its own (cyan).
    kept = chart.usable & np.all((wanted > -1e-3) & (wanted < 1.0), axis=1)
    while kept.sum() >= LEAST_PATCHES:
        fit = _Fit(chart.values[kept], wanted[kept], _across(chart)[kept], _weights()[kept])
        found = fit.solved()
        without = [fit.solved(skip, found) for skip in range(int(kept.sum()))]
        misses = np.array([fit.miss(theta, number) for number, theta in enumerate(without)])
        if misses.max() <= max(WRONG_PATCH_DE, WRONG_PATCH_TIMES * float(np.median(misses))):
            return _calibration(chart, kept, (found, without), float(misses.mean()))
        kept[np.flatnonzero(kept)[misses.argmax()]] = False
    return None


def _calibration(
    chart: Chart, kept: NDArray[np.bool_], fits: tuple[Floats, list[Floats]], residual_de: float
) -> Calibration:
    found, without = fits
    return Calibration(
        mode="chart",
        table=_table(found[11:]),
        matrix=found[:9].reshape(3, 3),
        residual_de=residual_de,
        left_out=tuple(np.flatnonzero(~kept).tolist()),
        bent=float(np.abs(_straightened(_KNOTS, found[11:]) - _KNOTS).max()),
        fall_off=float(np.ptp(_across(chart) @ found[9:11])),
        light=_in_picture(chart, found[9:11]),
        refits=tuple(Refit(_table(one[11:]), one[:9].reshape(3, 3)) for one in without),
    )


def by_grey(
    grey: Patch, reflectance: float = 0.18, white: Patch | None = None, white_linear: float = 0.80
) -> Calibration | None:
    """By an even grey field of known reflectance: one factor for each channel. A white field tells how well it fits."""
    if not grey.usable:
        return None
    matrix = np.diag(reflectance / _light(grey.value, _PLAIN))
    plain = Calibration("grey", _PLAIN, matrix)
    residual = None
    if white is not None and white.usable:
        residual = float(delta_e(plain.lab_of(white.value), lab(np.full(3, white_linear))))
    return Calibration("grey", _PLAIN, matrix, residual)


def by_reference(here: ArrayLike, at_baseline: ArrayLike) -> Calibration:
    """By a zone that is taken not to have changed: one factor for each channel, so that it looks as on the baseline.

    Both are colours (3,) as the file holds them, 0 to 255. Only changes can be told by it.
    """
    return Calibration("reference", _PLAIN, np.diag(_light(at_baseline, _PLAIN) / _light(here, _PLAIN)))


def _light(values: ArrayLike, table: Plane) -> Floats:
    light: Floats = np.interp(np.asarray(values, dtype=np.float64), np.arange(256), table)
    return np.maximum(light, 1e-6)


def _weights() -> Floats:
    weights = np.ones(24)
    weights[list(SKIN_PATCHES)] = SKIN_WEIGHT
    return weights


def _across(chart: Chart) -> Floats:
    """Places (24, 2) of the patches from the middle of the chart, its long half side being 1."""
    centres = chart.centres
    middle = centres.mean(axis=0)
    return np.asarray((centres - middle) / np.hypot(*(centres - middle).T).max())


def _in_picture(chart: Chart, slope: Floats) -> tuple[float, float, float]:
    """A fall-off across the chart as one across the picture, 1 at the middle of the chart."""
    centres = chart.centres
    middle = centres.mean(axis=0)
    per_px = slope / np.hypot(*(centres - middle).T).max()
    return float(1 - per_px @ middle), float(per_px[0]), float(per_px[1])


def _straightened(values: Floats, shape: Floats) -> Floats:
    """Encoded values (0 to 1) with the camera's own curve undone, so that the sRGB curve is left; both ends stay."""
    v = values
    bend = v * (1 - v) * (shape[0] + shape[1] * (2 * v - 1) + shape[2] * (2 * v - 1) ** 2)
    straight: Floats = np.clip(v + bend, 0.0, 1.0)
    return straight


def _table(shape: Floats) -> Plane:
    """The table for a curve. It never falls, whatever the fit says."""
    return np.maximum.accumulate(decoded(_straightened(_KNOTS, shape))).astype(np.float32)


class _Fit:
    """Least squares over matrix (9), fall-off (2) and curve (3), by Gauss and Newton, far misses counting less."""

    def __init__(self, values: Floats, wanted: Floats, places: Floats, weights: Floats) -> None:
        self.values, self.places, self.weights = values / 255, places, weights
        self.wanted = lab(wanted)
        chroma = np.hypot(self.wanted[:, 1], self.wanted[:, 2])
        # Strong colours are seen less exactly, as in CIE94.
        self.scale = np.stack([np.ones_like(chroma), 1 + 0.03 * chroma, 1 + 0.03 * chroma], axis=1) * MISS_DE
        start = decoded(self.values)
        by = 1 / np.maximum(wanted.mean(axis=1, keepdims=True), 0.02)
        self.start = np.concatenate([np.linalg.lstsq(start * by, wanted * by, rcond=None)[0].T.ravel(), np.zeros(5)])
        self.usual = np.concatenate([np.full(9, np.inf), np.full(2, USUAL_SLOPE), np.full(3, USUAL_CURVE)])

    def told(self, theta: Floats) -> Floats:
        """L*a*b* that the patches come out with (..., patches, 3), for parameters (..., 14)."""
        bent = np.moveaxis(theta[..., 11:], -1, 0)[..., None, None]
        matrix = np.swapaxes(theta[..., :9].reshape(*theta.shape[:-1], 3, 3), -1, -2)
        light = decoded(_straightened(self.values, bent)) @ matrix
        return lab(light / (1 + theta[..., 9:11] @ self.places.T)[..., None])

    def miss(self, theta: Floats, number: int) -> float:
        return float(delta_e(self.told(theta)[number], self.wanted[number]))

    def solved(self, skip: int | None = None, start: Floats | None = None) -> Floats:
        """The best parameters, with one patch left out if so asked."""
        theta = self.start.copy() if start is None else start.copy()
        kept = np.arange(len(self.values)) != (-1 if skip is None else skip)
        for _ in range(STEPS if start is None else STEPS // 3):
            away = (self.told(theta) - self.wanted) / self.scale
            far = np.sqrt((away**2).sum(axis=1))
            weight = np.sqrt(self.weights * np.minimum(1.0, 3.0 / np.maximum(far, 1e-9)) * kept)
            moved = self.told(theta + STEP * np.eye(len(theta)))
            slopes = np.moveaxis(((moved - self.wanted) / self.scale - away) / STEP, 0, -1)
            held = 1 / self.usual
            rows = np.concatenate([(slopes * weight[:, None, None]).reshape(-1, len(theta)), np.diag(held)])
            sides = np.concatenate([(away * weight[:, None]).ravel(), theta * held])
            theta = theta - np.linalg.lstsq(rows, sides, rcond=None)[0]
        return theta


MODES: tuple[Mode, ...] = get_args(Mode)
