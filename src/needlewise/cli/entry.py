"""Finding the command, and turning errors into messages and exit codes."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from needlewise import __version__
from needlewise.cli import exits
from needlewise.cli.exits import WrongUseError
from needlewise.errors import NeedlewiseError, Problem

# Command -> what it does. Each is a module of its own, imported only when it is called.
COMMANDS = {
    "consult": "screen a case and plan it",
    "new": "answer questions at the prompt and write a case file",
    "facts": "every question: its answers, when it applies, why it is asked",
    "protocol": "read, check and compare the protocol and its sources",
    "simulate": "how skin is expected to heal after a plan, by a model",
    "replay": "the case of a stored decision again, and what comes out differently",
    "evidence": "what the trials say: studies, whether their figures add up, and pools",
    "validate": "published series against what the healing model predicts of them",
    "trial": "a virtual trial: many virtual people, several ways of treating them",
    "dose": "from device and settings to holes and injured share, and back",
    "measure": "what the photographs of two visits show, each number with its own error",
    "card": "the card that is laid beside the skin, to print, with how to use it",
    "learn": "what patients may read, and the tip of each day of a plan",
    "news": "what has changed in the protocol, the evidence and Needlewise itself",
    "calibrate": "fit the model of healing to the published figures again",
    "verify": "prove the safety invariants, or name the patient who breaks one",
    "schema": "the JSON Schema of a consultation",
}
# So many problems are printed; a file with more is another kind of file.
MOST_SHOWN = 50


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints look like all other messages."""

    def error(self, message: str) -> NoReturn:
        raise WrongUseError(Problem(self.prog, message, hint=f"`{self.prog} --help` shows what can be said"))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code. Data go to standard output, messages to standard error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal without a letter shows a question mark instead of ending the command.
            stream.reconfigure(errors="replace")
    try:
        code = _called(arguments)
        sys.stdout.flush()
    except NeedlewiseError as error:
        return _told(error)
    except BrokenPipeError:
        # The reader has seen enough. Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.DONE
    except KeyboardInterrupt:
        print("\nInterrupted; nothing was written.", file=sys.stderr)
        return exits.INTERRUPTED
    return code


def _called(arguments: Sequence[str]) -> int:
    parser = Parser(
        prog="needlewise",
        description="Microneedling, with the reason behind every number.",
        epilog=exits.as_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"needlewise {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    named = next((word for word in arguments if not word.startswith("-")), "")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if name == named:
            import_module(f"needlewise.cli.{name}").declare(command)
    if named and named not in COMMANDS:
        raise WrongUseError(_unknown(named))
    options = parser.parse_args(arguments)
    if not options.command:
        parser.print_help(sys.stderr)
        return WrongUseError.exit_code
    return int(import_module(f"needlewise.cli.{options.command}").run(options))


def _unknown(name: str) -> Problem:
    from difflib import get_close_matches  # noqa: PLC0415 - only needed after a slip

    near = get_close_matches(name, COMMANDS, n=1)
    hint = f"did you mean `{near[0]}`?" if near else "`needlewise --help` lists what each does"
    return Problem("needlewise", f"unknown command `{name}`", f"one of: {', '.join(COMMANDS)}", hint)


def _told(error: NeedlewiseError) -> int:
    for problem in error.problems[:MOST_SHOWN]:
        print(problem, file=sys.stderr)
    if len(error.problems) > MOST_SHOWN:
        print(f"... and {len(error.problems) - MOST_SHOWN:,} more", file=sys.stderr)
    if len(error.problems) > 1:
        print(f"{len(error.problems):,} problems; nothing was done.", file=sys.stderr)
    return error.exit_code
