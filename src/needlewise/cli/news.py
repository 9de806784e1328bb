"""needlewise news: what has changed in the protocol, the evidence and Needlewise itself, newest first."""

import argparse
import json
from datetime import date
from typing import Any

from needlewise.cli.inputs import day, protocol_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.wording import plural
from needlewise.interop.days import plain_day
from needlewise.interop.news.gathering import gather
from needlewise.interop.news.items import TOUCHED, NewsItem, NewsKind, of_kind
from needlewise.interop.news.reading import written_changes
from needlewise.knowledge import load_evidence


def declare(parser: argparse.ArgumentParser) -> None:
    kinds = ", ".join(NewsKind)
    parser.add_argument("--since", type=day, metavar="DATE", help="only what was published on that day or later")
    parser.add_argument(
        "--kind", choices=tuple(NewsKind), metavar="K", help=f"one of: {kinds}; evidence tells retractions too"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text (the default) or json")


def run(options: argparse.Namespace) -> int:
    base = load_evidence(protocol_of(date.today()))
    kind = NewsKind(options.kind) if options.kind else None
    items = [one for one in of_kind(gather(written_changes(), base), kind) if one.on >= (options.since or date.min)]
    if options.format == "json":
        write_text(json.dumps([_row(one) for one in items], indent=2, ensure_ascii=False))
    else:
        write_text(_page(items, options.since))
    return 0


def _row(item: NewsItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind.value,
        "title": item.title,
        "summary": item.summary,
        "on": item.on.isoformat(),
        "reaches": item.reaches,
        "from_day": item.from_day.isoformat() if item.from_day else None,
        "touches": {
            "everything": item.touches.everything,
            **{name: list(getattr(item.touches, name)) for name in TOUCHED},
        },
    }


def _page(items: list[NewsItem], since: date | None) -> str:
    page = Page()
    after = f"since {since.isoformat()}" if since else ""
    page.title(plural(len(items), "piece of news", "pieces of news") if items else "No news", after)
    for day_of in dict.fromkeys(item.on for item in items):
        page.section(plain_day(day_of))
        for item in (one for one in items if one.on == day_of):
            page.blank()
            page.text(f"{item.kind.word.upper()}: {item.title}")
            page.text(item.summary, 2)
            page.pairs(
                [
                    ("reaches", item.reaches),
                    ("from", item.from_day.isoformat() if item.from_day else ""),
                    ("concerns", ", ".join(item.touches.indications)),
                ],
                indent=2,
            )
    return str(page)
