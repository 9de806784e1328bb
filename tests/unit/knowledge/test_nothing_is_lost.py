"""The knowledge files stand for every row of the reference they were made from, and for no other.

`reference_rows.txt` holds the ids of those rows and nothing else: `file:list:id`.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from needlewise.knowledge import Protocol
from tests.unit.knowledge.trees import KNOWLEDGE, Tree

MANIFEST = (Path(__file__).parent / "reference_rows.txt").read_text(encoding="utf-8").splitlines()
# What the reference holds, by what the rows are of.
COUNTS = {
    "screening rows": ("contraindications:rows:", 52),
    "rules": ("ids:rules:", 66),
    "facts": ("ids:facts:", 93),
    "safety limits": ("ids:hard_limits:", 15),
    "zones": ("ids:zones:", 36),
    "depth rows": ("depth:proposed_zone_table:", 19),
    "published caps": ("skin_thickness:derived_conservative_caps:", 16),
    "preparation rows": ("preparation:rows:", 23),
    "aftercare rows": ("aftercare:rows:", 19),
    "red flags": ("aftercare:red_flags:", 12),
    "adjuncts": ("adjuncts:rows:", 12),
    "devices": ("devices:devices:", 10),
    "indications": ("ids:indications:", 9),
    "sessions rows": ("ids:sessions_rows:", 11),
    "stop rules": ("ids:stop_rules:", 8),
    "scales": ("scales:scales:", 25),
    "sources": ("sources:", 245),
    "levels": ("levels:", 40),
    "studies": ("studies:", 111),
}
# Questions of the reference that are no questions of a form: they are asked while the needle works, so that the rule
# that ends a session stands for them.
ASKED_IN_THE_SESSION = ("ids:facts:pain-during-pass",)
# What we added of our own: the files below a folder that stand for no row of the reference of that kind.
OURS = {
    "rules": ("ids:rules:", 8),
    "facts": ("ids:facts:", 4),
    "zones": ("ids:zones:", 0),
    "devices": ("devices:devices:", 1),
    "adjuncts": ("adjuncts:rows:", 0),
    "scales": ("scales:scales:", 0),
    # The papers and tables that studies were read in and no rule cites, and what the model of healing rests on.
    "sources": ("sources:", 99),
    "studies": ("studies:", 0),
}


def rows_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from part if key == "origin_rows" else rows_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from rows_in(part)


def rows_of(file: Path) -> set[str]:
    return set(rows_in(tomllib.loads(file.read_text(encoding="utf-8"))))


def differences(root: Path) -> tuple[list[str], list[str]]:
    """The rows that no file stands for, and the rows that files stand for though there are none such."""
    found = set().union(*(rows_of(path) for path in root.rglob("*.toml")))
    return sorted(set(MANIFEST) - found), sorted(found - set(MANIFEST))


def test_every_row_of_the_reference_has_its_place_and_none_is_made_up() -> None:
    assert differences(KNOWLEDGE) == ([], [])


def test_a_planted_omission_and_a_planted_invention_are_found(tree: Tree) -> None:
    tree.change("rules/vitiligo.toml", '"contraindications:rows:vitiligo", ', "")
    tree.change("limits.toml", '"ids:hard_limits:H1",', '"ids:hard_limits:H16", "ids:hard_limits:H1",')
    assert differences(tree.root) == (["contraindications:rows:vitiligo"], ["ids:hard_limits:H16"])


def test_the_manifest_is_sorted_and_names_each_row_once() -> None:
    assert sorted(set(MANIFEST)) == MANIFEST


@pytest.mark.parametrize("kind", COUNTS)
def test_the_reference_is_as_large_as_it_was(kind: str) -> None:
    prefix, count = COUNTS[kind]
    assert sum(row.startswith(prefix) for row in MANIFEST) == count


@pytest.mark.parametrize("folder", OURS)
def test_what_we_added_ourselves_is_counted(folder: str) -> None:
    prefix, ours = OURS[folder]
    own = [
        path.stem
        for path in (KNOWLEDGE / folder).glob("*.toml")
        if not any(row.startswith(prefix) for row in rows_of(path))
    ]
    assert len(own) == ours, sorted(own)


def test_the_limits_are_h1_to_h15_and_each_stands_for_its_own_row(protocol: Protocol) -> None:
    assert list(protocol.limits) == [f"H{number}" for number in range(1, 16)]
    assert all(f"ids:hard_limits:{name}" in limit.origin_rows for name, limit in protocol.limits.items())


def test_what_the_protocol_holds_is_as_large_as_the_reference(protocol: Protocol) -> None:
    sizes = {
        "zones": len(protocol.zones),
        "adjuncts": len(protocol.adjuncts),
        "scales": len(protocol.scales),
        "levels": len(protocol.levels),
        "stop rules": len(protocol.stop_rules),
        "indications": len(protocol.indications),
        "sessions rows": len(protocol.sessions),
    }
    assert sizes == {kind: COUNTS[kind][1] for kind in sizes}
    assert len(protocol.rules) == COUNTS["rules"][1] + OURS["rules"][1]
    assert len(protocol.sources) == COUNTS["sources"][1] + OURS["sources"][1]
    assert len(protocol.devices) == COUNTS["devices"][1] + OURS["devices"][1]
    assert len(protocol.facts) == COUNTS["facts"][1] + OURS["facts"][1] - len(ASKED_IN_THE_SESSION)
    in_session = {row for stop in protocol.session_stops for row in stop.origin_rows}
    assert in_session >= set(ASKED_IN_THE_SESSION)


@pytest.mark.parametrize(
    ("table", "prefix"),
    [("preparation", "preparation:rows:"), ("aftercare", "aftercare:rows:"), ("red_flags", "aftercare:red_flags:")],
)
def test_care_rows_that_were_split_still_stand_for_a_row(table: str, prefix: str, protocol: Protocol) -> None:
    """One row of the reference may have become two of ours, with different words for different people."""
    rows = getattr(protocol, table).values()
    stood_for = {name for row in rows for name in row.origin_rows if name.startswith(prefix)}
    assert stood_for == {name for name in MANIFEST if name.startswith(prefix)}
    assert len(rows) >= len(stood_for)
