"""The way from room to room: in every page, and always saying where one is."""

import re

import pytest
from django.test import Client

ROOMS = {"Consultation": "/consultation/", "Evidence": "/evidence/", "Learn": "/learn/", "News": "/news/"}
_NAV = re.compile(r'<nav class="rooms".*?</nav>', re.DOTALL)
_LINK = re.compile(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)</a>')


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/consultation/", "Consultation"),
        ("/consultation/?example=pregnancy", "Consultation"),
        ("/evidence/claims/painless/", "Evidence"),
        ("/learn/recovery/", "Learn"),
        ("/news/", "News"),
        ("/no-such-page/", ""),
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
