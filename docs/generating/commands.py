"""cli.md: every command with its arguments, from the parsers themselves."""

import argparse
from collections.abc import Iterator
from importlib import import_module

from generating.markdown import page, table
from needlewise.cli.entry import COMMANDS, Parser

INTRODUCTION = """\
`./dev exec needlewise COMMAND ...` in a checkout, `needlewise COMMAND ...` where the package is installed. Data go to
standard output, messages to standard error; what a command ends with is listed in [exit codes](exit-codes.md).
Days are written as 2026-11-24."""


def commands_page() -> str:
    rows = [(f"[{name}](#{name})", summary) for name, summary in COMMANDS.items()]
    parts = [INTRODUCTION, table(("command", "what it does"), rows)]
    for name, summary in COMMANDS.items():
        parser = Parser(prog=f"needlewise {name}", description=f"{summary[0].upper()}{summary[1:]}.")
        import_module(f"needlewise.cli.{name}").declare(parser)
        parts += [f"## {name}", *_command(parser)]
    return page("Command line", *parts)


def _command(parser: argparse.ArgumentParser) -> Iterator[str]:
    below = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    usage = [*(f"{one.metavar} ..." for one in below), *map(_usage, _arguments(parser))]
    yield (parser.description or "").replace(" ....", " ...")
    yield f"    {parser.prog} {' '.join(usage)}"
    yield table(("argument", "meaning"), ((f"`{_name(one)}`", _meaning(one)) for one in _arguments(parser)))
    for one in below:
        for name, inner in one.choices.items():
            yield f"### {parser.prog.removeprefix('needlewise ')} {name}"
            yield from _command(inner)


def _arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    hidden = (argparse._HelpAction, argparse._SubParsersAction)
    return [one for one in parser._actions if not isinstance(one, hidden)]


def _name(action: argparse.Action) -> str:
    """As it is typed: the option and what goes with it."""
    value = _value(action)
    return f"{action.option_strings[0]} {value}".strip() if action.option_strings else value


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.metavar:
        return str(action.metavar)
    return "|".join(map(str, action.choices)) if action.choices else action.dest.upper()


def _usage(action: argparse.Action) -> str:
    more = " ..." if action.nargs == "*" or isinstance(action, argparse._AppendAction) else ""
    needed = action.required and not more
    return f"{_name(action)}{more}" if needed else f"[{_name(action)}{more}]"


def _meaning(action: argparse.Action) -> str:
    text = action.help or ""
    named = f"one of {', '.join(map(str, action.choices))}" if action.choices and not action.metavar else ""
    return "; ".join(
        part for part in (text, "" if all(str(c) in text for c in action.choices or ()) else named) if part
    )
