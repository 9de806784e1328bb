"""What patients say is kept by nobody: every answer that may hold it says so, through the application as it is served."""

import logging
import sys
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from needlewise.web.pages.consultation import views
from needlewise.web.pages.device import views as device_views
from needlewise.web.site.keeping import WithoutWords
from needlewise.web.site.wsgi import application
from tests.web.filled_forms import Fields, fields_of
from tests.web.test_photographs import flat, posted

FORM = "application/x-www-form-urlencoded"
CONSULTATION, PHOTOGRAPHS = "/consultation/", "/photographs/"
PERSON = "Anna-Muster-1970"
DOWNLOADS = ("plan.pdf", "practitioner.pdf", "calendar.ics", "tips.txt", "case.toml", "consultation.json")


@pytest.fixture(autouse=True)
def _on() -> Iterator[None]:
    with override_settings(PHOTOGRAPHS=True):
        yield


class Answer:
    """What the server as it runs says to a request, and what it wrote beside that."""

    def __init__(self, method: str, path: str, body: bytes = b"", kind: str = FORM, **extra: str) -> None:
        address, _, query = path.partition("?")
        self.errors = StringIO()
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": address, "QUERY_STRING": query, "SERVER_NAME": "localhost",
            "SERVER_PORT": "80", "HTTP_HOST": "localhost", "SERVER_PROTOCOL": "HTTP/1.1", "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body), "wsgi.errors": self.errors,
            "wsgi.url_scheme": "http", "HTTP_COOKIE": f"csrftoken={TOKEN}", "HTTP_X_CSRFTOKEN": TOKEN,
        } | extra  # fmt: skip
        parts = application(environ, self._begin)
        self.body = b"".join(parts)
        if close := getattr(parts, "close", None):
            close()

    def _begin(self, status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        self.status = int(status.split(maxsplit=1)[0])
        self.headers = dict(headers)
        return lambda _: None

    @property
    def is_kept_by_nobody(self) -> bool:
        return "no-store" in self.headers.get("Cache-Control", "")


TOKEN = "a" * 32


def sent(path: str, fields: Fields, **extra: str) -> Answer:
    return Answer("POST", path, urlencode(fields).encode(), **extra)


@pytest.fixture
def answers(client: Client) -> Fields:
    found = fields_of(cast("HttpResponse", client.get(CONSULTATION, {"example": "numbing-cream"})))
    return [pair for pair in found if pair[0] != "csrfmiddlewaretoken"]


@pytest.mark.parametrize("path", ["", "healing/", *DOWNLOADS])
@pytest.mark.parametrize("htmx", [False, True])
def test_no_page_and_no_download_made_of_answers_is_stored(path: str, htmx: bool, answers: Fields) -> None:
    answer = sent(CONSULTATION + path, answers, **({"HTTP_HX_REQUEST": "true"} if htmx else {}))
    assert answer.status == 200
    assert answer.is_kept_by_nobody
    assert PERSON not in str(answer.headers)


@pytest.mark.parametrize("path", ["", "healing/", *DOWNLOADS])
def test_nor_is_one_that_says_what_is_wrong_with_them(path: str, answers: Fields) -> None:
    wrong = [*answers, ("f.birth-date.0.on", PERSON)]
    answer = sent(CONSULTATION + path, wrong)
    assert answer.status in (200, 422)
    assert answer.is_kept_by_nobody


def test_a_worked_example_a_dose_and_the_empty_forms_are_not_stored_either() -> None:
    for path in (
        "consultation/?example=pregnancy",
        "consultation/",
        "dose/?depth_mm=1&sex=female",
        "dose/",
        "photographs/",
    ):
        answer = Answer("GET", f"/{path}")
        assert answer.status == 200, path
        assert answer.is_kept_by_nobody, path


@pytest.mark.parametrize(
    "path",
    [CONSULTATION, f"{CONSULTATION}plan.pdf", f"{CONSULTATION}healing/", PHOTOGRAPHS, "/dose/", "/news/", "/nowhere/"],
)
@pytest.mark.parametrize("token", ["", TOKEN])
def test_whatever_is_refused_is_not_stored(path: str, token: str) -> None:
    """Without its token (403), to a page that takes no form (405), to none (404), broken on its way (400)."""
    form = sent(path, [("f.birth-date.0.on", PERSON)], HTTP_X_CSRFTOKEN=token)
    broken = Answer("POST", path, f"--x\r\n{PERSON}".encode(), "multipart/form-data", HTTP_X_CSRFTOKEN=token)
    for answer in (form, broken):
        assert answer.is_kept_by_nobody
        assert PERSON not in str(answer.headers) + answer.errors.getvalue()
        if answer.status not in (200, 422):
            assert PERSON.encode() not in answer.body


def test_too_much_is_refused_without_a_word_of_it_and_not_stored(caplog: pytest.LogCaptureFixture) -> None:
    flood = sent(CONSULTATION, [("f.note", PERSON + "x" * 1_100_000)])
    fields = sent(CONSULTATION, [(f"{PERSON}{number}", "1") for number in range(4100)])
    pictures = Answer("POST", PHOTOGRAPHS, b"", MULTIPART_CONTENT, CONTENT_LENGTH=str(10**10))
    assert [flood.status, fields.status, pictures.status] == [400, 400, 413]
    for answer in (flood, fields, pictures):
        assert answer.is_kept_by_nobody
        assert PERSON.encode() not in answer.body
    assert b"Nothing of it was kept" in flood.body
    assert PERSON not in caplog.text


@pytest.mark.parametrize("names", [[], ["no picture"], ["picture"]])
def test_what_photographs_come_to_is_not_stored(names: list[str]) -> None:
    pictures = [flat() if name == "picture" else name.encode() for name in names]
    body = encode_multipart(BOUNDARY, posted(pictures, pictures))
    answer = Answer("POST", PHOTOGRAPHS, body, MULTIPART_CONTENT)
    assert answer.status == 200
    assert answer.is_kept_by_nobody
    assert b"Muster" not in answer.body + str(answer.headers).encode()


def test_when_the_program_fails_the_page_and_the_log_say_so_without_what_was_typed(
    monkeypatch: pytest.MonkeyPatch, answers: Fields
) -> None:
    def fails() -> date:
        try:
            int(PERSON)
        except ValueError as error:
            raise RuntimeError(f"no such day: {PERSON}") from error
        raise AssertionError

    written = StringIO()
    handler = logging.getLogger().handlers
    ours = [one for one in handler if isinstance(one.formatter, WithoutWords)]
    assert ours, "the log of the server is not written by ours"
    for one in ours:
        monkeypatch.setattr(one, "stream", written)
    monkeypatch.setattr(views, "today", fails)
    monkeypatch.setattr(device_views, "today", fails)
    for answer in (sent(CONSULTATION, answers), sent(f"{CONSULTATION}plan.pdf", answers), Answer("GET", "/dose/")):
        assert answer.status == 500
        assert answer.is_kept_by_nobody
        assert b"Something went wrong here" in answer.body
        assert PERSON.encode() not in answer.body
    log = written.getvalue()
    assert "Internal Server Error: /consultation/" in log
    assert "RuntimeError" in log
    assert "ValueError" in log
    assert "in fails" in log
    # The line of the program that failed may stand there; what it was given may not.
    assert PERSON not in log


def test_a_log_tells_nothing_that_another_one_has_written_out_before() -> None:
    try:
        raise ValueError(PERSON)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "It failed", (), sys.exc_info())
    assert PERSON in logging.Formatter().format(record)
    told = WithoutWords().format(record)
    assert PERSON not in told
    assert told.endswith("ValueError")


def test_a_file_sent_to_a_page_that_takes_none_goes_to_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("tempfile.NamedTemporaryFile", lambda *_, **__: opened.append("file"))
    monkeypatch.setattr(
        "django.core.files.uploadedfile.tempfile.NamedTemporaryFile", lambda *_, **__: opened.append("x")
    )
    head = f'--x\r\nContent-Disposition: form-data; name="f"; filename="{PERSON}"\r\nContent-Type: image/png\r\n\r\n'
    body = head.encode() + b"0" * 4_000_000 + b"\r\n--x--\r\n"
    assert Answer("POST", CONSULTATION, body, "multipart/form-data; boundary=x").status == 200
    assert opened == []


def test_pages_that_know_nobody_are_only_asked_for_again_and_type_is_kept() -> None:
    assert Answer("GET", "/learn/").headers["Cache-Control"] == "no-cache"
    assert Answer("GET", "/static/css/base.css").headers["Cache-Control"] == "no-cache"
