"""Calibration: the most likely parameters, a sample of what they may be, and how far the figures moved them.

The sampler is emcee (Foreman-Mackey 2013, doi 10.1086/670067), which moves many walkers at once, as the fast path likes
it. Its own ensemble moves contract in so many dimensions: a quantity that nothing informs lost a sixth of its spread. So
walkers move by themselves, by steps that leave the normal law about the mode unchanged (preconditioned Crank-Nicolson;
Cotter 2013, doi 10.1214/13-STS421); the figures decide which of them are taken. All walkers must come to agree (R-hat),
and be long against their memory (autocorrelation time).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from needlewise.errors import HealingError, Problem
from needlewise.healing.likelihood import Fitting, log_posterior, misfits, parameters_of, predictions
from needlewise.healing.task import Floats

STARTS = 4
# A course that cannot be computed counts as this many errors off, so that a search turns round.
LOST = 50.0
SMALL_STEP = 1e-4
# Lengths of a step and how often each is taken: short ones far from normal, long ones elsewhere.
STEPS = ((0.2, 0.4), (0.6, 0.6))
AGREE, LONG_ENOUGH = 1.05, 30.0


@dataclass(frozen=True, slots=True)
class Walk:
    """How a sample is drawn: walkers, steps of each, those thrown away at the start, and a seed.

    Raises `HealingError` where that cannot be.
    """

    walkers: int = 96
    steps: int = 8000
    dropped: int = 1000
    seed: int = 1

    def __post_init__(self) -> None:
        if self.walkers < 2:
            raise HealingError(Problem("walkers", f"{self.walkers}", "2 or more, or nothing can agree"))
        if not 0 <= self.dropped < self.steps:
            expected = f"0 to {self.steps - 1}, fewer than the steps"
            raise HealingError(Problem("dropped", f"{self.dropped}", expected))


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """The most likely numbers, what they miss the figures by (chi-square), and what they cost against the prior."""

    numbers: Floats
    misfit: float
    prior: float


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A sample and how good it is.

    numbers      (rows, size), standard normal before the figures were seen
    r_hat        (size,), 1 where all walkers agree
    memory       (size,), autocorrelation time in steps
    accepted     share of moves taken
    narrowed     (size,), spread after over spread before, in log units: 1 where the figures said nothing
    """

    numbers: Floats
    r_hat: Floats
    memory: Floats
    accepted: float
    narrowed: Floats

    @property
    def worth(self) -> Floats:
        """How many independent draws each quantity's sample is worth."""
        return len(self.numbers) / self.memory

    def converged(self, steps: int) -> bool:
        """Whether all walkers agree, and the walk was long against its memory."""
        return bool(self.r_hat.max() < AGREE and steps > LONG_ENOUGH * self.memory.max())


@dataclass(frozen=True, slots=True)
class Told:
    """One value of a figure: what was read, its error, and what the model says."""

    figure: str
    day: float
    read: float
    sd: float
    said: float
    low: float
    high: float


def most_likely(asked: Fitting, starts: int = STARTS) -> Best:
    """The most likely numbers, from several starts."""
    best: Best | None = None
    for start in range(starts):
        begin = np.random.default_rng(start).standard_normal(asked.size) * (0.3 if start else 0.0)
        found = least_squares(
            lambda x: _residuals(asked, x[None])[0], begin, jac=lambda x: _jacobian(asked, x), max_nfev=60
        )
        misfit = float((misfits(asked, found.x[None])[0] ** 2).sum())
        one = Best(found.x, misfit, float((found.x**2).sum()))
        if np.isfinite(misfit) and (best is None or misfit + one.prior < best.misfit + best.prior):
            best = one
    if best is None:
        raise HealingError(Problem(asked.structure.id, "no start led to a course", "priors under which skin heals"))
    return best


def sample(asked: Fitting, walk: Walk, told: Callable[[int], object] = lambda _steps: None) -> Drawn:
    """A sample of the numbers. `told` is called after every step, with 1."""
    from emcee import EnsembleSampler  # noqa: PLC0415 - an extra

    whitened = centre, axes = _whitening(asked, most_likely(asked))
    seeds = np.random.SeedSequence(walk.seed).generate_state(2)
    # The sampler asks for this many walkers; they do not know of each other.
    count = max(walk.walkers, 2 * asked.size)
    sampler = EnsembleSampler(
        count,
        asked.size,
        lambda u: log_posterior(asked, centre + u @ axes.T),
        moves=[(_step(length), share) for length, share in STEPS],
        vectorize=True,
    )
    sampler.random_state = np.random.RandomState(seeds[0]).get_state()
    for _ in sampler.sample(_begin(asked, count, whitened, int(seeds[1])), iterations=walk.steps):
        told(1)
    return _judged(centre + sampler.get_chain(discard=walk.dropped) @ axes.T, sampler.acceptance_fraction.mean())


