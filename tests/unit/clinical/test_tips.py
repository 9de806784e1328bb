"""Tips: one a day at most, always the same, and never one that stands against this person's own timeline."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from needlewise.clinical.case import Case
from needlewise.clinical.timeline import Entry, Instruction
from needlewise.clinical.tips import Pathway, tip_of, tips_by_day
from needlewise.clinical.visits import FINAL_REVIEW
from needlewise.consultation import consult, read_case
from needlewise.knowledge import Learning, Moment, Protocol, Tip, load_learning
from needlewise.verification.consultations import quiet_case
from tests.vignettes.cards import example_names, tables_of_example

DAY = timedelta(days=1)
# What somebody is told to do to the skin, or may do again.
DOING = re.compile(r"\b(put on|wash|rinse|cleanser|moisturiser|gel|sunscreen|may use)\b", re.IGNORECASE)
PRODUCTS = ("vitamin A", "acids", "vitamin C", "ibuprofen", "scrub", "minoxidil")
ALL = {
    "topical-retinoid": "now", "exfoliating-acid": "now", "vitamin-c-product": "now", "scrub-or-brush": "now",
    "anti-inflammatory-painkiller": "now-not-prescribed", "smoking": "yes", "alcohol-lately": "yes",
}  # fmt: skip


@pytest.fixture(scope="module")
def learning(protocol: Protocol) -> Learning:
    return load_learning(protocol)


def pathway(tables: dict[str, Any], protocol: Protocol, on: date) -> Pathway:
    case: Case = read_case(tables, protocol, on)
    result = consult(case, protocol, on)
    return Pathway(case, protocol, on, result.plan, result.timeline)


def quiet(protocol: Protocol, on: date, days: int = 45, **changed: Any) -> Pathway:
    """Somebody with no risk, whose first session is so many days away; with some answers changed."""
    data = quiet_case(protocol, on)
    facts = {**data["facts"], **changed.pop("facts", {})}
    acknowledged = ("off-label", "anticoagulant", "smoking", "melasma-or-dark-marks")
    return pathway(
        {
            **data,
            "facts": facts,
            "plan": {"start_on": on + timedelta(days=days)},
            "acknowledgement": [{"rule": rule, "reason": "said and written down"} for rule in acknowledged],
            **changed,
        },
        protocol,
        on,
    )


def many(protocol: Protocol, on: date) -> list[Pathway]:
    """Every example, now and with a first session far ahead, and people who use everything."""
    found = []
    for name in example_names():
        tables = tables_of_example(name)
        found.append(pathway(tables, protocol, on))
        tables["plan"] = {**tables.get("plan", {}), "start_on": on + timedelta(days=45)}
        found.append(pathway(tables, protocol, on))
    for phototype in ("II", "V"):
        facts = {**ALL, "phototype": phototype}
        found.append(quiet(protocol, on, facts=facts))
    return found


@pytest.fixture(scope="module")
def pathways(protocol: Protocol, today: date) -> list[Pathway]:
    return many(protocol, today)


@pytest.fixture(scope="module")
def given(pathways: list[Pathway], learning: Learning) -> list[tuple[Pathway, dict[date, Tip]]]:
    """Every pathway with its tips, worked out once."""
    return [(way, tips_by_day(way, learning.tips)) for way in pathways]


def entries(way: Pathway, tip: Tip) -> list[Instruction]:
    return [entry for entry in way.timeline if entry.row in tip.rows]


def test_a_tip_that_repeats_a_row_of_care_is_given_only_while_that_row_is_in_force(
    given: list[tuple[Pathway, dict[date, Tip]]],
) -> None:
    checked = 0
    for way, tips in given:
        for on, tip in tips.items():
            if tip.rows:
                checked += 1
                held = [one for one in entries(way, tip) if not one.not_known and one.kind is not Entry.ASK]
                # At the first hour of the day as at the last, whenever in the day the session was.
                assert any(
                    one.from_on + (DAY if one.hours_from else 0 * DAY) <= on
                    and (one.until is None or on < one.until or one.until == one.from_on == on)
                    for one in held
                ), (tip.id, on)
    assert checked > 1000


def test_nothing_is_to_be_put_on_the_skin_unless_the_timeline_says_so_or_the_tip_names_the_hours(
    learning: Learning,
) -> None:
    doing = [tip for tip in learning.tips if DOING.search(tip.text)]
    assert len(doing) >= 10
    free = [tip.id for tip in doing if not tip.rows and " hours" not in tip.text and not tip.not_while]
    assert free == []


def test_a_tip_beside_which_a_row_would_be_wrong_is_left_out_on_every_day_the_row_touches(
    protocol: Protocol, today: date, learning: Learning
) -> None:
    way = quiet(protocol, today)
    session = way.needled[0]
    tip = Tip(id="x", text="x", sources=(), moment=Moment.AFTER, days=(0, 2), not_while=("aftercare:A02",))
    # Nothing goes on the skin for 24 hours, and those end at some hour of the next day.
    assert [(on - session).days for on in tips_by_day(way, [tip]) if on < session + 10 * DAY] == [2]


def test_the_same_pathway_always_has_the_same_tips(protocol: Protocol, today: date, learning: Learning) -> None:
    once, again = (tips_by_day(quiet(protocol, today), learning.tips) for _ in range(2))
    assert once == again
    way = quiet(protocol, today)
    days = [today + n * DAY for n in range(-3, 60, 9)]
    assert [tip_of(way, learning.tips, on) for on in days] == [once.get(on) for on in days]
    assert tip_of(way, learning.tips, today - DAY) is None
    assert tip_of(way, learning.tips, max(once) + 400 * DAY) is None


def test_no_tip_comes_on_two_days_running(given: list[tuple[Pathway, dict[date, Tip]]]) -> None:
    for _, found in given:
        assert [on for on, tip in found.items() if found.get(on + DAY) is tip] == []


def test_after_an_exclusion_there_is_no_tip(protocol: Protocol, today: date, learning: Learning) -> None:
    excluded = pathway(tables_of_example("pregnancy"), protocol, today)
    assert tips_by_day(excluded, learning.tips) == {}


def test_where_nothing_can_be_planned_there_is_no_tip(protocol: Protocol, today: date, learning: Learning) -> None:
    nothing = pathway(tables_of_example("pen-without-a-stated-maximum"), protocol, today)
    assert tips_by_day(nothing, learning.tips) == {}


@pytest.mark.parametrize("name", ["open-questions", "cold-sores-referred", "isotretinoin-stopped-90-days-ago"])
def test_what_may_not_be_signed_has_tips_for_waiting_only(
    name: str, protocol: Protocol, today: date, learning: Learning
) -> None:
    found = tips_by_day(pathway(tables_of_example(name), protocol, today), learning.tips)
    assert {tip.moment for tip in found.values()} == {Moment.WAITING}
    assert today in found


def test_a_caution_that_nobody_has_acknowledged_leaves_the_tips_for_waiting(
    protocol: Protocol, today: date, learning: Learning
) -> None:
    tables = tables_of_example("blood-thinner")
    signed = tips_by_day(pathway(tables, protocol, today), learning.tips)
    open_still = tips_by_day(pathway({**tables, "plan": {}}, protocol, today), learning.tips)
    assert Moment.WAITING not in {tip.moment for tip in signed.values()}
    assert {tip.moment for tip in open_still.values()} == {Moment.WAITING}


def test_tips_for_waiting_ask_for_nothing_on_the_skin_and_name_no_day(learning: Learning) -> None:
    waiting = [tip for tip in learning.tips if tip.moment is Moment.WAITING]
    assert len(waiting) >= 5
    for tip in waiting:
        assert not DOING.search(tip.text)
        assert not re.search(r"\b(session|today|tomorrow|day|week)\b", tip.text)


@pytest.mark.parametrize("fact", ["topical-retinoid", "exfoliating-acid", "vitamin-c-product", "scrub-or-brush"])
def test_nothing_that_was_prescribed_is_told_to_rest(
    fact: str, protocol: Protocol, today: date, learning: Learning
) -> None:
    row = {"topical-retinoid": "rest-vitamin-a", "exfoliating-acid": "rest-acids"}
    row |= {"vitamin-c-product": "rest-vitamin-c", "scrub-or-brush": "no-scrub"}
    bought = quiet(protocol, today, facts={fact: {"status": "now", "prescribed": False}})
    prescribed = quiet(protocol, today, facts={fact: {"status": "now", "prescribed": True}})
    assert row[fact] in {tip.id for tip in tips_by_day(bought, learning.tips).values()}
    assert row[fact] not in {tip.id for tip in tips_by_day(prescribed, learning.tips).values()}


def test_a_product_that_rests_is_always_one_that_was_bought(learning: Learning) -> None:
    for tip in learning.tips:
        if any(f"{product} " in tip.text for product in PRODUCTS) and "again" not in tip.text:
            assert "bought" in tip.text or "that you" in tip.text, tip.id


@pytest.mark.parametrize(("phototype", "given"), [("II", False), ("IV", True), ("V", True), (None, False)])
def test_tips_for_brown_and_black_skin_are_given_only_where_the_skin_type_is_known(
    phototype: str | None, given: bool, protocol: Protocol, today: date, learning: Learning
) -> None:
    way = quiet(protocol, today, facts={"phototype": phototype} if phototype else {})
    if phototype is None:
        data = quiet_case(protocol, today)
        data["facts"].pop("phototype")
        way = pathway(data, protocol, today)
    found = {tip.id for tip in tips_by_day(way, learning.tips).values()}
    assert ("sun-for-good-dark" in found) is given


def test_tips_on_minoxidil_are_for_those_who_asked_for_it_beside_needling(
    protocol: Protocol, today: date, learning: Learning
) -> None:
    tables = tables_of_example("hair-loss-every-two-weeks")
    minoxidil = {tip.id for tip in learning.tips if "minoxidil" in tip.text}
    without = {tip.id for tip in tips_by_day(pathway(tables, protocol, today), learning.tips).values()}
    tables["plan"] = {**tables.get("plan", {}), "adjuncts": ["minoxidil"]}
    beside = {tip.id for tip in tips_by_day(pathway(tables, protocol, today), learning.tips).values()}
    assert len(minoxidil) >= 2
    assert not minoxidil & without
    assert minoxidil <= beside


def test_a_running_course_has_no_tip_for_before_the_first_session(
    protocol: Protocol, today: date, learning: Learning
) -> None:
    running = pathway(tables_of_example("third-session"), protocol, today)
    assert Moment.BEFORE_FIRST not in {tip.moment for tip in tips_by_day(running, learning.tips).values()}


def test_each_review_has_its_own_tip(protocol: Protocol, today: date, learning: Learning) -> None:
    way = pathway(tables_of_example("acne-scars-type-iii"), protocol, today)
    assert way.plan is not None
    reviews = [visit.on for visit in way.plan.visits if visit.kind == FINAL_REVIEW]
    assert len(reviews) >= 2
    for review in reviews:
        tip = tip_of(way, learning.tips, review)
        assert tip is not None
        assert tip.moment is Moment.REVIEW


def test_every_tip_is_given_to_somebody_on_some_day(
    given: list[tuple[Pathway, dict[date, Tip]]], learning: Learning, protocol: Protocol
) -> None:
    tables = tables_of_example("hair-loss-every-two-weeks")
    tables["plan"] = {**tables.get("plan", {}), "adjuncts": ["minoxidil"]}
    more = tips_by_day(pathway(tables, protocol, given[0][0].on), learning.tips)
    told = {tip.id for found in (*(tips for _, tips in given), more) for tip in found.values()}
    assert [tip.id for tip in learning.tips if tip.id not in told] == []
