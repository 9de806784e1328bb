"""Colours come out right under known cameras, and a chart that cannot be trusted is not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from needlewise.imaging.card import Chart, find_card, find_chart, read_patch
from needlewise.imaging.card_layout import CARD
from needlewise.imaging.colour import NO_CALIBRATION, Calibration, by_chart, by_grey, by_reference, calibrated
from needlewise.imaging.colour_space import delta_e, encoded, ita_deg, lab
from tests.unit.imaging.drawn_charts import TONES, Camera, card_plane, chart_plane, laid, patch_box

LEAKING = np.array([(0.86, 0.10, 0.02), (0.05, 0.92, 0.06), (0.01, 0.12, 0.75)])
WARM = np.diag((1.2, 1.0, 0.7))


def s_shaped(bent: np.ndarray) -> np.ndarray:
    return bent + 0.35 * (bent * bent * (3 - 2 * bent) - bent)


def filmic(bent: np.ndarray) -> np.ndarray:
    return np.asarray(bent**0.85 * (1.12 - 0.12 * bent))


def chart_of(camera: Camera, plane: np.ndarray | None = None, tilt: float = 0.0) -> Chart:
    chart = find_chart(camera.photographed(laid(chart_plane() if plane is None else plane, 10, tilt=tilt)[0]))
    assert chart is not None
    return chart


def tones_through(camera: Camera) -> np.ndarray:
    """What the camera makes of skin of every tone, 0 to 255, without rounding."""
    return camera.curve(encoded(TONES @ np.asarray(camera.matrix).T * camera.gain)) * 255


def fitted(camera: Camera, plane: np.ndarray | None = None, tilt: float = 0.0) -> Calibration:
    found = by_chart(chart_of(camera, plane, tilt))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("camera", "within_de", "within_ita"),
    [
        (Camera(), 0.4, 0.7),
        (Camera(matrix=WARM, gain=0.65), 0.4, 0.7),
        (Camera(matrix=LEAKING, gain=0.7), 0.4, 0.7),
        (Camera(curve=s_shaped), 0.6, 1.2),
        (Camera(matrix=LEAKING, gain=0.75, curve=s_shaped), 0.6, 1.2),
        (Camera(matrix=WARM, gain=0.6, curve=filmic), 0.7, 1.2),
        (Camera(matrix=LEAKING, gain=0.7, noise=3.0), 0.5, 0.9),
    ],
    ids=["plain", "warm", "leaking", "curved", "leaking and curved", "filmic", "noisy"],
)
def test_skin_of_every_tone_is_read_back_through_a_known_camera(
    camera: Camera, within_de: float, within_ita: float
) -> None:
    found = fitted(camera)
    read, true = found.lab_of(tones_through(camera)), lab(TONES)
    assert delta_e(read, true).max() < within_de
    assert np.abs(ita_deg(read) - ita_deg(true)).max() < within_ita
    assert found.confidence == "good"


def test_without_the_curve_a_phone_would_be_read_wrong() -> None:
    camera = Camera(curve=s_shaped)
    straight = replace(fitted(camera), table=NO_CALIBRATION.table)
    assert delta_e(straight.lab_of(tones_through(camera)), lab(TONES)).max() > 2.0
    assert fitted(camera).bent > 0.02
    assert fitted(Camera()).bent < 0.006


def test_the_table_never_falls() -> None:
    for curve in (s_shaped, filmic, lambda bent: bent):
        assert np.all(np.diff(fitted(Camera(curve=curve)).table) >= 0)


def test_light_that_falls_off_is_told_and_does_not_bend_the_colours() -> None:
    camera = Camera(fall_off=0.4)
    found = fitted(camera)
    # From the middle of one corner patch to that of the opposite one, turned by 10 degrees: 270 of 720 px.
    assert found.fall_off == pytest.approx(0.4 * 270 / 720, rel=0.1)
    assert found.light[1] == pytest.approx(0.4 / 720, rel=0.1)
    assert abs(found.light[2]) < 0.1 * found.light[1]
    assert delta_e(found.lab_of(tones_through(camera)), lab(TONES)).max() < 0.6
    assert fitted(Camera()).fall_off < 0.01


def test_a_chart_in_perspective_serves_as_well() -> None:
    camera = Camera(matrix=LEAKING)
    assert delta_e(fitted(camera, tilt=4e-4).lab_of(tones_through(camera)), lab(TONES)).max() < 0.4


def test_the_other_edition_of_the_chart_is_read_with_its_own_values() -> None:
    chart = chart_of(Camera(), chart_plane("since"))
    right, wrong = by_chart(chart, "since"), by_chart(chart, "before")
    assert right is not None
    assert wrong is not None
    assert right.residual_de is not None
    assert wrong.residual_de is not None
    assert right.residual_de < 0.4 < wrong.residual_de


@pytest.mark.parametrize("number", [1, 8, 20])
def test_a_covered_patch_is_left_out_and_does_no_harm(number: int) -> None:
    plane = chart_plane()
    left, top, right, bottom = patch_box(number)
    plane[top:bottom, left:right] = (0.25, 0.08, 0.30)
    found = fitted(Camera(matrix=WARM), plane)
    assert number in found.left_out
    assert found.lab_of(tones_through(Camera(matrix=WARM))) == pytest.approx(lab(TONES), abs=1.0)


def test_an_overexposed_patch_is_left_out() -> None:
    camera = Camera(gain=1.15)
    found = fitted(camera)
    assert 18 in found.left_out
    assert delta_e(found.lab_of(tones_through(camera))[1:], lab(TONES)[1:]).max() < 0.5


def test_a_chart_with_too_few_good_patches_calibrates_nothing() -> None:
    chart = chart_of(Camera())
    spoiled = tuple(replace(patch, clipped=1.0) if k % 2 else patch for k, patch in enumerate(chart.patches))
    assert by_chart(replace(chart, patches=spoiled)) is None


def test_a_faded_chart_is_of_low_confidence() -> None:
    # Faded unevenly, as dyes do: more than any matrix can put right.
    faded = np.random.default_rng(3).normal(0, 9, (24, 3))
    chart = chart_of(Camera())
    patches = tuple(replace(patch, value=patch.value + by) for patch, by in zip(chart.patches, faded, strict=True))
    found = by_chart(replace(chart, patches=patches))
    assert found is None or found.confidence == "low"


def test_the_error_of_a_fit_covers_how_far_it_is_off() -> None:
    off, told = [], []
    for seed in range(6):
        camera = Camera(matrix=LEAKING, gain=0.7, noise=4.0, seed=seed)
        found = fitted(camera)
        values = tones_through(camera)
        off += list(found.lab_of(values) - lab(TONES))
        told += [found.error_of(value)[:3] for value in values]
    ratio = np.sqrt((np.array(off) ** 2).mean(axis=0) / (np.array(told) ** 2).mean(axis=0))
    assert np.all(ratio < 2.5), ratio


def test_grey_puts_right_what_one_factor_for_each_channel_can() -> None:
    camera = Camera(matrix=WARM, gain=0.7)
    card = find_card(camera.photographed(laid(card_plane(with_chart=False))[0]))
    assert card is not None
    found = by_grey(card.grey, CARD.grey_linear, card.white, CARD.white_linear)
    assert found is not None
    assert delta_e(found.lab_of(tones_through(camera)), lab(TONES)).max() < 0.6
    assert found.residual_de is not None
    assert found.residual_de < 0.6
    assert found.confidence == "fair"
    leaking = Camera(matrix=LEAKING, gain=0.7)
    grey = read_patch(leaking.photographed(np.full((60, 60, 3), 0.18)), [(5, 5), (55, 5), (55, 55), (5, 55)])
    without_chart = by_grey(grey)
    assert without_chart is not None
    assert delta_e(without_chart.lab_of(tones_through(leaking)), lab(TONES)).max() > 1.0


def test_a_grey_field_in_a_gleam_calibrates_nothing() -> None:
    pixels = np.full((60, 60, 3), 118, np.uint8)
    pixels[:, 30:] = 255
    assert by_grey(read_patch(pixels, [(5, 5), (55, 5), (55, 55), (5, 55)])) is None


def test_a_reference_zone_makes_two_visits_alike_there() -> None:
    found = by_reference((150, 120, 90), (160, 118, 80))
    assert found.lab_of((150, 120, 90)) == pytest.approx(NO_CALIBRATION.lab_of((160, 118, 80)), abs=1e-6)


def test_what_may_be_printed_follows_from_what_lies_beside_the_skin() -> None:
    by_zone = by_reference((150, 120, 90), (150, 120, 90))
    told = {
        one.mode: (one.may_print("absolute"), one.may_print("change"), one.may_print("contrast"), one.confidence)
        for one in (fitted(Camera()), by_zone, NO_CALIBRATION, replace(NO_CALIBRATION, mode="grey"))
    }
    assert told == {
        "chart": (True, True, True, "good"),
        "grey": (True, True, True, "fair"),
        "reference": (False, True, True, "low"),
        "none": (False, False, True, "none"),
    }
    assert replace(fitted(Camera()), residual_de=2.1).confidence == "low"


def test_a_picture_is_calibrated_as_its_colours_are() -> None:
    found = fitted(Camera(matrix=LEAKING))
    pixels = np.random.default_rng(6).integers(2, 250, (20, 30, 3), dtype=np.uint8)
    assert lab(calibrated(pixels, found)) == pytest.approx(found.lab_of(pixels), abs=2e-3)


def test_curves_that_the_fit_was_not_made_of_are_undone_too() -> None:
    curves: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
        lambda bent: np.asarray(bent**1.15),
        lambda bent: np.asarray(np.sin(bent * np.pi / 2) * 0.3 + bent * 0.7),
        lambda bent: np.asarray(1 - (1 - bent) ** 1.1),
    )
    for curve in curves:
        camera = Camera(curve=curve, gain=0.8)
        assert delta_e(fitted(camera).lab_of(tones_through(camera)), lab(TONES)).max() < 0.7
