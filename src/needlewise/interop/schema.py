"""The published shape of a consultation as JSON: these types are the schema in docs/reference."""

import sys
from typing import Any, NotRequired

if sys.version_info >= (3, 12):
    from typing import TypedDict
else:
    # What pydantic asks for below 3.12, and brings along.
    from typing_extensions import TypedDict

SCHEMA = "needlewise/consultation/1"


class SourceDoc(TypedDict):
    """A source and the place in it that was read."""

    id: str
    place: str


class MarkDoc(TypedDict):
    """Where a value comes from: read, chosen, computed or memory; and the best that stands behind it."""

    origin: str
    basis: str
    sources: list[SourceDoc]
    why: str
    differ: str
    conflicts: list[str]


class FactDoc(TypedDict):
    """An answer that was used; empty where it is not known."""

    fact: str
    said: str


class ReasonDoc(TypedDict):
    """One rule that fired, or that could fire were an answer known (`ask`)."""

    rule: str
    title: str
    verdict: str
    scope: str
    zones: list[str]
    because: str
    origin: str
    basis: str
    sources: list[SourceDoc]
    mark: MarkDoc
    facts: list[FactDoc]
    effect: str
    wait: str | None
    earliest_on: str | None
    not_before: str
    changes: list[str]
    clearance: str
    clearance_until: NotRequired[str | None]
    acknowledged: bool
    reason_needed: bool


class ZoneDoc(TypedDict):
    """The verdict for one wished place, and the rules behind it."""

    id: str
    verdict: str
    eligible_on: str | None
    ready_on: str | None
    reasons: list[str]


class QuestionDoc(TypedDict):
    """An open question and the most cautious verdict that one answer could cause."""

    fact: str
    could_become: str
    text: str
    asked_because: str
    scope: str
    zones: list[str]
    answered_by: str


class StepDoc(TypedDict):
    """One step of the chain that produced a number."""

    of: str
    text: str
    value: float | None
    row: str
    decided: bool
    mark: MarkDoc


class DoseDoc(TypedDict):
    """Holes per cm2 and open area, or what is missing to compute them."""

    holes_per_cm2: float | None
    open_area_percent: float | None
    missing: list[str]


class VisitZoneDoc(TypedDict):
    """What is done at one place in one visit; `session` counts this place's own sessions, 0 for a test patch."""

    zone: str
    session: int
    concerns: list[str]
    depth_mm: float
    start_mm: float
    ceiling_mm: float
    limit_mm: float
    passes_min: int
    passes: int
    end_point: str
    device: str
    dose: DoseDoc
    trace: list[StepDoc]


class VisitDoc(TypedDict):
    """A dated visit."""

    kind: str
    label: str
    date: str
    until: str | None
    number: int
    if_needed: bool
    note: str
    zones: list[VisitZoneDoc]


class LeftOutDoc(TypedDict):
    """A wished place that is not treated now, and why."""

    zone: str
    why: str
    instead: str


class ConcernDoc(TypedDict):
    """One concern of the plan. Where it is not `supported`, no trial protocol stands behind the wish, and
    `unsupported_because` says so in words for the patient."""

    concern: str
    label: str
    severity: str
    goal: str
    supported: bool
    unsupported_because: str
    sessions_min: int
    sessions_max: int
    sessions_done: int
    done_by_zone: dict[str, int]
    interval_min_days: int
    interval_max_days: int
    zones: list[str]
    left_out: list[LeftOutDoc]
    mark: MarkDoc | None
    scales: list[str]
    adjuncts: list[str]


class AdjunctDoc(TypedDict):
    """What holds for an adjunct that was asked for."""

    adjunct: str
    name: str
    allowed: bool
    by: str
    text: str
    outcome: str
    days_apart: int | None
    against: list[str]
    caution: str
    mark: MarkDoc


class PlanDoc(TypedDict):
    """The plan. `draft` until a medical director has reviewed the protocol edition."""

    signable: bool
    provisional: bool
    draft: bool
    to_acknowledge: list[str]
    concerns: list[ConcernDoc]
    visits: list[VisitDoc]
    adjuncts: list[AdjunctDoc]


# `from` is a keyword, so this one is written as a call.
InstructionDoc = TypedDict(
    "InstructionDoc",
    {
        "from": str,
        "until": str | None,
        "kind": str,
        "item": str,
        "text": str,
        "row": str,
        "sources": list[SourceDoc],
        "origin": str,
        "basis": str,
        "session": int,
        "hours_from": int | None,
        "hours_until": int | None,
        # It applies only because an answer is not known; left out where it is known to hold.
        "not_known": NotRequired[bool],
    },
)


class NumbingDoc(TypedDict):
    """Numbing cream, where it was asked for."""

    asked: str
    allowed: bool
    prescriber_first: bool
    most_grams: float | None
    area_max_cm2: float
    time_max_minutes: int
    against: list[str]
    mark: MarkDoc


class ConsultationDoc(TypedDict):
    """A whole consultation."""

    schema: str
    edition: str
    on: str
    verdict: str
    eligible_on: str | None
    zones: list[ZoneDoc]
    reasons: list[ReasonDoc]
    questions: list[QuestionDoc]
    plan: PlanDoc | None
    timeline: list[InstructionDoc]
    numbing: NumbingDoc | None
    warnings: list[str]
    # The tables of the case file, so that the decision can be replayed. Left out where they are kept elsewhere.
    case: NotRequired[dict[str, Any]]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - only needed to publish the schema

    schema = TypeAdapter(ConsultationDoc).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, **schema}
