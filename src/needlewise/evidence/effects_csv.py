"""Effects from a plain file of comma-separated values: the table behind a forest plot that somebody published.

Each row is a study, named in the column `study`. What else a row holds is one of

- `effect` with `variance`, or `se`, or `low` and `high` (and `level`, in percent; 95 where it is not said),
- `events_a`, `total_a`, `events_b`, `total_b`: how many of how many in two groups; or `events`, `total` in one,
- `mean_a`, `sd_a`, `n_a`, `mean_b`, `sd_b`, `n_b`: two groups; or `mean`, `sd`, `n`: the change of one. In place of mean
  and SD there may be `median`, `q1`, `q3` or `median`, `min`, `max` (with `_a` and `_b` for two groups).

An effect stands on the scale of its kind: ratios as natural logarithm, shares as logit. Ratios as they are printed
are taken with their interval, for the kinds `odds-ratio`, `risk-ratio` and `rate-ratio`. `n` counts people, `label` is
shown, `kind` says what the effects are. All other columns make no effect, and a note says so; a pool can be split by them. Groups in which nobody
or everybody responded are treated as `proportions` says: half a person is added, and the effect tells it.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

from needlewise.errors import EvidenceError, Problem
from needlewise.evidence.effects import About, Effect, EffectKind, Responders, Summary
from needlewise.evidence.groups import PRINTED_LEVEL
from needlewise.evidence.means import hedges_g, mean_change, mean_difference
from needlewise.evidence.medians import from_quartiles, from_range
from needlewise.evidence.proportions import log_odds_ratio, log_risk_ratio, proportion, risk_difference
from needlewise.evidence.sheet import Columns, Row, Sheet, sheet_of

STUDY, N, KIND, LABEL = "study", "n", "kind", "label"
# Kinds that are printed as ratios and pooled as their logarithm.
PRINTED_RATIOS = {
    "odds-ratio": EffectKind.LOG_ODDS_RATIO,
    "risk-ratio": EffectKind.LOG_RISK_RATIO,
    "rate-ratio": EffectKind.LOG_RATE_RATIO,
}
KINDS = (*(kind.value for kind in EffectKind), *PRINTED_RATIOS)
_OF_COUNTS: Mapping[EffectKind, Callable[[About, Responders, Responders], Effect]] = {
    EffectKind.LOG_ODDS_RATIO: log_odds_ratio,
    EffectKind.LOG_RISK_RATIO: log_risk_ratio,
    EffectKind.RISK_DIFFERENCE: risk_difference,
}
_OF_MEANS: Mapping[EffectKind, Callable[[About, Summary, Summary], Effect]] = {
    EffectKind.MEAN_DIFFERENCE: mean_difference,
    EffectKind.STANDARDISED_DIFFERENCE: hedges_g,
}
_SPREADS = (("variance",), ("se",), ("low", "high"))
_GROUP = (("mean", "sd"), ("median", "q1", "q3"), ("median", "min", "max"))
_FROM_INTERVAL = "standard error worked out from the printed {:g} % interval"


@dataclass(frozen=True, slots=True)
class CsvEffects:
    """The effects of a file in its order, what a reader should know of how it was read, and its further columns, by
    which a pool may be split."""

    effects: tuple[Effect, ...]
    notes: tuple[str, ...]
    columns: Columns


class _Layout(NamedTuple):
    """What a row is made of: the columns, the kinds it can give (the usual one first) and how."""

    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    read: Callable[[Row, str], Effect | None]


def read_effects(text: str, name: str = "the file", kind: str = "") -> CsvEffects:
    """Read the text of a whole file. `name` is how messages call it; `kind`, one of `KINDS`, holds for rows that name
    none themselves.

    Raises `EvidenceError` with every fault, each with its line and column: columns missing or twice, what is no
    number, spreads below or at 0, intervals the wrong way round or beside their value, a study that stands twice.
    """
    sheet = sheet_of(text, name)
    layout = _layout_of(sheet, name)
    effects = [_effect_of(row, layout, kind) for row in sheet.rows]
    problems = [*sheet.problems, *(problem for row in sheet.rows for problem in row.problems), *_twice(sheet)]
    if problems:
        raise EvidenceError(problems)
    columns = {name: [row.text(name) for row in sheet.rows] for name in _further(sheet, layout)}
    return CsvEffects(tuple(one for one in effects if one is not None), tuple(_notes(sheet, layout, kind)), columns)


def _layout_of(sheet: Sheet, name: str) -> _Layout:
    """The first layout of which all columns are there; without one the nearest says what it misses."""
    have = set(sheet.columns)
    layouts = list(_layouts())
    found = next((one for one in layouts if have.issuperset(one.columns)), None)
    problems = list(sheet.problems)
    if STUDY not in have:
        problems.append(Problem(f"{name}:1", f"no column `{STUDY}`", "a column that names each study, once"))
    if found is None:
        nearest = min(layouts, key=lambda one: (-len(have & set(one.columns)), len(set(one.columns) - have)))
        missing = ", ".join(f"`{column}`" for column in nearest.columns if column not in have)
        hint = (
            f"add {missing}" if have & set(nearest.columns) else
            "or events_a, total_a, events_b, total_b; or mean_a, sd_a, n_a, mean_b, sd_b, n_b"
        )  # fmt: skip
        expected = "effect with variance, se, or low and high; or the counts or means of groups"
        problems.append(Problem(f"{name}:1", f"columns {', '.join(sheet.columns)}", expected, hint))
    if STUDY not in have or found is None:
        raise EvidenceError(problems)
    return found


def _layouts() -> Iterator[_Layout]:
    for spread in _SPREADS:
        usual = (EffectKind.MEAN_DIFFERENCE, *(kind for kind in EffectKind if kind is not EffectKind.MEAN_DIFFERENCE))
        printed = tuple(PRINTED_RATIOS) if spread == ("low", "high") else ()
        yield _Layout(("effect", *spread), (*usual, *printed), _of_effect(spread))
    ratios = ("odds-ratio", "risk-ratio")
    yield _Layout(("events_a", "total_a", "events_b", "total_b"), (*_OF_COUNTS, *ratios), _of_counts)
    for one in _GROUP:
        for other in _GROUP:
            columns = (*_with("_a", one), *_with("_b", other))
            yield _Layout(columns, tuple(_OF_MEANS), _of_groups(one, other))
    yield _Layout(("events", "total"), (EffectKind.PROPORTION,), _of_share)
    for one in _GROUP:
        yield _Layout((*_with("", one),), (EffectKind.MEAN_CHANGE,), _of_change(one))


def _effect_of(row: Row, layout: _Layout, kind: str) -> Effect | None:
    """One row's effect; None where its problems say why not."""
    chosen = row.text(KIND).lower() or kind or layout.kinds[0]
    if not row.text(STUDY):
        row.refuse(STUDY, "nothing stands here", "the name of a study")
    if chosen not in layout.kinds:
        found = f"kind `{chosen}` with the columns {', '.join(layout.columns)}"
        row.refuse(KIND if row.text(KIND) else "", found, f"one of: {', '.join(layout.kinds)}", _hint_of(chosen))
        return None
    if row.text(KIND) and kind and row.text(KIND).lower() != kind:
        row.refuse(KIND, f"`{row.text(KIND)}`, but `{kind}` was asked for", "one kind", "leave one of the two out")
        return None
    try:
        return layout.read(row, chosen)
    except EvidenceError as error:
        row.problems.extend(Problem(row.where(), f"{p.where}: {p.found}", p.expected, p.hint) for p in error.problems)
        return None


