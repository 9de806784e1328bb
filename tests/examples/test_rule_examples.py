"""Every rule does what the examples in its own file say."""

from dataclasses import replace
from datetime import date

from needlewise.clinical.examples import failing_examples
from needlewise.knowledge import Protocol, Verdict


def test_every_rule_says_what_its_examples_expect(protocol: Protocol, today: date) -> None:
    failing = list(failing_examples(protocol, today))
    assert not failing, "\n".join(map(str, failing))


def test_every_rule_has_an_example_in_which_it_fires_and_one_in_which_it_does_not(protocol: Protocol) -> None:
    for name, rule in protocol.rules.items():
        outcomes = {example.then for example in protocol.examples[name]}
        assert rule.verdict.word in outcomes, name
        assert outcomes & {"silent", "ask"}, name


def test_a_rule_that_no_longer_fits_its_examples_is_found(protocol: Protocol, today: date) -> None:
    milder = replace(protocol.rules["vitiligo"], verdict=Verdict.CAUTION)
    planted = replace(protocol, rules={**protocol.rules, "vitiligo": milder})
    assert any("vitiligo" in problem.where for problem in failing_examples(planted, today))
