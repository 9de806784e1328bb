"""Virtual people: what the parameters may be, how people differ, what age does, and what is not known of their dose.

Everything is drawn from a generator that the caller seeds, so that the same seed gives the same people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from needlewise.dose import Layer
from needlewise.errors import HealingError, Problem
from needlewise.healing.model import PARAMETERS
from needlewise.healing.task import Floats, traits_of
from needlewise.knowledge import Biology, DoseSpread

MM2_PER_CM2 = 100.0
# No needle and no hand goes beyond these; what does is a slip of the pen.
MOST_HOLES_PER_CM2, WIDEST_NEEDLE_MM, DEEPEST_MM = 100_000.0, 2.0, 10.0
LOOP_BY = ("tA", "ka", "dT", "dA", "wA")
INFLAMED_BY = ("eN", "dD", "kc", "sN", "KD", "KI", "dN", "sM", "ksw", "Nsw", "dM1", "dM2")
# Where a second rest of inflammation is looked for: shares of the most neutrophils that there can be.
LEVELS, AT_ONCE = np.geomspace(0.003, 1.0, 60), 6


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What the parameters may be: rows that are equally likely, and the rival form that each belongs to.

    parameters  (rows, parameters), in the order of `PARAMETERS`
    form        (rows,), index into `forms`
    """

    parameters: Floats
    form: NDArray[np.int64]
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Virtual people. `unstable` were drawn and left out: they would start to heal by themselves, or never stop.

    `ages_years`: (people,).
    """

    parameters: Floats
    form: NDArray[np.int64]
    forms: tuple[str, ...]
    ages_years: Floats
    unstable: int


@dataclass(frozen=True, slots=True)
class Needling:
    """What a session does, as set: holes, needles, the depth on the dial, and the layer it is reckoned for."""

    holes_per_cm2: float
    needle_diameter_mm: float
    depth_mm: float
    layer: Layer


def from_prior(biology: Biology, count: int, rng: np.random.Generator, forms: Sequence[str] = ()) -> Sample:
    """Rows drawn from the prior alone, in equal numbers for each form (by default those that have a share)."""
    chosen = tuple(forms or (one.id for one in biology.structures.values() if one.share > 0))
    median, log_sd = prior_of(biology)
    rows = median * np.exp(log_sd * rng.standard_normal((count, len(PARAMETERS))))
    form = np.arange(count) % len(chosen)
    for number, name in enumerate(chosen):
        rows[form == number] = held(rows[form == number], biology.structures[name].fixed)
    return Sample(rows, form, chosen)


def prior_of(biology: Biology) -> tuple[Floats, Floats]:
    """Medians and spreads in log units, in the order of `PARAMETERS`.

    Raises `HealingError` where the knowledge lacks a quantity of the equations, or holds one they do not know.
    """
    lacking = [name for name in PARAMETERS if name not in biology.parameters]
    unknown = [name for name in biology.parameters if name not in PARAMETERS]
    if lacking or unknown:
        found = f"lacks {', '.join(lacking) or 'none'}; not in the equations: {', '.join(unknown) or 'none'}"
        raise HealingError(Problem("biology/parameters.toml", found, "one row for each quantity of the equations"))
    rows = [biology.parameters[name] for name in PARAMETERS]
    return np.array([row.median for row in rows]), np.array([row.log_sd for row in rows])


def held(parameters: Floats, fixed: Mapping[str, float]) -> Floats:
    """The same with some values held fixed."""
    found = parameters.copy()
    for name, value in fixed.items():
        found[..., PARAMETERS.index(name)] = value
    return found


def stable(parameters: Floats) -> NDArray[np.bool_]:
    """Whose rest is stable and the only one, (people,): neither growth factor and myofibroblasts nor damage and
    neutrophils keep each other going.
    """
    tA, ka, dT, dA, wA = traits_of(parameters, LOOP_BY)
    return (tA * ka < dT * dA * (1 + wA)) & ~lasting(parameters)


def lasting(parameters: Floats) -> NDArray[np.bool_]:
    """Whom a large enough dose would leave inflamed for ever, (people,).

    Sought is a number of neutrophils at which the damage they do brings as many new ones as go.
    """
    dN, sN = traits_of(parameters, ("dN", "sN"))
    found = np.zeros(len(parameters), np.bool_)
    for levels in np.split(LEVELS, AT_ONCE):
        neutrophils = levels[:, None] * sN / dN
        found |= (neutrophils_called(parameters, neutrophils) >= dN * neutrophils).any(axis=0)
    return found


def neutrophils_called(parameters: Floats, neutrophils: Floats) -> Floats:
    """How many neutrophils come a day when damage and macrophages have settled to a number of them: (levels, people)."""
    eN, dD, kc, sN, KD, KI, _dN, sM, ksw, Nsw, dM1, dM2 = traits_of(parameters, INFLAMED_BY)
    turning = ksw / (1 + (neutrophils / Nsw) ** 2)
    early = sM * neutrophils / (turning + dM1)
    late = turning * early / dM2
    damage = eN * neutrophils / (dD + kc * (neutrophils + early + late))
    called: Floats = sN * damage**2 / (KD**2 + damage**2) / (1 + late / KI)
    return called


def people(
    sample: Sample, biology: Biology, count: int, rng: np.random.Generator, age_years: float | Floats | None = None
) -> People:
    """Draw people: a row of the sample, times how people differ, times what age does.

    `age_years`: one age for all, or one for each, (count,); where it is not known, each has one by chance.

    Raises `HealingError` for nobody, an age below 0, or where next to nobody drawn is stable.
    """
    if count < 1:
        raise HealingError(Problem("people", f"{count}", "1 or more"))
    for age in () if age_years is None else np.atleast_1d(age_years):
        if not 0 <= age <= 130:
            raise HealingError(Problem("age", f"{age:g} years", "0 to 130 years"))
    unknown = biology.unknown_age
    ages = rng.uniform(unknown.from_years, unknown.to_years, count) if age_years is None else age_years
    rows, forms, unstable, have = [], [], 0, 0
    for _ in range(100):
        index = rng.integers(len(sample.parameters), size=count)
        drawn = sample.parameters[index]
        for between in biology.between.values():
            drawn[:, PARAMETERS.index(between.parameter)] *= np.exp(between.log_sd * rng.standard_normal(count))
        good = stable(drawn)
        rows.append(drawn[good])
        forms.append(sample.form[index][good])
        take = min(int(good.sum()), count - have)
        unstable += int((~good[: _place_of(good, take)]).sum())
        have += take
        if have == count:
            parameters, form = aged(np.concatenate(rows)[:count], biology, ages), np.concatenate(forms)[:count]
            return People(parameters, form, sample.forms, np.broadcast_to(ages, count), unstable)
    raise HealingError(Problem("people", "next to nobody drawn has a stable rest", "a sample with stable rows"))


def drawn_dose(
    needling: Needling, spreads: Mapping[str, DoseSpread], count: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Open area and injured share of one session for each of `count` people, each (people,)."""
    depth = needling.depth_mm * _spread(spreads["depth-share"], count, rng)
    halo = _spread(spreads["halo"], count, rng)
    radius = needling.needle_diameter_mm / 2 * _spread(spreads["width-share"], count, rng)
    density = needling.holes_per_cm2 / MM2_PER_CM2
    return -np.expm1(-density * np.pi * radius**2), injured_shares(density, radius, depth, halo, needling.layer)


