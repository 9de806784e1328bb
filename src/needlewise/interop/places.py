"""Places as words."""

from collections.abc import Iterable

from needlewise.knowledge import Place, Protocol

BOTH_SIDES = 2


def places_in_words(places: Iterable[str], protocol: Protocol) -> str:
    """Places in a row, both sides of a zone as one: `Cheek, both sides; Nose`."""
    sides: dict[str, list[Place]] = {}
    for name in places:
        place = protocol.places[name]
        sides.setdefault(place.zone.id, []).append(place)
    words = []
    for found in sides.values():
        both = len(found) == BOTH_SIDES
        words.append(f"{found[0].zone.label}, both sides" if both else found[0].label)
    return "; ".join(words)
