"""Reading published series, and what the model predicts of them. Every series here is invented."""

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from needlewise.errors import HealingError
from needlewise.healing.posterior import as_file, from_posterior
from needlewise.healing.series.doses import USUAL, USUAL_HOLES_PER_CM2
from needlewise.healing.series.keys import Form
from needlewise.healing.series.marks import marks_of
from needlewise.healing.series.reading import FROM_NOTHING, Series, read_series
from needlewise.healing.series.validating import Validation, validate
from tests.unit.healing.people import biology

INVENTED: dict[str, Any] = {
    "id": "invented-2020",
    "n": 12,
    "sessions": 3,
    "interval_day": 28,
    "biopsy_day": 90,
    "collagen_change_percent": 25,
    "type_III_percent_before": 18,
    "type_III_percent_after": 21,
}
WOUND: dict[str, Any] = {
    "id": "invented-wound",
    "setting": "wound",
    "what": "neutrophils",
    "time_day": [0, 1, 3, 7],
    "value_fraction_of_peak": [0, 1, 0.4, 0],
    "sd_used": 0.1,
}


def entry(base: dict[str, Any] = INVENTED, **changes: Any) -> dict[str, Any]:
    found = copy.deepcopy(base) | changes
    return {key: value for key, value in found.items() if value != "(none)"}


def read(**changes: Any) -> Series:
    series, _ = read_series(entry(**changes))
    return series[0]


def values(series: Series) -> dict[str, tuple[float, float | None]]:
    return {one.key: (one.day, one.value) for one in series.reported}


def refused(given: Any) -> list[str]:
    with pytest.raises(HealingError) as error:
        read_series(given)
    return [f"{one.where}: {one.found}" for one in error.value.problems]


def test_changes_and_pairs_become_ratios_to_untreated_skin() -> None:
    series = read()
    assert series.done.session_days == (0, 28, 56)
    assert values(series) == {
        "collagen_change_percent": (90, 1.25),
        "type_III_percent_after": (90, pytest.approx(21 / 18)),
    }
    assert all(one.change == 1 and one.significant for one in series.reported)


def test_a_file_a_list_and_one_entry_are_read_alike() -> None:
    alone = read_series(entry())
    assert read_series([entry()]) == alone
    assert read_series({"about": "invented", "entries": [entry()]}) == alone


def test_what_stands_beside_the_entries_and_what_has_no_counterpart_is_named() -> None:
    given = {"entries": [entry(pore_size_change_percent=-3, finding="smooth", collagen_sd=4)], "extra": 1}
    _, left = read_series(given)
    assert {(one.entry, one.key) for one in left} == {
        ("the file", "extra"),
        ("invented-2020", "pore_size_change_percent"),
        ("invented-2020", "finding"),
        ("invented-2020", "collagen_sd"),
    }


def test_every_key_of_an_entry_is_compared_or_named_or_of_the_frame() -> None:
    given = entry(caution="none", TEWL_g_m2_h=11, elastin_change_percent=None, note="n")
    series, left = read_series(given)
    told = {one.key for one in series[0].reported} | {one.key for one in left}
    frame = {"id", "n", "sessions", "interval_day", "biopsy_day", "caution", "note", "type_III_percent_before"}
    assert told | frame == set(given)


def test_times_may_be_counted_in_hours_weeks_or_after_the_last_session() -> None:
    assert read(biopsy_day="(none)", biopsy_week=8).reported[0].day == 56
    assert read(biopsy_day="(none)", time_week_after_last=8).reported[0].day == 112
    series = read(time_hour=[6, 48], TEWL_ratio=[1.4, 1.1])
    assert [one.day for one in series.reported if one.observable == "water-loss"] == [0.25, 2]
    assert read(biopsy_day="(none)", time_hour=72).reported[0].day == 3
    assert series.reported[0].day == 90


