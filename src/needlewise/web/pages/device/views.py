"""The calculator of the dose: an address in, figures out. Nothing is kept, and nobody is known."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import replace_url

from needlewise.interop.dose_words import CAUTION, in_words
from needlewise.knowledge import Biology
from needlewise.web.pages.device.asking import DEPTH, WANTED, Form, read_form
from needlewise.web.pages.device.presenting import (
    address_of,
    device_options,
    drawing_of,
    examples,
    figures_of,
    number_fields,
    unknowns_of,
    zone_options,
)
from needlewise.web.reading import biology_on

SESSION = ("passes", "glide_mm_per_second", "stamps", "area_cm2")


def today() -> date:
    return date.today()


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The form, and the dose where a depth was given."""
    biology = biology_on(today())
    protocol = biology.protocol
    form = read_form(request.GET.dict(), biology)
    context = {
        "form": form,
        "caution": CAUTION,
        "devices": device_options(form, protocol),
        "zones": zone_options(form, protocol),
        "sexes": [("", "Not said", not form.sex), *((sex, sex.title(), form.sex == sex) for sex in ("female", "male"))],
        "device_fields": number_fields(form, [name for name in form.fields if name not in SESSION]),
        "session_fields": number_fields(form, [DEPTH, *(name for name in form.fields if name in SESSION)]),
        "wanted_field": number_fields(form, [WANTED])[0],
        "unknowns": list(unknowns_of(biology)),
        "examples": examples(),
        "address": address_of(form),
        "said": "",
        **_found(form, biology),
    }
    response = render(request, "device/page.html", context)
    return (
        replace_url(response, f"{request.path}{context['address']}") if request.headers.get("HX-Request") else response
    )


def _found(form: Form, biology: Biology) -> dict[str, object]:
    if form.found is None:
        return {"said": "This cannot be reckoned." if form.troubles else ""}
    words = in_words(form.found)
    drawing, described = drawing_of(form.found, biology)
    return {
        "said": "; ".join(f"{one.name}: {one.value or 'not computable'}" for one in words.figures),
        "words": words,
        "figures": figures_of(form.found, words.figures, biology.protocol),
        "drawing": drawing,
        "described": described,
    }
