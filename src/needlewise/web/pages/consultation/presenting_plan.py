"""The plan in the words and groups of the page: sessions, depths, what was left out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from needlewise.clinical.depth import published_cap
from needlewise.clinical.planning import ConcernPlan, Plan
from needlewise.clinical.trace import Step
from needlewise.clinical.visits import Visit, VisitZone
from needlewise.interop.days import away, dated_day
from needlewise.knowledge import Place, Protocol, ThicknessCap
from needlewise.web.design.depth_glyph import Depths, Glyph, Layers, depth_glyph
from needlewise.web.design.marks import MarkView, mark_view, mark_words, sentence_case
from needlewise.web.pages.consultation.considering import Outcome
from needlewise.web.pages.consultation.presenting import names_of, paired
from needlewise.web.pages.consultation.wording import FIGURES, day_in_words, millimetres, readable

NEEDLED = ("test-patch", "session")


@dataclass(frozen=True, slots=True)
class ZoneDose:
    """What is done at a place, or at both sides of one, in one session."""

    label: str
    depth: str
    ceiling: str
    limit: str
    passes: str
    end_point: str
    device: str
    device_id: str
    dose: str
    missing: str
    marks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SessionView:
    kind: str
    label: str
    number: int
    day: str
    distance: str
    if_needed: bool
    zones: tuple[ZoneDose, ...]


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step of the chain behind a number."""

    of: str
    text: str
    value: str
    decided: bool
    words: str


@dataclass(frozen=True, slots=True)
class DepthPlate:
    """The depth glyph of a place with its numbers, the skin it is drawn from and the chain behind it."""

    id: str
    label: str
    sessions: str
    glyph: Glyph
    described: str
    skin: str
    skin_mark: MarkView | None
    first_depth: str
    last_depth: str
    trace: tuple[TraceStep, ...]
    marks: tuple[MarkView, ...]


@dataclass(frozen=True, slots=True)
class LeftOutView:
    names: str
    concern: str
    why: str
    instead: str


@dataclass(frozen=True, slots=True)
class ConcernView:
    label: str
    sessions: str
    interval: str
    where: str
    done: int
    scales: str
    adjuncts: tuple[str, ...]
    mark: MarkView | None


def session_views(plan: Plan, protocol: Protocol, on: date) -> list[SessionView]:
    return [
        SessionView(
            visit.kind, visit.label, visit.number, dated_day(visit.on), away(visit.on, on), visit.if_needed,
            tuple(_dose(_counted(label, zone, visit), zone, protocol) for label, zone in _groups(visit, protocol)),
        )
        for visit in plan.visits
        if visit.kind in NEEDLED
    ]  # fmt: skip


def follow_up_views(plan: Plan, protocol: Protocol, on: date) -> list[tuple[str, str, str, MarkView]]:
    """Label, day, note and mark of the visits at which nothing is needled."""
    marks = {kind.id: mark_view(kind.mark, protocol) for kind in protocol.visits.values()}
    return [
        (
            visit.label,
            day_in_words(visit.on, on),
            ", ".join(filter(None, ("if needed" if visit.if_needed else "", visit.note))),
            marks[visit.kind],
        )
        for visit in plan.visits
        if visit.kind not in NEEDLED
    ]


def _groups(visit: Visit, protocol: Protocol) -> Iterator[tuple[str, VisitZone]]:
    """Two sides of a zone as one where everything planned for them is the same."""
    by_place = {zone.place: zone for zone in visit.zones}
    for label, members in paired(by_place, protocol):
        zones = [by_place[place] for place in members]
        if len({_figures_of(zone) for zone in zones}) == 1:
            yield label, zones[0]
        else:
            yield from ((protocol.places[zone.place].label, zone) for zone in zones)


def _counted(label: str, zone: VisitZone, visit: Visit) -> str:
    """The zone, with its own count where it is not that of the visit."""
    return label if zone.session in (0, visit.number) else f"{label} (its session {zone.session})"


def _figures_of(zone: VisitZone) -> tuple[object, ...]:
    return (zone.depth_mm, zone.ceiling_mm, zone.limit_mm, zone.passes_min, zone.passes, zone.end_point, zone.device,
            zone.concerns, zone.dose, zone.session, tuple((step.text, step.value) for step in zone.trace))  # fmt: skip


