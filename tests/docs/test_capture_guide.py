"""The guides to photographs say what the knowledge files and the code say."""

import re
from pathlib import Path

from needlewise.imaging.looking import READERS
from needlewise.knowledge import Imaging, Protocol, load_imaging
from tests.docs.running import ROOT

ACROSS_PX = 4000
PHOTOGRAPH, MEASURE = ROOT / "docs/how-to/photograph-skin.md", ROOT / "docs/how-to/measure-photographs.md"


def scale_rows(imaging: Imaging) -> list[str]:
    """The table of least px/mm, a row for each measure."""
    return [
        f"| {one.name} | `{one.id}` | {one.px_per_mm:g} | {ACROSS_PX / one.px_per_mm:.0f} mm | "
        f"{'yes' if 'hand' in one.regimes else 'no'} |"
        for one in imaging.measures.values()
    ]


def text_of(path: Path) -> str:
    return re.sub(r"\s+", " ", path.read_text(encoding="utf-8"))


def test_the_table_of_pixels_per_millimetre_is_that_of_the_measures(protocol: Protocol) -> None:
    page = PHOTOGRAPH.read_text(encoding="utf-8")
    shown = [line for line in page.splitlines() if re.match(r"\| [\w *]+ \| `[a-z-]+` \|", line)]
    assert shown == scale_rows(load_imaging(protocol))


def test_what_the_hand_cannot_measure_is_named(protocol: Protocol) -> None:
    named = re.search(r"What \*\*hand cannot measure\*\*[^:]*: ([^.]*)\.", text_of(PHOTOGRAPH))
    assert named is not None
    wanted = [one.name for one in load_imaging(protocol).measures.values() if "hand" not in one.regimes]
    assert named[1].split(", ") == wanted


def test_every_gate_and_every_way_of_taking_pictures_is_explained(protocol: Protocol) -> None:
    imaging, page = load_imaging(protocol), text_of(MEASURE)
    assert all(f"`{name}`" in text_of(PHOTOGRAPH) for name in imaging.regimes)
    told = [cell.strip().removesuffix(".") for cell in re.findall(r"\| ([A-Z][^|]{15,}) \|", page)]
    for gate in imaging.gates.values():
        # How many pictures a visit has is told in other words, and how white wet skin is only beside the gate of wetness.
        if gate.id not in ("shots", "whiter"):
            assert any(gate.words.startswith(one) for one in told), gate.id


def test_what_is_not_read_yet_is_said_and_nothing_else(protocol: Protocol) -> None:
    missing = [one.name for one in load_imaging(protocol).measures.values() if one.id not in READERS]
    said = re.search(r"Not read yet: ([^.]*)\.", text_of(MEASURE))
    assert (said[1].split(", ") if said else []) == missing, "say in measure-photographs.md which are not read yet"
