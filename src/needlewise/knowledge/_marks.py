"""Filling in what stands behind each value: `basis` is the best level among a mark's sources."""

from collections.abc import Iterator, Mapping
from typing import Any

from needlewise.errors import Problem
from needlewise.knowledge._care import Level, Source
from needlewise.knowledge._toml import Document
from needlewise.knowledge._values import Basis, Origin


def fill_marks(document: Document, sources: Mapping[str, Source], levels: Mapping[str, Level]) -> Iterator[Problem]:
    """Write `basis` into every mark of a document's data; yield what is wrong with the marks."""
    for path, mark in _marks(document.data, ()):
        cited = mark.get("sources", [])
        names = [str(cite.get("id")) for cite in cited if isinstance(cite, dict)]
        faults = list(_faults(mark, names, sources))
        if faults:
            # The line is looked for only where something is wrong: finding it takes longer than all the rest.
            where = f"{document.name}:{document.line_of(path)}"
            yield from (Problem(where, *fault) for fault in faults)
        known = [levels[sources[name].level] for name in names if name in sources]
        best = min(known, key=lambda level: level.rank, default=None)
        mark["basis"] = (best.basis if best else Basis.NONE).value


def _faults(mark: dict[str, Any], names: list[str], sources: Mapping[str, Source]) -> Iterator[tuple[str, ...]]:
    if "basis" in mark:
        yield "`basis` is written in a mark", "no basis: it is worked out from the sources"
    for name in names:
        if name not in sources:
            hint = "add sources/<id>.toml, or correct the id"
            yield f"unknown source `{name}`", "the id of a file in sources/", hint
    if not names and mark.get("origin") == Origin.READ.value:
        yield "origin `read` without a source", "at least one source, or another origin"
    if not names and not mark.get("why"):
        yield "no source and no `why`", "what the value was derived from, and why it was chosen"


def _marks(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "mark" and isinstance(part, dict):
                yield (*path, key), part
            else:
                yield from _marks(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _marks(part, (*path, number))
