"""What the trials let one expect of a concern, in words and as a count of people out of a hundred.

Translation only: every number is one of a `Forecast`. It stands beside the plan and is no part of it.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from needlewise.evidence.certainty import Certainty
from needlewise.evidence.forecast import NOT_CONTROLLED, Controlled, Expected, Forecast
from needlewise.evidence.groups import Against, Sort
from needlewise.evidence.harms import DARKER, HarmRate, Rate
from needlewise.evidence.prediction import Interval
from needlewise.knowledge import Study

NO_PROMISE = "What happened to others is no promise."
MODEL_NO_PROMISE = "A model, not a promise."
OUT_OF = 100
# So many of each are told to a patient; a practitioner sees them all.
MOST_FOR_PATIENT = 2
AGAINST = {
    Against.NOTHING: "people who had nothing done",
    Against.SHAM: "people who had a sham",
    Against.SAME_WITHOUT_NEEDLES: "people who had the same without needles",
}
_TENTHS = 10
_ROUNDING = 1e-9
# From this share on both ends of an interval are told; below it, how much is not excluded.
COMMON = 0.2


@dataclass(frozen=True, slots=True)
class Hundred:
    """A share as people out of a hundred: about `likely`, in most groups from `low` to `high`."""

    likely: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Gain:
    """One thing that was measured. `hundred` is set for shares of people; `told` says what is expected, `range` how
    far it may differ, `compared` what a comparison shows (empty without one), `behind` who stands behind it, `unlike` how they are unlike.
    """

    label: str
    hundred: Hundred | None
    told: str
    range: str
    compared: str
    behind: str
    unlike: str
    certainty: Certainty
    studies: tuple[Study, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of one concern. `unknown`: what was measured and cannot be told, with the reason; `note` where
    nothing was measured at all. `harms` are sentences, `harm_note` how to read them."""

    concern: str
    label: str
    gains: tuple[Gain, ...]
    unknown: tuple[tuple[str, str], ...]
    harms: tuple[str, ...]
    note: str

    @property
    def for_patient(self) -> tuple[Gain, ...]:
        """The shares first, because a patient can picture them; then changes on a scale. A few of each."""
        shares = [one for one in self.gains if one.hundred]
        changes = [one for one in self.gains if not one.hundred]
        return (*shares[:MOST_FOR_PATIENT], *changes[: MOST_FOR_PATIENT if not shares else 0])


def expectations(forecasts: Mapping[str, Forecast], labels: Mapping[str, str]) -> tuple[Expectation, ...]:
    """One for each concern, in the order of the forecasts. `labels` are the names of the concerns."""
    return tuple(_expectation(name, labels.get(name, name), found) for name, found in forecasts.items())


def not_compared(gains: Iterable[Gain]) -> str:
    """That nothing of what is shown was held against people without needles, where that is so."""
    shown = list(gains)
    if not shown or any(one.compared for one in shown):
        return ""
    return f"How much of this the needles did is not known: {NOT_CONTROLLED}."


def _expectation(concern: str, label: str, found: Forecast) -> Expectation:
    known = [one for one in found.expected if one.prediction is not None]
    return Expectation(
        concern,
        label,
        tuple(_gain(one, found.level) for one in known),
        tuple((one.label, one.why_unknown) for one in found.expected if one.prediction is None),
        tuple(_harms(found)),
        found.note,
    )


def _gain(one: Expected, level: float) -> Gain:
    prediction = one.prediction
    assert prediction is not None  # noqa: S101 - only what is known is told
    often = f"{round(level * _TENTHS)} of {_TENTHS}"
    studies = tuple(dict.fromkeys(behind.study for behind in one.behind))
    if one.measure.sort is Sort.RESPONSE:
        hundred = _hundred(prediction.value, prediction.group)
        told = f"Of {OUT_OF} people in studies of this, about {hundred.likely} {one.plain}."
        reach = f"In {often} groups it is likely to be between {hundred.low} and {hundred.high}."
    else:
        hundred = None
        told = (
            f"{one.label}: a group like this changes by about {_signed(prediction.value)} {one.unit}, "
            f"and {one.better} is better."
        )
        reach = f"In {often} groups it is likely to lie from {_signed(prediction.group.low)} to "
        reach += f"{_signed(prediction.group.high)}"
        person = prediction.person
        reach += f"; for one person from {_signed(person.low)} to {_signed(person.high)}." if person else "."
    return Gain(
        one.label,
        hundred,
        told,
        reach,
        _compared(one),
        _behind(one, len(studies)),
        _unlike(one),
        one.certainty,
        studies,
    )


