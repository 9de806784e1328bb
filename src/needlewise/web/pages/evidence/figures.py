"""The figures of a study in words, as they stand in its file: what was not read is left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from needlewise.knowledge import Arm, Contrast, Harm, Outcome
from needlewise.web.pages.evidence.presenting import schedule_of


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what was measured, when, what came out, and remarks."""

    what: str
    when: str
    result: str
    remarks: str
    source: str


@dataclass(frozen=True, slots=True)
class ArmTold:
    """An arm with its figures."""

    arm: Arm
    size: str
    schedule: str
    beside: str
    outcomes: tuple[Row, ...]
    harms: tuple[Row, ...]


def figures_of(arm: Arm) -> ArmTold:
    """An arm with everything that was read of it."""
    return ArmTold(
        arm,
        "number not read" if arm.n is None else f"{arm.n} {arm.unit or ''}".strip(),
        schedule_of(arm) if arm.needling else "no needles",
        ", ".join(arm.agents),
        tuple(_outcome(one) for one in arm.outcome),
        tuple(_harm(one) for one in arm.harm),
    )


def contrast_of(one: Contrast, labels: dict[str, str]) -> Row:
    """A comparison that the paper itself makes."""
    value = "" if one.value is None else f"{_number(one.value)}{_between(one.low, one.high, one.level)}"
    p = one.p_text or (f"p = {one.p:g}" if one.p is not None else "")
    favours = "favours neither" if one.favours == "neither" else f"favours {labels[one.favours]}"
    result = ", ".join(filter(None, (one.effect, value, p, favours)))
    return Row(f"{labels[one.a]} against {labels[one.b]}: {one.measure}", one.time, result, _remarks(one), one.source)


def _outcome(one: Outcome) -> Row:
    what = f"{one.measure} ({one.scale})" if one.scale and one.scale != one.measure else one.measure
    return Row(what, _when(one), "; ".join(_results(one)) or "no figure read", _remarks(one), one.source)


def _when(one: Outcome) -> str:
    if one.weeks_after_last is not None:
        return f"{one.weeks_after_last:g} weeks after the last session"
    if one.weeks_from_start is not None:
        return f"{one.weeks_from_start:g} weeks from the start"
    return one.time


def _results(one: Outcome) -> Iterator[str]:
    if one.before_mean is not None and one.after_mean is not None:
        yield f"{_mean(one.before_mean, one.before_sd)} to {_mean(one.after_mean, one.after_sd)}"
    if one.before_median is not None and one.after_median is not None:
        yield f"median {_number(one.before_median)} to {_number(one.after_median)}"
    if one.change_mean is not None:
        spread = _between(one.change_low, one.change_high, one.change_level)
        yield f"change {_mean(one.change_mean, one.change_sd)}{spread}"
    if one.change_percent is not None:
        yield f"{_number(one.change_percent)} %"
    if one.responders is not None and one.responders_of is not None:
        yield f"{one.responders} of {one.responders_of}: {one.response}"
    elif one.responders_percent is not None:
        yield f"{one.responders_percent:g} %: {one.response}"
    elif one.responders is not None:
        yield f"{one.responders} people: {one.response}"
    if one.p:
        yield f"p {'' if one.p[0] in '<>=' else '= '}{one.p}" if any(c.isdigit() for c in one.p) else f"p: {one.p}"


def _harm(one: Harm) -> Row:
    parts = []
    if one.count is not None:
        parts.append(f"{one.count} of {one.of}" if one.of is not None else f"{one.count}, of how many was not read")
    elif one.percent is not None:
        parts.append(f"{one.percent:g} %")
    if one.value is not None:
        parts.append(f"{one.value:g} {one.value_unit}".strip())
    if one.days_min is not None and one.days_max is not None:
        parts.append(f"{one.days_min:g} to {one.days_max:g} days")
    if one.severity:
        parts.append(one.severity)
    return Row(one.event, "", ", ".join(parts) or "named without a number", _remarks(one), one.source)


def _remarks(one: Outcome | Harm | Contrast) -> str:
    told = [one.note, f"Worked out: {one.worked_out}" if one.worked_out else ""]
    told += [f"Kept as printed ({row.check}): {row.why}" for row in one.accepted]
    if isinstance(one, Outcome) and one.spread:
        told.append(f"Spread {one.spread}")
    return ". ".join(filter(None, told))


def _mean(value: float, sd: float | None) -> str:
    return _number(value) if sd is None else f"{_number(value)} (SD {_number(sd)})"


def _between(low: float | None, high: float | None, level: float | None) -> str:
    if low is None or high is None:
        return ""
    return f" ({'' if level is None else f'{level:g} %: '}{_number(low)} to {_number(high)})"


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")
