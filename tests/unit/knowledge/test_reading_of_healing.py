"""The table that says how the model of healing is read: every row a known thing, every fault with its line."""

import shutil
from pathlib import Path

import pytest

from needlewise.errors import KnowledgeError
from needlewise.knowledge import Protocol, load_biology

KNOWLEDGE = Path(__file__).parents[3] / "src" / "needlewise" / "knowledge"
TABLE = "reading.toml"


def changed(folder: Path, old: str, new: str, table: str = TABLE) -> Path:
    """A knowledge folder whose biology differs in one place."""
    shutil.copytree(KNOWLEDGE / "biology", folder / "biology")
    path = folder / "biology" / table
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('certainty = "low"', 'certainty = "high"', "certainty `high`"),
        ('decided_by = ["kB"]', 'decided_by = ["kBB"]', "kBB"),
        ('observable = "redness"', 'observable = "rednes"', "rednes"),
        ('observables = ["neutrophils",', 'observables = ["neutrofils",', "neutrofils"),
        ("level = 0.003", "level = -0.003", "`level` is -0.003"),
        ("from_day = 180\n", "", "a doubt that never holds"),
        ('id = "six-months"', 'id = "twelve-weeks"', "`twelve-weeks` stands twice"),
    ],
)
def test_a_fault_is_named_with_its_line(old: str, new: str, said: str, tmp_path: Path, protocol: Protocol) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load_biology(protocol, changed(tmp_path, old, new))
    found = [problem for problem in caught.value.problems if said in str(problem)]
    assert found
    assert f"biology/{TABLE}:" in found[0].where


def test_a_layer_is_needed(tmp_path: Path, protocol: Protocol) -> None:
    with pytest.raises(KnowledgeError, match="from_mm"):
        load_biology(protocol, changed(tmp_path, "from_mm = 0.1\n", "", "layers.toml"))


def test_patients_are_told_of_few_things_and_each_is_explained(protocol: Protocol) -> None:
    biology = load_biology(protocol)
    assert {row.id for row in biology.observables.values() if row.patient} == {"barrier", "collagen", "redness"}
    for row in biology.observables.values():
        assert row.why.endswith("."), row.id
        assert row.practitioner.endswith("."), row.id
