"""needlewise card: the card that is laid beside the skin, as a PDF to print at its true size, with how to use it."""

import argparse
from datetime import date
from pathlib import Path

from needlewise.cli.outputs import refuse_terminal, write_bytes
from needlewise.cli.refusing import need

PAPERS = ("a4", "letter")


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--paper", choices=PAPERS, default=PAPERS[0], help="a4 (the default) or letter")
    parser.add_argument("--out", type=Path, metavar="PATH", help="a file to write; standard output if left out")


def run(options: argparse.Namespace) -> int:
    need("card", "cv2", "OpenCV", "imaging")
    refuse_terminal(options.out, "pdf", "card", "--out")
    from needlewise.interop.handouts.printed_card import card_pdf  # noqa: PLC0415 - brings in OpenCV and typst

    write_bytes(card_pdf(date.today(), options.paper), options.out)
    return 0
