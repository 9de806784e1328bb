"""What a forest plot tells: every study, the numbers as a reader knows them, an axis that they fit on."""

import math

import pytest

from needlewise.evidence.effects import EffectKind
from needlewise.evidence.estimators import Method
from needlewise.evidence.pooling import ONE_STUDY, TOO_FEW_TO_PREDICT, Pool, pool
from needlewise.interop.charts.contents import Role, contents, weight_told
from tests.unit.interop.charts.pools import ALL, CHANGES, FORTY, LONG, ONE, RATIOS, SHARES, WIDE, effect, pool_of


@pytest.mark.parametrize("found", ALL)
def test_every_number_of_the_pool_stands_in_its_row_on_the_readers_scale(found: Pool) -> None:
    rows = contents(found).rows
    studies = [row for row in rows if row.role is Role.STUDY]
    for one, row in zip(found.effects, studies, strict=True):
        wanted = [found.as_shown(value) for value in (one.effect.value, one.low, one.high)]
        assert [row.value, row.low, row.high] == wanted
        assert row.people == str(one.effect.n)
    pooled = [(row.value, row.low, row.high) for row in rows if row.role is Role.POOLED]
    best = found.random
    assert pooled == ([tuple(map(found.as_shown, (best.value, best.low, best.high)))] if best else [])


@pytest.mark.parametrize("found", ALL)
def test_every_estimate_every_tick_and_no_effect_lie_on_the_axis(found: Pool) -> None:
    told = contents(found)
    axis = told.axis
    assert axis.low < axis.high
    assert 1 <= len(axis.ticks) <= 9
    assert len({label for _, label in axis.ticks}) == len(axis.ticks)
    values = [value for value, _ in axis.ticks]
    values += [row.value for row in told.rows if 0 < row.value < math.inf]
    values += [] if axis.no_effect is None else [axis.no_effect]
    assert all(-1e-9 <= axis.share(value) <= 1 + 1e-9 for value in values)


def test_one_study_has_no_pooled_row_and_says_that_it_is_no_pool() -> None:
    told = contents(ONE)
    assert [row.role for row in told.rows] == [Role.STUDY]
    assert told.rows[0].percent is None
    assert told.notes[0].lower() == f"{ONE_STUDY}."
    assert "no pool" in told.sentence


def test_two_studies_have_no_row_for_a_new_one_and_the_reason_is_told() -> None:
    told = contents(pool_of(EffectKind.MEAN_CHANGE, [-1.0, -0.8]))
    assert Role.NEW_STUDY not in [row.role for row in told.rows]
    assert any(note.lower() == f"{TOO_FEW_TO_PREDICT}." for note in told.notes)


def test_shares_are_told_in_percent_from_none_and_without_a_line_of_no_effect() -> None:
    told = contents(SHARES)
    assert told.rows[0].told[0] == f"{100 / (1 + math.exp(-1.2)):.0f} %"
    assert (told.axis.low, told.axis.no_effect, told.axis.is_log) == (0.0, None, False)
    assert told.axis.ticks[-1] == (1.0, "100 %")


def test_ratios_stand_on_a_log_axis_around_one() -> None:
    axis = contents(RATIOS).axis
    assert (axis.is_log, axis.no_effect) == (True, 1.0)
    assert (1.0, "1") in axis.ticks
    assert axis.share(2.0) - axis.share(1.0) == pytest.approx(axis.share(1.0) - axis.share(0.5))


def test_differences_of_shares_are_told_in_percentage_points() -> None:
    told = contents(LONG)
    assert told.rows[1].told[0] == "10"
    assert "percentage points" in told.axis.title


def test_an_enormous_interval_is_cut_on_the_axis_and_whole_in_its_figures() -> None:
    told = contents(WIDE)
    wide = next(row for row in told.rows if row.label == "Wide 2020")
    assert told.axis.cuts(wide) == (True, True)
    assert told.axis.high < 1000
    assert wide.high > 1e6
    assert wide.told[1:] == ("2.6e\u22127", "1.1e7")
    assert any("arrow" in note for note in told.notes)
    assert not any("arrow" in note for note in contents(RATIOS).notes)


def test_figures_of_a_column_have_the_same_places_and_a_true_minus() -> None:
    told = contents(CHANGES)
    assert {len(text.partition(".")[2]) for row in told.rows for text in row.told} == {2}
    assert told.rows[0].told[0] == "\u22121.50"
    # Rounded to nothing, it has no sign.
    assert contents(pool_of(EffectKind.MEAN_CHANGE, [-0.001])).rows[0].told[0] == "0.00"


def test_the_sentence_says_the_result_and_whether_it_includes_no_effect() -> None:
    told = contents(CHANGES)
    pooled = next(row for row in told.rows if row.role is Role.POOLED)
    assert all(text in told.sentence for text in (*pooled.told, "4 studies", "does not include no effect"))
    assert "interval includes no effect" in contents(pool_of(EffectKind.MEAN_CHANGE, [-1.0, 1.0, 0.1])).sentence
    assert "no effect" not in contents(SHARES).sentence


def test_weights_are_told_and_a_small_one_is_not_told_as_none() -> None:
    percents = [row.percent for row in contents(FORTY).rows if row.role is Role.STUDY]
    assert sum(one or 0.0 for one in percents) == pytest.approx(100)
    assert (weight_told(0.2), weight_told(0.5), weight_told(12.4)) == ("<1 %", "0 %", "12 %")


def test_a_fixed_pool_is_called_one_and_what_stays_outside_is_counted() -> None:
    fixed = pool([one.effect for one in CHANGES.effects], Method.FIXED)
    told = contents(fixed, left_out=2)
    assert "Pooled, fixed effect" in [row.label for row in told.rows]
    assert "2 more studies speak of this and cannot be pooled." in told.notes


def test_letters_that_do_not_print_leave_a_mark_and_no_trace() -> None:
    odd = pool([effect(1, 0.5, EffectKind.MEAN_CHANGE, label="A\x00B\u202eC\nD")])
    assert contents(odd).rows[0].label == "A?B?C D"
