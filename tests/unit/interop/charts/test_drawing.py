"""The drawing: sound XML that holds every word, coloured by the page or by itself, and fetching nothing."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from needlewise.evidence.pooling import Pool
from needlewise.interop.charts.contents import contents
from needlewise.interop.charts.drawing import Palette, forest_svg
from needlewise.interop.charts.forest import Ink, forest
from tests.unit.interop.charts.pools import ALL, CHANGES, EXTREME, FORTY, LONG, ONE, SHARES, WIDE

SVG = "{http://www.w3.org/2000/svg}"
TOKENS = Path(__file__).parents[4] / "src/needlewise/web/design/static/css/tokens.css"
# The page knows these.
NAMES = {f"var(--{ink.name.lower()})" for ink in Ink} | {"none"}


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - our own


@pytest.mark.parametrize("found", ALL)
def test_a_drawing_is_sound_xml_that_holds_every_word(found: Pool) -> None:
    root = parsed(forest_svg(found, Palette.PRINT))
    texts = [text.text for text in root.iter(f"{SVG}text")]
    layers = [layer for layer in forest(found)["layer"] if layer["mark"]["type"] == "text"]
    assert sorted(map(str, texts)) == sorted(row["text"] for layer in layers for row in layer["data"]["values"])
    assert len(texts) >= 5


@pytest.mark.parametrize("found", [ONE, CHANGES, SHARES, WIDE, LONG, FORTY])
def test_in_a_page_every_colour_and_font_is_a_name_of_the_page(found: Pool) -> None:
    svg = forest_svg(found, Palette.WEB)
    paints = {element.get(paint, "none") for element in parsed(svg).iter() for paint in ("fill", "stroke")}
    assert {"var(--ink)", "var(--soft)"} < paints <= NAMES
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", svg)
    assert set(re.findall(r'font-family="([^"]*)"', svg)) == {"var(--sans)"}
    assert "style=" not in svg


def test_on_paper_the_colours_are_those_of_the_page_in_its_light_form() -> None:
    css = TOKENS.read_text(encoding="utf-8")
    for ink in Ink:
        assert f"--{ink.name.lower()}: light-dark({ink}," in css
    svg = forest_svg(CHANGES, Palette.PRINT)
    assert "var(" not in svg
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg)) - {"none"} == set(Ink)


@pytest.mark.parametrize("palette", Palette)
def test_it_is_an_image_with_its_result_in_words_and_runs_and_fetches_nothing(palette: Palette) -> None:
    svg = forest_svg(LONG, palette)
    root = parsed(svg)
    sentence = contents(LONG).sentence
    assert (root.get("role"), root.get("aria-label"), root[0].tag, root[0].text) == (
        "img",
        sentence,
        f"{SVG}title",
        sentence,
    )
    assert re.findall(r"https?:[^\s\"]*", svg) == [SVG.strip("{}")]
    names = {element.tag for element in root.iter()} | {name for element in root.iter() for name in element.attrib}
    assert names.isdisjoint({f"{SVG}{one}" for one in ("script", "style", "image", "use", "a", "foreignObject")})
    # Two charts in one page cannot share an id where there is none.
    assert names.isdisjoint({"id", "href", "onclick", "onload", "style"})


@pytest.mark.parametrize("found", [ONE, CHANGES, LONG, FORTY, WIDE, EXTREME[0]])
def test_all_words_lie_within_the_picture_and_apart_from_each_other(found: Pool) -> None:
    root = parsed(forest_svg(found, Palette.PRINT))
    left, top = map(float, re.findall(r"-?[\d.]+", str(root[1].get("transform"))))
    width, height = float(str(root.get("width"))), float(str(root.get("height")))
    boxes = []
    for text in root.iter(f"{SVG}text"):
        x, y = map(float, re.findall(r"-?[\d.]+", str(text.get("transform"))))
        # Half its size is the width of a digit, and a little more than that of the usual letter.
        size = float(str(text.get("font-size")).removesuffix("px"))
        wide = 0.5 * size * len(str(text.text))
        start = x + left - {"start": 0.0, "middle": wide / 2, "end": wide}[str(text.get("text-anchor"))]
        boxes.append((start, start + wide, y + top, str(text.text)))
    assert all(start >= -1 and end <= width + 1 and 0 < y < height for start, end, y, _ in boxes)
    for number, (start, end, y, _) in enumerate(boxes):
        for other_start, other_end, other_y, _ in boxes[number + 1 :]:
            assert abs(y - other_y) > 8 or end <= other_start + 1 or other_end <= start + 1


def test_the_same_pool_gives_the_same_drawing() -> None:
    assert forest_svg(CHANGES, Palette.WEB) == forest_svg(CHANGES, Palette.WEB)
