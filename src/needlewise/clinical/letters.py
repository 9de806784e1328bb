"""Letters: which written word speaks for a rule at a spot, whether it counts, and if it does not, why not.

Of the letters that name a rule, come from the role it asks for and speak of the spot, the newest alone speaks: it
supersedes the older ones, even where it does not count itself. A doctor who thinks again is heard.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from needlewise.clinical.case import Clearance
from needlewise.clinical.spots import Spot, Survey
from needlewise.knowledge import (
    Alternative,
    ClearanceRule,
    Protocol,
    Rule,
    Scope,
    all_hold,
    cell_holds_for,
    cell_holds_throughout,
)


@dataclass(frozen=True, slots=True)
class Word:
    """What all letters that name a rule come to at one spot: the one that counts, and why each other one does not.

    `ways`: the alternatives of the rule, with the wait of the letter that counts where it may set one.
    """

    counts: Clearance | None
    unheard: tuple[str, ...]
    ways: tuple[Alternative, ...]


def word_for(rule: Rule, spot: Spot, survey: Survey) -> Word | None:
    """What the letters say for a rule at a spot; None where none names it, or none can change it."""
    asked, letters = rule.clearance, survey.case.letters.get(rule.id)
    if asked is None or not letters:
        return None
    unheard: list[tuple[Clearance, str]] = []
    speaks: Clearance | None = None
    ways = rule.any
    for letter in sorted(letters, key=lambda one: _rank(one, asked), reverse=True):
        why = _unfit(letter, asked, spot, survey)
        if not why and speaks is None:
            speaks = letter
            ways = tuple(_way_under(letter, asked, way) for way in rule.any)
            why = "; ".join(_faults(letter, asked, _event_day(ways, spot), spot))
        elif not why and speaks is not None:
            why = f"superseded by the letter of {speaks.on.isoformat()}"
        if why:
            unheard.append((letter, why))
    if speaks is None or any(letter is speaks for letter, _ in unheard):
        speaks, ways = None, rule.any
    return Word(speaks, tuple(f"{_named(letter)} does not count: {_sentence(why)}" for letter, why in unheard), ways)


def unused_letters(survey: Survey, rules: Iterable[str]) -> Iterator[str]:
    """Letters that name a rule which says nothing in this case, or which no letter changes. `rules`: those that speak."""
    if not survey.case.clearances:
        return
    speaking = frozenset(rules)
    for letter in survey.case.clearances:
        named = [survey.protocol.rules[name] for name in letter.rules]
        for rule in named:
            if rule.clearance is None:
                yield f"{_named(letter)} names the rule {rule.id} ({rule.title}), which no letter changes."
            elif rule.id not in speaking:
                found = "which says nothing in this case: here the letter changes nothing"
                yield f"{_named(letter)} names the rule {rule.id} ({rule.title}), {found}."
        if letter.wait_days is not None and not any(
            r.clearance and r.clearance.wait_days_min is not None for r in named
        ):
            found = "and no rule that it names lets a letter set a wait: see to it that this wait is kept"
            yield f"{_named(letter)} names a wait of {letter.wait_days} days, {found}."


def _rank(letter: Clearance, asked: ClearanceRule) -> tuple[date, int, bool, int, str]:
    """The newest last; of the same day the most cautious last, whatever the order in the file."""
    wait_days = letter.wait_days if letter.wait_days is not None else asked.wait_days_max or 0
    ends = -(letter.valid_until or date.max).toordinal()
    return letter.on, wait_days, bool(asked.condition and not letter.condition_met), ends, letter.by


def _unfit(letter: Clearance, asked: ClearanceRule, spot: Spot, survey: Survey) -> str:
    """Why a letter that names the rule has no voice at this spot at all; empty where it has one."""
    if letter.role != asked.role:
        roles = survey.protocol.roles
        return f"from {roles[letter.role].who}, where the rule asks for {roles[asked.role].who}"
    if letter.on > survey.on:
        return f"given only after {survey.on.isoformat()}"
    if letter.places and not all(_covers(letter, place, survey.protocol) for place in spot.places):
        return "it does not speak of " + ("this place" if spot.scope is Scope.ZONE else "every place wished for here")
    return ""


def _covers(letter: Clearance, place: str, protocol: Protocol) -> bool:
    return not protocol.places[place].within.isdisjoint(letter.places)


def _faults(letter: Clearance, asked: ClearanceRule, event: date | None, spot: Spot) -> Iterator[str]:
    """Why the letter that speaks does not count."""
    if letter.valid_until is not None and letter.valid_until < spot.on:
        yield f"expired on {letter.valid_until.isoformat()}"
    if event is not None and letter.on < event:
        yield f"older than the event of {event.isoformat()}"
    if asked.condition and not letter.condition_met:
        yield f"condition not met: {asked.condition}"
    elif not all(cell_holds_throughout(cell, spot.lookup, spot.inputs, spot.on) for cell in asked.only_where):
        yield f"the rest of the case does not bear its condition out: {asked.condition}"


def _event_day(ways: Iterable[Alternative], spot: Spot) -> date | None:
    """The newest day among the answers for which the rule fires: a letter cannot speak of what came after it."""
    days: list[date] = []
    for way in ways:
        if all_hold(way.all, spot.lookup, spot.inputs, spot.on) is True:
            for cell in way.all:
                answers = [answer for answer in spot.lookup(cell.fact) if answer is not None] if cell.fact else []
                dated = [a for a in answers if cell_holds_for(cell, a, spot.on) is not False]
                days += [answer.on for answer in dated if answer.on is not None]
    return max(days, default=None)


def _way_under(letter: Clearance, asked: ClearanceRule, way: Alternative) -> Alternative:
    """An alternative with the wait that a letter asks for. Until a longer one than the rule's is over, it still fires."""
    if asked.wait_days_min is None:
        return way
    if letter.wait_days is not None:
        wait_days = max(asked.wait_days_min, letter.wait_days)
    else:
        usual = max(asked.wait_days_min, asked.wait_days_max or 0)
        wait_days = usual if way.wait_days is None else min(usual, way.wait_days)
    cells = way.all
    if way.wait_days is not None and wait_days > way.wait_days:
        was = way.wait_days
        cells = tuple(replace(c, days_since_below=wait_days) if c.days_since_below == was else c for c in cells)
    return Alternative(all=cells, wait_days=wait_days)


def _named(letter: Clearance) -> str:
    return f"The letter of {letter.on.isoformat()} ({letter.by})"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
