"""What stands beside the form of photographs: the card to print, how to take pictures, and what was not used, each reason once."""

from collections.abc import Iterator

import pypdfium2
import pytest
from django.test import Client, override_settings

from needlewise.errors import Problem
from needlewise.imaging.laying import Refused
from needlewise.imaging.looking import READERS
from needlewise.web.pages.photographs import views
from needlewise.web.pages.photographs.not_used import not_used_views
from needlewise.web.reading import imaging_on
from tests.unit.imaging.portraits import hopper
from tests.web.test_photographs import URL, answer, png, posted, words


@pytest.fixture(autouse=True)
def _on() -> Iterator[None]:
    with override_settings(PHOTOGRAPHS=True):
        yield


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_card_and_how_to_take_pictures_are_at_hand(paper: str, client: Client) -> None:
    page = client.get(URL).content.decode()
    assert f'href="{URL}card-{paper}.pdf"' in page
    assert "Keep alike at every visit" in page
    card = client.get(f"{URL}card-{paper}.pdf")
    assert card.headers["Content-Type"] == "application/pdf"
    assert card.headers["Content-Disposition"] == f'attachment; filename="card-{paper}.pdf"'
    pages = [one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(card.content)]
    assert "The card beside the skin" in pages[0]
    assert "How to use the card" in pages[1]


def test_there_is_no_card_on_other_paper_and_none_where_the_page_is_off(client: Client) -> None:
    assert client.get(f"{URL}card-a0.pdf").status_code == 404
    with override_settings(PHOTOGRAPHS=False):
        assert client.get(f"{URL}card-a4.pdf").status_code == 404


def test_what_each_measure_takes_stands_there_for_all_that_are_read(client: Client) -> None:
    known = imaging_on(views.today())
    assert set(known.measures) == set(READERS)
    text = words(client.get(URL).content.decode())
    assert "Depth of lines 8 no nothing" in text
    assert "Melanin index 3 yes card with grey or chart" in text


def test_a_reason_that_holds_for_many_zones_is_told_once_with_where_it_holds() -> None:
    bright = "Too much of the zone is pure white or black."
    refused = [
        Refused("before 1", "nose", Problem("gate", f"{bright} (clipped 0.02)", "", "use less light")),
        Refused("before 1", "chin", Problem("gate", f"{bright} (clipped 0.02)", "", "use less light")),
        Refused("after 1", "chin", Problem("gate", f"{bright} (clipped 0.04)", "", "use less light")),
        Refused("after 1", "nose", Problem("skin", "too little of this skin is on both pictures", "", "")),
    ]
    left_out = [Problem("forehead", "hair lies over it", "", "use less light")]
    one, other, third = not_used_views(refused, left_out, {"nose": "Nose", "chin": "Chin", "forehead": "Forehead"})
    assert (one.reason, one.todo) == (bright, "Use less light.")
    assert one.where == ("Before 1 (clipped 0.02): Nose; Chin", "After 1 (clipped 0.04): Chin")
    assert (other.reason, other.todo) == ("Too little of this skin is on both pictures.", "")
    assert (third.reason, third.where) == ("Hair lies over it.", ("Forehead",))


def test_the_zones_of_a_face_are_found_where_none_is_drawn_and_told_together(client: Client) -> None:
    portrait = png(hopper())
    html = answer(client, posted([portrait], [portrait], zones=""))
    text = words(html)
    assert "Nothing could be measured: 11 zones" in text
    assert "Forehead; Between the eyebrows;" in text
    assert html.count("No picture before can be used here.") == 1
    assert text.count("Move the lamp further away") == 1
