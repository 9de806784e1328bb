"""The protocol: all knowledge in force on one day, and the edition that names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from needlewise.knowledge._care import (
    Aftercare,
    Conflict,
    Level,
    Preparation,
    Reading,
    Recovery,
    RedFlag,
    Scale,
    Source,
)
from needlewise.knowledge._index import Index
from needlewise.knowledge._planning import (
    Adjunct,
    Device,
    Goal,
    Indication,
    Limit,
    Modifier,
    Role,
    SessionsRow,
    StopRule,
    VisitKind,
    Zone,
)
from needlewise.knowledge._screening import Example, Fact, Rule
from needlewise.knowledge._values import Verdict
from needlewise.knowledge._wording import NOTHING_PLANNED, VerdictWords


@dataclass(frozen=True, slots=True)
class Edition:
    """Package version, day in force and digest of the files: enough to find the same protocol again.

    `reviewed` is empty until a medical director signs; until then every plan is a draft.
    """

    version: str
    on: date
    digest: str
    overlay: str = ""
    reviewed: date | None = None

    def __str__(self) -> str:
        text = f"{self.version}/{self.on.isoformat()}/{self.digest}"
        return f"{text}+{self.overlay}" if self.overlay else text


@dataclass(frozen=True, slots=True)
class Place:
    """A zone, with its side where it has two. `near` are the places whose answers also count here: the place itself,
    its parent and its children on the same side."""

    id: str
    zone: Zone
    side: str
    label: str
    near: frozenset[str]
    within: frozenset[str]


@dataclass(frozen=True, slots=True)
class Protocol:
    """Everything known on one day. `rules` holds the generation in force of each rule."""

    edition: Edition
    compiled: date
    sources: Mapping[str, Source]
    levels: Mapping[str, Level]
    conflicts: Mapping[str, Conflict]
    facts: Mapping[str, Fact]
    rules: Mapping[str, Rule]
    examples: Mapping[str, tuple[Example, ...]]
    index: Index
    zones: Mapping[str, Zone]
    places: Mapping[str, Place]
    regions: Mapping[str, frozenset[str]]
    devices: Mapping[str, Device]
    indications: Mapping[str, Indication]
    adjuncts: Mapping[str, Adjunct]
    scales: Mapping[str, Scale]
    sessions: Mapping[str, SessionsRow]
    modifiers: Mapping[str, Modifier]
    limits: Mapping[str, Limit]
    visits: Mapping[str, VisitKind]
    stop_rules: Mapping[str, StopRule]
    roles: Mapping[str, Role]
    wording: Mapping[str, VerdictWords]
    preparation: Mapping[str, Preparation]
    aftercare: Mapping[str, Aftercare]
    recovery: Mapping[str, Recovery]
    red_flags: Mapping[str, RedFlag]
    readings: Mapping[str, Reading]

    def words(self, verdict: Verdict) -> VerdictWords:
        """How a verdict is told."""
        return self.wording[verdict.word]

    @property
    def words_for_nothing(self) -> VerdictWords:
        """How it is told that nothing can be planned, though no verdict stands in the way."""
        return self.wording[NOTHING_PLANNED]

    def goal(self, indication: str, goal: str) -> Goal | None:
        """A goal of an indication, by its id; None where none was named."""
        return next((one for one in self.indications[indication].goal if one.id == goal), None)

    @property
    def session_limits(self) -> tuple[Limit, ...]:
        """The limits that no plan can hold alone: whoever needles holds them, with the text before their eyes."""
        return tuple(limit for limit in self.limits.values() if {"session", "text"} <= set(limit.enforced_at))

    @property
    def session_stops(self) -> tuple[StopRule, ...]:
        """What ends a session and no screening rule sees, because it shows under the needle only."""
        return tuple(stop for stop in self.stop_rules.values() if stop.enforced_at == ("session",) and not stop.rule)
