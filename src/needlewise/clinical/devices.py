"""Which device of the clinic serves a concern at a place, and what else could."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from needlewise.clinical.case import Case, ClinicDevice, Concern
from needlewise.clinical.spots import age_in_years
from needlewise.knowledge import Device, LabelledUse, Mode, Modifier, Protocol, Zone

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


def can_be_planned(device: Device, defaults: Modifier) -> bool:
    """Only pens with a stated maximum are planned."""
    return device.design == PEN and not device.refused_because and reach_of(device, defaults).usable_mm is not None


class Bench:
    """The devices on a case's bench: what each reaches, and which is taken for a concern at a place."""

    def __init__(self, case: Case, protocol: Protocol, on: date) -> None:
        self._case = case
        self._protocol = protocol
        defaults = protocol.modifiers["device-tolerance"]
        self.reach = {device.id: reach_of(device, defaults) for device in protocol.devices.values()}
        self.planned = [device.id for device in protocol.devices.values() if can_be_planned(device, defaults)]
        known = {answer.status for answer in case.answers.get("phototype", ())}
        # Not known: any of them, so only an authorisation for all covers it.
        self._phototypes = known or set(protocol.facts["phototype"].options)
        self._age_years = None if case.born is None else age_in_years(case.born, on)
        # Both sides of a zone are served alike.
        self._choices: dict[tuple[str, str], Choice] = {}

    def choice(self, concern: Concern, place: str) -> Choice:
        """The clinic's device for a concern at a place: one that can be planned, authorised if any is, the deepest.

        Refused designs are chosen only where the clinic has nothing else, so that the refusal is said.
        """
        zone = self._protocol.places[place].zone
        key = (concern.id, zone.id)
        if key not in self._choices:
            self._choices[key] = self._chosen(concern, zone)
        return self._choices[key]

    def inputs(self) -> dict[str, dict[str, frozenset[str]]]:
        """The inputs of the screening tables that hang on the devices, by place."""
        found: dict[str, dict[str, frozenset[str]]] = {}
        for place in self._case.places if self._case.clinic.devices else ():
            choices = [self.choice(one, place) for one in self._case.concerns if place in one.places]
            found[place] = {
                "labelled": frozenset("yes" if choice.use else "no" for choice in choices),
                "device-design": frozenset(choice.device.design for choice in choices if choice.device),
            }
        return found

    def _chosen(self, concern: Concern, zone: Zone) -> Choice:
        ranked = []
        for number, entry in enumerate(self._case.clinic.devices):
            device = self._protocol.devices[entry.id]
            use = self._labelled_use(device, concern, zone)
            deepest = self.reach[device.id].deepest_mm or 0.0
            ranked.append(((device.id in self.planned, use is not None, deepest, -number), device, entry, use))
        if not ranked:
            return Choice(None, None, None, ())
        _, device, entry, use = max(ranked, key=lambda row: row[0])
        return Choice(device, entry, use, tuple(self._alternatives(device, concern, zone)))

    def _labelled_use(self, device: Device, concern: Concern, zone: Zone) -> LabelledUse | None:
        """The authorisation under which a device treats this concern here, in this phototype and at this age."""
        for use in self._protocol.indications[concern.indication].labelled:
            fits_type = not use.phototypes or self._phototypes.issubset(use.phototypes)
            fits_age = self._age_years is not None and self._age_years >= use.min_age_years
            if use.device == device.id and zone.id in use.zones and fits_type and fits_age:
                return use
        return None

    def _alternatives(self, chosen: Device, concern: Concern, zone: Zone) -> Iterator[str]:
        """What else in the clinic, or authorised for this, could serve where the chosen device cannot do all that the
        table asks."""
        if zone.depth is None:
            return
        mode = self._protocol.indications[concern.indication].mode
        wanted = zone.depth.scar_max_mm if mode is Mode.SCAR else zone.depth.rejuvenation_max_mm
        mine = (self.reach[chosen.id].deepest_mm or 0.0) if chosen.id in self.planned else 0.0
        in_clinic = {entry.id for entry in self._case.clinic.devices}
        for name in self.planned if mine < wanted else ():
            device, deepest = self._protocol.devices[name], self.reach[name].deepest_mm or 0.0
            use = self._labelled_use(device, concern, zone)
            if name != chosen.id and deepest > mine and (use is not None or name in in_clinic):
                where = "in this clinic" if name in in_clinic else "not in this clinic"
                label = "authorised for this" if use else "not authorised for this"
                yield f"{device.name} reaches {deepest:g} mm ({where}; {label})"
