"""A consultation as a JSON document, in the shape of `schema`."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from needlewise.clinical.adjuncts import AdjunctAdvice
from needlewise.clinical.fields import LeftOut
from needlewise.clinical.planning import ConcernPlan, Plan
from needlewise.clinical.questions import Question
from needlewise.clinical.reasons import Reason
from needlewise.clinical.screening import ZoneVerdict
from needlewise.clinical.timeline import Instruction
from needlewise.clinical.trace import Step
from needlewise.clinical.visits import Dose, Visit, VisitZone
from needlewise.consultation import Consultation
from needlewise.interop.schema import (
    SCHEMA,
    AdjunctDoc,
    ConcernDoc,
    ConsultationDoc,
    DoseDoc,
    InstructionDoc,
    LeftOutDoc,
    MarkDoc,
    NumbingDoc,
    PlanDoc,
    QuestionDoc,
    ReasonDoc,
    SourceDoc,
    StepDoc,
    VisitDoc,
    VisitZoneDoc,
    ZoneDoc,
)
from needlewise.knowledge import Mark, Protocol


def as_document(
    consultation: Consultation, protocol: Protocol, tables: Mapping[str, Any] | None = None
) -> ConsultationDoc:
    """A consultation as plain values, ready for `json.dumps`. With the `tables` of its case it can be replayed.

    `protocol` is the one that the consultation was made under.
    """
    document: ConsultationDoc = {
        "schema": SCHEMA,
        "edition": str(consultation.edition),
        "on": consultation.on.isoformat(),
        "verdict": consultation.verdict.word,
        "eligible_on": _day(consultation.eligible_on),
        "zones": [_zone(zone, consultation.reasons) for zone in consultation.zones],
        "reasons": [_reason(reason) for reason in consultation.reasons],
        "questions": [_question(question) for question in consultation.questions],
        "plan": _plan(consultation.plan, protocol) if consultation.plan else None,
        "timeline": [_instruction(entry) for entry in consultation.timeline],
        "numbing": _numbing(consultation),
        "warnings": list(consultation.warnings),
    }
    if tables is not None:
        document["case"] = plain(tables)
    return document


def plain(value: Any) -> Any:
    """Tables of a case file as JSON holds them: days become text."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _sources(mark: Mark) -> list[SourceDoc]:
    return [{"id": cite.id, "place": cite.place} for cite in mark.sources]


def _mark(mark: Mark) -> MarkDoc:
    return {
        "origin": mark.origin.value,
        "basis": mark.basis.value,
        "sources": _sources(mark),
        "why": mark.why,
        "differ": mark.differ,
        "conflicts": list(mark.conflicts),
    }


def _zone(zone: ZoneVerdict, reasons: tuple[Reason, ...]) -> ZoneDoc:
    return {
        "id": zone.place,
        "verdict": zone.verdict.word,
        "eligible_on": _day(zone.eligible_on),
        "ready_on": _day(zone.ready_on),
        "reasons": list(dict.fromkeys(reasons[number].rule for number in zone.reasons)),
    }


def _reason(reason: Reason) -> ReasonDoc:
    return {
        "rule": reason.rule,
        "title": reason.title,
        "verdict": reason.verdict.word,
        "scope": reason.scope.value,
        "zones": list(reason.places),
        "because": reason.because,
        "origin": reason.mark.origin.value,
        "basis": reason.mark.basis.value,
        "sources": _sources(reason.mark),
        "mark": _mark(reason.mark),
        "facts": [{"fact": used.fact, "said": used.said} for used in reason.facts],
        "effect": reason.effect,
        "wait": reason.wait_kind.value if reason.wait_kind else None,
        "earliest_on": _day(reason.earliest_on),
        "not_before": reason.not_before,
        "changes": list(reason.changes),
        "clearance": reason.clearance,
        "clearance_until": _day(reason.clearance_until),
        "acknowledged": reason.acknowledged,
        "reason_needed": reason.reason_needed,
    }


def _question(question: Question) -> QuestionDoc:
    return {
        "fact": question.fact,
        "could_become": question.could_become.word,
        "text": question.text,
        "asked_because": question.asked_because,
        "scope": question.scope.value,
        "zones": list(question.places),
        "answered_by": question.answered_by,
    }


