"""Whether the rows a forecast reckons with can be reckoned with: all of them there, each once, none below nought."""

from collections.abc import Iterator, Mapping
from math import isfinite

from needlewise.errors import Problem
from needlewise.knowledge._evidence import EvidenceBase
from needlewise.knowledge._forecasting import DISTANCES, MOST_DOUBLINGS, SPREADS, STEPS, THRESHOLDS, Judgement
from needlewise.knowledge._toml import Document
from needlewise.knowledge._written import Names, Written

FORECAST, CERTAINTY, HARMS = "evidence/forecast.toml", "evidence/certainty.toml", "evidence/harms.toml"
# A judgement moves a grade by one or two steps.
MOST_STEPS = 2
MAY_RAISE = "larger-effect"
# Where a table is asked for all of its rows: file and key -> what each row is named by, and the names.
_COMPLETE = {
    (FORECAST, "spread"): ("of", SPREADS),
    (FORECAST, "distance"): ("of", DISTANCES),
}
_NUMBERS = {"spread": ("value", "df"), "distance": ("times",), "person": ("sd",), "threshold": ("value",)}


def reckoning_problems(base: EvidenceBase, names: Names, documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Every fault of the two files, as far as they could be read."""
    if FORECAST not in documents or CERTAINTY not in documents:
        return
    for (file, key), (name, known) in _COMPLETE.items():
        yield from _complete(documents[file], key, name, known)
    yield from _thresholds(base, documents)
    for key, numbers in _NUMBERS.items():
        for number, row in enumerate(documents[FORECAST].data.get(key, [])):
            at = Written(documents[FORECAST], (key, number))
            for one in numbers:
                value = row.get(one)
                if isinstance(value, int | float) and not (isfinite(value) and value > 0):
                    yield at.under(one).problem(f"`{one}` is {value}", "a number above 0")
    yield from _not_read(base, documents[FORECAST])
    for number, person in enumerate(base.reckoning.people.values()):
        at = Written(documents[FORECAST], ("person", number, "scale"))
        yield from at.named("scale", [person.scale], names)
    for number, kind in enumerate(base.harm_kinds.values()):
        at = Written(documents[HARMS], ("kind", number, "readings"))
        for one in kind.readings:
            if one not in base.protocol.readings:
                yield at.unknown("reading", one, sorted(base.protocol.readings))
    groups = {group for one in base.protocol.indications.values() for group in one.studies}
    for number, judgement in enumerate(base.reckoning.judgements):
        at = Written(documents[CERTAINTY], ("judgement", number))
        yield from _judgement(judgement, groups, names, at)
        if judgement.of and judgement.of not in base.response_kinds and judgement.of not in base.protocol.scales:
            yield at.under("of").unknown("measure", judgement.of, (*base.response_kinds, *base.protocol.scales))


def _not_read(base: EvidenceBase, document: Document) -> Iterator[Problem]:
    """What was not read never counts for less than what is known: else a forecast grew narrower with less known."""
    rows = base.reckoning.distances
    for unread, known, most in (
        ("phototype-not-stated", "phototype", 1.0),
        ("sessions-not-stated", "sessions", MOST_DOUBLINGS),
    ):
        if unread in rows and known in rows and rows[unread].times < most * rows[known].times:
            found = f"`{unread}` counts {rows[unread].times:g}"
            expected = f"{most * rows[known].times:g} or more, the most that `{known}` can count"
            yield Written(document).problem(found, expected)


def _complete(document: Document, key: str, name: str, known: tuple[str, ...]) -> Iterator[Problem]:
    found = [str(row.get(name)) for row in document.data.get(key, [])]
    for number, one in enumerate(found):
        if one not in known:
            yield Written(document, (key, number, name)).unknown(key, one, known)
    for one in known:
        if one not in found:
            yield Written(document).problem(f"no [[{key}]] of `{one}`", f"one of each: {', '.join(known)}")


def _thresholds(base: EvidenceBase, documents: Mapping[str, Document]) -> Iterator[Problem]:
    found: set[str] = set()
    for file in (FORECAST, CERTAINTY):
        for number, row in enumerate(documents[file].data.get("threshold", [])):
            at, name = Written(documents[file], ("threshold", number, "id")), str(row.get("id"))
            if name not in THRESHOLDS:
                yield at.unknown("threshold", name, THRESHOLDS)
            elif name in found:
                yield at.problem(f"`{name}` stands twice", "each once")
            found.add(name)
    for name in THRESHOLDS:
        if name not in found:
            yield Written(documents[CERTAINTY]).problem(f"no [[threshold]] `{name}`", "one of each")
    level = base.reckoning.thresholds.get("level")
    if level is not None and not 0 < level < 1:
        yield Written(documents[FORECAST]).problem(f"level {level}", "a share between 0 and 1")


def _judgement(one: Judgement, groups: set[str], names: Names, at: Written) -> Iterator[Problem]:
    if one.group not in groups:
        yield at.under("group").unknown("group of studies", one.group, sorted(groups))
    if one.step not in STEPS:
        yield at.under("step").unknown("step", one.step, STEPS)
    yield from at.under("sources").named("source", one.sources, names)
    if not one.sources:
        yield at.problem("a judgement without a source", "at least one id of sources/")
    if not 1 <= abs(one.change) <= MOST_STEPS:
        yield at.under("change").problem(f"a change of {one.change}", "1 or 2 steps, up or down")
    if one.change > 0 and one.step != MAY_RAISE:
        yield at.under("change").problem(
            f"`{one.step}` raises a grade", f"a step down; only `{MAY_RAISE}` may raise one"
        )
