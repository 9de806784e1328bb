"""One thing changed in an example, and what must change with it."""

from datetime import date
from typing import Any

import pytest

from needlewise.consultation import Consultation
from needlewise.knowledge import Protocol, Verdict
from tests.vignettes.cards import consult_tables, example_names, tables_of_example
from tests.vignettes.telling import told


def depths_mm(result: Consultation, place: str) -> list[float]:
    assert result.plan is not None
    return [zone.depth_mm for visit in result.plan.sessions for zone in visit.zones if zone.place == place]


def signable(result: Consultation) -> bool:
    return result.plan is not None and result.plan.signable


def letter(tables: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = tables["clearance"][0]
    return found


def test_past_60_and_not_measured_the_published_cap_counts_instead_of_the_measurement(protocol: Protocol) -> None:
    """Man, cheek: 0.9 mm published, in steps of 0.25 mm 0.75 mm; measured 1.5 mm had given 1.0 mm."""
    tables = tables_of_example("acne-scars-over-60-measured")
    del tables["facts"]["skin-thickness"]
    assert depths_mm(consult_tables(tables, protocol), "cheek-left") == [0.5, 0.75, 0.75, 0.75, 0.75, 0.75]


def test_where_only_one_side_was_measured_the_other_keeps_the_published_cap(protocol: Protocol) -> None:
    tables = tables_of_example("acne-scars-over-60-measured")
    tables["facts"]["skin-thickness"] = [{"value": 1.5, "where": ["cheek-left"]}]
    result = consult_tables(tables, protocol)
    assert max(depths_mm(result, "cheek-left")) == 1.0
    assert max(depths_mm(result, "cheek-right")) == 0.75


def test_under_60_a_measured_thickness_never_raises_the_ceiling(protocol: Protocol) -> None:
    """Four fifths of 3 mm are 2.4 mm; the device still ends at 1.35 mm. Of 0.8 mm they are 0.64 mm, so 0.5 mm."""
    tables = tables_of_example("acne-scars-type-iii")
    tables["facts"]["skin-thickness"] = 3.0
    assert max(depths_mm(consult_tables(tables, protocol), "cheek-left")) == 1.25
    tables["facts"]["skin-thickness"] = 0.8
    assert depths_mm(consult_tables(tables, protocol), "cheek-left") == [0.5] * 5


def test_a_keloid_in_the_past_excludes(protocol: Protocol) -> None:
    tables = tables_of_example("acne-scars-type-iii")
    tables["facts"]["keloid-history"] = "yes"
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.EXCLUDE
    assert result.plan is None


@pytest.mark.parametrize("role", ["doctor", "dermatologist", "prescriber", "treating-practitioner"])
def test_no_letter_makes_needling_in_pregnancy_possible(role: str, protocol: Protocol) -> None:
    tables = tables_of_example("pregnancy")
    tables["clearance"] = [
        {
            "role": role,
            "rules": ["pregnant-or-breastfeeding"],
            "by": "a letter",
            "on": date(2026, 11, 20),
            "condition_met": True,
        }
    ]
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.EXCLUDE
    assert result.plan is None


def test_laxity_alone_gives_no_visit_and_nothing_to_sign(protocol: Protocol) -> None:
    tables = tables_of_example("laxity-without-a-protocol")
    tables["concern"] = tables["concern"][:1]
    result = consult_tables(tables, protocol)
    assert result.plan is not None
    assert not result.plan.visits
    assert not result.plan.signable


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in example_names()
        if "acknowledgement" in tables_of_example(name) or "acknowledged" in tables_of_example(name).get("plan", {})
    ],
)
def test_without_the_acknowledgement_nothing_is_signed(name: str, protocol: Protocol) -> None:
    tables = tables_of_example(name)
    named = {row["rule"] for row in tables.pop("acknowledgement", [])}
    named |= set(tables.get("plan", {}).pop("acknowledged", []))
    result = consult_tables(tables, protocol)
    assert result.plan is not None
    assert not result.plan.signable
    assert set(result.plan.to_acknowledge) == named


def test_off_label_is_only_acknowledged_with_a_reason(protocol: Protocol) -> None:
    tables = tables_of_example("two-goals-that-fit")
    tables["acknowledgement"] = [{"rule": "off-label"}]
    assert not signable(consult_tables(tables, protocol))


