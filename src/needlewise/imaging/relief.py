"""How rough skin looks: how steeply what a lamp from one side draws of its fine relief rises and falls.

It is read off the plane that lines are read from (`lines.relief_plane`): brighter light multiplies what is seen, and the
logarithm makes that an addition, which no difference sees.

A lamp from one side draws slopes that face it bright and those that face away dark. So a plane is read along the way in
which it differs most, which is that of the light: its median slope there. The median leaves out what covers little: hairs,
spots, wrinkles. Pigment and noise slope too, in all directions: three tenths less relief are read as 20 to 27 percent less
(simulated skin from light to dark), and of none at all a third to a half would be left.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.lines import Line

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

# Chosen on the simulator.
WORK_PX_PER_MM = 8.0  # fine relief and pits are read on a plane no finer than this
FINEST_MM, COARSEST_MM = 0.14, 0.25  # Gaussians whose difference keeps what repeats over about 0.4 to 2 mm
MARGIN_MM = 0.5  # at the rim of a zone what lies beyond is seen too
BESIDE_LINE_MM = 0.6  # on both sides of a wrinkle the slopes are those of the wrinkle
ENOUGH = 100_000  # pixels for a median: neighbours are alike
LEAST_PX = 1000  # fewer pixels of fine relief tell nothing


@dataclass(frozen=True, slots=True)
class Roughness:
    """How rough a zone looks.

    slope     median slope along the light, ln units for each mm
    lamp_deg  line along which the light falls: 0 is level, 90 upright, 0 to 180, since a line has no sign
    """

    slope: float
    lamp_deg: float


def roughness(plane: Plane, mask: Mask, px_per_mm: float) -> Roughness | None:
    """How rough a zone looks, `mask` true inside it; None where too little of it is left to say.

    Pictures that are compared are to be equally sharp. Wrinkles are best left out of the mask (`beside_lines`).
    """
    fine, coarse = (cv2.GaussianBlur(plane, (0, 0), width * px_per_mm) for width in (FINEST_MM, COARSEST_MM))
    band = np.asarray(fine - coarse, np.float32)
    where = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3) > MARGIN_MM * px_per_mm
    if np.count_nonzero(where) < LEAST_PX:
        return None
    right, down = (cv2.Scharr(band, cv2.CV_32F, *way, scale=px_per_mm / 32)[where] for way in ((1, 0), (0, 1)))
    angle = 0.5 * np.arctan2(2 * np.dot(right, down), np.dot(right, right) - np.dot(down, down))
    along = right * np.float32(np.cos(angle)) + down * np.float32(np.sin(angle))
    some = along[:: max(1, len(along) // ENOUGH)]
    return Roughness(float(np.median(np.abs(some))), float(np.degrees(-angle) % 180))


def beside_lines(lines: Sequence[Line], shape: tuple[int, int], px_per_mm: float, factor: float = 1.0) -> Mask:
    """Which pixels lie on wrinkles or beside them. `factor`: how many pixels are one of the plane the lines were found on."""
    found = np.zeros(shape, np.uint8)
    for line in lines:
        wide = max(1, round((line.width_mm + 2 * BESIDE_LINE_MM) * px_per_mm))
        points = np.round((line.points + 0.5) * factor - 0.5).astype(np.int32)
        cv2.polylines(found, [points], False, 1, wide)
    return np.asarray(found > 0)