def _dose(label: str, zone: VisitZone, protocol: Protocol) -> ZoneDose:
    dose = zone.dose
    said = [f"{dose.holes_per_cm2:,.0f} holes per cm²" if dose.holes_per_cm2 is not None else "",
            f"{dose.open_area_percent:.2f} % of the skin open" if dose.open_area_percent is not None else ""]  # fmt: skip
    return ZoneDose(
        label,
        millimetres(zone.depth_mm),
        millimetres(zone.ceiling_mm),
        millimetres(zone.limit_mm),
        f"{zone.passes_min}–{zone.passes}" if zone.passes_min < zone.passes else f"{zone.passes}",
        zone.end_point.value.replace("-", " "),
        protocol.devices[zone.device].name if zone.device else "",
        zone.device,
        ", ".join(part for part in said if part),
        ", ".join(FIGURES[name][0].lower() for name in dose.missing),
        tuple(_marks_of(zone.trace)),
    )


def _marks_of(trace: Iterable[Step]) -> Iterator[tuple[str, str]]:
    """The marks in words, each with the numbers it stands for: of the steps that set a number, the last."""
    last: dict[str, Step] = {}
    for step in trace:
        if step.of not in last or not last[step.of].decided or step.decided:
            last[step.of] = step
    groups: dict[str, list[str]] = {}
    for of, step in last.items():
        groups.setdefault(mark_words(step.mark), []).append(of)
    for words, numbers in groups.items():
        yield words, ", ".join(numbers)


@dataclass(frozen=True, slots=True)
class _Run:
    """Sessions on end at a place whose depth comes about in the same way; a later goal may change it."""

    zone: VisitZone
    first_number: int
    depths: tuple[float, ...]
    is_first: bool
    is_only: bool


def depth_plates(plan: Plan, outcome: Outcome, protocol: Protocol) -> list[DepthPlate]:
    """One plate for each place, or pair of places, and for each way in which its depth comes about."""
    runs = {
        place: _runs(place, plan.sessions) for place in dict.fromkeys(z.place for v in plan.sessions for z in v.zones)
    }
    plates = []
    for label, members in paired(runs, protocol):
        alike = len({tuple(_run_figures(run) for run in runs[place]) for place in members}) == 1
        groups = [(label, members[0])] if alike else [(protocol.places[place].label, place) for place in members]
        plates += [_plate(name, run, outcome, protocol) for name, place in groups for run in runs[place]]
    return plates


def _runs(place: str, sessions: Iterable[Visit]) -> list[_Run]:
    here = [(visit.number, zone) for visit in sessions for zone in visit.zones if zone.place == place]
    groups = [list(group) for _, group in groupby(here, key=lambda pair: _chain(pair[1]))]
    return [
        _Run(group[0][1], group[0][0], tuple(zone.depth_mm for _, zone in group), number == 0, len(groups) == 1)
        for number, group in enumerate(groups)
    ]


def _chain(zone: VisitZone) -> tuple[object, ...]:
    return (zone.ceiling_mm, zone.limit_mm, tuple((step.text, step.value, step.decided) for step in zone.trace))


def _run_figures(run: _Run) -> tuple[object, ...]:
    return (_chain(run.zone), run.first_number, run.depths)


def _plate(label: str, run: _Run, outcome: Outcome, protocol: Protocol) -> DepthPlate:
    zone, depths = run.zone, run.depths
    layers, skin, cap = layers_of(protocol.places[zone.place], outcome, protocol)
    start = zone.start_mm
    drawn = Depths(start, zone.ceiling_mm, zone.limit_mm, depths, run.first_number, run.is_first)
    marks = {step.mark: mark_view(step.mark, protocol) for step in zone.trace}
    described = (
        f"Cross-section of the skin to scale. {skin} Needle at {millimetres(depths[0])} mm in session {run.first_number}"
        + (f", {millimetres(depths[-1])} mm in the last" if depths[-1] != depths[0] else "")
        + f"; start {millimetres(start)}, ceiling {millimetres(zone.ceiling_mm)}, limit {millimetres(zone.limit_mm)} mm."
    )
    last = run.first_number + len(depths) - 1
    return DepthPlate(
        f"{zone.place}-{run.first_number}", label, "" if run.is_only else f"sessions {_span(run.first_number, last)}",
        depth_glyph(layers, drawn), described, skin, mark_view(cap.mark, protocol) if cap else None,
        millimetres(depths[0]), millimetres(depths[-1]),
        tuple(_trace_step(step, marks[step.mark]) for step in zone.trace),
        tuple(mark for mark in marks.values() if mark.sources or mark.why),
    )  # fmt: skip


