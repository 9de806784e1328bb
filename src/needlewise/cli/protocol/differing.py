"""needlewise protocol diff A B: what differs between two knowledge folders, or between two days."""

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from needlewise.cli.inputs import add_day, day, protocol_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.protocol.tables import flat, summary
from needlewise.cli.wording import plural
from needlewise.knowledge import TABLES, Protocol, rows_of


def declare(parser: argparse.ArgumentParser) -> None:
    for name in ("before", "after"):
        parser.add_argument(name, metavar="FOLDER_OR_DATE", help="a knowledge folder, or a day such as 2026-11-24")
    add_day(parser, "the day on which folders are compared")


def run(options: argparse.Namespace) -> int:
    on = options.on or date.today()
    before, after = _protocol(options.before, on), _protocol(options.after, on)
    write_text(_page(before, after))
    return 0


def _protocol(name: str, on: date) -> Protocol:
    try:
        return protocol_of(day(name))
    except argparse.ArgumentTypeError:
        return protocol_of(on, Path(name))


def _page(before: Protocol, after: Protocol) -> str:
    page = Page()
    page.title("What differs")
    page.pairs([("before", str(before.edition)), ("after", str(after.edition))])
    changes = 0
    for table in TABLES:
        rows = list(_changes(table, before, after))
        changes += len(rows)
        if rows:
            page.section(table)
        for heading, fields in rows:
            page.text(heading, 2)
            for field, old, new in fields:
                page.text(field, 4)
                page.pairs([("before", old or "nothing"), ("after", new or "nothing")], indent=6)
    page.blank()
    page.text(f"{plural(changes, 'row')} differ{'s' if changes == 1 else ''}." if changes else "Nothing differs.")
    return str(page)


def _changes(table: str, before: Protocol, after: Protocol) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Rows added, removed and changed; of a changed one, each field with its text before and after."""
    old, new = rows_of(before, table), rows_of(after, table)
    for name in dict.fromkeys([*old, *new]):
        if name not in old:
            yield f"+ {name}: {summary(new[name])}", []
        elif name not in new:
            yield f"- {name}: {summary(old[name])}", []
        else:
            fields = _fields(_flat(table, name, before), _flat(table, name, after))
            if fields:
                yield f"~ {name}: {summary(new[name])}", fields


def _flat(table: str, name: str, protocol: Protocol) -> dict[str, str]:
    found = dict(flat(rows_of(protocol, table)[name]))
    if table == "rules":
        for example in protocol.examples.get(name, ()):
            found |= dict(flat(example, f"example[{example.name}]"))
    return found


def _fields(old: dict[str, str], new: dict[str, str]) -> list[tuple[str, str, str]]:
    names = dict.fromkeys([*old, *new])
    return [(name, old.get(name, ""), new.get(name, "")) for name in names if old.get(name) != new.get(name)]
