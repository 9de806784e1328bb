"""What the colours of a map mean, and that anyone can tell them apart."""

import re
from itertools import combinations

import numpy as np
import pytest
from skimage.color import rgb2lab

from needlewise.imaging.showing import LESS_RGB, MIDDLE_GREY, MORE_RGB, SCALES, shown
from needlewise.imaging.spread import Change, Verdict
from needlewise.interop.map_legend import BRACKET_PX, STEP_PX, STEPS, map_legend
from simulated_skin.truth import Change as SkinChange
from tests.unit.imaging.visits import UNCHANGED, compared, imaging, shots

WIDTH = STEPS * STEP_PX
# What people see who lack one of the three cones, in linear light (Machado and others 2009).
MISSING = {
    "none": np.eye(3),
    "red": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "green": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "blue": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip


def change(measure: str, detectable: float | None) -> Change:
    return Change(measure=measure, zone="nose", verdict=Verdict.NO_CHANGE, change=0.0, detectable=detectable)


def legend(measure: str, detectable: float | None = 0.03) -> tuple[str, str, tuple[str, ...], str]:
    found = map_legend(imaging().measures[measure], change(measure, detectable))
    return found.title, found.strip, found.ends, found.told


def test_the_ends_are_numbers_with_their_unit_and_the_direction_is_told() -> None:
    title, strip, ends, told = legend("line-depth", 9.0)
    assert title == "Depth of lines: change in %"
    assert ends == ("−40 %", "0", "+40 %")
    assert told.startswith("Blue: less. Grey: as before. Orange: more.")
    assert "Within the bracket, −9 % to +9 %, the whole zone counts as no measurable change" in told
    assert 'role="img" aria-label="Colours of the map, from blue at −40 % or less through grey at 0 to orange' in strip
    title, _, ends, told = legend("melanin")
    assert title == "Melanin index: change in units of the index"
    assert ends == ("−0.15", "0", "+0.15")
    assert "−0.03 to +0.03" in told


@pytest.mark.parametrize("measure", list(SCALES))
@pytest.mark.parametrize("share", [0.1, 0.5, 3.0])
def test_the_bracket_holds_what_is_no_measurable_change(measure: str, share: float) -> None:
    strip = legend(measure, share * SCALES[measure].full)[1]
    match = re.search(r'class="bracket" d="M([\d.]+) \d+V\d+H([\d.]+)V', strip)
    assert match
    left, right = (float(one) for one in match.groups())
    assert left + right == pytest.approx(WIDTH)
    assert right - left == pytest.approx(min(1, share) * WIDTH, abs=2)
    assert 'stroke="currentColor"' in strip
    assert BRACKET_PX > 3


def test_where_the_error_is_not_known_no_bracket_is_drawn_nor_told() -> None:
    _, strip, _, told = legend("redness", None)
    assert "bracket" not in strip + told


@pytest.mark.parametrize("measure", list(SCALES))
def test_the_strip_runs_from_less_to_more_through_grey_and_is_as_strong_as_the_map(measure: str) -> None:
    steps = [tuple(map(int, one)) for one in re.findall(r"rgb\((\d+), (\d+), (\d+)\)", legend(measure)[1])]
    assert len(steps) == STEPS
    blue_over_red = [blue - red for red, _, blue in steps]
    assert blue_over_red == sorted(blue_over_red, reverse=True)
    assert max(map(abs, np.subtract(steps[STEPS // 2], MIDDLE_GREY))) < 10
    scale = SCALES[measure]
    for sign, colour in ((-1, LESS_RGB), (1, MORE_RGB)):
        full = scale.strength * np.array(colour) + (1 - scale.strength) * MIDDLE_GREY
        assert scale.colour_at(sign * 1.0) == pytest.approx(full, abs=1)
        assert scale.colour_at(sign * 7.0) == scale.colour_at(sign * 1.0)


def test_a_map_is_painted_with_the_colours_of_its_legend() -> None:
    """Skin whose brown pigment grew everywhere is as far from grey as the strip says at that change."""
    grown = compared(shots(5, UNCHANGED, "rig", 0), shots(5, SkinChange(melanin=0.08), "rig", 1))
    painted = shown(grown.zones[0])
    assert painted is not None
    by = grown.of("melanin", "cheek-left").change
    assert by is not None
    assert 0.2 < by / SCALES["melanin"].full < 0.8
    expected = SCALES["melanin"].colour_at(by / SCALES["melanin"].full)
    inside = painted.maps["melanin"][grown.zones[0].mask].astype(float)
    # Red over blue does not hang on how bright the skin is below.
    assert np.median(inside[:, 0] - inside[:, 2]) == pytest.approx(expected[0] - expected[2], rel=0.25)


@pytest.mark.parametrize("missing", list(MISSING))
@pytest.mark.parametrize("measure", list(SCALES))
def test_less_and_more_and_none_are_told_apart_by_anyone(missing: str, measure: str) -> None:
    scale = SCALES[measure]
    linear = (np.array([scale.colour_at(one) for one in (-1.0, 0.0, 1.0)]) / 255) ** 2.2
    seen = rgb2lab(np.clip(linear @ MISSING[missing].T, 0, 1) ** (1 / 2.2))
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 20
