"""Running what a page shows: its commands, its Python, and the output printed beside them.

On a page of Markdown
- a `toml` block that begins with a comment naming a file is saved under that name;
- a `console` block runs each line that begins with `$ `; what stands below is what it prints, and what follows a prompt is
  typed in. A line that begins with `# ` is a remark;
- a `python` block is executed, one namespace for the page; a `text` block right after it is what it prints.
In what is printed, `...` stands for anything: for whole lines where it stands alone, else for the rest of its line.
"""

import contextlib
import io
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from needlewise.cli.entry import run

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SAVED = re.compile(r"# ([\w.-]+\.toml)\b")
_TYPED = re.compile(r"(?:|.* )> (.*)")
_PROMPT = "$ "
_INSIDE = ("./dev exec needlewise", "needlewise")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the line on which it begins."""

    language: str
    text: str
    line: int


def blocks_of(page: str) -> list[Block]:
    return [Block(m[1], m[2], page.count("\n", 0, m.start()) + 1) for m in _BLOCK.finditer(page)]


def is_runnable(page: str) -> bool:
    return any(block.language in ("console", "python") for block in blocks_of(page))


def differences(page: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[str]:
    """Everything on a page that does not come out as shown. It is run in `folder`, with the examples beside it."""
    if not (folder / "examples").exists():
        (folder / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "100")
    namespace: dict[str, Any] = {"__name__": "page"}
    blocks = blocks_of(page)
    for number, block in enumerate(blocks):
        if block.language == "toml" and (name := _SAVED.match(block.text)):
            (folder / name[1]).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            for command, shown in commands_in(block.text):
                yield from _difference(block, command, shown, _called(command, shown, monkeypatch))
        elif block.language == "python":
            printed = _executed(block, namespace)
            after = blocks[number + 1] if number + 1 < len(blocks) else None
            if printed or (after is not None and after.language == "text"):
                yield from _difference(block, "the code", after.text if after else "", printed)


def commands_in(text: str) -> list[tuple[str, str]]:
    """Each command of a block, with what is shown below it."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith(_PROMPT):
            found.append((line.removeprefix(_PROMPT), []))
        elif found and not line.startswith("# "):
            found[-1][1].append(line)
    return [(command, "\n".join(shown)) for command, shown in found]


def matches(shown: str, real: str) -> bool:
    """Whether a text is what is shown, `...` standing for anything."""
    pattern = ""
    for line in shown.strip("\n").splitlines():
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part) for part in line.rstrip().split("...")) + "\n"
    plain = "".join(f"{line.rstrip()}\n" for line in real.strip("\n").splitlines())
    return re.fullmatch(pattern, plain) is not None


def _difference(block: Block, what: str, shown: str, real: str) -> Iterator[str]:
    if not matches(shown, real):
        yield f"line {block.line}, {what}\n--- shown\n{shown}\n--- real\n{real}"


class _Keyboard(io.StringIO):
    """What is typed in; a terminal shows it after the prompt."""

    def readline(self, size: int | None = -1, /) -> str:
        line = super().readline(-1 if size is None else size)
        sys.stderr.write(line)
        return line


def _called(command: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a needlewise command prints on both streams, in the order in which it does."""
    inside = next((name for name in _INSIDE if command.startswith(f"{name} ")), None)
    assert inside is not None, f"only needlewise is run from a page, not: {command}"
    typed = [found[1] for line in shown.splitlines() if (found := _TYPED.fullmatch(line))]
    monkeypatch.setattr(sys, "stdin", _Keyboard("".join(f"{line}\n" for line in typed)))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), contextlib.suppress(SystemExit):
        run(shlex.split(command.removeprefix(inside)))
    return printed.getvalue()


def _executed(block: Block, namespace: dict[str, Any]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block.text, f"page, line {block.line}", "exec"), namespace)  # noqa: S102 - the pages are ours
    return printed.getvalue()