def _trace_step(step: Step, mark: MarkView) -> TraceStep:
    unit = "" if step.of == "passes" else " mm"
    value = "" if step.value is None else f"{step.value:g}{unit}"
    return TraceStep(step.of, step.text, value, step.decided, mark.words)


def layers_of(place: Place, outcome: Outcome, protocol: Protocol) -> tuple[Layers, str, ThicknessCap | None]:
    """The skin of a place as measured, else as published for the sex; in layers, in words, and the row it comes from."""
    answers = outcome.case.answers if outcome.case else {}
    measured = [
        answer.status
        for answer in answers.get("skin-thickness", ())
        if isinstance(answer.status, float) and (answer.where is None or not answer.where.isdisjoint(place.near))
    ]
    sexes = [str(answer.status) for answer in answers.get("sex", ())]
    cap = published_cap(place, sexes[0] if sexes else None)
    epidermis = _epidermis_mm(place, cap, protocol)
    if measured:
        least = min(measured)
        return Layers(least, None, epidermis), f"Skin here as measured: {millimetres(least)} mm.", cap
    if cap is None:
        return Layers(None, None, None), "No thickness is published for this place.", None
    words = f"Skin here as published ({cap.sex}): mean {millimetres(cap.mean_mm)} mm, thin end {millimetres(cap.low_mm)} mm."
    return Layers(cap.mean_mm, cap.low_mm, epidermis), words, cap


def _epidermis_mm(place: Place, cap: ThicknessCap | None, protocol: Protocol) -> float | None:
    """The epidermis from the same source, sex and zone as the whole skin; None where it was not read."""
    if cap is None:
        return None
    sources = {cite.id for cite in cap.mark.sources}
    for reading in protocol.readings.values():
        words = reading.words or {}
        same_skin = words.get("layer") == "epidermis" and words.get("sex") in (cap.sex, "both")
        if same_skin and place.zone.id in reading.zones and any(cite.id in sources for cite in reading.mark.sources):
            return (reading.numbers or {}).get("mean_mm")
    return None


def left_out_views(plan: Plan, protocol: Protocol, on: date) -> list[LeftOutView]:
    """Places that a concern leaves out now, together where the reason is the same."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for concern in plan.concerns:
        for out in concern.left_out:
            groups.setdefault((concern.label, out.why, out.instead), []).append(out.place)
    return [
        LeftOutView(names_of(places, protocol), label, readable(why, on), readable(instead, on))
        for (label, why, instead), places in groups.items()
    ]


def unsupported_views(plan: Plan, protocol: Protocol) -> list[tuple[str, str]]:
    """Wishes behind which no protocol stands: the wish, and what is said of it."""
    goals = [protocol.goal(concern.concern, concern.goal) for concern in plan.concerns]
    return [(sentence_case(goal.words), goal.unsupported_because) for goal in goals if goal and not goal.supported]


def concern_views(plan: Plan, protocol: Protocol) -> list[ConcernView]:
    return [_concern(concern, protocol) for concern in plan.concerns if concern.mark]


def _concern(concern: ConcernPlan, protocol: Protocol) -> ConcernView:
    return ConcernView(
        concern.label,
        _span(concern.sessions_min, concern.sessions_max),
        _span(concern.interval_min_days, concern.interval_max_days),
        names_of(concern.places, protocol),
        concern.sessions_done,
        ", ".join(protocol.scales[name].name for name in concern.scales if name in protocol.scales),
        tuple(protocol.adjuncts[name].text for name in concern.adjuncts if name in protocol.adjuncts),
        mark_view(concern.mark, protocol) if concern.mark else None,
    )


def _span(least: int, most: int) -> str:
    return f"{least}" if least == most else f"{least} to {most}"
