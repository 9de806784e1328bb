"""Days in words: the date, and how far away it is from the day of the consultation."""

import re
from collections.abc import Iterable
from datetime import date

DAYS_PER_WEEK = 7
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WRITTEN = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")


def day_words(day: date, on: date) -> dict[str, str]:
    """A day as `long` (Tuesday 8 December 2026), `plain` (8 December 2026), `daymonth` (8 December), `brief` (Tue 8 Dec), `dated`
    (Tue 8 Dec 2026), `short` (8 Dec) and `away` from the day `on` (in 14 days). Written out here, because names from the system change with its language."""
    weekday, month = _WEEKDAYS[day.weekday()], _MONTHS[day.month - 1]
    short = f"{day.day} {month[:3]}"
    plain = f"{day.day} {month} {day.year}"
    return {
        "long": f"{weekday} {plain}",
        "plain": plain,
        "daymonth": f"{day.day} {month}",
        "brief": f"{weekday[:3]} {short}",
        "dated": f"{weekday[:3]} {short} {day.year}",
        "short": short,
        "year": str(day.year),
        "weekday": weekday,
        "away": away(day, on),
        "iso": day.isoformat(),
    }


def away(day: date, on: date) -> str:
    """How far a day is from another: today, tomorrow, in 12 days, 3 days ago."""
    days = (day - on).days
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    return f"in {days} days" if days > 0 else f"{-days} {'day' if days == -1 else 'days'} ago"


def window_in_words(start: date, end: date | None) -> list[str]:
    """Both ends of a window, briefly; the month once where it is the same: `1`, `15 Dec`."""
    first = f"{start.day} {_MONTHS[start.month - 1][:3]}"
    if end is None:
        return [first, ""]
    if end == start:
        return ["", first]
    same = (start.year, start.month) == (end.year, end.month)
    return [f"{start.day}" if same else first, f"{end.day} {_MONTHS[end.month - 1][:3]}"]


def days_in_words(least: int, most: int) -> str:
    """A span of days, in weeks where it comes out even: `4 to 6 weeks`, `10 days`."""
    size, unit = (DAYS_PER_WEEK, "week") if least % DAYS_PER_WEEK == most % DAYS_PER_WEEK == 0 else (1, "day")
    number = span(least // size, most // size)
    return f"{number} {unit}{'' if most == size else 's'}"


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
        found.append((start, _MONTHS[month - 1][:3]))


def with_spoken_dates(text: str) -> str:
    """A text whose dates, if written as 2026-12-08, are spoken: 8 December 2026."""
    return _WRITTEN.sub(_spoken, text)


def _spoken(found: re.Match[str]) -> str:
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return found.group()
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def listed(words: Iterable[object]) -> str:
    """Words in a row: `a`, `a and b`, `a, b and c`."""
    *most, last = map(str, words) or [""]
    return f"{', '.join(most)} and {last}" if most else last
