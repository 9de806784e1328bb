"""Commands that hold several actions, such as `needlewise protocol check`: each is a module of its own."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import NamedTuple


class Action(NamedTuple):
    """What an action does, in a line, and the module beside the command that does it."""

    summary: str
    module: str


@dataclass(frozen=True, slots=True)
class Actions:
    """The actions of a command. `package` is that of the command; `by_name` the actions in the order of the help."""

    package: str
    by_name: Mapping[str, Action]

    def declare(self, parser: argparse.ArgumentParser) -> None:
        """Give the parser of the command one parser for each action."""
        commands = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
        for name, action in self.by_name.items():
            description = f"{action.summary[0].upper()}{action.summary[1:]}."
            command = commands.add_parser(name, help=action.summary, description=description)
            import_module(f"{self.package}.{action.module}").declare(command)

    def run(self, options: argparse.Namespace) -> int:
        """Run the action that was named and return its exit code."""
        return int(import_module(f"{self.package}.{self.by_name[options.action].module}").run(options))
