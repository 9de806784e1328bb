"""A clinic's own list of tightenings, and nothing else: what it can say is less than what the protocol says.

    [[tighten]]                         one change each; exactly one of the following
    rule = "smoking"                    verdict = "refer"          a verdict raised
    rule = "filler-recent"              wait_days = 56             a wait lengthened
    zone = "cheek"                      scar_max_mm = 1.0          a maximum lowered (also rejuvenation_max_mm,
                                                                   ceiling_mm, passes_max)
    limit = "H1"                        depth_mm = 1.0             a limit lowered (also authorised_depth_mm)
    sessions = "acne-scar-mild"         interval_min_days = 35     an interval lengthened
    preparation = "retinoid"            days_before = 10           a preparation lengthened
    aftercare = "A07"                   hours_until = 96           an aftercare span lengthened
    remove_device = "dr_pen"            a device, or remove_adjunct
    rule = "smoking"                    because = "..."            a wording (also of preparation and aftercare: text),
                                                                   but not one that speaks of a prescribed medicine

    [[add]]                             a rule of the clinic's own: `id`, and all that a rule file holds

Accepting it is a comparison of two values; `needlewise verify` proves once, for all such lists, that the result is
never less cautious. A loosening is refused with both values.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar

from needlewise.errors import Problem
from needlewise.knowledge._care_check import of_rewording
from needlewise.knowledge._index import build_index
from needlewise.knowledge._places import places_of
from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._screening import Alternative, Cell, Example, Rule, WaitKind
from needlewise.knowledge._values import STRICT, Verdict
from needlewise.knowledge._written import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Tightening:
    """One change. What it changes, and the new value; everything else stays."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    rule: str = ""
    zone: str = ""
    limit: str = ""
    sessions: str = ""
    preparation: str = ""
    aftercare: str = ""
    remove_device: str = ""
    remove_adjunct: str = ""
    verdict: Verdict | None = None
    wait_days: int | None = None
    rejuvenation_max_mm: float | None = None
    scar_max_mm: float | None = None
    ceiling_mm: float | None = None
    passes_max: int | None = None
    depth_mm: float | None = None
    authorised_depth_mm: float | None = None
    interval_min_days: int | None = None
    days_before: int | None = None
    hours_until: int | None = None
    because: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedRule:
    """A rule of the clinic's own. It can only add caution: the most cautious verdict wins."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    title: str
    rule: Rule
    example: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """overlay.toml: who keeps it, and its tightenings."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    title: str
    tighten: tuple[Tightening, ...] = ()
    add: tuple[AddedRule, ...] = field(default=())


_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TARGETS = ("rule", "zone", "limit", "sessions", "preparation", "aftercare", "remove_device", "remove_adjunct")
# Which values may be changed on which target, and whether a larger or a smaller value is the tighter one.
TIGHTER: dict[str, dict[str, Callable[[Any, Any], bool]]] = {
    "rule": {"verdict": lambda new, old: new > old, "wait_days": lambda new, old: new > old},
    "zone": dict.fromkeys(
        ("rejuvenation_max_mm", "scar_max_mm", "ceiling_mm", "passes_max"), lambda new, old: new < old
    ),
    "limit": dict.fromkeys(("depth_mm", "authorised_depth_mm"), lambda new, old: new < old),
    "sessions": {"interval_min_days": lambda new, old: new > old},
    "preparation": {"days_before": lambda new, old: new > old},
    "aftercare": {"hours_until": lambda new, old: new > old},
}
_VALUES = tuple(one.name for one in fields(Tightening) if one.name not in TARGETS)
# What a value may be at all: days that a calendar still has, and passes that are still some.
MOST = {"wait_days": 3650, "interval_min_days": 3650, "days_before": 3650, "hours_until": 24 * 3650}
LEAST = {"passes_max": 1}
# What can be left out altogether, and the shelf it stands on.
REMOVALS = {"remove_device": "devices", "remove_adjunct": "adjuncts"}
WORDS = {"rule": "because", "preparation": "text", "aftercare": "text"}


