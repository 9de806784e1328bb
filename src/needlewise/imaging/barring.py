"""What speaks against a whole picture, before any zone of it is looked at: it has no colours, it is a copy of another one,
or packing has drowned its detail.
"""

from collections.abc import Iterator, Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.errors import Problem
from needlewise.knowledge import Imaging

Pixels = NDArray[np.uint8]
Named = Sequence[tuple[str, Pixels]]

# Chosen: how far the channels of a pixel must lie apart, in levels, to be a colour; packing and rounding stay below it.
COLOURED_LEVELS = 6
# Chosen: colour is looked for on so many pixels, packing on so many rows and columns.
SAMPLES, STRIPS, BAND = 250_000, 400, 20
# JPEG packs a picture in squares of so many pixels.
SQUARE_PX = 8


def barred(pictures: Named, imaging: Imaging) -> Mapping[str, tuple[Problem, ...]]:
    """What speaks against each picture, by its name; those that nothing speaks against are not among them."""
    copies = dict(_copies(pictures))
    found = {called: (*_whole_faults(called, pixels, imaging), *copies.get(called, ())) for called, pixels in pictures}
    return {called: problems for called, problems in found.items() if problems}


def _whole_faults(called: str, pixels: Pixels, imaging: Imaging) -> Iterator[Problem]:
    for name, value in (("coloured", coloured_share(pixels)), ("packing", packing(pixels))):
        gate = imaging.gates[name]
        if not gate.holds(value):
            yield Problem(called, f"{gate.words} ({name} {value:.2g})", gate.limit, gate.do)


def _copies(pictures: Named) -> Iterator[tuple[str, tuple[Problem, ...]]]:
    """Pictures that are pixel for pixel an earlier one."""
    seen: dict[tuple[object, bytes], list[tuple[str, Pixels]]] = {}
    for called, pixels in pictures:
        step = max(1, pixels.shape[0] // 64)
        alike = seen.setdefault((pixels.shape, pixels[::step, :: step * 3].tobytes()), [])
        first = next((name for name, other in alike if np.array_equal(pixels, other)), None)
        if first is None:
            alike.append((called, pixels))
            continue
        visit, of_first = called.split()[0], first.split()[0]
        hint = (
            "Take several shots of a visit, one after the other: a copy does not tell how far they differ."
            if visit == of_first
            else "Choose a picture of the other visit in its place."
        )
        yield called, (Problem(called, f"It is the same picture as {first}.", "every picture once", hint),)


def coloured_share(pixels: Pixels) -> float:
    """Which share of a picture's pixels has a colour."""
    step = max(1, int((pixels.shape[0] * pixels.shape[1] / SAMPLES) ** 0.5))
    some = pixels[::step, ::step]
    red, green, blue = (some[..., channel] for channel in range(3))
    most, least = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    return float(((most - least) > COLOURED_LEVELS).mean())


def packing(pixels: Pixels) -> float:
    """By how much neighbours differ more across the borders of JPEG's squares than within them, the worse of both ways.

    1 where no borders are seen. A picture that was cut or turned has its borders elsewhere: all places are tried.
    """
    return max(_borders(_bands(pixels, 0)), _borders(_bands(pixels, 1).T))


def _bands(pixels: Pixels, axis: int) -> NDArray[np.uint8]:
    """Some rows or columns in grey, in bands of neighbours: one by itself would cost as much to fetch."""
    step = max(BAND, pixels.shape[axis] * BAND // STRIPS)
    starts = range(0, pixels.shape[axis], step)
    bands = [pixels[at : at + BAND] if axis == 0 else pixels[:, at : at + BAND] for at in starts]
    return np.asarray(cv2.cvtColor(np.concatenate(bands, axis=axis), cv2.COLOR_RGB2GRAY), np.uint8)


def _borders(grey: NDArray[np.uint8]) -> float:
    rows = grey.astype(np.int16)
    if rows.shape[1] < 4 * SQUARE_PX:
        return 1.0
    # A step less the slope to both its sides: light that falls off evenly has no borders.
    steps = np.diff(rows, axis=1)
    edges = np.abs(2 * steps[:, 1:-1] - steps[:, :-2] - steps[:, 2:]).mean(axis=0)
    whole = len(edges) // SQUARE_PX * SQUARE_PX
    places = np.sort(edges[:whole].reshape(-1, SQUARE_PX).mean(axis=0))
    return float((places[-1] + 0.1) / (np.median(places) + 0.1))
