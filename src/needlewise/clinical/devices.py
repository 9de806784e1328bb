"""Which device of the clinic serves at a place, what it is authorised for there, and what else could."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from needlewise.clinical.case import Case, ClinicDevice, Concern
from needlewise.clinical.spots import Survey, age_in_years
from needlewise.knowledge import Device, LabelledUse, Mode, Modifier, Protocol, cell_holds_throughout

PEN = "pen"
_YES, _NO = frozenset({"yes"}), frozenset({"no"})
# What a label says; a label that was not read is not known to be silent.
_TOLD = {True: _YES, False: _NO, None: frozenset({"unknown"})}


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
    """The device taken at a place. `use` is the authorisation that covers one concern there; None is off-label."""

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
    """The devices on a case's bench: what each reaches, and which is taken at a place, for all that is wished there."""

    def __init__(self, case: Case, protocol: Protocol, on: date) -> None:
        self._case = case
        self._protocol = protocol
        self._on = on
        defaults = protocol.modifiers["device-tolerance"]
        self.reach = {device.id: reach_of(device, defaults) for device in protocol.devices.values()}
        self.planned = [device.id for device in protocol.devices.values() if can_be_planned(device, defaults)]
        known = {answer.status for answer in case.answers.get("phototype", ())}
        # Not known: any of them, so only an authorisation for all covers it.
        self._phototypes = known or set(protocol.facts["phototype"].options)
        self._age_years = None if case.born is None else age_in_years(case.born, on)
        self._survey: Survey | None = None
        self._sides_alike = case.by_place.isdisjoint(self._asked_of_answers())
        self._taken: dict[tuple[str, tuple[str, ...]], dict[str, Choice]] = {}

    def choice(self, concern: Concern, place: str) -> Choice:
        """The device taken at a place, and whether it is authorised for this concern.

        One device serves all concerns of a place: one that can be planned, then the one authorised for the most of them,
        the deepest, the first in the clinic's list. Concerns without a protocol do not count. Refused designs are taken
        only where the clinic has nothing else, so that the refusal is said.
        """
        return self._choices(place)[concern.id]

    def inputs(self) -> dict[str, dict[str, frozenset[str]]]:
        """The inputs of the screening tables that hang on the devices, by place."""
        found: dict[str, dict[str, frozenset[str]]] = {}
        for place in self._case.places if self._case.clinic.devices else ():
            choices = self._choices(place)
            device = next(choice.device for choice in choices.values())
            assert device is not None  # noqa: S101 - the clinic has devices
            treated = [choices[concern.id] for concern in self._supported(self._wished(place))]
            found[place] = {
                # Where nothing is supported nothing is authorised either.
                "labelled": _YES if treated and all(choice.use for choice in treated) else _NO,
                "device-design": frozenset({device.design}),
                "label-names-anaesthetic-allergy": _TOLD[device.names_anaesthetic_allergy],
            }
        return found

    def _wished(self, place: str) -> tuple[Concern, ...]:
        return tuple(concern for concern in self._case.concerns if place in concern.places)

    def _supported(self, concerns: Iterable[Concern]) -> list[Concern]:
        indications = self._protocol.indications
        return [concern for concern in concerns if indications[concern.indication].supported]

    def _choices(self, place: str) -> dict[str, Choice]:
        """The choice for each concern of a place. Both sides of a zone are served alike where nothing that an
        authorisation asks for was answered differently by place."""
        wished = self._wished(place)
        where = self._protocol.places[place].zone.id if self._sides_alike else place
        key = (where, tuple(concern.id for concern in wished))
        if key not in self._taken:
            self._taken[key] = self._chosen(place, wished)
        return self._taken[key]

    def _chosen(self, place: str, wished: tuple[Concern, ...]) -> dict[str, Choice]:
        supported = self._supported(wished)
        best: tuple[tuple[bool, int, float, int], Device, ClinicDevice] | None = None
        for number, entry in enumerate(self._case.clinic.devices):
            device = self._protocol.devices[entry.id]
            covered = sum(self._labelled_use(device, concern, place) is not None for concern in supported)
            deepest = self.reach[device.id].deepest_mm or 0.0
            rank = (device.id in self.planned, covered, deepest, -number)
            if best is None or rank > best[0]:
                best = (rank, device, entry)
        if best is None:
            return {concern.id: Choice(None, None, None, ()) for concern in wished}
        _, device, entry = best
        return {
            concern.id: Choice(
                device,
                entry,
                self._labelled_use(device, concern, place),
                tuple(self._alternatives(device, concern, place)),
            )
            for concern in wished
        }

    def _labelled_use(self, device: Device, concern: Concern, place: str) -> LabelledUse | None:
        """The authorisation under which a device treats this concern here: in this zone, in this phototype, at this age,
        and in all else that its record asks for."""
        zone = self._protocol.places[place].zone
        for use in self._protocol.indications[concern.indication].labelled:
            if use.device != device.id or zone.id not in use.zones:
                continue
            fits_type = not use.phototypes or self._phototypes.issubset(use.phototypes)
            fits_age = self._age_years is not None and self._age_years >= use.min_age_years
            if fits_type and fits_age and self._holds(use, place):
                return use
        return None

    def _holds(self, use: LabelledUse, place: str) -> bool:
        """Whether all that a record asks for is known to be so at a place."""
        if not use.when:
            return True
        if self._survey is None:
            # The answers as they stand: no cell here reads what hangs on the devices.
            self._survey = Survey(self._case, self._protocol, self._on, {})
        spot = self._survey.places[place]
        return all(cell_holds_throughout(cell, spot.lookup, spot.inputs, self._on) for cell in use.when)

    def _asked_of_answers(self) -> set[str]:
        """The facts that some authorisation for what is wished asks for."""
        wished = [self._protocol.indications[concern.indication] for concern in self._case.concerns]
        return {cell.fact for indication in wished for use in indication.labelled for cell in use.when}

    def _alternatives(self, chosen: Device, concern: Concern, place: str) -> Iterator[str]:
        """What else in the clinic, or authorised for this, could serve where the chosen device cannot do all that the
        table asks."""
        zone = self._protocol.places[place].zone
        if zone.depth is None:
            return
        mode = self._protocol.indications[concern.indication].mode
        wanted = zone.depth.scar_max_mm if mode is Mode.SCAR else zone.depth.rejuvenation_max_mm
        mine = (self.reach[chosen.id].deepest_mm or 0.0) if chosen.id in self.planned else 0.0
        in_clinic = {entry.id for entry in self._case.clinic.devices}
        for name in self.planned if mine < wanted else ():
            device, deepest = self._protocol.devices[name], self.reach[name].deepest_mm or 0.0
            use = self._labelled_use(device, concern, place)
            if name != chosen.id and deepest > mine and (use is not None or name in in_clinic):
                where = "in this clinic" if name in in_clinic else "not in this clinic"
                label = "authorised for this" if use else "not authorised for this"
                yield f"{device.name} reaches {deepest:g} mm ({where}; {label})"
