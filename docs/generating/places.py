"""zones.md: every zone with its depths, its limit and its thickness."""

from collections.abc import Iterator

from generating.markdown import bullets, link, mark_rows, mm, page, table, yes
from needlewise.clinical.fields import limit_of
from needlewise.knowledge import Place, Protocol, Zone

INTRODUCTION = """\
Every zone that can be named. Depths are in millimetres. A zone with sides is two places, such as `cheek-left` and
`cheek-right`; left and right are the patient's own. What the columns mean and how a plan comes from them is told in
[how a depth comes about](../explanation/depth.md). Zones marked "to adopt" have no depth row read for them: they are
planned only where the clinic adopts the proposed figures."""
# The face first, as most plans speak of it; what is never treated last.
ORDER = ("face", "neck", "scalp", "trunk", "limb")
HEAD = ("zone", "start", "maximum, rejuvenation", "maximum, scar", "ceiling", "limit", "passes", "")


def zones_page(protocol: Protocol) -> str:
    parts = [INTRODUCTION]
    for region in regions(protocol):
        mine = zones_of(region, protocol)
        parts += [f"## {region.capitalize()}", table(HEAD, (depth_row(zone, protocol, "") for zone in mine))]
        parts += [_zone(zone) for zone in mine]
    return page("Zones", *parts)


def regions(protocol: Protocol) -> list[str]:
    return sorted(protocol.regions, key=lambda region: (region not in ORDER, *map(region.__ne__, ORDER), region))


def zones_of(region: str, protocol: Protocol) -> list[Zone]:
    return [zone for zone in protocol.zones.values() if zone.region == region]


def depth_row(zone: Zone, protocol: Protocol, file: str) -> tuple[str, ...]:
    """A zone on one line."""
    row = zone.depth
    name = link(zone.id, file)
    if row is None:
        return name, "", "", "", "", "none", "", "never treated"
    depths = (row.start_mm, row.rejuvenation_max_mm, row.scar_max_mm, row.ceiling_mm)
    notes = ("bony" if zone.bony else "", "to adopt" if row.needs_adoption else "")
    passes = f"{row.passes_min} to {row.passes_max}"
    return name, *map(mm, depths), _limit(zone, protocol), passes, ", ".join(filter(None, notes))


def _limit(zone: Zone, protocol: Protocol) -> str:
    """The limit, and the one with an authorised device where that differs."""
    place = _place(zone, protocol)
    usual, authorised = (limit_of(place, protocol, authorised=authorised)[1] for authorised in (False, True))
    return mm(usual) if usual == authorised else f"{mm(usual)}, authorised device {mm(authorised)}"


def _place(zone: Zone, protocol: Protocol) -> Place:
    return next(place for place in protocol.places.values() if place.zone.id == zone.id)


def _zone(zone: Zone) -> str:
    parts = [f"### {zone.id}", f"**{zone.label}**", bullets(_rows(zone))]
    if zone.depth is not None:
        parts += ["Depths and passes", bullets(mark_rows(zone.depth.mark))]
    if zone.thickness:
        rows = [(cap.sex, mm(cap.mean_mm), mm(cap.low_mm), mm(cap.cap_mm)) for cap in zone.thickness]
        head = ("published thickness", "mean mm", "thin end mm", "cap mm")
        parts += [table(head, rows), bullets(mark_rows(zone.thickness[0].mark))]
    return "\n\n".join(part for part in parts if part)


def _rows(zone: Zone) -> Iterator[tuple[str, str]]:
    yield "Region", f"{zone.region}{', left and right' if zone.left_right else ''}"
    yield "Part of", link(zone.parent, "") if zone.parent else ""
    yield "Bony", f"{yes(zone.bony)}. {zone.bony_because}" if zone.bony else ""
    yield "Never treated", zone.refused_because if not zone.plannable else ""
    if zone.depth is not None:
        ends = (zone.depth.end_point_rejuvenation, zone.depth.end_point_scar)
        rejuvenation, scar = (end.value.replace("-", " ") for end in ends)
        yield "End point", f"{rejuvenation} (rejuvenation), {scar} (scar)"
    yield "Note", zone.note