@pytest.mark.parametrize(
    "change",
    [
        {"role": "doctor"},
        {"rules": ["sunburn"]},
        {"condition_met": False},
        {"valid_until": date(2026, 11, 23)},
    ],
    ids=["another role", "another rule", "its condition not met", "run out yesterday"],
)
def test_a_letter_counts_only_as_the_rule_asks_for_it(change: dict[str, Any], protocol: Protocol) -> None:
    tables = tables_of_example("isotretinoin-wait-shortened")
    letter(tables).update(change)
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.DEFER
    assert result.eligible_on == date(2027, 2, 22)
    assert not signable(result)


def test_a_shortened_wait_that_is_not_over_still_defers_but_to_an_earlier_day(protocol: Protocol) -> None:
    """Last dose on 20 October; 60 days later is 19 December."""
    tables = tables_of_example("isotretinoin-wait-shortened")
    tables["facts"]["isotretinoin"]["last"] = date(2026, 10, 20)
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.DEFER
    assert result.eligible_on == date(2026, 12, 19)


def test_a_letter_that_names_no_wait_shortens_it_to_the_longest_allowed(protocol: Protocol) -> None:
    """50 days gone; the longest allowed is 60."""
    tables = tables_of_example("isotretinoin-wait-shortened")
    tables["facts"]["isotretinoin"]["last"] = date(2026, 10, 5)
    del letter(tables)["wait_days"]
    assert consult_tables(tables, protocol).eligible_on == date(2026, 12, 4)


def test_a_letter_that_asks_for_a_longer_wait_is_not_read_as_a_shorter_one(protocol: Protocol) -> None:
    """90 days gone, and the dermatologist writes: not before 100 days."""
    tables = tables_of_example("isotretinoin-wait-shortened")
    letter(tables)["wait_days"] = 100
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.DEFER
    assert not signable(result)


def test_cold_sores_hold_back_the_face_and_not_the_neck(protocol: Protocol) -> None:
    tables = tables_of_example("cold-sores-referred")
    tables["concern"].append({"goal": "softer-neck-lines", "zones": ["neck"]})
    result = consult_tables(tables, protocol)
    said = told(result, protocol)
    assert "Visit: proceed." in said
    assert "Zone neck: proceed." in said
    assert "Zone upper-lip: refer." in said
    assert "Left out upper-lip (fine-lines-face): by the rule cold-sore-history." in said
    assert signable(result)


def test_a_calf_whose_figures_the_clinic_has_adopted_is_planned(protocol: Protocol) -> None:
    """Table 1.25 mm, zone 1.5 mm, device 1.35 mm; type VI starts at 0.25 mm, with 3 - 1 passes."""
    tables = tables_of_example("stretch-marks-adopted-zone")
    tables["clinic"]["adopted"].append("calf")
    result = consult_tables(tables, protocol)
    said = told(result, protocol)
    assert "Depth calf, both sides: 0.25, 0.5, 0.75, 1, 1.25, 1.25 mm; ceiling 1.25 mm; limit 1.25 mm." in said
    assert "Passes calf, both sides: 2, until even erythema, with skinpen_precision." in said


def test_a_raised_scar_elsewhere_than_on_the_abdomen_stays_excluded(protocol: Protocol) -> None:
    tables = tables_of_example("raised-scar-of-the-abdomen")
    tables["concern"][0]["zones"] = ["back"]
    tables["override"][0]["zone"] = "back"
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.EXCLUDE
    assert result.plan is None


def test_a_raised_scar_treated_with_another_device_stays_excluded(protocol: Protocol) -> None:
    tables = tables_of_example("raised-scar-of-the-abdomen")
    tables["clinic"]["devices"] = ["skinpen_precision"]
    assert consult_tables(tables, protocol).verdict is Verdict.EXCLUDE


def test_an_eyelid_is_never_planned(protocol: Protocol) -> None:
    tables = tables_of_example("override-beyond-the-limit")
    tables["concern"][0]["zones"].append("eyelid")
    result = consult_tables(tables, protocol)
    said = told(result, protocol)
    assert "Zone eyelid, both sides: exclude." in said
    assert "Left out eyelid, both sides (fine-lines-face): by the rule lip-eyelid-mucosa." in said
    assert depths_mm(result, "crows-feet-left") == [0.25] * 4


