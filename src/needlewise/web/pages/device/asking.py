"""What the address asks for: which device, which numbers, where. Everything that cannot be is told, field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from needlewise.dose.reckoning import DIAMETER, FIELDS, FOR_HOLES, PEN, Asked, Reckoned, impossible, reckoned
from needlewise.knowledge import Biology, Device, Protocol, Zone

DEVICE, ZONE, SEX = "device", "zone", "sex"
DEPTH, WANTED = "depth_mm", "for_holes"
SEXES = ("female", "male")
FIRST_ZONE = "cheek"
LONGEST = 24
# The other numbers are looked at before a depth is there, and need one to stand beside.
ANY_DEPTH_MM = 1.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """A field that cannot be as it was typed: its name, what was found, what would have done."""

    field: str
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class Form:
    """The form as it was sent. `found`: the dose, where a depth was given and nothing stands in its way."""

    typed: Mapping[str, str]
    design: str
    device: Device | None
    zone: Zone
    sex: str
    found: Reckoned | None
    troubles: tuple[Trouble, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The numbers that count for this kind of device, in the order of the form."""
        return (*FOR_HOLES[self.design], DIAMETER)


def devices_of(protocol: Protocol) -> list[Device]:
    """The devices whose dose can be reckoned: none that heats the skin."""
    return [one for one in protocol.devices.values() if one.design in FOR_HOLES]


def zones_of(protocol: Protocol) -> list[Zone]:
    """The zones that may be needled."""
    return [one for one in protocol.zones.values() if not one.refused_because]


def read_form(sent: Mapping[str, str], biology: Biology) -> Form:
    """The form behind an address, and the dose that it asks for."""
    protocol = biology.protocol
    typed = {name: sent.get(name, "").strip()[:LONGEST] for name in FIELDS}
    troubles: list[Trouble] = []
    said = sent.get(DEVICE, PEN)
    device = next((one for one in devices_of(protocol) if one.id == said), None)
    if device is None and said not in FOR_HOLES:
        troubles.append(Trouble(DEVICE, f"There is no device “{said[:LONGEST]}”.", "Choose one of the list."))
    design = device.design if device else said if said in FOR_HOLES else PEN
    zone = protocol.zones.get(sent.get(ZONE, FIRST_ZONE))
    if zone is None or zone.refused_because:
        found = zone.refused_because if zone else f"There is no zone “{sent.get(ZONE, '')[:LONGEST]}”."
        troubles.append(Trouble(ZONE, found, "Choose one of the list."))
        zone = protocol.zones[FIRST_ZONE]
    sex = sent.get(SEX, "") if sent.get(SEX) in SEXES else ""
    asked_for = (*FOR_HOLES[design], DIAMETER, DEPTH, WANTED)
    numbers = dict(_numbers({name: typed[name] for name in asked_for}, troubles))
    depth_mm, wanted = numbers.pop(DEPTH, None), numbers.pop(WANTED, None)
    asked = Asked(
        zone=zone,
        depth_mm=ANY_DEPTH_MM if depth_mm is None else depth_mm,
        sex=sex,
        device=device,
        design=design,
        numbers=numbers,
        for_holes=wanted,
    )
    troubles += [
        Trouble(one.where, f"{one.found[0].upper()}{one.found[1:]}.", f"Expected: {one.expected}.")
        for one in impossible(asked)
    ]
    found_dose = reckoned(asked, biology) if depth_mm is not None and not troubles else None
    return Form(typed, design, device, zone, sex, found_dose, tuple(troubles))


def _numbers(typed: Mapping[str, str], troubles: list[Trouble]) -> Iterable[tuple[str, float]]:
    for name, text in typed.items():
        if not text:
            continue
        try:
            yield name, float(text.replace(",", ".").replace("_", "x"))
        except ValueError:
            words = FIELDS[name].words
            troubles.append(
                Trouble(name, f"{words[0].upper()}{words[1:]}: “{text}” is no number.", "Write it in digits.")
            )
