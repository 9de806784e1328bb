"""Colours of a file into sRGB, by the profile that the file carries or the space that it names.

Relative colorimetric, without black point compensation: a colour that both spaces hold stays the colour it is, and white
stays white. What sRGB cannot hold is cut off at its edge; skin is far inside.
"""

from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from needlewise.imaging.headers import ORIGINAL, RefusalError
from needlewise.imaging.picture import Colours

Places = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]  # x and y of red, green and blue
Floats = NDArray[np.float64]

D65 = (0.3127, 0.3290)
D50 = np.array([0.9642, 1.0, 0.8249])  # the white of profiles
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
ADOBE_RGB: Places = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
ADOBE_GAMMA = 563 / 256
DISPLAY_P3: Places = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
BT_2020: Places = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
# Primaries by their number in ITU-T H.273; 1 and 2 (not said) are those of sRGB.
SPACES: Mapping[int, Places] = MappingProxyType({9: BT_2020, 12: DISPLAY_P3})
SRGB_PRIMARIES, NOT_SAID = 1, 2
SRGB_CURVES = (1, 2, 6, 13, 14, 15)  # the curves of video are read as that of sRGB, as every viewer does
HDR_CURVES = (16, 18)  # perceptual quantiser, hybrid log-gamma
# Colours on a grid by which a profile is told from sRGB: where none moves farther than a level, nothing is converted.
STEPS = 9
STILL = 1


def profile_of(places: Places, gamma: float | None = None) -> bytes:
    """An ICC profile of an RGB space with white D65; `gamma` None: the curve of sRGB."""
    columns = _colorants(places).T
    curve = _curve(gamma)
    tags = [(b"wtpt", _xyz(D50))]
    tags += [(name + b"XYZ", _xyz(column)) for name, column in zip((b"r", b"g", b"b"), columns, strict=True)]
    tags += [(name + b"TRC", curve) for name in (b"r", b"g", b"b")]
    at = 128 + 4 + 12 * len(tags)
    table, body = len(tags).to_bytes(4, "big"), b""
    for name, value in tags:
        table += name + (at + len(body)).to_bytes(4, "big") + len(value).to_bytes(4, "big")
        body += value
    head = (at + len(body)).to_bytes(4, "big") + bytes(4) + b"\x04\x30\x00\x00mntrRGB XYZ " + bytes(12) + b"acsp"
    return head + bytes(28) + _numbers(D50) + bytes(128 - len(head) - 28 - 12) + table + body


def _colorants(places: Places) -> Floats:
    """XYZ of red, green and blue as columns, seen under the white of profiles."""

    def lit(x: float, y: float) -> Floats:
        return np.array([x / y, 1.0, (1 - x - y) / y])

    primaries, white = np.stack([lit(*place) for place in places], axis=1), lit(*D65)
    whole = primaries * np.linalg.solve(primaries, white)
    adapted: Floats = np.linalg.inv(_BRADFORD) @ np.diag(_BRADFORD @ D50 / (_BRADFORD @ white)) @ _BRADFORD @ whole
    return adapted


def _numbers(values: Floats) -> bytes:
    return b"".join(round(float(value) * 65536).to_bytes(4, "big", signed=True) for value in values)


def _xyz(values: Floats) -> bytes:
    return b"XYZ " + bytes(4) + _numbers(values)


def _curve(gamma: float | None) -> bytes:
    if gamma is not None:
        return b"para" + bytes(8) + _numbers(np.array([gamma]))
    return (
        b"para"
        + bytes(4)
        + b"\x00\x03\x00\x00"
        + _numbers(np.array([2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]))
    )


def in_srgb(image: Image.Image, profile: bytes) -> tuple[Image.Image, Colours]:
    """A picture (mode L or RGB) by its profile; unchanged, and `UNREADABLE`, where that cannot be applied."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if source.profile.xcolor_space.strip() != {"L": "GRAY", "RGB": "RGB"}[image.mode]:
            return image, Colours.UNREADABLE
        transform = ImageCms.buildTransform(
            source,
            ImageCms.createProfile("sRGB"),
            image.mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
        )
        probe = _grid(image.mode)
        moved = np.asarray(transform.apply(probe), dtype=np.int16) - np.asarray(probe.convert("RGB"), dtype=np.int16)
        if np.abs(moved).max() <= STILL:
            return image, Colours.STATED
        if image.mode == "RGB":
            transform.apply_in_place(image)
            return image, Colours.CONVERTED
        return transform.apply(image), Colours.CONVERTED
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError):
        return image, Colours.UNREADABLE


def _grid(mode: str) -> Image.Image:
    levels = np.linspace(0, 255, STEPS).round().astype(np.uint8)
    if mode == "L":
        return Image.fromarray(levels[None, :])
    red, green, blue = np.meshgrid(levels, levels, levels, indexing="ij")
    return Image.fromarray(np.stack([red, green, blue], axis=-1).reshape(STEPS, -1, 3))


def profile_of_coding(coding: tuple[int, int]) -> bytes | None:
    """The profile of a space told by numbers; None where it is sRGB, or as good as not said; b"" where it is not known."""
    primaries, curve = coding
    if curve in HDR_CURVES:
        raise RefusalError(
            "a picture in HDR, brightened by each screen in its own way",
            "a picture in SDR",
            "Switch HDR off in the camera. " + ORIGINAL,
        )
    if curve not in SRGB_CURVES:
        return b""
    if primaries in SPACES:
        return profile_of(SPACES[primaries])
    return None if primaries in (SRGB_PRIMARIES, NOT_SAID) else b""
