"""Two visits of a face: its zones on the first picture, and which later pictures show it held otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from needlewise.errors import PictureError, Problem
from needlewise.imaging.face import face_zones, find_face, pose_faults, zones_not_seen
from needlewise.imaging.face_hair import under_hair
from needlewise.imaging.face_weights import Weights
from needlewise.imaging.zones import Zone
from needlewise.knowledge import Imaging

Pixels = NDArray[np.uint8]
PRESENCE = "presence"


@dataclass(frozen=True, slots=True, eq=False)
class Facing:
    """`zones` of the face on the first picture; `against` is what speaks against other pictures, by their name; `left_out`
    says which zones are not seen, and why.
    """

    zones: tuple[Zone, ...]
    against: Mapping[str, tuple[Problem, ...]]
    left_out: tuple[Problem, ...]


def facing(before: Sequence[Pixels], after: Sequence[Pixels], weights: Weights, imaging: Imaging) -> Facing:
    """The zones of a face, and how it is held in every picture.

    Raises `PictureError` where the first picture shows no face, or several alike, or none of its zones well enough.
    """
    named = [
        *((f"before {n}", one) for n, one in enumerate(before, 1)),
        *((f"after {n}", one) for n, one in enumerate(after, 1)),
    ]
    gate = imaging.gates[PRESENCE]
    first, pixels = named[0]
    baseline = find_face(pixels, weights, imaging)
    if baseline is None:
        raise PictureError(Problem(first, gate.words, "a face that looks into the camera", gate.do))
    drawn = face_zones(baseline, imaging)
    hidden = under_hair(pixels, drawn)
    zones = tuple(zone for zone in drawn if zone.name not in {problem.where for problem in hidden})
    left_out = (*zones_not_seen(baseline, imaging), *hidden)
    if not zones:
        raise PictureError(left_out)
    against: dict[str, tuple[Problem, ...]] = {}
    for called, picture in named[1:]:
        face = find_face(picture, weights, imaging)
        found = (
            (Problem(called, gate.words, "the same face", gate.do),)
            if face is None
            else tuple(pose_faults(called, face, baseline, imaging))
        )
        if found:
            against[called] = found
    return Facing(zones, against, left_out)
