"""Effects of counts: shares of one group, odds, risks and rates of two.

An empty cell gets half a person in each cell, as is usual, and the effect says so. Where both groups are empty, or
both full, a ratio cannot be estimated and is refused; the difference of risks can, and is 0.
"""

import math

from needlewise.errors import EvidenceError, Problem
from needlewise.evidence.effects import About, Effect, EffectKind, Events, Responders

HALF = 0.5
ADDED_TO_SHARE = "half a person added to either side, because nobody or everybody responded"
ADDED_TO_CELLS = "half a person added to each cell, because one was empty"


def proportion(about: About, group: Responders) -> Effect:
    """The share of one group, as logit."""
    yes, no = float(group.responders), float(group.of - group.responders)
    is_empty = not (yes and no)
    if is_empty:
        yes, no = yes + HALF, no + HALF
    told = (ADDED_TO_SHARE,) if is_empty else ()
    return Effect(about.study, about.label, EffectKind.PROPORTION, math.log(yes / no), 1 / yes + 1 / no, group.of, told)


def log_odds_ratio(about: About, a: Responders, b: Responders) -> Effect:
    """Odds of group a over those of group b, as log."""
    (ay, an, by, bn), told = _cells(a, b, "odds ratio")
    value = math.log(ay * bn / (an * by))
    return _contrast(about, EffectKind.LOG_ODDS_RATIO, (value, 1 / ay + 1 / an + 1 / by + 1 / bn), (a, b), told)


def log_risk_ratio(about: About, a: Responders, b: Responders) -> Effect:
    """Risk of group a over that of group b, as log."""
    (ay, an, by, bn), told = _cells(a, b, "risk ratio")
    value = math.log(ay / (ay + an)) - math.log(by / (by + bn))
    variance = 1 / ay - 1 / (ay + an) + 1 / by - 1 / (by + bn)
    return _contrast(about, EffectKind.LOG_RISK_RATIO, (value, variance), (a, b), told)


def risk_difference(about: About, a: Responders, b: Responders) -> Effect:
    """Risk of group a minus that of group b. The variance of an empty or full group rests on half a person added."""
    value = a.responders / a.of - b.responders / b.of
    is_empty = any(one.responders in (0, one.of) for one in (a, b))
    added = HALF if is_empty else 0.0
    variance = 0.0
    for one in (a, b):
        yes, no = one.responders + added, one.of - one.responders + added
        variance += yes * no / (yes + no) ** 3
    told = (ADDED_TO_CELLS,) if is_empty else ()
    return _contrast(about, EffectKind.RISK_DIFFERENCE, (value, variance), (a, b), told)


def log_rate(about: About, group: Events, n: int) -> Effect:
    """Events per unit of person-time in one group of n people, as log."""
    events = group.events or HALF
    told = () if group.events else ("half an event added, because there was none",)
    value = math.log(events / group.person_time)
    return Effect(about.study, about.label, EffectKind.LOG_RATE, value, 1 / events, n, told)


def log_rate_ratio(about: About, a: Events, b: Events, n: int) -> Effect:
    """Rate of group a over that of group b, of n people together, as log."""
    if not a.events and not b.events:
        raise EvidenceError(_not_estimable(about, "rate ratio", "no event in either group"))
    is_empty = not (a.events and b.events)
    first, second = (one.events + (HALF if is_empty else 0) for one in (a, b))
    told = ("half an event added to each group, because one had none",) if is_empty else ()
    value = math.log(first / a.person_time) - math.log(second / b.person_time)
    return Effect(about.study, about.label, EffectKind.LOG_RATE_RATIO, value, 1 / first + 1 / second, n, told)


def _cells(a: Responders, b: Responders, name: str) -> tuple[tuple[float, float, float, float], tuple[str, ...]]:
    cells = (a.responders, a.of - a.responders, b.responders, b.of - b.responders)
    if not (cells[0] or cells[2]) or not (cells[1] or cells[3]):
        found = "nobody in either group" if not (cells[0] or cells[2]) else "everybody in both groups"
        raise EvidenceError(_not_estimable(About("two groups", ""), name, found))
    if all(cells):
        return (float(cells[0]), float(cells[1]), float(cells[2]), float(cells[3])), ()
    return (cells[0] + HALF, cells[1] + HALF, cells[2] + HALF, cells[3] + HALF), (ADDED_TO_CELLS,)


def _not_estimable(about: About, name: str, found: str) -> Problem:
    hint = "leave the study out of the pool of ratios, or pool differences of risks"
    return Problem(f"{about.study}: {name}", f"not estimable: {found}", "a cell that differs between the groups", hint)


def _contrast(
    about: About,
    kind: EffectKind,
    found: tuple[float, float],
    groups: tuple[Responders, Responders],
    told: tuple[str, ...],
) -> Effect:
    a, b = groups
    return Effect(about.study, about.label, kind, found[0], found[1], a.of + b.of, told)
