"""The plan on the practitioner's page: concerns, sessions, other visits, products, numbing cream."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from needlewise.cli.page import Page
from needlewise.cli.wording import mark_in_words, places_in_words
from needlewise.clinical.planning import ConcernPlan, Plan
from needlewise.clinical.timeline import Entry, Instruction
from needlewise.clinical.visits import SESSION, TEST_PATCH, Dose, Visit, VisitZone
from needlewise.consultation import Consultation
from needlewise.interop.days import short_day
from needlewise.knowledge import Protocol

PREPARATION = "preparation:"


def write_plan(page: Page, consultation: Consultation, protocol: Protocol) -> None:
    """Everything that is planned; a line where nothing is."""
    plan, on = consultation.plan, consultation.on
    page.section("Plan")
    if plan is None:
        page.text("None: nothing is planned after this verdict.", 2)
        return
    page.text(" ".join(_states(plan)), 2)
    for concern in plan.concerns:
        _write_concern(page, concern, protocol)
    needled = [visit for visit in plan.visits if visit.kind in (TEST_PATCH, SESSION)]
    if needled:
        page.section("Sessions")
    for visit in needled:
        _write_session(page, visit, on, protocol)
    _write_doses(page, needled, protocol)
    _write_other_visits(page, plan, on)
    _write_products(page, consultation)
    _write_numbing(page, consultation)


def _states(plan: Plan) -> Iterator[str]:
    if plan.signable:
        yield "It can be signed."
    elif plan.provisional:
        yield "Provisional: it cannot be signed with this verdict, and its dates may move."
    elif not plan.visits:
        yield "Nothing could be planned."
    if plan.to_acknowledge:
        yield f"To acknowledge first: {', '.join(plan.to_acknowledge)}."
    if plan.draft:
        yield "Draft: no medical director has reviewed this edition of the protocol."


def _write_concern(page: Page, concern: ConcernPlan, protocol: Protocol) -> None:
    indication = protocol.indications[concern.concern]
    goal = protocol.goal(concern.concern, concern.goal)
    severity = indication.severity_labels.get(concern.severity, concern.severity)
    page.blank()
    page.text(f"{concern.label}{f' - {goal.words}' if goal else ''}", 2)
    if goal and not goal.supported:
        page.text(goal.unsupported_because, 4)
    sessions = ""
    if concern.places:
        apart = f"{concern.interval_min_days} to {concern.interval_max_days} days apart"
        done = f"{concern.sessions_done} done" if concern.sessions_done else "none done yet"
        sessions = f"{concern.sessions_min} to {concern.sessions_max}, {apart}; {done}"
    rows = [
        ("severity", "" if severity == "any" else severity or "not said"),
        ("zones", places_in_words(concern.places, protocol)),
        ("sessions", sessions),
        ("basis", mark_in_words(concern.mark) if concern.mark else ""),
        ("why", concern.mark.why if concern.mark else ""),
        ("sources differ", concern.mark.differ if concern.mark else ""),
        ("measured by", "; ".join(protocol.scales[name].name for name in concern.scales)),
        ("may go with", "; ".join(protocol.adjuncts[name].name for name in concern.adjuncts)),
    ]
    page.pairs(rows, indent=4)
    grouped: dict[tuple[str, str], list[str]] = {}
    for out in concern.left_out:
        grouped.setdefault((out.why, out.instead), []).append(out.place)
    for (why, instead), places in grouped.items():
        page.item(f"Left out: {places_in_words(places, protocol)}. {why} {instead}", 4)


def _write_session(page: Page, visit: Visit, on: date, protocol: Protocol) -> None:
    name = f"Session {visit.number}" if visit.kind == SESSION else visit.label
    needed = ", if needed" if visit.if_needed else ""
    devices = {zone.device for zone in visit.zones}
    with_device = f", with {_device(devices.pop(), protocol)}" if len(devices) == 1 else ""
    page.blank()
    page.text(f"{name}{needed}: {short_day(visit.on, on)}{with_device}", 2)
    rows = [_zone_row(zone, places, protocol) for zone, places in _alike(visit.zones)]
    page.table(rows if not with_device else [row[:-1] for row in rows], indent=4)
    if visit.note:
        page.text(visit.note, 4)


def _device(name: str, protocol: Protocol) -> str:
    return protocol.devices[name].name if name else "any pen that reaches it"


def _alike(zones: tuple[VisitZone, ...]) -> list[tuple[VisitZone, list[str]]]:
    """Places at which the same is done, together."""
    groups: dict[VisitZone, list[str]] = {}
    for zone in zones:
        groups.setdefault(replace(zone, place="", trace=()), []).append(zone.place)
    by_place = {zone.place: zone for zone in zones}
    return [(by_place[places[0]], places) for places in groups.values()]


def _zone_row(zone: VisitZone, places: list[str], protocol: Protocol) -> tuple[str, ...]:
    passes = f"{zone.passes_min}-{zone.passes}" if zone.passes_min != zone.passes else str(zone.passes)
    return (
        places_in_words(places, protocol),
        f"{zone.depth_mm:.2f} mm",
        f"({zone.start_mm:.2f}..{zone.ceiling_mm:.2f}, limit {zone.limit_mm:.2f})",
        f"{passes} {'pass' if passes == '1' else 'passes'}",
        zone.end_point.value.replace("-", " "),
        _device(zone.device, protocol),
    )


def _write_doses(page: Page, needled: list[Visit], protocol: Protocol) -> None:
    """The dose of each place, once: it does not change from session to session."""
    if not needled:
        return
    rows: dict[str, list[str]] = {}
    for zone in needled[-1].zones:
        rows.setdefault(_dose(zone.dose), []).append(zone.place)
    page.blank()
    page.text("Depths run from the start to the ceiling (in brackets); above it only with a written reason.", 2)
    for dose, places in rows.items():
        page.text(f"Dose, {places_in_words(places, protocol)}: {dose}.", 2)
    page.text("For the steps that led to each number: `--why ZONE`. For aftercare: `--for patient`.", 2)


def _dose(dose: Dose) -> str:
    if dose.holes_per_cm2 is None:
        return f"not computable, for want of {', '.join(name.replace('_', ' ') for name in dose.missing)}"
    holes = f"{dose.holes_per_cm2:,.0f} holes per cm²"
    if dose.open_area_percent is None:
        return f"{holes}; open area not computable, for want of {', '.join(dose.missing).replace('_', ' ')}"
    return f"{holes}, {dose.open_area_percent:g} % of the skin open"


def _write_other_visits(page: Page, plan: Plan, on: date) -> None:
    rows = [_visit_row(visit, on) for visit in plan.visits if visit.kind not in (TEST_PATCH, SESSION)]
    if rows:
        page.section("Other visits")
        page.table(rows)


def _visit_row(visit: Visit, on: date) -> tuple[str, str, str]:
    until = f" until {visit.until.isoformat()}" if visit.until else ""
    after = f"after session {visit.number}" if visit.number else ""
    notes = (visit.note, after, "if needed" if visit.if_needed else "")
    return short_day(visit.on, on) + until, visit.label, ", ".join(note for note in notes if note)


def _write_products(page: Page, consultation: Consultation) -> None:
    """The product calendar: what is kept, asked about, paused, avoided and done daily before the sessions and between."""
    spans: dict[tuple[Entry, str], list[Instruction]] = {}
    for entry in consultation.timeline:
        if entry.row.startswith(PREPARATION) and (entry.kind is not Entry.DO or entry.is_daily):
            spans.setdefault((entry.kind, entry.row + entry.text), []).append(entry)
    if not spans:
        return
    page.section("Product calendar")
    for entries in spans.values():
        first = entries[0]
        page.item(f"{first.kind.value.upper()}  {first.item}: {first.text}", 2)
        page.text("; ".join(dict.fromkeys(map(_span, entries))), 4)


def _span(entry: Instruction) -> str:
    start = entry.from_on.isoformat()
    return f"{start} to {entry.until.isoformat()}" if entry.until and entry.until != entry.from_on else start


def _write_numbing(page: Page, consultation: Consultation) -> None:
    cream = consultation.numbing
    if cream is None:
        return
    page.section("Numbing cream")
    page.pairs(
        [
            ("asked for", cream.asked.replace("-", " ")),
            ("allowed", "yes" if cream.allowed else "no"),
            ("first", "a prescriber decides" if cream.prescriber_first else ""),
            ("at most", f"{cream.most_grams:g} g put on" if cream.most_grams is not None else "not computable yet"),
            ("area", f"at most {cream.area_max_cm2:g} cm² at once"),
            ("time", f"at most {cream.time_max_minutes} minutes"),
            ("basis", mark_in_words(cream.mark)),
        ],
        indent=2,
    )
    for text in cream.against:
        page.item(text, 2)
