"""needlewise verify: prove the safety invariants of the protocol, and name the patient who breaks one."""

import argparse
import sys
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

from needlewise.cli.exits import WrongUseError
from needlewise.cli.inputs import add_day, add_overlay, protocol_of
from needlewise.errors import Problem, ProofError


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these invariants; all if left out")
    parser.add_argument("--list", action="store_true", help="say the invariants and how each is held, and stop")
    parser.add_argument("--folder", type=Path, metavar="PATH", help="another knowledge folder")
    add_day(parser, "the day whose rows are proved")
    add_overlay(parser)


def run(options: argparse.Namespace) -> int:
    if find_spec("z3") is None:
        hint = "pip install 'needlewise[verify]'"
        raise WrongUseError(Problem("verify", "the solver z3 is not installed", "the package z3-solver", hint))
    from needlewise.verification.invariants import INVARIANTS, broken  # noqa: PLC0415 - brings in the solver

    known = {one.id: one for one in INVARIANTS}
    for name in options.ids:
        if name not in known:
            raise WrongUseError(Problem("verify", f"unknown invariant `{name}`", f"one of: {', '.join(known)}"))
    wanted = [known[name] for name in options.ids] or list(INVARIANTS)
    if options.list:
        print("\n".join(f"{one.id}: {one.sentence} ({one.held.value})" for one in wanted))
        return 0
    on = options.on or date.today()
    protocol = protocol_of(on, options.folder, options.overlay)
    problems = []
    for sweep in dict.fromkeys(one.sweep for one in wanted):
        ids = [one.id for one in wanted if one.sweep is sweep]
        started = perf_counter()
        try:
            found = list(broken(protocol, on, ids))
        except RuntimeError as fault:  # the solver gave up: that is no proof
            raise ProofError(Problem(", ".join(ids), f"not proved: {fault}", "a proof or a patient")) from None
        seconds = perf_counter() - started
        for name in ids:
            mine = [text for invariant, text in found if invariant == name]
            print(f"{'BROKEN' if mine else 'holds':<7} {name:<28} {seconds:6.1f} s  {known[name].held.value}")
            problems += [Problem(name, text.replace("\n", "\n    "), known[name].sentence) for text in mine]
        sys.stdout.flush()
    if problems:
        raise ProofError(problems)
    print(f"{len(wanted)} invariants hold for edition {protocol.edition}.")
    return 0
