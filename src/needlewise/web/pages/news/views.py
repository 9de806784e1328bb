"""Choose the news of a kind, and show it as a page or as a feed. Nothing is kept, and nobody is known."""

import hashlib
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from needlewise.interop.news.items import NewsKind, of_kind
from needlewise.web.pages.news.atom import as_atom
from needlewise.web.pages.news.presenting import CHOICES, months
from needlewise.web.pages.news.sheet import news_on

KIND = "kind"
NOT_FOUND = 404
ATOM = "application/atom+xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


def today() -> date:
    return date.today()


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The news by month, all or of one kind."""
    said = request.GET.get(KIND, "")
    if not _is_known(said):
        return _refused(request, said)
    kind = NewsKind(said) if said else None
    on = today()
    sheet = news_on(on)
    context = {
        "months": months(of_kind(sheet.items, kind), sheet, on),
        "kind": kind,
        "choices": [(choice or "", word, choice is kind) for choice, word in CHOICES.items()],
        "feed": f"{reverse('news-feed')}{_query(kind)}",
    }
    return render(request, "news/page.html", context)


@require_safe
def feed(request: HttpRequest) -> HttpResponseBase:
    """The Atom feed, all or of one kind. A reader that has it already is told so, without it."""
    said = request.GET.get(KIND, "")
    if not _is_known(said):
        text = f"No such kind of news. One of: {', '.join(NewsKind)}; or leave it out.\n"
        return HttpResponse(text, content_type=TEXT, status=NOT_FOUND)
    kind = NewsKind(said) if said else None
    sheet = news_on(today())
    page_address, own_address = (
        f"{request.build_absolute_uri(reverse(name))}{_query(kind)}" for name in ("news", "news-feed")
    )
    written = as_atom(of_kind(sheet.items, kind), kind, page_address, own_address)
    etag = f'"{hashlib.sha256(written).hexdigest()[:24]}"'
    # The days of the news are too coarse: two pieces of one day would look like one.
    read_at = int(sheet.read_at.timestamp())
    response = HttpResponse(written, content_type=ATOM, headers={"ETag": etag, "Last-Modified": http_date(read_at)})
    return get_conditional_response(request, etag=etag, last_modified=read_at, response=response) or response


def _refused(request: HttpRequest, said: str) -> HttpResponse:
    context = {
        "title": f"There is no news of kind “{said}”",
        "text": f"News is of one of these kinds: {', '.join(NewsKind)}.",
        "next": "Leave the kind out of the address to see all news.",
    }
    return render(request, "refusal.html", context, status=NOT_FOUND)


def _is_known(said: str) -> bool:
    return not said or said in set(NewsKind)


def _query(kind: NewsKind | None) -> str:
    return f"?{KIND}={kind}" if kind else ""
