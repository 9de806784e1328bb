"""What the handouts say of the forecast. The patient is told the few things that can be pictured; the copy of the
practitioner holds everything."""

from collections.abc import Sequence
from typing import Any

from needlewise.interop.expectations import NO_PROMISE, Expectation, Gain, not_compared


def forecast_data(found: Sequence[Expectation], *, for_patient: bool) -> dict[str, Any] | None:
    """The data of templates/forecast.typ; None where nothing is foretold, so that there is no such page."""
    if not found:
        return None
    return {"no-promise": NO_PROMISE, "concerns": [_concern(one, for_patient=for_patient) for one in found]}


def _concern(one: Expectation, *, for_patient: bool) -> dict[str, Any]:
    shown = one.for_patient if for_patient else one.gains
    return {
        "label": one.label,
        "note": one.note,
        "gains": [_gain(gain) for gain in shown],
        "not-compared": not_compared(shown),
        "unknown": list(one.unknown),
        "harms": list(one.harms),
    }


def _gain(one: Gain) -> dict[str, Any]:
    hundred = one.hundred
    return {
        "hundred": {"likely": hundred.likely, "low": hundred.low, "high": hundred.high} if hundred else None,
        "told": one.told,
        "range": one.range,
        "compared": one.compared,
        "behind": one.behind,
        "unlike": one.unlike,
        "certainty": one.certainty.grade.words,
    }
