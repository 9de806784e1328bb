"""needlewise facts: every question, its answers, when it applies, why it is asked, which rules read it."""

import argparse
import json
from collections.abc import Iterable, Iterator
from datetime import date
from difflib import get_close_matches
from typing import Any

from needlewise.cli.cells import cells_in_words, readers_of
from needlewise.cli.exits import WrongUseError
from needlewise.cli.inputs import add_day, protocol_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.wording import mark_in_words, plural
from needlewise.clinical.case_reading import PATIENT
from needlewise.errors import Problem
from needlewise.knowledge import Fact, Kind, Protocol, Scope

_SCOPES = {Scope.PERSON: "once", Scope.REGION: "for each region", Scope.ZONE: "for each zone"}


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("which", nargs="?", metavar="TOPIC|ID", help="a topic or one question; all if left out")
    parser.add_argument("--goals", action="store_true", help="the goals that a concern can name, instead")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text (the default) or json")
    add_day(parser, "the day whose protocol is read")


def run(options: argparse.Namespace) -> int:
    protocol = protocol_of(options.on or date.today())
    if options.goals:
        if options.which:
            raise WrongUseError(Problem("--goals", f"`{options.which}` beside it", "one of the two"))
        rows = list(_goals(protocol))
        write_text(json.dumps(rows, indent=2, ensure_ascii=False) if options.format == "json" else _goals_page(rows))
        return 0
    chosen = _chosen(options.which, protocol)
    if options.format == "json":
        write_text(json.dumps([as_row(fact, protocol) for fact in chosen], indent=2, ensure_ascii=False))
    else:
        write_text(_page(chosen, protocol))
    return 0


def _chosen(which: str | None, protocol: Protocol) -> list[Fact]:
    if which is None:
        return list(protocol.facts.values())
    if which in protocol.facts:
        return [protocol.facts[which]]
    topics = {_slug(fact.topic): fact.topic for fact in protocol.facts.values()}
    wanted = topics.get(_slug(which))
    if wanted is None:
        near = get_close_matches(_slug(which), [*protocol.facts, *topics], n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"topics: {'; '.join(topics.values())}"
        raise WrongUseError(Problem("facts", f"no question and no topic `{which}`", "an id or a topic", hint))
    return [fact for fact in protocol.facts.values() if fact.topic == wanted]


def _slug(text: str) -> str:
    return "-".join(text.casefold().split())


def as_row(fact: Fact, protocol: Protocol) -> dict[str, Any]:
    """A question as plain values."""
    rules, rows = readers_of(fact.id, protocol)
    return {
        "id": fact.id,
        "kind": fact.kind.value,
        "scope": fact.scope.value,
        "topic": fact.topic,
        "question": fact.question,
        "options": list(fact.options),
        "labels": dict(fact.labels or {}),
        "dated": list(fact.dated),
        "what": list(fact.what),
        "unit": fact.unit,
        "range": list(fact.range) if fact.range else None,
        "whole": fact.whole,
        "riskier": fact.riskier,
        "optional": fact.optional,
        "prescribed_asked": fact.prescribed_asked,
        "derived_from": fact.derived_from,
        "asked_when": cells_in_words(fact.asked_when),
        "asked_because": fact.asked_because,
        "answered_by": fact.answered_by,
        "rules": rules,
        "rows": rows,
        "origin": fact.mark.origin.value,
        "basis": fact.mark.basis.value,
    }


def _page(facts: list[Fact], protocol: Protocol) -> str:
    page = Page()
    page.title(plural(len(facts), "question"), str(protocol.edition))
    topics = dict.fromkeys(fact.topic for fact in facts)
    for topic in topics:
        page.section(topic or "Other")
        for fact in facts:
            if fact.topic == topic:
                page.blank()
                page.text(f"{fact.id}: {fact.question}", 2)
                page.pairs(_rows(fact, protocol), indent=4)
    return str(page)


def _rows(fact: Fact, protocol: Protocol) -> Iterator[tuple[str, str]]:
    rules, rows = readers_of(fact.id, protocol)
    yield "asked", _asked(fact)
    yield "answers", answers_in_words(fact)
    yield "written", written(fact)
    yield "applies", f"when {cells_in_words(fact.asked_when)}" if fact.asked_when else "always"
    yield "why", fact.asked_because
    yield "read by", ", ".join([*rules, *rows]) or "no table; the plan may read it"
    yield "basis", f"{mark_in_words(fact.mark)}. {fact.mark.why}".rstrip(" .") + "."
    yield "note", fact.note


def _asked(fact: Fact) -> str:
    if fact.derived_from:
        return f"never: worked out from {fact.derived_from}"
    if fact.kind is Kind.CLEARANCE:
        return "as a [[clearance]], where a rule asks for one"
    optional = "; may be left open" if fact.optional else ""
    return f"{_SCOPES[fact.scope]}, of the {fact.answered_by}{optional}"


def answers_in_words(fact: Fact) -> str:
    """The answers that a question takes, from the least to the most risky where there is an order."""
    if fact.kind is Kind.MEASURE:
        low, high = fact.range or (0, 0)
        return f"a {'whole ' if fact.whole else ''}number from {low:g} to {high:g} {fact.unit}"
    labels = fact.labels or {}
    if fact.kind is Kind.EVENT:
        kinds = "; ".join(f"{name} ({labels[name]})" if name in labels else name for name in fact.what)
        never = "" if fact.id in PATIENT.values() else "never, or "
        return f"{never}a day{f' and what it was: {kinds}' if kinds else ''}"
    dated = f"; a day goes with {', '.join(fact.dated)}" if fact.dated else ""
    return f"{'; '.join(_option(option, labels.get(option)) for option in fact.options)}{dated}"


def _option(option: str, label: str | None) -> str:
    return f"{option} ({label})" if label else option


def written(fact: Fact) -> str:
    """An answer as it stands in a case file."""
    if fact.derived_from or fact.kind is Kind.CLEARANCE:
        return ""
    if fact.kind is Kind.MEASURE:
        low, high = fact.range or (0.0, 2.0)
        return f"{fact.id} = {(low + high) // 2:g}"
    if fact.kind is Kind.EVENT:
        what = f', what = "{fact.what[0]}"' if fact.what else ""
        return f"{fact.id} = {{ on = 2026-03-14{what} }}"
    if fact.dated:
        return f'{fact.id} = {{ status = "{fact.dated[0]}", on = 2026-03-14 }}'
    return f'{fact.id} = "{fact.options[-1]}"'


def _goals(protocol: Protocol) -> Iterator[dict[str, Any]]:
    for indication in protocol.indications.values():
        for goal in indication.goal:
            yield {
                "id": goal.id,
                "words": goal.words,
                "supported": goal.supported,
                "indication": indication.id,
                "label": indication.label,
                "severities": list(indication.sessions),
                "scales": list(goal.scales),
            }


def _goals_page(rows: Iterable[dict[str, Any]]) -> str:
    page = Page()
    page.title("Goals that a concern can name")
    label = ""
    for row in rows:
        if row["label"] != label:
            label = row["label"]
            severities = f"; severity: {', '.join(row['severities'])}" if row["severities"] else ""
            page.section(f"{label} [{row['indication']}]{severities}")
        unsupported = "" if row["supported"] else " (no protocol stands behind it)"
        page.text(f"{row['id']}: {row['words']}{unsupported}", 2)
    return str(page)
