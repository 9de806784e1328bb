"""Reasons: what one rule says at one spot, and everything that stands behind it.

A rule that fires gives its verdict; one that could fire, were an answer known, gives `ask`. Waits are counted from
the day of the answer, clearances change only what the rule lets them change.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from needlewise.clinical.case import Clearance
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
    cell_holds_throughout,
)


@dataclass(frozen=True, slots=True)
class FactUsed:
    """An answer that a rule read. `said` is empty where it is not known."""

    fact: str
    said: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that fired or could fire, the places it holds for (empty: the whole person), and all that stands behind it."""

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
    acknowledged: bool = False
    reason_needed: bool = False


def reasons_at(rule: Rule, spot: Spot, survey: Survey, places: tuple[str, ...]) -> list[Reason]:
    """What one rule says at one spot: that it fires, and beside that what is still open in it.

    A rule that fires for one cause still asks about another: else an answer to the one would hide the other. `places`:
    those it speaks of, none for the whole person.
    """
    firing: list[Alternative] = []
    open_ways: list[Alternative] = []
    for way in rule.any:
        truth = all_hold(way.all, spot.lookup, spot.inputs, survey.on)
        if truth is not False:
            (firing if truth else open_ways).append(way)
    found: list[Reason] = []
    if firing and (reason := _firing(rule, firing, spot, survey, places)) is not None:
        found.append(reason)
    if open_ways:
        found.append(_asking(rule, open_ways, spot, survey, places))
    return found


def _asking(rule: Rule, open_ways: list[Alternative], spot: Spot, survey: Survey, places: tuple[str, ...]) -> Reason:
    facts = _used(open_ways, spot, open_on=survey.on)
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
    )


def _firing(
    rule: Rule, firing: list[Alternative], spot: Spot, survey: Survey, places: tuple[str, ...]
) -> Reason | None:
    on = survey.on
    verdict = rule.verdict
    because = rule.because
    for exemption in rule.exemptions:
        if all(cell_holds_throughout(cell, spot.lookup, spot.inputs, on) for cell in exemption.all):
            if exemption.to is None:
                return None
            verdict, because = min(verdict, exemption.to), exemption.because
    case = survey.case
    clearance = _clearance_for(rule, case.clearances, on) if rule.clearance and case.clearances else None
    earliest = _earliest(rule, firing, spot, on, clearance) if rule.wait else None
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
        changes=tuple(_changes(rule, earliest, clearance, survey.protocol)),
        clearance=clearance.by if clearance else "",
        acknowledged=any(
            one.rule == rule.id and (one.reason or not rule.reason_needed) for one in case.acknowledgements
        ),
        reason_needed=rule.reason_needed,
    )


def _clearance_for(rule: Rule, given: Iterable[Clearance], on: date) -> Clearance | None:
    """The clearance that counts for a rule: the right role, named for it, in force, and its condition met."""
    asked = rule.clearance
    if asked is None:
        return None
    for clearance in given:
        in_force = clearance.on <= on and (clearance.valid_until is None or on <= clearance.valid_until)
        met = clearance.condition_met or not asked.condition
        if clearance.role == asked.role and rule.id in clearance.rules and in_force and met:
            return clearance
    return None


def _earliest(rule: Rule, firing: list[Alternative], spot: Spot, on: date, clearance: Clearance | None) -> date | None:
    """The first day on which every firing alternative has been waited out; None where no day can be counted."""
    days = [_waited_out(way, way.wait_days, spot, on) for way in firing if way.wait_days is not None]
    asked = rule.clearance
    if clearance is not None and asked is not None and asked.wait_days_min is not None:
        # What the letter says counts, never less than the least; where it says nothing, the longest usual.
        said = clearance.wait_days if clearance.wait_days is not None else asked.wait_days_max
        wait = max(asked.wait_days_min, said or 0)
        days = [_waited_out(way, min(wait, way.wait_days or wait), spot, on) for way in firing]
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


def _changes(rule: Rule, earliest: date | None, clearance: Clearance | None, protocol: Protocol) -> Iterator[str]:
    """What would change a reason, in words."""
    if clearance is not None:
        yield f"Changed by {clearance.by}, {clearance.on.isoformat()}."
    elif rule.clearance is not None:
        asked = rule.clearance
        who = protocol.roles[asked.role].who
        condition = f" Condition: {_sentence(asked.condition)}" if asked.condition else ""
        yield f"A written word of {who} makes it {asked.to.word}.{condition}"
    if rule.wait is not None and rule.wait.not_before:
        yield f"First: {_sentence(rule.wait.not_before)}"
    if earliest is not None:
        yield f"Waited out on {earliest.isoformat()}."
    if rule.lifts_when:
        yield f"Falls away: {_sentence(rule.lifts_when)}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