def test_a_first_biopsy_on_day_0_is_what_the_later_ones_are_held_against() -> None:
    series = read(
        biopsy_day=[0, 30, 90], collagen_change_percent="(none)", type_III_percent_before="(none)",
        type_III_percent_after="(none)", type_I_percent=[60, 66, 75],
    )  # fmt: skip
    assert [(one.form, one.value) for one in series.reported] == [
        (Form.CHANGE, pytest.approx(1.1)),
        (Form.CHANGE, pytest.approx(1.25)),
    ]


def test_shares_of_the_collagen_are_compared_as_type_iii_share() -> None:
    series = read(type_III_percent_before="(none)", type_I_percent=80)
    found = {one.key: (one.observable, one.value) for one in series.reported if one.form is Form.SHARE}
    assert found == {
        "type_III_percent_after": ("type-iii-share", 0.21),
        "type_I_percent": ("type-iii-share", pytest.approx(0.2)),
    }


def test_redness_is_held_against_its_first_rise_because_untreated_skin_has_none() -> None:
    series = read(time_hour=[1, 24, 72], erythema_change_percent=[80, 20, 4])
    first, *later = (one for one in series.reported if one.observable == "redness")
    assert (first.value, first.change) == (None, 1)
    assert [(one.form, one.value, one.of_day) for one in later] == [
        (Form.OF_FIRST, pytest.approx(0.25), 0.041667),
        (Form.OF_FIRST, pytest.approx(0.05), 0.041667),
    ]
    assert "redness" in FROM_NOTHING
    assert not {"collagen", "water-loss", "epidermis", "stiffness"} & FROM_NOTHING


def test_a_table_of_values_is_taken_apart_and_held_against_what_stands_before() -> None:
    series = read(type_I_percent={"before": 60, "1_month": 66, "month_3": None}, device="RF")
    found = [one for one in series.reported if one.observable == "type-i"]
    assert [(one.key, one.day, one.value) for one in found] == [
        ("type_I_percent_1_month", pytest.approx(30.4), pytest.approx(1.1))
    ]
    assert any("`rf`" in one for one in series.done.assumed)


def test_a_change_in_units_of_its_own_is_not_taken_for_a_share() -> None:
    series, left = read_series(entry(time_hour=6, TEWL_change_g_m2_h=5))
    assert not any(one.observable == "water-loss" for one in series[0].reported)
    assert [one.key for one in left] == ["TEWL_change_g_m2_h"]


def test_words_tell_a_direction_and_chance_is_told_from_change() -> None:
    series = read(elastin="increased", p=[0.2], collagen_change_percent_p=0.001)
    found = {one.key: one for one in series.reported}
    assert (found["elastin"].change, found["elastin"].value) == (1, None)
    assert found["collagen_change_percent"].significant
    assert not read(significant=False).reported[0].significant


def test_what_is_right_whatever_the_model_says_is_not_compared() -> None:
    series, left = read_series(
        [
            entry(WOUND, id="wound-a"),
            entry(WOUND, id="wound-b", value_fraction_of_peak="(none)", collagen_fraction_of_day7=[0, 0.1, 0.3, 1]),
        ]
    )
    assert [one.day for one in series[0].reported] == [1, 3, 7]
    assert [one.day for one in series[1].reported] == [1, 3]
    assert {one.why for one in left} == {
        "the start of the wound is given, not predicted",
        "the day that the others are a share of",
    }


def test_errors_of_reading_are_in_the_unit_of_their_value() -> None:
    series = read(sd_used_percent=[15, 3])
    assert [one.sd for one in series.reported] == [pytest.approx(0.15), pytest.approx(3 / 18)]
    assert {one.sd for one in read_series(entry(WOUND))[0][0].reported} == {0.1}


def test_a_wound_is_known_by_its_setting_or_by_the_name_of_its_entry() -> None:
    assert read_series(entry(WOUND))[0][0].done.whole_wound
    named = read_series(entry(WOUND, id="wound_neutrophils", setting="(none)"))[0][0]
    assert named.done.whole_wound
    assert named.done.assumed


