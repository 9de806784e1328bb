"""Everything Needlewise raises on purpose.

    NeedlewiseError
    ├── CaseError          a case says something impossible, unknown or contradictory
    ├── KnowledgeError     a knowledge file is wrong, or none is in force on the day asked for
    ├── OverlayError       a clinic's list of tightenings would loosen, or names something unknown
    ├── DoseError          a dose was asked for with impossible settings
    ├── ScaleError         a score was asked for with answers outside its scale
    ├── ProofError         a safety invariant does not hold
    ├── EvidenceError      figures of studies are impossible, or cannot be pooled as asked
    ├── HealingError       a course was asked for that cannot be computed
    └── PictureError       a picture cannot be read, or not be measured as asked

Each carries `problems`: every fault found, not only the first. A problem says where, what was found, what was
expected and what to do.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: `where` (file, line, key), `found`, `expected`, and a `hint` on what to do."""

    where: str
    found: str
    expected: str = ""
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.found}"
        if self.expected:
            text += f"\n  expected: {self.expected}"
        if self.hint:
            text += f"\n  hint: {self.hint}"
        return text


class NeedlewiseError(Exception):
    """The root of the tree. `exit_code` is what the command line ends with."""

    exit_code = 1

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class CaseError(NeedlewiseError):
    """A case says something impossible, unknown or contradictory."""

    exit_code = 3


class KnowledgeError(NeedlewiseError):
    """A knowledge file is wrong, or none is in force on the day asked for."""

    exit_code = 4


class OverlayError(NeedlewiseError):
    """A clinic's list of tightenings would loosen something, or names something unknown."""

    exit_code = 5


class DoseError(NeedlewiseError):
    """A dose was asked for with impossible settings."""

    exit_code = 6


class ScaleError(NeedlewiseError):
    """A score was asked for with answers outside its scale."""

    exit_code = 6


class ProofError(NeedlewiseError):
    """A safety invariant does not hold."""

    exit_code = 7


class EvidenceError(NeedlewiseError):
    """Figures of studies are impossible, or cannot be pooled as asked."""

    exit_code = 9


class HealingError(NeedlewiseError):
    """A course, a trial or a calibration was asked for that cannot be computed."""

    exit_code = 10


class PictureError(NeedlewiseError):
    """A picture cannot be read, or not be measured as asked."""

    exit_code = 11
