"""What the pages show, as plain values: words for groups, rows for tables. Nothing is computed here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from needlewise.evidence.effects import EffectKind, shown, shown_unit
from needlewise.evidence.forecast import Expected, Forecast
from needlewise.evidence.groups import Against, Group, Key, Sort, Treatment
from needlewise.evidence.harms import HarmRate, Rate
from needlewise.evidence.pooling import Estimate, Pool
from needlewise.evidence.prediction import Interval
from needlewise.evidence.resting import HarmMoved
from needlewise.interop.expectations import rate_in_words
from needlewise.knowledge import Arm, Citing, Design, EvidenceBase, Grade, Study

GRADES = {
    Grade.SUPPORTED: ("Supported", "●"),
    Grade.PARTLY: ("Partly", "◐"),
    Grade.WEAK: ("Weak", "◔"),
    Grade.NOT_FOUND: ("Not found", "○"),
    Grade.CONTRADICTED: ("Contradicted", "✕"),
}
DESIGNS = {
    Design.RCT_PARALLEL: "randomised groups",
    Design.RCT_SPLIT_FACE: "randomised halves of the face",
    Design.RCT_SPLIT_BODY: "randomised sides of the body",
    Design.RCT_SPLIT_SCALP: "randomised halves of the scalp",
    Design.RCT_FACTORIAL: "randomised, several factors",
    Design.RCT_UNCLEAR: "randomised; groups or halves, not clear which",
    Design.SPLIT_FACE: "halves of the face, not randomised",
    Design.SPLIT_SCALP: "halves of the scalp, not randomised",
    Design.NONRANDOMISED: "groups, not randomised",
    Design.PROSPECTIVE_COMPARATIVE: "groups compared, planned ahead",
    Design.PROSPECTIVE_SINGLE: "one group, planned ahead",
    Design.RETROSPECTIVE_SINGLE: "one group, looked back on",
    Design.CASE_REPORT: "reports of single people",
}
_AGAINST = {
    Against.NOTHING: "nothing",
    Against.SHAM: "a sham",
    Against.SAME_WITHOUT_NEEDLES: "the same without needles",
    Against.NEEDLING_ALONE: "needling alone",
    Against.ANOTHER_TREATMENT: "another treatment",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A group on the page: what was measured, after what, and against what; `k` of `members` enter the pool."""

    id: str
    what: str
    after: str
    against: str
    k: int
    members: int
    figure: str
    people: int


def grade_of(grade: Grade) -> tuple[str, str, str]:
    """The word, the sign and the class of a grade."""
    word, sign = GRADES[grade]
    return word, sign, grade.value


def what_of(key: Key, base: EvidenceBase) -> str:
    """What a group measures, in words."""
    if key.sort is Sort.HARM:
        return base.harm_kinds[key.of].label
    if key.of in base.response_kinds:
        return base.response_kinds[key.of].label
    return base.protocol.scales[key.of].name


def treatment_in_words(key: Key, base: EvidenceBase) -> str:
    """After what: needling, with what beside it."""
    names = {one.id: one.name for one in base.protocol.adjuncts.values()} | {"other": "something else"}
    beside = [names.get(one, one) for one in key.plus.split("+") if one]
    needling = "Radiofrequency needling" if key.treatment is Treatment.RADIOFREQUENCY else "Needling"
    return f"{needling} with {', '.join(beside)}" if beside else f"{needling} alone"


def told_of(group: Group, base: EvidenceBase, found: Pool | None) -> Told:
    """A group as a row; `found` is its pool, None where nothing can be pooled."""
    figure = span_in_words(found) if found else ""
    people = found.people if found else 0
    against = _AGAINST[group.key.against] if group.key.against else ""
    key = group.key
    return Told(
        key.id, what_of(key, base), treatment_in_words(key, base), against, group.k, len(group.members), figure, people
    )


def span_in_words(found: Pool) -> str:
    """The pooled value with its interval, and what it is a number of."""
    best = found.best
    value, low, high = (shown(found.kind, one) for one in (best.value, best.low, best.high))
    if found.kind is EffectKind.PROPORTION:
        return f"{100 * value:.0f} of 100 people ({100 * low:.0f} to {100 * high:.0f})"
    return f"{_number(value)} ({_number(low)} to {_number(high)}), {shown_unit(found.kind)}"


def estimate_in_words(found: Pool, one: Estimate) -> str:
    """An estimate of a pool with its interval."""
    value, low, high = (shown(found.kind, number) for number in (one.value, one.low, one.high))
    if found.kind is EffectKind.PROPORTION:
        return f"{100 * value:.0f} of 100 ({100 * low:.0f} to {100 * high:.0f})"
    return f"{_number(value)} ({_number(low)} to {_number(high)})"