def test_a_dose_that_is_not_told_is_that_of_the_usual_roller_and_said_to_be_assumed() -> None:
    done = read().done
    assert done.needling == USUAL
    assert any("usual roller" in one for one in done.assumed)
    told = read(device="roller", passes=5, needles=192, drum_diameter_mm=20, drum_width_mm=20, depth_mm=1.0,
                needle_diameter_mm=0.2).done  # fmt: skip
    assert told.assumed == ()
    assert told.needling is not None
    assert told.needling.holes_per_cm2 == pytest.approx(USUAL_HOLES_PER_CM2 / 3)
    pen = read(device="pen", needles=12, passes=1, strokes_per_second=100, swept_width_mm=10, glide_mm_per_second=20)
    assert pen.done.needling is not None
    assert pen.done.needling.holes_per_cm2 == pytest.approx(600)
    assert read(needle_length_um=[500]).done.needling.depth_mm == 0.5  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"sessions": 0}, "invented-2020: sessions: 0"),
        ({"sessions": "three"}, "invented-2020: sessions: 'three'"),
        ({"sessions": True}, "invented-2020: sessions: True"),
        ({"interval_day": "(none)"}, "invented-2020: interval_day: no interval"),
        ({"interval_day": -28}, "invented-2020: interval_day: -28"),
        ({"session_day": [0, 28]}, "invented-2020: session_day: 2 days for 3 sessions"),
        ({"session_day": [0, 56, 28]}, "invented-2020: session_day: [0, 56, 28]"),
        ({"setting": "burn"}, "invented-2020: setting: 'burn'"),
        ({"setting": "wound"}, "invented-2020: setting: a wound that has sessions"),
        ({"sessions": "(none)", "interval_day": "(none)"}, "invented-2020: sessions: neither sessions nor a wound"),
        ({"biopsy_day": "(none)"}, "invented-2020: collagen_change_percent: 1 value, times: none"),
        ({"biopsy_day": -1}, "invented-2020: biopsy_day: -1"),
        ({"biopsy_day": [30, 90]}, "invented-2020: collagen_change_percent: 1 value, times: 2 in `biopsy_day`"),
        ({"collagen_change_percent": float("nan")}, "invented-2020: collagen_change_percent: nan"),
        ({"collagen_change_percent": True}, "invented-2020: collagen_change_percent: True"),
        ({"collagen_change_percent": -120}, "invented-2020: collagen_change_percent: -120"),
        ({"collagen_change_percent": []}, "invented-2020: collagen_change_percent: 0 values, times: 1 in `biopsy_day`"),
        ({"type_III_percent_before": 0}, "invented-2020: type_iii_percent, before: 0"),
        ({"n": 0}, "invented-2020: n: 0"),
        ({"depth_mm": [0.5, 1.5]}, "invented-2020: depth_mm: [0.5, 1.5]"),
        ({"biopsy_day": 1e9}, "invented-2020: biopsy_day: 1000000000.0"),
        ({"interval_day": 1e9}, "invented-2020: interval_day: 1000000000.0"),
        ({"interval_day": 1e-9}, "invented-2020: interval_day: 1e-09"),
        ({"collagen_change_percent": 10**400}, "invented-2020: collagen_change_percent: 1000000"),
        ({"collagen_ratio_day9999999": 1}, "invented-2020: collagen_ratio_day9999999: a time in the key beyond"),
        ({"passes": "many"}, "invented-2020: passes: 'many'"),
        ({"sd_used": -1}, "invented-2020: sd_used: -1"),
    ],
)
def test_what_cannot_be_is_refused_with_entry_and_key(changes: dict[str, Any], found: str) -> None:
    assert any(one.startswith(found) for one in refused(entry(**changes)))


@pytest.mark.parametrize("given", [None, 3, "text", [], {}, {"entries": {}}, {"entries": []}, [3]])
def test_what_is_no_list_of_entries_is_refused(given: Any) -> None:
    assert refused(given)


def test_all_faults_are_told_at_once_and_an_id_stands_once() -> None:
    found = refused([entry(n=-1), entry(interval_day=0)])
    assert found == [
        "invented-2020: n: -1",
        "invented-2020: id: stands twice",
        "invented-2020: interval_day: 0",
    ]


