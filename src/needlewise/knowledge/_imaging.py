"""What measuring photographs reckons with: the measures, how pictures are taken, what a picture must be, how far measures err.

It stands beside the protocol and is no part of it: nothing here reaches a verdict or a plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from needlewise.knowledge._values import STRICT, Mark


class Told(StrEnum):
    """How a change is told: as a share of what was there before, or in the measure's own unit."""

    PERCENT = "percent"
    UNIT = "unit"


class Colour(StrEnum):
    """What stands beside the skin to hold its colour to, the best first."""

    CHART = "chart"
    GREY = "grey"
    REFERENCE = "reference"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """A way of taking pictures, the steadiest first. How far two visits may differ before it is no longer believed.

    `tilt_degrees`: by how much the camera may lean; `light_share`: how far the light may change; `white_share`: how far
    its colour may.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    name: str
    takes: str
    tilt_degrees: float
    light_share: float
    white_share: float
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something that a photograph shows.

    `better`: whether `less` or `more` of it is what is wished for; empty where neither is. `colour`: the least that must
    stand beside the skin. `unit_plain`: what its number means, where that takes a word. `regimes`: in which it can be
    measured at all. `px_per_mm`: the least. `regions`: of the body where it is looked for without being asked for; empty:
    everywhere.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    name: str
    plain: str
    unit: str
    told: Told
    better: str
    px_per_mm: float
    regimes: tuple[str, ...]
    mark: Mark
    colour: Colour = Colour.NONE
    regions: tuple[str, ...] = ()
    unit_plain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What a picture must be. `words` say what is wrong where it is not, `do` what helps."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    words: str
    do: str
    mark: Mark
    least: float | None = None
    most: float | None = None

    @property
    def limit(self) -> str:
        """Its number in words."""
        return f"at most {self.most:g}" if self.most is not None else f"at least {self.least:g}"

    def holds(self, value: float) -> bool:
        """Whether a value is as it must be; one that is no number is not."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """By how much a measure differs between two visits at which nothing changed, as the change is told.

    `sd`: one standard deviation of the change beyond what the shots of a visit show; `shot_sd`: one of a single picture
    about its visit, counted where the pictures are too few to show it. The mark says where each comes from.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    measure: str
    regime: str
    sd: float
    shot_sd: float
    mark: Mark

    @property
    def id(self) -> str:
        return f"{self.measure} {self.regime}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """What counts as a line, a spot or a stretch mark: one number, or several that belong together; `unit` is theirs."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    what: str
    unit: str
    values: tuple[float, ...]
    mark: Mark

    @property
    def value(self) -> float:
        """The number, or the first of several."""
        return self.values[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceZone:
    """A zone as an outline on the mesh of 468 points that is laid on a face; `id` is that of the zone.

    `points` are numbers of the mesh, once round. `side` is the patient's side that is drawn where the zone has two; the
    other is its mirror image, and the mesh knows which points those are.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    points: tuple[int, ...]
    mark: Mark
    side: str = ""


@dataclass(frozen=True, slots=True)
class Imaging:
    """All of it, by id; floors by measure and regime."""

    digest: str
    regimes: Mapping[str, Regime]
    measures: Mapping[str, Measure]
    gates: Mapping[str, Gate]
    floors: Mapping[tuple[str, str], Floor]
    face_zones: Mapping[str, FaceZone]
    criteria: Mapping[str, Criterion]
