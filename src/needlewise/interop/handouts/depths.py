"""How deep at each place, with the skin of that place: what the depth glyph is drawn from."""

from typing import Any

from needlewise.clinical.case import Case
from needlewise.clinical.depth import published_cap
from needlewise.clinical.planning import Plan
from needlewise.clinical.visits import VisitZone
from needlewise.interop.days import span
from needlewise.interop.places import places_in_words
from needlewise.knowledge import Place, Protocol


def depths_of(plan: Plan, case: Case, protocol: Protocol) -> list[dict[str, Any]]:
    """One entry for all places where the same is done to the same skin: both sides of a zone, as a rule."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for place, zones in _by_place(plan).items():
        skin = skin_at(protocol.places[place], case, protocol)
        first = zones[0]
        depths = tuple(zone.depth_mm for zone in zones)
        key = (
            protocol.places[place].zone.id,
            depths,
            max(zone.ceiling_mm for zone in zones),
            first.limit_mm,
            (first.passes_min, first.passes),
            first.end_point.value,
            first.device,
            tuple(skin.items()),
        )
        groups.setdefault(key, []).append(place)
    return [
        {
            "place": places_in_words(places, protocol),
            "places": places,
            "depths_mm": list(depths),
            "first_mm": depths[0],
            "deepest_mm": max(depths),
            "ceiling_mm": ceiling_mm,
            "limit_mm": limit_mm,
            "passes": passes_in_words(*passes),
            "end_point": end_point,
            "device": protocol.devices[device].name if device else "",
            "skin": dict(skin),
        }
        for (_, depths, ceiling_mm, limit_mm, passes, end_point, device, skin), places in groups.items()
    ]


def _by_place(plan: Plan) -> dict[str, list[VisitZone]]:
    found: dict[str, list[VisitZone]] = {}
    for visit in plan.sessions:
        for zone in visit.zones:
            found.setdefault(zone.place, []).append(zone)
    return found


def skin_at(place: Place, case: Case, protocol: Protocol) -> dict[str, Any]:
    """Published thickness in mm of the skin at a place, for the sex said, else the thinner one; None where none was
    read. The outer layer is drawn only inside a thickness that was read."""
    said = next((answer.status for answer in case.answers.get("sex", ())), None)
    cap = published_cap(place, str(said) if said else None)
    if cap is None:
        return {"mean_mm": None, "outer_mm": None, "sex": ""}
    outer = [
        reading.numbers["mean_mm"]
        for reading in protocol.readings.values()
        if reading.words and reading.numbers and place.zone.id in reading.zones
        if reading.words.get("layer") == "epidermis" and reading.words.get("sex") == cap.sex
        if "mean_mm" in reading.numbers
    ]
    return {"mean_mm": cap.mean_mm, "outer_mm": min(outer, default=None), "sex": cap.sex}


def passes_in_words(least: int, most: int) -> str:
    """`2 to 4 passes`, `1 pass`."""
    return f"{span(least, most)} {'pass' if most == 1 else 'passes'}"
