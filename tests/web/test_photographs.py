"""The page of photographs: what two visits show, what is refused and why, and that nothing of it is kept."""

import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from PIL import Image

from needlewise.web.pages.photographs import measuring, uploads
from simulated_skin.truth import Change
from tests.architecture.rules_of_the_house import ROOT
from tests.unit.imaging.visits import UNCHANGED, shots

URL = "/photographs/"
ZONES = "cheek-left: 0.11 0.08, 0.88 0.08, 0.88 0.58, 0.11 0.58"
NAME = "Anna-Muster-1970.png"
Files = Sequence[bytes]


@pytest.fixture(autouse=True)
def _on() -> Iterator[None]:
    with override_settings(PHOTOGRAPHS=True):
        yield


@pytest.fixture(scope="module")
def visits() -> tuple[Files, Files]:
    """Two pictures of each visit as PNG; lines are shallower at the second."""
    return tuple(  # type: ignore[return-value]
        [png(one.pixels) for one in shots(3, change, "rig", visit)]
        for visit, change in enumerate((UNCHANGED, Change(wrinkle_depth=0.6)))
    )


def png(pixels: Any) -> bytes:
    out = BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def flat(side: int = 80, colour: tuple[int, int, int] = (190, 150, 130)) -> bytes:
    out = BytesIO()
    Image.new("RGB", (side, side), colour).save(out, "PNG")
    return out.getvalue()


def posted(before: Files, after: Files, **fields: str) -> dict[str, Any]:
    def named(files: Files) -> list[SimpleUploadedFile]:
        return [SimpleUploadedFile(NAME, data, "image/png") for data in files]

    return {"before": named(before), "after": named(after), "taken": "rig", "chart": "before", "zones": ZONES, **fields}


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def answer(client: Client, data: Mapping[str, Any], **headers: str) -> str:
    response = client.post(URL, data, headers={"hx-request": "true", **headers})
    assert response.status_code == 200
    html: str = response.content.decode()
    assert "Muster" not in html
    return html


def told(client: Client, data: Mapping[str, Any]) -> str:
    return words(answer(client, data))


def test_two_visits_are_compared_in_words_with_bands_and_with_pictures(
    client: Client, visits: tuple[Files, Files]
) -> None:
    html = answer(client, posted(*visits, px_per_mm="10"))
    text = words(html)
    assert re.search(r"Depth of lines .{0,40}Better −\d\d % \(−\d\d to −\d\d\)", text)
    assert re.search(
        r"Melanin index .{0,130}No measurable change \S+ \(\S+ to \S+\); from 0\.\d+ on it would show", text
    )
    assert "Taken by: fixed rig." in text
    assert "no finding of a doctor" in text
    assert "found on simulated skin" in text
    assert html.count("data:image/jpeg;base64,") == 5
    assert "Cheek, left: Depth of lines better" in text
    # The change reads first, then how much did not change, and that chance calls some changed.
    assert re.search(
        r"What was found ▲ Better Cheek, left: depth of lines[^.]*\. = No measurable change \d measures in", text
    )
    assert "about one may be called changed" in text
    assert re.search(r"Melanin index: no measurable change, so this pattern is no more than unchanged skin shows", text)
    assert "Depth of lines: better." in text
    # Every map says in numbers what its colours mean.
    assert html.count('class="scale-strip"') == 3
    assert "Depth of lines: change in %. −40 % 0 +40 % Blue: less." in text
    assert re.search(
        r"Melanin index: change in units of the index\. −0\.15 0 \+0\.15 .{0,60}Within the bracket, −0\.0\d to", text
    )
    assert 'alt="Cheek, left, map of depth of lines: better"' in html


def test_without_scripts_the_whole_page_comes_back_with_what_was_typed(
    client: Client, visits: tuple[Files, Files]
) -> None:
    html = client.post(URL, posted(*visits, px_per_mm="10")).content.decode()
    assert 'id="photographs"' in html
    assert ZONES in html
    assert 'value="10"' in html
    assert "Depth of lines" in html
    assert "have to be chosen again" in html
    assert not re.search(r'<(script|style)(?![^>]*(src="/static/|nonce))', html)
    assert not re.search(r' (style|on[a-z]+)="', html)


