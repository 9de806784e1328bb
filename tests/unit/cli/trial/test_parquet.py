"""Files of columns, when somebody stops the program in the middle of one."""

import os
import signal
import threading
from pathlib import Path

import numpy as np
import pytest

from needlewise.cli.trial.parquet import read_columns, write_columns

MANY = {f"column_{number}": np.random.default_rng(number).random(200_000) for number in range(8)}


@pytest.mark.parametrize("after_s", [0.001, 0.003, 0.01, 0.02, 0.03, 0.05])
def test_the_keyboard_stops_the_writing_of_a_file(after_s: float, tmp_path: Path) -> None:
    """Whatever the database is doing at that moment."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    clock = threading.Timer(after_s, os.kill, (os.getpid(), signal.SIGINT))

    def write_until_stopped() -> None:
        clock.start()
        while True:
            write_columns(MANY, tmp_path / "people.parquet")

    try:
        with pytest.raises(KeyboardInterrupt):
            write_until_stopped()
    finally:
        clock.join()
        signal.signal(signal.SIGINT, former)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    columns = {
        "form": np.array(["one", "two"]),
        "age_years": np.array([30.5, np.nan]),
        "has_failed": np.array([True, False]),
    }
    write_columns(columns, tmp_path / "people.parquet")
    found = read_columns(tmp_path / "people.parquet")
    assert list(found) == list(columns)
    np.testing.assert_array_equal(found["age_years"], columns["age_years"])
    assert list(found["form"]) == ["one", "two"]
    assert list(found["has_failed"]) == [True, False]
