"""scales.md: the published scales with which a result is measured."""

from collections.abc import Iterator

from generating.markdown import basis, bullets, link, mark_rows, page, table, yes
from needlewise.knowledge import Protocol, Scale, ScaleItem

INTRODUCTION = """\
Scales by which a result is measured. Items are in our own words. Where a licence does not let them be shipped, only the
total can be entered. `needlewise.clinical.outcomes` turns answers into a score and compares two scores
([library](library.md))."""


def scales_page(protocol: Protocol) -> str:
    rows = [(link(one.id, ""), one.name, one.measures, _range(one)) for one in protocol.scales.values()]
    head = ("scale", "name", "measures", "range")
    return page("Scales", INTRODUCTION, table(head, rows), *map(_scale, protocol.scales.values()))


def _scale(one: Scale) -> str:
    items = [(f"`{item.id}`", item.label, _answers(item), f"{item.weight:g}") for item in one.item]
    bands = [(band.label, f"{'above ' if band.min_excluded else ''}{band.min:g} to {band.max:g}") for band in one.band]
    parts = (
        f"## {one.id}",
        f"**{one.name}** - {one.measures}",
        bullets(_rows(one)),
        table(("item", "asks for", "answers", "weight"), items),
        table(("band", "scores"), bands),
    )
    return "\n\n".join(part for part in parts if part)


def _rows(one: Scale) -> Iterator[tuple[str, str]]:
    yield "Scoring", one.scoring
    yield "Range", _range(one)
    yield "Better", one.better
    yield "Total only", yes(one.total_only)
    yield "Licence", one.licence
    if one.change is not None:
        yield "Meaningful change", f"by {one.change.by:g}: {one.change.text} ({basis(one.change.mark)})"
    yield "Note", one.note
    yield from mark_rows(one.mark)


def _range(one: Scale) -> str:
    return f"{one.range[0]:g} to {one.range[1]:g} {one.unit}".strip()


def _answers(item: ScaleItem) -> str:
    if item.options:
        return "; ".join(f"{option.points:g} {option.label}" for option in item.options)
    return f"{item.min:g} to {item.max:g} {item.unit}".strip()
