"""The timeline: visits turned into dated instructions, before and after, for the patient.

A prescribed medicine is never stopped here: the text says to keep it and whom to ask. Products one buys oneself get
exact days: paused from the first session on, restarted after it, and pauses that overlap are one pause. What applies
only because an answer is not known says under which condition it holds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from needlewise.clinical.planning import Plan
from needlewise.clinical.spots import Survey
from needlewise.clinical.visits import CHECK_IN, SESSION, TEST_PATCH, Visit
from needlewise.knowledge import (
    Aftercare,
    Answer,
    Cell,
    Kind,
    Mark,
    Preparation,
    Protocol,
    Recovery,
    Scope,
    Truth,
    all_hold,
    in_use,
    is_prescribed,
)

HOURS_PER_DAY = 24
RESTART_TEXT = "From this day you may use again what you bought yourself, if the skin is calm."


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


class Instruction(NamedTuple):
    """One dated instruction. `until` is the first day on which it no longer holds; for a pause, the day to restart.

    Hours count from the session, where the instruction hangs on one. `not_known`: it applies only because an answer is
    not known, and its text says under which condition it holds.
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
    not_known: bool = False

    @property
    def is_daily(self) -> bool:
        """Something to do on each of many days, not on one."""
        return self.kind is Entry.DO and self.hours_from is None and self.until != self.from_on


def timeline(survey: Survey, plan: Plan) -> tuple[Instruction, ...]:
    """Every instruction of a plan, in order of day."""
    # Where a patch and a session fall on one day, that day is cared for once.
    by_day = {visit.on: visit for kind in (TEST_PATCH, SESSION) for visit in plan.visits if visit.kind == kind}
    needled = [by_day[day] for day in sorted(by_day)]
    places = {zone.place for visit in plan.visits for zone in visit.zones}
    care = _Care(survey, places)
    found = [
        *_visits(plan, survey.protocol),
        *(entry for group in care.preparation_groups() for entry in _before(group, care, needled, survey.on)),
        *_after(needled, care),
        *_calls(survey.protocol, needled),
    ]
    return tuple(sorted(found, key=lambda entry: (entry.from_on, _ORDER[entry.kind], entry.hours_from or 0)))


class _Care:
    """The care rows that apply to this case at the planned places. What is not known stays on the list."""

    def __init__(self, survey: Survey, places: set[str]) -> None:
        self.survey = survey
        self.spots = [survey.places[place] for place in sorted(places)]
        self.aftercare = [
            (row, when) for row in survey.protocol.aftercare.values() if (when := self.holds(row.when)) is not False
        ]
        self.hours_after: dict[str, int] = {}
        for row, _ in self.aftercare:
            for fact in row.restarts:
                self.hours_after[fact] = max(self.hours_after.get(fact, 0), row.hours_until)
        bare_hours = max((row.hours_until for row, _ in self.aftercare if row.bare_skin), default=0)
        # The last of these hours fall on a day that the next thing on the skin has to leave free altogether.
        self.bare_days = bare_hours // HOURS_PER_DAY + 1

    def holds(self, when: tuple[Cell, ...]) -> Truth:
        """Whether the cells of a row hold at some planned place."""
        if not when:
            return True
        on = self.survey.on
        found = [all_hold(when, spot.lookup, spot.inputs, on) for spot in self.spots]
        return True if True in found else None if None in found else False

    def preparation_groups(self) -> list[list[tuple[Preparation, Truth]]]:
        """Rows that speak of the same product, together."""
        groups: dict[str, list[tuple[Preparation, Truth]]] = {}
        for row in self.survey.protocol.preparation.values():
            when = self.holds(row.when)
            if when is not False:
                groups.setdefault(row.fact or row.id, []).append((row, when))
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


def _before(
    group: list[tuple[Preparation, Truth]], care: _Care, needled: list[Visit], on: date
) -> Iterator[Instruction]:
    """What a product asks for: of the rows that hold the longest, and each longer one that may hold."""
    known = max((row for row, when in group if when), key=lambda row: row.days_before, default=None)
    rows = [known] if known else []
    rows += [row for row, when in group if when is None and (known is None or row.days_before > known.days_before)]
    fact = care.survey.protocol.facts.get(group[0][0].fact)
    said = care.said(fact.id) if fact else []
    if fact and any(answer is not None and is_prescribed(answer) for answer in said) and not _keeps(rows[0]):
        until = needled[0].on if needled else None
        row = rows[0]
        yield Instruction(on, until, Entry.ASK, row.item, row.prescribed_text, f"preparation:{row.id}", row.mark)
        said = [answer for answer in said if answer is None or not is_prescribed(answer)]
    for row in rows:
        use = True if fact is None or fact.kind is Kind.EVENT else _use(said)
        if use is not False:
            yield from _of_row(row, said, care, needled, known=use is True and row is known)


def _keeps(row: Preparation) -> bool:
    """Whether a row never asks anyone to leave anything off."""
    return row.never_stop or row.by_prescriber


def _use(said: Iterable[Answer | None]) -> Truth:
    """Whether something is used, by what is said of it."""
    found = [None if answer is None else in_use(answer) for answer in said]
    return True if True in found else None if None in found else False


