"""Whether the figures of a study agree with each other.

Each check has a name. A figure that does not add up is refused, unless the row accepts that check by name and says
why; accepting a fault that is not there is refused too, so that no licence outlives its reason.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Protocol as Shape

from needlewise.errors import Problem
from needlewise.knowledge._studies import Accepted, Arm, Contrast, Harm, Outcome, People, Study, Unit
from needlewise.knowledge._written import Written

# Printed percents are rounded, some to whole numbers, some cut off.
PERCENT_TOLERANCE = 0.5
# A change worked out from rounded means may be off by this share of itself, or by this much of the scale's unit.
CHANGE_TOLERANCE, CHANGE_SHARE = 0.06, 0.02
CHANGE_PERCENT_TOLERANCE = 1.0
PHOTOTYPES = ("I", "II", "III", "IV", "V", "VI")
BETTER = ("lower", "higher", "")
ROLES = ("treatment", "comparator")
CONTROLS = ("untreated", "sham", "without-needles", "")
DEVICES = ("roller", "pen", "stamp", "rf_needles", "")
KINDS_OF_TEXT = ("fulltext", "abstract", "secondary", "bibliography", "registry", "regulatory", "labelling")
# A printed p: "0.03", "= 0.03", "p<0.001", "<0.01 (at week 4)". A text with a second number of this kind is not read.
_P = re.compile(r"(?:p(?:[ -]value)?\s*)?(<=|>=|[<>=≤≥])?\s*(\d*\.?\d+(?:e-?\d+)?)(?:\s*[(,].*)?", re.IGNORECASE)
_ANOTHER_P = re.compile(r"0?\.\d+.*[^\d]0?\.\d+")

# No reason makes this one acceptable: what is no number cannot be computed with.
NUMBER = "a finite number"
# Check -> what it asks for; the names that `accepted` may use.
CHECKS = {
    "count-of": "a count that is at most what it is counted of",
    "of-arm": "a denominator that is at most the arm",
    "percent-count": "the percent of the count",
    "percent": "a percent from 0 to 100",
    "interval-order": "a lower end below the upper end",
    "interval-value": "the value within its interval",
    "interval-p": "an interval and a p value on the same side of no change",
    "change-means": "the change of the two means",
    "change-percent": "the percent change of the two means",
    "spread": "a spread of at least 0",
    "people": "parts that add up to the people there were",
    "age": "ages in order",
    "arms-people": "arms that add up to at most the people enrolled",
    "contrast-value": "the difference of the two arms",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A check that failed: under which key, what was found, what was expected."""

    check: str
    key: str
    found: str
    expected: str


class Checked(Shape):
    """A row that may accept faults of its own."""

    @property
    def accepted(self) -> tuple[Accepted, ...]: ...


def study_problems(study: Study, at: Written) -> Iterator[Problem]:
    """Every fault of one study file that its rows do not accept."""
    yield from _told(study, _study_faults(study), at)
    yield from _told(study.people, _people_faults(study.people), at.under("people"))
    yield from _names(study, at)
    for number, arm in enumerate(study.arm):
        here = at.under("arm", number)
        yield from _told(arm, _arm_faults(arm), here)
        for index, outcome in enumerate(arm.outcome):
            yield from _told(outcome, _outcome_faults(outcome, arm), here.under("outcome", index))
        for index, harm in enumerate(arm.harm):
            yield from _told(harm, _harm_faults(harm, arm), here.under("harm", index))
    for number, contrast in enumerate(study.contrast):
        yield from _told(contrast, _contrast_faults(contrast, study), at.under("contrast", number))


def _told(row: Checked, faults: Iterable[Fault], at: Written) -> Iterator[Problem]:
    accepted = {one.check: number for number, one in enumerate(row.accepted)}
    met: set[str] = set()
    for fault in faults:
        met.add(fault.check)
        if fault.check not in accepted:
            hint = f'mend the figure, or accept it: accepted = [{{ check = "{fault.check}", why = "..." }}]'
            yield at.under(fault.key).problem(fault.found, fault.expected, hint)
    for check, number in accepted.items():
        here = at.under("accepted", number, "check")
        if check not in CHECKS:
            yield here.unknown("check", check, CHECKS)
        elif check not in met:
            yield here.problem(f"`{check}` is accepted, but nothing is wrong with it", "no such entry", "remove it")
        elif not row.accepted[number].why:
            yield here.problem(f"`{check}` is accepted without a reason", "why the figure stands as printed")


