"""How far unchanged skin differs: two numbers in every row, and none that cannot be."""

import shutil
from pathlib import Path

import pytest

from needlewise.errors import KnowledgeError
from needlewise.knowledge import load_imaging
from needlewise.knowledge._imaging_load import HERE
from tests.unit.healing.people import biology


@pytest.mark.parametrize("key", ["sd", "shot_sd"])
@pytest.mark.parametrize("written", ["", "-0.1", "nan", "inf", '"much"'])
def test_a_floor_that_is_missing_or_cannot_be_is_refused_by_its_name(tmp_path: Path, key: str, written: str) -> None:
    shutil.copytree(HERE / "imaging", tmp_path / "imaging")
    file = tmp_path / "imaging" / "floors.toml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    number = next(number for number, line in enumerate(lines) if line.startswith(f"{key} = "))
    lines[number] = f"{key} = {written}\n" if written else ""
    file.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=rf"floors\.toml:\d+: `(floor\.\d+\.)?{key}` is"):
        load_imaging(biology().protocol, tmp_path)


def test_pictures_may_be_no_further_apart_than_nothing_but_visits_may_not(tmp_path: Path) -> None:
    shutil.copytree(HERE / "imaging", tmp_path / "imaging")
    file = tmp_path / "imaging" / "floors.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    none = ["shot_sd = 0.0" if line.startswith("shot_sd = ") else line for line in lines]
    file.write_text("\n".join(none), encoding="utf-8")
    assert {one.shot_sd for one in load_imaging(biology().protocol, tmp_path).floors.values()} == {0.0}
    file.write_text("\n".join("sd = 0.0" if line.startswith("sd = ") else line for line in none), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="an error of nothing"):
        load_imaging(biology().protocol, tmp_path)
