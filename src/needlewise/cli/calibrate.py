"""needlewise calibrate: fit the model of healing to the published figures, and write the sample it leaves."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from needlewise.cli.exits import WrongUseError
from needlewise.cli.inputs import protocol_of
from needlewise.cli.outputs import write_file
from needlewise.cli.refusing import need, no_such
from needlewise.errors import HealingError, Problem
from needlewise.knowledge import Biology, FormFit, load_biology

if TYPE_CHECKING:
    from needlewise.healing.calibration import Best, Drawn, Told, Walk
    from needlewise.healing.likelihood import Fitting
    from needlewise.healing.task import Floats


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--form", action="append", metavar="ID", help="only this form of the model; may be repeated")
    parser.add_argument("--most-likely", action="store_true", help="only the most likely values: seconds, no sample")
    parser.add_argument(
        "--check", action="store_true", help="only whether the kept sample still fits what it was fitted to"
    )
    parser.add_argument("--steps", type=int, default=8000, metavar="N", help="steps of each walker; 8000 if left out")
    parser.add_argument("--walkers", type=int, default=96, metavar="N", help="walkers; 96 if left out")
    parser.add_argument("--rows", type=int, default=700, metavar="N", help="rows kept of each form; 700 if left out")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="seed of all draws; 1 if left out")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write posterior.npz and posterior.toml there")
    parser.add_argument("--folder", type=Path, metavar="PATH", help="another knowledge folder than our own")


def run(options: argparse.Namespace) -> int:
    need("calibrate", "numba", "Numba", "calibrate")
    need("calibrate", "emcee", "emcee", "calibrate")
    need("calibrate", "arviz_stats", "ArviZ", "calibrate")
    biology = load_biology(protocol_of(date.today(), options.folder), options.folder)
    if options.check:
        return _check(biology)
    forms = _forms(options.form, biology, options.most_likely)
    if options.most_likely:
        print(_most_likely(biology, forms))
        return 0
    if options.write is not None and options.form:
        hint = "leave out --form, or leave out --write to only look"
        raise WrongUseError(Problem("--write", "a sample of some forms", "one of all forms that have a share", hint))
    return _sampled(options, biology, forms)


def _forms(named: Sequence[str] | None, biology: Biology, with_all: bool) -> tuple[str, ...]:
    for name in named or ():
        if name not in biology.structures:
            expected = f"one of: {', '.join(biology.structures)}"
            raise no_such("--form", f"no form `{name}`", name, biology.structures, "", expected)
    shared = (one.id for one in biology.structures.values() if with_all or one.share > 0)
    return tuple(named or shared)


def _check(biology: Biology) -> int:
    from needlewise.healing.posterior import equations_digest, from_posterior  # noqa: PLC0415 - brings in numpy

    sample = from_posterior(biology)
    if biology.posterior is None or biology.posterior.equations != equations_digest():
        expected = "a fit of these equations"
        raise HealingError(Problem("biology/posterior.toml", "fitted to other equations", expected, "fit again"))
    print(
        f"The sample fits its figures, priors and equations: {len(sample.parameters)} rows of {len(sample.forms)} forms."
    )
    return 0


def _most_likely(biology: Biology, forms: Iterable[str]) -> str:
    from needlewise.healing.calibration import fit_table, most_likely  # noqa: PLC0415 - brings in numpy
    from needlewise.healing.likelihood import fitting  # noqa: PLC0415

    parts, rows = [], []
    for form in forms:
        asked = fitting(biology, form)
        best = most_likely(asked)
        rows.append(f"{form:<14} {best.misfit:9.2f} {best.prior:9.2f} {best.misfit + best.prior:9.2f}")
        table = fit_table(asked, best.numbers[None])
        parts.append(f"{form}\n" + "\n".join(_told(one, with_band=False) for one in table))
    head = f"{'form':<14} {'figures':>9} {'prior':>9} {'together':>9}   (chi-square at the most likely values)"
    return "\n\n".join(["\n".join([head, *rows]), *parts])


def _sampled(options: argparse.Namespace, biology: Biology, forms: Sequence[str]) -> int:
    from needlewise.healing.calibration import Walk  # noqa: PLC0415 - brings in numpy
    from needlewise.healing.posterior import as_file, as_toml  # noqa: PLC0415

    walk = Walk(options.walkers, options.steps, options.steps // 8, options.seed)
    made = [_one_form(biology, form, walk, options.rows) for form in forms]
    print("\n\n".join(one.text for one in made))
    loose = [one.fit.id for one in made if not one.converged]
    if loose:
        expected = "R-hat under 1.05, and a walk 30 times as long as its memory"
        raise HealingError(Problem(", ".join(loose), "not converged", expected, "take more --steps"))
    if options.write is not None:
        sample = as_file({one.fit.id: one.parameters for one in made})
        text = as_toml(tuple(one.fit for one in made), biology, sample, options.seed)
        write_file(sample, options.write / "posterior.npz")
        write_file(text.encode(), options.write / "posterior.toml")
        print(f"\nwritten: posterior.npz and posterior.toml in {options.write}")
    return 0


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """What came of one form."""

    fit: FormFit
    parameters: "Floats"
    text: str
    converged: bool


def _one_form(biology: Biology, form: str, walk: "Walk", rows: int) -> _Made:
    from tqdm import tqdm  # noqa: PLC0415 - an extra

    from needlewise.healing.calibration import fit_table, most_likely, sample, thinned  # noqa: PLC0415 - brings in numpy
    from needlewise.healing.likelihood import fitting, parameters_of  # noqa: PLC0415
    from needlewise.healing.posterior import fit_of  # noqa: PLC0415

    asked = fitting(biology, form)
    with tqdm(total=walk.steps, desc=form, unit="step", disable=not sys.stderr.isatty()) as bar:
        drawn = sample(asked, walk, bar.update)
    kept = thinned(drawn, rows, walk.seed)
    best = most_likely(asked)
    fit = fit_of(asked, walk, best, drawn, kept)
    text = _report(asked, fit, (best, drawn), fit_table(asked, kept))
    return _Made(fit, parameters_of(asked, kept), text, drawn.converged(walk.steps - walk.dropped))


def _report(asked: "Fitting", fit: FormFit, found: "tuple[Best, Drawn]", table: "Sequence[Told]") -> str:
    best, drawn = found
    lines = [
        f"{fit.id}: {asked.structure.name}",
        f"  figures {best.misfit:.2f}, prior {best.prior:.2f} (chi-square at the most likely values, {fit.values} values)",
        f"  {fit.walkers} walkers x {fit.steps - fit.dropped} steps: R-hat at most {fit.r_hat:.3f}, memory at most "
        f"{fit.memory_steps:.0f} steps, worth {fit.worth:.0f} draws or more, {fit.accepted:.0%} of moves taken",
        "",
        f"  {'quantity':<10} {'before':>10} {'after (90 %)':>30} {'narrowed to':>12}",
    ]
    for column, name in enumerate(fit.narrowed):
        lines.append(_quantity(asked, fit, name, drawn.numbers[:, column]))
    return "\n".join([*lines, "", *(f"  {_told(one)}" for one in table)])


def _quantity(asked: "Fitting", fit: FormFit, name: str, numbers: "Floats") -> str:
    import numpy as np  # noqa: PLC0415 - an extra

    row = asked.biology.parameters.get(name)
    median, log_sd = (row.median, row.log_sd) if row else (1.0, asked.biology.own_factor.log_sd)
    low, middle, high = median * np.exp(log_sd * np.quantile(numbers, (0.05, 0.5, 0.95)))
    mark = "  prior only" if fit.rests_on_prior(name) else ""
    return f"  {name:<10} {median:>10.4g} {f'{middle:.4g} ({low:.4g} to {high:.4g})':>30} {fit.narrowed[name]:>12.2f}{mark}"


def _told(one: "Told", with_band: bool = True) -> str:
    band = f" ({one.low:.3f} to {one.high:.3f})" if with_band else ""
    return f"{one.figure:<24} day {one.day:>5g}   read {one.read:.3f} ± {one.sd:.3f}   said {one.said:.3f}{band}"
