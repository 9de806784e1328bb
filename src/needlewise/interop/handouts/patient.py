"""What the patient's handout says: the plan and why, and what to do on which day. Every sentence about care comes from
the consultation or the protocol; the template only lays it out."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from needlewise.clinical.case import Case
from needlewise.clinical.fields import LeftOut
from needlewise.clinical.planning import ConcernPlan, Plan
from needlewise.clinical.questions import DEVICES
from needlewise.clinical.reasons import Reason
from needlewise.clinical.timeline import Entry
from needlewise.clinical.visits import CHECK_IN, SESSION, Visit
from needlewise.consultation import Consultation
from needlewise.interop.days import day_range, day_words, listed, month_starts, span, with_spoken_dates
from needlewise.interop.handouts.care import after, before, calls
from needlewise.interop.handouts.depths import depths_of
from needlewise.interop.places import places_in_words
from needlewise.knowledge import BASIS_ORDER, Mark, Protocol, Verdict, WaitKind

ONE_YEAR = timedelta(days=365)
# So many sources and questions are named; of the rest, the number.
MOST_SOURCES = 3
MOST_QUESTIONS = 6
PATIENT = "patient"
# With one of these verdicts it is the verdict that a patient is told, whatever could be planned.
STANDS_IN_THE_WAY = (Verdict.REFER, Verdict.DEFER, Verdict.EXCLUDE)


def patient_data(consultation: Consultation, case: Case, protocol: Protocol) -> dict[str, Any]:
    """The data of templates/patient.typ."""
    on, plan = consultation.on, consultation.plan
    visits = plan.visits if plan else ()
    later = consultation.verdict is Verdict.DEFER or not visits
    return {
        "on": day_words(on, on),
        "edition": str(consultation.edition),
        "kind": "letter" if later else "plan",
        "verdict": consultation.verdict.word,
        "told": _told_first(consultation, protocol, planned=bool(visits)),
        "eligible_on": day_words(consultation.eligible_on, on) if consultation.eligible_on else None,
        "planned": bool(visits),
        "draft": consultation.edition.reviewed is None,
        "provisional": plan.provisional if plan else False,
        "to_acknowledge": len(plan.to_acknowledge) if plan else 0,
        "concerns": [_concern(concern, protocol) for concern in plan.concerns] if plan else _wishes(case, protocol),
        "visits": [_visit(visit, on) for visit in visits if visit.kind != CHECK_IN],
        "check_ins": _check_ins(visits),
        "ribbon": _ribbon(consultation) if visits else None,
        "depths": depths_of(plan, case, protocol) if plan else [],
        "reasons": [_reason(reason, consultation, protocol) for reason in _told(consultation, later=later)],
        **_questions(consultation),
        "left_out": list(_left_out(plan, protocol)) if plan else [],
        "numbing": _numbing(consultation),
        "before": before(consultation),
        "after": after(consultation),
        "calls": calls(consultation, protocol),
        **_sources(consultation, protocol),
    }


def _told_first(consultation: Consultation, protocol: Protocol, *, planned: bool) -> dict[str, Any]:
    """The first that a patient reads: the verdict, or that nothing can be planned though it does not stand in the way."""
    by_verdict = planned or consultation.verdict in STANDS_IN_THE_WAY
    words = protocol.words(consultation.verdict) if by_verdict else protocol.words_for_nothing
    return {"headline": words.headline, "line": words.line, "by_verdict": by_verdict}


def _concern(concern: ConcernPlan, protocol: Protocol) -> dict[str, Any]:
    mark = concern.mark
    return {
        **_wish(concern.concern, concern.goal, protocol),
        "planned": bool(concern.places),
        "places": places_in_words(concern.places, protocol),
        "sessions": span(concern.sessions_min, concern.sessions_max),
        "done": concern.sessions_done,
        "interval": day_range(concern.interval_min_days, concern.interval_max_days),
        "origin": mark.origin.value if mark else "",
        "basis": mark.basis.value if mark else "",
    }


def _wishes(case: Case, protocol: Protocol) -> list[dict[str, Any]]:
    return [{**_wish(c.indication, c.goal, protocol), "planned": False} for c in case.concerns]


def _wish(indication: str, goal: str, protocol: Protocol) -> dict[str, str]:
    wished = protocol.goal(indication, goal)
    return {
        "label": protocol.indications[indication].plain_label,
        "goal": wished.words if wished else "",
        "unsupported": wished.unsupported_because if wished else "",
    }


def _visit(visit: Visit, on: date) -> dict[str, Any]:
    return {
        "kind": visit.kind,
        "label": visit.label,
        "number": visit.number,
        "if_needed": visit.if_needed,
        "on": day_words(visit.on, on),
        "until": day_words(visit.until, on) if visit.until else None,
        "note": visit.note,
    }


def _check_ins(visits: tuple[Visit, ...]) -> dict[str, str]:
    """Days after every session on which we look, and those that follow the last session only."""
    sessions = {visit.number: visit.on for visit in visits if visit.kind == SESSION}
    days: dict[int, set[int]] = {number: set() for number in sessions}
    for visit in visits:
        if visit.kind == CHECK_IN and visit.number in sessions:
            days[visit.number].add((visit.on - sessions[visit.number]).days)
    if not days:
        return {"always": "", "last": ""}
    always = set.intersection(*days.values())
    last = days[max(days)] - always
    return {"always": listed(sorted(always)) if always else "", "last": listed(sorted(last)) if last else ""}


def _ribbon(consultation: Consultation) -> dict[str, Any]:
    """The year as one band: days from the consultation of every month, visit and pause."""
    on = consultation.on
    visits = consultation.plan.visits if consultation.plan else ()
    last = max(on + ONE_YEAR, *(visit.on for visit in visits))
    pauses = {(e.from_on, e.until) for e in consultation.timeline if e.kind is Entry.PAUSE and e.until}
    return {
        "days": (last - on).days,
        "months": [{"day": (day - on).days, "name": name} for day, name in month_starts(on, last)],
        "visits": [
            {"day": (visit.on - on).days, "kind": visit.kind, "number": visit.number, "if_needed": visit.if_needed}
            for visit in visits
        ],
        "pauses": sorted([(start - on).days, (end - on).days] for start, end in pauses if end),
    }


def _told(consultation: Consultation, *, later: bool) -> Iterator[Reason]:
    """The reasons that a patient is told, each once. Open questions have a list of their own, and what only says that a
    product pauses stands among the days. A letter names what stands in the way, and nothing else."""
    least = Verdict.PROCEED
    if later:
        least = Verdict.EXCLUDE if consultation.verdict is Verdict.EXCLUDE else Verdict.REFER
    seen = set()
    for reason in consultation.reasons:
        is_product = reason.rule.startswith("preparation:")
        is_told = reason.verdict >= least and reason.verdict is not Verdict.ASK and not is_product
        if is_told and reason.because not in seen:
            seen.add(reason.because)
            yield reason


def _reason(reason: Reason, consultation: Consultation, protocol: Protocol) -> dict[str, Any]:
    """A reason in words. Its places are named only where it does not hold for all of them."""
    on = consultation.on
    holds_everywhere = all(zone.place in reason.places for zone in consultation.zones)
    rule = protocol.rules.get(reason.rule)
    clearance = rule.clearance if rule and not reason.clearance else None
    deferred = reason.wait_kind is WaitKind.DEFER
    return {
        "verdict": reason.verdict.word,
        "places": "" if holds_everywhere else places_in_words(reason.places, protocol),
        "because": reason.because,
        "from": day_words(reason.earliest_on, on) if deferred and reason.earliest_on else None,
        "first": reason.not_before,
        "lifts_when": rule.lifts_when if rule else "",
        "who": protocol.roles[clearance.role].who if clearance else "",
        "condition": clearance.condition if clearance else "",
        "cleared_by": reason.clearance,
    }


def _questions(consultation: Consultation) -> dict[str, Any]:
    """Questions to the patient, the most decisive first; of those left over and those to the professional, the number.
    Which device the clinic has is not looked at with the patient."""
    texts = list(dict.fromkeys(one.text for one in consultation.questions if one.answered_by == PATIENT))
    return {
        "questions": texts[:MOST_QUESTIONS],
        "more_questions": max(0, len(texts) - MOST_QUESTIONS),
        "examined": sum(one.answered_by != PATIENT and one.fact != DEVICES for one in consultation.questions),
    }


def _left_out(plan: Plan, protocol: Protocol) -> Iterator[dict[str, Any]]:
    """What is left out, by its reason. Another goal is offered by its plain name."""
    groups: dict[tuple[str, str], list[LeftOut]] = {}
    for concern in plan.concerns:
        for out in concern.left_out:
            groups.setdefault((concern.concern, out.why), []).append(out)
    for (concern_id, why), outs in groups.items():
        row = protocol.indications[concern_id]
        offered = [] if row.supported else [protocol.indications[name].plain_label for name in row.offers_instead]
        yield {
            "label": row.plain_label,
            "places": places_in_words((out.place for out in outs), protocol),
            "why": with_spoken_dates(why),
            "instead": offered,
        }


def _numbing(consultation: Consultation) -> dict[str, Any] | None:
    cream = consultation.numbing
    if cream is None:
        return None
    return {"allowed": cream.allowed, "prescriber_first": cream.prescriber_first, "against": list(cream.against)}


def _sources(consultation: Consultation, protocol: Protocol) -> dict[str, Any]:
    """The strongest sources behind the plan and its reasons, by name; how many more there are."""
    marks: list[Mark] = [reason.mark for reason in consultation.reasons if reason.verdict is not Verdict.ASK]
    if consultation.plan:
        marks += [concern.mark for concern in consultation.plan.concerns if concern.mark]
        zones = [zone for visit in consultation.plan.visits for zone in visit.zones]
        marks += [step.mark for zone in zones for step in zone.trace]
    names = dict.fromkeys(cite.id for mark in marks for cite in mark.sources)
    strongest = sorted(names, key=lambda name: BASIS_ORDER[protocol.sources[name].basis])
    return {
        "sources": [protocol.sources[name].citation for name in strongest[:MOST_SOURCES]],
        "more_sources": max(0, len(strongest) - MOST_SOURCES),
    }
