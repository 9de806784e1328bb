"""The folder of a trial: gone on from, never mixed with another, and never holding a half-written chunk for a whole one."""

import json
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from needlewise.cli.wording import plural
from tests.unit.cli.conftest import Cli
from tests.unit.cli.trial.trials import RESULTS, SMALL, contents, written

PROGRAM = (sys.executable, "-c", "from needlewise.cli import main; main()")


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return written(tmp_path)


@pytest.fixture
def out(spec: Path, cli: Cli, tmp_path: Path) -> Path:
    """A finished trial of five chunks."""
    assert cli("trial", spec, "--out", tmp_path / "out").code == 0
    return tmp_path / "out"


def changed(path: Path, *pairs: tuple[str, str]) -> Path:
    text = path.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return path


def test_one_thread_or_three_write_the_same_bytes(spec: Path, out: Path, cli: Cli, tmp_path: Path) -> None:
    assert cli("trial", spec, "--out", tmp_path / "three", "--workers", 3).code == 0
    assert cli("trial", spec, "--out", tmp_path / "one", "--workers", 1).code == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "three") == contents(out)


def test_everybody_stands_in_the_tables_once(out: Path) -> None:
    with duckdb.connect() as database:
        people = f"read_parquet('{out}/people-*.parquet')"
        ask = f'SELECT count(*), count(DISTINCT person), max(person), avg("two-weeks.collagen") FROM {people}'  # noqa: S608
        count, different, last, mean = database.execute(ask).fetchall()[0]
        told = database.execute(
            f"SELECT mean FROM '{out}/summary.parquet' WHERE kind = 'arm' AND arm = 'two-weeks' AND endpoint = 'collagen'"  # noqa: S608
        ).fetchall()
        days = database.execute(f"SELECT count(DISTINCT day), max(day) FROM '{out}/course.parquet'").fetchall()  # noqa: S608
    assert (count, different, last) == (300, 300, 299)
    assert told[0][0] == pytest.approx(mean)
    assert days == [(19, 126)]


def test_a_second_run_computes_nothing_and_says_the_same(spec: Path, out: Path, cli: Cli) -> None:
    before = {path: path.stat().st_mtime_ns for path in out.glob("people-*")}
    first = contents(out)
    result = cli("trial", spec, "--out", out)
    assert result.code == 0
    assert contents(out) == first
    assert {path: path.stat().st_mtime_ns for path in out.glob("people-*")} == before


def test_missing_chunks_are_computed_and_the_rest_taken_as_it_is(spec: Path, out: Path, cli: Cli) -> None:
    first = contents(out)
    for name in ("people-00001.parquet", "course-00001.npz", "course-00003.npz", "people-00004.parquet", *RESULTS):
        (out / name).unlink()
    result = cli("trial", spec, "--out", out)
    assert result.code == 0
    assert f"{out}/people-00004.parquet: is missing; that chunk is computed again" in result.err
    assert "2 whole chunks of 5 taken as found" in result.err
    assert contents(out) == first


@pytest.mark.parametrize("name", ["people-00002.parquet", "course-00002.npz"])
@pytest.mark.parametrize("harm", ["cut short", "one bit", "emptied"])
def test_a_harmed_file_is_noticed_and_its_chunk_computed_again(
    name: str, harm: str, spec: Path, out: Path, cli: Cli
) -> None:
    first, path = contents(out), out / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes({"cut short": bytes(raw[:-100]), "one bit": bytes(raw), "emptied": b""}[harm])
    result = cli("trial", spec, "--out", out)
    assert result.code == 0
    assert f"{path}: " in result.err
    assert "computed again" in result.err
    assert contents(out) == first


def test_what_an_ended_program_left_half_written_is_cleared_away(spec: Path, out: Path, cli: Cli) -> None:
    first = contents(out)
    (out / ".people-00002.parquet.123.part").write_bytes(b"PAR1")
    assert cli("trial", spec, "--out", out).code == 0
    assert contents(out) == first


def test_another_trial_is_refused_with_what_differs(spec: Path, out: Path, cli: Cli) -> None:
    first = contents(out)
    changed(spec, ("seed = 7", "seed = 8"), ("[0, 14, 28, 42]", "[0, 14, 28]"), ("depth_mm = 1.5", "depth_mm = 1.0"))
    result = cli("trial", spec, "--out", out)
    assert result.code == 10
    assert "asked.seed: there 7, now 8" in result.err
    assert "asked.arms[1].session_days: there [0, 14, 28, 42], now [0, 14, 28]" in result.err
    assert "asked.arms[0].needling.depth_mm: there 1.5, now 1.0" in result.err
    assert "asked.arms[0].needling.depth_mm" in result.err
    assert result.err.count("another folder") == 1
    assert contents(out) == first


