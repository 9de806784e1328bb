"""needlewise protocol: check, list, show, sources, diff."""

import shutil
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path

import pytest

from needlewise.knowledge import TABLES, Mark, marks_in, rows_of
from tests.unit.cli.conftest import ROOT, SAVED, TODAY, Cli

ON = date.fromisoformat(TODAY)
PROTOCOL = SAVED(ON)
KNOWLEDGE = ROOT / "src" / "needlewise" / "knowledge"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder of one's own."""
    return shutil.copytree(KNOWLEDGE, tmp_path / "mine", ignore=shutil.ignore_patterns("*.py", "__pycache__"))


def flat(text: str) -> str:
    return " ".join(text.split())


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_every_table_of_the_protocol_can_be_listed() -> None:
    """A table added to the protocol is found here, so that none stays out of sight."""
    not_tables = {"edition", "compiled", "examples", "index", "places", "regions"}
    assert set(TABLES.values()) == {field.name for field in fields(PROTOCOL)} - not_tables


def test_check_counts_rules_and_examples_and_says_that_nobody_has_signed(cli: Cli) -> None:
    result = cli("protocol", "check", "--on", TODAY)
    assert (result.code, result.err) == (0, "")
    examples = sum(len(PROTOCOL.examples[name]) for name in PROTOCOL.rules)
    assert f"{len(PROTOCOL.rules)} rules in force; all {examples} examples come out as expected." in result.out
    assert "not signed by a medical director" in result.out
    assert "2026-11-22 (2 days ago)" in result.out


def test_check_reads_another_folder_and_finds_a_fault_with_its_line(cli: Cli, folder: Path) -> None:
    assert cli("protocol", "check", "--on", TODAY, "--folder", folder).code == 0
    change(folder / "rules" / "vitiligo.toml", 'verdict = "exclude"', 'verdict = "excluded"')
    result = cli("protocol", "check", "--on", TODAY, "--folder", folder)
    assert (result.code, result.out) == (4, "")
    assert f"{folder}/rules/vitiligo.toml:7: `rule.0.verdict` is 'excluded'" in result.err


def test_check_runs_the_examples(cli: Cli, folder: Path) -> None:
    change(folder / "rules" / "vitiligo.toml", 'then = "exclude"', 'then = "caution"')
    result = cli("protocol", "check", "--on", TODAY, "--folder", folder)
    assert result.code == 4
    assert "the rule says `exclude`\n  expected: `caution`" in result.err


def test_check_tells_an_empty_table_and_a_folder_that_is_none(cli: Cli, folder: Path, tmp_path: Path) -> None:
    (folder / "limits.toml").unlink()
    result = cli("protocol", "check", "--on", TODAY, "--folder", folder)
    assert result.code == 4
    assert "limits" in result.err
    assert cli("protocol", "check", "--folder", tmp_path / "none").code == 2
    (tmp_path / "bare").mkdir()
    assert cli("protocol", "check", "--folder", tmp_path / "bare").code == 4


def test_list_counts_the_tables_and_lists_the_rows_of_one(cli: Cli) -> None:
    counts = dict(line.split() for line in cli("protocol", "list", "--on", TODAY).out.splitlines()[2:])
    assert counts == {table: str(len(rows_of(PROTOCOL, table))) for table in TABLES}
    for table in TABLES:
        listed = cli("protocol", "list", table, "--on", TODAY).out
        assert all(f"\n  {name}" in listed for name in rows_of(PROTOCOL, table))
    assert "exclude: Vitiligo, growing or quiet" in cli("protocol", "list", "rules", "--on", TODAY).out


def texts_in(value: object) -> list[str]:
    """Every text of a row that a reader should find, marks included."""
    if isinstance(value, Mark):
        return [value.why, value.differ, *(cite.id for cite in value.sources), *(cite.place for cite in value.sources)]
    if isinstance(value, str):
        return [str(value)]
    if isinstance(value, tuple):
        return [text for part in value for text in texts_in(part)]
    if is_dataclass(value):
        return [
            t for field in fields(value) if field.name != "origin_rows" for t in texts_in(getattr(value, field.name))
        ]
    return []


