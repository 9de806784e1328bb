"""The table behind a forest plot that somebody published, as a file: `needlewise evidence pool --csv FILE`."""

import argparse
from pathlib import Path

from needlewise.cli.exits import WrongUseError
from needlewise.errors import EvidenceError, Problem
from needlewise.evidence.effects_csv import KINDS, CsvEffects, read_effects

# A forest plot is a page; what is larger is another kind of file.
LARGEST_BYTES = 5_000_000


def add_file(parser: argparse.ArgumentParser) -> None:
    """The options --csv and --kind."""
    parser.add_argument("--csv", type=Path, metavar="FILE", help="pool the effects of this CSV file instead")
    parser.add_argument(
        "--kind", choices=KINDS, metavar="KIND", help=f"what the effects of the file are; one of: {', '.join(KINDS)}"
    )


def file_of(options: argparse.Namespace) -> CsvEffects | None:
    """The effects of the file that was named; None where none was."""
    if options.csv is None:
        if options.kind is not None:
            raise WrongUseError(Problem("--kind", "without --csv", "a file whose effects it speaks of"))
        return None
    if options.group is not None or options.folder is not None:
        raise WrongUseError(
            Problem("--csv", "beside a group or a folder", "one thing to pool", "leave one of them out")
        )
    return read_effects(text_of(options.csv), str(options.csv), options.kind or "")


def text_of(path: Path) -> str:
    """The text of a file that people made. Raises `EvidenceError` for one that cannot be read, is not UTF-8 or huge."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or "cannot be read"
        raise EvidenceError(Problem(str(path), reason.lower(), "a file that can be read")) from None
    if len(raw) > LARGEST_BYTES:
        raise EvidenceError(Problem(str(path), f"more than {LARGEST_BYTES:,} bytes", "a small text file"))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        found = f"byte 0x{raw[fault.start]:02x} is not UTF-8 text"
        raise EvidenceError(Problem(f"{path}:{line}", found, "UTF-8", "save the file as UTF-8")) from None
