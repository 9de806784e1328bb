"""What articles say of needling, held against the studies: numbers computed, texts filled, gradings that no longer
hold named."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from needlewise.errors import EvidenceError, Problem
from needlewise.evidence.claim_numbers import Computed, compute
from needlewise.evidence.groups import Group
from needlewise.knowledge import Claim, EvidenceBase

_PLACEHOLDER = re.compile(r"\{([a-z-]+)(?:\.([a-z]+))?\}")


@dataclass(frozen=True, slots=True)
class GradedClaim:
    """A claim with its numbers. `stale` are the numbers outside the bounds within which its grading holds;
    `withdrawn` the studies that decide it and may no longer be computed with."""

    claim: Claim
    numbers: Mapping[str, Computed]
    reason: str
    plain: str
    stale: tuple[Computed, ...] = ()
    withdrawn: tuple[str, ...] = ()

    @property
    def studies(self) -> tuple[str, ...]:
        """Every study that it rests on: those that decide it and those behind its numbers, each once."""
        counted = (study for number in self.numbers.values() for study in number.studies)
        return tuple(dict.fromkeys((*self.claim.study, *counted)))


def graded(claim: Claim, base: EvidenceBase, groups: Iterable[Group]) -> GradedClaim:
    """A claim held against the studies. `groups` are those of the base.

    Raises `EvidenceError` where a number names a group or a comparison that there is not.
    """
    by_id = {group.key.id: group for group in groups}
    numbers: dict[str, Computed] = {}
    problems: list[Problem] = []
    for number in claim.number:
        try:
            numbers[number.id] = compute(number, base, by_id)
        except EvidenceError as error:
            problems += (_of_claim(claim, one) for one in error.problems)
    if problems:
        raise EvidenceError(problems)
    return GradedClaim(
        claim,
        numbers,
        _filled(claim.reason, numbers),
        _filled(claim.plain, numbers),
        tuple(one for one in numbers.values() if not one.is_within),
        tuple(name for name in claim.study if base.studies[name].never_pool),
    )


def stale_problems(found: GradedClaim) -> Iterator[Problem]:
    """Why the grading of a claim has to be looked at again; nothing where it stands."""
    file = f"claims/{found.claim.id}.toml"
    for one in found.stale:
        least, most = one.number.bounds
        value = one.told() if one.value is not None else "nothing to compute it from"
        told = f"{value} ({one.value:.3g})" if one.count is not None and one.value is not None else value
        hint = (
            f"read the claim again: if `{found.claim.verdict}` still holds, widen the bounds of `{one.number.id}`; "
            "if not, change the verdict and its texts"
        )
        expected = f"{least:g} to {most:g}, within which `{found.claim.verdict}` was found to hold"
        yield Problem(f"{file}: number `{one.number.id}`", told, expected, hint)
    for name in found.withdrawn:
        hint = "take it out of `study` and look whether the verdict holds without it"
        yield Problem(f"{file}: study", f"`{name}` may no longer be computed with", "studies that count", hint)


def resting_on(name: str, claims: Iterable[GradedClaim]) -> tuple[str, ...]:
    """The ids of the claims that rest on a study or a source, whether it decides them or is counted in a number."""
    return tuple(one.claim.id for one in claims if name in one.claim.source or name in one.studies)


def _of_claim(claim: Claim, problem: Problem) -> Problem:
    where = f"claims/{claim.id}.toml: {problem.where}"
    return Problem(where, problem.found, problem.expected, problem.hint)


def _filled(text: str, numbers: Mapping[str, Computed]) -> str:
    return _PLACEHOLDER.sub(lambda match: numbers[match.group(1)].told(match.group(2) or ""), text)
