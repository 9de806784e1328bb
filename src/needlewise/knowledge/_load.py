"""Reading and checking all knowledge files: every fault is reported at once, with its file and line."""

import hashlib
import json
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
from needlewise.knowledge._tables import build_index
from needlewise.knowledge._toml import Document, parse, read

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
    "care/preparation.toml": ("preparation", Preparation),
    "care/aftercare.toml": ("aftercare", Aftercare),
    "care/recovery.toml": ("recovery", Recovery),
    "care/red-flags.toml": ("red_flag", RedFlag),
}
READINGS = "readings"

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
    reader.problems.extend(_check.problems(protocol, reader.documents))
    if reader.problems:
        raise KnowledgeError(reader.problems)
    return protocol if overlay is None else _under(protocol, overlay)


def _under(protocol: Protocol, raw: bytes) -> Protocol:
    """The protocol under an overlay: every entry accepted, or none."""
    document = parse(raw, "overlay")
    if isinstance(document, Problem):
        raise OverlayError(document)
    problems = list(fill_marks(document, protocol.sources, protocol.levels))
    try:
        overlay = TypeAdapter(Overlay).validate_json(document.as_json())
    except ValidationError as fault:
        raise OverlayError([*problems, *(_check.as_problem(document, error) for error in fault.errors())]) from None
    result, refused = tightened(protocol, overlay, lambda n, table: f"overlay:{document.line_of([table, n])}")
    for added in overlay.add:
        if added.id in result.rules:
            problems.extend(_check.of_rule(result.rules[added.id], result, document, "overlay"))
    if problems or refused:
        raise OverlayError([*problems, *refused])
    digest = hashlib.sha256(raw).hexdigest()[:8]
    return replace(result, edition=replace(result.edition, overlay=digest))


class _Reader:
    """Collects documents and problems while the files are read."""

    def __init__(self, home: Path) -> None:
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}
        self.home = home
        for path in sorted(home.rglob("*.toml")):
            found = read(path, path.relative_to(home).as_posix())
            if isinstance(found, Problem):
                self.problems.append(found)
            else:
                self.documents[found.name] = found

    def protocol(self, on: date) -> Protocol:
        levels = self._table("levels.toml", "level", Level)
        sources = self._sources(levels)
        for document in self.documents.values():
            if not document.name.startswith(("sources/", "levels")):
                self.problems.extend(fill_marks(document, sources, levels))
        folders: dict[str, dict[str, Any]] = {name: self._folder(name, kind) for name, kind in FOLDERS.items()}
        tables: dict[str, dict[str, Any]] = {file: self._table(file, key, kind) for file, (key, kind) in TABLES.items()}
        rules = _in_force(folders["rules"], on)
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
            examples={name: file.example for name, file in folders["rules"].items()},
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
        if unknown := set(document.data) - {key}:
            self.problems.append(Problem(file, f"unknown key `{sorted(unknown)[0]}`", f"only [[{key}]] rows"))
        adapter: TypeAdapter[tuple[Row, ...]] = TypeAdapter(tuple[kind, ...])  # type: ignore[valid-type]
        try:
            rows = adapter.validate_json(json.dumps(document.data.get(key, []), default=str))
        except ValidationError as fault:
            self.problems.extend(_check.as_problem(document, error, (key,)) for error in fault.errors())
            return {}
        self.problems.extend(_check.repeated_ids(file, rows))
        return {row.id: row for row in rows}

    def _sources(self, levels: Mapping[str, Level]) -> dict[str, Source]:
        for document in self.documents.values():
            if document.name.startswith("sources/"):
                level = levels.get(str(document.data.get("level")))
                if level is None:
                    self.problems.append(_check.unknown_level(document, levels))
                else:
                    document.data["basis"] = level.basis.value
        return self._folder("sources", Source)

    def _readings(self) -> dict[str, Reading]:
        found: dict[str, Reading] = {}
        for name in self.documents:
            if name.startswith(f"{READINGS}/"):
                found |= self._table(name, "reading", Reading)
        return found

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for name, document in self.documents.items():
            digest.update(f"{name}\0{len(document.raw)}\0".encode())
            digest.update(document.raw)
        return digest.hexdigest()[:16]


def _in_force(files: Mapping[str, RuleFile], on: date) -> dict[str, Rule]:
    """The newest generation of each rule that had started by that day; a retired one leaves nothing."""
    found: dict[str, Rule] = {}
    for name, file in files.items():
        started: Iterable[Rule] = (row for row in file.rule if row.from_day <= on)
        newest = max(started, key=lambda row: row.from_day, default=None)
        if newest is not None and not newest.retired:
            found[name] = replace(newest, id=name, title=file.title)
    return found
