"""The cards: what must come out of each example, worked out by hand from the protocol, one plain sentence to a line."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from needlewise.consultation import Consultation, consult, read_case
from needlewise.knowledge import Protocol

EXAMPLES = Path(__file__).parents[2] / "examples"
CARDS = Path(__file__).parent / "cards"
HEADING = "## What must come out"
ON = date(2026, 11, 24)


def example_names() -> list[str]:
    return sorted(path.stem for path in EXAMPLES.glob("*.toml"))


def card_names() -> list[str]:
    return sorted(path.stem for path in CARDS.glob("*.md"))


@cache
def lines_of_card(name: str) -> tuple[str, ...]:
    """The lines that must come out. Prose above the heading explains them."""
    _, _, below = (CARDS / f"{name}.md").read_text(encoding="utf-8").partition(HEADING)
    return tuple(line.removeprefix("- ") for line in below.splitlines() if line.strip())


def tables_of_example(name: str) -> dict[str, Any]:
    """The tables of an example, free to be changed."""
    return tomllib.loads((EXAMPLES / f"{name}.toml").read_text(encoding="utf-8"))


def consult_example(name: str, protocol: Protocol) -> Consultation:
    return consult(read_case((EXAMPLES / f"{name}.toml").read_bytes(), protocol, ON), protocol, ON)


def consult_tables(tables: dict[str, Any], protocol: Protocol) -> Consultation:
    return consult(read_case(tables, protocol, ON), protocol, ON)
