"""What a forecast reckons with must be all there, and able to be reckoned with."""

from pathlib import Path

import pytest

from needlewise.errors import KnowledgeError
from needlewise.knowledge import Protocol, load_evidence
from tests.unit.knowledge.trees import Tree, grown

FORECAST, CERTAINTY = "evidence/forecast.toml", "evidence/certainty.toml"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return grown(tmp_path / "knowledge")


def told(tree: Tree, protocol: Protocol) -> str:
    with pytest.raises(KnowledgeError) as refusal:
        load_evidence(protocol, tree.root)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (FORECAST, 'of = "share"', 'of = "shares"', "unknown spread `shares`"),
        (FORECAST, 'of = "share"', 'of = "change"', "`change` stands twice"),
        (FORECAST, 'of = "adjunct"', 'of = "sessions"', "no [[distance]] of `adjunct`"),
        (FORECAST, "value = 0.15", "value = -0.15", "`value` is -0.15"),
        (FORECAST, "value = 0.8", "value = 80", "level 80"),
        (FORECAST, 'scale = "mmasi"', 'scale = "mmassi"', "unknown scale `mmassi`"),
        (FORECAST, 'id = "level"', 'id = "lvel"', "unknown threshold `lvel`"),
        (CERTAINTY, 'id = "people-few"', 'id = "level"', "no [[threshold]] `people-few`"),
        (CERTAINTY, 'step = "inconsistency"', 'step = "consistency"', "unknown step `consistency`"),
        (CERTAINTY, "change = -1", "change = 1", "`inconsistency` raises a grade"),
        (CERTAINTY, "change = -2", "change = -3", "a change of -3"),
        (CERTAINTY, 'sources = ["pincelli2024"]', "sources = []", "a judgement without a source"),
        (CERTAINTY, 'group = "neck_wrinkles"', 'group = "neck"', "unknown group of studies `neck`"),
        (CERTAINTY, 'of = "hair_density"', 'of = "hair_densty"', "unknown measure `hair_densty`"),
        (FORECAST, 'of = "phototype-not-stated"\ntimes = 1.0', 'of = "phototype-not-stated"\ntimes = 0.5', "1 or more"),
        ("studies/alam2014.toml", "of = 20", "of = 0", "counted of 0"),
        ("evidence/harms.toml", 'readings = ["ae6"]', 'readings = ["ae66"]', "unknown reading `ae66`"),
    ],
)
def test_a_slip_is_told_at_its_place(tree: Tree, protocol: Protocol, file: str, old: str, new: str, says: str) -> None:
    tree.change(file, old, new)
    found = told(tree, protocol)
    assert says in found
    assert f"{file}:" in found


def test_a_missing_table_is_told(tree: Tree, protocol: Protocol) -> None:
    (tree.root / CERTAINTY).unlink()
    assert f"{CERTAINTY}: no such file" in told(tree, protocol)
