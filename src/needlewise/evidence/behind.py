"""The figures behind a forecast: one study's share of people, change, or difference of two arms, and how it is unlike.

A mean without its spread is enough, because how far people differ is stated for the scale. What cannot be reckoned with
is left out with its reason.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from needlewise.evidence.groups import Member, Sort, mean_change_of, outcome_beside
from needlewise.evidence.likeness import Asked, Likeness, likeness
from needlewise.evidence.prediction import Datum, Model, once_each
from needlewise.knowledge import Arm, EvidenceBase, Outcome, Study, Unit

NO_VALUE = "only words, a percent of the start or a p value were read"
NO_PEOPLE = "the number of people was not read"
IMPOSSIBLE = "a figure outside what is possible"
NO_OTHER_ARM = "what the other arm came to was not read"


class Measure(NamedTuple):
    """What was measured: shares of people who answer (`Sort.RESPONSE`) or changes on a scale (`Sort.CHANGE`), and the
    id of the kind of responder or of the scale."""

    sort: Sort
    of: str


@dataclass(frozen=True, slots=True)
class Behind:
    """One study's figure behind a forecast: a share (0 to 1), a change in points, or the difference of two of them.

    `people` counts them once; `weighs`: a group of how many leaves as much to chance (fewer, for a difference).
    """

    study: Study
    arm: Arm
    value: float
    people: int
    weighs: float
    likeness: Likeness
    weeks_after_last: float | None

    @property
    def datum(self) -> Datum:
        """The figure as it is reckoned with."""
        return Datum(self.value, self.weighs, self.likeness.distance, self.study.whose)


LeftOut = tuple[Study, str]
Found = tuple[tuple[Behind, ...], tuple[LeftOut, ...]]


def model_of(measure: Measure, base: EvidenceBase, *, of_differences: bool = False) -> Model | None:
    """How results of a measure differ; None for a scale on which it is not known how people do.

    A difference of two groups differs from study to study as one group does: what a study does to both of its groups
    cancels. It can be as large as two changes in opposite ways.
    """
    level = base.reckoning.thresholds["level"]
    if measure.sort is Sort.RESPONSE:
        spread = base.reckoning.spreads["share"]
        return Model(spread.value, spread.df, level, None, (-1.0, 1.0) if of_differences else (0.0, 1.0))
    person = base.reckoning.people.get(measure.of)
    if person is None:
        return None
    spread = base.reckoning.spreads["change"]
    low, high = base.protocol.scales[measure.of].range
    most = (high - low) * (2 if of_differences else 1)
    return Model(spread.value * person.sd, spread.df, level, person.sd, (-most, most))


def figures_behind(asked: Asked, base: EvidenceBase, measure: Measure, members: Iterable[Member]) -> Found:
    """The figures of single arms that can be reckoned with, and those that cannot, with the reason."""
    found: list[Behind] = []
    left_out: list[LeftOut] = []
    for member in members:
        read = _read(measure, member, base)
        if isinstance(read, str):
            left_out.append((member.study, read))
        elif read is not None:
            value, people, figure = read
            alike = likeness(asked, member.study, member.arm, base)
            found.append(Behind(member.study, member.arm, value, people, people, alike, figure.weeks_after_last))
    return tuple(found), tuple(left_out)


def differences_behind(asked: Asked, base: EvidenceBase, measure: Measure, members: Iterable[Member]) -> Found:
    """The same of comparisons: the needled arm less the other."""
    found: list[Behind] = []
    left_out: list[LeftOut] = []
    for member in members:
        read = _read(measure, member, base)
        if isinstance(read, str):
            left_out.append((member.study, read))
        elif read is not None and member.comparator is not None:
            ours, mine, figure = read
            beside = outcome_beside(figure, member.comparator, base)
            theirs = _share_or_change(measure, beside, base) if beside else None
            rest = _people_of(measure, beside, member.comparator) if beside else None
            if theirs is None or rest is None:
                left_out.append((member.study, NO_OTHER_ARM if theirs is None else NO_PEOPLE))
                continue
            people = max(mine, rest) if member.study.design.may_be_same_people else mine + rest
            # The variances of the two groups add up.
            weighs = 1 / (1 / mine + 1 / rest)
            alike = likeness(asked, member.study, member.arm, base)
            weeks = figure.weeks_after_last
            found.append(Behind(member.study, member.arm, ours - theirs, people, weighs, alike, weeks))
    return tuple(found), tuple(left_out)


def counted_once(behind: Sequence[Behind], model: Model | None) -> list[Behind]:
    """One figure for each cohort, as it is reckoned with; where nothing is, the first."""
    best: dict[str, Behind] = {}
    if model is None:
        for one in behind:
            best.setdefault(one.study.whose, one)
        return list(best.values())
    for datum in once_each([one.datum for one in behind], model):
        rows = [one for one in behind if one.study.whose == datum.cohort]
        best[datum.cohort] = next(
            one for one in rows if (one.weighs, one.likeness.distance) == (datum.people, datum.distance)
        )
    return list(best.values())


def people_behind(behind: Iterable[Behind]) -> int:
    """How many people: of a cohort at least as many as its largest figure has."""
    most: dict[str, int] = {}
    for one in behind:
        most[one.study.whose] = max(most.get(one.study.whose, 0), one.people)
    return sum(most.values())


def _read(measure: Measure, member: Member, base: EvidenceBase) -> tuple[float, int, Outcome] | str | None:
    """Value, people and outcome of a member; the reason where it cannot be reckoned with; None for what is no outcome."""
    study, arm, figure = member.study, member.arm, member.figure
    if not isinstance(figure, Outcome):
        return None
    if study.never_pool:
        return study.never_pool
    if arm.unit in (Unit.AREAS, Unit.STRIAE):
        return f"counts {arm.unit}, not people"
    value, people = _share_or_change(measure, figure, base), _people_of(measure, figure, arm)
    if value is None or people is None:
        return NO_VALUE if value is None else NO_PEOPLE
    if people < 1 or not _is_possible(measure, value, base):
        return IMPOSSIBLE
    return value, people, figure


def _share_or_change(measure: Measure, figure: Outcome, base: EvidenceBase) -> float | None:
    if measure.sort is Sort.CHANGE:
        return mean_change_of(figure, base)
    if figure.responders is not None and figure.responders_of:
        return figure.responders / figure.responders_of
    return None if figure.responders_percent is None else figure.responders_percent / 100


def _people_of(measure: Measure, figure: Outcome, arm: Arm) -> int | None:
    if measure.sort is Sort.RESPONSE and figure.responders_of:
        return figure.responders_of
    return arm.n


def _is_possible(measure: Measure, value: float, base: EvidenceBase) -> bool:
    if measure.sort is Sort.RESPONSE:
        return 0 <= value <= 1
    low, high = base.protocol.scales[measure.of].range
    return abs(value) <= high - low


def disagreement_percent(rows: Sequence[Behind], model: Model) -> float | None:
    """I2 over figures as they are reckoned with; None for fewer than two."""
    if len(rows) < 2:
        return None
    weights = [1 / model.noise(one.weighs) for one in rows]
    mean = sum(w * one.value for w, one in zip(weights, rows, strict=True)) / sum(weights)
    q = sum(w * (one.value - mean) ** 2 for w, one in zip(weights, rows, strict=True))
    return 100 * max(0.0, q - (len(rows) - 1)) / q if q else 0.0