def test_a_depth_asked_for_above_the_ceiling_stays_at_the_ceiling_and_says_so(protocol: Protocol) -> None:
    tables = tables_of_example("override-above-the-ceiling")
    del tables["override"]
    tables["plan"] = {"requested": {"chin": 1.0}}
    result = consult_tables(tables, protocol)
    assert depths_mm(result, "chin") == [0.75] * 5
    assert "Warning chin: 1 mm, 0.75 mm, 1.25 mm." in told(result, protocol)


@pytest.mark.parametrize("wish", ["requested", "override"])
def test_no_session_is_planned_at_no_depth(wish: str, protocol: Protocol) -> None:
    """Less than 0.25 mm is not planned: say so, or keep the start."""
    tables = tables_of_example("acne-scars-type-iii")
    if wish == "requested":
        tables["plan"]["requested"] = {"cheek": 0.2}
    else:
        tables["override"] = [{"zone": "cheek", "depth_mm": 0.2, "reason": "gently at first"}]
    assert min(depths_mm(consult_tables(tables, protocol), "cheek-left"), default=0.25) >= 0.25


def test_a_refused_override_leaves_a_running_course_where_it_stood(protocol: Protocol) -> None:
    tables = tables_of_example("third-session")
    tables["override"] = [{"zone": "cheek", "depth_mm": 2.0, "reason": "wants more"}]
    assert depths_mm(consult_tables(tables, protocol), "cheek-left") == [1.0, 1.25, 1.25]


def test_numbing_cream_stronger_than_4_percent_is_not_allowed_without_a_prescription(protocol: Protocol) -> None:
    """288 mg at 50 mg per gram: 5.76 g."""
    tables = tables_of_example("numbing-cream")
    tables["facts"]["anaesthetic-strength"] = 5
    assert "Numbing cream: not allowed, at most 5.76 g on 400 cm2 for 60 minutes." in told(
        consult_tables(tables, protocol), protocol
    )


@pytest.mark.parametrize(
    ("fact", "answer"),
    [
        ("liver-disease", "yes"),
        ("antiarrhythmic-class-3", "now"),
        ("anaesthetic-area", 401),
        ("liver-disease", "unknown"),
    ],
)
def test_numbing_cream_is_not_allowed_where_a_prescriber_decides_or_the_area_is_large(
    fact: str, answer: object, protocol: Protocol
) -> None:
    tables = tables_of_example("numbing-cream")
    tables["facts"][fact] = answer
    result = consult_tables(tables, protocol)
    assert result.numbing is not None
    assert not result.numbing.allowed


def test_sensitive_skin_pauses_its_vitamin_a_for_ten_days_on_either_side(protocol: Protocol) -> None:
    """10 days from today are 4 December, so sessions on the 4th, then every 28 days; pauses from 10 days before to 10 after."""
    tables = tables_of_example("products-calendar")
    tables["facts"]["sensitive-skin"] = "yes"
    said = told(consult_tables(tables, protocol), protocol)
    assert "Sessions: 1 on 2026-12-04, 2 on 2027-01-01, 3 on 2027-01-29; if needed 4 on 2027-02-26." in said
    assert (
        "Pause Vitamin A creams and serums: 2026-11-24 to 2026-12-14; 2026-12-22 to 2027-01-11; "
        "2027-01-19 to 2027-02-08; 2027-02-16 to 2027-03-08." in said
    )


def test_on_the_scalp_pauses_every_two_weeks_become_one(protocol: Protocol) -> None:
    """7 days before and 7 after meet every 14 days: from today until 7 days after the twelfth session, 4 May."""
    tables = tables_of_example("hair-loss-every-two-weeks")
    tables["facts"]["exfoliating-acid"] = {"status": "now"}
    said = told(consult_tables(tables, protocol), protocol)
    assert "Pause Products with acids: 2026-11-24 to 2027-05-11." in said
    assert any(line.startswith("Sessions: 1 on 2026-12-01,") for line in said)


def test_a_warfarin_value_above_the_range_is_referred(protocol: Protocol) -> None:
    tables = tables_of_example("blood-thinner")
    tables["facts"].update({"anticoagulant-kind": "warfarin-type", "inr": 3.6})
    result = consult_tables(tables, protocol)
    assert result.verdict is Verdict.REFER
    assert not signable(result)
