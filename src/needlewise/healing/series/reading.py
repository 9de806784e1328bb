"""Reading published series: entries as they were written down, into values that can be compared with the model.

Nothing is dropped in silence: what has no counterpart in the model is named with the reason, and what cannot be is refused
with entry and key, all of it at once.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from needlewise.errors import HealingError, Problem
from needlewise.healing.model import OBSERVABLES, OBSERVED_BY, RESTED_BY, at_rest, observed
from needlewise.healing.series.doses import SCHEDULE, SETTINGS, Done, done_in, number_of
from needlewise.healing.series.keys import OF_OTHERS, OF_REST, Form, Meaning, direction_of, meaning_of
from needlewise.healing.series.times import OF_TISSUE, times_in, times_of

# What an entry says about itself; no figures.
ABOUT = frozenset(
    {"id", "role", "what", "source_url", "place", "verified", "n", "caution", "role_note", "note", "notes", "check",
     "doi", "title", "authors", "year", "journal", "citation", "observable", "significant", "p", "p_value", "reason"}
)  # fmt: skip
SPREADS = ("sd_used", "sd_used_percent")
# Roles of entries that tell no course.
NO_COURSE = frozenset({"prior", "geometry", "context"})
# Observables that untreated skin has nothing of, whoever's it is: a change of them has no size.
_SOMEBODY = 0.2
_AT_REST = observed(at_rest((_SOMEBODY,) * len(RESTED_BY)), (_SOMEBODY,) * len(OBSERVED_BY))
FROM_NOTHING = frozenset(name for name, value in zip(OBSERVABLES, _AT_REST, strict=True) if value == 0)
# Above this a reported change is taken to be chance.
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One reported value. `value` is a share or, for changes, a ratio to untreated skin; None where only a direction was
    told. `change`: 1 a rise, -1 a fall, 0 neither or not asked. `sd`: how far the figure may lie off, in the same unit.
    """

    key: str
    observable: str
    form: Form
    day: float
    value: float | None
    change: int = 0
    significant: bool = True
    of_day: float | None = None
    sd: float = 0.0


@dataclass(frozen=True, slots=True)
class Series:
    """One entry: what was done to how many, and what was reported."""

    id: str
    done: Done
    people: int | None
    reported: tuple[Reported, ...]


@dataclass(frozen=True, slots=True)
class NotPredicted:
    """A key of an entry that counts neither way, and why."""

    entry: str
    key: str
    why: str


def read_series(given: Any) -> tuple[tuple[Series, ...], tuple[NotPredicted, ...]]:
    """All series of a parsed file: a mapping with `entries`, a list of entries, or one entry.

    Raises `HealingError` with every fault, each at its entry and key.
    """
    problems: list[Problem] = []
    series, left = [], []
    if isinstance(given, Mapping) and "entries" in given:
        left = [
            NotPredicted("the file", key, "only `entries` are read") for key in given if key not in ("entries", "about")
        ]
        given = given["entries"]
    elif isinstance(given, Mapping):
        given = [given]
    if not isinstance(given, list) or not given:
        raise HealingError(Problem("entries", _told(given), "a list of entries, at least one"))
    seen: set[str] = set()
    for number, entry in enumerate(given, 1):
        if not isinstance(entry, Mapping) or not entry:
            problems.append(Problem(f"entry {number}", _told(entry), "an entry: keys with values"))
            continue
        name = str(entry.get("id") or f"entry {number}")
        if name in seen:
            problems.append(Problem(f"{name}: id", "stands twice", "each once"))
        seen.add(name)
        reader = _Reader(entry, name)
        problems.extend(reader.problems)
        left.extend(reader.left)
        if reader.series is not None:
            series.append(reader.series)
    if problems:
        raise HealingError(problems)
    return tuple(series), tuple(left)


