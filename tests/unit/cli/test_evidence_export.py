"""needlewise evidence export: whole files, read back by another program, with the figures of the base."""

import csv
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path

import duckdb
import pytest

from needlewise.cli.evidence.exporting import TABLES
from needlewise.evidence.flat_tables import tables_of
from needlewise.evidence.groups import groups_of
from needlewise.knowledge import Arm, Contrast, EvidenceBase, Harm, Outcome, People, Study, load_evidence
from tests.unit.cli.conftest import SAVED, TODAY, Cli

Query = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def base() -> EvidenceBase:
    return load_evidence(SAVED(date.fromisoformat(TODAY)))


@pytest.fixture(params=["csv", "parquet"])
def query(request: pytest.FixtureRequest, cli: Cli, tmp_path: Path) -> Iterator[Query]:
    """Ask the exported folder in SQL."""
    folder = tmp_path / "out" / "tables"
    assert cli("evidence", "export", "--to", folder, "--format", request.param).code == 0
    assert {path.name for path in folder.iterdir()} == {f"{name}.{request.param}" for name in TABLES}
    with duckdb.connect() as database:
        for name in TABLES:
            database.execute(f"CREATE VIEW {name} AS SELECT * FROM '{folder}/{name}.{request.param}'")  # noqa: S608
        yield lambda text: database.execute(text).fetchall()


def test_every_row_of_the_base_is_there_once(query: Query, base: EvidenceBase) -> None:
    arms = [arm for study in base.studies.values() for arm in study.arm]
    expected = {
        "studies": len(base.studies),
        "arms": len(arms),
        "outcomes": sum(len(arm.outcome) for arm in arms),
        "contrasts": sum(len(study.contrast) for study in base.studies.values()),
        "harms": sum(len(arm.harm) for arm in arms),
        "effects": sum(len(group.members) for group in groups_of(base)),
    }
    assert {name: query(f"SELECT count(*) FROM {name}")[0][0] for name in expected} == expected  # noqa: S608


def test_figures_signs_days_and_units_come_back_as_they_are(query: Query, base: EvidenceBase) -> None:
    assert query(
        "SELECT change_mean, change_low, change_level_percent FROM outcomes JOIN arms USING (study, arm) "
        "WHERE study = 'alam2014' AND needling AND time = '6-month visit'"
    ) == [(-3.4, -6.5, 95.0)]
    assert query("SELECT enrolled, completed, blinded, added FROM studies WHERE study = 'alam2014'") == [
        (20, 15, True, date(2026, 11, 22))
    ]
    assert query("SELECT sum(n), sum(needle_max_mm) FROM arms") == [
        (
            sum(arm.n or 0 for study in base.studies.values() for arm in study.arm),
            pytest.approx(sum(arm.needle_mm[1] for one in base.studies.values() for arm in one.arm if arm.needle_mm)),
        )
    ]


def test_unread_is_nothing_and_nobody_is_nought(query: Query) -> None:
    assert query(
        "SELECT count, count_of, percent FROM harms WHERE study = 'alam2014' AND event LIKE 'withdrawal%'"
    ) == [(0, 20, None)]
    assert query("SELECT count(*) FROM studies WHERE enrolled = 0 OR doi = ''") == [(0,)]


def test_effects_tell_which_enter_which_pool(query: Query, base: EvidenceBase) -> None:
    group = next(one for one in groups_of(base) if one.key.id == "acne_scars.response.one-grade.needling")
    found = query(f"SELECT study, value, variance FROM effects WHERE group_id = '{group.key.id}' AND enters")  # noqa: S608
    assert found == [(one.study, pytest.approx(one.value), pytest.approx(one.variance)) for one in group.effects]
    assert query("SELECT count(*) FROM effects WHERE enters = (why_not IS NOT NULL)") == [(0,)]


def test_every_column_is_described_and_no_name_is_a_word_of_sql(query: Query) -> None:
    described = set(query("SELECT table_name, column_name FROM columns WHERE meaning IS NOT NULL"))
    there = {(name, column[0]) for name in TABLES if name != "columns" for column in query(f"DESCRIBE {name}")}
    assert described == there
    reserved = {
        row[0] for row in query("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'")
    }
    assert not {column for _, column in there} & reserved


def test_every_field_of_the_base_has_a_column(base: EvidenceBase) -> None:
    paths = {name: {column.path for column in table.columns} for name, table in tables_of(base).items()}
    # Rows of their own, or files of ours.
    apart = {"arm", "contrast", "outcome", "harm", "people", "origin_rows"}
    for name, kind, stem in (
        ("studies", Study, "row."),
        ("studies", People, "row.people."),
        ("arms", Arm, "row."),
        ("outcomes", Outcome, "row."),
        ("contrasts", Contrast, "row."),
        ("harms", Harm, "row."),
    ):
        for field in fields(kind):
            is_there = any(
                path == f"{stem}{field.name}" or path.startswith(f"{stem}{field.name}.") for path in paths[name]
            )
            assert is_there or field.name in apart, f"{name}: {field.name}"


def test_one_table_goes_into_a_file_of_its_own(cli: Cli, tmp_path: Path) -> None:
    result = cli("evidence", "export", "--to", tmp_path / "effects.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["effects.csv"]
    assert result.out == f"{tmp_path / 'effects.csv'}: 126 rows\n"
    assert cli("evidence", "export", "--to", tmp_path / "mine.parquet", "--table", "harms").code == 0
    assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/mine.parquet'").fetchall() == [(77,)]  # noqa: S608


def test_what_is_there_already_is_left_alone_unless_forced(cli: Cli, tmp_path: Path) -> None:
    kept = tmp_path / "harms.csv"
    kept.write_text("mine", encoding="utf-8")
    result = cli("evidence", "export", "--to", tmp_path)
    assert (result.code, kept.read_text(encoding="utf-8")) == (1, "mine")
    assert f"{kept}: is there already" in result.err
    assert list(tmp_path.iterdir()) == [kept]
    assert cli("evidence", "export", "--to", tmp_path, "--force").code == 0
    with kept.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 77


def test_a_place_that_cannot_be_written_to_gets_nothing(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = cli("evidence", "export", "--to", tmp_path / "file" / "below")
    assert (result.code, result.out) == (1, "")
    assert "not a directory" in result.err


@pytest.mark.parametrize("arguments", [("x.csv",), ("harms.csv", "--format", "parquet"), ("out", "--table", "people")])
def test_wrong_use_is_told(cli: Cli, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert cli("evidence", "export", "--to", tmp_path / arguments[0], *arguments[1:]).code == 2
    assert not list(tmp_path.iterdir())


def test_without_duckdb_parquet_says_what_to_install(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        "needlewise.cli.evidence.exporting.find_spec", lambda name: None if name == "duckdb" else real(name)
    )
    result = cli("evidence", "export", "--to", tmp_path / "harms.parquet")
    assert result.code == 2
    assert "pip install 'needlewise[evidence]'" in result.err
    assert cli("evidence", "export", "--to", tmp_path / "harms.csv").code == 0
