"""What the model of healing reckons with: its quantities, their rivals, the figures it is held to, and how far they reach.

It stands beside the protocol and is no part of it: another value here changes no edition of a decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, ClassVar

from needlewise.knowledge._biology_told import Doubt, LayerTop, Observable, ReadOff, Threshold
from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._values import STRICT, Mark, Origin

PRIOR_ONLY = 0.9
PER_REST, PER_PEAK, PER_NOTHING = "rest", "peak", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A quantity of the equations: a lognormal prior by its median and spread in log units; without a spread, fixed."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    name: str
    unit: str
    median: float
    mark: Mark
    log_sd: float = 0.0

    @property
    def is_measured(self) -> bool:
        """Whether the prior itself was read off a source, or reckoned from one."""
        return bool(self.mark.sources) and self.mark.origin in (Origin.READ, Origin.COMPUTED)


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
class UnknownAge:
    """From which ages one is drawn, all alike, where nobody knows it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    from_years: float
    to_years: float
    mark: Mark

    @property
    def middle_years(self) -> float:
        return (self.from_years + self.to_years) / 2


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
class LayerRow:
    """Epidermis and dermis of one site, and the zones that it stands for.

    `zones`: the site lies in them. `lent_to`: neighbours that were not measured and take the row. `every_other`: it is
    for all zones that no row names. Without `sex` it holds for both.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    site: str
    epidermis_mm: float
    dermis_mm: float
    mark: Mark
    dermis_sd_mm: float | None = None
    sex: str = ""
    zones: tuple[str, ...] = ()
    lent_to: tuple[str, ...] = ()
    every_other: bool = False

    @property
    def whole_mm(self) -> float:
        """Epidermis and dermis together: where the dermis ends."""
        return self.epidermis_mm + self.dermis_mm


@dataclass(frozen=True, slots=True)
class LayersFound:
    """The row that stands for a zone, and whether it was measured in that zone."""

    row: LayerRow
    measured: bool


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
class FormFit:
    """How the sample of one form was drawn, how good it is, and how far the figures moved each quantity.

    `misfit` and `prior` are chi-squares at the most likely values, over `values` figures; `narrowed` is the spread after
    over the spread before, in log units: 1 where the figures said nothing. `said` is what the form says of each figure
    after the fit, for each of its days: 5 %, median, 95 % of the rows.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    rows: int
    walkers: int
    steps: int
    dropped: int
    accepted: float
    r_hat: float
    memory_steps: float
    worth: float
    misfit: float
    prior: float
    values: int
    narrowed: Mapping[str, float]
    said: Mapping[str, tuple[tuple[float, float, float], ...]]

    def rests_on_prior(self, quantity: str) -> bool:
        """Whether the figures narrowed a quantity by less than a tenth: what hangs on it is a guess."""
        return self.narrowed[quantity] >= PRIOR_ONLY


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """What the quantities may be after the figures were seen: a sample in a file of its own, and how it was drawn.

    `digest` is that of the file; `fitted_to` that of all it was fitted to, `equations` that of the equations' text.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    version: int
    seed: int
    digest: str
    fitted_to: str
    equations: str
    form: tuple[FormFit, ...]
    sample: bytes = b""


@dataclass(frozen=True, slots=True)
class Biology:
    """All of it, by id. `digest` names the state of the files; `posterior` is None where nothing was fitted yet."""

    digest: str
    protocol: Protocol
    parameters: Mapping[str, Parameter]
    structures: Mapping[str, Structure]
    between: Mapping[str, Between]
    ageing: tuple[Ageing, ...]
    unknown_age: UnknownAge
    dose: Mapping[str, DoseSpread]
    layers: Mapping[str, LayerRow]
    bounds: Mapping[str, Bound]
    settings: Mapping[str, Setting]
    figures: Mapping[str, Figure]
    own_factor: OwnFactor
    posterior: Posterior | None
    top: LayerTop
    observables: Mapping[str, Observable]
    doubts: Mapping[str, Doubt]
    thresholds: Mapping[str, Threshold]
    read_offs: Mapping[str, ReadOff]

    def is_guess(self, quantity: str) -> bool:
        """Whether nothing measured stands behind a quantity: its prior was chosen, and the figures did not narrow it in
        every form of the model that is free to move it.
        """
        fits = () if self.posterior is None else self.posterior.form
        moved = [not fit.rests_on_prior(quantity) for fit in fits if quantity in fit.narrowed]
        return not (self.parameters[quantity].is_measured or (moved and all(moved)))

    @property
    def fitted_to(self) -> str:
        """A digest of all that a fit depends on, and of nothing else: words may change without another fit."""
        numbers = (
            [(row.id, row.median, row.log_sd) for row in self.parameters.values()],
            [(row.id, sorted(row.fixed.items())) for row in self.structures.values()],
            [(row.id, row.whole_wound, row.session_days, row.open_area, row.injured) for row in self.settings.values()],
            [
                (row.id, row.setting, row.observable, row.per, row.days, row.values, row.sd, row.own_factor)
                for row in self.figures.values()
            ],
            self.own_factor.log_sd,
        )
        return sha256(repr(numbers).encode()).hexdigest()[:16]

    def layer_of(self, zone: str, sex: str = "") -> LayersFound:
        """The skin of a zone: measured there, borrowed from a neighbour, or the row for every other zone.

        `sex` is "male" or "female"; where it is anything else, the thinner of the rows counts.
        """
        rows = [row for row in self.layers.values() if zone in (*row.zones, *row.lent_to)]
        rows = rows or [row for row in self.layers.values() if row.every_other]
        found = min([row for row in rows if row.sex == sex] or rows, key=lambda row: row.whole_mm)
        return LayersFound(found, zone in found.zones)

    def treated_mm(self, zone: str, sex: str = "") -> tuple[float, float]:
        """The layer of a zone whose injured share is reckoned, in mm below the surface: from the top to the end of the
        dermis."""
        return self.top.from_mm, self.layer_of(zone, sex).row.whole_mm
