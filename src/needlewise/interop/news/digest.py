"""A digest: the news of a stretch of days as plain text."""

import textwrap
from collections.abc import Iterable, Iterator
from datetime import date

from needlewise.errors import NeedlewiseError, Problem
from needlewise.interop.days import plain_day
from needlewise.interop.news.items import NewsItem, newest_first

WIDTH = 72


def digest(items: Iterable[NewsItem], since: date, until: date) -> str | None:
    """The news from the day `since` up to and without the day `until`, newest first; None where there is none.

    Digests that follow on one another so tell every piece of news once, also one that comes late on the day of sending.
    It is the text of an e-mail that does not exist yet: nothing sends it, and there is nowhere to ask for it.

    Raises `NeedlewiseError` where `until` lies before `since`.
    """
    if until < since:
        found = f"{since.isoformat()} up to {until.isoformat()}"
        raise NeedlewiseError(Problem("digest", found, "a first day, then a later one", "change the two days round"))
    chosen = newest_first(item for item in items if since <= item.on < until)
    if not chosen:
        return None
    count = "1 piece of news" if len(chosen) == 1 else f"{len(chosen)} pieces of news"
    head = f"Needlewise: {count}, from {plain_day(since)} until before {plain_day(until)}"
    return "\n".join([*_wrapped(head), *(line for item in chosen for line in _told(item))]) + "\n"


def _told(item: NewsItem) -> Iterator[str]:
    yield ""
    yield from _wrapped(f"{item.kind.word.upper()}: {item.title}")
    yield from _wrapped(plain_day(item.on), "  ")
    yield from _wrapped(item.summary, "  ")
    yield from _wrapped(f"Reaches: {item.reaches}" if item.reaches else "", "  ")
    yield from _wrapped(f"In force from {plain_day(item.from_day)}" if item.from_day else "", "  ")


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text.replace("`", ""), WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
