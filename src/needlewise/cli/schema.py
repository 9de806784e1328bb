"""needlewise schema: the JSON Schema of `consult --format json`, as stored in docs/reference."""

import argparse
import json
from pathlib import Path

from needlewise.cli.outputs import write_text


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="PATH", help="a file to write; standard output if left out")


def run(options: argparse.Namespace) -> int:
    from needlewise.interop.schema import json_schema  # noqa: PLC0415 - brings in pydantic

    write_text(json.dumps(json_schema(), indent=2, ensure_ascii=False), options.out)
    return 0
