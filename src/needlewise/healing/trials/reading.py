"""From the tables of a file to a virtual trial: every fault at once, each at its place.

A problem stands at the place as TOML names it: `arm[1].dose.depth_mm`.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from needlewise.errors import HealingError
from needlewise.healing.trials.doses import needling_of
from needlewise.healing.trials.histograms import BINS
from needlewise.healing.trials.trial import DAYS_PER_WEEK, LESS, MEAN, MORE, PEAK, Arm, Endpoint, Trial
from needlewise.healing.trials.values import Reader
from needlewise.knowledge import Biology

PEOPLE_PER_CHUNK = 4096
# Beyond these a number is a slip of the pen.
MOST_PEOPLE, LARGEST_CHUNK, MOST_CHUNKS = 1_000_000_000, 65_536, 100_000
MOST_ARMS, MOST_ENDPOINTS, MOST_SESSIONS = 50, 50, 200
LAST_DAY, OLDEST = 1095, 130
LARGEST_SEED = 2**63 - 1


def trial_of(tables: Mapping[str, Any], biology: Biology) -> Trial:
    """The trial that the tables of a file describe.

    Raises `HealingError` with every fault: what is missing, unknown, impossible, or overlaps.
    """
    at = Reader(tables)
    at.only("title", "seed", "people", "chunk", "forms", "ages", "arm", "endpoint", "course")
    seed, people = at.whole("seed", 0, LARGEST_SEED), at.whole("people", 1, MOST_PEOPLE)
    chunk = at.whole("chunk", 1, LARGEST_CHUNK, PEOPLE_PER_CHUNK)
    if people > chunk * MOST_CHUNKS:
        at.fault("chunk", f"{people:,} people in chunks of {chunk:,}", f"at most {MOST_CHUNKS:,} chunks", "larger ones")
    title = at.text("title")
    fitted = [one.id for one in biology.posterior.form] if biology.posterior else []
    forms = at.names("forms", "fitted form", fitted)
    ages = _ages(at)
    arms = _arms(at)
    endpoints = _endpoints(at)
    course, weeks = _course(at, endpoints)
    if at.problems:
        raise HealingError(at.problems)
    return Trial(
        title=title,
        seed=seed,
        people=people,
        chunk=chunk,
        arms=arms,
        endpoints=endpoints,
        forms=forms,
        ages=ages,
        course=course,
        weeks=weeks,
    )


def _ages(at: Reader) -> tuple[float, float] | None:
    found = at.numbers("ages", 0, OLDEST)
    if found is None:
        return None
    if len(found) != 2 or found[0] > found[1]:
        at.fault("ages", _told(found), "the youngest and the oldest: [30, 60]")
        return None
    return found[0], found[1]


def _arms(at: Reader) -> tuple[Arm, ...]:
    rows = at.rows("arm", MOST_ARMS, "at least one [[arm]]; the first is the one that others are compared with")
    return tuple(_arm(row) for row in rows)


def _arm(at: Reader) -> Arm:
    at.only("id", "name", "session_days", "sessions", "interval_days", "first_day", "dose", "untreated")
    name = at.own_id("arm")
    if at.truth("untreated"):
        for key in ("session_days", "sessions", "interval_days", "first_day", "dose"):
            if key in at.table:
                at.fault(key, "in an untreated arm", "no sessions and no dose", "remove it, or `untreated`")
        return Arm(name, at.text("name", name))
    days = _session_days(at)
    return Arm(name, at.text("name", name), days, needling_of(at.under("dose", "[arm.dose], what a session does")))


def _session_days(at: Reader) -> tuple[int, ...]:
    if "session_days" in at.table:
        beside = [key for key in ("sessions", "interval_days", "first_day") if key in at.table]
        if beside:
            found = f"beside {' and '.join(f'`{key}`' for key in beside)}"
            at.fault("session_days", found, "one or the other", "remove the one or the other")
        days = tuple(at.wholes("session_days", 0, LAST_DAY) or ())
        if not days and not at.has_fault("session_days"):
            hint = "for an arm without sessions write `untreated = true`"
            at.fault("session_days", "no session", "at least one day", hint)
        if not at.has_fault("session_days"):
            _check_order(at, days)
        return days
    if "sessions" not in at.table:
        hint = "or `untreated = true` for an arm without sessions"
        at.fault("session_days", "missing", "days such as [0, 28, 56], or `sessions` with `interval_days`", hint)
        return ()
    sessions, first = at.whole("sessions", 1, MOST_SESSIONS), at.whole("first_day", 0, LAST_DAY, 0)
    interval = at.whole("interval_days", 1, LAST_DAY, None if sessions > 1 else 1)
    last = first + (sessions - 1) * interval
    if last > LAST_DAY:
        at.fault("sessions", f"the last is on day {last:,}", f"within {LAST_DAY:,} days", "fewer, or nearer together")
    return tuple(range(first, last + 1, interval))[:MOST_SESSIONS]


def _check_order(at: Reader, days: tuple[int, ...]) -> None:
    if len(days) > MOST_SESSIONS:
        at.fault("session_days", f"{len(days):,} sessions", f"at most {MOST_SESSIONS}")
    for before, after in pairwise(days):
        if before == after:
            at.fault("session_days", f"two sessions on day {after}", "each day once", "visits may not overlap")
        elif after < before:
            at.fault("session_days", f"day {after} after day {before}", "days in their order")


def _endpoints(at: Reader) -> tuple[Endpoint, ...]:
    return tuple(_endpoint(row) for row in at.rows("endpoint", MOST_ENDPOINTS, "at least one [[endpoint]]"))


def _endpoint(at: Reader) -> Endpoint:
    at.only("id", "observable", "day", "at", "between_days", "better")
    name = at.own_id("endpoint")
    observable = at.name("observable", "observable", BINS)
    better = at.choice("better", (MORE, LESS))
    kind = at.choice("at", (PEAK, MEAN))
    if at.has_fault("at"):
        return Endpoint(name, observable)
    if not kind:
        if "between_days" in at.table:
            at.fault("between_days", "without `at`", f'`at = "{PEAK}"` or `at = "{MEAN}"`, or a `day` instead')
        return Endpoint(name, observable, at.whole("day", 0, LAST_DAY), better=better)
    return Endpoint(name, observable, None, kind, _between(at), better)


def _between(at: Reader) -> tuple[int, int] | None:
    """The days that a peak or a mean is taken of; None where there is a problem."""
    expected = "the first and the last day: [0, 28]"
    if "day" in at.table:
        at.fault("day", "beside `at`", "one or the other", f"`between_days`, {expected}")
        return None
    between = at.wholes("between_days", 0, LAST_DAY)
    if between is None:
        at.fault("between_days", "missing", expected)
    elif len(between) == 2 and between[0] <= between[1]:
        return between[0], between[1]
    elif not at.has_fault("between_days"):
        at.fault("between_days", _told(between), expected)
    return None


def _course(at: Reader, endpoints: tuple[Endpoint, ...]) -> tuple[tuple[str, ...], int]:
    """Which observables are told for every week, and for how many: by default those of the endpoints, till the last."""
    last = max((day for one in endpoints for day in one.days), default=0)
    weeks = max(1, -(-last // DAYS_PER_WEEK))
    of_endpoints = tuple(dict.fromkeys(one.observable for one in endpoints))
    if "course" not in at.table:
        return of_endpoints, weeks
    table = at.under("course", "[course]")
    table.only("observables", "weeks")
    names = table.names("observables", "observable", BINS) if "observables" in table.table else of_endpoints
    return names, table.whole("weeks", 1, LAST_DAY // DAYS_PER_WEEK, weeks)


def _told(values: tuple[float, ...] | tuple[int, ...]) -> str:
    return f"[{', '.join(f'{one:g}' for one in values)}]"
