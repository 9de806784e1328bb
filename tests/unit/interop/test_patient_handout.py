"""The patient's handout, read back from the PDF."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from needlewise.clinical.timeline import Entry
from needlewise.interop.days import day_words, with_spoken_dates
from needlewise.interop.handouts import patient_pdf
from needlewise.knowledge import Protocol, Verdict
from tests.unit.interop.chair import (
    EXAMPLES,
    Sitting,
    from_example,
    large_text_of,
    outside_the_margins,
    pages_of,
    plain,
    sitting,
    text_of,
    with_products,
)

# Patients asked for it. Captions, marks and the foot of the page may be smaller.
LEAST_PT = 10
MOST_PAGES = 3
EMERGENCY_FIRST = ("Emergency", "Urgent", "Same day", "Call us", "Review")


def handout(found: Sitting, protocol: Protocol) -> bytes:
    return patient_pdf(found.consultation, found.case, protocol)


@pytest.fixture(scope="module")
def ordinary(protocol: Protocol, today: date) -> tuple[Sitting, list[str]]:
    found = with_products(protocol, today)
    return found, pages_of(handout(found, protocol))


def test_an_ordinary_plan_takes_two_pages(protocol: Protocol, today: date) -> None:
    pages = pages_of(handout(sitting(protocol, today), protocol))
    assert len(pages) == 2
    assert "Your plan and why" in pages[0]
    assert "Before each session, day by day" in pages[0]
    assert "After each session, day by day" in pages[1]
    assert "When to call" in pages[1]


def test_four_products_still_take_two_pages(ordinary: tuple[Sitting, list[str]]) -> None:
    _, pages = ordinary
    assert len(pages) == 2
    assert "Before each session, day by day" in pages[0]
    assert pages[1].startswith("After each session, day by day")
    assert "When to call" in pages[1]


def test_a_calendar_of_many_products_takes_a_page_of_their_own_rather_than_small_type(
    protocol: Protocol, today: date
) -> None:
    path = next(path for path in EXAMPLES if path.stem == "products-calendar")
    pages = pages_of(handout(from_example(path, protocol, today), protocol))
    assert len(pages) == MOST_PAGES
    assert "Your plan and why" in pages[0]
    assert pages[1].startswith("Before each session, day by day")
    assert pages[2].startswith("After each session, day by day")


def test_most_examples_take_two_pages(protocol: Protocol, today: date) -> None:
    taken = [len(pages_of(handout(from_example(path, protocol, today), protocol))) for path in EXAMPLES]
    assert max(taken) == MOST_PAGES
    assert taken.count(2) > 5 * taken.count(3)


def test_every_visit_is_named_with_its_date_and_how_far_away_it_is(
    ordinary: tuple[Sitting, list[str]], today: date
) -> None:
    found, pages = ordinary
    for visit in found.consultation.plan.visits:
        if visit.kind != "check-in":
            words = day_words(visit.on, today)
            assert words["plain"].split(" ")[0] in pages[0]
            assert f"in {(visit.on - today).days} days" in pages[0]
            assert words["dated"] in pages[0]
            assert visit.until is None or f"until {day_words(visit.until, today)['short']}" in pages[0]


def test_depths_stand_in_millimetres_from_the_first_to_the_deepest(
    ordinary: tuple[Sitting, list[str]],
) -> None:
    found, pages = ordinary
    sessions = found.consultation.plan.sessions
    for place in {zone.place for visit in sessions for zone in visit.zones}:
        depths = [zone.depth_mm for visit in sessions for zone in visit.zones if zone.place == place]
        assert f"{depths[0]:g} mm at first, later up to {max(depths):g} mm" in pages[0].replace("\u2009", " ")


def test_products_have_their_pause_and_the_day_they_start_again(ordinary: tuple[Sitting, list[str]]) -> None:
    found, pages = ordinary
    restarts = [entry for entry in found.consultation.timeline if entry.kind is Entry.RESTART]
    assert len(restarts) == 4 * len(found.consultation.plan.sessions)
    for entry in restarts:
        assert f"→ {day_words(entry.from_on, entry.from_on)['short']}" in pages[0]
        assert entry.item in pages[0]
    assert "1 → 15 Dec, 29 Dec → 12 Jan" in pages[0]
    assert f"→ {restarts[0].text}" in pages[0]


def test_signs_to_call_about_come_most_urgent_first(ordinary: tuple[Sitting, list[str]], protocol: Protocol) -> None:
    _, pages = ordinary
    call = pages[-1][pages[-1].index("When to call") :]
    for flag in protocol.red_flags.values():
        assert flag.sign in call
        assert flag.text in call
        assert flag.threshold in call or flag.threshold == "at any time"
    # "Call us" and "Review" also open sentences: their own lines are the last to begin.
    at = [call.index(f"{act} ") for act in EMERGENCY_FIRST[:3]]
    assert at == sorted(at)
    assert call.index("Emergency") < call.index("Urgent") < call.index("Same day") < call.rindex("Review ")
    assert "Our telephone" in call


def test_reasons_are_told_in_the_words_of_the_rule(ordinary: tuple[Sitting, list[str]]) -> None:
    found, pages = ordinary
    told = [r for r in found.consultation.reasons if not r.rule.startswith("preparation:")]
    assert len(told) == 2
    assert all(reason.because in pages[0] for reason in told)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_fits_its_pages_and_loses_no_instruction(path: Path, protocol: Protocol, today: date) -> None:
    found = from_example(path, protocol, today)
    pdf = handout(found, protocol)
    text, pages = text_of(pdf), len(pages_of(pdf))
    assert "[U+" not in text
    assert not outside_the_margins(pdf)
    consultation = found.consultation
    if consultation.plan is None or not consultation.plan.visits or consultation.verdict is Verdict.DEFER:
        assert pages == 1
        assert "About your treatment" in text
        assert "When to call" not in text
        return
    assert pages in (2, MOST_PAGES)
    large = plain(large_text_of(pdf, LEAST_PT))
    first = next(visit for visit in consultation.plan.visits if visit.zones)
    before = {e.item for e in consultation.timeline if e.row.startswith("preparation:")}
    for entry in consultation.timeline:
        of_first = entry.session == first.number and entry.from_on < first.on + timedelta(days=60)
        if entry.kind in (Entry.VISIT, Entry.CHECK_IN, Entry.CALL) or (entry.hours_from is not None and not of_first):
            continue
        said_before = entry.row.startswith("aftercare:") and entry.item in before
        assert said_before or plain(with_spoken_dates(entry.text)) in large, entry
    for reason in consultation.reasons:
        assert plain(reason.because) in large or plain(reason.because) not in text, reason


def test_an_unsigned_plan_says_so(ordinary: tuple[Sitting, list[str]]) -> None:
    assert "Proposal, not yet signed" in ordinary[1][0]
    assert "Provisional" not in ordinary[1][0]


def test_a_reviewed_protocol_takes_the_mark_of_the_draft_away(protocol: Protocol, today: date) -> None:
    found = sitting(protocol, today)
    reviewed = replace(found.consultation, edition=replace(found.consultation.edition, reviewed=today))
    assert "Proposal" not in text_of(patient_pdf(reviewed, found.case, protocol))


def test_open_questions_make_the_plan_provisional_and_are_asked(protocol: Protocol, today: date) -> None:
    found = sitting(protocol, today, {"keloid-history": "unknown"})
    page = pages_of(handout(found, protocol))[0]
    assert "Provisional: open questions" in page
    assert "Some questions are still open." in page
    assert protocol.facts["keloid-history"].question in page


def test_a_referral_says_whose_letter_is_needed(protocol: Protocol, today: date) -> None:
    page = pages_of(handout(sitting(protocol, today, {"cold-sore-history": "yes"}), protocol))[0]
    assert "Provisional" in page
    assert "First we need a word from another professional." in page
    assert f"We need a letter from {protocol.roles['prescriber'].who}." in page


def test_a_deferral_is_a_letter_with_the_day_and_the_reason(protocol: Protocol, today: date) -> None:
    stopped = {"isotretinoin": {"status": "stopped", "on": "2026-08-01"}}
    found = sitting(protocol, today, stopped)
    pages = pages_of(handout(found, protocol))
    day = day_words(found.consultation.eligible_on, today)
    assert len(pages) == 1
    assert f"Not before {day['long']}, {day['away']}." in pages[0]
    assert found.consultation.reasons[0].because in pages[0]
    assert f"A letter from {protocol.roles['dermatologist'].who} can change this." in pages[0]


def test_an_exclusion_is_a_letter_that_says_why_and_what_would_change_it(protocol: Protocol, today: date) -> None:
    found = sitting(protocol, today, {"pregnant": "yes"})
    pages = pages_of(handout(found, protocol))
    rule = protocol.rules["pregnant-or-breastfeeding"]
    assert len(pages) == 1
    assert rule.because in pages[0]
    assert f"This changes {rule.lifts_when}." in pages[0]
    assert "Session 1" not in pages[0]


def test_a_letter_names_only_what_stands_in_the_way(protocol: Protocol, today: date) -> None:
    found = sitting(protocol, today, {"vitiligo": "yes", "smoking": "yes", "herpes-outbreak": {"status": "active"}})
    text = text_of(handout(found, protocol))
    assert protocol.rules["vitiligo"].because in text
    assert protocol.rules["smoking"].because not in text
    # A wait that ends would promise what the exclusion does not keep.
    assert protocol.rules["active-herpes"].because not in text


def test_a_goal_without_a_protocol_gets_what_is_offered_instead_by_its_plain_name(
    protocol: Protocol, today: date
) -> None:
    found = sitting(protocol, today, concern=[{"indication": "laxity", "zones": ["neck"]}])
    text = text_of(handout(found, protocol))
    assert "There is nothing we can plan for this goal." in text
    offered = protocol.indications["laxity"].offers_instead
    assert all(protocol.indications[name].plain_label in text for name in offered)
    assert not any(name in text for name in offered)


def test_a_wish_without_a_protocol_is_said_beside_the_plan_and_in_the_letter(protocol: Protocol, today: date) -> None:
    for wish, indication in (("smaller-pores", "texture-pores-tone"), ("lifted-jaw-line", "laxity")):
        goal = protocol.goal(indication, wish)
        assert goal
        found = sitting(protocol, today, concern=[{"goal": wish, "zones": ["jaw"]}])
        assert plain(goal.unsupported_because) in text_of(handout(found, protocol))


def test_a_prescribed_medicine_is_never_paused(protocol: Protocol, today: date) -> None:
    facts = {"topical-retinoid": {"status": "now", "prescribed": True}, "antiplatelet": "now"}
    text = text_of(handout(sitting(protocol, today, facts), protocol))
    assert protocol.preparation["retinoid"].prescribed_text in text
    assert protocol.preparation["antiplatelet_rx"].text in text
    assert "start again" not in text


def test_a_zone_left_out_stands_beside_the_plan_of_the_others(protocol: Protocol, today: date) -> None:
    facts = {"skin-infection": [{"status": "active", "where": ["temple"]}, {"status": "none", "where": ["cheek"]}]}
    found = sitting(protocol, today, facts)
    text = text_of(handout(found, protocol))
    assert "Left out for now: Sunken acne scars, Temple, both sides." in text
    assert protocol.rules["active-infection"].because in text
    assert "Session 1" in text
