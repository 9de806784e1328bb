"""How far a study is from what is planned: other sessions, other skin types, without what is added.

What was not read counts as much as what is known to differ most: a study never comes nearer because less is known of it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from needlewise.knowledge import MOST_DOUBLINGS, Arm, EvidenceBase, Study


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan asks of the studies: the groups of studies of its indication, the sessions planned (least, most),
    the adjuncts beside the needles, and the person's phototype, empty where it is not known."""

    groups: tuple[str, ...]
    sessions: tuple[int, int] | None = None
    adjuncts: tuple[str, ...] = ()
    phototype: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far an arm is unlike, in spreads between studies, and in which ways."""

    distance: float
    ways: tuple[str, ...]


def likeness(asked: Asked, study: Study, arm: Arm, base: EvidenceBase) -> Likeness:
    """How far an arm of a study is from what is asked. Ways add up as independent spreads do."""
    rows = base.reckoning.distances
    found = list(_ways(asked, study, arm, base))
    return Likeness(
        math.sqrt(math.fsum((times * rows[name].times) ** 2 for name, times in found)),
        tuple(rows[name].text for name, _ in found),
    )


def _ways(asked: Asked, study: Study, arm: Arm, base: EvidenceBase) -> Iterator[tuple[str, float]]:
    if asked.sessions is None or arm.sessions is None:
        yield "sessions-not-stated", 1.0
    else:
        doublings = _doublings(asked.sessions, arm.sessions)
        if doublings:
            yield "sessions", min(doublings, MOST_DOUBLINGS)
    missing = set(asked.adjuncts) - set(base.active_agents(arm))
    if missing:
        yield "adjunct", math.sqrt(len(missing))
    held = study.people.phototypes
    if asked.phototype and held:
        if asked.phototype not in held:
            yield "phototype", 1.0
    else:
        yield "phototype-not-stated", 1.0


def _doublings(asked: tuple[int, int], had: tuple[int, int]) -> float:
    """How often one number of sessions must be doubled to reach the other; 0 where the spans meet."""
    if had[0] > asked[1]:
        return math.log2(had[0] / max(asked[1], 1))
    return math.log2(asked[0] / max(had[1], 1)) if had[1] < asked[0] else 0.0
