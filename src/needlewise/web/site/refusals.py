"""Pages for requests that cannot be answered: kind, plain, and with the next step."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

BAD_REQUEST, FORBIDDEN, NOT_FOUND, GONE_WRONG = 400, 403, 404, 500
# What the consultation page is asked for in an address.
EXAMPLE = "example"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """What was sent cannot be read, or is more than any form here sends."""
    context = {
        "title": "What was sent could not be read",
        "text": "It was cut off on its way, or it is more than this form can send. Nothing of it was kept.",
        "next": "Go back: what you have typed is still there. Send it once more.",
    }
    return render(request, "refusal.html", context, status=BAD_REQUEST)


def gone_wrong(request: HttpRequest) -> HttpResponse:
    """The fault is ours. Nothing of what was sent is said again."""
    context = {
        "title": "Something went wrong here",
        "text": "It is the program’s fault, not yours. The log says where it happened, and nothing of what you have typed.",
        "next": "Go back: what you have typed is still there. If it happens again, tell whoever looks after this site.",
    }
    return render(request, "refusal.html", context, status=GONE_WRONG)


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