def test_by_hand_is_what_nobody_says_and_then_no_line_gets_a_number(
    client: Client, visits: tuple[Files, Files]
) -> None:
    data = posted(*visits, px_per_mm="10")
    del data["taken"]
    html = answer(client, data)
    text = words(html)
    assert "Taken by: free hand." in text
    # Nor does a map say what no number may.
    assert re.findall(r'data-map="([^"]+)"', html) == ["melanin", "redness"]
    assert re.search(r"– Cannot be measured \d measures. What to do stands below", text)
    assert re.search(r"Depth of lines, density of lines\b.{0,20} It takes a", text)
    assert re.search(r'value="hand" checked', client.get(URL).content.decode())


@pytest.mark.parametrize(
    ("before", "fields", "found"),
    [
        ([], {}, "Before: no picture. Expected: 1 to 6. Choose at least one"),
        ([b""], {}, "Before 1: the file is empty."),
        ([b"no picture at all"], {}, "Before 1:"),
        ([b"<svg onload='x'/>"], {}, "a web page or a drawing"),
        ([flat()[:90]], {}, "Before 1:"),
        ([flat()] * 7, {}, "Before: too many pictures. Expected: at most 6 of each visit. Keep the sharpest"),
        ([flat()], {"zones": "cheek-left 0.1 0.1"}, "Zones, line 1: no place of that name."),
        ([flat()], {"zones": "moon: 0.1 0.1, 0.2 0.2, 0.1 0.2"}, "Zones, line 1: no place of that name."),
        ([flat()], {"zones": "nose: 0.1 0.1, x 0.2, 0.1 0.2"}, "Zones, line 1: a point that cannot be read."),
        ([flat()], {"zones": "\nnose: 0.1 0.1, 1.2 0.2, 0.1 0.2"}, "line 1: a point that cannot be read."),
        ([flat()], {"zones": "nose: 0.1 0.1 0.2, 0.2 0.2, 0.1 0.2"}, "a point that cannot be read."),
        ([flat()], {"zones": "nose: nan 0.1, 0.2 0.2, inf 0.2"}, "a point that cannot be read."),
        ([flat()], {"zones": "nose: 0.1 0.1, 0.2 0.2"}, "an outline of 2 different points"),
        ([flat()], {"zones": "nose: 0 0, 1 1, 1 0, 0 1"}, "crosses or touches itself"),
        ([flat()], {"zones": "nose: 0 0, 0 0.01, 0.01 0"}, "an area of"),
        ([flat()], {"zones": "nose: 0 0, 0 1, 1 0\n" * 41}, "Zones: too many zones."),
        ([flat()], {"zones": "x" * 70_000}, "Zones: too many zones."),
        ([flat()], {"px_per_mm": "fine"}, "Pixels in a millimetre: “fine” is no scale."),
        ([flat()], {"px_per_mm": "-3"}, "“-3” is no scale."),
        ([flat()], {"px_per_mm": "nan"}, "“nan” is no scale."),
        ([flat()], {"taken": "guess"}, "this way of taking pictures is not known"),
        ([flat()], {"chart": "2099"}, "this edition of the chart is not known"),
    ],
)
def test_what_cannot_be_is_told_with_what_to_do(
    before: Files, fields: dict[str, str], found: str, client: Client
) -> None:
    text = told(client, posted(before, [flat()], **fields))
    assert "This cannot be compared yet" in text
    assert found in text
    assert "to put right." in text


def test_everything_that_is_wrong_is_told_at_once_and_leads_to_its_field(client: Client) -> None:
    html = answer(client, posted([flat()], [], zones="nose: 1", px_per_mm="?"))
    assert re.findall(r'<a href="#f-(\w+)">', html) == ["after", "zones", "px_per_mm"]
    form = client.get(URL).content.decode()
    for field in ("after", "zones", "px_per_mm"):
        assert f'id="f-{field}"' in form


