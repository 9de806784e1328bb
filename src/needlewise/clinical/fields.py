"""Fields: what each concern can do at each wished place, and what is left out with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from needlewise.clinical.case import Concern
from needlewise.clinical.depth import Range, Skin, depth_range
from needlewise.clinical.devices import Bench, Choice
from needlewise.clinical.reasons import Reason
from needlewise.clinical.screening import SIGNABLE_UP_TO, Screening, ZoneVerdict
from needlewise.clinical.spots import Spot, Survey, age_in_years
from needlewise.knowledge import DepthRow, Indication, Limit, Modifier, Place, Protocol, Verdict, all_hold


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A wished place that a concern does not treat now, and why; `instead` says what can be done."""

    concern: str
    place: str
    why: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A concern at a place that can be planned: the device taken, the skin it meets and the range of depths."""

    concern: Concern
    place: Place
    choice: Choice
    skin: Skin
    range: Range


def fields_of(survey: Survey, screening: Screening, bench: Bench, aged_on: date) -> tuple[list[Field], list[LeftOut]]:
    """Every wished place of every concern ends in exactly one of the two lists. The skin is as old as on `aged_on`."""
    fields: list[Field] = []
    left_out: list[LeftOut] = []
    verdicts = {zone.place: zone for zone in screening.zones}
    for concern in survey.case.concerns:
        for name in concern.places:
            place = survey.protocol.places[name]
            found = (
                _refused_by_verdict(concern, place, screening, verdicts[name])
                or _refused_by_protocol(concern, place, survey.protocol.indications[concern.indication])
                or _refused_by_row(concern, place, survey)
                or _field(concern, place, survey, _skin(survey.places[name], screening, survey, aged_on), bench)
            )
            if isinstance(found, Field):
                fields.append(found)
            else:
                left_out.append(found)
    return _fitting(fields, left_out, survey.protocol), left_out


def active_modifiers(spot: Spot, reasons: Iterable[Reason], protocol: Protocol) -> tuple[Modifier, ...]:
    """The modifiers that act at a place: those whose cells hold or may hold, those named by a rule that fired or may
    fire here, and those that stand for every place."""
    named = {rule.modifier for rule in protocol.rules.values() if rule.modifier}
    here = {
        protocol.rules[reason.rule].modifier
        for reason in reasons
        if reason.rule in protocol.rules and (not reason.places or spot.id in reason.places)
    }
    found = []
    for modifier in protocol.modifiers.values():
        if modifier.when:
            acts = all_hold(modifier.when, spot.lookup, spot.inputs, spot.on) is not False
        else:
            acts = modifier.id not in named
        if acts or modifier.id in here:
            found.append(modifier)
    return tuple(found)


def limit_of(place: Place, protocol: Protocol, *, authorised: bool) -> tuple[Limit, float]:
    """The depth limit of a place: the least of those that name its zone or its region."""
    rows = [limit for limit in protocol.limits.values() if limit.depth_mm is not None]
    found = [limit for limit in rows if place.zone.id in limit.zones or place.zone.region in limit.regions]
    limit = min(found, key=lambda row: row.depth_mm or 0.0)
    if authorised and place.zone.id in limit.authorised_zones and limit.authorised_depth_mm is not None:
        return limit, limit.authorised_depth_mm
    return limit, limit.depth_mm or 0.0


def _field(concern: Concern, place: Place, survey: Survey, skin: Skin, bench: Bench) -> Field | LeftOut:
    protocol = survey.protocol
    indication = protocol.indications[concern.indication]
    choice = bench.choice(concern, place.id)
    if choice.device is not None and choice.device.id not in bench.planned:
        name = choice.device.name
        why = choice.device.refused_because or f"{name}: no greatest depth is stated, so it cannot be planned with."
        return LeftOut(concern.id, place.id, why, "; ".join(choice.alternatives))
    row = place.zone.depth
    assert isinstance(row, DepthRow)  # noqa: S101 - refused above otherwise
    found = depth_range(
        row,
        indication.mode,
        place,
        skin,
        bench.reach[choice.device.id] if choice.device else None,
        limit_of(place, protocol, authorised=choice.use is not None),
    )
    if found.refusal:
        return LeftOut(concern.id, place.id, found.refusal, "; ".join(choice.alternatives))
    return Field(concern, place, choice, skin, found)


def _refused_by_verdict(concern: Concern, place: Place, screening: Screening, zone: ZoneVerdict) -> LeftOut | None:
    """A place is planned if it may be treated now; where nothing may, those at the visit's own verdict are planned
    provisionally."""
    if zone.may_be_treated:
        return None
    provisional = SIGNABLE_UP_TO < screening.verdict == zone.verdict < Verdict.EXCLUDE
    if provisional and (zone.verdict is not Verdict.DEFER or zone.eligible_on is not None):
        return None
    worst = [screening.reasons[number] for number in zone.reasons]
    because = next((reason.because for reason in worst if reason.verdict is zone.verdict), "")
    later = f"Screen again on {zone.eligible_on.isoformat()}." if zone.eligible_on else ""
    return LeftOut(concern.id, place.id, because, later)


def _refused_by_protocol(concern: Concern, place: Place, indication: Indication) -> LeftOut | None:
    if not indication.supported:
        instead = f"Offered instead: {', '.join(indication.offers_instead)}." if indication.offers_instead else ""
        why = f"No protocol stands behind this goal ({indication.label}), so nothing is planned for it."
        return LeftOut(concern.id, place.id, why, instead)
    region = place.zone.region
    narrowed = (indication.allowed_zones or {}).get(region)
    if region not in indication.allowed_regions or (narrowed is not None and place.zone.id not in narrowed):
        return LeftOut(concern.id, place.id, f"The protocol for {indication.label} does not cover this zone.")
    return None


def _refused_by_row(concern: Concern, place: Place, survey: Survey) -> LeftOut | None:
    zone = place.zone
    if not zone.plannable or zone.depth is None:
        return LeftOut(concern.id, place.id, zone.refused_because or "No depth row stands behind this zone.")
    if zone.depth.needs_adoption and zone.id not in survey.case.clinic.adopted:
        why = "No depth was read for this zone. The figures of a stricter neighbour are proposed, and count once the clinic has adopted them."
        return LeftOut(concern.id, place.id, why, "The clinic can adopt them.")
    return None


def _skin(spot: Spot, screening: Screening, survey: Survey, aged_on: date) -> Skin:
    thickness = [a.status for a in spot.lookup("skin-thickness") if a is not None and isinstance(a.status, float)]
    sexes = [answer.status for answer in survey.case.answers.get("sex", ()) if answer.status in ("female", "male")]
    born = survey.case.born
    return Skin(
        None if born is None else age_in_years(born, aged_on),
        str(sexes[0]) if sexes else None,
        min(thickness, default=None),
        active_modifiers(spot, screening.reasons, survey.protocol),
    )


def _fitting(fields: list[Field], left_out: list[LeftOut], protocol: Protocol) -> list[Field]:
    """Concerns that share a place share its depth in each visit, at the most cautious ceiling of those being treated. One
    whose start lies above that ceiling is left out for now, with the sequence offered instead."""
    kept = []
    for field in fields:
        shared = [other for other in fields if other.place.id == field.place.id]
        ceiling_mm = min(other.range.ceiling_mm for other in shared)
        if field.range.start_mm > ceiling_mm:
            holder = min(shared, key=lambda other: other.range.ceiling_mm)
            first, then = (
                protocol.indications[holder.concern.indication],
                protocol.indications[field.concern.indication],
            )
            why = (
                f"{then.label} starts at {field.range.start_mm:g} mm here, and {first.label} allows {ceiling_mm:g} mm. "
                "This goal cannot be met here for now."
            )
            instead = f"In sequence: first {first.label}, then, once it is settled, {then.label}."
            left_out.append(LeftOut(field.concern.id, field.place.id, why, instead))
        else:
            kept.append(field)
    return kept
