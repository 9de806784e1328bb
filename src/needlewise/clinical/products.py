"""Products in use that are paused before a session, so that they move the first visit.

A screening rule that reads the same product may have said so already; then nothing is said twice. A prescribed product
is never paused here; the text says whom to ask.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from needlewise.clinical.prescriptions import PRESCRIBER_DECIDES
from needlewise.clinical.reasons import FactUsed, Reason
from needlewise.clinical.spots import Spot, Survey
from needlewise.knowledge import (
    UNUSED,
    Answer,
    Preparation,
    Truth,
    Verdict,
    WaitKind,
    all_hold,
    can_be_prescribed,
    in_use,
    is_prescribed,
)

STOPPED = "stopped"
_NEVER_USED = UNUSED - {STOPPED}


def preparing(survey: Survey, found: Iterable[Reason]) -> Iterator[Reason]:
    """One reason for each product in use, or stopped too lately, at each spot where it is used.

    `found`: what the rules say already.
    """
    protocol, answers = survey.protocol, survey.case.answers
    # Neither an event nor a habit is a product: what lies behind one, the rules wait for, and the timeline says the rest.
    rows = []
    for row in protocol.preparation.values():
        known = answers.get(row.fact, ())
        # Nearly always there is one answer, and it says never.
        if not known or (len(known) == 1 and known[0].status in _NEVER_USED):
            continue
        if not (row.never_stop or row.by_prescriber) and can_be_prescribed(protocol.facts[row.fact]):
            rows.append(row)
    said = [reason for reason in found if reason.verdict is not Verdict.ASK] if rows else []
    for row in rows:
        for spot in survey.spots(protocol.facts[row.fact].scope):
            truth = all_hold(row.when, spot.lookup, spot.inputs, survey.on)
            if truth is not False:
                for answer in spot.lookup(row.fact):
                    reason = None if answer is None else _reason(row, truth, answer, spot, survey)
                    if reason is not None and not any(_says(one, reason, row.fact) for one in said):
                        yield reason


def _reason(row: Preparation, truth: Truth, answer: Answer, spot: Spot, survey: Survey) -> Reason | None:
    earliest = _earliest(row, answer, survey.on)
    prescribed = is_prescribed(answer)
    if not prescribed and earliest <= survey.on:
        return None
    text = row.text if truth else f"{row.if_text}: {row.text}"
    return Reason(
        f"preparation:{row.id}",
        row.item,
        Verdict.ADJUST,
        spot.scope,
        spot.places,
        row.prescribed_text if prescribed else text,
        row.mark,
        (FactUsed(row.fact, answer.said),),
        wait_kind=None if prescribed else WaitKind.PREPARATION,
        earliest_on=None if prescribed else earliest,
        changes=(PRESCRIBER_DECIDES,) if prescribed else (f"Waited out on {earliest.isoformat()}.",),
    )


def _earliest(row: Preparation, answer: Answer, on: date) -> date:
    """The first day on which the product has been left out for long enough; today where it never was used."""
    if in_use(answer):
        return on + timedelta(days=row.days_before)
    return (answer.on or on) + timedelta(days=row.days_before) if answer.status == STOPPED else on


def _says(one: Reason, reason: Reason, fact: str) -> bool:
    """Whether a rule says the same or more: it reads the product there, and waits at least as long. What it says of a
    prescribed one waits for nothing."""
    covers = not one.places or set(reason.places) <= set(one.places)
    if not covers or all(used.fact != fact for used in one.facts):
        return False
    if reason.earliest_on is None:
        return one.changes == (PRESCRIBER_DECIDES,)
    return one.earliest_on is not None and one.earliest_on >= reason.earliest_on
