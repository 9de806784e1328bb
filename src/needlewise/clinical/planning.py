"""Planning: which depths, passes and days, for each wished place of each concern, with the reason behind each number.

Nothing is planned after `exclude`. After `ask`, `refer` or `defer` the plan is provisional and cannot be signed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf

from needlewise.clinical.adjuncts import AdjunctAdvice, adjunct_advice
from needlewise.clinical.devices import Bench
from needlewise.clinical.fields import Field, LeftOut, fields_of
from needlewise.clinical.schedule import DAYS_PER_WEEK, Spacing, least_interval_days, next_allowed, next_session
from needlewise.clinical.screening import SIGNABLE_UP_TO, Screening
from needlewise.clinical.spots import Survey
from needlewise.clinical.visits import Visit, VisitZone, override_for, sessions_done, visit_zone
from needlewise.knowledge import Indication, Mark, Scope, SessionsRow, Verdict

INTERVAL_LIMIT = "H7"
TEST_PATCH, SESSION, CHECK_IN = "test-patch", "session", "check-in"
REASSESSMENT, FINAL_REVIEW, MAINTENANCE = "reassessment", "final-review", "maintenance"


@dataclass(frozen=True, slots=True)
class ConcernPlan:
    """One concern in the plan: how many sessions, how far apart, where, and what was left out."""

    concern: str
    label: str
    severity: str
    goal: str
    sessions_min: int
    sessions_max: int
    sessions_done: int
    interval_min_days: int
    interval_max_days: int
    places: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    mark: Mark | None
    scales: tuple[str, ...]
    adjuncts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan. `signable`: nothing stands against signing it but the clinic's own review of the protocol (`draft`)."""

    signable: bool
    provisional: bool
    draft: bool
    to_acknowledge: tuple[str, ...]
    concerns: tuple[ConcernPlan, ...]
    visits: tuple[Visit, ...]
    adjuncts: tuple[AdjunctAdvice, ...]
    warnings: tuple[str, ...]

    @property
    def sessions(self) -> tuple[Visit, ...]:
        return tuple(visit for visit in self.visits if visit.kind == "session")


@dataclass(frozen=True, slots=True)
class _Course:
    """A concern on its way: its row, its fields, how many sessions are behind it."""

    row: SessionsRow
    indication: Indication
    fields: tuple[Field, ...]
    done: int

    @property
    def remaining(self) -> int:
        return max(0, self.row.sessions_max - self.done)

    @property
    def needed(self) -> int:
        return max(0, self.row.sessions_min - self.done)

    @property
    def spacing(self) -> Spacing:
        return Spacing(self.row.interval_min_days, self.row.interval_max_days)


