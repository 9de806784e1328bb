"""What was done in a published series: on which days, and with which needles. What an entry does not say is assumed, and
said to be.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from needlewise.dose import Layer, Pen, Roller, pen_holes_per_cm2, roller_holes_per_cm2, stamp_holes_per_cm2
from needlewise.errors import DoseError, Problem
from needlewise.healing.population import Needling
from needlewise.healing.series.keys import DAYS_OF, LAST_DAY, days_in

# The usual session: a roller of 192 needles of 1.5 mm, 15 passes; the layer is that of the figures (biology/figures.toml).
DEPTH_MM, NEEDLE_DIAMETER_MM, NEEDLES, PASSES, DRUM_MM = 1.5, 0.25, 192, 15, 20.0
LAYER = Layer(0.1, 1.0)
USUAL_HOLES_PER_CM2 = roller_holes_per_cm2(Roller(NEEDLES, DRUM_MM, DRUM_MM), PASSES)
USUAL = Needling(USUAL_HOLES_PER_CM2, NEEDLE_DIAMETER_MM, DEPTH_MM, LAYER)
MOST_SESSIONS = 50
ROLLER, PEN, STAMP = "roller", "pen", "stamp"
# What was set goes before how long the needles are.
DEPTHS = {
    "dial_depth_mm": 1.0,
    "depth_mm": 1.0,
    "depth_um": 1e-3,
    "needle_length_mm": 1.0,
    "needle_mm": 1.0,
    "needle_length_um": 1e-3,
}
# Four weeks and a month are one interval in two words.
ALIKE = 1.15
NUMBERS = (
    *DEPTHS, "needle_diameter_mm", "needles", "needle_count", "passes", "drum_diameter_mm", "drum_width_mm",
    "strokes_per_second", "swept_width_mm", "glide_mm_per_second", "stamps", "area_cm2", "holes_per_cm2",
)  # fmt: skip
INTERVALS = {f"interval_{unit}{plural}": unit for unit in DAYS_OF for plural in ("", "s")}
SESSION_DAYS = ("session_day", "session_days")
SCHEDULE = ("sessions", *INTERVALS, *SESSION_DAYS, "setting", "whole_wound")
SETTINGS = (*NUMBERS, "device")
WOUND, NEEDLED = "wound", "needling"


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: a whole wound, or sessions with this needling. `assumed` says what the entry left open."""

    whole_wound: bool
    session_days: tuple[float, ...]
    needling: Needling | None
    assumed: tuple[str, ...]


def number_of(value: Any) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def done_in(entry: Mapping[str, Any], name: str, problems: list[Problem]) -> Done | None:
    """What was done in an entry, or None where it says neither sessions nor a wound. Faults go to `problems`."""
    setting = entry.get("setting", NEEDLED if _has_sessions(entry) else None)
    if setting not in (WOUND, NEEDLED, None):
        problems.append(Problem(f"{name}: setting", f"{setting!r}", f"`{WOUND}` or `{NEEDLED}`"))
        return None
    if setting == WOUND or entry.get("whole_wound") is True:
        if _has_sessions(entry):
            problems.append(Problem(f"{name}: setting", "a wound that has sessions", "either", "write two entries"))
        return Done(True, (), None, ())
    if not _has_sessions(entry):
        if setting is None and str(name).lower().startswith(WOUND):
            return Done(True, (), None, ("a whole wound, by the name of the entry",))
        if setting == NEEDLED:
            problems.append(Problem(f"{name}: sessions", "no sessions", "`sessions` or `session_day`"))
        return None
    days = _days(entry, name, problems)
    needling, assumed = _needling(entry, name, problems)
    return Done(False, days, needling, assumed)


def _has_sessions(entry: Mapping[str, Any]) -> bool:
    return "sessions" in entry or any(key in entry for key in SESSION_DAYS)


def _days(entry: Mapping[str, Any], name: str, problems: list[Problem]) -> tuple[float, ...]:
    count = number_of(entry.get("sessions", 1))
    if count is None or count != int(count) or not 1 <= count <= MOST_SESSIONS:
        problems.append(
            Problem(f"{name}: sessions", f"{entry['sessions']!r}", f"a whole number from 1 to {MOST_SESSIONS}")
        )
        return ()
    key = next((one for one in SESSION_DAYS if one in entry), None)
    if key is not None:
        return _listed(entry, name, key, problems)
    intervals = [one for one in INTERVALS if one in entry]
    given = {one: days_in(number, INTERVALS[one]) for one in intervals if (number := number_of(entry[one])) is not None}
    if len(given) > 1 and max(given.values()) > ALIKE * min(given.values()):
        problems.append(Problem(f"{name}: {intervals[1]}", f"beside `{intervals[0]}`", "one interval"))
    interval = next(iter(intervals), None)
    if interval is None:
        if count == 1:
            return (0.0,)
        hint = "add `interval_day`, or name the days in `session_day`"
        problems.append(Problem(f"{name}: interval_day", "no interval", f"days between {count:g} sessions", hint))
        return ()
    days = number_of(entry[interval])
    if days is None or not 0 < days_in(days, INTERVALS[interval]) <= LAST_DAY / count:
        problems.append(Problem(f"{name}: {interval}", f"{entry[interval]!r}", "above 0, and all within a lifetime"))
        return ()
    return tuple(days_in(number * days, INTERVALS[interval]) for number in range(int(count)))


