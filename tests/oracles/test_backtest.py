"""The back-test of forecasts says what its page says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2] / "validation" / "forecast"


@pytest.fixture(scope="module")
def found() -> str:
    return subprocess.run([sys.executable, HERE / "backtest.py"], capture_output=True, text=True, check=True).stdout


def test_the_page_tells_what_the_back_test_finds(found: str) -> None:
    page = (HERE / "README.md").read_text(encoding="utf-8")
    levels = re.findall(r"hold (\d+) % hold (\d+ of \d+) shares, (\d+ of \d+) changes", found)
    assert [level for level, _, _ in levels] == ["50", "80", "95"]
    for level, shares, changes in levels:
        assert f"| {level} % | {shares} | {changes} |" in page
    assert " ".join(re.search(r"mean error (\S+), mean size of error (\S+)", found).groups()) == "+0.01 0.19"  # type: ignore[union-attr]
    outside = [line.split()[0] for line in found.splitlines() if line.endswith("outside")]
    assert outside == ["alster_striae2020"]


def test_intervals_hold_at_least_what_they_are_meant_to_hold(found: str) -> None:
    for level, *counts in re.findall(r"hold (\d+) % hold (\d+) of (\d+) shares, (\d+) of (\d+) changes", found):
        held, of, held_changes, of_changes = map(int, counts)
        assert 100 * (held + held_changes) / (of + of_changes) >= int(level)
