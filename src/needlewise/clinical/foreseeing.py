"""Foreseeing: the most cautious verdict that one answer to one open question could make of a rule.

An alternative counts for a question only if that question alone keeps it open: where a second one is open too, no
single answer makes it fire. The case is not consulted again, so an answer counts even if another one contradicts it,
as a date of birth after a day that was named.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from needlewise.clinical.letters import Word
from needlewise.clinical.spots import Spot
from needlewise.knowledge import (
    Alternative,
    Fact,
    Kind,
    Protocol,
    Rule,
    Verdict,
    can_be_prescribed,
    cell_holds,
    exemption_holds,
)

# What a question is worth on which no rule hangs: the plan does.
LEAST = Verdict.ADJUST
_WITH_A_DAY = (Kind.EVENT, Kind.CONDITION, Kind.MEDICINE)


def foreseen(
    rule: Rule,
    open_ways: Iterable[Alternative],
    questions: list[str],
    spot: Spot,
    word: Word | None,
    protocol: Protocol,
) -> tuple[Verdict, ...]:
    """For each of the questions that hold these alternatives open, what an answer to it alone could make of the rule."""
    worst = dict.fromkeys(questions, LEAST)
    hopeless = protocol.index.unanswerable.get(rule.id, ())
    for way in open_ways:
        missing = {
            spot.asked_as(cell.fact)
            for cell in way.all
            if cell.fact and cell_holds(cell, spot.lookup, spot.inputs, spot.on) is None
        }
        if len(missing) == 1 and way not in hopeless:
            name = missing.pop()
            verdict = _if_it_fires(rule, way, protocol.facts[name], spot, word)
            if verdict and rule.prescribed is not None and can_be_prescribed(protocol.facts[name]):
                verdict = max(verdict, rule.prescribed.verdict)
            worst[name] = max(worst[name], verdict or LEAST)
    return tuple(worst[name] for name in questions)


def softened(rule: Rule, spot: Spot) -> Verdict | None:
    """The verdict of a rule that fires here, after the exemptions that hold; None where they silence it."""
    verdict = rule.verdict
    for exemption in rule.exemptions:
        if exemption_holds(exemption, spot.lookup, spot.inputs, spot.on):
            if exemption.to is None:
                return None
            verdict = min(verdict, exemption.to)
    return verdict


def _if_it_fires(rule: Rule, way: Alternative, asked: Fact, spot: Spot, word: Word | None) -> Verdict | None:
    """The verdict if the answer makes this alternative fire, and is as cautious as it can be in all else."""
    verdict = softened(rule, spot)
    letter = word.counts if word else None
    if letter is None or rule.clearance is None or verdict is not rule.verdict:
        return verdict
    latest = _latest_day(way, asked, spot)
    if latest is not None and letter.on < latest:
        # The letter cannot speak of what came after it.
        return verdict
    waiting = rule.clearance.wait_days_min is not None and way.wait_days is not None
    if waiting and (latest or spot.on) + timedelta(days=way.wait_days or 0) > spot.on:
        return verdict
    return rule.clearance.to


def _latest_day(way: Alternative, asked: Fact, spot: Spot) -> date | None:
    """The latest day that the answer may speak of if the alternative is to fire; None where no day goes with it."""
    if asked.kind not in _WITH_A_DAY:
        return None
    known = spot.lookup(asked.id)
    said = [answer.on for answer in known if answer is not None and answer.on is not None]
    if said and None not in known:
        return max(said)
    least = max((cell.days_since_at_least or 0 for cell in way.all if cell.fact == asked.id), default=0)
    return spot.on - timedelta(days=least)
