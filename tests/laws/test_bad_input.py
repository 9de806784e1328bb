"""Whatever a case file holds, it is a case or a list of problems; a case always leads to a consultation."""

import json
import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from needlewise.cli.patient_page import patient_page
from needlewise.cli.practitioner_page import practitioner_page
from needlewise.clinical.answers import inside
from needlewise.clinical.case import Case
from needlewise.clinical.case_reading import TABLES
from needlewise.clinical.case_text import tables_of
from needlewise.consultation import consult, read_case
from needlewise.errors import CaseError, Problem
from needlewise.interop.document import as_document
from needlewise.knowledge import Fact, Kind, Protocol, Scope, load_protocol
from tests.unit.cli.cases import complete_case

ON = date(2026, 11, 24)
# Slow machines are no fault of the law.
LAW = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])


@cache
def protocol() -> Protocol:
    return load_protocol(ON)


def read(data: Mapping[str, Any]) -> Case | CaseError:
    """A case, or its problems; anything else that is raised fails the test."""
    try:
        return read_case(data, protocol(), ON)
    except CaseError as error:
        found = error
    assert found.problems
    assert all(problem.where and problem.found for problem in found.problems)
    # A message stays a message, whatever was in the file.
    assert all(len(str(problem)) < 2_000 for problem in found.problems)
    return found


def carried_through(case: Case) -> None:
    """A case that could be read can be consulted, written as a document and printed."""
    consultation = consult(case, protocol(), ON)
    json.dumps(as_document(consultation, protocol()))
    assert practitioner_page(consultation, protocol())
    assert patient_page(consultation, case, protocol())


def ids() -> list[str]:
    p = protocol()
    tables = (p.facts, p.zones, p.places, p.indications, p.rules, p.devices, p.adjuncts, p.roles)
    return [*(name for table in tables for name in table), "unknown", "never", "yes", "no", "happened"]


IDS = st.deferred(lambda: st.sampled_from(ids()))
DAYS = st.dates(ON - timedelta(days=2000), ON + timedelta(days=60)) | st.dates()
LEAVES = (
    st.none().map(lambda _: "")
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**400, max_value=10**401)
    | st.floats()
    | DAYS
    | st.datetimes()
    | st.times()
    | st.text(max_size=20)
    | IDS
    | st.sampled_from(["2026", "2026-02", "2026-02-30", "0000", "9999-12", "2027"])
)
# Names of keys in the tables of a case.
WORDS = [
    "status",
    "on",
    "since",
    "last",
    "where",
    "what",
    "value",
    "prescribed",
    "depth_mm",
    "goal",
    "indication",
    "severity",
    "zones",
    "born",
    "sex",
    "phototype",
    "devices",
    "weekdays",
    "adopted",
    "device",
    "start_on",
    "visit",
    "anaesthetic",
    "adjuncts",
    "requested",
    "acknowledged",
    "zone",
    "reason",
    "by",
    "role",
    "rules",
    "valid_until",
    "condition_met",
    "wait_days",
    "rule",
    "id",
    "needle_count",
    "strokes_per_second",
]
KEYS = st.sampled_from(WORDS) | IDS | st.text(max_size=8)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
FILES = st.dictionaries(st.sampled_from(TABLES) | st.text(max_size=8), ANYTHING, max_size=6)


@LAW
@given(FILES)
@example({"concern": [{"indication": ["laxity"], "zones": [["cheek"]]}]})
@example({"facts": {"filler": {"on": 10**500}}})
@example({"plan": {"start_on": date.max}})
@example({"": 1, "a.b": 2, "x" * 5_000: 3, "facts": {"": 1, "\x1b": 2, "y" * 5_000: 3}})
def test_any_tables_are_a_case_or_problems(data: dict[str, Any]) -> None:
    found = read(data)
    if isinstance(found, Case):
        carried_through(found)