def _hundred(value: float, group: Interval) -> Hundred:
    """Both ends rounded outwards: a picture promises no more than the figures."""
    low, high = math.floor(OUT_OF * group.low + _ROUNDING), math.ceil(OUT_OF * group.high - _ROUNDING)
    return Hundred(round(OUT_OF * value), low, high)


def _compared(one: Expected) -> str:
    return " ".join(_against(row, one) for row in one.controlled)


def _against(row: Controlled, one: Expected) -> str:
    value, group = row.prediction.value, row.prediction.group
    if one.measure.sort is Sort.RESPONSE:
        more = "more" if value >= 0 else "fewer"
        return (
            f"Compared with {AGAINST[row.against]}, about {abs(round(OUT_OF * value))} {more} of {OUT_OF} "
            f"({_signed(OUT_OF * group.low)} to {_signed(OUT_OF * group.high)}); {row.people} people."
        )
    return (
        f"Compared with {AGAINST[row.against]}, a difference of {_signed(value)} {one.unit} "
        f"({_signed(group.low)} to {_signed(group.high)}); {row.people} people."
    )


def _behind(one: Expected, studies: int) -> str:
    told = f"From {one.people} people in {studies} {'study' if studies == 1 else 'studies'}"
    weeks = one.weeks_followed
    if weeks is None:
        return f"{told}. How long they were followed was not read."
    span = f"{weeks[0]:.0f}" if round(weeks[0]) == round(weeks[1]) else f"{weeks[0]:.0f} to {weeks[1]:.0f}"
    return f"{told}, looked at {span} weeks after the last session. What comes later is not known."


def _unlike(one: Expected) -> str:
    """In which ways the studies are unlike the plan, the most frequent first."""
    ways = Counter(way for behind in one.behind for way in behind.likeness.ways)
    if not ways:
        return ""
    return f"Unlike this plan: {', '.join(f'{way} (in {count})' for way, count in ways.most_common())}."


def _harms(found: Forecast) -> Iterator[str]:
    silent = []
    for one in found.harms:
        told = list(_harm(one, found.asked.phototype))
        if told:
            yield f"{one.kind.plain[:1].upper()}{one.kind.plain[1:]}: {'; '.join(told)}."
        else:
            silent.append(one.kind.plain)
    if silent:
        yield f"Not known, because no study that was read counted it: {', '.join(silent)}."


def _harm(one: HarmRate, phototype: str) -> Iterator[str]:
    if one.everywhere:
        yield rate_in_words(one.everywhere)
    if one.darker and phototype in DARKER:
        yield f"in skin types IV to VI {rate_in_words(one.darker)}"
    if one.lighter and phototype and phototype not in DARKER:
        yield f"in skin types I to III {rate_in_words(one.lighter)}"
    for _, figure in one.without_of:
        if not figure.startswith("0 "):
            yield f"{figure}, in one study"
    if one.measured:
        low, high = min(row.low for row in one.measured), max(row.high for row in one.measured)
        unit = "of 10 on average" if one.kind.id == "pain" else "days"
        yield f"{low:.1f} to {high:.1f} {unit}" if low != high else f"{low:.1f} {unit}"
    for reading in one.readings:
        yield reading.text.removesuffix(".")


def rate_in_words(rate: Rate) -> str:
    """So many of so many, and how many of a hundred: both ends for what is common, else how many are not excluded."""
    most = max(1, round(OUT_OF * rate.high))
    if rate.share >= COMMON:
        return f"{rate.count} of {rate.of} people; {round(OUT_OF * rate.low)} to {most} in {OUT_OF}"
    return f"{rate.count} of {rate.of} people; up to {most} in {OUT_OF} is not excluded"


def _signed(value: float) -> str:
    digits = 0 if abs(value) >= 9.95 else 1
    return f"{value:+.{digits}f}".replace("-", "−") if round(value, digits) else "0"
