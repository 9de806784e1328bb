"""What can be taken away: the right kind, a name that says nothing of anyone, and content that reads back."""

import json
import re

import icalendar
import pypdfium2
import pytest
from django.test import Client

from tests.web.filled_forms import ACNE, URL, fields_of, post

KINDS = {
    "plan.pdf": "application/pdf",
    "practitioner.pdf": "application/pdf",
    "calendar.ics": "text/calendar; charset=utf-8",
    "tips.txt": "text/plain; charset=utf-8",
    "case.toml": "application/toml; charset=utf-8",
    "consultation.json": "application/json",
}


@pytest.mark.parametrize("name", KINDS)
def test_a_download_has_its_kind_and_a_name_without_a_person(name: str, client: Client) -> None:
    fields = fields_of(client.get(URL, {"example": "acne-scars-type-iii"}))
    file = post(client, fields, f"{URL}{name}")
    assert file.status_code == 200
    assert file.headers["Content-Type"] == KINDS[name]
    assert file.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert file.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["plan.pdf", "practitioner.pdf"])
def test_the_handouts_are_pages_with_text(name: str, client: Client) -> None:
    fields = fields_of(client.get(URL, {"example": "acne-scars-type-iii"}))
    document = pypdfium2.PdfDocument(post(client, fields, f"{URL}{name}").content)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert "Cheek" in text


def test_the_calendar_keeps_its_ids_for_the_same_page_and_has_others_on_another(client: Client) -> None:
    def ids(fields: list[tuple[str, str]]) -> set[str]:
        calendar = icalendar.Calendar.from_ical(post(client, fields, f"{URL}calendar.ics").content)
        return {str(event["uid"]) for event in calendar.walk("VEVENT")}

    one, other = (fields_of(client.get(URL, {"example": "acne-scars-type-iii"})) for _ in range(2))
    assert ids(one) == ids(one)
    assert ids(one).isdisjoint(ids(other))


def test_without_a_visit_the_calendar_says_why_it_cannot_be_made(client: Client) -> None:
    fields = fields_of(client.get(URL, {"example": "pregnancy"}))
    page = post(client, fields, f"{URL}calendar.ics")
    assert page.status_code == 422
    assert "no visit is planned" in page.content.decode()


def test_an_excluded_patient_still_gets_the_sheet_that_says_why(client: Client) -> None:
    fields = fields_of(client.get(URL, {"example": "pregnancy"}))
    assert post(client, fields, f"{URL}plan.pdf").headers["Content-Type"] == "application/pdf"


def test_the_document_is_the_consultation_on_the_page(client: Client) -> None:
    document = json.loads(post(client, ACNE, f"{URL}consultation.json").content)
    assert document["verdict"] == "ask"
    assert document["schema"].startswith("needlewise/consultation/")


def test_before_anything_is_wished_for_there_is_nothing_to_take(client: Client) -> None:
    assert post(client, {}, f"{URL}case.toml").status_code == 422


def test_every_button_of_the_page_leads_to_a_download(client: Client) -> None:
    html = client.get(URL, {"example": "acne-scars-type-iii"}).content.decode()
    offered = {address.removeprefix(URL) for address in re.findall(r'formaction="([^"]+)"', html)}
    # How skin is expected to heal is a page of its own, where there is no script.
    assert offered == {*KINDS, "healing/"}


def test_the_tips_follow_the_days_of_this_plan(client: Client) -> None:
    fields = fields_of(client.get(URL, {"example": "acne-scars-type-iii"}))
    text = post(client, fields, f"{URL}tips.txt").content.decode()
    assert text.startswith("Tips, day by day.")
    assert text.count("2026") + text.count("2027") > 100
    nothing = fields_of(client.get(URL, {"example": "pregnancy"}))
    assert "There is no tip on any day." in post(client, nothing, f"{URL}tips.txt").content.decode()
