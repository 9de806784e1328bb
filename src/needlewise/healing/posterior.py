"""The sample that a calibration left: how it is written down, and how it is opened again."""

import inspect
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from hashlib import sha256
from io import BytesIO
from typing import Any

import numpy as np

from needlewise.errors import HealingError, Problem
from needlewise.healing import model
from needlewise.healing.calibration import Best, Drawn, Walk, fit_table
from needlewise.healing.likelihood import Fitting
from needlewise.healing.population import Sample
from needlewise.healing.task import Floats
from needlewise.knowledge import Biology, FormFit

VERSION = 1


def from_posterior(biology: Biology, forms: tuple[str, ...] | None = None) -> Sample:
    """What the quantities may be after the figures were seen; each form in its share, or those named alone.

    Raises `HealingError` where nothing was fitted, where it was fitted to other figures or priors than those that stand
    there now, or for a form that was not fitted.
    """
    again = "run `needlewise calibrate --write`"
    fitted = biology.posterior
    if fitted is None:
        raise HealingError(Problem("biology", "no calibrated sample", "posterior.toml and posterior.npz", again))
    if fitted.fitted_to != biology.fitted_to:
        raise HealingError(Problem("biology/posterior.toml", "fitted to other figures or priors", "a new fit", again))
    if fitted.equations != equations_digest():
        raise HealingError(Problem("biology/posterior.toml", "fitted to other equations", "a new fit", again))
    wanted = forms or tuple(one.id for one in biology.structures.values() if one.share > 0)
    if lacking := [name for name in wanted if name not in {one.id for one in fitted.form}]:
        raise HealingError(Problem("form", f"`{lacking[0]}` was not fitted", _names(biology), again))
    with np.load(BytesIO(fitted.sample), allow_pickle=False) as kept:
        if tuple(kept["names"]) != model.PARAMETERS:
            raise HealingError(Problem("biology/posterior.npz", "made for other equations", "a new fit", again))
        # Rows are in an order of chance, so the first of them are as good as any: so many of each form as its share asks.
        shares = np.array([biology.structures[name].share if forms is None else 1.0 for name in wanted])
        whole = [kept[name].astype(float) for name in wanted]
        rows = [one[: round(len(one) * share)] for one, share in zip(whole, shares / shares.max(), strict=True)]
        if lost := [name for name, one in zip(wanted, rows, strict=True) if not len(one)]:
            told = f"the share of `{lost[0]}` is too small for a single row"
            raise HealingError(Problem("biology/structures.toml", told, "a larger share, or 0 to leave the form out"))
    return Sample(np.concatenate(rows), np.repeat(np.arange(len(rows)), [len(row) for row in rows]), wanted)


def as_file(parameters: Mapping[str, Floats]) -> bytes:
    """The sample of each form as an npz file: single precision is finer than any prior. The same rows, the same bytes."""
    made = BytesIO()
    columns: dict[str, Any] = {name: rows.astype(np.float32) for name, rows in parameters.items()}
    np.savez_compressed(made, names=np.array(model.PARAMETERS), **columns)
    return made.getvalue()


def fit_of(asked: Fitting, walk: Walk, best: Best, drawn: Drawn, kept: Floats) -> FormFit:
    """What is to be said of the sample of one form, of which `kept` rows are written down."""
    table = fit_table(asked, kept)
    return FormFit(
        id=asked.structure.id,
        rows=len(kept),
        walkers=walk.walkers,
        steps=walk.steps,
        dropped=walk.dropped,
        accepted=_short(drawn.accepted),
        r_hat=_short(drawn.r_hat.max()),
        memory_steps=_short(drawn.memory.max()),
        worth=_short(drawn.worth.min()),
        misfit=_short(best.misfit),
        prior=_short(best.prior),
        values=sum(len(figure.values) for figure in asked.figures),
        narrowed={
            name: _short(value) for name, value in zip((*asked.free, *asked.studies), drawn.narrowed, strict=True)
        },
        said={
            figure.id: tuple(
                (_short(one.low), _short(one.said), _short(one.high)) for one in table if one.figure == figure.id
            )
            for figure in asked.figures
        },
    )


def as_toml(fits: tuple[FormFit, ...], biology: Biology, sample: bytes, seed: int) -> str:
    """posterior.toml: what was drawn, from what, and how good it is."""
    lines = [
        "# What `needlewise calibrate` wrote: how the sample in posterior.npz was drawn, and how good it is.",
        f"version = {VERSION}",
        f"seed = {seed}",
        f'digest = "{sha256(sample).hexdigest()}"',
        f'fitted_to = "{biology.fitted_to}"',
        f'equations = "{equations_digest()}"',
    ]
    plain = [field.name for field in fields(FormFit) if field.name not in ("id", "narrowed", "said")]
    for fit in fits:
        narrowed = ", ".join(f"{name} = {value:g}" for name, value in fit.narrowed.items())
        lines += ["", "[[form]]", f'id = "{fit.id}"', *(f"{name} = {getattr(fit, name)!r}" for name in plain)]
        lines += [f"narrowed = {{ {narrowed} }}", "", "[form.said]"]
        lines += [f"{name} = [{', '.join(str(list(row)) for row in rows)}]" for name, rows in fit.said.items()]
    return "\n".join(lines) + "\n"


@cache
def equations_digest() -> str:
    """A digest of the text of the equations: another text, another fit."""
    parts = (model.rates, model.needled, model.at_rest, model.wounded, model.observed)
    return sha256("\n".join(inspect.getsource(part) for part in parts).encode()).hexdigest()[:16]


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _names(biology: Biology) -> str:
    return f"one of: {', '.join(one.id for one in biology.posterior.form)}" if biology.posterior else ""