def answers(fact: Fact) -> st.SearchStrategy[Any]:
    """Answers that could be meant for a question."""
    day = st.dates(ON - timedelta(days=2000), ON) | st.sampled_from(["2026", "2025-03", "2019"])
    where = st.lists(st.sampled_from([*protocol().zones, *protocol().places]), min_size=1, max_size=3)
    placed = {} if fact.scope is Scope.PERSON else {"where": where}
    if fact.kind is Kind.MEASURE:
        low, high = fact.range or (0.0, 1.0)
        plain: st.SearchStrategy[Any] = st.floats(low, high)
        table = st.fixed_dictionaries({"value": plain}, optional=placed)
    elif fact.kind is Kind.EVENT:
        plain = st.just("never") | day
        what = {"what": st.sampled_from(fact.what)} if fact.what else {}
        table = st.fixed_dictionaries({}, optional={"on": day, **what, **placed})
    else:
        plain = st.sampled_from(fact.options)
        dated = {"on": day} if fact.dated else {}
        risky = st.sampled_from(fact.options[1:])
        table = st.fixed_dictionaries({"status": risky}, optional={**dated, **placed})
    return plain | table | (st.lists(table, min_size=1, max_size=3) if placed else st.nothing())


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Files that are mostly right: real names everywhere, and answers of the right kind."""
    asked = [f for f in protocol().facts.values() if not f.derived_from and f.kind is not Kind.CLEARANCE]
    facts = draw(st.lists(st.sampled_from(asked), max_size=25, unique_by=lambda f: f.id))
    places = st.lists(st.sampled_from([*protocol().zones, *protocol().places]), min_size=1, max_size=4)
    indications = draw(st.lists(st.sampled_from(list(protocol().indications)), min_size=1, max_size=3, unique=True))
    return {
        "concern": [{"indication": name, "zones": draw(places)} for name in indications],
        "facts": {fact.id: draw(answers(fact)) for fact in facts},
        "clinic": draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "devices": st.lists(st.sampled_from(list(protocol().devices)), max_size=3),
                    "weekdays": st.lists(st.sampled_from(["monday", "friday", "sunday"]), max_size=2),
                    "adopted": st.lists(st.sampled_from(list(protocol().zones)), max_size=3),
                },
            )
        ),
        "plan": draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "start_on": st.dates(ON, ON + timedelta(days=731)),
                    "visit": st.sampled_from(["first", "session", "maintenance", "reassessment"]),
                    "anaesthetic": st.sampled_from(["none", "over-the-counter", "prescriber"]),
                    "adjuncts": st.lists(st.sampled_from(list(protocol().adjuncts)), max_size=2),
                    "acknowledged": st.lists(st.sampled_from(list(protocol().rules)), max_size=3),
                },
            )
        ),
    }


@LAW
@given(cases())
def test_a_file_that_is_mostly_right_is_a_case_or_problems(data: dict[str, Any]) -> None:
    found = read(data)
    if isinstance(found, Case):
        carried_through(found)


@LAW
@given(cases())
def test_the_order_of_the_tables_changes_nothing(data: dict[str, Any]) -> None:
    turned = {name: data[name] for name in reversed(data)}
    one, other = read(data), read(turned)
    assert type(one) is type(other)
    if isinstance(one, CaseError) and isinstance(other, CaseError):
        assert set(one.problems) == set(other.problems)


Path = tuple[str | int, ...]
BEGINNING = """\
[patient]
born = 1990-02-03
sex = "female"
phototype = "II"

[[concern]]
goal = "shallower-acne-scars"
severity = "moderate"
zones = ["cheek", "forehead"]

[[concern]]
indication = "neck-lines"
zones = ["neck"]

[clinic]
devices = ["skinpen_precision"]
weekdays = ["tuesday", "thursday"]

[[clinic.device]]
id = "dr_pen"
needle_count = 12

[plan]
start_on = 2026-12-01
visit = "first"
anaesthetic = "none"
acknowledged = ["off-label"]

[[clearance]]
role = "dermatologist"
rules = ["isotretinoin-recent"]
by = "Dr Example"
on = 2026-11-20

