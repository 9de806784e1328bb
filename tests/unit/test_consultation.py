"""The one door: pure, frozen, and light."""

import copy
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import timedelta
from typing import Any

import pytest

from needlewise.consultation import Consultation, consult, read_case
from needlewise.knowledge import Protocol, load_protocol
from needlewise.verification.consultations import quiet_case
from tests.conftest import TODAY

EXAMPLE = b"""
[patient]
born = 1990-02-03
sex = "female"
phototype = "III"

[[concern]]
indication = "atrophic-acne-scars"
severity = "moderate"
zones = ["cheek", "forehead"]

[facts]
smoking = "yes"
vitamin-c-product = "now"

[clinic]
devices = ["skinpen_precision"]
"""


@pytest.fixture(scope="module")
def made(protocol: Protocol) -> Consultation:
    """A whole consultation: reasons, plan, timeline, questions answered."""
    data = quiet_case(protocol, TODAY)
    data["facts"] |= {"smoking": "yes", "vitamin-c-product": "now"}
    return consult(read_case(data, protocol, TODAY), protocol, TODAY)


def test_the_same_case_twice_gives_the_same_value(protocol: Protocol) -> None:
    case = read_case(EXAMPLE, protocol, TODAY)
    first, second = consult(case, protocol, TODAY), consult(case, protocol, TODAY)
    assert first == second
    assert first is not second
    assert read_case(EXAMPLE, protocol, TODAY) == case


def test_a_consultation_changes_neither_case_nor_protocol_nor_tables(protocol: Protocol) -> None:
    tables = quiet_case(protocol, TODAY)
    case = read_case(tables, protocol, TODAY)
    before = copy.deepcopy((tables, case, protocol))
    consult(case, protocol, TODAY)
    assert (tables, case, protocol) == before


def test_a_protocol_loaded_again_gives_the_same_consultation(protocol: Protocol) -> None:
    again = load_protocol(TODAY)
    assert again is not protocol
    results = [consult(read_case(EXAMPLE, one, TODAY), one, TODAY) for one in (protocol, again)]
    assert results[0] == results[1]


def test_what_was_consulted_before_leaves_no_trace(protocol: Protocol) -> None:
    case = read_case(EXAMPLE, protocol, TODAY)
    alone = consult(case, protocol, TODAY)
    later = TODAY + timedelta(days=40)
    other = {**quiet_case(protocol, TODAY), "plan": {"visit": "maintenance"}}
    consult(read_case(other, protocol, TODAY), protocol, TODAY)
    consult(read_case(EXAMPLE, protocol, later), protocol, later)
    assert consult(case, protocol, TODAY) == alone


def test_the_day_alone_decides_what_day_it_is(protocol: Protocol) -> None:
    later = TODAY + timedelta(days=1000)
    result = consult(read_case(EXAMPLE, protocol, later), protocol, later)
    assert result.on == later
    assert result.plan is not None
    assert all(visit.on >= later for visit in result.plan.visits)


def test_text_bytes_and_tables_are_the_same_case(protocol: Protocol) -> None:
    from_bytes = read_case(EXAMPLE, protocol, TODAY)
    assert read_case(EXAMPLE.decode(), protocol, TODAY) == from_bytes


def values_in(value: Any, seen: dict[int, Any]) -> None:
    """Every dataclass and named tuple that can be reached from a value."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        seen[id(value)] = value
    if is_dataclass(value) and id(value) not in seen:
        seen[id(value)] = value
        for field in fields(value):
            values_in(getattr(value, field.name), seen)
    elif isinstance(value, tuple | frozenset):
        for part in value:
            values_in(part, seen)
    else:
        assert not isinstance(value, list | set | bytearray), f"{value!r} can be changed in place"


def test_nothing_in_a_result_can_be_changed(made: Consultation) -> None:
    seen: dict[int, Any] = {}
    values_in(made, seen)
    kinds = {type(value).__name__ for value in seen.values()}
    assert {"Consultation", "Reason", "Plan", "Visit", "VisitZone", "Step", "Mark", "Instruction"} <= kinds
    for value in {type(value): value for value in seen.values()}.values():
        # A frozen dataclass and a named tuple both refuse with an AttributeError.
        for name in [field.name for field in fields(value)] if is_dataclass(value) else value._fields:
            with pytest.raises(AttributeError):
                setattr(value, name, None)


def test_a_result_takes_no_further_attribute(made: Consultation) -> None:
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        made.note = "by hand"  # type: ignore[attr-defined]


def test_the_protocol_cannot_be_reassigned(protocol: Protocol) -> None:
    with pytest.raises(FrozenInstanceError):
        protocol.rules = {}  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        protocol.rules["vitiligo"].because = "by hand"  # type: ignore[misc]


def brought_in(code: str) -> set[str]:
    """What a bare interpreter has imported after some code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in done.stdout.split()}


SCIENCE = {"numpy", "scipy", "pandas"}
SHELLS = {"django", "typst", "icalendar", "z3"}


def test_importing_the_package_brings_in_nothing_heavy() -> None:
    found = brought_in("import needlewise")
    assert "needlewise" in found
    assert found.isdisjoint({"pydantic", *SCIENCE, *SHELLS})


def test_a_consultation_brings_in_neither_science_nor_shells() -> None:
    found = brought_in(
        "from datetime import date\n"
        "from needlewise import consult, load_protocol, read_case\n"
        "on = date(2026, 11, 24)\n"
        "protocol = load_protocol(on)\n"
        f"consult(read_case({EXAMPLE!r}, protocol, on), protocol, on)"
    )
    assert found.isdisjoint(SCIENCE | SHELLS)


def test_once_the_protocol_is_kept_a_consultation_needs_the_standard_library_only() -> None:
    code = (
        "from datetime import date\n"
        "from needlewise import consult, load_protocol, read_case\n"
        "on = date(2026, 11, 24)\n"
        "protocol = load_protocol(on)\n"
        f"consult(read_case({EXAMPLE!r}, protocol, on), protocol, on)"
    )
    # Other tests may clear what was kept between two calls.
    assert any("pydantic" not in brought_in(code) for _ in range(4))
