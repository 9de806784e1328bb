"""The printed card: read back from the PDF, and found again in photographs of the print."""

import io
from datetime import date
from functools import cache

import cv2
import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from pypdf import PdfReader

from needlewise.imaging.beside import find_beside, groove_contrasts
from needlewise.imaging.card import Card, find_card
from needlewise.imaging.card_layout import CARD
from needlewise.imaging.colour import NO_CALIBRATION
from needlewise.imaging.colour_space import decoded, encoded
from needlewise.imaging.looking import LEAST_GROOVE
from needlewise.interop.handouts.printed_card import INSTRUCTIONS, PAPERS, Part, card_pdf
from tests.conftest import TODAY
from tests.unit.imaging.drawn_charts import chart_plane
from tests.unit.interop.chair import large_text_of, outside_the_margins, pages_of, plain
from tests.unit.knowledge.reading_grade import HARDEST, grade

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

DPI = 300
PX_PER_MM = DPI / 25.4
SIZES_MM = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
PICTURE = (3000, 2400)  # width, height of a photograph
LEAST_PT = 11
# Where the corners of the upper part of the page come to lie in a photograph.
VIEWS = {
    "straight": [(250, 150), (2750, 150), (2750, 2250), (250, 2250)],
    "leaning": [(420, 160), (2640, 330), (2800, 2220), (180, 2050)],
    "upside down": [(2700, 2210), (330, 2290), (260, 260), (2790, 120)],
}
both_papers = pytest.mark.parametrize("paper", PAPERS)


@cache
def printed(paper: str) -> Pixels:
    """The first page as a perfect printer prints it, red first."""
    document = pypdfium2.PdfDocument(card_pdf(TODAY, paper))
    page = np.asarray(document[0].render(scale=DPI / 72).to_pil().convert("RGB"), np.uint8)
    document.close()
    return page


def found_on(pixels: Pixels) -> Card:
    card = find_card(pixels)
    assert card is not None
    return card


def photographed(page: Pixels, corners: list[tuple[int, int]], seed: int = 0) -> tuple[Pixels, Floats]:
    """A photograph of the upper part of a page under uneven light, blurred and noisy; and the way from page to picture."""
    width, height = page.shape[1], round(0.72 * page.shape[0])
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    through = cv2.getPerspectiveTransform(source, np.array(corners, np.float32)).astype(np.float64)
    paper = decoded(np.asarray(page[:height], np.float64) / 255) * 0.8 + 0.03
    light = cv2.warpPerspective(cv2.GaussianBlur(paper, (0, 0), 0.7), through, PICTURE, borderValue=(0.2, 0.14, 0.1))
    light = light * np.linspace(0.8, 1.0, PICTURE[0])[None, :, None] * (1.0, 0.95, 0.85)
    dice = np.random.default_rng(seed)
    noisy = cv2.GaussianBlur(light, (0, 0), 0.6)
    noisy += dice.normal(0, 1, light.shape) * np.sqrt(np.maximum(noisy, 0) / 8000)
    return np.clip(np.round(encoded(noisy) * 255), 0, 255).astype(np.uint8), through


