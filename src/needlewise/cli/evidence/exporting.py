"""needlewise evidence export: the base as flat tables, CSV or Parquet."""

import argparse
import csv
import io
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from needlewise.cli.evidence.opening import base_of
from needlewise.cli.exits import CannotWriteError, WrongUseError
from needlewise.cli.outputs import write_file
from needlewise.cli.refusing import need
from needlewise.cli.wording import plural
from needlewise.errors import Problem
from needlewise.evidence.flat_tables import COLUMNS, Cell, Table, tables_of

CSV, PARQUET = "csv", "parquet"
FORMATS = (CSV, PARQUET)
TABLES = ("studies", "arms", "outcomes", "contrasts", "harms", "effects", COLUMNS)


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to", type=Path, metavar="PATH", required=True, help="a folder for all tables, or a file for one: effects.csv"
    )
    parser.add_argument("--table", choices=TABLES, metavar="T", help=f"only this table; one of: {', '.join(TABLES)}")
    parser.add_argument("--format", choices=FORMATS, help="csv if left out, or what the name of a file says")
    parser.add_argument("--force", action="store_true", help="replace files that are there already")
    parser.add_argument("--folder", type=Path, metavar="PATH", help="another knowledge folder than our own")


def run(options: argparse.Namespace) -> int:
    kind, targets = _targets(options.to, options.table, options.format)
    if kind == PARQUET and find_spec("duckdb") is None:
        hint = "pip install 'needlewise[evidence]', or export CSV"
        raise WrongUseError(Problem("--format", "the library duckdb is not installed", "the package duckdb", hint))
    # An effect may rest on an interval, and so on quantiles.
    need("evidence export", "scipy", "SciPy")
    _refuse_to_replace(targets, options.force)
    tables = tables_of(base_of(options.folder))
    # Everything is made before anything is written: what fails leaves nothing behind.
    made = {path: (as_csv if kind == CSV else as_parquet)(tables[name]) for name, path in targets.items()}
    _make_folder(next(iter(targets.values())).parent)
    for path, data in made.items():
        write_file(data, path)
    for name, path in targets.items():
        print(f"{path}: {plural(len(tables[name].rows), 'row')}")
    return 0


def as_csv(table: Table) -> bytes:
    """CSV with a line of column names, UTF-8; true and false in words, nothing where nothing was read."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.name for column in table.columns)
    writer.writerows([_written(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8")


def as_parquet(table: Table) -> bytes:
    """Parquet with the types of the columns; null where nothing was read."""
    import duckdb  # noqa: PLC0415 - an extra, and only for this format

    columns = ", ".join(f'"{column.name}" {column.holds.value}' for column in table.columns)
    cells = ", ".join("?" for _ in table.columns)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as made:
        path = Path(folder) / f"{table.name}.{PARQUET}"
        made.execute(f"CREATE TABLE made ({columns})")
        if table.rows:
            places = ", ".join(f"({cells})" for _ in table.rows)
            made.execute(f"INSERT INTO made VALUES {places}", [cell for row in table.rows for cell in row])  # noqa: S608 - places only
        made.table("made").write_parquet(str(path))
        return path.read_bytes()


def _written(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "" if cell is None else str(cell)


def _targets(to: Path, table: str | None, form: str | None) -> tuple[str, Mapping[str, Path]]:
    """The format, and the file of each table that is wanted."""
    suffix = to.suffix.lower().removeprefix(".")
    if suffix not in FORMATS or to.is_dir():
        kind = form or CSV
        return kind, {name: to / f"{name}.{kind}" for name in ((table,) if table else TABLES)}
    if form is not None and form != suffix:
        raise WrongUseError(Problem("--format", f"{form} into {to.name}", "one format", f"name the file .{form}"))
    name = table or to.stem.lower()
    if name not in TABLES:
        hint = "name the table with --table, or a folder for all of them"
        raise WrongUseError(Problem("--to", f"`{to.name}` names no table", f"one of: {', '.join(TABLES)}", hint))
    return suffix, {name: to}


def _refuse_to_replace(targets: Mapping[str, Path], is_forced: bool) -> None:
    there = [path for path in targets.values() if path.exists()]
    if there and not is_forced:
        hint = "name another place, or add --force to replace them"
        raise CannotWriteError(Problem(str(path), "is there already", "a new file", hint) for path in there)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        reason = (fault.strerror or "cannot be made").lower()
        raise CannotWriteError(Problem(str(folder), reason, "a folder that can be written to")) from None
