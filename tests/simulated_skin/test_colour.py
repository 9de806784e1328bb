"""Colours as an independent library and the published chart have them."""

import colour as reference
import numpy as np
import pytest

from simulated_skin import card, colour


def test_the_colour_spaces_agree_with_the_standard_implementation() -> None:
    linear = np.random.default_rng(0).uniform(0, 1, (200, 3))
    space = reference.models.RGB_COLOURSPACE_sRGB
    xyz = linear @ space.matrix_RGB_to_XYZ.T
    theirs = reference.XYZ_to_Lab(xyz, space.whitepoint)
    assert np.abs(colour.lab(linear) - theirs).max() < 0.05
    assert colour.encoded(linear) == pytest.approx(reference.models.eotf_inverse_sRGB(linear), abs=1e-6)
    assert colour.decoded(colour.encoded(linear)) == pytest.approx(linear, abs=1e-6)


def test_the_published_values_are_those_of_the_standard_collection() -> None:
    chart = reference.CCS_COLOURCHECKERS["ColorChecker 2005"]
    for ours, theirs in zip(card.CHART_LAB_D50, chart.data.values(), strict=True):
        assert ours == pytest.approx(reference.XYZ_to_Lab(reference.xyY_to_XYZ(theirs), chart.illuminant), abs=0.002)
        xyz = reference.xyY_to_XYZ(theirs)
        linear_rgb = reference.XYZ_to_RGB(xyz, "sRGB", chart.illuminant, "Bradford")
        assert colour.linear_from_lab_d50(ours) == pytest.approx(np.clip(linear_rgb, 0, 1), abs=0.002)