def beside(html: str) -> dict[str, str]:
    """What stands beside each field of the form, in words; fields without a fault are left out."""
    found = re.findall(r'<div id="fault-(\w+)"[^>]*>(.*?)</div>', html, re.DOTALL)
    return {field: words(told) for field, told in found if words(told)}


@pytest.mark.parametrize("swapped", [True, False])
def test_faults_of_pictures_zones_and_fields_are_told_together_each_beside_its_field(
    swapped: bool, client: Client
) -> None:
    data = posted(
        [flat(), b"no picture"],
        [b"", flat(), flat()[:90]],
        px_per_mm="a lot",
        zones="nose: 0 0, 1 1, 1 0, 0 1\nmoon: 0 0, 1 0, 0 1",
        taken="guess",
    )
    html = client.post(URL, data, headers={"hx-request": "true"} if swapped else {}).content.decode()
    found = beside(html)
    assert set(found) == {"before", "after", "zones", "taken", "px_per_mm"}
    assert found["before"].startswith("Before 2: ")
    assert "Before 1" not in found["before"]
    assert "After 1: the file is empty." in found["after"]
    assert "After 3: " in found["after"]
    assert "After 2" not in found["after"]
    assert "crosses or touches itself" in found["zones"]
    assert "Zones, line 2: no place of that name." in found["zones"]
    assert "“a lot” is no scale." in found["px_per_mm"]
    summary = html[html.index('id="troubles"') :].split("</section>")[0]
    # The summary says the same, in the order of the form.
    links = re.findall(r'<a href="#f-(\w+)">', summary)
    assert list(dict.fromkeys(links)) == ["before", "after", "zones", "taken", "px_per_mm"]
    assert len(links) == 7
    if not swapped:
        assert html.index('id="troubles"') < html.index('id="photographs"')
        assert 'value="a lot"' in html
        assert "moon: 0 0, 1 0, 0 1" in html
        assert html.count('aria-invalid="true"') == 4


def test_nothing_typed_is_cut_off_however_long_it_is(client: Client) -> None:
    html = client.post(URL, posted([], [], zones="nose: 0 0\n" * 7000, px_per_mm="9" * 40)).content.decode()
    assert html.count("nose: 0 0") == 7000
    assert f'value="{"9" * 40}"' in html
    assert f"“{'9' * 12}” is no scale" in html


def test_where_no_picture_can_be_read_outlines_are_looked_at_all_the_same(client: Client) -> None:
    found = beside(answer(client, posted([b"x"], [flat()], zones="nose: 0.1 0.1, 0.2 0.2")))
    assert "Before 1" in found["before"]
    assert "an outline of 2 different points" in found["zones"]


def test_that_no_face_is_found_is_told_beside_what_else_is_wrong(client: Client, visits: tuple[Files, Files]) -> None:
    found = beside(answer(client, posted(*visits, zones="", px_per_mm="x")))
    assert "No face was found" in found["before"]
    assert "is no scale" in found["px_per_mm"]


def test_a_picture_keeps_its_number_where_one_before_it_was_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 5000)
    found = beside(answer(client, posted([png_of_noise(), b"no picture"], [flat()])))
    assert "Before 1: more than" in found["before"]
    assert "Before 2: " in found["before"]


def test_pictures_that_were_kept_back_are_not_said_to_be_missing(client: Client) -> None:
    found = beside(answer(client, posted([], [b"x"], kept_back_before="yes", px_per_mm="?")))
    assert found["before"].startswith("Before: too many or too large pictures, so none was sent.")
    assert set(found) == {"before", "after", "px_per_mm"}


def test_an_answer_without_faults_takes_those_of_the_last_one_away(client: Client, visits: tuple[Files, Files]) -> None:
    html = answer(client, posted(*visits, px_per_mm="10"))
    assert beside(html) == {}
    assert re.search(r'<div id="troubles-here" hx-swap-oob="innerHTML">\s*</div>', html)
    for field in ("before", "after", "zones", "taken", "px_per_mm", "chart"):
        assert f'<div id="fault-{field}" hx-swap-oob="innerHTML"></div>' in html