def injured_shares(
    density_per_mm2: float, radius_mm: Floats, depth_mm: Floats, halo_mm: Floats, layer: Layer
) -> Floats:
    """`needlewise.dose.injured_fraction` in closed form, for many channels at once.

    The radius falls linearly from `a` at the top of the layer to `b` where the channel or the layer ends, so the
    integral of exp(-density pi r2) over depth is one over r, an error function.
    """
    # A channel that ends above the layer injures as much of it as one that ends at its top: nothing.
    depth_mm = np.maximum(depth_mm, layer.from_mm)
    bottom = np.minimum(layer.to_mm, depth_mm)
    reached = np.maximum(bottom - layer.from_mm, 0.0)
    a = radius_mm * (1 - layer.from_mm / depth_mm) + halo_mm
    b = radius_mm * (1 - bottom / depth_mm) + halo_mm
    root = np.sqrt(density_per_mm2 * np.pi)
    with np.errstate(invalid="ignore", divide="ignore"):
        spared = np.sqrt(np.pi) / 2 * (erf(root * a) - erf(root * b)) / (root * (a - b))
    spared = np.where(np.abs(root * (a - b)) < 1e-6, np.exp(-((root * (a + b) / 2) ** 2)), spared)
    shares: Floats = reached * (1 - spared) / (layer.to_mm - layer.from_mm)
    return shares


def _spread(spread: DoseSpread, count: int, rng: np.random.Generator) -> Floats:
    drawn = spread.median * np.exp(spread.log_sd * rng.standard_normal(count))
    return np.minimum(np.maximum(drawn, spread.least), spread.most)


def aged(parameters: Floats, biology: Biology, age_years: float | Floats) -> Floats:
    """The same people at an age, one for all or one for each."""
    found = parameters.copy()
    for row in biology.ageing:
        along = np.clip((age_years - row.from_years) / (row.to_years - row.from_years), 0, 1)
        for name in row.parameters:
            found[:, PARAMETERS.index(name)] *= 1 + (row.factor - 1) * along
    return found


def _place_of(good: NDArray[np.bool_], take: int) -> int:
    """How many were drawn until `take` good ones were there."""
    return int(np.flatnonzero(good)[take - 1]) + 1 if take else len(good)
