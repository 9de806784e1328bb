"""Rows that pause a product or speak of something not known: whether they say it to the right person.

A product that can be prescribed is paused only with words that leave a prescribed one alone, and what holds only under
a condition says so where the answer is not known.
"""

from collections.abc import Iterable, Iterator, Mapping

from needlewise.errors import Problem
from needlewise.knowledge._care import Aftercare, Preparation, Recovery
from needlewise.knowledge._prescribed import BOUGHT, can_be_prescribed, may_be_in_use
from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._screening import Fact, Kind, Rule
from needlewise.knowledge._toml import Document
from needlewise.knowledge._written import Names, Written, row_of

Facts = Mapping[str, Fact]
_WHOM_TO_ASK = "that it goes on as prescribed until its prescriber has been asked"
_FOR_WHOM = f"the words `{BOUGHT}`"
_KEPT = ("the words of the protocol", "no machine can judge whether others tell anyone to stop it; a new edition can")
_OWN = "what was prescribed is never paused by software; say which product is meant"


def of_care(protocol: Protocol, names: Names, documents: Mapping[str, Document]) -> Iterator[Problem]:
    """What is wrong with the rows of care, seen from the questions they read."""
    facts = protocol.facts
    for row in protocol.preparation.values():
        at = row_of(documents["care/preparation.toml"], "preparation", row.id)
        yield from of_preparation(row, facts, at)
        yield from _of_opening(row, facts.get(row.fact), at)
    for care in protocol.aftercare.values():
        at = row_of(documents["care/aftercare.toml"], "aftercare", care.id)
        said = [one.fact for one in care.prescribed]
        for number, fact in enumerate(said):
            yield from at.under("prescribed", number, "fact").named("fact", [fact], names)
            if fact not in care.restarts or fact in said[:number]:
                expected = "each product of `restarts` once"
                yield at.under("prescribed", number, "fact").problem(f"`{fact}` is not what this row pauses", expected)
        yield from of_aftercare(care, facts, at)
        yield from _of_opening(care, None, at)
    for recovery in protocol.recovery.values():
        yield from _of_opening(recovery, None, row_of(documents["care/recovery.toml"], "recovery", recovery.id))


def of_preparation(row: Preparation, facts: Facts, at: Written) -> Iterator[Problem]:
    """A row that pauses a product has words for one that was prescribed, and says that its others are not for it."""
    if row.never_stop or row.by_prescriber or not can_be_prescribed(facts.get(row.fact)):
        return
    if not row.prescribed_text:
        found = f"`{row.id}` pauses `{row.fact}`, which may be prescribed, without a `prescribed_text`"
        yield at.under("fact").problem(found, _WHOM_TO_ASK)
    yield from of_words(row.text, at.under("text"))


def of_aftercare(row: Aftercare, facts: Facts, at: Written) -> Iterator[Problem]:
    """The same for every product that a row of aftercare pauses."""
    pausing = [name for name in row.restarts if can_be_prescribed(facts.get(name))]
    said = {one.fact for one in row.prescribed}
    for name in pausing:
        if name not in said:
            found = f"`{row.id}` pauses `{name}`, which may be prescribed, without an [[aftercare.prescribed]] for it"
            yield at.under("restarts").problem(found, _WHOM_TO_ASK)
    if pausing:
        yield from of_words(row.text, at.under("text"))


def of_pausing(rule: Rule, facts: Facts, at: Written) -> Iterator[Problem]:
    """A rule that counts days from a product being stopped, which only its prescriber may do."""
    if not pauses(rule, facts):
        return
    if rule.prescribed is None:
        found = "a wait that rests on stopping what may be prescribed, without a [rule.prescribed]"
        yield at.under("wait").problem(found, "verdict and reason for a prescribed one; no date is counted for it")
    elif rule.prescribed.verdict < rule.verdict:
        found = f"prescribed: {rule.prescribed.verdict.word}, milder than {rule.verdict.word}"
        yield at.under("prescribed", "verdict").problem(found, "a verdict no milder than the rule's own")
    yield from of_words(rule.because, at.under("because"))


def pauses(rule: Rule, facts: Facts) -> bool:
    """Whether some way of a rule waits while a product that can be prescribed is in use."""
    cells = (cell for way in rule.any if way.wait_days is not None for cell in way.all if cell.fact in facts)
    return any(can_be_prescribed(facts[cell.fact]) and may_be_in_use(cell, facts[cell.fact]) for cell in cells)


def of_words(text: str, at: Written) -> Iterator[Problem]:
    """Words that pause a product say that they mean what one bought oneself."""
    if BOUGHT not in text:
        yield at.problem("words that pause a product which may be prescribed", _FOR_WHOM, _OWN)


def of_rewording(
    old: Rule | Preparation | Aftercare, new: Rule | Preparation | Aftercare, facts: Facts, at: Written
) -> Iterator[Problem]:
    """What stands against other words for a row in force. Whether they tell anyone to stop a prescribed medicine, no
    machine can judge: where a row speaks of one, its words stay; where it pauses a product, they keep saying which."""
    if isinstance(old, Rule) and isinstance(new, Rule):
        if pauses(old, facts):
            yield from of_words(new.because, at)
        elif _reads_medicine(old, facts):
            yield at.problem(f"other words for rule `{old.id}`, which speaks of a prescribed medicine", *_KEPT)
    elif isinstance(new, Preparation):
        if new.never_stop or new.by_prescriber:
            yield at.problem(f"other words for `{new.id}`, which speaks of a prescribed medicine", *_KEPT)
        elif can_be_prescribed(facts.get(new.fact)):
            yield from of_words(new.text, at)
    elif isinstance(new, Aftercare) and (any(can_be_prescribed(facts.get(name)) for name in new.restarts)):
        yield from of_words(new.text, at)


def _reads_medicine(rule: Rule, facts: Facts) -> bool:
    cells = (cell for way in rule.any for cell in way.all if cell.fact in facts)
    return any(can_be_prescribed(facts[cell.fact]) and may_be_in_use(cell, facts[cell.fact]) for cell in cells)


def _of_opening(row: Preparation | Aftercare | Recovery, fact: Fact | None, at: Written) -> Iterator[Problem]:
    """`if_text` wherever a row may apply for want of an answer: a row on an event holds whatever the answer is."""
    reads = [cell.fact for cell in row.when if cell.fact]
    reads += [fact.id] if fact is not None and fact.kind is not Kind.EVENT else []
    if reads and not row.if_text.startswith("If "):
        found = f"`{row.id}` reads {_listed(reads)} and has no opening for the case that it is not known"
        yield at.under("if_text").problem(found, 'an `if_text` such as "If you get cold sores"')
    if row.if_text and not reads:
        yield at.under("if_text").problem(f"an `if_text`, though `{row.id}` reads no answer", "none")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
