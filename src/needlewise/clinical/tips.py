"""Tips: one thing worth knowing on each day of a person's own pathway, chosen from the plan's visits.

A tip is no instruction and never stands against one. It is given only where the timeline of this person bears it out:
a tip that repeats a row of care waits until that row is in force from morning to night, and a tip that would be wrong
beside a row is left out on every day which that row touches.

Where the plan may not be signed (ask, refer, defer, or a caution that nobody has acknowledged yet), only the tips
written for waiting are given, counted from the day of the consultation: they ask for nothing on the skin, speak of no
day, and do not look at the provisional visits. After an exclusion, and where nothing is planned, there are none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from needlewise.clinical.case import Case
from needlewise.clinical.planning import Plan
from needlewise.clinical.spots import Survey
from needlewise.clinical.timeline import Entry, Instruction
from needlewise.clinical.visits import FINAL_REVIEW, SESSION, TEST_PATCH
from needlewise.knowledge import Moment, Protocol, Tip, all_hold

_DAY = timedelta(days=1)
_FIRST_VISIT = "first"
# Which tips come first on a day: the skin is fresh, a visit is near, the rest.
_RANK = {
    Moment.WAITING: 0,
    Moment.AFTER: 0,
    Moment.REVIEW: 1,
    Moment.BEFORE: 2,
    Moment.BEFORE_FIRST: 2,
    Moment.BETWEEN: 3,
    Moment.AFTER_LAST: 3,
}


@dataclass(frozen=True, slots=True)
class Pathway:
    """What the days of a person are told from: the case, the day of its consultation, the plan and the timeline."""

    case: Case
    protocol: Protocol
    on: date
    plan: Plan | None
    timeline: tuple[Instruction, ...]

    @property
    def needled(self) -> tuple[date, ...]:
        """The days on which the skin is needled, in order."""
        visits = self.plan.visits if self.plan else ()
        return tuple(sorted({visit.on for visit in visits if visit.kind in (SESSION, TEST_PATCH)}))

    @property
    def is_running(self) -> bool:
        """Whether sessions of this course lie behind the person already."""
        concerns = self.plan.concerns if self.plan else ()
        return self.case.visit != _FIRST_VISIT or any(concern.sessions_done for concern in concerns)


def tip_of(pathway: Pathway, tips: Iterable[Tip], on: date) -> Tip | None:
    """The tip of a day; None where nothing applies. The same pathway and tips always give the same."""
    return tips_by_day(pathway, tips).get(on)


def tips_by_day(pathway: Pathway, tips: Iterable[Tip]) -> dict[date, Tip]:
    """The tip of each day that has one, from the day of the consultation to the last visit.

    Of those that hold on a day the one comes that was not given yet, or longest ago; then the one for the fewest days;
    then the first in the file. The tip of the day before never comes again.
    """
    if pathway.plan is None or not pathway.needled:
        return {}
    mine = [tip for tip in tips if _is_for(tip, pathway)]
    last_given: dict[str, date] = {}
    found: dict[date, Tip] = {}
    for on in _days(pathway, mine):
        holding = [tip for tip in mine if found.get(on - _DAY) is not tip and _holds(tip, pathway, on)]
        if holding:
            best = min(holding, key=lambda tip: (_RANK[tip.moment], last_given.get(tip.id, date.min), _length(tip)))
            last_given[best.id] = on
            found[on] = best
    return found


def _is_for(tip: Tip, pathway: Pathway) -> bool:
    """What does not hang on the day: whether the plan may be signed, and what the tip is narrowed to."""
    if pathway.plan is None or pathway.plan.signable is (tip.moment is Moment.WAITING):
        return False
    if tip.moment is Moment.BEFORE_FIRST and pathway.is_running:
        return False
    if not tip.when:
        return True
    survey = Survey(pathway.case, pathway.protocol, pathway.on, {})
    places = {zone.place for visit in pathway.plan.visits for zone in visit.zones}
    spots = (survey.places[place] for place in sorted(places))
    return any(all_hold(tip.when, spot.lookup, spot.inputs, pathway.on) is True for spot in spots)


def _days(pathway: Pathway, tips: Sequence[Tip]) -> Iterator[date]:
    """From the consultation to the last visit; while nothing may be signed, as long as a tip speaks of waiting."""
    on, last = pathway.on, pathway.on
    if pathway.plan is not None and pathway.plan.signable:
        last = max(visit.on for visit in pathway.plan.visits)
    elif tips:
        last += max(tip.days[1] for tip in tips) * _DAY
    while on <= last:
        yield on
        on += _DAY


def _length(tip: Tip) -> int:
    return tip.days[1] - tip.days[0]


def _holds(tip: Tip, pathway: Pathway, on: date) -> bool:
    first, last = tip.days
    if not any(first <= days <= last for days in _counted(tip.moment, pathway, on)):
        return False
    if any(_touches(entry, on) for entry in pathway.timeline if entry.row in tip.not_while):
        return False
    if not tip.rows:
        return True
    mine = [entry for entry in pathway.timeline if entry.row in tip.rows]
    # What was prescribed is asked about: words for what one bought oneself would be wrong beside that.
    asked = any(entry.kind is Entry.ASK and _touches(entry, on) for entry in mine)
    return not asked and any(_fills(entry, on) for entry in mine)


def _counted(moment: Moment, pathway: Pathway, on: date) -> list[int]:
    """The days that lie between a day and those a moment counts from: negative before, positive after."""
    needled = pathway.needled
    before = [day for day in needled if day <= on][-1:]
    after = [day for day in needled if day > on][:1]
    if moment is Moment.WAITING:
        return [(on - pathway.on).days]
    if moment is Moment.BEFORE_FIRST:
        return [(on - needled[0]).days]
    if moment is Moment.BEFORE:
        return [(on - day).days for day in after]
    if moment is Moment.REVIEW:
        visits = pathway.plan.visits if pathway.plan else ()
        return [(on - visit.on).days for visit in visits if visit.kind == FINAL_REVIEW]
    is_left_out = {Moment.BETWEEN: not after, Moment.AFTER_LAST: bool(after)}
    return [] if is_left_out.get(moment, False) else [(on - day).days for day in before]


def _fills(entry: Instruction, on: date) -> bool:
    """Whether an entry surely holds from morning to night. One that begins some hours after a session does so from
    the next day on, because nobody knows at what hour the session was."""
    if entry.not_known:
        return False
    start = entry.from_on + _DAY if entry.hours_from else entry.from_on
    return start <= on and (entry.until is None or on < entry.until or on == entry.until == entry.from_on)


def _touches(entry: Instruction, on: date) -> bool:
    """Whether an entry may hold at any hour of a day, its last one included."""
    return entry.from_on <= on and (entry.until is None or on <= entry.until)
