"""The reviewed tables that say which words of the papers mean the same: scales, responses, harms, agents.

Nothing is pooled across papers unless a row here says that both speak of the same thing.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from needlewise.knowledge._values import STRICT

JUDGES = ("professional", "patient")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleName:
    """A spelling of a scale, and the scale it is: an id of scales/, or nothing where figures under that spelling are
    never pooled across papers.

    `measure`: only where the outcome measures just that (an instrument that several measures share). `factor`
    multiplies printed figures into the unit of the scale.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    spelling: str
    scale: str = ""
    measure: str = ""
    factor: float = 1.0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseKind:
    """A kind of responder. `judge` says who judged, one of `JUDGES`; `plain` how a patient is told."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    label: str
    judge: str
    plain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseName:
    """A definition of a responder as printed, and the kind it is; no kind: shown, never pooled."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    definition: str
    kind: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmKind:
    """A kind of unwanted effect. `plain`: how a patient is told; `readings`: ids of readings that tell of it beside
    the studies, such as collections of reports."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    label: str
    plain: str
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmName:
    """An unwanted effect as printed, and the kind it is; no kind: shown, never pooled."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    event: str
    kind: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentName:
    """A drug, peel or vehicle as printed, and what it is: an id of adjuncts/, `vehicle` (nothing active), `care` (what
    everyone has anyway, such as sunscreen) or `other`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    printed: str
    is_a: str
    note: str = ""