def _hint_of(kind: str) -> str:
    return (
        "a ratio is taken with its interval; a standard error or a variance is that of its logarithm"
        if kind in PRINTED_RATIOS
        else ""
    )


def _about(row: Row) -> About:
    return About(row.text(STUDY), row.text(LABEL) or row.text(STUDY))


def _of_effect(spread: tuple[str, ...]) -> Callable[[Row, str], Effect | None]:
    def read(row: Row, kind: str) -> Effect | None:
        value = row.number("effect")
        variance, told = _variance(row, spread, kind, value)
        n = row.count(N, 1) if row.text(N) else 0
        if value is None or variance is None or n is None:
            return None
        if kind in PRINTED_RATIOS:
            value = math.log(value)
        about = _about(row)
        return Effect(about.study, about.label, PRINTED_RATIOS.get(kind) or EffectKind(kind), value, variance, n, told)

    return read


def _variance(
    row: Row, spread: tuple[str, ...], kind: str, value: float | None
) -> tuple[float | None, tuple[str, ...]]:
    if spread == ("low", "high"):
        return _variance_of_interval(row, kind, value)
    found = row.number(spread[0])
    if found is None:
        return None, ()
    variance = found if spread[0] == "variance" else found**2
    # A standard error so small that its square is nought is nought for every purpose.
    if found <= 0 or variance <= 0:
        row.refuse(spread[0], f"`{row.text(spread[0])}`", "a number above 0", "a study without sampling error has none")
        return None, ()
    return variance, ()


