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
# Of each number: its ends, and the words for what it is, of which kind, and for instance what.
_RANGES = {
    SCALE: (LEAST_SCALE, MOST_SCALE, "scale", "number", ", such as 12.5"),
    GREY: (LEAST_GREY, MOST_GREY, "such share", "share", ": a grey card of 18 % is 0.18"),
}


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
    px_per_mm = _in_range(SCALE, scale, problems)
    grey = sent.get(GREY, "").strip()
    grey_share = _in_range(GREY, grey, problems)
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


def _in_range(name: str, typed: str, problems: list[Problem]) -> float | None:
    """A number that may be left out; none too where it is no number or beyond its range, and then a problem."""
    least, most, what, kind, such = _RANGES[name]
    value = _number(typed)
    if not typed or least <= value <= most:
        return value if typed else None
    told = f"“{typed[:LONGEST_NUMBER]}” is no {what}"
    hint = "Leave it empty where nobody measured it."
    problems.append(Problem(name, told, f"a {kind} from {least:g} to {most:g}{such}", hint))
    return None


def _number(typed: str) -> float:
    """Not a number for what is none."""
    try:
        return float(typed.replace(",", ".").replace("_", "x"))
    except ValueError:
        return float("nan")
