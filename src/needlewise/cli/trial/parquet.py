"""Columns as Parquet, and back."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

Columns = Mapping[str, NDArray[Any]]
# One thread: the same columns make the same bytes.
_PLAIN: dict[str, str | bool | int | float | list[str]] = {"threads": 1}
_NUMBER = re.compile(r'"errno":"(\d+)"')


def write_columns(columns: Columns, path: Path) -> None:
    """Columns of equal length, into a file; what is no number becomes null."""
    with duckdb.connect(config=_PLAIN) as database:
        database.register("made", dict(columns))
        place = str(path).replace("'", "''")
        database.execute(f"COPY made TO '{place}' (FORMAT parquet, COMPRESSION zstd)")


def read_columns(path: Path) -> Columns:
    """The columns of a file; null becomes NaN in columns of numbers."""
    with duckdb.connect(config=_PLAIN) as database:
        found = database.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchnumpy()
    return {name: _plain(column) for name, column in found.items()}


def reason_of(fault: OSError | duckdb.Error) -> str:
    """Why a file could not be written, in few words; the database tells the number of the system in its own message."""
    number = _NUMBER.search(str(fault))
    if isinstance(fault, OSError) or number is None:
        return getattr(fault, "strerror", None) or str(fault).splitlines()[0]
    return os.strerror(int(number.group(1)))


def _plain(column: NDArray[Any]) -> NDArray[Any]:
    return np.ma.filled(column, np.nan) if isinstance(column, np.ma.MaskedArray) else column
