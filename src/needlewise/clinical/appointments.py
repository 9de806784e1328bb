"""Appointments: the dated visits of all courses together.

Concerns and places share their sessions; each keeps its own count and leaves when it has had enough. A place whose
skin is to be tried first joins once its test patch has been looked at.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from needlewise.clinical.courses import Course, Track
from needlewise.clinical.schedule import DAYS_PER_WEEK, INTERVAL_LIMIT, least_interval_days, next_allowed, next_session
from needlewise.clinical.spots import Survey
from needlewise.clinical.visits import (
    CHECK_IN,
    FINAL_REVIEW,
    MAINTENANCE,
    REASSESSMENT,
    SESSION,
    TEST_PATCH,
    Shared,
    Visit,
    VisitZone,
    patch_zone,
    sessions_done,
    shared,
    visit_zone,
)

# Where it is recorded how a patch was taken: of dark skin types, and where psoriasis or lichen planus is elsewhere.
PATCH_FACTS, SETTLED = ("test-patch", "test-spot"), "settled"


def appointments(survey: Survey, courses: list[Course], first: date, warnings: list[str]) -> list[Visit]:
    """All visits in order of day, the first not before `first`."""
    tracks = [track for course in courses for track in course.tracks]
    patch, joins = _test_patch(survey, tracks, first)
    sessions = list(_sessions(survey, tracks, first, joins, warnings))
    visits = [*patch, *sessions, *_check_ins(survey, sessions)]
    for course in courses:
        visits += _reassessments(survey, course, sessions)
    visits += _afterwards(survey, courses, sessions)
    return sorted(visits, key=lambda visit: (visit.on, visit.kind != REASSESSMENT))


def together(tracks: Iterable[Track]) -> dict[str, Shared]:
    """What is treated together at each place."""
    by_place: dict[str, list[Track]] = {}
    for track in tracks:
        by_place.setdefault(track.place, []).append(track)
    return {place: shared(track.field for track in here) for place, here in by_place.items()}


def _test_patch(survey: Survey, tracks: list[Track], first: date) -> tuple[list[Visit], dict[str, date]]:
    """The test patch, if one is due, and the first day of each place that waits for one: one patch in each region,
    at the first place wished."""
    weekdays = survey.case.clinic.weekdays
    joins: dict[str, date] = {}
    patched: dict[str, str] = {}
    for track in tracks:
        days = _patch_days(track)
        if days is None or _is_running(track, survey):
            continue
        seen_on = _patch_seen(track, survey)
        if seen_on is None:
            seen_on = first
            patched.setdefault(track.field.place.zone.region, track.place)
        joins[track.place] = next_allowed(seen_on + timedelta(days=days), weekdays)
    here = together(track for track in tracks if track.place in patched.values())
    zones = tuple(patch_zone(one) for one in here.values())
    label = survey.protocol.visits[TEST_PATCH].label
    return ([Visit(TEST_PATCH, label, first, zones)] if zones else []), joins


def _patch_days(track: Track) -> int | None:
    """How long before its first session this skin wants a test patch; None where it wants none."""
    days = (modifier.test_patch_days_before for modifier in track.field.skin.modifiers)
    return max((number for number in days if number is not None), default=None)


def _is_running(track: Track, survey: Survey) -> bool:
    """Whether the course here is running already: then its own sessions have shown what a patch would."""
    return survey.case.visit != "first" and sessions_done(track.place, survey) > 0


def _patch_seen(track: Track, survey: Survey) -> date | None:
    """The day of a test patch in this region that has settled without a mark."""
    spot = survey.places[track.place]
    known = [answer for fact in PATCH_FACTS for answer in spot.lookup(fact) if answer is not None]
    days = [answer.on for answer in known if answer.status == SETTLED and answer.on is not None]
    return max(days, default=None) if len(days) == len(known) else None


def _sessions(
    survey: Survey, tracks: list[Track], first: date, joins: dict[str, date], warnings: list[str]
) -> Iterator[Visit]:
    """Shared sessions. Intervals take the longest minimum of what is treated again."""
    label, weekdays = survey.protocol.visits[SESSION].label, survey.case.clinic.weekdays
    had = [0] * len(tracks)
    depths: dict[str, float] = {}
    day, number = first, min((track.done for track in tracks), default=0)
    while waiting := [at for at, track in enumerate(tracks) if had[at] < track.remaining]:
        here = [at for at in waiting if joins.get(tracks[at].place, day) <= day]
        if not here:
            day = next_allowed(min(joins[tracks[at].place] for at in waiting), weekdays)
            continue
        number += 1
        if_needed = all(had[at] >= tracks[at].needed for at in here)
        zones = tuple(_zones(survey, [(tracks[at], had[at]) for at in here], depths))
        yield Visit(SESSION, label, day, zones, number, if_needed=if_needed, note=_counts(survey, zones, number))
        depths.update((zone.place, zone.depth_mm) for zone in zones)
        for at in here:
            had[at] += 1
        again = [tracks[at] for at in here if had[at] < tracks[at].remaining]
        _let_rest(survey, day, zones, joins)
        if again:
            day, past = _next_day(survey, day, zones, again)
            if past:
                warnings.append(f"Session {number + 1} comes {past} days after the usual longest interval.")


def _let_rest(survey: Survey, day: date, zones: tuple[VisitZone, ...], joins: dict[str, date]) -> None:
    """A place that is yet to join rests too, where a part of it or what it is a part of was needled."""
    limit, places = survey.protocol.limits[INTERVAL_LIMIT], survey.protocol.places
    for place, on in joins.items():
        near = [zone for zone in zones if zone.place in places[place].near]
        days = max((least_interval_days(limit, places[zone.place], zone.depth_mm) for zone in near), default=0)
        joins[place] = max(on, day + timedelta(days=days)) if near and on > day else on


def _zones(survey: Survey, here: list[tuple[Track, int]], depths: dict[str, float]) -> Iterator[VisitZone]:
    count = {track.place: track.done + had + 1 for track, had in here}
    for place, one in together(track for track, _ in here).items():
        yield visit_zone(one, count[place], depths.get(place), survey)


def _counts(survey: Survey, zones: tuple[VisitZone, ...], number: int) -> str:
    """Which session it is at each place, where that is not the same for all."""
    if all(zone.session == number for zone in zones):
        return ""
    places = survey.protocol.places
    return "; ".join(f"{places[zone.place].label}: session {zone.session}" for zone in zones)


def _next_day(survey: Survey, day: date, zones: tuple[VisitZone, ...], again: list[Track]) -> tuple[date, int]:
    """The day of the next session, and by how many days it passes the usual longest interval. Only what is treated
    again has to rest."""
    limit = survey.protocol.limits[INTERVAL_LIMIT]
    places = survey.protocol.places
    to_rest = {track.place for track in again}
    resting = [zone for zone in zones if not to_rest.isdisjoint(places[zone.place].near)]
    floor_days = max(least_interval_days(limit, places[zone.place], zone.depth_mm) for zone in resting)
    return next_session(day, [track.spacing for track in again], floor_days, survey.case.clinic.weekdays)


def _check_ins(survey: Survey, sessions: list[Visit]) -> Iterator[Visit]:
    """Check-ins after each session, until one of its places is needled again."""
    kind = survey.protocol.visits[CHECK_IN]
    for number, session in enumerate(sessions):
        here = {zone.place for zone in session.zones}
        again = (one.on for one in sessions[number + 1 :] if any(zone.place in here for zone in one.zones))
        following = next(again, None)
        for after in kind.days_after_session:
            on = session.on + timedelta(days=after)
            if following is None or on < following:
                yield Visit(CHECK_IN, kind.label, on, number=session.number, note=f"day {after}")


def _sessions_of(course: Course, sessions: list[Visit]) -> list[tuple[Visit, set[int]]]:
    """The sessions in which a concern is treated, and which session of its own each place then has."""
    found = []
    for visit in sessions:
        counts = {zone.session for zone in visit.zones if course.concern.id in zone.concerns}
        if counts:
            found.append((visit, counts))
    return found


def _reassessments(survey: Survey, course: Course, sessions: list[Visit]) -> Iterator[Visit]:
    """The look in the middle: at the next visit once a place has had the number of sessions that its row names."""
    after = course.row.reassess_after_session
    mine = _sessions_of(course, sessions)
    days = set()
    if mine and any(track.done == after for track in course.tracks):
        days.add(mine[0][0].on)
    for number, (visit, counts) in enumerate(mine):
        if after in counts:
            on = visit.on + timedelta(days=course.row.interval_min_days)
            last = number + 1 == len(mine)
            days.add(next_allowed(on, survey.case.clinic.weekdays) if last else mine[number + 1][0].on)
    label = survey.protocol.visits[REASSESSMENT].label
    for on in sorted(days):
        yield Visit(REASSESSMENT, label, on, note=course.indication.label)


def _afterwards(survey: Survey, courses: list[Course], sessions: list[Visit]) -> Iterator[Visit]:
    """The reviews and the session to keep it up, counted from the last session of each concern."""
    ends: dict[date, list[str]] = {}
    for course in courses:
        mine = _sessions_of(course, sessions)
        if mine:
            ends.setdefault(mine[-1][0].on, []).append(course.indication.label)
    kinds, weekdays = survey.protocol.visits, survey.case.clinic.weekdays
    review, upkeep = kinds[FINAL_REVIEW], kinds[MAINTENANCE]
    for last, labels in ends.items():
        of = f": {', '.join(labels)}" if len(ends) > 1 else ""
        for weeks in review.weeks_after_last:
            on = next_allowed(last + timedelta(days=weeks * DAYS_PER_WEEK), weekdays)
            yield Visit(FINAL_REVIEW, review.label, on, note=f"{weeks} weeks after the last session{of}")
        if upkeep.weeks_after_last_min is not None and upkeep.weeks_after_last_max is not None:
            on = next_allowed(last + timedelta(days=upkeep.weeks_after_last_min * DAYS_PER_WEEK), weekdays)
            until = last + timedelta(days=upkeep.weeks_after_last_max * DAYS_PER_WEEK)
            yield Visit(MAINTENANCE, upkeep.label, on, until=until, if_needed=True, note=of.removeprefix(": "))
