"""What the trials say, as it was read: the base that pools, claims and forecasts are computed from.

It stands beside the protocol and is no part of it: a study more or less changes no edition of a decision.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from needlewise.knowledge._forecasting import Reckoning
from needlewise.knowledge._normalising import (
    AgentName,
    HarmKind,
    HarmName,
    ResponseKind,
    ResponseName,
    ScaleName,
)
from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._studies import Arm, Harm, Outcome, Study

VEHICLE, CARE = "vehicle", "care"


@dataclass(frozen=True, slots=True)
class EvidenceBase:
    """All studies, and the reviewed tables by which their words are made comparable.

    `digest` names the state of the files. Sources, scales and indications are those of the protocol it was read with.
    """

    digest: str
    protocol: Protocol
    studies: Mapping[str, Study]
    scale_names: Mapping[str, tuple[ScaleName, ...]]
    response_kinds: Mapping[str, ResponseKind]
    response_names: Mapping[str, ResponseName]
    harm_kinds: Mapping[str, HarmKind]
    harm_names: Mapping[str, HarmName]
    agents: Mapping[str, AgentName]
    reckoning: Reckoning

    def scale_of(self, scale: str, measure: str) -> ScaleName | None:
        """Which scale a spelling means where it measures this; None where no row makes it comparable."""
        rows = self.scale_names.get(scale or measure, ())
        row = next((one for one in rows if one.measure == measure), None)
        row = row or next((one for one in rows if not one.measure), None)
        return row if row is not None and row.scale else None

    def response_of(self, outcome: Outcome) -> ResponseKind | None:
        """The kind of responder an outcome counts; None where it counts none, or none that papers share."""
        row = self.response_names.get(outcome.response)
        return self.response_kinds[row.kind] if row is not None and row.kind else None

    def harm_of(self, harm: Harm) -> HarmKind | None:
        """The kind of an unwanted effect; None where papers share none."""
        row = self.harm_names.get(harm.event)
        return self.harm_kinds[row.kind] if row is not None and row.kind else None

    def active_agents(self, arm: Arm) -> tuple[str, ...]:
        """What else an arm had that may act of itself: ids of adjuncts, or `other`; sorted, each once."""
        kinds = {self.agents[name].is_a for name in arm.agents}
        return tuple(sorted(kinds - {VEHICLE, CARE}))

    def studies_of(self, indication: str) -> Iterator[Study]:
        """The studies of an indication, by id."""
        groups = self.protocol.indications[indication].studies
        return (study for study in self.studies.values() if study.group in groups)

    def citing(self, source: str) -> Iterator[Study]:
        """The studies that a source speaks of."""
        return (one for one in self.studies.values() if any(read.source == source for read in one.document))
