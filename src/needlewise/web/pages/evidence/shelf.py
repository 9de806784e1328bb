"""What these pages read: the evidence of a day with its groups and graded claims, opened once, and pools drawn once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from needlewise.evidence.claims import GradedClaim, graded
from needlewise.evidence.groups import Group
from needlewise.evidence.pooling import Pool, pool
from needlewise.evidence.resting import Moved, moved_without
from needlewise.interop.charts.directions import directions_of
from needlewise.interop.charts.drawing import Palette, forest_svg
from needlewise.knowledge import EvidenceBase, load_claims
from needlewise.web.reading import evidence_on, groups_on


@dataclass(frozen=True, slots=True)
class Shelf:
    """The evidence of a day. Two shelves of one day are the same."""

    on: date
    base: EvidenceBase
    groups: Mapping[str, Group]
    claims: Mapping[str, GradedClaim]

    def __hash__(self) -> int:
        return hash((self.on, self.base.digest))


@lru_cache(maxsize=2)
def shelf_on(on: date) -> Shelf:
    """The evidence of a day, with its claims graded once."""
    base, groups = evidence_on(on), groups_on(on)
    claims = {name: graded(claim, base, groups) for name, claim in load_claims(base).items()}
    return Shelf(on, base, {group.key.id: group for group in groups}, claims)


@lru_cache(maxsize=256)
def pool_of(shelf: Shelf, group: str) -> Pool:
    """The pool of a group that has something to pool."""
    return pool(shelf.groups[group].effects)


@lru_cache(maxsize=256)
def forest_of(shelf: Shelf, group: str) -> str:
    """The forest plot of a group as SVG in the colours of the page."""
    found = shelf.groups[group]
    left_out = len(found.members) - found.k
    return forest_svg(pool_of(shelf, group), Palette.WEB, directions_of(found.key, shelf.base), left_out)


@lru_cache(maxsize=256)
def moves_of(shelf: Shelf, study: str) -> Moved:
    """What moves when a study is withdrawn."""
    return moved_without(study, shelf.base, tuple(shelf.claims.values()))


def warm() -> None:
    """Open today's evidence and load what draws and pools, so that the first reader need not wait."""
    shelf = shelf_on(date.today())
    forest_of(shelf, next(name for name, group in shelf.groups.items() if group.k > 1))
