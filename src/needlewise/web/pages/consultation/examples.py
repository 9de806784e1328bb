"""The worked examples to start from: the case files of the checkout, or their copy inside the package."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# The wheel carries the folder beside this file; a checkout has it at its root.
FOLDERS = (HERE / "examples", HERE.parents[4] / "examples")
_NAME = re.compile(r"^[a-z0-9][a-z0-9-]*$")


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """One example: its name in the address, who comes, what comes of it, and the tables of its case."""

    name: str
    title: str
    outcome: str
    tables: Mapping[str, Any]


@cache
def worked_examples() -> Mapping[str, WorkedExample]:
    """All examples by name. Files that are not a case are passed over: a page must not fall for one of them."""
    folder = next((folder for folder in FOLDERS if folder.is_dir()), None)
    found = {}
    for path in sorted(folder.glob("*.toml")) if folder else ():
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
        if _NAME.match(path.stem) and "concern" in tables:
            title, _, outcome = _title(text, path.stem).partition(": ")
            found[path.stem] = WorkedExample(path.stem, title, outcome, tables)
    return found


def _title(text: str, name: str) -> str:
    """The first comment line says what the example is about."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    said = first.lstrip("#").strip() if first.startswith("#") else ""
    return said or name.replace("-", " ").capitalize()
