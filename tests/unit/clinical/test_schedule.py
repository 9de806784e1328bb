"""Dates: allowed weekdays, the shortest interval, the next session, and pauses that run together."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from needlewise.clinical.schedule import Spacing, least_interval_days, next_allowed, next_session
from needlewise.clinical.timeline import merged_pauses
from needlewise.knowledge import Limit, Protocol

MONDAY = date(2026, 11, 23)
ANY_DAY: frozenset[int] = frozenset()
TUESDAY, SATURDAY = 1, 5


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


@pytest.fixture
def interval(protocol: Protocol) -> Limit:
    return protocol.limits["H7"]


@pytest.mark.parametrize(
    ("weekdays", "ahead"),
    [((), 0), ((0,), 0), ((1,), 1), ((6,), 6), ((2, 4), 2), ((0, 1, 2, 3, 4, 5, 6), 0)],
)
def test_the_first_day_on_which_the_clinic_treats_is_that_day_or_the_next_of_its_weekdays(
    weekdays: tuple[int, ...], ahead: int
) -> None:
    assert next_allowed(MONDAY, frozenset(weekdays)) == after(ahead)


@pytest.mark.parametrize(
    ("place", "depth_mm", "days"),
    [
        ("scalp", 0.25, 14),
        ("scalp", 0.6, 14),
        ("scalp", 0.61, 28),
        ("scalp", 1.5, 28),
        ("forehead", 0.25, 28),
        ("forehead", 1.5, 28),
    ],
)
def test_only_the_scalp_at_a_shallow_depth_rests_for_a_shorter_time(
    protocol: Protocol, interval: Limit, place: str, depth_mm: float, days: int
) -> None:
    assert least_interval_days(interval, protocol.places[place], depth_mm) == days


def test_a_limit_without_an_interval_asks_for_no_rest(protocol: Protocol, interval: Limit) -> None:
    scalp = protocol.places["scalp"]
    assert least_interval_days(replace(interval, interval_days=None), scalp, 0.5) == 0


def test_a_limit_without_a_shallow_interval_asks_for_the_full_rest(protocol: Protocol, interval: Limit) -> None:
    scalp = protocol.places["scalp"]
    assert least_interval_days(replace(interval, shallow_interval_days=None), scalp, 0.5) == 28
    assert least_interval_days(replace(interval, shallow_depth_mm=None), scalp, 0.5) == 28


def test_the_longest_of_the_shortest_intervals_counts() -> None:
    spacings = [Spacing(28, 42), Spacing(35, 56)]
    assert next_session(MONDAY, spacings, 28, ANY_DAY) == (after(35), 0)


def test_the_rest_of_the_skin_counts_where_it_is_longer_than_every_interval() -> None:
    assert next_session(MONDAY, [Spacing(14, 21)], 28, ANY_DAY) == (after(28), 7)


def test_the_next_session_waits_for_a_weekday_of_the_clinic() -> None:
    assert next_session(MONDAY, [Spacing(28, 42)], 28, frozenset({SATURDAY})) == (after(33), 0)


def test_a_session_past_the_shortest_usual_maximum_says_by_how_many_days() -> None:
    spacings = [Spacing(28, 28), Spacing(28, 56)]
    assert next_session(MONDAY, spacings, 28, ANY_DAY) == (after(28), 0)
    assert next_session(MONDAY, spacings, 28, frozenset({TUESDAY})) == (after(29), 1)


def test_spacings_are_read_once_and_may_come_from_a_generator() -> None:
    assert next_session(MONDAY, (Spacing(days, 42) for days in (28, 30)), 0, ANY_DAY) == (after(30), 0)


def test_a_pause_runs_from_before_a_session_until_after_it() -> None:
    assert merged_pauses([MONDAY], days_before=7, days_after=5) == [(after(-7), after(5))]


def test_sessions_far_apart_keep_their_own_pauses() -> None:
    assert merged_pauses([MONDAY, after(28)], 7, 5) == [(after(-7), after(5)), (after(21), after(33))]


@pytest.mark.parametrize(("gap", "pauses"), [(11, 1), (12, 1), (13, 2)])
def test_pauses_that_touch_or_overlap_are_one(gap: int, pauses: int) -> None:
    # 7 days before and 5 after: the second pause starts on the day the first one ends when 12 days lie between.
    found = merged_pauses([MONDAY, after(gap)], 7, 5)
    assert len(found) == pauses
    assert (found[0][0], found[-1][1]) == (after(-7), after(gap + 5))


def test_the_order_in_which_sessions_are_named_makes_no_difference() -> None:
    assert merged_pauses([after(56), MONDAY, after(28)], 20, 10) == [(after(-20), after(66))]


def test_no_session_makes_no_pause() -> None:
    assert merged_pauses([], 7, 5) == []
