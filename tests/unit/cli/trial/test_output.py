"""What a trial prints: a page of text, or JSON that any program reads."""

import json
from pathlib import Path

import duckdb

from needlewise.cli.trial.summary_json import NOTE
from needlewise.healing.trials.summary import LEVELS
from tests.unit.cli.conftest import Cli
from tests.unit.cli.trial.trials import SMALL, written

ALIKE = SMALL.replace("[0, 14, 28, 42]", "[0, 28, 56, 84]")
CRUSHING = SMALL.replace("holes_per_cm2 = 200", "holes_per_cm2 = 90000").replace("depth_mm = 1.5", "depth_mm = 9")


def printed(cli: Cli, folder: Path, text: str, *more: str) -> str:
    result = cli("trial", written(folder, text), "--out", folder / "out", *more)
    assert result.code == 0, result.err
    return str(result.out)


def test_the_page_says_first_that_it_is_no_promise(cli: Cli, tmp_path: Path) -> None:
    lines = printed(cli, tmp_path, SMALL).splitlines()
    assert lines[0] == "Four weeks or two"
    assert " ".join(lines[2:4]).startswith(NOTE)
    assert max(len(line) for line in lines) <= 100


def test_arms_that_are_alike_differ_by_nothing(cli: Cli, tmp_path: Path) -> None:
    text = printed(cli, tmp_path, ALIKE)
    row = next(line for line in text.splitlines() if line.strip().startswith("two-weeks less four-weeks"))
    assert row.split()[3:] == ["0"] * (2 + len(LEVELS))
    assert "in 0% of people, less in 0%" in " ".join(text.split())


def test_json_is_what_stands_in_the_folder_and_in_the_table(cli: Cli, tmp_path: Path) -> None:
    text = printed(cli, tmp_path, SMALL, "--format", "json")
    assert text == (tmp_path / "out" / "summary.json").read_text()
    found = json.loads(text, parse_constant=lambda word: word / 0)
    assert (found["people"], found["drawn"], found["failed"]) == (300, 300 + found["unstable"], 0)
    told = {
        ("arm", arm["id"], name): (one["mean"], one["quantiles"][2])
        for arm in found["arms"]
        for name, one in arm["endpoints"].items()
    } | {
        ("difference", one["arm"], one["endpoint"]): (one["mean"], one["quantiles"][2]) for one in found["differences"]
    }
    with duckdb.connect() as tables:
        rows = tables.execute(f"SELECT kind, arm, endpoint, mean, q50 FROM '{tmp_path}/out/summary.parquet'").fetchall()  # noqa: S608
    assert {tuple(row[:3]): tuple(row[3:]) for row in rows} == told
    assert len(rows) == 6


def test_what_lies_beyond_the_data_is_told_with_its_reason(cli: Cli, tmp_path: Path) -> None:
    flagged = SMALL.replace("sessions = 4\ninterval_days = 28", "sessions = 12\ninterval_days = 3")
    text = " ".join(printed(cli, tmp_path, flagged).split())
    assert "four-weeks: days between sessions: 3; the data begin at 7. No study with sessions nearer" in text
    assert "four-weeks: sessions in one course: 12; the data end at 8. More were studied nowhere" in text


def test_settings_far_beyond_anything_are_computed_or_counted_as_failed(cli: Cli, tmp_path: Path) -> None:
    found = json.loads(printed(cli, tmp_path, CRUSHING, "--format", "json"))
    flags = {(one["arm"], one["bound"]) for one in found["beyond_the_data"]}
    assert {("four-weeks", "injured"), ("two-weeks", "injured")} <= flags
    for arm in found["arms"]:
        assert arm["endpoints"]["collagen"]["people"] + arm["failed"] == 300


def test_without_a_course_none_is_kept_nor_told_of(cli: Cli, tmp_path: Path) -> None:
    text = printed(cli, tmp_path, f"{SMALL}\n[course]\nobservables = []\n")
    assert "course.parquet" not in text
    assert not (tmp_path / "out" / "course.parquet").exists()
    assert printed(cli, tmp_path, f"{SMALL}\n[course]\nobservables = []\n") == text
