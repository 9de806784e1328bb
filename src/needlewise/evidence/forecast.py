"""What people like this gained in trials, and what it may be for the next one: no promise, and never part of a verdict.

For each thing that studies of the trouble measured in the same way: the share of people, or the change on the scale,
that is expected of a group like this; for a scale also of one person; how much of it was seen against a comparison; who
stands behind it, how unlike they are, how long they were followed, and how sure one may be. Where nothing was read it
says so. Radiofrequency through needles is never mixed in.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from needlewise.errors import EvidenceError, Problem
from needlewise.evidence.certainty import Body, Certainty, certainty_of
from needlewise.evidence.groups import Against, Group, Member, Sort, Treatment, groups_of, outcome_beside
from needlewise.evidence.harms import HarmRate, harm_rates
from needlewise.evidence.likeness import Asked, Likeness, likeness
from needlewise.evidence.prediction import Datum, Model, Prediction, predict
from needlewise.knowledge import Arm, EvidenceBase, Outcome, Study, Unit

# Only these tell what the needles themselves add.
CONTROLS = (Against.NOTHING, Against.SHAM, Against.SAME_WITHOUT_NEEDLES)
NOTHING_READ = "no study of this was read that counts people in a way others share"
NOTHING_USABLE = "figures were read, but none that can be reckoned with"
NO_PEOPLE_SPREAD = "no study printed how far people differ from each other on this scale"
NOT_CONTROLLED = "no study compared it with nothing, with a sham, or with the same without needles"
_SINGLE = {Sort.CHANGE: Sort.CONTRAST_OF_CHANGES, Sort.RESPONSE: Sort.CONTRAST_OF_RESPONSES}


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
    weighs: int
    likeness: Likeness
    weeks_after_last: float | None


@dataclass(frozen=True, slots=True)
class Controlled:
    """The part that a comparison shows: the difference to people who had no needles, and against what."""

    against: Against
    prediction: Prediction
    people: int
    studies: tuple[Study, ...]
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of one measure. `prediction` is None where it is not known; `why_unknown` then says why.

    `label` is for a practitioner, `plain` goes after "of 100 people, so many ...". `better` is the way a scale runs.
    `people` counts each person once. `weeks_followed`: shortest and longest time after the last session, where read.
    `left_out`: figures that were read and cannot be reckoned with, and why.
    """

    measure: Measure
    label: str
    plain: str
    unit: str
    better: str
    prediction: Prediction | None
    why_unknown: str
    people: int
    behind: tuple[Behind, ...]
    weeks_followed: tuple[float, float] | None
    controlled: tuple[Controlled, ...]
    left_out: tuple[tuple[Study, str], ...]
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Forecast:
    """Everything the trials say of what is asked. `expected` starts with what most people stand behind; empty, with
    `note` saying so, where no study measured anything in a way that others share."""

    asked: Asked
    level: float
    expected: tuple[Expected, ...]
    harms: tuple[HarmRate, ...]
    note: str


def forecast(
    asked: Asked,
    base: EvidenceBase,
    own: Mapping[Measure, Sequence[float]] | None = None,
    groups: Sequence[Group] | None = None,
) -> Forecast:
    """What the trials let one expect.

    Parameters: `own`, outcomes of one clinic's own people by measure, 0 or 1 for shares, points of the scale for
    changes, with which the clinic's own results are drawn towards; `groups`, those of the base, where they were found
    before.
    Raises `EvidenceError` for an own outcome of a measure that there is not, or for a share outside 0 to 1.
    """
    mine = own or {}
    _refuse(mine, base)
    found = _by_measure(asked, groups_of(base) if groups is None else groups)
    for measure in mine:
        found.setdefault(measure, ([], []))
    expected = [_expected(asked, base, measure, members, mine.get(measure, ())) for measure, members in found.items()]
    expected.sort(
        key=lambda one: (one.prediction is None, one.measure.sort is Sort.CHANGE, -one.people, one.measure.of)
    )
    harms = tuple(one for one in harm_rates(base, asked.groups) if one.is_known)
    level = base.reckoning.thresholds["level"]
    return Forecast(asked, level, tuple(expected), harms, "" if expected else NOTHING_READ)


