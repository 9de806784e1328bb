"""Numbing cream: whether it may be used, by whose word, and how much at most."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from needlewise.clinical.spots import Survey
from needlewise.knowledge import Cell, Limit, Mark, cell_holds

LIMIT = "H13"
MG_PER_G_PER_PERCENT = 10.0


@dataclass(frozen=True, slots=True)
class NumbingCream:
    """What holds for numbing cream in this case. `most_grams` is the cap on what is put on, None while weight or
    strength is not known, 0 where there is to be none. `against` says why it may not be used as asked."""

    asked: str
    allowed: bool
    prescriber_first: bool
    most_grams: float | None
    area_max_cm2: float
    time_max_minutes: int
    against: tuple[str, ...]
    mark: Mark


def numbing_cream(survey: Survey) -> NumbingCream | None:
    """None where no numbing cream is asked for. Unknown counts against it.

    States in which a prescriber decides hold up only a cream without a prescription; those that forbid it hold up every
    cream, whoever prescribes it.
    """
    asked = survey.case.anaesthetic
    if asked == "none":
        return None
    limit = survey.protocol.limits[LIMIT]
    strength = _number(survey, "anaesthetic-strength")
    states = _states(survey, limit.prescriber_first, "A prescriber decides first")
    forbidding = _states(survey, limit.no_anaesthetic, "No numbing cream at all")
    against = (*forbidding, *_against(survey, limit, strength, states))
    return NumbingCream(
        asked,
        not against,
        bool(states),
        0.0 if forbidding else _most_grams(survey, limit, strength),
        limit.anaesthetic_area_max_cm2 or 0.0,
        limit.anaesthetic_time_max_minutes or 0,
        against,
        limit.mark,
    )


def _against(survey: Survey, limit: Limit, strength: float | None, states: list[str]) -> Iterator[str]:
    """Everything that speaks against the cream as it was asked for."""
    over_the_counter = survey.case.anaesthetic == "over-the-counter"
    area = _number(survey, "anaesthetic-area")
    most_percent, most_cm2 = limit.lidocaine_max_percent or 0.0, limit.anaesthetic_area_max_cm2 or 0.0
    if over_the_counter:
        yield from states
        if strength is None:
            yield f"The strength of the cream is not known; at most {most_percent:g} % without a prescription."
        elif strength > most_percent:
            yield f"{strength:g} % is above the {most_percent:g} % allowed without a prescription."
    if area is None:
        yield f"The area to be numbed is not known; at most {most_cm2:g} cm2 at once."
    elif area > most_cm2:
        yield f"{area:g} cm2 is above the {most_cm2:g} cm2 allowed at once."


def _states(survey: Survey, cells: Iterable[Cell], said: str) -> list[str]:
    """States that hold or may hold, each with what is then said."""
    person = survey.person
    found = []
    for cell in cells:
        truth = cell_holds(cell, person.lookup, person.inputs, survey.on)
        if truth is not False:
            question = survey.protocol.facts[cell.fact].question
            found.append(f"{said} ({'not known' if truth is None else 'yes'}: {question})")
    return found


def _most_grams(survey: Survey, limit: Limit, strength: float | None) -> float | None:
    weight = _number(survey, "body-weight")
    if weight is None or not strength or limit.lidocaine_max_mg_per_kg is None:
        return None
    grams = limit.lidocaine_max_mg_per_kg * weight / (strength * MG_PER_G_PER_PERCENT)
    return math.floor(grams * 100 + 1e-9) / 100


def _number(survey: Survey, fact: str) -> float | None:
    known = [answer.status for answer in survey.person.lookup(fact) if answer is not None]
    return next((float(status) for status in known if isinstance(status, float | int)), None)
