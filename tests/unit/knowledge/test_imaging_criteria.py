"""What counts as a line, a spot or a stripe: every number there, as many as are asked for, and none that cannot be."""

import shutil
from pathlib import Path

import pytest

from needlewise.errors import KnowledgeError
from needlewise.knowledge import load_imaging
from needlewise.knowledge._imaging_load import HERE
from tests.unit.healing.people import biology


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "line-length"', 'id = "line-lenght"', "line-length"),
        ("values = [0.9, 12.0]", "values = [0.9]", "1 numbers"),
        ("values = [3.0]", "values = [0.0]", "finite numbers above 0"),
    ],
)
def test_a_criterion_that_is_missing_or_cannot_be_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    shutil.copytree(HERE / "imaging", tmp_path / "imaging")
    file = tmp_path / "imaging" / "criteria.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=told):
        load_imaging(biology().protocol, tmp_path)
