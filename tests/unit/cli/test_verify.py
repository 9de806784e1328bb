"""needlewise verify: the invariants by name, a proof that holds, and the patient for whom one does not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from needlewise.verification.invariants import INVARIANTS
from tests.unit.cli.conftest import ROOT, TODAY, Cli
from tests.unit.cli.test_protocol import change

KNOWLEDGE = ROOT / "src" / "needlewise" / "knowledge"
FAST = "weekdays-wait"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(KNOWLEDGE, tmp_path / "mine", ignore=shutil.ignore_patterns("*.py", "__pycache__"))


def test_the_list_says_every_invariant_and_how_it_is_held(cli: Cli) -> None:
    result = cli("verify", "--list")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert len(lines) == len(INVARIANTS)
    for line, invariant in zip(lines, INVARIANTS, strict=True):
        assert line == f"{invariant.id}: {invariant.sentence} ({invariant.held.value})"


def test_the_list_can_be_narrowed(cli: Cli) -> None:
    result = cli("verify", "--list", FAST)
    assert [line.split(":")[0] for line in result.out.splitlines()] == [FAST]


def test_an_invariant_that_holds_is_told_with_the_edition_it_holds_for(cli: Cli) -> None:
    result = cli("verify", FAST, "never-planned", "--on", TODAY)
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert [line.split()[:2] for line in lines[:-1]] == [["holds", FAST], ["holds", "never-planned"]]
    assert lines[-1].startswith("2 invariants hold for edition ")
    assert TODAY in lines[-1]


def test_an_unknown_invariant_is_wrong_use_and_lists_those_there_are(cli: Cli) -> None:
    result = cli("verify", FAST, "never-plannd")
    assert (result.code, result.out) == (2, "")
    assert "unknown invariant `never-plannd`" in result.err
    assert all(invariant.id in result.err for invariant in INVARIANTS)


def test_a_rule_made_milder_breaks_an_invariant_and_the_patient_is_named(cli: Cli, folder: Path) -> None:
    change(folder / "rules" / "pregnant-or-breastfeeding.toml", 'verdict = "exclude"', 'verdict = "caution"')
    result = cli("verify", FAST, "never-planned", "--folder", folder, "--on", TODAY)
    assert result.code == 7
    assert [line.split()[:2] for line in result.out.splitlines()] == [["holds", FAST], ["BROKEN", "never-planned"]]
    assert result.err.startswith("never-planned: ")
    assert "pregnant: yes" in result.err or "breastfeeding: yes" in result.err
    sentence = next(invariant.sentence for invariant in INVARIANTS if invariant.id == "never-planned")
    assert f"expected: {sentence}" in result.err


def test_a_zone_made_deeper_than_its_limit_breaks_no_plan(cli: Cli, folder: Path) -> None:
    """The limit holds above the table: a slip in a zone's row is caught by it."""
    for value in ("scar_max_mm = 0.75", "ceiling_mm = 1.0"):
        change(folder / "zones" / "forehead.toml", value, f"{value.split(' ')[0]} = 3.0")
    assert cli("verify", "depth-within-limit", "--folder", folder, "--on", TODAY).code == 0


def test_a_folder_with_a_fault_is_told_before_anything_is_proved(cli: Cli, folder: Path) -> None:
    change(folder / "rules" / "vitiligo.toml", 'fact = "vitiligo"', 'fact = "vitilligo"')
    result = cli("verify", FAST, "--folder", folder, "--on", TODAY)
    assert (result.code, result.out) == (4, "")
    assert "rules/vitiligo.toml:11: unknown fact `vitilligo`" in result.err
    assert cli("verify", FAST, "--folder", folder / "none").code == 2


def test_a_clinics_list_can_be_proved_too(cli: Cli, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.toml"
    overlay.write_text('title = "Example clinic"\n[[tighten]]\nrule = "smoking"\nverdict = "refer"\n', encoding="utf-8")
    result = cli("verify", "never-planned", "--overlay", overlay, "--on", TODAY)
    assert result.code == 0
    assert "+" in result.out.splitlines()[-1]
    checked = cli("protocol", "check", "--overlay", overlay, "--on", TODAY)
    assert checked.code == 0


def test_without_the_solver_the_command_says_what_is_missing() -> None:
    code = (
        "import importlib.util, sys; real = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'z3' else real(name, *rest)\n"
        "from needlewise.cli.entry import run; sys.exit(run(['verify', '--list']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "z3 is not installed" in done.stderr
