"""When the values of a published series were measured, in days from the first session or the wound."""

import re
from collections.abc import Mapping
from typing import Any

from needlewise.errors import Problem
from needlewise.healing.series.doses import number_of
from needlewise.healing.series.keys import LAST_DAY, Meaning, days_in

_TIME = re.compile(
    r"(?:(time|biopsy|sample|measurement|assessment|follow_up)_)?(minute|hour|day|week|month|year)s?(_after_last(?:_session)?)?"
)
# What is seen under the microscope is of the day of the biopsy, where an entry has both.
OF_TISSUE = frozenset({"collagen", "type-i", "type-iii", "type-iii-share", "elastin", "epidermis"})


def times_in(
    entry: Mapping[str, Any], name: str, last_session: float, problems: list[Problem]
) -> Mapping[str, tuple[float, ...]]:
    """Every key of an entry that says when, with its days. Faults go to `problems`."""
    found = {}
    for key, value in entry.items():
        if (said := _TIME.fullmatch(str(key).lower())) is None:
            continue
        given = value if isinstance(value, list) else [value]
        start = last_session if said[3] else 0.0
        days = [round(start + days_in(number, said[2]), 6) for one in given if (number := number_of(one)) is not None]
        if len(days) != len(given) or not days or not all(0 <= day <= LAST_DAY for day in days):
            expected = "a number from 0 on, or a list of them, within a lifetime"
            problems.append(Problem(f"{name}: {key}", f"{value!r}", expected))
            continue
        found[str(key)] = tuple(days)
    return found


def times_of(
    meaning: Meaning, count: int, times: Mapping[str, tuple[float, ...]], last_session: float
) -> tuple[float, ...] | str:
    """The days of the values of a key, or what is wrong."""
    if meaning.days is not None:
        if count != 1:
            return f"{count} values for the one time in the key"
        start = last_session if meaning.after_last else 0.0
        days = tuple(round(start + day, 6) for day in meaning.days)
        return days if max(days) <= LAST_DAY else "a time in the key beyond a lifetime"
    fitting = {key: days for key, days in times.items() if len(days) == count}
    if not fitting:
        has = ", ".join(f"{len(days)} in `{key}`" for key, days in times.items())
        return f"{count} value{'s' if count != 1 else ''}, times: {has or 'none'}"
    of_tissue = meaning.observable in OF_TISSUE
    return min(fitting.items(), key=lambda pair: pair[0].lower().startswith("biopsy") != of_tissue)[1]