@pytest.mark.parametrize("table", TABLES)
def test_show_has_every_text_of_a_row_in_it(table: str, cli: Cli) -> None:
    rows = list(rows_of(PROTOCOL, table).values())
    for row in rows[:: max(1, len(rows) // 4)]:
        result = cli("protocol", "show", f"{table}:{row.id}", "--on", TODAY)
        assert result.code == 0
        page = flat(result.out)
        for text in texts_in(row):
            assert flat(text) in page, (row.id, text)


def test_show_takes_an_id_a_side_a_goal_and_an_id_of_two_tables(cli: Cli) -> None:
    assert "zone cheek" in cli("protocol", "show", "cheek-left", "--on", TODAY).out
    assert "indication atrophic-acne-scars" in cli("protocol", "show", "shallower-acne-scars", "--on", TODAY).out
    page = cli("protocol", "show", "vitiligo", "--on", TODAY).out
    assert "rule vitiligo" in page
    assert "question vitiligo" in page
    assert "fires when: isotretinoin is stopped, less than 180 days ago (wait 180 days)" in flat(
        cli("protocol", "show", "isotretinoin-recent", "--on", TODAY).out
    )
    unknown = cli("protocol", "show", "vitligo", "--on", TODAY)
    assert (unknown.code, unknown.out) == (2, "")
    assert "did you mean `vitiligo`?" in unknown.err


def test_a_source_shows_all_that_rests_on_it(cli: Cli) -> None:
    page = cli("protocol", "sources", "skinpen_summary", "--on", TODAY).out
    found = 0
    for table in TABLES:
        for row in rows_of(PROTOCOL, table).values():
            rests = any(cite.id == "skinpen_summary" for _, mark in marks_in(row) for cite in mark.sources)
            assert (f"  {table}:{row.id} " in page) is rests, (table, row.id)
            found += rests
    assert found > 3
    assert "zones:cheek depth" in flat(page)


def test_sources_are_listed_strongest_first(cli: Cli) -> None:
    page = cli("protocol", "sources", "--on", TODAY).out
    assert all(f"\n  {name} " in page for name in PROTOCOL.sources)
    assert page.index("\nlabel\n") < page.index("\ntrial\n") < page.index("\nclinic practice\n")
    assert cli("protocol", "sources", "nobody2020").code == 2


def test_two_days_under_the_same_rows_do_not_differ(cli: Cli) -> None:
    assert cli("protocol", "diff", TODAY, "2026-12-24").out.endswith("Nothing differs.\n")


def test_diff_names_what_was_added_removed_and_changed_field_by_field(cli: Cli, folder: Path) -> None:
    change(folder / "rules" / "isotretinoin-recent.toml", "wait_days_max = 60", "wait_days_max = 50")
    change(folder / "zones" / "cheek.toml", "start_mm = 0.5", "start_mm = 0.25")
    (folder / "facts" / "star-sign.toml").write_text(
        (folder / "facts" / "smoking.toml").read_text().replace('question = "', 'question = "By the stars: ', 1)
    )
    result = cli("protocol", "diff", KNOWLEDGE, folder, "--on", TODAY)
    assert (result.code, result.err) == (0, "")
    page = result.out
    assert "+ star-sign: By the stars" in page
    assert "~ cheek: Cheek" in page
    assert "depth.start_mm before 0.5 after 0.25" in flat(page)
    assert "clearance.wait_days_max before 60 after 50" in flat(page)
    assert page.endswith("3 rows differ.\n")
    back = cli("protocol", "diff", folder, KNOWLEDGE, "--on", TODAY).out
    assert "- star-sign: By the stars" in back


def test_diff_sees_a_new_generation_of_a_rule_from_its_day_on(cli: Cli, folder: Path) -> None:
    path = folder / "rules" / "vitiligo.toml"
    text = path.read_text()
    start, end = text.index("[[rule]]"), text.index("[[example]]")
    newer = text[start:end].replace("2026-01-01", "2027-01-01").replace("We do not", "We never")
    path.write_text(text[:end] + newer + text[end:])
    day = cli("protocol", "diff", folder, folder, "--on", TODAY)
    assert day.out.endswith("Nothing differs.\n")
    assert cli("protocol", "show", "vitiligo", "--on", "2027-01-01").code == 0


def test_diff_of_something_that_is_neither_a_folder_nor_a_day_is_wrong_use(cli: Cli, tmp_path: Path) -> None:
    result = cli("protocol", "diff", TODAY, tmp_path / "none")
    assert (result.code, result.out) == (2, "")
    assert f"{tmp_path / 'none'}: not a folder" in result.err


@pytest.mark.parametrize("arguments", [(), ("lists",), ("list", "zone"), ("show",)], ids=str)
def test_an_action_that_makes_no_sense_is_wrong_use(arguments: tuple[str, ...], cli: Cli) -> None:
    result = cli("protocol", *arguments)
    assert (result.code, result.out) == (2, "")
    assert "hint: " in result.err
