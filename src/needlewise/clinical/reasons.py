"""Reasons: what one rule says at one spot, and everything that stands behind it.

A rule that fires gives its verdict; one that could fire, were an answer known, gives `ask`. Waits are counted from
the day of the answer, clearances change only what the rule lets them change.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from needlewise.clinical.case import Acknowledgement
from needlewise.clinical.foreseeing import foreseen
from needlewise.clinical.letters import Word, word_for
from needlewise.clinical.prescriptions import PRESCRIBER_DECIDES, parted
from needlewise.clinical.spots import Spot, Survey
from needlewise.knowledge import (
    Alternative,
    Known,
    Mark,
    Protocol,
    Rule,
    Scope,
    Verdict,
    WaitKind,
    all_hold,
    cell_holds,
    cell_holds_for,
    exemption_holds,
)


class FactUsed(NamedTuple):
    """An answer that a rule read. `said` is empty where it is not known."""

    fact: str
    said: str


class Reason(NamedTuple):
    """One rule that fired or could fire, the places it holds for (empty: the whole person), and all that stands behind it.

    `clearance` says whose letter changed it, `clearance_until` the last day on which that letter holds; None: no end.
    Where it only asks, `could_become` says for each of `facts` the most cautious verdict that an answer could cause.
    Reasons are made by the dozen, so they and the facts they used are named tuples, which cost a third of a dataclass.
    """

    rule: str
    title: str
    verdict: Verdict
    scope: Scope
    places: tuple[str, ...]
    because: str
    mark: Mark
    facts: tuple[FactUsed, ...]
    effect: str = ""
    modifier: str = ""
    wait_kind: WaitKind | None = None
    earliest_on: date | None = None
    not_before: str = ""
    changes: tuple[str, ...] = ()
    clearance: str = ""
    clearance_until: date | None = None
    acknowledged: bool = False
    reason_needed: bool = False
    could_become: tuple[Verdict, ...] = ()


def reasons_at(rule: Rule, spot: Spot, survey: Survey, places: tuple[str, ...]) -> list[Reason]:
    """What one rule says at one spot: that it fires, and beside that what is still open in it.

    A rule that fires for one cause still asks about another: else an answer to the one would hide the other. `places`:
    those it speaks of, none for the whole person.
    """
    firing: list[Alternative] = []
    open_ways: list[Alternative] = []
    word = word_for(rule, spot, survey) if survey.case.clearances else None
    for way in rule.any if word is None else word.ways:
        truth = all_hold(way.all, spot.lookup, spot.inputs, survey.on)
        if truth is not False:
            (firing if truth else open_ways).append(way)
    found: list[Reason] = []
    prescribed: list[Alternative] = []
    if firing and rule.prescribed is not None:
        firing, prescribed = parted(firing, spot, survey)
    if firing and (reason := _firing(rule, firing, spot, survey, places, word)) is not None:
        found.append(reason)
    if prescribed and (reason := _firing(rule, prescribed, spot, survey, places, word)) is not None:
        found.append(_of_prescribed(reason, rule))
    if open_ways:
        found.append(_asking(rule, open_ways, spot, survey, places, word))
    return found


def _asking(
    rule: Rule, open_ways: list[Alternative], spot: Spot, survey: Survey, places: tuple[str, ...], word: Word | None
) -> Reason:
    facts = _used(open_ways, spot, open_on=survey.on)
    could_become = foreseen(rule, open_ways, [used.fact for used in facts], spot, word, survey.protocol)
    return Reason(
        rule.id,
        rule.title,
        Verdict.ASK,
        rule.scope,
        places,
        f"Not known yet: {' '.join(survey.protocol.facts[used.fact].question for used in facts)}",
        rule.mark,
        facts,
        changes=("An answer decides.",),
        could_become=could_become,
    )


def _firing(
    rule: Rule, firing: list[Alternative], spot: Spot, survey: Survey, places: tuple[str, ...], word: Word | None
) -> Reason | None:
    on = survey.on
    verdict = rule.verdict
    because = rule.because
    for exemption in rule.exemptions:
        if exemption_holds(exemption, spot.lookup, spot.inputs, on):
            if exemption.to is None:
                return None
            verdict, because = min(verdict, exemption.to), exemption.because
    case = survey.case
    clearance = word.counts if word else None
    earliest = _earliest(firing, spot, on) if rule.wait else None
    if clearance is not None and rule.clearance is not None and verdict is rule.verdict:
        waited = rule.clearance.wait_days_min is None or earliest is None or earliest <= on
        verdict = rule.clearance.to if waited else verdict
        earliest = None if waited else earliest
    wait = rule.wait if earliest is not None or verdict is rule.verdict else None
    return Reason(
        rule.id,
        rule.title,
        verdict,
        rule.scope,
        places,
        because,
        rule.mark,
        _used(firing, spot),
        effect=rule.effect,
        modifier=rule.modifier,
        wait_kind=wait.kind if wait else None,
        earliest_on=earliest,
        not_before=wait.not_before if wait else "",
        changes=tuple(_changes(rule, earliest, word, survey.protocol)),
        clearance=clearance.by if clearance else "",
        clearance_until=clearance.valid_until if clearance else None,
        acknowledged=bool(case.acknowledgements) and _is_acknowledged(rule, case.acknowledgements),
        reason_needed=rule.reason_needed,
    )


def _is_acknowledged(rule: Rule, read: Iterable[Acknowledgement]) -> bool:
    return any(one.rule == rule.id and (one.reason or not rule.reason_needed) for one in read)


def _of_prescribed(reason: Reason, rule: Rule) -> Reason:
    """The same of a product that was prescribed: it goes on, so no day is counted from its being stopped."""
    said = rule.prescribed
    assert said is not None  # noqa: S101 - the caller has looked
    return reason._replace(
        verdict=max(reason.verdict, said.verdict),
        because=said.because,
        wait_kind=None,
        earliest_on=None,
        not_before="",
        changes=(PRESCRIBER_DECIDES,),
    )


def _earliest(firing: list[Alternative], spot: Spot, on: date) -> date | None:
    """The first day on which every firing alternative has been waited out; None where no day can be counted."""
    days = [_waited_out(way, way.wait_days, spot, on) for way in firing if way.wait_days is not None]
    return max(days, default=None)


def _waited_out(way: Alternative, wait_days: int, spot: Spot, on: date) -> date:
    """The day of the answer plus the wait; while the thing goes on, the wait starts today at the earliest."""
    starts = [on]
    for cell in way.all:
        if cell.days_since_below is not None:
            answers = (answer for answer in spot.lookup(cell.fact) if answer is not None)
            starts = [a.on for a in answers if a.on is not None and cell_holds_for(cell, a, on) is True]
            break
    return max(starts) + timedelta(days=wait_days)


def _used(ways: list[Alternative], spot: Spot, open_on: date | None = None) -> tuple[FactUsed, ...]:
    """The answers that some alternatives read; with `open_on` only those whose cell is not known on that day."""
    used: dict[str, FactUsed] = {}
    for way in ways:
        for cell in way.all:
            if not cell.fact or cell.fact in used:
                continue
            if open_on is None or cell_holds(cell, spot.lookup, spot.inputs, open_on) is None:
                # What is derived and not known is asked for by what it comes from.
                name = cell.fact if open_on is None else spot.asked_as(cell.fact)
                used[cell.fact] = FactUsed(name, _said(spot.lookup(cell.fact)))
    return tuple(used.values())


def _said(known: Known) -> str:
    if len(known) == 1:
        answer = known[0]
        return "" if answer is None else answer.said or _shown(answer.status)
    return "; ".join(dict.fromkeys(one.said or _shown(one.status) for one in known if one is not None))


def _shown(status: str | float) -> str:
    return status if isinstance(status, str) else f"{status:g}"


def _changes(rule: Rule, earliest: date | None, word: Word | None, protocol: Protocol) -> Iterator[str]:
    """What would change a reason, in words; and what was meant to change it and does not."""
    clearance = word.counts if word else None
    if clearance is not None:
        until = f"; it holds until {clearance.valid_until.isoformat()}" if clearance.valid_until else ""
        yield f"Changed by {clearance.by}, {clearance.on.isoformat()}{until}."
    elif rule.clearance is not None:
        asked = rule.clearance
        who = protocol.roles[asked.role].who
        condition = f" Condition: {_sentence(asked.condition)}" if asked.condition else ""
        yield f"A written word of {who} makes it {asked.to.word}.{condition}"
    if word is not None:
        yield from word.unheard
    if rule.wait is not None and rule.wait.not_before:
        yield f"First: {_sentence(rule.wait.not_before)}"
    if earliest is not None:
        yield f"Waited out on {earliest.isoformat()}."
    if rule.lifts_when:
        yield f"Falls away: {_sentence(rule.lifts_when)}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
