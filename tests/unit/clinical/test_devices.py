"""Which device is taken at a place, what it is authorised for there, and what its label says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from needlewise.clinical.devices import Bench
from needlewise.consultation import consult, read_case
from needlewise.knowledge import Protocol, Verdict
from tests.vignettes.cards import ON, consult_tables, tables_of_example

SCARS, LINES = "atrophic-acne-scars", "fine-lines-face"


def concern(indication: str, *zones: str) -> dict[str, Any]:
    severity = {} if indication in ("neck-lines", "laxity", "surgical-traumatic-scars") else {"severity": "moderate"}
    return {"indication": indication, "zones": list(zones), **severity}


def bench_of(
    protocol: Protocol, concerns: list[dict[str, Any]], devices: list[str], facts: Mapping[str, Any] | None = None
) -> Bench:
    data = {
        "patient": {"born": date(1980, 5, 1), "sex": "female", "phototype": "III"},
        "concern": concerns,
        "facts": facts or {},
        "clinic": {"devices": devices},
    }
    case = read_case(data, protocol, ON)
    return Bench(case, protocol, ON)


def taken(bench: Bench, place: str) -> set[str]:
    names = {choice.device.id for choice in bench._choices(place).values() if choice.device}
    assert len(names) == 1
    return names


def labelled(bench: Bench, place: str) -> str:
    (said,) = bench.inputs()[place]["labelled"]
    return said


def belly(protocol: Protocol, kind: str, cause: str = "surgery") -> tuple[str, float]:
    """Whether the device is authorised for a scar of the abdomen, and the limit there."""
    tables = tables_of_example("raised-scar-of-the-abdomen")
    tables["facts"]["scar-kind"] = kind
    tables["facts"]["scar"]["what"] = cause
    tables["facts"]["surgery"] = "never"
    del tables["override"]
    result = consult_tables(tables, protocol)
    rules = {reason.rule for reason in result.reasons}
    limits = [zone.limit_mm for visit in result.plan.sessions for zone in visit.zones] if result.plan else [0.0]
    return ("no" if "off-label" in rules else "yes"), max(limits)


def test_a_raised_scar_of_the_abdomen_is_what_the_device_is_authorised_for(protocol: Protocol) -> None:
    assert belly(protocol, "hypertrophic") == ("yes", 2.25)
    assert belly(protocol, "hypertrophic", "injury") == ("yes", 2.25)


@pytest.mark.parametrize("kind", ["level", "sunken"])
def test_another_shape_of_scar_there_is_off_label_and_keeps_the_usual_limit(protocol: Protocol, kind: str) -> None:
    assert belly(protocol, kind) == ("no", 1.5)


def test_a_raised_scar_of_a_burn_is_not_named_by_the_record(protocol: Protocol) -> None:
    assert belly(protocol, "hypertrophic", "burn")[0] == "no"


def test_a_shape_that_nobody_named_is_not_covered(protocol: Protocol) -> None:
    tables = tables_of_example("raised-scar-of-the-abdomen")
    del tables["facts"]["scar-kind"]
    result = consult_tables(tables, protocol)
    assert "off-label" in {reason.rule for reason in result.reasons}
    assert result.plan is not None
    assert {zone.limit_mm for visit in result.plan.sessions for zone in visit.zones} == {1.5}


def test_what_an_authorisation_asks_for_is_read_at_each_side(protocol: Protocol) -> None:
    """The same record, were it for the thigh: only the side whose scar is raised is covered."""
    indication = protocol.indications["surgical-traumatic-scars"]
    (use,) = indication.labelled
    moved = replace(indication, labelled=(replace(use, zones=("thigh",)),))
    planted = replace(protocol, indications={**protocol.indications, indication.id: moved})
    facts = {
        "scar": {"on": "2015", "what": "injury"},
        "scar-kind": [
            {"status": "hypertrophic", "where": ["thigh-left"]},
            {"status": "level", "where": ["thigh-right"]},
        ],
    }
    bench = bench_of(planted, [concern(indication.id, "thigh")], ["skinstylus_sterilock"], facts)
    assert labelled(bench, "thigh-left") == "yes"
    assert labelled(bench, "thigh-right") == "no"


def test_one_device_serves_all_that_is_wished_at_a_place(protocol: Protocol) -> None:
    """Scars and frown lines between the brows: the SkinPen is authorised for the one, the Exceed for both."""
    concerns = [concern(SCARS, "glabella"), concern(LINES, "glabella")]
    for devices in (["skinpen_precision", "exceed"], ["exceed", "skinpen_precision"]):
        bench = bench_of(protocol, concerns, devices)
        assert taken(bench, "glabella") == {"exceed"}
        assert labelled(bench, "glabella") == "yes"


def test_a_goal_that_the_device_taken_is_not_authorised_for_makes_the_place_off_label(protocol: Protocol) -> None:
    """On the forehead no device is authorised for lines: for the scars either would do, and the first named is taken."""
    bench = bench_of(
        protocol, [concern(SCARS, "forehead"), concern(LINES, "forehead")], ["skinpen_precision", "exceed"]
    )
    scars, lines = (bench.choice(one, "forehead") for one in bench._case.concerns)
    assert taken(bench, "forehead") == {"skinpen_precision"}
    assert scars.use is not None
    assert lines.use is None
    assert labelled(bench, "forehead") == "no"


def test_places_with_other_wishes_may_get_another_device(protocol: Protocol) -> None:
    bench = bench_of(protocol, [concern(SCARS, "cheek"), concern(LINES, "crows-feet")], ["rejuvapen_nxt", "exceed"])
    assert taken(bench, "cheek-left") == taken(bench, "cheek-right") == {"exceed"}
    assert taken(bench, "crows-feet-left") == {"rejuvapen_nxt"}
    assert {labelled(bench, place) for place in bench.inputs()} == {"yes"}


def test_a_goal_without_a_protocol_does_not_decide_about_the_device(protocol: Protocol) -> None:
    bench = bench_of(protocol, [concern(SCARS, "jaw"), concern("laxity", "jaw")], ["skinpen_precision"])
    assert labelled(bench, "jaw-left") == "yes"
    alone = bench_of(protocol, [concern("laxity", "jaw")], ["skinpen_precision"])
    assert labelled(alone, "jaw-left") == "no"


def test_the_device_that_is_planned_with_decides_what_is_off_label(protocol: Protocol) -> None:
    """Both wishes on the glabella, and the SkinPen alone: what it is not authorised for is said, and planned with it."""
    tables = tables_of_example("acne-scars-type-iii")
    tables["concern"] = [concern(SCARS, "glabella"), concern(LINES, "glabella")]
    tables["clinic"] = {"devices": ["skinpen_precision"]}
    alone = consult_tables(tables, protocol)
    assert "off-label" in {reason.rule for reason in alone.reasons}
    tables["clinic"] = {"devices": ["skinpen_precision", "exceed"]}
    both = consult_tables(tables, protocol)
    assert "off-label" not in {reason.rule for reason in both.reasons}
    assert both.plan is not None
    assert {zone.device for visit in both.plan.sessions for zone in visit.zones} == {"exceed"}


def allergic(protocol: Protocol, *, silent: bool | None, neck: bool = False) -> Verdict:
    """The verdict of a cleared allergy, with a pen for lines of the face; for the neck, if wished, there is the SkinPen.

    `silent`: what the label of that other pen says of the allergy; None leaves it unread.
    """
    says = None if silent is None else not silent
    pen = replace(protocol.devices["exceed"], names_anaesthetic_allergy=says)
    planted = replace(protocol, devices={**protocol.devices, "exceed": pen})
    tables = tables_of_example("acne-scars-type-iii")
    tables["concern"] = [concern(LINES, "glabella"), *([concern("neck-lines", "neck")] if neck else [])]
    tables["clinic"] = {"devices": ["exceed", "skinpen_precision"]}
    tables["facts"]["anaesthetic-allergy"] = "yes"
    tables["clearance"] = [
        {
            "role": "treating-practitioner",
            "rules": ["anaesthetic-allergy"],
            "by": "the practitioner, in writing",
            "on": ON,
            "condition_met": True,
        }
    ]
    return consult(read_case(tables, planted, ON), planted, ON).verdict


def test_a_cleared_allergy_may_be_treated_with_a_device_whose_label_is_silent_on_it(protocol: Protocol) -> None:
    assert allergic(protocol, silent=True) is Verdict.CAUTION


@pytest.mark.parametrize("silent", [False, None])
def test_a_clearance_does_not_help_where_the_label_names_the_allergy_or_was_not_read(
    protocol: Protocol, silent: bool | None
) -> None:
    assert allergic(protocol, silent=silent) is Verdict.EXCLUDE


def test_one_place_with_a_device_that_names_the_allergy_is_enough(protocol: Protocol) -> None:
    assert allergic(protocol, silent=True, neck=True) is Verdict.EXCLUDE


def test_a_clearance_that_does_not_count_says_why(protocol: Protocol) -> None:
    tables = tables_of_example("acne-scars-type-iii")
    tables["facts"]["anaesthetic-allergy"] = "yes"
    letter = {"role": "treating-practitioner", "rules": ["anaesthetic-allergy"], "by": "the practitioner", "on": ON}
    tables["clearance"] = [{**letter, "condition_met": True}]
    result = consult_tables(tables, protocol)
    (reason,) = [reason for reason in result.reasons if reason.rule == "anaesthetic-allergy"]
    assert result.verdict is Verdict.EXCLUDE
    assert reason.clearance == ""
    assert any("does not count" in text and "label" in text for text in reason.changes)


def test_a_device_named_in_the_list_and_with_figures_is_one_device(protocol: Protocol) -> None:
    tables = tables_of_example("acne-scars-type-iii")
    figures = {"id": "skinpen_precision", "needle_count": 12}
    tables["clinic"] = {"devices": ["exceed", "skinpen_precision"], "device": [figures]}
    devices = read_case(tables, protocol, ON).clinic.devices
    assert [device.id for device in devices] == ["exceed", "skinpen_precision"]
    assert devices[1].needle_count == 12
    tables["clinic"]["device"] = [figures, {"id": "skinpen_precision"}, figures]
    assert read_case(tables, protocol, ON).clinic.devices == devices