def tightened(protocol: Protocol, overlay: Overlay, written: Written) -> tuple[Protocol, list[Problem]]:
    """The protocol under an overlay, and everything in the overlay that is refused.

    `written`: where the overlay is written, for messages. With any problem the protocol is not to be used.
    """
    problems: list[Problem] = []
    for number, entry in enumerate(overlay.tighten):
        at = written.under("tighten", number)
        target = _target(entry, at, problems)
        if target:
            protocol = _applied(protocol, entry, target, at, problems)
    base = protocol
    for number, added in enumerate(overlay.add):
        found = list(_faults_of(added, protocol, base, written.under("add", number)))
        problems.extend(found)
        if not found and added.rule.from_day <= protocol.edition.on:
            rule = replace(added.rule, id=added.id, title=added.title)
            examples = {**protocol.examples, added.id: added.example}
            protocol = replace(protocol, rules={**protocol.rules, added.id: rule}, examples=examples)
    index = build_index(protocol.rules.values(), protocol.facts)
    # A day that a rule of the clinic's own reads is asked for as before. Places hold their zones, so they are made anew.
    index = replace(index, undated=base.index.undated)
    return replace(protocol, index=index, places=places_of(protocol.zones)), problems


def _faults_of(added: AddedRule, protocol: Protocol, base: Protocol, at: Written) -> Iterator[Problem]:
    """What stands against a rule of the clinic's own, beside what stands against any rule."""
    if not _ID.fullmatch(added.id):
        yield at.under("id").problem(f"`{added.id}` is no id", "small letters, digits and -")
    if added.id in protocol.rules:
        hint = "to change it, use [[tighten]]"
        yield at.under("id").problem(f"a rule `{added.id}` exists", "an id of its own", hint)
    if not added.example:
        yield at.under("example").problem(f"rule `{added.id}` has no example", "at least one that runs")
    if added.rule.retired:
        found = f"rule `{added.id}` is added and retired at once"
        yield at.under("rule", "retired").problem(found, "a rule in force", "leave the rule out instead")
    modifier = base.modifiers.get(added.rule.modifier)
    if modifier and not modifier.when and all(rule.modifier != modifier.id for rule in base.rules.values()):
        # A modifier that a rule names acts only where the rule fires: naming it would take it away elsewhere.
        found = f"modifier `{modifier.id}` acts everywhere and cannot hang on a rule"
        yield at.under("rule", "modifier").problem(found, "one that does not act everywhere already")


def _target(entry: Tightening, at: Written, problems: list[Problem]) -> str:
    """What an entry changes; empty, with a problem noted, where it does not name one thing and a value it has."""
    named = [target for target in TARGETS if getattr(entry, target)]
    if len(named) != 1:
        found = " and ".join(named) or "nothing named"
        problems.append(at.problem(found, f"exactly one of: {', '.join(TARGETS)}"))
        return ""
    target = named[0]
    allowed = [*TIGHTER.get(target, ()), *([WORDS[target]] if target in WORDS else [])]
    values = [name for name in _VALUES if getattr(entry, name) not in ("", None)]
    strange = [name for name in values if name not in allowed]
    for name in strange:
        of = "with a removal" if target in REMOVALS else f"on a {target}"
        expected = ", ".join(allowed) or "no value"
        problems.append(at.under(name).problem(f"`{name}` cannot be changed {of}", expected))
    if not values and target not in REMOVALS:
        problems.append(at.problem(f"{target} `{getattr(entry, target)}` without a new value", ", ".join(allowed)))
    return target if bool(values) is not (target in REMOVALS) and not strange else ""


def _applied(protocol: Protocol, entry: Tightening, target: str, at: Written, problems: list[Problem]) -> Protocol:
    """The protocol with one entry applied, or unchanged with a problem noted."""
    shelf = {"rule": "rules", "zone": "zones", "limit": "limits", **REMOVALS}.get(target, target)
    rows: Mapping[str, Any] = getattr(protocol, shelf)
    name = getattr(entry, target)
    row = rows.get(name)
    if row is None:
        problems.append(at.under(target).unknown(target.removeprefix("remove_"), name, sorted(rows)))
        return protocol
    if target in REMOVALS:
        return _without(protocol, shelf, name)
    for value_name in TIGHTER[target]:
        new = getattr(entry, value_name)
        fault = None if new is None else _loosening(row, target, (value_name, new), at.under(value_name))
        if fault is not None:
            problems.append(fault)
        elif new is not None:
            row = _changed(row, value_name, new)
    words = WORDS.get(target)
    if words and getattr(entry, words):
        reworded = replace(row, **{words: getattr(entry, words)})
        refused = list(of_rewording(row, reworded, protocol.facts, at.under(words)))
        problems.extend(refused)
        row = row if refused else reworded
    shelves: dict[str, Any] = {shelf: {**rows, name: row}}
    if target == "rule" and (entry.verdict or entry.wait_days):
        # Its examples speak of the rule as it was.
        shelves["examples"] = {**protocol.examples, name: ()}
    return replace(protocol, **shelves)


