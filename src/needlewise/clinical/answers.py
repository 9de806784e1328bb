"""Reading answers: what a person said, checked against the declared questions.

Nothing here decides. A value that cannot be an answer becomes a problem; a value left out stays unknown.
"""

import calendar
import difflib
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from needlewise.errors import Problem
from needlewise.knowledge import Answer, Fact, Kind, Protocol, Scope

EARLIEST = date(1900, 1, 1)
UNKNOWN_WORDS = frozenset({"unknown", "not-known"})
# An event that may lie ahead: it is planned around, not waited for.
MAY_LIE_AHEAD = frozenset({"social-event"})
# What a clinic may have and write down for years, while records of the protocol come and go.
MAY_BE_GONE = frozenset({"device"})
# What says that there is nothing, so that neither a day nor a prescription can go with it.
SAYS_NOTHING = frozenset({"never", "none", "no"})
# Past so many problems the file is another file altogether, and looking for near names takes long.
MOST_SUGGESTIONS = 100
LONGEST_SHOWN = 60
# How much of two names must agree before one is offered for the other.
_ALIKE = 0.7
LONGEST_LIST = 12
_LISTED = {
    "fact": "`needlewise facts` lists every question",
    "goal": "`needlewise facts --goals` lists every goal",
    **{kind: f"`needlewise protocol list {kind}s` lists them all" for kind in ("zone", "indication", "device", "rule")},
    **{kind: f"`needlewise protocol list {kind}s` lists them all" for kind in ("adjunct", "role")},
}
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_TABLE_KEYS = {
    Kind.CONDITION: ("status", "on", "since", "where"),
    Kind.EVENT: ("on", "what", "where", "depth_mm", "status"),
    Kind.MEDICINE: ("status", "on", "last", "prescribed", "where"),
    Kind.FLAG: ("status", "where"),
    Kind.CHOICE: ("status", "where"),
    Kind.MEASURE: ("value", "where"),
}


# The earliest possible day, None where it is exact; and the latest, None where there is none.
Span = tuple[date | None, date | None]
NO_DAY: Span = (None, None)


