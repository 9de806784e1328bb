"""A case becomes a form, the form is posted, and the same case comes out."""

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.test import Client

from needlewise.consultation import consult, read_case
from needlewise.interop.case_toml import as_toml
from needlewise.interop.document import as_document
from needlewise.knowledge import Protocol
from needlewise.web.pages.consultation.examples import worked_examples
from needlewise.web.pages.consultation.form_filling import sheet_from
from needlewise.web.pages.consultation.form_reading import case_tables
from needlewise.web.pages.consultation.wishes import REGION_WORDS
from tests.web.filled_forms import URL, fields_of, post

EXAMPLES = worked_examples()


def in_form_order(tables: Mapping[str, Any], protocol: Protocol) -> dict[str, Any]:
    """The same case with its zones in the order of the form, region by region: their order means nothing."""
    regions = list(REGION_WORDS)
    ordered = sorted(protocol.places.values(), key=lambda place: regions.index(place.zone.region))
    rank = {place.id: number for number, place in enumerate(ordered)}

    def places(names: list[str]) -> list[str]:
        found = [p.id for name in names for p in protocol.places.values() if name in (p.id, p.zone.id)]
        return sorted(dict.fromkeys(found), key=rank.__getitem__)

    concerns = [{**concern, "zones": places(concern["zones"])} for concern in tables["concern"]]
    return {**tables, "concern": concerns}


def document(tables: Mapping[str, Any], protocol: Protocol, on: date) -> Any:
    return json.loads(json.dumps(as_document(consult(read_case(tables, protocol, on), protocol, on), protocol)))


def test_there_are_examples_to_start_from() -> None:
    assert len(EXAMPLES) >= 10


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_posted_back_from_its_page_gives_the_same_consultation(
    name: str, client: Client, protocol: Protocol, today: date
) -> None:
    fields = fields_of(client.get(URL, {"example": name}))
    answer = post(client, fields, f"{URL}consultation.json")
    expected = document(in_form_order(EXAMPLES[name].tables, protocol), protocol, today)
    assert json.loads(answer.content) == expected


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_case_file_taken_away_gives_the_same_consultation_again(
    name: str, client: Client, protocol: Protocol, today: date
) -> None:
    fields = fields_of(client.get(URL, {"example": name}))
    written = post(client, fields, f"{URL}case.toml").content.decode()
    expected = document(in_form_order(EXAMPLES[name].tables, protocol), protocol, today)
    assert document(tomllib.loads(written), protocol, today) == expected


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_second_round_changes_nothing(name: str, protocol: Protocol) -> None:
    once = case_tables(sheet_from(EXAMPLES[name].tables, protocol), protocol)
    twice = case_tables(sheet_from(once, protocol), protocol)
    assert twice == once


MIXED = """
[[concern]]
indication = "fine-lines-face"
severity = "mild"
zones = ["forehead", "cheek"]
[facts]
filler = [{ on = 2026-10-01, where = ["cheek-left"] }, "never"]
laser-or-peel = [{ what = "ipl", on = "2026-03" }, { what = "superficial-peel" }]
topical-retinoid = [{ status = "now", prescribed = true, where = ["forehead"] }, "never"]
skin-thickness = { value = 1.25, where = ["cheek"] }
smoking = true
herpes-outbreak = { status = "healed", on = "2025", where = ["face"] }
previous-needling = { on = 2026-09-01, depth_mm = 0.75 }
[plan]
requested = { cheek = 0.75 }
acknowledged = ["smoking"]
[[acknowledgement]]
rule = "off-label"
reason = 'said "yes", and why: \\ both'
[[override]]
zone = "forehead"
depth_mm = 0.9
reason = "measured"
by = "Practitioner of the example"
"""


def test_answers_that_differ_by_place_kind_and_day_survive_the_form(protocol: Protocol, today: date) -> None:
    tables = tomllib.loads(MIXED)
    again = case_tables(sheet_from(tables, protocol), protocol)
    first, second = read_case(tables, protocol, today), read_case(as_toml(again), protocol, today)
    assert consult(first, protocol, today) == consult(second, protocol, today)
    assert {name: frozenset(map(str, known)) for name, known in first.answers.items()} == {
        name: frozenset(map(str, known)) for name, known in second.answers.items()
    }
    assert first.overrides == second.overrides
    assert first.requested_mm == second.requested_mm
    assert set(first.acknowledgements) == set(second.acknowledgements)


LETTERS = """
[[concern]]
indication = "fine-lines-face"
severity = "mild"
zones = ["forehead", "cheek"]
[facts]
eczema-psoriasis-dermatitis = "chronic-moderate-severe"
heart-condition = "yes"
[[clearance]]
role = "dermatologist"
rules = ["eczema-psoriasis-chronic"]
by = "Dr Example"
on = 2026-11-10
zones = ["cheek"]
condition_met = true
[[clearance]]
role = "dermatologist"
rules = ["eczema-psoriasis-chronic"]
by = "Dr Example"
on = 2026-10-10
valid_until = 2027-03-31
condition_met = true
[[clearance]]
role = "doctor"
rules = ["heart-condition"]
by = "Dr Sample"
on = 2026-11-10
condition_met = true
"""


def test_each_letter_for_a_rule_keeps_its_places_in_the_form_and_none_changes_its_role(
    client: Client, protocol: Protocol, today: date
) -> None:
    tables = tomllib.loads(LETTERS)
    written = case_tables(sheet_from(tables, protocol), protocol)
    first, second = read_case(tables, protocol, today), read_case(as_toml(written), protocol, today)
    assert set(second.clearances) == {one for one in first.clearances if one.role == "dermatologist"}
    fields = [(name, value) for name, values in sheet_from(tables, protocol).as_dict().items() for value in values]
    page = fields_of(post(client, fields))
    assert sorted(pair for pair in page if pair[0].startswith("k.") and pair[1]) == sorted(
        pair for pair in fields if pair[0].startswith("k.")
    )
    verdicts = {zone.place: zone.verdict.word for zone in consult(second, protocol, today).zones}
    assert verdicts == {zone.place: zone.verdict.word for zone in consult(first, protocol, today).zones}


def test_a_letter_for_a_place_that_no_zone_has_is_not_read_as_one_for_everywhere(protocol: Protocol) -> None:
    tables = tomllib.loads(LETTERS.replace('zones = ["cheek"]\n', 'zones = ["chek"]\n'))
    assert case_tables(sheet_from(tables, protocol), protocol)["clearance"][0]["zones"] == ["chek"]
