"""The claims of a knowledge folder, each with its numbers computed."""

from pathlib import Path

from needlewise.errors import EvidenceError, KnowledgeError, Problem
from needlewise.evidence.claims import GradedClaim, graded, stale_problems
from needlewise.evidence.groups import groups_of
from needlewise.evidence.spreads import stale_spreads
from needlewise.knowledge import EvidenceBase, load_claims


def gradings_of(base: EvidenceBase, folder: Path | None = None) -> tuple[GradedClaim, ...]:
    """All claims of a folder, our own if none is named. Problems name that folder."""
    try:
        claims = load_claims(base, folder)
    except KnowledgeError as error:
        raise KnowledgeError(_named(problem, folder) for problem in error.problems) from None
    groups = groups_of(base)
    found: list[GradedClaim] = []
    problems: list[Problem] = []
    for claim in claims.values():
        try:
            found.append(graded(claim, base, groups))
        except EvidenceError as error:
            problems += (_named(problem, folder) for problem in error.problems)
    if problems:
        raise EvidenceError(problems)
    return tuple(found)


def that_hold(base: EvidenceBase, folder: Path | None = None) -> tuple[GradedClaim, ...]:
    """The same, or a refusal that names every number outside the bounds of its grading, and every stated spread of a
    forecast that no longer fits the studies."""
    found = gradings_of(base, folder)
    problems = [_named(problem, folder) for one in found for problem in stale_problems(one)]
    problems += [_named(problem, folder) for problem in stale_spreads(base, groups_of(base))]
    if problems:
        raise KnowledgeError(problems)
    return found


def _named(problem: Problem, folder: Path | None) -> Problem:
    where = problem.where if folder is None else f"{folder}/{problem.where}"
    return Problem(where, problem.found, problem.expected, problem.hint)
