"""Reading and checking what patients may read: every fault is reported at once, with its file and line."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from needlewise.errors import KnowledgeError, Problem
from needlewise.knowledge import _check
from needlewise.knowledge._learning import SPANS, Article, Learning, Tip, Word
from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._toml import Document, read
from needlewise.knowledge._written import Names, Written, names_of

HERE = Path(__file__).parent
FOLDER = "learn"
TIPS, WORDS = f"{FOLDER}/tips.toml", f"{FOLDER}/words.toml"

Row = TypeVar("Row", bound=_check.HasId)


def load_learning(protocol: Protocol, folder: Path | None = None) -> Learning:
    """All articles in force on the protocol's day, all tips and all words, checked.

    Parameters: `protocol`, whose sources, care rows and questions they name; `folder`, another knowledge folder than
    the package's own.
    Raises `KnowledgeError` with every fault found: a key or a source that nobody knows, a section or a tip that says
    nothing, days that cannot be, two of one name.
    """
    reader = _Reader(folder or HERE)
    articles = reader.articles()
    tips, words = reader.rows(TIPS, "tip", Tip), reader.rows(WORDS, "word", Word)
    names = names_of(protocol)
    for article in articles:
        reader.problems.extend(_of_article(article, names, Written(reader.documents[f"{FOLDER}/{article.id}.toml"])))
    reader.problems.extend(_same_order(articles, reader.documents))
    care = _care_rows(protocol)
    for number, tip in enumerate(tips):
        reader.problems.extend(_of_tip(tip, care, protocol, Written(reader.documents[TIPS], ("tip", number))))
    for number, word in enumerate(words):
        at = Written(reader.documents[WORDS], ("word", number))
        reader.problems.extend(_empty(at, [("id", word.id), ("means", word.means)]))
    if reader.problems:
        raise KnowledgeError(sorted(reader.problems, key=lambda one: one.where))
    in_force = [article for article in articles if article.from_day <= protocol.edition.on]
    ordered = sorted(in_force, key=lambda article: article.order)
    return Learning({one.id: one for one in ordered}, tips, {one.id: one for one in words})


class _Reader:
    """Collects documents and problems while the files are read."""

    def __init__(self, home: Path) -> None:
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}
        for path in sorted(home.glob(f"{FOLDER}/**/*.toml")):
            name = path.relative_to(home).as_posix()
            found = read(path, name)
            if isinstance(found, Problem):
                self.problems.append(found)
            elif name.count("/") > 1:
                hint = f"put it into {FOLDER} itself: one article a file, its name is the id"
                self.problems.append(Problem(name, "a file that nothing reads", f"no folder within {FOLDER}", hint))
            else:
                self.documents[name] = found

    def articles(self) -> list[Article]:
        adapter = TypeAdapter(Article)
        found = []
        for document in self.documents.values():
            if document.name not in (TIPS, WORDS):
                slug = document.name.removeprefix(f"{FOLDER}/").removesuffix(".toml")
                try:
                    found.append(adapter.validate_json(document.as_json({"id": slug})))
                except ValidationError as fault:
                    self.problems.extend(_check.as_problem(document, error) for error in fault.errors())
        return found

    def rows(self, file: str, key: str, kind: type[Row]) -> tuple[Row, ...]:
        document = self.documents.get(file)
        if document is None:
            if not any(problem.where.startswith(file) for problem in self.problems):
                self.problems.append(Problem(file, "no such file", "a table that stands beside the articles"))
            return ()
        for unknown in sorted(set(document.data) - {key}):
            at = Written(document, (unknown,))
            self.problems.append(at.problem(f"unknown key `{unknown}`", f"only [[{key}]] rows"))
        adapter: TypeAdapter[tuple[Row, ...]] = TypeAdapter(tuple[kind, ...])  # type: ignore[valid-type]
        try:
            rows = adapter.validate_json(json.dumps(document.data.get(key, []), default=str))
        except ValidationError as fault:
            self.problems.extend(_check.as_problem(document, error, (key,)) for error in fault.errors())
            return ()
        self.problems.extend(_check.repeated_ids(document, key, rows))
        return rows


def _of_article(article: Article, names: Names, at: Written) -> Iterator[Problem]:
    yield from _empty(at, [("title", article.title), ("summary", article.summary)])
    if article.compiled > article.from_day:
        found = f"in force from {article.from_day}, but read on {article.compiled}"
        yield at.under("compiled").problem(found, "a day of reading that is not after `from_day`")
    if not article.section:
        yield at.problem("an article without a [[section]]", "at least one")
    for number, section in enumerate(article.section):
        here = at.under("section", number)
        texts = [("heading", section.heading)]
        texts += [("paragraphs", text) for text in section.paragraphs] + [("items", text) for text in section.items]
        yield from _empty(here, texts)
        if not section.paragraphs and not section.items:
            yield here.problem(f"nothing under `{section.heading}`", "`paragraphs`, `items`, or both")
        if section.states_facts and not section.sources:
            hint = "write `states_facts = false` only where nothing is said that a source could deny"
            yield here.problem(f"no source under `{section.heading}`", "at least one id in `sources`", hint)
        if section.sources and not section.states_facts:
            yield here.under("states_facts").problem("sources of a section that states no fact", "one or the other")
        yield from here.under("sources").named("source", section.sources, names)


def _of_tip(tip: Tip, care: Iterable[str], protocol: Protocol, at: Written) -> Iterator[Problem]:
    yield from _empty(at, [("id", tip.id), ("text", tip.text)])
    if not tip.sources:
        yield at.problem(f"tip `{tip.id}` without a source", "at least one id in `sources`")
    names = names_of(protocol)
    yield from at.under("sources").named("source", tip.sources, names)
    low, high = SPANS[tip.moment]
    first, last = tip.days
    if not low <= first <= last <= high:
        expected = f"the first day, then the last, from {low} to {high} for `{tip.moment.value}`"
        yield at.under("days").problem(f"days {first} to {last}", expected)
    for key, rows in (("rows", tip.rows), ("not_while", tip.not_while)):
        yield from (at.under(key).unknown("row of care", row, sorted(care)) for row in rows if row not in care)
    yield from _check.of_answered(tip.when, protocol, names, at.under("when"))


def _same_order(articles: Iterable[Article], documents: dict[str, Document]) -> Iterator[Problem]:
    seen: dict[int, str] = {}
    for article in articles:
        if article.order in seen:
            at = Written(documents[f"{FOLDER}/{article.id}.toml"], ("order",))
            yield at.problem(f"order {article.order} is that of `{seen[article.order]}` too", "a place of its own")
        seen.setdefault(article.order, article.id)


def _empty(at: Written, texts: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    for key, text in texts:
        if not text.strip():
            yield at.under(key).problem(f"`{key}` says nothing", "a text, or no such key")


def _care_rows(protocol: Protocol) -> frozenset[str]:
    tables: dict[str, Any] = {
        "preparation": protocol.preparation,
        "aftercare": protocol.aftercare,
        "recovery": protocol.recovery,
        "red-flags": protocol.red_flags,
    }
    return frozenset(f"{name}:{row}" for name, rows in tables.items() for row in rows)
