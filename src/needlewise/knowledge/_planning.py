"""The rows that a plan is made from: zones, devices, indications, sessions, modifiers, limits, visits."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from needlewise.knowledge._screening import Cell
from needlewise.knowledge._values import STRICT, Mark


class Mode(StrEnum):
    """Which maximum of a zone's depth row counts."""

    REJUVENATION = "rejuvenation"
    SCAR = "scar"


class EndPoint(StrEnum):
    """What the skin shows when a pass has done enough."""

    ERYTHEMA = "even-erythema"
    BLEEDING = "scattered-pinpoint-bleeding"


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthRow:
    """Depths and passes of a zone. `needs_adoption`: no row was read for this zone; the figures are those of a
    stricter neighbour and count only where the clinic has adopted them."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    start_mm: float
    rejuvenation_max_mm: float
    scar_max_mm: float
    ceiling_mm: float
    passes_min: int
    passes_max: int
    end_point_rejuvenation: EndPoint
    end_point_scar: EndPoint
    mark: Mark
    needs_adoption: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ThicknessCap:
    """Published thickness of the whole skin (epidermis and dermis) for one sex, and the cap computed from it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    sex: str
    mean_mm: float
    low_mm: float
    cap_mm: float
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """zones/<id>.toml. Left and right are the patient's own sides. A sub-zone names its `parent`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    label: str
    region: str
    left_right: bool
    mark: Mark
    parent: str = ""
    bony: bool = False
    bony_because: str = ""
    plannable: bool = True
    refused_because: str = ""
    depth: DepthRow | None = None
    thickness: tuple[ThicknessCap, ...] = ()
    fat_sites: tuple[str, ...] = ()
    thickness_sites: tuple[str, ...] = ()
    mesh_polygons: tuple[str, ...] = ()
    note: str = ""
    origin_rows: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDepth:
    """What the depth of a device may be. None: not stated in what was read."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    mark: Mark
    dial_min_mm: float | None = None
    dial_max_mm: float | None = None
    needle_length_mm: float | None = None
    evaluated_max_mm: float | None = None
    tolerance_mm: float | None = None
    step_mm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceNeedles:
    """Needles and strokes, for the dose. None: not stated in what was read."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    mark: Mark
    count: int | None = None
    count_min: int | None = None
    count_max: int | None = None
    diameter_mm: float | None = None
    diameter_min_mm: float | None = None
    diameter_max_mm: float | None = None
    gauge: int | None = None
    arrangement: str = ""
    strokes_per_second_min: float | None = None
    strokes_per_second_max: float | None = None
    swept_width_mm: float | None = None
    rows: int | None = None
    drum_diameter_mm: float | None = None
    drum_width_mm: float | None = None
    length_options_mm: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """One authorisation of a device as its own record states it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    number: str
    pathway: str
    use: str
    mark: Mark
    decided_on: date | None = None
    min_age_years: int | None = None
    phototypes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """devices/<id>.toml. `design`: pen, roller or radiofrequency; only pens are planned."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    name: str
    maker: str
    design: str
    mark: Mark
    depth: DeviceDepth | None = None
    needles: DeviceNeedles | None = None
    authorisation: tuple[Authorisation, ...] = ()
    names_anaesthetic_allergy: bool | None = None
    refused_because: str = ""
    note: str = ""
    origin_rows: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledUse:
    """Where a device is authorised for an indication. Empty `phototypes`: the record does not state them.

    `when`: what else the record asks for; each cell must hold throughout at the place, so what is not known is not
    covered.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    device: str
    authorisation: str
    zones: tuple[str, ...]
    phototypes: tuple[str, ...]
    min_age_years: int
    scope: str
    when: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal in the patient's own words, the scales that measure it, and whether a protocol stands behind it.

    `unsupported_because`: where none does, what the patient is told: that no trial protocol stands behind the wish, and
    what is measured instead.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    words: str
    supported: bool
    scales: tuple[str, ...]
    unsupported_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indication:
    """indications/<id>.toml. `sessions` maps each severity to a row of sessions.toml.

    `allowed_zones` narrows a region to the zones named; a region not named there is allowed whole.
    `needs`: answers of which the wish supposes at least one; a wish where all of them are denied contradicts itself.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    label: str
    plain_label: str
    mode: Mode
    supported: bool
    sessions: dict[str, str]
    severity_labels: dict[str, str]
    allowed_regions: tuple[str, ...]
    scales: tuple[str, ...]
    goal: tuple[Goal, ...]
    mark: Mark
    allowed_zones: dict[str, tuple[str, ...]] | None = None
    needs: tuple[Cell, ...] = ()
    labelled: tuple[LabelledUse, ...] = ()
    adjuncts: tuple[str, ...] = ()
    offers_instead: tuple[str, ...] = ()
    led_by: str = ""
    note: str = ""
    studies: tuple[str, ...] = ()
    origin_rows: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsRow:
    """How many sessions, how far apart, when to look again."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    label: str
    sessions_min: int
    sessions_max: int
    interval_min_days: int
    interval_max_days: int
    reassess_after_session: int
    mark: Mark
    origin_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Modifier:
    """What a trait of the person, the zone or the device does to depth, passes and end point.

    Only the fields stated act; the planner fixes the order in which they act, the numbers live here.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    label: str
    mark: Mark
    when: tuple[Cell, ...] = ()
    start_minus_mm: float | None = None
    start_at_least_mm: float | None = None
    ceiling_minus_mm: float | None = None
    ceiling_at_most_mm: float | None = None
    ceiling_as_rejuvenation: bool = False
    ceiling_to_middle: bool = False
    hold_at_start: bool = False
    passes_minus: int | None = None
    end_point: EndPoint | None = None
    from_age_years: int | None = None
    thickness_fraction: float | None = None
    tolerance_if_unstated_mm: float | None = None
    step_if_unstated_mm: float | None = None
    warn_above_mm: float | None = None
    test_patch_days_before: int | None = None
    origin_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A safety limit. `enforced_at`: plan, session (once sessions are recorded) or text.

    `prescriber_first`: states in which no numbing cream is used before a prescriber agrees; `no_anaesthetic`: those in
    which none is used, whoever agrees.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    text: str
    enforced_at: tuple[str, ...]
    held_by: str
    mark: Mark
    regions: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    depth_mm: float | None = None
    authorised_zones: tuple[str, ...] = ()
    authorised_depth_mm: float | None = None
    interval_days: int | None = None
    shallow_region: str = ""
    shallow_depth_mm: float | None = None
    shallow_interval_days: int | None = None
    min_age_years: int | None = None
    labelled_age_years: int | None = None
    passes_max: int | None = None
    lidocaine_max_percent: float | None = None
    lidocaine_max_mg_per_kg: float | None = None
    anaesthetic_area_max_cm2: float | None = None
    anaesthetic_time_max_minutes: int | None = None
    prescriber_first: tuple[Cell, ...] = ()
    no_anaesthetic: tuple[Cell, ...] = ()
    origin_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitKind:
    """A kind of visit and when it falls."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    label: str
    calendar_title: str
    mark: Mark
    days_before_first_session: int | None = None
    days_after_session: tuple[int, ...] = ()
    weeks_after_last: tuple[int, ...] = ()
    weeks_after_last_min: int | None = None
    weeks_after_last_max: int | None = None
    origin_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRule:
    """When a course pauses or ends. `rule`: the screening rule that enforces it, where one does already."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    text: str
    action: str
    enforced_at: tuple[str, ...]
    mark: Mark
    rule: str = ""
    origin_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Who may give a clearance."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    who: str
    origin_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjunct:
    """adjuncts/<id>.toml: something that may go with needling, or must not. `allowed`: by whom, or "no"."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    name: str
    allowed: str
    for_indications: tuple[str, ...]
    outcome: str
    text: str
    level: str
    mark: Mark
    days_apart: int | None = None
    days_apart_max: int | None = None
    caution_phototypes: tuple[str, ...] = ()
    note: str = ""
    numbers: dict[str, float] | None = None
    origin_rows: tuple[str, ...] = ()
    id: str = ""
