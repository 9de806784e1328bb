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
    `prescribed_text` is said of a product that was prescribed; `text` is then meant for what one bought oneself.
    `if_text` opens the text where the row applies only because an answer is not known.
    `on_skin`: put on every day before a session, but not while the skin has to stay bare.
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
    if_text: str = ""
    prescribed_text: str = ""
    on_skin: bool = False
    never_stop: bool = False
    by_prescriber: bool = False
    minutes_before: int | None = None
    downtime_days: int | None = None
    origin_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescribedProduct:
    """What is said of one product that was prescribed: that it goes on until its prescriber has been asked."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    fact: str
    item: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftercare:
    """Something to do or leave after a session, in hours from the session.

    `restarts`: facts of the products that this row pauses; their restart day is counted from `hours_until`.
    `prescribed`: what is said instead of each of them that was prescribed; `text` is then meant for what one bought
    oneself. `if_text` opens the text where the row applies only because an answer is not known.
    `bare_skin`: nothing may be put on the skin in these hours. `on_skin`: something is, so it ends before the next
    session.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    do: str
    item: str
    text: str
    hours_from: int
    hours_until: int
    mark: Mark
    when: tuple[Cell, ...] = ()
    if_text: str = ""
    restarts: tuple[str, ...] = ()
    prescribed: tuple[PrescribedProduct, ...] = ()
    bare_skin: bool = False
    on_skin: bool = False
    found: str = ""
    origin_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What the skin normally shows in a span of hours after a session. `if_text`: as of aftercare."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    text: str
    hours_from: int
    hours_until: int
    mark: Mark
    when: tuple[Cell, ...] = ()
    if_text: str = ""
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
