"""Courses over several visits: counts by place, depths from visit to visit, test patches, rests, letters that end."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest

from needlewise.clinical.visits import Visit
from needlewise.consultation import Consultation
from needlewise.knowledge import Protocol, Verdict
from tests.vignettes.cards import ON, consult_tables, tables_of_example

FOLLOW_UP = {
    "new-complication": "none",
    "open-problem-since-last": "no",
    "infection-since-last": "no",
    "worse-than-before": "no",
    "recovery-normal": "yes",
}
WEEKS_26, WEEKS_12 = timedelta(weeks=26), timedelta(weeks=12)


def case(**facts: Any) -> dict[str, Any]:
    """The plain case of acne scars on both cheeks, with other answers."""
    tables = deepcopy(tables_of_example("acne-scars-type-iii"))
    tables["facts"].update({name.replace("_", "-"): value for name, value in facts.items()})
    return tables


def running(protocol: Protocol, sessions_done: Any, **facts: Any) -> dict[str, Any]:
    """The same, in the middle of its course: last needled at 0.75 mm on 1 October."""
    tables = case(previous_needling={"on": date(2026, 10, 1), "depth_mm": 0.75}, sessions_done=sessions_done, **facts)
    tables["plan"] = {"visit": "session"}
    for question in consult_tables(tables, protocol).questions:
        fact = protocol.facts[question.fact]
        tables["facts"][question.fact] = FOLLOW_UP.get(question.fact, fact.options[0] if fact.options else 1)
    return tables


def sessions_at(result: Consultation, place: str) -> list[Visit]:
    assert result.plan is not None
    return [visit for visit in result.plan.sessions if any(zone.place == place for zone in visit.zones)]


def depths_at(result: Consultation, place: str) -> list[float]:
    assert result.plan is not None
    return [zone.depth_mm for visit in result.plan.sessions for zone in visit.zones if zone.place == place]


def of_kind(result: Consultation, kind: str) -> list[Visit]:
    assert result.plan is not None
    return [visit for visit in result.plan.visits if visit.kind == kind]


def warned(result: Consultation, *words: str) -> bool:
    return any(all(word in text for word in words) for text in result.warnings)


def test_left_and_right_keep_their_own_count(protocol: Protocol) -> None:
    done = [{"value": 4, "where": ["cheek-left"]}, {"value": 1, "where": ["cheek-right"]}]
    result = consult_tables(running(protocol, done), protocol)
    assert result.plan is not None
    assert len(sessions_at(result, "cheek-left")) == 1
    assert len(sessions_at(result, "cheek-right")) == 4
    (concern,) = result.plan.concerns
    assert dict(concern.done_by_place) == {"cheek-left": 4, "cheek-right": 1}
    first = result.plan.sessions[0]
    assert {zone.place: zone.session for zone in first.zones} == {"cheek-left": 5, "cheek-right": 2}
    assert "session 5" in first.note
    assert [visit.number for visit in result.plan.sessions] == [2, 3, 4, 5]


def test_a_side_that_has_had_all_its_sessions_is_left_out_with_the_days_of_its_reviews(protocol: Protocol) -> None:
    done = [{"value": 5, "where": ["cheek-left"]}, {"value": 1, "where": ["cheek-right"]}]
    result = consult_tables(running(protocol, done), protocol)
    assert result.plan is not None
    (out,) = result.plan.concerns[0].left_out
    assert (out.place, out.why) == ("cheek-left", "The course has had its 5 sessions.")
    assert (date(2026, 10, 1) + WEEKS_12).isoformat() in out.instead
    assert (date(2026, 10, 1) + WEEKS_26).isoformat() in out.instead


def test_a_course_that_is_over_still_shows_how_many_it_had(protocol: Protocol) -> None:
    result = consult_tables(running(protocol, 5), protocol)
    assert result.plan is not None
    assert result.plan.visits == ()
    assert not result.plan.signable
    (concern,) = result.plan.concerns
    assert (concern.sessions_done, concern.sessions_max, concern.places) == (5, 5, ())


def test_a_count_or_a_thickness_of_a_part_does_not_speak_for_the_whole(protocol: Protocol) -> None:
    tables = case(skin_thickness=[{"value": 0.4, "where": ["cheekbone-left"]}])
    plain = consult_tables(case(), protocol)
    assert depths_at(consult_tables(tables, protocol), "cheek-left") == depths_at(plain, "cheek-left")
    tables = running(protocol, 1)
    tables["facts"]["sessions-done"] = [{"value": 4, "where": ["cheekbone"]}]
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.ASK
    assert "sessions-done" in {question.fact for question in result.questions}


def test_a_course_goes_on_one_step_deeper_than_last_time(protocol: Protocol) -> None:
    assert depths_at(consult_tables(running(protocol, 1), protocol), "cheek-left") == [1.0, 1.25, 1.25, 1.25]
    slow = running(protocol, 1, recovery_normal="no")
    assert depths_at(consult_tables(slow, protocol), "cheek-left")[:2] == [0.75, 1.0]


def test_where_nobody_knows_how_deep_it_was_the_course_begins_at_the_start(protocol: Protocol) -> None:
    tables = running(protocol, 2)
    tables["facts"]["previous-needling"] = {"on": date(2026, 10, 1)}
    result = consult_tables(tables, protocol)
    assert depths_at(result, "cheek-left") == [0.5, 0.75, 1.0]


def test_depth_does_not_jump_when_a_stricter_goal_leaves(protocol: Protocol) -> None:
    """Mild lines leave after 4 sessions at 1.0 mm at most; severe scars go on to 6, one step at a time."""
    tables = case()
    tables["concern"][0]["severity"] = "severe"
    tables["concern"].append({"indication": "fine-lines-face", "severity": "mild", "zones": ["cheek"]})
    assert depths_at(consult_tables(tables, protocol), "cheek-left") == [0.5, 0.75, 1.0, 1.0, 1.25, 1.25]


def test_each_concern_is_reviewed_after_its_own_last_session(protocol: Protocol) -> None:
    tables = case()
    tables["concern"].append({"indication": "fine-lines-face", "severity": "mild", "zones": ["forehead"]})
    result = consult_tables(tables, protocol)
    scars, lines = sessions_at(result, "cheek-left")[-1].on, sessions_at(result, "forehead")[-1].on
    assert lines < scars
    reviews = {visit.on: visit.note for visit in of_kind(result, "final-review")}
    assert set(reviews) == {scars + WEEKS_12, scars + WEEKS_26, lines + WEEKS_12, lines + WEEKS_26}
    assert "Fine lines" in reviews[lines + WEEKS_12]


def test_after_the_third_session_the_reassessment_is_not_lost(protocol: Protocol) -> None:
    result = consult_tables(running(protocol, 3), protocol)
    (look,) = of_kind(result, "reassessment")
    assert result.plan is not None
    assert look.on == result.plan.sessions[0].on
    assert result.plan.visits[0] is look


@pytest.mark.parametrize("visit", ["session", "reassessment"])
def test_dark_skin_that_was_never_needled_has_a_test_patch_at_any_visit(protocol: Protocol, visit: str) -> None:
    tables = case()
    tables["patient"]["phototype"] = "V"
    tables["plan"] = {"visit": visit}
    tables["facts"]["test-patch"] = "none"
    result = consult_tables(tables, protocol)
    (patch,) = of_kind(result, "test-patch")
    assert result.plan is not None
    assert result.plan.sessions[0].on == patch.on + timedelta(days=28)


def test_a_patch_is_one_small_place_with_the_fewest_passes_at_the_start(protocol: Protocol) -> None:
    """Type V starts 0.25 mm lower, and what was asked for is for the sessions."""
    tables = case()
    tables["patient"]["phototype"] = "V"
    tables["plan"] = {"requested": {"cheek": 0.75}}
    result = consult_tables(tables, protocol)
    (patch,) = of_kind(result, "test-patch")
    ((place, depth, passes),) = [(zone.place, zone.depth_mm, zone.passes) for zone in patch.zones]
    assert (place, depth, passes) == ("cheek-left", 0.25, 2)
    assert depths_at(result, "cheek-left")[0] == 0.75


def test_a_patch_that_has_settled_is_not_made_again_and_its_weeks_are_kept(protocol: Protocol) -> None:
    tables = case(test_patch={"status": "settled", "on": date(2026, 11, 10)})
    tables["patient"]["phototype"] = "VI"
    tables["plan"] = {"visit": "session"}
    result = consult_tables(tables, protocol)
    assert of_kind(result, "test-patch") == []
    assert result.plan is not None
    assert result.plan.sessions[0].on == date(2026, 12, 8)


def test_a_patch_that_left_a_mark_is_shown_to_a_skin_doctor_first(protocol: Protocol) -> None:
    tables = case(test_patch="marked")
    tables["patient"]["phototype"] = "V"
    tables["plan"] = {"visit": "session"}
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.REFER
    assert result.plan is None or not result.plan.signable


def test_a_new_zone_joins_after_its_patch_while_the_others_go_on(protocol: Protocol) -> None:
    tables = running(protocol, 1)
    tables["patient"]["phototype"] = "V"
    tables["concern"][0]["zones"] = ["cheek", "chin"]
    tables["facts"]["test-patch"] = "none"
    needled = {"on": date(2026, 10, 1), "depth_mm": 0.5, "where": ["cheek"]}
    tables["facts"]["previous-needling"] = [needled, {"status": "never", "where": ["chin"]}]
    tables["facts"]["sessions-done"] = [{"value": 1, "where": ["cheek"]}, {"value": 0, "where": ["chin"]}]
    result = consult_tables(tables, protocol)
    assert sessions_at(result, "cheek-left")[0].on == ON
    (patch,) = of_kind(result, "test-patch")
    assert [zone.place for zone in patch.zones] == ["chin"]
    assert sessions_at(result, "chin")[0].on >= patch.on + timedelta(days=28)
    assert len(sessions_at(result, "chin")) == 5


def test_psoriasis_elsewhere_starts_with_a_test_spot_once_a_skin_doctor_agrees(protocol: Protocol) -> None:
    tables = case(psoriasis_or_lichen_planus_elsewhere="yes")
    tables["clearance"] = [
        {
            "role": "dermatologist",
            "rules": ["psoriasis-or-lichen-planus-elsewhere"],
            "by": "a skin doctor",
            "on": date(2026, 11, 20),
            "condition_met": True,
        }
    ]
    result = consult_tables(tables, protocol)
    (patch,) = of_kind(result, "test-patch")
    assert sessions_at(result, "cheek-left")[0].on == patch.on + timedelta(days=28)


def test_a_rest_that_moves_the_first_visit_is_said(protocol: Protocol) -> None:
    tables = case(previous_needling={"on": date(2026, 11, 10), "depth_mm": 1.0})
    tables["plan"] = {}
    result = consult_tables(tables, protocol)
    assert result.plan is not None
    assert result.plan.visits[0].on == date(2026, 12, 8)
    assert warned(result, "Cheek, both sides", "2026-11-10", "28 days", "2026-12-08")


def test_a_letter_that_ends_before_the_first_visit_stands_against_signing(protocol: Protocol) -> None:
    tables = tables_of_example("cold-sores-cleared")
    assert tables["clearance"]
    plain = consult_tables(tables, protocol)
    assert plain.plan is not None
    first = plain.plan.sessions[0].on
    tables["clearance"][0]["valid_until"] = ON
    tables["plan"] = {**tables.get("plan", {}), "start_on": first + timedelta(days=7)}
    result = consult_tables(tables, protocol)
    assert result.plan is not None
    assert not result.plan.signable
    assert warned(result, "ends on 2026-11-24", "renewed")


def test_a_letter_that_ends_in_the_middle_of_the_course_is_said_and_can_be_signed(protocol: Protocol) -> None:
    tables = tables_of_example("cold-sores-cleared")
    plain = consult_tables(tables, protocol)
    assert plain.plan is not None
    second = plain.plan.sessions[1].on
    tables["clearance"][0]["valid_until"] = second - timedelta(days=1)
    result = consult_tables(tables, protocol)
    assert result.plan is not None
    assert result.plan.signable == plain.plan.signable
    assert warned(result, "session 2", "renewed")


def test_an_override_is_refused_aloud_where_another_concern_holds_the_limit(protocol: Protocol) -> None:
    tables = case()
    tables["override"] = [{"zone": "cheek", "depth_mm": 1.5, "reason": "Invented."}]
    result = consult_tables(tables, protocol)
    assert warned(result, "override to 1.5 mm was refused", "1.25")


def test_a_chosen_depth_above_what_the_skin_bears_is_warned_of(protocol: Protocol) -> None:
    """Four fifths of 0.8 mm are 0.64 mm, so the ceiling is 0.5 mm; 1.0 mm by override passes it."""
    tables = case(skin_thickness=0.8)
    tables["override"] = [{"zone": "cheek", "depth_mm": 1.0, "reason": "Invented."}]
    result = consult_tables(tables, protocol)
    assert max(depths_at(result, "cheek-left")) == 1.0
    assert warned(result, "1 mm passes 0.64 mm", "measured")


def test_a_place_inside_another_is_left_out_of_it(protocol: Protocol) -> None:
    tables = case()
    tables["concern"].append({"indication": "fine-lines-face", "severity": "mild", "zones": ["cheekbone"]})
    result = consult_tables(tables, protocol)
    assert warned(result, "Cheek, both sides", "left out here: Over the cheekbone.")


def test_there_is_nothing_to_keep_up_where_nothing_was_needled(protocol: Protocol) -> None:
    tables = case()
    tables["plan"] = {"visit": "maintenance"}
    result = consult_tables(tables, protocol)
    assert result.plan is not None
    assert result.plan.visits == ()
    assert "never needled" in result.plan.concerns[0].left_out[0].why


def test_steps_of_a_tenth_never_plan_below_the_least_depth(protocol: Protocol) -> None:
    """Chin in type IV: 0.5 less 0.25 is 0.25 mm; the first tenth from there on is 0.3 mm, not 0.2 mm."""
    tables = case()
    tables["patient"]["phototype"] = "IV"
    tables["clinic"] = {"devices": ["dermapen_4"]}
    result = consult_tables(tables, protocol)
    assert depths_at(result, "cheek-left")[0] == 0.3


def test_needling_long_ago_does_not_stand_for_a_test_patch(protocol: Protocol) -> None:
    tables = running(protocol, 0, test_patch="none")
    tables["patient"]["phototype"] = "V"
    tables["facts"]["previous-needling"] = date(2015, 1, 1)
    result = consult_tables(tables, protocol)
    assert len(of_kind(result, "test-patch")) == 1


def test_a_day_with_a_patch_and_a_session_is_cared_for_once(protocol: Protocol) -> None:
    tables = running(protocol, [{"value": 1, "where": ["cheek"]}, {"value": 0, "where": ["chin"]}])
    tables["patient"]["phototype"] = "V"
    tables["concern"][0]["zones"] = ["cheek", "chin"]
    tables["facts"]["test-patch"] = "none"
    needled = {"on": date(2026, 10, 1), "depth_mm": 0.5, "where": ["cheek"]}
    tables["facts"]["previous-needling"] = [needled, {"status": "never", "where": ["chin"]}]
    result = consult_tables(tables, protocol)
    (patch,) = of_kind(result, "test-patch")
    assert sessions_at(result, "cheek-left")[0].on == patch.on
    care = [(entry.row, entry.from_on, entry.text) for entry in result.timeline if not entry.row.startswith("visits:")]
    assert len(care) == len(set(care))
    assert all(entry.until is None or entry.until >= entry.from_on for entry in result.timeline)


def test_the_test_spot_of_psoriasis_is_asked_for_and_keeps_its_weeks(protocol: Protocol) -> None:
    tables = running(protocol, 0, psoriasis_or_lichen_planus_elsewhere="yes")
    tables["facts"]["previous-needling"] = date(2026, 11, 10)
    tables["clearance"] = [
        {
            "role": "dermatologist",
            "rules": ["psoriasis-or-lichen-planus-elsewhere"],
            "by": "a skin doctor",
            "on": date(2026, 11, 1),
            "condition_met": True,
        }
    ]
    tables["facts"].pop("test-spot", None)
    result = consult_tables(tables, protocol)
    assert "test-spot" in {question.fact for question in result.questions}
    tables["facts"]["test-spot"] = {"status": "settled", "on": date(2026, 11, 10)}
    result = consult_tables(tables, protocol)
    assert of_kind(result, "test-patch") == []
    assert result.plan is not None
    assert result.plan.sessions[0].on == date(2026, 12, 8)


def test_one_patch_speaks_for_its_region(protocol: Protocol) -> None:
    tables = case(test_patch={"status": "settled", "on": date(2026, 10, 20), "where": ["cheek-left"]})
    tables["patient"]["phototype"] = "V"
    tables["plan"] = {"visit": "session"}
    result = consult_tables(tables, protocol)
    assert "test-patch" not in {question.fact for question in result.questions}
    assert of_kind(result, "test-patch") == []


def test_a_sixtieth_birthday_within_the_course_counts_for_all_of_it(protocol: Protocol) -> None:
    """Woman, cheek: published cap 0.58 mm, in steps of 0.25 mm 0.5 mm."""
    tables = case()
    tables["patient"]["born"] = date(1966, 12, 15)
    assert set(depths_at(consult_tables(tables, protocol), "cheek-left")) == {0.5}
    tables["patient"]["born"] = date(1968, 12, 15)
    assert max(depths_at(consult_tables(tables, protocol), "cheek-left")) == 1.25


def with_fold(protocol: Protocol, cheek: date, fold: date) -> dict[str, Any]:
    tables = running(protocol, 2)
    tables["clinic"]["adopted"] = ["nasolabial-fold"]
    tables["concern"][0]["zones"] = ["cheek-left", "nasolabial-fold-left"]
    tables["facts"]["previous-needling"] = [
        {"on": cheek, "depth_mm": 1.0, "where": ["cheek-left"]},
        {"on": fold, "depth_mm": 0.25, "where": ["nasolabial-fold-left"]},
    ]
    return tables


@pytest.mark.parametrize("fold", [date(2026, 9, 1), date(2026, 10, 20), date(2026, 11, 1)])
def test_a_place_and_its_part_each_go_on_from_their_own_depth(protocol: Protocol, fold: date) -> None:
    result = consult_tables(with_fold(protocol, date(2026, 10, 20), fold), protocol)
    assert depths_at(result, "cheek-left")[0] == 1.25
    assert depths_at(result, "nasolabial-fold-left")[0] == 0.5


def test_a_count_said_for_everywhere_is_none_where_nothing_was_needled(protocol: Protocol) -> None:
    tables = running(protocol, 5)
    tables["concern"][0]["zones"] = ["cheek", "forehead"]
    needled = {"on": date(2026, 10, 1), "depth_mm": 0.75, "where": ["cheek"]}
    tables["facts"]["previous-needling"] = [needled, {"status": "never", "where": ["forehead"]}]
    result = consult_tables(tables, protocol)
    assert len(sessions_at(result, "forehead")) == 5
    assert sessions_at(result, "cheek-left") == []


def test_maintenance_of_a_place_needs_needling_of_that_place(protocol: Protocol) -> None:
    tables = with_fold(protocol, date(2026, 3, 1), date(2026, 3, 1))
    tables["plan"] = {"visit": "maintenance"}
    tables["facts"]["previous-needling"][0] = {"status": "never", "where": ["cheek-left"]}
    result = consult_tables(tables, protocol)
    assert sessions_at(result, "cheek-left") == []
    assert sessions_at(result, "nasolabial-fold-left")


def test_check_ins_stop_only_where_the_same_place_is_needled_again(protocol: Protocol) -> None:
    tables = running(protocol, [{"value": 4, "where": ["cheek"]}, {"value": 0, "where": ["forehead"]}])
    tables["patient"]["phototype"] = "V"
    tables["concern"][0]["zones"] = ["cheek", "forehead"]
    tables["facts"]["test-patch"] = {"status": "settled", "on": date(2026, 10, 31)}
    needled = {"on": date(2026, 10, 1), "depth_mm": 0.5, "where": ["cheek"]}
    tables["facts"]["previous-needling"] = [needled, {"status": "never", "where": ["forehead"]}]
    result = consult_tables(tables, protocol)
    last = sessions_at(result, "cheek-left")[-1]
    after = {(visit.on - last.on).days for visit in of_kind(result, "check-in") if visit.number == last.number}
    assert after == {1, 3, 7, 14, 28}


def test_a_letter_for_one_place_is_judged_by_the_visits_of_that_place(protocol: Protocol) -> None:
    tables = running(protocol, [{"value": 2, "where": ["cheek"]}, {"value": 0, "where": ["forehead"]}])
    tables["concern"][0]["zones"] = ["cheek", "forehead"]
    tables["patient"]["phototype"] = "V"
    tables["facts"]["test-patch"] = {"status": "settled", "on": date(2026, 11, 10)}
    needled = {"on": date(2026, 10, 1), "depth_mm": 0.5, "where": ["cheek"]}
    tables["facts"]["previous-needling"] = [needled, {"status": "never", "where": ["forehead"]}]
    tables["facts"]["eczema-psoriasis-dermatitis"] = [
        {"status": "chronic-moderate-severe", "where": ["forehead"]},
        {"status": "none", "where": ["cheek"]},
    ]
    tables["clearance"] = [
        {
            "role": "dermatologist",
            "rules": ["eczema-psoriasis-chronic"],
            "by": "a skin doctor",
            "on": date(2026, 11, 20),
            "valid_until": date(2026, 12, 1),
            "condition_met": True,
            "zones": ["forehead"],
        }
    ]
    asked = consult_tables(tables, protocol).plan
    assert asked is not None
    tables["acknowledgement"] = [{"rule": rule, "reason": "Invented."} for rule in asked.to_acknowledge]
    result = consult_tables(tables, protocol)
    assert result.plan is not None
    assert sessions_at(result, "forehead")[0].on > date(2026, 12, 1) > result.plan.sessions[0].on
    assert not result.plan.signable
    tables["clearance"][0]["valid_until"] = date(2026, 12, 31)
    later = consult_tables(tables, protocol)
    assert later.plan is not None
    assert later.plan.signable
