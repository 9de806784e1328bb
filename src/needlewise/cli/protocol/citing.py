"""needlewise protocol sources [ID]: what was read, how strong it is, and what rests on it."""

import argparse
from collections.abc import Iterator
from datetime import date

from needlewise.cli.inputs import add_day, protocol_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.refusing import no_such
from needlewise.cli.wording import plural
from needlewise.knowledge import BASIS_ORDER, Protocol, citing


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", nargs="?", metavar="ID", help="one source; all of them if left out")
    add_day(parser, "the day whose protocol is read")


def run(options: argparse.Namespace) -> int:
    protocol = protocol_of(options.on or date.today())
    page = Page()
    if options.id is None:
        _write_all(page, protocol)
    else:
        _write_one(page, options.id, protocol)
    write_text(str(page))
    return 0


def _write_all(page: Page, protocol: Protocol) -> None:
    page.title(plural(len(protocol.sources), "source"), str(protocol.edition))
    ordered = sorted(protocol.sources.values(), key=lambda source: (BASIS_ORDER[source.basis], source.id))
    for basis in dict.fromkeys(source.basis for source in ordered):
        page.section(basis.value.replace("-", " "))
        page.table([(source.id, source.citation) for source in ordered if source.basis is basis])


def _write_one(page: Page, name: str, protocol: Protocol) -> None:
    source = protocol.sources.get(name)
    if source is None:
        every = "`needlewise protocol sources` lists them all"
        raise no_such("protocol sources", f"no source `{name}`", name, protocol.sources, every, "the id of a source")
    page.title(source.id, str(protocol.edition))
    page.text(source.citation)
    page.blank()
    page.pairs(
        [
            ("kind", f"{source.level.replace('_', ' ')}: {protocol.levels[source.level].reason}"),
            ("basis", source.basis.value.replace("-", " ")),
            ("read", source.read),
            ("where", source.url),
            ("note", source.note),
        ]
    )
    write_resting(page, name, protocol)


def write_resting(page: Page, name: str, protocol: Protocol) -> None:
    """What rests on a source, table by table."""
    page.section("What rests on it")
    rows = list(_resting(name, protocol))
    if not rows:
        page.text("Nothing.", 2)
    page.table(rows)


def _resting(name: str, protocol: Protocol) -> Iterator[tuple[str, str]]:
    for one in citing(protocol, name):
        places = (place or "no place named" for place in one.places)
        yield f"{one.table}:{one.row.id}{f' {one.path}' if one.path else ''}", "; ".join(places)
