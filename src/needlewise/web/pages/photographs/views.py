"""The page of photographs: a form, and what two visits show. Nothing that is sent is kept, and no address holds any of it."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from needlewise.errors import PictureError, Problem
from needlewise.interop.measured import NO_FINDING, SIMULATED
from needlewise.web.pages.photographs import presenting
from needlewise.web.pages.photographs.asking import KEPT_BACK, Asked, read_form
from needlewise.web.pages.photographs.uploads import (
    MEGABYTE,
    MOST_BYTES,
    MOST_BYTES_SENT,
    MOST_BYTES_TOGETHER,
    MOST_PICTURES,
    VISITS,
    InMemory,
    Sent,
    sent_in,
)
from needlewise.web.pages.photographs.zones_written import EXAMPLE, EXAMPLE_STRIPE
from needlewise.web.reading import imaging_on, protocol_on

TOO_MUCH, BUSY = 413, 503
Context = dict[str, Any]
View = Callable[..., HttpResponseBase]


def today() -> date:
    return date.today()


def where_switched_on(view: View) -> View:
    """A clinic that has not switched the page on has no such page."""

    @wraps(view)
    def seen(request: HttpRequest, **of_address: str) -> HttpResponseBase:
        if not settings.PHOTOGRAPHS:
            raise Http404("not switched on")
        return view(request, **of_address)

    return seen


@where_switched_on
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
@csp_update({"img-src": ["data:"]})
@csrf_exempt  # so that nothing is read before the handler stands; what is answered below is protected
def page(request: HttpRequest) -> HttpResponseBase:
    """The form; where pictures were sent, what they show."""
    if request.method != "POST":
        return _shown(request, Asked())
    if _length(request) > MOST_BYTES_SENT:
        hint = "Send fewer pictures, or smaller ones."
        if not _is_swapped(request):
            hint += " Nothing of it was read, so go back in the browser: what was typed still stands there."
        problem = Problem(VISITS[0], "far too much was sent", _limits(), hint)
        return _shown(request, Asked(), problems=[problem], status=TOO_MUCH)
    handler = InMemory(request)
    request.upload_handlers = [handler]
    return csrf_protect(lambda asked: _answered(asked, handler))(request)


@where_switched_on
@require_safe
def card(request: HttpRequest, paper: str) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """The card that is laid beside the skin, to print. It is the same for everybody."""
    from needlewise.interop.handouts.printed_card import PAPERS, card_pdf  # noqa: PLC0415 - brings in OpenCV and typst

    if paper not in PAPERS:
        raise Http404("no such paper")
    response = HttpResponse(card_pdf(today(), paper), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="card-{paper}.pdf"'
    return response


def _length(request: HttpRequest) -> int:
    said = str(request.META.get("CONTENT_LENGTH") or "")
    return int(said) if said.isdecimal() else 0


def _answered(request: HttpRequest, handler: InMemory) -> HttpResponse:
    imaging, protocol = imaging_on(today()), protocol_on(today())
    asked, sent = read_form(request.POST.dict(), imaging, protocol), sent_in(request, handler)
    problems = [*sent.problems, *_missing(request, sent), *asked.problems]
    if problems and not any(sent.pictures.values()) and asked.table is None:
        return _shown(request, asked, problems=problems)
    # Seconds of loading, and only where pictures or zones came.
    from needlewise.web.pages.photographs.measuring import BusyError, faults, measure  # noqa: PLC0415
    from needlewise.web.pages.photographs.showing import found_view  # noqa: PLC0415

    if problems:
        return _shown(request, asked, problems=[*problems, *faults(sent.pictures, asked, imaging, protocol)])
    try:
        found, left_out = measure(sent.pictures, asked, imaging, protocol)
    except PictureError as error:
        return _shown(request, asked, problems=error.problems)
    except BusyError:
        problem = Problem(presenting.NOWHERE, "other pictures are being compared", "", "Try again in a minute.")
        return _shown(request, asked, problems=[problem], status=BUSY)
    return _shown(request, asked, found=found_view(found, left_out, imaging, protocol))


def _missing(request: HttpRequest, sent: Sent) -> list[Problem]:
    """Visits of which no picture came, unless it is told already that they were refused."""
    refused = {problem.where.split()[0] for problem in sent.problems}
    missing = [visit for visit in VISITS if not sent.pictures[visit] and visit not in refused]
    kept_back = {visit for visit in missing if f"{KEPT_BACK}{visit}" in request.POST}
    return [
        Problem(visit, "too many or too large pictures, so none was sent", _limits(), "Take some out, or smaller ones.")
        if visit in kept_back
        else Problem(
            visit, "no picture", f"1 to {MOST_PICTURES}", "Choose at least one; three tell how far shots differ."
        )
        for visit in missing
    ]


def _shown(
    request: HttpRequest, asked: Asked, *, problems: Sequence[Problem] = (), found: Any = None, status: int = 200
) -> HttpResponse:
    imaging, protocol = imaging_on(today()), protocol_on(today())
    views = presenting.problem_views(problems, protocol)
    context: Context = {
        "asked": asked,
        "found": found,
        "problems": views,
        "faults": presenting.by_field(views),
        "said": found.said if found else f"{len(views)} to put right." if views else "",
        "no_finding": NO_FINDING,
        "simulated": SIMULATED,
        "limits": _limits(),
        "most_pictures": MOST_PICTURES,
        "most_bytes": MOST_BYTES,
        "most_bytes_together": MOST_BYTES_TOGETHER,
        "taken": presenting.taken_choices(asked, imaging),
        "charts": presenting.chart_choices(asked),
        "needs": presenting.needs_of(imaging),
        "places": presenting.places_of(protocol),
        "example": EXAMPLE,
        "example_stripe": EXAMPLE_STRIPE,
    }
    template = "photographs/answer.html" if _is_swapped(request) else "photographs/page.html"
    return render(request, template, context, status=status)


def _is_swapped(request: HttpRequest) -> bool:
    """Whether the answer goes into a page that stays."""
    return request.headers.get("HX-Request") == "true"


def _limits() -> str:
    return (
        f"1 to {MOST_PICTURES} pictures of each visit, at most {MOST_BYTES // MEGABYTE} MB each and "
        f"{MOST_BYTES_TOGETHER // MEGABYTE} MB together"
    )