def _names(study: Study, at: Written) -> Iterator[Problem]:
    """What names something within the file."""
    documents = {one.source for one in study.document}
    arms = [arm.id for arm in study.arm]
    if not study.document:
        yield at.problem("a study without a [[document]]", "at least one text that was read")
    for number, document in enumerate(study.document):
        yield from _words(at.under("document", number), (("kind", document.kind, KINDS_OF_TEXT),))
    for number, arm in enumerate(study.arm):
        here = at.under("arm", number)
        if arm.id in arms[:number]:
            yield here.under("id").problem(f"two arms are called `{arm.id}`", "each id once")
        yield from _words(
            here, (("role", arm.role, ROLES), ("device", arm.device, DEVICES), ("control", arm.control, CONTROLS))
        )
        for index, outcome in enumerate(arm.outcome):
            yield from _words(here.under("outcome", index), (("better", outcome.better, BETTER),))
            yield from _source(outcome.source, documents, here.under("outcome", index))
        for index, harm in enumerate(arm.harm):
            yield from _source(harm.source, documents, here.under("harm", index))
    for number, contrast in enumerate(study.contrast):
        here = at.under("contrast", number)
        yield from _source(contrast.source, documents, here)
        for key, known in (("a", arms), ("b", arms), ("favours", [*arms, "neither"])):
            if getattr(contrast, key) not in known:
                yield here.under(key).unknown("arm", getattr(contrast, key), known)
        if contrast.a == contrast.b:
            yield here.problem(f"`{contrast.a}` compared with itself", "two arms")


def _words(at: Written, rows: Iterable[tuple[str, str, tuple[str, ...]]]) -> Iterator[Problem]:
    for key, found, known in rows:
        if found not in known:
            yield at.under(key).problem(f"`{key}` is `{found}`", f"one of: {', '.join(filter(None, known))}")


def _source(source: str, documents: set[str], at: Written) -> Iterator[Problem]:
    if source not in documents:
        expected = f"one of: {', '.join(sorted(documents))}"
        yield at.under("source").problem(f"`{source}` is no document of this study", expected)


def _finite(row: object, keys: Iterable[str]) -> Iterator[Fault]:
    for key in keys:
        value = getattr(row, key)
        if value is not None and not isfinite(value):
            yield Fault("number", key, f"`{key}` is {value}", NUMBER)


def _study_faults(study: Study) -> Iterator[Fault]:
    enrolled = study.people.enrolled
    # In parallel designs every arm is other people; what was counted in sides or areas says nothing of that.
    if study.design.is_split or enrolled is None:
        return
    sizes = [arm.n for arm in study.arm if arm.unit is Unit.PEOPLE and arm.n is not None]
    if len(sizes) > 1 and sum(sizes) > enrolled:
        found = f"arms of {' + '.join(map(str, sizes))} = {sum(sizes)} people, with {enrolled} enrolled"
        yield Fault("arms-people", "arm", found, CHECKS["arms-people"])


def _people_faults(people: People) -> Iterator[Fault]:
    yield from _finite(people, ("age_mean", "age_sd", "age_min", "age_max"))
    counts = {"enrolled": people.enrolled, "completed": people.completed, "women": people.women, "men": people.men}
    for key, count in counts.items():
        if count is not None and count < 0:
            yield Fault("people", key, f"{count} people", CHECKS["people"])
    if people.enrolled is not None and people.completed is not None and people.completed > people.enrolled:
        found = f"{people.completed} completed of {people.enrolled} enrolled"
        yield Fault("people", "completed", found, CHECKS["people"])
    if people.women is not None and people.men is not None:
        both, sizes = people.women + people.men, (people.enrolled, people.completed)
        if any(sizes) and both not in sizes:
            found = f"{people.women} women and {people.men} men"
            yield Fault("people", "women", found, f"together {' or '.join(str(n) for n in sizes if n is not None)}")
    ages = [age for age in (people.age_min, people.age_mean, people.age_max) if age is not None]
    if ages != sorted(ages) or any(not 0 <= age <= 120 for age in ages):
        yield Fault("age", "age_mean", f"ages {', '.join(map(str, ages))}", "lowest, mean and highest in order")
    unknown = [one for one in people.phototypes if one not in PHOTOTYPES]
    if unknown:
        yield Fault("people", "phototypes", f"phototypes {', '.join(unknown)}", f"among {', '.join(PHOTOTYPES)}")


