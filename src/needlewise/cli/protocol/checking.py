"""needlewise protocol check: all knowledge files, and every example of every rule."""

import argparse
from collections import Counter
from datetime import date
from pathlib import Path

from needlewise.cli.inputs import add_day, add_overlay, protocol_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.wording import plural
from needlewise.clinical.examples import failing_examples
from needlewise.errors import KnowledgeError, Problem
from needlewise.interop.days import away
from needlewise.knowledge import TABLES, Basis, Origin, Protocol, marks_in, rows_of


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, metavar="PATH", help="another knowledge folder than our own")
    add_day(parser, "the day whose protocol is read")
    add_overlay(parser)


def run(options: argparse.Namespace) -> int:
    on = options.on or date.today()
    protocol = protocol_of(on, options.folder, options.overlay)
    empty = [table for table in TABLES if not rows_of(protocol, table)]
    if empty:
        name = options.folder or "knowledge"
        raise KnowledgeError(Problem(f"{name}/{table}", "not a single row", "at least one") for table in empty)
    failing = list(failing_examples(protocol, on))
    if failing:
        raise KnowledgeError(failing)
    write_text(_page(protocol, on))
    return 0


def _page(protocol: Protocol, on: date) -> str:
    page = Page()
    page.title("The knowledge files are sound", str(protocol.edition))
    examples = sum(len(protocol.examples.get(name, ())) for name in protocol.rules)
    page.text(
        f"{plural(len(protocol.rules), 'rule')} in force; all {plural(examples, 'example')} come out as expected."
    )
    page.section("Rows")
    page.table([(table, str(len(rows_of(protocol, table)))) for table in TABLES])
    marks = [mark for table in TABLES for row in rows_of(protocol, table).values() for _, mark in marks_in(row)]
    page.section("What stands behind the values")
    origins, bases = Counter(mark.origin for mark in marks), Counter(mark.basis for mark in marks)
    page.table([(basis.value.replace("-", " "), str(bases[basis])) for basis in Basis])
    page.text("; ".join(f"{origin.value}: {origins[origin]}" for origin in Origin), 2)
    page.section("State")
    reviewed = protocol.edition.reviewed
    signed = f"signed on {reviewed.isoformat()}" if reviewed else "not signed by a medical director: drafts only"
    page.pairs(
        [
            ("sources read", f"up to {protocol.compiled.isoformat()} ({away(protocol.compiled, on)})"),
            ("review", signed),
        ],
        indent=2,
    )
    return str(page)
