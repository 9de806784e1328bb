"""The length of hair is that of the truth, in every tone, dark and light."""

import cv2
import numpy as np
import pytest
from skimage.morphology import skeletonize

from needlewise.imaging.hairs import LEAST_MARKED, length_density, sort_of, with_hidden
from tests.unit.imaging.close_skin import TONES, Close, scalp, true_density

SCALE = 40.0
CROSSING = (((30, 60), (360, 300)), ((40, 360), (380, 110)), ((120, 20), (100, 380)), ((20, 240), (380, 255)))


def density(shown: Close, scale: float = SCALE) -> float:
    return length_density(shown.plane, shown.mask, scale, sort_of(shown.plane, shown.mask, scale))


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize(("hairs", "error"), [(20.0, 0.10), (80.0, 0.10), (220.0, 0.25)])
def test_dark_hair_is_as_long_as_it_is(tone: float, hairs: float, error: float) -> None:
    shown = scalp(31, tone, hairs)
    assert sort_of(shown.plane, shown.mask, SCALE).is_dark
    assert density(shown) == pytest.approx(true_density(shown), rel=error)


@pytest.mark.parametrize(("tone", "hair", "is_dark"), [(0.15, 0.0, True), (1.6, 0.0, False), (0.6, 0.4, True)])
def test_light_hair_is_too_whether_darker_or_lighter_than_the_skin(tone: float, hair: float, is_dark: bool) -> None:
    for hairs in (20.0, 80.0):
        shown = scalp(32, tone, hairs, hair, 50.0)
        assert sort_of(shown.plane, shown.mask, 50.0).is_dark is is_dark
        assert density(shown, 50.0) == pytest.approx(true_density(shown, 50.0), rel=0.12)


def test_more_hair_is_more_up_to_the_densest() -> None:
    values = [density(scalp(33, 0.6, hairs)) for hairs in (20.0, 60.0, 140.0, 220.0)]
    assert values == sorted(values)


def test_what_lies_hidden_is_added_and_grows_with_what_is_seen() -> None:
    added = [with_hidden(seen, SCALE) / seen for seen in (50.0, 200.0, 600.0)]
    assert added == sorted(added)
    assert added[0] == pytest.approx(1.04, abs=0.02)
    # No more is told than can be known: of what lies densest most is hidden.
    assert with_hidden(5000.0, SCALE) == with_hidden(9000.0, SCALE) < 1500


def test_crossings_cost_no_length_and_the_reference_library_finds_as_much() -> None:
    plane = np.random.default_rng(1).normal(0, 0.01, (400, 400)).astype(np.float32)
    ink = np.zeros(plane.shape, np.uint8)
    for start, end in CROSSING:
        cv2.line(ink, start, end, 255, 3, cv2.LINE_AA)
    plane = np.asarray(plane - cv2.GaussianBlur(ink.astype(np.float32) / 255, (0, 0), 0.7), np.float32)
    everywhere = np.ones(plane.shape, np.bool_)
    area = plane.size / (10 * SCALE) ** 2
    true = sum(np.hypot(end[0] - start[0], end[1] - start[1]) for start, end in CROSSING) / SCALE / area
    told = length_density(plane, everywhere, SCALE, sort_of(plane, everywhere, SCALE))
    assert told == pytest.approx(true, rel=0.06)
    skeleton = skeletonize(plane < -0.3)
    straight = skeleton[:, 1:] & skeleton[:, :-1], skeleton[1:] & skeleton[:-1]
    slanted = skeleton[1:, 1:] & skeleton[:-1, :-1], skeleton[1:, :-1] & skeleton[:-1, 1:]
    # Steps along and across the grid, less what is counted at corners; a chain code reads a slanted line too long.
    chain = sum(map(np.sum, straight)) * 0.948 + sum(map(np.sum, slanted)) * 1.340
    assert told == pytest.approx(chain / SCALE / area, rel=0.1)


def test_bare_skin_shows_no_hair_that_could_be_measured() -> None:
    bald = scalp(31, 0.6, 0.0)
    assert sort_of(bald.plane, bald.mask, SCALE).marked < LEAST_MARKED
    nowhere = np.zeros_like(bald.mask)
    assert sort_of(bald.plane, nowhere, SCALE).marked == 0
