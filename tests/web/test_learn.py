"""The pages to read: their order, their links, their sources, and what they never hold."""

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