def _refuse(own: Mapping[Measure, Sequence[float]], base: EvidenceBase) -> None:
    problems = []
    for measure, values in own.items():
        known = base.response_kinds if measure.sort is Sort.RESPONSE else base.protocol.scales
        if measure.sort not in _SINGLE or measure.of not in known:
            found = f"`{measure.of}` as {measure.sort}"
            problems.append(
                Problem("own outcomes", found, f"a measure of {Sort.RESPONSE} or {Sort.CHANGE} that studies share")
            )
        elif measure.sort is Sort.RESPONSE and any(not 0 <= value <= 1 for value in values):
            problems.append(
                Problem(
                    f"own outcomes of `{measure.of}`", "a value outside 0 to 1", "1 for who answered, 0 for who did not"
                )
            )
    if problems:
        raise EvidenceError(problems)


Members = tuple[list[Member], list[tuple[Against, Member]]]


def _by_measure(asked: Asked, groups: Iterable[Group]) -> dict[Measure, Members]:
    """The single-arm and the controlled figures of each measure, in groups that hold nothing that was not asked for."""
    found: dict[Measure, Members] = {}
    for group in groups:
        key = group.key
        if key.trouble not in asked.groups or key.treatment is Treatment.RADIOFREQUENCY:
            continue
        if not set(filter(None, key.plus.split("+"))) <= set(asked.adjuncts):
            continue
        if key.sort in _SINGLE:
            found.setdefault(Measure(key.sort, key.of), ([], []))[0].extend(group.members)
        elif key.against in CONTROLS:
            sort = Sort.CHANGE if key.sort is Sort.CONTRAST_OF_CHANGES else Sort.RESPONSE
            rows = found.setdefault(Measure(sort, key.of), ([], []))[1]
            rows.extend((key.against, member) for member in group.members if key.against)
    return found


def _expected(asked: Asked, base: EvidenceBase, measure: Measure, members: Members, own: Sequence[float]) -> Expected:
    model = _model(measure, base)
    behind, left_out = _behind(asked, base, measure, members[0])
    prediction = predict([_datum(one) for one in behind], model, own) if model else None
    weeks = [one.weeks_after_last for one in behind if one.weeks_after_last is not None]
    studies = tuple(dict.fromkeys(one.study for one in behind))
    label, plain, unit, better = _words(measure, base)
    return Expected(
        measure,
        label,
        plain,
        unit,
        better,
        prediction,
        "" if prediction else _why_unknown(behind, left_out),
        _people(behind),
        behind,
        (min(weeks), max(weeks)) if weeks else None,
        tuple(_controlled(asked, base, measure, members[1])),
        left_out,
        certainty_of(_body(measure, behind, studies, model, is_controlled=False), base),
    )


def _why_unknown(behind: Sequence[Behind], left_out: Sequence[tuple[Study, str]]) -> str:
    if behind:
        return NO_PEOPLE_SPREAD
    return NOTHING_USABLE if left_out else NOTHING_READ


def _model(measure: Measure, base: EvidenceBase) -> Model | None:
    """How results of a measure differ; None for a scale on which it is not known how people do."""
    level = base.reckoning.thresholds["level"]
    if measure.sort is Sort.RESPONSE:
        spread = base.reckoning.spreads["share"]
        return Model(spread.value, spread.df, level, None, (0.0, 1.0))
    person = base.reckoning.people.get(measure.of)
    if person is None:
        return None
    spread = base.reckoning.spreads["change"]
    low, high = base.protocol.scales[measure.of].range
    return Model(spread.value * person.sd, spread.df, level, person.sd, (low - high, high - low))


def _behind(
    asked: Asked, base: EvidenceBase, measure: Measure, members: Iterable[Member]
) -> tuple[tuple[Behind, ...], tuple[tuple[Study, str], ...]]:
    found: list[Behind] = []
    left_out: list[tuple[Study, str]] = []
    for member in members:
        figure = member.figure
        if not isinstance(figure, Outcome):
            continue
        why = _unfit(member.study, member.arm)
        value = None if why else _value(measure, figure, base)
        people = _people_of(measure, figure, member.arm)
        if value is None or people is None:
            left_out.append((member.study, why or (_NO_VALUE if value is None else _NO_PEOPLE)))
            continue
        alike = likeness(asked, member.study, member.arm, base)
        found.append(Behind(member.study, member.arm, value, people, people, alike, figure.weeks_after_last))
    return tuple(found), tuple(left_out)


_NO_VALUE = "only words, a percent of the start or a p value were read"
_NO_PEOPLE = "the number of people was not read"


def _unfit(study: Study, arm: Arm) -> str:
    if study.never_pool:
        return study.never_pool
    return f"counts {arm.unit}, not people" if arm.unit in (Unit.AREAS, Unit.STRIAE) else ""


