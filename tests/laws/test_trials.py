"""Laws of virtual trials: quantiles err by no more than they say, and an arm's figures are its own."""

import copy
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from needlewise.dose import Layer
from needlewise.errors import HealingError, Problem
from needlewise.healing.model import OBSERVABLES
from needlewise.healing.population import Needling
from needlewise.healing.task import Floats
from needlewise.healing.trials.histograms import NO_ENDS, Bins, Moments, ends_of
from needlewise.healing.trials.reading import LAST_DAY, trial_of
from needlewise.healing.trials.summary import LEVELS, Summary, summarised
from needlewise.healing.trials.trial import MEAN, PEAK, Arm, Endpoint, Trial, run_chunk
from tests.unit.cli.trial.trials import SMALL
from tests.unit.healing.people import biology

WIDE = Bins(-3.0, 5.0, 70)
WITHIN = arrays.arrays(
    np.float64, st.integers(1, 60), elements=st.floats(-3.0, 4.999, allow_nan=False, allow_subnormal=False)
)
LEVEL = st.lists(st.floats(0, 1), min_size=1, max_size=5)
USUAL = Needling(200, 0.25, 1.5, Layer(0.1, 1.0))
ARMS = (
    Arm("monthly", "monthly", (0, 28, 56), USUAL),
    Arm("shallow", "shallow", (0, 28, 56), replace(USUAL, depth_mm=0.5)),
    Arm("fortnightly", "fortnightly", (0, 14, 28), USUAL),
    Arm("nothing", "nothing"),
)
ENDPOINTS = (
    Endpoint("collagen", "collagen", 90),
    Endpoint("redness", "redness", at=PEAK, between_days=(0, 10)),
    Endpoint("growth", "growth-factor", at=MEAN, between_days=(0, 30)),
)


def trial(arms: tuple[Arm, ...], **more: object) -> Trial:
    asked: dict[str, object] = {"people": 150, "chunk": 64, "course": ("collagen",), "weeks": 14, **more}
    return Trial(title="a law", seed=5, arms=arms, endpoints=ENDPOINTS, **asked)  # type: ignore[arg-type]


def ran(asked: Trial) -> Summary:
    return summarised(asked, biology(), (run_chunk(asked, biology(), number) for number in range(asked.chunks)))


@given(WITHIN, LEVEL)
def test_a_quantile_errs_by_no_more_than_the_width_of_a_bin(values: Floats, levels: list[float]) -> None:
    found = np.array(WIDE.quantiles(WIDE.count_of(values), levels, ends_of(values)))
    assert np.all(np.abs(found - np.quantile(values, levels)) <= WIDE.width * (1 + 1e-9))


@given(st.lists(WITHIN, min_size=1, max_size=4))
def test_counts_of_parts_add_up_to_those_of_the_whole(parts: list[Floats]) -> None:
    whole, ends = np.concatenate(parts), NO_ENDS
    for part in parts:
        ends = ends_of(part, ends)
    assert np.array_equal(sum(WIDE.count_of(part) for part in parts), WIDE.count_of(whole))
    assert ends == ends_of(whole)


@given(st.lists(WITHIN, min_size=1, max_size=4))
def test_moments_of_parts_are_those_of_the_whole(parts: list[Floats]) -> None:
    whole, joined = np.concatenate(parts), Moments()
    for part in parts:
        joined = joined.joined(part)
    assert joined.number == len(whole)
    assert joined.mean == pytest.approx(whole.mean(), abs=1e-9)
    if len(whole) > 1:
        assert joined.sd == pytest.approx(whole.std(ddof=1), abs=1e-7)


@given(WITHIN, st.integers(1, 30), st.floats(5.0, 1e6), st.floats(-1e6, -3.001))
def test_a_quantile_beyond_the_bins_is_told_as_beyond(values: Floats, many: int, above: float, below: float) -> None:
    counts = WIDE.count_of(np.concatenate([values, [above] * many, [below] * many, [np.nan]]))
    assert counts.sum() == len(values) + 2 * many
    assert counts[0] == counts[-1] == many
    assert WIDE.quantiles(counts, (0, 1), (below, above)) == (-np.inf, np.inf)


def test_an_arm_differs_from_itself_by_nothing() -> None:
    found = ran(trial((ARMS[0], replace(ARMS[0], id="again"))))
    for pair in found.pairs:
        assert (pair.more, pair.less) == (0, 0)
        assert pair.difference.mean == pair.difference.sd == 0
        assert set(pair.difference.quantiles) == {0.0}
        assert pair.difference.count == 150


@settings(max_examples=4, deadline=None)
@given(st.permutations(ARMS))
def test_the_order_of_arms_changes_no_figure_of_an_arm(order: list[Arm]) -> None:
    whole = {one.arm.id: one for one in ran(trial(ARMS)).arms}
    found = ran(trial(tuple(order)))
    assert {one.arm.id: one for one in found.arms} == whole
    again = {(one.arm, one.day): one for one in ran(trial(ARMS)).course}
    assert {(one.arm, one.day): one for one in found.course} == again


