"""needlewise evidence forest GROUP: a group drawn as a forest plot, with characters or as SVG."""

import argparse
import shutil
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from needlewise.cli.evidence.opening import base_of
from needlewise.cli.exits import WrongUseError
from needlewise.cli.outputs import write_text
from needlewise.cli.refusing import no_such
from needlewise.errors import Problem
from needlewise.evidence.groups import groups_of
from needlewise.evidence.methods import Method

TEXT, SVG = "text", "svg"
NARROWEST, WIDEST = 80, 120


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("group", metavar="GROUP", help="the id of a group; `needlewise evidence pool` lists them")
    parser.add_argument("--format", choices=(TEXT, SVG), default=TEXT, help="text (the default) or svg")
    parser.add_argument(
        "--out", "--output", dest="out", type=Path, metavar="FILE", help="a file to write; standard output if left out"
    )
    methods = ", ".join(Method)
    parser.add_argument("--method", choices=tuple(Method), default=Method.REML, metavar="M", help=f"one of: {methods}")
    parser.add_argument("--folder", type=Path, metavar="PATH", help="another knowledge folder than our own")


def run(options: argparse.Namespace) -> int:
    base = base_of(options.folder)
    groups = {group.key.id: group for group in groups_of(base)}
    group = groups.get(options.group)
    if group is None:
        every = "`needlewise evidence pool` lists them all"
        raise no_such(
            "evidence forest", f"no group `{options.group}`", options.group, groups, every, "the id of a group"
        )
    if not group.k:
        hint = f"`needlewise evidence pool {options.group}` tells why of each study"
        found = f"nothing in `{options.group}` that can be pooled"
        raise WrongUseError(Problem("evidence forest", found, "a group with k = 1 or more", hint))
    _require_extra(group.k, options.format)
    from needlewise.evidence.pooling import pool  # noqa: PLC0415 - brings in numpy
    from needlewise.interop.charts.directions import directions_of  # noqa: PLC0415

    made, directions = pool(group.effects, Method(options.method)), directions_of(group.key, base)
    left_out = len(group.members) - group.k
    if options.format == SVG:
        from needlewise.interop.charts.drawing import Palette, forest_svg  # noqa: PLC0415 - brings in the renderer

        write_text(forest_svg(made, Palette.PRINT, directions, left_out), options.out)
        return 0
    from needlewise.cli.evidence.forest_text import DRAWN, TYPED, text_forest  # noqa: PLC0415 - brings in numpy
    from needlewise.interop.charts.contents import contents  # noqa: PLC0415

    width = min(max(shutil.get_terminal_size((WIDEST, 24)).columns, NARROWEST), WIDEST)
    strokes = DRAWN if options.out is not None or _knows_drawing(DRAWN) else TYPED
    told = contents(made, directions, left_out)
    write_text(f"{group.key.id}\n\n{text_forest(told, width, strokes)}", options.out)
    return 0


def _require_extra(k: int, form: str) -> None:
    """Two studies and more are pooled with PyMARE, and SVG is drawn by vl-convert: both are extras."""
    needed = {"pymare": "pymare"} if k > 1 else {}
    if form == SVG:
        needed["vl_convert"] = "vl-convert-python"
    hint = "pip install 'needlewise[evidence]'"
    missing = [
        Problem("evidence forest", f"{module} is not installed", f"the package {package}", hint)
        for module, package in needed.items()
        if find_spec(module) is None
    ]
    if missing:
        raise WrongUseError(missing)


def _knows_drawing(drawn: Iterable[str]) -> bool:
    try:
        "".join((*drawn, "²τ←→∞")).encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
