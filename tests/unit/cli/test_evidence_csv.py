"""needlewise evidence pool --csv FILE."""

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Cli

# The first three of the thirteen trials of BCG vaccine in metafor's first example.
BCG = "study,events_a,total_a,events_b,total_b\nAronson,4,123,11,139\nFerguson,6,306,29,303\nRosenthal,3,231,11,220\n"


@pytest.fixture
def plot(tmp_path: Path) -> Path:
    path = tmp_path / "plot.csv"
    path.write_text(BCG, encoding="utf-8")
    return path


def test_a_published_plot_is_pooled_again(cli: Cli, plot: Path) -> None:
    result = cli("evidence", "pool", "--csv", plot, "--kind", "log-risk-ratio", "--method", "fixed")
    told = " ".join(result.out.split())
    assert result.code == 0
    # Logs of -0.8893, -1.5854 and -1.3481 with variances of 0.3256, 0.1946 and 0.4154 make -1.3302.
    assert "value 0.264 (" in told
    assert "people 1322" in told
    assert "Note" not in told


def test_what_the_file_does_not_say_is_not_told_as_nought(cli: Cli, plot: Path) -> None:
    plot.write_text("study,effect,se,n,dose\nA,0.5,0.2,30,1\nB,0.4,0.2,,1\n", encoding="utf-8")
    told = " ".join(cli("evidence", "pool", "--csv", plot).out.split())
    assert "people 30, and those of 1 study, not read" in told
    assert "Note: columns that make no effect: dose; --by and --on split a pool by them." in told


def test_a_file_that_cannot_be_pooled_is_refused_whole(cli: Cli, plot: Path) -> None:
    plot.write_text("study,effect,se\nA,x,0.2\nB,1,-1\n", encoding="utf-8")
    result = cli("evidence", "pool", "--csv", plot)
    assert (result.code, result.out) == (9, "")
    assert f"{plot}:2, column `effect`" in result.err
    assert f"{plot}:3, column `se`" in result.err


@pytest.mark.parametrize(
    ("content", "told"), [(b"study,effect,se\n\xe9,1,1\n", ":2: byte 0xe9"), (None, "no such file"), (b"", "empty")]
)
def test_what_is_no_text_is_refused(cli: Cli, plot: Path, content: bytes | None, told: str) -> None:
    if content is None:
        plot.unlink()
    else:
        plot.write_bytes(content)
    result = cli("evidence", "pool", "--csv", plot)
    assert result.code == 9
    assert told in result.err


@pytest.mark.parametrize("arguments", [("--kind", "proportion"), ("--csv", "x.csv", "some.group"), ("--kind", "share")])
def test_options_that_do_not_go_together_are_refused(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli("evidence", "pool", *arguments).code == 2
