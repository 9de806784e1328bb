"""What the rows must say for the system to rest on them: nothing read by nobody, no zone without an answer, no figure
that no source states."""

from dataclasses import fields
from typing import Any

import pytest

from needlewise.knowledge import Kind, Protocol

# Facts that no rule, modifier, limit or care row reads, and who does.
READ_ELSEWHERE = {
    "birth-date": "the age is derived from it",
    "sex": "the planner: the published cap of a zone",
    "skin-thickness": "the planner: the measured cap",
    "previous-needling": "the planner: the rest of a place, and where a course stands",
    "recovery-normal": "the planner: one step deeper or not",
    "body-weight": "the numbing cream: how much",
    "anaesthetic-area": "the numbing cream: how much",
    "anaesthetic-strength": "the numbing cream: how much",
}


def read_by_rows(protocol: Protocol) -> set[str]:
    cells = [
        *(cell for rule in protocol.rules.values() for way in (*rule.any, *rule.exemptions) for cell in way.all),
        *(cell for row in protocol.modifiers.values() for cell in row.when),
        *(cell for row in protocol.preparation.values() for cell in row.when),
        *(cell for row in protocol.aftercare.values() for cell in row.when),
        *(cell for row in protocol.recovery.values() for cell in row.when),
        *(cell for limit in protocol.limits.values() for cell in limit.prescriber_first),
    ]
    products = {row.fact for row in protocol.preparation.values()}
    restarts = {fact for row in protocol.aftercare.values() for fact in row.restarts}
    return ({cell.fact for cell in cells} | products | restarts) - {""}


def test_every_question_is_asked_for_somebody_who_reads_the_answer(protocol: Protocol) -> None:
    read = read_by_rows(protocol)
    unread = {fact.id for fact in protocol.facts.values() if fact.kind is not Kind.CLEARANCE} - read
    assert unread == set(READ_ELSEWHERE)


def test_every_clearance_that_can_be_noted_is_that_of_a_role(protocol: Protocol) -> None:
    noted = {fact.id.removeprefix("clearance-") for fact in protocol.facts.values() if fact.kind is Kind.CLEARANCE}
    assert noted == set(protocol.roles)


def test_every_role_can_change_some_verdict_or_is_told_why_not(protocol: Protocol) -> None:
    heard = {rule.clearance.role for rule in protocol.rules.values() if rule.clearance}
    assert heard <= set(protocol.roles)
    assert len(heard) >= 6


def test_every_rule_has_examples_that_fire_and_that_do_not(protocol: Protocol) -> None:
    for name, rule in protocol.rules.items():
        then = [example.then for example in protocol.examples[name]]
        verdicts = {rule.verdict.word, *(e.to.word for e in rule.exemptions if e.to is not None)}
        assert rule.verdict.word in then, name
        assert "silent" in then, name
        assert set(then) <= verdicts | {"silent", "ask"}, name


def test_every_rule_that_reads_a_question_has_an_example_of_it_not_being_asked(protocol: Protocol) -> None:
    without = [
        name
        for name, rule in protocol.rules.items()
        if any(cell.fact for way in rule.any for cell in way.all)
        and "ask" not in {example.then for example in protocol.examples[name]}
    ]
    assert without == []


def test_every_wait_has_an_example_on_the_first_day_that_is_allowed(protocol: Protocol) -> None:
    for name, rule in protocol.rules.items():
        silent_after = {
            answer["days_ago"]
            for example in protocol.examples[name]
            for answer in example.given.values()
            if example.then == "silent" and isinstance(answer, dict) and "days_ago" in answer
        }
        for way in rule.any:
            counted = [cell.days_since_below for cell in way.all if cell.days_since_below is not None]
            assert set(counted) <= silent_after, f"{name}: {counted} days"


def test_every_zone_has_a_depth_row_or_says_why_it_is_refused(protocol: Protocol) -> None:
    for zone in protocol.zones.values():
        assert (zone.depth is not None) is zone.plannable, zone.id
        assert bool(zone.refused_because) is not zone.plannable, zone.id
    assert {zone.id for zone in protocol.zones.values() if not zone.plannable} == {"eyelid", "lip-vermilion", "mucosa"}


def test_the_figures_of_a_zone_are_in_order(protocol: Protocol) -> None:
    for zone in protocol.zones.values():
        if (row := zone.depth) is not None:
            assert 0 < row.start_mm <= row.rejuvenation_max_mm <= row.scar_max_mm <= row.ceiling_mm <= 2.5, zone.id
            assert 1 <= row.passes_min <= row.passes_max <= 6, zone.id


def test_no_depth_row_passes_the_limit_of_its_zone(protocol: Protocol) -> None:
    """H1, H3, H4 and H5 in figures; the abdomen alone may pass 1.5 mm, with an authorised device."""
    for zone in protocol.zones.values():
        if zone.depth is not None:
            around_the_eye = zone.id in protocol.limits["H3"].zones
            most = 0.5 if around_the_eye else 2.5 if zone.id == "abdomen" else 1.5
            assert zone.depth.ceiling_mm <= most, zone.id


