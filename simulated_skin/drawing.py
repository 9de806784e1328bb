"""Pieces of skin drawn from a seed. The same seed and amounts give the same skin; every kind of thing has dice of its own,
so that asking for more spots leaves the wrinkles where they are."""

from dataclasses import dataclass, replace

import numpy as np

from simulated_skin.truth import (
    DARKEST,
    LIGHTEST,
    Flush,
    Hair,
    Pit,
    Place,
    Relief,
    Scene,
    Spot,
    Stria,
    Wrinkle,
)

Range = tuple[float, float]
_KINDS = ("tone", "layout", "wrinkles", "lines", "pits", "spots", "flushes", "striae", "hairs")


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of everything a piece holds. What is None is drawn; a range is drawn from evenly."""

    width_mm: float = 55.0
    height_mm: float = 55.0
    melanin: float | None = None  # None: evenly between 0.15 and 1.6, so that every tone is as likely
    blood: float | None = None  # None: evenly between 0.15 and 0.40
    mottling: float = 0.05
    furrow_um: float = 24.0
    cell_mm: float = 0.7
    pore_um: float = 60.0
    pores_per_cm2: float = 40.0
    wrinkles_per_cm2: float = 0.35
    wrinkle_um: Range = (60.0, 320.0)
    wrinkle_mm: Range = (10.0, 40.0)
    lines_per_cm2: float = 1.2  # fine lines, which are wrinkles too, short and shallow
    pits_per_cm2: float = 0.0
    pit_um: Range = (100.0, 500.0)
    spots_per_cm2: float = 0.5
    spot_melanin: Range = (0.12, 0.40)
    flushes_per_cm2: float = 0.1
    flush_blood: Range = (0.05, 0.25)
    striae: int = 0
    melanin_lost: Range = (0.10, 0.35)
    stria_blood: Range = (0.0, 0.0)
    hairs_per_cm2: float = 0.0
    hair_mm: Range = (3.0, 8.0)
    hair_width_mm: Range = (0.04, 0.09)
    hair_melanin: float = 0.85
    hair_bend_deg: float = 14.0  # by how much a hair turns over its length: more is curlier


SCALP = Amounts(
    width_mm=15.0,
    height_mm=15.0,
    wrinkles_per_cm2=0.0,
    lines_per_cm2=0.0,
    spots_per_cm2=0.0,
    flushes_per_cm2=0.0,
    pore_um=60.0,
    pores_per_cm2=80.0,
    hairs_per_cm2=120.0,
)
USUAL = Amounts()


def tones(count: int) -> tuple[float, ...]:
    """Amounts of melanin evenly from the lightest skin to the darkest."""
    return tuple(float(value) for value in np.linspace(LIGHTEST, DARKEST, count))


def drawn(seed: int, amounts: Amounts = USUAL) -> Scene:
    """A piece of skin from a seed."""
    dice = {kind: np.random.default_rng([seed, number]) for number, kind in enumerate(_KINDS)}
    tone, layout = dice["tone"], dice["layout"]
    melanin, blood = tone.uniform(LIGHTEST, DARKEST), tone.uniform(0.15, 0.40)
    folds_deg = layout.uniform(-20, 20)  # the way wrinkles run here
    return Scene(
        seed=seed,
        width_mm=amounts.width_mm,
        height_mm=amounts.height_mm,
        melanin=melanin if amounts.melanin is None else amounts.melanin,
        blood=blood if amounts.blood is None else amounts.blood,
        mottling=amounts.mottling,
        relief=Relief(amounts.furrow_um, amounts.cell_mm, amounts.pore_um, amounts.pores_per_cm2),
        wrinkles=(*_wrinkles(dice["wrinkles"], amounts, folds_deg), *_fine(dice["lines"], amounts, folds_deg)),
        pits=_pits(dice["pits"], amounts),
        spots=_spots(dice["spots"], amounts),
        flushes=_flushes(dice["flushes"], amounts),
        striae=_striae(dice["striae"], amounts, folds_deg),
        hairs=_hairs(dice["hairs"], amounts, folds_deg + 90),
    )


def _count(per_cm2: float, amounts: Amounts) -> int:
    return round(per_cm2 * amounts.width_mm * amounts.height_mm / 100)


def _anywhere(rng: np.random.Generator, amounts: Amounts, inset_mm: float = 0.0) -> Place:
    half = max(amounts.width_mm / 2 - inset_mm, 0.0), max(amounts.height_mm / 2 - inset_mm, 0.0)
    return float(rng.uniform(-half[0], half[0])), float(rng.uniform(-half[1], half[1]))


def _curve(rng: np.random.Generator, middle: Place, course: tuple[float, float, float], step_mm: float) -> np.ndarray:
    """A line with a heading and a length, that turns by about so many degrees over its run and wavers."""
    heading_deg, length, bend_deg = course
    count = max(8, int(length / step_mm))
    run = np.linspace(-0.5, 0.5, count)
    waver = sum(rng.normal(0, bend_deg / 3) * np.sin(2 * np.pi * (k * run + rng.uniform())) for k in (1, 2, 3))
    heading = np.radians(heading_deg + rng.normal(0, bend_deg) * run * 2 + waver)
    steps = np.stack([np.cos(heading), np.sin(heading)], axis=1)[1:] * length / (count - 1)
    points = np.vstack([[0.0, 0.0], np.cumsum(steps, axis=0)])
    return np.asarray(points - points[count // 2] + np.array(middle))


def _inside(points: np.ndarray, amounts: Amounts) -> tuple[Place, ...]:
    """The longest stretch of a line that lies on the piece."""
    held = (np.abs(points[:, 0]) < amounts.width_mm / 2) & (np.abs(points[:, 1]) < amounts.height_mm / 2)
    best, start = slice(0, 0), None
    for index, is_held in enumerate([*held, False]):
        if is_held and start is None:
            start = index
        elif not is_held and start is not None:
            best = max(best, slice(start, index), key=lambda part: part.stop - part.start)
            start = None
    return tuple((float(x), float(y)) for x, y in points[best])


def _wrinkles(rng: np.random.Generator, amounts: Amounts, folds_deg: float) -> list[Wrinkle]:
    """Long folds that run more or less together and keep a distance, the deeper the longer and the wider."""
    found: list[Wrinkle] = []
    bend = rng.uniform(4, 12)
    count, longest = _count(amounts.wrinkles_per_cm2, amounts), 0.8 * amounts.width_mm
    for _ in range(count):
        size = rng.uniform()
        depth = amounts.wrinkle_um[0] + size * (amounts.wrinkle_um[1] - amounts.wrinkle_um[0])
        low, high = amounts.wrinkle_mm
        length = min(low + (high - low) * np.clip(size + rng.normal(0, 0.2), 0, 1), longest)
        for _ in range(12):
            line = _inside(
                _curve(rng, _anywhere(rng, amounts), (folds_deg + rng.normal(0, 7), length, bend), 0.8), amounts
            )
            if len(line) >= 8 and all(_apart_mm(line, other.line) > 2.0 for other in found):
                found.append(Wrinkle(line, float(depth), float(0.3 + depth / 800 * rng.uniform(0.7, 1.3))))
                break
    return found


def _apart_mm(one: tuple[Place, ...], other: tuple[Place, ...]) -> float:
    gaps = np.array(one)[:, None] - np.array(other)[None]
    return float(np.sqrt((gaps**2).sum(axis=2)).min())


def _fine(rng: np.random.Generator, amounts: Amounts, folds_deg: float) -> list[Wrinkle]:
    found = []
    for _ in range(_count(amounts.lines_per_cm2, amounts)):
        heading = folds_deg + rng.normal(0, 25)
        line = _inside(_curve(rng, _anywhere(rng, amounts), (heading, rng.uniform(3, 9), 15), 0.8), amounts)
        if len(line) >= 4:
            found.append(Wrinkle(line, float(rng.uniform(20, 60)), float(rng.uniform(0.2, 0.35))))
    return found


def _pits(rng: np.random.Generator, amounts: Amounts) -> tuple[Pit, ...]:
    found = []
    for _ in range(_count(amounts.pits_per_cm2, amounts)):
        kind = rng.choice(3, p=(0.35, 0.35, 0.30))  # ice pick, boxcar, rolling
        radius = rng.uniform(*((0.3, 0.6), (0.8, 1.8), (1.8, 3.5))[kind])
        depth = rng.uniform(*amounts.pit_um) * (1.0, 0.7, 0.45)[kind]
        found.append(Pit(_anywhere(rng, amounts), float(radius), float(depth), (2.5, 5.0, 2.0)[kind]))
    return tuple(found)


def _spots(rng: np.random.Generator, amounts: Amounts) -> tuple[Spot, ...]:
    found = []
    for _ in range(_count(amounts.spots_per_cm2, amounts)):
        radius = float(np.clip(rng.lognormal(np.log(0.9), 0.45), 0.35, 3.0))
        waves = tuple((float(rng.normal(0, 0.16 / k)), float(rng.uniform(0, 2 * np.pi))) for k in (1, 2, 3, 4))
        melanin = float(rng.uniform(*amounts.spot_melanin))
        found.append(Spot(_anywhere(rng, amounts, radius), radius, melanin, waves))
    return tuple(found)


def _flushes(rng: np.random.Generator, amounts: Amounts) -> tuple[Flush, ...]:
    return tuple(
        Flush(_anywhere(rng, amounts), float(rng.uniform(2, 8)), float(rng.uniform(*amounts.flush_blood)))
        for _ in range(_count(amounts.flushes_per_cm2, amounts))
    )


def _striae(rng: np.random.Generator, amounts: Amounts, folds_deg: float) -> tuple[Stria, ...]:
    """Bands side by side across the piece, as they lie on a flank."""
    heading = folds_deg + rng.uniform(40, 80)
    across = np.radians(heading + 90)
    reach = 0.42 * min(amounts.width_mm, amounts.height_mm)
    found = []
    for number in range(amounts.striae):
        offset = reach * ((number + 0.5) / amounts.striae * 2 - 1) + rng.normal(0, 1)
        middle = float(offset * np.cos(across)), float(offset * np.sin(across))
        line = _inside(_curve(rng, middle, (heading + rng.normal(0, 5), rng.uniform(20, 45), 7), 0.8), amounts)
        if len(line) >= 4:
            lost, blood = rng.uniform(*amounts.melanin_lost), rng.uniform(*amounts.stria_blood)
            width, depth = rng.uniform(1.8, 4.0), rng.uniform(20, 90)
            found.append(Stria(line, float(width), float(lost), float(blood), float(depth)))
    return tuple(found)


def _hairs(rng: np.random.Generator, amounts: Amounts, lie_deg: float) -> tuple[Hair, ...]:
    """Hairs that lie more or less one way. Their roots may be off the piece: then they grow onto it."""
    around = amounts.hair_mm[1]
    wide = replace(amounts, width_mm=amounts.width_mm + 2 * around, height_mm=amounts.height_mm + 2 * around)
    found = []
    for _ in range(_count(amounts.hairs_per_cm2, wide)):
        course = lie_deg + rng.normal(0, 22), rng.uniform(*amounts.hair_mm), amounts.hair_bend_deg
        points = _curve(rng, (0.0, 0.0), course, 0.25)
        line = points - points[0] + np.array(_anywhere(rng, wide))
        width, melanin = rng.uniform(*amounts.hair_width_mm), np.clip(amounts.hair_melanin + rng.normal(0, 0.06), 0, 1)
        if len(_inside(line, amounts)):
            found.append(Hair(tuple((float(x), float(y)) for x, y in line), float(width), float(melanin)))
    return tuple(found)
