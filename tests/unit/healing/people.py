"""What the tests of healing start from: the knowledge, and people drawn from its prior."""

from datetime import date
from functools import cache

import numpy as np

from needlewise.healing.population import People, from_prior, people
from needlewise.healing.task import Floats, Task
from needlewise.knowledge import Biology, load_biology, load_protocol

ON = date(2026, 11, 28)
OPEN_AREA, INJURED = 0.0277113, 0.0462439
WEEKS = np.arange(53) * 7.0


@cache
def biology() -> Biology:
    return load_biology(load_protocol(ON))


def drawn(count: int, seed: int = 1, forms: tuple[str, ...] | None = None) -> People:
    rng = np.random.default_rng(seed)
    return people(from_prior(biology(), 300, rng, forms or ()), biology(), count, rng)


def task(
    parameters: Floats, session_days: tuple[float, ...] = (0, 28, 56, 84), days: Floats = WEEKS, tolerance: float = 1e-6
) -> Task:
    """The usual roller, on these days."""
    shape = (len(parameters), len(session_days))
    return Task(
        parameters,
        np.array(session_days, float),
        np.full(shape, OPEN_AREA),
        np.full(shape, INJURED),
        np.asarray(days, float),
        tolerance=tolerance,
    )