def _value(measure: Measure, figure: Outcome, base: EvidenceBase) -> float | None:
    """A share, or a change in points of the scale. The spread that a paper prints is not needed, only its mean."""
    if measure.sort is Sort.RESPONSE:
        if figure.responders is not None and figure.responders_of:
            return figure.responders / figure.responders_of
        return None if figure.responders_percent is None else figure.responders_percent / 100
    scale = base.scale_of(figure.scale, figure.measure)
    factor = scale.factor if scale else 1.0
    if figure.change_mean is not None:
        return figure.change_mean * factor
    if figure.before_mean is not None and figure.after_mean is not None:
        return (figure.after_mean - figure.before_mean) * factor
    return None


def _people_of(measure: Measure, figure: Outcome, arm: Arm) -> int | None:
    if measure.sort is Sort.RESPONSE and figure.responders_of:
        return figure.responders_of
    return arm.n


def _datum(one: Behind) -> Datum:
    return Datum(one.value, one.weighs, one.likeness.distance, one.study.cohort or one.study.id)


def _people(behind: Iterable[Behind]) -> int:
    most: dict[str, int] = {}
    for one in behind:
        cohort = one.study.cohort or one.study.id
        most[cohort] = max(most.get(cohort, 0), one.people)
    return sum(most.values())


def _controlled(
    asked: Asked, base: EvidenceBase, measure: Measure, members: Sequence[tuple[Against, Member]]
) -> Iterator[Controlled]:
    """One for each kind of comparison that can be reckoned with."""
    model = _model(measure, base)
    if model is None:
        return
    for against in CONTROLS:
        rows = list(_differences(asked, base, measure, [member for kind, member in members if kind is against]))
        widened = _of_differences(model)
        prediction = predict([_datum(one) for one in rows], widened)
        if prediction is not None:
            studies = tuple(dict.fromkeys(one.study for one in rows))
            body = _body(measure, tuple(rows), studies, widened, is_controlled=True)
            yield Controlled(against, prediction, _people(rows), studies, certainty_of(body, base))


def _of_differences(model: Model) -> Model:
    """Differences of two groups vary more than either group, and can be as large as values can differ."""
    bounds = (-1.0, 1.0) if model.person_sd is None else model.bounds
    return Model(model.spread, model.df, model.level, model.person_sd, bounds)


def _differences(asked: Asked, base: EvidenceBase, measure: Measure, members: Iterable[Member]) -> Iterator[Behind]:
    for member in members:
        other, figure = member.comparator, member.figure
        if other is None or not isinstance(figure, Outcome) or _unfit(member.study, member.arm):
            continue
        beside = outcome_beside(figure, other, base)
        ours = _value(measure, figure, base)
        theirs = _value(measure, beside, base) if beside else None
        mine = _people_of(measure, figure, member.arm)
        rest = _people_of(measure, beside, other) if beside else None
        if ours is None or theirs is None or mine is None or rest is None:
            continue
        # The variances of the two groups add up.
        weighs = max(1, math.floor(1 / (1 / mine + 1 / rest)))
        people = max(mine, rest) if member.study.design.is_split else mine + rest
        alike = likeness(asked, member.study, member.arm, base)
        yield Behind(member.study, member.arm, ours - theirs, people, weighs, alike, figure.weeks_after_last)


def _body(
    measure: Measure,
    behind: Sequence[Behind],
    studies: tuple[Study, ...],
    model: Model | None,
    *,
    is_controlled: bool,
) -> Body:
    alike = [one.likeness.distance for one in behind]
    return Body(
        behind[0].study.group if behind else "",
        measure.of,
        is_controlled,
        studies,
        _people(behind),
        _disagreement(behind, model),
        None,
        sum(distance >= 1 for distance in alike) / len(alike) if alike else None,
    )


def _disagreement(behind: Sequence[Behind], model: Model | None) -> float | None:
    """I2 in percent over the figures as they are reckoned with."""
    if model is None or len(behind) < 2:
        return None
    weights = [1 / model.noise(one.weighs) for one in behind]
    mean = math.fsum(w * one.value for w, one in zip(weights, behind, strict=True)) / math.fsum(weights)
    q = math.fsum(w * (one.value - mean) ** 2 for w, one in zip(weights, behind, strict=True))
    return 100 * max(0.0, q - (len(behind) - 1)) / q if q else 0.0


def _words(measure: Measure, base: EvidenceBase) -> tuple[str, str, str, str]:
    """Label, plain words, unit and the way that is better."""
    if measure.sort is Sort.RESPONSE:
        kind = base.response_kinds[measure.of]
        return kind.label, kind.plain, "share of people", "higher"
    scale = base.protocol.scales[measure.of]
    return scale.name, f"change on {scale.name} ({scale.measures})", scale.unit or "points", scale.better
