"""How the skin is expected to heal, on the page: beside the plan, loaded by itself, with another schedule to compare."""

import re
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from django.http import HttpResponse
from django.test import Client

from needlewise.knowledge import Biology
from needlewise.web.pages.consultation import expecting
from needlewise.web.reading import biology_on
from tests.web.filled_forms import URL, Fields, fields_of, post

HEALING = f"{URL}healing/"
PANEL = "what-if.glabella"


@pytest.fixture
def answers(client: Client) -> Fields:
    """A plan whose clinic has entered all figures of its device."""
    return fields_of(client.get(URL, {"example": "numbing-cream"}))


def panel(**change: str) -> Fields:
    values = {"interval": "28", "sessions": "4", "depth": "0.25", "passes": "3"} | change
    return [("what-if", "glabella"), *((f"{PANEL}.{name}", value) for name, value in values.items())]


def kept(response: HttpResponse) -> Fields:
    """The answers in the form of a page."""
    return sorted(pair for pair in fields_of(response) if pair[0] != "csrfmiddlewaretoken")


def ask_for(client: Client, fields: Fields) -> HttpResponse:
    return post(client, fields, HEALING, **{"HX-Request": "true"})


def test_the_plan_holds_the_place_and_asks_for_it_with_the_form_and_never_in_an_address(client: Client) -> None:
    page = client.get(URL, {"example": "numbing-cream"}).content.decode()
    part = page[page.index('id="healing"') :]
    assert f'hx-post="{HEALING}"' in part
    assert f'formaction="{HEALING}"' in part
    assert "A model, not a promise." in part
    assert 'class="outlook"' not in page
    assert client.get(HEALING).status_code == 405
    assert 'id="healing"' not in client.get(URL, {"example": "pregnancy"}).content.decode()


def test_what_is_loaded_has_words_pictures_a_table_and_how_sure_one_can_be(client: Client, answers: Fields) -> None:
    response = ask_for(client, answers)
    told = response.content.decode()
    assert "<html" not in told
    assert told.count('<svg xmlns="http://www.w3.org/2000/svg" role="img"') == 2
    assert "For half of the people, the redness has faded within" in told
    assert "6 months after your first visit" in told
    assert "How sure can we be of" in told
    assert told.count("<tr>") > 5
    assert "The model does not say when to call." in told
    assert response.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_without_script_it_is_a_page_of_its_own_that_leads_back_with_every_answer(
    client: Client, answers: Fields
) -> None:
    response = post(client, answers, HEALING)
    assert "<h1>How the skin is expected to heal</h1>" in response.content.decode()
    back = post(client, [pair for pair in fields_of(response) if not pair[0].startswith("what-if")])
    before = post(client, answers)
    assert kept(back) == kept(before)


def test_a_device_without_its_figures_is_named_with_what_is_missing(client: Client) -> None:
    fields = fields_of(client.get(URL, {"example": "third-session"}))
    told = ask_for(client, fields).content.decode()
    assert "Nothing is guessed." in told
    assert "strokes per second, glide of the hand" in told
    assert 'href="#device-skinpen_precision"' in told
    assert "<svg xmlns" not in told


def test_a_plan_that_there_is_not_says_so(client: Client) -> None:
    fields = fields_of(client.get(URL, {"example": "pregnancy"}))
    assert "because nothing is planned" in ask_for(client, fields).content.decode()


def test_the_panel_offers_what_the_plan_allows_and_nothing_else(client: Client, answers: Fields) -> None:
    told = ask_for(client, answers).content.decode()
    offered = {
        name: re.findall(r'<option value="([^"]+)"', body)
        for name, body in re.findall(rf'<select name="{PANEL}\.(\w+)" data-quiet>(.*?)</select>', told)
    }
    assert offered == {
        "interval": ["28", "35", "42"],
        "sessions": ["4", "5", "6"],
        "depth": ["0.25", "0.5"],
        "passes": ["2", "3"],
    }


def test_two_schedules_stand_side_by_side_with_what_differs_for_the_same_people(
    client: Client, answers: Fields
) -> None:
    told = ask_for(client, [*answers, *panel(sessions="6", depth="0.5")]).content.decode()
    assert "6 sessions, 28 days apart, from 0.5 mm on, 3 passes" in told
    assert "Collagen, 12 months after the first session" in told
    assert told.count('<svg xmlns="http://www.w3.org/2000/svg" role="img"') == 4
    assert '<option value="6" selected>' in told


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"depth": "2.5"}, "2.5 mm cannot be chosen. The plan allows 0.25 to 0.5 mm"),
        ({"interval": "3"}, "3 cannot be chosen. The plan allows 28 to 42"),
        ({"sessions": "1000"}, "1000 cannot be chosen"),
        ({"passes": "1e9"}, "cannot be chosen. The plan allows 2 to 3"),
        ({"passes": "2.5"}, "2.5 cannot be chosen"),
        ({"depth": "nan"}, "nan mm cannot be chosen"),
        ({"interval": "inf"}, "inf cannot be chosen"),
        ({"depth": "<b>"}, "&lt;b&gt;"),
        ({"depth": ""}, "cannot be chosen"),
    ],
)
def test_a_forged_value_is_refused_with_what_the_plan_allows(
    change: dict[str, str], message: str, client: Client, answers: Fields
) -> None:
    response = ask_for(client, [*answers, *panel(**change)])
    told = response.content.decode()
    assert response.status_code == 200
    assert message in told
    assert 'class="sides"' not in told


def test_the_panel_changes_nothing_in_the_plan(client: Client, answers: Fields) -> None:
    plain, forged = (post(client, fields) for fields in (answers, [*answers, *panel(depth="0.5", sessions="6")]))
    assert kept(plain) == kept(forged)
    assert 'id="plan"' in plain.content.decode()


def test_the_patients_handout_has_it(client: Client, answers: Fields) -> None:
    document = pypdfium2.PdfDocument(post(client, answers, f"{URL}plan.pdf").content)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert "How your skin is expected to heal" in text


@pytest.fixture
def _nobody_heals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Knowledge whose calibrated sample belongs to other priors."""

    def refitted(on: date) -> Biology:
        known = biology_on(on)
        loop = {name: replace(known.parameters[name], median=1e6) for name in ("tA", "ka")}
        return replace(known, parameters={**known.parameters, **loop})

    monkeypatch.setattr(expecting, "biology_on", refitted)


@pytest.mark.usefixtures("_nobody_heals")
def test_a_model_that_cannot_reckon_says_so_and_the_plan_and_its_handout_stand(client: Client, answers: Fields) -> None:
    told = ask_for(client, answers).content.decode()
    assert "The model could not reckon this." in told
    assert "fitted to other figures or priors" in told
    file = post(client, answers, f"{URL}plan.pdf")
    assert file.headers["Content-Type"] == "application/pdf"
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file.content))
    assert "Your plan and why" in text
    assert "How your skin is expected to heal" not in text
