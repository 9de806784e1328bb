"""Two visits compared: what changed is found, what did not is not, and what cannot be measured says why."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from needlewise.errors import PictureError
from needlewise.imaging.beside import Beside, edge_rise_px
from needlewise.imaging.comparing import How, compare
from needlewise.imaging.looking import READERS, Look
from needlewise.imaging.spread import Verdict
from needlewise.imaging.zones import Zone
from simulated_skin.capture import RIG, conditions, photograph
from simulated_skin.drawing import SCALP, drawn
from simulated_skin.truth import DARKEST, LIGHTEST, Change
from tests.unit.imaging.visits import SMALL, UNCHANGED, Shot, compared, imaging, shots, zone

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


@pytest.mark.parametrize("melanin", [LIGHTEST, 0.5, DARKEST])
def test_smoother_skin_is_found_as_smoother_in_every_tone_and_no_line_as_shallower(melanin: float) -> None:
    skin = replace(SMALL, melanin=melanin)
    before, same, smoother = (
        shots(5, change, "rig", visit, amounts=skin)
        for visit, change in enumerate((UNCHANGED, UNCHANGED, Change(relief=0.7)))
    )
    how = How("rig", measures=("roughness", "line-depth"))
    found = compared(before, smoother, how)
    assert found.of("roughness", "cheek-left").verdict is Verdict.BETTER
    assert found.of("line-depth", "cheek-left").verdict is Verdict.NO_CHANGE
    assert compared(before, same, how).of("roughness", "cheek-left").verdict is Verdict.NO_CHANGE


@pytest.mark.parametrize("melanin", [LIGHTEST, 0.5, DARKEST])
def test_shallower_pits_are_found_as_less_of_them_in_every_tone_and_not_as_smoother_skin(melanin: float) -> None:
    scarred = replace(SMALL, melanin=melanin, pits_per_cm2=4.0)
    before, same, flatter = (
        shots(5, change, "rig", visit, amounts=scarred)
        for visit, change in enumerate((UNCHANGED, UNCHANGED, Change(pit_depth=0.5)))
    )
    how = How("rig", measures=("pits", "roughness"))
    found = compared(before, flatter, how)
    assert found.of("pits", "cheek-left").verdict is Verdict.BETTER
    assert found.of("roughness", "cheek-left").verdict is Verdict.NO_CHANGE
    assert compared(before, same, how).of("pits", "cheek-left").verdict is Verdict.NO_CHANGE


def test_skin_under_a_lamp_on_the_other_side_is_not_matched() -> None:
    skin, taken = drawn(3, SMALL), conditions(RIG, 3, 1)
    other = replace(taken, lamp=replace(taken.lamp, azimuth_deg=taken.lamp.azimuth_deg + 180))
    picture = photograph(skin, other, px_per_mm=10.0)
    found = compared(BEFORE, [Shot(picture.pixels, BEFORE[0].beside)], How("rig", measures=("pits",)))
    assert found.of("pits", "cheek-left").verdict is Verdict.CANNOT
    assert found.refused


def test_pits_are_not_told_where_hollows_look_like_bumps() -> None:
    here = compared(BEFORE, shots(3, UNCHANGED, "rig", 1), How("rig", measures=("ita",))).zones[0]
    level = int(np.median(BEFORE[0].pixels))
    laid = [
        one
        if one.seen.visit == "before"
        else replace(one, pixels=(2 * level - np.minimum(one.pixels, 2 * level)).astype(np.uint8))
        for one in here.laid
    ]
    floor = imaging().floors["pits", "rig"]
    found = READERS["pits"](Look(replace(here, laid=tuple(laid))), imaging().measures["pits"], floor)
    assert found.verdict is Verdict.CANNOT
    assert "same side" in found.why[0]
    assert READERS["pits"](Look(here), imaging().measures["pits"], floor).verdict is Verdict.NO_CHANGE


@pytest.mark.parametrize("melanin", [LIGHTEST, DARKEST])
def test_less_hair_is_found_though_no_skin_is_bare_and_no_hair_is_counted(melanin: float) -> None:
    scalp, scale = replace(SCALP, melanin=melanin), 42.0
    before, same, thinner = (
        shots(5, change, "rig", visit, 1, scalp, scale)
        for visit, change in enumerate((UNCHANGED, UNCHANGED, Change(hairs_kept=0.7)))
    )
    how, where = How("rig", measures=("hair-density",)), [zone("scalp", 1.5, scale, scalp.width_mm)]
    found = compared(before, thinner, how, where).of("hair-density", "scalp")
    assert found.verdict is Verdict.WORSE
    assert found.low is not None
    assert found.high is not None
    assert found.low < -30 < found.high
    assert "number" in found.why[0]
    assert compared(before, same, how, where).of("hair-density", "scalp").verdict is Verdict.NO_CHANGE


def test_what_is_asked_for_by_name_is_always_answered() -> None:
    known = imaging()
    new = replace(known.measures["pits"], id="new", name="something new")
    wider = replace(known, measures={**known.measures, "new": new})
    asked = How("rig", 10.0, measures=("new", "hair-density", "stria-contrast", "ita"), regions={"cheek-left": "face"})
    pixels = [one.pixels for one in BEFORE]
    found = compare(pixels, pixels, [zone()], wider, asked)
    told = {one.measure: one for one in found.changes}
    assert set(told) == set(asked.measures or ())
    for name, part in (("new", "not read"), ("hair-density", "scalp"), ("stria-contrast", "trunk, limb")):
        assert told[name].verdict is Verdict.CANNOT
        assert part in told[name].why[0]
        assert "sk for another" in told[name].why[0], "what to do"
    unasked = compare(pixels, pixels, [zone()], wider, replace(asked, measures=None))
    assert {"new", "hair-density", "stria-contrast"}.isdisjoint(one.measure for one in unasked.changes)


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
    assert any(one.startswith("The amount of light differs by ") for one in found.less_steady)
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
