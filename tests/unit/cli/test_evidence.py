"""needlewise evidence: check, list, show, pool."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Cli
from tests.unit.knowledge.trees import grown

ONE_GRADE = "acne_scars.response.one-grade.needling"


def test_check_counts_what_there_is_and_names_what_was_accepted(cli: Cli) -> None:
    result = cli("evidence", "check")
    assert result.code == 0
    assert "111" in result.out
    assert "north_india2025, arms-people" in result.out


def test_check_names_file_and_line_of_a_figure_that_does_not_add_up(cli: Cli, tmp_path: Path) -> None:
    tree = grown(tmp_path / "knowledge")
    tree.change("studies/alam2014.toml", "completed = 15", "completed = 25")
    result = cli("evidence", "check", "--folder", str(tree.root))
    assert result.code == 4
    assert f"{tree.root}/studies/alam2014.toml:" in result.err
    assert "25 completed of 20 enrolled" in result.err


def test_list_holds_the_studies_of_one_indication(cli: Cli) -> None:
    result = cli("evidence", "list", "neck-lines")
    assert result.out.startswith("2 studies of neck-lines")
    assert "skinpen_neck" in result.out
    assert "alam2014" not in result.out


def test_a_slip_in_a_name_is_answered_with_the_nearest(cli: Cli) -> None:
    for arguments, near in (
        (("list", "neck-line"), "neck-lines"),
        (("show", "alam2013"), "alam2014"),
        (("pool", ONE_GRADE + "s"), ONE_GRADE),
    ):
        result = cli("evidence", *arguments)
        assert result.code == 2
        assert f"did you mean `{near}`?" in result.err


def test_show_tells_every_figure_and_where_it_was_read(cli: Cli) -> None:
    result = cli("evidence", "show", "alam2014")
    assert "change mean -3.4; change low -6.5; change high -0.2" in " ".join(result.out.split())
    assert "untreated side" in result.out
    assert "pydantic" not in result.out


def test_pool_lists_every_group_with_its_number_of_studies(cli: Cli) -> None:
    result = cli("evidence", "pool")
    assert f"k = 5 of 5  {ONE_GRADE}" in result.out


def test_pool_tells_studies_interval_prediction_and_each_left_out(cli: Cli) -> None:
    result = cli("evidence", "pool", ONE_GRADE)
    told = " ".join(result.out.split())
    assert "new study would lie in 39 % to 98 %" in told
    assert "value 87 % (66 % to 95 %) (share)" in told
    studies, left_out = told.split("Pooled")[0], told.split("Without each study in turn")[1]
    for name, people in (("Fabbrocini", 30), ("hkjdv2018 (2018)", 36), ("Ishfaq 2022", 30), ("Majid 2009", 36)):
        assert re.search(rf"{re.escape(name)}.* {people} \d+ % \(", studies)
    for study in ("fabbrocini_confocal", "hkjdv2018", "ishfaq2022", "majid2009", "sohag_ecca"):
        assert re.search(rf"{study} \d+ % \(\d+ % to \d+ %\)", left_out)


def test_one_study_is_shown_and_not_pooled(cli: Cli) -> None:
    result = cli("evidence", "pool", "acne_scars.contrast-of-changes.goodman_baron_quant.needling.against-nothing")
    assert "it is shown as it is, and is no pool" in " ".join(result.out.split())
    assert "Without each study" not in result.out


def test_a_group_without_a_usable_figure_says_why_of_each_study(cli: Cli) -> None:
    result = cli("evidence", "pool", "acne_scars.change.ecca.needling")
    assert "Nothing here can be pooled" in result.out
    assert "no spread was read" in result.out


WITHOUT = (
    "import sys\n"
    "for name in ('numpy', 'scipy', 'pandas', 'pymare'): sys.modules[name] = None\n"
    "from needlewise.cli.entry import run; sys.exit(run(sys.argv[1:]))"
)


def without_libraries(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT, "evidence", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [("pool",), ("pool", ONE_GRADE)], ids=str)
def test_without_the_libraries_pooling_says_what_is_missing(arguments: tuple[str, ...]) -> None:
    done = without_libraries(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "evidence pool: PyMARE is not installed" in done.stderr
    assert "hint: pip install 'needlewise[evidence]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [("check",), ("list", "neck-lines"), ("show", "alam2014")], ids=str)
def test_what_pools_nothing_needs_no_library(arguments: tuple[str, ...]) -> None:
    done = without_libraries(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_a_pool_shows_how_sure_it_is_step_by_step(cli: Cli) -> None:
    told = " ".join(cli("evidence", "pool", ONE_GRADE).out.split())
    assert "Certainty: very low" in told
    assert "Starts at low: a change from before to after, without a comparison" in told
    assert "-1 inconsistency computed: 58 % of what the studies differ by is more than chance" in told
    assert "0 small-studies not assessed" in told