[[acknowledgement]]
rule = "melasma-or-dark-marks"
reason = "seen and agreed"
"""


@cache
def whole() -> dict[str, Any]:
    """A case with nothing wrong in it."""
    return tomllib.loads(complete_case(protocol(), BEGINNING))


def paths(value: Any, path: Path = ()) -> list[Path]:
    """Every place in a file, tables included."""
    here = [path] if path else []
    if isinstance(value, dict):
        return here + [found for name, part in value.items() for found in paths(part, (*path, name))]
    if isinstance(value, list):
        return here + [found for number, part in enumerate(value) for found in paths(part, (*path, number))]
    return here


def dotted(path: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def changed(path: Path, value: Any) -> dict[str, Any]:
    data = deepcopy(whole())
    at: Any = data
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    return data


def names(problem: Problem, path: Path) -> bool:
    """Whether a problem stands at a place, inside it, or at the list or table it is a part of. Of two answers that
    contradict each other the text names the other one."""
    place = dotted(path)
    stands = [problem.where, *re.findall(r"(?:facts|patient)\.[a-z0-9-]+", problem.found)]
    return any(where.startswith(place) or (bool(where) and place.startswith(where)) for where in stands)


def test_the_whole_case_has_nothing_wrong_in_it() -> None:
    case = read(whole())
    assert isinstance(case, Case), case
    carried_through(case)


@LAW
@example(("patient", "born"), ["2015"])
@given(st.deferred(lambda: st.sampled_from(paths(whole()))), ANYTHING)
def test_one_changed_value_gives_a_case_or_a_problem_that_names_its_place(path: Path, value: Any) -> None:
    found = read(changed(path, value))
    if isinstance(found, Case):
        carried_through(found)
    else:
        # A whole table put in place of another may be wrong in many ways, but only inside it.
        assert all(names(problem, path) for problem in found.problems), (path, found)


@LAW
@given(st.deferred(lambda: st.sampled_from(paths(whole()))), st.text(min_size=1, max_size=8))
def test_a_slip_in_a_name_is_told_at_that_name(path: Path, slip: str) -> None:
    assume(isinstance(path[-1], str))
    data = deepcopy(whole())
    at: Any = data
    for part in path[:-1]:
        at = at[part]
    name = f"{path[-1]}{slip}"
    assume(name not in at and name not in protocol().facts)
    at[name] = at.pop(path[-1])
    found = read(data)
    assert isinstance(found, CaseError)
    assert any(problem.where == inside(dotted(path[:-1]), name) for problem in found.problems)


@LAW
@given(st.deferred(lambda: st.sampled_from(paths(whole()))))
def test_what_is_taken_out_is_not_made_up(path: Path) -> None:
    data = deepcopy(whole())
    at: Any = data
    for part in path[:-1]:
        at = at[part]
    del at[path[-1]]
    found = read(data)
    if isinstance(found, Case):
        carried_through(found)


@LAW
@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_tables_or_one_problem(raw: bytes) -> None:
    try:
        found: dict[str, Any] | CaseError = tables_of(raw)
    except CaseError as error:
        found = error
    if isinstance(found, CaseError):
        assert len(found.problems) == 1
        assert found.problems[0].where.startswith("case")


@LAW
@given(st.data())
def test_a_file_with_some_bytes_changed_is_a_case_or_problems(data: st.DataObject) -> None:
    text = complete_case(protocol(), BEGINNING).encode()
    start = data.draw(st.integers(0, len(text)), label="start")
    gone = data.draw(st.integers(0, 12), label="gone")
    new = data.draw(st.binary(max_size=6) | st.text("[]{}\"'=#.,\n 0123456789-", max_size=6).map(str.encode))
    try:
        tables = tables_of(text[:start] + new + text[start + gone :])
    except CaseError:
        return
    found = read(tables)
    if isinstance(found, Case):
        carried_through(found)


@pytest.mark.parametrize("depth", [10, 100, 300, 5_000])
def test_what_is_nested_deeply_is_a_problem_and_no_crash(depth: int) -> None:
    raw = b'[[concern]]\nindication = "laxity"\nzones = ["jaw"]\n[facts]\nfiller = ' + b"[" * depth + b"]" * depth
    with pytest.raises(CaseError):
        read_case(tables_of(raw), protocol(), ON)
