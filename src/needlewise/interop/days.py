"""Days in words, for every page, sheet and handout: the date, how far away it is, and how long a span lasts.

Names of months and weekdays stand here, because those of the system change with its language.
"""

import re
from collections.abc import Iterable
from datetime import date

DAYS_PER_WEEK, HOURS_PER_DAY = 7, 24
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WRITTEN = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_SHORT = 3


def plain_day(day: date) -> str:
    """22 December 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def brief_day(day: date) -> str:
    """22 Dec."""
    return f"{day.day} {month_name(day)}"


def dated_day(day: date) -> str:
    """Tue 22 Dec 2026."""
    return f"{weekday_name(day)[:_SHORT]} {brief_day(day)} {day.year}"


def weekday_name(day: date) -> str:
    """Tuesday."""
    return _WEEKDAYS[day.weekday()]


def month_name(day: date) -> str:
    """Dec."""
    return _MONTHS[day.month - 1][:_SHORT]


def away(day: date, on: date) -> str:
    """How far a day is from another: today, tomorrow, yesterday, in 12 days, 3 days ago."""
    days = (day - on).days
    if days in (-1, 0, 1):
        return {-1: "yesterday", 0: "today", 1: "tomorrow"}[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def long_day(day: date, on: date) -> str:
    """Tuesday 22 December 2026 (in 28 days)."""
    return f"{weekday_name(day)} {plain_day(day)} ({away(day, on)})"


def short_day(day: date, on: date) -> str:
    """Tue 2026-12-22 (in 28 days)."""
    return f"{weekday_name(day)[:_SHORT]} {day.isoformat()} ({away(day, on)})"


def day_words(day: date, on: date) -> dict[str, str]:
    """A day in every form that a template may want: `long` (Tuesday 8 December 2026), `plain` (8 December 2026),
    `daymonth` (8 December), `brief` (Tue 8 Dec), `dated` (Tue 8 Dec 2026), `short` (8 Dec), and `away` from the day
    `on` (in 14 days)."""
    weekday, short, plain = weekday_name(day), brief_day(day), plain_day(day)
    return {
        "long": f"{weekday} {plain}",
        "plain": plain,
        "daymonth": plain.removesuffix(f" {day.year}"),
        "brief": f"{weekday[:_SHORT]} {short}",
        "dated": dated_day(day),
        "short": short,
        "year": str(day.year),
        "weekday": weekday,
        "away": away(day, on),
        "iso": day.isoformat(),
    }


def window_in_words(start: date, end: date | None) -> list[str]:
    """Both ends of a window, briefly; the month once where it is the same: `1`, `15 Dec`."""
    first = brief_day(start)
    if end is None:
        return [first, ""]
    if end == start:
        return ["", first]
    same = (start.year, start.month) == (end.year, end.month)
    return [f"{start.day}" if same else first, brief_day(end)]


def day_range(least: int, most: int) -> str:
    """4 to 6 weeks, 20 to 28 days, 4 weeks; 10 days."""
    in_weeks = least % DAYS_PER_WEEK == most % DAYS_PER_WEEK == 0 and most > 0
    size, unit = (DAYS_PER_WEEK, "week") if in_weeks else (1, "day")
    return f"{span(least // size, most // size)} {unit}{'' if most == size else 's'}"


def day_span(days: int) -> str:
    """4 weeks, 20 days, 1 day."""
    return day_range(days, days)


def hours_span(hours: int) -> str:
    """8 hours, 3 days, 2 weeks."""
    if hours and hours % HOURS_PER_DAY == 0:
        return day_span(hours // HOURS_PER_DAY)
    return f"{hours:,} hour{'' if hours == 1 else 's'}"


def span(least: int, most: int) -> str:
    """`4` or `4 to 5`."""
    return f"{least}" if least == most else f"{least} to {most}"


def month_starts(first: date, last: date) -> list[tuple[date, str]]:
    """The first of every month after `first` up to `last`, with the short name of the month."""
    found: list[tuple[date, str]] = []
    year, month = first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == len(_MONTHS) else (year, month + 1)
        start = date(year, month, 1)
        if start > last:
            return found
        found.append((start, month_name(start)))


def with_spoken_dates(text: str) -> str:
    """A text whose dates, if written as 2026-12-08, are spoken: 8 December 2026."""
    return _WRITTEN.sub(_spoken, text)


def _spoken(found: re.Match[str]) -> str:
    try:
        return plain_day(date(*map(int, found.groups())))
    except ValueError:
        return found.group()


def listed(words: Iterable[object]) -> str:
    """Words in a row: `a`, `a and b`, `a, b and c`."""
    *most, last = map(str, words) or [""]
    return f"{', '.join(most)} and {last}" if most else last
