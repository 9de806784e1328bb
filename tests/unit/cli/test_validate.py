"""needlewise validate: what it shows of a series, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from needlewise.cli import refusing
from tests.unit.cli.conftest import Cli

SERIES: dict[str, Any] = {
    "entries": [
        {
            "id": "invented-2020",
            "n": 12,
            "sessions": 3,
            "interval_day": 28,
            "biopsy_day": 90,
            "collagen_change_percent": 25,
            "elastin": "increased",
            "pore_size_change_percent": -10,
            "time_hour": [1, 24, 72],
            "TEWL_ratio": [1.4, 1.1, 1.02],
        },
        {"id": "wound-1", "setting": "wound", "time_day": [7, 21], "strength_percent_of_unwounded": [3, 20]},
    ]
}


@pytest.fixture
def series(tmp_path: Path) -> Path:
    path = tmp_path / "series.json"
    path.write_text(json.dumps(SERIES), encoding="utf-8")
    return path


def test_each_value_stands_beside_its_prediction_and_the_marks_follow(cli: Cli, series: Path) -> None:
    result = cli("validate", series, "--draws", "100")
    assert result.code == 0
    assert result.err == ""
    assert "Research, not medical advice" in result.out
    told = " ".join(result.out.split())
    assert (
        "collagen, change (collagen_change_percent) when reported predicted, 90 % inside direction day 90 +25 %" in told
    )
    assert "stiffness index, against untreated skin (strength_percent_of_unwounded)" in told
    assert "invented-2020: pore_size_change_percent: no observable of the model" in told
    assert "sessions on days 0, 28, 56" in told
    assert "assumed a depth of 1.5 mm; 229 holes per cm2, those of the usual roller" in told
    assert [word for word in ("direction:", "inside:", "coverage:", "ranking:") if f"- {word}" in told] == [
        "direction:", "inside:", "coverage:", "ranking:",
    ]  # fmt: skip
    assert "of 6." in told


def test_the_same_seed_shows_the_same_page_and_another_another(cli: Cli, series: Path) -> None:
    pages = [cli("validate", series, "--draws", "100", "--seed", seed).out for seed in ("1", "1", "2")]
    assert pages[0] == pages[1] != pages[2]


def test_json_holds_all_of_it(cli: Cli, series: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert cli("validate", series, "--draws", "100", "--format", "json", "--out", out).out == ""
    found = json.loads(out.read_text(encoding="utf-8"))
    assert (found["draws"], found["failed_draws"], found["coverage"]["of"]) == (100, 0, 6)
    first = found["compared"][0]
    assert (first["entry"], first["observable"], first["value"], first["form"]) == (
        "invented-2020", "collagen", 1.25, "change from untreated skin",
    )  # fmt: skip
    assert first["low"] < first["median"] < first["high"]
    assert {one["key"] for one in found["not_predicted"]} == {"pore_size_change_percent"}
    assert {one["id"] for one in found["marks"]} == {"direction", "inside", "coverage", "ranking"}
    assert "Research" in found["label"]


def test_a_series_may_come_down_a_pipe(cli: Cli) -> None:
    assert cli("validate", "-", "--draws", "100", stdin=json.dumps(SERIES)).code == 0


MALFORMED = {
    "nothing": ("", "not valid JSON"),
    "no JSON": ("[1,", "not valid JSON"),
    "a key twice": ('{"id": "a", "id": "b"}', "key 'id' stands twice in one object"),
    "no series": ('"text"', "entries: 'text'\n  expected: a list of entries"),
    "nesting": ("[" * 100_000, "not valid JSON"),
    "no number": (
        '{"id": "a", "sessions": 1, "time_day": 9, "collagen_ratio": NaN}',
        "a: collagen_ratio: nan\n  expected: a finite number, or null",
    ),
    "no schedule": (
        '{"id": "a", "time_day": 9, "collagen_ratio": 1.1}',
        "a: sessions: neither sessions nor a wound\n  expected: what was done\n  hint: add `sessions`",
    ),
    "an escape for the terminal": ('{"id": "\\u001b[2J", "sessions": 0, "collagen_ratio": 1}', "sessions: 0"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_series_is_refused_with_its_place_and_a_way_out(name: str, cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "series.json"
    text, found = MALFORMED[name]
    path.write_text(text, encoding="utf-8")
    result = cli("validate", path)
    assert result.code == 10
    assert result.out == ""
    assert result.err.startswith(f"{path}: ")
    assert found in result.err
    assert "\x1b" not in result.err


def test_a_missing_file_a_folder_and_a_very_large_file_are_refused(cli: Cli, tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(6_000_000)
    for path, found in (
        (tmp_path / "none.json", "no such file"),
        (tmp_path, "directory"),
        (large, "a very large file"),
    ):
        result = cli("validate", path)
        assert result.code == 10
        assert found in result.err


@pytest.mark.parametrize("option", [("--seed", "-1"), ("--draws", "10"), ("--draws", "lots"), ("--format", "xml")])
def test_an_impossible_option_is_wrong_use(option: tuple[str, str], cli: Cli, series: Path) -> None:
    result = cli("validate", series, *option)
    assert result.code == 2
    assert option[0] in result.err


def test_without_the_solver_it_says_what_to_install(cli: Cli, series: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusing, "find_spec", lambda _name: None)
    result = cli("validate", series)
    assert result.code == 2
    assert "needlewise[healing]" in result.err
