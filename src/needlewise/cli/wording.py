"""How days, places and marks are said on a page of text."""

from collections.abc import Iterable
from datetime import date

from needlewise.knowledge import Basis, Mark, Origin, Protocol

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS_PER_WEEK, _HOURS_PER_DAY = 7, 24
_ORIGINS = {
    Origin.READ: "read",
    Origin.CHOSEN: "our proposal",
    Origin.COMPUTED: "our proposal, computed",
    Origin.MEMORY: "our proposal, from memory",
}
_BASES = {
    Basis.LABEL: "on a device label",
    Basis.REGULATOR: "on a regulator",
    Basis.GUIDELINE: "on a guideline",
    Basis.TRIAL: "on a trial",
    Basis.REVIEW: "on a review",
    Basis.CLINIC_PRACTICE: "clinic habit, no study read",
    Basis.NONE: "no source",
}


def away(day: date, on: date) -> str:
    """How far a day is from another: today, tomorrow, in 12 days, 3 days ago."""
    days = (day - on).days
    if days in (0, 1):
        return ("today", "tomorrow")[days]
    return f"in {days} days" if days > 0 else f"{-days} day{'' if days == -1 else 's'} ago"


def short_day(day: date, on: date) -> str:
    """Tue 2026-12-22 (in 28 days). Names stand here, because those of the system change with its language."""
    return f"{_WEEKDAYS[day.weekday()][:3]} {day.isoformat()} ({away(day, on)})"


def long_day(day: date, on: date) -> str:
    """Tuesday 22 December 2026 (in 28 days)."""
    return f"{_WEEKDAYS[day.weekday()]} {plain_day(day)} ({away(day, on)})"


def plain_day(day: date) -> str:
    """22 December 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def day_range(least: int, most: int) -> str:
    """4 to 6 weeks, 20 to 28 days, 4 weeks."""
    if least == most:
        return day_span(most)
    if least % _DAYS_PER_WEEK == 0 and most % _DAYS_PER_WEEK == 0:
        return f"{least // _DAYS_PER_WEEK} to {plural(most // _DAYS_PER_WEEK, 'week')}"
    return f"{least} to {plural(most, 'day')}"


def day_span(days: int) -> str:
    """4 weeks, 20 days, 1 day."""
    return plural(days // _DAYS_PER_WEEK, "week") if days and days % _DAYS_PER_WEEK == 0 else plural(days, "day")


def hours_span(hours: int) -> str:
    """8 hours, 3 days, 2 weeks."""
    return day_span(hours // _HOURS_PER_DAY) if hours and hours % _HOURS_PER_DAY == 0 else plural(hours, "hour")


def places_in_words(places: Iterable[str], protocol: Protocol) -> str:
    """Labels of places, both sides of a zone in one."""
    sides: dict[str, list[str]] = {}
    for name in places:
        sides.setdefault(protocol.places[name].zone.id, []).append(name)
    return "; ".join(_zone_in_words(zone, names, protocol) for zone, names in sides.items())


def _zone_in_words(zone: str, names: list[str], protocol: Protocol) -> str:
    if len(names) > 1:
        return f"{protocol.zones[zone].label}, both sides"
    return protocol.places[names[0]].label


def mark_in_words(mark: Mark) -> str:
    """How we came by a value, and what stands behind it."""
    basis = _BASES[mark.basis]
    cites = "; ".join(f"{cite.id} ({cite.place})" if cite.place else cite.id for cite in mark.sources)
    return f"{_ORIGINS[mark.origin]}, {basis}{f': {cites}' if cites else ''}"


def plural(count: int, one: str, many: str = "") -> str:
    """1 session, 2 sessions."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
