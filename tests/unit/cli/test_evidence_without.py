"""needlewise evidence without STUDY."""

from pathlib import Path

from tests.unit.cli.conftest import Cli
from tests.unit.knowledge.trees import grown


def test_everything_that_moves_is_listed(cli: Cli) -> None:
    result = cli("evidence", "without", "alam2014")
    assert result.code == 0
    told = " ".join(result.out.split())
    assert "goodman_baron_quant.needling.against-nothing k 1 to 0" in told
    assert "acne-scars control 1 to 0 outside its bounds: read the claim again" in told
    assert "Nothing is changed" in told


def test_one_line_in_the_file_of_a_study_withdraws_it_and_shows_what_that_moved(cli: Cli, tmp_path: Path) -> None:
    tree = grown(tmp_path / "knowledge")
    line = 'retracted = { on = 2026-11-01, why = "invented for this test" }'
    tree.change("studies/majid2009.toml", "group = ", f"{line}\ngroup = ")
    result = cli("evidence", "without", "majid2009", "--folder", str(tree.root))
    told = " ".join(result.out.split())
    assert "It was retracted on 2026-11-01" in told
    assert "acne_scars.response.one-grade.needling k 5 to 4" in told


def test_an_unknown_study_is_refused_with_the_nearest_name(cli: Cli) -> None:
    result = cli("evidence", "without", "alam2041")
    assert result.code == 2
    assert "did you mean `alam2014`?" in result.err
