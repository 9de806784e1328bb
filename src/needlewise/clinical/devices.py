"""Which device of the clinic serves a concern at a place, and what else could."""

from dataclasses import dataclass
from datetime import date

from needlewise.clinical.case import Case, ClinicDevice, Concern
from needlewise.clinical.spots import age_in_years
from needlewise.knowledge import Device, LabelledUse, Modifier, Protocol

PEN = "pen"
RADIOFREQUENCY = "radiofrequency"


@dataclass(frozen=True, slots=True)
class Reach:
    """How deep a device may go: its usable maximum less its tolerance, and its step.

    `usable_mm` is the least of needle length, dial and evaluated depth; None where none is stated.
    """

    usable_mm: float | None
    tolerance_mm: float
    tolerance_assumed: bool
    step_mm: float
    step_assumed: bool

    @property
    def deepest_mm(self) -> float | None:
        return None if self.usable_mm is None else round(self.usable_mm - self.tolerance_mm, 4)


@dataclass(frozen=True, slots=True)
class Choice:
    """The device taken for a concern at a place. `use` is the authorisation that covers it; None is off-label."""

    device: Device | None
    entry: ClinicDevice | None
    use: LabelledUse | None
    alternatives: tuple[str, ...]


def reach_of(device: Device, defaults: Modifier) -> Reach:
    """The reach of a device; what its record leaves open is assumed by the modifier `device-tolerance`."""
    depth = device.depth
    stated = [depth.needle_length_mm, depth.dial_max_mm, depth.evaluated_max_mm] if depth else []
    usable = min((mm for mm in stated if mm is not None), default=None)
    tolerance = depth.tolerance_mm if depth else None
    step = depth.step_mm if depth else None
    assumed_tolerance = defaults.tolerance_if_unstated_mm or 0.0
    assumed_step = defaults.step_if_unstated_mm or 0.25
    return Reach(
        usable,
        assumed_tolerance if tolerance is None else tolerance,
        tolerance is None,
        assumed_step if step is None else step,
        step is None,
    )


def labelled_use(
    device: Device, concern: Concern, place: str, case: Case, protocol: Protocol, on: date
) -> LabelledUse | None:
    """The authorisation under which a device treats this concern here, in this phototype and at this age."""
    zone = protocol.places[place].zone.id
    phototypes = {answer.status for answer in case.answers.get("phototype", ())}
    # Not known: any of them, so only an authorisation for all covers it.
    phototypes = phototypes or set(protocol.facts["phototype"].options)
    age = None if case.born is None else age_in_years(case.born, on)
    for use in protocol.indications[concern.indication].labelled:
        fits_type = not use.phototypes or phototypes.issubset(use.phototypes)
        fits_age = age is not None and age >= use.min_age_years
        if use.device == device.id and zone in use.zones and fits_type and fits_age:
            return use
    return None


def can_be_planned(device: Device, defaults: Modifier) -> bool:
    """Only pens with a stated maximum are planned."""
    return device.design == PEN and not device.refused_because and reach_of(device, defaults).usable_mm is not None


def choose(concern: Concern, place: str, case: Case, protocol: Protocol, on: date) -> Choice:
    """The clinic's device for a concern at a place: one that can be planned, authorised if any is, deepest last.

    Refused designs are chosen only where the clinic has nothing else, so that the refusal is said.
    """
    defaults = protocol.modifiers["device-tolerance"]
    ranked = []
    for number, entry in enumerate(case.clinic.devices):
        device = protocol.devices[entry.id]
        use = labelled_use(device, concern, place, case, protocol, on)
        deepest = reach_of(device, defaults).deepest_mm or 0.0
        ranked.append(((can_be_planned(device, defaults), use is not None, deepest, -number), device, entry, use))
    if not ranked:
        return Choice(None, None, None, ())
    ranked.sort(key=lambda row: row[0], reverse=True)
    _, device, entry, use = ranked[0]
    return Choice(device, entry, use, tuple(_alternatives(device, concern, place, case, protocol, on)))


def _alternatives(chosen: Device, concern: Concern, place: str, case: Case, protocol: Protocol, on: date) -> list[str]:
    """What else could serve, where the chosen device cannot do all that the table asks."""
    defaults = protocol.modifiers["device-tolerance"]
    row = protocol.places[place].zone.depth
    if row is None:
        return []
    mode = protocol.indications[concern.indication].mode
    wanted = row.scar_max_mm if mode == "scar" else row.rejuvenation_max_mm
    mine = (reach_of(chosen, defaults).deepest_mm or 0.0) if can_be_planned(chosen, defaults) else 0.0
    if mine >= wanted:
        return []
    in_clinic = {entry.id for entry in case.clinic.devices}
    found = []
    for device in protocol.devices.values():
        deepest = reach_of(device, defaults).deepest_mm
        if device.id == chosen.id or deepest is None or deepest <= mine or not can_be_planned(device, defaults):
            continue
        use = labelled_use(device, concern, place, case, protocol, on)
        where = "in this clinic" if device.id in in_clinic else "not in this clinic"
        label = "authorised for this" if use else "not authorised for this"
        found.append(f"{device.name} reaches {deepest:g} mm ({where}; {label})")
    return found


def device_inputs(case: Case, protocol: Protocol, on: date) -> dict[str, dict[str, frozenset[str]]]:
    """The inputs of the screening tables that hang on the clinic's devices, by place."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for place in case.places:
        choices = [
            choose(concern, place, case, protocol, on)
            for concern in case.concerns
            if place in concern.places and case.clinic.devices
        ]
        found[place] = {
            "labelled": frozenset("yes" if choice.use else "no" for choice in choices),
            "device-design": frozenset(choice.device.design for choice in choices if choice.device),
        }
    return found
