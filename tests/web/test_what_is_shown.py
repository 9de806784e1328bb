"""Every verdict, mark, date and number of the core stands on the page, in words."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from needlewise.consultation import consult, read_case
from needlewise.interop.days import away, plain_day
from needlewise.knowledge import Basis, Mark, Origin, Protocol, Verdict
from needlewise.web.design.marks import mark_words
from needlewise.web.pages.consultation.examples import worked_examples
from needlewise.web.pages.consultation.presenting_care import hours_in_words
from needlewise.web.pages.consultation.wording import readable
from tests.web.filled_forms import URL, text_of

EXAMPLES = worked_examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_reasons_depths_and_sources_of_a_consultation_are_all_on_its_page(
    name: str, client: Client, protocol: Protocol, today: date
) -> None:
    result = consult(read_case(EXAMPLES[name].tables, protocol, today), protocol, today)
    page = client.get(URL, {"example": name})
    text = text_of(page, "what")
    for reason in result.reasons:
        if reason.verdict is not Verdict.ASK:
            assert reason.title in text
            assert mark_words(reason.mark) in text
            for cite in reason.mark.sources:
                assert " ".join(protocol.sources[cite.id].citation.split()) in text
            for conflict in reason.mark.conflicts:
                assert protocol.conflicts[conflict].default in text
    for visit in result.plan.sessions if result.plan else ():
        assert plain_day(visit.on) in text
        assert away(visit.on, today) in text
        for zone in visit.zones:
            assert f"{zone.depth_mm:.2f}" in text
            for step in zone.trace:
                assert step.text in text
    for concern in result.plan.concerns if result.plan else ():
        for out in concern.left_out:
            assert readable(out.why, today) in text
    assert str(result.edition) in text
    assert "not signed by a medical director" in text


def test_a_wait_names_its_day_and_how_far_off_it_is(client: Client) -> None:
    said = text_of(client.get(URL, {"example": "isotretinoin-stopped-90-days-ago"}), "verdict")
    assert "Wait until 22 February 2027 in 90 days" in said


def test_every_verdict_has_its_word_shape_and_meaning(client: Client) -> None:
    html = client.get(URL).content.decode()
    for verdict in Verdict:
        assert f'id="shape-{verdict.word}"' in html
    shapes = re.findall(r'<symbol id="shape-\w[\w-]*"[^>]*>(.*?)</symbol>', html, re.DOTALL)
    assert len(set(shapes)) == len(shapes) >= len(Verdict)


def test_whatever_was_not_read_is_called_our_proposal() -> None:
    for origin in Origin:
        for basis in Basis:
            words = mark_words(Mark(origin, basis=basis))
            assert ("our proposal" in words) is (origin is not Origin.READ)
    assert "clinic habit, no study read" in mark_words(Mark(Origin.CHOSEN, basis=Basis.CLINIC_PRACTICE))
    assert len({mark_words(Mark(Origin.READ, basis=basis)) for basis in Basis}) == len(Basis)


@pytest.mark.parametrize(
    ("days", "words"), [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (12, "in 12 days"), (-88, "88 days ago")]
)
def test_every_day_is_also_told_by_its_distance(days: int, words: str, today: date) -> None:
    assert away(today + timedelta(days=days), today) == words


def test_days_in_texts_of_the_core_are_written_out(today: date) -> None:
    assert readable("Waited out on 2026-12-06.", today) == "Waited out on 6 December 2026 (in 12 days)."
    assert readable("write an [[override]] with a reason", today) == "write an override with a reason"
    assert readable("2026-99-99 is no day", today) == "2026-99-99 is no day"


def test_hours_become_days_where_people_think_in_days() -> None:
    assert hours_in_words(0, 24) == "0–24 h"
    assert hours_in_words(72, 168) == "day 3–7"


def test_two_sides_with_the_same_warning_are_warned_of_once(client: Client) -> None:
    said = text_of(client.get(URL, {"example": "acne-scars-type-iii"}), "plan")
    assert said.count("Measure before going deeper.") == 1
    assert "Cheek, both sides: up to" in said


def test_what_stands_out_is_listed_and_plain_noes_are_not(client: Client) -> None:
    said = text_of(client.get(URL, {"example": "products-calendar"}), "notable")
    assert "retinol" in said
    assert "hydroquinone" not in said


def test_a_wish_without_a_protocol_is_said_beside_the_plan(client: Client, protocol: Protocol) -> None:
    goal = protocol.goal("laxity", "lifted-jaw-line")
    assert goal
    said = text_of(client.get(URL, {"example": "laxity-without-a-protocol"}), "plan")
    assert f"A lifted jaw line. {goal.unsupported_because}" in said


def test_the_verdict_has_the_words_of_the_protocol(client: Client, protocol: Protocol) -> None:
    said = text_of(client.get(URL, {"example": "pregnancy"}), "verdict")
    words = protocol.words(Verdict.EXCLUDE)
    assert words.title in said
    assert words.meaning in said


def test_a_count_asks_for_a_whole_number(client: Client) -> None:
    html = client.get(URL).content.decode()
    field = html[html.index('id="fact-sessions-done"') :]
    assert 'inputmode="numeric"' in field[: field.index("</fieldset>")]
    assert "a whole number" in field[: field.index("</fieldset>")]
    thickness = html[html.index('id="fact-skin-thickness"') :]
    assert 'inputmode="decimal"' in thickness[: thickness.index("</fieldset>")]
