"""Answers change the verdict, the next question and the parts of the form that hang on them; nothing else is sent."""

import re
from datetime import date

import pytest
from django.test import Client

from needlewise.consultation import consult, read_case
from needlewise.knowledge import Kind, Protocol
from needlewise.web.pages.consultation.asking import by_weight, safe_answer
from tests.web.filled_forms import ACNE, URL, ask, fields_of, post, regions_of, swapped, text_of


def test_the_first_question_is_the_one_the_core_names_first(client: Client, protocol: Protocol, today: date) -> None:
    tables = {"concern": [{"goal": "shallower-acne-scars", "severity": "moderate", "zones": ["cheek"]}]}
    first = consult(read_case(tables, protocol, today), protocol, today).questions[0]
    fact = protocol.facts[first.fact]
    asked = protocol.facts[fact.derived_from] if fact.derived_from else fact
    said = text_of(post(client, ACNE), "next")
    assert asked.question in said
    assert asked.asked_because in said


def test_an_answered_question_gives_way_to_the_next(client: Client) -> None:
    before = text_of(post(client, ACNE), "next-question")
    after = text_of(post(client, {**ACNE, "f.birth-date.0.on": "1990-05-01"}), "next-question")
    assert "date of birth" in before
    assert after != before


def test_an_answer_sends_the_verdict_and_only_the_fields_that_changed(client: Client) -> None:
    page = post(client, ACNE)
    have = regions_of(page)
    answer = ask(client, {**ACNE, "f.keloid-history.0.status": "yes"}, have)
    assert not answer.content.startswith(b"<!doctype")
    assert "Do not treat" in text_of(answer, "verdict")
    assert {"verdict", "steps-verdict", "map-state", "plan", "care", "problems"} <= swapped(answer)
    assert not {name for name in swapped(answer) if name.startswith("fact-")}
    assert "wishes" not in swapped(answer)


def test_a_question_that_comes_to_apply_is_sent_and_shown(client: Client) -> None:
    have = regions_of(post(client, {**ACNE, "f.anticoagulant.0.status": "never"}))
    answer = ask(client, {**ACNE, "f.anticoagulant.0.status": "now"}, have)
    assert "fact-anticoagulant-kind" in swapped(answer)
    assert not re.search(r'id="fact-anticoagulant-kind"[^>]* hidden', answer.content.decode())


def test_a_question_that_stops_applying_is_sent_and_hidden(client: Client) -> None:
    have = regions_of(post(client, ACNE))
    answer = ask(client, {**ACNE, "f.sex.0.status": "male"}, have)
    assert re.search(r'id="fact-pregnant"[^>]* hidden', answer.content.decode())


def test_an_answer_stays_in_sight_though_its_question_no_longer_applies(client: Client) -> None:
    page = post(client, {**ACNE, "f.pregnant.0.status": "possible", "f.sex.0.status": "male"})
    assert not re.search(r'id="fact-pregnant"[^>]* hidden', page.content.decode())
    assert "It is possible" in text_of(page, "fact-pregnant")


def test_a_button_of_the_prominent_question_answers_it_without_a_script(client: Client) -> None:
    page = post(client, {**ACNE, "f.birth-date.0.on": "1990-05-01", "do": "answer:keloid-history=yes"})
    assert dict(fields_of(page))["f.keloid-history.0.status"] == "yes"
    assert "Do not treat" in text_of(page, "verdict")


def test_a_day_typed_beside_the_prominent_question_counts_only_with_its_button(client: Client) -> None:
    typed = {**ACNE, "next.on": "1990-05-01"}
    with_button = post(client, {**typed, "do": "answer:birth-date"})
    without = post(client, {**typed, "do": "update"})
    assert dict(fields_of(with_button))["f.birth-date.0.on"] == "1990-05-01"
    assert dict(fields_of(without))["f.birth-date.0.on"] == ""


def test_none_of_the_rest_writes_a_plain_no_beside_answers_that_stay(client: Client, protocol: Protocol) -> None:
    page = post(client, {**ACNE, "f.smoking.0.status": "yes", "do": "none:health"})
    fields = dict(fields_of(page))
    assert fields["f.smoking.0.status"] == "yes"
    for fact in by_weight(protocol):
        if fact.topic == "Health" and fact.id != "smoking":
            assert fields.get(f"f.{fact.id}.0.status") == safe_answer(fact), fact.id
    assert "f.isotretinoin.0.status" not in fields


def test_a_plain_no_is_the_least_risky_answer_and_reads_as_a_no(protocol: Protocol) -> None:
    for fact in by_weight(protocol):
        safe = safe_answer(fact)
        if safe and fact.kind is not Kind.EVENT:
            assert safe == fact.options[0]
            assert (fact.labels or {}).get(safe, safe).lower().startswith(("no", "never")), fact.id
    assert safe_answer(protocol.facts["recovery-normal"]) == ""
    assert safe_answer(protocol.facts["birth-date"]) == ""


