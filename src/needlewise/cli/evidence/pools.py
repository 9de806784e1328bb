"""needlewise evidence pool [GROUP]: every group with its number of studies, one of them pooled, or a file pooled."""

import argparse
from pathlib import Path

from needlewise.cli.evidence.opening import base_of
from needlewise.cli.evidence.published import add_file, file_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.refusing import need, no_such
from needlewise.cli.wording import plural
from needlewise.evidence.groups import groups_of
from needlewise.evidence.methods import Method


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "group", nargs="?", metavar="GROUP", help="the id of a group; all of them are listed if left out"
    )
    methods = ", ".join(Method)
    parser.add_argument("--method", choices=tuple(Method), default=Method.REML, metavar="M", help=f"one of: {methods}")
    parser.add_argument("--folder", type=Path, metavar="PATH", help="another knowledge folder than our own")
    parser.add_argument("--by", metavar="COLUMN", help="pool parts for themselves, and test whether they differ")
    parser.add_argument(
        "--on",
        metavar="COLUMN",
        action="append",
        default=[],
        help="draw a line over a column of numbers (may be repeated)",
    )
    parser.add_argument(
        "--few", action="store_true", help="draw the line through fewer than 10 studies a column: it fits noise"
    )
    add_file(parser)


def run(options: argparse.Namespace) -> int:
    # Also the list needs it: an effect may rest on an interval, and so on quantiles.
    need("evidence pool", "pymare", "PyMARE")
    if (published := file_of(options)) is not None:
        from needlewise.cli.evidence.pool_page import write_pool  # noqa: PLC0415 - brings in numpy
        from needlewise.cli.evidence.pool_parts import write_parts  # noqa: PLC0415
        from needlewise.evidence.pooling import pool  # noqa: PLC0415

        page = Page()
        page.title(str(options.csv), f"k = {len(published.effects)}")
        write_pool(page, pool(published.effects, Method(options.method)))
        write_parts(page, published.effects, published.columns, options)
        for note in published.notes:
            page.blank()
            page.text(f"Note: {note}.")
        write_text(str(page))
        return 0
    base = base_of(options.folder)
    groups = {group.key.id: group for group in groups_of(base)}
    page = Page()
    if options.group is None:
        page.title("Groups of figures that speak of one thing", plural(len(groups), "group"))
        page.text("k: studies that enter the pool, of all that belong to the group. One study is shown, not pooled.")
        page.table([(f"k = {group.k} of {len(group.members)}", name) for name, group in groups.items()])
    elif options.group not in groups:
        every = "`needlewise evidence pool` lists them all"
        raise no_such("evidence pool", f"no group `{options.group}`", options.group, groups, every, "the id of a group")
    else:
        from needlewise.cli.evidence.pool_page import write_group  # noqa: PLC0415 - brings in numpy
        from needlewise.cli.evidence.pool_parts import write_parts  # noqa: PLC0415
        from needlewise.evidence.moderators import columns_of  # noqa: PLC0415

        group = groups[options.group]
        write_group(page, group, Method(options.method), base)
        write_parts(page, group.effects, columns_of(group), options)
    write_text(str(page))
    return 0
