"""The pages to read: their order, their links, their sources, and what they never hold."""

import html
import re

import pytest
from django.test import Client

from needlewise.web.pages.learn import views

URL = "/learn/"
_LINK = re.compile(r'href="(/[^"#]*|#[^"]+)"')


def articles() -> list[str]:
    return list(views.shelf_on(views.today()).learning.articles)


def test_the_index_names_every_article_in_its_order(client: Client) -> None:
    page = client.get(URL).content.decode()
    assert re.findall(r'href="/learn/([a-z-]+)/"', page) == articles()


@pytest.mark.parametrize("name", ["no-such-article", "tips", "words"])
def test_an_unknown_article_is_a_kind_404(client: Client, name: str) -> None:
    assert client.get(f"{URL}{name}/").status_code == 404


@pytest.mark.parametrize("path", ["", *(f"{name}/" for name in articles())])
def test_every_internal_link_leads_somewhere(path: str, client: Client) -> None:
    page = client.get(f"{URL}{path}").content.decode()
    ids = set(re.findall(r'id="([^"]+)"', page))
    links = _LINK.findall(page)
    assert links
    for link in links:
        if link.startswith("#"):
            assert link[1:] in ids, link
        elif not link.startswith("/static/"):
            assert client.get(link, follow=True).status_code == 200, link


@pytest.mark.parametrize("name", articles())
def test_an_article_shows_its_text_its_day_and_every_source_with_its_number(name: str, client: Client) -> None:
    shelf = views.shelf_on(views.today())
    article = shelf.learning.articles[name]
    page = html.unescape(client.get(f"{URL}{name}/").content.decode())
    for section in article.section:
        assert all(text in page for text in (section.heading, *section.paragraphs, *section.items))
    for number, source in shelf.sources_of(article).values():
        shown = re.search(rf'<li id="source-{number}">(.*?)</li>', page)
        assert shown is not None
        assert source.citation in shown.group(1)
        assert source.url in shown.group(1)
        assert f'href="#source-{number}"' in page
    assert "22 November 2026" in page
    assert "no medical director has reviewed it" in page


def test_previous_and_next_walk_through_all_articles(client: Client) -> None:
    walked, name = [], articles()[0]
    while name:
        walked.append(name)
        page = client.get(f"{URL}{name}/").content.decode()
        before = re.search(r'rel="prev" href="/learn/([a-z-]+)/"', page)
        assert (before.group(1) if before else "") == (walked[-2] if len(walked) > 1 else "")
        after = re.search(r'rel="next" href="/learn/([a-z-]+)/"', page)
        name = after.group(1) if after else ""
    assert walked == articles()


def test_hard_words_are_explained_only_where_they_stand(client: Client) -> None:
    risks = client.get(f"{URL}risks/").content.decode()
    assert "<dt>paracetamol</dt>" in risks
    assert "<dt>isotretinoin</dt>" not in risks


def test_the_pages_need_no_script_and_refuse_what_is_posted(client: Client) -> None:
    for path in (URL, f"{URL}risks/"):
        page = client.get(path)
        assert b"<script" not in page.content
        assert b"style=" not in page.content
        assert client.post(path).status_code == 405
        assert client.head(path).status_code == 200
