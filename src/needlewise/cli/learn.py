"""needlewise learn [ARTICLE]: what patients may read; with --tips, the tip of each day of one person's pathway."""

import argparse
from datetime import date
from pathlib import Path

from needlewise.cli.exits import WrongUseError
from needlewise.cli.inputs import add_day, case_of, protocol_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.refusing import no_such
from needlewise.cli.wording import plural
from needlewise.clinical.tips import Pathway, tips_by_day
from needlewise.consultation import consult
from needlewise.errors import Problem
from needlewise.interop.days import long_day, plain_day
from needlewise.knowledge import Article, Learning, Protocol, load_learning


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("article", nargs="?", metavar="ARTICLE", help="one article; all of them in short if left out")
    parser.add_argument(
        "--tips", type=Path, metavar="CASE.toml", help="instead, the tip of each day of the plan of this case"
    )
    add_day(parser, "the day of the consultation, or whose articles are read")


def run(options: argparse.Namespace) -> int:
    if options.article and options.tips:
        hint = "leave one of them out"
        raise WrongUseError(Problem("learn", "an article and a case at once", "one of the two", hint))
    on = options.on or date.today()
    protocol = protocol_of(on)
    learning = load_learning(protocol)
    page = Page()
    if options.tips:
        _write_tips(page, options.tips, learning, protocol, on)
    elif options.article:
        _write_one(page, _named(options.article, learning), protocol)
    else:
        page.title("Learn", plain_day(on))
        page.table([(article.id, article.title, article.summary) for article in learning.articles.values()])
    write_text(str(page))
    return 0


def _named(name: str, learning: Learning) -> Article:
    article = learning.articles.get(name)
    if article is None:
        every = "`needlewise learn` lists them all"
        raise no_such("learn", f"no article `{name}`", name, learning.articles, every, "the id of an article")
    return article


def _write_one(page: Page, article: Article, protocol: Protocol) -> None:
    page.title(article.title, f"read on {plain_day(article.compiled)}")
    page.text(article.summary)
    numbers = {source: number for number, source in enumerate(article.sources, start=1)}
    for section in article.section:
        page.section(section.heading)
        for text in section.paragraphs:
            page.text(text, 2)
        for text in section.items:
            page.item(text, 2)
        if section.sources:
            page.text(f"[{', '.join(str(numbers[source]) for source in section.sources)}]", 2)
    if numbers:
        page.section("Where this comes from")
        page.table([(f"[{number}]", protocol.sources[source].citation) for source, number in numbers.items()])


def _write_tips(page: Page, path: Path, learning: Learning, protocol: Protocol, on: date) -> None:
    case, _ = case_of(path, protocol, on)
    consultation = consult(case, protocol, on)
    pathway = Pathway(case, protocol, on, consultation.plan, consultation.timeline)
    found = tips_by_day(pathway, learning.tips)
    page.title("Tips", plain_day(on))
    if not found:
        page.text("There is no tip on any day: nothing is planned.")
        return
    if consultation.plan and not consultation.plan.signable:
        page.text("Nothing may be signed yet, so these are tips for waiting.")
    page.text(f"A tip on {plural(len(found), 'day')}.")
    page.blank()
    page.table([(long_day(day, on), tip.text) for day, tip in found.items()])