class Reader:
    """Reads all answers of a case and keeps every problem it meets."""

    def __init__(self, protocol: Protocol, on: date) -> None:
        self.protocol = protocol
        self.on = on
        self.problems: list[Problem] = []

    def read(self, raw: Mapping[str, Any], places: Mapping[str, str] | None = None) -> dict[str, tuple[Answer, ...]]:
        """Answers by fact. Explicitly unknown ones are left out: not asked and not known are the same.

        `places`: where an answer was written, if not under its own name in the facts.
        """
        found = {}
        written = {name: inside("facts", name) for name in raw} | dict(places or {})
        for name, value in raw.items():
            where = written[name]
            fact = self.protocol.facts.get(name)
            if fact is None:
                self.unknown(where, "fact", name, self.protocol.facts)
            elif fact.derived_from:
                self.problem(where, f"`{name}` is worked out and never asked", f"an answer to `{fact.derived_from}`")
            elif fact.kind is Kind.CLEARANCE:
                self.problem(where, "a clearance is not an answer", "a [[clearance]] table")
            else:
                answers = tuple(self._entries(fact, value, where))
                if answers:
                    found[name] = answers
        self._contradictions(found, written)
        return found

    def problem(self, where: str, found: str, expected: str = "", hint: str = "") -> None:
        self.problems.append(Problem(where, found, expected, hint))

    def unknown(self, where: str, kind: str, found: object, known: Iterable[str]) -> None:
        """A name that nothing has; the hint is the nearest name there is, or where to look for all of them."""
        names = list(known)
        name = found if isinstance(found, str) else ""
        few = len(self.problems) < MOST_SUGGESTIONS and len(name) < LONGEST_SHOWN
        near = nearest(name, names) if few else ""
        hint = f"did you mean `{near}`?" if near else _LISTED.get(kind, "")
        expected = (
            f"one of: {', '.join(names)}" if len(names) <= LONGEST_LIST else f"one of the {kind}s of the protocol"
        )
        said = f"unknown {kind} {shown(name)}" if name else f"{shown(found)} is no {kind}"
        if kind in MAY_BE_GONE and name and few:
            # A case outlives the record: what to take instead, and where to look.
            said += f": the protocol has no such {kind}, or no longer"
            expected += _nearest_there_is(name, names)
            hint = _LISTED[kind]
        self.problem(where, said, expected if names else f"no {kind} here", hint)

    def _entries(self, fact: Fact, value: Any, where: str) -> Iterator[Answer]:
        many = isinstance(value, list | tuple)
        if many and fact.scope is Scope.PERSON and fact.kind is not Kind.EVENT:
            self.problem(where, "several answers to a question about the whole person", "one answer")
            return
        if many and not value:
            self.problem(where, "an empty list", "an answer", "leave it out where it is not known")
        for number, one in enumerate(value if many else (value,)):
            at = f"{where}[{number}]" if many else where
            answer = self._entry(fact, one, at)
            if answer is not None:
                yield answer

    def _entry(self, fact: Fact, value: Any, where: str) -> Answer | None:
        if isinstance(value, str) and value in UNKNOWN_WORDS:
            return None
        if not isinstance(value, Mapping):
            return self._bare(fact, value, where)
        for key in value:
            if key not in _TABLE_KEYS[fact.kind]:
                self.unknown(inside(where, key), "key", key, _TABLE_KEYS[fact.kind])
        places = self.places(value.get("where"), f"{where}.where", fact)
        earliest, on = self._day_of(fact, value, where)
        if fact.kind is Kind.MEASURE:
            number = self._number(fact, value.get("value"), where)
            return None if number is None else Answer(number, where=places, said=_say_number(fact, number))
        if fact.kind is Kind.EVENT:
            return self._event(fact, value, (earliest, on), places, where)
        status = self._option(fact, value.get("status"), f"{where}.status" if "status" in value else where)
        if status is None:
            return None
        prescribed = value.get("prescribed")
        if prescribed is not None and not isinstance(prescribed, bool):
            self.problem(f"{where}.prescribed", shown(prescribed), "true or false")
            prescribed = None
        self._nothing(status, where, day=on is not None, prescribed=prescribed is True)
        said = _say(fact, status, on)
        return Answer(status, on, prescribed=prescribed, where=places, said=said, earliest=earliest)

    def _bare(self, fact: Fact, value: Any, where: str) -> Answer | None:
        if fact.kind is Kind.MEASURE:
            number = self._number(fact, value, where)
            return None if number is None else Answer(number, said=_say_number(fact, number))
        if fact.kind is Kind.EVENT:
            if value == "never":
                return Answer("never", said="never")
            earliest, on = self.span(value, where, ahead=fact.id in MAY_LIE_AHEAD)
            if on is None:
                return None
            return Answer("happened", on, said=_say_day(earliest, on, self.on), earliest=earliest)
        status = self._option(fact, value, where)
        return None if status is None else Answer(status, said=_say(fact, status, None))

    def _event(
        self, fact: Fact, value: Mapping[str, Any], days: Span, places: frozenset[str] | None, where: str
    ) -> Answer | None:
        earliest, on = days
        status = value.get("status", "happened")
        if status not in ("happened", "never"):
            self.unknown(f"{where}.status", "status", status, ("never",))
            return None
        if status == "never":
            self._nothing("never", where, day=on is not None, more="what" in value or "depth_mm" in value)
            return Answer("never", where=places, said="never")
        what = value.get("what")
        if what is not None and what not in fact.what:
            self.unknown(f"{where}.what", f"kind of `{fact.id}`", what, fact.what)
            return None
        depth = value.get("depth_mm")
        if depth is not None and not (_is_number(depth) and 0 < depth <= 5):
            self.problem(f"{where}.depth_mm", shown(depth), "a depth above 0 and up to 5 mm")
            depth = None
        label = (fact.labels or {}).get(what, what) if what else ""
        day = _say_day(earliest, on, self.on) if on else "day not known"
        said = f"{label} {day}".lstrip()
        return Answer("happened", on, what=what, where=places, depth_mm=depth, said=said, earliest=earliest)

    def _nothing(self, status: str, where: str, *, day: bool, prescribed: bool = False, more: bool = False) -> None:
        """An answer that says that there is nothing has neither a day nor anything else beside it."""
        beside = "a day" if day else "`prescribed`" if prescribed else "more" if more else ""
        if status in SAYS_NOTHING and beside:
            self.problem(where, f"contradictory: `{status}`, and {beside} beside it", "one of the two")

    def _option(self, fact: Fact, value: Any, where: str) -> str | None:
        if isinstance(value, bool) and fact.kind is Kind.FLAG:
            return "yes" if value else "no"
        if isinstance(value, str) and value in fact.options:
            return value
        if value is None:
            self.problem(where, "no answer", f"one of: {', '.join(fact.options)}")
        elif isinstance(value, str):
            near = nearest(value[:LONGEST_SHOWN], fact.options)
            hint = f"did you mean `{near}`?" if near else 'leave it out, or say "unknown", where it is not known'
            self.problem(
                where, f"{shown(value)} is no answer to `{fact.id}`", f"one of: {', '.join(fact.options)}", hint
            )
        else:
            self.problem(where, shown(value), f"one of: {', '.join(fact.options)}")
        return None

    def _number(self, fact: Fact, value: Any, where: str) -> float | None:
        low, high = fact.range or (-math.inf, math.inf)
        span = f"a {'whole ' if fact.whole else ''}number from {low:g} to {high:g} {fact.unit}".rstrip()
        if not _is_number(value):
            self.problem(where, "no value" if value is None else shown(value), span)
            return None
        if not low <= value <= high:
            self.problem(where, f"{shown(value)} (in {fact.unit})", span, "check the unit and the point")
            return None
        if fact.whole and value != int(value):
            self.problem(where, f"{shown(value)} is a fraction", span)
            return None
        return float(value)

    def _day_of(self, fact: Fact, value: Mapping[str, Any], where: str) -> Span:
        named = [key for key in ("on", "since", "last") if key in value]
        if len(named) > 1:
            self.problem(where, f"two days: {' and '.join(named)}", "one of them")
        if not named:
            return NO_DAY
        return self.span(value[named[0]], f"{where}.{named[0]}", ahead=fact.id in MAY_LIE_AHEAD)

    def day(self, value: Any, where: str, *, ahead: bool = False) -> date | None:
        """A day, or the latest possible day of a month or year. `ahead`: it may lie after the consultation."""
        return self.span(value, where, ahead=ahead)[1]

    def span(self, value: Any, where: str, *, ahead: bool = False) -> Span:
        """The earliest and the latest possible day of a month or year; of an exact day only the latest."""
        first, latest = _days_of(value)
        if latest is None:
            usual = 'a day such as 2026-03-14, or "2026-03" or "2026" where that is all one knows'
            self.problem(where, "no day" if value is None else shown(value), usual)
            return NO_DAY
        if not ahead and (first or latest) > self.on:
            said = value if first else latest
            self.problem(where, f"{said} lies after the day of the consultation, {self.on}", "a day in the past")
            return NO_DAY
        day = latest if ahead else min(latest, self.on)
        if day < EARLIEST:
            self.problem(where, f"{day}", f"a day from {EARLIEST} on")
            return NO_DAY
        return first, day

    def places(self, value: Any, where: str, fact: Fact | None = None) -> frozenset[str] | None:
        """Places from zone, place and region ids; None where nothing is said, which means everywhere."""
        if value is None:
            return None
        if fact is not None and fact.scope is Scope.PERSON:
            self.problem(where, f"`{fact.id}` is asked about the whole person", "no `where`")
            return None
        if isinstance(value, list | tuple) and not value:
            self.problem(where, "an empty list", "at least one zone", "leave `where` out for everywhere")
        found: set[str] = set()
        for name in value if isinstance(value, list | tuple) else (value,):
            here = self.expand(name)
            if not here:
                known = [*self.protocol.zones, *self.protocol.places, *_regions(self.protocol)]
                self.unknown(where, "zone", name, known)
            found |= here
        return frozenset(found) or None

    def expand(self, name: Any) -> frozenset[str]:
        """A place is itself; a zone is both its sides; a region is all its places. Empty: unknown."""
        places = self.protocol.places
        if not isinstance(name, str):
            return frozenset()
        if name in places:
            return frozenset({name})
        return frozenset(p.id for p in places.values() if name in (p.zone.id, p.zone.region))

    def _contradictions(self, found: Mapping[str, tuple[Answer, ...]], written: Mapping[str, str]) -> None:
        for name, answers in found.items():
            whole = {answer.status for answer in answers if answer.where is None}
            if len(whole) > 1:
                said = " and ".join(sorted(map(str, whole)))
                self.problem(written[name], f"contradictory answers: {said}", "one answer, or `where` beside each")
            seen: dict[str, str | float] = {}
            for answer in answers:
                for place in answer.where or ():
                    if seen.setdefault(place, answer.status) != answer.status:
                        self.problem(
                            written[name],
                            f"two answers for `{place}`: {seen[place]} and {answer.status}",
                            "one",
                        )