def compared(given: Any, draws: int = 200, seed: int = 1) -> Validation:
    return validate(given, biology(), seed, draws)


def test_the_same_seed_gives_the_same_answer_whatever_stands_beside_an_entry() -> None:
    alone, beside = compared(entry()), compared([entry(WOUND), entry()])
    assert alone.compared == beside.compared[-len(alone.compared) :]
    assert compared(entry(), seed=2).compared != alone.compared


def test_a_value_near_the_median_lies_inside_and_one_far_off_does_not() -> None:
    first = compared(entry()).compared[0]
    assert first.median is not None
    near = compared(entry(collagen_change_percent=100 * (first.median - 1))).compared[0]
    far = compared(entry(collagen_change_percent=900)).compared[0]
    assert (near.inside, far.inside) == (True, False)
    assert (near.low, near.high) == (far.low, far.high)


def test_the_direction_of_a_fall_is_right_where_that_of_a_rise_is_wrong() -> None:
    rise, fall = (compared(entry(collagen_change_percent=x)).compared[0].agrees for x in (20, -20))
    assert rise is not None
    assert fall is not None
    assert rise + fall == pytest.approx(1)
    assert rise > 0.6


def test_more_people_narrow_a_band_and_errors_of_reading_widen_it() -> None:
    def width(**changes: Any) -> float:
        given = {"time_hour": 36, "TEWL_ratio": 1.3, "biopsy_day": "(none)", "collagen_change_percent": "(none)",
                 "type_III_percent_before": "(none)", "type_III_percent_after": "(none)"} | changes  # fmt: skip
        one = compared(entry(**given), 1000).compared[0]
        assert one.low is not None
        assert one.high is not None
        return one.high - one.low

    assert width(n=20) < width(n=1)
    assert width(n=20) < width(n=20, sd_used=0.2)


def test_a_shallow_needle_is_predicted_to_do_less() -> None:
    deep, shallow = (compared(entry(depth_mm=depth)).compared[0].median for depth in (2.0, 0.25))
    assert deep is not None
    assert shallow is not None
    assert deep > shallow


def test_the_start_of_a_wound_is_at_its_peak_where_the_figures_are() -> None:
    found = {one.reported.day: one for one in compared(entry(WOUND)).compared}
    assert found[1].median is not None
    assert found[7].median is not None
    assert found[1].median > 0.6 > found[7].median


def test_a_share_of_nothing_is_not_compared() -> None:
    given = entry(sessions="(none)", interval_day="(none)", session_day=[5], time_day=[1, 9], erythema_ratio=[1.2, 1.1])
    found = compared(given).compared[-1]
    assert (found.median, found.inside) == (None, None)


def test_a_session_beyond_any_dose_and_many_sessions_still_have_an_answer() -> None:
    for changes in ({"holes_per_cm2": 1e12}, {"depth_mm": 1e-5}, {"sessions": 50, "interval_hour": 1}):
        found = compared(entry(**({"interval_day": "(none)"} if "sessions" in changes else {}), **changes))
        assert found.failed == 0
        assert all(one.median is not None and np.isfinite(one.median) for one in found.compared)


def test_a_narrower_sample_narrows_every_prediction() -> None:
    whole, sample = biology(), from_posterior(biology())
    assert whole.posterior is not None
    first = {form: sample.parameters[sample.form == number][:1] for number, form in enumerate(sample.forms)}
    narrow = replace(whole, posterior=replace(whole.posterior, sample=as_file(first)))
    before, after = (validate(entry(), each).compared[0] for each in (whole, narrow))
    assert after.high - after.low < before.high - before.low


def test_the_pass_marks_are_those_that_were_set_before_looking() -> None:
    marks = {one.id: one.met for one in marks_of([0.9, 1.0], [True] * 8 + [False] * 2, 0.95)}
    assert marks == {"direction": True, "inside": True, "coverage": True, "ranking": True}
    marks = {one.id: one.met for one in marks_of([0.9, 0.89], [True] * 7 + [False] * 3, 0.89)}
    assert marks == {"direction": False, "inside": False, "coverage": False, "ranking": False}


