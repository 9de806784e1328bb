"""What the practitioner's copy says: every number with its chain of steps, every rule with its mark and sources."""

from collections.abc import Iterator
from typing import Any

from needlewise.clinical.anaesthesia import NumbingCream
from needlewise.clinical.case import Case
from needlewise.clinical.planning import ConcernPlan, Plan
from needlewise.clinical.reasons import Reason
from needlewise.clinical.trace import Step
from needlewise.clinical.visits import SESSION, Dose, Visit, VisitZone
from needlewise.consultation import Consultation
from needlewise.interop.days import day_range, day_words, span, with_spoken_dates
from needlewise.interop.handouts.depths import depths_of, passes_in_words
from needlewise.interop.handouts.schedule import schedule
from needlewise.interop.places import places_in_words
from needlewise.knowledge import Mark, Protocol, Verdict


def practitioner_data(consultation: Consultation, case: Case, protocol: Protocol) -> dict[str, Any]:
    """The data of templates/practitioner.typ."""
    on, plan = consultation.on, consultation.plan
    edition = consultation.edition
    return {
        "on": day_words(on, on),
        "edition": str(edition),
        "compiled": day_words(protocol.compiled, on),
        "reviewed": day_words(edition.reviewed, on) if edition.reviewed else None,
        "ladder": [verdict.word for verdict in Verdict],
        "verdict": consultation.verdict.word,
        "eligible_on": day_words(consultation.eligible_on, on) if consultation.eligible_on else None,
        "signable": bool(plan and plan.signable),
        "provisional": bool(plan and plan.provisional),
        "zones": list(_zones(consultation, protocol)),
        "reasons": [_reason(reason, protocol) for reason in consultation.reasons if reason.verdict is not Verdict.ASK],
        "questions": [
            {
                "could_become": question.could_become.word,
                "text": question.text,
                "fact": question.fact,
                "places": places_in_words(question.places, protocol),
                "answered_by": question.answered_by,
            }
            for question in consultation.questions
        ],
        "to_acknowledge": list(_to_acknowledge(plan, consultation)) if plan else [],
        "said": _said(case, protocol),
        "concerns": [_concern(concern, protocol) for concern in plan.concerns] if plan else [],
        "in_session": _in_session(consultation, protocol),
        "sessions": [_session(visit, consultation, protocol) for visit in plan.visits if visit.zones] if plan else [],
        "chains": list(_chains(plan, case, protocol)) if plan else [],
        "warnings": list(consultation.warnings),
        "numbing": _numbing(consultation.numbing) if consultation.numbing else None,
        "visits": [_visit(visit, consultation) for visit in plan.visits] if plan else [],
        "schedule": schedule(consultation, _mark),
        "conflicts": _conflicts(consultation, protocol),
        "sources": _sources(consultation, protocol),
    }


def _mark(mark: Mark) -> dict[str, Any]:
    return {
        "origin": mark.origin.value,
        "basis": mark.basis.value,
        "sources": [cite.id for cite in mark.sources],
        "why": mark.why,
        "differ": mark.differ,
        "conflicts": list(mark.conflicts),
    }


