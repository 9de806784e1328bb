"""Every shipped scale, scored by hand; answers that no scale can take; changes against published thresholds."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from needlewise.clinical.outcomes import Direction, change, items_of, score
from needlewise.errors import NeedlewiseError, ScaleError
from needlewise.knowledge import Protocol, ScaleOption

REGIONS = ("forehead", "right-malar", "left-malar", "chin")
TOTAL_ONLY = {
    "dlqi": (0, 30),
    "ecca": (0, 540),
    "goodman_baron_quant": (0, 84),
    "layton_scars": (0, 100),
    "lemperle": (0, 5),
    "posas": (6, 60),
    "scar_q": (0, 100),
    "scar_s": (0, 15),
    "wsrs5": (1, 5),
}
SKIN_TYPE_ITEMS = (
    "eyes",
    "hair",
    "unexposed-skin",
    "freckles",
    "long-sun",
    "tan-after-sun",
    "how-brown",
    "face-sensitivity",
    "how-often-tan",
    "last-exposure",
)


def faces(area: int, darkness: int, homogeneity: int | None = None) -> dict[str, float | str]:
    """The same points for all four regions."""
    parts = {"area": area, "darkness": darkness} | ({} if homogeneity is None else {"homogeneity": homogeneity})
    return {f"{region}-{part}": points for region in REGIONS for part, points in parts.items()}


def ten_answers(total: int) -> dict[str, float | str]:
    """Ten answers of 0 to 4 points that add up to a total."""
    return {item: min(4, max(0, total - 4 * place)) for place, item in enumerate(SKIN_TYPE_ITEMS)}


def refusal(call: Callable[..., object], *arguments: object) -> NeedlewiseError:
    """What is raised by bad answers."""
    with pytest.raises(ScaleError) as caught:
        call(*arguments)
    return caught.value


def problems_of(protocol: Protocol, scale: str, answers: dict[str, Any]) -> dict[str, str]:
    """What is found wrong with answers, by place."""
    with pytest.raises(ScaleError) as caught:
        score(protocol.scales[scale], answers)
    return {problem.where: problem.found for problem in caught.value.problems}


# Every scale is here or among the totals: a new one must be scored by hand before it ships.
@pytest.mark.parametrize(
    ("scale", "answers", "total", "band"),
    [
        ("goodman_baron_qual", {"grade": 1}, 1, "Grade 1: marks of colour only"),
        ("goodman_baron_qual", {"grade": 4}, 4, "Grade 4: severe"),
        ("gais", {"grade": 1}, 1, "Very much better"),
        ("gais", {"grade": 5}, 5, "Worse"),
        ("glogau", {"type": 3}, 3, "Type 3: advanced"),
        ("norwood", {"type": 7}, 7, "Type VII"),
        ("ludwig", {"type": 2}, 2, "Type II"),
        ("erythema", {"grade": 0}, 0, "None"),
        ("erythema", {"grade": 3}, 3, "Severe"),
        ("striae", {"grade": 1}, 1, "Minimal"),
        ("striae", {"grade": 2}, 2, "Moderate"),
        ("striae", {"grade": 3}, 3, "Marked"),
        ("striae", {"grade": 4}, 4, "Excellent"),
        ("scar_types", {"type": 1}, 1, "Ice-pick"),
        ("scar_types", {"type": 2}, 2, "Boxcar"),
        ("scar_types", {"type": 3}, 3, "Rolling"),
        # 2 + 1 + 3 + 2
        ("vss", {"vascularity": 2, "pigmentation": 1, "pliability": 3, "height": 2}, 8, None),
        ("vss", {"vascularity": 3, "pigmentation": 2, "pliability": 5, "height": 3}, 13, None),
        ("vss", {"vascularity": 0, "pigmentation": 0, "pliability": 0, "height": 0}, 0, None),
        ("masi", faces(6, 4, 4), 48, None),
        ("masi", faces(0, 4, 4), 0, None),
        # 3 x (0.3 x 2 x (3 + 1)) + 0.1 x 2 x (3 + 1)
        ("masi", faces(2, 3, 1), 8, None),
        ("mmasi", faces(6, 4), 24, None),
        # 3 x (0.3 x 1 x 1) + 0.1 x 1 x 1
        ("mmasi", faces(1, 1), 1, None),
        ("hair_density", {"total": 137.5}, 137.5, None),
        ("pain_nrs", {"total": 0}, 0, None),
        ("pain_nrs", {"total": 10}, 10, None),
        ("fitz_wrinkle", {"total": 1}, 1, "Class I: fine lines"),
        ("fitz_wrinkle", {"total": 3}, 3, "Class I: fine lines"),
        ("fitz_wrinkle", {"total": 4}, 4, "Class II: fine to moderate lines, more of them"),
        ("fitz_wrinkle", {"total": 7}, 7, "Class III: fine to deep lines, many, with folds"),
        ("fitz_wrinkle", {"total": 9}, 9, "Class III: fine to deep lines, many, with folds"),
        ("fitz_type", ten_answers(21), 21, "IV"),
        ("ita", {"l_star": 65, "b_star": 15}, 45, "Light"),
    ],
)
def test_a_shipped_scale_gives_the_score_worked_out_by_hand(
    protocol: Protocol, scale: str, answers: dict[str, float | str], total: float, band: str | None
) -> None:
    found = score(protocol.scales[scale], answers)
    assert (found.scale, found.total, found.band) == (scale, total, band)
    assert found.unit == protocol.scales[scale].unit


def test_no_shipped_scale_is_left_out_of_this_file(protocol: Protocol) -> None:
    by_hand = test_a_shipped_scale_gives_the_score_worked_out_by_hand.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {row[0] for row in by_hand} | set(TOTAL_ONLY) == set(protocol.scales)


@pytest.mark.parametrize("scale", TOTAL_ONLY)
def test_a_scale_whose_questions_are_not_shipped_takes_its_total_and_nothing_else(
    protocol: Protocol, scale: str
) -> None:
    row = protocol.scales[scale]
    least, most = TOTAL_ONLY[scale]
    assert row.total_only
    assert not row.item, "the licence does not let the questions be shipped"
    assert score(row, {"total": least}).total == least
    assert score(row, {"total": most}).total == most
    assert problems_of(protocol, scale, {"total": least - 1}) == {f"{scale}.total": f"{least - 1} is out of range"}
    assert problems_of(protocol, scale, {"total": most + 1}) == {f"{scale}.total": f"{most + 1} is out of range"}
    assert "not shipped" in str(refusal(score, row, {"total": least, "q1": 1}))


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "No effect on life"),
        (1, "No effect on life"),
        (2, "Small effect"),
        (5, "Small effect"),
        (6, "Moderate effect"),
        (10, "Moderate effect"),
        (11, "Very large effect"),
        (20, "Very large effect"),
        (21, "Extremely large effect"),
        (30, "Extremely large effect"),
    ],
)
def test_quality_of_life_falls_into_the_published_bands(protocol: Protocol, total: int, band: str) -> None:
    assert score(protocol.scales["dlqi"], {"total": total}).band == band


@pytest.mark.parametrize(
    ("total", "skin_type"),
    [(0, "I"), (6, "I"), (7, "II"), (13, "II"), (14, "III"), (20, "III"), (21, "IV"), (27, "IV"), (28, "V"),
     (34, "V"), (35, "VI"), (40, "VI")],
)  # fmt: skip
def test_ten_questions_fall_into_the_published_skin_types(protocol: Protocol, total: int, skin_type: str) -> None:
    found = score(protocol.scales["fitz_type"], ten_answers(total))
    assert (found.total, found.band) == (total, skin_type)


@pytest.mark.parametrize(
    ("angle", "at", "above"),
    [
        (55, "Light", "Very light"),
        (41, "Intermediate", "Light"),
        (28, "Tan", "Intermediate"),
        (10, "Brown", "Tan"),
        (-30, "Dark", "Brown"),
    ],
)
def test_a_typology_angle_at_a_border_belongs_to_the_darker_class(
    protocol: Protocol, angle: int, at: str, above: str
) -> None:
    scale = protocol.scales["ita"]

    def at_angle(degrees: float) -> dict[str, float | str]:
        return {"l_star": 50 + 20 * math.tan(math.radians(degrees)), "b_star": 20}

    assert (score(scale, at_angle(angle)).total, score(scale, at_angle(angle)).band) == (angle, at)
    assert score(scale, at_angle(angle + 0.001)).band == above
    assert score(scale, at_angle(angle - 0.001)).band == at


@pytest.mark.parametrize(("l_star", "angle", "band"), [(70, 90, "Very light"), (30, -90, "Dark")])
def test_a_typology_angle_without_yellow_is_a_right_angle(
    protocol: Protocol, l_star: float, angle: float, band: str
) -> None:
    found = score(protocol.scales["ita"], {"l_star": l_star, "b_star": 0})
    assert (found.total, found.band, found.unit) == (angle, band, "degrees")


def test_a_typology_angle_of_a_neutral_grey_is_refused_because_it_has_none(protocol: Protocol) -> None:
    found = problems_of(protocol, "ita", {"l_star": 50, "b_star": 0})
    assert found == {"ita.b_star": "L* is 50 and b* is 0: the angle is not defined"}


@pytest.mark.parametrize(
    ("region", "share"), [("forehead", 14.4), ("right-malar", 14.4), ("left-malar", 14.4), ("chin", 4.8)]
)
def test_each_region_of_the_melasma_index_weighs_as_published(protocol: Protocol, region: str, share: float) -> None:
    masi = faces(0, 4, 4) | {f"{region}-area": 6}
    mmasi = faces(0, 4) | {f"{region}-area": 6}
    assert score(protocol.scales["masi"], masi).total == share
    assert score(protocol.scales["mmasi"], mmasi).total == share / 2


def test_an_answer_may_be_the_words_of_an_option_or_a_number_as_text(protocol: Protocol) -> None:
    answers = {"vascularity": "Red", "pigmentation": "1", "pliability": " 3 ", "height": "2 to 5 mm"}
    assert score(protocol.scales["vss"], answers).total == 8
    assert score(protocol.scales["scar_types"], {"type": "Rolling"}).band == "Rolling"
    assert score(protocol.scales["hair_density"], {"total": "137.5"}).total == 137.5


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (11, "11 is out of range"),
        (-1, "-1 is out of range"),
        (10.000001, "10.000001 is out of range"),
        (4.5, "4.5 is a fraction"),
        ("4.5", "4.5 is a fraction"),
        ("much", "'much' is not a number"),
        ("", "'' is not a number"),
        ("4,5", "'4,5' is not a number"),
        ("1_0", "'1_0' is not a number"),
        (True, "True is not a number"),
        (None, "None is not a number"),
        ([3], "[3] is not a number"),
        (math.nan, "nan is not a finite number"),
        ("nan", "nan is not a finite number"),
        (math.inf, "inf is not a finite number"),
        (-math.inf, "-inf is not a finite number"),
        (10**400, "inf is not a finite number"),
    ],
)
def test_a_number_that_the_scale_cannot_take_is_named(protocol: Protocol, given: object, found: str) -> None:
    assert problems_of(protocol, "pain_nrs", {"total": given}) == {"pain_nrs.total": found}


@pytest.mark.parametrize("given", [0, 5, 2.5, "Grade 5: hopeless"])
def test_an_answer_outside_the_options_is_told_the_options(protocol: Protocol, given: float | str) -> None:
    fault = refusal(score, protocol.scales["goodman_baron_qual"], {"grade": given})
    assert "one of 1 (Grade 1: marks of colour only), 2 (Grade 2: mild)" in str(fault)


def test_all_bad_answers_are_reported_at_once_each_at_its_place(protocol: Protocol) -> None:
    answers = {"vascularity": 9, "pigmentatoin": 1, "pliability": math.nan}
    assert problems_of(protocol, "vss", answers) == {
        "vss.pigmentatoin": "no such item",
        "vss.vascularity": "9 is no option",
        "vss.pigmentation": "not answered",
        "vss.pliability": "nan is not a finite number",
        "vss.height": "not answered",
    }
    fault = refusal(score, protocol.scales["vss"], answers)
    assert "did you mean `pigmentation`?" in str(fault)


def test_no_answers_at_all_are_no_score_of_zero(protocol: Protocol) -> None:
    for scale in protocol.scales.values():
        fault = refusal(score, scale, {})
        assert len(fault.problems) == len(items_of(scale)), scale.id


@pytest.mark.parametrize(
    ("scale", "before", "after", "difference", "direction", "meaningful"),
    [
        ("goodman_baron_qual", 4, 3, -1, Direction.BETTER, True),
        ("goodman_baron_qual", 3, 4, 1, Direction.WORSE, True),
        ("goodman_baron_qual", 3, 3, 0, Direction.SAME, False),
        ("dlqi", 12, 8, -4, Direction.BETTER, True),
        ("dlqi", 12, 9, -3, Direction.BETTER, False),
        ("dlqi", 8, 12, 4, Direction.WORSE, True),
        ("masi", 19.2, 8.4, -10.8, Direction.BETTER, None),
        ("masi", 8.4, 8.9, 0.5, Direction.WORSE, None),
        ("hair_density", 100, 122.5, 22.5, Direction.BETTER, None),
        ("scar_q", 60, 55, -5, Direction.WORSE, None),
        ("pain_nrs", 4, 4, 0, Direction.SAME, None),
        ("ita", 41, 28, -13, Direction.CHANGED, None),
        ("ita", 41, 41, 0, Direction.SAME, None),
        ("fitz_type", 20, 21, 1, Direction.CHANGED, None),
    ],
)
def test_a_change_has_a_size_a_direction_and_a_meaning_only_where_one_was_published(
    protocol: Protocol,
    scale: str,
    before: float,
    after: float,
    difference: float,
    direction: Direction,
    meaningful: bool | None,
) -> None:
    found = change(protocol.scales[scale], before, after)
    assert (found.scale, found.difference, found.direction, found.meaningful) == (
        scale,
        difference,
        direction,
        meaningful,
    )
    assert found.threshold == protocol.scales[scale].change


def test_a_result_of_nought_carries_no_sign(protocol: Protocol) -> None:
    ita = protocol.scales["ita"]
    assert str(score(ita, {"l_star": 49.9999999999, "b_star": 60}).total) == "0.0"
    assert str(change(ita, 1.0000001, 1.0).difference) == "0.0"


def test_only_two_scales_come_with_a_published_threshold(protocol: Protocol) -> None:
    assert {scale.id for scale in protocol.scales.values() if scale.change} == {"dlqi", "goodman_baron_qual"}


def test_types_of_scar_have_no_order_so_that_their_change_has_no_size(protocol: Protocol) -> None:
    found = change(protocol.scales["scar_types"], 1, 3)
    assert (found.difference, found.direction, found.meaningful) == (None, Direction.CHANGED, None)


def test_a_change_between_impossible_totals_is_refused_with_both(protocol: Protocol) -> None:
    fault = refusal(change, protocol.scales["dlqi"], 31, math.nan)
    assert [str(problem) for problem in fault.problems] == [
        "dlqi.before: 31 is out of range\n  expected: a whole number from 0 to 30 points",
        "dlqi.after: nan is not a finite number\n  expected: a whole number from 0 to 30 points",
    ]


def test_every_shipped_scale_is_drawn_so_that_its_items_fill_its_range(protocol: Protocol) -> None:
    for scale in protocol.scales.values():
        items = items_of(scale)
        assert len({item.id for item in items}) == len(items), scale.id
        for item in items:
            assert len({option.points for option in item.options}) == len(item.options), item.id
            assert len({option.label for option in item.options}) == len(item.options), item.id
        lowest, highest = ({item.id: end(item_points(item)) for item in items} for end in (min, max))
        if scale.scoring != "typology-angle":
            assert (score(scale, lowest).total, score(scale, highest).total) == scale.range, scale.id


def item_points(item: Any) -> tuple[float, ...]:
    return tuple(option.points for option in item.options) or (item.min, item.max)


def test_the_bands_of_every_shipped_scale_name_each_total_once(protocol: Protocol) -> None:
    for scale in protocol.scales.values():
        if not scale.band:
            continue
        low, high = scale.range
        steps = range(int(low), int(high) + 1) if scale.whole else [low + (high - low) * n / 1800 for n in range(1801)]
        for total in steps:
            holding = [
                band.label
                for band in scale.band
                if (total > band.min or (total == band.min and not band.min_excluded)) and total <= band.max
            ]
            assert len(holding) == 1, (scale.id, total, holding)


def test_weights_count_in_a_sum(protocol: Protocol) -> None:
    vss = protocol.scales["vss"]
    doubled = replace(vss, item=(replace(vss.item[0], weight=2.0), *vss.item[1:]))
    assert score(doubled, {"vascularity": 3, "pigmentation": 2, "pliability": 1, "height": 0}).total == 9


def test_a_total_only_scale_takes_a_total_even_if_items_are_listed(protocol: Protocol) -> None:
    vss = replace(protocol.scales["vss"], total_only=True)
    assert score(vss, {"total": 12}).total == 12
    assert [item.id for item in items_of(vss)] == ["total"]


def test_options_may_hold_fractions(protocol: Protocol) -> None:
    ludwig = protocol.scales["ludwig"]
    halves = replace(ludwig.item[0], options=(ScaleOption(points=1.5, label="Between"),))
    assert score(replace(ludwig, item=(halves,)), {"type": 1.5}).band == "Between"
