"""needlewise protocol: read, check and compare what is known."""

import argparse
from importlib import import_module
from types import ModuleType

# Sub-command -> what it does. Each is a module of its own.
COMMANDS = {
    "check": "read all knowledge files and run every example of every rule",
    "list": "the rows of a table, one line each",
    "show": "everything about one id: a rule, a question, a zone, a device, a source ...",
    "sources": "the sources, or one of them and all that rests on it",
    "diff": "what differs between two knowledge folders, or two days",
}
_MODULES = {"list": "listing", "diff": "differing", "show": "showing", "check": "checking", "sources": "citing"}


def declare(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        _module(name).declare(command)


def run(options: argparse.Namespace) -> int:
    return int(_module(options.action).run(options))


def _module(name: str) -> ModuleType:
    return import_module(f"needlewise.cli.protocol.{_MODULES[name]}")