def plan(survey: Survey, screening: Screening, bench: Bench) -> Plan | None:
    """The plan of a screened case; None after `exclude`."""
    if screening.verdict is Verdict.EXCLUDE:
        return None
    fields, left_out = fields_of(survey, screening, bench)
    courses = _courses(survey, fields, left_out)
    warnings = list(_warnings(survey, courses))
    first = _first_day(survey, screening, courses)
    visits = list(_visits(survey, courses, first, warnings)) if any(course.remaining for course in courses) else []
    concerns = tuple(_concern_plan(course, left_out) for course in courses) + tuple(
        _unplanned(survey, courses, left_out)
    )
    adjuncts = adjunct_advice(survey.case, survey.protocol)
    warnings += [text for advice in adjuncts for text in (*advice.against, advice.caution) if text]
    waiting = tuple(_to_acknowledge(screening, {field.place.id for field in fields}))
    provisional = screening.verdict > SIGNABLE_UP_TO
    return Plan(
        signable=bool(visits) and not provisional and not waiting,
        provisional=provisional,
        draft=survey.protocol.edition.reviewed is None,
        to_acknowledge=waiting,
        concerns=concerns,
        visits=tuple(visits),
        adjuncts=adjuncts,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _sessions_row(concern_severity: str, indication: Indication, survey: Survey) -> SessionsRow:
    """The row of the severity; while that is not known, the one with the most sessions."""
    rows = survey.protocol.sessions
    if concern_severity:
        return rows[indication.sessions[concern_severity]]
    return max((rows[name] for name in indication.sessions.values()), key=lambda row: row.sessions_max)


def _courses(survey: Survey, fields: list[Field], left_out: list[LeftOut]) -> list[_Course]:
    courses = []
    for concern in survey.case.concerns:
        mine = tuple(field for field in fields if field.concern.id == concern.id)
        if not mine:
            continue
        indication = survey.protocol.indications[concern.indication]
        if survey.case.visit == MAINTENANCE:
            course = _Course(survey.protocol.sessions[MAINTENANCE], indication, mine, 0)
        else:
            row = _sessions_row(concern.severity, indication, survey)
            course = _Course(row, indication, mine, max(sessions_done(field.place.id, survey) for field in mine))
        if course.remaining == 0:
            why = f"The course has had its {course.row.sessions_max} sessions."
            instead = "Final reviews 12 and 26 weeks after the last session, before any more."
            left_out.extend(LeftOut(concern.id, field.place.id, why, instead) for field in mine)
        else:
            courses.append(course)
    return courses


def _first_day(survey: Survey, screening: Screening, courses: list[_Course]) -> date:
    """The first day on which anything may be needled: wishes, deferrals, preparation, and the rest since last time."""
    days = [survey.on, survey.case.start_on or survey.on]
    planned = {field.place.id: field for course in courses for field in course.fields}
    for zone in screening.zones:
        if zone.place in planned:
            days += [day for day in (zone.eligible_on, zone.ready_on) if day is not None]
            days += _rested(survey, planned[zone.place], courses)
    return next_allowed(max(days), survey.case.clinic.weekdays)


def _rested(survey: Survey, field: Field, courses: list[_Course]) -> Iterator[date]:
    """The day on which the place, its parent and its children have rested long enough since they were last needled."""
    limit = survey.protocol.limits[INTERVAL_LIMIT]
    for answer in survey.places[field.place.id].lookup("previous-needling"):
        if answer is not None and answer.on is not None:
            # A depth that nobody named may have been any: what this clinic's limit is today says nothing about it.
            depth_mm = max(answer.depth_mm or inf, field.range.start_mm)
            yield answer.on + timedelta(days=least_interval_days(limit, field.place, depth_mm))
            if survey.case.visit == MAINTENANCE:
                yield answer.on + timedelta(days=min(course.row.interval_min_days for course in courses))


def _visits(survey: Survey, courses: list[_Course], first: date, warnings: list[str]) -> Iterator[Visit]:
    """All visits in order of day."""
    kinds = survey.protocol.visits
    visits: list[Visit] = []
    start = first
    patch_days = _test_patch_days(survey, courses)
    if patch_days is not None:
        zones = tuple(_zones_of(survey, courses, 0))
        visits.append(Visit(TEST_PATCH, kinds[TEST_PATCH].label, first, zones))
        start = next_allowed(first + timedelta(days=patch_days), survey.case.clinic.weekdays)
    sessions = list(_sessions(survey, courses, start, warnings))
    visits += sessions
    visits += _follow_up(survey, courses, sessions)
    return iter(sorted(visits, key=lambda visit: (visit.on, visit.kind != REASSESSMENT)))


def _test_patch_days(survey: Survey, courses: list[_Course]) -> int | None:
    """How long before the first session a test patch is due, if one is."""
    if survey.case.visit != "first":
        return None
    acting = [modifier for course in courses for field in course.fields for modifier in field.skin.modifiers]
    found = (modifier.test_patch_days_before for modifier in acting)
    return max((days for days in found if days is not None), default=None)


def _sessions(survey: Survey, courses: list[_Course], start: date, warnings: list[str]) -> Iterator[Visit]:
    """Shared sessions: each concern keeps its own count and leaves when done; intervals take the longest minimum."""
    label = survey.protocol.visits[SESSION].label
    day = start
    for number in range(max(course.remaining for course in courses)):
        active = [course for course in courses if number < course.remaining]
        zones = tuple(_zones_of(survey, active, number))
        if_needed = all(number >= course.needed for course in active)
        done = min(course.done for course in active)
        yield Visit(SESSION, label, day, zones, number + 1 + done, if_needed=if_needed)
        going_on = [course for course in active if number + 1 < course.remaining]
        if going_on:
            day, past = _next_day(survey, day, zones, going_on)
            if past:
                warnings.append(f"Session {number + 2 + done} comes {past} days after the usual longest interval.")


def _next_day(survey: Survey, day: date, zones: tuple[VisitZone, ...], going_on: list[_Course]) -> tuple[date, int]:
    """The day of the next session, and by how many days it passes the usual longest interval. Only what is treated
    again has to rest."""
    limit = survey.protocol.limits[INTERVAL_LIMIT]
    places = survey.protocol.places
    again = {field.place.id for course in going_on for field in course.fields}
    resting = [zone for zone in zones if not again.isdisjoint(places[zone.place].near)]
    floor_days = max(least_interval_days(limit, places[zone.place], zone.depth_mm) for zone in resting)
    return next_session(day, [course.spacing for course in going_on], floor_days, survey.case.clinic.weekdays)


def _zones_of(survey: Survey, courses: list[_Course], number: int) -> Iterator[VisitZone]:
    by_place: dict[str, list[Field]] = {}
    for course in courses:
        for field in course.fields:
            by_place.setdefault(field.place.id, []).append(field)
    for fields in by_place.values():
        yield visit_zone(fields, number, survey)


def _follow_up(survey: Survey, courses: list[_Course], sessions: list[Visit]) -> Iterator[Visit]:
    """Check-ins after each session, the look in the middle, the reviews at the end, and the session to keep it up."""
    kinds = survey.protocol.visits
    days = [visit.on for visit in sessions]
    for number, session in enumerate(sessions):
        following = days[number + 1] if number + 1 < len(days) else None
        for after in kinds[CHECK_IN].days_after_session:
            on = session.on + timedelta(days=after)
            if following is None or on < following:
                yield Visit(CHECK_IN, kinds[CHECK_IN].label, on, number=session.number, note=f"day {after}")
    weekdays = survey.case.clinic.weekdays
    for course in courses:
        number = course.row.reassess_after_session - course.done
        if 0 < number <= len(sessions):
            on = next_allowed(days[number - 1] + timedelta(days=course.row.interval_min_days), weekdays)
            on = days[number] if number < len(days) else on
            yield Visit(REASSESSMENT, kinds[REASSESSMENT].label, on, note=course.indication.label)
    last = days[-1]
    for weeks in kinds[FINAL_REVIEW].weeks_after_last:
        on = next_allowed(last + timedelta(days=weeks * DAYS_PER_WEEK), weekdays)
        yield Visit(FINAL_REVIEW, kinds[FINAL_REVIEW].label, on, note=f"{weeks} weeks after the last session")
    upkeep = kinds[MAINTENANCE]
    if upkeep.weeks_after_last_min is not None and upkeep.weeks_after_last_max is not None:
        on = next_allowed(last + timedelta(days=upkeep.weeks_after_last_min * DAYS_PER_WEEK), weekdays)
        until = last + timedelta(days=upkeep.weeks_after_last_max * DAYS_PER_WEEK)
        yield Visit(MAINTENANCE, upkeep.label, on, until=until, if_needed=True)


def _concern_plan(course: _Course, left_out: list[LeftOut]) -> ConcernPlan:
    concern = course.fields[0].concern
    return ConcernPlan(
        concern.id,
        course.indication.label,
        concern.severity,
        concern.goal,
        course.row.sessions_min,
        course.row.sessions_max,
        course.done,
        course.row.interval_min_days,
        course.row.interval_max_days,
        tuple(field.place.id for field in course.fields),
        tuple(out for out in left_out if out.concern == concern.id),
        course.row.mark,
        course.indication.scales,
        course.indication.adjuncts,
    )


def _unplanned(survey: Survey, courses: list[_Course], left_out: list[LeftOut]) -> Iterator[ConcernPlan]:
    """Concerns for which nothing is planned, so that none is lost from sight."""
    planned = {course.fields[0].concern.id for course in courses}
    for concern in survey.case.concerns:
        if concern.id not in planned:
            indication = survey.protocol.indications[concern.indication]
            mine = tuple(out for out in left_out if out.concern == concern.id)
            yield ConcernPlan(
                concern.id,
                indication.label,
                concern.severity,
                concern.goal,
                0,
                0,
                0,
                0,
                0,
                (),
                mine,
                None,
                indication.scales,
                (),
            )


def _to_acknowledge(screening: Screening, places: set[str]) -> Iterator[str]:
    """The cautions that reach what is planned and that nobody has acknowledged yet."""
    seen = set()
    for reason in screening.reasons:
        reaches = reason.scope is Scope.PERSON or not places.isdisjoint(reason.places)
        if reason.verdict is Verdict.CAUTION and reaches and not reason.acknowledged and reason.rule not in seen:
            seen.add(reason.rule)
            yield reason.rule


def _warnings(survey: Survey, courses: list[_Course]) -> Iterator[str]:
    """Said once per zone, of the concern that may go deepest there: a stricter one may leave before it."""
    by_place: dict[str, Field] = {}
    for course in courses:
        for field in course.fields:
            known = by_place.setdefault(field.place.id, field)
            if field.range.ceiling_mm > known.range.ceiling_mm:
                by_place[field.place.id] = field
    said: dict[tuple[str, str], list[str]] = {}
    for field in by_place.values():
        for text in (*field.range.warnings, *_choice_warnings(field, survey)):
            said.setdefault((field.place.zone.label, text), []).append(field.place.label)
    for (zone, text), labels in said.items():
        yield f"{labels[0] if len(labels) == 1 else f'{zone}, both sides'}: {text}"


def _choice_warnings(field: Field, survey: Survey) -> Iterator[str]:
    """What became of a depth that the practitioner asked for."""
    override = override_for(field.place.id, survey.case.overrides)
    asked = survey.case.requested_mm.get(field.place.id)
    ceiling_mm, limit_mm = field.range.ceiling_mm, field.range.limit_mm
    if override is not None and override.depth_mm > limit_mm:
        yield (
            f"the override to {override.depth_mm:g} mm was refused. "
            f"The limit here is {limit_mm:g} mm, and no reason changes it."
        )
    if asked is not None and override is None and asked > ceiling_mm:
        yield (
            f"{asked:g} mm was asked for; the plan stays at the ceiling of {ceiling_mm:g} mm. "
            f"Above it, up to {limit_mm:g} mm, the practitioner gives a reason in writing."
        )
