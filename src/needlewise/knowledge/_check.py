"""What one file alone cannot show: references between files, and rules that could not work."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from typing import Protocol as Shape

from needlewise.errors import Problem
from needlewise.knowledge._care import Level
from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._screening import Alternative, Cell, Fact, Kind, Rule, WaitKind
from needlewise.knowledge._toml import Document
from needlewise.knowledge._values import Mark, Origin, Scope, Verdict

INPUTS = (
    "indication",
    "severity",
    "zone",
    "zone-region",
    "labelled",
    "device-design",
    "visit-kind",
    "anaesthetic",
    "adjunct",
)


class HasId(Shape):
    """A row of a table."""

    @property
    def id(self) -> str: ...


def as_problem(document: Document, error: Mapping[str, Any], prefix: Sequence[str] = ()) -> Problem:
    """A fault found by pydantic, in our words and with its line."""
    path = [*prefix, *error["loc"]]
    where = f"{document.name}:{document.line_of(path)}"
    dotted = ".".join(map(str, path))
    if error["type"] == "unexpected_keyword_argument":
        return Problem(where, f"unknown key `{dotted}`", hint="look for a slip of the pen, or remove it")
    if error["type"] == "missing_argument" or error["type"] == "missing":
        return Problem(where, f"`{dotted}` is missing")
    return Problem(where, f"`{dotted}` is {error['input']!r}", error["msg"].removeprefix("Input should be "))


def unknown_level(document: Document, levels: Mapping[str, Level]) -> Problem:
    """A source whose level no row of levels.toml describes."""
    found = str(document.data.get("level"))
    return Problem(f"{document.name}:{document.line_of(['level'])}", *_unknown("level", found, levels))


def repeated_ids(file: str, rows: Iterable[HasId]) -> Iterator[Problem]:
    """Rows of one table that share an id."""
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            yield Problem(file, f"id `{row.id}` stands twice", "each id once")
        seen.add(row.id)


def _unknown(kind: str, found: str, known: Iterable[str]) -> tuple[str, str, str]:
    near = difflib.get_close_matches(found, list(known), n=1)
    hint = f"did you mean `{near[0]}`?" if near else ""
    return f"unknown {kind} `{found}`", f"a {kind} of the knowledge files", hint


def problems(protocol: Protocol, documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Every fault between the files."""
    for rule in protocol.rules.values():
        document = documents[f"rules/{rule.id}.toml"]
        yield from of_rule(rule, protocol, document, f"rules/{rule.id}.toml")
    for fact in protocol.facts.values():
        yield from _of_fact(fact, protocol)
    yield from _of_planning(protocol)
    yield from _of_references(protocol)


def of_rule(rule: Rule, protocol: Protocol, document: Document, where: str) -> Iterator[Problem]:
    """What is wrong with one rule, seen from the whole protocol."""
    for number, way in enumerate(rule.any):
        faults = list(_of_way(way, rule, protocol))
        if faults:
            at = f"{where}:{document.line_of(['rule', 0, 'any', number])}"
            yield from (replace(fault, where=at) for fault in faults)
    for exemption in rule.exemptions:
        for cell in exemption.all:
            yield from _of_cell(cell, protocol, where)
    if rule.clearance and rule.clearance.role not in protocol.roles:
        yield Problem(where, *_unknown("role", rule.clearance.role, protocol.roles))
    if rule.clearance and rule.clearance.to >= rule.verdict:
        yield Problem(where, "a clearance that changes nothing", "a verdict milder than the rule's own")
    if rule.wait and rule.wait.kind is WaitKind.DEFER and rule.verdict is not Verdict.DEFER:
        yield Problem(where, f"a wait of kind defer with verdict {rule.verdict.word}", "verdict defer")
    if rule.verdict is Verdict.DEFER and rule.wait is None:
        yield Problem(where, "verdict defer without a [rule.wait]", "a day, or what must have happened before")
    if rule.modifier and rule.modifier not in protocol.modifiers:
        yield Problem(where, *_unknown("modifier", rule.modifier, protocol.modifiers))
    if rule.mark.origin is Origin.READ and rule.verdict is Verdict.EXCLUDE and not _stands(rule.mark, protocol):
        hint = "such sources may tighten, as `chosen`; see `alone` in levels.toml"
        yield Problem(
            where, "an exclusion `read` in sources none of which can carry one alone", "origin `chosen`", hint
        )


def _stands(mark: Mark, protocol: Protocol) -> bool:
    """Some source of the mark may by itself stand behind a limit."""
    return any(protocol.levels[protocol.sources[cite.id].level].alone for cite in mark.sources)


