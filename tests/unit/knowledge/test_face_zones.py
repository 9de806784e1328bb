"""Outlines of zones on the mesh of a face are checked against the zones of the protocol: every fault with its line."""

import shutil
from pathlib import Path

import pytest

from needlewise.errors import KnowledgeError
from needlewise.knowledge import load_imaging
from tests.architecture.rules_of_the_house import SOURCE
from tests.unit.healing.people import biology

FILE = "face_zones.toml"
FAULTS = {
    "a zone that nobody knows": ('id = "chin"', 'id = "chinn"', "unknown zone `chinn`", "did you mean `chin`?"),
    "a point beyond the mesh": ("[18, 313", "[18, 468", "468", "from 0 to 467"),
    "a point that stands twice": ("[18, 313", "[18, 18", "[18, 18", "different numbers"),
    "a zone of two sides without its side": ('id = "cheek"\nside = "right"', 'id = "cheek"', "side ``", 'side = "right"'),
    "the other side": ('id = "cheek"\nside = "right"', 'id = "cheek"\nside = "left"', "side `left`", 'side = "right"'),
    "a side of a zone that has none": ('id = "nose"', 'id = "nose"\nside = "right"', "side `right`", "has none"),
    "a key that nothing reads": ('id = "nose"', 'id = "nose"\nsize = 3', "size", ""),
    "a zone that the protocol does not have drawn": (
        'id = "chin"', 'id = "temple"\nside = "right"', "mesh_polygons = []", "temple-left",
    ),
}  # fmt: skip


def changed(folder: Path, old: str, new: str) -> Path:
    shutil.copytree(SOURCE / "knowledge" / "imaging", folder / "imaging")
    path = folder / "imaging" / FILE
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_line(name: str, tmp_path: Path) -> None:
    old, new, found, told = FAULTS[name]
    with pytest.raises(KnowledgeError) as caught:
        load_imaging(biology().protocol, changed(tmp_path, old, new))
    said = [str(problem) for problem in caught.value.problems if found in str(problem)]
    assert said, caught.value
    assert told in said[0]
    assert said[0].startswith(f"imaging/{FILE}:")


def test_a_zone_that_should_be_drawn_and_is_not_is_told(tmp_path: Path) -> None:
    text = (SOURCE / "knowledge" / "imaging" / FILE).read_text(encoding="utf-8")
    last = text[text.index('[[face_zone]]\nid = "chin"') :]
    with pytest.raises(KnowledgeError, match="no outline of chin"):
        load_imaging(biology().protocol, changed(tmp_path, last, ""))


def test_what_stands_for_a_face_is_told_by_three_gates() -> None:
    imaging = load_imaging(biology().protocol)
    assert {"presence", "face-turn", "face-roll"} <= set(imaging.gates)
    assert all(row.mark.why for row in imaging.face_zones.values())
