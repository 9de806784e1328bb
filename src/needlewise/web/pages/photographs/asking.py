"""What the form asks for: how pictures were taken, and which zones, drawn as shares of the first picture."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from needlewise.errors import Problem
from needlewise.knowledge import Imaging, Protocol

TAKEN, SCALE, CHART, ZONES = "taken", "px_per_mm", "chart", "zones"
HAND = "hand"
EDITIONS = {"before": "Before November 2014", "since": "Since November 2014"}
LONGEST_NUMBER, LONGEST_ZONES, MOST_LINES = 12, 60_000, 40
KEPT_BACK = "kept_back_"
EXAMPLE = "cheek-left: 0.30 0.40, 0.55 0.40, 0.55 0.70, 0.30 0.70"
LEAST_SCALE, MOST_SCALE = 0.1, 1000.0
_POINT_PARTS = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it was sent. `table` holds the zones as a file of zones would; None: those of the face are looked for."""

    taken: str = HAND
    scale: str = ""
    px_per_mm: float | None = None
    chart: str = "before"
    zones: str = ""
    table: Mapping[str, Any] | None = None
    problems: tuple[Problem, ...] = field(default=())

    @property
    def is_unread(self) -> bool:
        """Whether no zone is left of what was written, for faults that are told already."""
        faults = any(one.where.startswith(ZONES) for one in self.problems)
        return self.table is not None and not self.table["zone"] and faults


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
    zones = sent.get(ZONES, "").replace("\r\n", "\n").strip()
    drawn = list(_zones(zones, protocol, problems))
    return Asked(
        taken=taken,
        scale=scale,
        px_per_mm=px_per_mm,
        chart=chart,
        zones=zones,
        table={"unit": "share", "zone": drawn} if zones else None,
        problems=tuple(problems),
    )


def _scale(typed: str, problems: list[Problem]) -> float | None:
    if not typed:
        return None
    expected = f"a number from {LEAST_SCALE:g} to {MOST_SCALE:g}, such as 12.5"
    try:
        value = float(typed.replace(",", ".").replace("_", "x"))
    except ValueError:
        value = float("nan")
    if LEAST_SCALE <= value <= MOST_SCALE:
        return value
    problems.append(
        Problem(SCALE, f"“{typed[:LONGEST_NUMBER]}” is no scale", expected, "Leave it empty where nobody measured it.")
    )
    return None


def _zones(text: str, protocol: Protocol, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """`cheek-left: 0.30 0.40, 0.55 0.40, 0.55 0.70`, one outline a line; a place may have several."""
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(text) > LONGEST_ZONES or len(lines) > MOST_LINES:
        problems.append(Problem(ZONES, "too many zones", f"at most {MOST_LINES}", "Draw those that matter."))
        return
    places = {place.label.lower(): name for name, place in protocol.places.items()} | {
        name: name for name in protocol.places
    }
    for number, line in lines:
        where = f"zones, line {number}"
        name, colon, rest = line.rpartition(":")
        place = places.get(name.strip().lower())
        if not colon or place is None:
            expected = "the name of a place and a colon, such as “cheek-left:”"
            problems.append(Problem(where, "no place of that name", expected, "The names stand below the field."))
            continue
        points = [_point(pair) for pair in rest.split(",") if pair.strip()]
        if None in points:
            expected = "two shares from 0 to 1 for each point, points parted by commas"
            problems.append(Problem(where, "a point that cannot be read", expected, f"Such as: {EXAMPLE}"))
        else:
            yield {"name": place, "polygon": points}


def _point(pair: str) -> list[float] | None:
    parts = pair.split()
    try:
        numbers = [float(part.replace("_", "x")) for part in parts]
    except ValueError:
        return None
    return numbers if len(numbers) == _POINT_PARTS and all(0 <= one <= 1 for one in numbers) else None
