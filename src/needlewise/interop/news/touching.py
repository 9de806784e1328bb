"""Whether a piece of news touches a consultation: by comparing what each of them names."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from needlewise.consultation import Consultation
from needlewise.interop.news.items import NewsItem, Touches
from needlewise.knowledge import Mark


def touched(item: NewsItem, consultation: Consultation) -> bool:
    """Whether news speaks of something that a consultation rests on: a rule that fired or asked, an indication that was
    planned, a source that was cited.

    False where the consultation was made after the news was out and in force: it knew already. One of the same day counts
    as touched, since nobody knows which came first.

    False is no all-clear: a new rule stands in no older consultation. Only a consultation anew shows what it says.
    """
    known_from = max(item.on, item.from_day or item.on)
    if consultation.on > known_from:
        return False
    return item.touches.everything or item.touches.meets(held_by(consultation))


def held_by(consultation: Consultation) -> Touches:
    """What a consultation rests on, in the terms in which news says what it touches."""
    plan = consultation.plan
    return Touches(
        rules=tuple(sorted({reason.rule for reason in consultation.reasons})),
        indications=tuple(sorted({concern.concern for concern in plan.concerns})) if plan else (),
        sources=tuple(sorted({cite.id for mark in _marks(consultation) for cite in mark.sources})),
    )


def _marks(value: Any) -> Iterator[Mark]:
    """Every mark inside a value, however deep."""
    if isinstance(value, Mark):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _marks(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield from _marks(tuple(value.values()))
    elif isinstance(value, tuple):
        for one in value:
            yield from _marks(one)
