"""The colour spaces that skin is told in, and what a colour chart should look like in them.

Linear colours are linear sRGB (D65), where 1 is a perfect white. L*a*b* is CIE 1976 for D65 and the 2 degree observer,
unless a name says D50. Arrays hold channels last. Numbers of whole pictures come from `chroma_kernels`; these are for few
colours, in double precision.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# IEC 61966-2-1, with the white that its own primaries add up to.
TO_XYZ = np.array([[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]])
WHITE = TO_XYZ.sum(axis=1)
FROM_XYZ = np.linalg.inv(TO_XYZ)
BREAK, STEEP = 216 / 24389, 24389 / 27
_D50 = np.array([0.96422, 1.0, 0.82521])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_D50_TO_WHITE = np.linalg.inv(_BRADFORD) @ np.diag((_BRADFORD @ WHITE) / (_BRADFORD @ _D50)) @ _BRADFORD


def decoded(values: ArrayLike) -> Floats:
    """The sRGB curve backwards: 0 to 1 as a file holds it into linear 0 to 1."""
    v = np.asarray(values, dtype=np.float64)
    straight: Floats = np.where(v <= 0.04045, v / 12.92, ((np.maximum(v, 0.0) + 0.055) / 1.055) ** 2.4)
    return straight


def encoded(linear: ArrayLike) -> Floats:
    """The sRGB curve: linear light into 0 to 1 as a file holds it; what lies outside is cut off."""
    u = np.clip(np.asarray(linear, dtype=np.float64), 0.0, 1.0)
    bent: Floats = np.where(u <= 0.0031308, u * 12.92, 1.055 * u ** (1 / 2.4) - 0.055)
    return bent


def lab(linear: ArrayLike) -> Floats:
    """L*a*b* of linear colours, (..., 3)."""
    relative = np.asarray(linear, dtype=np.float64) @ TO_XYZ.T / WHITE
    root = np.where(relative > BREAK, np.cbrt(relative), (STEEP * relative + 16) / 116)
    return _lab_of(root)


def _lab_of(root: Floats) -> Floats:
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def linear_of_lab(of_lab: ArrayLike) -> Floats:
    """Linear colours of L*a*b*, (..., 3); not cut off where sRGB ends."""
    linear: Floats = _relative(of_lab) * WHITE @ FROM_XYZ.T
    return linear


def linear_of_lab_d50(of_lab: ArrayLike) -> Floats:
    """Linear colours of L*a*b* that was published for D50, (..., 3); adapted by Bradford, not cut off where sRGB ends."""
    linear: Floats = _relative(of_lab) * _D50 @ _D50_TO_WHITE.T @ FROM_XYZ.T
    return linear


def _relative(of_lab: ArrayLike) -> Floats:
    values = np.asarray(of_lab, dtype=np.float64)
    y = (values[..., 0] + 16) / 116
    root = np.stack([y + values[..., 1] / 500, y, y - values[..., 2] / 200], axis=-1)
    relative: Floats = np.where(root**3 > BREAK, root**3, (116 * root - 16) / STEEP)
    return relative


def ita_deg(of_lab: ArrayLike) -> Floats:
    """Individual typology angle of L*a*b*: above 55 very light, 41 light, 28 intermediate, 10 tan, -30 brown, below dark."""
    values = np.asarray(of_lab, dtype=np.float64)
    angle: Floats = np.degrees(np.arctan2(values[..., 0] - 50, values[..., 2]))
    return angle


def delta_e(one: ArrayLike, other: ArrayLike) -> Floats:
    """Colour difference CIEDE2000 between L*a*b* values, (...). After Sharma, Wu and Dalal, Color Res Appl 2005;30:21."""
    a, b = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    chroma = (np.hypot(a[..., 1], a[..., 2]) + np.hypot(b[..., 1], b[..., 2])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    c1, c2 = np.hypot(a[..., 1] * stretch, a[..., 2]), np.hypot(b[..., 1] * stretch, b[..., 2])
    h1 = np.degrees(np.arctan2(a[..., 2], a[..., 1] * stretch)) % 360
    h2 = np.degrees(np.arctan2(b[..., 2], b[..., 1] * stretch)) % 360
    grey = c1 * c2 == 0
    turn = np.where(grey, 0.0, (h2 - h1 + 180) % 360 - 180)
    # Exactly opposite hues turn forwards, as in the published pairs.
    turn = np.where(turn == -180, np.where(h2 > h1, 180.0, -180.0), turn)
    hue_step = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    far = np.abs(h1 - h2) > 180
    middle = np.where(grey, h1 + h2, (h1 + h2 + np.where(far, np.where(h1 + h2 < 360, 360, -360), 0)) / 2)
    return _weighed(b[..., 0] - a[..., 0], c2 - c1, hue_step, ((a[..., 0] + b[..., 0]) / 2, (c1 + c2) / 2, middle))


def _weighed(light: Floats, chroma: Floats, hue: Floats, middle: tuple[Floats, Floats, Floats]) -> Floats:
    """Steps of lightness, chroma and hue by the tolerance for each about their middle, and what ties the last two."""
    lightness, c, h = middle
    t = (
        1
        - 0.17 * np.cos(np.radians(h - 30))
        + 0.24 * np.cos(np.radians(2 * h))
        + 0.32 * np.cos(np.radians(3 * h + 6))
        - 0.20 * np.cos(np.radians(4 * h - 63))
    )
    far = (lightness - 50) ** 2
    s_light, s_chroma, s_hue = 1 + 0.015 * far / np.sqrt(20 + far), 1 + 0.045 * c, 1 + 0.015 * c * t
    turned = np.radians(30 * np.exp(-(((h - 275) / 25) ** 2)))
    tie = -np.sin(2 * turned) * 2 * np.sqrt(c**7 / (c**7 + 25.0**7))
    l_part, c_part, h_part = light / s_light, chroma / s_chroma, hue / s_hue
    difference: Floats = np.sqrt(l_part**2 + c_part**2 + h_part**2 + tie * c_part * h_part)
    return difference


# L*a*b* (D50, 2 degrees) of the 24 patches of the ColorChecker Classic, row by row from dark skin, as its maker publishes
# them for charts made before and from November 2014: the two differ by up to 2 in L* and 3 in b*.
_BEFORE = (
    (37.986, 13.555, 14.050), (65.710, 18.140, 17.809), (49.930, -4.906, -21.936),
    (43.138, -13.098, 21.881), (55.114, 8.842, -25.408), (70.719, -33.390, -0.229),
    (62.659, 36.067, 57.067), (40.015, 10.419, -45.994), (51.129, 48.240, 16.248),
    (30.327, 23.001, -21.608), (72.535, -23.693, 57.260), (71.940, 19.373, 67.846),
    (28.773, 14.176, -50.313), (55.257, -38.320, 31.353), (42.108, 53.384, 28.194),
    (81.735, 4.037, 79.837), (51.939, 50.002, -14.585), (51.036, -28.645, -28.653),
    (96.538, -0.457, 1.164), (81.259, -0.636, -0.369), (66.764, -0.718, -0.530),
    (50.862, -0.136, -0.294), (35.655, -0.434, -1.243), (20.479, -0.067, -0.986),
)  # fmt: skip
_SINCE = (
    (37.54, 14.37, 14.92), (64.66, 19.27, 17.50), (49.32, -3.82, -22.54),
    (43.46, -12.74, 22.72), (54.94, 9.61, -24.79), (70.48, -32.26, -0.37),
    (62.73, 35.83, 56.50), (39.43, 10.75, -45.17), (50.57, 48.64, 16.67),
    (30.10, 22.54, -20.87), (71.77, -24.13, 58.19), (71.51, 18.24, 67.37),
    (28.37, 15.42, -49.80), (54.38, -39.72, 32.27), (42.43, 51.05, 28.62),
    (81.80, 2.67, 80.41), (50.63, 51.28, -14.12), (49.57, -29.71, -28.32),
    (95.19, -1.03, 2.93), (81.29, -0.57, 0.44), (66.89, -0.75, -0.06),
    (50.76, -0.13, 0.14), (35.63, -0.46, -0.48), (20.64, 0.07, -0.46),
)  # fmt: skip
CHART_LAB_D50: Mapping[str, Floats] = MappingProxyType({"before": np.array(_BEFORE), "since": np.array(_SINCE)})
CHART_LINEAR: Mapping[str, Floats] = MappingProxyType({k: linear_of_lab_d50(v) for k, v in CHART_LAB_D50.items()})
SKIN_PATCHES, GREY_PATCHES = (0, 1), tuple(range(18, 24))
