"""How sure one may be of a body of figures, in visible steps after the manner of GRADE.

A controlled comparison of randomised studies starts high, everything else low. Each step then says what it rests on: it
was computed, it is a judgement with its reason, or it was not assessed; what was not assessed never raises a grade.
Only a judgement may raise one. Steps: Guyatt et al. 2008 (BMJ 336:924); the thresholds stand in
knowledge/evidence/certainty.toml.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from needlewise.knowledge import EvidenceBase, Judgement, Read, Study


class Level(IntEnum):
    """How sure one may be."""

    VERY_LOW = 1
    LOW = 2
    MODERATE = 3
    HIGH = 4

    @property
    def words(self) -> str:
        """The grade as it is read."""
        return self.name.lower().replace("_", " ")


class Ground(StrEnum):
    """What a step rests on."""

    COMPUTED = "computed"
    JUDGEMENT = "judgement"
    NOT_ASSESSED = "not assessed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: by how much it moves the grade, on what ground, and why."""

    id: str
    change: int
    ground: Ground
    why: str


@dataclass(frozen=True, slots=True)
class Certainty:
    """The grade, where it started, and every step on the way."""

    grade: Level
    start: Level
    start_why: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """What is graded. `groups` and `of`: which groups of studies, and what they measured, for the judgements; `studies`
    one for each cohort; `people` once each.

    `disagreement_percent` (I2), `small_studies_p` and `unlike` (the share of studies unlike what is asked) are None
    where they could not be had.
    """

    groups: tuple[str, ...]
    of: str
    is_controlled: bool
    studies: Sequence[Study]
    people: int
    disagreement_percent: float | None = None
    small_studies_p: float | None = None
    unlike: float | None = None


def certainty_of(body: Body, base: EvidenceBase) -> Certainty:
    """Level a body of figures. A body without a study is graded very low, whatever else is said of it."""
    start, why = _start(body)
    judged = _judgements(body, base)
    steps = tuple(_steps(body, base.reckoning.thresholds, judged))
    total = start + sum(step.change for step in steps)
    grade = Level(min(Level.HIGH, max(Level.VERY_LOW, total))) if body.studies else Level.VERY_LOW
    return Certainty(grade, start, why, steps)


def _start(body: Body) -> tuple[Level, str]:
    if not body.is_controlled:
        return Level.LOW, "a change from before to after, without a comparison"
    if body.studies and all(study.randomised for study in body.studies):
        return Level.HIGH, "a comparison, in randomised studies only"
    return Level.LOW, "a comparison, not randomised in every study"


def _judgements(body: Body, base: EvidenceBase) -> Mapping[str, Judgement]:
    """The judgement on each step. Of several the most cautious; one that raises must hold for every group of studies, and
    what it rests on must not be withdrawn."""
    found: dict[str, Judgement] = {}
    for one in base.reckoning.judgements:
        if one.group not in body.groups or one.of not in ("", body.of):
            continue
        if one.change > 0 and (len(body.groups) > 1 or _is_withdrawn(one, base)):
            continue
        if one.step not in found or one.change < found[one.step].change:
            found[one.step] = one
    return found


def _is_withdrawn(judgement: Judgement, base: EvidenceBase) -> bool:
    """Whether every study read in its sources is retracted."""
    read = [
        study
        for study in base.studies.values()
        if any(document.source in judgement.sources for document in study.document)
    ]
    return bool(read) and all(study.retracted is not None for study in read)


def _steps(body: Body, at: Mapping[str, float], judged: Mapping[str, Judgement]) -> Iterator[Step]:
    computed = {
        "risk-of-bias": _bias(body),
        "inconsistency": _inconsistency(body, at),
        "indirectness": _indirectness(body),
        "imprecision": _imprecision(body, at),
        "small-studies": _small_studies(body, at),
        "larger-effect": None,
    }
    for name, found in computed.items():
        judgement = judged.get(name)
        # Of a figure and a judgement the more cautious one holds.
        if judgement is not None and (found is None or judgement.change <= found[0]):
            yield Step(name, judgement.change, Ground.JUDGEMENT, judgement.why)
        elif found is not None:
            yield Step(name, found[0], Ground.COMPUTED, found[1])
        else:
            yield Step(name, 0, Ground.NOT_ASSESSED, _NOT_ASSESSED[name])


_NOT_ASSESSED = {
    "risk-of-bias": "no study",
    "inconsistency": "how far the studies disagree could not be worked out",
    "indirectness": "nothing was asked to compare the studies with",
    "imprecision": "no study",
    "small-studies": "too few studies to see whether small ones differ",
    "larger-effect": "no judgement that the effect is too large to be anything else",
}


def _bias(body: Body) -> tuple[int, str] | None:
    if not body.studies:
        return None
    blind = sum(bool(study.blinded) for study in body.studies)
    full = sum(study.verified is Read.FULL_TEXT for study in body.studies)
    told = f"{blind} of {len(body.studies)} say that judges did not know the treatment; {full} read in full"
    return (0 if 2 * blind > len(body.studies) else -1), told


def _inconsistency(body: Body, at: Mapping[str, float]) -> tuple[int, str] | None:
    if len(body.studies) == 1:
        return -1, "one study, which no other confirms"
    percent = body.disagreement_percent
    if percent is None or len(body.studies) < 2:
        return None
    change = -2 if percent >= at["disagreement-high-percent"] else -1 if percent >= at["disagreement-percent"] else 0
    return change, f"{percent:.0f} % of what the studies differ by is more than chance"


def _indirectness(body: Body) -> tuple[int, str] | None:
    if body.unlike is None or not body.studies:
        return None
    return (-1 if body.unlike > 0.5 else 0), f"{100 * body.unlike:.0f} % of the studies are unlike what is planned"


def _imprecision(body: Body, at: Mapping[str, float]) -> tuple[int, str] | None:
    if not body.studies:
        return None
    change = -2 if body.people < at["people-very-few"] else -1 if body.people < at["people-few"] else 0
    return change, f"{body.people} people"


def _small_studies(body: Body, at: Mapping[str, float]) -> tuple[int, str] | None:
    if body.small_studies_p is None or len(body.studies) < at["studies-few"]:
        return None
    change = -1 if body.small_studies_p < at["small-studies-p"] else 0
    return change, f"small studies against large: p = {body.small_studies_p:.2g}"
