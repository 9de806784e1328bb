"""The folder of a trial: a manifest that says what is computed in it, and one chunk after the other as it is done."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb

from needlewise import __version__
from needlewise.cli.exits import CannotWriteError
from needlewise.cli.trial import chunk_files
from needlewise.cli.trial.chunk_files import NOT_WHOLE, PART
from needlewise.cli.trial.parquet import reason_of
from needlewise.cli.wording import plural
from needlewise.errors import HealingError, Problem
from needlewise.healing.trials.trial import Chunk, Trial, program
from needlewise.knowledge import Biology

MANIFEST = "manifest.json"
# So many differences to another manifest are told one by one.
MOST_TOLD = 8
_OTHER = "name another folder with --out, or remove this one to begin anew"


class TrialFolder:
    """A folder whose manifest is that of the trial. `whole` counts the chunks that are known to be whole."""

    def __init__(self, path: Path, trial: Trial, forms: tuple[str, ...]) -> None:
        self.path, self.trial, self.forms = path, trial, forms
        self.whole = 0

    @classmethod
    def opened(cls, path: Path, trial: Trial, biology: Biology) -> "TrialFolder":
        """Begin a folder, or go on in one.

        Raises `CannotWriteError` where it cannot be made or holds something else, `HealingError` where it holds
        another trial, with what differs.
        """
        mine = manifest_of(trial, biology)
        folder = cls(path, trial, trial.forms or tuple(one.id for one in biology.structures.values() if one.share > 0))
        try:
            path.mkdir(parents=True, exist_ok=True)
            there = path / MANIFEST
            for left in path.glob(f".*{PART}"):
                left.unlink()
            if there.exists():
                _refuse_another(there, mine)
            elif any(path.iterdir()):
                found = f"holds files, but no {MANIFEST}"
                raise CannotWriteError(Problem(str(path), found, "a new folder, or one of this trial", _OTHER))
            else:
                text = json.dumps(mine, indent=2) + "\n"
                chunk_files.write_whole(there, lambda part: part.write_text(text, encoding="utf-8"))
        except OSError as fault:
            reason = (fault.strerror or "cannot be written to").lower()
            raise CannotWriteError(Problem(str(path), reason, "a folder that can be written to")) from None
        return folder

    def to_compute(self) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """The chunks that are not there whole, and what is wrong with those that are there in part."""
        missing, broken = [], []
        for number in range(self.trial.chunks):
            try:
                fault = chunk_files.fault_of(number, self.path)
            except FileNotFoundError:
                missing.append(number)
                continue
            if fault is not None:
                missing.append(number)
                broken.append(fault)
        self.whole = self.trial.chunks - len(missing)
        return tuple(missing), tuple(broken)

    @property
    def kept(self) -> str:
        """How far it has come, in words."""
        return f"{plural(self.whole, 'whole chunk')} of {self.trial.chunks:,}"

    def keep(self, chunk: Chunk) -> None:
        """Write a chunk. Raises `CannotWriteError` where the disk is full; what is whole stays."""
        try:
            chunk_files.write_chunk(chunk, self.trial, self.forms, self.path)
        except (OSError, duckdb.Error) as fault:
            hint = "make room, then call the same command again: it goes on from there"
            found = f"{reason_of(fault)}; {self.kept} kept"
            raise CannotWriteError(Problem(str(self.path), found, "room for the next chunk", hint)) from None
        self.whole += 1

    def chunks(self) -> Iterator[Chunk]:
        """All chunks in their order, one in memory at a time."""
        for number in range(self.trial.chunks):
            try:
                yield chunk_files.read_chunk(number, self.trial, self.forms, self.path)
            except NOT_WHOLE as fault:
                hint = "call the same command again: it is computed again"
                name = str(self.path / chunk_files.people_file(number))
                raise HealingError(Problem(name, f"cannot be read: {fault}", "a whole chunk", hint)) from None


def manifest_of(trial: Trial, biology: Biology) -> dict[str, Any]:
    """All that the chunks depend on. How things are called is no part of it."""
    asked = asdict(trial)
    del asked["title"]
    for arm in asked["arms"]:
        del arm["name"]
    for endpoint in asked["endpoints"]:
        del endpoint["better"]
    computed = {"needlewise": __version__, "program": program(), "biology": biology.digest}
    found: dict[str, Any] = json.loads(json.dumps({"asked": asked, "computed_with": computed}))
    return found


def _refuse_another(path: Path, mine: Mapping[str, Any]) -> None:
    try:
        there = json.loads(path.read_bytes())
    except ValueError:
        raise HealingError(Problem(str(path), "cannot be read as JSON", "the manifest of a trial", _OTHER)) from None
    if there == mine:
        return
    old, new = _flat(there), _flat(mine)
    differ = [key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]
    lines = [f"{key}: there {_told(old.get(key))}, now {_told(new.get(key))}" for key in differ[:MOST_TOLD]]
    if len(differ) > MOST_TOLD:
        lines.append(f"and {len(differ) - MOST_TOLD:,} more")
    found = "\n    ".join(["that of another trial", *lines])
    raise HealingError(Problem(str(path), found, "the same trial", _OTHER))


def _flat(value: Any, place: str = "") -> dict[str, Any]:
    """Every value by its place; short lists of numbers stay whole."""
    if isinstance(value, dict):
        rows = [(f"{place}.{key}" if place else str(key), one) for key, one in value.items()]
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        rows = [(f"{place}[{number}]", one) for number, one in enumerate(value)]
    else:
        return {place: value}
    return {key: one for name, inner in rows for key, one in _flat(inner, name).items()}


def _told(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value)
