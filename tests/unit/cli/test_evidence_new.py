"""needlewise evidence new: what is begun can be finished, and nothing is begun twice."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from needlewise.knowledge import Design, Read, load_evidence, load_protocol
from tests.unit.cli.conftest import TODAY, Cli
from tests.unit.knowledge.trees import grown

NBIB = """\
PMID- 99919799
OWN - NLM
TI  - A needling device for "acne" scars: a randomized
      clinical trial.
PG  - 844-9
LID - 10.1001/Invented.2024.9999 [doi]
FAU - Müller-Lüdenscheidt, Murad
AU  - Muller M
FAU - Han, Sean
AU  - Han S
JT  - JAMA dermatology
DP  - 2024 Aug
VI  - 150
IP  - 8
PT  - Journal Article
PMC - PMC99919
SI  - ClinicalTrials.gov/NCT00974870
"""
RIS = """\
TY  - JOUR
AU  - Aster, Ann
TI  - Needles against neck lines
T2  - Journal of Invention
PY  - 2023/08//
VL  - 15
SP  - 44
EP  - 49
DO  - https://doi.org/10.1001/invented.2023.1
ER  - \n"""
CHOSEN = ("--group", "acne_scars", "--design", "rct_split_face")


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "record.nbib"
    path.write_text(NBIB, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("content", "study"),
    [(NBIB, "muller_ludenscheidt2024"), (RIS, "aster2023"), (RIS.replace("\n", "\r\n"), "aster2023")],
)
def test_what_was_begun_and_chosen_loads_beside_all_others(
    cli: Cli, record: Path, tmp_path: Path, content: str, study: str
) -> None:
    record.write_bytes(b"\xef\xbb\xbf" + content.encode())
    tree = grown(tmp_path / "knowledge")
    result = cli("evidence", "new", record, *CHOSEN, "--to", tree.root, "--on", TODAY)
    assert result.code == 0
    assert result.out.split() == [f"{tree.root}/studies/{study}.toml", f"{tree.root}/sources/{study}.toml"]
    base = load_evidence(load_protocol(date.fromisoformat(TODAY), tree.root), tree.root)
    found = base.studies[study]
    assert (found.design, found.verified, found.arm) == (Design.RCT_SPLIT_FACE, Read.SECONDARY, ())
    assert found.added == date.fromisoformat(TODAY)
    assert base.protocol.sources[study].level == "rct_split_face"
    assert [one.source for one in found.document] == [study]


def test_the_bibliography_is_that_of_the_record_and_no_figure_stands_there(cli: Cli, record: Path) -> None:
    written = cli("evidence", "new", record).out
    study, source = (tomllib.loads(f"#{text}") for text in written.split("# ----")[1:])
    assert study["title"] == 'A needling device for "acne" scars: a randomized clinical trial'
    assert (study["author"], study["year"], study["pages"]) == ("Müller-Lüdenscheidt", 2024, "150(8):844-9")
    assert (study["doi"], study["pmid"]) == ("10.1001/Invented.2024.9999", "99919799")
    assert (study["pmcid"], study["registry"]) == ("PMC99919", "NCT00974870")
    assert study["people"] == {}
    assert not {"arm", "contrast", "randomised", "blinded"} & study.keys()
    assert source["citation"].startswith("Müller-Lüdenscheidt Murad et al. A needling device")


def test_what_a_person_must_choose_is_refused_until_it_is_chosen(cli: Cli, record: Path, tmp_path: Path) -> None:
    tree = grown(tmp_path / "knowledge")
    assert cli("evidence", "new", record, "--id", "invented", "--to", tree.root).code == 0
    result = cli("evidence", "check", "--folder", tree.root)
    assert result.code == 4
    for key, choice in (("group", "acne_scars"), ("design", "prospective_single_arm")):
        place = tree.change("studies/invented.toml", f'{key} = "to be filled in"', f'{key} = "{choice}"')
        assert f"studies/invented.toml:{place}: `{key}` is still to be filled in" in result.err
    assert "one of: rct_parallel, rct_split_face" in result.err
    assert "2 problems" in result.err
    assert cli("evidence", "check", "--folder", tree.root).code == 0


def test_a_bare_doi_leaves_its_title_to_be_filled_in(cli: Cli) -> None:
    written = cli("evidence", "new", "--doi", "https://doi.org/10.1001/Invented.1", *CHOSEN).out
    study = tomllib.loads(written.split("# ---- sources")[0])
    assert (study["title"], study["doi"]) == ("to be filled in", "10.1001/Invented.1")
    assert "# ---- studies/doi_10_1001_invented_1.toml" in written


@pytest.mark.parametrize(
    "doi",
    [
        "10.1001/jamadermatol.2013.8687",
        "https://DX.doi.org/10.1001/JAMADERMATOL.2013.8687",
        "doi: 10.1001/jamadermatol.2013.8687",
    ],
)
def test_a_publication_that_is_held_is_not_begun_again(cli: Cli, doi: str) -> None:
    result = cli("evidence", "new", "--doi", doi)
    assert (result.code, result.out) == (9, "")
    assert "studies/alam2014.toml: holds DOI" in result.err


@pytest.mark.parametrize(
    ("old", "new"), [("99919799", "24919799"), ("PMC99919", "PMC6122507"), ("PMC99919", "pmc6122507")]
)
def test_it_is_known_by_its_numbers_in_pubmed_too(cli: Cli, record: Path, old: str, new: str) -> None:
    is_ris = new.startswith("pmc")
    text = RIS.replace("ER  - ", f"C2  - {new}\nER  - ") if is_ris else NBIB.replace(old, new)
    record.write_text(text, encoding="utf-8")
    result = cli("evidence", "new", record)
    assert result.code == 9
    assert "already" in result.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "an empty file"),
        (b"hello", "neither RIS nor PubMed's format"),
        ((NBIB + "\n" + NBIB).encode(), "2 publications"),
        ((NBIB + NBIB).encode(), "2 publications"),
        ((RIS + RIS).encode(), "2 publications"),
        (RIS.replace("ER  - ", "").encode(), "a record that does not end"),
        ((NBIB + "no tag here\n").encode(), "not readable as PubMed's format"),
        (NBIB.encode("latin-1"), ":7: byte 0xfc is not UTF-8 text"),
        (NBIB.encode("utf-16"), "is not UTF-8 text"),
    ],
)
def test_a_file_that_is_no_single_record_is_refused(cli: Cli, record: Path, content: bytes, told: str) -> None:
    record.write_bytes(content)
    result = cli("evidence", "new", record)
    assert (result.code, result.out) == (9, "")
    assert told in result.err


def test_an_id_is_never_given_twice_and_no_file_is_replaced(cli: Cli, record: Path, tmp_path: Path) -> None:
    record.write_text(RIS.replace("Aster, Ann", "Alam, Ann").replace("PY  - 2023", "PY  - 2014"), encoding="utf-8")
    for expected in (0, 1):
        result = cli("evidence", "new", record, "--to", tmp_path / "drafts")
        assert result.code == expected
    assert "alam2014b.toml: is there already" in result.err
    assert cli("evidence", "new", record, "--id", "alam2014").code == 2
    assert cli("evidence", "new", record, "--id", "Alam 2014").code == 2


def test_a_retracted_paper_is_begun_as_one_that_enters_no_pool(cli: Cli, record: Path, tmp_path: Path) -> None:
    record.write_text(NBIB.replace("PT  - Journal Article", "PT  - Retracted Publication"), encoding="utf-8")
    tree = grown(tmp_path / "knowledge")
    cli("evidence", "new", record, *CHOSEN, "--id", "invented", "--to", tree.root)
    base = load_evidence(load_protocol(date.fromisoformat(TODAY), tree.root), tree.root)
    assert base.studies["invented"].never_pool == "retracted, by its record in PubMed"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (("record.nbib", "--doi", "10.1001/x"), 2),
        (("--doi", "10.1001/x", "--group", "warts"), 2),
        (("--doi", "10.1001/x", "--design", "guess"), 2),
        (("--doi", "next door"), 9),
        (("missing.ris",), 9),
    ],
)
def test_what_makes_no_sense_is_refused(cli: Cli, arguments: tuple[str, ...], code: int) -> None:
    result = cli("evidence", "new", *arguments)
    assert (result.code, result.out) == (code, "")
    assert "expected:" in result.err or "choose from 'rct_parallel'" in result.err
