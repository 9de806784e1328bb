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
STABLE_BY = ("tA", "ka", "dT", "dA", "wA")


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
    """Virtual people. `unstable` were drawn and left out, because their rest is not stable: healing would start by itself."""

    parameters: Floats
    form: NDArray[np.int64]
    forms: tuple[str, ...]
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
    """Whose rest is stable: transforming growth factor and myofibroblasts do not keep each other going."""
    tA, ka, dT, dA, wA = traits_of(parameters, STABLE_BY)
    return tA * ka < dT * dA * (1 + wA)


def people(
    sample: Sample, biology: Biology, count: int, rng: np.random.Generator, age_years: float | Floats | None = None
) -> People:
    """Draw people: a row of the sample, times how people differ, times what age does (nothing where it is not known).

    `age_years`: one age for all, or one for each, (count,).

    Raises `HealingError` for nobody, an age below 0, or where next to nobody drawn is stable.
    """
    if count < 1:
        raise HealingError(Problem("people", f"{count}", "1 or more"))
    for age in () if age_years is None else np.atleast_1d(age_years):
        if not 0 <= age <= 130:
            raise HealingError(Problem("age", f"{age:g} years", "0 to 130 years"))
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
            return People(aged(np.concatenate(rows)[:count], biology, age_years), np.concatenate(forms)[:count],
                          sample.forms, unstable)  # fmt: skip
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


def aged(parameters: Floats, biology: Biology, age_years: float | Floats | None) -> Floats:
    """The same people at an age, one for all or one for each; nothing changes where it is not known."""
    found = parameters.copy()
    if age_years is not None:
        for row in biology.ageing:
            along = np.clip((age_years - row.from_years) / (row.to_years - row.from_years), 0, 1)
            for name in row.parameters:
                found[:, PARAMETERS.index(name)] *= 1 + (row.factor - 1) * along
    return found


def _place_of(good: NDArray[np.bool_], take: int) -> int:
    """How many were drawn until `take` good ones were there."""
    return int(np.flatnonzero(good)[take - 1]) + 1 if take else len(good)
