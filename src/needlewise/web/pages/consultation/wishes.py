"""What is wished for and where; the clinic's devices and days; the settings of the plan: lists to choose from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from needlewise.clinical.case import ANAESTHETICS, VISIT_KINDS, WEEKDAYS
from needlewise.knowledge import Device, Indication, Place, Protocol
from needlewise.web.design.marks import sentence_case
from needlewise.web.pages.consultation.asking import Option
from needlewise.web.pages.consultation.sheet import Sheet
from needlewise.web.pages.consultation.wording import FIGURES

VISIT_WORDS = {
    "first": "First visit",
    "session": "A session of a running course",
    "maintenance": "A session to keep the result",
    "reassessment": "A reassessment",
}
ANAESTHETIC_WORDS = {
    "none": "None",
    "over-the-counter": "Cream without prescription",
    "prescriber": "Cream on prescription",
}
REGION_WORDS = {"face": "Face", "neck": "Neck", "scalp": "Scalp", "trunk": "Trunk", "limb": "Arms and legs"}


@dataclass(frozen=True, slots=True)
class WishGroup:
    """An indication with the goals that belong to it, each as an option."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """A zone with its place, or its two sides."""

    label: str
    places: tuple[Option, ...]
    words: str


@dataclass(frozen=True, slots=True)
class RegionRows:
    label: str
    zones: tuple[ZoneRow, ...]


@dataclass(frozen=True, slots=True)
class ConcernForm:
    """One concern as the form shows it."""

    number: int
    label: str
    goal: str
    in_hand: bool
    wish: str
    groups: tuple[WishGroup, ...]
    severities: tuple[Option, ...]
    regions: tuple[RegionRows, ...]
    chosen: int


@dataclass(frozen=True, slots=True)
class DeviceForm:
    device: Device
    chosen: bool
    figures: tuple[tuple[str, str, str, str], ...]


def concern_forms(sheet: Sheet, protocol: Protocol, words: Mapping[str, tuple[str, str]]) -> list[ConcernForm]:
    """The concerns begun, or one empty one to begin with. `words`: tone and words of the places screened."""
    numbers = sheet.numbers("c") or [0]
    hand = in_hand(sheet)
    regions = {number: tuple(_regions(sheet.all(f"c.{number}.zones"), protocol, words)) for number in numbers}
    return [_concern(number, number == hand, sheet, protocol, regions[number]) for number in numbers]


def in_hand(sheet: Sheet) -> int:
    numbers = sheet.numbers("c") or [0]
    said = sheet.text("hand")
    return int(said) if said.isdecimal() and int(said) in numbers else numbers[0]


def _concern(
    number: int, is_in_hand: bool, sheet: Sheet, protocol: Protocol, regions: tuple[RegionRows, ...]
) -> ConcernForm:
    wish = sheet.text(f"c.{number}.wish")
    indication, goal = _meant(wish, protocol)
    severity = sheet.text(f"c.{number}.severity")
    severities = indication.severity_labels if indication and len(indication.severity_labels) > 1 else {}
    return ConcernForm(
        number,
        indication.label if indication else "",
        goal,
        is_in_hand,
        wish,
        tuple(_wish_groups(wish, protocol)),
        tuple(_severity(name, label, name == severity) for name, label in severities.items()),
        regions,
        len(sheet.all(f"c.{number}.zones")),
    )


def _severity(name: str, label: str, chosen: bool) -> Option:
    """The word before the colon is the choice, what follows explains it."""
    word, _, more = label.partition(": ")
    return Option(name, word, chosen, more=more)


def _meant(wish: str, protocol: Protocol) -> tuple[Indication | None, str]:
    kind, _, name = wish.partition(":")
    if kind == "indication":
        return protocol.indications.get(name), ""
    for indication in protocol.indications.values():
        for goal in indication.goal:
            if goal.id == name:
                return indication, goal.words
    return None, ""


def _wish_groups(wish: str, protocol: Protocol) -> Iterator[WishGroup]:
    """Goals in the patient's words under the indication they belong to; the indication itself comes first."""
    for indication in protocol.indications.values():
        names = [(f"indication:{indication.id}", indication.label)]
        names += [(f"goal:{goal.id}", f"“{goal.words}”") for goal in indication.goal]
        yield WishGroup(indication.plain_label, tuple(Option(name, label, name == wish) for name, label in names))


def _regions(chosen: list[str], protocol: Protocol, words: Mapping[str, tuple[str, str]]) -> Iterator[RegionRows]:
    by_zone: dict[str, list[Place]] = {}
    for place in protocol.places.values():
        by_zone.setdefault(place.zone.id, []).append(place)
    for region, label in REGION_WORDS.items():
        rows = []
        for zone in protocol.zones.values():
            if zone.region == region:
                places = by_zone[zone.id]
                options = [Option(p.id, sentence_case(p.side), p.id in chosen) for p in places]
                said = dict.fromkeys(words[p.id][1] for p in places if p.id in chosen and p.id in words)
                rows.append(ZoneRow(zone.label, tuple(options), "; ".join(said)))
        yield RegionRows(label, tuple(rows))


def device_forms(sheet: Sheet, protocol: Protocol) -> list[DeviceForm]:
    """The chosen devices first, in the order chosen, so that the order survives the form."""
    chosen = [name for name in sheet.all("devices") if name in protocol.devices]
    names = [*chosen, *(name for name in protocol.devices if name not in chosen)]
    return [_device(protocol.devices[name], name in chosen, sheet) for name in names]


def _device(device: Device, chosen: bool, sheet: Sheet) -> DeviceForm:
    needles = device.needles
    stated = {
        "needle_count": needles.count if needles else None,
        "needle_diameter_mm": needles.diameter_mm if needles else None,
        "swept_width_mm": needles.swept_width_mm if needles else None,
    }
    figures = []
    for key, (label, unit) in FIGURES.items():
        value = sheet.text(f"d.{device.id}.{key}")
        if value or stated.get(key) is None:
            figures.append((f"d.{device.id}.{key}", label, unit, value))
    return DeviceForm(device, chosen, tuple(figures))


def choices(name: str, words: dict[str, str], sheet: Sheet, default: str = "") -> list[Option]:
    said = sheet.text(name, default)
    return [Option(value, label, value == said) for value, label in words.items()]


def visit_choices(sheet: Sheet) -> list[Option]:
    return choices("visit", {kind: VISIT_WORDS[kind] for kind in VISIT_KINDS}, sheet, VISIT_KINDS[0])


def anaesthetic_choices(sheet: Sheet) -> list[Option]:
    return choices("anaesthetic", {kind: ANAESTHETIC_WORDS[kind] for kind in ANAESTHETICS}, sheet, ANAESTHETICS[0])


def weekday_choices(sheet: Sheet) -> list[Option]:
    chosen = sheet.all("weekdays")
    return [Option(day, day[:3].capitalize(), day in chosen) for day in WEEKDAYS]


def adjunct_choices(sheet: Sheet, protocol: Protocol) -> list[Option]:
    chosen = sheet.all("adjuncts")
    return [Option(name, adjunct.name, name in chosen) for name, adjunct in protocol.adjuncts.items()]
