"""Evidence and changes of one's own, to make news of."""

from dataclasses import replace
from datetime import date

from needlewise.interop.news.fragments import Fragment
from needlewise.interop.news.items import NewsItem, NewsKind, Touches
from needlewise.knowledge import EvidenceBase, Protocol, Retraction, load_evidence

PUBLISHED = date(2026, 12, 1)
WITHDRAWN = Retraction(on=PUBLISHED, why="The figures of one side were copied.")


def base_with(protocol: Protocol, *, retracted: str = "", added: dict[str, date] | None = None) -> EvidenceBase:
    """The evidence with one study withdrawn, or some added on other days."""
    base = load_evidence(protocol)
    studies = dict(base.studies)
    for name, day in (added or {}).items():
        studies[name] = replace(studies[name], added=day)
    if retracted:
        studies[retracted] = replace(studies[retracted], retracted=WITHDRAWN)
    return replace(base, studies=studies)


def change(
    text: str = "Shallower cheeks: the cheeks go less deep.", kind: str = "clinical", **said: object
) -> Fragment:
    """A written change; a clinical one reaches everyone unless said otherwise."""
    clinical = {"reaches": "everyone.", "from_day": PUBLISHED} if kind == "clinical" else {}
    return Fragment(**{"name": "cheeks", "kind": kind, "on": PUBLISHED, "text": text, **clinical, **said})  # type: ignore[arg-type]


def item(kind: NewsKind = NewsKind.FEATURE, on: date = PUBLISHED, name: str = "x", **touches: object) -> NewsItem:
    """A piece of news that touches what is named."""
    return NewsItem(
        id=f"tag:needlewise,2026:news/{kind}/{name}",
        kind=kind,
        title=f"Title of {name}",
        summary="What it is.",
        on=on,
        touches=Touches(**touches),  # type: ignore[arg-type]
    )
