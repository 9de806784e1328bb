"""needlewise replay: a stored decision again, under the same rows, under others, and what is no decision."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.cases import BEGINNING, complete_case
from tests.unit.cli.conftest import ROOT, SAVED, TODAY, Cli
from tests.unit.cli.test_protocol import ON, change

KNOWLEDGE = ROOT / "src" / "needlewise" / "knowledge"
SMOKER = complete_case(SAVED(ON), smoking='"yes"', vitamin_c_product='"now"')
OVERLAY = 'title = "Example clinic"\n\n[[tighten]]\nrule = "smoking"\nverdict = "refer"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(KNOWLEDGE, tmp_path / "mine", ignore=shutil.ignore_patterns("*.py", "__pycache__"))


@pytest.fixture
def decision(tmp_path: Path, cli: Cli) -> Path:
    """The decision on a smoker who uses a serum, as `consult` writes it."""
    path = tmp_path / "decision.json"
    made = cli("consult", "-", "--on", TODAY, "--format", "json", "--out", path, stdin=SMOKER)
    assert (made.code, made.err) == (0, "")
    return path


def changed(decision: Path, **values: Any) -> str:
    document = json.loads(decision.read_text(encoding="utf-8"))
    return json.dumps({**document, **values})


def test_a_decision_comes_out_the_same_under_its_own_rows(decision: Path, cli: Cli) -> None:
    result = cli("replay", decision)
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[0] == f"Decision of {TODAY}"
    assert result.out.endswith("\nThe same answer.\n")
    assert "not exact" not in result.out
    assert result.out.count(str(SAVED(ON).edition)) == 2


def test_every_example_case_comes_out_the_same(cli: Cli, tmp_path: Path) -> None:
    """Every key that a case file may have survives the way through the document and back."""
    files = sorted((ROOT / "examples").glob("*.toml"))
    assert len(files) >= 25
    for file in files:
        made = cli("consult", file, "--on", TODAY, "--format", "json")
        assert made.code == 0, made.err
        again = cli("replay", "-", stdin=made.out)
        assert (again.code, again.out.splitlines()[-1]) == (0, "The same answer."), file.name


def test_a_decision_can_come_down_a_pipe(decision: Path, cli: Cli) -> None:
    result = cli("replay", "-", stdin=decision.read_bytes())
    assert result.out == cli("replay", decision).out


def test_what_changed_in_the_rows_is_listed_and_has_a_code_of_its_own(decision: Path, folder: Path, cli: Cli) -> None:
    change(folder / "rules" / "smoking.toml", 'verdict = "caution"', 'verdict = "refer"')
    result = cli("replay", decision, "--folder", folder)
    assert (result.code, result.err) == (8, "")
    assert "not exact: these are not the rows it was made with" in result.out
    lines = result.out.splitlines()
    for where, was, now in [
        ("verdict", "caution", "refer"),
        ("rule smoking", "caution", "refer"),
        ("to acknowledge", "smoking", "nothing"),
    ]:
        at = lines.index(f"  {where}")
        assert lines[at + 1 : at + 3] == [f"    was  {was}", f"    now  {now}"]
    assert lines[5] == f"{sum(line.startswith('    was') for line in lines)} differences:"


CHANGES = {
    "a depth": ("zones/forehead.toml", "scar_max_mm = 0.75", "scar_max_mm = 0.5", "session 1, forehead", " of 0.75 to", " of 0.5 to"),
    "passes": ("zones/cheek.toml", "passes_max = 4", "passes_max = 3", "session 1, cheek-left", "4 passes", "3 passes"),
    "aftercare": ("care/aftercare.toml", "hours_until = 144", "hours_until = 168", "avoid Heat and swimming", "to 144", "to 168"),
    "an interval": ("sessions.toml", "interval_min_days = 28", "interval_min_days = 40", "session 2", "2026", "2027"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_a_reader_acts_on_is_compared(name: str, decision: Path, folder: Path, cli: Cli) -> None:
    file, old, new, where, was, now = CHANGES[name]
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    result = cli("replay", decision, "--folder", folder)
    assert result.code == 8
    lines = result.out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(f"  {where}"))
    assert was in lines[at + 1]
    assert now in lines[at + 2]


def test_other_rows_with_the_same_answer_are_told_as_not_exact(decision: Path, folder: Path, cli: Cli) -> None:
    change(folder / "rules" / "vitiligo.toml", "growing or quiet", "spreading or quiet")
    result = cli("replay", decision, "--folder", folder)
    assert result.code == 0
    assert "not exact" in result.out
    assert result.out.endswith("\nThe same answer.\n")


def test_other_words_alone_are_no_other_answer_but_are_told(decision: Path, folder: Path, cli: Cli) -> None:
    change(folder / "rules" / "smoking.toml", "Smoking slows", "Tobacco slows")
    result = cli("replay", decision, "--folder", folder)
    assert result.code == 0
    assert result.out.endswith("\nThe same answer, some of it in other words.\n")


def test_under_another_day_the_rows_of_that_day_count(decision: Path, folder: Path, cli: Cli) -> None:
    later = """