def _variance_of_interval(row: Row, kind: str, value: float | None) -> tuple[float | None, tuple[str, ...]]:
    low, high = row.number("low"), row.number("high")
    level = row.number("level") if row.text("level") else 100 * PRINTED_LEVEL
    if value is None or low is None or high is None or level is None:
        return None, ()
    if not 1 < level < 100:
        row.refuse("level", f"`{row.text('level')}`", "a percent below 100", "95 for an interval of 95 %")
    elif low >= high:
        row.refuse("low", f"an interval from {low:g} to {high:g}", "low below high")
    elif not low <= value <= high:
        row.refuse("effect", f"{value:g} outside {low:g} to {high:g}", "the value within its interval")
    elif kind in PRINTED_RATIOS and low <= 0:
        row.refuse("low", f"a ratio of {low:g}", "a ratio above 0", f"logarithms are of kind `log-{kind}`")
    elif kind.startswith("log-") and _looks_like_a_ratio(value, low, high):
        hint = f"take the natural logarithm of all three, or say that the kind is `{kind.removeprefix('log-')}`"
        found = f"{value:g} ({low:g} to {high:g}) lies in its interval as a ratio does"
        row.refuse("effect", found, "logarithms", hint)
    else:
        ends = (math.log(low), math.log(high)) if kind in PRINTED_RATIOS else (low, high)
        se = (ends[1] - ends[0]) / (2 * NormalDist().inv_cdf(0.5 + level / 200))
        return se**2, (_FROM_INTERVAL.format(level),)
    return None, ()


def _looks_like_a_ratio(value: float, low: float, high: float) -> bool:
    """Whether a value is the middle of its interval only after taking logarithms."""
    if low <= 0:
        return False
    plain = abs(value - (low + high) / 2) / (high - low)
    logs = math.log(low), math.log(high)
    return plain > 0.05 and abs(math.log(value) - sum(logs) / 2) / (logs[1] - logs[0]) < plain / 2


def _of_counts(row: Row, kind: str) -> Effect | None:
    a, b = _responders(row, "_a"), _responders(row, "_b")
    if a is None or b is None:
        return None
    return _OF_COUNTS[PRINTED_RATIOS.get(kind) or EffectKind(kind)](_about(row), a, b)


def _of_share(row: Row, _: str) -> Effect | None:
    group = _responders(row, "")
    return proportion(_about(row), group) if group else None


def _responders(row: Row, suffix: str) -> Responders | None:
    events, total = row.count(f"events{suffix}"), row.count(f"total{suffix}", 1)
    if events is None or total is None:
        return None
    if events > total:
        row.refuse(f"events{suffix}", f"{events} of {total}", f"a count from 0 to {total}")
        return None
    return Responders(events, total)


def _of_groups(one: tuple[str, ...], other: tuple[str, ...]) -> Callable[[Row, str], Effect | None]:
    def read(row: Row, kind: str) -> Effect | None:
        a, b = _summary(row, one, "_a"), _summary(row, other, "_b")
        return _positive(row, _OF_MEANS[EffectKind(kind)](_about(row), a, b)) if a and b else None

    return read


def _of_change(one: tuple[str, ...]) -> Callable[[Row, str], Effect | None]:
    def read(row: Row, _: str) -> Effect | None:
        summary = _summary(row, one, "")
        return _positive(row, mean_change(_about(row), summary)) if summary else None

    return read


def _summary(row: Row, columns: tuple[str, ...], suffix: str) -> Summary | None:
    """Mean, SD and people of one group, from what its columns hold."""
    figures = [row.number(f"{column}{suffix}") for column in columns]
    n = row.count(f"{N}{suffix}", 2)
    if n is None or None in figures:
        return None
    given = [one for one in figures if one is not None]
    if columns == ("mean", "sd"):
        if given[1] < 0:
            row.refuse(f"sd{suffix}", f"{given[1]:g}", "a number, 0 or more")
            return None
        return Summary(given[0], given[1], n)
    return (from_quartiles if "q1" in columns else from_range)(given[0], given[1], given[2], n)


def _positive(row: Row, effect: Effect) -> Effect | None:
    """An effect that has a spread: a pool weighs by it."""
    if effect.variance > 0:
        return effect
    row.refuse("", "an SD of 0 in every group", "a spread", "leave the study out; nothing says how sure it is")
    return None


def _with(suffix: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{column}{suffix}" for column in (*columns, N))


def _twice(sheet: Sheet) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for row in sheet.rows:
        study = row.text(STUDY).casefold()
        if study and study in seen:
            hint = "combine its effects, or choose one: its people count once"
            found = f"`{row.text(STUDY)}` stands in line {seen[study]} too"
            yield Problem(row.where(STUDY), found, "each study once", hint)
        seen.setdefault(study, row.line)


def _further(sheet: Sheet, layout: _Layout) -> list[str]:
    """The columns that make no effect."""
    used = {*layout.columns, STUDY, N, KIND, LABEL, *(("level",) if "low" in layout.columns else ())}
    return [column for column in sheet.columns if column not in used]


def _notes(sheet: Sheet, layout: _Layout, kind: str) -> Iterator[str]:
    left = _further(sheet, layout)
    if left:
        yield f"columns that make no effect: {', '.join(left)}; --by and --on split a pool by them"
    if not kind and any(not row.text(KIND) for row in sheet.rows):
        yield f"no kind was named, so the effects are taken to be of kind {layout.kinds[0]}"
