"""Filling in what stands behind each value: `basis` is the best level among a mark's sources."""

from collections.abc import Iterator, Mapping
from typing import Any

from needlewise.errors import Problem
from needlewise.knowledge._care import Level, Source
from needlewise.knowledge._toml import Document, KeyPath
from needlewise.knowledge._values import Basis, Origin
from needlewise.knowledge._written import Names, Written


def fill_marks(
    document: Document, sources: Mapping[str, Source], levels: Mapping[str, Level], names: Names
) -> Iterator[Problem]:
    """Write `basis` into every mark of a document's data; yield what is wrong with the marks."""
    for path, mark in _marks(document.data, ()):
        sources_of = mark.get("sources", [])
        cited = [str(cite.get("id")) for cite in sources_of if isinstance(cite, dict)]
        yield from _faults(mark, cited, Written(document, path), names)
        known = [levels[sources[name].level] for name in cited if name in sources]
        best = min(known, key=lambda level: level.rank, default=None)
        mark["basis"] = (best.basis if best else Basis.NONE).value


def _faults(mark: dict[str, Any], cited: list[str], at: Written, names: Names) -> Iterator[Problem]:
    if "basis" in mark:
        yield at.under("basis").problem("`basis` is written in a mark", "no basis: it is worked out from the sources")
    for number, name in enumerate(cited):
        yield from at.under("sources", number, "id").named("source", [name], names)
    conflicts = mark.get("conflicts", [])
    if isinstance(conflicts, list):
        for number, name in enumerate(conflicts):
            yield from at.under("conflicts", number).named("conflict", [str(name)], names)
    if not cited and mark.get("origin") == Origin.READ.value:
        yield at.problem("origin `read` without a source", "at least one source, or another origin")
    elif not cited and not mark.get("why"):
        yield at.problem("no source and no `why`", "what the value was derived from, and why it was chosen")


def _marks(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "mark" and isinstance(part, dict):
                yield (*path, key), part
            else:
                yield from _marks(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _marks(part, (*path, number))
