"""Zones with their sides: the places one can point at."""

from collections.abc import Mapping

from needlewise.knowledge._planning import Zone
from needlewise.knowledge._protocol import Place

SIDES = ("left", "right")


def places_of(zones: Mapping[str, Zone]) -> dict[str, Place]:
    """Every place by its id: `forehead`, `cheek-left`. Unknown parents are left to the check."""
    ids = {zone.id: _ids(zone) for zone in zones.values()}
    parents = {place: _parents(zone, side, zones) for zone in zones.values() for place, side in ids[zone.id]}
    found: dict[str, Place] = {}
    for zone in zones.values():
        for place, side in ids[zone.id]:
            children = {other for other, above in parents.items() if place in above}
            label = f"{zone.label}, {side}" if side else zone.label
            within = frozenset({place, *parents[place]})
            found[place] = Place(place, zone, side, label, within | children, within)
    return found


def regions_of(places: Mapping[str, Place]) -> dict[str, frozenset[str]]:
    """The places of each region."""
    names = dict.fromkeys(place.zone.region for place in places.values())
    return {name: frozenset(p.id for p in places.values() if p.zone.region == name) for name in names}


def _ids(zone: Zone) -> list[tuple[str, str]]:
    return [(f"{zone.id}-{side}", side) for side in SIDES] if zone.left_right else [(zone.id, "")]


def _parents(zone: Zone, side: str, zones: Mapping[str, Zone]) -> frozenset[str]:
    parent = zones.get(zone.parent)
    if parent is None:
        return frozenset()
    if not parent.left_right:
        return frozenset({parent.id})
    return frozenset({f"{parent.id}-{side}"} if side else {f"{parent.id}-{each}" for each in SIDES})
