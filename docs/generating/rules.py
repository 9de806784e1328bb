"""rules.md: every screening rule in force, with its examples."""

from collections.abc import Iterator, Mapping
from typing import Any

from generating.markdown import SCOPES, bullets, cells, link, mark_rows, page, table
from needlewise.knowledge import Alternative, Example, Protocol, Rule, Verdict, WaitKind

INTRODUCTION = """\
Every rule of the screening tables, from the most cautious verdict to the least. A rule fires where all conditions of
one of its lines hold. It asks where they may hold and an answer is missing. The most cautious rule wins
([how a verdict comes about](../explanation/verdict.md)). The sentence set off at the left is what a patient is told.
The examples run as tests."""


def rules_page(protocol: Protocol) -> str:
    ordered = sorted(protocol.rules.values(), key=lambda rule: (-rule.verdict, rule.id))
    rows = [(link(rule.id, ""), rule.title, rule.verdict.word, SCOPES[rule.scope]) for rule in ordered]
    parts = [INTRODUCTION, table(("rule", "title", "verdict", "reaches"), rows)]
    for verdict in dict.fromkeys(rule.verdict for rule in ordered):
        parts.append(f"## {verdict.word.capitalize()}")
        parts += [_rule(rule, protocol) for rule in ordered if rule.verdict is verdict]
    return page("Rules", *parts)


def _rule(rule: Rule, protocol: Protocol) -> str:
    head = f"**{rule.title}** - {rule.verdict.word}, {SCOPES[rule.scope]}, in force from {rule.from_day}"
    examples = [_example(example) for example in protocol.examples[rule.id]]
    return "\n\n".join(
        (
            f"### {rule.id}",
            head,
            f"> {rule.because}",
            bullets([*_conditions(rule), *_consequences(rule), *mark_rows(rule.mark)]),
            table(("example", "answers", "then"), examples),
        )
    )


def _conditions(rule: Rule) -> Iterator[tuple[str, str]]:
    for way in rule.any:
        yield "Fires when", _way(way)
    yield "Only in", ", ".join(rule.regions)
    for exemption in rule.exemptions:
        to = f"only {exemption.to.word}" if exemption.to is not None else "silent"
        one_day = f", all of one day: {cells(exemption.same_day)}" if exemption.same_day else ""
        yield f"Gives way ({to}) when", f"{cells(exemption.all)}{one_day}. {exemption.because}"


def _way(way: Alternative) -> str:
    wait = f"; wait {way.wait_days} days" if way.wait_days is not None else ""
    return f"{cells(way.all)}{wait}"


def _consequences(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.wait is not None:
        kind = "defers the visit" if rule.wait.kind is WaitKind.DEFER else "a preparation: it moves the first visit"
        since = f", counted from {rule.wait.since}" if rule.wait.since else ""
        first = f"; first: {rule.wait.not_before}" if rule.wait.not_before else ""
        yield "Wait", f"{kind}{since}{first}"
    if rule.prescribed is not None:
        yield "If prescribed", f"{rule.prescribed.verdict.word}, and no date: {rule.prescribed.because}"
    yield "Stricter choice", f"{rule.strict_days} days, for a clinic's own overlay" if rule.strict_days else ""
    yield "Clearance", _clearance(rule)
    yield "Effect", rule.effect
    yield "Modifier", link(rule.modifier, "planning.md") if rule.modifier else ""
    yield "Refer to", link(rule.refer_to, "planning.md") if rule.refer_to else ""
    yield "Tell", link(rule.tell, "planning.md") if rule.tell else ""
    yield "Falls away", rule.lifts_when
    yield "", "Acknowledged only with a reason in writing." if rule.reason_needed else ""


def _clearance(rule: Rule) -> str:
    asked = rule.clearance
    if asked is None:
        return "none changes it" if rule.verdict >= Verdict.REFER else ""
    text = f"a written word of the {link(asked.role, 'planning.md')} makes it {asked.to.word}"
    if asked.wait_days_min is not None:
        text += f", after at least {asked.wait_days_min} days; where the letter names none, {asked.wait_days_max}"
    if asked.only_where:
        text += f", only where {cells(asked.only_where)}"
    return f"{text}. {asked.condition}".strip()


def _example(example: Example) -> tuple[str, str, str]:
    given = "; ".join(f"{name}: {_said(value)}" for name, value in example.given.items()) or "nothing answered"
    inputs = "; ".join(f"{name}: {value}" for name, value in (example.inputs or {}).items())
    days = f", until day {example.wait_until_days}" if example.wait_until_days is not None else ""
    return example.name, f"{given} ({inputs})" if inputs else given, f"{example.then}{days}"


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')} {_said(part)}" for name, part in value.items())
    return ", ".join(map(_said, value)) if isinstance(value, list | tuple) else str(value)
