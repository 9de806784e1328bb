"""Laws of colour: whatever the camera, skin beside a chart keeps its colour."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from needlewise.imaging.card import Chart, Patch
from needlewise.imaging.colour import by_chart
from needlewise.imaging.colour_space import CHART_LINEAR, delta_e, encoded, lab
from needlewise.imaging.tones import veil_of
from tests.unit.imaging.drawn_charts import TONES

LABS = st.tuples(st.floats(0, 100), st.floats(-90, 90), st.floats(-90, 90))
GAINS = st.tuples(*(st.floats(0.35, 0.95) for _ in range(3)))
LEAKS = st.tuples(*(st.floats(0.0, 0.12) for _ in range(6)))


def camera(gains: tuple[float, ...], leaks: tuple[float, ...]) -> np.ndarray:
    matrix = np.zeros((3, 3))
    matrix[~np.eye(3, dtype=np.bool_)] = leaks
    np.fill_diagonal(matrix, 1 - matrix.sum(axis=1))
    return np.diag(gains) @ matrix


def chart(matrix: np.ndarray) -> Chart:
    values = encoded(np.clip(CHART_LINEAR["before"], 0, 1) @ matrix.T) * 255
    places = [(60.0 * (k % 6) + 30, 60.0 * (k // 6) + 30) for k in range(24)]
    square = np.array([(-15, -15), (15, -15), (15, 15), (-15, 15)])
    patches = tuple(
        Patch(np.array(at) + square, value, 0.0, 0.0, 900) for at, value in zip(places, values, strict=True)
    )
    return Chart(patches, np.array([(0, 0), (360, 0), (360, 240), (0, 240)], dtype=np.float64), 0.0, False)


@settings(deadline=None, max_examples=25)
@given(GAINS, LEAKS)
def test_skin_of_every_tone_keeps_its_colour_through_any_camera(
    gains: tuple[float, ...], leaks: tuple[float, ...]
) -> None:
    matrix = camera(gains, leaks)
    found = by_chart(chart(matrix))
    assert found is not None
    read = found.lab_of(encoded(TONES @ matrix.T) * 255)
    assert delta_e(read, lab(TONES)).max() < 0.3
    assert found.confidence == "good"
    assert found.left_out == (17,)


@given(LABS, LABS)
def test_a_colour_difference_is_no_less_than_nothing_and_the_same_both_ways(
    one: tuple[float, ...], other: tuple[float, ...]
) -> None:
    assert delta_e(one, one) == 0
    assert delta_e(one, other) >= 0
    assert abs(delta_e(one, other) - delta_e(other, one)) < 1e-9


@given(st.tuples(*(st.floats(0, 1) for _ in range(3))))
def test_what_shines_off_is_part_of_what_is_seen(colour: tuple[float, ...]) -> None:
    assert 0 <= veil_of(colour) <= max(min(colour), 1e-4)
