"""How a depth and a pass count come about, for one concern at one place.

Two words. A ceiling may be exceeded by the practitioner with a written reason; a limit never.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from needlewise.clinical.devices import Reach
from needlewise.clinical.trace import Step, ceil_to_step, floor_to_step
from needlewise.knowledge import DepthRow, EndPoint, Limit, Mark, Mode, Modifier, Origin, Place, ThicknessCap

# The modifier that says below which depth nothing is planned.
LEAST_DEPTH = "least-depth"
_USABLE = Mark(Origin.COMPUTED, why="usable maximum: the least of needle length, dial and evaluated depth")


@dataclass(frozen=True, slots=True)
class Skin:
    """What the planner knows of the skin at a place; what is not known stands at its most cautious."""

    age_years: int | None
    sex: str | None
    thickness_mm: float | None
    modifiers: tuple[Modifier, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The depths open to the practitioner at a place: from `start_mm` to `ceiling_mm` freely, to `limit_mm` with a
    written reason; nothing is planned below `least_mm`. `refusal` is said where nothing is left."""

    start_mm: float
    ceiling_mm: float
    limit_mm: float
    least_mm: float
    step_mm: float
    passes_min: int
    passes_max: int
    end_point: EndPoint
    trace: tuple[Step, ...]
    refusal: str = ""


def depth_range(
    row: DepthRow, mode: Mode, place: Place, skin: Skin, reach: Reach | None, limit: tuple[Limit, float]
) -> Range:
    """The range of depths, with the chain of steps behind it.

    `limit` is the safety limit of the place and its depth in mm. Every value is rounded down to the device's step.
    """
    step_mm = reach.step_mm if reach else _stated(skin.modifiers, "step_if_unstated_mm")
    least_mm = next(m.start_at_least_mm for m in skin.modifiers if m.id == LEAST_DEPTH) or 0.0
    limit_mm, limit_steps = _limit(limit, reach, step_mm)
    caps = [*_caps(row, mode, place, skin, reach), limit_steps[0]]
    ceiling_mm = min(step.value for step in caps if step.value is not None)
    steps = [*_decided(caps, ceiling_mm), *limit_steps[1:]]
    ceiling_mm = floor_to_step(ceiling_mm, step_mm)
    start_mm, start_steps = _start(row, skin, ceiling_mm, step_mm, least_mm)
    steps += start_steps
    for modifier in skin.modifiers:
        if modifier.ceiling_to_middle or modifier.hold_at_start:
            target = (start_mm + ceiling_mm) / 2 if modifier.ceiling_to_middle else start_mm
            ceiling_mm = min(ceiling_mm, floor_to_step(target, step_mm))
            text = "ceiling in the middle of the range" if modifier.ceiling_to_middle else "kept at the start depth"
            steps.append(_by(modifier, "ceiling", text, ceiling_mm))
    passes_min, passes_max, pass_steps = _passes(row, skin)
    end_point, end_steps = _end_point(row, mode, skin)
    refusal = ""
    if ceiling_mm < least_mm:
        decided = next(step.text for step in steps if step.decided)
        refusal = f"Nothing is left to plan here: the ceiling falls below {least_mm:g} mm ({decided})."
    return Range(
        min(start_mm, ceiling_mm),
        ceiling_mm,
        limit_mm,
        least_mm,
        step_mm,
        passes_min,
        passes_max,
        end_point,
        (*steps, *pass_steps, *end_steps),
        refusal,
    )


def _stated(modifiers: Iterable[Modifier], field: str) -> float:
    return float(next(value for m in modifiers if (value := getattr(m, field)) is not None))


def _limit(limit: tuple[Limit, float], reach: Reach | None, step_mm: float) -> tuple[float, list[Step]]:
    row, value = limit
    steps = [Step("limit", row.text, value, f"limits:{row.id}", row.mark)]
    if reach is not None and reach.deepest_mm is not None:
        value = min(value, reach.deepest_mm)
        steps.append(_device_step("limit", reach, reach.deepest_mm))
    return floor_to_step(value, step_mm), steps


def _caps(row: DepthRow, mode: Mode, place: Place, skin: Skin, reach: Reach | None) -> Iterator[Step]:
    """Every cap on the ceiling. The least of them wins."""
    zone = f"zones:{place.zone.id}"
    table = row.scar_max_mm if mode is Mode.SCAR else row.rejuvenation_max_mm
    yield Step("ceiling", f"table maximum, {mode.value} mode", table, zone, row.mark)
    bony = next((m for m in skin.modifiers if m.ceiling_minus_mm is not None), None)
    if bony is not None and bony.ceiling_minus_mm is not None and place.zone.bony:
        value = round(row.ceiling_mm - bony.ceiling_minus_mm, 4)
        yield _by(
            bony, "ceiling", f"ceiling of the zone, {row.ceiling_mm:g} mm, less {bony.ceiling_minus_mm:g} mm", value
        )
    else:
        yield Step("ceiling", "ceiling of the zone", row.ceiling_mm, zone, row.mark)
    for modifier in skin.modifiers:
        if modifier.ceiling_at_most_mm is not None:
            yield _by(modifier, "ceiling", "at most", modifier.ceiling_at_most_mm)
        if modifier.ceiling_as_rejuvenation:
            yield _by(modifier, "ceiling", "the maximum of rejuvenation in every mode", row.rejuvenation_max_mm)
    yield from _thickness_caps(place, skin)
    if reach is not None and reach.deepest_mm is not None:
        yield _device_step("ceiling", reach, reach.deepest_mm)


