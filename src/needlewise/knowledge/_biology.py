"""What the model of healing reckons with: its quantities, their rivals, the figures it is held to, and how far they reach.

It stands beside the protocol and is no part of it: another value here changes no edition of a decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._values import STRICT, Mark

PER_REST, PER_PEAK, PER_NOTHING = "rest", "peak", "none"
LOW, VERY_LOW = "low", "very low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A quantity of the equations: a lognormal prior by its median and spread in log units; without a spread, fixed.

    `informed_by` says which figures can move it; empty where none can.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    name: str
    unit: str
    median: float
    mark: Mark
    log_sd: float = 0.0
    informed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A rival form of the model: the values it holds fixed, and its share in an average."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    name: str
    share: float
    mark: Mark
    fixed: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """How far people differ in one quantity, in log units."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    parameter: str
    log_sd: float
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """What age does to some quantities: times 1 at `from_years`, times `factor` at `to_years`, a straight line between."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    parameters: tuple[str, ...]
    from_years: float
    to_years: float
    factor: float
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSpread:
    """What is not known of a dose: a lognormal, held between `least` and `most`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    name: str
    unit: str
    median: float
    log_sd: float
    mark: Mark
    least: float = 0.0
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """How far the figures reach in one thing."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    name: str
    mark: Mark
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What was done to the skin that a figure tells of: a whole wound, or sessions of needling."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    name: str
    mark: Mark
    whole_wound: bool = False
    session_days: tuple[float, ...] = ()
    open_area: float = 0.0
    injured: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A published figure that the model is held to. `per`: rest, peak, none, or the day whose value it is a share of."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    setting: str
    observable: str
    per: str
    days: tuple[float, ...]
    values: tuple[float, ...]
    sd: tuple[float, ...]
    mark: Mark
    own_factor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFactor:
    """How far one study's gains may be from another's, in log units."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    log_sd: float
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatedLayer:
    """The layer of skin, in mm below the surface, whose injured share is reckoned."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    from_mm: float
    to_mm: float
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


@dataclass(frozen=True, slots=True)
class Biology:
    """All of it, by id. `digest` names the state of the files."""

    digest: str
    protocol: Protocol
    parameters: Mapping[str, Parameter]
    structures: Mapping[str, Structure]
    between: Mapping[str, Between]
    ageing: tuple[Ageing, ...]
    dose: Mapping[str, DoseSpread]
    reach: Mapping[str, Bound]
    settings: Mapping[str, Setting]
    figures: Mapping[str, Figure]
    own_factor: OwnFactor
    layer: TreatedLayer
    observables: Mapping[str, Observable]
    doubts: Mapping[str, Doubt]
    thresholds: Mapping[str, Threshold]
    read_offs: Mapping[str, ReadOff]
