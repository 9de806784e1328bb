"""What a plan does to the skin over time: for each place its sessions with depth, passes and holes, and by how much
they could be otherwise within the plan's own limits.

Places that get the same stand together. Sessions that are only held if needed are not counted, unless all are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from needlewise.clinical.devices import reach_of
from needlewise.clinical.planning import ConcernPlan, Plan
from needlewise.clinical.schedule import INTERVAL_LIMIT, least_interval_days
from needlewise.clinical.visits import VisitZone
from needlewise.errors import HealingError, Problem
from needlewise.knowledge import Protocol

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Dated:
    """A session at a place. `holes_per_cm2` is None where device or settings are not known."""

    on: date
    depth_mm: float
    passes: int
    holes_per_cm2: float | None


@dataclass(frozen=True, slots=True)
class Leeway:
    """Within what the plan can be otherwise: each number between two ends. `depth_mm` is that of the first session."""

    interval_days: tuple[int, int]
    sessions: tuple[int, int]
    depth_mm: tuple[float, float]
    passes: tuple[int, int]
    step_mm: float

    def depths_mm(self) -> tuple[float, ...]:
        """The depths that can be set, in steps of the device."""
        low, high = self.depth_mm
        count = int((high - low) / self.step_mm + _ROUNDING)
        return tuple(round(low + number * self.step_mm, 4) for number in range(count + 1))


@dataclass(frozen=True, slots=True)
class Variation:
    """A plan otherwise: evenly spaced sessions, from this depth on as the plan goes on, with so many passes."""

    interval_days: int
    sessions: int
    depth_mm: float
    passes: int


@dataclass(frozen=True, slots=True)
class Treated:
    """Places that get the same, and what they get. `missing`: facts of the device for want of which the dose is not
    known. `sessions_done` were before this plan."""

    places: tuple[str, ...]
    concerns: tuple[str, ...]
    sessions: tuple[Dated, ...]
    device: str
    needle_diameter_mm: float | None
    missing: tuple[str, ...]
    sessions_done: int
    leeway: Leeway

    @property
    def days(self) -> tuple[int, ...]:
        """Days since the first session."""
        return tuple((one.on - self.sessions[0].on).days for one in self.sessions)

    @property
    def as_planned(self) -> Variation:
        """The plan as near as evenly spaced sessions come to it."""
        first, days = self.sessions[0], self.days
        interval = round(days[-1] / (len(days) - 1)) if len(days) > 1 else self.leeway.interval_days[0]
        low, high = self.leeway.interval_days
        return Variation(min(max(interval, low), high), len(days), first.depth_mm, first.passes)


def treated(plan: Plan, protocol: Protocol) -> tuple[Treated, ...]:
    """What each place gets, in the order of the first session."""
    by_place: dict[str, list[tuple[date, VisitZone, bool]]] = {}
    for visit in plan.sessions:
        for zone in visit.zones:
            by_place.setdefault(zone.place, []).append((visit.on, zone, visit.if_needed))
    found: dict[object, Treated] = {}
    for place, rows in by_place.items():
        one = _treated(place, rows, plan, protocol)
        alike = (one.sessions, one.device, one.needle_diameter_mm, one.concerns, one.leeway, one.sessions_done)
        if alike in found:
            one = replace(one, places=(*found[alike].places, place))
        found[alike] = one
    return tuple(found.values())


def varied(here: Treated, wanted: Variation) -> Treated:
    """The same places treated otherwise. Raises `HealingError` with every number that the plan does not allow."""
    if problems := list(_refused(here.leeway, wanted)):
        raise HealingError(problems)
    first = here.sessions[0]
    top_mm = max(here.leeway.depth_mm[1], first.depth_mm)
    holes = None if first.holes_per_cm2 is None else first.holes_per_cm2 / first.passes * wanted.passes
    sessions = tuple(
        Dated(
            first.on + timedelta(days=number * wanted.interval_days),
            min(round(wanted.depth_mm + number * here.leeway.step_mm, 4), top_mm),
            wanted.passes,
            holes,
        )
        for number in range(wanted.sessions)
    )
    return replace(here, sessions=sessions)


def _treated(place: str, rows: list[tuple[date, VisitZone, bool]], plan: Plan, protocol: Protocol) -> Treated:
    first = rows[0][1]
    counted = [(on, zone) for on, zone, if_needed in rows if not if_needed] or [(on, zone) for on, zone, _ in rows]
    concerns = [one for one in plan.concerns if one.concern in first.concerns]
    return Treated(
        (place,),
        first.concerns,
        tuple(Dated(on, zone.depth_mm, zone.passes, zone.dose.holes_per_cm2) for on, zone in counted),
        first.device,
        first.dose.needle_diameter_mm,
        first.dose.missing,
        first.session - 1,
        _leeway(place, [zone for _, zone, _ in rows], concerns, protocol),
    )


def _leeway(place: str, zones: list[VisitZone], concerns: list[ConcernPlan], protocol: Protocol) -> Leeway:
    """What is open to all concerns at the place: the longest of the shortest intervals, the shortest of the longest."""
    first = zones[0]
    deepest_mm = max(zone.depth_mm for zone in zones)
    rest = least_interval_days(protocol.limits[INTERVAL_LIMIT], protocol.places[place], deepest_mm)
    shortest = max(rest, *(one.interval_min_days for one in concerns))
    longest = max(shortest, min(one.interval_max_days for one in concerns))
    done = first.session - 1
    least = max(max(1, one.sessions_min - done) for one in concerns)
    device = protocol.devices.get(first.device)
    defaults = protocol.modifiers["device-tolerance"]
    step_mm = reach_of(device, defaults).step_mm if device else defaults.step_if_unstated_mm
    low = min(first.start_mm, first.ceiling_mm, first.depth_mm)
    return Leeway(
        (shortest, longest),
        (min(least, len(zones)), len(zones)),
        (low, max(first.ceiling_mm, first.depth_mm)),
        (first.passes_min, first.passes),
        step_mm or 0.25,
    )


def _refused(leeway: Leeway, wanted: Variation) -> Iterator[Problem]:
    ends: Iterable[tuple[str, float, tuple[float, float], str]] = (
        ("days between sessions", wanted.interval_days, leeway.interval_days, ""),
        ("sessions", wanted.sessions, leeway.sessions, ""),
        ("depth of the first session", wanted.depth_mm, leeway.depth_mm, " mm"),
        ("passes", wanted.passes, leeway.passes, ""),
    )
    whole = {"days between sessions": wanted.interval_days, "sessions": wanted.sessions, "passes": wanted.passes}
    # Whoever calls from a program of their own may hand over a fraction.
    yield from (Problem(name, f"{count:g}", "a whole number") for name, count in whole.items() if count % 1)
    for name, value, (low, high), unit in ends:
        if not low - _ROUNDING <= value <= high + _ROUNDING:
            allowed = f"{low:g}{unit}" if low == high else f"{low:g} to {high:g}{unit}"
            yield Problem(
                name, f"{value:g}{unit}", f"{allowed}, as in the plan", "the model compares only what may be planned"
            )
    steps = leeway.depths_mm()
    low, high = leeway.depth_mm
    if low <= wanted.depth_mm <= high and min(abs(wanted.depth_mm - step) for step in steps) > _ROUNDING:
        told = ", ".join(f"{step:g}" for step in steps)
        yield Problem(
            "depth of the first session", f"{wanted.depth_mm:g} mm", f"one of: {told} mm", "a step of the device"
        )
