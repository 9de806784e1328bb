"""The evidence of a knowledge folder, opened for a command."""

from datetime import date
from pathlib import Path

from needlewise.cli.exits import WrongUseError
from needlewise.cli.inputs import protocol_of
from needlewise.errors import KnowledgeError, Problem
from needlewise.knowledge import EvidenceBase, load_evidence


def base_of(folder: Path | None = None) -> EvidenceBase:
    """The evidence of a knowledge folder, our own if none is named. Problems name that folder."""
    if folder is not None and not folder.is_dir():
        raise WrongUseError(Problem(str(folder), "not a folder", "a folder of knowledge files"))
    protocol = protocol_of(date.today(), folder)
    if folder is None:
        return load_evidence(protocol)
    try:
        return load_evidence(protocol, folder)
    except KnowledgeError as error:
        told = (Problem(f"{folder}/{p.where}", p.found, p.expected, p.hint) for p in error.problems)
        raise KnowledgeError(told) from None
