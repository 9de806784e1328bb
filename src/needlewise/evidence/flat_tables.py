"""The evidence base as flat tables, for whoever computes with something else: one row for each study, arm, outcome,
contrast and harm, the effects with the group each belongs to, and a table that says what every column holds.

All that was read of a study is there, but for the addresses of its documents; what was not read is None.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from needlewise.evidence.effects import shown, shown_unit
from needlewise.evidence.flat_columns import ARMS, CONTRASTS, EFFECTS, HARMS, OUTCOMES, STUDIES, Column, Holds
from needlewise.evidence.groups import Key, Member, groups_of
from needlewise.knowledge import Accepted, Arm, Contrast, EvidenceBase, Flag, Harm, Outcome, ReadIn, Study

Cell = str | int | float | bool | date | None
COLUMNS = "columns"
_OF_COLUMNS = (
    Column("table_name", Holds.TEXT, "", "the table it stands in"),
    Column("column_name", Holds.TEXT, "", "its name there"),
    Column("holds", Holds.TEXT, "", "type of its values"),
    Column("unit", Holds.TEXT, "", "their unit"),
    Column("meaning", Holds.TEXT, "", "what they say"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """A flat table. A cell is None where nothing was read."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


class _Placed(NamedTuple):
    """A row of the base with the study and the arm it stands in."""

    study: Study
    row: Study | Arm | Outcome | Contrast | Harm
    arm: Arm | None = None


class _Grouped(NamedTuple):
    """A figure with the group it belongs to."""

    key: Key
    row: Member

    @property
    def enters(self) -> bool:
        return self.row.effect is not None

    @property
    def shown_value(self) -> float | None:
        effect = self.row.effect
        return None if effect is None else shown(effect.kind, effect.value)

    @property
    def shown_unit(self) -> str:
        return shown_unit(self.row.effect.kind) if self.row.effect else ""


def tables_of(base: EvidenceBase) -> Mapping[str, Table]:
    """All tables by name: `studies`, `arms`, `outcomes`, `contrasts`, `harms`, `effects` and `columns`."""
    studies = list(base.studies.values())
    arms = [_Placed(study, arm) for study in studies for arm in study.arm]
    tables = (
        _table("studies", STUDIES, (_Placed(study, study) for study in studies)),
        _table("arms", ARMS, iter(arms)),
        _table("outcomes", OUTCOMES, (_Placed(one.study, row, arm) for one, arm in _with(arms) for row in arm.outcome)),
        _table("contrasts", CONTRASTS, (_Placed(study, row) for study in studies for row in study.contrast)),
        _table("harms", HARMS, (_Placed(one.study, row, arm) for one, arm in _with(arms) for row in arm.harm)),
        _table("effects", EFFECTS, (_Grouped(group.key, one) for group in groups_of(base) for one in group.members)),
    )
    return {table.name: table for table in (*tables, _described(tables))}


def _with(arms: list[_Placed]) -> Iterator[tuple[_Placed, Arm]]:
    return ((one, one.row) for one in arms if isinstance(one.row, Arm))


def _table(name: str, columns: tuple[Column, ...], rows: Iterator[_Placed] | Iterator[_Grouped]) -> Table:
    return Table(name, columns, tuple(tuple(_cell(row, column) for column in columns) for row in rows))


def _described(tables: tuple[Table, ...]) -> Table:
    rows = (
        (table.name, column.name, column.holds.name.lower(), column.unit or None, column.meaning)
        for table in tables
        for column in table.columns
    )
    return Table(COLUMNS, _OF_COLUMNS, tuple(rows))


def _cell(row: object, column: Column) -> Cell:
    value: Any = row
    for part in column.path.split("."):
        if value is None:
            return None
        value = value[int(part)] if part.isdecimal() else getattr(value, part)
    return _plain(value)


def _plain(value: Any) -> Cell:
    """A value as one cell: what is several stands with semicolons between, what is empty is None."""
    if isinstance(value, tuple):
        return "; ".join(_told(one) for one in value) or None
    return str(value) or None if isinstance(value, str) else value


def _told(one: str | Accepted | Flag | ReadIn) -> str:
    match one:
        case Accepted():
            return f"{one.check}: {one.why}"
        case Flag():
            return one.text
        case ReadIn():
            return f"{one.source} ({one.kind}: {one.where})"
    return one
