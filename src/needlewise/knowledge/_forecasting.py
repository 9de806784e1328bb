"""What a forecast and a grade of certainty reckon with beside the studies: how far people and studies differ, how much
an unlike study says less, and the judgements that no figure decides.

How far results differ is stated here for the whole base and not worked out from the few studies of one question: two
studies that happen to agree would otherwise promise more than they can hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from needlewise.knowledge._values import STRICT

SPREADS = ("share", "change")
THRESHOLDS = (
    "level",
    "people-few",
    "people-very-few",
    "disagreement-percent",
    "disagreement-high-percent",
    "small-studies-p",
    "studies-few",
)
DISTANCES = ("sessions", "sessions-not-stated", "adjunct", "phototype", "phototype-not-stated")
# Further apart than four times as many sessions counts as no further: it is as good as not known.
MOST_DOUBLINGS = 2.0
STEPS = ("risk-of-bias", "inconsistency", "indirectness", "imprecision", "small-studies", "larger-effect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far one study's result lies from another's: the standard deviation between studies.

    `of` is `share` (shares of people, 0 to 1) or `change` (changes, in standard deviations between people); `df` are
    the degrees of freedom it was worked out from.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    of: str
    value: float
    df: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSpread:
    """How far people differ in their change on a scale: the standard deviation, in points of the scale."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    scale: str
    sd: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """How much less a study says where it is unlike what is planned: an extra spread, in spreads between studies.

    For `sessions` it counts once for each doubling, twice at most, for `adjunct` once for each one missing.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    of: str
    times: float
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A number at which a grade of certainty falls; `level`: the share of what is to come that an interval is to hold."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    value: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A step of certainty that no figure decides, for a group of studies and all it measures, or one thing of it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    group: str
    step: str
    change: int
    why: str
    sources: tuple[str, ...]
    of: str = ""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """All of it, by what each row is of."""

    thresholds: Mapping[str, float]
    spreads: Mapping[str, Spread]
    people: Mapping[str, PersonSpread]
    distances: Mapping[str, Distance]
    judgements: tuple[Judgement, ...]
