"""One piece of news, and what it concerns."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

# RFC 4151: an id that is nobody's address and stays the same for good. Readers of the feed know a piece of news by it.
AUTHORITY = "tag:needlewise,2026:news/"


class NewsKind(StrEnum):
    """What a piece of news is about, the most urgent first."""

    RETRACTION = "retraction"
    CLINICAL = "clinical"
    EVIDENCE = "evidence"
    FIX = "fix"
    FEATURE = "feature"

    @property
    def word(self) -> str:
        """How the kind is called on page, feed and terminal."""
        return _WORDS[self]


_WORDS = {
    NewsKind.RETRACTION: "Retracted",
    NewsKind.CLINICAL: "Protocol",
    NewsKind.EVIDENCE: "Evidence",
    NewsKind.FIX: "Mended",
    NewsKind.FEATURE: "New",
}
_URGENCY = {kind: order for order, kind in enumerate(NewsKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Touches:
    """What is concerned, by the ids of the knowledge files, each list sorted. `everything`: no plan is beyond it."""

    everything: bool = False
    rules: tuple[str, ...] = ()
    indications: tuple[str, ...] = ()
    studies: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def meets(self, other: "Touches") -> bool:
        """Whether both name something in common."""
        return any(set(getattr(self, name)) & set(getattr(other, name)) for name in TOUCHED)


# The lists of ids; each is called like the folder of its files.
TOUCHED = tuple(field.name for field in fields(Touches) if field.name != "everything")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """One piece of news. `id`: a tag URI that stays the same when the text is mended. `on`: the day it was published.

    `title` and `summary` are plain text in which `backquotes` set off what is typed. A change of the protocol says also
    which patients it `reaches` and the day `from_day` on which it comes into force.
    """

    id: str
    kind: NewsKind
    title: str
    summary: str
    on: date
    touches: Touches = Touches()
    reaches: str = ""
    from_day: date | None = None

    @property
    def slug(self) -> str:
        """The id as an anchor on a page."""
        return self.id.removeprefix(AUTHORITY).replace("/", "-")


def newest_first(items: Iterable[NewsItem]) -> tuple[NewsItem, ...]:
    """In the order in which news is told: newest day first, within a day the most urgent first."""
    return tuple(sorted(items, key=lambda one: (-one.on.toordinal(), _URGENCY[one.kind], one.id)))


def of_kind(items: Iterable[NewsItem], kind: NewsKind | None) -> tuple[NewsItem, ...]:
    """The news of a kind, or all. Whoever asks for evidence is told of retractions too."""
    wanted = (NewsKind.EVIDENCE, NewsKind.RETRACTION) if kind is NewsKind.EVIDENCE else (kind,)
    return tuple(item for item in items if kind is None or item.kind in wanted)
