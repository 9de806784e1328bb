"""A trial on several machines: the same to the last bit, and a worker that dies takes nothing with it."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster

from tests.unit.cli.conftest import Cli
from tests.unit.cli.trial.trials import SMALL, contents, written

CHUNKS = 12
LONG = SMALL.replace("people = 300", f"people = {CHUNKS * 512}").replace("chunk = 64", "chunk = 512")


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    ) as found:
        yield found


def test_a_worker_that_is_killed_in_the_middle_changes_nothing(cluster: LocalCluster, cli: Cli, tmp_path: Path) -> None:
    spec = written(tmp_path, LONG)
    done_before: list[int] = []
    ended = threading.Event()

    def kill() -> None:
        while not (done := len(list((tmp_path / "many").glob("people-*.parquet")))) and not ended.wait(0.01):
            pass
        os.kill(cluster.workers[0].pid, signal.SIGKILL)
        done_before.append(done)

    thread = threading.Thread(target=kill)
    thread.start()
    result = cli("trial", spec, "--out", tmp_path / "many", "--cluster", cluster.scheduler_address)
    ended.set()
    thread.join()
    assert result.code == 0, result.err
    assert done_before[0] < CHUNKS / 2
    assert cli("trial", spec, "--out", tmp_path / "one", "--workers", 2).code == 0
    assert contents(tmp_path / "many") == contents(tmp_path / "one")


def test_where_nobody_answers_it_is_said(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("needlewise.cli.trial.running.PATIENCE_SECONDS", 0.2)
    result = cli("trial", written(tmp_path), "--out", tmp_path / "out", "--cluster", "tcp://127.0.0.1:9")
    assert result.code == 2
    assert result.err.startswith("--cluster: nobody answers at tcp://127.0.0.1:9")
    assert "dask scheduler" in result.err


def test_a_cluster_without_workers_is_refused(cli: Cli, tmp_path: Path) -> None:
    with LocalCluster(
        n_workers=0, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as empty:
        result = cli("trial", written(tmp_path), "--out", tmp_path / "out", "--cluster", empty.scheduler_address)
    assert result.code == 2
    assert "at least one" in result.err
    assert "dask worker" in result.err


def test_an_address_that_is_none_is_refused(cli: Cli, tmp_path: Path) -> None:
    result = cli("trial", written(tmp_path), "--out", tmp_path / "out", "--cluster", "who knows")
    assert result.code == 2
    assert "--cluster" in result.err
