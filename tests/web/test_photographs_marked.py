"""What may be said besides on the page of photographs: stretch marks marked by hand, and a grey that was measured."""

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from django.test import Client, override_settings

from needlewise.errors import PictureError, Problem
from needlewise.imaging.comparing import How, compare
from needlewise.imaging.zones import Zone, read_zones
from needlewise.web.pages.photographs import views
from needlewise.web.pages.photographs.asking import LEAST_GREY, MOST_GREY, Asked, read_form
from needlewise.web.pages.photographs.measuring import measure
from needlewise.web.pages.photographs.zones_written import EXAMPLE, EXAMPLE_STRIPE, read_written
from needlewise.web.reading import imaging_on, protocol_on
from simulated_skin.truth import Change
from tests.unit.cli.test_measure_stripes import FAINTER, HIGH, LOW, scene, visit
from tests.unit.imaging.drawn_charts import Camera, card_plane, laid
from tests.unit.imaging.visits import UNCHANGED, shots
from tests.web.test_photographs import URL, answer, flat, png, posted, told, words

SIZE = (1000, 500)
ABDOMEN = "abdomen: 0.1 0.1, 0.9 0.1, 0.9 0.9, 0.1 0.9"


@pytest.fixture(autouse=True)
def _on() -> Iterator[None]:
    with override_settings(PHOTOGRAPHS=True):
        yield


def written(text: str) -> tuple[Zone, ...]:
    problems: list[Problem] = []
    protocol = protocol_on(views.today())
    table = read_written(text, protocol, problems)
    assert problems == []
    assert table is not None
    return read_zones(table, SIZE, protocol.places)


def faults(client: Client, zones: str) -> str:
    html = client.post(URL, posted([flat()], [flat()], zones=zones)).content.decode()
    match = re.search(r'<div id="fault-zones"[^>]*>(.*?)</div>', html, re.DOTALL)
    assert match
    return words(match.group(1))


@pytest.mark.parametrize(
    ("head", "width"),
    [("abdomen stripe", None), ("abdomen stripe 4 mm", 4), ("Abdomen STRIPE 2,5mm", 2.5), ("abdomen  stripe  3", 3)],
)
def test_a_line_marks_a_stretch_mark_with_its_width_or_without(head: str, width: float | None) -> None:
    (zone,) = written(f"{ABDOMEN}\n{head}: 0.2 0.2, 0.5 0.4, 0.6 0.6")
    (stripe,) = zone.stripes
    assert stripe.width_mm == width
    assert stripe.line == pytest.approx(np.array([(199.5, 99.5), (499.5, 199.5), (599.5, 299.5)]))


def test_a_file_of_zones_may_stand_in_the_field_as_toml_or_json() -> None:
    toml = """unit = "px"
[[zone]]
name = "abdomen"
polygon = [[20, 20], [250, 20], [250, 250], [20, 250]]
[[stripe]]
zone = "abdomen"
line = [[30, 30], [200, 200]]
width_mm = 3
"""
    square = [[20, 20], [250, 20], [250, 250], [20, 250]]
    stripe = {"zone": "abdomen", "line": [[30, 30], [200, 200]], "width_mm": 3}
    as_json = json.dumps({"unit": "px", "zone": [{"name": "abdomen", "polygon": square}], "stripe": [stripe]})
    for text in (toml, as_json):
        (zone,) = written(text)
        assert zone.polygon == pytest.approx(np.array(square))
        assert [one.width_mm for one in zone.stripes] == [3]


