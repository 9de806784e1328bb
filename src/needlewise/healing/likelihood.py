"""How well parameters tell the published figures: what the model says of each figure, and how unlikely that makes it.

Quantities are lognormal, so they are followed as standard normal numbers: parameter = median x exp(log_sd x number). The
last numbers are the factors of the studies that measure in units of their own, one for each study.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from needlewise.healing import lanes
from needlewise.healing.model import PARAMETERS
from needlewise.healing.population import held, prior_of, stable
from needlewise.healing.task import Floats, Task, seen
from needlewise.knowledge import PER_NOTHING, PER_PEAK, PER_REST, Biology, Figure, Setting, Structure

# Days on which a wound is looked at, so that a peak is found to a few hours.
PEAK_DAYS = np.arange(0.0, 28.5, 0.5)
GAIN = "-gain"
# Further out than this many standard deviations nothing is looked for.
FURTHEST = 6.0


@dataclass(frozen=True, slots=True)
class Fitting:
    """A form of the model and the figures it is held to."""

    biology: Biology
    structure: Structure
    figures: tuple[Figure, ...]

    @property
    def free(self) -> tuple[str, ...]:
        """The quantities that are not held fixed, in the order of `PARAMETERS`."""
        rows = self.biology.parameters
        return tuple(name for name in PARAMETERS if rows[name].log_sd > 0 and name not in self.structure.fixed)

    @property
    def studies(self) -> tuple[str, ...]:
        """The studies that have a factor of their own, by the id of their first source."""
        return tuple(dict.fromkeys(study_of(figure) for figure in self.figures if figure.own_factor))

    @property
    def size(self) -> int:
        """How many numbers are followed."""
        return len(self.free) + len(self.studies)


def fitting(biology: Biology, form: str, figures: Sequence[str] | None = None) -> Fitting:
    """A form of the model, held to all figures or to those named."""
    chosen = tuple(biology.figures.values()) if figures is None else tuple(biology.figures[name] for name in figures)
    return Fitting(biology, biology.structures[form], chosen)


def study_of(figure: Figure) -> str:
    """The study that a figure was read from."""
    return figure.mark.sources[0].id if figure.mark.sources else figure.id


def parameters_of(asked: Fitting, numbers: Floats) -> Floats:
    """Parameters (rows, parameters) from standard normal numbers (rows, size)."""
    median, log_sd = prior_of(asked.biology)
    scores = np.zeros((len(numbers), len(PARAMETERS)))
    scores[:, [PARAMETERS.index(name) for name in asked.free]] = numbers[:, : len(asked.free)]
    return held(median * np.exp(log_sd * scores), asked.structure.fixed)


def predictions(asked: Fitting, parameters: Floats, factors: Floats) -> dict[str, Floats]:
    """What the model says of every figure: by its id, (rows, days). NaN where a course cannot be computed.

    `factors` (rows, studies) are those of the studies that measure in units of their own.
    """
    found = {}
    for setting in asked.biology.settings.values():
        figures = [figure for figure in asked.figures if figure.setting == setting.id]
        if figures:
            days = _days_of(figures)
            shown = _seen(parameters, setting, days)
            for figure in figures:
                values = _value(figure, shown, days)
                if figure.own_factor:
                    factor = factors[:, asked.studies.index(study_of(figure))]
                    values = 1 + (values - 1) * factor[:, None]
                found[figure.id] = values
    return found


def misfits(asked: Fitting, numbers: Floats) -> Floats:
    """How far each value lies off, in its own errors: (rows, values). NaN where a course cannot be computed."""
    factors = np.exp(asked.biology.own_factor.log_sd * numbers[:, len(asked.free) :])
    said = predictions(asked, parameters_of(asked, numbers), factors)
    parts = [(said[figure.id] - np.array(figure.values)) / np.array(figure.sd) for figure in asked.figures]
    return np.concatenate(parts, axis=1)


def log_posterior(asked: Fitting, numbers: Floats) -> Floats:
    """Log of prior times likelihood, up to a constant: (rows,). Minus infinity where rest is not stable, or not the only one."""
    good = stable(parameters_of(asked, numbers)) & (np.abs(numbers).max(axis=1) < FURTHEST)
    found = np.full(len(numbers), -np.inf)
    if good.any():
        squares = (misfits(asked, numbers[good]) ** 2).sum(axis=1) + (numbers[good] ** 2).sum(axis=1)
        found[good] = np.where(np.isfinite(squares), -squares / 2, -np.inf)
    return found


def _days_of(figures: Sequence[Figure]) -> Floats:
    wanted = set(chain.from_iterable(figure.days for figure in figures))
    wanted |= {float(figure.per) for figure in figures if figure.per.isdigit()}
    if any(figure.per == PER_PEAK for figure in figures):
        wanted |= set(PEAK_DAYS)
    return np.array(sorted(wanted))


def _seen(parameters: Floats, setting: Setting, days: Floats) -> dict[str, Floats]:
    shape = (len(parameters), len(setting.session_days))
    task = Task(
        parameters,
        np.array(setting.session_days, float),
        np.full(shape, setting.open_area),
        np.full(shape, setting.injured),
        days,
        setting.whole_wound,
        1e-5,
    )
    return seen(lanes.solve(task).states, parameters)


def _value(figure: Figure, shown: dict[str, Floats], days: Floats) -> Floats:
    gain = figure.observable.endswith(GAIN)
    course = shown[figure.observable.removesuffix(GAIN)] - (1.0 if gain else 0.0)
    at: NDArray[np.int64] = np.searchsorted(days, figure.days)
    values = course[:, at]
    if figure.per in (PER_REST, PER_NOTHING):
        return values
    if figure.per == PER_PEAK:
        whole = course[:, np.isin(days, PEAK_DAYS)].max(axis=1)
    else:
        whole = course[:, np.searchsorted(days, float(figure.per))]
    shares: Floats = values / whole[:, None]
    return shares
