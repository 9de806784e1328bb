"""How the skin is expected to heal, in a real browser: it loads when it is looked at, compares, and leaves no trace."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.test_accessibility import COLOURS, DESK, OPEN_ALL, PHONE, TABLET, violations

EXAMPLE = "numbing-cream"
LONG_MS = 60_000


def loaded(page: Page) -> Page:
    page.locator("#healing").scroll_into_view_if_needed()
    expect(page.locator("#healing .outlook").first).to_be_visible(timeout=LONG_MS)
    return page


def test_it_loads_when_it_is_looked_at_and_compares_on_the_spot(open_page: Open) -> None:
    page = loaded(open_page(EXAMPLE))
    address = page.url
    page.locator("#healing .what-if > summary").click()
    page.locator('#healing select[name$=".sessions"]').select_option("6")
    # A choice of the panel is nobody's answer: the plan is not asked for again.
    expect(page.locator("#healing .outlook").first).to_be_visible()
    page.locator("#healing .what-if button").click()
    expect(page.locator("#healing .sides svg")).to_have_count(2, timeout=LONG_MS)
    expect(page.locator("#healing .differences > div")).to_have_count(5)
    assert page.url == address


def test_an_answer_that_changes_the_plan_brings_the_course_anew(open_page: Open) -> None:
    page = loaded(open_page(EXAMPLE))
    before = page.locator("#healing .outlook").first.inner_text()
    page.locator(".depth-choices > summary").click()
    page.locator('[name="depth.glabella.mm"]').fill("0.5")
    page.locator('[name="depth.glabella.mm"]').dispatch_event("change")
    page.wait_for_function(
        "(before) => { const now = document.querySelector('#healing .outlook'); return now && now.innerText !== before; }",
        arg=before,
        timeout=LONG_MS,
    )
    assert "0.5 mm deep" in page.locator("#healing .outlook").first.inner_text()


@pytest.mark.parametrize("size", [DESK, TABLET, PHONE])
def test_axe_finds_nothing_in_it_and_nothing_is_wider_than_the_page(size: dict[str, int], open_page: Open) -> None:
    page = loaded(open_page(EXAMPLE, fragment="#what", viewport=size, color_scheme="light"))
    page.locator("#healing .what-if > summary").click()
    page.locator("#healing .what-if button").click()
    expect(page.locator("#healing .sides svg")).to_have_count(2, timeout=LONG_MS)
    page.evaluate(OPEN_ALL)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []


def test_without_script_the_button_leads_to_a_page_and_back(open_page: Open) -> None:
    page = open_page(EXAMPLE, java_script_enabled=False)
    page.locator("#healing button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How the skin is expected to heal", timeout=LONG_MS)
    assert "?" not in page.url
    page.get_by_role("button", name="Back to the consultation").click()
    expect(page.locator("#plan-title")).to_be_visible()
