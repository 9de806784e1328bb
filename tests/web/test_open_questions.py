"""Open questions lead to the field in which they are answered, those included that belong to the case itself."""

import re
from typing import Any

from django.test import Client

from needlewise.consultation import consult, read_case
from needlewise.knowledge import Protocol
from needlewise.web.pages.consultation.form_filling import sheet_from
from tests.vignettes.cards import ON, tables_of_example
from tests.web.filled_forms import ACNE, fields_of, post, text_of


def fields(protocol: Protocol, **changes: Any) -> list[tuple[str, str]]:
    """The form of a complete case, some of its tables replaced."""
    tables = {**tables_of_example("acne-scars-type-iii"), **changes}
    sheet = sheet_from(tables, protocol)
    return [(name, value) for name in sheet for value in sheet.all(name)]


def linked(page: str) -> dict[str, str]:
    """The open questions of the list: fact and the element that its link leads to."""
    return {fact: field for field, fact in re.findall(r'<a href="#([^"]+)" data-goto="([^"]+)"', page)}


def test_every_open_question_leads_to_a_field_that_is_there(client: Client, protocol: Protocol) -> None:
    rest = {name: value for name, value in ACNE.items() if not name.endswith("severity")}
    page = post(client, rest).content.decode()
    tables = {"concern": [{"goal": "shallower-acne-scars", "zones": ["cheek"]}]}
    asked = {q.fact for q in consult(read_case(tables, protocol, ON), protocol, ON).questions}
    links = linked(page)
    assert {"concern.severity", "clinic.devices"} <= asked == set(links)
    for field in links.values():
        assert f'id="{field}"' in page, field


def test_a_missing_device_is_the_question_that_comes_next_and_leads_to_the_devices(
    client: Client, protocol: Protocol
) -> None:
    page = post(client, fields(protocol, clinic={}))
    assert "Which device is used?" in text_of(page, "next")
    assert 'href="#devices"' in page.content.decode()
    answered = post(client, [*fields_of(page), ("devices", "skinpen_precision")])
    assert "Every question that applies is answered." in text_of(answered, "next")


def test_a_missing_severity_leads_to_the_concern_that_lacks_it(client: Client, protocol: Protocol) -> None:
    concerns = [
        {"goal": "shallower-acne-scars", "severity": "moderate", "zones": ["cheek"]},
        {"indication": "texture-pores-tone", "zones": ["chin"]},
        {"indication": "fine-lines-face", "zones": ["forehead"]},
    ]
    page = post(client, fields(protocol, concern=concerns)).content.decode()
    assert linked(page)["concern.severity"] == "severity-2"
    assert 'id="severity-2"' in page
    assert 'id="severity-1"' not in page, "where there is but one degree, nothing is asked"


def test_an_answer_that_lacks_its_day_is_asked_for_the_day(client: Client, protocol: Protocol) -> None:
    facts = tables_of_example("acne-scars-type-iii")["facts"] | {"previous-needling": {"depth_mm": 1.0}}
    assert "On which day?" in text_of(post(client, fields(protocol, facts=facts)), "next")
