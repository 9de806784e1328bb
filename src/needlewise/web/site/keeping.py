"""What a clinic's patients say is kept by nobody: no browser, nothing in between, no log."""

import logging
from collections.abc import Callable
from copy import copy
from traceback import StackSummary, format_list, walk_tb
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

NOT_KEPT = "private, no-store"
ASKS_AGAIN = "no-cache"
SAYS_NOTHING = ("GET", "HEAD", "OPTIONS")
REFUSED = 400
Answer = Callable[[HttpRequest], HttpResponseBase]


def keep_nothing(answer: Answer) -> Answer:
    """Whatever answers a form, and whatever is refused, is stored nowhere. Any other page is asked for again each time,
    unless it says more itself.

    It stands outermost, so that it sees the answers to what went wrong further in as well.
    """

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        if request.method in SAYS_NOTHING and response.status_code < REFUSED:
            response.setdefault("Cache-Control", ASKS_AGAIN)
        elif "no-store" not in response.headers.get("Cache-Control", ""):
            response["Cache-Control"] = NOT_KEPT
        return response

    return answered


class WithoutWords(logging.Formatter):
    """Says where something went wrong and of what kind it was, but not in the words of the exception: those may hold
    what somebody has answered.
    """

    def format(self, record: logging.LogRecord) -> str:
        # Another handler may have written out the whole of it already.
        mine = copy(record)
        mine.exc_text = None
        return super().format(mine)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name that logging calls
        told: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None:
            told += [*format_list(StackSummary.extract(walk_tb(error.__traceback__))), f"{type(error).__qualname__}\n"]
            error = error.__cause__ or error.__context__
        return "".join(told).rstrip()
