"""Small pieces of simulated skin for tests of fine relief, hollows and hairs: the plane that is read, and the truth."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from needlewise.imaging.colour import NO_CALIBRATION, calibrated
from needlewise.imaging.lines import relief_plane
from simulated_skin.capture import RIG, Conditions, Picture, conditions, photograph
from simulated_skin.drawing import SCALP, Amounts, drawn
from simulated_skin.truth import Change, Scene, changed

PX_PER_MM, SIDE_MM = 8.0, 22.0
BARE = Amounts(
    width_mm=SIDE_MM,
    height_mm=SIDE_MM,
    blood=0.25,
    wrinkles_per_cm2=0.0,
    lines_per_cm2=0.0,
    spots_per_cm2=0.0,
    flushes_per_cm2=0.0,
)
UNCHANGED = Change()
TONES = (0.15, 0.6, 1.6)


@dataclass(frozen=True, slots=True, eq=False)
class Close:
    """A photograph: its plane, a mask without its rim, and how it was taken."""

    plane: np.ndarray
    mask: np.ndarray
    picture: Picture

    @property
    def blur_px(self) -> float:
        return self.picture.conditions.defocus_px


def taken(scene: Scene, light: Conditions, px_per_mm: float = PX_PER_MM, inset_mm: float = 1.5) -> Close:
    picture = photograph(scene, light, px_per_mm=px_per_mm, with_card=False)
    plane = relief_plane(calibrated(picture.pixels, NO_CALIBRATION))
    mask, inset = np.zeros(plane.shape, np.bool_), round(inset_mm * px_per_mm)
    mask[inset:-inset, inset:-inset] = True
    return Close(plane, mask, picture)


@cache
def close(seed: int, amounts: Amounts, change: Change = UNCHANGED, visit: int = 0) -> Close:
    return taken(changed(drawn(seed, amounts), change), conditions(RIG, seed, visit))


@cache
def scalp(seed: int, melanin: float, hairs: float, hair_melanin: float = 0.85, px_per_mm: float = 40.0) -> Close:
    amounts = replace(
        SCALP, width_mm=9.0, height_mm=9.0, melanin=melanin, blood=0.25, hairs_per_cm2=hairs, hair_melanin=hair_melanin
    )
    return taken(drawn(seed, amounts), conditions(RIG, seed), px_per_mm, inset_mm=0.7)


def true_density(shown: Close, px_per_mm: float = 40.0) -> float:
    """Length of hair in the mask, mm on a square centimetre."""
    total = 0.0
    for hair in shown.picture.scene.hairs:
        places = shown.picture.placement.to_picture(np.array(hair.line))
        middles = np.round((places[1:] + places[:-1]) / 2).astype(int)
        within = np.all((middles >= 0) & (middles < shown.mask.shape[::-1]), axis=1)
        steps = np.hypot(*np.diff(np.array(hair.line), axis=0).T)[within]
        total += float(steps[shown.mask[middles[within, 1], middles[within, 0]]].sum())
    return total / (shown.mask.sum() / (10 * px_per_mm) ** 2)
