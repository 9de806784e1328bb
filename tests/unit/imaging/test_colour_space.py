"""Colour spaces and chart values are those of the literature and of an independent library."""

import colour as science
import numpy as np
import pytest

from needlewise.imaging import colour_space as space

# Sharma, Wu and Dalal, Color Res Appl 2005;30:21-30, table 1: two colours and their CIEDE2000.
SHARMA = (
    (50.0, 2.6772, -79.7751, 50.0, 0.0, -82.7485, 2.0425), (50.0, 3.1571, -77.2803, 50.0, 0.0, -82.7485, 2.8615),
    (50.0, 2.8361, -74.0200, 50.0, 0.0, -82.7485, 3.4412), (50.0, -1.3802, -84.2814, 50.0, 0.0, -82.7485, 1.0000),
    (50.0, -1.1848, -84.8006, 50.0, 0.0, -82.7485, 1.0000), (50.0, -0.9009, -85.5211, 50.0, 0.0, -82.7485, 1.0000),
    (50.0, 0.0, 0.0, 50.0, -1.0, 2.0, 2.3669), (50.0, -1.0, 2.0, 50.0, 0.0, 0.0, 2.3669),
    (50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0009, 7.1792), (50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0010, 7.1792),
    (50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0011, 7.2195), (50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0012, 7.2195),
    (50.0, -0.0010, 2.4900, 50.0, 0.0009, -2.4900, 4.8045), (50.0, -0.0010, 2.4900, 50.0, 0.0010, -2.4900, 4.8045),
    (50.0, -0.0010, 2.4900, 50.0, 0.0011, -2.4900, 4.7461), (50.0, 2.5, 0.0, 50.0, 0.0, -2.5, 4.3065),
    (50.0, 2.5, 0.0, 73.0, 25.0, -18.0, 27.1492), (50.0, 2.5, 0.0, 61.0, -5.0, 29.0, 22.8977),
    (50.0, 2.5, 0.0, 56.0, -27.0, -3.0, 31.9030), (50.0, 2.5, 0.0, 58.0, 24.0, 15.0, 19.4535),
    (50.0, 2.5, 0.0, 50.0, 3.1736, 0.5854, 1.0000), (50.0, 2.5, 0.0, 50.0, 3.2972, 0.0, 1.0000),
    (50.0, 2.5, 0.0, 50.0, 1.8634, 0.5757, 1.0000), (50.0, 2.5, 0.0, 50.0, 3.2592, 0.3350, 1.0000),
    (60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644),
    (63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630),
    (61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731),
    (35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645),
    (22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373),
    (36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146),
    (90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441),
    (90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381),
    (6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377),
    (2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082),
)  # fmt: skip


def test_the_colour_difference_is_that_of_the_published_pairs() -> None:
    table = np.array(SHARMA)
    assert np.abs(space.delta_e(table[:, :3], table[:, 3:6]) - table[:, 6]).max() < 1e-4


def test_the_colour_difference_is_that_of_an_independent_library_and_the_same_both_ways() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.uniform((0, -90, -90), (100, 90, 90), (2, 5000, 3))
    assert np.abs(space.delta_e(one, other) - science.delta_E(one, other, method="CIE 2000")).max() < 1e-9
    assert np.abs(space.delta_e(one, other) - space.delta_e(other, one)).max() < 1e-9


def test_lab_and_back_is_the_colour_itself_and_agrees_with_an_independent_library() -> None:
    linear = np.random.default_rng(2).uniform(0, 1, (2000, 3))
    found = space.lab(linear)
    assert np.abs(space.linear_of_lab(found) - linear).max() < 1e-12
    xyz = science.RGB_to_XYZ(linear, "sRGB")
    # The library rounds the matrix of sRGB to four digits, as the standard prints it.
    assert np.abs(found - science.XYZ_to_Lab(xyz, science.CCS_ILLUMINANTS["cie_2_1931"]["D65"])).max() < 0.06


def test_the_srgb_curve_and_back_is_the_value_itself() -> None:
    values = np.linspace(0, 1, 1001)
    assert np.abs(space.encoded(space.decoded(values)) - values).max() < 1e-6
    assert np.abs(space.decoded(values) - science.cctf_decoding(values, function="sRGB")).max() < 1e-6


@pytest.mark.parametrize(
    ("edition", "name", "rounding"),
    [("before", "ColorChecker 2005", 0.01), ("since", "ColorChecker24 - After November 2014", 0.02)],
)
def test_chart_values_are_those_of_an_independent_library(edition: str, name: str, rounding: float) -> None:
    published = science.CCS_COLOURCHECKERS[name]
    wanted = [science.XYZ_to_Lab(science.xyY_to_XYZ(xyy), published.illuminant) for xyy in published.data.values()]
    assert np.abs(space.CHART_LAB_D50[edition] - wanted).max() < rounding


def test_every_chart_colour_but_cyan_fits_into_srgb() -> None:
    linear = space.CHART_LINEAR["before"]
    assert np.flatnonzero(np.any(linear < -1e-3, axis=1)).tolist() == [17]
    assert linear.max() < 1.0


@pytest.mark.parametrize(
    ("lightness", "yellow", "angle"),
    [(75, 15, 59.04), (65, 18, 39.81), (60, 20, 26.57), (50, 20, 0.0), (40, 18, -29.05), (25, 10, -68.20)],
)
def test_ita_climbs_the_ladder_from_dark_to_very_light(lightness: float, yellow: float, angle: float) -> None:
    assert space.ita_deg((lightness, 9.0, yellow)) == pytest.approx(angle, abs=0.01)
