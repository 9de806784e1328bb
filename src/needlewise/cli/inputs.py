"""What comes in: days, case files, knowledge folders. Every problem names the file and the line it was found on."""

import argparse
import re
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from needlewise.cli.exits import WrongUseError
from needlewise.clinical.case import Case
from needlewise.clinical.case_text import LARGEST_BYTES, tables_of, too_large
from needlewise.consultation import read_case
from needlewise.errors import CaseError, KnowledgeError, OverlayError, Problem
from needlewise.knowledge import Protocol, line_of, load_protocol

STANDARD_INPUT = "-"
# Dates are added to days, and the calendar ends in the year 9999.
LAST_DAY = date(2199, 12, 31)
_WHOLE = re.compile(r"case(?::(\d+))?")


def day(text: str) -> date:
    """A day from the command line."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is no day; write it as 2026-11-24") from None
    if found > LAST_DAY:
        raise argparse.ArgumentTypeError(f"{found} is too far ahead; a day up to {LAST_DAY}")
    return found


def add_day(parser: argparse.ArgumentParser, what: str) -> None:
    """The option --on, the same for every command."""
    parser.add_argument("--on", type=day, metavar="DATE", help=f"{what}; today if left out")


def add_overlay(parser: argparse.ArgumentParser) -> None:
    """The option --overlay, the same for every command."""
    parser.add_argument(
        "--overlay", type=Path, metavar="PATH", help="the clinic's own list of tightenings, laid over the protocol"
    )


def protocol_of(on: date, folder: Path | None = None, overlay: Path | None = None) -> Protocol:
    """The protocol of a day. Problems in a folder or a list of one's own name that folder or list."""
    raw = None if overlay is None else _overlay(overlay)
    try:
        return _protocol_of(on, folder, raw)
    except OverlayError as error:
        told = (
            Problem(p.where.replace("overlay", str(overlay), 1), p.found, p.expected, p.hint) for p in error.problems
        )
        raise OverlayError(told) from None


def _overlay(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        reason = (fault.strerror or "cannot be read").lower()
        raise OverlayError(Problem(str(path), reason, "a clinic's list of tightenings")) from None


def _protocol_of(on: date, folder: Path | None, overlay: bytes | None) -> Protocol:
    if folder is None:
        return load_protocol(on, None, overlay)
    if not folder.is_dir():
        raise WrongUseError(Problem(str(folder), "not a folder", "a folder of knowledge files"))
    if next(folder.rglob("*.toml"), None) is None:
        raise KnowledgeError(Problem(str(folder), "no knowledge file in it", "the folders rules, facts, zones ..."))
    try:
        return load_protocol(on, folder, overlay)
    except KnowledgeError as error:
        raise KnowledgeError(
            Problem(f"{folder}/{p.where}", p.found, p.expected, p.hint) for p in error.problems
        ) from None


def case_of(path: Path, protocol: Protocol, on: date) -> tuple[Case, dict[str, Any]]:
    """The case in a file or on standard input, and its tables as they were written.

    Raises `CaseError` with every problem at its place: file, line, key.
    """
    name = "standard input" if str(path) == STANDARD_INPUT else str(path)
    raw = b""
    try:
        raw = _bytes(path)
        tables = tables_of(raw)
        return read_case(tables, protocol, on), tables
    except CaseError as error:
        raise CaseError(_placed(error.problems, name, raw)) from None


def _placed(problems: Iterable[Problem], name: str, raw: bytes) -> list[Problem]:
    """The problems in the order of the file; those without a line come first."""
    numbered = [(_line(p.where, raw), p) for p in problems]
    numbered.sort(key=lambda pair: pair[0] or 0)
    return [Problem(_place(p.where, name, line), p.found, p.expected, p.hint) for line, p in numbered]


def _line(where: str, raw: bytes) -> int | None:
    whole = _WHOLE.fullmatch(where)
    return line_of(raw, where) if whole is None else int(whole.group(1) or 0) or None


def _place(where: str, name: str, line: int | None) -> str:
    file = f"{name}:{line}" if line else name
    return file if _WHOLE.fullmatch(where) else f"{file}: {where}"


def _bytes(path: Path) -> bytes:
    """The content, unless it is far too much: then the size alone is looked at."""
    try:
        if str(path) == STANDARD_INPUT:
            return _at_most(sys.stdin.buffer, None)
        with path.open("rb") as file:
            return _at_most(file, path.stat().st_size)
    except IsADirectoryError:
        raise CaseError(Problem("case", "a folder", "a case file", "name the file inside it")) from None
    except FileNotFoundError:
        hint = "see examples/ for some to start from, or make one: `needlewise new`"
        raise CaseError(Problem("case", "no such file", "a case file", hint)) from None
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or "cannot be read"
        raise CaseError(Problem("case", reason.lower(), "a case file that can be read")) from None


def _at_most(file: BinaryIO, size: int | None) -> bytes:
    if size is not None and size > LARGEST_BYTES:
        raise too_large(size)
    raw = file.read(LARGEST_BYTES + 1)
    if len(raw) > LARGEST_BYTES:
        raise too_large(len(raw) if size is None else size)
    return raw
