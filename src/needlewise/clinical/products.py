"""Products in use that no screening rule speaks of: they are paused before a session, so they move the first visit.

A prescribed product is never paused here; the text says whom to ask.
"""

from collections.abc import Iterator
from datetime import timedelta

from needlewise.clinical.reasons import FactUsed, Reason
from needlewise.clinical.spots import Spot, Survey
from needlewise.knowledge import Answer, Preparation, Verdict, WaitKind, all_hold

IN_USE = "now"
STOPPED = "stopped"
USED = frozenset({IN_USE, STOPPED})


def preparing(survey: Survey) -> Iterator[Reason]:
    """One reason for each product in use, or stopped too lately, at each spot where it is used."""
    protocol, answers = survey.protocol, survey.case.answers
    used = [name for name in protocol.index.products if any(answer.status in USED for answer in answers.get(name, ()))]
    for row in protocol.preparation.values() if used else ():
        if row.fact not in used or row.never_stop or row.by_prescriber:
            continue
        fact = protocol.facts[row.fact]
        for spot in survey.spots(fact.scope):
            if all_hold(row.when, spot.lookup, spot.inputs, survey.on) is not False:
                for answer in spot.lookup(row.fact):
                    reason = None if answer is None else _reason(row, answer, spot, survey)
                    if reason is not None:
                        yield reason


def _reason(row: Preparation, answer: Answer, spot: Spot, survey: Survey) -> Reason | None:
    if answer.status == IN_USE:
        earliest = survey.on + timedelta(days=row.days_before)
    elif answer.status == STOPPED:
        earliest = (answer.on or survey.on) + timedelta(days=row.days_before)
        if earliest <= survey.on:
            return None
    else:
        return None
    prescribed = bool(answer.prescribed) and answer.status == IN_USE
    return Reason(
        f"preparation:{row.id}",
        row.item,
        Verdict.ADJUST,
        spot.scope,
        spot.places,
        row.prescribed_text if prescribed and row.prescribed_text else row.text,
        row.mark,
        (FactUsed(row.fact, answer.said),),
        wait_kind=None if prescribed else WaitKind.PREPARATION,
        earliest_on=None if prescribed else earliest,
        changes=("Its prescriber decides.",) if prescribed else (f"Waited out on {earliest.isoformat()}.",),
    )
