"""Courses: how far each wished place is on its way, and what is left to do there.

A place keeps its own count: left may have had five sessions and right one. What has had all its sessions, and what
has nothing to keep up, is left out with its reason.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf

from needlewise.clinical.case import Concern
from needlewise.clinical.fields import Field, LeftOut
from needlewise.clinical.schedule import DAYS_PER_WEEK, INTERVAL_LIMIT, Spacing, least_interval_days
from needlewise.clinical.spots import Survey
from needlewise.clinical.visits import FINAL_REVIEW, MAINTENANCE, NEEDLED, needled_here, never_needled, sessions_done
from needlewise.knowledge import Indication, Place, SessionsRow


@dataclass(frozen=True, slots=True)
class Track:
    """One concern at one place on its way: its row of sessions, and how many are behind it."""

    field: Field
    row: SessionsRow
    done: int

    @property
    def place(self) -> str:
        return self.field.place.id

    @property
    def concern(self) -> str:
        return self.field.concern.id

    @property
    def remaining(self) -> int:
        return max(0, self.row.sessions_max - self.done)

    @property
    def needed(self) -> int:
        return max(0, self.row.sessions_min - self.done)

    @property
    def spacing(self) -> Spacing:
        return Spacing(self.row.interval_min_days, self.row.interval_max_days)


@dataclass(frozen=True, slots=True)
class Course:
    """A concern on its way: the places with sessions to come, and the sessions behind each place, those included that
    have had all of theirs."""

    concern: Concern
    row: SessionsRow
    indication: Indication
    tracks: tuple[Track, ...]
    done_by_place: Mapping[str, int]

    @property
    def done(self) -> int:
        """The sessions behind the place that has had the fewest of those that are to have more."""
        return min((track.done for track in self.tracks), default=max(self.done_by_place.values()))


def courses_of(survey: Survey, fields: list[Field], left_out: list[LeftOut]) -> list[Course]:
    """The courses of all concerns for which some place can be planned; what has nothing left joins `left_out`."""
    courses = []
    for concern in survey.case.concerns:
        mine = [field for field in fields if field.concern.id == concern.id]
        if mine:
            indication = survey.protocol.indications[concern.indication]
            row = _row(concern.severity, indication, survey)
            tracks = [Track(field, row, _done(field.place.id, survey)) for field in mine]
            over = {track.place: out for track in tracks if (out := _nothing_left(track, survey)) is not None}
            left_out.extend(over.values())
            to_come = tuple(track for track in tracks if track.place not in over)
            courses.append(Course(concern, row, indication, to_come, {track.place: track.done for track in tracks}))
    return courses


def _row(severity: str, indication: Indication, survey: Survey) -> SessionsRow:
    """The row of the severity; while that is not known, the one with the most sessions."""
    rows = survey.protocol.sessions
    if survey.case.visit == MAINTENANCE:
        return rows[MAINTENANCE]
    if severity:
        return rows[indication.sessions[severity]]
    return max((rows[name] for name in indication.sessions.values()), key=lambda row: row.sessions_max)


def _done(place: str, survey: Survey) -> int:
    return 0 if survey.case.visit == MAINTENANCE else sessions_done(place, survey)


def _nothing_left(track: Track, survey: Survey) -> LeftOut | None:
    """Why nothing more is planned at a place: its course is over, or there is nothing to keep up."""
    spot = survey.places[track.place]
    if survey.case.visit == MAINTENANCE:
        if never_needled(spot):
            why = "This place was never needled, so there is nothing to keep up."
            return LeftOut(track.concern, track.place, why, "Plan a first course instead.")
        return None
    if track.remaining:
        return None
    weeks = survey.protocol.visits[FINAL_REVIEW].weeks_after_last
    last = max((answer.on for answer in needled_here(spot) if answer.on is not None), default=None)
    when = " and ".join(f"{number}" for number in weeks)
    instead = f"Final reviews {when} weeks after the last session, before any more."
    if last is not None:
        days = " and ".join((last + timedelta(days=number * DAYS_PER_WEEK)).isoformat() for number in weeks)
        instead = f"Final reviews on {days}, {when} weeks after the last session, before any more."
    why = f"The course has had its {track.row.sessions_max} sessions."
    return LeftOut(track.concern, track.place, why, instead)


def rested_on(track: Track, survey: Survey) -> Iterator[tuple[date, date, int]]:
    """Each day on which the place, its parent or its children were needled, the day on which it has rested long
    enough since, and how many days that asks for."""
    limit = survey.protocol.limits[INTERVAL_LIMIT]
    for answer in survey.places[track.place].lookup(NEEDLED):
        if answer is not None and answer.on is not None:
            # A depth that nobody named may have been any: what this clinic's limit is today says nothing about it.
            depth_mm = max(answer.depth_mm or inf, track.field.range.start_mm)
            least = least_interval_days(limit, track.field.place, depth_mm)
            if survey.case.visit == MAINTENANCE or track.done:
                least = max(least, track.row.interval_min_days)
            yield answer.on, answer.on + timedelta(days=least), least


def inside_of(place: Place, others: Mapping[str, Place]) -> list[Place]:
    """The places among `others` that lie inside a place."""
    return [other for other in others.values() if place.id in other.within and other.id != place.id]
