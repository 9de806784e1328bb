"""Finding the command and turning errors into messages and exit codes.

Exit codes: 0 done · 1 other · 2 wrong use · 3 case · 4 knowledge · 5 overlay · 6 dose or scale · 7 proof ·
8 the answer changed on replay.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from needlewise import __version__
from needlewise.errors import NeedlewiseError

# Command -> what it does. Each is a module of its own, imported only when it is called.
COMMANDS = {
    "consult": "screen a case and plan it",
}


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code. Data go to standard output, messages to standard error."""
    parser = argparse.ArgumentParser(
        prog="needlewise", description="Microneedling, with the reason behind every number."
    )
    parser.add_argument("--version", action="version", version=f"needlewise {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    named = arguments[0] if arguments and arguments[0] in COMMANDS else None
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        if name == named:
            import_module(f"needlewise.cli.{name}").declare(command)
    options = parser.parse_args(arguments)
    try:
        return int(import_module(f"needlewise.cli.{options.command}").run(options))
    except NeedlewiseError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        return 0
