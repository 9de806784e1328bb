"""The timeline: visits turned into dated instructions, before and after, for the patient.

A prescribed medicine is never stopped here: the text says to keep it and whom to ask. Products one buys oneself get
exact days: paused from the first session on, restarted after it, and pauses that overlap are one pause.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from needlewise.clinical.planning import CHECK_IN, SESSION, TEST_PATCH, Plan
from needlewise.clinical.spots import Survey
from needlewise.clinical.visits import Visit
from needlewise.knowledge import Aftercare, Answer, Cell, Kind, Mark, Preparation, Protocol, Recovery, Scope, all_hold

HOURS_PER_DAY = 24
# Answers that say that something is not used; what is not known stays on the list.
RESTART_TEXT = "From this day you may use it again, if the skin is calm."
UNUSED = frozenset({"never", "no", "stopped"})


class Entry(StrEnum):
    """What an entry of the timeline is."""

    VISIT = "visit"
    CHECK_IN = "check-in"
    KEEP = "keep"
    ASK = "ask"
    PAUSE = "pause"
    RESTART = "restart"
    AVOID = "avoid"
    DO = "do"
    EXPECT = "expect"
    CALL = "call"


_ORDER = {kind: order for order, kind in enumerate(Entry)}


@dataclass(frozen=True, slots=True)
class Instruction:
    """One dated instruction. `until` is the first day on which it no longer holds; for a pause, the day to restart.

    Hours count from the session, where the instruction hangs on one.
    """

    from_on: date
    until: date | None
    kind: Entry
    item: str
    text: str
    row: str
    mark: Mark
    session: int = 0
    hours_from: int | None = None
    hours_until: int | None = None


def timeline(survey: Survey, plan: Plan) -> tuple[Instruction, ...]:
    """Every instruction of a plan, in order of day."""
    needled = [visit for visit in plan.visits if visit.kind in (TEST_PATCH, SESSION)]
    places = {zone.place for visit in needled for zone in visit.zones}
    care = _Care(survey, places)
    found = [
        *_visits(plan, survey.protocol),
        *(entry for group in care.preparation_groups() for entry in _before(group, care, needled, survey.on)),
        *_after(needled, care),
        *_calls(survey.protocol, needled),
    ]
    return tuple(sorted(found, key=lambda entry: (entry.from_on, _ORDER[entry.kind], entry.hours_from or 0)))


class _Care:
    """The care rows that apply to this case at the planned places."""

    def __init__(self, survey: Survey, places: set[str]) -> None:
        self.survey = survey
        self.spots = [survey.places[place] for place in sorted(places)]
        self.aftercare = [row for row in survey.protocol.aftercare.values() if self.applies(row.when)]
        self.hours_after: dict[str, int] = {}
        for row in self.aftercare:
            for fact in row.restarts:
                self.hours_after[fact] = max(self.hours_after.get(fact, 0), row.hours_until)

    def applies(self, when: tuple[Cell, ...]) -> bool:
        """A row applies unless its cells are known to fail everywhere: what is not known stays on the list."""
        if not when:
            return True
        on = self.survey.on
        return any(all_hold(when, spot.lookup, spot.inputs, on) is not False for spot in self.spots)

    def preparation_groups(self) -> list[list[Preparation]]:
        """Rows that speak of the same product, together; the longest of them counts."""
        groups: dict[str, list[Preparation]] = {}
        for row in self.survey.protocol.preparation.values():
            if self.applies(row.when):
                groups.setdefault(row.fact or row.id, []).append(row)
        return list(groups.values())

    def said(self, fact: str) -> list[Answer | None]:
        """What is known of a product or habit at any planned place; None stands for not known."""
        if self.survey.protocol.facts[fact].scope is Scope.PERSON:
            return list(self.survey.person.lookup(fact))
        return [answer for spot in self.spots for answer in spot.lookup(fact)]


def _visits(plan: Plan, protocol: Protocol) -> Iterator[Instruction]:
    for visit in plan.visits:
        kind = Entry.CHECK_IN if visit.kind == CHECK_IN else Entry.VISIT
        number = f" {visit.number}" if visit.kind == SESSION else ""
        text = f"{visit.label}{number}" + (f": {visit.note}" if visit.note else "")
        mark = protocol.visits[visit.kind].mark
        yield Instruction(visit.on, visit.until, kind, visit.label, text, f"visits:{visit.kind}", mark, visit.number)


def _before(group: list[Preparation], care: _Care, needled: list[Visit], on: date) -> Iterator[Instruction]:
    row = max(group, key=lambda one: one.days_before)
    fact = care.survey.protocol.facts.get(row.fact)
    said = care.said(row.fact) if fact else []
    is_event = fact is not None and fact.kind is Kind.EVENT
    if fact and not is_event and all(answer is not None and answer.status in UNUSED for answer in said):
        return
    where = f"preparation:{row.id}"
    prescribed = any(a is not None and (a.prescribed or a.status == "now-prescribed") for a in said)
    if row.never_stop or row.by_prescriber or prescribed:
        kind = Entry.KEEP if row.never_stop else Entry.ASK
        text = row.prescribed_text if prescribed and row.prescribed_text else row.text
        yield Instruction(on, needled[0].on if needled else None, kind, row.item, text, where, row.mark)
        if row.never_stop or row.by_prescriber or all(a is not None and _is_prescribed(a) for a in said):
            return
    if row.downtime_days is not None:
        yield from _around_event(row, said, needled)
    elif row.days_before == 0 and row.fact not in care.hours_after:
        for visit in needled:
            yield Instruction(visit.on, visit.on, Entry.DO, row.item, row.text, where, row.mark, visit.number)
    else:
        kind = Entry.AVOID if is_event or fact is None or fact.kind is Kind.FLAG else Entry.PAUSE
        days_after = ceil(care.hours_after.get(row.fact, 0) / HOURS_PER_DAY)
        for start, end in merged_pauses((visit.on for visit in needled), row.days_before, days_after):
            yield Instruction(max(start, on), end, kind, row.item, row.text, where, row.mark)
            if kind is Entry.PAUSE and days_after:
                yield Instruction(end, end, Entry.RESTART, row.item, RESTART_TEXT, where, row.mark)


def _is_prescribed(answer: Answer) -> bool:
    return bool(answer.prescribed) or answer.status == "now-prescribed"


def merged_pauses(days: Iterable[date], days_before: int, days_after: int) -> list[tuple[date, date]]:
    """Pauses round each session day: from `days_before` before it until `days_after` after it, the first day again.

    A pause that would end on or after the day the next one starts is one with it.
    """
    pauses: list[tuple[date, date]] = []
    for day in sorted(days):
        start, end = day - timedelta(days=days_before), day + timedelta(days=days_after)
        if pauses and start <= pauses[-1][1]:
            pauses[-1] = (pauses[-1][0], max(end, pauses[-1][1]))
        else:
            pauses.append((start, end))
    return pauses


def _around_event(row: Preparation, said: list[Answer | None], needled: list[Visit]) -> Iterator[Instruction]:
    """A day on which one must not look red: named beside every session whose downtime would reach it."""
    days = row.downtime_days or 0
    for answer in said:
        for visit in needled if answer is not None and answer.on is not None else ():
            assert answer is not None and answer.on is not None  # noqa: S101, PT018 - for the type checker
            if visit.on <= answer.on < visit.on + timedelta(days=days):
                text = f"{row.text} The day you named, {answer.on.isoformat()}, falls into it: choose another day."
                yield Instruction(
                    visit.on,
                    visit.on + timedelta(days=days),
                    Entry.ASK,
                    row.item,
                    text,
                    f"preparation:{row.id}",
                    row.mark,
                )


@dataclass(frozen=True, slots=True)
class _Span:
    """A care row, ready to be laid beside any session: the days it covers, from the first until the first after."""

    first: timedelta
    past: timedelta
    kind: Entry
    item: str
    text: str
    row: str
    mark: Mark
    hours_from: int
    hours_until: int

    def beside(self, visit: Visit) -> Instruction:
        return Instruction(
            visit.on + self.first,
            visit.on + self.past,
            self.kind,
            self.item,
            self.text,
            self.row,
            self.mark,
            visit.number,
            self.hours_from,
            self.hours_until,
        )


def _after(needled: list[Visit], care: _Care) -> Iterator[Instruction]:
    """Aftercare and what is normal, beside each session."""
    spans = [_aftercare_span(row, care) for row in care.aftercare]
    spans += [_recovery_span(row) for row in care.survey.protocol.recovery.values() if care.applies(row.when)]
    for visit in needled:
        for span in spans:
            yield span.beside(visit)


def _aftercare_span(row: Aftercare, care: _Care) -> _Span:
    kind = Entry.DO if row.do == "yes" else Entry.AVOID
    said = [answer for fact in row.restarts for answer in care.said(fact)]
    used = [answer for answer in said if answer is None or answer.status not in UNUSED]
    only_prescribed = bool(used) and all(answer is not None and _is_prescribed(answer) for answer in used)
    text = row.prescribed_text if only_prescribed and row.prescribed_text else row.text
    return _span(kind, row.item, text, f"aftercare:{row.id}", row)


def _recovery_span(row: Recovery) -> _Span:
    return _span(Entry.EXPECT, "What is normal", row.text, f"recovery:{row.id}", row)


def _span(kind: Entry, item: str, text: str, where: str, row: Aftercare | Recovery) -> _Span:
    first = timedelta(days=row.hours_from // HOURS_PER_DAY)
    past = timedelta(days=ceil(row.hours_until / HOURS_PER_DAY))
    return _Span(first, past, kind, item, text, where, row.mark, row.hours_from, row.hours_until)


def _calls(protocol: Protocol, needled: list[Visit]) -> Iterator[Instruction]:
    """When to call: from the first session on, once for all sessions."""
    if needled:
        for flag in protocol.red_flags.values():
            start = needled[0].on + timedelta(days=flag.from_hours // HOURS_PER_DAY)
            text = f"{flag.sign}. {flag.threshold}. {flag.text}"
            yield Instruction(
                start, None, Entry.CALL, flag.act, text, f"red-flags:{flag.id}", flag.mark, 0, flag.from_hours
            )
