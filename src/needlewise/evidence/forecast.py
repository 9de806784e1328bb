"""What people like this gained in trials, and what it may be for the next one: no promise, and never part of a verdict.

For each thing that studies of the trouble measured in the same way: the share of people, or the change on the scale,
that is expected of a group like this; for a scale also of one person; how much of it was seen against a comparison; who
stands behind it, how unlike they are, how long they were followed, and how sure one may be. Where nothing was read it
says so. Radiofrequency through needles is never mixed in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from needlewise.errors import EvidenceError, Problem
from needlewise.evidence.behind import (
    Behind,
    LeftOut,
    Measure,
    counted_once,
    differences_behind,
    disagreement_percent,
    figures_behind,
    model_of,
    people_behind,
)
from needlewise.evidence.certainty import Body, Certainty, certainty_of
from needlewise.evidence.groups import CONTROLS, Against, Group, Member, Sort, Treatment, groups_of, shows_needles
from needlewise.evidence.harms import HarmRate, harm_rates
from needlewise.evidence.likeness import Asked
from needlewise.evidence.prediction import Model, Prediction, predict
from needlewise.knowledge import EvidenceBase, Study

NOTHING_READ = "no study of this was read that counts people in a way others share"
NOTHING_USABLE = "figures were read, but none that can be reckoned with"
NO_PEOPLE_SPREAD = "no study printed how far people differ from each other on this scale"
NOT_CONTROLLED = (
    "no study that can be reckoned with compared it with nothing, with a sham, or with the same without needles"
)
_SINGLE = (Sort.CHANGE, Sort.RESPONSE)
_SORT_OF = {Sort.CONTRAST_OF_CHANGES: Sort.CHANGE, Sort.CONTRAST_OF_RESPONSES: Sort.RESPONSE}


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
    `left_out`: figures that were read and cannot be reckoned with, and why, those of comparisons included.
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
    left_out: tuple[LeftOut, ...]
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Forecast:
    """Everything the trials say of what is asked. `expected` starts with what most people stand behind; empty, with
    `note` saying so, where no study measured anything in a way that others share. `harms` holds every kind that was
    looked for, those that nobody counted included."""

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
    found = _by_measure(asked, base, groups_of(base) if groups is None else groups)
    for measure in mine:
        found.setdefault(measure, ([], []))
    expected = [_expected(asked, base, measure, members, mine.get(measure, ())) for measure, members in found.items()]
    expected.sort(
        key=lambda one: (one.prediction is None, one.measure.sort is Sort.CHANGE, -one.people, one.measure.of)
    )
    level = base.reckoning.thresholds["level"]
    return Forecast(asked, level, tuple(expected), harm_rates(base, asked.groups), "" if expected else NOTHING_READ)


def _refuse(own: Mapping[Measure, Sequence[float]], base: EvidenceBase) -> None:
    problems = []
    for measure, values in own.items():
        known = base.response_kinds if measure.sort is Sort.RESPONSE else base.protocol.scales
        if measure.sort not in _SINGLE or measure.of not in known:
            expected = f"a measure of {Sort.RESPONSE} or {Sort.CHANGE} that studies share"
            problems.append(Problem("own outcomes", f"`{measure.of}` as {measure.sort}", expected))
        elif measure.sort is Sort.RESPONSE and any(not 0 <= value <= 1 for value in values):
            where, expected = f"own outcomes of `{measure.of}`", "1 for who answered, 0 for who did not"
            problems.append(Problem(where, "a value outside 0 to 1", expected))
    if problems:
        raise EvidenceError(problems)


Members = tuple[list[Member], list[tuple[Against, Member]]]


def _by_measure(asked: Asked, base: EvidenceBase, groups: Iterable[Group]) -> dict[Measure, Members]:
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
        elif key.against in CONTROLS and key.sort in _SORT_OF:
            rows = found.setdefault(Measure(_SORT_OF[key.sort], key.of), ([], []))[1]
            rows.extend(
                (key.against, one)
                for one in group.members
                if key.against and one.comparator and shows_needles(one.arm, one.comparator, base)
            )
    return found


def _expected(asked: Asked, base: EvidenceBase, measure: Measure, members: Members, own: Sequence[float]) -> Expected:
    model = model_of(measure, base)
    behind, left_out = figures_behind(asked, base, measure, members[0])
    prediction = predict([one.datum for one in behind], model, own) if model else None
    weeks = [one.weeks_after_last for one in behind if one.weeks_after_last is not None]
    controlled, not_compared = _controlled(asked, base, measure, members[1])
    label, plain, unit, better = _words(measure, base)
    return Expected(
        measure,
        label,
        plain,
        unit,
        better,
        prediction,
        "" if prediction else _why_unknown(model, behind, own, left_out),
        people_behind(behind),
        behind,
        (min(weeks), max(weeks)) if weeks else None,
        controlled,
        tuple(dict.fromkeys((*left_out, *not_compared))),
        certainty_of(_body(asked, measure, behind, model, is_controlled=False), base),
    )


def _why_unknown(
    model: Model | None, behind: Sequence[Behind], own: Sequence[float], left_out: Sequence[LeftOut]
) -> str:
    if model is None and (behind or own):
        return NO_PEOPLE_SPREAD
    return NOTHING_USABLE if left_out else NOTHING_READ


def _controlled(
    asked: Asked, base: EvidenceBase, measure: Measure, members: Sequence[tuple[Against, Member]]
) -> tuple[tuple[Controlled, ...], tuple[LeftOut, ...]]:
    """One for each kind of comparison that can be reckoned with, and what cannot."""
    model = model_of(measure, base, of_differences=True)
    found: list[Controlled] = []
    left_out: list[LeftOut] = []
    for against in CONTROLS:
        rows, rest = differences_behind(asked, base, measure, [one for kind, one in members if kind is against])
        left_out.extend(rest)
        prediction = predict([one.datum for one in rows], model) if model else None
        if prediction is not None:
            studies = tuple(dict.fromkeys(one.study for one in rows))
            certainty = certainty_of(_body(asked, measure, rows, model, is_controlled=True), base)
            # Nobody has a difference of his own: a person is on one side or the other.
            alone = replace(prediction, person=None)
            found.append(Controlled(against, alone, people_behind(rows), studies, certainty))
    return tuple(found), tuple(left_out)


def _body(
    asked: Asked, measure: Measure, behind: Sequence[Behind], model: Model | None, *, is_controlled: bool
) -> Body:
    """What is graded: each people once, however many arms or papers speak of them."""
    rows = counted_once(behind, model)
    compared = asked.sessions is not None or asked.phototype or asked.adjuncts
    unlike = sum(one.likeness.distance >= 1 for one in rows) / len(rows) if rows and compared else None
    return Body(
        tuple(dict.fromkeys(one.study.group for one in behind)),
        measure.of,
        is_controlled,
        [one.study for one in rows],
        people_behind(behind),
        disagreement_percent(rows, model) if model else None,
        None,
        unlike,
    )


def _words(measure: Measure, base: EvidenceBase) -> tuple[str, str, str, str]:
    """Label, plain words, unit and the way that is better."""
    if measure.sort is Sort.RESPONSE:
        kind = base.response_kinds[measure.of]
        return kind.label, kind.plain, "share of people", "higher"
    scale = base.protocol.scales[measure.of]
    return scale.name, f"change on {scale.name} ({scale.measures})", scale.unit or "points", scale.better
