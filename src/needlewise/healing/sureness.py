"""How sure one may be of what the model says of each observable, in words, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from needlewise.errors import HealingError, Problem
from needlewise.healing.model import OBSERVABLES
from needlewise.healing.regimen import Regimen
from needlewise.knowledge import VERY_LOW, Biology, Observable


@dataclass(frozen=True, slots=True)
class Sureness:
    """`certainty` in words, and every reason. `prior_alone`: what decides it is a guess that no figure moved.

    `late_from_day`: from then on prior alone, though before that it is not; None where there is no such day.
    """

    certainty: str
    why: tuple[str, ...]
    prior_alone: bool
    late_from_day: float | None


def sureness_of(biology: Biology, regimen: Regimen, *, is_outside: bool) -> Mapping[str, Sureness]:
    """By observable. Raises `HealingError` where the knowledge lacks a row for one, or has one that the model has not."""
    if biology.observables.keys() != OBSERVABLES.keys():
        apart = sorted(biology.observables.keys() ^ OBSERVABLES.keys())
        expected = "one row for each observable of the model"
        raise HealingError(Problem("biology/reading.toml", f"not in both: {', '.join(apart)}", expected))
    return {name: _sureness(biology.observables[name], biology, regimen, is_outside) for name in OBSERVABLES}


def _sureness(row: Observable, biology: Biology, regimen: Regimen, is_outside: bool) -> Sureness:
    prior_alone = all(map(biology.is_guess, row.decided_by))
    why, late, doubted = [row.why], None, False
    if prior_alone:
        why.append("No figure that was read moves it; it rests on a guess alone.")
    for doubt in biology.doubts.values():
        if row.id not in doubt.observables or not any(map(biology.is_guess, doubt.decided_by)):
            continue
        spacing = regimen.least_spacing_days
        if doubt.from_day is not None:
            late = doubt.from_day
            why.append(f"From day {late:g} on: {doubt.words}")
        elif spacing is not None and doubt.spacing_below_days is not None and spacing < doubt.spacing_below_days:
            doubted = True
            why.append(doubt.words)
    why.extend(_beyond(is_outside))
    certainty = VERY_LOW if prior_alone or doubted or is_outside else row.certainty
    return Sureness(certainty, tuple(why), prior_alone, late)


def _beyond(is_outside: bool) -> Iterator[str]:
    if is_outside:
        yield "These sessions lie outside what was studied, so nothing measured stands behind the course."
