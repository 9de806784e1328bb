"""What patients may read: a fault is told at once, and no text says otherwise than the protocol."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from needlewise.errors import KnowledgeError
from needlewise.knowledge import Learning, Mark, Protocol, load_evidence, load_learning, load_protocol
from tests.unit.knowledge.trees import Tree

FILE = "learn/what-it-is.toml"
# In whose section of the page on risks a red flag stands, and how it is known there.
SECTIONS = {
    "emergency": "Call the emergency number now",
    "urgent": "See a doctor without delay, today",
    "same-day": "Call us the same day",
    "call": "Call us",
    "review": "Book a review with us",
}
SIGNS = {
    "R1": "38.0 °C", "R2": "Pus or yellow crusts", "R2-urgent": "Redness that spreads", "R3": "worse after 48 hours",
    "R4": "more than 5 days, or any redness after 7 days", "R5": "4 or more out of 10 after 24 hours",
    "R5-uneased": "paracetamol does not ease", "R6": "Small blisters in a group", "R7": "change in your sight",
    "R8": "from day 3 on and stay for 3 days or more", "R9": "dark or light patch after 14 days",
    "R10": "raised, thick or itchy line", "R11": "after 20 minutes of firm pressure", "R12": "wheezing or fainting",
}  # fmt: skip
STOPS = re.compile(r"\b(stop|stops|leave out|leave off|pause|pauses|rests?|avoid)\b", re.IGNORECASE)
FIGURE = re.compile(r"\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def learning(protocol: Protocol) -> Learning:
    return load_learning(protocol)


def problems(tree: Tree, protocol: Protocol) -> list[str]:
    try:
        load_learning(protocol, tree.root)
    except KnowledgeError as error:
        return [str(problem) for problem in error.problems]
    return []


MISTAKES = {
    "a source that is not there": (FILE, '"statpearls_mn"]', '"statpearls"]', "unknown source `statpearls`"),
    "a key that nobody knows": (FILE, "order = 1", "order = 1\ncolour = 2", "unknown key `colour`"),
    "a heading without a text": (FILE, 'heading = "In a few words"', 'heading = " "', "`heading` says nothing"),
    "an article read after it was in force": (FILE, "compiled = 2026-11-22", "compiled = 2026-11-23", "2026-11-23"),
    "a day that is none": (FILE, "compiled = 2026-11-22", 'compiled = "soon"', "`compiled` is 'soon'"),
    "two articles in one place": (FILE, "order = 1", "order = 2", "order 2 is that of"),
    "a tip known twice": ("learn/tips.toml", '"waiting-medicines"', '"waiting-list"', "id `waiting-list` stands twice"),
    "a word known twice": ("learn/words.toml", '"collagen"', '"chemotherapy"', "id `chemotherapy` stands twice"),
    "a row of care that is not there": ("learn/tips.toml", '"aftercare:A08"', '"aftercare:A80"', "unknown row of care"),
    "days the wrong way round": ("learn/tips.toml", "days = [-42, -4]", "days = [-4, -42]", "days -4 to -42"),
    "days that its moment cannot have": ("learn/tips.toml", "days = [-42, -4]", "days = [1, 4]", "from -42 to -1"),
    "a moment that is none": ("learn/tips.toml", 'moment = "review"', 'moment = "later"', "moment` is 'later'"),
    "a tip without a text": ("learn/tips.toml", 'text = "Drink no alcohol today."', 'text = ""', "`text` says nothing"),
    "a condition on no question": ("learn/tips.toml", 'fact = "smoking"', 'fact = "smoke"', "unknown fact `smoke`"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_file_and_line(name: str, tree: Tree, protocol: Protocol) -> None:
    file, old, new, told = MISTAKES[name]
    tree.change(file, old, new)
    found = problems(tree, protocol)
    assert any(told in one for one in found), found
    assert any(re.match(r"learn/[a-z-]+\.toml:\d+", one) for one in found), found


def test_all_mistakes_are_told_at_once(tree: Tree, protocol: Protocol) -> None:
    for name in ("a source that is not there", "a tip known twice", "a word known twice"):
        file, old, new, _ = MISTAKES[name]
        tree.change(file, old, new)
    assert len(problems(tree, protocol)) == 3


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ('heading = "Empty"\nstates_facts = false', "nothing under `Empty`"),
        ('heading = "Bare"\nitems = ["The moon is full."]', "no source under `Bare`"),
        ('heading = "Both"\nitems = ["x."]\nstates_facts = false\nsources = ["memory"]', "states no fact"),
    ],
)
def test_a_section_says_something_and_where_from(section: str, told: str, tree: Tree, protocol: Protocol) -> None:
    tree.add(FILE, f"\n[[section]]\n{section}\n")
    assert [told in one for one in problems(tree, protocol)] == [True]


def test_a_tip_without_a_source_is_refused(tree: Tree, protocol: Protocol) -> None:
    tree.add("learn/tips.toml", '\n[[tip]]\nid = "x"\ntext = "x"\nsources = []\nmoment = "after"\ndays = [0, 0]\n')
    assert ["without a source" in one for one in problems(tree, protocol)] == [True]


def test_a_file_in_a_folder_below_is_read_by_nobody_and_told(tree: Tree, protocol: Protocol) -> None:
    (tree.root / "learn/more").mkdir()
    tree.write("learn/more/article.toml", 'title = "x"\n')
    assert ["a file that nothing reads" in one for one in problems(tree, protocol)] == [True]


def test_a_missing_table_is_told(tree: Tree, protocol: Protocol) -> None:
    (tree.root / "learn/words.toml").unlink()
    assert ["learn/words.toml: no such file" in one for one in problems(tree, protocol)] == [True]


def test_an_article_is_there_from_its_day_on(tree: Tree, protocol: Protocol) -> None:
    tree.change(FILE, "from_day = 2026-11-22", "from_day = 2026-11-25")
    assert "what-it-is" not in load_learning(protocol, tree.root).articles
    assert "what-it-is" in load_learning(load_protocol(date(2026, 11, 25)), tree.root).articles


def test_articles_have_their_order_and_length(learning: Learning) -> None:
    assert list(learning.articles)[:2] == ["what-it-is", "how-it-works"]
    for article in learning.articles.values():
        words = sum(len(text.split()) for one in article.section for text in (*one.paragraphs, *one.items))
        assert 250 <= words <= 500, (article.id, words)
    assert len(learning.tips) >= 40


def test_every_red_flag_stands_on_the_page_on_risks_under_how_fast_to_act(
    learning: Learning, protocol: Protocol
) -> None:
    texts = {one.heading: " ".join(one.items) for one in learning.articles["risks"].section}
    assert set(SIGNS) == set(protocol.red_flags)
    for flag in protocol.red_flags.values():
        assert SIGNS[flag.id] in texts[SECTIONS[flag.act]], flag.id
        for figure in FIGURE.findall(flag.threshold):
            assert figure in texts[SECTIONS[flag.act]], flag.id


def test_the_page_on_getting_ready_speaks_of_prescribed_medicines_first(learning: Learning) -> None:
    first = learning.articles["preparation"].section[0]
    assert "Keep taking what a doctor prescribed" in first.paragraphs[0]
    assert "Ask that doctor" in " ".join(first.paragraphs)


def test_no_text_tells_anyone_to_stop_what_was_prescribed(learning: Learning) -> None:
    sections = [one for article in learning.articles.values() for one in article.section]
    texts = [text for one in sections for text in (*one.paragraphs, *one.items)] + [tip.text for tip in learning.tips]
    for text in texts:
        for sentence in re.split(r"(?<=[.?!])\s", text):
            if re.search(r"prescribed|prescription", sentence) and STOPS.search(sentence):
                assert re.search(r"\b(ask|decides|wants you|until)\b", sentence), sentence


def marked(row: Any) -> Iterator[Mark]:
    if isinstance(row, Mark):
        yield row
    elif dataclasses.is_dataclass(row):
        for field in dataclasses.fields(row):
            yield from marked(getattr(row, field.name))
    elif isinstance(row, tuple | list):
        for part in row:
            yield from marked(part)
    elif isinstance(row, dict):
        for part in row.values():
            yield from marked(part)


def figures_by_source(protocol: Protocol) -> dict[str, set[float]]:
    """Every figure of the rows and studies that rest on a source; hours count as days too, and whole numbers for them."""
    found: dict[str, set[float]] = {}

    def note(source: str, text: str) -> None:
        values = {float(value) for value in FIGURE.findall(text)}
        found.setdefault(source, set()).update(
            values, {value / 24 for value in values}, {float(round(value)) for value in values}
        )

    tables: list[Any] = [getattr(protocol, field.name) for field in dataclasses.fields(protocol)]
    for table in tables:
        if hasattr(table, "values"):
            for row in table.values():
                for mark in marked(row):
                    for cite in mark.sources:
                        note(cite.id, repr(row))
    for study in load_evidence(protocol).studies.values():
        for read in study.document:
            note(read.source, repr(study))
    return found


def test_every_figure_of_an_article_stands_in_what_rests_on_its_sources(learning: Learning, protocol: Protocol) -> None:
    known = figures_by_source(protocol)
    unknown = []
    for article in learning.articles.values():
        for section in article.section:
            there = set().union(*(known.get(source, set()) for source in section.sources))
            for text in (*section.paragraphs, *section.items):
                unknown += [f"{article.id}: {one}: {text}" for one in FIGURE.findall(text) if float(one) not in there]
    for tip in learning.tips:
        there = set().union(*(known.get(source, set()) for source in tip.sources))
        unknown += [f"{tip.id}: {one}" for one in FIGURE.findall(tip.text) if float(one) not in there]
    assert unknown == []
