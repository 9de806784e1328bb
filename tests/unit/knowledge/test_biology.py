"""What the model of healing reckons with is read whole, or refused with every fault named."""

from pathlib import Path

import pytest

from needlewise.errors import KnowledgeError
from needlewise.knowledge import Protocol, load_biology
from tests.unit.knowledge.trees import Tree, grown

PARAMETERS, FIGURES, STRUCTURES = "biology/parameters.toml", "biology/figures.toml", "biology/structures.toml"
PATIENTS, DOSE, BOUNDS = "biology/patients.toml", "biology/dose.toml", "biology/bounds.toml"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return grown(tmp_path / "knowledge")


def told(tree: Tree, protocol: Protocol) -> str:
    with pytest.raises(KnowledgeError) as refusal:
        load_biology(protocol, tree.root)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (PARAMETERS, "median = 0.756", "median = -0.756", "`median` is -0.756"),
        (PARAMETERS, "median = 0.756", "median = nan", "`median` is nan"),
        (PARAMETERS, "median = 0.756", "median = 0", "median 0 with a spread"),
        (PARAMETERS, "median = 0.756", 'median = "fast"', "valid number"),
        (PARAMETERS, 'id = "dD"', 'id = "kB"', "`kB` stands twice"),
        (PARAMETERS, 'id = "micropore2021"', 'id = "micropore2012"', "unknown source `micropore2012`"),
        (PARAMETERS, "unit =", "units =", "unknown key"),
        (STRUCTURES, "KI = inf", "KJ = inf", "unknown quantity `KJ`"),
        (STRUCTURES, "kS = 0.0", "kS = -1.0", "`kS` is -1.0"),
        (PATIENTS, 'parameter = "kB"', 'parameter = "kb"', "unknown quantity `kb`"),
        (PATIENTS, 'parameters = ["kS", "kr"]', 'parameters = ["kS", "rk"]', "unknown quantity `rk`"),
        (DOSE, "median = 0.7", "median = 1.7", "median 1.7"),
        (BOUNDS, "most = 0.12", "", "a bound without a number"),
        (FIGURES, 'setting = "one-session"', 'setting = "two-sessions"', "unknown setting `two-sessions`"),
        (FIGURES, "days = [14]", "days = [14, 15]", "unlike length"),
        (FIGURES, "sd = [0.06]", "sd = [0]", "an error of nothing"),
        (FIGURES, 'per = "peak"', 'per = "top"', "per `top`"),
        (FIGURES, "whole_wound = true", "whole_wound = false", "a setting that is neither"),
        (FIGURES, "[own_factor]", "[own_faktor]", "unknown key `own_faktor`"),
    ],
)
def test_a_slip_is_told_at_its_place(tree: Tree, protocol: Protocol, file: str, old: str, new: str, says: str) -> None:
    tree.change(file, old, new)
    found = told(tree, protocol)
    assert says in found
    assert f"{file}:" in found


def test_a_missing_table_and_a_file_that_nothing_reads_are_told(tree: Tree, protocol: Protocol) -> None:
    (tree.root / BOUNDS).unlink()
    tree.write("biology/more.toml", "a = 1")
    found = told(tree, protocol)
    assert f"{BOUNDS}: no such file" in found
    assert "biology/more.toml: a file that nothing reads" in found


def test_a_sample_that_is_not_the_one_that_was_fitted_is_told(tree: Tree, protocol: Protocol) -> None:
    sample = (tree.root / "biology/posterior.npz").read_bytes()
    tree.write("biology/posterior.npz", sample[:-1])
    assert "posterior.npz: another file than was fitted" in told(tree, protocol)
    (tree.root / "biology/posterior.npz").unlink()
    assert "posterior.npz: no such file" in told(tree, protocol)


def test_words_may_change_without_another_fit_and_numbers_may_not(tree: Tree, protocol: Protocol) -> None:
    before = load_biology(protocol, tree.root)
    tree.change(PARAMETERS, "closure of the open barrier", "closing of the open barrier")
    after = load_biology(protocol, tree.root)
    assert after.digest != before.digest
    assert after.fitted_to == before.fitted_to
    tree.change(FIGURES, "values = [1.532]", "values = [1.5]")
    assert load_biology(protocol, tree.root).fitted_to != before.fitted_to


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (BOUNDS, 'id = "injured"', 'id = "injurd"', "no [[bound]] `injured`"),
        (DOSE, 'id = "halo"', 'id = "hallo"', "no [[spread]] `halo`"),
        ("biology/reading.toml", 'id = "redness-over"', 'id = "redness-gone"', "no [[threshold]] `redness-over`"),
        (PATIENTS, "to_years = 80", "to_years = 24", "to 24 years"),
        ("biology/layers.toml", "from_mm = 0.1", "from_mm = -0.1", "`from_mm` is -0.1"),
        (FIGURES, "log_sd = 0.4", "log_sd = -0.4", "`log_sd` is -0.4"),
        (FIGURES, 'observable = "neutrophils"', 'observable = "neutrofils"', "unknown observable `neutrofils`"),
        ("biology/reading.toml", "day = 364", "day = 900", "day 900"),
    ],
)
def test_a_row_that_others_ask_for_by_name_is_not_lost(
    tree: Tree, protocol: Protocol, file: str, old: str, new: str, says: str
) -> None:
    tree.change(file, old, new)
    assert says in told(tree, protocol)