def _arm_faults(arm: Arm) -> Iterator[Fault]:
    if arm.n is not None and arm.n < 1:
        yield Fault("people", "n", f"an arm of {arm.n}", "at least 1")
    for key in ("needle_mm", "sessions", "interval_weeks"):
        pair = getattr(arm, key)
        if pair is not None and (not all(map(isfinite, pair)) or pair[0] > pair[1] or pair[0] < 0):
            yield Fault("interval-order", key, f"`{key}` from {pair[0]} to {pair[1]}", "lowest first, none below 0")


def _outcome_faults(outcome: Outcome, arm: Arm) -> Iterator[Fault]:
    yield from _finite(outcome, _NUMBERS)
    yield from _share_faults(outcome.responders, outcome.responders_of, outcome.responders_percent, "responders")
    if outcome.responders_of is not None and arm.n is not None and outcome.responders_of > arm.n:
        found = f"{outcome.responders_of} judged in an arm of {arm.n}"
        yield Fault("of-arm", "responders_of", found, CHECKS["of-arm"])
    for key in ("before_sd", "after_sd", "change_sd", "change_percent_sd"):
        value = getattr(outcome, key)
        if value is not None and value < 0:
            yield Fault("spread", key, f"`{key}` is {value}", CHECKS["spread"])
    yield from _interval_faults(outcome.change_mean, outcome.change_low, outcome.change_high, "change_low")
    yield from _level_faults(outcome.change_level, "change_level")
    interval = _Interval(outcome.change_low, outcome.change_high, outcome.change_level)
    yield from _side_faults(interval, outcome.p, "p")
    yield from _change_faults(outcome)


def _share_faults(count: int | None, of: int | None, percent: float | None, key: str) -> Iterator[Fault]:
    if of is not None and of < 1:
        yield Fault("number", key, f"counted of {of}", "a count of 1 or more")
    if count is not None and (count < 0 or (of is not None and count > of)):
        yield Fault("count-of", key, f"{count} of {of}", CHECKS["count-of"])
    if percent is not None and not 0 <= percent <= 100:
        yield Fault(
            "percent", f"{key}_percent" if key == "responders" else "percent", f"{percent} %", CHECKS["percent"]
        )
    if count is not None and of and percent is not None and abs(100 * count / of - percent) > PERCENT_TOLERANCE:
        found = f"{percent} % beside {count} of {of}"
        yield Fault("percent-count", key, found, f"{100 * count / of:.1f} %")


def _interval_faults(value: float | None, low: float | None, high: float | None, key: str) -> Iterator[Fault]:
    if low is None or high is None:
        return
    if low > high:
        yield Fault("interval-order", key, f"an interval from {low} to {high}", CHECKS["interval-order"])
    elif value is not None and not low <= value <= high:
        yield Fault("interval-value", key, f"{value} outside {low} to {high}", CHECKS["interval-value"])


@dataclass(frozen=True, slots=True)
class _Interval:
    """An interval at a level in percent, and the value that means no effect."""

    low: float | None
    high: float | None
    level: float | None
    none: float = 0.0


def _level_faults(level: float | None, key: str) -> Iterator[Fault]:
    if level is not None and not 50 < level < 100:
        yield Fault("number", key, f"`{key}` is {level}", "the level of the interval in percent, such as 95")


def _side_faults(interval: _Interval, p: str, key: str) -> Iterator[Fault]:
    """A 95 % interval that leaves no effect out goes with p below 0.05, and the other way round; so at other levels."""
    low, high, none = interval.low, interval.high, interval.none
    if low is None or high is None or interval.level is None:
        return
    told = _is_significant(p, round(1 - interval.level / 100, 9))
    excludes = low > none or high < none
    # Intervals printed with few digits may end on the wrong side by rounding alone.
    near = min(abs(low - none), abs(high - none)) <= 0.05 * (high - low)
    if told is not None and told != excludes and not near:
        found = f"an interval of {interval.level:g} % from {low} to {high} beside p {p if p[:1] in '<>=' else f'= {p}'}"
        yield Fault("interval-p", key, found, CHECKS["interval-p"])


