"""devices.md: what is known of each device, and how deep a plan may go with it."""

from collections.abc import Iterator
from dataclasses import fields

from generating.markdown import basis, bullets, link, mark_rows, mm, page, table, yes
from needlewise.clinical.devices import can_be_planned, reach_of
from needlewise.knowledge import Device, DeviceNeedles, Protocol

INTRODUCTION = """\
Devices with what was read of them; a field that is missing was not read. The usable maximum is the least of needle
length, dial and evaluated depth. The plan stays below it by the tolerance
([limit H6](limits.md#h6)). A device without a stated maximum is not planned with."""


def devices_page(protocol: Protocol) -> str:
    defaults = protocol.modifiers["device-tolerance"]
    rows = []
    for device in protocol.devices.values():
        reach = reach_of(device, defaults)
        planned = can_be_planned(device, defaults)
        deepest = mm(reach.deepest_mm) if planned else ""
        rows.append((link(device.id, ""), device.name, device.design, yes(planned), mm(reach.usable_mm), deepest))
    head = ("device", "name", "design", "planned with", "usable maximum mm", "less tolerance mm")
    return page("Devices", INTRODUCTION, table(head, rows), *(_device(d, protocol) for d in protocol.devices.values()))


def _device(device: Device, protocol: Protocol) -> str:
    head = ("authorisation", "pathway", "use", "from age", "phototypes", "basis")
    rows = [
        (one.number, one.pathway, one.use, f"{one.min_age_years or ''}", one.phototypes, basis(one.mark))
        for one in device.authorisation
    ]
    parts = [f"## {device.id}", f"**{device.name}** - {device.maker}", bullets(_rows(device, protocol))]
    return "\n\n".join(part for part in (*parts, table(head, rows)) if part)


def _rows(device: Device, protocol: Protocol) -> Iterator[tuple[str, str]]:
    reach = reach_of(device, protocol.modifiers["device-tolerance"])
    yield "Refused", device.refused_because
    if device.depth is not None:
        low, high = mm(device.depth.dial_min_mm), mm(device.depth.dial_max_mm)
        yield "Dial", f"{low or '0'} to {high} mm" if high else ""
        yield "Needle length", f"{text} mm" if (text := mm(device.depth.needle_length_mm)) else ""
        yield "Evaluated up to", f"{text} mm" if (text := mm(device.depth.evaluated_max_mm)) else ""
        yield "Tolerance", f"{mm(reach.tolerance_mm)} mm{' (assumed)' if reach.tolerance_assumed else ''}"
        yield "Step", f"{mm(reach.step_mm)} mm{' (assumed)' if reach.step_assumed else ''}"
        yield from ((f"Depth: {name.lower()}", text) for name, text in mark_rows(device.depth.mark))
    if device.needles is not None:
        yield "Needles", _needles(device.needles)
        yield from ((f"Needles: {name.lower()}", text) for name, text in mark_rows(device.needles.mark))
    names = (device.id in {use.device for use in one.labelled} for one in protocol.indications.values())
    covered = [one.id for one, named in zip(protocol.indications.values(), names, strict=True) if named]
    yield "Authorised for", ", ".join(link(name, "indications.md") for name in covered)
    yield "Label names an allergy to anaesthetics", yes(device.names_anaesthetic_allergy)
    yield "Note", device.note
    yield from mark_rows(device.mark)


def _needles(needles: DeviceNeedles) -> str:
    """Every figure stated, under its own name."""
    stated = [(field.name, getattr(needles, field.name)) for field in fields(needles) if field.name != "mark"]
    return "; ".join(
        f"{name.replace('_', ' ')} {_said(value)}" for name, value in stated if value not in (None, "", ())
    )


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_said, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
