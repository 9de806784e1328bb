"""What cannot be read is named beside its field; the rest of the page works on."""

import re

import pytest
from django.test import Client

from needlewise.errors import Problem
from needlewise.web.pages.consultation.considering import without
from tests.web.filled_forms import ACNE, URL, ask, fields_of, post, text_of


@pytest.mark.parametrize(
    ("fields", "element", "words"),
    [
        ({"f.birth-date.0.on": "yesterday"}, "fact-birth-date", "yesterday"),
        ({"f.birth-date.0.on": "1990"}, "fact-birth-date", "whole date of birth"),
        ({"f.sunburn.0.on": "2031-01-01"}, "fact-sunburn", "a day in the past"),
        ({"f.skin-thickness.0.value": "15"}, "fact-skin-thickness", "a number from 0.3 to 6 mm"),
        ({"start_on": "2020-01-01"}, "field-start_on", "that day or a later one"),
        ({"depth.cheek-left.mm": "deep"}, "depth-cheek-left", "a number from 0.05 to 5"),
        ({"depth.cheek-left.mm": "9", "depth.cheek-left.reason": "because"}, "depth-cheek-left", "a number from"),
        ({"devices": "exceed", "d.exceed.swept_width_mm": "900"}, "device-exceed", "a number from 1 to 50"),
        ({"k.isotretinoin-recent.by": "Dr Example"}, "clearance-isotretinoin-recent", "a day such as"),
    ],
)
def test_a_problem_leads_to_its_field_and_the_verdict_stands_without_it(
    fields: dict[str, str], element: str, words: str, client: Client
) -> None:
    page = post(client, {**ACNE, **fields})
    html = page.content.decode()
    problems = re.search(r'id="problems".*?</ul>', html, re.DOTALL)
    assert problems is not None
    assert f'href="#{element}"' in problems.group(0)
    assert words in problems.group(0)
    assert f'id="{element}"' in html.replace(problems.group(0), "")
    assert "as not known until put right" in text_of(page, "problems")
    assert "Ask first" in text_of(page, "verdict")
    assert dict(fields_of(page)).items() >= fields.items()


def test_an_unreadable_answer_never_makes_a_verdict_milder(client: Client) -> None:
    fields = fields_of(client.get(URL, {"example": "acne-scars-type-iii"}))
    assert "May be treated" in text_of(post(client, fields), "verdict")
    broken = [(name, "soon" if name == "f.birth-date.0.on" else value) for name, value in fields]
    assert "Ask first" in text_of(post(client, broken), "verdict")


def test_two_concerns_for_the_same_thing_leave_no_verdict_and_say_so(client: Client) -> None:
    twice = {**ACNE, "c.1.wish": "indication:atrophic-acne-scars", "c.1.zones": "chin"}
    page = post(client, twice)
    assert "stands twice" in text_of(page, "problems")
    assert 'href="#concern-1"' in page.content.decode()
    assert "There is no verdict until this is put right." in text_of(page, "problems")


def test_what_cannot_be_read_is_not_handed_out(client: Client) -> None:
    broken = {**ACNE, "f.sunburn.0.on": "soon"}
    page = post(client, broken, f"{URL}case.toml")
    assert page.status_code == 422
    assert "could not be read" in text_of(page, "problems")
    assert dict(fields_of(page))["f.sunburn.0.on"] == "soon"


def test_a_problem_is_sent_to_a_page_with_scripts_as_well(client: Client) -> None:
    answer = ask(client, {**ACNE, "f.sunburn.0.on": "soon"})
    assert answer.status_code == 200
    assert 'data-problem="fact-sunburn"' in answer.content.decode()


def test_commands_of_the_terminal_are_not_offered_on_the_page(client: Client) -> None:
    page = post(
        client,
        {
            **ACNE,
            "f.herpes-outbreak.0.status": "healed",
            "f.herpes-outbreak.1.status": "none",
            "f.herpes-outbreak.1.where": "nowhere",
        },
    )
    assert "needlewise facts" not in text_of(page, "problems")


def test_rows_are_taken_out_from_the_last_so_that_the_right_ones_go() -> None:
    tables = {"override": [{"zone": "a"}, {"zone": "b"}, {"zone": "c"}]}
    left = without(tables, [Problem("override[0].reason", ""), Problem("override[2].depth_mm", "")])
    assert left == {"override": [{"zone": "b"}]}


def test_without_a_concern_nothing_is_left_to_consult_about() -> None:
    assert without({"concern": [{}]}, [Problem("concern[0].zones", "")]) is None