def _of_row(
    row: Preparation, said: list[Answer | None], care: _Care, needled: list[Visit], *, known: bool
) -> Iterator[Instruction]:
    """What one row says round the sessions, with its opening where it is not known to hold."""
    on, facts = care.survey.on, care.survey.protocol.facts
    own_text, where = _opened(row, row.text, known=known), f"preparation:{row.id}"

    def told(kind: Entry, start: date, end: date | None, session: int = 0, text: str = own_text) -> Instruction:
        return Instruction(start, end, kind, row.item, text, where, row.mark, session, not_known=not known)

    days_after = ceil(care.hours_after.get(row.fact, 0) / HOURS_PER_DAY)
    if _keeps(row):
        yield told(Entry.KEEP if row.never_stop else Entry.ASK, on, needled[0].on if needled else None)
    elif row.downtime_days is not None:
        yield from _around_event(row, said, needled)
    elif row.on_skin:
        for start, end in _days_on_skin((visit.on for visit in needled), row.days_before, care.bare_days):
            if end > on:
                yield told(Entry.DO, max(start, on), end)
    elif row.days_before == 0 and row.fact not in care.hours_after:
        for visit in needled:
            yield told(Entry.DO, visit.on, visit.on, visit.number)
    else:
        is_product = bool(row.fact) and facts[row.fact].kind not in (Kind.EVENT, Kind.FLAG)
        kind = Entry.PAUSE if is_product else Entry.AVOID
        for start, end in merged_pauses((visit.on for visit in needled), row.days_before, days_after):
            yield told(kind, max(start, on), end)
            if kind is Entry.PAUSE and days_after:
                yield told(Entry.RESTART, end, end, text=_opened(row, RESTART_TEXT, known=known))


def _opened(row: Preparation | Aftercare | Recovery, text: str, *, known: bool) -> str:
    """The words of a row; where it is not known to hold, under its condition."""
    return text if known or not row.if_text else f"{row.if_text}: {text}"


def _days_on_skin(days: Iterable[date], days_before: int, bare_days: int) -> Iterator[tuple[date, date]]:
    """The days before each session on which something is put on the skin: neither on its own day nor while the skin
    stays bare after the one before."""
    free_from = date.min
    for day in sorted(days):
        start = max(day - timedelta(days=days_before), free_from)
        if start < day:
            yield start, day
        free_from = day + timedelta(days=bare_days)


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
            earliest, latest = answer.earliest or answer.on, answer.on
            if visit.on <= latest and earliest < visit.on + timedelta(days=days):
                if earliest == latest:
                    told = f"The day you named, {latest.isoformat()}, falls into it: choose another day."
                else:
                    told = f"What you named, between {earliest.isoformat()} and {latest.isoformat()}, may fall into it."
                text = f"{row.text} {told}"
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
    not_known: bool
    on_skin: bool = False

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
            self.not_known,
        )

    def until_next(self, visit: Visit, following: Visit) -> Instruction | None:
        """The same beside a visit that another follows: what is put on the skin ends before that one, and what would
        begin after it is left to it."""
        entry = self.beside(visit)
        if not self.on_skin or visit.on + self.past <= following.on:
            return entry
        if entry.from_on >= following.on:
            return None
        return entry._replace(until=following.on, hours_until=(following.on - visit.on).days * HOURS_PER_DAY)


def _after(needled: list[Visit], care: _Care) -> Iterator[Instruction]:
    """Aftercare and what is normal, beside each session."""
    spans = list(_aftercare_spans(care))
    for row in care.survey.protocol.recovery.values():
        when = care.holds(row.when)
        if when is not False:
            text = _opened(row, row.text, known=when is True)
            spans.append(_span(Entry.EXPECT, ("What is normal", text), f"recovery:{row.id}", row, known=when is True))
    ordered = sorted(needled, key=lambda visit: visit.on)
    for visit, following in pairwise(ordered):
        for span in spans:
            if (entry := span.until_next(visit, following)) is not None:
                yield entry
    for visit in ordered[-1:]:
        for span in spans:
            yield span.beside(visit)


def _aftercare_spans(care: _Care) -> Iterator[_Span]:
    """Each row for what one bought oneself or may use, and for what was prescribed its own words, the longest once."""
    asking: dict[tuple[str, str], _Span] = {}
    for row, when in care.aftercare:
        said = {fact: care.said(fact) for fact in row.restarts}
        for one in row.prescribed:
            if any(answer is not None and is_prescribed(answer) for answer in said[one.fact]):
                span = _span(Entry.ASK, (one.item, one.text), f"aftercare:{row.id}", row, known=True)
                before = asking.setdefault((one.item, one.text), span)
                asking[one.item, one.text] = max(before, span, key=lambda either: either.hours_until)
        used = [answer for answers in said.values() for answer in answers if answer is None or in_use(answer)]
        if not used or not all(answer is not None and is_prescribed(answer) for answer in used):
            kind = Entry.DO if row.do == "yes" else Entry.AVOID
            text = _opened(row, row.text, known=when is True)
            yield _span(kind, (row.item, text), f"aftercare:{row.id}", row, known=when is True)
    yield from asking.values()


def _span(kind: Entry, words: tuple[str, str], where: str, row: Aftercare | Recovery, *, known: bool) -> _Span:
    first = timedelta(days=row.hours_from // HOURS_PER_DAY)
    past = timedelta(days=ceil(row.hours_until / HOURS_PER_DAY))
    hours = (row.hours_from, row.hours_until)
    on_skin = isinstance(row, Aftercare) and row.on_skin
    return _Span(first, past, kind, *words, where, row.mark, *hours, not known, on_skin)


def _calls(protocol: Protocol, needled: list[Visit]) -> Iterator[Instruction]:
    """When to call: from the first session on, once for all sessions."""
    if needled:
        for flag in protocol.red_flags.values():
            start = needled[0].on + timedelta(days=flag.from_hours // HOURS_PER_DAY)
            text = f"{flag.sign}. {flag.threshold}. {flag.text}"
            yield Instruction(
                start, None, Entry.CALL, flag.act, text, f"red-flags:{flag.id}", flag.mark, 0, flag.from_hours
            )
