"""A clinic's own list of tightenings, and nothing else: what it can say is less than what the protocol says.

    [[tighten]]                         one change each; exactly one of the following
    rule = "smoking"                    verdict = "refer"          a verdict raised
    rule = "filler-recent"              wait_days = 56             a wait lengthened
    zone = "cheek"                      scar_max_mm = 1.0          a maximum lowered (also rejuvenation_max_mm,
                                                                   ceiling_mm, passes_max)
    limit = "H1"                        depth_mm = 1.0             a limit lowered
    sessions = "acne-scar-mild"         interval_min_days = 35     an interval lengthened
    preparation = "retinoid"            days_before = 10           a preparation lengthened
    aftercare = "A07"                   hours_until = 96           an aftercare span lengthened
    remove_device = "dr_pen"            a device, or remove_adjunct
    rule = "smoking"                    because = "..."            a wording (also of preparation and aftercare: text)

    [[add]]                             a rule of the clinic's own: `id`, and all that a rule file holds

Accepting it is a comparison of two values; `needlewise verify` proves once, for all such lists, that the result is
never less cautious. A loosening is refused with both values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar

from needlewise.errors import Problem
from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._screening import Alternative, Cell, Example, Rule, WaitKind
from needlewise.knowledge._tables import build_index
from needlewise.knowledge._values import STRICT, Verdict


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


TARGETS = ("rule", "zone", "limit", "sessions", "preparation", "aftercare", "remove_device", "remove_adjunct")
# Which values may be changed on which target, and whether a larger or a smaller value is the tighter one.
TIGHTER: dict[str, dict[str, Callable[[Any, Any], bool]]] = {
    "rule": {"verdict": lambda new, old: new > old, "wait_days": lambda new, old: new > old},
    "zone": dict.fromkeys(
        ("rejuvenation_max_mm", "scar_max_mm", "ceiling_mm", "passes_max"), lambda new, old: new < old
    ),
    "limit": {"depth_mm": lambda new, old: new < old},
    "sessions": {"interval_min_days": lambda new, old: new > old},
    "preparation": {"days_before": lambda new, old: new > old},
    "aftercare": {"hours_until": lambda new, old: new > old},
}
_VALUES = tuple(one.name for one in fields(Tightening) if one.name not in TARGETS)
WORDS = {"rule": "because", "preparation": "text", "aftercare": "text"}


def tightened(protocol: Protocol, overlay: Overlay, where: Callable[[int, str], str]) -> tuple[Protocol, list[Problem]]:
    """The protocol under an overlay, and everything in the overlay that is refused.

    `where(number, table)` tells the place of an entry for messages. With any problem the protocol is not to be used.
    """
    problems: list[Problem] = []
    for number, entry in enumerate(overlay.tighten):
        at = where(number, "tighten")
        target = _target(entry, at, problems)
        if target:
            protocol = _applied(protocol, entry, target, at, problems)
    for number, added in enumerate(overlay.add):
        at = where(number, "add")
        if added.id in protocol.rules:
            problems.append(
                Problem(at, f"a rule `{added.id}` exists", "an id of its own", "to change it, use [[tighten]]")
            )
        elif not added.example:
            problems.append(Problem(at, f"rule `{added.id}` has no example", "at least one that runs"))
        else:
            rule = replace(added.rule, id=added.id, title=added.title)
            examples = {**protocol.examples, added.id: added.example}
            protocol = replace(protocol, rules={**protocol.rules, added.id: rule}, examples=examples)
    return replace(protocol, index=build_index(protocol.rules.values(), protocol.facts)), problems


def _target(entry: Tightening, at: str, problems: list[Problem]) -> str:
    named = [target for target in TARGETS if getattr(entry, target)]
    if len(named) != 1:
        found = " and ".join(named) or "nothing named"
        problems.append(Problem(at, found, f"exactly one of: {', '.join(TARGETS)}"))
        return ""
    target = named[0]
    allowed = {*TIGHTER.get(target, ()), WORDS.get(target, "")}
    values = [name for name in _VALUES if getattr(entry, name) not in ("", None)]
    for name in values:
        if name not in allowed:
            expected = ", ".join(sorted(filter(None, allowed))) or "no value"
            problems.append(Problem(at, f"`{name}` cannot be changed on a {target.replace('_', ' ')}", expected))
            return ""
    if not values and not target.startswith("remove"):
        problems.append(
            Problem(at, f"{target} `{getattr(entry, target)}` without a new value", ", ".join(filter(None, allowed)))
        )
        return ""
    return target


def _applied(protocol: Protocol, entry: Tightening, target: str, at: str, problems: list[Problem]) -> Protocol:
    """The protocol with one entry applied, or unchanged with a problem noted."""
    shelf = {"rule": "rules", "zone": "zones", "limit": "limits", "sessions": "sessions", "preparation": "preparation",
             "aftercare": "aftercare", "remove_device": "devices", "remove_adjunct": "adjuncts"}[target]  # fmt: skip
    rows: Mapping[str, Any] = getattr(protocol, shelf)
    name = getattr(entry, target)
    row = rows.get(name)
    if row is None:
        problems.append(Problem(at, f"unknown {target.replace('remove_', '')} `{name}`", "one of the protocol"))
        return protocol
    if target.startswith("remove"):
        return _without(protocol, shelf, name)
    for value_name, is_tighter in TIGHTER[target].items():
        new = getattr(entry, value_name)
        if new is None:
            continue
        old = _current(row, value_name)
        if old is None:
            problems.append(Problem(at, f"{target} `{name}` has no {value_name}", "a row that has one"))
        elif not is_tighter(new, old):
            found = f"{target} `{name}`: {value_name} from {_word(old)} to {_word(new)} would loosen"
            problems.append(
                Problem(at, found, "a tighter value", "an overlay only tightens; a new edition can do more")
            )
        else:
            row = _changed(row, value_name, new)
    words = WORDS.get(target)
    if words and getattr(entry, words):
        row = replace(row, **{words: getattr(entry, words)})
    shelves: dict[str, Any] = {shelf: {**rows, name: row}}
    return replace(protocol, **shelves)


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