[[rule]]
from_day = 2027-01-01
scope = "person"
verdict = "adjust"
because = "A later reading."
any = [{ all = [{ fact = "smoking", one_of = ["yes"] }] }]
mark = { origin = "chosen", why = "A later reading." }
"""
    path = folder / "rules" / "smoking.toml"
    path.write_text(path.read_text(encoding="utf-8") + later, encoding="utf-8")
    same = cli("replay", decision, "--folder", folder, "--under", "2026-12-31")
    assert (same.code, same.out.splitlines()[-1]) == (0, "The same answer.")
    assert "/2026-12-31/" in same.out
    other = cli("replay", decision, "--folder", folder, "--under", "2027-01-01")
    assert other.code == 8
    assert "  rule smoking\n    was  caution\n    now  adjust\n" in other.out
    assert cli("replay", decision, "--under", "today").code in (0, 8)


def test_before_the_first_edition_there_is_nothing_to_replay_under(decision: Path, cli: Cli) -> None:
    result = cli("replay", decision, "--under", "2025-06-01")
    assert (result.code, result.out) == (4, "")
    assert "no edition was in force on 2025-06-01" in result.err


def test_a_decision_made_under_a_clinics_list_needs_that_list(tmp_path: Path, cli: Cli) -> None:
    overlay, path = tmp_path / "overlay.toml", tmp_path / "decision.json"
    overlay.write_text(OVERLAY, encoding="utf-8")
    under = ("--overlay", overlay)
    assert cli("consult", "-", "--on", TODAY, "--format", "json", "--out", path, *under, stdin=SMOKER).code == 0
    assert json.loads(path.read_text(encoding="utf-8"))["verdict"] == "refer"
    exact = cli("replay", path, *under)
    assert (exact.code, "not exact" in exact.out) == (0, False)
    without = cli("replay", path)
    assert without.code == 8
    assert "not exact" in without.out


def test_a_list_that_loosens_is_refused_with_the_name_of_its_file(tmp_path: Path, cli: Cli) -> None:
    overlay = tmp_path / "our overlay.toml"
    overlay.write_text(OVERLAY.replace("refer", "adjust"), encoding="utf-8")
    result = cli("consult", "-", "--on", TODAY, "--overlay", overlay, stdin=SMOKER)
    assert (result.code, result.out) == (5, "")
    assert result.err.startswith(f"{overlay}:5: rule `smoking`: verdict from caution to adjust would loosen")
    missing = cli("consult", "-", "--on", TODAY, "--overlay", tmp_path / "none.toml", stdin=SMOKER)
    assert missing.code == 5
    assert "none.toml: no such file or directory" in missing.err


NO_DECISIONS = {
    "empty": ("", "not valid JSON"),
    "not JSON": ("[patient]\nborn = 1990-01-01\n", "not valid JSON"),
    "not UTF-8": ("\xff\xfe", "not valid JSON"),
    "cut off": ('{"schema": "needlewise/consultation/1", "on"', "not valid JSON"),
    "nested too deeply": ("[" * 100_000, "not valid JSON"),
    "a list": ("[]", "no decision in it"),
    "an empty object": ("{}", "no schema named"),
}


@pytest.mark.parametrize("name", NO_DECISIONS)
def test_what_is_no_decision_is_refused_with_a_message(name: str, tmp_path: Path, cli: Cli) -> None:
    text, told = NO_DECISIONS[name]
    path = tmp_path / "decision.json"
    path.write_bytes(text.encode("latin-1"))
    result = cli("replay", path)
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith(f"{path}: decision")
    assert told in result.err


CHANGED: dict[str, tuple[dict[str, Any], str]] = {
    "of another schema": ({"schema": "needlewise/consultation/0"}, "decision.schema: 'needlewise/consultation/0'"),
    "without its case": ({"case": None}, "decision.case: no case in it"),
    "of no day": ({"on": "soon"}, "decision.on: 'soon'"),
    "with a case that cannot be read": ({"case": {"concern": [{"zones": ["knees"]}]}}, "unknown zone `knees`"),
    "with parts missing": ({"zones": None}, "parts of it are missing"),
    "with a plan that is none": ({"plan": {"signable": True}}, "parts of it are missing"),
    "with reasons of another kind": ({"reasons": ["smoking"]}, "parts of it are missing"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_decision_that_cannot_be_compared_is_refused(name: str, decision: Path, cli: Cli) -> None:
    values, told = CHANGED[name]
    result = cli("replay", "-", stdin=changed(decision, **values))
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith("standard input: ")
    assert told in result.err


def test_all_that_is_wrong_with_a_decision_is_told_at_once(cli: Cli) -> None:
    result = cli("replay", "-", stdin="{}")
    assert [line.split(": ")[1] for line in result.err.splitlines() if line.startswith("standard input")] == [
        "decision.schema",
        "decision.case",
        "decision.on",
    ]


def test_a_decision_that_names_no_rows_is_replayed_but_never_exact(decision: Path, cli: Cli) -> None:
    result = cli("replay", "-", stdin=changed(decision, edition=""))
    assert result.code == 0
    assert "rows that are not named" in result.out
    assert "not exact" in result.out


def test_a_changed_figure_in_the_document_is_found(decision: Path, cli: Cli) -> None:
    """Whoever edits a stored decision by hand is found out."""
    document = json.loads(decision.read_text(encoding="utf-8"))
    session = next(visit for visit in document["plan"]["visits"] if visit["kind"] == "session")
    session["zones"][0]["depth_mm"] = 2.25
    result = cli("replay", "-", stdin=json.dumps(document))
    assert result.code == 8
    assert "was  2.25 of" in result.out


def test_a_missing_file_and_a_day_that_is_none_are_told(tmp_path: Path, decision: Path, cli: Cli) -> None:
    missing = cli("replay", tmp_path / "none.json")
    assert (missing.code, missing.out) == (3, "")
    assert "none.json: decision: no such file or directory" in missing.err
    for word in ("yesterday", "2026-13-01"):
        result = cli("replay", decision, "--under", word)
        assert (result.code, result.out) == (2, "")
        assert "is no day" in result.err


def test_the_document_carries_the_case_as_it_was_written(cli: Cli) -> None:
    made = json.loads(cli("consult", "-", "--on", TODAY, "--format", "json", stdin=SMOKER).out)
    assert made["case"]["patient"]["born"] == "1990-02-03"
    assert made["case"]["facts"]["smoking"] == "yes"
    assert made["case"]["clinic"] == {"devices": ["skinpen_precision"], "weekdays": ["tuesday", "thursday"]}
    assert BEGINNING.count("[[concern]]") == len(made["case"]["concern"])
