"""No violation of any axe rule, in light and in dark, on desk, tablet and phone, empty and full."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Open

DESK, TABLET, PHONE = ({"width": w, "height": h} for w, h in ((1440, 1000), (1024, 768), (390, 844)))
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
# Best practices count as rules here, too.
RULES: dict[str, object] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}

COLOURS: dict[str, object] = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def violations(page: Page, rules: dict[str, object] = RULES) -> list[str]:
    found = Axe().run(page, options=rules).response["violations"]
    return [
        f"{v['id']}: {v['help']} | {v['nodes'][0]['html'][:160]} | {v['nodes'][0].get('failureSummary', '')}"
        for v in found
    ]


@pytest.mark.parametrize(
    ("example", "size", "fragment"),
    [
        ("", DESK, ""),
        ("", PHONE, ""),
        ("blood-thinner", DESK, ""),
        ("isotretinoin-stopped-90-days-ago", TABLET, ""),
        ("open-questions", PHONE, "#who"),
        ("open-questions", PHONE, "#where"),
        ("two-goals-that-fit", PHONE, "#what"),
        ("pregnancy", TABLET, "#where"),
    ],
)
def test_axe_finds_nothing(example: str, size: dict[str, int], fragment: str, open_page: Open) -> None:
    """All rules in light; in dark those that look at colours, as nothing else differs."""
    page = open_page(example, fragment=fragment, viewport=size, color_scheme="light")
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert violations(page, COLOURS) == []


def test_axe_finds_nothing_with_everything_opened(open_page: Open) -> None:
    page = open_page("melasma-type-v-test-patch")
    page.evaluate(OPEN_ALL)
    assert violations(page) == []


def test_axe_finds_nothing_beside_a_problem(open_page: Open) -> None:
    page = open_page("open-questions")
    page.locator("#topic-sun > summary").click()
    page.locator("#fact-sunburn summary").click()
    page.locator('[name="f.sunburn.0.status"][value="happened"]').check(force=True)
    page.locator('[name="f.sunburn.0.on"]').fill("soon")
    page.locator('[name="f.sunburn.0.on"]').press("Enter")
    page.locator("#problems a").wait_for()
    assert violations(page) == []
    assert page.locator('[name="f.sunburn.0.on"]').get_attribute("aria-invalid") == "true"


def test_a_planted_violation_is_found(open_page: Open) -> None:
    page = open_page()
    page.evaluate("const one = document.querySelector('#wishes select'); one.closest('label').replaceWith(one)")
    assert violations(page)


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("evidence/", PHONE),
        ("evidence/indications/atrophic-acne-scars/", DESK),
        ("evidence/indications/neck-lines/", PHONE),
        ("evidence/claims/", DESK),
        ("evidence/claims/acne-scars/", PHONE),
        ("evidence/studies/alam2014/", TABLET),
        ("evidence/sources/alam2014/", PHONE),
        ("evidence/groups/acne_scars.response.one-grade.needling/", DESK),
        ("learn/", PHONE),
        ("learn/recovery/", DESK),
        ("news/", PHONE),
    ],
)
def test_axe_finds_nothing_in_the_rooms_to_read_and_no_page_is_wider_than_its_window(
    path: str, size: dict[str, int], site: str, open_page: Open
) -> None:
    page = open_page(viewport=size, color_scheme="light")
    page.goto(f"{site}/{path}", timeout=60_000)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
