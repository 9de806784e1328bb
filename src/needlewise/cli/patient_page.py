"""A consultation for the patient, in plain words: what is planned and why, before and after, when to call.

Sentences about care come from the consultation, the words for a verdict from the protocol; here stand the headings.
"""

from collections.abc import Iterator

from needlewise.cli.care_text import write_after, write_before, write_calls
from needlewise.cli.page import Page
from needlewise.cli.wording import places_in_words
from needlewise.clinical.case import Case
from needlewise.clinical.fields import LeftOut
from needlewise.clinical.planning import Plan
from needlewise.clinical.reasons import Reason
from needlewise.clinical.visits import CHECK_IN, SESSION, Visit
from needlewise.consultation import Consultation
from needlewise.interop.days import day_range, long_day, plain_day
from needlewise.knowledge import Protocol, Verdict, WaitKind

PATIENT = "patient"
_SAID_BY_VERDICT = (Verdict.EXCLUDE, Verdict.DEFER, Verdict.REFER)


def patient_page(consultation: Consultation, case: Case, protocol: Protocol) -> str:
    """The plan and its reasons as a patient reads them."""
    plan = consultation.plan
    planned = bool(plan and plan.visits)
    page = Page()
    page.title("Your plan and why" if planned else "About your treatment", plain_day(consultation.on))
    _write_verdict(page, consultation, protocol, planned=planned)
    _write_why(page, consultation, protocol)
    _write_questions(page, consultation, protocol)
    _write_unsupported(page, consultation, case, protocol)
    if plan and planned:
        _write_plan(page, plan, consultation, protocol)
        write_before(page, consultation)
        write_after(page, consultation, plan)
        write_calls(page, consultation, protocol)
    else:
        wishes = dict.fromkeys(protocol.indications[concern.indication].plain_label for concern in case.concerns)
        page.section("You asked about")
        page.text("; ".join(wishes), 2)
    page.section("About this page")
    page.text("Needlewise recommends; your practitioner decides with you, and signs.", 2)
    if consultation.edition.reviewed is None:
        page.text("It is a proposal: no medical director has reviewed this edition yet.", 2)
    page.text(f"Edition {consultation.edition}", 2)
    return str(page)


def _write_verdict(page: Page, consultation: Consultation, protocol: Protocol, *, planned: bool) -> None:
    verdict, eligible = consultation.verdict, consultation.eligible_on
    by_verdict = planned or verdict in _SAID_BY_VERDICT
    words = protocol.words(verdict) if by_verdict else protocol.words_for_nothing
    not_before = f" Not before {long_day(eligible, consultation.on)}." if eligible else ""
    page.text(f"{words.headline}{not_before}")
    page.text(words.line)


def _write_questions(page: Page, consultation: Consultation, protocol: Protocol) -> None:
    mine = [question for question in consultation.questions if question.answered_by == PATIENT]
    if not mine:
        return
    page.section("Please answer")
    wished = {zone.place for zone in consultation.zones}
    for question in mine:
        some = question.places and set(question.places) != wished
        where = f" ({places_in_words(question.places, protocol)})" if some else ""
        page.item(f"{question.text}{where}", 2)
        page.text(question.asked_because, 4)


def _write_unsupported(page: Page, consultation: Consultation, case: Case, protocol: Protocol) -> None:
    """Wishes behind which no protocol stands, and what is measured instead. After an exclusion no wish is met at all."""
    goals = [protocol.goal(concern.indication, concern.goal) for concern in case.concerns]
    unmet = [goal for goal in goals if goal and not goal.supported]
    if unmet and consultation.verdict is not Verdict.EXCLUDE:
        page.section("What we cannot promise")
        for goal in unmet:
            page.item(f"{goal.words[:1].upper()}{goal.words[1:]}: {goal.unsupported_because}", 2)


def _write_why(page: Page, consultation: Consultation, protocol: Protocol) -> None:
    told = list(_told(consultation))
    left_out = _left_out(consultation.plan, protocol)
    if not told and not left_out:
        return
    page.section("Why")
    for reason in told:
        place = f"{places_in_words(reason.places, protocol)}: " if reason.places else ""
        page.item(f"{place}{reason.because}", 2)
        for text in _changes(reason, consultation, protocol):
            page.text(text, 4)
    for (label, why), places in left_out.items():
        page.item(f"Left out for now: {label}, {places_in_words(places, protocol)}. {why}", 2)


def _told(consultation: Consultation) -> Iterator[Reason]:
    """The reasons a patient is told, each sentence once. Open questions have a list of their own."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for reason in consultation.reasons:
        key = (reason.because, reason.places)
        if reason.verdict is not Verdict.ASK and key not in seen:
            seen.add(key)
            yield reason


def _changes(reason: Reason, consultation: Consultation, protocol: Protocol) -> Iterator[str]:
    """What would change it, in words for the patient."""
    rule = protocol.rules.get(reason.rule)
    if reason.clearance:
        yield f"We have the word of {reason.clearance}."
    if reason.not_before:
        yield f"First: {reason.not_before}."
    if reason.earliest_on and reason.wait_kind is WaitKind.DEFER:
        yield f"The wait is over on {long_day(reason.earliest_on, consultation.on)}."
    if rule and rule.lifts_when:
        yield f"It falls away {rule.lifts_when}."
    if rule and rule.clearance and not reason.clearance:
        yield f"A letter from {protocol.roles[rule.clearance.role].who} can change this. {rule.clearance.condition}"


def _left_out(plan: Plan | None, protocol: Protocol) -> dict[tuple[str, str], list[str]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for concern in plan.concerns if plan else ():
        label = protocol.indications[concern.concern].plain_label
        for out in concern.left_out:
            groups.setdefault((label, f"{out.why}{_offer(out, protocol)}"), []).append(out.place)
    return groups


def _offer(out: LeftOut, protocol: Protocol) -> str:
    """Other goals that are offered instead, by their plain names; the rest of `instead` is for the practitioner."""
    row = protocol.indications[out.concern]
    offered = [] if row.supported else [protocol.indications[name].plain_label for name in row.offers_instead]
    return f" We can offer instead: {', '.join(offered)}." if offered else ""


def _write_plan(page: Page, plan: Plan, consultation: Consultation, protocol: Protocol) -> None:
    page.section("What we plan" + (", if all goes well" if plan.provisional else ""))
    for concern in plan.concerns:
        if concern.places:
            row = protocol.indications[concern.concern]
            goal = next((f" Your goal: {one.words}." for one in row.goal if one.id == concern.goal), "")
            page.item(f"{row.plain_label} ({places_in_words(concern.places, protocol)}).{goal}", 2)
            done = f", {concern.sessions_done} done" if concern.sessions_done else ""
            apart = day_range(concern.interval_min_days, concern.interval_max_days)
            page.text(f"{concern.sessions_min} to {concern.sessions_max} sessions{done}, {apart} apart.", 4)
    page.blank()
    page.table([_visit_row(visit, consultation) for visit in plan.visits if visit.kind != CHECK_IN])
    days = dict.fromkeys(visit.note for visit in plan.visits if visit.kind == CHECK_IN)
    if days:
        page.text(f"After each session we check in with you: {', '.join(days)}.", 2)


def _visit_row(visit: Visit, consultation: Consultation) -> tuple[str, str]:
    number = f" {visit.number}" if visit.kind == SESSION else ""
    until = f", until {long_day(visit.until, consultation.on)}" if visit.until else ""
    needed = ", only if needed" if visit.if_needed else ""
    return f"{visit.label}{number}", f"{long_day(visit.on, consultation.on)}{until}{needed}"
