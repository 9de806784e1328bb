"""Visits as careless or clever people hand them in: each is told what is wrong, and none gets a number that means nothing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest
import skimage.data

from needlewise.imaging.barring import barred, coloured_share, packing
from needlewise.imaging.beside import Beside, Pixels, find_beside
from needlewise.imaging.comparing import Comparison, How, compare
from needlewise.imaging.spread import Verdict
from needlewise.interop.measured import measured_document, refusals
from simulated_skin import capture, drawing
from simulated_skin.truth import Change
from tests.unit.imaging.visits import PX_PER_MM, SMALL, UNCHANGED, Shot, compared, imaging, shots, zone

BEFORE, AFTER = shots(3, UNCHANGED, "rig", 0), shots(3, UNCHANGED, "rig", 1)
Shots = Sequence[Shot]


def packed(pixels: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), np.uint8)


def wall(pixels: Pixels) -> Pixels:
    grain = np.random.default_rng(int(pixels[0, 0, 0])).normal(0, 4, pixels.shape)
    return np.asarray(np.clip(np.array((200, 205, 210)) + grain, 0, 255), np.uint8)


def cat(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.resize(skimage.data.chelsea(), pixels.shape[1::-1]), np.uint8)  # type: ignore[no-untyped-call]


def grey(pixels: Pixels) -> Pixels:
    return np.repeat(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)[..., None], 3, axis=2)


def upscaled(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def as_they_are(change: Callable[[Pixels], Pixels], of: Shots) -> Shots:
    """Changed after the card was found, as if it lay there still."""
    return [Shot(np.ascontiguousarray(change(one.pixels)), one.beside) for one in of]


def bare(change: Callable[[Pixels], Pixels], of: Shots) -> Shots:
    """Changed, and nothing known beside the skin but its scale."""
    return [Shot(np.ascontiguousarray(change(one.pixels)), Beside(PX_PER_MM)) for one in of]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """`told`: what is said somewhere; `do`: of what to do."""

    before: Shots
    after: Shots
    told: str
    do: str


GALLERY = {
    "a cat after": Case(BEFORE, bare(cat, AFTER), "does not match", "same person"),
    "a cat at both": Case(bare(cat, BEFORE), bare(cat, AFTER), "an animal", "Draw the zone on bare skin"),
    "a wall at both": Case(bare(wall, BEFORE), bare(wall, AFTER), "a wall", "Draw the zone on bare skin"),
    "another person": Case(BEFORE, shots(4, UNCHANGED, "rig", 1), "its skin is not that", "same person"),
    "mirrored": Case(BEFORE, bare(lambda one: one[:, ::-1], AFTER), "looks mirrored", "mirroring off"),
    "on its side": Case(BEFORE, bare(np.rot90, AFTER), "turned by", "same way up"),
    "upside down": Case(BEFORE, bare(lambda one: np.rot90(one, 2), AFTER), "turned by 1", "same way up"),
    "the same at both": Case(BEFORE[:1], BEFORE[:1], "the same picture as before 1", "picture of the other visit"),
    "grey after": Case(BEFORE, as_they_are(grey, AFTER), "no colours", "black and white off"),
    "grey at both": Case(as_they_are(grey, BEFORE), as_they_are(grey, AFTER), "no colours", "black and white off"),
    "packed to a fifth": Case(BEFORE, as_they_are(lambda one: packed(one, 20), AFTER), "squares", "messenger"),
}  # fmt: skip


def said(found: Comparison) -> str:
    return " ".join(
        [
            *(f"{one.problem.found} {one.problem.hint}" for one in found.refused),
            *(why for c in found.changes for why in c.why),
        ]
    )


@pytest.mark.parametrize("name", GALLERY)
def test_what_cannot_be_compared_gets_no_number_and_is_told_what_to_do(name: str) -> None:
    case = GALLERY[name]
    found = compared(case.before, case.after)
    assert {one.verdict for one in found.changes} == {Verdict.CANNOT}
    for text in refusals(found, {"cheek-left": "Cheek, left"}):
        assert re.fullmatch(r"(Before|After) \d, Cheek, left: [A-Z0-9].*[^.][.?!)]( [A-Z].*[.?!])?", text), text
    for row in measured_document(found, imaging())["refused"]:
        assert row["do"][:1].isupper()
        assert row["do"].endswith((".", "?", "!"))
    assert case.told.lower() in said(found).lower()
    assert case.do in said(found)


def test_a_copy_of_a_shot_is_left_out_so_that_the_spread_is_not_made_small() -> None:
    found = compared((BEFORE[0], BEFORE[0]), AFTER)
    assert [(one.called, one.problem.found) for one in found.refused] == [
        ("before 2", "It is the same picture as before 1.")
    ]
    alone = compared(BEFORE[:1], AFTER)
    assert found.of("ita", "cheek-left").detectable == alone.of("ita", "cheek-left").detectable


def test_an_enlarged_picture_is_not_sharp_for_its_scale() -> None:
    found = compared(BEFORE, [Shot(upscaled(one.pixels), one.beside) for one in AFTER])
    refused = {one.called for one in found.refused if "not sharp" in one.problem.found}
    for name in ("line-depth", "line-density"):
        change = found.of(name, "cheek-left")
        assert change.verdict is Verdict.CANNOT
        assert refused == {"after 1", "after 2"} or "so soft that it holds no more than one of" in change.why[0]


@pytest.mark.parametrize("melanin", drawing.tones(3))
def test_other_skin_of_the_same_tone_never_gets_a_number(melanin: float) -> None:
    amounts = replace(SMALL, width_mm=24.0, height_mm=24.0, melanin=melanin)
    small = zone(inset_mm=3.0)
    polygon = np.clip(small.polygon, 30, 210)
    of_each = [shots(seed, UNCHANGED, "rig", 0, 1, amounts) for seed in range(40, 44)]
    for number, one in enumerate(of_each):
        for other in of_each[number + 1 :]:
            found = compare(
                [one[0].pixels], [other[0].pixels], [type(small)("nose", polygon)], imaging(),
                How("rig", measures=("ita", "a-star", "line-depth")), [one[0].beside, other[0].beside],
            )  # fmt: skip
            assert {change.verdict for change in found.changes} == {Verdict.CANNOT}
            assert found.refused


def test_usual_pictures_are_not_barred_and_tight_ones_are() -> None:
    for one in (*BEFORE, *shots(3, UNCHANGED, "hand", 1)):
        assert not barred([("after 1", one.pixels)], imaging())
        assert coloured_share(one.pixels) > 0.5
        assert packing(packed(one.pixels, 20)) > 2.6 > packing(packed(one.pixels, 85))


def test_borders_of_squares_are_seen_in_a_picture_that_was_cut_and_turned() -> None:
    tight = packed(BEFORE[0].pixels, 20)
    for odd in (tight[3:, 5:], np.rot90(tight), tight[:, ::-1]):
        assert packing(np.ascontiguousarray(odd)) > 2.6


# What is suspected

LIGHTEST = 0.2
TONES = (LIGHTEST, 1.05)


def visit(melanin: float, number: int, *, made_up: float = 0.0, shine: float = 1.0, seed: int = 100) -> Shots:
    """A picture of a visit: under a thin even layer that hides a share of the pattern, or with more shine."""
    scene = drawing.drawn(seed, replace(SMALL, melanin=melanin))
    left = 1 - made_up
    scene = replace(
        scene,
        mottling=scene.mottling * left,
        spots=tuple(replace(one, melanin=one.melanin * left) for one in scene.spots),
        flushes=tuple(replace(one, blood=one.blood * left) for one in scene.flushes),
    )
    taken = capture.conditions(capture.RIG, seed, number, 0)
    pixels = capture.photograph(scene, replace(taken, gloss=taken.gloss * shine), px_per_mm=PX_PER_MM).pixels
    return [Shot(pixels, find_beside(pixels, PX_PER_MM))]


def doubts(before: Shots, after: Shots) -> str:
    return " ".join(compared(before, after, How("rig", measures=())).doubts)


@pytest.mark.parametrize("melanin", TONES)
def test_skin_that_did_not_change_is_not_suspected_of_anything(melanin: float) -> None:
    assert doubts(visit(melanin, 0), visit(melanin, 1)) == ""


@pytest.mark.parametrize("melanin", TONES)
def test_a_filter_that_smooths_is_suspected_on_every_tone(melanin: float) -> None:
    before = visit(melanin, 0)
    smooth = as_they_are(lambda one: np.asarray(cv2.bilateralFilter(one, 15, 40, 8), np.uint8), visit(melanin, 1))
    assert doubts(before, smooth).startswith("After: A filter that smooths skin is suspected")


@pytest.mark.parametrize("measures", [("ita",), ("ita", "hair-density")])
def test_a_filter_is_suspected_on_finer_pictures_too_whatever_else_is_measured(measures: tuple[str, ...]) -> None:
    """Zones are laid on fewer pixels then, and what a filter takes away is as fine as the pixels of the picture."""
    finer, small = 30.0, replace(SMALL, width_mm=18.0, height_mm=18.0)
    one, other = (shots(100, UNCHANGED, "rig", n, 1, small, finer)[0].pixels for n in range(2))
    smooth = np.asarray(cv2.bilateralFilter(other, 15, 40, 8), np.uint8)
    here, how = zone(inset_mm=2.0, scale=finer, side_mm=18.0), How("rig", px_per_mm=finer, measures=measures)
    told = [" ".join(compare([one], [after], [here], imaging(), how).doubts) for after in (other, smooth)]
    assert told[0] == ""
    assert told[1].startswith("After: A filter that smooths skin is suspected")


def test_how_much_skin_there_is_does_not_hang_on_what_else_is_measured() -> None:
    finer, small = 30.0, replace(SMALL, width_mm=18.0, height_mm=18.0)
    visits = [[shot.pixels for shot in shots(100, UNCHANGED, "rig", n, 1, small, finer)] for n in range(2)]
    here = zone(inset_mm=7.3, scale=finer, side_mm=18.0)
    for measures in (("melanin",), ("melanin", "hair-density")):
        found = compare(*visits, [here], imaging(), How("rig", px_per_mm=finer, measures=measures))
        assert found.of("melanin", here.name).verdict is Verdict.NO_CHANGE


@pytest.mark.parametrize("melanin", [tone for tone in TONES if tone > LIGHTEST])
def test_wet_skin_is_suspected_on_all_but_the_lightest(melanin: float) -> None:
    assert "After: Wet or freshly creamed skin is suspected" in doubts(visit(melanin, 0), visit(melanin, 1, shine=4.0))


def test_how_much_whiter_skin_must_be_to_count_as_wet_stands_in_the_knowledge() -> None:
    known = imaging()
    stricter = replace(known, gates={**known.gates, "whiter": replace(known.gates["whiter"], least=1.0)})
    visits = [[one.pixels for one in visit(1.05, number, shine=shine)] for number, shine in ((0, 1.0), (1, 4.0))]
    usual, strict = (
        compare(*visits, [zone()], one, How("rig", px_per_mm=PX_PER_MM, measures=())).doubts
        for one in (known, stricter)
    )
    assert "Wet or freshly creamed" in " ".join(usual)
    assert strict == ()
    mark = known.gates["whiter"].mark
    assert mark.origin.value == "computed"
    assert "23 simulated pairs only" in mark.why


@pytest.mark.parametrize("melanin", TONES)
def test_lines_that_became_shallower_are_not_taken_for_skin_that_was_wet(melanin: float) -> None:
    """Their sides are less bright, as those of wet skin that has dried."""
    amounts = replace(SMALL, melanin=melanin)
    before, after = shots(3, UNCHANGED, "rig", 0, 1, amounts), shots(3, Change(wrinkle_depth=0.6), "rig", 1, 1, amounts)
    assert compared(before, after, How("rig", measures=("ita",))).doubts == ()


def test_make_up_over_light_skin_is_suspected_at_whichever_visit_it_was_worn() -> None:
    bare_skin, covered = visit(0.2, 0), visit(0.2, 1, made_up=0.8)
    assert doubts(bare_skin, covered).startswith("After: Make-up is suspected")
    assert doubts(covered, bare_skin).startswith("Before: Make-up is suspected")
