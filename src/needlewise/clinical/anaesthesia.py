"""Numbing cream: whether it may be used, by whose word, and how much at most."""

from dataclasses import dataclass

from needlewise.clinical.spots import Survey
from needlewise.knowledge import Limit, Mark, cell_holds

LIMIT = "H13"
MG_PER_G_PER_PERCENT = 10.0


@dataclass(frozen=True, slots=True)
class NumbingCream:
    """What holds for numbing cream in this case. `most_grams` is the cap on what is put on, None while weight or
    strength is not known. `against` says why it may not be used as asked."""

    asked: str
    allowed: bool
    prescriber_first: bool
    most_grams: float | None
    area_max_cm2: float
    time_max_minutes: int
    against: tuple[str, ...]
    mark: Mark


def numbing_cream(survey: Survey) -> NumbingCream | None:
    """None where no numbing cream is asked for. Unknown counts against it."""
    asked = survey.case.anaesthetic
    if asked == "none":
        return None
    limit = survey.protocol.limits[LIMIT]
    strength = _number(survey, "anaesthetic-strength")
    area = _number(survey, "anaesthetic-area")
    against = [*_states(survey, limit)] if asked == "over-the-counter" else []
    prescriber_first = bool(list(_states(survey, limit)))
    most_percent = limit.lidocaine_max_percent or 0.0
    area_max = limit.anaesthetic_area_max_cm2 or 0.0
    if asked == "over-the-counter" and strength is not None and strength > most_percent:
        against.append(f"{strength:g} % is above the {most_percent:g} % allowed without a prescription.")
    if area is not None and area > area_max:
        against.append(f"{area:g} cm2 is above the {area_max:g} cm2 allowed at once.")
    return NumbingCream(
        asked,
        not against,
        prescriber_first,
        _most_grams(survey, limit, strength),
        area_max,
        limit.anaesthetic_time_max_minutes or 0,
        tuple(against),
        limit.mark,
    )


def _states(survey: Survey, limit: Limit) -> list[str]:
    """States that hold or may hold, in which a prescriber decides first."""
    person = survey.person
    found = []
    for cell in limit.prescriber_first:
        truth = cell_holds(cell, person.lookup, person.inputs, survey.on)
        if truth is not False:
            question = survey.protocol.facts[cell.fact].question
            found.append(f"A prescriber decides first ({'not known' if truth is None else 'yes'}: {question})")
    return found


def _most_grams(survey: Survey, limit: Limit, strength: float | None) -> float | None:
    weight = _number(survey, "body-weight")
    if weight is None or not strength or limit.lidocaine_max_mg_per_kg is None:
        return None
    return round(limit.lidocaine_max_mg_per_kg * weight / (strength * MG_PER_G_PER_PERCENT), 2)


def _number(survey: Survey, fact: str) -> float | None:
    known = [answer.status for answer in survey.person.lookup(fact) if answer is not None]
    return next((float(status) for status in known if isinstance(status, float | int)), None)
