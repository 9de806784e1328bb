"""Handouts on paper: a consultation as a tagged PDF, for the patient and for the practitioner.

The same consultation gives the same bytes. Sentences about care come from the consultation and the protocol; the
templates beside this file hold the layout, the headings and the names of the verdicts.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from needlewise.clinical.case import Case
from needlewise.consultation import Consultation
from needlewise.interop.expectations import Expectation
from needlewise.interop.handouts.foretelling import forecast_data
from needlewise.interop.handouts.healing import healing_data
from needlewise.interop.handouts.patient import patient_data
from needlewise.interop.handouts.practitioner import practitioner_data
from needlewise.interop.handouts.typesetting import typeset
from needlewise.knowledge import Protocol

if TYPE_CHECKING:
    from needlewise.interop.outlook import Outlook


def patient_pdf(
    consultation: Consultation,
    case: Case,
    protocol: Protocol,
    expected: Sequence[Expectation] = (),
    healing: Sequence["Outlook"] = (),
) -> bytes:
    """The patient's handout as PDF/UA: two pages; three where there is much to ask or to explain; one, like a letter,
    where there is no plan yet. What others gained, from `expectations`, stands on a page of its own behind it, and
    so does how skin is expected to heal, from `outlooks`.

    `case` and `protocol` are those that the consultation was made from. It names no person: the name is written in by
    hand. Raises `NeedlewiseError` where the page cannot be set.
    """
    told = {"forecast": forecast_data(expected, for_patient=True), "healing": healing_data(healing)}
    return typeset("patient.typ", patient_data(consultation, case, protocol) | told, _stamp(consultation.on))


def practitioner_pdf(
    consultation: Consultation, case: Case, protocol: Protocol, expected: Sequence[Expectation] = ()
) -> bytes:
    """The practitioner's copy as PDF/UA: verdicts, reasons with rules and marks, the plan with the chain of steps behind
    every number, what is still to do before signing, every source, and what the trials say of the plan.

    `case` and `protocol` are those that the consultation was made from. Raises `NeedlewiseError` where the page cannot
    be set.
    """
    told = {"forecast": forecast_data(expected, for_patient=False)}
    return typeset("practitioner.typ", practitioner_data(consultation, case, protocol) | told, _stamp(consultation.on))


def _stamp(day: date) -> int:
    return int(datetime.combine(day, time(), tzinfo=UTC).timestamp())
