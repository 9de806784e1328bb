"""Every example gives exactly what its card says. The cards are plain text, made to be read and checked by clinicians."""

from collections.abc import Iterator

import pytest

from needlewise.knowledge import Protocol
from tests.vignettes.cards import (
    card_names,
    consult_example,
    consult_tables,
    example_names,
    lines_of_card,
    tables_of_example,
)
from tests.vignettes.suspected import MISSING, UNWANTED
from tests.vignettes.telling import ALWAYS, kind_of, told


def beginning_of(line: str) -> str:
    return line.partition(": ")[0]


def every_line() -> Iterator[object]:
    for name in card_names():
        for line in lines_of_card(name):
            why = MISSING.get((name, beginning_of(line)))
            marks = [pytest.mark.xfail(strict=True, reason=why)] if why else []
            yield pytest.param(name, line, id=f"{name}: {beginning_of(line)}", marks=marks)


@pytest.mark.parametrize(("name", "line"), list(every_line()))
def test_what_the_card_says_comes_out(name: str, line: str, protocol: Protocol) -> None:
    said = told(consult_example(name, protocol), protocol)
    assert line in said, "\n".join(other for other in said if kind_of(other) == kind_of(line))


@pytest.mark.parametrize("name", card_names())
def test_nothing_decisive_comes_out_that_the_card_does_not_say(name: str, protocol: Protocol) -> None:
    card = lines_of_card(name)
    kinds = {*ALWAYS, *(kind_of(line) for line in card)}
    suspected = {line for line in card if (name, beginning_of(line)) in MISSING}
    expected_to_differ = {beginning_of(line) for line in suspected}
    more = [
        line
        for line in told(consult_example(name, protocol), protocol)
        if kind_of(line) in kinds
        and line not in card
        and beginning_of(line) not in expected_to_differ
        and (name, line) not in UNWANTED
    ]
    assert not more


@pytest.mark.parametrize(
    ("name", "line"),
    [
        pytest.param(name, line, id=f"{name}: {beginning_of(line)}", marks=pytest.mark.xfail(strict=True, reason=why))
        for (name, line), why in UNWANTED.items()
    ],
)
def test_what_the_design_does_not_ask_for_does_not_come_out(name: str, line: str, protocol: Protocol) -> None:
    assert line not in told(consult_example(name, protocol), protocol)


def test_every_example_has_a_card_and_every_card_an_example() -> None:
    assert card_names() == example_names()


@pytest.mark.parametrize("name", card_names())
def test_a_card_explains_itself_and_says_the_verdict_and_the_plan(name: str) -> None:
    lines = lines_of_card(name)
    assert all(kind_of(line) and line[-1] in '.])"' for line in lines), [line for line in lines if not kind_of(line)]
    assert [kind_of(line) for line in lines[:2]] == ["Visit", "Plan"]
    assert len(set(lines)) == len(lines)


def test_every_suspected_line_stands_on_its_card() -> None:
    on_cards = {(name, beginning_of(line)) for name in card_names() for line in lines_of_card(name)}
    assert set(MISSING) <= on_cards


def test_a_card_notices_when_an_answer_changes(protocol: Protocol) -> None:
    """Skin type IV instead of III: starts lower, one pass less, no bleeding. The card must no longer fit."""
    tables = tables_of_example("acne-scars-type-iii")
    tables["patient"]["phototype"] = "IV"
    said = told(consult_tables(tables, protocol), protocol)
    unmet = {kind_of(line) for line in lines_of_card("acne-scars-type-iii") if line not in said}
    assert {"Visit", "Depth", "Passes"} <= unmet
