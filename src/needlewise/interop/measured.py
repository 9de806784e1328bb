"""What photographs show, in words and as a document. Translation only: every number is one of a `Comparison`.

It stands beside the consultation and enters no verdict and no plan.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from needlewise.imaging.comparing import Comparison
from needlewise.imaging.spread import Change, Verdict
from needlewise.knowledge import Imaging, Measure, Told

NO_FINDING = (
    "Measured by a program, with its own error: no finding of a doctor. Nothing here enters a verdict or a plan."
)
SIMULATED = (
    "How far the measures err was found on simulated skin. No photographs of patients stand behind these errors yet."
)
DE_PLAIN = "dE counts how far two colours lie apart: 1 is about the least that an eye sees."
MINUS = "\u2212"
DIGITS = 4
# From such a detectable change on no decimals are told; below the other, two.
WHOLE_FROM, FINE_BELOW = 5.0, 0.3


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of one zone. `verdict` is plain; `told` the change with its band, or why there is none; `unit_plain` what its
    number means, where that takes a word.
    """

    measure: str
    name: str
    plain: str
    unit_plain: str
    verdict: Verdict
    told: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ZoneRows:
    """All measures of one zone: those that changed first, then those that did not, then those that cannot be had."""

    zone: str
    label: str
    rows: tuple[Row, ...]


def zone_rows(found: Comparison, imaging: Imaging, labels: Mapping[str, str]) -> tuple[ZoneRows, ...]:
    """Words for everything that was compared. `labels`: names of zones as a reader knows them, by id."""
    return tuple(
        ZoneRows(
            name,
            labels.get(name, name),
            tuple(_sorted(_row(one, imaging) for one in found.changes if one.zone == name)),
        )
        for name in dict.fromkeys(one.zone for one in found.changes)
    )


def pictures_told(found: Comparison, imaging: Imaging) -> tuple[str, ...]:
    """How the pictures were taken, what their colour was held to, and how closely they lie on each other."""
    said, believed = imaging.regimes[found.said_regime], imaging.regimes[found.regime]
    lines = [f"Taken by: {believed.name}."]
    if said.id != believed.id:
        lines = [
            f"Said to be taken by: {said.name}. The pictures differ more than that allows, so they count as taken by: "
            f"{believed.name}. {' '.join(found.less_steady)}"
        ]
    lines = [*found.doubts, *lines]
    modes = dict.fromkeys(found.colour.values())
    residuals = [value for value in found.residuals_de.values() if value is not None]
    held = " and ".join(f"by {mode}" if mode != "none" else "to nothing" for mode in modes)
    least, most = (f"{one:.1f}" for one in (min(residuals, default=0.0), max(residuals, default=0.0)))
    error = f" (misses by {least if least == most else f'{least} to {most}'} dE)" if residuals else ""
    lines.append(f"Colour held {held}{error}.{f' {DE_PLAIN}' if residuals else ''}")
    errors = [value for value in found.errors_px.values() if value > 0]
    if errors:
        lines.append(f"Laid onto the first picture to {max(errors):.2f} px or better.")
    return tuple(lines)


def units_told(found: Comparison, imaging: Imaging) -> tuple[str, ...]:
    """What the numbers of the measures that were had mean, where that takes a word."""
    had = dict.fromkeys(one.measure for one in found.changes if one.verdict is not Verdict.CANNOT)
    measures = [imaging.measures[name] for name in had]
    return tuple(f"{capital(one.name)}: {one.plain}. {one.unit_plain}" for one in measures if one.unit_plain)


def refusals(found: Comparison, labels: Mapping[str, str]) -> tuple[str, ...]:
    """What was not used, why, and what to do."""
    return tuple(
        f"{one.called.capitalize()}, {labels.get(one.zone, one.zone)}: {_sentence(one.problem.found)}"
        + (f" {_sentence(one.problem.hint)}" if one.problem.hint else "")
        for one in found.refused
    )


def measured_document(found: Comparison, imaging: Imaging) -> dict[str, Any]:
    """Everything as plain tables that JSON can hold."""
    return {
        "kind": "comparison of photographs",
        "note": NO_FINDING,
        "errors_from": SIMULATED,
        "doubts": list(found.doubts),
        "knowledge": found.digest,
        "regime": found.regime,
        "regime_said": found.said_regime,
        "less_steady": list(found.less_steady),
        "baseline": found.baseline,
        "pictures": [
            {"picture": name, "colour": mode, "residual_de": _short(found.residuals_de[name])}
            for name, mode in found.colour.items()
        ],
        "alignment_px": {name: _short(value) for name, value in found.errors_px.items()},
        "changes": [_change(one, imaging.measures[one.measure]) for one in found.changes],
        "refused": [
            {"picture": one.called, "zone": one.zone, "found": _sentence(one.problem.found),
             "expected": one.problem.expected, "do": _sentence(one.problem.hint)}
            for one in found.refused
        ],
    }  # fmt: skip


def change_told(change: Change, measure: Measure) -> str:
    """−23 % (−29 to −17); where nothing is seen, also from which size on it would be."""
    if change.change is None or change.low is None or change.high is None or change.detectable is None:
        return " ".join(change.why)
    unit = unit_told(measure)
    after = f" {unit}" if unit else ""
    size = change.detectable
    told = f"{_number(change.change, size)}{after} ({_number(change.low, size)} to {_number(change.high, size)})"
    return f"{told}; from {size_told(size)}{after} on it would show" if change.verdict is Verdict.NO_CHANGE else told


def unit_told(measure: Measure) -> str:
    """The unit in which a change is told; empty where it is a plain number."""
    unit = "%" if measure.told is Told.PERCENT else measure.unit
    return "" if unit == "1" else unit


def capital(text: str) -> str:
    """The text with its first letter large; the others stay, so that `L*` and `ITA` do."""
    return f"{text[:1].upper()}{text[1:]}"


def size_told(value: float) -> str:
    """The size of what would just show, with as many digits as it is worth."""
    return f"{value:.0f}" if value >= WHOLE_FROM else f"{value:.1g}" if value < FINE_BELOW else f"{value:.1f}"


def _row(change: Change, imaging: Imaging) -> Row:
    measure = imaging.measures[change.measure]
    told = change_told(change, measure)
    return Row(
        change.measure,
        capital(measure.name),
        measure.plain,
        measure.unit_plain,
        change.verdict,
        told,
        () if change.verdict is Verdict.CANNOT else change.why,
    )


def _sorted(rows: Iterable[Row]) -> list[Row]:
    last = (Verdict.NO_CHANGE, Verdict.CANNOT)
    return sorted(rows, key=lambda row: last.index(row.verdict) + 1 if row.verdict in last else 0)


def _change(change: Change, measure: Measure) -> dict[str, Any]:
    return {
        "measure": change.measure,
        "zone": change.zone,
        "verdict": change.verdict.value,
        "told_in": "percent" if measure.told is Told.PERCENT else measure.unit,
        "before": _short(change.before),
        "after": _short(change.after),
        "change": _short(change.change),
        "low": _short(change.low),
        "high": _short(change.high),
        "detectable": _short(change.detectable),
        "why": list(change.why),
    }


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def _number(value: float, size: float) -> str:
    """As many decimals as what would just show is worth."""
    decimals = 2 if size < FINE_BELOW else 1 if size < WHOLE_FROM else 0
    told = f"{value:+.{decimals}f}"
    return "0" if float(told) == 0 else told.replace("-", MINUS)


def _sentence(text: str) -> str:
    whole = capital(text)
    return whole if not whole or whole.endswith((".", "!", "?")) else f"{whole}."
