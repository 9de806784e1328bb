"""The calculator of the dose: an address in, figures out, and everything that cannot be said by its field."""

import re
from collections.abc import Mapping
from datetime import date
from html import unescape

import pytest
from django.test import Client

from needlewise.knowledge import Protocol
from needlewise.web.design.depth_glyph import PX_PER_MM, SURFACE_Y, Channels, Layers, channel_glyph
from needlewise.web.pages.device import presenting, views

URL = "/dose/"
PEN = {
    "device": "pen",
    "zone": "cheek",
    "sex": "female",
    "depth_mm": "1",
    "needle_count": "12",
    "needle_diameter_mm": "0.25",
    "strokes_per_second": "100",
    "swept_width_mm": "10",
    "glide_mm_per_second": "20",
    "passes": "2",
}


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch, today: date) -> None:
    monkeypatch.setattr(views, "today", lambda: today)


def html_of(client: Client, asked: Mapping[str, str]) -> str:
    response = client.get(URL, asked)
    assert response.status_code == 200
    return response.content.decode()


def words_of(client: Client, asked: Mapping[str, str]) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html_of(client, asked))).split())


def test_a_dose_is_shown_with_bands_in_words_and_as_a_drawing(client: Client) -> None:
    words = words_of(client, PEN)
    assert "1,200 per cm²" in words
    assert "nine of ten: 0.30 to 1.00 mm" in words
    assert "Measured over the cheekbone of women" in words
    assert "It is no advice and no promise" in words
    assert "Sources disagree: Thickness of the outer skin (epidermis)" in words
    html = html_of(client, PEN)
    assert 'class="channel"' in html
    assert "on average 0.29 mm apart" in html


def test_the_way_back_is_told_where_holes_are_wanted(client: Client) -> None:
    words = words_of(client, PEN | {"for_holes": "1500"})
    assert "For 1,500 holes per cm² in 2 passes: glide at 16 mm per second." in words
    assert "For 1,500 holes per cm² at 20 mm per second: 3 passes." in words


def test_an_empty_page_makes_nothing_up_and_offers_examples_that_work(client: Client) -> None:
    assert "Begin with a depth" in words_of(client, {})
    for _, query in presenting.examples():
        page = client.get(f"{URL}{query}").content.decode()
        assert "per cm²" in page
        assert "Not computable" not in page


def test_what_the_record_lacks_is_named_and_what_it_has_stands_by_its_field(client: Client) -> None:
    words = words_of(client, {"device": "exceed", "zone": "cheek", "depth_mm": "0.5", "passes": "2"})
    assert "Nobody has stated: swept width and glide speed." in words
    assert "Record: 100 to 150" in words
    assert "Needles 6 record of the device" in words


def test_every_device_and_zone_offered_gives_a_page(client: Client, protocol: Protocol) -> None:
    html = html_of(client, {})
    devices = re.findall(r'<option value="([^"]+)"', html.partition('name="zone"')[0])
    zones = re.findall(r'<option value="([^"]+)"', html.partition('name="zone"')[2].partition('name="sex"')[0])
    assert {"pen", "roller", "stamp", "exceed", "medical_dermaroller"} < set(devices)
    assert "radiofrequency_needling" not in devices
    assert set(zones) == {zone.id for zone in protocol.zones.values() if not zone.refused_because}
    for device in devices:
        assert "True depth" in words_of(client, PEN | {"device": device})
    for zone in zones:
        assert "The dermis ends" in words_of(client, PEN | {"zone": zone})


@pytest.mark.parametrize(
    ("asked", "field", "told"),
    [
        ({"depth_mm": "9"}, "depth_mm", "Depth 9 mm. Expected: a number from 0.05 to 5 mm."),
        ({"depth_mm": "nan"}, "depth_mm", "Expected: a number from 0.05 to 5 mm."),
        ({"passes": "two"}, "passes", "Passes: “two” is no number."),
        ({"passes": "1.5"}, "passes", "Expected: a whole number from 1 to 100."),
        ({"passes": "1_0"}, "passes", "is no number"),
        ({"zone": "eyelid"}, "zone", "We never needle inside the bony rim of the eye."),
        ({"zone": "nowhere"}, "zone", "There is no zone “nowhere”."),
        ({"device": "radiofrequency_needling"}, "device", "There is no device “radiofrequency_needling”."),
        ({"for_holes": "-5"}, "for_holes", "Wanted holes -5 per cm²."),
    ],
)
def test_what_cannot_be_is_told_with_a_way_to_its_field(
    client: Client, asked: dict[str, str], field: str, told: str
) -> None:
    assert told in words_of(client, PEN | asked)
    html = html_of(client, PEN | asked)
    assert f'href="#f-{field}"' in html
    assert f'id="f-{field}"' in html
    assert 'id="figures"' not in html


