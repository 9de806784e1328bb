"""What the pages name: links, headings, files, commands. Functions from text to offences, so that each can be shown to bite."""

import argparse
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from needlewise.cli.entry import COMMANDS, Parser
from tests.docs.running import ROOT

_FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_PYTHON = re.compile(r"^ *```python$.*?^ *```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)
_PATH = re.compile(r"(?:src|tests|docs|examples|benchmarks|changelog\.d|\.ci)/[\w./-]*\w")
_AT_THE_TOP = re.compile(r"[A-Z]+\.md|\.importlinter|pyproject\.toml|\w+\.lock")
_COMMAND = re.compile(r"(?:\./dev [a-z]+[^\n`#|]*|\bneedlewise (?:[a-z]+|--[a-z]+)[^\n`#|]*)")
_OPTION = re.compile(r"(?<=\s)--[a-z-]+")


def pages() -> list[Path]:
    """Every page that is ours."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@cache
def anchors(path: Path) -> frozenset[str]:
    """The anchors of a page, as they are made from its headings."""
    text = _FENCED.sub("", path.read_text(encoding="utf-8"))
    found: list[str] = []
    for heading in _HEADING.findall(text):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        anchor = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        seen = found.count(anchor)
        found.append(anchor)
        if seen:
            found.append(f"{anchor}-{seen}")
    return frozenset(found)


def dead_links(text: str, path: Path) -> Iterator[str]:
    """Links of a page at `path` that lead nowhere in the checkout. Addresses elsewhere are not looked at."""
    for target in _LINK.findall(_FENCED.sub("", text)):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        if not there.exists():
            yield f"{target}: no such file"
        elif not there.is_relative_to(ROOT):
            yield f"{target}: outside of the checkout"
        elif anchor and anchor not in anchors(there):
            yield f"{target}: no such heading"


def missing_files(text: str) -> Iterator[str]:
    """Files named between backticks that are not there."""
    for code in _CODE.findall(_FENCED.sub("", text)):
        for name in (code,) if _PATH.fullmatch(code) or _AT_THE_TOP.fullmatch(code) else ():
            if not (ROOT / name).exists():
                yield name


def unknown_commands(text: str) -> Iterator[str]:
    """Commands that nobody answers to, and options that they do not take."""
    for command in _COMMAND.findall(_PYTHON.sub("", text)):
        words = command.split()
        if words[0] == "./dev":
            if words[1] not in dev_commands():
                yield f"{command.strip()}: ./dev has no `{words[1]}`"
            if words[1] != "exec" or words[2:3] != ["needlewise"]:
                continue
            words = words[2:]
        yield from (f"{command.strip()}: {fault}" for fault in _of_needlewise(words, command))


def _of_needlewise(words: list[str], command: str) -> Iterator[str]:
    name = words[1] if len(words) > 1 else ""
    if name in ("--help", "--version") or not name.islower() or not name.isalpha():
        return
    if name not in COMMANDS:
        yield f"no command `{name}`"
        return
    options, below = takes(name)
    if below and len(words) > 2 and words[2].isalpha() and words[2].islower() and words[2] not in below:
        yield f"no `{words[2]}` below `{name}`"
    yield from (f"no option {option}" for option in _OPTION.findall(command) if option not in options)


@cache
def takes(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The options of a command with those of all below it, and the names of these."""
    parser = Parser(prog=name)
    import_module(f"needlewise.cli.{name}").declare(parser)
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    inner = {word: one for action in below for word, one in action.choices.items()}
    options = {option for one in (parser, *inner.values()) for option in one._option_string_actions}
    return frozenset(options), frozenset(inner)


@cache
def dev_commands() -> frozenset[str]:
    """What ./dev says it can do."""
    done = subprocess.run([ROOT / "dev", "help"], capture_output=True, text=True, check=True)
    return frozenset(re.findall(r"^  \./dev ([a-z]+)", done.stdout, re.MULTILINE))