def test_what_was_computed_with_another_biology_is_refused(spec: Path, out: Path, cli: Cli) -> None:
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["computed_with"]["biology"] = "0123456789abcdef"
    (out / "manifest.json").write_text(json.dumps(manifest))
    result = cli("trial", spec, "--out", out)
    assert result.code == 10
    assert 'computed_with.biology: there "0123456789abcdef", now' in result.err


def test_titles_names_and_wishes_may_change(spec: Path, out: Path, cli: Cli) -> None:
    people = {name: raw for name, raw in contents(out).items() if name not in RESULTS}
    changed(spec, ("Four weeks or two", "Other words"), ("Every two", "Each two"), ('better = "more"', ""))
    result = cli("trial", spec, "--out", out)
    assert result.code == 0
    assert result.out.startswith("Other words")
    assert {name: raw for name, raw in contents(out).items() if name not in RESULTS} == people


def test_a_manifest_that_is_none_is_refused(spec: Path, out: Path, cli: Cli) -> None:
    for text in ("{", "[]", "7", '{"asked": null}'):
        (out / "manifest.json").write_text(text)
        result = cli("trial", spec, "--out", out)
        assert result.code == 10
        assert "another folder" in result.err


def test_a_folder_with_something_else_in_it_is_left_alone(spec: Path, cli: Cli, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("dear")
    result = cli("trial", spec, "--out", other)
    assert result.code == 1
    assert "holds files, but no manifest.json" in result.err
    assert [path.name for path in other.iterdir()] == ["letter.txt"]


def test_a_file_for_a_folder_is_refused(spec: Path, cli: Cli) -> None:
    result = cli("trial", spec, "--out", spec)
    assert result.code == 1
    assert "a folder that can be written to" in result.err


def test_a_full_disk_keeps_what_is_whole_and_the_trial_goes_on_from_there(spec: Path, out: Path, cli: Cli) -> None:
    first = contents(out)
    for number in (1, 3):
        (out / f"people-0000{number}.parquet").unlink()
        (out / f"course-0000{number}.npz").unlink()
    kept = contents(out)
    # The system refuses to let any file grow further, as it does where the disk is full.
    done = subprocess.run(
        [*PROGRAM, "trial", spec, "--out", out, "--workers", "1"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith(
        f"3 whole chunks of 5 taken as found\n{out}: File too large; 3 whole chunks of 5 kept\n"
    )
    assert "the same command again" in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(out) == kept
    assert cli("trial", spec, "--out", out).code == 0
    assert contents(out) == first


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["from the keyboard", "like a power cut"])
def test_a_trial_that_was_stopped_goes_on_and_ends_with_the_same_bytes(
    how: signal.Signals, cli: Cli, tmp_path: Path
) -> None:
    many = SMALL.replace("people = 300", "people = 8192").replace("chunk = 64", "chunk = 256")
    spec, out = written(tmp_path, many), tmp_path / "out"
    command = [*PROGRAM, "trial", spec, "--out", out, "--workers", "1"]

    def heed_the_keyboard() -> None:
        # Whoever runs the tests in the background has it ignored, and children inherit that.
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=heed_the_keyboard) as running:  # noqa: PLW1509
        while not list(out.glob("course-*.npz")):
            assert running.poll() is None
            time.sleep(0.02)
        running.send_signal(how)
        said = running.communicate(timeout=60)[1]
    whole = len(list(out.glob("course-*.npz")))
    assert 0 < whole < 32
    assert not (out / "summary.json").exists()
    if how is signal.SIGINT:
        assert running.returncode == 130, said
        assert f"{out}: stopped; {plural(whole, 'whole chunk')} of 32 kept" in said
        assert f"`needlewise trial {spec} --out {out}` goes on from there" in said
        assert "Traceback" not in said
        assert not list(out.glob(".*"))
    result = cli("trial", spec, "--out", out)
    assert result.code == 0
    assert f"{plural(whole, 'whole chunk')} of 32 taken as found" in result.err
    assert cli("trial", spec, "--out", tmp_path / "at-once").code == 0
    assert contents(out) == contents(tmp_path / "at-once")


def test_progress_is_told_where_it_is_asked_for_only(spec: Path, cli: Cli, tmp_path: Path) -> None:
    assert cli("trial", spec, "--out", tmp_path / "a").err == ""
    assert "300/300" in cli("trial", spec, "--out", tmp_path / "b", "--progress").err
