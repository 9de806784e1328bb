"""Laws of the dates: no session comes early or on a closed day; merged pauses are the pauses, told once."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from needlewise.clinical.schedule import Spacing, least_interval_days, next_allowed, next_session
from needlewise.clinical.timeline import merged_pauses
from needlewise.knowledge import Protocol

days = st.dates(date(2026, 1, 1), date(2040, 12, 31))
weekdays = st.frozensets(st.integers(0, 6))
spacings = st.lists(
    st.builds(lambda least, further: Spacing(least, least + further), st.integers(0, 90), st.integers(0, 60)),
    min_size=1,
    max_size=4,
)
sessions = st.lists(days, max_size=12) | st.lists(
    st.integers(0, 120).map(lambda ahead: date(2026, 6, 1) + timedelta(days=ahead)), max_size=12
)
margins = st.integers(0, 60)


def days_of(start: date, end: date) -> set[date]:
    """Every day of a pause; its end is the first day again."""
    return {start + timedelta(days=ahead) for ahead in range((end - start).days)}


@given(days, weekdays)
def test_the_first_allowed_day_is_the_first_one_allowed(day: date, open_on: frozenset[int]) -> None:
    found = next_allowed(day, open_on)
    assert 0 <= (found - day).days < 7
    assert not open_on or found.weekday() in open_on
    skipped = [day + timedelta(days=ahead) for ahead in range((found - day).days)]
    assert not any(one.weekday() in open_on for one in skipped)
    assert next_allowed(found, open_on) == found


@given(days, spacings, st.integers(0, 90), weekdays)
def test_the_next_session_is_never_early_never_on_a_closed_day_and_at_most_six_days_late(
    last: date, asked: list[Spacing], floor_days: int, open_on: frozenset[int]
) -> None:
    found, past = next_session(last, asked, floor_days, open_on)
    wait = (found - last).days
    earliest = max(floor_days, *(spacing.interval_min_days for spacing in asked))
    assert earliest <= wait < earliest + 7
    assert not open_on or found.weekday() in open_on
    assert past == max(0, *(wait - spacing.interval_max_days for spacing in asked))


@given(days, spacings, st.integers(0, 90), weekdays, st.integers(0, 60))
def test_another_concern_or_a_longer_rest_never_brings_the_next_session_forward(
    last: date, asked: list[Spacing], floor_days: int, open_on: frozenset[int], more: int
) -> None:
    before, _ = next_session(last, asked, floor_days, open_on)
    assert next_session(last, [*asked, Spacing(more, more + 14)], floor_days, open_on)[0] >= before
    assert next_session(last, asked, floor_days + more, open_on)[0] >= before


@given(st.data())
def test_needling_deeper_never_shortens_the_rest(protocol: Protocol, data: st.DataObject) -> None:
    place = protocol.places[data.draw(st.sampled_from(sorted(protocol.places)))]
    shallow, deep = sorted(data.draw(st.tuples(st.floats(0.1, 3), st.floats(0.1, 3))))
    limit = protocol.limits["H7"]
    assert least_interval_days(limit, place, shallow) <= least_interval_days(limit, place, deep)


@given(sessions, margins, margins)
def test_merged_pauses_are_in_order_and_apart(on: list[date], before: int, after: int) -> None:
    pauses = merged_pauses(on, before, after)
    assert all(start <= end for start, end in pauses)
    assert all(pauses[n][1] < pauses[n + 1][0] for n in range(len(pauses) - 1))


@given(sessions, margins, margins)
def test_every_session_keeps_the_whole_of_its_own_pause(on: list[date], before: int, after: int) -> None:
    pauses = merged_pauses(on, before, after)
    for day in on:
        own = day - timedelta(days=before), day + timedelta(days=after)
        assert sum(start <= own[0] and own[1] <= end for start, end in pauses) == 1


@given(sessions, margins, margins)
def test_no_day_is_paused_that_no_session_asks_for(on: list[date], before: int, after: int) -> None:
    merged = [days_of(*pause) for pause in merged_pauses(on, before, after)]
    asked = [days_of(day - timedelta(days=before), day + timedelta(days=after)) for day in on]
    assert set().union(*merged) == set().union(*asked)


@given(sessions, margins, margins)
def test_neither_order_nor_repetition_of_sessions_changes_the_pauses(on: list[date], before: int, after: int) -> None:
    assert merged_pauses([*reversed(on), *on], before, after) == merged_pauses(on, before, after)
