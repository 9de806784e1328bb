"""What the form asks for: how pictures were taken, and which zones, drawn as shares of the first picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from needlewise.errors import Problem
from needlewise.knowledge import Imaging, Protocol
from needlewise.web.pages.photographs.zones_written import ZONES, read_written

TAKEN, SCALE, CHART, GREY = "taken", "px_per_mm", "chart", "grey"
HAND = "hand"
EDITIONS = {"before": "Before November 2014", "since": "Since November 2014"}
LONGEST_NUMBER = 12
KEPT_BACK = "kept_back_"
LEAST_SCALE, MOST_SCALE = 0.1, 1000.0
LEAST_GREY, MOST_GREY = 0.05, 0.9


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it was sent. `table` holds the zones as a file of zones would; None: those of the face are looked for."""

    taken: str = HAND
    scale: str = ""
    px_per_mm: float | None = None
    chart: str = "before"
    grey: str = ""
    grey_share: float | None = None
    zones: str = ""
    table: Mapping[str, Any] | None = None
    problems: tuple[Problem, ...] = field(default=())

    @property
    def is_unread(self) -> bool:
        """Whether no zone is left of what was written, for faults that are told already."""
        faults = any(one.where.startswith(ZONES) for one in self.problems)
        return self.table is not None and not self.table.get("zone") and faults


def read_form(sent: Mapping[str, str], imaging: Imaging, protocol: Protocol) -> Asked:
    """The form, with every fault of what was typed."""
    problems: list[Problem] = []
    taken = sent.get(TAKEN, HAND)
    if taken not in imaging.regimes:
        problems.append(Problem(TAKEN, "this way of taking pictures is not known", "one of the list"))
        taken = HAND
    chart = sent.get(CHART, "before")
    if chart not in EDITIONS:
        problems.append(Problem(CHART, "this edition of the chart is not known", "one of the list"))
        chart = "before"
    scale = sent.get(SCALE, "").strip()
    px_per_mm = _scale(scale, problems)
    grey = sent.get(GREY, "").strip()
    grey_share = _grey(grey, problems)
    zones = sent.get(ZONES, "").replace("\r\n", "\n").strip()
    table = read_written(zones, protocol, problems)
    return Asked(
        taken=taken,
        scale=scale,
        px_per_mm=px_per_mm,
        chart=chart,
        grey=grey,
        grey_share=grey_share,
        zones=zones,
        table=table,
        problems=tuple(problems),
    )


def _scale(typed: str, problems: list[Problem]) -> float | None:
    value = _number(typed)
    if not typed or LEAST_SCALE <= value <= MOST_SCALE:
        return value if typed else None
    expected = f"a number from {LEAST_SCALE:g} to {MOST_SCALE:g}, such as 12.5"
    hint = "Leave it empty where nobody measured it."
    problems.append(Problem(SCALE, f"“{typed[:LONGEST_NUMBER]}” is no scale", expected, hint))
    return None


def _grey(typed: str, problems: list[Problem]) -> float | None:
    value = _number(typed)
    if not typed or LEAST_GREY <= value <= MOST_GREY:
        return value if typed else None
    expected = f"a share from {LEAST_GREY:g} to {MOST_GREY:g}: a grey card of 18 % is 0.18"
    hint = "Leave it empty where nobody measured it."
    problems.append(Problem(GREY, f"“{typed[:LONGEST_NUMBER]}” is no such share", expected, hint))
    return None


def _number(typed: str) -> float:
    """Not a number for what is none."""
    try:
        return float(typed.replace(",", ".").replace("_", "x"))
    except ValueError:
        return float("nan")
