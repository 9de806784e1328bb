"""Photographs in a real browser: choosing, drawing zones by hand and by keys, comparing, looking, and the camera."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from django.test import override_settings
from PIL import ExifTags, Image
from playwright.sync_api import FilePayload, Page, expect

from needlewise.imaging.reading import read_picture
from simulated_skin.truth import Change
from tests.browser.conftest import Open
from tests.browser.test_accessibility import COLOURS, DESK, OPEN_ALL, PHONE, TABLET, violations
from tests.unit.imaging.visits import UNCHANGED, shots
from tests.web.test_photographs import png

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("photographs")]
SECOND = 1000
COMPARED = 300 * SECOND
POINT = re.compile(r"^Point \d of")


@pytest.fixture(autouse=True)
def _on() -> Iterator[None]:
    with override_settings(PHOTOGRAPHS=True):
        yield


@pytest.fixture(scope="module")
def visits() -> tuple[list[FilePayload], ...]:
    """Two pictures of each visit, as a browser is given files; lines are shallower at the second."""
    return tuple(
        [{"name": f"Anna-Muster-{n}.png", "mimeType": "image/png", "buffer": png(one.pixels)} for n, one in enumerate(shots(3, change, "rig", visit))]
        for visit, change in enumerate((UNCHANGED, Change(wrinkle_depth=0.6)))
    )  # fmt: skip


Opened = Callable[..., Page]


@pytest.fixture
def opened(site: str, open_page: Open) -> Opened:
    def open_it(**options: Any) -> Page:
        page = open_page(**options)
        page.goto(f"{site}/photographs/", timeout=60 * SECOND)
        return page

    return open_it


def choose(page: Page, visits: tuple[list[FilePayload], ...]) -> None:
    page.locator("#f-before").set_input_files(visits[0])
    page.locator("#f-after").set_input_files(visits[1])
    expect(page.locator("[data-canvas]")).to_be_visible()


def points(page: Page) -> list[list[float]]:
    """Of the last zone that the text field holds."""
    text = page.locator("#f-zones").input_value().split("\n")[-1].partition(":")[2]
    return [[float(one) for one in pair.split()] for pair in text.split(",") if pair.strip()]


def tap(page: Page, x: float, y: float) -> None:
    overlay = page.locator("[data-overlay]")
    box = overlay.bounding_box()
    assert box is not None
    overlay.click(position={"x": x * box["width"], "y": y * box["height"]})


def compare(page: Page) -> None:
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#result h2")).to_be_focused(timeout=COMPARED)


def test_a_zone_is_drawn_two_visits_are_compared_and_the_pictures_are_looked_at(
    opened: Opened, visits: tuple[list[FilePayload], ...]
) -> None:
    page = opened(color_scheme="light")
    choose(page, visits)
    for x, y in ((0.1, 0.08), (0.9, 0.08), (0.9, 0.58), (0.1, 0.58)):
        tap(page, x, y)
    assert [[round(one, 2) for one in point] for point in points(page)] == [
        [0.1, 0.08], [0.9, 0.08], [0.9, 0.58], [0.1, 0.58]
    ]  # fmt: skip
    page.locator('[name="taken"][value="rig"]').check(force=True)
    page.get_by_label("Pixels in a millimetre").fill("10")
    compare(page)
    result = page.locator("#result")
    row = result.get_by_role("row", name=re.compile("Depth of lines"))
    expect(row).to_contain_text(re.compile(r"Better.*−\d\d % \(−\d\d to −\d\d\)", re.DOTALL))
    expect(page.locator("#said")).to_contain_text("Cheek, left: Depth of lines better")
    assert "Muster" not in result.inner_html()
    # What was chosen and drawn is still there, for another look with another zone.
    assert page.locator("#f-before").evaluate("one => one.files.length") == 2
    assert len(points(page)) == 4
    look_at_pictures(page)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
    for width in (320, 390, 820, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def look_at_pictures(page: Page) -> None:
    pair = page.locator("[data-pair]").first
    after, slider = pair.locator(".ph-after"), pair.get_by_role("slider")
    clipped = "one => getComputedStyle(one).clipPath"
    assert "50%" in after.evaluate(clipped)
    slider.focus()
    page.keyboard.press("Home")
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert "20%" in after.evaluate(clipped)
    expect(slider).to_have_attribute("aria-valuetext", "edge at 20 percent")
    pair.locator("[data-pictures]").scroll_into_view_if_needed()
    box = pair.locator("[data-pictures]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 60)
    page.mouse.up()
    assert slider.input_value() == "80"
    pair.get_by_label("Fade").check(force=True)
    assert after.evaluate("one => getComputedStyle(one).opacity") == "0.8"
    assert after.evaluate(clipped) == "none"
    pair.get_by_label("Lines").check(force=True)
    expect(pair.get_by_role("img", name="map of depth of lines")).to_be_visible()
    expect(after).to_be_hidden()
    expect(slider).to_be_hidden()
    assert pair.locator("img:visible").evaluate("one => one.naturalWidth > 100")
    pair.get_by_label("Both").check(force=True)
    assert pair.locator("img:visible").count() == 2


def test_a_zone_is_drawn_moved_mended_and_undone_with_keys_alone(
    opened: Opened, visits: tuple[list[FilePayload], ...]
) -> None:
    page = opened()
    choose(page, visits)
    page.get_by_role("button", name=re.compile("^Cross for setting points")).focus()
    for moves in (("Shift+ArrowLeft",) * 4, ("Shift+ArrowUp",) * 4, ("Shift+ArrowRight",) * 8):
        for move in moves:
            page.keyboard.press(move)
        page.keyboard.press("Enter")
    assert points(page) == [[0.3, 0.5], [0.3, 0.3], [0.7, 0.3]]
    expect(page.locator("[data-drawing] [data-said]")).to_contain_text("Point 3 of Cheek, left set")
    first = page.get_by_role("button", name=POINT).first
    first.focus()
    page.keyboard.press("ArrowDown")
    assert points(page)[0] == [0.3, 0.505]
    expect(first).to_be_focused()
    page.keyboard.press("Delete")
    assert points(page) == [[0.3, 0.3], [0.7, 0.3]]
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert points(page) == [[0.3, 0.5], [0.3, 0.3], [0.7, 0.3]]
    page.get_by_label("Place of this zone").select_option(label="Forehead")
    assert page.locator("#f-zones").input_value().startswith("forehead: ")
    page.get_by_role("button", name="Another zone").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add a square").focus()
    page.keyboard.press("Enter")
    assert page.locator("#f-zones").input_value().count("\n") == 1
    page.get_by_role("button", name="Delete zone").focus()
    page.keyboard.press("Enter")
    assert page.locator("#f-zones").input_value().startswith("forehead: ")


def lines(page: Page) -> list[str]:
    """What the text field holds, by its heads."""
    return [line.partition(":")[0] for line in page.locator("#f-zones").input_value().split("\n")]


def test_a_stretch_mark_is_drawn_with_keys_given_a_width_and_goes_with_its_zone(
    opened: Opened, visits: tuple[list[FilePayload], ...]
) -> None:
    page = opened(color_scheme="light")
    choose(page, visits)
    mark = page.get_by_role("button", name="Stretch mark", exact=True)
    expect(mark).to_be_disabled()
    page.get_by_label("Place of this zone").select_option(label="Abdomen")
    page.get_by_role("button", name="Add a square").click()
    mark.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("^Cross for setting points")).focus()
    for moves in ("ArrowLeft", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(moves)
        page.keyboard.press("Enter")
    assert points(page) == [[0.495, 0.5], [0.545, 0.5], [0.545, 0.55]]
    expect(page.locator("[data-drawing] [data-said]")).to_contain_text("Point 3 of stretch mark, Abdomen set")
    width = page.get_by_label("Width of this stretch mark")
    width.fill("4,5 mm")
    width.press("Tab")
    assert lines(page) == ["abdomen", "abdomen stripe 4.5 mm"]
    expect(page.locator("[data-list]")).to_contain_text("3 points, 4.5 mm")
    assert violations(page) == []
    # Its zone may be called otherwise, and it goes along; both come back from the text as they were.
    page.get_by_role("button", name=re.compile("^Abdomen")).click()
    expect(width).to_be_hidden()
    page.get_by_label("Place of this zone").select_option(label="Back")
    assert lines(page) == ["back", "back stripe 4.5 mm"]
    text = page.locator("#f-zones").input_value()
    page.locator("#zones-text > summary").click()
    page.locator("#f-zones").fill(f"{text}\nback stripe: 0.4 0.4, 0.5 0.5")
    page.locator("#f-zones").press("Tab")
    expect(page.locator(".ph-outline.is-stripe")).to_have_count(2)
    page.get_by_role("button", name="Delete stretch mark").click()
    assert page.locator("#f-zones").input_value() == text
    page.get_by_role("button", name=re.compile("^Back")).click()
    page.get_by_role("button", name="Delete zone").click()
    assert lines(page) == [""]
    page.get_by_role("button", name="Undo").click()
    assert page.locator("#f-zones").input_value() == text


def test_a_stretch_mark_is_drawn_by_finger_and_mended_by_pointer(
    opened: Opened, visits: tuple[list[FilePayload], ...]
) -> None:
    page = opened(viewport=PHONE, has_touch=True)
    choose(page, visits)
    page.get_by_role("button", name="Add a square").tap()
    page.get_by_role("button", name="Stretch mark", exact=True).tap()
    overlay = page.locator("[data-overlay]")
    overlay.scroll_into_view_if_needed()
    for x, y in ((120, 100), (180, 160)):
        overlay.tap(position={"x": x, "y": y})
    ends = points(page)
    assert len(ends) == 2
    # A tap on the line puts a point between its ends; one beyond an end goes on from there, for no edge closes the line.
    overlay.tap(position={"x": 150, "y": 130})
    assert points(page)[::2] == ends
    page.get_by_role("button", name=POINT).last.tap()
    overlay.tap(position={"x": 200, "y": 210})
    assert points(page)[:1] == ends[:1]
    assert points(page)[2] == ends[1]
    assert len(points(page)) == 4
    expect(page.locator(".ph-outline.is-stripe")).to_have_count(1)


def test_text_that_cannot_be_drawn_is_never_drawn_over(opened: Opened, visits: tuple[list[FilePayload], ...]) -> None:
    page = opened()
    choose(page, visits)
    page.get_by_role("button", name="Add a square").click()
    page.locator("#zones-text > summary").click()
    field = page.locator("#f-zones")
    file = 'unit = "share"\n[[zone]]\nname = "nose"\npolygon = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5]]'
    field.fill(file)
    field.press("Tab")
    expect(page.locator("[data-unread]")).to_be_visible()
    expect(page.get_by_role("button", name="Add a square")).to_be_disabled()
    tap(page, 0.5, 0.5)
    expect(field).to_have_value(file)
    # What was drawn before must not come back over it.
    page.locator(".ph-cross").focus()
    page.keyboard.press("Control+z")
    expect(field).to_have_value(file)
    expect(page.locator("[data-said]")).to_contain_text("what cannot be drawn here")
    field.fill("")
    field.press("Tab")
    expect(page.locator("[data-unread]")).to_be_hidden()
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    # A point is gripped with the pointer while the text is still being written: what is written wins.
    page.get_by_role("button", name="Add a square").click()
    field.fill(file)
    page.get_by_role("button", name=POINT).first.hover()
    page.mouse.down()
    page.mouse.move(300, 300, steps=4)
    page.mouse.up()
    expect(field).to_have_value(file)
    field.fill("")
    field.press("Tab")
    expect(page.locator("[data-unread]")).to_be_hidden()
    page.get_by_role("button", name="Add a square").click()
    assert len(points(page)) == 4


def test_points_are_dragged_put_into_edges_and_taken_away_by_pointer(
    opened: Opened, visits: tuple[list[FilePayload], ...]
) -> None:
    page = opened()
    choose(page, visits)
    page.get_by_role("button", name="Add a square").click()
    before = points(page)
    page.get_by_role("button", name=POINT).first.hover()
    page.mouse.down()
    box = page.locator("[data-overlay]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.1 * box["height"], steps=4)
    page.mouse.up()
    assert [round(one, 2) for one in points(page)[0]] == [0.1, 0.1]
    assert points(page)[1:] == before[1:]
    page.get_by_role("button", name="Undo").click()
    assert points(page) == before
    tap(page, before[1][0], 0.5)
    assert [round(one, 2) for one in points(page)[2]] == [round(before[1][0], 2), 0.5]
    assert len(points(page)) == 5
    page.get_by_role("button", name="Delete point").click()
    assert points(page) == before


def test_fingers_draw_as_well(opened: Opened, visits: tuple[list[FilePayload], ...]) -> None:
    page = opened(viewport=PHONE, has_touch=True)
    choose(page, visits)
    overlay = page.locator("[data-overlay]")
    overlay.scroll_into_view_if_needed()
    for x, y in ((60, 60), (200, 60), (200, 220)):
        overlay.tap(position={"x": x, "y": y})
    assert len(points(page)) == 3
    handle = page.get_by_role("button", name=POINT).first.bounding_box()
    assert handle is not None
    assert min(handle["width"], handle["height"]) >= 43


def test_a_picture_held_sideways_is_shown_upright_as_it_is_measured(opened: Opened) -> None:
    out, facts = BytesIO(), Image.Exif()
    facts[ExifTags.Base.Orientation] = 6
    Image.new("RGB", (300, 180), (190, 150, 130)).save(out, "JPEG", exif=facts)
    data = out.getvalue()
    page = opened()
    page.locator("#f-before").set_input_files({"name": "x.jpg", "mimeType": "image/jpeg", "buffer": data})
    canvas = page.locator("[data-canvas]")
    expect(canvas).to_be_visible()
    measured = read_picture(data)
    assert canvas.evaluate("one => [one.width, one.height]") == [measured.width_px, measured.height_px] == [180, 300]


def test_zones_written_as_text_are_drawn(opened: Opened, visits: tuple[list[FilePayload], ...]) -> None:
    page = opened()
    choose(page, visits)
    page.locator("#zones-text > summary").click()
    page.locator("#f-zones").fill("nose: 0.2 0.2, 0.6 0.2, 0.4 0.6")
    page.locator("#f-zones").press("Tab")
    expect(page.get_by_role("button", name=POINT)).to_have_count(3)
    expect(page.get_by_label("Place of this zone")).to_have_value("nose")


@pytest.mark.parametrize("size", [DESK, TABLET, PHONE])
def test_axe_finds_nothing_while_one_fills_in_and_where_something_is_wrong(
    size: dict[str, int], opened: Opened, visits: tuple[list[FilePayload], ...]
) -> None:
    page = opened(viewport=size, color_scheme="light")
    page.evaluate(OPEN_ALL)
    assert violations(page) == []
    page.locator("#f-before").set_input_files(visits[0])
    expect(page.locator("[data-canvas]")).to_be_visible()
    page.get_by_role("button", name="Add a square").click()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#troubles-here h2")).to_have_text("This cannot be compared yet")
    expect(page.locator("#troubles-here h2")).to_be_focused()
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.get_by_role("link", name="After: no picture.").click()
    expect(page.locator("#f-after")).to_be_focused()


def test_all_that_is_wrong_is_told_beside_its_field_and_what_was_typed_and_chosen_stays(
    opened: Opened, visits: tuple[list[FilePayload], ...]
) -> None:
    page = opened(viewport=PHONE, color_scheme="light")
    page.locator("#f-before").set_input_files([visits[0][0], {**visits[0][0], "buffer": b"no picture"}])
    page.locator("#f-after").set_input_files([visits[1][0]] * 7)
    scale = page.get_by_label("Pixels in a millimetre")
    scale.fill("a lot")
    page.locator("#zones-text > summary").click()
    page.locator("#f-zones").fill("moon: 0.1 0.1, 0.2 0.2, 0.1 0.2")
    page.locator("#zones-text > summary").click()
    sent: list[bytes] = []
    page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#troubles-here h2")).to_be_focused(timeout=COMPARED)
    # Of seven pictures none goes out to be refused.
    assert b'name="after"' not in sent[-1]
    for field, found in (
        ("before", "Before 2: "),
        ("after", "After: too many or too large pictures"),
        ("zones", "Zones, line 1: no place of that name."),
        ("px_per_mm", "is no scale."),
    ):
        expect(page.locator(f"#fault-{field}")).to_contain_text(found)
        expect(page.locator(f"#fault-{field}")).to_be_visible()
        expect(page.locator(f"#f-{field}")).to_have_attribute("aria-invalid", "true")
        link = page.locator(f'.ph-troubles a[href="#f-{field}"]')
        link.click()
        expect(page.locator(f"#f-{field}")).to_be_focused()
    expect(page.locator("#told-after")).to_contain_text("7 pictures: at most 6")
    expect(scale).to_have_value("a lot")
    expect(page.locator("#f-zones")).to_have_value("moon: 0.1 0.1, 0.2 0.2, 0.1 0.2")
    assert page.locator("#f-before").evaluate("one => one.files.length") == 2
    expect(page.locator(".ph-troubles")).to_contain_text("So are the pictures that were chosen.")
    assert violations(page) == []
    # What is mended is no longer marked.
    scale.fill("10")
    expect(page.locator("#fault-px_per_mm")).to_be_hidden()
    expect(scale).not_to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Take out before 2").click()
    expect(page.locator("#fault-before")).to_be_hidden()


def test_too_many_pictures_and_what_is_no_picture_are_told_as_they_are_chosen(
    opened: Opened, visits: tuple[list[FilePayload], ...]
) -> None:
    page = opened()
    page.locator("#f-before").set_input_files([visits[0][0]] * 7)
    told = page.locator("#told-before")
    expect(told).to_have_text("7 pictures: at most 6 of each visit. Take some out.")
    page.get_by_role("button", name="Take out before 7").click()
    expect(told).to_have_text("")
    expect(page.locator('[data-visit="before"] .ph-shot')).to_have_count(6)
    page.locator("#f-before").set_input_files({"name": "x.heic", "mimeType": "image/heic", "buffer": b"no"})
    expect(page.locator("[data-empty]")).to_contain_text("This browser cannot show that kind of picture.")
    assert "Muster" not in page.locator("main").inner_text()


def test_without_scripts_zones_are_written_and_the_page_answers(
    opened: Opened, visits: tuple[list[FilePayload], ...]
) -> None:
    page = opened(java_script_enabled=False, viewport=PHONE)
    expect(page.get_by_role("button", name="Take with the camera")).to_have_count(0)
    page.locator("#f-before").set_input_files(visits[0])
    page.locator("#f-after").set_input_files(visits[1])
    page.locator("#zones-text > summary").click()
    page.locator("#f-zones").fill("cheek-left: 0.1 0.08, 0.9 0.08, 0.9 0.58, 0.1 0.58")
    page.get_by_label("Fixed rig").check(force=True)
    page.get_by_label("Pixels in a millimetre").fill("ten")
    page.get_by_role("button", name="Compare").click(timeout=COMPARED)
    expect(page.locator("#troubles-here")).to_contain_text("choose the pictures again", timeout=60 * SECOND)
    expect(page.locator("#f-zones")).to_have_value("cheek-left: 0.1 0.08, 0.9 0.08, 0.9 0.58, 0.1 0.58")
    expect(page.get_by_label("Fixed rig")).to_be_checked()
    page.locator("#f-before").set_input_files(visits[0])
    page.locator("#f-after").set_input_files(visits[1])
    page.get_by_label("Pixels in a millimetre").fill("10")
    page.get_by_role("button", name="Compare").click(timeout=COMPARED)
    expect(page.locator("#result h2")).to_have_text("What was found", timeout=COMPARED)
    expect(page.locator(".ph-pair").first.locator("img:visible")).to_have_count(2)
    expect(page.get_by_role("slider")).to_have_count(0)
    page.locator(".ph-pair").first.get_by_label("Melanin").check(force=True)
    expect(page.locator(".ph-pair").first.locator("img:visible")).to_have_count(1)


def test_the_camera_lays_the_first_picture_over_and_takes_three(
    opened: Opened, visits: tuple[list[FilePayload], ...]
) -> None:
    page = opened(permissions=["camera"], color_scheme="light")
    page.locator("#f-before").set_input_files(visits[0])
    expect(page.locator("[data-canvas]")).to_be_visible()
    page.locator('[data-camera="after"]').click()
    sheet = page.get_by_role("dialog", name="Camera: after")
    expect(sheet.locator("[data-sharp-words]")).to_have_text(re.compile(r"^\d+ % of the best$"))
    expect(sheet.locator("[data-light]")).to_have_text(re.compile(r"^(Good|Too bright|Too dark): "))
    ghost = sheet.locator("[data-ghost]")
    opacity = "one => getComputedStyle(one).opacity"
    assert ghost.evaluate(opacity) == "0.35"
    sheet.get_by_label("First picture, laid over").fill("60")
    assert ghost.evaluate(opacity) == "0.6"
    for view, guide in (("Left side", "left"), ("Right side", "right"), ("Body", "body"), ("Front", "front")):
        sheet.get_by_label(view).check(force=True)
        expect(sheet.locator(f".cam-guide.is-{guide}")).to_be_visible()
        expect(sheet.locator(".cam-guide:visible")).to_have_count(1)
    assert violations(page) == []
    sheet.get_by_role("button", name="Take three").click()
    expect(sheet.locator("[data-taken]")).to_have_text("3 pictures are in the form.", timeout=20 * SECOND)
    film = "() => document.querySelector('[data-video]').srcObject"
    assert page.evaluate(film) is not None
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.wait_for_function(f"() => ({film})() === null")
    kinds = page.locator("#f-after").evaluate("one => [...one.files].map((file) => [file.type, file.size > 1000])")
    assert kinds == [["image/jpeg", True]] * 3
    expect(page.locator('[data-visit="after"] .ph-shot')).to_have_count(3)


def test_without_permission_the_camera_says_what_to_do(opened: Opened) -> None:
    page = opened(viewport=PHONE, color_scheme="light")
    page.locator('[data-camera="before"]').click()
    sheet = page.get_by_role("dialog", name="Camera: before")
    expect(sheet.locator("[data-message]")).to_contain_text("Allow it for this address in the browser")
    expect(sheet.locator("[data-message]")).to_contain_text("chosen as files instead")
    expect(sheet.get_by_role("button", name="Take three")).to_be_disabled()
    assert violations(page) == []
    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_be_hidden()


def test_sharpness_falls_with_blur_and_lost_light_is_told(opened: Opened) -> None:
    page = opened()
    found = page.evaluate(
        """async () => {
          const { sharpness, lost, lightWords } = await import("/static/js/camera.js");
          const side = 64;
          const drawn = (blur, light) => {
            const canvas = new OffscreenCanvas(side, side);
            const pen = canvas.getContext("2d");
            pen.fillStyle = light;
            pen.fillRect(0, 0, side, side);
            pen.filter = `blur(${blur}px)`;
            pen.fillStyle = "#6a5040";
            for (let x = 4; x < side; x += 12) pen.fillRect(x, 0, 4, side);
            return pen.getImageData(0, 0, side, side).data;
          };
          const words = (light) => lightWords(lost(drawn(0, light)));
          return {
            sharp: [0, 1, 2, 4].map((blur) => sharpness(drawn(blur, "#c8a48c"), side, side)),
            light: ["#c8a48c", "#ffffff", "#000000", "#3a2418"].map(words),
          };
        }"""
    )
    assert found["sharp"] == sorted(found["sharp"], reverse=True)
    assert found["sharp"][0] > 4 * found["sharp"][2] > 0
    # Dark skin is not "too dark": only what is lost is told.
    assert [one.split(":")[0] for one in found["light"]] == ["Good", "Too bright", "Too dark", "Good"]


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_with_one_more_room_every_room_takes_a_thumb_and_none_is_cut_off(width: int, opened: Opened) -> None:
    page = opened(viewport={"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    places = page.locator(".rooms a").evaluate_all("all => all.map((one) => one.getBoundingClientRect().toJSON())")
    assert len(places) == 6
    assert min(one["height"] for one in places) >= 44
    assert max(one["right"] for one in places) <= width
    assert len({one["top"] for one in places}) <= (2 if width < 390 else 1)
