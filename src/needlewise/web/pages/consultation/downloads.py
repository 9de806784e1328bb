"""What can be taken away. Each is made from the posted form; nothing is kept, and no file name says whose it is."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from needlewise.clinical.case import Case
from needlewise.clinical.tips import Pathway, tips_by_day
from needlewise.consultation import Consultation
from needlewise.errors import HealingError, NeedlewiseError, Problem
from needlewise.interop.case_toml import as_toml
from needlewise.interop.days import long_day
from needlewise.knowledge import Protocol, load_learning
from needlewise.web.pages.consultation import views
from needlewise.web.pages.consultation.considering import consider
from needlewise.web.pages.consultation.foretelling import expected_of
from needlewise.web.pages.consultation.form_reading import Table
from needlewise.web.pages.consultation.page_context import page_context
from needlewise.web.reading import protocol_on

# What answers could not be read for is not handed out.
UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Held:
    """A consultation held from a form that was read without a problem."""

    plan_id: str
    tables: Table
    case: Case
    consultation: Consultation
    protocol: Protocol


@require_POST
def plan_pdf(request: HttpRequest) -> HttpResponse:
    return _handed_out(request, "plan.pdf", "application/pdf", _plan_pdf)


@require_POST
def practitioner_sheet(request: HttpRequest) -> HttpResponse:
    return _handed_out(request, "practitioner.pdf", "application/pdf", _practitioner_pdf)


@require_POST
def calendar(request: HttpRequest) -> HttpResponse:
    return _handed_out(request, "calendar.ics", "text/calendar; charset=utf-8", _calendar)


@require_POST
def tips(request: HttpRequest) -> HttpResponse:
    return _handed_out(request, "tips.txt", "text/plain; charset=utf-8", _tips)


@require_POST
def case_file(request: HttpRequest) -> HttpResponse:
    return _handed_out(request, "case.toml", "application/toml; charset=utf-8", _case)


@require_POST
def document(request: HttpRequest) -> HttpResponse:
    return _handed_out(request, "consultation.json", "application/json", _document)


def _handed_out(request: HttpRequest, name: str, kind: str, make: Callable[[Held], bytes | str]) -> HttpResponse:
    """The file; or the page, with what stands in the way of it."""
    on = views.today()
    protocol = protocol_on(on)
    sheet = views.sheet_of(request, protocol)
    outcome = consider(sheet, protocol, on)
    problems: tuple[Problem, ...] = outcome.problems
    if outcome.case is not None and outcome.consultation is not None and not problems:
        try:
            held = Held(sheet.text(views.PLAN_ID), outcome.tables, outcome.case, outcome.consultation, protocol)
            return _file(make(held), name, kind)
        except NeedlewiseError as error:
            problems = error.problems
    context = page_context(sheet, replace(outcome, problems=problems), protocol, on)
    return render(request, "consultation/page.html", context, status=UNPROCESSABLE)


def _file(content: bytes | str, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


# Imported when asked for: setting type takes a moment to load, and most consultations end on the screen.


def _plan_pdf(held: Held) -> bytes:
    from needlewise.interop.handouts import patient_pdf  # noqa: PLC0415
    from needlewise.web.pages.consultation.expecting import healing_of  # noqa: PLC0415

    expected = expected_of(held.case, held.consultation)
    try:
        healing = healing_of(held.case, held.consultation)
    except HealingError:
        # The plan does not wait for a model.
        healing = ()
    return patient_pdf(held.consultation, held.case, held.protocol, expected, healing)


def _practitioner_pdf(held: Held) -> bytes:
    from needlewise.interop.handouts import practitioner_pdf  # noqa: PLC0415

    return practitioner_pdf(held.consultation, held.case, held.protocol, expected_of(held.case, held.consultation))


def _calendar(held: Held) -> bytes:
    from needlewise.interop.calendar import as_calendar  # noqa: PLC0415

    return as_calendar(held.consultation, held.protocol, stem=held.plan_id)


def _tips(held: Held) -> str:
    """The tip of each day of this plan. No calendar: those are shared, and a tip says what was done."""
    on = held.consultation.on
    pathway = Pathway(held.case, held.protocol, on, held.consultation.plan, held.consultation.timeline)
    found = tips_by_day(pathway, load_learning(held.protocol).tips)
    lines = [f"{long_day(day, on)}\n{tip.text}\n" for day, tip in found.items()]
    return "\n".join(
        ["Tips, day by day. No instruction: those stand in your plan.\n", *(lines or ["There is no tip on any day.\n"])]
    )


def _case(held: Held) -> str:
    return as_toml(held.tables, "A consultation. Answers that are not here were not asked.")


def _document(held: Held) -> str:
    from needlewise.interop.document import as_document  # noqa: PLC0415

    return json.dumps(as_document(held.consultation, held.protocol), ensure_ascii=False, indent=1)
