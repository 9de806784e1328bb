"""The news: as a page, and as a feed that readers of feeds can read."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from needlewise.interop.news.items import NewsItem, NewsKind, Touches
from needlewise.knowledge import load_evidence, load_protocol
from needlewise.web.pages.news import sheet, views
from needlewise.web.pages.news.presenting import study_address
from tests.unit.interop.news.pieces import base_with

URL, FEED = "/news/", "/news/feed.atom"
ATOM = "{http://www.w3.org/2005/Atom}"
# RFC 3339, as RFC 4287 asks for.
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch, today: date) -> Iterator[None]:
    monkeypatch.setattr(views, "today", lambda: today)
    sheet.news_on.cache_clear()
    yield
    sheet.news_on.cache_clear()


def plant(monkeypatch: pytest.MonkeyPatch, today: date, *items: NewsItem) -> None:
    """Show these pieces of news instead of the real ones."""
    made = sheet.NewsSheet(items, load_evidence(load_protocol(today)), datetime(2026, 11, 24, 8, tzinfo=UTC))
    monkeypatch.setattr(views, "news_on", lambda on: made)


def piece(name: str, **said: object) -> NewsItem:
    item = NewsItem(
        id=f"tag:needlewise,2026:news/feature/{name}",
        kind=NewsKind.FEATURE,
        title=f"Title of {name}",
        summary="Text.",
        on=date(2026, 11, 24),
    )
    return replace(item, **said)  # type: ignore[arg-type]


def parsed(feed: bytes) -> ET.Element:
    return ET.fromstring(feed)  # noqa: S314 - our own feed


def feed_of(client: Client, query: str = "") -> ET.Element:
    return parsed(client.get(f"{FEED}{query}").content)


def test_a_feed_holds_what_rfc_4287_demands(client: Client) -> None:
    response = client.get(FEED)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = parsed(response.content)
    entries = feed.findall(f"{ATOM}entry")
    assert feed.tag == f"{ATOM}feed"
    assert len(entries) > 5
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            (found,) = element.findall(f"{ATOM}{name}")
            assert (found.text or "").strip()
        assert TIMESTAMP.fullmatch(element.findtext(f"{ATOM}updated", ""))
        assert re.fullmatch(r"tag:needlewise,2026:news/[\w/-]+", element.findtext(f"{ATOM}id", ""))
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    updated = [entry.findtext(f"{ATOM}updated", "") for entry in entries]
    assert updated == sorted(updated, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == updated[0]


def test_the_links_of_a_feed_are_whole_addresses_of_the_site_that_was_asked(client: Client) -> None:
    feed = parsed(client.get(FEED, headers={"host": "127.0.0.1:8123"}).content)
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {"alternate": f"http://127.0.0.1:8123{URL}", "self": f"http://127.0.0.1:8123{FEED}"}
    page = client.get(URL).content.decode()
    for entry in feed.findall(f"{ATOM}entry"):
        (link,) = entry.findall(f"{ATOM}link")
        address, _, anchor = (link.get("href") or "").partition("#")
        assert address == f"http://127.0.0.1:8123{URL}"
        assert f'id="{anchor}"' in page


@pytest.mark.parametrize("kind", ["clinical", "evidence", "feature"])
def test_page_and_feed_can_be_narrowed_to_a_kind(kind: str, client: Client) -> None:
    feed = feed_of(client, f"?kind={kind}")
    terms = {category.get("term") for category in feed.iter(f"{ATOM}category")}
    assert terms == {kind}
    (own,) = [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own == f"http://localhost{FEED}?kind={kind}"
    assert feed.findtext(f"{ATOM}id") != feed_of(client).findtext(f"{ATOM}id")
    page = client.get(f"{URL}?kind={kind}").content.decode()
    assert set(re.findall(r'class="news-item news-(\w+)"', page)) == {kind}
    assert f'href="/news/?kind={kind}" aria-current="page"' in page


def test_a_kind_that_there_is_none_of_is_a_404_that_names_those_there_are(client: Client) -> None:
    for address in (URL, FEED):
        response = client.get(address, {"kind": '"><b>rumour'})
        assert response.status_code == 404
        assert "clinical, evidence, fix, feature" in response.content.decode()
        assert b"<b>rumour" not in response.content


def test_a_kind_without_news_is_an_empty_feed_that_does_not_change_by_itself(
    client: Client, monkeypatch: pytest.MonkeyPatch, today: date
) -> None:
    plant(monkeypatch, today, piece("x"))
    feed = feed_of(client, "?kind=retraction")
    assert not feed.findall(f"{ATOM}entry")
    assert feed.findtext(f"{ATOM}updated") == "2026-01-01T00:00:00+00:00"
    assert "Nothing of this kind has happened yet" in client.get(f"{URL}?kind=retraction").content.decode()


def test_a_reader_that_has_the_feed_is_told_so_without_it(client: Client) -> None:
    first = client.get(FEED)
    for header, value in (("if-none-match", first["ETag"]), ("if-modified-since", first["Last-Modified"])):
        again = client.get(FEED, headers={header: value})
        assert again.status_code == 304, header
        assert again.content == b""
    assert client.get(FEED, headers={"if-none-match": '"another"'}).status_code == 200
    stale = "Sun, 22 Nov 2026 08:00:00 GMT"
    assert client.get(FEED, headers={"if-modified-since": stale}).status_code == 200


def test_a_mended_text_is_another_feed_with_the_same_ids(
    client: Client, monkeypatch: pytest.MonkeyPatch, today: date
) -> None:
    plant(monkeypatch, today, piece("x"))
    first = client.get(FEED)
    plant(monkeypatch, today, piece("x", summary="Text, mended."))
    second = client.get(FEED, headers={"if-none-match": first["ETag"]})
    assert second.status_code == 200
    ids = [[e.text for e in parsed(one.content).iter(f"{ATOM}id")] for one in (first, second)]
    assert ids[0] == ids[1]


def test_markup_in_a_text_stays_text_on_page_and_in_feed(
    client: Client, monkeypatch: pytest.MonkeyPatch, today: date
) -> None:
    plant(monkeypatch, today, piece("x", title="A < B & `<c>`", summary="If p < 0.05 & <b>more</b>"))
    entry = feed_of(client).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "New: A < B & <c>"
    # The summary is HTML by its type, so its text is escaped once more.
    assert entry.findtext(f"{ATOM}summary") == "If p &lt; 0.05 &amp; &lt;b&gt;more&lt;/b&gt;"
    page = client.get(URL).content.decode()
    assert "<code>&lt;c&gt;</code>" in page
    assert "<b>more" not in page


def test_a_retraction_stands_out_and_leads_to_its_study(
    client: Client, monkeypatch: pytest.MonkeyPatch, today: date
) -> None:
    monkeypatch.setattr(sheet, "evidence_on", lambda on: base_with(load_protocol(on), retracted="alam2014"))
    page = client.get(URL).content.decode()
    (found,) = re.findall(r'<article class="news-item news-retraction".*?</article>', page, re.DOTALL)
    assert "#shape-news-retraction" in found
    assert "Retracted" in found
    assert 'href="/evidence/studies/alam2014/"' in found
    for query in ("", "?kind=evidence", "?kind=retraction"):
        ids = [element.text for element in feed_of(client, query).iter(f"{ATOM}id")]
        assert "tag:needlewise,2026:news/evidence/retracted/alam2014" in ids
    assert not [e for e in feed_of(client, "?kind=clinical").iter(f"{ATOM}id") if "retracted" in (e.text or "")]


def test_a_page_links_every_study_and_tells_readers_of_feeds_where_to_look(client: Client) -> None:
    page = client.get(URL).content.decode()
    assert f'<link rel="alternate" type="application/atom+xml" title="Needlewise: news" href="{FEED}">' in page
    assert page.count('href="/evidence/studies/') == 111
    assert f'href="{study_address("alam2014")}"' in page


def test_news_is_grouped_by_month_newest_first(client: Client, monkeypatch: pytest.MonkeyPatch, today: date) -> None:
    days = (date(2026, 11, 24), date(2026, 11, 1), date(2026, 10, 31), date(2025, 11, 24))
    plant(monkeypatch, today, *(piece(f"n{number}", on=day) for number, day in enumerate(days)))
    page = client.get(URL).content.decode()
    assert re.findall(r'<h2 id="month-([\d-]+)">(.*?)</h2>', page) == [
        ("2026-11", "November 2026"),
        ("2026-10", "October 2026"),
        ("2025-11", "November 2025"),
    ]


def test_a_change_of_the_protocol_says_whom_it_reaches_from_when_and_what_it_concerns(
    client: Client, monkeypatch: pytest.MonkeyPatch, today: date
) -> None:
    touches = Touches(rules=("under-18", "long-gone"), indications=("neck-lines",))
    said = {"kind": NewsKind.CLINICAL, "touches": touches, "reaches": "necks.", "from_day": date(2027, 1, 1)}
    plant(monkeypatch, today, piece("x", **said))
    base = load_evidence(load_protocol(today))
    text = " ".join(re.sub(r"<[^>]+>", " ", client.get(URL).content.decode()).split())
    title, label = base.protocol.rules["under-18"].title, base.protocol.indications["neck-lines"].label
    assert f"Reaches necks. In force from 1 January 2027 Concerns {title}; long-gone; {label}" in text


def test_the_page_needs_no_more_than_the_policy_allows_and_other_methods_are_refused(client: Client) -> None:
    html = client.get(URL).content.decode()
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", html)
    assert "<style" not in html
    assert client.head(FEED).content == b""
    for address in (URL, FEED):
        assert client.post(address).status_code == 405
