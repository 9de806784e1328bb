"""needlewise evidence: what the trials say."""

import argparse
from importlib import import_module
from types import ModuleType

# Sub-command -> what it does. Each is a module of its own.
COMMANDS = {
    "check": "read all studies and the tables that make them comparable, and look whether their figures add up",
    "list": "the studies of an indication, or all, one line each",
    "show": "everything about one study, with what was read and where",
    "pool": "every group of figures with its number of studies, or one of them pooled",
}
_MODULES = {"check": "checking", "list": "listing", "show": "showing", "pool": "pools"}


def declare(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        _module(name).declare(command)


def run(options: argparse.Namespace) -> int:
    return int(_module(options.action).run(options))


def _module(name: str) -> ModuleType:
    return import_module(f"needlewise.cli.evidence.{_MODULES[name]}")