def _is_significant(p: str, least: float) -> bool | None:
    """Whether a printed p lies below `least`; None for words, and for bounds that leave it open."""
    read = _P.fullmatch(p.strip())
    if read is None or _ANOTHER_P.search(p):
        return None
    sign, value = read[1] or "=", float(read[2])
    if value > 1:
        return None
    if sign in ("<", "<=", "≤"):
        return True if value <= least else None
    if sign in (">", ">=", "≥"):
        return False if value >= least else None
    return value < least


def _change_faults(outcome: Outcome) -> Iterator[Fault]:
    before, after, change = outcome.before_mean, outcome.after_mean, outcome.change_mean
    if before is None or after is None:
        return
    if change is not None and abs(after - before - change) > max(CHANGE_TOLERANCE, CHANGE_SHARE * abs(change)):
        found = f"a change of {change} beside means of {before} and {after}"
        yield Fault("change-means", "change_mean", found, f"{after - before:g}")
    if outcome.change_percent is not None and before:
        percent = 100 * (after - before) / before
        if abs(percent - outcome.change_percent) > CHANGE_PERCENT_TOLERANCE:
            found = f"{outcome.change_percent} % beside means of {before} and {after}"
            yield Fault("change-percent", "change_percent", found, f"{percent:.1f} %")


def _harm_faults(harm: Harm, arm: Arm) -> Iterator[Fault]:
    yield from _finite(harm, ("percent", "days_min", "days_max", "value"))
    yield from _share_faults(harm.count, harm.of, harm.percent, "count")
    if harm.days_min is not None and harm.days_max is not None and harm.days_min > harm.days_max:
        found = f"from {harm.days_min} to {harm.days_max} days"
        yield Fault("interval-order", "days_min", found, CHECKS["interval-order"])
    if harm.of is None and harm.count is not None and arm.n is not None and harm.count > arm.n:
        yield Fault("of-arm", "count", f"{harm.count} in an arm of {arm.n}", CHECKS["of-arm"])


def _contrast_faults(contrast: Contrast, study: Study) -> Iterator[Fault]:
    yield from _finite(contrast, ("value", "low", "high", "p"))
    yield from _interval_faults(contrast.value, contrast.low, contrast.high, "low")
    yield from _level_faults(contrast.level, "level")
    interval = _Interval(contrast.low, contrast.high, contrast.level, _no_effect(contrast.effect))
    yield from _side_faults(interval, "" if contrast.p is None else str(contrast.p), "p")
    yield from _side_faults(interval, contrast.p_text, "p_text")
    if contrast.p is not None and not 0 <= contrast.p <= 1:
        yield Fault("number", "p", f"p = {contrast.p}", "a number from 0 to 1")
    if contrast.effect.startswith("risk difference"):
        yield from _difference_faults(contrast, study)


def _no_effect(effect: str) -> float:
    """The value of a contrast that says nothing differs: 1 for ratios that are not logarithms, else 0."""
    return 1.0 if "ratio" in effect and "log" not in effect else 0.0


def _difference_faults(contrast: Contrast, study: Study) -> Iterator[Fault]:
    """A risk difference in percentage points must be that of shares which both arms hold."""
    arms = {arm.id: arm for arm in study.arm}
    if contrast.value is None or not {contrast.a, contrast.b} <= arms.keys():
        return
    shares = [_shares(arms[name]) for name in (contrast.a, contrast.b)]
    both = [shares[0][name] - shares[1][name] for name in shares[0] if name in shares[1]]
    if both and not any(abs(one - contrast.value) <= PERCENT_TOLERANCE for one in both):
        found = f"a difference of {contrast.value} points"
        yield Fault("contrast-value", "value", found, " or ".join(f"{one:.1f}" for one in both))


def _shares(arm: Arm) -> dict[str, float]:
    """Definition of a responder -> percent of the arm."""
    return {
        one.response: 100 * one.responders / one.responders_of
        for one in arm.outcome
        if one.responders is not None and one.responders_of
    }


_NUMBERS = (
    "weeks_after_last",
    "weeks_from_start",
    "before_mean",
    "before_sd",
    "after_mean",
    "after_sd",
    "before_median",
    "after_median",
    "change_mean",
    "change_sd",
    "change_low",
    "change_high",
    "change_percent",
    "change_percent_sd",
    "responders_percent",
)
