"""Show the articles in their order, and one of them with its sources and its hard words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from needlewise.knowledge import Article, Learning, Protocol, Source, Word, load_learning
from needlewise.web.reading import protocol_on


@dataclass(frozen=True, slots=True)
class Shelf:
    """What may be read on a day, and the protocol whose sources it names."""

    protocol: Protocol
    learning: Learning

    def sources_of(self, article: Article) -> dict[str, tuple[int, Source]]:
        """The sources of an article by id, each with the number it has at the foot of the page."""
        named = enumerate(article.sources, start=1)
        return {source: (number, self.protocol.sources[source]) for number, source in named}

    def words_of(self, article: Article) -> Iterator[Word]:
        """The hard words that an article uses, in the order of the alphabet."""
        text = " ".join((article.title, article.summary, *_texts(article))).lower()
        for word in sorted(self.learning.words.values(), key=lambda one: one.id):
            if any(form in text for form in (word.id, *word.forms)):
                yield word


@lru_cache(maxsize=2)
def shelf_on(on: date) -> Shelf:
    """What may be read on a day, read once; yesterday's stays while requests cross midnight."""
    protocol = protocol_on(on)
    return Shelf(protocol, load_learning(protocol))


def today() -> date:
    return date.today()


@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """All articles, in the order in which they may be read."""
    return render(request, "learn/contents.html", {"articles": shelf_on(today()).learning.articles.values()})


@require_safe
def article(request: HttpRequest, name: str) -> HttpResponse:
    """One article, with the one before it and the one after."""
    shelf = shelf_on(today())
    found = shelf.learning.articles.get(name)
    if found is None:
        raise Http404("no such article")
    articles = list(shelf.learning.articles.values())
    at = articles.index(found)
    sources = shelf.sources_of(found)
    context = {
        "article": found,
        "number": at + 1,
        "articles": articles,
        "sections": [(section, sorted(sources[source][0] for source in section.sources)) for section in found.section],
        "sources": sources.values(),
        "words": list(shelf.words_of(found)),
        "previous": articles[at - 1] if at else None,
        "next": articles[at + 1] if at + 1 < len(articles) else None,
    }
    return render(request, "learn/article.html", context)


def _texts(article: Article) -> Iterator[str]:
    for section in article.section:
        yield from (section.heading, *section.paragraphs, *section.items)
