"""needlewise protocol show ID: everything about one thing, with its marks and sources."""

import argparse
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from needlewise.cli.cells import cells_in_words, readers_of
from needlewise.cli.inputs import add_day, protocol_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.protocol.citing import write_resting
from needlewise.cli.protocol.tables import field_in_words, is_plain, parts_of, said
from needlewise.cli.refusing import no_such
from needlewise.cli.wording import mark_in_words
from needlewise.knowledge import TABLES, Alternative, Example, Exemption, Fact, Mark, Protocol, Rule, Source, rows_of

_SINGULAR = {"facts": "question", "visits": "visit", "sessions": "sessions row", "sources": "source"}


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="an id such as isotretinoin-now, cheek, H1; or TABLE:ID")
    add_day(parser, "the day whose protocol is read")


def run(options: argparse.Namespace) -> int:
    protocol = protocol_of(options.on or date.today())
    page = Page()
    page.title(options.id, str(protocol.edition))
    for table, row in _found(options.id, protocol):
        _write(page, table, row, protocol)
    write_text(str(page))
    return 0


def _found(name: str, protocol: Protocol) -> list[tuple[str, Any]]:
    """Every row of that id; a side stands for its zone, a goal for its indication."""
    table, _, short = name.rpartition(":")
    tables = [table] if table in TABLES else list(TABLES)
    wanted = short if table in TABLES else name
    rows = [(each, rows_of(protocol, each)[wanted]) for each in tables if wanted in rows_of(protocol, each)]
    if not rows and wanted in protocol.places:
        rows = [("zones", protocol.places[wanted].zone)]
    if not rows:
        rows = [("indications", of) for of in protocol.indications.values() if any(g.id == wanted for g in of.goal)]
    if rows:
        return rows
    known = [each for table in tables for each in rows_of(protocol, table)]
    every = "`needlewise protocol list TABLE` lists the ids of a table"
    raise no_such("protocol show", f"nothing has the id `{name}`", wanted, known, every, "an id of the protocol")


def _write(page: Page, table: str, row: Any, protocol: Protocol) -> None:
    page.section(f"{_SINGULAR.get(table, table.removesuffix('s'))} {row.id}")
    _write_fields(page, row, 2, top=True)
    if isinstance(row, Rule):
        for example in protocol.examples.get(row.id, ()):
            page.item(_example(example), 2, "example:")
    if isinstance(row, Fact):
        rules, rows = readers_of(row.id, protocol)
        page.pairs([("read by", ", ".join([*rules, *rows]))], indent=2)
    if isinstance(row, Source):
        write_resting(page, row.id, protocol)


def _write_fields(page: Page, row: Any, indent: int, *, top: bool = False) -> None:
    """The fields of a row; its own id, at the top, stands in the heading."""
    plain = [(name, value) for name, value in parts_of(row) if is_plain(value) and not (top and name == "id")]
    page.pairs([(name.replace("_", " "), field_in_words(name, value)) for name, value in plain], indent)
    for name, value in parts_of(row):
        if not is_plain(value):
            _write_nested(page, name.replace("_", " "), value, indent)


def _write_nested(page: Page, name: str, value: Any, indent: int) -> None:
    if isinstance(value, Mark):
        page.pairs(_mark_rows(value), indent)
    elif isinstance(value, tuple):
        for part in value:
            _write_nested(page, name, part, indent)
    elif isinstance(value, Mapping):
        page.pairs([(f"{name}, {key}", said(part)) for key, part in value.items()], indent)
    elif isinstance(value, Alternative):
        wait = f" (wait {value.wait_days} days)" if value.wait_days is not None else ""
        page.item(f"{cells_in_words(value.all)}{wait}", indent, "fires when:")
    elif isinstance(value, Exemption):
        to = value.to.word if value.to is not None else "silent"
        one_day = f", all of one day: {cells_in_words(value.same_day)}" if value.same_day else ""
        page.item(f"{cells_in_words(value.all)}{one_day}: {value.because}", indent, f"{to} when:")
    else:
        page.text(name, indent)
        _write_fields(page, value, indent + 2)


def _mark_rows(mark: Mark) -> Iterator[tuple[str, str]]:
    yield "basis", mark_in_words(mark)
    yield "why", mark.why
    yield "sources differ", mark.differ
    yield "conflicts", ", ".join(mark.conflicts)


def _example(example: Example) -> str:
    given = "; ".join(f"{name}: {said(value)}" for name, value in example.given.items()) or "nothing answered"
    inputs = f" ({said(example.inputs)})" if example.inputs else ""
    return f"{example.name} - {given}{inputs} -> {example.then}"
