"""What may explain why studies differ: columns of studies, to split a pool by or to draw a line over.

Where a study does not state it the column holds nothing: such a study stands in a part of its own, and no line can be
drawn over it.
"""

from collections.abc import Callable, Mapping, Sequence

from needlewise.errors import EvidenceError, Problem
from needlewise.evidence.effects import Effect
from needlewise.evidence.groups import Group, Member
from needlewise.evidence.sheet import Columns, number_in
from needlewise.knowledge import Outcome

NOT_STATED = "not stated"


def columns_of(group: Group) -> Columns:
    """What was read of the studies of a group that enter its pool."""
    pooled = [one for one in group.members if one.effect is not None]
    return {name: [read(one) for one in pooled] for name, read in _READ.items()}


def parts(effects: Sequence[Effect], columns: Columns, name: str) -> Mapping[str, Sequence[Effect]]:
    """The effects by what stands in a column. Raises `EvidenceError` for a column that there is not."""
    found: dict[str, list[Effect]] = {}
    for effect, value in zip(effects, _column(columns, name), strict=True):
        found.setdefault(value or NOT_STATED, []).append(effect)
    return found


def numbers(effects: Sequence[Effect], columns: Columns, name: str) -> Sequence[float]:
    """A column as numbers. Raises `EvidenceError`, naming every study for which it is none."""
    values = [number_in(value) for value in _column(columns, name)]
    problems = [
        Problem(f"{name} of {effect.study}", f"`{text}`" if text else "nothing read", "a number",
                "draw the line over another column, or leave the study out")
        for effect, text, value in zip(effects, columns[name], values, strict=True)
        if value is None
    ]  # fmt: skip
    if problems:
        raise EvidenceError(problems)
    return [value for value in values if value is not None]


def _column(columns: Columns, name: str) -> Sequence[str]:
    if name not in columns:
        expected = f"one of: {', '.join(columns)}" if columns else "a column beside those that make the effects"
        raise EvidenceError(Problem("column", f"no column `{name}`", expected))
    return columns[name]


def _span(pair: tuple[float, float] | None) -> str:
    """The middle of a span."""
    return "" if pair is None else f"{(pair[0] + pair[1]) / 2:g}"


def _told(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def _weeks(member: Member) -> str:
    figure = member.figure
    weeks = figure.weeks_after_last if isinstance(figure, Outcome) else None
    return "" if weeks is None else f"{weeks:g}"


_READ: Mapping[str, Callable[[Member], str]] = {
    "sessions": lambda one: _span(one.arm.sessions),
    "interval-weeks": lambda one: _span(one.arm.interval_weeks),
    "needle-mm": lambda one: _span(one.arm.needle_mm),
    "weeks-after-last": _weeks,
    "year": lambda one: "" if one.study.year is None else f"{one.study.year}",
    "device": lambda one: one.arm.device,
    "randomised": lambda one: _told(one.study.randomised),
    "blinded": lambda one: _told(one.study.blinded),
    "read": lambda one: one.study.verified.value,
    "skin-types": lambda one: ",".join(one.study.people.phototypes),
}
