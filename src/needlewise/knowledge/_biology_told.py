"""What is said of a course of healing: where the layer begins that it is reckoned for, what each observable means and how sure one may be,
where that is in doubt, when something counts as over, and on which days a course is read off.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from needlewise.knowledge._values import STRICT, Mark

LOW, VERY_LOW = "low", "very low"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTop:
    """Where the layer begins whose injured share is reckoned, in mm below the surface."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    from_mm: float
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Observable:
    """What one observable means to a practitioner and to a patient, how sure one may be of it, and why.

    `patient` is empty for what patients are not told. `decided_by`: the quantities that decide it.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    label: str
    practitioner: str
    certainty: str
    why: str
    decided_by: tuple[str, ...]
    mark: Mark
    patient: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Where some observables depend on quantities that no figure moves: from a day on, or with sessions close together."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    observables: tuple[str, ...]
    words: str
    decided_by: tuple[str, ...]
    mark: Mark
    from_day: float | None = None
    spacing_below_days: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The level of an observable below which it counts as over, with words for both readers."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    observable: str
    level: float
    practitioner: str
    patient: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOff:
    """A day after the first session on which a course is read off."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    day: float
    words: str
    mark: Mark
