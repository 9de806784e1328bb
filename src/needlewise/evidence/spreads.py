"""How far studies and people differ, worked out over the whole base: what the stated spreads of a forecast are checked
against.

A forecast reckons with stated spreads so that taking a study away never narrows it. They must still fit the studies: a
stated spread below the computed one would promise too much, one far above it would say nothing.
"""

import math
from collections.abc import Iterable, Iterator, Sequence

from needlewise.errors import EvidenceError, Problem
from needlewise.evidence.estimators import fit
from needlewise.evidence.groups import Group, Sort, Treatment, WhyNotPooledError, change_of, mean_change_of
from needlewise.evidence.methods import Method
from needlewise.knowledge import EvidenceBase, Outcome

# A stated spread may lie above the computed one by this factor, never below it.
MOST_ABOVE = 1.35
_MOST_OF_A_SHARE = 0.25

# Value, variance, and the group it belongs to.
_Row = tuple[float, float, str]


def spread_of_shares(groups: Iterable[Group]) -> tuple[float, int]:
    """Standard deviation between studies of a share, and its degrees of freedom, each group around its own mean."""
    return _spread(
        (outcome.responders / outcome.responders_of, _MOST_OF_A_SHARE / outcome.responders_of, group.key.id)
        for group, outcome in _pooled(groups, Sort.RESPONSE)
        if outcome.responders is not None and outcome.responders_of
    )


def spread_of_changes(groups: Iterable[Group], base: EvidenceBase) -> tuple[float, int]:
    """The same of changes, in the stated standard deviations between people."""

    def rows() -> Iterator[_Row]:
        for group in groups:
            person = base.reckoning.people.get(group.key.of)
            if group.key.sort is not Sort.CHANGE or group.key.treatment is Treatment.RADIOFREQUENCY or person is None:
                continue
            for member in group.members:
                figure, n = member.figure, member.arm.n
                if isinstance(figure, Outcome) and n and not member.study.never_pool:
                    change = mean_change_of(figure, base)
                    if change is not None:
                        yield change / person.sd, 1 / n, group.key.id

    return _spread(rows())


def spread_of_people(scale: str, base: EvidenceBase) -> float | None:
    """Standard deviation between people of the change on a scale, over the studies that tell one; None without any."""
    squares, freedom = 0.0, 0
    for study in base.studies.values():
        for arm in study.arm:
            for outcome in arm.outcome:
                name = base.scale_of(outcome.scale, outcome.measure)
                if study.never_pool or outcome.spread or name is None or name.scale != scale:
                    continue
                try:
                    found = change_of(outcome, arm, base)
                except (WhyNotPooledError, EvidenceError):
                    continue
                squares += (found.n - 1) * found.sd**2
                freedom += found.n - 1
    return math.sqrt(squares / freedom) if freedom else None


def stale_spreads(base: EvidenceBase, groups: Sequence[Group]) -> tuple[Problem, ...]:
    """Every stated spread that no longer fits the studies."""
    stated = base.reckoning.spreads
    found: list[tuple[str, float, float | None]] = [
        ("spread of `share`", stated["share"].value, spread_of_shares(groups)[0]),
        ("spread of `change`", stated["change"].value, spread_of_changes(groups, base)[0]),
    ]
    for row in base.reckoning.people.values():
        found.append((f"spread of people on `{row.scale}`", row.sd, spread_of_people(row.scale, base)))
    return tuple(
        Problem(
            f"evidence/forecast.toml: {name}",
            f"{value:g} stated, {'nothing' if computed is None else format(computed, '.3g')} worked out",
            f"from the computed one to {MOST_ABOVE:g} times as much",
            "state it anew, or leave the row out where nothing is worked out",
        )
        for name, value, computed in found
        if computed is None or not computed <= value <= MOST_ABOVE * computed
    )


def _pooled(groups: Iterable[Group], sort: Sort) -> Iterator[tuple[Group, Outcome]]:
    for group in groups:
        if group.key.sort is sort and group.key.treatment is not Treatment.RADIOFREQUENCY:
            for member in group.members:
                if member.effect is not None and isinstance(member.figure, Outcome):
                    yield group, member.figure


def _spread(rows: Iterable[_Row]) -> tuple[float, int]:
    """Paule and Mandel's estimate with a mean for each group; groups of one study say nothing and are left out."""
    listed = list(rows)
    names = [name for _, _, name in listed]
    kept = [row for row in listed if names.count(row[2]) > 1]
    groups = list(dict.fromkeys(name for _, _, name in kept))
    if not kept:
        return 0.0, 0
    moderators = {name: [float(row[2] == name) for row in kept] for name in groups[1:]}
    found = fit([row[0] for row in kept], [row[1] for row in kept], Method.PM, moderators or None)
    return math.sqrt(found.tau2), found.df