def _zones(consultation: Consultation, protocol: Protocol) -> Iterator[dict[str, Any]]:
    """The verdict of every wished place; places of which all the same holds share a row."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for zone in consultation.zones:
        groups.setdefault((zone.verdict, zone.eligible_on, zone.ready_on, zone.reasons), []).append(zone.place)
    for (verdict, eligible_on, ready_on, reasons), places in groups.items():
        yield {
            "places": places_in_words(places, protocol),
            "verdict": verdict.word,
            "eligible_on": day_words(eligible_on, consultation.on) if eligible_on else None,
            "ready_on": day_words(ready_on, consultation.on) if ready_on else None,
            "rules": list(dict.fromkeys(consultation.reasons[number].rule for number in reasons)),
        }


def _reason(reason: Reason, protocol: Protocol) -> dict[str, Any]:
    rule = protocol.rules.get(reason.rule)
    return {
        "rule": reason.rule,
        "title": reason.title,
        "verdict": reason.verdict.word,
        "places": places_in_words(reason.places, protocol) if reason.places else "whole person",
        "because": reason.because,
        "facts": [{"fact": used.fact, "said": used.said or "not known"} for used in reason.facts],
        "effect": reason.effect,
        "stricter_days": rule.strict_days if rule else None,
        "changes": [with_spoken_dates(change) for change in reason.changes],
        "acknowledged": reason.acknowledged,
        "mark": _mark(reason.mark),
    }


def _to_acknowledge(plan: Plan, consultation: Consultation) -> Iterator[dict[str, Any]]:
    by_rule = {reason.rule: reason for reason in consultation.reasons}
    for rule in plan.to_acknowledge:
        reason = by_rule[rule]
        yield {"rule": rule, "title": reason.title, "effect": reason.effect, "reason_needed": reason.reason_needed}


def _said(case: Case, protocol: Protocol) -> list[dict[str, str]]:
    """What professionals wrote down: clearances, depths beyond the ceiling, cautions acknowledged."""
    labels = protocol.places
    return [
        *(
            {
                "what": "Clearance",
                "of": ", ".join(one.rules),
                "text": f"{protocol.roles[one.role].who}: {one.by}, {one.on.isoformat()}"
                + (f", valid until {one.valid_until.isoformat()}" if one.valid_until else "")
                + (f", with a wait of {one.wait_days} days" if one.wait_days is not None else "")
                + (f", for {', '.join(labels[place].label for place in one.places)} only" if one.places else ""),
            }
            for one in case.clearances
        ),
        *(
            {
                "what": "Override",
                "of": f"{labels[one.place].label}, {one.depth_mm:g} mm",
                "text": f"{one.reason}{f' ({one.by})' if one.by else ''}",
            }
            for one in case.overrides
        ),
        *(
            {"what": "Acknowledged", "of": one.rule, "text": one.reason or "no reason given"}
            for one in case.acknowledgements
        ),
    ]


def _concern(concern: ConcernPlan, protocol: Protocol) -> dict[str, Any]:
    row, goal = protocol.indications[concern.concern], protocol.goal(concern.concern, concern.goal)
    return {
        "label": concern.label,
        "severity": row.severity_labels.get(concern.severity, "") or "severity not said",
        "goal": goal.words if goal else "",
        "unsupported": goal.unsupported_because if goal else "",
        "planned": bool(concern.places),
        "places": places_in_words(concern.places, protocol),
        "sessions": span(concern.sessions_min, concern.sessions_max),
        "done": concern.sessions_done,
        "interval": day_range(concern.interval_min_days, concern.interval_max_days),
        "mark": _mark(concern.mark) if concern.mark else None,
        "scales": [protocol.scales[name].name for name in concern.scales],
        "adjuncts": [protocol.adjuncts[name].name for name in concern.adjuncts],
        "left_out": [
            {
                "place": protocol.places[out.place].label,
                "why": with_spoken_dates(out.why),
                "instead": with_spoken_dates(out.instead),
            }
            for out in concern.left_out
        ],
    }


def _in_session(consultation: Consultation, protocol: Protocol) -> dict[str, Any]:
    """What no plan can hold: the limits for the hand that needles, and what ends the session. Empty without a session."""
    if not (consultation.plan and consultation.plan.sessions):
        return {"hold": [], "stop": []}
    return {
        "hold": [{"id": row.id, "text": row.text, "mark": _mark(row.mark)} for row in protocol.session_limits],
        "stop": [
            {"id": row.id, "text": f"{row.text} {row.action}", "mark": _mark(row.mark)}
            for row in protocol.session_stops
        ],
    }


def _visit(visit: Visit, consultation: Consultation) -> dict[str, Any]:
    number = f" {visit.number}" if visit.kind == SESSION else ""
    return {
        "label": f"{visit.label}{number}",
        "on": day_words(visit.on, consultation.on),
        "until": day_words(visit.until, consultation.on) if visit.until else None,
        "note": visit.note,
        "if_needed": visit.if_needed,
    }


def _session(visit: Visit, consultation: Consultation, protocol: Protocol) -> dict[str, Any]:
    """A session with its zones; where the same is done at several places, they share a row."""
    groups: dict[tuple[Any, ...], list[VisitZone]] = {}
    for zone in visit.zones:
        key = (zone.depth_mm, zone.ceiling_mm, zone.limit_mm, zone.passes_min, zone.passes, zone.end_point, zone.device)
        groups.setdefault((*key, zone.dose), []).append(zone)
    return {
        **_visit(visit, consultation),
        "zones": [
            {
                "places": places_in_words((zone.place for zone in zones), protocol),
                "depth_mm": zones[0].depth_mm,
                "ceiling_mm": zones[0].ceiling_mm,
                "limit_mm": zones[0].limit_mm,
                "passes": passes_in_words(zones[0].passes_min, zones[0].passes),
                "end_point": zones[0].end_point.value,
                "device": protocol.devices[zones[0].device].name if zones[0].device else "none named",
                "dose": _dose(zones[0].dose),
            }
            for zones in groups.values()
        ],
    }


def _dose(dose: Dose) -> dict[str, Any]:
    return {
        "holes_per_cm2": dose.holes_per_cm2,
        "open_area_percent": dose.open_area_percent,
        "missing": [name.replace("_", " ") for name in dose.missing],
    }


def _numbing(cream: NumbingCream) -> dict[str, Any]:
    return {
        "asked": cream.asked.replace("-", " "),
        "allowed": cream.allowed,
        "prescriber_first": cream.prescriber_first,
        "most_grams": cream.most_grams,
        "area_max_cm2": cream.area_max_cm2,
        "time_max_minutes": cream.time_max_minutes,
        "against": list(cream.against),
        "mark": _mark(cream.mark),
    }


def _chains(plan: Plan, case: Case, protocol: Protocol) -> Iterator[dict[str, Any]]:
    """For each place the steps that led to its numbers; places with the same steps and skin share them."""
    places = {zone.place: zone for visit in reversed(plan.sessions) for zone in visit.zones}
    for entry in depths_of(plan, case, protocol):
        yield {**entry, "steps": [_step(step) for step in places[entry["places"][0]].trace]}


def _step(step: Step) -> dict[str, Any]:
    return {
        "of": step.of,
        "text": step.text,
        "value": step.value,
        "row": step.row,
        "decided": step.decided,
        "mark": _mark(step.mark),
    }


def _conflicts(consultation: Consultation, protocol: Protocol) -> list[dict[str, str]]:
    """Every disagreement of sources that a mark of the copy names."""
    named = {name for mark in _marks(consultation, protocol) for name in mark.conflicts}
    rows = [protocol.conflicts[name] for name in sorted(named)]
    return [{"id": row.id, "topic": row.topic, "found": row.found, "default": row.default} for row in rows]


def _sources(consultation: Consultation, protocol: Protocol) -> list[dict[str, str]]:
    """Every source that the copy names, in alphabetical order of its id."""
    names = sorted({cite.id for mark in _marks(consultation, protocol) for cite in mark.sources})
    rows = [protocol.sources[name] for name in names]
    return [{"id": row.id, "citation": row.citation, "basis": row.basis.value, "read": row.read} for row in rows]


def _marks(consultation: Consultation, protocol: Protocol) -> Iterator[Mark]:
    yield from (reason.mark for reason in consultation.reasons if reason.verdict is not Verdict.ASK)
    yield from (entry.mark for entry in consultation.timeline)
    if consultation.numbing:
        yield consultation.numbing.mark
    if consultation.plan and consultation.plan.sessions:
        yield from (row.mark for row in protocol.session_limits)
        yield from (row.mark for row in protocol.session_stops)
    if consultation.plan:
        yield from (concern.mark for concern in consultation.plan.concerns if concern.mark)
        yield from (step.mark for visit in consultation.plan.visits for zone in visit.zones for step in zone.trace)