def test_with_few_values_nobody_can_tell_whether_bands_are_too_wide() -> None:
    few, many = (next(m for m in marks_of([], [True] * count, 1) if m.id == "coverage") for count in (33, 34))
    assert (few.met, many.met) == (None, False)
    assert {one.met for one in marks_of([], [], 1.0)} == {None, True}


@pytest.mark.parametrize(
    ("key", "day"),
    [
        ("tewl_30min_percent_of_baseline", 30 / 1440),
        ("tewl_24h_percent_of_baseline", 1),
        ("tewl_24hr_percent_of_baseline", 1),
        ("collagen_change_percent_6wk", 42),
        ("collagen_change_percent_3mo", 91.2),
        ("collagen_change_percent_d90", 90),
        ("collagen_change_percent_1_year", 365.25),
        ("collagen_change_percent_1_month_after_last_session", 56 + 30.4),
    ],
)
def test_a_time_in_a_key_is_read_in_whatever_unit(key: str, day: float) -> None:
    found = read(biopsy_day="(none)", time_day=28, **{key: 130})
    assert next(one.day for one in found.reported if one.key == key) == pytest.approx(day, abs=1e-5)


def test_what_looks_like_a_time_and_is_none_is_named_and_not_compared() -> None:
    key = "collagen_change_percent_3fn"
    _, left = read_series([entry(**{key: 20})])
    assert ("3fn" in next(one.why for one in left if one.key == key)) is True


@pytest.mark.parametrize("words", ["no increase", "no significant increase", "not increased", "never rose"])
def test_what_did_not_rise_is_no_rise(words: str) -> None:
    found = read(collagen_change_percent="(none)", collagen=words)
    assert next(one.change for one in found.reported if one.key == "collagen") == 0


@pytest.mark.parametrize(
    ("p", "significant"),
    [
        ("ns", False),
        ("n.s.", False),
        ("0.4", False),
        ("> 0.05", False),
        ("< 0.05", True),
        ("p=0.01", True),
        (0.05, False),
    ],
)
def test_a_p_value_is_read_as_it_is_printed(p: Any, significant: bool) -> None:
    assert {one.significant for one in read(p=p).reported} == {significant}


def test_a_p_value_that_says_nothing_is_refused() -> None:
    with pytest.raises(HealingError, match="p: 'see text'"):
        read(p="see text")


@pytest.mark.parametrize("key", ["control_collagen_change_percent", "untreated_side_collagen_change_percent"])
def test_skin_that_was_not_needled_is_not_held_against_needled_skin(key: str) -> None:
    series, left = read_series([entry(**{key: 3})])
    assert key not in {one.key for one in series[0].reported}
    assert next(one.why for one in left if one.key == key) == "of people or places that were not needled"


def test_what_is_over_untreated_skin_is_still_compared() -> None:
    assert "collagen_ratio_to_control" in {one.key for one in read(collagen_ratio_to_control=1.2).reported}


def test_two_intervals_that_disagree_are_refused_and_two_words_for_one_are_not() -> None:
    with pytest.raises(HealingError, match="interval_week"):
        read(interval_week=2)
    assert read(interval_week=4).done.session_days == (0, 28, 56)


def test_the_depth_that_was_set_goes_before_the_length_of_the_needles() -> None:
    done = read(depth_mm=0.5, needle_length_um=1500).done
    assert done.needling is not None
    assert done.needling.depth_mm == 0.5
    assert any("`needle_length_um` 1.5 mm" in one for one in done.assumed)


def test_on_the_day_of_a_later_session_skin_is_looked_at_before_it() -> None:
    changes = {"biopsy_day": "(none)", "collagen_change_percent": "(none)", "type_III_percent_before": "(none)"}
    given = entry(**changes, type_III_percent_after="(none)", time_day=[27, 28], tewl_percent_of_baseline=[100, 100])
    day_before, same_day = compared(given).compared
    assert same_day.median == pytest.approx(day_before.median, abs=0.01)
    assert same_day.median < 1.05
