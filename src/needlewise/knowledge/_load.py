"""Reading and checking all knowledge files: every fault is reported at once, with its file and line."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from needlewise import __version__
from needlewise.errors import KnowledgeError, OverlayError, Problem
from needlewise.knowledge import _check
from needlewise.knowledge._care import (
    Aftercare,
    Conflict,
    Level,
    Preparation,
    Reading,
    Recovery,
    RedFlag,
    Scale,
    Source,
)
from needlewise.knowledge._index import build_index
from needlewise.knowledge._marks import fill_marks
from needlewise.knowledge._overlay import Overlay, tightened
from needlewise.knowledge._places import places_of, regions_of
from needlewise.knowledge._planning import (
    Adjunct,
    Device,
    Indication,
    Limit,
    Modifier,
    Role,
    SessionsRow,
    StopRule,
    VisitKind,
    Zone,
)
from needlewise.knowledge._protocol import Edition, Protocol
from needlewise.knowledge._screening import Fact, Rule, RuleFile
from needlewise.knowledge._toml import Document, parse, read
from needlewise.knowledge._wording import VerdictWords
from needlewise.knowledge._written import Written, by_place, names_in, names_of, row_of

HERE = Path(__file__).parent
FIRST_DAY = date(2026, 1, 1)
COMPILED = date(2026, 11, 22)

# One file, one thing: the file's name is the id.
FOLDERS: dict[str, type] = {
    "facts": Fact,
    "rules": RuleFile,
    "zones": Zone,
    "devices": Device,
    "indications": Indication,
    "adjuncts": Adjunct,
    "scales": Scale,
}
# One file, one table: rows that make sense only together. The array's name is the key.
TABLES: dict[str, tuple[str, type]] = {
    "sessions.toml": ("sessions", SessionsRow),
    "modifiers.toml": ("modifier", Modifier),
    "limits.toml": ("limit", Limit),
    "visits.toml": ("visit", VisitKind),
    "stop-rules.toml": ("stop", StopRule),
    "roles.toml": ("role", Role),
    "conflicts.toml": ("conflict", Conflict),
    "wording.toml": ("verdict", VerdictWords),
    "care/preparation.toml": ("preparation", Preparation),
    "care/aftercare.toml": ("aftercare", Aftercare),
    "care/recovery.toml": ("recovery", Recovery),
    "care/red-flags.toml": ("red_flag", RedFlag),
}
READINGS, SOURCES, LEVELS = "readings", "sources", "levels.toml"
# Read by other loaders: what the trials say, what patients may read and how skin heals stand beside the protocol, not in it.
BESIDE = ("studies/", "evidence/", "claims/", "learn/", "biology/", "imaging/")
_FILE = re.compile(r"([a-z]+)/[A-Za-z0-9_-]+\.toml")

T = TypeVar("T")
Row = TypeVar("Row", bound=_check.HasId)


def load_protocol(on: date, folder: Path | None = None, overlay: bytes | None = None) -> Protocol:
    """All knowledge in force on a day.

    Parameters: `on`, the day; `folder`, another knowledge folder than the package's own; `overlay`, the text of a
    clinic's list of tightenings.
    Raises `KnowledgeError` with every fault found, or if no rule was in force yet on that day; `OverlayError` where
    the overlay would loosen something or names something unknown.
    """
    if on < FIRST_DAY:
        found, expected = f"no edition was in force on {on}", f"a day from {FIRST_DAY} on"
        raise KnowledgeError(Problem("protocol", found, expected, "the first edition starts that day"))
    reader = _Reader(folder or HERE)
    protocol = reader.protocol(on)
    reader.problems.extend(_check.problems(protocol, reader.rules, reader.files, reader.documents))
    if reader.problems:
        raise KnowledgeError(sorted(reader.problems, key=by_place))
    return protocol if overlay is None else under(protocol, overlay)


def under(protocol: Protocol, raw: bytes) -> Protocol:
    """The protocol under an overlay: every entry accepted, or none."""
    document = parse(raw, "overlay")
    if isinstance(document, Problem):
        raise OverlayError(document)
    names = names_of(protocol)
    problems = list(fill_marks(document, protocol.sources, protocol.levels, names))
    try:
        overlay = TypeAdapter(Overlay).validate_json(document.as_json())
    except ValidationError as fault:
        raise OverlayError([*problems, *(_check.as_problem(document, error) for error in fault.errors())]) from None
    result, refused = tightened(protocol, overlay, Written(document))
    for number, added in enumerate(overlay.add):
        problems.extend(_check.of_rule(added.rule, result, names, Written(document, ("add", number, "rule"))))
    if problems or refused:
        raise OverlayError(sorted([*problems, *refused], key=by_place))
    digest = hashlib.sha256(raw).hexdigest()[:8]
    return replace(result, edition=replace(result.edition, overlay=digest))


class _Reader:
    """Collects documents and problems while the files are read."""

    def __init__(self, home: Path) -> None:
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}
        self.rules: dict[str, RuleFile] = {}
        names = (path.relative_to(home).as_posix() for path in sorted(home.rglob("*.toml")))
        self.files = [name for name in names if not name.startswith(BESIDE)]
        for name in self.files:
            found = read(home / name, name)
            if isinstance(found, Problem):
                self.problems.append(found)
            elif not _has_a_place(name):
                folders = ", ".join((*FOLDERS, READINGS, SOURCES))
                hint = (
                    f"a thing of its own goes into one of the folders {folders}; letters, digits, - and _ in its name"
                )
                self.problems.append(Problem(name, "a file that nothing reads", "a folder or a table we know", hint))
            elif not found.data:
                self.problems.append(Problem(name, "nothing in it", "the keys its neighbours have"))
            else:
                self.documents[name] = found
        for name in (*TABLES, LEVELS):
            if name not in self.files:
                self.problems.append(Problem(name, "no such file", "a table that every protocol has"))

    def protocol(self, on: date) -> Protocol:
        levels = self._table(LEVELS, "level", Level)
        names = names_in(self.files, self.documents)
        sources = self._sources(levels)
        for document in self.documents.values():
            if not document.name.startswith((f"{SOURCES}/", LEVELS)):
                self.problems.extend(fill_marks(document, sources, levels, names))
        folders: dict[str, dict[str, Any]] = {name: self._folder(name, kind) for name, kind in FOLDERS.items()}
        tables: dict[str, dict[str, Any]] = {file: self._table(file, key, kind) for file, (key, kind) in TABLES.items()}
        self.rules = folders["rules"]
        rules = _in_force(self.rules, on)
        facts: dict[str, Fact] = folders["facts"]
        zones: dict[str, Zone] = folders["zones"]
        return Protocol(
            edition=Edition(__version__, on, self._digest()),
            compiled=COMPILED,
            sources=sources,
            levels=levels,
            conflicts=tables["conflicts.toml"],
            facts=facts,
            rules=rules,
            examples={name: file.example for name, file in self.rules.items()},
            index=build_index(rules.values(), facts),
            zones=zones,
            places=places_of(zones),
            regions=regions_of(places_of(zones)),
            devices=folders["devices"],
            indications=folders["indications"],
            adjuncts=folders["adjuncts"],
            scales=folders["scales"],
            sessions=tables["sessions.toml"],
            modifiers=tables["modifiers.toml"],
            limits=tables["limits.toml"],
            visits=tables["visits.toml"],
            stop_rules=tables["stop-rules.toml"],
            roles=tables["roles.toml"],
            wording=tables["wording.toml"],
            preparation=tables["care/preparation.toml"],
            aftercare=tables["care/aftercare.toml"],
            recovery=tables["care/recovery.toml"],
            red_flags=tables["care/red-flags.toml"],
            readings=self._readings(),
        )

    def _checked(self, adapter: "TypeAdapter[T]", document: Document, extra: dict[str, Any]) -> T | None:
        try:
            return adapter.validate_json(document.as_json(extra))
        except ValidationError as fault:
            self.problems.extend(_check.as_problem(document, error) for error in fault.errors())
            return None

    def _folder(self, name: str, kind: type[T]) -> dict[str, T]:
        adapter = TypeAdapter(kind)
        found: dict[str, T] = {}
        for document in self.documents.values():
            if document.name.startswith(f"{name}/"):
                slug = document.name.removeprefix(f"{name}/").removesuffix(".toml")
                value = self._checked(adapter, document, {} if kind is RuleFile else {"id": slug})
                if value is not None:
                    found[slug] = value
        return found

    def _table(self, file: str, key: str, kind: type[Row]) -> dict[str, Row]:
        document = self.documents.get(file)
        if document is None:
            return {}
        for unknown in sorted(set(document.data) - {key}):
            self.problems.append(
                Written(document, (unknown,)).problem(f"unknown key `{unknown}`", f"only [[{key}]] rows")
            )
        adapter: TypeAdapter[tuple[Row, ...]] = TypeAdapter(tuple[kind, ...])  # type: ignore[valid-type]
        try:
            rows = adapter.validate_json(json.dumps(document.data.get(key, []), default=str))
        except ValidationError as fault:
            self.problems.extend(_check.as_problem(document, error, (key,)) for error in fault.errors())
            return {}
        self.problems.extend(_check.repeated_ids(document, key, rows))
        return {row.id: row for row in rows}

    def _sources(self, levels: Mapping[str, Level]) -> dict[str, Source]:
        for document in self.documents.values():
            if document.name.startswith(f"{SOURCES}/"):
                level = levels.get(str(document.data.get("level")))
                if level is not None:
                    document.data["basis"] = level.basis.value
                elif levels and "level" in document.data:
                    found = str(document.data["level"])
                    self.problems.append(Written(document, ("level",)).unknown("level", found, levels))
        found_sources = self._folder(SOURCES, Source)
        return {name: source for name, source in found_sources.items() if source.level in levels}

    def _readings(self) -> dict[str, Reading]:
        found: dict[str, Reading] = {}
        for name in self.documents:
            if name.startswith(f"{READINGS}/"):
                rows = self._table(name, "reading", Reading)
                for twice in sorted(found.keys() & rows.keys()):
                    at = row_of(self.documents[name], "reading", twice).under("id")
                    self.problems.append(at.problem(f"id `{twice}` stands in another file too", "each id once"))
                found |= rows
        return found

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for name, document in self.documents.items():
            digest.update(f"{name}\0{len(document.raw)}\0".encode())
            digest.update(document.raw)
        return digest.hexdigest()[:16]


def _has_a_place(name: str) -> bool:
    folder = _FILE.fullmatch(name)
    known = (*FOLDERS, READINGS, SOURCES)
    return name in (*TABLES, LEVELS) or (folder is not None and folder.group(1) in known)


def _in_force(files: Mapping[str, RuleFile], on: date) -> dict[str, Rule]:
    """The newest generation of each rule that had started by that day; a retired one leaves nothing."""
    found: dict[str, Rule] = {}
    for name, file in files.items():
        started: Iterable[Rule] = (row for row in file.rule if row.from_day <= on)
        newest = max(started, key=lambda row: row.from_day, default=None)
        if newest is not None and not newest.retired:
            found[name] = replace(newest, id=name, title=file.title)
    return found