class _Reader:
    """Goes through one entry once."""

    def __init__(self, entry: Mapping[str, Any], name: str) -> None:
        self.entry, self.name = entry, name
        self.problems: list[Problem] = []
        self.left: list[NotPredicted] = []
        self.series: Series | None = None
        self.scalars = 0
        done = done_in(entry, name, self.problems)
        last = done.session_days[-1] if done and done.session_days else 0.0
        self.times, self.last_session = times_in(entry, name, last, self.problems), last
        self.is_wound = done is not None and done.whole_wound
        figures = list(self._figures())
        self.befores = {meaning.stem: value for meaning, value in figures if meaning.form is Form.BEFORE}
        self.afters = {meaning.stem for meaning, _ in figures if meaning.form is not Form.BEFORE}
        read = [(meaning, value) for meaning, value in figures if self._is_known(meaning, value)]
        if done is None:
            self._without_a_course(read)
            return
        reported = [one for meaning, value in read for one in self._reported(meaning, value)]
        self.series = Series(name, done, self._people(), tuple(reported))

    def _figures(self) -> Iterator[tuple[Meaning, Any]]:
        """Every key that is no part of the frame, with tables taken apart."""
        frame = ABOUT | set(SCHEDULE) | set(SETTINGS) | set(SPREADS) | set(self.times)
        texts = [str(self.entry.get(key, "")) for key in ("observable", "id", "what")]
        for key, value in self.entry.items():
            if key in frame:
                continue
            inner = value.items() if isinstance(value, Mapping) else [("", value)]
            for below, one in inner:
                yield meaning_of(f"{key}_{below}" if below else str(key), texts), one

    def _is_known(self, meaning: Meaning, value: Any) -> bool:
        why = self._unknown(meaning, value)
        if why:
            self._leave(meaning.key, why)
        return not why

    def _unknown(self, meaning: Meaning, value: Any) -> str:
        words = meaning.key.lower().split("_")
        if set(words) & {"sd", "se", "sem", "ci", "iqr", "range", "p"}:
            return "a spread or a test, no value"
        if OF_OTHERS.search(OF_REST.sub("", meaning.key.lower())):
            return "of people or places that were not needled"
        if meaning.unread:
            return f"`{meaning.unread}` in the key is no time that is known"
        if not meaning.observable:
            return "no observable of the model, or more than one"
        if meaning.form is Form.BEFORE:
            return "" if meaning.stem in self.afters else "a value before without one after"
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, str):
            return "" if direction_of(first) is not None else "words that tell no direction"
        if meaning.form is Form.PLAIN and meaning.stem not in self.befores and self._first(meaning, value) is None:
            return "in units of its own, without the value before"
        return ""

    def _without_a_course(self, read: list[tuple[Meaning, Any]]) -> None:
        """An entry that says neither sessions nor a wound may only hold what is no course."""
        if read and self.entry.get("role") not in NO_COURSE and not self.problems:
            hint = "add `sessions` with `interval_day`, `session_day`, or `setting = wound`"
            self.problems.append(
                Problem(f"{self.name}: sessions", "neither sessions nor a wound", "what was done", hint)
            )
        why = "nothing says what was done to the skin"
        self.left.extend(NotPredicted(self.name, meaning.key, why) for meaning, _ in read)

    def _people(self) -> int | None:
        if self.entry.get("n") is None:
            return None
        count = number_of(self.entry["n"])
        if count is None or count < 1:
            self.problems.append(Problem(f"{self.name}: n", f"{self.entry['n']!r}", "how many people, 1 or more"))
            return None
        return int(count)

    def _reported(self, meaning: Meaning, value: Any) -> Iterator[Reported]:
        """The values of one key, each with its day."""
        if meaning.form is Form.BEFORE:
            return
        values = value if isinstance(value, list) else [value]
        before = self._before(meaning.stem) if meaning.stem in self.befores else self._first(meaning, value)
        days = times_of(meaning, len(values), self.times, self.last_session)
        if isinstance(days, str):
            self.problems.append(Problem(f"{self.name}: {meaning.key}", days, *_TIMES_EXPECTED))
            return
        sds = self._sds(values, isinstance(value, list))
        found = []
        for number, (item, day, sd) in enumerate(zip(values, days, sds, strict=True)):
            one = self._value(meaning, number if len(values) > 1 else None, (item, day, sd), before)
            if one is not None:
                found.append(one)
        yield from self._from_nothing(found) if meaning.observable in FROM_NOTHING else found

    def _first(self, meaning: Meaning, value: Any) -> float | None:
        """A biopsy of day 0 was taken before the first session: what later ones in units of their own are held against."""
        if self.is_wound or meaning.observable not in OF_TISSUE or meaning.form not in (Form.PLAIN, Form.SHARE):
            return None
        days = (
            times_of(meaning, len(value), self.times, self.last_session)
            if isinstance(value, list) and len(value) > 1
            else ""
        )
        number = number_of(value[0]) if days and days[0] == 0 else None
        return number if number is not None and number > 0 else None

    def _before(self, stem: str) -> float | None:
        value = self.befores[stem]
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        number = number_of(value)
        if number is None or number <= 0:
            self.problems.append(Problem(f"{self.name}: {stem}, before", _told(value), "one number above 0"))
            return None
        return number

    def _value(
        self, meaning: Meaning, number: int | None, given: tuple[Any, float, float], before: float | None
    ) -> Reported | None:
        """One value with its day and how far it may lie off; None where it was not reported or says nothing."""
        item, day, sd = given
        where = meaning.key if number is None else f"{meaning.key}[{number + 1}]"
        if item is None:
            self._leave(where, "not reported")
            return None
        form = Form.CHANGE if before is not None or meaning.form is Form.PLAIN else meaning.form
        told = partial(Reported, key=where, day=day, significant=self._significant(meaning, number))
        if isinstance(item, str) and (change := direction_of(item)) is not None:
            return told(observable=meaning.observable, form=Form.CHANGE, value=None, change=change)
        value = number_of(item)
        if value is None:
            self.problems.append(Problem(f"{self.name}: {where}", _told(item), "a finite number, or null"))
            return None
        ratio, sd = _canonical(meaning, value, before), sd * (meaning.factor if before is None else 1 / before)
        if ratio < 0:
            self.problems.append(Problem(f"{self.name}: {where}", f"{value:g}", "no fall by more than all of it"))
            return None
        if trivial := self._trivial(meaning, form, day, ratio):
            self._leave(where, trivial)
            return None
        if form is Form.SHARE:
            ratio = 1 - ratio if meaning.observable == "type-i" else ratio
            return told(observable="type-iii-share", form=form, value=ratio, sd=sd)
        is_change = form in (Form.CHANGE, Form.RATIO) and not self.is_wound
        change = (ratio > 1) - (ratio < 1) if is_change else 0
        return told(observable=meaning.observable, form=form, value=ratio, sd=sd, of_day=meaning.of_day, change=change)

    def _trivial(self, meaning: Meaning, form: Form, day: float, ratio: float) -> str:
        """Why a value would be right whatever the model says."""
        if form is Form.OF_DAY and day == meaning.of_day:
            return "the day that the others are a share of"
        if day == 0 and self.is_wound:
            return "the start of the wound is given, not predicted"
        if day == 0 and form in (Form.CHANGE, Form.RATIO) and ratio == 1:
            return "the value before the first session"
        return ""

    def _from_nothing(self, found: list[Reported]) -> Iterator[Reported]:
        """Of what untreated skin has none, several times are compared as shares of the first rise, one as a direction."""
        first = next((one for one in found if one.value is not None and one.value > 1), None)
        for one in found:
            if one.form not in (Form.CHANGE, Form.RATIO):
                yield one
            elif first is None or one.value is None or first.value is None or one is first or one.day <= first.day:
                yield Reported(key=one.key, observable=one.observable, form=Form.CHANGE, day=one.day, value=None,
                               change=one.change, significant=one.significant)  # fmt: skip
            else:
                rise = first.value - 1
                yield Reported(key=one.key, observable=one.observable, form=Form.OF_FIRST, day=one.day,
                               value=(one.value - 1) / rise, of_day=first.day, sd=one.sd / rise)  # fmt: skip

    def _significant(self, meaning: Meaning, number: int | None) -> bool:
        said = self.entry.get("significant", True)
        p = next((self.entry[key] for key in (f"{meaning.key}_p", f"{meaning.stem}_p", "p", "p_value")
                  if key in self.entry), None)  # fmt: skip
        said, p = (one[number] if isinstance(one, list) and number is not None and number < len(one) else one
                   for one in (said, p))  # fmt: skip
        told = _SAID.get(str(said).strip().lower())
        if told is None:
            self.problems.append(Problem(f"{self.name}: significant", _told(said), "true or false"))
        return told is not False and self._below(p)

    def _below(self, p: Any) -> bool:
        """Whether a p value, as printed, is one of a significant change."""
        if p is None or _NS.search(text := str(p).lower()):
            return p is None
        found = _P.search(text)
        if found is None:
            expected = "a number, `< 0.05`, `> 0.05` or `ns`"
            self.problems.append(Problem(f"{self.name}: p", _told(p), expected))
            return True
        chance = float(found[2])
        return found[1] not in (">", "≥") and (chance < SIGNIFICANT or (found[1] == "<" and chance == SIGNIFICANT))

    def _sds(self, values: list[Any], is_list: bool) -> list[float]:
        """How far each value may lie off: `sd_used` in its own unit; a list in the order of values, or of the keys."""
        given = next((self.entry[key] for key in SPREADS if key in self.entry), 0.0)
        place, self.scalars = self.scalars, self.scalars + (not is_list)
        listed = given if isinstance(given, list) else [given] * (len(values) if is_list else place + 1)
        wanted = listed if is_list else listed[place : place + 1] or [0.0]
        found = [number for one in wanted if (number := number_of(one)) is not None and number >= 0]
        if len(found) != len(wanted) or len(found) != len(values):
            key = next(key for key in SPREADS if key in self.entry)
            self.problems.append(Problem(f"{self.name}: {key}", _told(given), "one number, or one for each value"))
            return [0.0] * len(values)
        return found

    def _leave(self, key: str, why: str) -> None:
        self.left.append(NotPredicted(self.name, key, why))


_SAID = {"true": True, "yes": True, "1": True, "none": True, "false": False, "no": False, "0": False}
_NS = re.compile(r"\bn\.?s\b|not? significan|nonsignificant")
_P = re.compile(r"([<>=≤≥]?)\s*(\d*\.?\d+(?:e-?\d+)?)")
_TIMES_EXPECTED = ("one time for each value", "add `time_day`, `time_hour` or `biopsy_day`")


def _canonical(meaning: Meaning, value: float, before: float | None) -> float:
    """As a share, or as a ratio to untreated skin."""
    if before is not None:
        return value / before
    if meaning.form is Form.CHANGE:
        return 1 + meaning.factor * (-abs(value) if meaning.sign < 0 else value)
    return value * meaning.factor


def _told(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
