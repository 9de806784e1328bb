"""A pool split by a column, and a line over columns: the BCG example, whose figures metafor's page prints."""

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Cli

# Trials of BCG vaccine (Colditz et al. 1994): events and totals of vaccinated and not, latitude, allocation.
BCG = """study,events_a,total_a,events_b,total_b,latitude,allocation
1,4,123,11,139,44,random
2,6,306,29,303,55,random
3,3,231,11,220,42,random
4,62,13598,248,12867,52,random
5,33,5069,47,5808,13,alternate
6,180,1541,372,1451,44,alternate
7,8,2545,10,629,19,random
8,505,88391,499,88391,13,random
9,29,7499,45,7277,27,random
10,17,1716,65,1665,42,systematic
11,186,50634,141,27338,18,systematic
12,5,2498,3,2341,33,systematic
13,27,16913,29,17854,33,systematic
"""


@pytest.fixture
def trials(tmp_path: Path) -> Path:
    path = tmp_path / "bcg.csv"
    path.write_text(BCG)
    return path


def told(cli: Cli, *arguments: object) -> str:
    result = cli("evidence", "pool", *map(str, arguments))
    assert result.code == 0, result.err
    return " ".join(result.out.split())


def test_a_line_over_latitude_has_the_slope_that_metafor_prints(cli: Cli, trials: Path) -> None:
    # rma(yi, vi, mods = ~ ablat) with REML: 0.2515 and -0.0291, standard errors 0.2491 and 0.0072.
    found = told(cli, "--csv", trials, "--kind", "log-risk-ratio", "--on", "latitude")
    assert "start 0.251" in found
    assert "latitude -0.0291" in found
    assert "z = -4.04" in found


def test_parts_are_pooled_for_themselves_and_compared(cli: Cli, trials: Path) -> None:
    found = told(cli, "--csv", trials, "--kind", "log-risk-ratio", "--by", "allocation")
    assert "By allocation" in found
    for name, k in (("random", 7), ("alternate", 2), ("systematic", 4)):
        assert f"{name} k = {k}" in found
    assert "2 degrees of freedom" in found


def test_too_few_studies_for_a_line_are_refused_unless_it_is_insisted_on(cli: Cli) -> None:
    group = "acne_scars.response.one-grade.needling"
    refused = cli("evidence", "pool", group, "--on", "year")
    assert refused.code == 9
    assert "year of sohag_ecca: nothing read" in refused.err
    few = cli("evidence", "pool", group, "--by", "sessions")
    assert "not stated k = 2" in " ".join(few.out.split())


def test_a_column_that_there_is_not_is_refused_with_those_there_are(cli: Cli, trials: Path) -> None:
    result = cli("evidence", "pool", "--csv", str(trials), "--by", "hemisphere")
    assert result.code == 9
    assert "no column `hemisphere`" in result.err
    assert "latitude, allocation" in result.err


def test_three_studies_bear_no_line(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("study,effect,se,dose\na,0.1,0.1,1\nb,0.3,0.1,2\nc,0.4,0.1,3\n")
    refused = cli("evidence", "pool", "--csv", str(path), "--on", "dose")
    assert refused.code == 9
    assert "10 studies or more" in refused.err
    insisted = told(cli, "--csv", path, "--on", "dose", "--few")
    assert "dose 0.15" in insisted
    assert "such a line fits noise" in insisted
