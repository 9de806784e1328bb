"""Two visits compared: what changed is found, what did not is not, and what cannot be measured says why."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from needlewise.errors import PictureError
from needlewise.imaging.beside import Beside, edge_rise_px
from needlewise.imaging.comparing import How, compare
from needlewise.imaging.spread import Verdict
from needlewise.imaging.zones import Zone
from simulated_skin.truth import Change
from tests.unit.imaging.visits import UNCHANGED, Shot, compared, imaging, shots, zone

BEFORE = shots(3, UNCHANGED, "rig", 0)
COLOURS = ("ita", "a-star", "melanin", "redness")


def bare(shot: Shot) -> Shot:
    """The same picture, and nothing known beside the skin."""
    return Shot(shot.pixels, Beside())


def test_skin_that_did_not_change_is_not_said_to_have() -> None:
    found = compared(BEFORE, shots(3, UNCHANGED, "rig", 1))
    assert not found.refused
    assert found.regime == "rig"
    told = {one.measure: one.verdict for one in found.changes}
    assert set(told.values()) <= {Verdict.NO_CHANGE, Verdict.CANNOT}
    assert told["line-depth"] is Verdict.NO_CHANGE
    assert all(told[name] is Verdict.NO_CHANGE for name in COLOURS)


def test_shallower_lines_are_found_and_nothing_else_is_said_to_change() -> None:
    found = compared(BEFORE, shots(3, Change(wrinkle_depth=0.6), "rig", 1))
    depth = found.of("line-depth", "cheek-left")
    assert depth.verdict is Verdict.BETTER
    assert depth.low is not None
    assert depth.high is not None
    assert depth.low < -40 < depth.high
    assert all(found.of(name, "cheek-left").verdict is Verdict.NO_CHANGE for name in COLOURS)


def test_redder_skin_is_found_as_redder_and_not_as_darker() -> None:
    found = compared(BEFORE, shots(3, Change(blood=0.15), "rig", 1))
    blood = found.of("redness", "cheek-left")
    assert blood.verdict is Verdict.WORSE
    assert blood.change == pytest.approx(0.15, abs=0.05)
    assert found.of("a-star", "cheek-left").verdict is Verdict.WORSE
    assert found.of("melanin", "cheek-left").verdict is Verdict.NO_CHANGE


def test_by_hand_no_wrinkle_gets_a_number() -> None:
    after = shots(3, Change(wrinkle_depth=0.6), "rig", 1)
    for how in (How("hand"), How()):
        found = compared(BEFORE, after, how)
        for name in ("line-depth", "line-density"):
            one = found.of(name, "cheek-left")
            assert one.verdict is Verdict.CANNOT
            assert one.change is None
            assert "same room" in one.why[0]


def test_pictures_in_other_light_are_no_rig_whatever_is_said() -> None:
    dimmer = [Shot((one.pixels * 0.6).astype(np.uint8), one.beside) for one in shots(3, UNCHANGED, "rig", 1)]
    found = compare(
        [one.pixels for one in BEFORE], [one.pixels for one in dimmer], [zone()], imaging(), How("rig", 10.0)
    )
    assert found.said_regime == "rig"
    assert found.regime == "hand"
    assert found.of("line-depth", "cheek-left").verdict is Verdict.CANNOT


def test_without_anything_beside_the_skin_neither_colour_nor_length_is_told() -> None:
    found = compared([bare(one) for one in BEFORE], [bare(one) for one in shots(3, UNCHANGED, "rig", 1)])
    for one in found.changes:
        assert one.verdict is Verdict.CANNOT, one.measure
        assert one.change is None
        assert one.why
    assert "card" in found.of("ita", "cheek-left").why[0]
    assert "scale" in found.of("line-depth", "cheek-left").why[0].lower()


def test_another_persons_skin_is_refused_and_not_matched() -> None:
    found = compared(BEFORE, shots(4, UNCHANGED, "rig", 1))
    assert {one.called for one in found.refused} == {"after 1", "after 2"}
    assert all(one.problem.hint for one in found.refused)
    assert {one.verdict for one in found.changes} == {Verdict.CANNOT}


def test_a_mirrored_picture_is_named_as_one() -> None:
    after = [Shot(np.ascontiguousarray(one.pixels[:, ::-1]), Beside()) for one in shots(3, UNCHANGED, "rig", 1)]
    found = compared(BEFORE, after)
    assert "mirrored" in " ".join(one.problem.found for one in found.refused)


def test_one_blurred_shot_is_left_out_and_the_other_measured() -> None:
    good, bad = shots(3, UNCHANGED, "rig", 1)
    blurred = Shot(np.asarray(cv2.GaussianBlur(bad.pixels, (0, 0), 3.0), np.uint8), bad.beside)
    found = compared(BEFORE, [good, blurred])
    assert {one.called for one in found.refused} == {"after 2"}
    assert "sharp" in found.refused[0].problem.found
    assert found.of("line-depth", "cheek-left").verdict is Verdict.NO_CHANGE


def test_glare_over_the_zone_is_refused_with_what_to_do() -> None:
    one, other = shots(3, UNCHANGED, "rig", 1)
    white = one.pixels.copy()
    white[100:180, 100:180] = 255
    found = compared(BEFORE, [Shot(white, one.beside), other])
    assert {row.called for row in found.refused} == {"after 1"}
    assert "glare" in found.refused[0].problem.hint


def test_an_edge_rises_over_more_pixels_the_more_it_is_blurred() -> None:
    shot = BEFORE[0]
    rises = [edge_rise_px(shot.pixels, shot.beside)]
    for sigma in (0.6, 1.2):
        rises.append(edge_rise_px(np.asarray(cv2.GaussianBlur(shot.pixels, (0, 0), sigma), np.uint8), shot.beside))
    own = rises[0] / 2.563
    for rise, sigma in zip(rises[1:], (0.6, 1.2), strict=True):
        assert rise == pytest.approx(2.563 * float(np.hypot(own, sigma)), rel=0.15)


def test_a_grey_that_was_measured_on_the_print_goes_before_what_was_aimed_at() -> None:
    """Paper that gives back half the light more is skin that is so much lighter."""

    def with_grey(one: Shot) -> Shot:
        assert one.beside.chart is not None
        neutral = one.beside.chart.patches[21]
        return Shot(one.pixels, replace(one.beside, chart=None, grey=neutral, white=None))

    before, after = ([with_grey(one)] for one in (BEFORE[0], shots(3, UNCHANGED, "rig", 1)[0]))
    told = [compared(before, after, How("rig", measures=("ita",), grey=grey)) for grey in (None, 0.18, 0.27)]
    aimed, said, lighter = (found.of("ita", "cheek-left").before for found in told)
    assert set(told[0].colour.values()) == {"grey"}
    assert aimed is not None
    assert lighter is not None
    assert said == aimed
    assert lighter > aimed + 5


def test_what_cannot_be_asked_is_told_all_at_once() -> None:
    with pytest.raises(PictureError) as caught:
        compare([], [], [], imaging(), How("studio", -1.0, measures=("beauty",), grey=18))
    told = str(caught.value)
    for part in (
        "before: no picture",
        "after: no picture",
        "zones: none",
        "`studio`",
        "`beauty`",
        "px per mm",
        "grey: 18",
    ):
        assert part in told


def test_of_two_zones_each_is_judged_by_itself() -> None:
    small = Zone("nose", np.array([(60.0, 60), (84, 60), (84, 84), (60, 84)]))
    found = compared(BEFORE, shots(3, UNCHANGED, "rig", 1), How("rig", measures=("ita",)), [zone(), small])
    assert found.of("ita", "cheek-left").verdict is Verdict.NO_CHANGE
    assert found.of("ita", "nose").verdict is Verdict.CANNOT
    assert len(found.changes) == 2


def test_the_baseline_is_the_first_picture_and_its_own_shots_lie_on_it() -> None:
    found = compared(BEFORE, shots(3, UNCHANGED, "rig", 1))
    assert found.baseline == "before 1"
    assert found.errors_px["before 1: cheek-left"] == 0
    assert max(found.errors_px.values()) < 0.5
    assert found.digest == imaging().digest