def expected_rows(found: Forecast) -> list[dict[str, Any]]:
    """What people gained, a row for each thing measured: of a group, of one person, what a comparison shows."""
    return [_expected_row(one) for one in found.expected]


def _expected_row(one: Expected) -> dict[str, Any]:
    is_share = one.measure.sort is Sort.RESPONSE
    told = person = ""
    if one.prediction is not None:
        told = _interval(one.prediction.value, one.prediction.group, is_share)
        if one.prediction.person is not None:
            person = f"{_number(one.prediction.person.low)} to {_number(one.prediction.person.high)}"
    weeks = one.weeks_followed
    return {
        "label": one.label,
        "told": told,
        "person": person,
        "why_unknown": one.why_unknown,
        "people": one.people,
        "studies": tuple(dict.fromkeys(behind.study for behind in one.behind)),
        "weeks": "" if weeks is None else f"{_span(*weeks)} weeks",
        "controlled": [
            (_AGAINST[row.against], _interval(row.prediction.value, row.prediction.group, is_share), row.certainty)
            for row in one.controlled
        ],
        "better": "" if is_share else f"{one.better} is better",
        "certainty": one.certainty,
        "left_out": one.left_out,
    }


def _interval(value: float, group: Interval, is_share: bool) -> str:
    if is_share:
        return f"{100 * value:.0f} of 100 ({100 * group.low:.0f} to {100 * group.high:.0f})"
    return f"{_number(value)} ({_number(group.low)} to {_number(group.high)})"


def resting_rows(rows: Iterable[Citing]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Rows of the protocol by table: id, and the parts that rest on the source."""
    tables: dict[str, dict[str, list[str]]] = {}
    for one in rows:
        parts = tables.setdefault(one.table.replace("-", " "), {}).setdefault(one.row.id, [])
        if one.path:
            parts.append(one.path)
    return [(table, [(name, ", ".join(parts)) for name, parts in found.items()]) for table, found in tables.items()]


def _number(value: float) -> str:
    """Two digits that say something; no study measures finer."""
    digits = 0 if abs(value) >= 9.95 else 1 if abs(value) >= 0.995 else 2
    return f"{value:.{digits}f}".replace("-", "−")


def harm_rows(rates: Iterable[HarmRate]) -> Iterator[tuple[str, str, str, str]]:
    """Kind, what was counted here, everywhere, and what else was read."""
    for one in rates:
        further = [
            *(f"{figure}, in {study}" for study, figure in one.without_of),
            *(f"{_span(row.low, row.high)}{_unit(one)} in {row.study}" for row in one.measured),
            *(row.text for row in one.readings),
        ]
        if one.lighter:
            further.append(f"types I to III only: {rate_in_words(one.lighter)}")
        if one.darker:
            further.append(f"types IV to VI only: {rate_in_words(one.darker)}")
        yield one.kind.label, _rate(one.here), _rate(one.everywhere), "; ".join(further)


def _rate(found: Rate | None) -> str:
    return rate_in_words(found) if found else ""


def harms_moved(moved: Iterable[HarmMoved]) -> Iterator[tuple[str, str, str]]:
    """Kind, and what was counted before and after."""
    for one in moved:
        yield one.before.kind.label, _counted(one.before), _counted(one.after)


def _counted(one: HarmRate) -> str:
    parts = [f"{one.everywhere.count} of {one.everywhere.of}"] if one.everywhere else []
    parts += [figure for _, figure in one.without_of]
    parts += [f"{_span(row.low, row.high)}{_unit(one)}" for row in one.measured]
    return "; ".join(parts) or "nothing counted"


def _span(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _unit(one: HarmRate) -> str:
    return " of 10" if one.kind.id == "pain" else " days"


def schedule_of(arm: Arm) -> str:
    """Sessions, spacing and needle length of an arm, as far as they were read."""
    parts = [
        f"{_span(*arm.sessions)} sessions" if arm.sessions else "",
        f"{_span(*arm.interval_weeks)} weeks apart" if arm.interval_weeks else "",
        f"{_span(*arm.needle_mm)} mm" if arm.needle_mm else "",
    ]
    return ", ".join(filter(None, parts)) or "not read"


def study_row(study: Study) -> dict[str, str | int | Study | None]:
    """A study in a list."""
    return {
        "study": study,
        "design": DESIGNS[study.design],
        "people": study.people.counted,
        "schedule": next((schedule_of(arm) for arm in study.arm if arm.needling), "not read"),
    }
