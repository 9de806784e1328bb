"""Exit codes: one for each family of errors, listed here and nowhere else.

docs/reference/exit-codes.md is written by `as_markdown`, and a test holds it to that.
"""

from needlewise.errors import (
    CaseError,
    DoseError,
    EvidenceError,
    HealingError,
    KnowledgeError,
    NeedlewiseError,
    OverlayError,
    PictureError,
    ProofError,
)

DONE = 0
INTERRUPTED = 130


class WrongUseError(NeedlewiseError):
    """The command was called in a way that makes no sense."""

    exit_code = 2


class CannotWriteError(NeedlewiseError):
    """The result could not be written where it was asked for. What stood there is untouched."""


class AnswerChangedError(NeedlewiseError):
    """A stored answer does not come out the same again."""

    exit_code = 8


class StoppedError(NeedlewiseError):
    """Stopped from the keyboard; what is whole is kept, and can be gone on from."""

    exit_code = INTERRUPTED


EXITS = (
    (DONE, "done", "the command did what was asked, whatever the verdict of a case"),
    (NeedlewiseError.exit_code, "other", "something else went wrong: a file could not be written, a page not be set"),
    (WrongUseError.exit_code, "wrong use", "unknown command, option or id, or options that do not go together"),
    (CaseError.exit_code, "case", "a case file is missing, unreadable, impossible or contradictory"),
    (KnowledgeError.exit_code, "knowledge", "a knowledge file is wrong, or none was in force on the day asked for"),
    (OverlayError.exit_code, "overlay", "a clinic's list of tightenings loosens something or names something unknown"),
    (DoseError.exit_code, "dose or scale", "a dose or a score was asked for with impossible numbers"),
    (ProofError.exit_code, "proof", "a safety invariant does not hold"),
    (AnswerChangedError.exit_code, "changed", "a stored answer does not come out the same again"),
    (EvidenceError.exit_code, "evidence", "figures of studies are impossible, or cannot be pooled as asked"),
    (HealingError.exit_code, "healing", "a course, a trial or a calibration was asked for that cannot be computed"),
    (PictureError.exit_code, "picture", "a picture cannot be read, or not be measured as asked"),
    (INTERRUPTED, "interrupted", "stopped from the keyboard; a trial keeps its whole chunks, else nothing was written"),
)


def as_help() -> str:
    """The table as the end of `needlewise --help`."""
    return "\n".join(["exit codes:", *(f"  {code:<5}{name:<16}{meaning}" for code, name, meaning in EXITS)])


def as_markdown() -> str:
    """The table as the reference page."""
    head = [
        "# Exit codes",
        "",
        "Data go to standard output, messages to standard error. A message says where, what was found, what was expected",
        "and what to do; all problems are told at once. The code says which family they belong to.",
        "",
        "| code | family | when |",
        "|---:|---|---|",
    ]
    return "\n".join([*head, *(f"| {code} | {name} | {meaning} |" for code, name, meaning in EXITS), ""])
