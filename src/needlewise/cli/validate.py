"""needlewise validate SERIES.json: published series against what the healing model predicts of them."""

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from needlewise.cli.inputs import STANDARD_INPUT, protocol_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import printable
from needlewise.cli.refusing import need
from needlewise.errors import HealingError, Problem
from needlewise.knowledge import load_biology

TEXT, JSON = "text", "json"
LARGEST_BYTES = 5_000_000
FEWEST, MOST = 100, 5_000
_EXPECTED = "a file of series, as docs/how-to/validate-the-model.md describes them"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("series", type=Path, metavar="SERIES.json", help="the series; - reads standard input")
    parser.add_argument(
        "--format", choices=(TEXT, JSON), default=TEXT, help="text (the default), or json with everything"
    )
    parser.add_argument(
        "--seed", type=_whole(0, 2**32 - 1), metavar="N", help="of what is drawn; always the same if left out"
    )
    parser.add_argument(
        "--draws",
        type=_whole(FEWEST, MOST),
        metavar="N",
        help="how many studies are drawn for each series; 1000 if left out",
    )
    parser.add_argument("--out", type=Path, metavar="PATH", help="write to a file instead of standard output")


def run(options: argparse.Namespace) -> int:
    need("validate", "numba", "Numba", "healing")
    from needlewise.cli.validation_page import as_mapping, validation_page  # noqa: PLC0415 - bring in the solvers
    from needlewise.healing.series.validating import DRAWS, SEED, validate  # noqa: PLC0415

    given = _read(options.series)
    biology = load_biology(protocol_of(date.today()))
    seed = SEED if options.seed is None else options.seed
    try:
        found = validate(given, biology, seed, options.draws or DRAWS)
    except HealingError as error:
        raise HealingError(
            Problem(f"{_name(options.series)}: {printable(p.where)}", printable(p.found), p.expected, p.hint)
            for p in error.problems
        ) from None
    text = json.dumps(as_mapping(found), indent=2) if options.format == JSON else str(validation_page(found))
    write_text(text, options.out)
    return 0


def _whole(least: int, most: int) -> Any:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"`{text}` is not a whole number from {least:,} to {most:,}")
        return int(text)

    return read


def _name(path: Path) -> str:
    return "standard input" if str(path) == STANDARD_INPUT else str(path)


def _read(path: Path) -> Any:
    where = _name(path)
    try:
        if str(path) == STANDARD_INPUT:
            raw = sys.stdin.buffer.read(LARGEST_BYTES + 1)
        else:
            with path.open("rb") as file:
                raw = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as fault:
        reason = (getattr(fault, "strerror", None) or "cannot be read").lower()
        raise HealingError(Problem(where, reason, _EXPECTED)) from None
    if len(raw) > LARGEST_BYTES:
        raise HealingError(Problem(where, "a very large file", f"at most {LARGEST_BYTES:,} bytes"))
    try:
        return json.loads(raw, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as fault:
        raise HealingError(Problem(where, f"not valid JSON: {fault}", _EXPECTED)) from None


def _each_once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose keys stand once: the last of two would silently win."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"key {key!r} stands twice in one object")
        found[key] = value
    return found
