"""The rows of preparation, aftercare and recovery; the scales; the sources; and what was read beside the defaults."""

from dataclasses import dataclass
from typing import Any, ClassVar

from needlewise.knowledge._screening import Cell
from needlewise.knowledge._values import STRICT, Basis, Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """Something to stop, avoid or do before a session.

    `fact`: the product or habit that this row answers; the row is personal where the patient uses it.
    `never_stop`: a prescribed medicine; the text then says to keep it and whom to ask, and no date is counted.
    `prescribed_text` replaces `text` where the product was prescribed.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    item: str
    text: str
    days_before: int
    mark: Mark
    found: str
    fact: str = ""
    when: tuple[Cell, ...] = ()
    prescribed_text: str = ""
    never_stop: bool = False
    by_prescriber: bool = False
    minutes_before: int | None = None
    downtime_days: int | None = None
    origin_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftercare:
    """Something to do or leave after a session, in hours from the session. `restarts`: facts of the products that
    this row pauses; their restart day is counted from `hours_until`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    do: str
    item: str
    text: str
    hours_from: int
    hours_until: int
    mark: Mark
    when: tuple[Cell, ...] = ()
    restarts: tuple[str, ...] = ()
    prescribed_text: str = ""
    found: str = ""
    origin_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What the skin normally shows in a span of hours after a session."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    text: str
    hours_from: int
    hours_until: int
    mark: Mark
    when: tuple[Cell, ...] = ()
    origin_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """A sign after which to call. `act`: emergency, urgent, same-day, call or review."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    sign: str
    threshold: str
    act: str
    text: str
    mark: Mark
    from_hours: int = 0
    origin_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleOption:
    """One answer of an item and its points, in our own words."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    points: float
    label: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleItem:
    """One item. Either `options`, or a number between `min` and `max` (`whole`: no fractions). `weight`: for sums."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    label: str
    options: tuple[ScaleOption, ...] = ()
    min: float | None = None
    max: float | None = None
    whole: bool = True
    weight: float = 1.0
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleBand:
    """A name for a span of scores: from `min` (included, or excluded with `min_excluded`) to `max` (included)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    label: str
    min: float
    max: float
    min_excluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that a source calls meaningful. Only published thresholds stand here."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    by: float
    text: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """scales/<id>.toml. `scoring`: grade (one item, its points), sum (weighted), area-severity (MASI family),
    typology-angle, number (a total or a measured value), class (a name without order).

    `total_only`: the licence does not let us ship the items; only the total may be entered.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    name: str
    measures: str
    scoring: str
    range: tuple[float, float]
    better: str
    licence: str
    total_only: bool
    mark: Mark
    item: tuple[ScaleItem, ...] = ()
    band: tuple[ScaleBand, ...] = ()
    change: Change | None = None
    area_points: tuple[float, ...] = ()
    unit: str = ""
    whole: bool = True
    note: str = ""
    origin_rows: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """sources/<id>.toml: a publication or page, how strong it is, and which part of it was read."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    citation: str
    level: str
    read: str
    url: str = ""
    note: str = ""
    origin_rows: tuple[str, ...] = ()
    id: str = ""
    basis: Basis = Basis.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A kind of source. `rank` 1 is strongest; `alone`: such a source may by itself stand behind a limit."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    basis: Basis
    rank: int
    strength_in_basis: int
    secondhand: bool
    alone: bool
    reason: str
    origin_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Where sources disagree, and which value was chosen as default."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    topic: str
    found: str
    default: str
    mark: Mark
    origin_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A figure or statement read in a source, kept beside the defaults. Numbers carry their unit in the name."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    topic: str
    text: str
    mark: Mark
    zones: tuple[str, ...] = ()
    indications: tuple[str, ...] = ()
    numbers: dict[str, float] | None = None
    words: dict[str, str] | None = None
    origin_rows: tuple[str, ...] = ()
