"""Pages for requests that cannot be answered: kind, plain, and with the next step."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

FORBIDDEN, NOT_FOUND = 403, 404
# What the consultation page is asked for in an address.
EXAMPLE = "example"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it
    """The form came without its token: cookies are off, or the page is from another site."""
    context = {
        "title": "This form could not be accepted",
        "text": "It came without the token that shows that it was made here. That happens where cookies are off, or where "
        "they were cleared while the page was open.",
        "next": "Go back, keep what you have typed, allow cookies for this address, and reload the page.",
    }
    return render(request, "refusal.html", context, status=FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """No page, or no example, of that name."""
    context = {"title": "There is no such page"}
    if EXAMPLE in request.GET:
        context["text"] = "The address may be misspelt, or the example may have another name."
        context["next"] = "Every example is listed on the consultation page."
    else:
        context["text"] = "The address may be misspelt, or the page has been renamed."
        context["next"] = "Begin again here, or choose another page at the top."
    return render(request, "refusal.html", context, status=NOT_FOUND)
