"""Reading one knowledge file: text, values, and the line on which a value stands."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from needlewise.errors import Problem

_HEADER = re.compile(r"^\s*(\[\[?)([^\]]+)\]\]?")
_KEY = re.compile(r"^\s*((?:[A-Za-z0-9_.-]|\"[^\"]*\"|'[^']*'|[ \t]*\.[ \t]*)+?)\s*=")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+)")
_TOKEN = re.compile(
    r"\"\"\"|'''|\"(?:\\.|[^\"\\])*\"|'[^']*'|#.*|[\[\]{},=]|[^\s\[\]{},=#\"']+|[\"']",
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_LAST_PART = re.compile(r"(\[\d+\]|\.[^.\[]*)$")

KeyPath = tuple[str | int, ...]


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
        lines = _lines(self.raw)
        parts = tuple(path)
        return next((lines[parts[:n]] for n in range(len(parts), 0, -1) if parts[:n] in lines), 1)


def read(path: Path, name: str) -> Document | Problem:
    """Read and parse a file; a fault comes back as a problem, so that all files are read before anything fails."""
    try:
        raw = path.read_bytes()
    except OSError as fault:
        return Problem(name, (fault.strerror or "cannot be read").lower(), "a file that can be read")
    return parse(raw, name)


def parse(raw: bytes, name: str) -> Document | Problem:
    """Parse a text; a fault comes back as a problem."""
    try:
        return Document(name, raw, tomllib.loads(raw.decode("utf-8")))
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        return Problem(
            f"{name}:{line}", f"byte 0x{raw[fault.start]:02x} is not UTF-8 text", "UTF-8", "save the file as UTF-8"
        )
    except tomllib.TOMLDecodeError as fault:
        place = _AT.search(str(fault))
        line = int(place.group(1)) if place and place.group(1) else raw.rstrip().count(b"\n") + 1
        hint = "look at the line named, and at the one before it"
        return Problem(f"{name}:{line}", f"not valid TOML: {_AT.sub('', str(fault))}", "TOML 1.0", hint)
    except (RecursionError, ValueError):
        return Problem(name, "nested too deeply, or a number too long", "a page of plain TOML")


def line_of(raw: bytes, where: str) -> int | None:
    """The line on which a value stands in the text of a TOML file, or that of the table it would stand in.

    `where` is the place as a problem names it: `facts.filler[0].on`. None where no part of it has a line.
    """
    lines = _dotted_lines(raw)
    while where:
        if where in lines:
            return lines[where]
        shorter = _LAST_PART.sub("", where)
        where = shorter if shorter != where else ""
    return None


# Problems of one file are looked up one after the other, so the last few files are enough.
@lru_cache(maxsize=4)
def _lines(raw: bytes) -> Mapping[KeyPath, int]:
    finder = _Finder()
    for number, line in enumerate(raw.decode("utf-8", "replace").split("\n"), start=1):
        finder.feed(number, line)
    return finder.lines


@lru_cache(maxsize=4)
def _dotted_lines(raw: bytes) -> Mapping[str, int]:
    return {_dotted(path): line for path, line in _lines(raw).items()}


def _dotted(path: KeyPath) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{_quoted(part)}" for part in path)
    return text.removeprefix(".")


def _quoted(key: str) -> str:
    return key if _BARE.fullmatch(key) else f'"{key}"'


@dataclass(slots=True)
class _Frame:
    """An array or inline table that is still open: where it stands, and what comes next in it."""

    is_array: bool
    path: KeyPath
    count: int = 0
    word: str = ""
    inner: KeyPath = ()

    @property
    def value_path(self) -> KeyPath:
        return (*self.path, self.count) if self.is_array else self.inner or self.path


class _Finder:
    """Follows headers, keys and elements down the text of a valid file and notes the first line of each.

    Array headers are counted, so that `rule`, 1 is the second [[rule]].
    """

    def __init__(self) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._counts: dict[KeyPath, int] = {}
        self._prefix: KeyPath = ()
        self._value: KeyPath = ()
        self._open: list[_Frame] = []
        self._quote = ""

    def feed(self, number: int, line: str) -> None:
        """The next line of the text."""
        at = 0
        if self._quote:
            at = self._past_quote(line, 0)
        elif not self._open:
            if header := _HEADER.match(line):
                self._prefix = self._header(header.group(2), header.group(1) == "[[", number)
                return
            key = _KEY.match(line)
            if key is None:
                return
            self._value = self._note_key(self._prefix, key.group(1), number)
            at = key.end()
        while not self._quote and (token := _TOKEN.search(line, at)):
            at = token.end()
            if token.group() in ('"""', "'''"):
                self._begin(number)
                self._quote = token.group()
                at = self._past_quote(line, at)
            elif not token.group().startswith("#"):
                self._take(token.group(), number)

    def _past_quote(self, line: str, at: int) -> int:
        """The position after the end of a text of several lines; that of the line's end while it goes on."""
        end = line.find(self._quote, at)
        if end < 0:
            return len(line)
        self._quote = ""
        return end + 3

    def _take(self, token: str, number: int) -> None:
        frame = self._open[-1] if self._open else None
        if token in ("[", "{"):
            self._begin(number)
            self._open.append(_Frame(token == "[", frame.value_path if frame else self._value))  # noqa: S105
        elif token in ("]", "}"):
            if frame:
                self._open.pop()
        elif frame is None:
            return
        elif token == ",":  # noqa: S105
            frame.count += 1
            frame.inner = ()
        elif token == "=":  # noqa: S105
            frame.inner = self._note_key(frame.path, frame.word, number)
        else:
            self._begin(number)
            frame.word = token

    def _begin(self, number: int) -> None:
        """Something starts here: where it is the element of an array, that has a line now."""
        if self._open and self._open[-1].is_array:
            self.lines.setdefault(self._open[-1].value_path, number)

    def _note_key(self, prefix: KeyPath, key: str, number: int) -> KeyPath:
        path = prefix
        for part in _parts(key):
            path = (*path, part)
            self.lines.setdefault(path, number)
        return path

    def _header(self, header: str, is_array: bool, number: int) -> KeyPath:
        path: KeyPath = ()
        names = _parts(header)
        for depth, part in enumerate(names, start=1):
            path = (*path, part)
            self.lines.setdefault(path, number)
            if is_array and depth == len(names):
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
                self.lines.setdefault(path, number)
        return path


def _parts(key: str) -> list[str]:
    return ["".join(match) for match in _PART.findall(key)]
