"""What is worked out once per protocol: what a rule hangs on, whose day nothing reads, what no answer can satisfy."""

from dataclasses import replace

import pytest

from needlewise.knowledge import Alternative, Cell, Index, Protocol, Rule
from needlewise.knowledge._index import build_index


def position(index: Index, name: str) -> int:
    return next(number for number, rule in enumerate(index.rules) if rule.id == name)


def with_ways(protocol: Protocol, *ways: tuple[Cell, ...]) -> Index:
    """The index of a protocol with one rule more, of these alternatives."""
    rule = replace(protocol.rules["vitiligo"], id="planted", any=tuple(Alternative(all=way) for way in ways))
    return build_index([*protocol.rules.values(), rule], protocol.facts)


def test_a_rule_hangs_on_what_its_questions_hang_on(protocol: Protocol) -> None:
    index = protocol.index
    assert "previous-needling" in index.reads[position(index, "stop-no-gain")]
    assert {"age-years", "birth-date", "sex"} <= index.reads[position(index, "pregnant-or-breastfeeding")]
    assert index.asked_reads["inr"] == {"inr", "anticoagulant-kind", "anticoagulant"}


def test_nothing_reads_the_day_of_an_earlier_needling_and_of_no_other_event(protocol: Protocol) -> None:
    assert protocol.index.undated == {"previous-needling"}


def test_a_rule_that_counts_from_the_day_of_an_event_asks_for_it(protocol: Protocol) -> None:
    index = with_ways(protocol, (Cell(fact="previous-needling", days_since_below=28),))
    assert index.undated == frozenset()


def test_every_alternative_of_the_protocol_can_be_answered(protocol: Protocol) -> None:
    assert protocol.index.unanswerable == {}


HOPELESS: dict[str, tuple[Cell, ...]] = {
    "an option that is not there": (Cell(fact="smoking", one_of=("perhaps",)),),
    "no option left": (Cell(fact="smoking", none_of=("no", "yes")),),
    "two options at once": (Cell(fact="smoking", one_of=("yes",)), Cell(fact="smoking", one_of=("no",))),
    "above the range": (Cell(fact="inr", above=10),),
    "between two whole numbers": (Cell(fact="sessions-done", above=2, below=3),),
    "days that exclude each other": (Cell(fact="sunburn", days_since_below=14, days_since_at_least=14),),
    "a day of what never happened": (Cell(fact="sunburn", one_of=("never",), days_since_below=14),),
    "a kind that is not there": (Cell(fact="scar", what=("bite",)),),
}
HOPEFUL: dict[str, tuple[Cell, ...]] = {
    "between two numbers": (Cell(fact="inr", above=3, below=3.01),),
    "days in between": (Cell(fact="sunburn", days_since_below=15, days_since_at_least=14),),
    "never": (Cell(fact="sunburn", known=False),),
    "a kind and a day": (Cell(fact="scar", what=("burn",), days_since_below=30),),
    "two questions": (Cell(fact="smoking", one_of=("yes",)), Cell(fact="vitiligo", one_of=("no",))),
}


@pytest.mark.parametrize("cells", HOPELESS.values(), ids=HOPELESS)
def test_an_alternative_that_no_answer_satisfies_is_found(cells: tuple[Cell, ...], protocol: Protocol) -> None:
    index = with_ways(protocol, cells, (Cell(fact="smoking", one_of=("yes",)),))
    assert index.unanswerable == {"planted": (Alternative(all=cells),)}


@pytest.mark.parametrize("cells", HOPEFUL.values(), ids=HOPEFUL)
def test_an_alternative_that_some_answer_satisfies_is_left_alone(cells: tuple[Cell, ...], protocol: Protocol) -> None:
    assert with_ways(protocol, cells).unanswerable == {}


def test_an_input_leads_to_the_rules_that_read_it(protocol: Protocol) -> None:
    def named(name: str) -> set[str]:
        return {protocol.index.rules[number].id for number in protocol.index.by_input[name]}

    assert named("labelled") == {rule.id for rule in protocol.rules.values() if _reads(rule, "labelled")}
    assert named("device-design") == {"radiofrequency-device"}


def _reads(rule: Rule, name: str) -> bool:
    return any(cell.input == name for way in rule.any for cell in way.all)
