"""A case: who the person is, what they want, what they answered, and what the clinic has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from needlewise.knowledge import Answer

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
VISIT_KINDS = ("first", "session", "maintenance", "reassessment")
ANAESTHETICS = ("none", "over-the-counter", "prescriber")


@dataclass(frozen=True, slots=True)
class Concern:
    """One goal, its indication and severity, and the places it is wished for."""

    id: str
    indication: str
    severity: str
    places: tuple[str, ...]
    goal: str = ""


@dataclass(frozen=True, slots=True)
class ClinicDevice:
    """A device of the clinic: a record of the protocol, with the figures the record leaves open filled in."""

    id: str
    needle_count: int | None = None
    needle_diameter_mm: float | None = None
    strokes_per_second: float | None = None
    glide_mm_per_second: float | None = None
    swept_width_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Clinic:
    """What the clinic has: devices, weekdays (Monday is 0; empty: any), cautious rows it has adopted."""

    devices: tuple[ClinicDevice, ...] = ()
    weekdays: frozenset[int] = frozenset()
    adopted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Override:
    """A depth above the ceiling, for a place, with the practitioner's written reason."""

    place: str
    depth_mm: float
    reason: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Clearance:
    """A written word that changes the verdict of the rules it names. `places`: those it speaks of; empty: everywhere."""

    role: str
    rules: tuple[str, ...]
    by: str
    on: date
    valid_until: date | None = None
    condition_met: bool = False
    wait_days: int | None = None
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A caution that the practitioner has read; `reason` where the rule asks for one in writing."""

    rule: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a consultation needs. Made by `read_case`, which checks it against a protocol."""

    concerns: tuple[Concern, ...]
    answers: Mapping[str, tuple[Answer, ...]]
    born: date | None = None
    clinic: Clinic = field(default_factory=Clinic)
    start_on: date | None = None
    visit: str = "first"
    anaesthetic: str = "none"
    adjuncts: tuple[str, ...] = ()
    requested_mm: Mapping[str, float] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    clearances: tuple[Clearance, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    # The facts to which somebody answered differently by place: worked out once, because every rule asks for it.
    by_place: frozenset[str] = field(init=False)
    # The letters by the rules they name, and the rules for which some letter speaks of some places only.
    letters: Mapping[str, Sequence[Clearance]] = field(init=False)
    cleared_by_place: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        apart = (fact for fact, known in self.answers.items() if len(known) > 1 or known[0].where is not None)
        object.__setattr__(self, "by_place", frozenset(apart))
        letters: dict[str, list[Clearance]] = {}
        for letter in self.clearances:
            for rule in letter.rules:
                letters.setdefault(rule, []).append(letter)
        somewhere = (rule for letter in self.clearances if letter.places for rule in letter.rules)
        object.__setattr__(self, "letters", letters)
        object.__setattr__(self, "cleared_by_place", frozenset(somewhere))

    @property
    def places(self) -> tuple[str, ...]:
        """Every wished place once, in the order wished."""
        return tuple(dict.fromkeys(place for concern in self.concerns for place in concern.places))