def test_where_nothing_is_drawn_a_face_is_looked_for_and_skin_without_one_asks_for_a_zone(
    client: Client, visits: tuple[Files, Files]
) -> None:
    text = told(client, posted(*visits, zones=" "))
    assert "Before 1: No face was found in the picture. Expected" in text
    assert "or draw the zones by hand. " in f"{text} "
    assert "Or draw a zone" not in text


def test_names_of_places_may_be_written_as_they_are_read(client: Client, visits: tuple[Files, Files]) -> None:
    assert "Cheek, left" in told(client, posted(*visits, zones=ZONES.replace("cheek-left", "Cheek, LEFT")))


@pytest.mark.parametrize(
    ("limit", "found"),
    [
        ("MOST_BYTES", "After 2: more than"),
        ("MOST_BYTES_TOGETHER", "After 2: with it the pictures are too much."),
    ],
)
def test_a_file_above_a_limit_is_refused_by_its_place(
    limit: str, found: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = flat(), png_of_noise()
    room = len(small) + 100 if limit == "MOST_BYTES" else 2 * len(small) + 100
    monkeypatch.setattr(uploads, limit, room)
    text = told(client, posted([small], [small, large]))
    assert found in text
    assert "After: no picture" not in text


def png_of_noise() -> bytes:
    out = BytesIO()
    Image.effect_noise((400, 400), 90).convert("RGB").save(out, "PNG")
    return out.getvalue()


def test_a_flood_is_turned_away_unread(client: Client) -> None:
    class Unread(BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("it was read")

    flood: dict[str, Any] = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(uploads.MOST_BYTES_SENT + 1)}
    response = client.generic("POST", URL, b"", "multipart/form-data; boundary=x", **flood)
    assert response.status_code == 413
    assert "far too much was sent" in response.content.decode()


def test_too_many_pixels_are_refused_before_they_are_measured(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "MOST_PIXELS_TOGETHER", 15_000)
    text = told(client, posted([flat()] * 2, [flat()] * 2))
    assert "Before 3" not in text
    assert "too many pixels" in text


def test_fields_of_other_names_are_not_taken_for_pictures(client: Client) -> None:
    data = posted([flat()], []) | {"other": SimpleUploadedFile(NAME, flat())}
    assert "After: no picture." in told(client, data)


def test_while_others_are_measured_one_is_asked_to_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "WAIT_SECONDS", 0.01)
    with measuring._TURN:
        response = client.post(URL, posted([flat()], [flat()]))
    assert response.status_code == 503
    html = response.content.decode()
    assert "Try again in a minute." in html
    # No field can put that right.
    assert beside(html) == {}
    assert not re.search(r'<a href="#f-', html)


def test_while_others_are_measured_faults_of_the_form_are_told_without_waiting_long(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "FAULTS_WAIT_SECONDS", 0.01)
    with measuring._TURN:
        found = beside(answer(client, posted([b"x"], [flat()], px_per_mm="?")))
    assert set(found) == {"px_per_mm"}


def test_a_form_without_its_token_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    assert strict.post(URL, posted([flat()], [flat()])).status_code == 403
    page = strict.get(URL).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    data = posted([b"x"], [flat()], csrfmiddlewaretoken=token.group(1))
    assert strict.post(URL, data).status_code == 200


