"""Reading answers: days that are no days, spans of days, whole numbers, and devices that are gone."""

from datetime import date
from typing import Any

import pytest

from needlewise.clinical.answers import Reader
from needlewise.clinical.birthdays import latest_birth
from needlewise.clinical.examples import failing_examples, run_example
from needlewise.clinical.spots import age_in_years
from needlewise.consultation import read_case
from needlewise.errors import CaseError
from needlewise.knowledge import Answer, Example, Kind, Protocol
from needlewise.verification.consultations import quiet_case, variations

LEAP_DAY = date(2028, 2, 29)
DAYS_WANTED = 'a day such as 2026-03-14, or "2026-03" or "2026" where that is all one knows'


def answer(protocol: Protocol, on: date, fact: str, value: Any) -> Answer:
    reader = Reader(protocol, on)
    (found,) = reader.read({fact: value})[fact]
    assert reader.problems == []
    return found


def problem(protocol: Protocol, on: date, fact: str, value: Any) -> tuple[str, str]:
    reader = Reader(protocol, on)
    reader.read({fact: value})
    (found,) = reader.problems
    return found.found, found.expected


@pytest.mark.parametrize(
    "written",
    [
        "2026-00",
        "2026-13",
        "2026-02-00",
        "2026-00-10",
        "2026-02-30",
        "0000",
        "2026-3",
        "2026-03-14\n",
        "２０２６",
        "2026-",
    ],
)
def test_what_is_no_day_month_or_year_is_a_problem(protocol: Protocol, today: date, written: str) -> None:
    for value in (written, {"on": written}):
        found, expected = problem(protocol, today, "filler", value)
        assert found == (f"`{written}`" if written.isprintable() else ascii(written))
        assert expected == DAYS_WANTED


@pytest.mark.parametrize(
    ("written", "earliest", "latest"),
    [
        ("2026-03", date(2026, 3, 1), date(2026, 3, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        # What has happened cannot lie after today.
        ("2026-11", date(2026, 11, 1), date(2026, 11, 24)),
        ("2026", date(2026, 1, 1), date(2026, 11, 24)),
        ("2026-11-20", None, date(2026, 11, 20)),
        (date(2026, 11, 20), None, date(2026, 11, 20)),
    ],
)
def test_an_imprecise_day_keeps_its_earliest_and_its_latest(
    protocol: Protocol, today: date, written: Any, earliest: date | None, latest: date
) -> None:
    for value in (written, {"on": written}):
        found = answer(protocol, today, "filler", value)
        assert (found.earliest, found.on) == (earliest, latest)
    stopped = answer(protocol, today, "isotretinoin", {"status": "stopped", "on": written})
    assert (stopped.earliest, stopped.on) == (earliest, latest)


@pytest.mark.parametrize(
    ("written", "earliest", "latest", "said"),
    [
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), "2026-12-01 to 2026-12-31"),
        ("2027", date(2027, 1, 1), date(2027, 12, 31), "2027-01-01 to 2027-12-31"),
        # Part of the span is over; what is told is the rest of it.
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026-11-24 to 2026-12-31"),
        ("2026-12-19", None, date(2026, 12, 19), "2026-12-19"),
    ],
)
def test_an_event_ahead_may_fall_on_any_day_of_its_span(
    protocol: Protocol, today: date, written: str, earliest: date | None, latest: date, said: str
) -> None:
    found = answer(protocol, today, "social-event", written)
    assert (found.earliest, found.on, found.said) == (earliest, latest, said)


def test_a_month_that_begins_after_today_is_no_month_of_the_past(protocol: Protocol, today: date) -> None:
    assert problem(protocol, today, "filler", "2026-12") == (
        "2026-12 lies after the day of the consultation, 2026-11-24",
        "a day in the past",
    )


def test_what_is_counted_comes_in_whole_numbers(protocol: Protocol, today: date) -> None:
    assert problem(protocol, today, "sessions-done", 2.5) == (
        "2.5 is a fraction",
        "a whole number from 0 to 20 sessions",
    )
    assert problem(protocol, today, "change-since-start", {"value": 1.5})[0] == "1.5 is a fraction"
    assert answer(protocol, today, "sessions-done", 2.0).status == 2
    assert answer(protocol, today, "skin-thickness", 1.25).status == 1.25


def test_every_measure_that_counts_is_whole_and_no_other(protocol: Protocol) -> None:
    """Sessions, grades and years are counted; millimetres, kilograms and percents are not."""
    whole = {fact.id for fact in protocol.facts.values() if fact.whole}
    counted = {
        f.id for f in protocol.facts.values() if f.kind is Kind.MEASURE and f.unit in ("sessions", "grade", "years")
    }
    assert whole == counted == {"sessions-done", "change-since-start", "age-years"}


def test_a_device_that_the_protocol_does_not_have_is_told_with_the_nearest_and_the_list(
    protocol: Protocol, today: date
) -> None:
    concern = {"indication": "atrophic-acne-scars", "zones": ["cheek"]}
    for clinic, where in (
        ({"devices": ["skinpen"]}, "clinic.devices"),
        ({"device": [{"id": "skinpen"}]}, "clinic.device[0].id"),
    ):
        with pytest.raises(CaseError) as caught:
            read_case({"concern": [concern], "clinic": clinic}, protocol, today)
        (found,) = caught.value.problems
        assert found.where == where
        assert found.found == "unknown device `skinpen`: the protocol has no such device, or no longer"
        assert found.expected.endswith("; the nearest in name is `skinpen_precision`")
        assert found.hint == "`needlewise protocol list devices` lists them all"


@pytest.mark.parametrize("on", [LEAP_DAY, date(2027, 2, 28), date(2027, 3, 1), date(2026, 11, 24)])
@pytest.mark.parametrize("years", [0, 1, 4, 17, 18, 28, 60, 100])
def test_somebody_born_on_the_latest_day_is_just_old_enough(on: date, years: int) -> None:
    born = latest_birth(on, years)
    assert age_in_years(born, on) == years
    assert age_in_years(date.fromordinal(born.toordinal() + 1), on) == years - 1


def test_worked_examples_run_on_a_leap_day(protocol: Protocol) -> None:
    assert list(failing_examples(protocol, LEAP_DAY)) == []
    example = Example(name="just 18", given={"age-years": 18}, then="silent")
    assert run_example(protocol.rules["under-18"], example, protocol, LEAP_DAY)[0] == "silent"


def test_cases_to_check_can_be_made_on_a_leap_day(protocol: Protocol) -> None:
    made = dict(variations(protocol, LEAP_DAY))
    assert made["aged 18"]["facts"]["birth-date"] == date(2010, 2, 28)
    read_case(made["aged 17"], protocol, LEAP_DAY)
    assert quiet_case(protocol, LEAP_DAY)
