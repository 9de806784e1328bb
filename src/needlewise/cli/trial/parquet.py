"""Columns as Parquet, and back."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

Columns = Mapping[str, NDArray[Any]]
# One thread: the same columns make the same bytes.
_PLAIN: dict[str, str | bool | int | float | list[str]] = {"threads": 1}
_STOPPED = ("KeyboardInterrupt", "Query interrupted")
_NUMBER = re.compile(r'"errno":"(\d+)"')


def write_columns(columns: Columns, path: Path) -> None:
    """Columns of equal length, into a file; what is no number becomes null."""
    with _database() as database:
        database.register("made", dict(columns))
        place = str(path).replace("'", "''")
        database.execute(f"COPY made TO '{place}' (FORMAT parquet, COMPRESSION zstd)")


def read_columns(path: Path) -> Columns:
    """The columns of a file; null becomes NaN in columns of numbers."""
    with _database() as database:
        found = database.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchnumpy()
    return {name: _plain(column) for name, column in found.items()}


def reason_of(fault: OSError | duckdb.Error) -> str:
    """Why a file could not be written, in few words; the database tells the number of the system in its own message."""
    number = _NUMBER.search(str(fault))
    if isinstance(fault, OSError) or number is None:
        return getattr(fault, "strerror", None) or str(fault).splitlines()[0]
    return os.strerror(int(number.group(1)))


@contextmanager
def _database() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that lets the keyboard through.

    Stopped in the middle of its work it raises an error of its own instead of `KeyboardInterrupt`: which one depends
    on what it was doing, and with some of them only the words tell.
    """
    try:
        with duckdb.connect(config=_PLAIN) as database:
            yield database
    except (duckdb.Error, RuntimeError) as fault:
        if isinstance(fault, duckdb.InterruptException) or any(word in str(fault) for word in _STOPPED):
            raise KeyboardInterrupt from None
        raise


def _plain(column: NDArray[Any]) -> NDArray[Any]:
    return np.ma.filled(column, np.nan) if isinstance(column, np.ma.MaskedArray) else column