def test_all_that_cannot_be_is_told_at_once(client: Client) -> None:
    html = html_of(client, {"device": "pen", "zone": "eyelid", "depth_mm": "9", "passes": "x", "swept_width_mm": "0"})
    assert re.findall(r'<li><a href="#f-(\w+)"', html) == ["zone", "passes", "depth_mm", "swept_width_mm"]


def test_a_comma_is_a_decimal_point_and_numbers_of_another_device_do_not_count(client: Client) -> None:
    assert "set to 1.5 mm" in words_of(client, PEN | {"depth_mm": "1,5"})
    words = words_of(client, PEN | {"stamps": "nonsense", "drum_width_mm": "-1"})
    assert "1,200 per cm²" in words


def test_a_depth_above_the_ceiling_of_the_zone_is_said(client: Client) -> None:
    assert "deeper than the ceiling of the protocol for this zone, 1 mm" in words_of(
        client, PEN | {"zone": "forehead", "depth_mm": "1.5"}
    )


def test_what_was_typed_stays_text(client: Client) -> None:
    for name in ("depth_mm", "zone", "device", "passes"):
        assert "<b>x" not in html_of(client, PEN | {name: '"><b>x'})


def test_the_address_to_keep_leads_to_the_same_dose_and_has_nothing_in_it_that_does_not_count(client: Client) -> None:
    html = html_of(client, PEN | {"stamps": "7", "tail": "x", "for_holes": ""})
    (kept,) = re.findall(r'<a href="([^"]+)">The address of this dose</a>', html)
    kept = unescape(kept)
    assert not re.search("stamps|tail|for_holes", kept)
    again = client.get(kept).content.decode()
    assert re.findall(r'class="depth-large figure">([^<]+)', again) == re.findall(
        r'class="depth-large figure">([^<]+)', html
    )


def test_a_change_on_the_page_brings_that_address(client: Client) -> None:
    response = client.get(URL, PEN, headers={"hx-request": "true"})
    assert response.headers["HX-Replace-Url"].startswith("/dose/?device=pen&zone=cheek&sex=female")
    assert "HX-Replace-Url" not in client.get(URL, PEN).headers


def test_every_source_named_has_its_page(client: Client) -> None:
    html = html_of(client, PEN)
    sources = set(re.findall(r'href="(/evidence/sources/[^"]+)"', html))
    assert len(sources) >= 4
    for address in sources:
        assert client.get(address).status_code == 200


def test_the_page_needs_no_more_than_the_policy_allows_and_nothing_is_posted(client: Client) -> None:
    html = html_of(client, PEN)
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", html)
    assert "<style" not in html
    assert 'method="get"' in html
    assert client.post(URL).status_code == 405


@pytest.mark.parametrize(("apart", "least", "most"), [(0.25, 5, 5), (2.0, 1, 1), (0.001, 20, 41)])
def test_channels_are_drawn_to_scale_and_as_far_apart_as_they_are(apart: float, least: int, most: int) -> None:
    glyph = channel_glyph(Layers(1.07, 0.72, 0.2), Channels(1.0, 0.7, 0.3, 1.0, 0.0625, 0.05, apart))
    assert least <= len(glyph.channels) <= most
    for channel in glyph.channels:
        left, right, tip = map(float, re.findall(r"M([\d.]+) \S+H([\d.]+)L[\d.]+ ([\d.]+)", channel.cone)[0])
        assert right - left == pytest.approx(0.125 * PX_PER_MM, abs=0.11)
        assert tip == pytest.approx(SURFACE_Y + 0.7 * PX_PER_MM, abs=0.06)
        assert glyph.block_x <= left < right <= glyph.block_x + glyph.block_width
    assert {level.words for level in glyph.levels} == {"likely tip", "set", "dermis ends"}


def test_without_the_width_of_a_needle_one_needle_stands_for_the_channels() -> None:
    glyph = channel_glyph(Layers(1.07, None, 0.2), Channels(1.0, 0.7, 0.3, 1.0))
    assert glyph.channels == ()
    assert len(glyph.needles) == 1