def _plan(plan: Plan, protocol: Protocol) -> PlanDoc:
    return {
        "signable": plan.signable,
        "provisional": plan.provisional,
        "draft": plan.draft,
        "to_acknowledge": list(plan.to_acknowledge),
        "concerns": [_concern(concern, protocol) for concern in plan.concerns],
        "visits": [_visit(visit) for visit in plan.visits],
        "adjuncts": [_adjunct(advice) for advice in plan.adjuncts],
    }


def _adjunct(advice: AdjunctAdvice) -> AdjunctDoc:
    return {
        "adjunct": advice.adjunct,
        "name": advice.name,
        "allowed": advice.allowed,
        "by": advice.by,
        "text": advice.text,
        "outcome": advice.outcome,
        "days_apart": advice.days_apart,
        "against": list(advice.against),
        "caution": advice.caution,
        "mark": _mark(advice.mark),
    }


def _concern(concern: ConcernPlan, protocol: Protocol) -> ConcernDoc:
    goal = protocol.goal(concern.concern, concern.goal)
    return {
        "concern": concern.concern,
        "label": concern.label,
        "severity": concern.severity,
        "goal": concern.goal,
        "supported": goal.supported if goal else protocol.indications[concern.concern].supported,
        "unsupported_because": goal.unsupported_because if goal else "",
        "sessions_min": concern.sessions_min,
        "sessions_max": concern.sessions_max,
        "sessions_done": concern.sessions_done,
        "done_by_zone": dict(concern.done_by_place),
        "interval_min_days": concern.interval_min_days,
        "interval_max_days": concern.interval_max_days,
        "zones": list(concern.places),
        "left_out": [_left_out(out) for out in concern.left_out],
        "mark": _mark(concern.mark) if concern.mark else None,
        "scales": list(concern.scales),
        "adjuncts": list(concern.adjuncts),
    }


def _left_out(out: LeftOut) -> LeftOutDoc:
    return {"zone": out.place, "why": out.why, "instead": out.instead}


def _visit(visit: Visit) -> VisitDoc:
    return {
        "kind": visit.kind,
        "label": visit.label,
        "date": visit.on.isoformat(),
        "until": _day(visit.until),
        "number": visit.number,
        "if_needed": visit.if_needed,
        "note": visit.note,
        "zones": [_visit_zone(zone) for zone in visit.zones],
    }


def _visit_zone(zone: VisitZone) -> VisitZoneDoc:
    return {
        "zone": zone.place,
        "session": zone.session,
        "concerns": list(zone.concerns),
        "depth_mm": zone.depth_mm,
        "start_mm": zone.start_mm,
        "ceiling_mm": zone.ceiling_mm,
        "limit_mm": zone.limit_mm,
        "passes_min": zone.passes_min,
        "passes": zone.passes,
        "end_point": zone.end_point.value,
        "device": zone.device,
        "dose": _dose(zone.dose),
        "trace": [_step(step) for step in zone.trace],
    }


def _dose(dose: Dose) -> DoseDoc:
    return {
        "holes_per_cm2": dose.holes_per_cm2,
        "open_area_percent": dose.open_area_percent,
        "missing": list(dose.missing),
    }


def _step(step: Step) -> StepDoc:
    return {
        "of": step.of,
        "text": step.text,
        "value": step.value,
        "row": step.row,
        "decided": step.decided,
        "mark": _mark(step.mark),
    }


def _instruction(entry: Instruction) -> InstructionDoc:
    document: InstructionDoc = {
        "from": entry.from_on.isoformat(),
        "until": _day(entry.until),
        "kind": entry.kind.value,
        "item": entry.item,
        "text": entry.text,
        "row": entry.row,
        "sources": _sources(entry.mark),
        "origin": entry.mark.origin.value,
        "basis": entry.mark.basis.value,
        "session": entry.session,
        "hours_from": entry.hours_from,
        "hours_until": entry.hours_until,
    }
    if entry.not_known:
        document["not_known"] = True
    return document


def _numbing(consultation: Consultation) -> NumbingDoc | None:
    cream = consultation.numbing
    if cream is None:
        return None
    return {
        "asked": cream.asked,
        "allowed": cream.allowed,
        "prescriber_first": cream.prescriber_first,
        "most_grams": cream.most_grams,
        "area_max_cm2": cream.area_max_cm2,
        "time_max_minutes": cream.time_max_minutes,
        "against": list(cream.against),
        "mark": _mark(cream.mark),
    }
