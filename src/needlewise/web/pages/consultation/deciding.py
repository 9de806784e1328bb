"""What is left to the practitioner: cautions to acknowledge, letters to note, depths to choose, figures to fill in."""

from collections.abc import Iterator
from dataclasses import dataclass

from needlewise.clinical.devices import reach_of
from needlewise.clinical.visits import Visit
from needlewise.consultation import Consultation
from needlewise.knowledge import Protocol, Scope, Verdict
from needlewise.web.pages.consultation.form_reading import rule_of_letter
from needlewise.web.pages.consultation.presenting import names_of
from needlewise.web.pages.consultation.presenting_plan import NEEDLED
from needlewise.web.pages.consultation.sheet import Sheet
from needlewise.web.pages.consultation.wording import millimetres

# The modifier that says what is assumed of a device whose record is silent.
DEVICE_DEFAULTS = "device-tolerance"


@dataclass(frozen=True, slots=True)
class CautionChoice:
    """A caution that reaches the plan. `reason_needed`: it counts only with a reason in writing."""

    rule: str
    title: str
    where: str
    reason_needed: bool
    read: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ClearanceChoice:
    """A letter that a fired rule asks for. `zones`: the places it can be for alone, with their labels and whether chosen;
    none where the rule speaks of the whole person."""

    name: str
    rule: str
    title: str
    who: str
    becomes: str
    becomes_short: str
    condition: str
    wait_days_min: int | None
    wait_days_max: int | None
    by: str
    on: str
    valid_until: str
    condition_met: bool
    wait_days: str
    zones: tuple[tuple[str, str, bool], ...]

    @property
    def begun(self) -> bool:
        return bool(self.by or self.on)


@dataclass(frozen=True, slots=True)
class DepthChoice:
    """The depth of the next session at a place, as the practitioner wishes it; empty: as planned."""

    place: str
    label: str
    bounds: str
    planned_mm: str
    step_mm: float
    mm: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Decisions:
    cautions: tuple[CautionChoice, ...]
    clearances: tuple[ClearanceChoice, ...]
    depths: tuple[DepthChoice, ...]
    adoptable: tuple[tuple[str, str, bool], ...]

    @property
    def shape(self) -> str:
        """Changes where other fields are to be shown, never where only their values change."""
        letters = [" ".join([one.name, *(place for place, _, _ in one.zones)]) for one in self.clearances]
        cautions = [caution.rule for caution in self.cautions]
        return "|".join([*cautions, *letters, *(zone for zone, _, _ in self.adoptable)])

    @property
    def depths_shape(self) -> str:
        return "|".join(f"{d.place} {d.bounds} {'' if d.mm else d.planned_mm}" for d in self.depths)


def decisions(consultation: Consultation, sheet: Sheet, protocol: Protocol) -> Decisions:
    return Decisions(
        tuple(_cautions(consultation, sheet, protocol)),
        tuple(_clearances(consultation, sheet, protocol)),
        tuple(_depths(consultation, sheet, protocol)),
        tuple(_adoptable(consultation, sheet, protocol)),
    )


def _cautions(consultation: Consultation, sheet: Sheet, protocol: Protocol) -> Iterator[CautionChoice]:
    waiting = set(consultation.plan.to_acknowledge) if consultation.plan else set()
    seen = set()
    for reason in consultation.reasons:
        acknowledged = reason.verdict is Verdict.CAUTION and reason.acknowledged
        if reason.rule in seen or not (reason.rule in waiting or acknowledged):
            continue
        seen.add(reason.rule)
        path = f"a.{reason.rule}"
        yield CautionChoice(
            reason.rule, reason.title, names_of(reason.places, protocol), reason.reason_needed,
            bool(sheet.text(f"{path}.read")), sheet.text(f"{path}.reason"),
        )  # fmt: skip


def _clearances(consultation: Consultation, sheet: Sheet, protocol: Protocol) -> Iterator[ClearanceChoice]:
    fired = [reason.rule for reason in consultation.reasons if reason.verdict is not Verdict.ASK]
    for name in dict.fromkeys([*fired, *sheet.heads("k")]):
        rule = protocol.rules.get(rule_of_letter(name))
        if rule is None or rule.clearance is None:
            continue
        asked = rule.clearance
        zones = () if rule.scope is Scope.PERSON else tuple(_letter_zones(name, consultation, sheet, protocol))
        said = {key: sheet.text(f"k.{name}.{key}") for key in ("by", "on", "valid_until", "wait_days")}
        yield ClearanceChoice(
            name, rule.id, rule.title, protocol.roles[asked.role].who, asked.to.word, protocol.words(asked.to).short, asked.condition,
            asked.wait_days_min, asked.wait_days_max, said["by"], said["on"], said["valid_until"],
            bool(sheet.text(f"k.{name}.condition_met")), said["wait_days"], zones,
        )  # fmt: skip


def _letter_zones(
    name: str, consultation: Consultation, sheet: Sheet, protocol: Protocol
) -> Iterator[tuple[str, str, bool]]:
    """The places wished for where there are several to choose from, and any that the letter names already."""
    chosen = sheet.all(f"k.{name}.zones")
    wished = [zone.place for zone in consultation.zones]
    for place in dict.fromkeys([*(wished if len(wished) > 1 else ()), *chosen]):
        yield place, protocol.places[place].label if place in protocol.places else place, place in chosen


def _depths(consultation: Consultation, sheet: Sheet, protocol: Protocol) -> Iterator[DepthChoice]:
    """The places of the next session, and any place for which a depth was written that is not planned now."""
    visits: tuple[Visit, ...] = consultation.plan.visits if consultation.plan else ()
    first = next((visit for visit in visits if visit.kind in NEEDLED), None)
    planned = {zone.place: zone for zone in (first.zones if first else ())}
    for name in dict.fromkeys([*planned, *sheet.heads("depth")]):
        zone, place = planned.get(name), protocol.places.get(name)
        if place is not None:
            said = {key: sheet.text(f"depth.{name}.{key}") for key in ("mm", "reason", "by")}
            bounds = f"ceiling {millimetres(zone.ceiling_mm)}, limit {millimetres(zone.limit_mm)} mm" if zone else ""
            planned_mm = millimetres(zone.depth_mm) if zone else ""
            step_mm = _step_mm(zone.device if zone else "", protocol)
            yield DepthChoice(name, place.label, bounds or "not planned now", planned_mm, step_mm, **said)


def _step_mm(device: str, protocol: Protocol) -> float:
    """The step of the dial, or the one assumed where none is stated."""
    defaults = protocol.modifiers[DEVICE_DEFAULTS]
    return reach_of(protocol.devices[device], defaults).step_mm if device else defaults.step_if_unstated_mm or 0.0


def _adoptable(consultation: Consultation, sheet: Sheet, protocol: Protocol) -> Iterator[tuple[str, str, bool]]:
    """Wished zones whose figures were taken from a neighbour and count only once the clinic has adopted them."""
    adopted = sheet.all("adopted")
    wished = dict.fromkeys(protocol.places[zone.place].zone.id for zone in consultation.zones)
    for name in dict.fromkeys([*wished, *adopted]):
        zone = protocol.zones.get(name)
        if zone is not None and zone.depth is not None and zone.depth.needs_adoption:
            yield name, zone.label, name in adopted
