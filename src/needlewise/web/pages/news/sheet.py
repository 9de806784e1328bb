"""All news of a day, read once, with the time of that reading."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from needlewise.interop.news.gathering import gather
from needlewise.interop.news.items import NewsItem
from needlewise.interop.news.reading import written_changes
from needlewise.knowledge import EvidenceBase
from needlewise.web.reading import evidence_on


@dataclass(frozen=True, slots=True)
class NewsSheet:
    """The news, newest first, the evidence that it names studies of, and when it was read."""

    items: tuple[NewsItem, ...]
    base: EvidenceBase
    read_at: datetime


@lru_cache(maxsize=2)
def news_on(on: date) -> NewsSheet:
    """The news of a day. A rule comes into force on a day, so there is a sheet for each."""
    base = evidence_on(on)
    return NewsSheet(gather(written_changes(), base), base, datetime.now(UTC).replace(microsecond=0))
