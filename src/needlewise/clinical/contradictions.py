"""Answers of a case that cannot both be right: a wish that its own answers deny, and one event told as two.

What is not known contradicts nothing: it stays open, and is asked.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from needlewise.clinical.case import Case
from needlewise.clinical.spots import Spot, Survey
from needlewise.errors import Problem
from needlewise.knowledge import Answer, Cell, Protocol, cell_holds, cell_holds_for


def contradictions(case: Case, protocol: Protocol, on: date) -> Iterator[Problem]:
    """Everything in a case that contradicts itself, each with both places."""
    survey = Survey(case, protocol, on, {})
    yield from _denied_wishes(survey)
    for rule in protocol.rules.values():
        for exemption in rule.exemptions:
            if exemption.same_day and exemption.same_day[0].fact in case.answers:
                yield from _two_events(exemption.same_day, survey)


def _denied_wishes(survey: Survey) -> Iterator[Problem]:
    """Wishes that suppose an answer, at places where the answers given say the contrary."""
    for number, concern in enumerate(survey.case.concerns):
        needs = survey.protocol.indications[concern.indication].needs
        denied = [place for place in concern.places if needs and _denied(needs, survey.places[place], survey.on)]
        if denied:
            spot = survey.places[denied[0]]
            said = " and ".join(_told(cell.fact, spot.lookup(cell.fact)) for cell in needs)
            yield Problem(
                f"concern[{number}]",
                f"contradictory: `{concern.indication}` is wished for at {_named(denied)}, and there {said}",
                "one of the two",
                "mend the answer, or leave these zones out",
            )


def _denied(needs: tuple[Cell, ...], spot: Spot, on: date) -> bool:
    """Every one of the answers supposed was given, and is another one."""
    return all(spot.lookup(cell.fact) and cell_holds(cell, spot.lookup, spot.inputs, on) is False for cell in needs)


def _two_events(cells: tuple[Cell, ...], survey: Survey) -> Iterator[Problem]:
    """An answer that names an event which the answer to another question tells otherwise."""
    first, *others = cells
    found: dict[tuple[str, str], list[str]] = {}
    for place, spot in survey.places.items():
        for answer in spot.lookup(first.fact):
            if answer is None or cell_holds_for(first, answer, survey.on) is not True:
                continue
            for other in others:
                known = spot.lookup(other.fact)
                if known and not any(_may_be_one(answer, one, other, survey.on) for one in known):
                    told = (_told(first.fact, (answer,)), _told(other.fact, known))
                    found.setdefault(told, []).append(place)
    for (one, another), places in found.items():
        where, _, _ = one.partition(" ")
        yield Problem(
            where,
            f"contradictory: at {_named(places)} {one}, and {another}",
            "one and the same event, of the same day",
            "mend one of the two",
        )


def _may_be_one(answer: Answer, other: Answer | None, cell: Cell, on: date) -> bool:
    """Whether another answer may tell of the same event: it fits, or may, and so do the days."""
    if other is None or answer.on is None:
        return True
    if cell_holds_for(cell, other, on) is False:
        return False
    if other.on is None:
        return True
    return (answer.earliest or answer.on) <= other.on and (other.earliest or other.on) <= answer.on


def _told(fact: str, known: Iterable[Answer | None]) -> str:
    said = (answer.said or str(answer.status) for answer in known if answer is not None)
    return f"facts.{fact} says " + " and ".join(f"`{one}`" for one in dict.fromkeys(said))


def _named(places: Iterable[str]) -> str:
    return ", ".join(f"`{place}`" for place in places)