def test_figures_are_those_of_all_people_at_once() -> None:
    asked = trial(ARMS)
    chunks = [run_chunk(asked, biology(), number) for number in range(asked.chunks)]
    values = np.concatenate([chunk.values for chunk in chunks])
    found = summarised(asked, biology(), chunks)
    assert values.shape == (150, len(ARMS), len(ENDPOINTS))
    for column, arm in enumerate(found.arms):
        for place, figures in enumerate(arm.figures.values()):
            mine = values[:, column, place]
            assert figures.mean == pytest.approx(mine.mean())
            assert figures.sd == pytest.approx(mine.std(ddof=1), abs=1e-12)
            assert np.abs(np.array(figures.quantiles) - np.quantile(mine, LEVELS)).max() <= figures.error
    for pair in found.pairs:
        column, place = [arm.id for arm in ARMS].index(pair.arm), [e.id for e in ENDPOINTS].index(pair.endpoint)
        apart = values[:, column, place] - values[:, 0, place]
        assert pair.difference.mean == pytest.approx(apart.mean())
        assert np.abs(np.array(pair.difference.quantiles) - np.quantile(apart, LEVELS)).max() <= pair.difference.error


def test_what_can_be_seen_of_usual_courses_lies_within_the_bins() -> None:
    endpoints = tuple(Endpoint(name, name, at=PEAK, between_days=(0, 120)) for name in OBSERVABLES)
    found = ran(replace(trial(ARMS), endpoints=endpoints, people=500, chunk=500))
    for arm in found.arms:
        for name, figures in arm.figures.items():
            assert figures.above == 0, name
            assert figures.below == 0, name


def test_ages_change_what_heals_and_not_who_is_drawn() -> None:
    young, old = (run_chunk(trial(ARMS, ages=(age, age)), biology(), 0) for age in (24.0, 80.0))
    assert np.array_equal(young.injured, old.injured)
    assert np.array_equal(young.form, old.form)
    assert young.values[:, 0, 0].mean() > old.values[:, 0, 0].mean()
    assert np.array_equal(young.values[:, 3, 0] > 0, old.values[:, 3, 0] > 0)


def test_where_no_age_is_given_people_have_ages_by_chance_that_are_told() -> None:
    unknown, ages = biology().unknown_age, run_chunk(trial(ARMS), biology(), 0).ages
    assert unknown.from_years <= ages.min() < ages.max() <= unknown.to_years
    assert len(np.unique(ages)) == len(ages)


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**25), 10**25),
    st.floats(),
    st.text(max_size=5),
    st.dates(),
    st.lists(st.one_of(st.integers(-5, 2000), st.floats(), st.text(max_size=2), st.booleans()), max_size=4),
    st.dictionaries(st.sampled_from(["id", "pen", "passes", "x"]), st.integers(-1, 3), max_size=2),
    st.lists(st.dictionaries(st.sampled_from(["id", "dose", "day"]), st.integers(-1, 3), max_size=2), max_size=2),
)
WHOLE = tomllib.loads(SMALL) | {
    "ages": [20, 50],
    "forms": ["braked"],
    "course": {"observables": ["redness"], "weeks": 9},
}
WHOLE["arm"][1]["dose"] = WHOLE["arm"][1]["dose"] | {
    "pen": {"needle_count": 12, "strokes_per_second": 100, "swept_width_mm": 10, "glide_mm_per_second": 20, "passes": 4}
}
del WHOLE["arm"][1]["dose"]["holes_per_cm2"]


def places(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in some tables."""
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in rows:
        yield (*place, key)
        yield from places(inner, (*place, key))


PLACES = list(places(WHOLE))


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=3))
def test_whatever_stands_in_a_trial_it_is_read_or_refused_with_places(harm: list[tuple[Any, Any]]) -> None:
    tables: Any = copy.deepcopy(WHOLE)
    for place, junk in harm:
        inner = tables
        try:
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] = junk
        except (KeyError, IndexError, TypeError):
            continue  # the place went with an earlier harm
    read, problems = read_or_problems(tables)
    assert all(one.where and one.found and one.expected for one in problems)
    assert len({(one.where, one.found) for one in problems}) == len(problems)
    if read is not None:
        assert read.arms
        assert read.endpoints
        assert all(one.days and max(one.days) <= LAST_DAY for one in read.endpoints)
        assert all(np.all(np.diff(arm.session_days) > 0) for arm in read.arms)


def read_or_problems(tables: Any) -> tuple[Trial | None, tuple[Problem, ...]]:
    try:
        return trial_of(tables, biology()), ()
    except HealingError as error:
        return None, error.problems


def test_the_tables_that_are_harmed_are_whole() -> None:
    assert trial_of(WHOLE, biology()).weeks == 9
