"""The command line: one file per command."""

import sys
from collections.abc import Sequence

from needlewise.cli.entry import run


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and end the process with its exit code."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))
