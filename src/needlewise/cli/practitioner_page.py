"""A consultation for the practitioner: the verdict, what stands behind it, what would change it, and the plan."""

from collections.abc import Iterable

from needlewise.cli.page import Page
from needlewise.cli.plan_text import write_plan
from needlewise.cli.wording import mark_in_words, places_in_words, plural
from needlewise.clinical.reasons import Reason
from needlewise.consultation import Consultation
from needlewise.interop.days import short_day
from needlewise.knowledge import Protocol, Scope, Verdict


def practitioner_page(consultation: Consultation, protocol: Protocol) -> str:
    """The whole consultation as text."""
    on = consultation.on
    page = Page()
    page.title("Consultation", on.isoformat())
    eligible = short_day(consultation.eligible_on, on) if consultation.eligible_on else ""
    page.pairs([("Verdict", consultation.verdict.word.upper()), ("Eligible", eligible)])
    _write_zones(page, consultation, protocol)
    open_reasons = [reason for reason in consultation.reasons if _is_open(reason, protocol)]
    fired = [reason for reason in consultation.reasons if not _is_open(reason, protocol)]
    _write_reasons(page, fired, consultation, protocol)
    _write_questions(page, open_reasons, consultation, protocol)
    write_plan(page, consultation, protocol)
    if consultation.warnings:
        page.section("Warnings")
        for text in consultation.warnings:
            page.item(text, 2)
    _write_sources(page, fired, consultation, protocol)
    page.section("Edition")
    reviewed = protocol.edition.reviewed
    signed = f"reviewed on {reviewed.isoformat()}" if reviewed else "not reviewed by a medical director: drafts only"
    page.text(f"{consultation.edition} ({signed})", 2)
    page.text("Needlewise recommends; a health professional decides and signs.", 2)
    return str(page)


def _is_open(reason: Reason, protocol: Protocol) -> bool:
    """Whether a reason only asks: no rule says so of itself."""
    rule = protocol.rules.get(reason.rule)
    return reason.verdict is Verdict.ASK and (rule is None or rule.verdict is not Verdict.ASK)


def _write_zones(page: Page, consultation: Consultation, protocol: Protocol) -> None:
    on = consultation.on
    groups: dict[tuple[str, str], list[str]] = {}
    for zone in consultation.zones:
        days = []
        # After an exclusion the waits still end, but on no day does the zone become eligible.
        if zone.eligible_on and zone.verdict is not Verdict.EXCLUDE:
            days.append(f"eligible {short_day(zone.eligible_on, on)}")
        if zone.ready_on and zone.ready_on > on and zone.verdict is not Verdict.EXCLUDE:
            days.append(f"ready {short_day(zone.ready_on, on)}, once prepared")
        groups.setdefault((zone.verdict.word, "; ".join(days)), []).append(zone.place)
    page.section("Zones")
    rows = []
    for (verdict, waits), places in groups.items():
        rows.append((verdict, places_in_words(places, protocol)))
        if waits:
            rows.append(("", waits))
    page.table(rows)


def _write_reasons(page: Page, fired: list[Reason], consultation: Consultation, protocol: Protocol) -> None:
    page.section("What fires")
    if not fired:
        page.text("No rule fires.", 2)
    for number, reason in enumerate(fired):
        if number:
            page.blank()
        page.text(f"{reason.verdict.word.upper()}  {reason.title}  [{reason.rule}]", 2)
        page.text(reason.because, 4)
        page.pairs(_reason_rows(reason, consultation, protocol), indent=4)


def _reason_rows(reason: Reason, consultation: Consultation, protocol: Protocol) -> Iterable[tuple[str, str]]:
    on = consultation.on
    where = "the whole person" if reason.scope is Scope.PERSON else _where(reason.places, consultation, protocol)
    cleared = f"; written word of {reason.clearance}" if reason.clearance else ""
    yield "where", f"{where}{cleared}"
    yield "answers", "; ".join(f"{used.fact}: {used.said or 'not known'}" for used in reason.facts)
    yield "effect", reason.effect
    yield "waits until", short_day(reason.earliest_on, on) if reason.earliest_on else ""
    rule = protocol.rules.get(reason.rule)
    yield "stricter choice", f"{rule.strict_days} days, for a clinic's own overlay" if rule and rule.strict_days else ""
    yield "basis", mark_in_words(reason.mark)
    yield "why", reason.mark.why
    yield "sources differ", reason.mark.differ
    yield "would change it", " ".join(reason.changes) or "nothing that is known here"
    if reason.verdict is Verdict.CAUTION:
        needed = " with a written reason" if reason.reason_needed else ""
        yield "acknowledged", "yes" if reason.acknowledged else f"not yet; to be done{needed}"


def _where(places: tuple[str, ...], consultation: Consultation, protocol: Protocol) -> str:
    """The places in words; where it is all of them, shortly."""
    wished = {zone.place for zone in consultation.zones}
    return "every zone" if wished == set(places) and len(wished) > 1 else places_in_words(places, protocol)


def _write_questions(page: Page, open_reasons: list[Reason], consultation: Consultation, protocol: Protocol) -> None:
    questions = consultation.questions
    if not questions:
        return
    page.section(f"Open questions, the most decisive first ({len(questions)})")
    for question in questions:
        where = f" ({_where(question.places, consultation, protocol)})" if question.places else ""
        page.item(f"{question.text}{where}", 2)
        rules = dict.fromkeys(r.rule for r in open_reasons if any(used.fact == question.fact for used in r.facts))
        decides = ", ".join(name for name in rules if name in protocol.rules) or "the plan"
        could = f"could become {question.could_become.word}"
        page.text(f"{question.fact}: {could}; asked of the {question.answered_by}; decides {decides}", 4)
        page.text(question.asked_because, 4)


def _write_sources(page: Page, fired: list[Reason], consultation: Consultation, protocol: Protocol) -> None:
    """What is cited above, once each."""
    marks = [reason.mark for reason in fired]
    marks += [concern.mark for concern in (consultation.plan.concerns if consultation.plan else ()) if concern.mark]
    names = dict.fromkeys(cite.id for mark in marks for cite in mark.sources)
    if names:
        page.section(f"Sources cited here ({plural(len(names), 'source')})")
        page.pairs(((name, protocol.sources[name].citation) for name in names), indent=2)
