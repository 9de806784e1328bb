"""What the trials say of the plan on the page: beside the verdict, never inside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from needlewise.clinical.case import Case
from needlewise.consultation import Consultation, forecast
from needlewise.interop.expectations import OUT_OF, Expectation, Gain, Hundred, expectations, not_compared
from needlewise.web.reading import evidence_on, groups_on

# Ten people to a row; the picture is as wide as it is high.
PER_ROW, PITCH = 10, 10


@dataclass(frozen=True, slots=True)
class Person:
    """One of a hundred in the picture: where, and what is expected."""

    x: int
    y: int
    kind: str


@dataclass(frozen=True, slots=True)
class GainView:
    """A gain with its picture; no people where it is no share. `number` tells it from the others of its concern."""

    number: int
    gain: Gain
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class ConcernView:
    """What is expected of a concern, as the page shows it: what a patient is told first, the rest one tap away."""

    expectation: Expectation
    first: tuple[GainView, ...]
    not_compared: str
    rest: tuple[GainView, ...]

    @property
    def has_picture(self) -> bool:
        return any(one.people for one in self.first)


def expected_of(case: Case, consultation: Consultation) -> tuple[Expectation, ...]:
    """What the trials let one expect of every concern that is planned."""
    base = evidence_on(consultation.on)
    labels = {one.id: base.protocol.indications[one.indication].label for one in case.concerns}
    return expectations(forecast(case, consultation, base, groups=groups_on(consultation.on)), labels)


def concern_pictures(found: Sequence[Expectation]) -> list[ConcernView]:
    """The same with a picture for each share."""
    return [_concern(one) for one in found]


def _concern(one: Expectation) -> ConcernView:
    views = [
        GainView(number, gain, _people(gain.hundred) if gain.hundred else ()) for number, gain in enumerate(one.gains)
    ]
    first = tuple(view for view in views if view.gain in one.for_patient)
    return ConcernView(one, first, not_compared(one.for_patient), tuple(view for view in views if view not in first))


def _people(hundred: Hundred) -> tuple[Person, ...]:
    return tuple(
        Person(
            PITCH * (number % PER_ROW) + PITCH // 2, PITCH * (number // PER_ROW) + PITCH // 2, _kind(number, hundred)
        )
        for number in range(OUT_OF)
    )


def _kind(number: int, hundred: Hundred) -> str:
    if number < hundred.low:
        return "surely"
    if number < hundred.likely:
        return "likely"
    return "perhaps" if number < hundred.high else "unlikely"
