"""The news as an Atom feed (RFC 4287), written by Django's own feed generator."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from needlewise.interop.days import plain_day
from needlewise.interop.news.items import AUTHORITY, NewsItem, NewsKind

TITLE = "Needlewise: news"
SUBTITLE = "Changes of the protocol, of the evidence and of Needlewise itself."
AUTHOR = "Needlewise"
# What a feed without an entry says of its age; Django would say now, and so differ at each request.
BEFORE_ALL = date(2026, 1, 1)


class NewsFeed(Atom1Feed):
    """An Atom feed that is as old as its newest entry, and never as young as its reading."""

    def latest_post_date(self) -> datetime:
        """When the newest entry was published."""
        return max((item["updateddate"] for item in self.items), default=_midnight(BEFORE_ALL))


def as_atom(items: Iterable[NewsItem], kind: NewsKind | None, page: str, feed: str) -> bytes:
    """The feed. Parameters: `page` and `feed`, the whole addresses of the page and of the feed itself."""
    made = NewsFeed(
        title=f"{TITLE} ({kind.word.lower()})" if kind else TITLE,
        link=page,
        description=None,
        subtitle=SUBTITLE,
        language="en-GB",
        author_name=AUTHOR,
        feed_url=feed,
        feed_guid=f"{AUTHORITY}feed{f'/{kind}' if kind else ''}",
    )
    for item in items:
        made.add_item(
            title=f"{item.kind.word}: {item.title}".replace("`", ""),
            link=f"{page.partition('?')[0]}#{item.slug}",
            description=_text(item),
            unique_id=item.id,
            pubdate=_midnight(item.on),
            updateddate=_midnight(item.on),
            categories=[item.kind.value],
        )
    written: str = made.writeString("utf-8")
    return written.encode("utf-8")


def _text(item: NewsItem) -> str:
    parts = [
        item.summary,
        f"Reaches: {item.reaches}" if item.reaches else "",
        f"In force from {plain_day(item.from_day)}." if item.from_day else "",
    ]
    # Django's feeds call a summary HTML, so a mark that is meant as text must be written as such.
    return escape(" ".join(filter(None, parts)).replace("`", ""))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
