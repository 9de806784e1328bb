"""Planning: which depths, passes and days, for each wished place of each concern, with the reason behind each number.

Nothing is planned after `exclude`. After `ask`, `refer` or `defer` the plan is provisional and cannot be signed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from needlewise.clinical.adjuncts import AdjunctAdvice, adjunct_advice
from needlewise.clinical.appointments import appointments, together
from needlewise.clinical.courses import Course, courses_of, inside_of, rested_on
from needlewise.clinical.depth import thickness_warnings
from needlewise.clinical.devices import Bench
from needlewise.clinical.fields import LeftOut, fields_of
from needlewise.clinical.reasons import Reason
from needlewise.clinical.schedule import first_day
from needlewise.clinical.screening import SIGNABLE_UP_TO, Screening
from needlewise.clinical.spots import Survey, age_in_years
from needlewise.clinical.visits import SESSION, Shared, Visit, chosen_depth, override_for
from needlewise.knowledge import Mark, Place, Protocol, Verdict


@dataclass(frozen=True, slots=True)
class ConcernPlan:
    """One concern in the plan: how many sessions, how far apart, where, and what was left out.

    `sessions_done` are those behind the place that has had the fewest; `done_by_place` has them all.
    """

    concern: str
    label: str
    severity: str
    goal: str
    sessions_min: int
    sessions_max: int
    sessions_done: int
    done_by_place: tuple[tuple[str, int], ...]
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
        return tuple(visit for visit in self.visits if visit.kind == SESSION)


def plan(survey: Survey, screening: Screening, bench: Bench) -> Plan | None:
    """The plan of a screened case; None after `exclude`."""
    if screening.verdict is Verdict.EXCLUDE:
        return None
    made = _planned(survey, screening, bench, survey.on)
    born = survey.case.born
    last = max((visit.on for visit in made.visits if visit.zones), default=survey.on)
    if born is not None and _turns_old(born, survey.on, last, survey.protocol):
        # Skin thins with age: what holds from a birthday within the course on holds for all of it.
        made = _planned(survey, screening, bench, last)
    return made


def _turns_old(born: date, on: date, last: date, protocol: Protocol) -> bool:
    """Whether a birthday from which a modifier counts lies within the course."""
    ages = [row.from_age_years for row in protocol.modifiers.values() if row.from_age_years is not None]
    return any(age_in_years(born, on) < age <= age_in_years(born, last) for age in ages)


def _planned(survey: Survey, screening: Screening, bench: Bench, aged_on: date) -> Plan:
    """The plan for skin as old as on `aged_on`."""
    fields, left_out = fields_of(survey, screening, bench, aged_on)
    courses = courses_of(survey, fields, left_out)
    here = together(track for course in courses for track in course.tracks)
    warnings = list(_warnings(survey, here))
    visits: list[Visit] = []
    if here:
        first = _first_day(survey, screening, courses, warnings)
        visits = appointments(survey, courses, first, warnings)
    reaching = [reason for reason in screening.reasons if _reaches(reason, here)]
    lapsed = _lapses(reaching, visits, warnings)
    concerns = tuple(_concern_plans(survey, courses, left_out))
    adjuncts = adjunct_advice(survey.case, survey.protocol)
    warnings += [text for advice in adjuncts for text in (*advice.against, advice.caution) if text]
    waiting = tuple(_to_acknowledge(reaching))
    provisional = screening.verdict > SIGNABLE_UP_TO
    return Plan(
        signable=bool(visits) and not provisional and not waiting and not lapsed,
        provisional=provisional,
        draft=survey.protocol.edition.reviewed is None,
        to_acknowledge=waiting,
        concerns=concerns,
        visits=tuple(visits),
        adjuncts=adjuncts,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _first_day(survey: Survey, screening: Screening, courses: list[Course], warnings: list[str]) -> date:
    """The first day on which anything may be needled: wishes, deferrals, preparation, and the rest since last time."""
    tracks = [track for course in courses for track in course.tracks]
    planned = {track.place for track in tracks}
    wished = max(survey.on, survey.case.start_on or survey.on)
    zones = [zone for zone in screening.zones if zone.place in planned]
    waits = [day for zone in zones for day in (zone.eligible_on, zone.ready_on) if day is not None]
    weekdays = survey.case.clinic.weekdays
    asked = first_day(wished, waits, weekdays)
    rests = [(rested, needled, days, track) for track in tracks for needled, rested, days in rested_on(track, survey)]
    first = first_day(wished, [*waits, *(rested for rested, *_ in rests)], weekdays)
    if first > asked:
        latest, needled, days, _ = max(rests, key=lambda one: one[0])
        holding = dict.fromkeys(track.field.place for rested, *_, track in rests if rested == latest)
        warnings.append(
            f"{_labels(holding)}: last needled on {needled.isoformat()}. It rests for {days} days, so the first visit "
            f"moves from {asked.isoformat()} to {first.isoformat()}."
        )
    return first


def _labels(places: Iterable[Place]) -> str:
    """The labels of places; two sides of a zone as one."""
    by_zone: dict[str, list[str]] = {}
    for place in places:
        by_zone.setdefault(place.zone.label, []).append(place.label)
    return "; ".join(named[0] if len(named) == 1 else f"{zone}, both sides" for zone, named in by_zone.items())


def _concern_plans(survey: Survey, courses: list[Course], left_out: list[LeftOut]) -> Iterator[ConcernPlan]:
    """What became of each concern: first those with something to come, then the others, so that none is lost from
    sight."""
    found = {course.concern.id: course for course in courses}
    concerns = survey.case.concerns
    for concern in sorted(concerns, key=lambda one: one.id not in found or not found[one.id].tracks):
        indication = survey.protocol.indications[concern.indication]
        course = found.get(concern.id)
        row = course.row if course else None
        yield ConcernPlan(
            concern.id,
            indication.label,
            concern.severity,
            concern.goal,
            row.sessions_min if row else 0,
            row.sessions_max if row else 0,
            course.done if course else 0,
            tuple(course.done_by_place.items()) if course else (),
            row.interval_min_days if row else 0,
            row.interval_max_days if row else 0,
            tuple(track.place for track in course.tracks) if course else (),
            tuple(out for out in left_out if out.concern == concern.id),
            row.mark if row else None,
            indication.scales,
            indication.adjuncts if course and course.tracks else (),
        )


def _reaches(reason: Reason, here: Iterable[str]) -> bool:
    """Whether a reason speaks of anything that is planned."""
    return any(_speaks_of(reason, place) for place in here)


def _speaks_of(reason: Reason, place: str) -> bool:
    return not reason.places or place in reason.places


def _to_acknowledge(reaching: list[Reason]) -> Iterator[str]:
    """The cautions that reach what is planned and that nobody has acknowledged yet."""
    cautions = [reason for reason in reaching if reason.verdict is Verdict.CAUTION and not reason.acknowledged]
    yield from dict.fromkeys(reason.rule for reason in cautions)


def _lapses(reaching: list[Reason], visits: list[Visit], warnings: list[str]) -> bool:
    """Whether a written word that the plan rests on has ended before the first needle where it speaks; where it ends
    later, before which visit it has to be renewed."""
    lapsed = False
    for reason in reaching:
        until = reason.clearance_until
        mine = [visit for visit in visits if any(_speaks_of(reason, zone.place) for zone in visit.zones)]
        late = next((visit for visit in mine if until is not None and visit.on > until), None)
        if until is not None and late is not None:
            lapsed = lapsed or late is mine[0]
            what = f"{late.label} {late.number}" if late.number else late.label
            warnings.append(
                f"{reason.title}: the written word of {reason.clearance} ends on {until.isoformat()}, before "
                f"{what.lower()} on {late.on.isoformat()}. It has to be renewed first."
            )
    return lapsed


def _warnings(survey: Survey, here: dict[str, Shared]) -> Iterator[str]:
    """What to beware of, once per zone."""
    places = survey.protocol.places
    planned = {place: places[place] for place in here}
    said: dict[tuple[str, str], list[Place]] = {}
    for place, one in here.items():
        # A stricter concern may leave before the one that goes deepest here.
        deepest_mm = max(*(field.range.ceiling_mm for field in one.fields), chosen_depth(one, survey) or 0.0)
        parts = inside_of(places[place], planned)
        texts = [*thickness_warnings(places[place], one.least.skin, deepest_mm), *_choice_warnings(one, survey)]
        if parts:
            names = ", ".join(part.zone.label if part.side == places[place].side else part.label for part in parts)
            texts.append(f"a part of it is planned apart, at its own depth, and is left out here: {names}.")
        for text in texts:
            said.setdefault((places[place].zone.label, text), []).append(places[place])
    for (_, text), named in said.items():
        yield f"{_labels(named)}: {text}"


def _choice_warnings(here: Shared, survey: Survey) -> Iterator[str]:
    """What became of a depth that the practitioner asked for."""
    override = override_for(here.place, survey.case.overrides)
    asked = survey.case.requested_mm.get(here.place)
    if override is not None and chosen_depth(here, survey) is None:
        yield (
            f"the override to {override.depth_mm:g} mm was refused. "
            f"The limit here is {here.limit_mm:g} mm, and no reason changes it."
        )
    if asked is not None and override is None and asked > here.ceiling_mm:
        yield (
            f"{asked:g} mm was asked for; the plan stays at the ceiling of {here.ceiling_mm:g} mm. "
            f"Above it, up to {here.limit_mm:g} mm, the practitioner gives a reason in writing."
        )
