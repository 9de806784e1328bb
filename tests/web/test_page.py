"""The page as a request sees it: methods, headers, what never appears."""

import logging
import re

import pytest
from django.test import Client

from needlewise.web.pages.consultation.examples import worked_examples
from tests.web.filled_forms import ACNE, URL, ask, fields_of, post, text_of

ANSWER = "1971-02-03"


def test_the_root_leads_to_the_consultation(client: Client) -> None:
    assert client.get("/").headers["Location"] == URL


def test_an_empty_page_offers_the_examples_and_gives_no_verdict(client: Client) -> None:
    page = client.get(URL)
    assert page.status_code == 200
    assert "May we treat, where, and how deep?" in text_of(page, "verdict")
    for example in worked_examples().values():
        assert f"?example={example.name}" in page.content.decode()


def test_head_answers_without_a_body_and_other_methods_are_refused(client: Client) -> None:
    assert client.head(URL).status_code == 200
    assert client.head(URL).content == b""
    for method in (client.put, client.delete, client.patch):
        assert method(URL).status_code == 405
    for name in ("plan.pdf", "practitioner.pdf", "calendar.ics", "case.toml", "consultation.json"):
        assert client.get(f"{URL}{name}").status_code == 405


def test_an_unknown_example_is_a_kind_404(client: Client) -> None:
    for name in ("no-such-case", "../pyproject", ""):
        page = client.get(URL, {"example": name})
        assert page.status_code == 404
        assert "Every example is listed" in page.content.decode()


def test_a_form_without_its_token_gets_a_kind_403() -> None:
    page = Client(enforce_csrf_checks=True, headers={"host": "localhost"}).post(URL, ACNE)
    assert page.status_code == 403
    assert "Go back, keep what you have typed" in page.content.decode()


def test_a_form_with_its_token_is_accepted() -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    page = client.get(URL)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert token is not None
    assert post(client, {**ACNE, "csrfmiddlewaretoken": token.group(1)}).status_code == 200
    cookie = client.cookies["csrftoken"]
    assert cookie["samesite"] == "Strict"
    assert cookie["httponly"]


def test_the_content_security_policy_allows_nothing_inline(client: Client) -> None:
    policy = client.get(URL).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", ["", *worked_examples()])
def test_nothing_on_a_page_needs_more_than_that_policy(name: str, client: Client) -> None:
    html = client.get(URL, {"example": name} if name else {}).content.decode()
    assert not re.search(r"<[^>]*\sstyle=", html)
    assert not re.search(r"<[^>]*\son[a-z]+=", html)
    assert "<style" not in html
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert not re.search(r'(?:src|href)="(?:https?:)?//[^"]*"(?![^>]*rel="noreferrer")', html)


def test_pages_are_kept_by_no_cache_and_tell_no_other_site_where_one_came_from(client: Client) -> None:
    headers = client.get(URL).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def test_answers_travel_by_post_alone(client: Client) -> None:
    html = post(client, {**ACNE, "f.birth-date.0.on": ANSWER}).content.decode()
    assert ANSWER in html
    addresses = re.findall(r'(?:action|formaction|href|hx-[a-z]+|src)="([^"]*)"', html)
    own = [address for address in addresses if not address.startswith("http")]
    assert not [address for address in addresses if ANSWER in address]
    assert not [address for address in own if "?" in address.replace("?example=", "")]
    assert 'method="post"' in html
    assert not re.search(r'method="get"', html, re.IGNORECASE)


def test_an_answer_in_an_address_is_not_read(client: Client) -> None:
    page = client.get(URL, {"f.birth-date.0.on": ANSWER})
    assert ANSWER not in page.content.decode()


def test_logs_hold_no_answer(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        post(client, {**ACNE, "f.birth-date.0.on": ANSWER, "f.filler.0.on": "not a day"})
        ask(client, {**ACNE, "f.birth-date.0.on": ANSWER})
        post(client, {**ACNE, "f.birth-date.0.on": ANSWER, "f.filler.0.on": "not a day"}, f"{URL}case.toml")
    assert ANSWER not in caplog.text
    assert "not a day" not in caplog.text


def test_a_plain_post_gives_the_whole_page_with_what_was_typed(client: Client) -> None:
    page = post(client, {**ACNE, "f.birth-date.0.on": ANSWER, "f.keloid-history.0.status": "yes"})
    fields = dict(fields_of(page))
    assert fields["f.birth-date.0.on"] == ANSWER
    assert fields["f.keloid-history.0.status"] == "yes"
    assert "Do not treat" in text_of(page, "verdict")
    assert page.content.startswith(b"<!doctype html>")


def test_markup_in_an_answer_stays_text(client: Client) -> None:
    page = post(client, {**ACNE, "f.birth-date.0.on": '"><script>alert(1)</script>'})
    assert b"<script>alert(1)" not in page.content


def test_a_form_too_large_is_refused(client: Client) -> None:
    assert post(client, {f"f.x.{number}.on": "1" for number in range(5000)}).status_code == 400