@pytest.mark.parametrize(
    ("zones", "found"),
    [
        (f"{ABDOMEN}\nabdomen stripe wide: 0.2 0.2, 0.5 0.4", "line 2: a width “wide” that cannot be read."),
        (f"{ABDOMEN}\nabdomen stripe -2: 0.2 0.2, 0.5 0.4", "a width of -2 mm"),
        (f"{ABDOMEN}\nabdomen stripe 31: 0.2 0.2, 0.5 0.4", "a width of 31 mm"),
        (f"{ABDOMEN}\nabdomen stripe: 0.2 0.2", "a line of 1 different points"),
        (f"{ABDOMEN}\nmoon stripe: 0.2 0.2, 0.5 0.4", "no place of that name"),
        (f"{ABDOMEN}\nnose stripe: 0.2 0.2, 0.5 0.4", "draw that zone as well"),
        (f"{ABDOMEN}\nabdomen stripe: 0.01 0.01, 0.02 0.02", "a stretch mark outside the zone"),
        ("abdomen stripe: 0.2 0.2, 0.5 0.4", "at least one zone"),
        ('{"unit": "px", "zone"', "neither JSON nor TOML"),
        ('[[stripe]]\nzone = "abdomen', "neither JSON nor TOML"),
        ('[[zone]]\nname = "abdomen"\npolygon = [[0, 0], [1, 0], [0, 1]]', "`share` or `px`"),
        ("{" * 20_000, "neither JSON nor TOML"),
        ('{"a": ' * 9_000, "neither JSON nor TOML: a number too long, or tables too deep"),
        ("[[zone]]\na = " + "[" * 20_000, "neither JSON nor TOML: a number too long, or tables too deep"),
        ('{"unit": ' + "1" * 5_000 + "}", "neither JSON nor TOML: a number too long, or tables too deep"),
        ("[[zone]]\na = 0x" + "f" * 5_000, "neither JSON nor TOML: a number too long, or tables too deep"),
        ("[[zone]]\na = " + "1" * 5_000, "neither JSON nor TOML: a number too long, or tables too deep"),
    ],
)
def test_what_cannot_be_marked_is_told_beside_the_field(zones: str, found: str, client: Client) -> None:
    assert found in faults(client, zones)


def test_stretch_marks_of_an_outline_with_a_fault_are_not_told_to_lie_in_no_zone(client: Client) -> None:
    stripes = "abdomen stripe: 0.2 0.2, 0.5 0.4\nback stripe: 0.2 0.2, 0.5 0.4"
    for zones in (
        f"nose: 0.1 0.1, 0.4 0.1, 0.4 0.4\nabdomen: 0.1 x, 0.9 0.1, 0.9 0.9\n{stripes}",
        f"{stripes}\nabdomen: 0.1 x, 0.9 0.1, 0.9 0.9\nnose: 0.1 0.1, 0.4 0.1, 0.4 0.4",
    ):
        text = faults(client, zones)
        assert text.count("a point that cannot be read") == 1
        # That of the back is the one that no outline names.
        assert text.count("draw that zone as well") == 1
        assert "'back'" in text
        assert "'abdomen'" not in text


@pytest.mark.parametrize("form", ["lines", "json", "toml"])
def test_at_most_forty_zones_are_taken_however_they_are_written(form: str, client: Client) -> None:
    shares = [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]

    def zones(count: int) -> str:
        if form == "lines":
            return "\n".join(["nose: 0.1 0.1, 0.4 0.1, 0.4 0.4"] * count)
        if form == "json":
            return json.dumps({"unit": "share", "zone": [{"name": "nose", "polygon": shares}] * count})
        return 'unit = "share"\n' + f'[[zone]]\nname = "nose"\npolygon = {shares}\n' * count

    assert "too many zones. Expected: at most 40. Draw those that matter." in faults(client, zones(41))
    assert "too many" not in faults(client, zones(40))


def test_the_examples_in_the_form_can_be_read(client: Client) -> None:
    page = words(client.get(URL).content.decode())
    assert EXAMPLE in page
    assert EXAMPLE_STRIPE in page
    assert len(written(f"{EXAMPLE}\n{ABDOMEN}\n{EXAMPLE_STRIPE}")[1].stripes) == 1


