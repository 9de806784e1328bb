"""The rows of what the trials say: a study with its arms, outcomes, contrasts and harms, as it was read.

A figure that stands here was read in a source, or worked out from figures that were (`worked_out` then says how).
What was not read is absent, never zero. Changes are follow-up minus baseline, so a fall is negative.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from needlewise.knowledge._values import STRICT

# Stands in a file that was begun for a person to finish; no file that holds it is read.
TO_FILL_IN = "to be filled in"


class Design(StrEnum):
    """How a study was built."""

    RCT_PARALLEL = "rct_parallel"
    RCT_SPLIT_FACE = "rct_split_face"
    RCT_SPLIT_BODY = "rct_split_body"
    RCT_SPLIT_SCALP = "rct_split_scalp"
    RCT_FACTORIAL = "rct_factorial"
    RCT_UNCLEAR = "rct_unclear_parallel_or_split"
    SPLIT_FACE = "split_face_nonrandomised"
    SPLIT_SCALP = "split_scalp_nonrandomised"
    NONRANDOMISED = "nonrandomised_comparative"
    PROSPECTIVE_COMPARATIVE = "prospective_comparative"
    PROSPECTIVE_SINGLE = "prospective_single_arm"
    RETROSPECTIVE_SINGLE = "retrospective_single_arm"
    CASE_REPORT = "case_report"

    @property
    def is_split(self) -> bool:
        """Whether both arms are the same people: halves of a face, a body or a scalp."""
        return "split" in self.value and self is not Design.RCT_UNCLEAR

    @property
    def may_be_same_people(self) -> bool:
        """Whether both arms are, or may be, the same people: what is not clear never counts anybody twice."""
        return self.is_split or self is Design.RCT_UNCLEAR

    @property
    def is_single(self) -> bool:
        """Whether there was nothing to compare with."""
        return self in (Design.PROSPECTIVE_SINGLE, Design.RETROSPECTIVE_SINGLE, Design.CASE_REPORT)


class Read(StrEnum):
    """How deep the reading went."""

    FULL_TEXT = "fulltext"
    ABSTRACT = "abstract"
    SECONDARY = "secondary"


class Unit(StrEnum):
    """What an arm counts."""

    PEOPLE = "people"
    SIDES = "sides"
    AREAS = "areas"
    STRIAE = "striae"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A figure that does not add up and is kept as printed: which check would refuse it, and why it stands."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    check: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadIn:
    """A document of a study: the source, the part of it that was read, and what kind of text that is."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    source: str
    where: str
    kind: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One figure, or one result without a figure, of an arm at one time.

    Means, medians and changes in the units of the scale; times in weeks; percents from 0 to 100, changes in percent of
    the baseline with their sign. `change_level` is the level of the interval in percent. `spread` is set where what is
    printed as a spread may not be the standard deviation of people: it is then never pooled.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    measure: str
    source: str
    scale: str = ""
    unit: str = ""
    better: str = ""
    time: str = ""
    weeks_after_last: float | None = None
    weeks_from_start: float | None = None
    before_mean: float | None = None
    before_sd: float | None = None
    after_mean: float | None = None
    after_sd: float | None = None
    before_median: float | None = None
    after_median: float | None = None
    change_mean: float | None = None
    change_sd: float | None = None
    change_low: float | None = None
    change_high: float | None = None
    change_level: float | None = None
    change_percent: float | None = None
    change_percent_sd: float | None = None
    response: str = ""
    responders: int | None = None
    responders_of: int | None = None
    responders_percent: float | None = None
    p: str = ""
    spread: str = ""
    worked_out: str = ""
    note: str = ""
    accepted: tuple[Accepted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """One unwanted effect in an arm. `count` 0 stands only where the text says that none occurred."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    event: str
    source: str
    count: int | None = None
    of: int | None = None
    percent: float | None = None
    severity: str = ""
    days_min: float | None = None
    days_max: float | None = None
    value: float | None = None
    value_unit: str = ""
    worked_out: str = ""
    note: str = ""
    accepted: tuple[Accepted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """What one group had. `n` counts `unit`; `needle_mm` is the length set, not the depth reached; `agents` are the
    drugs, peels and vehicles put on or taken, as printed. `control` says what makes an
    arm without needles a control: `untreated`, `sham`, or `without-needles` (all that the needled arm had, but needles).
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    label: str
    role: str
    needling: bool
    radiofrequency: bool = False
    control: str = ""
    n: int | None = None
    unit: Unit | None = None
    n_note: str = ""
    device: str = ""
    device_name: str = ""
    needle_mm: tuple[float, float] | None = None
    end_point: str = ""
    sessions: tuple[int, int] | None = None
    interval_weeks: tuple[float, float] | None = None
    agents: tuple[str, ...] = ()
    note: str = ""
    outcome: tuple[Outcome, ...] = ()
    harm: tuple[Harm, ...] = ()
    accepted: tuple[Accepted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A comparison of two arms that the paper itself makes. `value` is a minus b unless `effect` says otherwise;
    `favours` names an arm, or `neither`; `level` is that of the interval in percent."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    a: str
    b: str
    measure: str
    favours: str
    source: str
    scale: str = ""
    effect: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    p: float | None = None
    p_text: str = ""
    time: str = ""
    worked_out: str = ""
    note: str = ""
    accepted: tuple[Accepted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction:
    """That a paper was withdrawn: from that day on nothing is computed from it. The file stays."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    on: date
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A doubt about a study. `never_pool`: its figures are shown and enter no pool, claim or forecast."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    text: str
    never_pool: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who took part. Counts of people; ages in years; `phototypes` are those included, not their shares."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    enrolled: int | None = None
    completed: int | None = None
    women: int | None = None
    men: int | None = None
    age_mean: float | None = None
    age_sd: float | None = None
    age_min: float | None = None
    age_max: float | None = None
    phototypes: tuple[str, ...] = ()
    country: str = ""
    accepted: tuple[Accepted, ...] = ()

    @property
    def counted(self) -> int | None:
        """People whose results count: those who completed, else those enrolled; None where neither was read."""
        return self.enrolled if self.completed is None else self.completed


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """studies/<id>.toml. `group` is the kind of trouble studied; `cohort` names people shared with other papers, who
    are counted once. `added` is the day on which the study entered the base."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    title: str
    group: str
    design: Design
    verified: Read
    added: date
    document: tuple[ReadIn, ...]
    people: People
    author: str = ""
    year: int | None = None
    journal: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    registry: str = ""
    bibliography_note: str = ""
    part: str = ""
    randomised: bool | None = None
    blinded: bool | None = None
    cohort: str = ""
    flag: tuple[Flag, ...] = ()
    note: str = ""
    retracted: Retraction | None = None
    arm: tuple[Arm, ...] = ()
    contrast: tuple[Contrast, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    origin_rows: tuple[str, ...] = ()
    id: str = ""

    @property
    def name(self) -> str:
        """How a study is called in a list: author and year where they were read, else its id."""
        if self.author and self.year:
            return f"{self.author} {self.year}"
        return f"{self.author or self.id} (year not read)" if self.year is None else f"{self.id} ({self.year})"

    @property
    def whose(self) -> str:
        """Names its people: those of one cohort are counted once, however many papers speak of them."""
        return self.cohort or self.id

    @property
    def never_pool(self) -> str:
        """Why its figures enter no pool; empty where they may."""
        if self.retracted is not None:
            return f"retracted on {self.retracted.on.isoformat()}: {self.retracted.why}"
        return next((flag.text for flag in self.flag if flag.never_pool), "")

    @property
    def has_figures(self) -> bool:
        """Whether any outcome carries a number for an effect."""
        return any(figures_of(outcome) for arm in self.arm for outcome in arm.outcome) or any(
            contrast.value is not None for contrast in self.contrast
        )

    def arm_named(self, name: str) -> Arm:
        """The arm of that id. Raises KeyError where there is none; the loader has seen to it that contrasts name real
        ones."""
        for arm in self.arm:
            if arm.id == name:
                return arm
        raise KeyError(name)


_FIGURES = (
    "before_mean",
    "after_mean",
    "before_median",
    "after_median",
    "change_mean",
    "change_percent",
    "responders",
    "responders_percent",
)


def figures_of(outcome: Outcome) -> Iterator[float]:
    """The figures of an outcome that speak of its size."""
    for name in _FIGURES:
        value = getattr(outcome, name)
        if value is not None:
            yield value