def _of_way(way: Alternative, rule: Rule, protocol: Protocol) -> Iterator[Problem]:
    if not way.all:
        yield Problem("", "an alternative without cells would always fire", "at least one cell")
    if way.wait_days is not None and rule.wait is None:
        yield Problem("", "`wait_days` without a [rule.wait]", "the kind of wait, and from when it counts")
    for cell in way.all:
        yield from _of_cell(cell, protocol, "")
        if way.wait_days is not None and cell.days_since_below not in (None, way.wait_days):
            found = f"the cell counts {cell.days_since_below} days and the wait {way.wait_days}"
            yield Problem("", found, "the same number, so that the wait ends when the rule falls silent")


def _of_cell(cell: Cell, protocol: Protocol, where: str) -> Iterator[Problem]:
    if bool(cell.fact) == bool(cell.input):
        yield Problem(where, "a cell must read either a fact or an input", "one of `fact`, `input`")
    elif cell.input:
        if cell.input not in INPUTS:
            yield Problem(where, *_unknown("input", cell.input, INPUTS))
    elif (fact := protocol.facts.get(cell.fact)) is None:
        yield Problem(where, *_unknown("fact", cell.fact, protocol.facts))
    else:
        for option in (*cell.one_of, *cell.none_of):
            if option not in fact.options:
                yield Problem(where, *_unknown(f"answer to `{fact.id}`", option, fact.options))
        for what in cell.what:
            if what not in fact.what:
                yield Problem(where, *_unknown(f"kind of `{fact.id}`", what, fact.what))


def _of_fact(fact: Fact, protocol: Protocol) -> Iterator[Problem]:
    where = f"facts/{fact.id}.toml"
    for cell in fact.asked_when:
        yield from _of_cell(cell, protocol, where)
    if fact.kind is Kind.MEASURE and (fact.range is None or not fact.unit):
        yield Problem(where, "a measure without unit or range", "both")
    if fact.kind in (Kind.CHOICE, Kind.CONDITION, Kind.MEDICINE, Kind.FLAG) and not fact.options:
        yield Problem(where, f"a {fact.kind} without options", "the answers one can give, least risky first")
    for option in fact.dated:
        if option not in fact.options:
            yield Problem(where, *_unknown("answer", option, fact.options))
    for option in fact.labels or {}:
        if option not in fact.options and option not in fact.what:
            yield Problem(where, *_unknown("answer", option, (*fact.options, *fact.what)))
    if fact.scope is Scope.PERSON and fact.kind is Kind.EVENT and fact.what and not fact.labels:
        yield Problem(where, "kinds of event without labels", "a label for each")


def _of_planning(protocol: Protocol) -> Iterator[Problem]:
    for zone in protocol.zones.values():
        where = f"zones/{zone.id}.toml"
        if zone.parent and zone.parent not in protocol.zones:
            yield Problem(where, *_unknown("zone", zone.parent, protocol.zones))
        if not zone.plannable and not zone.refused_because:
            yield Problem(where, "a zone that is never treated, without a reason", "`refused_because`")
    for indication in protocol.indications.values():
        where = f"indications/{indication.id}.toml"
        for severity, row in indication.sessions.items():
            if row not in protocol.sessions:
                yield Problem(where, *_unknown("sessions row", row, protocol.sessions))
            if severity not in indication.severity_labels:
                yield Problem(where, f"severity `{severity}` has no label", "a label in `severity_labels`")
        for use in indication.labelled:
            if use.device not in protocol.devices:
                yield Problem(where, *_unknown("device", use.device, protocol.devices))
            for name in use.zones:
                if name not in protocol.zones:
                    yield Problem(where, *_unknown("zone", name, protocol.zones))
        for scale in {*indication.scales, *(name for goal in indication.goal for name in goal.scales)}:
            if scale not in protocol.scales:
                yield Problem(where, *_unknown("scale", scale, protocol.scales))
        for adjunct in indication.adjuncts:
            if adjunct not in protocol.adjuncts:
                yield Problem(where, *_unknown("adjunct", adjunct, protocol.adjuncts))


def _of_references(protocol: Protocol) -> Iterator[Problem]:
    """Names that stand in tables: conflicts, facts of care rows, rules of stop rules."""
    for rule in protocol.rules.values():
        for conflict in rule.mark.conflicts:
            if conflict not in protocol.conflicts:
                yield Problem(f"rules/{rule.id}.toml", *_unknown("conflict", conflict, protocol.conflicts))
    for row in protocol.preparation.values():
        if row.fact and row.fact not in protocol.facts:
            yield Problem("care/preparation.toml", *_unknown("fact", row.fact, protocol.facts))
    for care in protocol.aftercare.values():
        for fact in care.restarts:
            if fact not in protocol.facts:
                yield Problem("care/aftercare.toml", *_unknown("fact", fact, protocol.facts))
        if care.hours_until <= care.hours_from:
            yield Problem("care/aftercare.toml", f"{care.id} ends before it begins", "hours_until after hours_from")
    for stop in protocol.stop_rules.values():
        if stop.rule and stop.rule not in protocol.rules:
            yield Problem("stop-rules.toml", *_unknown("rule", stop.rule, protocol.rules))
