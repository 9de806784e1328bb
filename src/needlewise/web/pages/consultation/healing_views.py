"""How the skin is expected to heal: a part of the plan that loads by itself, or a page of its own without script.

The answers come in the posted form and nowhere else, so that no address says anything of anyone.
"""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from needlewise.errors import HealingError, Problem
from needlewise.interop.expectations import MODEL_NO_PROMISE
from needlewise.web.pages.consultation import views
from needlewise.web.pages.consultation.considering import Outcome, consider
from needlewise.web.pages.consultation.page_context import Context
from needlewise.web.reading import protocol_on

if TYPE_CHECKING:
    from needlewise.web.pages.consultation.expecting import OutlookView

# The prefix of the fields of the panel; what reads them is imported late.
WHAT_IF = "what-if"
# Headings of a place and of its parts: below the plan, and on a page of its own.
PART, WHOLE = ("h5", "h6"), ("h2", "h3")


@never_cache
@require_POST
def healing(request: HttpRequest) -> HttpResponse:
    """The course that is expected of the posted plan, and a comparison where one was asked for."""
    on = views.today()
    protocol = protocol_on(on)
    sheet = views.sheet_of(request, protocol)
    outcome = consider(sheet, protocol, on)
    asked = {name: values[-1] for name, values in request.POST.lists() if name.startswith(WHAT_IF) and values}
    context = healing_context(outcome, asked)
    if request.headers.get("HX-Request") == "true":
        return render(request, "consultation/healing.html", context)
    context["heading"] = WHOLE
    context["fields"] = [(name, value) for name, values in sheet.as_dict().items() for value in values
                         if not name.startswith(WHAT_IF)]  # fmt: skip
    return render(request, "consultation/healing_page.html", context)


def healing_context(outcome: Outcome, asked: dict[str, str]) -> Context:
    """What the part shows; without a plan, why there is nothing."""
    from needlewise.interop import outlook  # noqa: PLC0415 - brings in the sciences
    from needlewise.web.pages.consultation.expecting import outlook_views  # noqa: PLC0415

    case, consultation = outcome.case, outcome.consultation
    found: list[OutlookView] = []
    not_reckoned: tuple[Problem, ...] = ()
    try:
        found = outlook_views(case, consultation, asked) if case and consultation else []
    except HealingError as error:
        not_reckoned = error.problems
    people = next((one.outlook.course.people for one in found if one.outlook.course), 0)
    return {
        "heading": PART,
        "outlooks": found,
        "not_reckoned": not_reckoned,
        "model": outlook.MODEL.format(people=f"{people:,}") if people else "",
        "model_no_promise": MODEL_NO_PROMISE,
        "no_alarm": outlook.NO_ALARM,
        "not_looks": outlook.NOT_LOOKS,
        "read_small": outlook.READ_SMALL,
        "redness_means": outlook.REDNESS,
        "read_year": outlook.READ_YEAR,
        "no_plan": consultation is None or consultation.plan is None,
    }
