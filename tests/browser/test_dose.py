"""The calculator of the dose in a real browser: it answers while one types, and it works without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_accessibility import COLOURS, DESK, OPEN_ALL, PHONE, TABLET, violations

PEN = (
    "device=pen&zone=cheek&depth_mm=1&needle_count=12&needle_diameter_mm=0.25&strokes_per_second=100"
    "&swept_width_mm=10&glide_mm_per_second=20&passes=2&for_holes=1500"
)
PAGES = (("", DESK), (PEN, DESK), (PEN, TABLET), (PEN, PHONE), ("device=exceed&zone=under-eye&depth_mm=9", PHONE))


@pytest.mark.parametrize(("query", "size"), PAGES)
def test_axe_finds_nothing_on_the_dose(query: str, size: dict[str, int], site: str, open_page: Open) -> None:
    page = open_page(viewport=size, color_scheme="light")
    page.goto(f"{site}/dose/?{query}", timeout=60_000)
    page.evaluate(OPEN_ALL)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_no_dose_is_wider_than_its_window(width: int, site: str, open_page: Open) -> None:
    page = open_page(viewport={"width": width, "height": 844})
    for query in ("", PEN, "device=medical_dermaroller&zone=under-eye&depth_mm=1.5&passes=15&for_holes=900"):
        page.goto(f"{site}/dose/?{query}", timeout=60_000)
        page.evaluate(OPEN_ALL)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_dose_follows_what_is_typed_and_its_address_can_be_kept(site: str, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{site}/dose/?{PEN}", timeout=60_000)
    holes = page.locator("#figure-holes .depth-large")
    expect(holes).to_have_text("1,200 per cm²")
    page.get_by_label("Passes").fill("3")
    expect(holes).to_have_text("1,800 per cm²")
    expect(page.get_by_label("Passes")).to_be_focused()
    expect(page.locator("#said")).to_contain_text("Holes: 1,800 per cm²")
    assert "passes=3" in page.url
    page.reload()
    expect(holes).to_have_text("1,800 per cm²")


def test_another_device_brings_its_own_fields_and_keeps_the_rest(site: str, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{site}/dose/?{PEN}", timeout=60_000)
    page.locator("#f-device").focus()
    page.locator("#f-device").select_option("medical_dermaroller")
    expect(page.get_by_label("Width of the drum")).to_be_visible()
    expect(page.get_by_label("Glide speed")).to_have_count(0)
    expect(page.get_by_label("Depth")).to_have_value("1")
    expect(page.locator("#f-device")).to_be_focused()
    page.get_by_label("Needles", exact=True).fill("192")
    expect(page.locator("#figure-holes .depth-large")).to_have_text("30.6 per cm²")


def test_without_scripts_a_dose_is_reckoned_by_a_press_of_the_button(site: str, open_page: Open) -> None:
    page = open_page(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto(f"{site}/dose/", timeout=60_000)
    page.locator("#f-device").select_option("stamp")
    page.get_by_role("button", name="Reckon").click()
    for label, value in (("Needles", "25"), ("Stamps", "12"), ("Area", "6"), ("Depth", "0.5")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Reckon").click()
    expect(page.locator("#figure-holes .depth-large")).to_have_text("50 per cm²")
    expect(page.locator("#figure-injured")).to_contain_text("Nobody has stated: width of a needle.")
