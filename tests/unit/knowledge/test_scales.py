"""Scales that could not be scored are found when the files are read."""

from dataclasses import replace
from typing import Any

import pytest

from needlewise.clinical.outcomes import score
from needlewise.errors import NeedlewiseError
from needlewise.knowledge import Protocol, ScaleItem
from needlewise.knowledge._scales import SCORINGS, scale_faults
from tests.unit.knowledge.trees import Tree

CLOSED = ScaleItem(id="closed", label="", min=0, max=3)
HALF_OPEN = ScaleItem(id="open", label="", min=0)


@pytest.mark.parametrize(
    ("scale", "changes", "found"),
    [
        ("vss", {"scoring": "average"}, "unknown scoring `average`"),
        ("vss", {"better": "less"}, "better is `less`"),
        ("vss", {"item": ()}, "scoring sum without items"),
        ("vss", {"scoring": "grade"}, "4 items with scoring grade"),
        ("vss", {"scoring": "typology-angle"}, "a typology angle of other items"),
        ("vss", {"scoring": "area-severity"}, "area without severity, or severity without area"),
        ("ludwig", {"item": ()}, "scoring grade without items"),
        ("ludwig", {"item": (HALF_OPEN, HALF_OPEN)}, "item `open` has neither options nor a range"),
        ("ludwig", {"item": (CLOSED, CLOSED)}, "2 items with scoring grade"),
    ],
)
def test_a_scale_that_could_not_be_scored_is_named(
    protocol: Protocol, scale: str, changes: dict[str, Any], found: str
) -> None:
    planted = replace(protocol.scales[scale], **changes)
    assert any(found in said for _, said, _ in scale_faults(planted))


def test_every_shipped_scale_can_be_scored(protocol: Protocol) -> None:
    assert {scale.scoring for scale in protocol.scales.values()} == set(SCORINGS)
    assert [fault for scale in protocol.scales.values() for fault in scale_faults(scale)] == []


def test_every_way_of_scoring_has_its_arithmetic(protocol: Protocol) -> None:
    """A way that nobody can compute would end in an error of Python, not in one of ours."""
    for scale in protocol.scales.values():
        with pytest.raises(NeedlewiseError):
            score(scale, {})


def test_the_loader_refuses_such_a_scale_with_file_and_line(tree: Tree) -> None:
    line = tree.change("scales/vss.toml", 'scoring = "sum"', 'scoring = "grade"')
    assert tree.problems() == [f"scales/vss.toml:{line}: 4 items with scoring grade\n  expected: one item"]
