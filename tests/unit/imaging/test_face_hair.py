"""A fair fringe over the forehead is no skin, whatever its colour; skin is, whatever its tone."""

import numpy as np
import pytest

from needlewise.imaging.face import face_zones
from needlewise.imaging.face_hair import under_hair
from tests.unit.imaging.portraits import Pixels, astronaut, enlarged, face_in, hopper, imaging, lit


def covered(pixels: Pixels) -> set[str]:
    return {problem.where for problem in under_hair(pixels, face_zones(face_in(pixels), imaging()))}


@pytest.mark.parametrize("light", [0.5, 1.0])
def test_a_fair_fringe_is_told_from_the_forehead_below_it(light: float) -> None:
    """By itself the forehead would be measured on hair: more of the fringe than of the skin would be kept."""
    picture = lit(enlarged(astronaut(), 4), light)
    assert "forehead" in covered(picture)
    # Fair hair hangs over the left corner of the eye, too.
    assert covered(picture) <= {"forehead", "crows-feet-left"}


def test_a_forehead_under_a_hat_and_a_face_with_glasses_are_skin() -> None:
    assert covered(enlarged(hopper(), 2)) == set()


@pytest.mark.parametrize("melanin", [0.3, 0.8, 1.2])
def test_darker_skin_is_skin(melanin: float) -> None:
    """The same face with more melanin everywhere, by the law by which pigment takes light."""
    less = np.exp(-np.array([1.35, 1.72, 2.10]) * melanin)
    light = (enlarged(hopper(), 2) / 255.0) ** 2.2 * less
    darker = np.asarray(np.rint(np.clip(light / less.max(), 0, 1) ** (1 / 2.2) * 255), dtype=np.uint8)
    assert covered(darker) == set()


def test_too_few_zones_say_nothing() -> None:
    picture = enlarged(astronaut(), 4)
    zones = face_zones(face_in(picture), imaging())
    assert under_hair(picture, zones[:3]) == ()
