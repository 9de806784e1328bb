"""How far a change is known, and what may be said of it: better, worse, no measurable change, cannot be measured.

Two visits differ though nothing changed. What the shots of a visit show of that is seen in them; what they share, lamp and
place and lens, is not, and is the floor of the way of taking pictures (knowledge/imaging/floors.toml). Where a visit has
too few shots to show how far one differs from the next, the floor says that, too. A change counts where it is larger than
both together explain in 95 of 100 unchanged pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, hypot, inf, isfinite, sqrt

from scipy.special import stdtrit

from needlewise.knowledge import Floor, Imaging, Measure, Regime, Told

# Of unchanged pairs so many may be called changed.
FALSE_ALARMS = 0.05
HUNDRED = 100.0
# With so many degrees of freedom, three pictures a visit, or so many pairs, the pictures show how far one differs from the
# next. With fewer the floor says it.
FREE_SHOW, PAIRS_SHOW = 4, 3
LESS = "less"


class Verdict(StrEnum):
    """What a change is, in plain words. `CHANGED` stands for measures of which neither more nor less is what is wished."""

    BETTER = "better"
    WORSE = "worse"
    CHANGED = "changed"
    NO_CHANGE = "no measurable change"
    CANNOT = "cannot be measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One measure of one zone, from one visit to another, as the measure tells it: in percent or in its own unit.

    before, after   the middle of the shots, in the measure's unit; None where only their relation is measured
    change          after less before; low and high: 95 % of where it may lie
    detectable      the smallest change that would be told from none
    why             why it cannot be measured, or what makes it less sure
    """

    measure: str
    zone: str
    verdict: Verdict
    before: float | None = None
    after: float | None = None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    detectable: float | None = None
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shots:
    """What the usable pictures of both visits say of one measure of one zone; each value of one picture.

    own_error   what measuring one picture errs by, one standard deviation, where it is known better than by the shots
    """

    before: Sequence[float]
    after: Sequence[float]
    own_error: float = 0.0


def cannot(measure: str, zone: str, *why: str) -> Change:
    """A measure that cannot be had, and why."""
    return Change(measure=measure, zone=zone, verdict=Verdict.CANNOT, why=why)


def changed(measure: Measure, zone: str, shots: Shots, floor: Floor, why: Sequence[str] = ()) -> Change:
    """The change of a measure between two visits.

    `floor` is how far unchanged skin differs, as the change is told. Where a share is told and there was nothing before,
    there is none.
    """
    before, after = ([float(value) for value in one if isfinite(value)] for one in (shots.before, shots.after))
    if not before or not after:
        return cannot(
            measure.id, zone, f"{'Before' if not before else 'After'}: no picture in which it could be measured."
        )
    middle = (fsum(before) / len(before), fsum(after) / len(after))
    unit = 1.0
    if measure.told is Told.PERCENT:
        if middle[0] <= 0:
            return cannot(measure.id, zone, "There was none of it before, so no share of it can be told.")
        unit = HUNDRED / middle[0]
    change = (middle[1] - middle[0]) * unit
    shown = len(before) + len(after) - 2 >= FREE_SHOW
    spread, free = _within(before, after, max(shots.own_error, 0.0 if shown else floor.shot_sd / unit))
    # A floor is known from many pairs; what comes from the few shots is itself uncertain, and counts for more.
    detectable = hypot(_quantile(inf) * floor.sd, _quantile(free or inf) * spread * unit)
    return Change(
        measure=measure.id,
        zone=zone,
        verdict=_verdict(measure, change, detectable),
        before=middle[0],
        after=middle[1],
        change=change,
        low=change - detectable,
        high=change + detectable,
        detectable=detectable,
        why=tuple(why),
    )


def by_ratio(
    measure: Measure, zone: str, ratios: Sequence[tuple[float, float]], floor: Floor, pictures: Sequence[int]
) -> Change:
    """The change of what is only measured as a relation of two pictures: pairs of a ratio and its own standard error.

    `pictures`: how many each visit has. Pairs beyond the fewer of them share a picture, and do not show by how much that one
    is off.
    """
    kept = [(float(ratio), float(error)) for ratio, error in ratios if isfinite(ratio) and isfinite(error)]
    if not kept:
        return cannot(measure.id, zone, "No two pictures in which the same thing could be followed.")
    values = [ratio for ratio, _ in kept]
    middle = fsum(values) / len(values)
    own = sqrt(fsum(error**2 for _, error in kept)) / len(kept)
    among = sqrt(fsum((value - middle) ** 2 for value in values) / max(1, len(values) - 1) / len(values))
    apart = max(1, min(len(kept), *pictures))
    unseen = floor.shot_sd * sqrt(2 / apart) if apart < PAIRS_SHOW else 0.0
    change = HUNDRED * (middle - 1)
    detectable = hypot(floor.sd, max(HUNDRED * own, HUNDRED * among, unseen)) * _quantile(inf)
    verdict = _verdict(measure, change, detectable)
    return Change(measure=measure.id, zone=zone, verdict=verdict, change=change, low=change - detectable,
                  high=change + detectable, detectable=detectable)  # fmt: skip


def believed(said: str, imaging: Imaging, tilt_degrees: float, light_share: float, white_share: float) -> Regime:
    """How the pictures were taken: as was said, or less steadily where the pictures differ by more than that allows.

    `light_share` and `white_share`: by which share the amount and the colour of the light differ most between two pictures.
    """
    order = list(imaging.regimes.values())
    for regime in order[list(imaging.regimes).index(said) :]:
        limits = (regime.tilt_degrees, regime.light_share, regime.white_share)
        if all(found <= most for found, most in zip((tilt_degrees, light_share, white_share), limits, strict=True)):
            return regime
    return order[-1]


def less_steady(
    said: str, imaging: Imaging, tilt_degrees: float, light_share: float, white_share: float
) -> tuple[str, ...]:
    """Why pictures do not count as taken in the way that was said; empty where they do. Arguments as in `believed`."""
    regime = imaging.regimes[said]
    differs = (
        ("The camera leans by", tilt_degrees, regime.tilt_degrees, "°", 1.0),
        ("The amount of light differs by", light_share, regime.light_share, " %", 100.0),
        ("The colour of the light differs by", white_share, regime.white_share, " %", 100.0),
    )
    return tuple(
        f"{words} {found * scale:.1f}{unit} (at most {most * scale:g}{unit})."
        for words, found, most, unit, scale in differs
        if found > most
    )


def _within(before: Sequence[float], after: Sequence[float], own_error: float) -> tuple[float, int]:
    """One standard deviation of the difference of means by the spread of shots, and on how many it rests beyond two."""
    free = len(before) + len(after) - 2
    squares = fsum((value - fsum(one) / len(one)) ** 2 for one in (before, after) for value in one)
    of_one = sqrt(squares / free) if free else 0.0
    return max(of_one, own_error) * sqrt(1 / len(before) + 1 / len(after)), 0 if own_error >= of_one else free


def _quantile(freedom: float) -> float:
    """So many standard deviations hold all but the false alarms."""
    return float(stdtrit(min(freedom, 1e9), 1 - FALSE_ALARMS / 2))


def _verdict(measure: Measure, change: float, detectable: float) -> Verdict:
    if abs(change) <= detectable:
        return Verdict.NO_CHANGE
    if not measure.better:
        return Verdict.CHANGED
    return Verdict.BETTER if (change < 0) == (measure.better == LESS) else Verdict.WORSE