def _loosening(row: Any, target: str, value: tuple[str, Any], at: Written) -> Problem | None:
    """What stands against a new value of a row; None where it is tighter and possible."""
    value_name, new = value
    old, name = _current(row, value_name), f"{target} `{row.id}`"
    if old is None:
        return at.problem(f"{name} has no {value_name}", "a row that has one")
    if not TIGHTER[target][value_name](new, old):
        found = f"{name}: {value_name} from {_word(old)} to {_word(new)} would loosen"
        return at.problem(found, "a tighter value", "an overlay only tightens; a new edition can do more")
    if new > MOST.get(value_name, new):
        hint = "to treat nobody so, raise a rule to exclude"
        return at.problem(f"{name}: {value_name} = {_word(new)}", f"at most {MOST[value_name]}", hint)
    if new < LEAST.get(value_name, new):
        hint = "to treat nothing here, lower a maximum to 0"
        return at.problem(f"{name}: {value_name} = {_word(new)}", f"at least {LEAST[value_name]}", hint)
    if new is Verdict.ASK:
        return at.problem(f"{name}: verdict ask", "refer, defer or exclude", "ask is what an open question gives")
    if new is Verdict.DEFER and row.wait is None:
        hint = "a deferral must end some day; this rule counts none"
        return at.problem(f"{name}: verdict defer without a wait", "refer or exclude", hint)
    return None


def _current(row: Any, name: str) -> Any:
    """The value in force; of several waits the longest, so that a new one lengthens them all or is refused."""
    if name == "wait_days":
        return max((way.wait_days for way in row.any if way.wait_days is not None), default=None)
    if hasattr(row, "depth") and row.depth is not None and hasattr(row.depth, name):
        return getattr(row.depth, name)
    return getattr(row, name, None)


def _changed(row: Any, name: str, new: Any) -> Any:
    if name == "wait_days":
        return replace(row, any=tuple(_waiting(way, new) for way in row.any))
    if name == "verdict":
        return _raised(row, new)
    if name == "interval_min_days":
        return replace(row, interval_min_days=new, interval_max_days=max(new, row.interval_max_days))
    if hasattr(row, "depth") and row.depth is not None and hasattr(row.depth, name):
        depth = replace(row.depth, **{name: new})
        return replace(row, depth=replace(depth, passes_min=min(depth.passes_min, depth.passes_max)))
    return replace(row, **{name: new})


def _raised(rule: Rule, verdict: Verdict) -> Rule:
    """A raised verdict. A wait stays what it asks of the patient; where it now defers, it defers."""
    wait = rule.wait
    if wait is not None and verdict is Verdict.DEFER:
        wait = replace(wait, kind=WaitKind.DEFER)
    return replace(rule, verdict=verdict, wait=wait)


def _waiting(way: Alternative, days: int) -> Alternative:
    """A longer wait, in the wait and in the cell that counts the same days."""
    if way.wait_days is None:
        return way
    old = way.wait_days
    cells = tuple(_counting(cell, old, days) for cell in way.all)
    return replace(way, all=cells, wait_days=days)


def _counting(cell: Cell, old: int, new: int) -> Cell:
    return replace(cell, days_since_below=new) if cell.days_since_below == old else cell


def _without(protocol: Protocol, shelf: str, name: str) -> Protocol:
    """A device or adjunct that the clinic does not use at all."""
    rest = {key: row for key, row in getattr(protocol, shelf).items() if key != name}
    if shelf == "devices":
        indications = {
            key: replace(row, labelled=tuple(use for use in row.labelled if use.device != name))
            for key, row in protocol.indications.items()
        }
    else:
        indications = {
            key: replace(row, adjuncts=tuple(one for one in row.adjuncts if one != name))
            for key, row in protocol.indications.items()
        }
    shelves: dict[str, Any] = {shelf: rest, "indications": indications}
    return replace(protocol, **shelves)


def _word(value: Any) -> str:
    return value.word if isinstance(value, Verdict) else f"{value:g}" if isinstance(value, float) else str(value)
