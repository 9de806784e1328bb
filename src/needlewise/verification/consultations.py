"""What must hold of any consultation, whatever made it: checked on the value itself.

`variations` makes the consultations to check: a complete, quiet case in every answer it could differ in, one at a
time and with each clearance there is.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from math import inf
from typing import Any

from needlewise.clinical.birthdays import latest_birth
from needlewise.clinical.case import Case
from needlewise.clinical.planning import Plan
from needlewise.clinical.schedule import INTERVAL_LIMIT, least_interval_days
from needlewise.clinical.visits import override_for
from needlewise.consultation import Consultation, consult, read_case
from needlewise.knowledge import Cell, Fact, Kind, Protocol, Scope, Verdict
from needlewise.verification.medicines import stopped

Fault = tuple[str, str]


def faults(consultation: Consultation, case: Case, protocol: Protocol) -> Iterator[Fault]:
    """Every invariant that a consultation breaks, by its id, with what was found."""
    yield from stopped(consultation, case, protocol)
    plan = consultation.plan
    verdicts = {zone.place: zone for zone in consultation.zones}
    if plan is None:
        return
    if consultation.verdict is Verdict.EXCLUDE:
        yield "no-plan-after-exclude", "a plan after exclude"
    if plan.signable and consultation.verdict > Verdict.CAUTION:
        yield "signable-only-if-mild", f"signable at {consultation.verdict.word}"
    for visit in plan.visits:
        for zone in visit.zones:
            verdict = verdicts[zone.place]
            if verdict.verdict is Verdict.EXCLUDE:
                yield "no-plan-after-exclude", f"{zone.place} is planned though excluded"
            if plan.signable and verdict.verdict > Verdict.CAUTION:
                yield "signable-only-if-mild", f"{zone.place} is signable at {verdict.verdict.word}"
            for day in (consultation.eligible_on, verdict.eligible_on, verdict.ready_on):
                if day is not None and visit.on < day:
                    yield "not-before-eligible", f"{zone.place} on {visit.on}, eligible on {day}"
            if zone.depth_mm > zone.limit_mm:
                yield "depth-within-limit", f"{zone.place}: {zone.depth_mm} mm above the limit of {zone.limit_mm} mm"
            if zone.depth_mm > zone.ceiling_mm and override_for(zone.place, case.overrides) is None:
                yield "ceiling-needs-a-reason", f"{zone.place}: {zone.depth_mm} mm above {zone.ceiling_mm} mm"
            if not protocol.places[zone.place].zone.plannable:
                yield "never-inside-the-rim", f"{zone.place} is planned"
    yield from _rest_faults(plan, case, protocol)


def _rest_faults(plan: Plan, case: Case, protocol: Protocol) -> Iterator[Fault]:
    """The same place, its parent and its children rest between two sessions, and since they were last needled."""
    limit = protocol.limits[INTERVAL_LIMIT]
    for before, after in combinations(plan.sessions, 2):
        for zone in before.zones:
            place = protocol.places[zone.place]
            if any(other.place in place.near for other in after.zones):
                least = least_interval_days(limit, place, zone.depth_mm)
                if (after.on - before.on).days < least:
                    yield "rest-between-sessions", f"{zone.place}: {before.on} and {after.on}, at least {least} days"
    for visit in plan.visits:
        for zone in visit.zones:
            place = protocol.places[zone.place]
            for answer in case.answers.get("previous-needling", ()):
                if answer.on is None or (answer.where is not None and answer.where.isdisjoint(place.near)):
                    continue
                least = least_interval_days(limit, place, max(answer.depth_mm or inf, zone.start_mm))
                if (visit.on - answer.on).days < least:
                    yield "rest-between-sessions", f"{zone.place}: {answer.on} and {visit.on}, at least {least} days"


def quiet_case(protocol: Protocol, on: date) -> dict[str, Any]:
    """A complete case in which as little as possible fires: every question that is asked, answered least riskily."""
    facts: dict[str, Any] = {"phototype": "II", "sex": "female", "birth-date": date(1985, 5, 1)}
    data = {
        "concern": [
            {"indication": "atrophic-acne-scars", "severity": "moderate", "zones": ["cheek", "forehead"]},
            {"indication": "pattern-hair-loss", "zones": ["scalp"]},
        ],
        "clinic": {"devices": ["skinpen_precision"]},
        "facts": facts,
    }
    case = read_case(data, protocol, on)
    supposed = {c.fact: c for one in case.concerns for c in protocol.indications[one.indication].needs}
    while questions := consult(read_case(data, protocol, on), protocol, on).questions:
        for question in questions:
            fact = protocol.facts[question.fact]
            facts[fact.id] = supposed_answer(supposed[fact.id], fact, on) if fact.id in supposed else quiet_answer(fact)
    return data


def supposed_answer(supposed: Cell, fact: Fact, on: date) -> Any:
    """The answer that a wish supposes; of an event the least risky one: what is wished for has been there for years."""
    if fact.kind is not Kind.EVENT:
        return supposed.one_of[0]
    kinds = supposed.what or fact.what
    return {"on": on - timedelta(days=4000), **({"what": kinds[-1]} if kinds else {})}


def quiet_answer(fact: Fact) -> Any:
    """The least risky answer to a question."""
    if fact.kind is Kind.EVENT:
        return "never"
    if fact.kind is Kind.MEASURE:
        low, high = fact.range or (0.0, 0.0)
        return low if fact.riskier == "higher" else high
    return fact.options[0]


def variations(protocol: Protocol, on: date) -> Iterator[tuple[str, dict[str, Any]]]:
    """The quiet case, and every case that differs from it in one answer; each told in words."""
    base = quiet_case(protocol, on)
    yield "the quiet case", base
    for fact in protocol.facts.values():
        if fact.kind is Kind.CLEARANCE or fact.derived_from or fact.id == "birth-date":
            continue
        rest = {name: value for name, value in base["facts"].items() if name != fact.id}
        if fact.id in base["facts"]:
            yield f"{fact.id} not answered", {**base, "facts": rest}
        for value in _answers(fact, on):
            yield f"{fact.id} = {value}", {**base, "facts": {**rest, fact.id: value}}
    for years in (10, 17, 18, 21, 22, 59, 60, 90):
        yield f"aged {years}", {**base, "facts": {**base["facts"], "birth-date": latest_birth(on, years)}}


def _answers(fact: Fact, on: date) -> Iterator[Any]:
    """Answers of every kind to a question, dated ones at the edges of waits."""
    days = [on - timedelta(days=ago) for ago in (0, 1, 13, 14, 27, 28, 30, 179, 180, 364, 365, 4000)]
    if fact.kind is Kind.EVENT:
        yield "never"
        for day in days:
            for what in fact.what or ("",):
                yield {"on": day, **({"what": what} if what else {})}
    elif fact.kind is Kind.MEASURE:
        low, high = fact.range or (0.0, 0.0)
        middle = (low + high) / 2
        yield from (low, float(int(middle)) if fact.whole else middle, high)
    else:
        for option in fact.options:
            yield option
            if option in fact.dated:
                yield from ({"status": option, "on": day} for day in days)
        if fact.kind is Kind.MEDICINE:
            # In use, all of it prescribed; and at one place prescribed, elsewhere bought.
            used = fact.options[-1]
            yield {"status": used, "prescribed": True}
            if fact.scope is Scope.ZONE:
                yield [{"status": used, "prescribed": True, "where": ["forehead"]}, {"status": used}]


def all_clearances(protocol: Protocol, on: date) -> list[dict[str, Any]]:
    """Every clearance that any rule lets count, all conditions met."""
    return [
        {"role": rule.clearance.role, "rules": [rule.id], "by": "the one asked", "on": on, "condition_met": True}
        for rule in protocol.rules.values()
        if rule.clearance is not None
    ]
