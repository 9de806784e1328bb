"""What the lamp did is read off grooves that run as the lines do; a face that moved is not taken for another camera."""

from dataclasses import replace

import numpy as np
import pytest

from needlewise.imaging.beside import Beside, find_beside
from needlewise.imaging.colour import NO_CALIBRATION
from needlewise.imaging.comparing import How, compare
from needlewise.imaging.laying import AFTER, BEFORE, Laid, Seen, ZoneFound
from needlewise.imaging.looking import gauge_of
from needlewise.imaging.tracking import gauge_of as gauge_from
from needlewise.imaging.zones import Box, Zone
from simulated_skin import capture, drawing, shape
from tests.unit.imaging.rules import RULES
from tests.unit.imaging.visits import PX_PER_MM, SIDE_MM, SMALL, imaging, zone

LEVEL, UPRIGHT = np.array([(10.0, 10), (60, 12)]), np.array([(10.0, 10), (12, 60)])
LEVEL_LINES, UPRIGHT_LINES = np.array([1.0, 0.1]), np.array([-1.0, 0.1])
DRAWN = {BEFORE: (0.2, 0.3), AFTER: (0.22, 0.15)}
PIXELS = np.zeros((80, 80, 3), np.uint8)


def seen(visit: str, grooves: tuple[np.ndarray, ...]) -> Laid:
    one = Seen(visit, visit, PIXELS, Beside(grooves=grooves), NO_CALIBRATION, 2.0, np.array(DRAWN[visit]))
    return Laid(one, PIXELS, np.ones((80, 80), np.bool_), 0.0)


def looked(after: tuple[np.ndarray, ...] = (LEVEL, UPRIGHT)) -> ZoneFound:
    whole = np.array([(0.0, 0), (80, 0), (80, 80), (0, 80)])
    laid = (seen(BEFORE, (LEVEL, UPRIGHT)), seen(AFTER, after))
    return ZoneFound(Zone("here", whole), Box(0, 0, 80, 80), np.ones((80, 80), np.bool_), 10.0, laid, RULES)


@pytest.mark.parametrize(("heading", "groove"), [(LEVEL_LINES, 0), (UPRIGHT_LINES, 1)])
def test_only_grooves_along_the_lines_tell_what_the_lamp_did_to_them(heading: np.ndarray, groove: int) -> None:
    expected = gauge_from([DRAWN[AFTER][groove] / DRAWN[BEFORE][groove]], RULES.lines)
    assert gauge_of(looked(), heading).ratio == pytest.approx(expected.ratio)


def test_without_lines_or_with_a_card_that_was_turned_there_is_no_gauge() -> None:
    assert gauge_of(looked(), None).ratio == 1
    assert gauge_of(looked((UPRIGHT, LEVEL)), LEVEL_LINES).ratio == 1


def test_a_face_that_moved_a_little_is_no_camera_that_leans() -> None:
    scene = drawing.drawn(5, replace(SMALL, spots_per_cm2=0.0))
    moved = shape.drawn_expression(5, 1.0, SIDE_MM, SIDE_MM)
    pictures = [
        capture.photograph(
            scene, capture.conditions(capture.RIG, 5, visit), expression=expression, px_per_mm=PX_PER_MM
        ).pixels
        for visit, expression in enumerate((shape.NEUTRAL, moved))
    ]
    beside = [find_beside(one, PX_PER_MM) for one in pictures]
    found = compare(pictures[:1], pictures[1:], [zone()], imaging(), How("rig", measures=("ita",)), beside)
    assert not found.refused
    assert found.regime == "rig"
