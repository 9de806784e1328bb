"""needlewise replay DECISION.json: the same case again, under the rows of its own day or of another."""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from needlewise.cli.exits import AnswerChangedError
from needlewise.cli.inputs import day, protocol_of
from needlewise.errors import CaseError, Problem
from needlewise.interop.replay import Replay, day_of, replay

OWN, TODAY = "own", "today"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("decision", type=Path, metavar="DECISION.json", help="what `consult --format json` wrote")
    parser.add_argument(
        "--under",
        default=OWN,
        metavar="own|today|DATE",
        help="the rows in force on the decision's own day (the default), today, or on another day",
    )
    parser.add_argument(
        "--folder", type=Path, metavar="PATH", help="another knowledge folder, such as that of an older edition"
    )


def run(options: argparse.Namespace) -> int:
    decision = _read(options.decision)
    on = day_of(decision)
    under = on if options.under == OWN else date.today() if options.under == TODAY else day(options.under)
    done = replay(decision, protocol_of(under, options.folder))
    print("\n".join(_told(done)))
    return AnswerChangedError.exit_code if done.differences else 0


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except OSError as fault:
        raise CaseError(Problem(str(path), fault.strerror or "cannot be read", "a decision")) from None
    except ValueError as fault:
        raise CaseError(Problem(str(path), f"not valid JSON: {fault}", "what `consult --format json` wrote")) from None
    if not isinstance(found, dict):
        raise CaseError(Problem(str(path), "no decision in it", "what `consult --format json` wrote"))
    return found


def _told(done: Replay) -> list[str]:
    lines = [
        f"Decision of {done.on.isoformat()}",
        f"  made with      {done.made_with}",
        f"  replayed with  {done.replayed_with}",
    ]
    if not done.exact:
        lines.append("  not exact: these are not the rows it was made with")
    if not done.differences:
        return [*lines, "", "The same answer."]
    lines += ["", f"{len(done.differences)} differences:"]
    width = max(len(one.where) for one in done.differences)
    return [*lines, *(f"  {one.where:<{width}}  {one.before}  ->  {one.after}" for one in done.differences)]
