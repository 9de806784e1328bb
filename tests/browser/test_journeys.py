"""Whole consultations by hand: tap, answer, read, take away; with keys alone, without scripts, without a network."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open

PHONE = {"width": 390, "height": 844}


def title(page: Page) -> str:
    return page.locator("#verdict .verdict-title").inner_text()


def begin(page: Page) -> None:
    """Wish for shallower scars on both cheeks, by the map."""
    page.locator('[name="c.0.wish"]').select_option("goal:shallower-acne-scars")
    page.locator(".severity").get_by_role("radio", name="Moderate", exact=True).check()
    page.locator("#zone-head-cheek-left").dispatch_event("click")
    expect(page.locator("#verdict .verdict-title")).to_have_text("Ask first")


def answer(page: Page, words: str) -> str:
    """Press an answer of the prominent question and wait for the next one; returns the question answered."""
    question = page.locator("#next-question").inner_text()
    page.locator("#next").get_by_role("button", name=words, exact=True).click()
    expect(page.locator("#next-question")).not_to_have_text(question)
    return question


def test_taps_and_answers_change_the_verdict_in_place(open_page: Open) -> None:
    page = open_page()
    begin(page)
    assert page.locator('[name="c.0.zones"]:checked').count() == 2
    page.locator('#next [name="next.on"]').fill("1990-05-01")
    page.locator('#next [name="next.on"]').press("Tab")
    expect(page.locator("#next-question")).not_to_contain_text("date of birth")
    address = page.url
    for _ in range(3):
        answer(page, "No")
    page.locator("#topic-skin-conditions > summary").click()
    page.locator("#fact-keloid-history").get_by_role("radio", name="Yes", exact=True).check()
    expect(page.locator("#verdict .verdict-title")).to_have_text("Do not treat")
    page.locator("#fact-keloid-history").get_by_role("radio", name="No", exact=True).check()
    expect(page.locator("#verdict .verdict-title")).to_have_text("Ask first")
    assert page.url == address


def test_a_question_of_the_case_itself_leads_to_its_field(open_page: Open) -> None:
    """Which device is not asked by a list of answers: the prominent question opens the field that takes it."""
    page = open_page("acne-scars-type-iii")
    page.locator("#clinic > summary").click()
    page.locator('[name="devices"]:checked').uncheck()
    expect(page.locator("#next-question")).to_have_text("Which device is used?")
    page.locator("#clinic > summary").click()
    page.locator("#next").get_by_role("link", name="Go to its field").click()
    expect(page.locator('[name="devices"]').first).to_be_focused()
    page.locator('[name="devices"]').first.check()
    expect(page.locator("#next-question")).to_have_count(0)


def test_an_answer_keeps_scroll_focus_and_what_was_opened(open_page: Open) -> None:
    page = open_page("melasma-type-v-test-patch")
    page.locator("#reason-0 > summary").click()
    page.locator("#what").evaluate("(pane) => { pane.scrollTop = 420; }")
    page.locator("#topic-health > summary").click()
    page.locator("#fact-smoking summary").click()
    smoker = page.locator('[name="f.smoking.0.status"][value="yes"]')
    smoker.focus()
    smoker.press("Space")
    expect(page.locator("#notable")).to_contain_text("smoke")
    assert abs(page.locator("#what").evaluate("(pane) => pane.scrollTop") - 420) < 60  # what is in view stays in view
    assert page.evaluate("document.activeElement.value + document.activeElement.name") == "yesf.smoking.0.status"
    assert page.locator("#reason-0").evaluate("(one) => one.open")


def test_none_of_the_rest_answers_a_topic_in_one_tap(open_page: Open) -> None:
    page = open_page()
    begin(page)
    page.locator("#topic-health > summary").click()
    page.locator("#topic-health").get_by_role("button", name="None of the rest applies").click()
    expect(page.locator("#topic-health .topic-count")).to_contain_text("14 of 14")
    expect(page.locator("#fact-diabetes [data-said]")).to_have_text("No")
    assert page.locator('[name="f.diabetes.0.status"][value="none"]').is_checked()


def test_an_answer_may_differ_between_cheeks(open_page: Open) -> None:
    page = open_page("acne-scars-type-iii")
    page.locator("#topic-skin-conditions-here > summary").click()
    page.locator("#fact-inflammatory-acne summary").click()
    page.locator("#fact-inflammatory-acne").get_by_role("button", name="Different in some zones").click()
    row = page.locator('[data-row="f.inflammatory-acne.1"]')
    row.get_by_role("radio", name="Yes, now", exact=True).check()
    row.get_by_role("checkbox", name="Cheek, left", exact=True).check()
    expect(page.locator(".verdict-places")).to_contain_text("Cheek, left")
    expect(page.locator("#zone-head-cheek-left")).to_have_class(re.compile("tone-defer"))
    expect(page.locator("#zone-head-cheek-right")).to_have_class(re.compile("tone-proceed"))


def test_two_concerns_take_turns_on_the_map(open_page: Open) -> None:
    page = open_page("acne-scars-type-iii")
    page.get_by_role("button", name="Add another concern").click()
    page.locator('[name="c.1.wish"]').select_option("goal:softer-neck-lines")
    page.locator("#zone-head-neck").dispatch_event("click")
    expect(page.locator("[data-number=neck]").first).to_have_text("2")
    expect(page.locator("[data-number=cheek-left]").first).to_have_text("1")
    assert page.locator('[name="c.1.zones"]:checked').count() == 1
    page.locator(".concern-tab").get_by_role("radio", name="1 Atrophic acne scars").check()
    expect(page.locator("#zone-head-neck")).to_have_attribute("aria-pressed", "false")
    page.locator("#zone-head-chin").dispatch_event("click")
    expect(page.locator("[data-number=chin]").first).to_have_text("1")


def test_the_map_and_the_questions_work_with_keys_alone(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator('[name="c.0.wish"]').focus()
    page.keyboard.press("a")
    expect(page.locator(".severity")).to_be_visible()
    cheek = page.locator("#zone-head-cheek-left")
    for _ in range(60):
        page.keyboard.press("Tab")
        if cheek.evaluate("(zone) => zone === document.activeElement"):
            break
    assert cheek.evaluate("(zone) => zone === document.activeElement")
    assert page.locator('svg[data-view="head"] [data-focus]').get_attribute("d") == cheek.get_attribute("d")
    page.keyboard.press("Space")
    expect(cheek).to_have_attribute("aria-pressed", "true")
    expect(cheek).to_have_attribute("aria-label", re.compile("Cheek, left: ask first"))
    assert cheek.evaluate("(zone) => zone === document.activeElement")
    page.keyboard.press("Enter")
    expect(cheek).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Enter")
    expect(page.locator("#next")).to_contain_text("date of birth")
    page.locator('#next [name="next.on"]').focus()
    page.keyboard.type("19900501")
    page.keyboard.press("Enter")
    expect(page.locator("#next")).not_to_contain_text("date of birth")
    assert page.evaluate("document.activeElement.id") == "next-question"


def test_every_zone_of_the_map_is_a_named_button_and_a_box_of_the_list(open_page: Open) -> None:
    page = open_page()
    zones = page.locator(".zone").all()
    assert len(zones) > 20
    for zone in zones:
        assert zone.get_attribute("role") == "button"
        assert zone.get_attribute("tabindex") == "0"
        assert zone.get_attribute("aria-label")
        assert page.locator(f'[name="c.0.zones"][value="{zone.get_attribute("data-place")}"]').count() == 1


def test_without_scripts_the_whole_consultation_still_works(open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    page.locator('[name="c.0.wish"]').select_option("goal:shallower-acne-scars")
    page.locator("#places summary").first.click()
    page.locator('[name="c.0.zones"][value="cheek-left"]').check(force=True)
    page.get_by_role("button", name="Update the verdict").click()
    assert title(page) == "Ask first"
    assert "tone-ask" in (page.locator("#zone-head-cheek-left").get_attribute("class") or "")
    page.locator(".severity").get_by_role("radio", name="Mild", exact=True).check()
    page.locator('#next [name="next.on"]').fill("1990-05-01")
    page.locator("#next").get_by_role("button", name="Set").click()
    assert "date of birth" not in page.locator("#next-question").inner_text()
    assert page.locator('[name="f.birth-date.0.on"]').input_value() == "1990-05-01"
    assert page.locator('[name="c.0.severity"][value="mild"]').is_checked()
    page.locator("#next").get_by_role("button", name="Yes", exact=True).click()
    assert title(page) == "Do not treat"


def test_downloads_are_made_from_the_page_and_leave_it_as_it_is(open_page: Open, tmp_path: Path) -> None:
    page = open_page("acne-scars-type-iii")
    for name, start in (
        ("plan.pdf", b"%PDF"),
        ("practitioner.pdf", b"%PDF"),
        ("calendar.ics", b"BEGIN:VCALENDAR"),
        ("case.toml", b"# A"),
    ):
        with page.expect_download() as waiting:
            page.locator(f'[formaction$="{name}"]').click()
        assert waiting.value.suggested_filename == name
        waiting.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)
    assert title(page) == "May be treated"


def test_a_lost_network_loses_no_answer_and_the_next_try_counts(open_page: Open) -> None:
    page = open_page("acne-scars-type-iii", may_fail=True)
    page.locator("#topic-skin-conditions > summary").click()
    page.locator("#fact-keloid-history summary").click()

    def broken(route: Route) -> None:
        route.abort("connectionfailed")

    page.route("**/consultation/", broken)
    page.locator("#fact-keloid-history").get_by_role("radio", name="Yes", exact=True).check()
    expect(page.locator("#network")).to_be_visible()
    expect(page.locator("#network")).to_contain_text("Your answers are still here")
    assert title(page) == "May be treated"
    assert page.locator('[name="f.keloid-history.0.status"][value="yes"]').is_checked()
    page.unroute("**/consultation/", broken)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#verdict .verdict-title")).to_have_text("Do not treat")
    expect(page.locator("#network")).to_be_hidden()


def test_a_slow_answer_does_not_overwrite_what_is_typed_meanwhile(open_page: Open) -> None:
    page = open_page("isotretinoin-stopped-90-days-ago")
    page.locator(".letter > summary").first.click()

    def slow(route: Route) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/consultation/", slow)
    page.locator('[name="k.isotretinoin-recent.by"]').fill("Dr Example")
    page.locator('[name="k.isotretinoin-recent.on"]').click()
    page.keyboard.type("2026-11-")
    page.wait_for_timeout(900)
    page.keyboard.type("01")
    assert page.locator('[name="k.isotretinoin-recent.on"]').input_value() == "2026-11-01"
    assert page.locator('[name="k.isotretinoin-recent.by"]').input_value() == "Dr Example"


def test_leaving_the_page_with_answers_on_it_asks_first_and_taking_away_does_not(open_page: Open) -> None:
    page = open_page("acne-scars-type-iii")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#topic-health > summary").click()
    page.locator("#fact-smoking summary").click()
    page.locator("#fact-smoking").get_by_role("radio", name="Yes", exact=True).check()
    expect(page.locator("#notable")).to_contain_text("smoke")
    with page.expect_download():
        page.locator('[formaction$="case.toml"]').click()
    assert asked == []
    page.wait_for_timeout(2100)
    page.get_by_role("link", name="Start afresh").click()
    expect(page.locator("#verdict")).to_contain_text("May we treat")
    assert asked == ["beforeunload"]


def test_a_depth_is_chosen_in_steps_of_the_dial_and_the_plan_follows(open_page: Open) -> None:
    page = open_page("acne-scars-type-iii")
    page.locator("#depth-choices > summary").click()
    deeper = page.get_by_role("button", name="Cheek, left: deeper")
    deeper.click()
    expect(page.locator(".doses .depth").first).to_have_text("0.75")
    assert page.locator('[name="depth.cheek-left.mm"]').input_value() == "0.75"
    page.locator('[name="depth.cheek-left.reason"]').fill("measured")
    page.locator('[name="depth.cheek-left.reason"]').press("Enter")
    expect(page.locator("#plan")).to_contain_text("measured")


def test_on_a_phone_one_step_is_shown_at_a_time_and_the_verdict_stays_in_sight(open_page: Open) -> None:
    page = open_page("isotretinoin-stopped-90-days-ago", viewport=PHONE)
    for step, others in (("Where", ["who", "what"]), ("What", ["who", "where"]), ("Who", ["where", "what"])):
        page.locator(".steps").get_by_role("link", name=step, exact=True).click()
        expect(page.locator(f"#{step.lower()}")).to_be_visible()
        for other in others:
            expect(page.locator(f"#{other}")).to_be_hidden()
        expect(page.locator("#steps-verdict")).to_be_in_viewport()
        expect(page.locator("#steps-verdict")).to_contain_text("Wait until 22 February 2027")


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("size", [(320, 640), (720, 500), (1440, 1000)])
def test_nothing_spills_over_the_side(size: tuple[int, int], direction: str, open_page: Open) -> None:
    """320 px wide, a desk at 200 % zoom (720 x 500), and a desk; read from either side."""
    page = open_page("two-goals-that-fit", viewport={"width": size[0], "height": size[1]})
    page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
    for step in ("#who", "#where", "#what"):
        page.evaluate("(step) => { location.hash = step; }", step)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = !one.matches('.menu'); })")
        wide = page.evaluate(
            """() => [document.documentElement, ...document.querySelectorAll('.pane')]
                .filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.id || box.tagName)"""
        )
        assert wide == []


def test_targets_are_large_enough_for_a_gloved_finger(open_page: Open) -> None:
    page = open_page("open-questions", viewport=PHONE)
    for step in ("#who", "#where", "#what"):
        page.evaluate("(step) => { location.hash = step; }", step)
        small = page.evaluate(
            """() => [...document.querySelectorAll('button, select, summary, .option, .steps a, input[type=text]')]
                .filter((one) => one.checkVisibility() && !one.matches('.unseen') && one.getBoundingClientRect().height < 43.5)
                .map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert small == []


def test_with_reduced_motion_nothing_moves(open_page: Open) -> None:
    page = open_page("open-questions", reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll('*')].flatMap((one) => ['', '::before', '::after'].map((part) => getComputedStyle(one, part)))
            .filter((style) => style.transitionDuration !== '0s' || style.animationName !== 'none').length"""
    )
    assert moving == 0


def test_on_paper_the_verdict_and_plan_stand_alone(open_page: Open) -> None:
    page = open_page("acne-scars-type-iii")
    page.emulate_media(media="print")
    expect(page.locator("#verdict")).to_be_visible()
    for hidden in ("#who", "#where", ".steps", ".take-buttons"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_titles_and_numbers_are_set_in_the_type_that_is_shipped(open_page: Open) -> None:
    page = open_page("acne-scars-type-iii")
    loaded = page.evaluate(
        "document.fonts.ready.then(() => [...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family))"
    )
    assert {'"Source Sans"', '"Source Serif"'} <= set(loaded) or {"Source Sans", "Source Serif"} <= set(loaded)
    numbers = page.locator(".depth-large").first.evaluate("(one) => getComputedStyle(one).fontVariantNumeric")
    assert "tabular-nums" in numbers
