"""Lightness, redness, yellowness, melanin and blood of every pixel, in one pass over the picture and no plane in between.

The planes are read from 8-bit pixels through a table (which undoes the camera's tone curve), a 3 x 3 matrix into linear
sRGB and, where the lamp's fall-off is told, a division by it. Roots and logarithms are worked out in single precision by a
guess from the bits of the number and a few steps of refinement, because the loop then becomes vectors. Within sRGB, L*,
a* and b* differ from scikit-image's `rgb2lab` by less than 0.005 (which rounds the constants of the standard), and melanin and blood from double precision by less than
0.00001.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Pixels = NDArray[np.uint8]

FAST = {"error_model": "numpy", "fastmath": {"contract", "arcp", "nsz"}, "nogil": True}
# Linear light below this is taken for this before a logarithm: a pixel as dark tells of noise alone.
DARKEST = np.float32(1e-4)
BREAK = np.float32(216 / 24389)
SLOPE, OFFSET = np.float32(24389 / 27 / 116), np.float32(16 / 116)
THIRD = np.float32(1 / 3)
LN2 = np.float32(np.log(2))


@njit(inline="always", **FAST)
def _root(value):
    """f of CIE L*a*b*: the cube root above a small value and a straight line below."""
    bits = np.float32(value).view(np.int32)
    guess = np.int32(np.int32(bits * THIRD) + np.int32(709921077)).view(np.float32)
    for _ in range(2):
        cube = guess * guess * guess
        guess = guess * (cube + value + value) / (cube + cube + value)
    return guess if value > BREAK else value * SLOPE + OFFSET


@njit(inline="always", **FAST)
def _logarithm(value):
    """Natural logarithm of a positive number: exponent from the bits, the rest by a series in (m - 1) / (m + 1)."""
    bits = np.float32(value).view(np.int32)
    exponent = np.int32((bits - np.int32(0x3F3504F3)) >> np.int32(23))
    mantissa = np.int32(bits - (exponent << np.int32(23))).view(np.float32)
    t = (mantissa - np.float32(1)) / (mantissa + np.float32(1))
    s = t * t
    series = np.float32(2) + s * (np.float32(2 / 3) + s * (np.float32(2 / 5) + s * np.float32(2 / 7)))
    return np.float32(exponent) * LN2 + t * series


def _kept(function):
    """The compiled function, kept beside this file for the next start where there is a place to keep it."""
    try:
        return njit(cache=True, **FAST)(function)
    except RuntimeError:
        return njit(**FAST)(function)


@_kept
def fill_tones(pixels, table, maps, light, planes):
    """Fill `planes` (6, H, W): L*, a*, b*, melanin, blood, dimness (minus the logarithm of red, which blood hardly dims).

    `table` (256,) takes a pixel's value to the camera's linear light. `maps` (9, 3): rows 0 to 2 the matrix into linear
    sRGB, rows 3 to 5 the one from there into XYZ over the white, rows 6 and 7 melanin and blood from logarithms, row 8
    their values at no pigment and the veil of surface shine that is taken off before a logarithm. `light` (3,): share of light at the upper left pixel, its change per pixel
    to the right and per pixel downwards.
    """
    height, width = pixels.shape[:2]
    m, x, p = maps[0:3], maps[3:6], maps[6:9]
    m00, m01, m02, m10, m11, m12, m20, m21, m22 = (
        m[0, 0], m[0, 1], m[0, 2], m[1, 0], m[1, 1], m[1, 2], m[2, 0], m[2, 1], m[2, 2],
    )  # fmt: skip
    x00, x01, x02, x10, x11, x12, x20, x21, x22 = (
        x[0, 0], x[0, 1], x[0, 2], x[1, 0], x[1, 1], x[1, 2], x[2, 0], x[2, 1], x[2, 2],
    )  # fmt: skip
    p00, p01, p02, p10, p11, p12, p20, p21 = p[0, 0], p[0, 1], p[0, 2], p[1, 0], p[1, 1], p[1, 2], p[2, 0], p[2, 1]
    veil = p[2, 2]
    row = np.empty((3, width), np.float32)
    for i in range(height):
        for j in range(width):
            row[0, j] = table[pixels[i, j, 0]]
            row[1, j] = table[pixels[i, j, 1]]
            row[2, j] = table[pixels[i, j, 2]]
        left = light[0] + light[2] * np.float32(i)
        for j in range(width):
            share = np.float32(1) / (left + light[1] * np.float32(j))
            r, g, b = row[0, j] * share, row[1, j] * share, row[2, j] * share
            red = m00 * r + m01 * g + m02 * b
            green = m10 * r + m11 * g + m12 * b
            blue = m20 * r + m21 * g + m22 * b
            u = x00 * red + x01 * green + x02 * blue
            v = x10 * red + x11 * green + x12 * blue
            w = x20 * red + x21 * green + x22 * blue
            fu, fv, fw = _root(u), _root(v), _root(w)
            planes[0, i, j] = np.float32(116) * fv - np.float32(16)
            planes[1, i, j] = np.float32(500) * (fu - fv)
            planes[2, i, j] = np.float32(200) * (fv - fw)
            lr = _logarithm(max(red - veil, DARKEST))
            lg = _logarithm(max(green - veil, DARKEST))
            lb = _logarithm(max(blue - veil, DARKEST))
            planes[3, i, j] = p00 * lr + p01 * lg + p02 * lb - p20
            planes[4, i, j] = p10 * lr + p11 * lg + p12 * lb - p21
            planes[5, i, j] = -lr


@_kept
def fill_light(pixels, table, matrix, light):
    """Fill `light` (H, W, 3): what each pixel gives through the table (256,) and the matrix (3, 3) into linear sRGB."""
    height, width = pixels.shape[:2]
    m00, m01, m02, m10, m11, m12, m20, m21, m22 = (
        matrix[0, 0], matrix[0, 1], matrix[0, 2], matrix[1, 0], matrix[1, 1], matrix[1, 2], matrix[2, 0], matrix[2, 1],
        matrix[2, 2],
    )  # fmt: skip
    for i in range(height):
        for j in range(width):
            r, g, b = table[pixels[i, j, 0]], table[pixels[i, j, 1]], table[pixels[i, j, 2]]
            light[i, j, 0] = m00 * r + m01 * g + m02 * b
            light[i, j, 1] = m10 * r + m11 * g + m12 * b
            light[i, j, 2] = m20 * r + m21 * g + m22 * b


@_kept
def fill_relief(light, darkest, relief):
    """Fill `relief` (H, W): mean logarithm of red and green of linear light (H, W, 3); what is darker counts as `darkest`."""
    height, width = light.shape[:2]
    both = np.empty(width, np.float32)
    for i in range(height):
        for j in range(width):
            both[j] = max(light[i, j, 0], darkest) * max(light[i, j, 1], darkest)
        for j in range(width):
            relief[i, j] = np.float32(0.5) * _logarithm(both[j])


@_kept
def fill_counts(pixels, mask, ends, counts):
    """Count the values of the pixels within a mask, in `counts` (blocks, blocks, 3, 256), which is nought to begin with. Pixels
    of which a channel is at one of the two `ends` or beyond are left out. Returns how many were left out, and the mean row and
    column of the others.

    The blocks divide what the pixels that count reach, up and down and to both sides; `counts` stays as it was without any.
    """
    height, width = pixels.shape[:2]
    blocks = counts.shape[0]
    low, high = ends
    usable = np.empty((height, width), np.bool_)
    top, bottom, left, right, out, used, sum_i, sum_j = height, -1, width, -1, 0, 0, 0, 0
    for i in range(height):
        for j in range(width):
            r, g, b = pixels[i, j, 0], pixels[i, j, 1], pixels[i, j, 2]
            is_clipped = min(r, g, b) <= low or max(r, g, b) >= high
            usable[i, j] = mask[i, j] and not is_clipped
            out += mask[i, j] and is_clipped
            if usable[i, j]:
                top, bottom = min(top, i), max(bottom, i)
                left, right = min(left, j), max(right, j)
                used += 1
                sum_i += i
                sum_j += j
    for i in range(top, bottom + 1):
        row = (i - top) * blocks // (bottom - top + 1)
        for j in range(left, right + 1):
            if usable[i, j]:
                column = (j - left) * blocks // (right - left + 1)
                counts[row, column, 0, pixels[i, j, 0]] += 1
                counts[row, column, 1, pixels[i, j, 1]] += 1
                counts[row, column, 2, pixels[i, j, 2]] += 1
    return out, sum_i / max(used, 1), sum_j / max(used, 1)
