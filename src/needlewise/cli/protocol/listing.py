"""needlewise protocol list [TABLE]: the rows of a table, one line each."""

import argparse
from datetime import date

from needlewise.cli.inputs import add_day, protocol_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.protocol.tables import summary
from needlewise.cli.wording import plural
from needlewise.knowledge import TABLES, rows_of


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "table",
        nargs="?",
        choices=tuple(TABLES),
        metavar="TABLE",
        help=f"one of: {', '.join(TABLES)}; if left out, how many rows each has",
    )
    add_day(parser, "the day whose protocol is read")


def run(options: argparse.Namespace) -> int:
    protocol = protocol_of(options.on or date.today())
    page = Page()
    if options.table is None:
        page.title("Tables of the protocol", str(protocol.edition))
        page.table([(table, str(len(rows_of(protocol, table)))) for table in TABLES])
    else:
        rows = rows_of(protocol, options.table)
        page.title(f"{options.table}: {plural(len(rows), 'row')}", str(protocol.edition))
        page.table([(name, summary(row)) for name, row in rows.items()])
    write_text(str(page))
    return 0
