"""Where things are written, and which names there are: for messages about what one file alone cannot show."""

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from needlewise.errors import Problem
from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._toml import Document, KeyPath

# Kind of name -> the names there are. A kind that is missing cannot be told, so its names are not looked at.
Names = Mapping[str, Collection[str]]

# Kind of name -> the folder whose files are named so, or the table and the array whose rows are.
FOLDER_OF = {
    "source": "sources",
    "fact": "facts",
    "rule": "rules",
    "zone": "zones",
    "device": "devices",
    "indication": "indications",
    "adjunct": "adjuncts",
    "scale": "scales",
}
TABLE_OF = {
    "level": ("levels.toml", "level"),
    "conflict": ("conflicts.toml", "conflict"),
    "sessions row": ("sessions.toml", "sessions"),
    "modifier": ("modifiers.toml", "modifier"),
    "role": ("roles.toml", "role"),
}
# So many names are listed in a message; of more only the nearest is named.
MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Written:
    """A place in a file. Its line is looked for only where something is wrong: that takes longer than all the rest."""

    document: Document
    path: KeyPath = ()

    def under(self, *parts: str | int) -> "Written":
        """A place below this one."""
        return Written(self.document, (*self.path, *parts))

    def problem(self, found: str, expected: str = "", hint: str = "") -> Problem:
        """A fault here."""
        return Problem(f"{self.document.name}:{self.document.line_of(self.path)}", found, expected, hint)

    def unknown(self, kind: str, found: str, known: Iterable[str]) -> Problem:
        """A name that nothing has, with the nearest one that something has."""
        names = list(known)
        near = difflib.get_close_matches(found, names, n=1)
        hint = f"did you mean `{near[0]}`?" if near else ""
        expected = f"one of: {', '.join(names)}" if len(names) <= MOST_NAMED else f"one of {len(names)} that there are"
        return self.problem(f"unknown {kind} `{found}`", expected, hint)

    def named(self, kind: str, found: Iterable[str], names: Names) -> Iterator[Problem]:
        """A problem for every name that no thing of this kind has. An empty name says nothing."""
        known = names.get(kind)
        if known is not None:
            yield from (self.unknown(kind, name, sorted(known)) for name in found if name and name not in known)


def row_of(document: Document, key: str, row_id: str) -> Written:
    """The row of a table, by its id."""
    rows: list[Any] = document.data.get(key, [])
    number = next((n for n, row in enumerate(rows) if isinstance(row, dict) and row.get("id") == row_id), 0)
    return Written(document, (key, number))


def by_place(problem: Problem) -> tuple[str, int]:
    """File and line, so that problems sorted by it come in the order in which a reader meets them."""
    file, _, line = problem.where.partition(":")
    return file, int(line) if line.isdigit() else 0


def names_in(files: Iterable[str], documents: Mapping[str, Document]) -> Names:
    """Every name written, also in files with a fault: so one mistake is told once and not wherever it is named."""
    files = set(files)
    found: dict[str, Collection[str]] = {
        kind: {name.split("/")[1].removesuffix(".toml") for name in files if name.startswith(f"{folder}/")}
        for kind, folder in FOLDER_OF.items()
    }
    for kind, (file, key) in TABLE_OF.items():
        rows = documents[file].data.get(key) if file in documents else None
        if rows is not None:
            found[kind] = {str(row.get("id")) for row in rows if isinstance(row, dict)}
    zones = [document for name, document in documents.items() if name.startswith("zones/")]
    found["region"] = {str(zone.data.get("region")) for zone in zones}
    return found


def names_of(protocol: Protocol) -> Names:
    """Every name of a protocol."""
    return {
        "source": protocol.sources,
        "level": protocol.levels,
        "conflict": protocol.conflicts,
        "fact": protocol.facts,
        "rule": protocol.rules,
        "zone": protocol.zones,
        "region": protocol.regions,
        "device": protocol.devices,
        "indication": protocol.indications,
        "adjunct": protocol.adjuncts,
        "scale": protocol.scales,
        "sessions row": protocol.sessions,
        "modifier": protocol.modifiers,
        "role": protocol.roles,
    }
