"""The numbers of claims, computed: which studies a query looks at, what it makes of them, and how that is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from needlewise.errors import EvidenceError, Problem
from needlewise.evidence.claim_studies import among, span_of
from needlewise.evidence.effects import EffectKind, shown
from needlewise.evidence.estimators import exact_interval
from needlewise.evidence.groups import Against, Group, against_of
from needlewise.evidence.methods import Method
from needlewise.evidence.pooling import estimate
from needlewise.knowledge import Among, Arm, EvidenceBase, Number, Query, Study, figure_of

OF_ARM = "counted of the arm, because the paper names no other number"
WORST_PAIN = 10.0


@dataclass(frozen=True, slots=True)
class Computed:
    """A number of a claim, and what stands behind it.

    `value` is None where there is nothing to compute it from. `low` and `high` are the ends of a range, or of the 95 %
    interval of a rate or a pool. `studies` are all that were looked at and state what is asked, `counted` those of
    them that answer yes. `as_percent` says that values are shares.
    """

    number: Number
    value: float | None
    studies: tuple[str, ...]
    counted: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    count: int | None = None
    of: int | None = None
    as_percent: bool = False
    assumed: tuple[str, ...] = ()

    @property
    def is_within(self) -> bool:
        """Whether the number, and both ends of a range, lie where the grading holds."""
        ends = (self.low, self.high) if self.number.query is Query.RANGE else (self.value, self.value)
        least, most = self.number.bounds
        return ends[0] is not None and ends[1] is not None and least <= ends[0] and ends[1] <= most

    def told(self, part: str = "") -> str:
        """The number, or a part of it, as it stands in a text."""
        if part in ("from", "to"):
            window = next(iter((self.number.within or {}).values()))
            return _told(window[part == "to"])
        if part == "scale":
            return _told(WORST_PAIN)
        if part == "studies":
            return str(len(self.studies))
        if part == "percent":
            return self._shown(self.value, is_share=True)
        if part == "size":
            return self._shown(None if self.value is None else abs(self.value))
        if part in ("low", "high", "count", "of"):
            return self._shown(getattr(self, part), self.as_percent and part in ("low", "high"))
        if self.of is not None:
            return f"{self.count} of {self.of}"
        if self.number.query is Query.RANGE:
            same = self.low == self.high
            return self._shown(self.low) if same else f"{self._shown(self.low)} to {self._shown(self.high)}"
        return self._shown(self.value)

    def _shown(self, value: float | None, is_share: bool | None = None) -> str:
        if value is None:
            return "an unknown number"
        if self.as_percent if is_share is None else is_share:
            percent = 100 * value
            return f"{percent:.0f} %" if percent >= 10 or not percent else f"{percent:.2g} %"
        return _told(value)


def compute(number: Number, base: EvidenceBase, groups: Mapping[str, Group]) -> Computed:
    """A number of a claim. `groups` are those of the base, by id.

    Raises `EvidenceError` where it names a group or a comparison that there is not.
    """
    match number.query:
        case Query.COUNT:
            return _count(number, base)
        case Query.SHARE:
            return _share(number, base)
        case Query.MEDIAN | Query.RANGE:
            return _middle(number, base)
        case Query.FIGURE | Query.READING:
            return _figure(number, base)
        case Query.POOL:
            return _pool(number, groups)
        case Query.HARM:
            return _harm(number, base)


def _count(number: Number, base: EvidenceBase) -> Computed:
    found = list(_answers(number, base))
    counted = tuple(study.id for study, answer in found if answer)
    return Computed(number, float(len(counted)), counted, counted, count=len(counted))


def _share(number: Number, base: EvidenceBase) -> Computed:
    found = list(_answers(number, base))
    counted = tuple(study.id for study, answer in found if answer)
    value = len(counted) / len(found) if found else None
    studies = tuple(study.id for study, _ in found)
    return Computed(number, value, studies, counted, count=len(counted), of=len(found))


def _middle(number: Number, base: EvidenceBase) -> Computed:
    most = _most(number, base)
    if not most:
        return Computed(number, None, ())
    low, high = min(most.values()), max(most.values())
    return Computed(number, float(median(most.values())), tuple(most), low=low, high=high)


def _figure(number: Number, base: EvidenceBase) -> Computed:
    if number.query is Query.FIGURE and base.studies[number.study].never_pool:
        return Computed(number, None, (number.study,))
    value, of = figure_of(number, base)
    studies = (number.study,) if number.study else ()
    if of is None:
        return Computed(number, value, studies)
    low, high = exact_interval(int(value), of)
    return Computed(number, value / of, studies, (), low, high, int(value), of, as_percent=True)


def _pool(number: Number, groups: Mapping[str, Group]) -> Computed:
    group = groups.get(number.group)
    if group is None:
        hint = "`needlewise evidence pool` lists them all"
        raise EvidenceError(Problem(f"number `{number.id}`", f"no group `{number.group}`", "the id of a group", hint))
    studies = tuple(effect.study for effect in group.effects)
    if number.key in ("k", "people"):
        total = group.k if number.key == "k" else sum(effect.n for effect in group.effects)
        return Computed(number, float(total), studies)
    if not group.effects:
        return Computed(number, None, ())
    # Paule and Mandel's variance needs no library that takes seconds to load.
    pooled = estimate(group.effects, Method.PM)
    kind = group.effects[0].kind
    value, low, high = (shown(kind, one) for one in (pooled.value, pooled.low, pooled.high))
    wanted = {"value": value, "low": low, "high": high}[number.key]
    return Computed(number, wanted, studies, low=low, high=high, as_percent=kind is EffectKind.PROPORTION)


def _harm(number: Number, base: EvidenceBase) -> Computed:
    found: dict[str, tuple[Study, int, int, bool]] = {}
    for study, arms in among(number.among, base):
        told = [one for arm in arms for one in _counts(arm, number.harm, base)]
        if not told:
            continue
        if study.design.is_split:
            # Both sides are the same people: the side on which it was seen more often.
            told = [max(told, key=lambda one: one[0])]
        total = study, sum(one[0] for one in told), sum(one[1] for one in told), any(one[2] for one in told)
        people = study.cohort or study.id
        if people not in found or total[2] > found[people][2]:
            found[people] = total
    count, of = sum(one[1] for one in found.values()), sum(one[2] for one in found.values())
    studies = tuple(one[0].id for one in found.values())
    assumed = tuple(f"{one[0].id}: {OF_ARM}" for one in found.values() if one[3])
    counted = tuple(one[0].id for one in found.values() if one[1])
    low, high = exact_interval(count, of) if of else (None, None)
    value = count / of if of else None
    return Computed(number, value, studies, counted, low, high, count, of, as_percent=True, assumed=assumed)


def _counts(arm: Arm, kind: str, base: EvidenceBase) -> Iterator[tuple[int, int, bool]]:
    """How many of how many in an arm, and whether the second is that of the whole arm."""
    for harm in arm.harm:
        known = base.harm_of(harm)
        of = harm.of if harm.of is not None else arm.n
        if known is not None and known.id == kind and harm.count is not None and of is not None:
            yield harm.count, of, harm.of is None


def _answers(number: Number, base: EvidenceBase) -> Iterator[tuple[Study, bool]]:
    """Every study that states what is asked, and whether it answers yes."""
    for study, arms in among(number.among, base):
        answer: bool | None = True
        if number.within:
            spans = {quantity: span_of(arms, quantity, base) for quantity in number.within}
            answer = None if None in spans.values() else all(
                span is not None and span[0] <= number.within[quantity][1] and span[1] >= number.within[quantity][0]
                for quantity, span in spans.items()
            )  # fmt: skip
        if number.against and answer is not None:
            answer = _favoured(number, (study, arms), base)
        if answer is not None:
            yield study, answer


def _favoured(number: Number, found: tuple[Study, tuple[Arm, ...]], base: EvidenceBase) -> bool | None:
    """Whether any comparison of the paper came out so; None where it makes none of that kind."""
    study, arms = found
    wanted = {_against(number, name) for name in number.against}
    sides = set()
    for contrast in study.contrast:
        for arm in arms:
            if arm.id not in (contrast.a, contrast.b):
                continue
            other = study.arm_named(contrast.b if arm.id == contrast.a else contrast.a)
            if against_of(arm, other, base) in wanted and _is_measured(number.among, contrast.measure):
                side = {arm.id: "needled", other.id: "other"}.get(contrast.favours, contrast.favours)
                sides.add(side)
    return number.favours in sides if sides else None


def _is_measured(asked: Among, measure: str) -> bool:
    return not asked.measured or any(word in measure.lower() for word in asked.measured)


def _against(number: Number, name: str) -> Against:
    if name not in list(Against):
        expected = f"one of: {', '.join(Against)}"
        raise EvidenceError(Problem(f"number `{number.id}`", f"no comparison `{name}`", expected))
    return Against(name)


def _most(number: Number, base: EvidenceBase) -> dict[str, float]:
    """The most that each study states of a quantity."""
    found = {}
    for study, arms in among(number.among, base):
        span = span_of(arms, number.of, base) if number.of else None
        if span is not None:
            found[study.id] = span[1]
    return found


def _told(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
