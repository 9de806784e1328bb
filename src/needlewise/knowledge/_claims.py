"""The rows of what articles say of needling, graded. No number stands in their texts: each is a query on the evidence,
with the bounds between which the grading holds.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from needlewise.knowledge._evidence import EvidenceBase
from needlewise.knowledge._studies import Arm, Contrast, Harm, Outcome, People
from needlewise.knowledge._values import STRICT

Window = tuple[float, float]

# A count among the figures -> the key of what it is counted of.
COUNTED_OF = {"responders": "responders_of", "count": "of"}
# What an arm states of itself: a span, of which the most is taken.
OF_ARM = ("sessions", "interval_weeks", "needle_mm")


class Grade(StrEnum):
    """What becomes of a claim when it is held against the studies that were read."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    WEAK = "weak"
    NOT_FOUND = "not-found"
    CONTRADICTED = "contradicted"


class Query(StrEnum):
    """How a number is come by. Studies that are retracted or never pooled are counted in none."""

    COUNT = "count"
    SHARE = "share"
    MEDIAN = "median"
    RANGE = "range"
    FIGURE = "figure"
    POOL = "pool"
    HARM = "harm"
    READING = "reading"


class Quantity(StrEnum):
    """What a study states of its needled arms, as a span from the least to the most. Times in the unit of the name;
    pain from 0 to 10; needle length in mm."""

    SESSIONS = "sessions"
    INTERVAL_WEEKS = "interval_weeks"
    FOLLOW_UP_WEEKS = "follow_up_weeks"
    NEEDLE_MM = "needle_mm"
    PAIN = "pain"
    REACTION_DAYS = "reaction_days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """Which studies, and which of their needled arms, a number looks at; what is left out asks nothing.

    `phototypes`: any of them was included; `only_phototypes`: the types are stated, and none but these.
    `measured`: a word in the measure or the scale of any outcome or contrast. `plus`: the adjuncts that the arm had, and nothing else beside the needles.
    `alone`: nothing active beside the needles. `controls`: the study has an arm without needles of such a kind.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    indications: tuple[str, ...] = ()
    studies: tuple[str, ...] = ()
    journal: str = ""
    measured: tuple[str, ...] = ()
    phototypes: tuple[str, ...] = ()
    only_phototypes: tuple[str, ...] = ()
    randomised: bool | None = None
    radiofrequency: bool | None = None
    plus: tuple[str, ...] = ()
    alone: bool | None = None
    controls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number of a claim. `bounds` are the ends between which the grading stands, in the unit of the number;
    shares and rates from 0 to 1.

    count, share: `among`, and `within` (a study counts where the span of each quantity overlaps its window; a share is
    of the studies that state them all) or `against` and `favours` (how the paper's own comparisons came out).
    median, range: `among` and `of`; the most that a study states of it.
    figure: `study` and `key`, with `arm` and what names the row: `measure`, `scale`, `time`, `response`, `weeks` (after the last session) of an outcome,
    also `with_arm` of a contrast, `event` of a harm; the most of what an arm states of itself; without `arm` a key of the people. A count is told with what it is
    counted of, and bounded as a share.
    pool: `group` and `key` (value, low, high, k, people). harm: `among` and `harm`. reading: `reading` and `key`.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    query: Query
    bounds: Window
    among: Among = field(default_factory=Among)
    within: dict[Quantity, Window] | None = None
    against: tuple[str, ...] = ()
    favours: str = ""
    of: Quantity | None = None
    study: str = ""
    arm: str = ""
    with_arm: str = ""
    measure: str = ""
    scale: str = ""
    time: str = ""
    response: str = ""
    weeks: float | None = None
    event: str = ""
    key: str = ""
    group: str = ""
    harm: str = ""
    reading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """claims/<id>.toml. `claim` is what articles say, in our words; `seeds` are the rows of what articles say that it
    serves. `reason` speaks to professionals, `plain` to patients; `{number}` and `{number.part}` in them are filled
    when the numbers are computed. `study` and `source` decide the grading."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    claim: str
    seeds: tuple[str, ...]
    verdict: Grade
    reason: str
    plain: str
    what_would_change_it: str
    from_day: date
    compiled: date
    indication: tuple[str, ...] = ()
    study: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    number: tuple[Number, ...] = ()
    id: str = ""


def figure_of(number: Number, base: EvidenceBase) -> tuple[float, int | None]:
    """The printed figure that a row of query `figure` or `reading` names, and of how many it is counted where it is a
    count. Raises LookupError, saying what is missing, where there is no such figure or more than one."""
    if number.query is Query.READING:
        figures = base.protocol.readings[number.reading].numbers or {}
        if number.key not in figures:
            raise LookupError(f"`{number.reading}` has no number `{number.key}`")
        return figures[number.key], None
    rows = _rows(number, base)
    if len(rows) != 1:
        raise LookupError(f"{len(rows)} rows of `{number.study}` answer to it")
    value = getattr(rows[0], number.key, None)
    value = value[1] if isinstance(value, tuple) else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LookupError(f"no number `{number.key}` was read there")
    return value, getattr(rows[0], COUNTED_OF.get(number.key, ""), None)


def _rows(number: Number, base: EvidenceBase) -> list[Arm | Outcome | Harm | Contrast | People]:
    study = base.studies[number.study]
    if not number.arm:
        return [study.people]
    if number.with_arm:
        sides = number.arm, number.with_arm
        contrasts = (one for one in study.contrast if (one.a, one.b) == sides and number.measure in ("", one.measure))
        timed = (one for one in contrasts if number.time in ("", one.time))
        return [one for one in timed if getattr(one, number.key, None) is not None]
    arm: Arm = study.arm_named(number.arm)
    if number.key in OF_ARM:
        return [arm]
    if number.event:
        return [one for one in arm.harm if one.event == number.event]
    wanted = {name: getattr(number, name) for name in ("measure", "scale", "time", "response")}
    wanted["weeks_after_last"] = number.weeks
    return [
        one
        for one in arm.outcome
        if getattr(one, number.key, None) is not None
        and all(not value or getattr(one, name) == value for name, value in wanted.items())
    ]
