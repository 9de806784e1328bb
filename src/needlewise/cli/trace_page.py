"""The chain of steps behind the numbers of a zone, on demand: row, modifier, cap, each with its mark and sources."""

from collections.abc import Iterable

from needlewise.cli.exits import WrongUseError
from needlewise.cli.page import Page
from needlewise.cli.wording import mark_in_words, plural
from needlewise.clinical.trace import Step
from needlewise.clinical.visits import Visit, VisitZone
from needlewise.consultation import Consultation
from needlewise.errors import Problem
from needlewise.interop.days import short_day
from needlewise.knowledge import Mark, Protocol, Verdict

_WITHOUT_UNIT = "passes"


def trace_page(consultation: Consultation, protocol: Protocol, zones: Iterable[str]) -> str:
    """For each place of the zones named: its verdict and the steps to every number.

    Raises `WrongUseError` for a zone that no concern wishes for.
    """
    page = Page()
    page.title("Why these numbers", consultation.on.isoformat())
    for place in _places(consultation, protocol, zones):
        _write_place(page, place, consultation, protocol)
    page.section("Edition")
    page.text(str(consultation.edition), 2)
    return str(page)


def _places(consultation: Consultation, protocol: Protocol, zones: Iterable[str]) -> list[str]:
    wished = [zone.place for zone in consultation.zones]
    found: list[str] = []
    for name in zones:
        here = [place for place in wished if name in (place, protocol.places[place].zone.id)]
        if not here:
            known = name in protocol.places or name in protocol.zones
            said = f"`{name}` is not wished for in this case" if known else f"unknown zone `{name}`"
            raise WrongUseError(Problem("--why", said, f"one of: {', '.join(wished)}"))
        found += here
    return list(dict.fromkeys(found))


def _write_place(page: Page, place: str, consultation: Consultation, protocol: Protocol) -> None:
    verdict = next(zone for zone in consultation.zones if zone.place == place)
    page.section(f"{protocol.places[place].label} [{place}]: {verdict.verdict.word}")
    mine = [consultation.reasons[number] for number in verdict.reasons]
    for text in dict.fromkeys(f"{r.verdict.word}: {r.title} [{r.rule}]" for r in mine if r.verdict is not Verdict.ASK):
        page.item(text, 2)
    asking = dict.fromkeys(reason.rule for reason in mine if reason.verdict is Verdict.ASK)
    if asking:
        page.item(f"ask: {plural(len(asking), 'rule waits', 'rules wait')} for an answer: {', '.join(asking)}", 2)
    plan = consultation.plan
    for concern in plan.concerns if plan else ():
        for out in concern.left_out:
            if out.place == place:
                page.item(f"left out for {concern.label}: {out.why} {out.instead}", 2)
    planned = [(visit, zone) for visit in (plan.visits if plan else ()) for zone in visit.zones if zone.place == place]
    if not planned:
        page.text("Nothing is planned here.", 2)
        return
    first = planned[0][1]
    told: set[Mark] = set()
    for of in dict.fromkeys(step.of for step in first.trace):
        page.blank()
        page.text(_result(of, first), 2)
        for step in first.trace:
            if step.of == of:
                _write_step(page, step, told)
    page.blank()
    page.text(f"Depth by session: {'; '.join(_depth(visit, zone, consultation) for visit, zone in planned)}", 2)


def _depth(visit: Visit, zone: VisitZone, consultation: Consultation) -> str:
    return f"{short_day(visit.on, consultation.on)} {zone.depth_mm:.2f} mm"


def _result(of: str, zone: VisitZone) -> str:
    results = {
        "ceiling": f"ceiling: {zone.ceiling_mm:.2f} mm, the least of these, rounded down to the step of the device",
        "limit": f"limit: {zone.limit_mm:.2f} mm, never passed",
        "passes": f"passes: {zone.passes_min} to {zone.passes}",
        "end point": f"end point: {zone.end_point.value.replace('-', ' ')}",
    }
    return results.get(of, of)


def _write_step(page: Page, step: Step, told: set[Mark]) -> None:
    """One step. What stands behind several of them is written out once."""
    unit = "" if step.of == _WITHOUT_UNIT else " mm"
    value = "" if step.value is None else f" -> {step.value:g}{unit}"
    page.item(f"{step.text}{value}{' (decides)' if step.decided else ''} [{step.row}]", 4)
    if step.mark in told:
        page.text("Basis as above.", 6)
        return
    told.add(step.mark)
    page.text(mark_in_words(step.mark), 6)
    if step.mark.why:
        page.text(f"Why: {step.mark.why}", 6)
    if step.mark.differ:
        page.text(f"Sources differ: {step.mark.differ}", 6)
