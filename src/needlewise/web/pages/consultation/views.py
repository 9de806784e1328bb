"""Parse the form, consult, render. Nothing about medicine is decided here."""

from datetime import date
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from needlewise.consultation import consult, read_case
from needlewise.errors import CaseError, Problem
from needlewise.knowledge import Protocol, load_protocol


@cache
def protocol_on(on: date) -> Protocol:
    return load_protocol(on)


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    on = date.today()
    protocol = protocol_on(on)
    facts = {name: value for name, value in request.POST.items() if name in protocol.facts and value}
    consultation = None
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        zones = [name for name in request.POST.getlist("zones") if name]
        data = {"concern": [{"indication": request.POST.get("indication"), "zones": zones}], "facts": facts}
        try:
            consultation = consult(read_case(data, protocol, on), protocol, on)
        except CaseError as error:
            problems = error.problems
    context = {"protocol": protocol, "facts": facts, "consultation": consultation, "problems": problems}
    return render(request, "consultation/page.html", context)
