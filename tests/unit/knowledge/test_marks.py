"""What stands behind every value: an origin, the best of its sources, and where there is none, the reason."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from needlewise.knowledge import Basis, Mark, Origin, Protocol
from tests.unit.knowledge.trees import KNOWLEDGE, TODAY

# Sources and levels are what marks point at. Who may give a clearance is no value, and has nothing behind it.
WITHOUT_MARKS = ("sources/", "levels.toml", "roles.toml")
FILES = {
    name: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(KNOWLEDGE.rglob("*.toml"))
    if not (name := path.relative_to(KNOWLEDGE).as_posix()).startswith(WITHOUT_MARKS)
}
# Tables of values inside a file that must say for themselves where they come from.
VALUE_GROUPS = ("depth", "needles", "thickness", "authorisation", "change", "rule")
RANK = {
    level["id"]: (level["rank"], level["basis"])
    for level in tomllib.loads((KNOWLEDGE / "levels.toml").read_text(encoding="utf-8"))["level"]
}
LEVEL_OF = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))["level"]
    for path in (KNOWLEDGE / "sources").glob("*.toml")
}


def groups(name: str, data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table that has to carry a mark, with its place."""
    if "/" not in name or name.startswith(("care/", "readings/")):
        (rows,) = data.values()
        yield from ((f"{name} {row['id']}", row) for row in rows)
        return
    if not name.startswith("rules/"):
        yield name, data
    for key in VALUE_GROUPS:
        found = data.get(key, [])
        for number, row in enumerate(found if isinstance(found, list) else [found]):
            yield f"{name} {key} {number}", row


def marks_in(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from [part] if key == "mark" else marks_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from marks_in(part)


def marks_of(value: Any) -> Iterator[Mark]:
    """The marks of loaded values, in the order in which they stand."""
    if isinstance(value, Mark):
        yield value
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from marks_of(getattr(value, name))
    elif isinstance(value, tuple):
        for part in value:
            yield from marks_of(part)


def best(ids: list[str]) -> str:
    """The basis of the strongest of some sources, worked out from the files alone."""
    ranked = sorted(RANK[LEVEL_OF[name]] for name in ids)
    return ranked[0][1] if ranked else "none"


GROUPS = [pair for name, data in FILES.items() for pair in groups(name, data)]


@pytest.mark.parametrize("folder", ["facts", "rules", "zones", "devices", "indications", "adjuncts", "scales"])
def test_every_group_of_values_says_where_it_comes_from(folder: str) -> None:
    mine = [(place, row) for place, row in GROUPS if place.startswith(f"{folder}/")]
    assert mine
    assert [place for place, row in mine if "origin" not in row.get("mark", {})] == []


def test_every_row_of_a_table_says_where_it_comes_from() -> None:
    rows = [(place, row) for place, row in GROUPS if ".toml " in place]
    assert len(rows) > 400
    assert [place for place, row in rows if "origin" not in row.get("mark", {})] == []


def test_no_file_writes_a_basis_down() -> None:
    assert [name for name, data in FILES.items() if any("basis" in mark for mark in marks_in(data))] == []


def test_what_has_no_source_was_not_read_and_says_why() -> None:
    bare = [(name, mark) for name, data in FILES.items() for mark in marks_in(data) if not mark.get("sources")]
    assert bare
    for name, mark in bare:
        assert mark["origin"] != "read", name
        assert len(mark["why"].split()) >= 3, name


def test_what_was_read_names_the_place_in_its_source() -> None:
    read = [(name, mark) for name, data in FILES.items() for mark in marks_in(data) if mark["origin"] == "read"]
    assert len(read) > 200
    assert [(name, cite["id"]) for name, mark in read for cite in mark["sources"] if not cite.get("place")] == []


def test_every_source_cited_is_described() -> None:
    cited = {cite["id"] for data in FILES.values() for mark in marks_in(data) for cite in mark.get("sources", [])}
    assert len(cited) > 200
    assert cited <= set(LEVEL_OF)


@pytest.mark.parametrize(
    "table",
    ["facts", "zones", "devices", "indications", "adjuncts", "scales", "sessions", "modifiers", "limits", "visits",
     "stop_rules", "conflicts", "preparation", "aftercare", "recovery", "red_flags", "readings", "rules"],
)  # fmt: skip
def test_the_basis_is_that_of_the_best_source(table: str, protocol: Protocol) -> None:
    marks = [mark for row in getattr(protocol, table).values() for mark in marks_of(row)]
    assert marks
    wrong = [mark for mark in marks if mark.basis.value != best([cite.id for cite in mark.sources])]
    assert wrong == []


def test_what_comes_from_memory_alone_rests_on_nothing(protocol: Protocol) -> None:
    smoking = protocol.rules["smoking"].mark
    assert smoking.origin is Origin.MEMORY
    assert smoking.basis is Basis.NONE


def test_nobody_has_signed_and_the_day_of_reading_is_in_the_past(protocol: Protocol) -> None:
    assert protocol.edition.reviewed is None
    assert protocol.compiled <= TODAY
