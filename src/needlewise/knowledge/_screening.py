"""The rows of the screening tables: cells, rules, facts.

Plain frozen values. The loader fills `id` from the file's name; everything else is written in the file.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from needlewise.knowledge._values import STRICT, Mark, Scope, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One comparison. All that is stated must hold; what is not stated is not asked.

    A cell reads either a `fact` or an `input` of the consultation (zone, indication, device ...).
    `days_since_*` count from the answer's day to the day of the consultation.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    fact: str = ""
    input: str = ""
    one_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    below: float | None = None
    above: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    days_since_below: int | None = None
    days_since_at_least: int | None = None
    what: tuple[str, ...] = ()
    known: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way in which a rule fires: all cells hold. `wait_days` is the wait it then asks for."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    all: tuple[Cell, ...]
    wait_days: int | None = None


class WaitKind(StrEnum):
    """A deferral cannot be hurried; a preparation the patient can still keep, so it moves the first visit only."""

    DEFER = "defer"
    PREPARATION = "preparation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """From which event the days of the alternatives count, and what must have happened before they can."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    kind: WaitKind
    since: str = ""
    not_before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceRule:
    """Whose written word changes the verdict, to what, and what it must say.

    `wait_days_min` and `wait_days_max`: the range proposed for a letter that shortens the wait. Its own number counts,
    also above the range, never below; without a number the longer end.
    `only_where`: the letter counts only where all these cells hold throughout; elsewhere the verdict stays.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    role: str
    to: Verdict
    condition: str = ""
    wait_days_min: int | None = None
    wait_days_max: int | None = None
    only_where: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """Where the rule gives way: for these indications, zones and cells the verdict is `to` (None: it is silent).

    `same_day`: cells on events that must be one and the same: every answer to the first has one to each other that
    fits its cell and speaks of the same day. Answers known to be of two events contradict each other.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    because: str
    all: tuple[Cell, ...]
    to: Verdict | None = None
    same_day: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPrescription:
    """What a rule says of a product in use that was prescribed, in place of its wait: no software stops a prescribed
    medicine, and no date may rest on its being stopped."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    verdict: Verdict
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A worked example that runs: `given` answers, on a fixed day, `then` this verdict of this one rule.

    `then`: a verdict word, or "silent" if the rule must not fire. Answers may say `days_ago` instead of a day.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    name: str
    given: dict[str, Any]
    then: str
    inputs: dict[str, str] | None = None
    wait_until_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One generation of a screening rule, in force from `from_day` until the next generation's day."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    scope: Scope
    verdict: Verdict
    because: str
    any: tuple[Alternative, ...]
    mark: Mark
    from_day: date
    retired: bool = False
    regions: tuple[str, ...] = ()
    wait: Wait | None = None
    clearance: ClearanceRule | None = None
    prescribed: OnPrescription | None = None
    exemptions: tuple[Exemption, ...] = ()
    effect: str = ""
    modifier: str = ""
    refer_to: str = ""
    tell: str = ""
    lifts_when: str = ""
    strict_days: int | None = None
    reason_needed: bool = False
    title: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """rules/<id>.toml: the generations of one rule, its examples, and the reference rows it stands for."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    title: str
    rule: tuple[Rule, ...]
    example: tuple[Example, ...]
    origin_rows: tuple[str, ...] = ()


class Kind(StrEnum):
    """What an answer to a question looks like."""

    FLAG = "flag"
    CHOICE = "choice"
    MEASURE = "measure"
    CONDITION = "condition"
    EVENT = "event"
    MEDICINE = "medicine"
    CLEARANCE = "clearance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """facts/<id>.toml: a question that may be asked.

    `options` run from least to most risky unless `riskier` says otherwise; for a measure `riskier` is "higher" or
    "lower", for an event "more-recent", and "none" where no order holds. `dated` names the options that need a day.
    `asked_when`: all cells must hold; one that reads an unknown fact holds, so that the question is asked.
    `exact_place`: an answer speaks of the places it names alone, not of their parents and children.
    `one_for_region`: an answer about any place of a region speaks for the region. `whole`: a measure that has no
    fractions.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    kind: Kind
    scope: Scope
    question: str
    asked_because: str
    answered_by: str
    mark: Mark
    riskier: str = ""
    options: tuple[str, ...] = ()
    labels: dict[str, str] | None = None
    dated: tuple[str, ...] = ()
    what: tuple[str, ...] = ()
    unit: str = ""
    range: tuple[float, float] | None = None
    whole: bool = False
    optional: bool = False
    exact_place: bool = False
    one_for_region: bool = False
    prescribed_asked: bool = False
    derived_from: str = ""
    scale: str = ""
    asked_when: tuple[Cell, ...] = ()
    topic: str = ""
    note: str = ""
    origin_rows: tuple[str, ...] = ()
    id: str = ""
