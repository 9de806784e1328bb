"""needlewise consult CASE.toml: screen a case and plan it."""

import argparse
import sys
from datetime import date
from pathlib import Path

from needlewise.consultation import Consultation, consult, read_case
from needlewise.errors import CaseError, Problem
from needlewise.knowledge import load_protocol


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", type=Path, metavar="CASE.toml", help="the case file; - reads standard input")
    parser.add_argument(
        "--on", type=date.fromisoformat, metavar="DATE", help="the day of the consultation; today if left out"
    )


def run(options: argparse.Namespace) -> int:
    on = options.on or date.today()
    protocol = load_protocol(on)
    print(as_text(consult(read_case(_bytes(options.case), protocol, on), protocol, on)))
    return 0


def _bytes(path: Path) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as fault:
        reason = fault.strerror or "cannot be read"
        raise CaseError(Problem(str(path), reason, "a case file", "see examples/ for some to start from")) from None


def as_text(consultation: Consultation) -> str:
    lines = [f"Verdict: {consultation.verdict.word}"]
    for reason in consultation.reasons:
        lines.append(f"- {reason.verdict.word}: {reason.because} [{reason.rule}; {reason.mark.basis.value}]")
    return "\n".join(lines)