def dark_runs(row: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First pixel and pixel after the last of each run."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(int), [0]])))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


@both_papers
def test_it_is_printed_at_its_true_size(paper: str) -> None:
    page = printed(paper)
    assert page.shape[1] == pytest.approx(SIZES_MM[paper][0] * PX_PER_MM, abs=1.5)
    assert page.shape[0] == pytest.approx(SIZES_MM[paper][1] * PX_PER_MM, abs=1.5)
    card = found_on(page)
    assert card.markers == tuple(sorted(CARD.markers))
    assert card.px_per_mm == pytest.approx(PX_PER_MM, rel=0.002)
    assert card.residual_px < 0.7
    assert card.tilt_deg < 3.0  # of a scale that differs by a thousandth between both ways


@both_papers
@pytest.mark.parametrize("view", VIEWS)
def test_a_photograph_of_the_print_shows_it_at_its_scale(paper: str, view: str) -> None:
    page = printed(paper)
    pixels, through = photographed(page, VIEWS[view])
    card, flat = found_on(pixels), found_on(page)
    assert card.markers == tuple(sorted(CARD.markers))
    assert card.chart is None
    middle = (CARD.width_mm / 2, CARD.height_mm / 2)
    around = np.array(middle) + np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    seen = cv2.perspectiveTransform(flat.at(around)[None], through)[0]
    x, y = seen.T
    area = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
    assert card.px_per_mm == pytest.approx(area**0.5, rel=0.005)
    assert find_beside(pixels).px_per_mm == card.px_per_mm


@both_papers
def test_white_is_bare_paper_and_grey_is_the_grey_that_was_aimed_at(paper: str) -> None:
    card = found_on(printed(paper))
    assert card.white.value == pytest.approx([255, 255, 255])
    assert decoded(card.grey.value / 255) == pytest.approx([CARD.grey_linear] * 3, abs=0.003)
    assert card.grey.usable
    pixels, _ = photographed(printed(paper), VIEWS["leaning"])
    there = found_on(pixels)
    assert there.grey.usable
    assert there.white.usable


@both_papers
def test_the_line_that_checks_the_print_is_as_long_as_it_says(paper: str) -> None:
    dark = printed(paper).max(axis=2) < 110
    longest = max(last - first for row in dark for first, last in dark_runs(row))
    assert longest / PX_PER_MM == pytest.approx(100.0, abs=0.2)
    assert "It must be 100 mm long." in pages_of(card_pdf(TODAY, paper))[0]


@both_papers
def test_the_ruler_has_a_mark_at_every_millimetre(paper: str) -> None:
    page = printed(paper)
    card = found_on(page)
    start = card.at(
        [(CARD.ruler.left, CARD.ruler.top + 0.6), (CARD.ruler.left + CARD.ruler.width, CARD.ruler.top + 0.6)]
    )
    row = page[round(float(start[0, 1])), :, 1] < 140
    marks = [
        (first + last - 1) / 2 for first, last in dark_runs(row) if start[0, 0] - 3 <= first and last <= start[1, 0] + 4
    ]
    assert len(marks) == CARD.ruler.width + 1
    assert (marks[-1] - marks[0]) / PX_PER_MM == pytest.approx(CARD.ruler.width, abs=0.1)
    assert np.diff(marks) / PX_PER_MM == pytest.approx(1.0, abs=0.1)


def test_the_empty_place_of_the_gauge_is_not_taken_for_grooves() -> None:
    page = printed("a4")
    for view in VIEWS.values():
        pixels, _ = photographed(page, view)
        contrasts = groove_contrasts(pixels, find_beside(pixels), NO_CALIBRATION)
        assert np.abs(contrasts).max() < LEAST_GROOVE
    lined, flat = page.copy(), found_on(page)
    for one in CARD.grooves:
        start, end = (tuple(np.round(place).astype(int).tolist()) for place in flat.at([one.start, one.end]))
        cv2.line(lined, start, end, (200, 200, 200), 4)
    pixels, _ = photographed(lined, VIEWS["straight"])
    assert groove_contrasts(pixels, find_beside(pixels), NO_CALIBRATION).min() > LEAST_GROOVE


def test_a_chart_that_is_stuck_in_its_place_is_found_there() -> None:
    page = printed("letter").copy()
    corners = np.round(found_on(page).at(CARD.chart.corners(0.95))).astype(int)
    (left, top), (right, bottom) = corners[0], corners[2]
    chart = np.round(encoded(chart_plane()) * 255).astype(np.uint8)
    page[top:bottom, left:right] = cv2.resize(
        chart, (int(right - left), int(bottom - top)), interpolation=cv2.INTER_NEAREST
    )
    pixels, _ = photographed(page, VIEWS["leaning"])
    chart_seen = found_on(pixels).chart
    assert chart_seen is not None
    assert chart_seen.usable.all()


def test_the_grooves_are_marked_with_their_depths() -> None:
    text = pages_of(card_pdf(TODAY))[0]
    for depth in {one.depth_um for one in CARD.grooves}:
        assert text.count(f"{depth:g}") >= sum(one.depth_um == depth for one in CARD.grooves)
    assert "depths in µm" in text


@both_papers
def test_every_instruction_stands_on_the_second_page_in_large_type(paper: str) -> None:
    pdf = card_pdf(TODAY, paper)
    pages = pages_of(pdf)
    assert len(pages) == 2
    assert not outside_the_margins(pdf)
    large = plain(large_text_of(pdf, LEAST_PT))
    for part in INSTRUCTIONS:
        assert part.heading in pages[1]
        assert all(step in pages[1] and step in large for step in part.steps)


@pytest.mark.parametrize("part", INSTRUCTIONS, ids=lambda part: part.heading)
def test_the_instructions_are_easy_to_read(part: Part) -> None:
    assert grade(" ".join(part.steps), []) <= HARDEST


@both_papers
def test_it_is_tagged_has_a_title_and_says_what_is_drawn(paper: str) -> None:
    pdf = card_pdf(TODAY, paper)
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "The card beside the skin"
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()
    assert b"148 by 105 mm" in _alternatives(root["/StructTreeRoot"])


def test_the_same_day_gives_the_same_bytes() -> None:
    assert card_pdf(TODAY) == card_pdf(TODAY)
    assert card_pdf(TODAY) != card_pdf(date(2026, 11, 25))


def _alternatives(element: object) -> bytes:
    """The text alternatives of all drawings below a structure element."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        return b" ".join(map(_alternatives, element))
    if not isinstance(element, dict):
        return b""
    return str(element.get("/Alt", "")).encode() + _alternatives(element.get("/K"))
