"""The small closed vocabularies of the knowledge files, and the mark that every value carries."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, ClassVar

# Read by pydantic when a file is checked; this module itself needs the standard library only.
STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}


class Origin(StrEnum):
    """How we came by a value."""

    READ = "read"
    CHOSEN = "chosen"
    COMPUTED = "computed"
    MEMORY = "memory"


class Basis(StrEnum):
    """The best that stands behind a value, strongest first."""

    LABEL = "label"
    REGULATOR = "regulator"
    GUIDELINE = "guideline"
    TRIAL = "trial"
    REVIEW = "review"
    CLINIC_PRACTICE = "clinic-practice"
    NONE = "none"


BASIS_ORDER = {basis: order for order, basis in enumerate(Basis)}


class Verdict(IntEnum):
    """The ladder, least cautious first. Text form: the name in lower case."""

    PROCEED = 1
    ADJUST = 2
    CAUTION = 3
    ASK = 4
    REFER = 5
    DEFER = 6
    EXCLUDE = 7

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def _missing_(cls, value: object) -> "Verdict | None":
        return cls.__members__.get(value.upper()) if isinstance(value, str) else None


class Scope(StrEnum):
    """How far a rule or a question reaches."""

    PERSON = "person"
    REGION = "region"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Cite:
    """A source and the place in it that was read."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value comes from. `basis` is not written in the file: it is the best level among `sources`.

    `why` says what a value without a source was derived from, or why it was chosen among those read;
    `differ` says how the sources differ; `conflicts` names entries of conflicts.toml.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    origin: Origin
    sources: tuple[Cite, ...] = ()
    why: str = ""
    differ: str = ""
    conflicts: tuple[str, ...] = ()
    basis: Basis = field(default=Basis.NONE)