def _listed(entry: Mapping[str, Any], name: str, key: str, problems: list[Problem]) -> tuple[float, ...]:
    given = entry[key] if isinstance(entry[key], list) else [entry[key]]
    days = tuple(round(day, 6) for one in given if (day := number_of(one)) is not None and 0 <= day <= LAST_DAY)
    wanted = entry.get("sessions", len(given))
    if len(days) != len(given) or list(days) != sorted(set(days)) or not days:
        problems.append(Problem(f"{name}: {key}", f"{entry[key]!r}", "days from 0 on, each later than the one before"))
        return ()
    if wanted != len(days):
        problems.append(Problem(f"{name}: {key}", f"{len(days)} days for {wanted:g} sessions", "as many as sessions"))
        return ()
    return days


def _needling(entry: Mapping[str, Any], name: str, problems: list[Problem]) -> tuple[Needling | None, tuple[str, ...]]:
    settings: dict[str, float] = {}
    for key in NUMBERS:
        given = entry.get(key)
        value = number_of(given[0] if isinstance(given, list) and len(given) == 1 else given)
        if value is not None and value > 0:
            settings[key] = value
        elif given is not None:
            hint = "write one entry for each" if isinstance(given, list) else ""
            problems.append(Problem(f"{name}: {key}", f"{given!r}", "one number above 0", hint))
    assumed: list[str] = []
    depths = {key: settings[key] * unit for key, unit in DEPTHS.items() if key in settings}
    depth = next(iter(depths.values()), None)
    if len({round(one, 6) for one in depths.values()}) > 1:
        told = ", ".join(f"`{key}` {one:g} mm" for key, one in depths.items())
        assumed.append(f"the depth of the first: {told}")
    if depth is None:
        assumed.append(f"a depth of {DEPTH_MM:g} mm")
    device = str(entry.get("device", "")).lower()
    holes = settings.get("holes_per_cm2") or _holes(device, settings, name, problems, assumed)
    diameter = settings.get("needle_diameter_mm", NEEDLE_DIAMETER_MM)
    if "needle_diameter_mm" not in settings:
        assumed.append(f"needles {NEEDLE_DIAMETER_MM:g} mm across")
    return Needling(holes, diameter, depth or DEPTH_MM, LAYER), tuple(assumed)


def _holes(device: str, given: Mapping[str, float], name: str, problems: list[Problem], assumed: list[str]) -> float:
    """Holes per cm2, by the geometry of the device; those of the usual roller where it is not told."""
    needles = given.get("needles", given.get("needle_count"))
    ways: dict[str, tuple[tuple[str, ...], Callable[[int], float]]] = {
        PEN: (
            ("passes", "strokes_per_second", "swept_width_mm", "glide_mm_per_second"),
            lambda count: pen_holes_per_cm2(
                Pen(count, given["strokes_per_second"], given["swept_width_mm"]),
                given["glide_mm_per_second"],
                given["passes"],
            ),
        ),
        STAMP: (("stamps", "area_cm2"), lambda count: stamp_holes_per_cm2(count, given["stamps"], given["area_cm2"])),
    }
    try:
        for kind, (needed, count_holes) in ways.items():
            if kind in device and needles and all(key in given for key in needed):
                return count_holes(int(needles))
        if (not device or ROLLER in device) and (needles or "passes" in given):
            drum = Roller(
                int(needles or NEEDLES), given.get("drum_diameter_mm", DRUM_MM), given.get("drum_width_mm", DRUM_MM)
            )
            assumed.extend(_of_roller(given, needles))
            return roller_holes_per_cm2(drum, given.get("passes", PASSES))
    except DoseError as error:
        problems.extend(Problem(f"{name}: {one.where}", one.found, one.expected) for one in error.problems)
    if device and not any(kind in device for kind in (ROLLER, PEN, STAMP)):
        assumed.append(f"needles, where the device is `{device}`")
    assumed.append(f"{USUAL_HOLES_PER_CM2:.0f} holes per cm2, those of the usual roller")
    return USUAL_HOLES_PER_CM2


def _of_roller(given: Mapping[str, float], needles: float | None) -> list[str]:
    parts = []
    if "passes" not in given:
        parts.append(f"{PASSES} passes")
    if needles is None:
        parts.append(f"{NEEDLES} needles")
    if "drum_diameter_mm" not in given or "drum_width_mm" not in given:
        parts.append(f"a drum of {DRUM_MM:g} by {DRUM_MM:g} mm")
    return parts
