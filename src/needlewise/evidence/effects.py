"""An effect of one study on the scale it is pooled on, and the way back to the scale a reader knows.

The formulas that make effects of printed figures are in `means` (changes, differences, Hedges' g), `proportions`
(shares, odds, risks, rates) and `medians` (means and SDs of papers that print medians).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from needlewise.errors import EvidenceError, Problem

# Where exp would overflow, the answer is infinite for every purpose.
_LARGEST_EXPONENT = 709.0


class EffectKind(StrEnum):
    """What a number measures. Effects of different kinds never share a pool."""

    MEAN_CHANGE = "mean-change"
    MEAN_DIFFERENCE = "mean-difference"
    STANDARDISED_DIFFERENCE = "standardised-difference"
    PROPORTION = "proportion"
    LOG_ODDS_RATIO = "log-odds-ratio"
    LOG_RISK_RATIO = "log-risk-ratio"
    RISK_DIFFERENCE = "risk-difference"
    LOG_RATE = "log-rate"
    LOG_RATE_RATIO = "log-rate-ratio"

    @property
    def no_effect(self) -> float | None:
        """The value, on the scale of the pool, that says nothing differs. None where there is no such value."""
        return None if self in (EffectKind.PROPORTION, EffectKind.LOG_RATE) else 0.0


_EXPONENTIATED = frozenset(
    {EffectKind.LOG_ODDS_RATIO, EffectKind.LOG_RISK_RATIO, EffectKind.LOG_RATE, EffectKind.LOG_RATE_RATIO}
)
_SHOWN_UNITS = {
    EffectKind.MEAN_CHANGE: "points of the scale",
    EffectKind.MEAN_DIFFERENCE: "points of the scale",
    EffectKind.STANDARDISED_DIFFERENCE: "standard deviations",
    EffectKind.PROPORTION: "share",
    EffectKind.LOG_ODDS_RATIO: "odds ratio",
    EffectKind.LOG_RISK_RATIO: "risk ratio",
    EffectKind.RISK_DIFFERENCE: "difference of shares",
    EffectKind.LOG_RATE: "events per unit of person-time",
    EffectKind.LOG_RATE_RATIO: "rate ratio",
}


@dataclass(frozen=True, slots=True)
class About:
    """Whose effect it is: the id of a study, and what a reader sees beside the number."""

    study: str
    label: str


@dataclass(frozen=True, slots=True)
class Effect:
    """One study's effect on the scale of its kind (logit, log or plain), with its sampling variance.

    `n` counts people, once each; 0 where a file of effects does not say how many they were. `assumed` tells in plain words what the paper did not print.
    """

    study: str
    label: str
    kind: EffectKind
    value: float
    variance: float
    n: int
    assumed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problems = [
            Problem(f"{self.study}: {name}", f"{number:g}", "a finite number")
            for name, number in (("value", self.value), ("variance", self.variance))
            if not math.isfinite(number)
        ]
        if problems:
            raise EvidenceError(problems)

    @property
    def se(self) -> float:
        """Standard error: the root of the variance; not a number where the variance is below 0."""
        return math.sqrt(self.variance) if self.variance >= 0 else math.nan


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean, standard deviation and number of people of one group, with what was assumed on the way."""

    mean: float
    sd: float
    n: int
    assumed: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        require(
            *finite("mean", self.mean),
            *zero_or_more("sd", self.sd),
            *people("n", self.n),
        )


@dataclass(frozen=True, slots=True)
class Responders:
    """How many of how many."""

    responders: int
    of: int

    def __post_init__(self) -> None:
        problems = people("of", self.of, fewest=1)
        if self.responders < 0 or self.responders > self.of:
            problems.append(Problem("responders", f"{self.responders} of {self.of}", f"a count from 0 to {self.of}"))
        require(*problems)


@dataclass(frozen=True, slots=True)
class Events:
    """How many events in how much person-time, for example person-weeks."""

    events: int
    person_time: float

    def __post_init__(self) -> None:
        problems = above_zero("person_time", self.person_time)
        if self.events < 0:
            problems.append(Problem("events", f"{self.events}", "a count, 0 or more"))
        require(*problems)


def shown(kind: EffectKind, value: float) -> float:
    """A value of the pooling scale as a reader knows it: a share, a ratio, or the number itself."""
    if kind is EffectKind.PROPORTION:
        # The two branches keep exp from overflowing at either end.
        return 1 / (1 + math.exp(-value)) if value >= 0 else 1 - 1 / (1 + math.exp(max(value, -_LARGEST_EXPONENT)))
    if kind in _EXPONENTIATED:
        return math.exp(value) if value <= _LARGEST_EXPONENT else math.inf
    return value


def shown_unit(kind: EffectKind) -> str:
    """What the number that `shown` gives is a number of."""
    return _SHOWN_UNITS[kind]


def require(*problems: Problem) -> None:
    """Refuse impossible figures, all at once."""
    if problems:
        raise EvidenceError(problems)


def finite(name: str, value: float) -> list[Problem]:
    """The problem with a figure that is no number."""
    return [] if math.isfinite(value) else [Problem(name, f"{value:g}", "a finite number")]


def zero_or_more(name: str, value: float) -> list[Problem]:
    """The problem with a spread below 0."""
    return [] if math.isfinite(value) and value >= 0 else [Problem(name, f"{value:g}", "a finite number, 0 or more")]


def above_zero(name: str, value: float) -> list[Problem]:
    """The problem with an amount that is not above 0."""
    return [] if math.isfinite(value) and value > 0 else [Problem(name, f"{value:g}", "a finite number above 0")]


def people(name: str, count: int, fewest: int = 2) -> list[Problem]:
    """The problem with a group too small to have a spread."""
    return [] if count >= fewest else [Problem(name, f"{count}", f"a count of people, {fewest} or more")]


def between(name: str, value: float, low: float, high: float) -> list[Problem]:
    """The problem with a figure that is not strictly between two others."""
    return [] if low < value < high else [Problem(name, f"{value:g}", f"a number above {low:g} and below {high:g}")]


def told_once(assumptions: Iterable[str]) -> tuple[str, ...]:
    """Assumptions in order, each once."""
    return tuple(dict.fromkeys(assumptions))