def nearest(name: str, names: Iterable[str]) -> str:
    """The one name that was probably meant; empty where that is anybody's guess."""
    names = list(names)
    near = difflib.get_close_matches(name, names, n=1, cutoff=_ALIKE)
    inside = [known for known in names if name and (name in known or known in name)]
    return near[0] if near else inside[0] if len(inside) == 1 else ""


def _nearest_there_is(name: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1, cutoff=0)
    return f"; the nearest in name is `{near[0]}`" if near else ""


def inside(where: str, key: object) -> str:
    """The place of a key in a table; one that TOML wants quoted is quoted, and a long one cut short."""
    name = str(key)
    if _BARE.fullmatch(name) is None or len(name) > LONGEST_SHOWN:
        name = f'"{shown(name).strip("`")}"' if name else '""'
    return f"{where}.{name}" if where else name


def shown(value: Any) -> str:
    """A value as a reader of the file knows it; a long one is cut short."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, str):
        short = value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}..."
        return f"`{short}`" if short.isprintable() and short else ascii(short)
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    if isinstance(value, int) and value.bit_length() > LONGEST_SHOWN:
        return "a number far too large"
    return ascii(value)[:LONGEST_SHOWN]


def _regions(protocol: Protocol) -> set[str]:
    return {zone.region for zone in protocol.zones.values()}


def _days_of(value: Any) -> Span:
    """The span of what is written as a day, a month or a year; no day where it is none of them."""
    if isinstance(value, datetime):
        return None, value.date()
    if isinstance(value, date):
        return None, value
    match = _PARTIAL.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return NO_DAY
    year, month, day = (None if part is None else int(part) for part in match.groups())
    assert year is not None  # noqa: S101 - the pattern has it
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return None, date(year, month, day)
    except (ValueError, calendar.IllegalMonthError):
        return NO_DAY


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


def _say(fact: Fact, status: str, on: date | None) -> str:
    label = (fact.labels or {}).get(status, status.replace("-", " "))
    return f"{label} ({on.isoformat()})" if on else label


def _say_day(earliest: date | None, latest: date, on: date) -> str:
    """A day; one still ahead that is not exact as its whole span, for that is what is planned around."""
    if earliest is None or latest <= on:
        return latest.isoformat()
    return f"{max(earliest, on).isoformat()} to {latest.isoformat()}"


def _say_number(fact: Fact, number: float) -> str:
    return f"{number:g} {fact.unit}".rstrip()
