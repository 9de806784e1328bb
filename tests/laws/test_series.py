"""Whatever a file of published series holds, it is read or refused with its place; and nothing in it goes unmentioned."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from needlewise.errors import HealingError, Problem
from needlewise.healing.series.doses import SCHEDULE, SETTINGS
from needlewise.healing.series.keys import Form, meaning_of
from needlewise.healing.series.reading import ABOUT, SPREADS, Series, read_series
from needlewise.healing.series.times import times_in

LAW = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
KEYS = st.sampled_from(
    ["id", "n", "sessions", "interval_day", "session_day", "setting", "time_day", "time_hour", "biopsy_day", "depth_mm",
     "passes", "collagen_change_percent", "TEWL_ratio", "erythema_change_percent", "type_I_percent_before",
     "type_I_percent_after", "value_fraction_of_peak", "collagen_fraction_of_day28", "elastin", "sd_used", "p", "what",
     "TEWL", "observable", "significant", "strange_key", "collagen_change_percent_day_90"]
)  # fmt: skip
ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 400),
    st.just(10**400),
    st.floats(allow_nan=True),
    st.sampled_from(["wound", "needling", "increased", "x"]),
)
VALUES = st.one_of(
    ATOMS, st.lists(ATOMS, max_size=4), st.dictionaries(st.sampled_from(["a", "before", "after"]), ATOMS)
)
ENTRIES = st.dictionaries(KEYS, VALUES, max_size=8)


def read(found: Any) -> tuple[tuple[Series, ...], tuple[Problem, ...]]:
    """The series, or the problems; anything else that is raised fails the test."""
    try:
        return read_series(found)[0], ()
    except HealingError as error:
        return (), error.problems


@LAW
@given(st.one_of(ENTRIES, st.lists(ENTRIES, max_size=3), st.dictionaries(st.just("entries"), st.lists(VALUES)), VALUES))
def test_any_file_is_read_or_refused_with_its_place(found: Any) -> None:
    series, problems = read(found)
    assert all(one.where and one.found for one in problems)
    for one in series:
        assert all(value.day >= 0 and (value.value is None or value.value >= 0) for value in one.reported)


PLAUSIBLE = st.fixed_dictionaries(
    {"id": st.just("a"), "sessions": st.just(1), "time_day": st.just(90)},
    optional={
        key: st.one_of(st.none(), st.floats(0.1, 50), st.just("increased"))
        for key in ("collagen_change_percent", "TEWL_ratio", "type_I_percent_before", "type_I_percent_after", "elastin",
                    "strange_key", "TEWL_g", "epidermal_thickness_um_before", "epidermal_thickness_um")
    },
)  # fmt: skip


@LAW
@given(PLAUSIBLE)
def test_every_key_is_compared_or_named_or_part_of_the_frame(entry: dict[str, Any]) -> None:
    try:
        series, left = read_series(entry)
    except HealingError:
        return
    told = {one.key for one in series[0].reported} | {one.key for one in left}
    frame = ABOUT | set(SCHEDULE) | set(SETTINGS) | set(SPREADS) | set(times_in(entry, "a", 0, []))
    befores = {key for key in entry if meaning_of(key).form is Form.BEFORE}
    assert set(entry) <= told | frame | befores
