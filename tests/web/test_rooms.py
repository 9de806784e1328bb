"""The way from room to room: in every page, and always saying where one is."""

import pkgutil
import re

import pytest
from django.test import Client, override_settings
from django.urls import get_script_prefix, resolve, set_script_prefix

from needlewise.web import pages
from needlewise.web.design.navigation import WHERE_ON, navigation_at

ROOMS = {
    "Consultation": "/consultation/",
    "Evidence": "/evidence/",
    "Dose": "/dose/",
    "Learn": "/learn/",
    "News": "/news/",
}
_NAV = re.compile(r'<nav class="rooms".*?</nav>', re.DOTALL)
_LINK = re.compile(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)</a>')


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/consultation/", "Consultation"),
        ("/consultation/?example=pregnancy", "Consultation"),
        ("/evidence/claims/painless/", "Evidence"),
        ("/dose/?device=roller", "Dose"),
        ("/learn/recovery/", "Learn"),
        ("/news/", "News"),
        ("/no-such-page/", ""),
        ("/no-such-page/learn/", ""),
        ("/evidence/news/", "Evidence"),
    ],
)
def test_every_page_leads_to_every_room_and_says_where_one_is(client: Client, path: str, here: str) -> None:
    found = _NAV.search(client.get(path).content.decode())
    assert found is not None
    links = _LINK.findall(found.group())
    assert {name: link for link, _, name in links} == ROOMS
    assert [name for _, current, name in links if current] == ([here] if here else [])


@pytest.mark.parametrize("address", ROOMS.values())
def test_every_room_is_there(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


def test_every_folder_of_pages_has_one_entry_that_leads_into_it() -> None:
    """A new page that nobody can find would be noticed here."""
    with override_settings(**dict.fromkeys(WHERE_ON.values(), True)):
        led_into = [resolve(link.address).func.__module__.split(".")[-2] for link in navigation_at("/").links]
    assert sorted(led_into) == sorted(page.name for page in pkgutil.iter_modules(pages.__path__))


@pytest.mark.parametrize(
    ("path", "start", "words"),
    [
        ("/consultation/?example=no-such-case", "/consultation/", "To the consultation"),
        ("/evidence/studies/no-such-study/", "/evidence/", "To the evidence"),
        ("/learn/no-such-article/", "/learn/", "To all articles"),
        ("/news/?kind=no-such-kind", "/news/", "To all news"),
        ("/no-such-page/", "/consultation/", "To the consultation"),
    ],
)
def test_a_refusal_leads_to_the_start_of_the_room_that_one_is_in(
    client: Client, path: str, start: str, words: str
) -> None:
    page = client.get(path)
    assert page.status_code == 404
    text = page.content.decode()
    assert re.findall(r'<a class="button" href="([^"]+)">([^<]+)</a>', text) == [(start, words)]
    assert ("example" in text) == ("example" in path)


def test_the_rooms_are_found_where_the_site_lies_below_another_address() -> None:
    before = get_script_prefix()
    set_script_prefix("/clinic/")
    try:
        links = navigation_at("/clinic/news/").links
    finally:
        set_script_prefix(before)
    assert [link.address for link in links] == [f"/clinic{address}" for address in ROOMS.values()]
    assert [link.title for link in links if link.is_here] == ["News"]