def stripes_told(client: Client, melanin: float, change: Change) -> str:
    before, after = visit(melanin, 0, Change()), visit(melanin, 1, change)
    high, wide = before[0].pixels.shape[:2]

    def line(points: Any) -> str:
        return ", ".join(f"{(x + 0.5) / wide:.4f} {(y + 0.5) / high:.4f}" for x, y in points)

    square = line([(LOW, LOW), (HIGH, LOW), (HIGH, HIGH), (LOW, HIGH)])
    marked = [before[0].placement.to_picture(np.array(one.line)[::6]) for one in scene(melanin).striae]
    zones = "\n".join([f"abdomen: {square}", *(f"abdomen stripe: {line(one)}" for one in marked)])
    data = posted(*([png(one.pixels) for one in shot] for shot in (before, after)), zones=zones, px_per_mm="8")
    return told(client, data)


def test_marked_stretch_marks_are_read_and_their_fading_told(client: Client) -> None:
    text = stripes_told(client, 1.3, FAINTER)
    assert re.search(r"Contrast of stretch marks .{0,180}Better −\S+ L\*", text)
    assert "How much the stripes stand out. L* tells how light a colour is, from 0, black, to 100, white" in text
    assert "dE counts how far two colours lie apart" in text


@pytest.mark.parametrize("grey", ["18", "0.04", "0.91", "nan", "grey", "-0.2"])
def test_a_grey_that_cannot_be_is_told_beside_its_field_which_is_unfolded(grey: str, client: Client) -> None:
    html = client.post(URL, posted([flat()], [flat()], grey=grey)).content.decode()
    match = re.search(r'<div id="fault-grey"[^>]*>(.*?)</div>', html, re.DOTALL)
    assert match
    assert f"“{grey}” is no such share. Expected: a share from 0.05 to 0.9" in words(match.group(1))
    assert f'value="{grey}"' in html
    assert '<details class="small-details" id="more" open>' in html
    assert '<details class="small-details" id="more">' in client.get(URL).content.decode()


@pytest.mark.parametrize("share", [LEAST_GREY, MOST_GREY])
def test_the_field_takes_what_measuring_takes_and_no_more(share: float) -> None:
    pixels = np.full((90, 90, 3), 150, np.uint8)
    zone = Zone("nose", np.array([(10, 10), (80, 10), (80, 80), (10, 80)]))
    imaging = imaging_on(views.today())
    compare([pixels], [pixels], [zone], imaging, How(grey=share))
    beyond = share + (0.001 if share == MOST_GREY else -0.001)
    with pytest.raises(PictureError, match="grey"):
        compare([pixels], [pixels], [zone], imaging, How(grey=beyond))


def on_card(pixels: Any) -> bytes:
    """Skin with our card and its grey below it, and no chart."""
    skin = pixels[: int(0.6 * pixels.shape[0])]
    card = Camera().photographed(laid(card_plane(6.0, with_chart=False))[0])
    beside = np.zeros((skin.shape[0], card.shape[1], 3), np.uint8)
    beside[:, : skin.shape[1]] = skin[:, : card.shape[1]]
    beside[:, skin.shape[1] :] = np.median(skin, axis=(0, 1))
    return png(np.concatenate([beside, card]))


def test_a_grey_that_was_measured_goes_before_what_the_card_aims_at() -> None:
    imaging, protocol = imaging_on(views.today()), protocol_on(views.today())
    before, after = ({1: on_card(shots(3, UNCHANGED, "rig", number)[0].pixels)} for number in (0, 1))

    def lightness(grey: str) -> float:
        asked: Asked = read_form(
            {"zones": "cheek-left: 0.02 0.02, 0.2 0.02, 0.2 0.15, 0.02 0.15", "grey": grey}, imaging, protocol
        )
        assert asked.problems == ()
        found = measure({"before": before, "after": after}, asked, imaging, protocol)[0]
        assert set(found.colour.values()) == {"grey"}
        value = found.of("ita", "cheek-left").before
        assert value is not None
        return value

    aimed, said, darker = (lightness(grey) for grey in ("", "0,18", "0.16"))
    assert said == aimed
    assert darker < aimed - 1


def test_a_grey_may_be_left_out(client: Client) -> None:
    assert "no such share" not in answer(client, posted([flat()], [b"x"], grey=" "))