def test_nothing_is_kept(
    client: Client,
    visits: tuple[Files, Files],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No file in any place where files are put for a while, nor opened at all but to read; no session, no log."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    opened = watched_files()
    with caplog.at_level(logging.DEBUG):
        large = png_of_noise() + b"\0" * 4_000_000
        response = client.post(URL, posted(visits[0], [*visits[1], large]))
        response = client.post(URL, posted(*visits))
        written = opened()
    assert written == []
    assert list(tmp_path.iterdir()) == []
    assert {one["ENGINE"] for one in settings.DATABASES.values()} <= {"django.db.backends.dummy"}
    assert "django.contrib.sessions" not in settings.INSTALLED_APPS
    assert set(client.cookies) <= {"csrftoken"}
    assert "Muster" not in caplog.text
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Location" not in response.headers


WATCHED: list[list[str]] = []


def watched_files() -> Any:
    """From now on notes every file that is opened to write, but for compiled loops; called, it ends and tells them."""
    noted: list[str] = []
    WATCHED.append(noted)

    def end() -> list[str]:
        WATCHED.remove(noted)
        return [name for name in noted if "__pycache__" not in name and not name.endswith((".nbi", ".nbc"))]

    return end


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if not WATCHED or event != "open":
        return
    name, mode, flags = arguments
    writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if writes or (isinstance(mode, str) and set(mode) & set("wax+")):
        for one in WATCHED:
            one.append(str(name))


@pytest.fixture(autouse=True, scope="module")
def _hooked() -> None:
    # It stays for good, so it is set where it is needed.
    sys.addaudithook(_note)


def test_a_planted_file_would_be_noticed(tmp_path: Path) -> None:
    opened = watched_files()
    with tempfile.NamedTemporaryFile(dir=tmp_path) as file:
        file.write(b"x")
    assert opened() != []


def test_pictures_inside_the_page_are_allowed_on_this_page_alone(client: Client) -> None:
    here = client.get(URL).headers["Content-Security-Policy"]
    assert "img-src 'self' data:" in here
    assert "script-src 'self';" in f"{here};"
    assert "unsafe" not in here
    assert "data:" not in client.get("/consultation/").headers["Content-Security-Policy"]
    assert client.get(URL).headers["Cache-Control"] == "private, no-store"


def test_the_server_leaves_it_to_a_page_that_nothing_is_kept() -> None:
    from needlewise.web.site.wsgi import application  # noqa: PLC0415 - it reads the protocol

    with_headers: dict[str, str] = {}

    def begin(_status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        with_headers.update(headers)

    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": URL, "SERVER_NAME": "localhost", "SERVER_PORT": "80",
               "HTTP_HOST": "localhost", "wsgi.input": BytesIO(), "wsgi.url_scheme": "http"}  # fmt: skip
    list(application(environ, begin))
    assert with_headers["Cache-Control"] == "private, no-store"


def test_why_pictures_count_as_less_steady_than_was_said_is_told(client: Client, visits: tuple[Files, Files]) -> None:
    dark = [png((np.asarray(Image.open(BytesIO(one))) * 0.6).astype(np.uint8)) for one in visits[1]]
    text = told(client, posted(visits[0], dark, px_per_mm="10"))
    assert "Said to be taken by: fixed rig." in text
    assert re.search(
        r"count as taken by: free hand\. The amount of light differs by \d+\.\d % \(at most \d+ %\)\.", text
    )


@override_settings(PHOTOGRAPHS=False)
def test_where_it_is_not_switched_on_there_is_no_such_page_and_no_way_to_it(client: Client) -> None:
    assert client.get(URL).status_code == 404
    assert client.post(URL, posted([flat()], [flat()])).status_code == 404
    for path in ("/consultation/", "/learn/", URL):
        assert "Photographs" not in client.get(path).content.decode()


def test_where_it_is_switched_on_it_stands_among_the_rooms(client: Client) -> None:
    assert f'<a href="{URL}">Photographs</a>' in client.get("/dose/").content.decode()
    assert f'<a href="{URL}" aria-current="page">Photographs</a>' in client.get(URL).content.decode()


def test_it_is_off_unless_somebody_says_otherwise() -> None:
    text = Path(settings.WEB, "site", "settings.py").read_text(encoding="utf-8")
    assert 'PHOTOGRAPHS = os.environ.get("NEEDLEWISE_PHOTOGRAPHS", "") == "1"' in text


def test_the_demonstration_switches_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEEDLEWISE_PHOTOGRAPHS", raising=False)
    loader = SourceFileLoader("dev", str(ROOT / "dev"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    dev = module_from_spec(spec_from_loader("dev", loader))  # type: ignore[arg-type]
    loader.exec_module(dev)
    called: list[tuple[object, ...]] = []
    monkeypatch.setattr(dev, "inside", lambda *command: called.append(command))
    dev.main(["run"])
    assert called == [("run.lock", "python", "-m", "needlewise.web")]
    assert os.environ["NEEDLEWISE_PHOTOGRAPHS"] == "1"
