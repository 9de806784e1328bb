"""How hard a text is to read: the Flesch-Kincaid grade, by textstat.

Hard words that learn/words.toml explains stand for a word of one syllable, and figures are read as a short word.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

import textstat

from needlewise.knowledge import Article, Learning

HARDEST = 8.0
PLACEHOLDER, FIGURE = "word", "seven"
# Words of one, two, three ... syllables.
STAND_INS = ("word", "water", "beautiful", "information", "university", "responsibility")
_VOWELS = re.compile(r"[aeiouy]+", re.IGNORECASE)
_FIGURES = re.compile(r"\d+(?:[.,]\d+)?(?:\s*%)?")
_SPLIT = re.compile(r"(?<=\w)-(?=\w)")


def grade(text: str, hard_words: Iterable[str]) -> float:
    """The grade of a text whose sentences end in full stops."""
    plain = _FIGURES.sub(FIGURE, text)
    for word in sorted(hard_words, key=len, reverse=True):
        plain = re.sub(rf"\b{re.escape(word)}\b", PLACEHOLDER, plain, flags=re.IGNORECASE)
    plain = re.sub(r"[A-Za-z]+", lambda found: _readable(found.group()), _SPLIT.sub(" ", plain))
    return float(textstat.flesch_kincaid_grade(plain))


@cache
def _readable(word: str) -> str:
    """The word, or in its place one of as many syllables where textstat's dictionary lacks it: it would stop there.
    Each run of vowels then counts, which is never too few."""
    try:
        textstat.syllable_count(word)
    except KeyError:
        return STAND_INS[min(len(_VOWELS.findall(word)), len(STAND_INS)) - 1]
    return word


def hard_words(learning: Learning) -> list[str]:
    """Every form of every word that is explained."""
    return [form for word in learning.words.values() for form in (word.id, *word.forms)]


def texts_of(learning: Learning) -> Iterator[tuple[str, str]]:
    """Every article as a whole, every section and every tip, each with its name. Headings are titles, no sentences."""
    for article in learning.articles.values():
        yield article.id, _whole(article)
        yield f"{article.id}: summary", article.summary
        for section in article.section:
            yield f"{article.id}: {section.heading}", " ".join((*section.paragraphs, *section.items))
    yield from ((f"tip {tip.id}", tip.text) for tip in learning.tips)
    yield from ((f"word {word.id}", word.means) for word in learning.words.values())


def too_hard(learning: Learning) -> list[str]:
    """What is harder to read than it may be, with its grade."""
    found, words = [], hard_words(learning)
    for name, text in texts_of(learning):
        value = grade(text, words)
        if value > HARDEST:
            found.append(f"{name}: grade {value:.1f}")
    return found


def _whole(article: Article) -> str:
    texts = [article.summary]
    for section in article.section:
        texts += [*section.paragraphs, *section.items]
    return " ".join(texts)
