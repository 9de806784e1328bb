"""Two answers of a case that cannot both be right are refused, with both places; what is not known stays open."""

from typing import Any

import pytest

from needlewise.consultation import read_case
from needlewise.errors import CaseError
from needlewise.knowledge import Protocol
from tests.vignettes.cards import ON, consult_tables, tables_of_example

OPERATION, SCAR = "the-scar-treated", "surgery"


def refused(tables: dict[str, Any], protocol: Protocol) -> str:
    with pytest.raises(CaseError) as caught:
        read_case(tables, protocol, ON)
    (problem,) = caught.value.problems
    return str(problem)


def wishing(indication: str, zone: str, facts: dict[str, Any], severity: str = "") -> dict[str, Any]:
    tables = tables_of_example("acne-scars-type-iii")
    tables["concern"] = [{"indication": indication, "zones": [zone], **({"severity": severity} if severity else {})}]
    tables["facts"] |= facts
    return tables


DENIED = {
    "a scar of an operation where there is none": (
        "surgical-traumatic-scars",
        {"scar": "never"},
        ["facts.scar", "never"],
    ),
    "a scar of an injury where the only scar comes from acne": (
        "surgical-traumatic-scars",
        {"scar": {"on": "2014", "what": "acne"}},
        ["facts.scar", "Acne"],
    ),
    "stretch marks that were never there": ("stretch-marks", {"stretch-marks-onset": "never"}, ["stretch-marks-onset"]),
    "dark patches that are not there": (
        "hyperpigmentation-melasma",
        {"melasma": "no", "dark-marks-after-inflammation": "no"},
        ["facts.melasma", "facts.dark-marks-after-inflammation"],
    ),
    "acne scars where there is no scar": ("atrophic-acne-scars", {"scar": "never"}, ["facts.scar"]),
}


@pytest.mark.parametrize("name", DENIED)
def test_a_wish_that_the_answers_deny_is_refused(name: str, protocol: Protocol) -> None:
    indication, facts, named = DENIED[name]
    zone = "abdomen" if indication == "stretch-marks" else "cheek"
    text = refused(wishing(indication, zone, facts), protocol)
    assert text.startswith("concern[0]: contradictory")
    for part in (indication, *named):
        assert part in text


@pytest.mark.parametrize(
    ("indication", "facts"),
    [
        ("hyperpigmentation-melasma", {"melasma": "yes", "dark-marks-after-inflammation": "no"}),
        ("hyperpigmentation-melasma", {"melasma": "no", "dark-marks-after-inflammation": "yes"}),
        ("hyperpigmentation-melasma", {"melasma": "no", "dark-marks-after-inflammation": "unknown"}),
        ("surgical-traumatic-scars", {"scar": "unknown"}),
        ("surgical-traumatic-scars", {"scar": {"on": "2014"}}),
        ("surgical-traumatic-scars", {"scar": [{"on": "2014", "what": "acne"}, {"on": "2015", "what": "burn"}]}),
        ("fine-lines-face", {"scar": "never"}),
    ],
)
def test_what_fits_or_is_not_known_is_read(indication: str, facts: dict[str, Any], protocol: Protocol) -> None:
    read_case(wishing(indication, "cheek", facts), protocol, ON)


def test_only_the_places_where_the_answer_denies_it_are_named(protocol: Protocol) -> None:
    scar = [{"on": "2014", "what": "acne", "where": ["cheek-left"]}, {"status": "never", "where": ["cheek-right"]}]
    text = refused(wishing("atrophic-acne-scars", "cheek", {"scar": scar}), protocol)
    assert "`cheek-right`" in text
    assert "`cheek-left`" not in text


def operated(surgery: Any, scar: Any) -> dict[str, Any]:
    """A scar of the chin is wished for, with an operation there and a scar."""
    facts = {"surgery": surgery, "scar": scar, "scar-kind": "level"}
    return wishing("surgical-traumatic-scars", "chin", facts)


@pytest.mark.parametrize(
    "scar",
    [
        {"on": "2020-03-01", "what": SCAR},
        {"on": "2026-05-08", "what": "injury"},
        {"on": "2026-04", "what": SCAR},
    ],
)
def test_the_operation_that_left_the_scar_and_a_scar_of_another_day_or_kind_are_refused(
    scar: dict[str, str], protocol: Protocol
) -> None:
    text = refused(operated({"on": "2026-05-08", "what": OPERATION}, scar), protocol)
    assert text.startswith("facts.surgery: contradictory: at `chin`")
    assert "facts.scar" in text


def test_the_operation_that_left_the_scar_where_there_is_no_scar_is_refused(protocol: Protocol) -> None:
    tables = operated({"on": "2026-05-08", "what": OPERATION}, "never")
    tables["concern"] = [{"indication": "fine-lines-face", "severity": "mild", "zones": ["chin"]}]
    del tables["facts"]["scar-kind"]
    assert "facts.scar says `never`" in refused(tables, protocol)


@pytest.mark.parametrize(
    ("surgery", "scar"),
    [
        ({"on": "2026-05-08", "what": OPERATION}, {"on": "2026-05-08", "what": SCAR}),
        ({"on": "2026-05-08", "what": OPERATION}, {"on": "2026-05", "what": SCAR}),
        ({"on": "2026-05", "what": OPERATION}, {"on": "2026-05-08", "what": SCAR}),
        ({"what": OPERATION}, {"on": "2026-05-08", "what": SCAR}),
        ({"on": "2026-05-08", "what": OPERATION}, {"what": SCAR}),
        ({"on": "2026-05-08", "what": OPERATION}, {"on": "2026-05-08"}),
        ({"on": "2026-05-08", "what": OPERATION}, [{"on": "2026-05-08", "what": SCAR}, {"on": "2014", "what": "acne"}]),
        ({"on": "2026-05-08", "what": "other-operation"}, {"on": "2020-03-01", "what": SCAR}),
        ({"on": "2026-05-08", "what": OPERATION}, "unknown"),
    ],
)
def test_answers_that_may_tell_of_one_event_are_read(surgery: Any, scar: Any, protocol: Protocol) -> None:
    read_case(operated(surgery, scar), protocol, ON)


@pytest.mark.parametrize(
    ("scar", "exempt"),
    [({"on": "2026-05-08", "what": SCAR}, True), ({"on": "2026-05", "what": SCAR}, False), ({"what": SCAR}, False)],
)
def test_an_operation_of_the_face_is_waited_out_unless_the_scar_is_known_to_be_of_that_day(
    scar: dict[str, str], exempt: bool, protocol: Protocol
) -> None:
    result = consult_tables(operated({"on": "2026-05-08", "what": OPERATION}, scar), protocol)
    assert ("surgery-in-field" in {reason.rule for reason in result.reasons}) is not exempt


def test_a_device_with_two_sets_of_figures_is_refused(protocol: Protocol) -> None:
    tables = tables_of_example("acne-scars-type-iii")
    rows = [{"id": "skinpen_precision", "needle_count": count} for count in (12, 14)]
    tables["clinic"] = {"device": rows}
    text = refused(tables, protocol)
    assert text.startswith("clinic.device[1].id: `skinpen_precision` stands twice")
