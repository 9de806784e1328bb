"""What patients read is plain: nothing in it is above a reading grade of eight."""

from dataclasses import replace

import pytest

from needlewise.knowledge import Learning, load_learning, load_protocol
from tests.unit.knowledge.reading_grade import HARDEST, grade, hard_words, too_hard
from tests.unit.knowledge.trees import TODAY

HARD = (
    "Percutaneous collagen induction instigates a controlled inflammatory cascade, whereby fibroblasts proliferate and "
    "subsequently synthesise extracellular components of the papillary dermis."
)


@pytest.fixture(scope="module")
def learning() -> Learning:
    return load_learning(load_protocol(TODAY))


def test_every_article_section_tip_and_meaning_is_easy_to_read(learning: Learning) -> None:
    assert too_hard(learning) == []


def test_a_planted_hard_sentence_is_found(learning: Learning) -> None:
    article = next(iter(learning.articles.values()))
    planted = replace(article.section[0], heading="Planted", paragraphs=(HARD,), items=())
    worse = replace(learning, articles={article.id: replace(article, section=(planted, *article.section[1:]))})
    assert any(found.startswith(f"{article.id}: Planted") for found in too_hard(worse))


def test_a_planted_hard_tip_is_found(learning: Learning) -> None:
    long = "Inflammation is a necessary and potentially beneficial accompaniment of regeneration in the affected area."
    tip = replace(learning.tips[0], id="planted", text=long)
    assert [found.split(":")[0] for found in too_hard(replace(learning, tips=(tip,)))] == ["tip planted"]


def test_an_explained_word_does_not_count_and_any_other_hard_word_does() -> None:
    text = "See a dermatologist about hyperpigmentation before you start."
    assert grade(text, ["dermatologist", "hyperpigmentation"]) <= HARDEST
    assert grade(text, ["dermatologist"]) > HARDEST
    assert grade(text, ["hyperpigmentation"]) > HARDEST


def test_a_word_that_the_dictionary_lacks_counts_with_all_its_vowels() -> None:
    assert grade("Use a moisturiser now.", []) == grade("Use a information now.", [])


def test_an_explained_word_within_another_word_counts_as_it_stands() -> None:
    assert grade("The cat sat on a carpet of antiquity.", ["cat", "car"]) == grade(
        "The word sat on a carpet of antiquity.", []
    )


def test_no_explained_word_is_there_in_vain(learning: Learning) -> None:
    texts = [" ".join((*s.paragraphs, *s.items, s.heading)) for a in learning.articles.values() for s in a.section]
    read = " ".join((*texts, *(tip.text for tip in learning.tips))).lower()
    assert [
        word for word in learning.words if not any(form.lower() in read for form in (word, *learning.words[word].forms))
    ] == []
    assert len(set(hard_words(learning))) == len(hard_words(learning))
