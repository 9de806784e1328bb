"""Unwanted effects, counted: how many people of how many, with an exact interval; by skin type where that was read.

Only studies that count an effect enter its rate: one that does not speak of it says neither yes nor no. An interval is
that of Clopper and Pearson (1934): with few people it stays wide even where nobody was harmed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from needlewise.evidence.groups import Treatment, treatment_of
from needlewise.knowledge import Arm, EvidenceBase, Harm, HarmKind, Reading, Study, Unit

LEVEL = 0.95
LIGHTER, DARKER = frozenset({"I", "II", "III"}), frozenset({"IV", "V", "VI"})
# Kinds that are measured and not counted.
PAIN, DAYS = "pain", "lasting-days"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, with the interval of the share (0 to 1), and the ids of the studies behind it."""

    count: int
    of: int
    low: float
    high: float
    studies: tuple[str, ...]

    @property
    def share(self) -> float:
        return self.count / self.of


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure of one study: pain from 0 to 10, or days that effects lasted (least, most)."""

    study: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class HarmRate:
    """What was counted of one kind of unwanted effect. `here`: in the groups of studies asked for; `everywhere`: after
    needling of any kind of trouble, additions included; `lighter` and `darker`: studies of phototypes I to III, and IV
    to VI, only. `without_of`: study and figure where the count, or of how many, was not read. `readings`: reports
    beside the studies.
    """

    kind: HarmKind
    here: Rate | None
    everywhere: Rate | None
    lighter: Rate | None
    darker: Rate | None
    without_of: tuple[tuple[str, str], ...]
    measured: tuple[Measured, ...]
    readings: tuple[Reading, ...]

    @property
    def is_known(self) -> bool:
        """Whether anything at all was read of it."""
        return bool(self.everywhere or self.without_of or self.measured or self.readings)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a study's file."""

    study: Study
    arm: Arm
    harm: Harm

    @property
    def of(self) -> int | None:
        """Of how many people; None where that was not read, or where areas or stripes were counted."""
        if self.arm.unit in (Unit.AREAS, Unit.STRIAE):
            return None
        return self.harm.of if self.harm.of is not None else self.arm.n


def harm_rates(base: EvidenceBase, groups: Sequence[str] = ()) -> tuple[HarmRate, ...]:
    """One rate for each kind of unwanted effect, in the order of the table; needling without radiofrequency."""
    rows: dict[str, list[_Row]] = {}
    measured: dict[str, list[Measured]] = {}
    for study in base.studies.values():
        if study.never_pool:
            continue
        for arm in study.arm:
            if treatment_of(arm, base) in (None, Treatment.RADIOFREQUENCY):
                continue
            for harm in arm.harm:
                kind = base.harm_of(harm)
                for name, figure in _measured(study, harm, kind):
                    measured.setdefault(name, []).append(figure)
                if kind is not None:
                    rows.setdefault(kind.id, []).append(_Row(study, arm, harm))
    return tuple(
        _rate_of(kind, rows.get(kind.id, []), measured.get(kind.id, []), base, groups)
        for kind in base.harm_kinds.values()
    )


def rate(counts: Iterable[tuple[str, int, int]]) -> Rate | None:
    """The rate over studies, each given as its id, how many, and of how many; None where there is none."""
    from scipy.special import betaincinv  # noqa: PLC0415 - only where something is counted

    rows = list(counts)
    events, people = sum(count for _, count, _ in rows), sum(of for _, _, of in rows)
    if not people:
        return None
    tail = (1 - LEVEL) / 2
    low = float(betaincinv(events, people - events + 1, tail)) if events else 0.0
    high = float(betaincinv(events + 1, people - events, 1 - tail)) if events < people else 1.0
    return Rate(events, people, low, high, tuple(dict.fromkeys(study for study, _, _ in rows)))


def _rate_of(
    kind: HarmKind, rows: list[_Row], measured: list[Measured], base: EvidenceBase, groups: Sequence[str]
) -> HarmRate:
    def over(which: Iterable[_Row]) -> Rate | None:
        return rate(_once(which))

    return HarmRate(
        kind,
        here=over(one for one in rows if one.study.group in groups),
        everywhere=over(rows),
        lighter=over(one for one in rows if _only(one.study, LIGHTER)),
        darker=over(one for one in rows if _only(one.study, DARKER)),
        without_of=tuple(dict.fromkeys(_without_of(rows))),
        measured=tuple(measured),
        readings=tuple(base.protocol.readings[name] for name in kind.readings),
    )


def _without_of(rows: Iterable[_Row]) -> Iterator[tuple[str, str]]:
    for one in rows:
        if one.harm.count is not None and one.of is None:
            yield one.study.id, f"{one.harm.count} people, of how many was not read"
        elif one.harm.count is None and one.harm.percent is not None:
            yield one.study.id, f"{one.harm.percent:g} %, of how many was not read"


def _once(rows: Iterable[_Row]) -> Iterator[tuple[str, int, int]]:
    """Each people once. Rows of one arm may speak of the same people: the largest stands. Arms of a study add up unless
    they are, or may be, the same people. Of papers on one cohort the one with the largest share stands, and of equal ones
    that with fewer people: what is not clear is never told as safer."""
    arms: dict[tuple[str, str], tuple[Study, int, int]] = {}
    for one in rows:
        if one.harm.count is not None and one.of:
            key = one.study.id, one.arm.id
            arms[key] = max(arms.get(key, (one.study, 0, one.of)), (one.study, one.harm.count, one.of), key=_severity)
    studies: dict[str, list[tuple[Study, int, int]]] = {}
    for (name, _), found in arms.items():
        studies.setdefault(name, []).append(found)
    cohorts: dict[str, tuple[Study, int, int]] = {}
    for parts in studies.values():
        study = parts[0][0]
        whole = max(parts, key=_severity)
        if not study.design.may_be_same_people:
            whole = study, sum(count for _, count, _ in parts), sum(of for _, _, of in parts)
        cohorts[study.whose] = max(cohorts.get(study.whose, whole), whole, key=_severity)
    for study, count, of in cohorts.values():
        yield study.id, count, of


def _severity(found: tuple[Study, int, int]) -> tuple[float, int]:
    _, count, of = found
    return count / of, -of


def _only(study: Study, types: frozenset[str]) -> bool:
    return bool(study.people.phototypes) and types.issuperset(study.people.phototypes)


def _measured(study: Study, harm: Harm, kind: HarmKind | None) -> Iterator[tuple[str, Measured]]:
    """What is measured and not counted, by the kind it belongs to; days stand beside any effect."""
    if kind is not None and kind.id == PAIN and harm.value is not None and _is_of_ten(harm):
        yield PAIN, Measured(study.id, harm.value, harm.value)
    if harm.days_min is not None and harm.days_max is not None:
        yield DAYS, Measured(study.id, harm.days_min, harm.days_max)
    elif harm.value is not None and harm.value_unit.startswith("days"):
        yield DAYS, Measured(study.id, harm.value, harm.value)


def _is_of_ten(harm: Harm) -> bool:
    """Whether a mean of pain is one from 0 to 10: a visual scale is, unless it says otherwise."""
    return "0-10" in harm.value_unit or "VAS" in harm.value_unit
