"""Dates: the first day, the interval that counts, the weekdays of the clinic. Civil days only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from needlewise.knowledge import Limit, Place

DAYS_PER_WEEK = 7
# The limit that says how long a place rests.
INTERVAL_LIMIT = "H7"


def next_allowed(day: date, weekdays: frozenset[int]) -> date:
    """The first day at or after `day` on which the clinic treats; every day where no weekdays are named."""
    if not weekdays:
        return day
    return next(
        day + timedelta(days=ahead)
        for ahead in range(DAYS_PER_WEEK)
        if (day + timedelta(days=ahead)).weekday() in weekdays
    )


def first_day(wished: date, waits: Iterable[date], weekdays: frozenset[int]) -> date:
    """The first day on which the clinic treats that is neither before the day wished nor before the end of a wait."""
    return next_allowed(max(wished, *waits, wished), weekdays)


def least_interval_days(limit: Limit, place: Place, depth_mm: float) -> int:
    """The shortest interval at a place: shorter only for the shallow region at or below the shallow depth."""
    if limit.interval_days is None:
        return 0
    is_shallow = (
        limit.shallow_depth_mm is not None
        and limit.shallow_interval_days is not None
        and place.zone.region == limit.shallow_region
        and depth_mm <= limit.shallow_depth_mm
    )
    return limit.shallow_interval_days or 0 if is_shallow else limit.interval_days


@dataclass(frozen=True, slots=True)
class Spacing:
    """What a concern asks of the time between two sessions."""

    interval_min_days: int
    interval_max_days: int


def next_session(
    last: date, spacings: Iterable[Spacing], floor_days: int, weekdays: frozenset[int]
) -> tuple[date, int]:
    """The next session day: the longest minimum, then the first allowed day.

    Returns the day and by how many days it passes the shortest of the usual maxima (0: it does not).
    """
    spacings = list(spacings)
    wait = max(floor_days, *(spacing.interval_min_days for spacing in spacings))
    day = next_allowed(last + timedelta(days=wait), weekdays)
    usual = min(spacing.interval_max_days for spacing in spacings)
    return day, max(0, (day - last).days - usual)