def _device_step(of: str, reach: Reach, deepest_mm: float) -> Step:
    assumed = " (assumed)" if reach.tolerance_assumed else ""
    text = (
        f"usable maximum of the device, {reach.usable_mm:g} mm, less its tolerance, {reach.tolerance_mm:g} mm{assumed}"
    )
    return Step(of, text, deepest_mm, "modifiers:device-tolerance", _USABLE)


def _thickness_caps(place: Place, skin: Skin) -> Iterator[Step]:
    """Measured thickness at any age; past the age of the modifier, without a measurement, the published cap."""
    rule = next((m for m in skin.modifiers if m.thickness_fraction is not None), None)
    if rule is None or rule.thickness_fraction is None:
        return
    if skin.thickness_mm is not None:
        value = round(rule.thickness_fraction * skin.thickness_mm, 4)
        yield _by(rule, "ceiling", f"{rule.thickness_fraction:g} of the measured {skin.thickness_mm:g} mm", value)
    elif rule.from_age_years is not None and (skin.age_years is None or skin.age_years >= rule.from_age_years):
        cap = published_cap(place, skin.sex)
        if cap is not None:
            text = f"published cap ({cap.sex}), because of age"
            yield Step("ceiling", text, cap.cap_mm, f"zones:{place.zone.id}", cap.mark)


def published_cap(place: Place, sex: str | None) -> ThicknessCap | None:
    """The published thickness cap of a place: that of the sex, or the thinner one where the sex is not known."""
    caps = place.zone.thickness
    same = [cap for cap in caps if cap.sex == sex]
    return min(same or caps, key=lambda cap: cap.cap_mm, default=None)


def _start(row: DepthRow, skin: Skin, ceiling_mm: float, step_mm: float, least_mm: float) -> tuple[float, list[Step]]:
    start = row.start_mm
    steps = [Step("start", "start of the zone's table", start, "zones", row.mark)]
    lowering = max(
        (m for m in skin.modifiers if m.start_minus_mm is not None), key=lambda m: m.start_minus_mm or 0, default=None
    )
    if lowering is not None and lowering.start_minus_mm is not None:
        least = lowering.start_at_least_mm or 0.0
        start = max(round(start - lowering.start_minus_mm, 4), least)
        steps.append(_by(lowering, "start", f"less {lowering.start_minus_mm:g} mm, at least {least:g} mm", start))
    if start > ceiling_mm:
        steps.append(Step("start", "at most the ceiling", ceiling_mm, "zones", row.mark))
    set_mm = floor_to_step(start, step_mm)
    if set_mm < least_mm:
        # The device has no step at the least depth: the first one that is not below it.
        set_mm = ceil_to_step(least_mm, step_mm)
        steps.append(Step("start", f"the first step of the device from {least_mm:g} mm on", set_mm, "zones", row.mark))
    return min(set_mm, ceiling_mm), steps


def _passes(row: DepthRow, skin: Skin) -> tuple[int, int, list[Step]]:
    """The table's maximum less one, once, for darker or sensitive skin; at least one pass."""
    most = row.passes_max
    steps = [Step("passes", f"{row.passes_min} to {row.passes_max} in the zone's table", most, "zones", row.mark)]
    lowering = next((m for m in skin.modifiers if m.passes_minus), None)
    if lowering is not None and lowering.passes_minus is not None:
        most = max(1, most - lowering.passes_minus)
        steps.append(_by(lowering, "passes", f"{lowering.passes_minus} less, at least 1", most))
    return min(row.passes_min, most), most, steps


def _end_point(row: DepthRow, mode: Mode, skin: Skin) -> tuple[EndPoint, list[Step]]:
    end = row.end_point_scar if mode is Mode.SCAR else row.end_point_rejuvenation
    steps = [Step("end point", end.value.replace("-", " "), None, "zones", row.mark)]
    holding = next((m for m in skin.modifiers if m.end_point is not None), None)
    if end is EndPoint.BLEEDING and holding is not None:
        end = EndPoint.ERYTHEMA
        steps.append(_by(holding, "end point", "even redness only, no bleeding", None))
    return end, steps


def thickness_warnings(place: Place, skin: Skin, deepest_mm: float) -> Iterator[str]:
    """What to beware of at a place if the plan may go as deep as `deepest_mm`, with the number behind it; where it is
    said is added by the plan."""
    fraction = _stated(skin.modifiers, "thickness_fraction")
    cap = published_cap(place, skin.sex)
    if skin.thickness_mm is not None:
        capped_mm = round(fraction * skin.thickness_mm, 4)
        if deepest_mm > capped_mm:
            yield f"{deepest_mm:g} mm passes {capped_mm:g} mm, which is {fraction:g} of the skin measured here."
        return
    if cap is None:
        yield "no published thickness stands behind a cap here."
    elif deepest_mm > cap.cap_mm:
        yield (
            f"up to {deepest_mm:g} mm passes {cap.cap_mm:g} mm, which is {fraction:g} of the thin end of published skin "
            f"thickness here ({cap.sex}; mean {cap.mean_mm:g} mm). Measure before going deeper."
        )
    for modifier in skin.modifiers:
        if modifier.warn_above_mm is not None and deepest_mm > modifier.warn_above_mm:
            yield f"above {modifier.warn_above_mm:g} mm on the body, measure the skin first."


def _by(modifier: Modifier, of: str, text: str, value: float | None) -> Step:
    return Step(of, f"{modifier.label}: {text}", value, f"modifiers:{modifier.id}", modifier.mark)


def _decided(caps: list[Step], ceiling_mm: float) -> Iterator[Step]:
    """Mark the first cap that equals the ceiling as the one that decided."""
    seen = False
    for step in caps:
        decides = not seen and step.value == ceiling_mm
        seen = seen or decides
        yield Step(step.of, step.text, step.value, step.row, step.mark, decides)
