"""The import contracts hold, and each would notice its violation."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.rules_of_the_house import ROOT

PLANTED = {
    "a framework in the core": ("clinical/screening.py", "import django"),
    "numerics in decisions": ("clinical/screening.py", "import numpy"),
    "pydantic in decisions": ("clinical/screening.py", "import pydantic"),
    "knowledge knows who uses it": ("knowledge/_marks.py", "import needlewise.clinical.screening"),
    "a way round the door": ("clinical/screening.py", "from needlewise.knowledge._load import HERE"),
    "one shell knows the other": ("cli/consult.py", "import needlewise.web.site.settings"),
    "a room nobody listed": ("chores.py", ""),
    "dice in the core": ("clinical/screening.py", "import random"),
    "a cycle between modules": ("clinical/case.py", "import needlewise.clinical.screening"),
    "the simulator inside the verdict": ("clinical/screening.py", "import needlewise.healing"),
    "a photograph inside the verdict": ("consultation.py", "import needlewise.imaging"),
    "a photograph inside screening": ("clinical/screening.py", "import needlewise.imaging.comparing"),
    "a verdict inside photographs": ("imaging/comparing.py", "import needlewise.consultation"),
    "design knows a page": ("web/design/__init__.py", "import needlewise.web.pages.consultation"),
}
# Rooms that do not exist yet are planted together with the import.
NEW_ROOMS = {"needlewise.healing": "healing/__init__.py", "needlewise.imaging": "imaging/__init__.py"}


def lint(source: Path, config: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [str(tool), "--no-cache", "--config", str(config)],
        env={"PYTHONPATH": str(source), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contracts_hold() -> None:
    done = lint(ROOT / "src", ROOT / ".importlinter")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_import_breaks_a_contract(name: str, tmp_path: Path) -> None:
    file, line = PLANTED[name]
    package = tmp_path / "needlewise"
    shutil.copytree(
        ROOT / "src" / "needlewise", package, ignore=shutil.ignore_patterns("*.toml", "__pycache__", "*.svg")
    )
    for module, room in NEW_ROOMS.items():
        if module in line and not (package / room).exists():
            (package / room).parent.mkdir()
            (package / room).write_text("")
    planted = package / file
    before = planted.read_text() if planted.exists() else ""
    planted.write_text(f"{before}\n{line}\n")
    done = lint(tmp_path, ROOT / ".importlinter")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
