"""How places and marks are said on a page of text."""

from collections.abc import Iterable

from needlewise.knowledge import Basis, Mark, Origin, Protocol

_ORIGINS = {
    Origin.READ: "read",
    Origin.CHOSEN: "our proposal",
    Origin.COMPUTED: "our proposal, computed",
    Origin.MEMORY: "our proposal, from memory",
}
_BASES = {
    Basis.LABEL: "on a device label",
    Basis.REGULATOR: "on a regulator",
    Basis.GUIDELINE: "on a guideline",
    Basis.TRIAL: "on a trial",
    Basis.REVIEW: "on a review",
    Basis.CLINIC_PRACTICE: "clinic habit, no study read",
    Basis.NONE: "no source",
}


def places_in_words(places: Iterable[str], protocol: Protocol) -> str:
    """Labels of places, both sides of a zone in one."""
    sides: dict[str, list[str]] = {}
    for name in places:
        sides.setdefault(protocol.places[name].zone.id, []).append(name)
    return "; ".join(_zone_in_words(zone, names, protocol) for zone, names in sides.items())


def _zone_in_words(zone: str, names: list[str], protocol: Protocol) -> str:
    if len(names) > 1:
        return f"{protocol.zones[zone].label}, both sides"
    return protocol.places[names[0]].label


def mark_in_words(mark: Mark) -> str:
    """How we came by a value, and what stands behind it."""
    basis = _BASES[mark.basis]
    cites = "; ".join(f"{cite.id} ({cite.place})" if cite.place else cite.id for cite in mark.sources)
    return f"{_ORIGINS[mark.origin]}, {basis}{f': {cites}' if cites else ''}"


def plural(count: int, one: str, many: str = "") -> str:
    """1 session, 2 sessions."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
