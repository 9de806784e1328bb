"""needlewise replay DECISION.json: the same case again, under the rows of its own day or of another."""

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from needlewise.cli.exits import AnswerChangedError
from needlewise.cli.inputs import STANDARD_INPUT, add_overlay, day, protocol_of
from needlewise.errors import CaseError, Problem
from needlewise.interop.replay import Replay, day_of, replay

OWN, TODAY = "own", "today"
_EXPECTED = "what `consult --format json` wrote"


def declare(parser: argparse.ArgumentParser) -> None:
    what = "what `consult --format json` wrote; - reads standard input"
    parser.add_argument("decision", type=Path, metavar="DECISION.json", help=what)
    parser.add_argument(
        "--under",
        type=_under,
        default=OWN,
        metavar="own|today|DATE",
        help="the rows in force on the decision's own day (the default), today, or on another day",
    )
    parser.add_argument(
        "--folder", type=Path, metavar="PATH", help="another knowledge folder, such as that of an older edition"
    )
    add_overlay(parser)


def _under(text: str) -> str | date:
    return text if text in (OWN, TODAY) else day(text)


def run(options: argparse.Namespace) -> int:
    name = "standard input" if str(options.decision) == STANDARD_INPUT else str(options.decision)
    try:
        decision = _read(options.decision)
        on = day_of(decision)
        under = on if options.under == OWN else date.today() if options.under == TODAY else options.under
        done = replay(decision, protocol_of(under, options.folder, options.overlay))
    except CaseError as error:
        raise CaseError(Problem(f"{name}: {p.where}", p.found, p.expected, p.hint) for p in error.problems) from None
    print("\n".join(_told(done)))
    return AnswerChangedError.exit_code if done.differences else 0


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(sys.stdin.buffer.read() if str(path) == STANDARD_INPUT else path.read_bytes())
    except OSError as fault:
        reason = (fault.strerror or "cannot be read").lower()
        raise CaseError(Problem("decision", reason, _EXPECTED)) from None
    except (ValueError, RecursionError) as fault:
        raise CaseError(Problem("decision", f"not valid JSON: {fault}", _EXPECTED)) from None
    if not isinstance(found, dict):
        raise CaseError(Problem("decision", "no decision in it", _EXPECTED))
    return found


def _told(done: Replay) -> list[str]:
    lines = [
        f"Decision of {done.on.isoformat()}",
        f"  made with      {done.made_with or 'rows that are not named'}",
        f"  replayed with  {done.replayed_with}",
    ]
    if not done.exact:
        lines.append("  not exact: these are not the rows it was made with")
    if not done.differences:
        return [*lines, "", "The same answer, some of it in other words." if done.reworded else "The same answer."]
    count = len(done.differences)
    lines += ["", f"{count} difference{'s' if count > 1 else ''}:"]
    for one in done.differences:
        lines += [f"  {one.where}", f"    was  {one.before}", f"    now  {one.after}"]
    return lines
