"""What a machine cannot run is said at the end of a run, with how to make it able to."""

import os
import subprocess
import sys
from pathlib import Path

from tests.architecture.rules_of_the_house import ROOT
from tests.browser.conftest import MISSING


def test_a_run_without_a_browser_says_loudly_what_it_skipped(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": str(tmp_path), "COLUMNS": "400"}
    command = [sys.executable, "-m", "pytest", "tests/browser/test_accessibility.py", "-p", "no:randomly"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    said = done.stdout[done.stdout.index("short test summary info") :]
    assert done.returncode == 0
    assert "SKIPPED [" in said
    assert MISSING in said
    assert "failed" not in said
