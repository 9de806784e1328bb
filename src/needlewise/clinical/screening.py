"""Screening: which rules fire, where, what they ask for, and what is still open.

The most cautious rule wins. A zone's verdict is the most cautious of its own, its region's and the person's. The
visit's verdict is the person's; if no wished zone may be treated, it is the least cautious zone verdict.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from needlewise.clinical.products import preparing
from needlewise.clinical.questions import Question, open_questions, unanswered
from needlewise.clinical.reasons import Reason, reasons_at
from needlewise.clinical.spots import Survey
from needlewise.knowledge import Scope, Verdict, WaitKind

SIGNABLE_UP_TO = Verdict.CAUTION
_NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ZoneVerdict:
    """What holds for one wished place. `eligible_on` only where something defers it, and every such wait has a day."""

    place: str
    verdict: Verdict
    eligible_on: date | None
    ready_on: date | None
    reasons: tuple[int, ...]

    @property
    def may_be_treated(self) -> bool:
        return self.verdict <= SIGNABLE_UP_TO


@dataclass(frozen=True, slots=True)
class Screening:
    """The whole answer to: may we treat, where, and from which day."""

    verdict: Verdict
    person: Verdict
    eligible_on: date | None
    zones: tuple[ZoneVerdict, ...]
    reasons: tuple[Reason, ...]
    questions: tuple[Question, ...]


def screen(survey: Survey) -> Screening:
    """Screen a case. Every rule that its answers touch is read at every spot it speaks of."""
    found = list(_fired(survey))
    found.extend(preparing(survey, found))
    found.extend(unanswered(survey, [reason for reason in found if reason.verdict is Verdict.ASK]))
    reasons = tuple(sorted(_grouped(found), key=lambda reason: -reason.verdict))
    zones = tuple(_zone_verdicts(survey.places, reasons))
    person = max((r.verdict for r in reasons if r.scope is Scope.PERSON), default=Verdict.PROCEED)
    treatable = any(zone.may_be_treated for zone in zones)
    verdict = person if treatable or not zones else min(zone.verdict for zone in zones)
    return Screening(
        verdict,
        person,
        _eligible_on(zones, verdict),
        zones,
        reasons,
        open_questions(survey, found),
    )


def _fired(survey: Survey) -> Iterator[Reason]:
    """What every touched rule says, read once where it says the same."""
    index = survey.protocol.index
    for position in sorted(_touched(survey)):
        rule = index.rules[position]
        if rule.id in survey.case.cleared_by_place:
            # A letter for some places only tells apart what is otherwise alike.
            groups = [(spot, spot.places) for spot in survey.spots(rule.scope)]
        else:
            groups = survey.groups(rule.scope, index.inputs[position], index.reads[position])
        for spot, places in groups:
            if not rule.regions or not spot.inputs["zone-region"].isdisjoint(rule.regions):
                yield from reasons_at(rule, spot, survey, places)


def _touched(survey: Survey) -> set[int]:
    """Positions of the rules worth reading: those in which some cell may hold, or is open, as answered."""
    index, by_place = survey.protocol.index, survey.by_place
    answers, touched, read_by = survey.case.answers, index.touched, index.read_by
    positions = set(index.always)
    for fact, known in answers.items():
        options = touched.get(fact)
        if options is None:
            # A measure: whether its cells hold hangs on the number.
            positions |= read_by.get(fact, _NOBODY)
        else:
            for answer in known:
                positions |= options.get(answer.status, _NOBODY)  # type: ignore[arg-type]
    for fact in read_by.keys() - answers.keys():
        positions |= read_by[fact]
    for fact in by_place & read_by.keys() if by_place else ():
        positions |= read_by[fact]
    return positions


def _grouped(reasons: Iterable[Reason]) -> Iterator[Reason]:
    """One reason for all places where the same rule says the same."""
    groups: dict[object, list[Reason]] = {}
    for reason in reasons:
        if not reason.places:
            yield reason
            continue
        said = (reason.rule, reason.verdict, reason.because, reason.facts)
        key = (*said, reason.earliest_on, reason.clearance_until, reason.changes, reason.could_become)
        groups.setdefault(key, []).append(reason)
    for alike in groups.values():
        if len(alike) == 1:
            yield alike[0]
        else:
            places = tuple(dict.fromkeys(place for reason in alike for place in reason.places))
            yield alike[0]._replace(places=places)


def _zone_verdicts(places: Iterable[str], reasons: tuple[Reason, ...]) -> Iterator[ZoneVerdict]:
    """What holds for each place. Places for which the same reasons hold are worked out once."""
    numbers_at: dict[str, list[int]] = {place: [] for place in places}
    for number, reason in enumerate(reasons):
        for place in reason.places or numbers_at:
            if place in numbers_at:
                numbers_at[place].append(number)
    seen: dict[tuple[int, ...], tuple[Verdict, date | None, date | None]] = {}
    for place, found in numbers_at.items():
        numbers = tuple(found)
        if numbers not in seen:
            seen[numbers] = _holding([reasons[number] for number in numbers])
        yield ZoneVerdict(place, *seen[numbers], numbers)


def _holding(mine: list[Reason]) -> tuple[Verdict, date | None, date | None]:
    """The verdict of some reasons together, the day their deferrals end, and the day their preparation is done.

    What is excluded waits for no day.
    """
    verdict = max([reason.verdict for reason in mine], default=Verdict.PROCEED)
    if verdict is Verdict.EXCLUDE:
        return verdict, None, None
    waiting = [reason for reason in mine if reason.wait_kind is not None and reason.earliest_on is not None]
    undated = any(reason.verdict is Verdict.DEFER and reason.earliest_on is None for reason in mine)
    return (
        verdict,
        None if undated else _latest(waiting, WaitKind.DEFER),
        _latest(waiting, WaitKind.PREPARATION),
    )


def _latest(waiting: list[Reason], kind: WaitKind) -> date | None:
    days = [reason.earliest_on for reason in waiting if reason.wait_kind is kind and reason.earliest_on is not None]
    return max(days, default=None)


def _eligible_on(zones: tuple[ZoneVerdict, ...], verdict: Verdict) -> date | None:
    """The first day on which treatment could start, where something defers the whole visit."""
    if verdict is not Verdict.DEFER:
        return None
    dated = [zone.eligible_on for zone in zones if zone.verdict is Verdict.DEFER and zone.eligible_on is not None]
    return min(dated, default=None)
