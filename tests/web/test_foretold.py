"""What others gained, on the page: beside the verdict, never inside it."""

import re

from django.test import Client


def page_of(client: Client, name: str) -> str:
    return client.get(f"/consultation/?example={name}").content.decode()


def test_the_plan_shows_people_out_of_a_hundred_and_leads_to_the_studies(client: Client) -> None:
    page = page_of(client, "acne-scars-type-iii")
    told = page[page.index('id="foretold-title"') :]
    assert "What happened to others is no promise." in told
    picture = re.search(r'<svg class="hundred".*?</svg>', told, re.DOTALL)
    assert picture is not None
    assert picture.group().count("<circle") == 100
    likely = int(re.search(r"about (\d+) got better", picture.group()).group(1))  # type: ignore[union-attr]
    filled = picture.group().count("person-surely") + picture.group().count("person-likely")
    assert filled == likely
    assert client.get(re.search(r'href="(/evidence/studies/[^"]+)"', told).group(1)).status_code == 200  # type: ignore[union-attr]


def test_the_verdict_holds_no_forecast_and_an_exclusion_shows_none(client: Client) -> None:
    page = page_of(client, "acne-scars-type-iii")
    assert "of 100" not in page[: page.index('id="plan"')].lower().split('id="verdict"')[-1]
    assert "foretold-title" not in page_of(client, "pregnancy")
