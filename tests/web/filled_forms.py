"""What a browser does with a form: read its fields from the page, fill some in, post them."""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client

URL = "/consultation/"
Fields = list[tuple[str, str]]
ACNE = {"c.0.wish": "goal:shallower-acne-scars", "c.0.severity": "moderate", "c.0.zones": ["cheek-left", "cheek-right"]}


class _Form(HTMLParser):
    """Successful controls, as the HTML standard calls them: what would be sent without any button pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: Fields = []
        self._select = ""
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "input" and name:
            if given.get("type") not in ("radio", "checkbox"):
                self.fields.append((name, value))
            elif "checked" in given:
                self.fields.append((name, value or "on"))
        elif tag == "select":
            self._select, self._options = name or "", []
        elif tag == "option" and self._select:
            self._options.append((value, "selected" in given))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            chosen = next((value for value, selected in self._options if selected), self._options[0][0])
            self.fields.append((self._select, chosen))
            self._select = ""


def fields_of(response: HttpResponse) -> Fields:
    form = _Form()
    form.feed(response.content.decode())
    return form.fields


def post(client: Client, fields: Any, url: str = URL, **headers: str) -> HttpResponse:
    """Post a form, given as a dictionary or as pairs."""
    pairs = fields if isinstance(fields, list) else list(fields.items())
    body = urlencode(pairs, doseq=True)
    return client.post(url, body, content_type="application/x-www-form-urlencoded", headers=headers or None)


def ask(client: Client, fields: Any, have: Fields = ()) -> HttpResponse:
    """Post a form the way htmx does. `have`: the regions that the browser says it has."""
    pairs = fields if isinstance(fields, list) else list(fields.items())
    told = [("have", f"{name}={shape}") for name, shape in have]
    return post(client, [*pairs, *told], **{"HX-Request": "true"})


def regions_of(response: HttpResponse) -> Fields:
    """The regions of a page and their shapes, as the browser would send them back."""

    class Regions(HTMLParser):
        found: Fields

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            if given.get("data-region"):
                self.found.append((given["data-region"] or "", given.get("data-shape") or ""))

    parser = Regions()
    parser.found = []
    parser.feed(response.content.decode())
    return parser.found


def swapped(response: HttpResponse) -> set[str]:
    """The ids of the elements that an answer swaps out of band."""

    class Swaps(HTMLParser):
        ids: set[str]

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            if "hx-swap-oob" in given:
                self.ids.add(given.get("id") or "")

    parser = Swaps()
    parser.ids = set()
    parser.feed(response.content.decode())
    return parser.ids


def text_of(response: HttpResponse, element: str) -> str:
    """The text of the element with an id, white space folded."""

    class Text(HTMLParser):
        depth, words = 0, ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag in ("input", "use", "path", "circle", "rect", "br", "meta", "link"):
                return
            if self.depth or dict(attrs).get("id") == element:
                self.depth += 1

        def handle_endtag(self, tag: str) -> None:
            if self.depth and tag not in ("path", "circle", "rect", "use"):
                self.depth -= 1

        def handle_data(self, data: str) -> None:
            if self.depth:
                self.words += data

        def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            pass

    parser = Text()
    parser.feed(response.content.decode())
    return " ".join(parser.words.split())