def test_an_answer_may_differ_in_some_zones(client: Client) -> None:
    page = post(client, {**ACNE, "f.inflammatory-acne.0.status": "none", "do": "row:inflammatory-acne"})
    assert 'name="f.inflammatory-acne.1.where"' in page.content.decode()
    fields = [
        *fields_of(page),
        ("f.inflammatory-acne.1.status", "active"),
        ("f.inflammatory-acne.1.where", "cheek-left"),
    ]
    answer = post(client, fields)
    said = text_of(answer, "map-state")
    assert said == ""
    states = re.findall(r'<i data-place="([^"]+)" data-tone="([^"]+)"', answer.content.decode())
    assert dict(states) == {"cheek-left": "defer", "cheek-right": "ask"}


def test_a_second_answer_without_a_place_says_nothing_yet(client: Client) -> None:
    fields = {**ACNE, "f.inflammatory-acne.0.status": "none", "f.inflammatory-acne.1.status": "active"}
    assert "could not be read" not in text_of(post(client, fields), "problems")


def test_a_second_answer_can_be_taken_away(client: Client) -> None:
    fields = {**ACNE, "f.filler.0.status": "never", "f.filler.1.on": "2026-11-20", "do": "drop-row:filler.1"}
    assert "f.filler.1.on" not in dict(fields_of(post(client, fields)))


def test_concerns_are_added_taken_in_hand_and_removed(client: Client) -> None:
    two = post(client, {**ACNE, "do": "add-concern"})
    fields = dict(fields_of(two))
    assert fields["hand"] == "1"
    assert fields["c.1.wish"] == "new:"
    more = {**ACNE, "c.1.wish": "goal:softer-neck-lines", "c.1.zones": "neck"}
    states = re.findall(
        r'data-place="([^"]+)" data-tone="[^"]+" data-words="[^"]*" data-concerns="([^"]*)"',
        post(client, more).content.decode(),
    )
    assert dict(states) == {"cheek-left": "1", "cheek-right": "1", "neck": "2"}
    one = post(client, {**more, "do": "remove-concern:0"})
    assert "c.0.wish" not in dict(fields_of(one))


@pytest.mark.parametrize(
    "do", ["", "nonsense", "row:no-such-fact", "answer:no-such-fact=yes", "remove-concern:9", "none:nowhere"]
)
def test_an_unknown_button_does_no_harm(do: str, client: Client) -> None:
    assert post(client, {**ACNE, "do": do}).status_code == 200


def test_fields_of_another_form_are_passed_over(client: Client) -> None:
    odd = {
        "f.no-such-fact.0.status": "yes",
        "a.no-rule.read": "",
        "c.x.zones": "cheek",
        "k.no-rule.by": "N",
        "depth.nowhere.mm": "",
    }
    page = post(client, {**ACNE, **odd})
    assert page.status_code == 200
    assert "Ask first" in text_of(page, "verdict")


def test_a_clearance_is_offered_where_a_fired_rule_names_one_and_changes_the_verdict(client: Client) -> None:
    base = dict(fields_of(client.get(URL, {"example": "isotretinoin-stopped-90-days-ago"})))
    fields = [*fields_of(client.get(URL, {"example": "isotretinoin-stopped-90-days-ago"}))]
    assert "k.isotretinoin-recent.by" in base
    assert "Wait until" in text_of(post(client, fields), "verdict")
    letter = {"by": "Dr Example", "on": "2026-11-01", "condition_met": "yes", "wait_days": "60"}
    fields = [pair for pair in fields if not pair[0].startswith("k.")]
    fields += [(f"k.isotretinoin-recent.{key}", value) for key, value in letter.items()]
    assert "May be treated" in text_of(post(client, fields), "verdict")


def test_a_caution_counts_as_acknowledged_only_with_the_reason_it_asks_for(client: Client) -> None:
    fields = fields_of(client.get(URL, {"example": "melasma-type-v-test-patch"}))
    reasons = dict(fields)
    assert reasons["a.off-label.read"] == "yes"
    assert reasons["a.off-label.reason"]
    without = [(name, "" if name == "a.off-label.reason" else value) for name, value in fields]
    assert "acknowledged" in text_of(post(client, fields), "reason-1")
    assert "acknowledged" not in text_of(post(client, without), "reason-1")


def test_a_depth_with_a_reason_is_an_override_and_one_without_is_a_wish(client: Client) -> None:
    fields = fields_of(client.get(URL, {"example": "acne-scars-type-iii"}))
    fields = [pair for pair in fields if not pair[0].startswith("depth.cheek-left")]
    wish = post(client, [*fields, ("depth.cheek-left.mm", "0,75")], f"{URL}case.toml").content.decode()
    assert "[plan.requested]\ncheek-left = 0.75" in wish
    written = [*fields, ("depth.cheek-left.mm", "0.75"), ("depth.cheek-left.reason", "measured")]
    assert (
        '[[override]]\nzone = "cheek-left"\ndepth_mm = 0.75\nreason = "measured"'
        in post(client, written, f"{URL}case.toml").content.decode()
    )