def thinned(drawn: Drawn, rows: int, seed: int) -> Floats:
    """Some rows of a sample, each once, in an order of chance."""
    if rows > len(drawn.numbers):
        raise HealingError(Problem("rows", f"{rows}", f"at most the {len(drawn.numbers)} that were drawn"))
    return drawn.numbers[np.random.default_rng(seed).permutation(len(drawn.numbers))[:rows]]


def fit_table(asked: Fitting, numbers: Floats) -> tuple[Told, ...]:
    """Every value of every figure beside what the model says: median and 90 % band over the rows."""
    free = len(asked.free)
    factors = np.exp(asked.biology.own_factor.log_sd * numbers[:, free:])
    said = predictions(asked, parameters_of(asked, numbers), factors)
    rows = []
    for figure in asked.figures:
        low, middle, high = np.nanquantile(said[figure.id], (0.05, 0.5, 0.95), axis=0)
        for index, (day, read, sd) in enumerate(zip(figure.days, figure.values, figure.sd, strict=True)):
            rows.append(Told(figure.id, day, read, sd, float(middle[index]), float(low[index]), float(high[index])))
    return tuple(rows)


def _residuals(asked: Fitting, numbers: Floats) -> Floats:
    return np.concatenate([np.nan_to_num(misfits(asked, numbers), nan=LOST), numbers], axis=1)


def _jacobian(asked: Fitting, at: Floats) -> Floats:
    """Central differences, all in one task."""
    step = SMALL_STEP * np.eye(len(at))
    found = _residuals(asked, np.concatenate([at + step, at - step]))
    return np.transpose(found[: len(at)] - found[len(at) :]) / (2 * SMALL_STEP)


def _whitening(asked: Fitting, best: Best) -> tuple[Floats, Floats]:
    """Centre and axes in which the posterior is about round, so that walkers need not find that out."""
    slope = _jacobian(asked, best.numbers)
    return best.numbers, np.linalg.cholesky(np.linalg.inv(slope.T @ slope))


def _step(length: float) -> Any:
    """A move that keeps a standard normal law: the old point drawn in by so much as the new one is pushed out."""
    from emcee.moves import MHMove  # noqa: PLC0415 - an extra

    def proposed(at: Floats, rng: np.random.RandomState) -> tuple[Floats, Floats]:
        to = np.sqrt(1 - length**2) * at + length * rng.standard_normal(at.shape)
        return to, ((to**2).sum(axis=1) - (at**2).sum(axis=1)) / 2

    return MHMove(proposed)


def _begin(asked: Fitting, count: int, whitened: tuple[Floats, Floats], seed: int) -> Floats:
    """Walkers spread wider than what they look for; those that begin where nothing heals begin elsewhere."""
    centre, axes = whitened
    rng = np.random.default_rng(seed)
    begun = 1.5 * rng.standard_normal((count, asked.size))
    for _ in range(100):
        bad = ~np.isfinite(log_posterior(asked, centre + begun @ axes.T))
        if not bad.any():
            return begun
        begun[bad] = rng.standard_normal((int(bad.sum()), asked.size))
    raise HealingError(Problem(asked.structure.id, "no place to begin from", "priors under which skin heals"))


def _judged(chains: Floats, accepted: float) -> Drawn:
    """`chains` (steps, walkers, size)."""
    from arviz_stats.base import array_stats  # type: ignore[attr-defined]  # noqa: PLC0415 - an extra
    from emcee.autocorr import integrated_time  # noqa: PLC0415

    r_hat = array_stats.rhat(chains, chain_axis=1, draw_axis=0)  # type: ignore[no-untyped-call]
    numbers = chains.reshape(-1, chains.shape[2])
    return Drawn(numbers, r_hat, integrated_time(chains, tol=0, quiet=True), float(accepted), numbers.std(axis=0))
