"""News as a template wants it: by month, in words, with links."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from needlewise.interop.days import day_words, plain_day
from needlewise.interop.news.gathering import trouble_of
from needlewise.interop.news.items import NewsItem, NewsKind
from needlewise.knowledge import EvidenceBase, Study
from needlewise.web.pages.news.sheet import NewsSheet


@dataclass(frozen=True, slots=True)
class StudyLink:
    """A study in a list: how it is called, what it is about, where it is shown."""

    name: str
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class StudyList:
    """The studies of one trouble."""

    trouble: str
    studies: tuple[StudyLink, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of news. Title and summary in parts: text, and whether it is something to type."""

    item: NewsItem
    title: tuple[tuple[str, bool], ...]
    summary: tuple[tuple[str, bool], ...]
    day: dict[str, str]
    from_day: str
    from_iso: str
    concerns: str
    lists: tuple[StudyList, ...]

    @property
    def is_long(self) -> bool:
        """Whether its studies are too many to stand open."""
        return sum(len(one.studies) for one in self.lists) > FEW_STUDIES

    @property
    def only_study(self) -> StudyLink | None:
        """The study where there is but one: the news itself has said its title."""
        studies = [study for one in self.lists for study in one.studies]
        return studies[0] if len(studies) == 1 else None


@dataclass(frozen=True, slots=True)
class Month:
    """The news of a month."""

    name: str
    iso: str
    items: tuple[Shown, ...]


FEW_STUDIES = 6
# A kind in the address -> what the link to it says.
CHOICES: dict[NewsKind | None, str] = {None: "All", **{kind: kind.word for kind in NewsKind}}


def study_address(study: str) -> str:
    """Where a study is shown."""
    return f"/evidence/studies/{study}/"


def months(items: tuple[NewsItem, ...], sheet: NewsSheet, on: date) -> list[Month]:
    """The news by month, the newest first."""
    found = []
    for (year, number), group in groupby(items, key=lambda one: (one.on.year, one.on.month)):
        name = plain_day(date(year, number, 1)).removeprefix("1 ")
        found.append(Month(name, f"{year}-{number:02}", tuple(_shown(item, sheet.base, on) for item in group)))
    return found


def _shown(item: NewsItem, base: EvidenceBase, on: date) -> Shown:
    return Shown(
        item,
        _parts(item.title),
        _parts(item.summary),
        day_words(item.on, on),
        plain_day(item.from_day) if item.from_day else "",
        item.from_day.isoformat() if item.from_day else "",
        _concerns(item, base) if item.kind is NewsKind.CLINICAL else "",
        tuple(_lists(item, base)),
    )


def _concerns(item: NewsItem, base: EvidenceBase) -> str:
    """The rules and indications that a change names, by their titles; an id where the thing itself is gone."""
    rules, indications = base.protocol.rules, base.protocol.indications
    return "; ".join(
        (
            *(rules[one].title if one in rules else one for one in item.touches.rules),
            *(indications[one].label if one in indications else one for one in item.touches.indications),
        )
    )


def _parts(text: str) -> tuple[tuple[str, bool], ...]:
    """A text cut at its backquotes: every second part is something to type."""
    return tuple((part, number % 2 == 1) for number, part in enumerate(text.split("`")) if part)


def _lists(item: NewsItem, base: EvidenceBase) -> Iterator[StudyList]:
    by_trouble: dict[str, list[Study]] = {}
    for name in item.touches.studies:
        if name in base.studies:
            by_trouble.setdefault(trouble_of(base.studies[name], base), []).append(base.studies[name])
    for trouble, studies in sorted(by_trouble.items(), key=lambda pair: -len(pair[1])):
        ordered = sorted(studies, key=lambda one: (-(one.year or 0), one.name.casefold()))
        yield StudyList(trouble, tuple(StudyLink(one.name, one.title, study_address(one.id)) for one in ordered))
