"""Reading one knowledge file: text, values, and the line on which a value stands."""

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from needlewise.errors import Problem

_HEADER = re.compile(r"^\s*(\[\[?)([^\]]+)\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\"'.-]+)\s*=")


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file. `name` is its path below the knowledge folder."""

    name: str
    raw: bytes
    data: dict[str, Any]

    def as_json(self, extra: dict[str, Any] | None = None) -> str:
        """The values as JSON, days as ISO text: strict checking then accepts arrays, enumerations and days alike."""
        return json.dumps(self.data if extra is None else {**self.data, **extra}, default=str)

    def line_of(self, path: Sequence[str | int]) -> int:
        """The line of the deepest part of `path` that has a line of its own; 1 if there is none."""
        return _locate(self.raw.decode("utf-8", "replace"), [part for part in path if part != "from_day"])


def read(path: Path, name: str) -> Document | Problem:
    """Read and parse a file; a fault comes back as a problem, so that all files are read before anything fails."""
    raw = path.read_bytes()
    try:
        return Document(name, raw, tomllib.loads(raw.decode("utf-8")))
    except UnicodeDecodeError as fault:
        return Problem(name, f"byte {fault.start} is not UTF-8 text", "UTF-8", "save the file as UTF-8")
    except tomllib.TOMLDecodeError as fault:
        return Problem(name, f"not valid TOML: {fault}", "TOML 1.0", "look at the line named, and at the one before it")


def _locate(text: str, path: Sequence[str | int]) -> int:
    """Follow headers and keys down the text. Array headers are counted, so that `rule.1` is the second [[rule]]."""
    counts: dict[str, int] = {}
    best, best_depth = 1, 0
    prefix: list[str | int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        here: list[str | int] | None = None
        if header := _HEADER.match(line):
            prefix = _header_path(header.group(2), header.group(1) == "[[", counts)
            here = prefix
        elif key := _KEY.match(line):
            here = [*prefix, *(part.strip("\"'") for part in key.group(1).split("."))]
        if here and len(here) > best_depth and list(path[: len(here)]) == here:
            best, best_depth = number, len(here)
    return best


def _header_path(header: str, is_array: bool, counts: dict[str, int]) -> list[str | int]:
    path: list[str | int] = []
    names = [part.strip().strip("\"'") for part in header.split(".")]
    for depth, part in enumerate(names, start=1):
        path.append(part)
        key = json.dumps(path)
        if is_array and depth == len(names):
            counts[key] = counts.get(key, -1) + 1
        if key in counts:
            path.append(counts[key])
    return path
