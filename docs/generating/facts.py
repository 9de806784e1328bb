"""facts.md: every question, its answers, when it applies and who reads it."""

from collections.abc import Iterator

from generating.markdown import SCOPES, bullets, cells, link, links, mark_rows, page, table
from needlewise.cli.cells import readers_of
from needlewise.cli.facts import answers_in_words, written
from needlewise.knowledge import Fact, Kind, Protocol

INTRODUCTION = """\
Every question that a consultation may ask. Answers run from the least to the most risky where there is such an order.
A question that applies and is not answered counts as not known, never as no. The [kinds of fact](../../GLOSSARY.md)
say what an answer looks like; [how to write a case file](../how-to/write-a-case-file.md) says where it stands."""
ORDERS = {
    "higher": "higher is riskier",
    "lower": "lower is riskier",
    "more-recent": "more recent is riskier",
    "none": "no order of risk",
}


def facts_page(protocol: Protocol) -> str:
    facts = list(protocol.facts.values())
    parts = [INTRODUCTION]
    for topic in dict.fromkeys(fact.topic for fact in facts):
        mine = [fact for fact in facts if fact.topic == topic]
        rows = [(link(fact.id, ""), fact.question, fact.kind.value, SCOPES[fact.scope]) for fact in mine]
        parts += [f"## {topic or 'Other'}", table(("fact", "question", "kind", "asked for"), rows)]
        parts += [_fact(fact, protocol) for fact in mine]
    return page("Facts", *parts)


def _fact(fact: Fact, protocol: Protocol) -> str:
    return f"### {fact.id}\n\n**{fact.question}**\n\n{bullets(_rows(fact, protocol))}"


def _rows(fact: Fact, protocol: Protocol) -> Iterator[tuple[str, str]]:
    rules, rows = readers_of(fact.id, protocol)
    yield "Kind", f"{fact.kind.value}, {SCOPES[fact.scope]}, answered by the {fact.answered_by}"
    yield "Answers", _answers(fact)
    yield "Order", ORDERS.get(fact.riskier, "")
    yield "In a case file", f"`{text}`" if (text := written(fact)) else ""
    yield "Asked when", cells(fact.asked_when) if fact.asked_when else "always" if _is_asked(fact) else ""
    yield "", "May be left open." if fact.optional else ""
    yield "Worked out from", link(fact.derived_from, "") if fact.derived_from else ""
    yield "Asked because", fact.asked_because
    yield "Read by rules", links(rules, "rules.md")
    yield "Read by", ", ".join(rows)
    yield "Note", fact.note
    yield from mark_rows(fact.mark)


def _is_asked(fact: Fact) -> bool:
    return not (fact.derived_from or fact.kind is Kind.CLEARANCE)


def _answers(fact: Fact) -> str:
    return "" if fact.kind is Kind.CLEARANCE else answers_in_words(fact)
