"""The way from room to room in a real browser: within reach of a thumb, without scripts, and not on paper."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_accessibility import COLOURS, violations

PATHS = (
    "consultation/?example=acne-scars-type-iii",
    "evidence/",
    "dose/",
    "learn/",
    "learn/recovery/",
    "news/",
    "learn/no-such-page/",
)
# Every link of the navigation and whatever else the masthead offers: name, top, height.
OFFERED = """() => [...document.querySelectorAll('.masthead :is(a, summary)')].filter((one) => one.checkVisibility() && !one.closest('.menu-sheet'))
    .map((one) => [one.textContent.trim(), one.getBoundingClientRect().top, one.getBoundingClientRect().height])"""
TARGET_PX = 44


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_without_scripts_the_rooms_stand_on_one_line_and_each_takes_a_thumb(
    width: int, site: str, open_page: Open
) -> None:
    page = open_page(viewport={"width": width, "height": 844}, java_script_enabled=False, may_fail=True)
    for path in PATHS:
        page.goto(f"{site}/{path}", timeout=60_000)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        offered = page.evaluate(OFFERED)
        assert [name for name, _, height in offered if height < TARGET_PX] == [], path
        rooms = {top for name, top, _ in offered if name in ("Consultation", "Evidence", "Dose", "Learn", "News")}
        assert len(rooms) == 1, path
        assert len({top for _, top, _ in offered}) <= 2, path


def test_every_room_and_menu_of_the_masthead_is_reached_with_keys(open_page: Open) -> None:
    page = open_page("pregnancy", viewport={"width": 390, "height": 844})
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    offered = [name for name, _, _ in page.evaluate(OFFERED)]
    assert reached[1:] == offered
    assert "Examples" in offered


@pytest.mark.parametrize("path", PATHS)
def test_on_paper_there_is_no_way_to_other_rooms_and_the_page_keeps_its_title(
    path: str, site: str, open_page: Open
) -> None:
    page = open_page(may_fail=True)
    page.goto(f"{site}/{path}", timeout=60_000)
    page.emulate_media(media="print")
    expect(page.locator(".rooms")).to_be_hidden()
    title = page.locator("h1").bounding_box()
    assert title is not None
    assert title["width"] > TARGET_PX


def test_axe_finds_nothing_on_a_refusal(site: str, open_page: Open) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, color_scheme="light", may_fail=True)
    page.goto(f"{site}/learn/no-such-page/", timeout=60_000)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
