"""Read the form, consult, render. Nothing about medicine is decided here, and nothing is kept."""

import secrets
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from needlewise.knowledge import Protocol
from needlewise.web.pages.consultation.considering import consider
from needlewise.web.pages.consultation.examples import worked_examples
from needlewise.web.pages.consultation.form_actions import act
from needlewise.web.pages.consultation.form_filling import sheet_from
from needlewise.web.pages.consultation.page_context import Context, page_context
from needlewise.web.pages.consultation.sheet import Sheet
from needlewise.web.reading import protocol_on

# What the browser says of the regions it has; see `changed_regions`.
HAVE = "have"
# An opaque name for the plan on this page, so that a calendar made anew moves its entries. It says nothing of anyone.
PLAN_ID = "plan_id"


def today() -> date:
    return date.today()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The page with an empty form, with an example, or with what was posted and what it comes to."""
    on = today()
    protocol = protocol_on(on)
    sheet = sheet_of(request, protocol)
    if not sheet.text(PLAN_ID):
        sheet.put(PLAN_ID, secrets.token_hex(8))
    context = page_context(sheet, consider(sheet, protocol, on), protocol, on)
    if request.method == "POST" and request.headers.get("HX-Request") == "true":
        context |= changed_regions(request, context)
        return render(request, "consultation/answer.html", context)
    return render(request, "consultation/page.html", context)


def sheet_of(request: HttpRequest, protocol: Protocol) -> Sheet:
    if request.method == "POST":
        posted = {name: values for name, values in request.POST.lists() if name not in (HAVE, "csrfmiddlewaretoken")}
        return act(Sheet(posted), protocol)
    name = request.GET.get("example")
    if name is None:
        return Sheet()
    if name not in worked_examples():
        raise Http404("no such example")
    return sheet_from(worked_examples()[name].tables, protocol)


def changed_regions(request: HttpRequest, context: Context) -> Context:
    """Which parts of the form are to be sent again: those whose fields differ from the ones the browser has.

    Fields that are only filled in otherwise stay as they are, so that nobody's typing is overwritten.
    """
    have = dict(entry.split("=", 1) for entry in request.POST.getlist(HAVE) if "=" in entry)
    facts = [one for topic in context["topics"] for one in topic.asked if have.get(f"fact-{one.id}") != one.shape]
    return {
        "changed_facts": facts,
        "changed_wishes": have.get("wishes") != context["wishes_shape"],
        "changed_places": have.get("places") != context["places_shape"],
        "changed_next": have.get("next", "") != (context["next"] or {}).get("shape", ""),
        "changed_decisions": have.get("decisions", "") != getattr(context.get("decisions"), "shape", ""),
        "changed_depths": have.get("depths", "") != getattr(context.get("decisions"), "depths_shape", ""),
    }
