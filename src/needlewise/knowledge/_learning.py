"""What patients may read: articles, tips for the days of their own pathway, and the hard words with their meaning.

They stand beside the protocol and are no part of it: a sentence more or less changes no edition of a decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from needlewise.knowledge._screening import Cell
from needlewise.knowledge._values import STRICT


class Moment(StrEnum):
    """What the days of a tip are counted from.

    A day on which the skin is needled is that of a session or of a test patch.
    """

    WAITING = "waiting"  # from the day of the consultation, while nothing may be signed yet
    BEFORE_FIRST = "before-first"  # to the first day on which the skin is needled
    BEFORE = "before"  # to any day on which it is needled
    AFTER = "after"  # from any day on which it is needled
    BETWEEN = "between"  # the same, with another such day still to come
    AFTER_LAST = "after-last"  # the same, with none to come
    REVIEW = "review"  # to a final review


# The days that a moment can speak of. Sessions lie two weeks apart at the least: `after` ends before the next, and
# `before` begins when the first week after the last is over.
SPANS: dict[Moment, tuple[int, int]] = {
    Moment.WAITING: (0, 90),
    Moment.BEFORE_FIRST: (-42, -1),
    Moment.BEFORE: (-7, -1),
    Moment.AFTER: (0, 13),
    Moment.BETWEEN: (8, 90),
    Moment.AFTER_LAST: (8, 366),
    Moment.REVIEW: (-7, 0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with its paragraphs and, after them, a list. One that states no fact says so; any other is sourced."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    states_facts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """learn/<id>.toml: one page for patients. `compiled`: the day of our reading. `order`: its place among the others."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    title: str
    summary: str
    order: int
    from_day: date
    compiled: date
    section: tuple[Section, ...]
    id: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source of its sections once, in the order of the text."""
        return tuple(dict.fromkeys(source for section in self.section for source in section.sources))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """One thing worth knowing on some days of a pathway.

    `days`: the first and the last, counted from the `moment`. `rows`: the rows of care that it repeats, such as
    `aftercare:A05`; it is given only on days on which the person's own timeline has one of them in force from morning
    to night. `not_while`: rows beside which it would be wrong; it is not given on any day that one of them touches.
    `when`: further conditions, which only narrow; what is not known does not meet them.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    text: str
    sources: tuple[str, ...]
    moment: Moment
    days: tuple[int, int]
    rows: tuple[str, ...] = ()
    not_while: tuple[str, ...] = ()
    when: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word that patients meet and that is hard to read, with what it means. `forms`: how else it is written."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    means: str
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Learning:
    """All that patients may read on a day. Articles stand in their order."""

    articles: Mapping[str, Article]
    tips: tuple[Tip, ...]
    words: Mapping[str, Word]