def test_a_published_cap_is_four_fifths_of_the_thin_end(protocol: Protocol) -> None:
    caps = [(zone.id, cap) for zone in protocol.zones.values() for cap in zone.thickness]
    assert len(caps) >= 16
    for zone, cap in caps:
        assert cap.cap_mm == pytest.approx(0.8 * cap.low_mm, abs=0.0051), f"{zone}, {cap.sex}"
        assert cap.low_mm < cap.mean_mm, f"{zone}, {cap.sex}"


def test_caps_come_in_pairs_of_both_sexes(protocol: Protocol) -> None:
    for zone in protocol.zones.values():
        assert sorted(cap.sex for cap in zone.thickness) in ([], ["female", "male"]), zone.id


# Every figure that a record of a device states, typed from the records. What is not here was not read.
STATED: dict[str, dict[str, float]] = {
    "skinpen_precision": {"dial_min_mm": 0.0, "dial_max_mm": 2.5, "evaluated_max_mm": 1.5, "step_mm": 0.25},
    "exceed": {
        "dial_min_mm": 0.0, "dial_max_mm": 1.5, "needle_length_mm": 1.5, "tolerance_mm": 0.15,
        "count": 6, "strokes_per_second_min": 100.0, "strokes_per_second_max": 150.0,
    },
    "exceed_unlimited": {
        "dial_min_mm": 0.0, "dial_max_mm": 1.9, "needle_length_mm": 1.5,
        "count": 6, "diameter_mm": 0.35, "strokes_per_second_min": 100.0, "strokes_per_second_max": 150.0,
    },
    "rejuvapen_nxt": {"dial_max_mm": 2.5, "count": 12},
    "skinstylus_sterilock": {"dial_max_mm": 2.5, "gauge": 32},
    "dr_pen": {},
    "radiofrequency_needling": {},
    "pro_pen": {"count": 14},
    "generic_pen": {"count_min": 9, "count_max": 36},
    "dermapen_4": {"dial_min_mm": 0.2, "dial_max_mm": 3.0, "step_mm": 0.1},
    "medical_dermaroller": {
        "count": 192, "diameter_min_mm": 0.1, "diameter_max_mm": 0.25, "rows": 8, "drum_diameter_mm": 20.0,
        "drum_width_mm": 20.0,
    },
}  # fmt: skip
AUTHORISED = {
    "skinpen_precision": {"DEN160029": 22, "K202243": 22},
    "exceed": {"K180778": 22, "K182407": 22},
    "exceed_unlimited": {"K233709": 22},
    "rejuvapen_nxt": {"K192138": 22},
    "skinstylus_sterilock": {"K200044": 22},
    "dr_pen": {"K230420": 22},
    "pro_pen": {"K243800": 22},
}


def figures(part: Any) -> dict[str, float]:
    if part is None:
        return {}
    values = {field.name: getattr(part, field.name) for field in fields(part)}
    return {name: value for name, value in values.items() if isinstance(value, int | float)}


def test_a_device_states_what_its_record_states_and_nothing_more(protocol: Protocol) -> None:
    stated = {device.id: figures(device.depth) | figures(device.needles) for device in protocol.devices.values()}
    assert stated == STATED
    roller = protocol.devices["medical_dermaroller"].needles
    assert roller is not None
    assert roller.length_options_mm == (0.13, 0.2, 0.5, 1.5)


def test_a_device_is_authorised_where_its_record_says_so_and_nowhere_else(protocol: Protocol) -> None:
    found = {
        device.id: {one.number: one.min_age_years for one in device.authorisation}
        for device in protocol.devices.values()
        if device.authorisation
    }
    assert found == AUTHORISED
    for indication in protocol.indications.values():
        for use in indication.labelled:
            assert use.authorisation in AUTHORISED[use.device], indication.id
            assert use.min_age_years == 22


def test_the_limits_say_what_they_always_said(protocol: Protocol) -> None:
    """The figures of the hard limits, typed by hand. Changing one is a decision, not a slip."""
    h = protocol.limits
    assert (h["H1"].depth_mm, h["H1"].regions) == (1.5, ("face", "neck"))
    assert h["H2"].zones == ("eyelid", "lip-vermilion", "mucosa")
    assert h["H3"].depth_mm == 0.5
    assert (h["H4"].depth_mm, h["H4"].authorised_zones, h["H4"].authorised_depth_mm) == (1.5, ("abdomen",), 2.5)
    assert h["H5"].depth_mm == 1.5
    assert (h["H7"].interval_days, h["H7"].shallow_interval_days, h["H7"].shallow_depth_mm) == (28, 14, 0.6)
    assert (h["H8"].min_age_years, h["H8"].labelled_age_years) == (18, 22)
