"""The chain of steps that produced a number: row, modifier, cap, each with its mark."""

import math
from typing import NamedTuple

from needlewise.knowledge import Mark


class Step(NamedTuple):
    """One step: `of` names the number it works on, `text` says what happened, `value` is the number afterwards.

    `row` names the knowledge row, so that a reader can open it; `decided` marks the step that set the final value.
    """

    of: str
    text: str
    value: float | None
    row: str
    mark: Mark
    decided: bool = False


def floor_to_step(value_mm: float, step_mm: float) -> float:
    """The largest multiple of `step_mm` that is not above `value_mm`, free of binary crumbs."""
    return round(math.floor(value_mm / step_mm + 1e-9) * step_mm, 4)


def ceil_to_step(value_mm: float, step_mm: float) -> float:
    """The smallest multiple of `step_mm` that is not below `value_mm`, free of binary crumbs."""
    return round(math.ceil(value_mm / step_mm - 1e-9) * step_mm, 4)
