"""Verdicts of places: what is excluded waits for no day, and a milder verdict keeps what its rule changes in the plan."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from needlewise.clinical.devices import Bench
from needlewise.clinical.fields import active_modifiers
from needlewise.clinical.screening import screen
from needlewise.clinical.spots import Survey
from needlewise.consultation import read_case
from needlewise.interop.document import as_document
from needlewise.knowledge import Cell, Exemption, Protocol, Verdict
from tests.vignettes.cards import ON, consult_tables, tables_of_example

FIRST = "acne-scars-type-iii"


def test_a_place_that_is_excluded_and_deferred_has_no_day(protocol: Protocol) -> None:
    """The wait ends, but on no day does the place become eligible."""
    tables = tables_of_example(FIRST)
    tables["facts"]["filler"] = [{"on": ON - timedelta(days=7), "where": ["cheek"]}, {"status": "never"}]
    tables["facts"]["tattoo-or-permanent-make-up"] = [{"status": "yes", "where": ["cheek-left"]}, "no"]
    tables["facts"]["topical-retinoid"] = "now"
    result = consult_tables(tables, protocol)
    left, right = result.zones
    assert (left.verdict, left.eligible_on, left.ready_on) == (Verdict.EXCLUDE, None, None)
    assert right.verdict is Verdict.DEFER
    assert right.eligible_on == ON + timedelta(days=21)
    assert right.ready_on == ON + timedelta(days=7)
    document = as_document(result, protocol)
    assert document["zones"][0]["eligible_on"] is None
    assert document["plan"] is not None
    out = next(one for concern in document["plan"]["concerns"] for one in concern["left_out"])
    assert out["zone"] == "cheek-left"
    assert "Screen again" not in out["instead"]


def test_an_excluded_person_has_no_day_anywhere(protocol: Protocol) -> None:
    tables = tables_of_example(FIRST)
    tables["facts"] |= {"isotretinoin": "now", "filler": {"on": ON - timedelta(days=7)}}
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.EXCLUDE
    assert result.eligible_on is None
    assert all(zone.eligible_on is None and zone.ready_on is None for zone in result.zones)


def acting(tables: dict[str, Any], protocol: Protocol) -> set[str]:
    """The modifiers that act at the first place."""
    case = read_case(tables, protocol, ON)
    survey = Survey(case, protocol, ON, Bench(case, protocol, ON).inputs())
    spot = next(iter(survey.places.values()))
    return {modifier.id for modifier in active_modifiers(spot, screen(survey).reasons, protocol)}


def letter(protocol: Protocol, rule: str) -> dict[str, Any]:
    asked = protocol.rules[rule].clearance
    assert asked is not None
    return {"role": asked.role, "rules": [rule], "by": "the one asked", "on": ON, "condition_met": True}


def naming(protocol: Protocol, rule: str, modifier: str, **changes: Any) -> Protocol:
    """The protocol with a rule that names a modifier."""
    return replace(
        protocol, rules={**protocol.rules, rule: replace(protocol.rules[rule], modifier=modifier, **changes)}
    )


@pytest.mark.parametrize("cleared", [False, True])
def test_a_modifier_acts_although_a_letter_made_the_verdict_of_its_rule_milder(
    cleared: bool, protocol: Protocol
) -> None:
    planted = naming(protocol, "heart-condition", "melasma")
    tables = tables_of_example(FIRST)
    assert "melasma" not in acting(tables, planted)
    tables["facts"]["heart-condition"] = "yes"
    if cleared:
        tables["clearance"] = [letter(planted, "heart-condition")]
        assert consult_tables(tables, planted).verdict is Verdict.CAUTION
    assert "melasma" in acting(tables, planted)


def test_a_modifier_acts_although_an_exemption_made_the_verdict_of_its_rule_milder(protocol: Protocol) -> None:
    because = "Those who never smoked."
    exemption = Exemption(because=because, all=(Cell(fact="smoking", one_of=("no",)),), to=Verdict.CAUTION)
    rules = protocol.index.rules
    planted = naming(protocol, "heart-condition", "melasma", exemptions=(exemption,))
    index = replace(protocol.index, rules=tuple(planted.rules[rule.id] for rule in rules))
    planted = replace(planted, index=index)
    tables = tables_of_example(FIRST)
    tables["facts"]["heart-condition"] = "yes"
    result = consult_tables(tables, planted)
    assert next(r for r in result.reasons if r.rule == "heart-condition").verdict is Verdict.CAUTION
    assert "melasma" in acting(tables, planted)


def test_psoriasis_elsewhere_keeps_its_test_spot_after_the_letter(protocol: Protocol) -> None:
    name = "psoriasis-or-lichen-planus-elsewhere"
    tables = tables_of_example(FIRST)
    tables["facts"][name] = "yes"
    tables["clearance"] = [letter(protocol, name)]
    modifier = protocol.rules[name].modifier
    assert modifier
    assert modifier in acting(tables, protocol)
