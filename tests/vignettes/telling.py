"""A consultation told in plain sentences, one fact to a line, so that a clinician can check a case without reading code.

A line is `Kind subject: words.` The lines of a kind in `ALWAYS` must all stand on a card. A card may leave out any
other kind, but names all lines of a kind as soon as it names one.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from needlewise.clinical.fields import LeftOut
from needlewise.clinical.planning import ConcernPlan, Plan
from needlewise.clinical.reasons import Reason
from needlewise.clinical.screening import ZoneVerdict
from needlewise.clinical.timeline import Entry
from needlewise.clinical.visits import Visit, VisitZone
from needlewise.consultation import Consultation
from needlewise.knowledge import Protocol, Scope, Verdict

ALWAYS = (
    *("Visit", "Plan", "Zone", "Rule", "Question"),
    *("Course", "Left out", "Warning", "Test patch", "Sessions", "Depth", "Passes"),
)
OTHERS = (
    *("Ceiling set by", "Treated", "Dose", "Reassessment", "Final review", "Maintenance", "Check-ins"),
    *("Pause", "Ask", "Keep", "Numbing cream"),
)
_MM = re.compile(r"\d+(?:\.\d+)? mm")


def kind_of(line: str) -> str:
    """The kind of a line, known by how it begins."""
    return next((kind for kind in (*ALWAYS, *OTHERS) if line.startswith((f"{kind}:", f"{kind} "))), "")


def told(result: Consultation, protocol: Protocol) -> list[str]:
    """Everything decisive in a consultation, as lines."""
    return [line for tell in (_screening, _planning, _care) for line in tell(result, protocol)]


def _screening(result: Consultation, protocol: Protocol) -> Iterator[str]:
    yield f"Visit: {result.verdict.word}{_until(' until ', result.eligible_on)}."
    for words, places in _together((zone.place, _zone(zone)) for zone in result.zones):
        yield f"Zone {places}: {words}."
    for reason in result.reasons:
        if reason.verdict is not Verdict.ASK:
            where = _where(reason.scope, reason.places)
            yield f"Rule {reason.rule}: {reason.verdict.word}, {where}{_until(', until ', reason.earliest_on)}."
    for question in result.questions:
        where = _where(question.scope, question.places)
        yield f"Question {question.fact}: could become {question.could_become.word}, {where}."


def _planning(result: Consultation, protocol: Protocol) -> Iterator[str]:
    yield f"Plan: {_signable(result.plan)}."
    if result.plan is None:
        return
    for concern in result.plan.concerns:
        yield f"Course {concern.concern}: {_course(concern)}."
        for words, places in _together((out.place, _left_out(out, result.reasons)) for out in concern.left_out):
            yield f"Left out {places} ({concern.concern}): {words}"
    yield from _warnings(result.warnings, protocol)
    yield from _visits(result.plan)
    yield from _depths(result.plan.sessions)


def _care(result: Consultation, protocol: Protocol) -> Iterator[str]:
    pauses: dict[str, list[str]] = {}
    for entry in result.timeline:
        if entry.kind is Entry.PAUSE:
            pauses.setdefault(entry.item, []).append(f"{entry.from_on} to {entry.until}")
    restarts = {(entry.item, entry.from_on) for entry in result.timeline if entry.kind is Entry.RESTART}
    ends = {(entry.item, entry.until) for entry in result.timeline if entry.kind is Entry.PAUSE}
    assert restarts == ends, "every pause ends with the day to start again"
    for item, spans in pauses.items():
        yield f"Pause {item}: {'; '.join(spans)}."
    if not pauses:
        yield "Pause: nothing."
    for kind in (Entry.ASK, Entry.KEEP):
        items = sorted({entry.item for entry in result.timeline if entry.kind is kind})
        yield f"{kind.capitalize()}: {', '.join(items) or 'nothing'}."
    cream = result.numbing
    if cream is not None:
        may = "allowed" if cream.allowed else "not allowed"
        yield (
            f"Numbing cream: {may}, at most {cream.most_grams:g} g on {cream.area_max_cm2:g} cm2 "
            f"for {cream.time_max_minutes} minutes."
        )


def _zone(zone: ZoneVerdict) -> str:
    return f"{zone.verdict.word}{_until(', not before ', zone.eligible_on)}{_until(', ready on ', zone.ready_on)}"


def _signable(plan: Plan | None) -> str:
    if plan is None:
        return "none"
    if plan.signable:
        return "can be signed"
    because = [
        "provisional" if plan.provisional else "",
        "" if plan.visits else "nothing is planned",
        f"to acknowledge: {', '.join(plan.to_acknowledge)}" if plan.to_acknowledge else "",
    ]
    return f"cannot be signed: {'; '.join(filter(None, because))}"


def _course(concern: ConcernPlan) -> str:
    if not concern.places:
        return "nothing is planned"
    apart = f"{concern.interval_min_days} to {concern.interval_max_days} days apart"
    return f"{concern.sessions_min} to {concern.sessions_max} sessions, {apart}, {concern.sessions_done} done"


def _left_out(out: LeftOut, reasons: Iterable[Reason]) -> str:
    """The rule that leaves a place out, where one does; else the words of the plan."""
    rule = next((reason.rule for reason in reasons if reason.because == out.why and out.place in reason.places), "")
    return f"{f'by the rule {rule}.' if rule else out.why} {out.instead}".strip()


def _warnings(warnings: Iterable[str], protocol: Protocol) -> Iterator[str]:
    """A warning by its place and its figures: its wording may change, what it says may not."""
    by_label: dict[str, list[str]] = {}
    for place in protocol.places.values():
        by_label.setdefault(place.label, []).append(place.id)
        if place.side:
            by_label.setdefault(f"{place.zone.label}, both sides", []).append(place.id)
    found = []
    for warning in warnings:
        label, _, words = warning.partition(": ")
        figures = ", ".join(_MM.findall(words)) or words.rstrip(".")
        for place in by_label.get(label, [label]):
            found.append((place, figures if label in by_label else words or warning))
    for words, places in _together(found):
        yield f"Warning {places}: {words}."


def _visits(plan: Plan) -> Iterator[str]:
    dated: dict[str, list[Visit]] = {}
    for visit in plan.visits:
        dated.setdefault(visit.kind, []).append(visit)
    for visit in dated.get("test-patch", ()):
        yield f"Test patch: {visit.on}."
    if plan.sessions:
        sure, if_needed = (
            ", ".join(f"{visit.number} on {visit.on}" for visit in plan.sessions if visit.if_needed is wanted)
            for wanted in (False, True)
        )
        yield f"Sessions: {sure}{f'; if needed {if_needed}' if if_needed else ''}."
    for visit in dated.get("reassessment", ()):
        yield f"Reassessment ({visit.note}): {visit.on}."
    if "final-review" in dated:
        yield f"Final review: {', '.join(str(visit.on) for visit in dated['final-review'])}."
    for visit in dated.get("maintenance", ()):
        yield f"Maintenance: {visit.on} to {visit.until}."
    for number, visits in groupby(dated.get("check-in", ()), key=lambda visit: visit.number):
        yield f"Check-ins after session {number}: {', '.join(str(visit.on) for visit in visits)}."


def _depths(sessions: Iterable[Visit]) -> Iterator[str]:
    by_place: dict[str, list[tuple[int, VisitZone]]] = {}
    for visit in sessions:
        for zone in visit.zones:
            by_place.setdefault(zone.place, []).append((visit.number, zone))
    tellings: tuple[tuple[str, Callable[[list[tuple[int, VisitZone]]], str]], ...] = (
        ("Depth", _depth),
        ("Passes", _passes),
        ("Ceiling set by", _decided),
        ("Treated", _treated),
        ("Dose", _dose),
    )
    for kind, tell in tellings:
        for words, places in _together((place, tell(course)) for place, course in by_place.items()):
            yield f"{kind} {places}: {words}."


def _depth(course: list[tuple[int, VisitZone]]) -> str:
    depths = ", ".join(f"{zone.depth_mm:g}" for _, zone in course)
    ceiling = _over_time(course, lambda zone: f"ceiling {zone.ceiling_mm:g} mm")
    return f"{depths} mm; {ceiling}; {_over_time(course, lambda zone: f'limit {zone.limit_mm:g} mm')}"


def _passes(course: list[tuple[int, VisitZone]]) -> str:
    count = _over_time(
        course,
        lambda zone: f"{zone.passes_min} to {zone.passes}" if zone.passes_min < zone.passes else f"{zone.passes}",
    )
    end = _over_time(course, lambda zone: f"until {zone.end_point.value.replace('-', ' ')}")
    return f"{count}, {end}, {_over_time(course, lambda zone: f'with {zone.device}')}"


def _decided(course: list[tuple[int, VisitZone]]) -> str:
    def said(zone: VisitZone) -> str:
        step = next(step for step in zone.trace if step.of in ("ceiling", "limit") and step.decided)
        return f"{step.row}, {step.value:g} mm"

    return _over_time(course, said)


def _treated(course: list[tuple[int, VisitZone]]) -> str:
    return _over_time(course, lambda zone: " and ".join(zone.concerns))


def _dose(course: list[tuple[int, VisitZone]]) -> str:
    def said(zone: VisitZone) -> str:
        dose = zone.dose
        if dose.holes_per_cm2 is None or dose.open_area_percent is None:
            return f"not computable without {', '.join(dose.missing)}"
        return f"{dose.holes_per_cm2:g} holes per cm2, {dose.open_area_percent:.1f} % of the surface open"

    return _over_time(course, said)


def _over_time(course: list[tuple[int, VisitZone]], say: Callable[[VisitZone], str]) -> str:
    """What holds from the first session on, and from which session on it changes."""
    spans = [(words, next(span)[0]) for words, span in groupby(course, key=lambda at: say(at[1]))]
    return ", ".join(
        words if number == 0 else f"from session {first} on {words}" for number, (words, first) in enumerate(spans)
    )


def _where(scope: Scope, places: Iterable[str]) -> str:
    return "whole person" if scope is Scope.PERSON else _both_sides(places)


def _until(words: str, day: object) -> str:
    return f"{words}{day}" if day else ""


def _together(said: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The two sides of a zone as one where the same is said of both, in the order of the wishes."""
    groups: dict[tuple[str, str], list[str]] = {}
    for place, words in said:
        zone = place.removesuffix("-left").removesuffix("-right")
        groups.setdefault((zone, words), []).append(place)
    for (_, words), places in groups.items():
        yield words, _both_sides(places)


def _both_sides(places: Iterable[str]) -> str:
    given = tuple(dict.fromkeys(places))
    names = []
    for place in given:
        zone = place.removesuffix("-left").removesuffix("-right")
        both = {f"{zone}-left", f"{zone}-right"} <= set(given)
        names.append(f"{zone}, both sides" if both else place)
    return "; ".join(dict.fromkeys(names))
