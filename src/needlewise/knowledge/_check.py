"""What one file alone cannot show: references between files, and rules that could not work."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from typing import Protocol as Shape

from needlewise.errors import Problem
from needlewise.knowledge._care_check import of_care, of_pausing
from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._scales import scale_faults
from needlewise.knowledge._screening import Alternative, Cell, Fact, Kind, Rule, RuleFile, WaitKind
from needlewise.knowledge._toml import Document, KeyPath
from needlewise.knowledge._values import Mark, Origin, Scope, Verdict
from needlewise.knowledge._wording import WORDED
from needlewise.knowledge._written import Names, Written, names_in, row_of

# What hangs on the device taken at a place; what decides about the device itself cannot ask for it.
DEVICE_INPUTS = ("labelled", "device-design", "label-names-anaesthetic-allergy")
INPUTS = (
    "indication",
    "severity",
    "zone",
    "zone-region",
    *DEVICE_INPUTS,
    "visit-kind",
    "anaesthetic",
    "adjunct",
)
_VERDICTS = "a verdict: " + ", ".join(verdict.word for verdict in Verdict)
_OPTIONS_NEEDED = (Kind.CHOICE, Kind.CONDITION, Kind.MEDICINE, Kind.FLAG)


class HasId(Shape):
    """A row of a table."""

    @property
    def id(self) -> str: ...


def as_problem(document: Document, error: Mapping[str, Any], prefix: Sequence[str] = ()) -> Problem:
    """A fault found by pydantic, in our words and with its line."""
    path: KeyPath = (*prefix, *error["loc"])
    at, dotted = Written(document, path), ".".join(map(str, path))
    if error["type"] == "unexpected_keyword_argument":
        return at.problem(f"unknown key `{dotted}`", hint="look for a slip of the pen, or remove it")
    if error["type"] == "missing_argument" or error["type"] == "missing":
        return at.problem(f"`{dotted}` is missing")
    is_verdict = error["type"] == "enum" and path[-1] in ("verdict", "to")
    expected = _VERDICTS if is_verdict else error["msg"].removeprefix("Input should be ")
    return at.problem(f"`{dotted}` is {error['input']!r}", expected)


def repeated_ids(document: Document, key: str, rows: Iterable[HasId]) -> Iterator[Problem]:
    """Rows of one table that share an id."""
    seen: set[str] = set()
    for number, row in enumerate(rows):
        if row.id in seen:
            yield Written(document, (key, number, "id")).problem(f"id `{row.id}` stands twice", "each id once")
        seen.add(row.id)


def problems(
    protocol: Protocol, rules: Mapping[str, RuleFile], files: Iterable[str], documents: Mapping[str, Document]
) -> Iterator[Problem]:
    """Every fault between the files. `files` are the names of all, those that could not be read included."""
    names = names_in(files, documents)
    for name, file in rules.items():
        yield from _of_rule_file(file, protocol, names, Written(documents[f"rules/{name}.toml"]))
    for fact in protocol.facts.values():
        yield from _of_fact(fact, protocol, names, Written(documents[f"facts/{fact.id}.toml"]))
    for zone in protocol.zones.values():
        at = Written(documents[f"zones/{zone.id}.toml"])
        yield from at.under("parent").named("zone", [zone.parent], names)
        if not zone.plannable and not zone.refused_because:
            yield at.under("plannable").problem("a zone that is never treated, without a reason", "`refused_because`")
        if zone.plannable and zone.depth is None:
            yield at.problem("a zone without a depth row", "[depth], or `plannable = false` and why")
    for scale in protocol.scales.values():
        at = Written(documents[f"scales/{scale.id}.toml"])
        yield from (at.under(key).problem(found, expected) for key, found, expected in scale_faults(scale))
    yield from _of_indications(protocol, names, documents)
    yield from _of_tables(protocol, names, documents)
    yield from of_care(protocol, names, documents)


def _of_rule_file(file: RuleFile, protocol: Protocol, names: Names, at: Written) -> Iterator[Problem]:
    """Every generation is looked at, also those whose day has not come or is over."""
    days = [generation.from_day for generation in file.rule]
    for number, generation in enumerate(file.rule):
        yield from of_rule(generation, protocol, names, at.under("rule", number))
        if generation.from_day in days[:number]:
            found = f"two generations from {generation.from_day}"
            yield at.under("rule", number, "from_day").problem(found, "each generation from a day of its own")
    if not file.rule:
        yield at.problem("a rule file without a [[rule]]", "at least one generation")
    if not file.example:
        yield at.problem("a rule without an [[example]]", "at least one that fires and one that does not")


def of_rule(rule: Rule, protocol: Protocol, names: Names, at: Written) -> Iterator[Problem]:
    """What is wrong with one rule, seen from the whole protocol."""
    for number, way in enumerate(rule.any):
        yield from _of_way(way, rule, protocol, names, at.under("any", number))
    for number, exemption in enumerate(rule.exemptions):
        yield from _of_cells(exemption.all, protocol, names, at.under("exemptions", number, "all"))
        yield from _of_same_day(exemption.same_day, protocol, names, at.under("exemptions", number, "same_day"))
    yield from at.under("regions").named("region", rule.regions, names)
    yield from at.under("modifier").named("modifier", [rule.modifier], names)
    if rule.clearance is not None:
        yield from at.under("clearance", "role").named("role", [rule.clearance.role], names)
        yield from _of_cells(rule.clearance.only_where, protocol, names, at.under("clearance", "only_where"))
        if rule.clearance.only_where and not rule.clearance.condition:
            found = "a clearance that counts only in some cases, and does not say in which"
            yield at.under("clearance", "only_where").problem(found, "`condition`, the same in words")
        if rule.clearance.to >= rule.verdict:
            found = "a clearance that changes nothing"
            yield at.under("clearance", "to").problem(found, "a verdict milder than the rule's own")
    if rule.verdict is Verdict.ASK:
        found = "verdict ask, which is what an open question gives"
        yield at.under("verdict").problem(found, "the verdict of a known answer")
    if not rule.any:
        yield at.problem("a rule without a way to fire", "at least one [[rule.any]]")
    yield from of_pausing(rule, protocol.facts, at)
    if rule.wait and rule.wait.kind is WaitKind.DEFER and rule.verdict is not Verdict.DEFER:
        yield at.under("wait", "kind").problem(
            f"a wait of kind defer with verdict {rule.verdict.word}", "verdict defer"
        )
    if rule.verdict is Verdict.DEFER and rule.wait is None:
        found = "verdict defer without a [rule.wait]"
        yield at.under("verdict").problem(found, "a day, or what must have happened before")
    if rule.mark.origin is Origin.READ and rule.verdict is Verdict.EXCLUDE and not _stands(rule.mark, protocol):
        found = "an exclusion `read` in sources none of which can carry one alone"
        hint = "such sources may tighten, as `chosen`; see `alone` in levels.toml"
        yield at.under("mark", "origin").problem(found, "origin `chosen`", hint)


def _stands(mark: Mark, protocol: Protocol) -> bool:
    """Some source of the mark may by itself stand behind a limit. One that could not be read is given the benefit."""
    sources = [protocol.sources.get(cite.id) for cite in mark.sources]
    return any(source is None or protocol.levels[source.level].alone for source in sources)


def _of_way(way: Alternative, rule: Rule, protocol: Protocol, names: Names, at: Written) -> Iterator[Problem]:
    if not way.all:
        yield at.problem("an alternative without cells would always fire", "at least one cell")
    if way.wait_days is not None and rule.wait is None:
        expected = "the kind of wait, and from when it counts"
        yield at.under("wait_days").problem("`wait_days` without a [rule.wait]", expected)
    yield from _of_cells(way.all, protocol, names, at.under("all"))
    for number, cell in enumerate(way.all):
        if way.wait_days is not None and cell.days_since_below not in (None, way.wait_days):
            found = f"the cell counts {cell.days_since_below} days and the wait {way.wait_days}"
            expected = "the same number, so that the wait ends when the rule falls silent"
            yield at.under("all", number).problem(found, expected)


def _of_same_day(cells: tuple[Cell, ...], protocol: Protocol, names: Names, at: Written) -> Iterator[Problem]:
    """Cells that must speak of one event: at least two, each of an event."""
    if len(cells) == 1:
        yield at.problem("one event compared with nothing", "at least two cells")
    yield from _of_cells(cells, protocol, names, at)
    for number, cell in enumerate(cells):
        fact = protocol.facts.get(cell.fact)
        if cell.input or (fact is not None and fact.kind is not Kind.EVENT):
            yield at.under(number).problem(f"`{cell.fact or cell.input}` has no day of its own", "an event")


def of_answered(cells: tuple[Cell, ...], protocol: Protocol, names: Names, at: Written) -> Iterator[Problem]:
    """Cells that are read before a device is taken: they can only ask for answers and for what is wished."""
    yield from _of_cells(cells, protocol, names, at)
    for number, cell in enumerate(cells):
        if cell.input in DEVICE_INPUTS:
            found = f"`{cell.input}` hangs on the device, which is not taken yet"
            yield at.under(number).problem(found, "an answer, or what is wished")


def _of_cells(cells: Iterable[Cell], protocol: Protocol, names: Names, at: Written) -> Iterator[Problem]:
    for number, cell in enumerate(cells):
        yield from _of_cell(cell, protocol, names, at.under(number))


def _of_cell(cell: Cell, protocol: Protocol, names: Names, at: Written) -> Iterator[Problem]:
    if bool(cell.fact) == bool(cell.input):
        yield at.problem("a cell must read either a fact or an input", "one of `fact`, `input`")
    elif cell == Cell(fact=cell.fact, input=cell.input):
        yield at.problem("a cell that compares nothing holds for every answer", "one_of, below, days_since_below ...")
    elif cell.input and cell.input not in INPUTS:
        yield at.unknown("input", cell.input, INPUTS)
    elif cell.fact:
        yield from at.named("fact", [cell.fact], names)
        if (fact := protocol.facts.get(cell.fact)) is not None:
            yield from _of_answers(cell, fact, at)


def _of_answers(cell: Cell, fact: Fact, at: Written) -> Iterator[Problem]:
    """A cell can only be compared with answers that its question takes."""
    options = ("never", "happened") if fact.kind is Kind.EVENT else fact.options
    if options or fact.kind not in _OPTIONS_NEEDED:
        answers = [option for option in (*cell.one_of, *cell.none_of) if option not in options]
        yield from (at.unknown(f"answer to `{fact.id}`", option, options) for option in answers)
    kinds = [what for what in cell.what if what not in fact.what]
    yield from (at.unknown(f"kind of `{fact.id}`", what, fact.what) for what in kinds)
    numbers = (cell.below, cell.above, cell.at_least, cell.at_most)
    if fact.kind is not Kind.MEASURE and any(number is not None for number in numbers):
        yield at.problem(f"a number compared with `{fact.id}`, a {fact.kind}", "a measure, or `one_of`")
    counts_days = cell.days_since_below is not None or cell.days_since_at_least is not None
    if counts_days and not (fact.kind is Kind.EVENT or fact.dated):
        yield at.problem(f"days counted from `{fact.id}`, which has no day", "an event, or a fact with `dated` answers")


def _of_fact(fact: Fact, protocol: Protocol, names: Names, at: Written) -> Iterator[Problem]:
    yield from _of_cells(fact.asked_when, protocol, names, at.under("asked_when"))
    yield from at.under("derived_from").named("fact", [fact.derived_from], names)
    yield from at.under("scale").named("scale", [fact.scale], names)
    if fact.kind is Kind.MEASURE and (fact.range is None or not fact.unit):
        yield at.under("kind").problem("a measure without unit or range", "both")
    if fact.whole and (fact.kind is not Kind.MEASURE or any(end != int(end) for end in fact.range or ())):
        yield at.under("whole").problem(
            "whole numbers where none can be meant", "a measure with a range of whole numbers"
        )
    if fact.kind in _OPTIONS_NEEDED and not fact.options:
        found = f"a {fact.kind} without options"
        yield at.under("kind").problem(found, "the answers one can give, least risky first")
    for option in fact.dated:
        if option not in fact.options:
            yield at.under("dated").unknown("answer", option, fact.options)
    for option in fact.labels or {}:
        if option not in fact.options and option not in fact.what:
            yield at.under("labels", option).unknown("answer", option, (*fact.options, *fact.what))
    if fact.scope is Scope.PERSON and fact.kind is Kind.EVENT and fact.what and not fact.labels:
        yield at.under("what").problem("kinds of event without labels", "a label for each")


def _of_indications(protocol: Protocol, names: Names, documents: Mapping[str, Document]) -> Iterator[Problem]:
    for indication in protocol.indications.values():
        at = Written(documents[f"indications/{indication.id}.toml"])
        for severity, row in indication.sessions.items():
            yield from at.under("sessions", severity).named("sessions row", [row], names)
            if severity not in indication.severity_labels:
                found = f"severity `{severity}` has no label"
                yield at.under("sessions", severity).problem(found, "a label in `severity_labels`")
        for number, use in enumerate(indication.labelled):
            yield from at.under("labelled", number, "device").named("device", [use.device], names)
            yield from at.under("labelled", number, "zones").named("zone", use.zones, names)
            yield from of_answered(use.when, protocol, names, at.under("labelled", number, "when"))
        yield from of_answered(indication.needs, protocol, names, at.under("needs"))
        yield from at.under("allowed_regions").named("region", indication.allowed_regions, names)
        for region, zones in (indication.allowed_zones or {}).items():
            yield from at.under("allowed_zones", region).named("region", [region], names)
            yield from at.under("allowed_zones", region).named("zone", zones, names)
        yield from at.under("scales").named("scale", indication.scales, names)
        for number, goal in enumerate(indication.goal):
            yield from at.under("goal", number, "scales").named("scale", goal.scales, names)
            if goal.supported is bool(goal.unsupported_because):
                found = f"goal `{goal.id}`, supported: {str(goal.supported).lower()}"
                yield at.under("goal", number).problem(found, "`unsupported_because` where it is false, and only there")
        yield from at.under("adjuncts").named("adjunct", indication.adjuncts, names)
        yield from at.under("offers_instead").named("indication", indication.offers_instead, names)


def _of_tables(protocol: Protocol, names: Names, documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Names that stand in tables: facts of care rows, zones of limits, rules of stop rules."""
    if protocol.wording:
        yield from _of_wording(protocol, documents["wording.toml"])
    for modifier in protocol.modifiers.values():
        at = row_of(documents["modifiers.toml"], "modifier", modifier.id)
        yield from _of_cells(modifier.when, protocol, names, at.under("when"))
    for limit in protocol.limits.values():
        at = row_of(documents["limits.toml"], "limit", limit.id)
        yield from at.under("regions").named("region", (*limit.regions, limit.shallow_region), names)
        yield from at.under("zones").named("zone", (*limit.zones, *limit.authorised_zones), names)
        yield from _of_cells(limit.prescriber_first, protocol, names, at.under("prescriber_first"))
        yield from _of_cells(limit.no_anaesthetic, protocol, names, at.under("no_anaesthetic"))
    for row in protocol.preparation.values():
        at = row_of(documents["care/preparation.toml"], "preparation", row.id)
        yield from at.under("fact").named("fact", [row.fact], names)
        yield from _of_cells(row.when, protocol, names, at.under("when"))
    for care in protocol.aftercare.values():
        at = row_of(documents["care/aftercare.toml"], "aftercare", care.id)
        yield from at.under("restarts").named("fact", care.restarts, names)
        yield from _of_cells(care.when, protocol, names, at.under("when"))
        if care.hours_until <= care.hours_from:
            found = f"{care.id} ends before it begins"
            yield at.under("hours_until").problem(found, "hours_until after hours_from")
    for recovery in protocol.recovery.values():
        at = row_of(documents["care/recovery.toml"], "recovery", recovery.id)
        yield from _of_cells(recovery.when, protocol, names, at.under("when"))
    for stop in protocol.stop_rules.values():
        at = row_of(documents["stop-rules.toml"], "stop", stop.id)
        yield from at.under("rule").named("rule", [stop.rule], names)


def _of_wording(protocol: Protocol, document: Document) -> Iterator[Problem]:
    """Every verdict has its words, and nothing else has."""
    for name in protocol.wording:
        if name not in WORDED:
            yield row_of(document, "verdict", name).under("id").unknown("verdict", name, WORDED)
    for name in WORDED:
        if name not in protocol.wording:
            yield Written(document).problem(f"no words for `{name}`", "a [[verdict]] row of each", "add the row")
