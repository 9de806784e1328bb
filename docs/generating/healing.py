"""healing-model.md: the model of healing as it stands: states, equations, quantities, forms, figures, and how they fit."""

import inspect
from collections.abc import Iterator
from math import exp

from generating.markdown import basis, bullets, mark_rows, page, table
from needlewise.healing import model
from needlewise.knowledge import (
    Biology,
    DoseSpread,
    Figure,
    FormFit,
    LayerRow,
    Parameter,
    Protocol,
    Structure,
    load_biology,
)

INTRODUCTION = """\
What the model computes with. Why it is built so, how well it fits and where it ends is told in
[How skin heals](../explanation/healing.md). Nothing of it enters a verdict or a plan. Time is in days, amounts are relative
to untreated dermis of the treated layer."""
QUANTITIES = """\
"Before" is the median of the prior and its 90 %. The columns of the forms say to what part of its spread a quantity was
narrowed by the figures, in log units: 1.00 means that they said nothing (**prior only**): where the prior was chosen too,
and not read off a study, it is a guess, and what hangs on it counts as very uncertain. An empty field: held fixed in that form."""
FIGURES = """\
What was read, its error, and what each form says of it after the fit (median, 90 % of the sample). "Per" says what a value
is a share of: untreated skin (rest), the peak, or the value on another day."""
LAYERS = """\
The layer that a dose is reckoned for is the dermis. A zone takes the row of the site that lies in it, else the one that a
neighbour lends it, else the row for every other zone; where the sex is not known, the thinner."""


def healing_page(protocol: Protocol) -> str:
    biology = load_biology(protocol)
    fits = biology.posterior.form if biology.posterior else ()
    parts = (model.rates, model.needled, model.observed)
    return page(
        "The model of healing",
        INTRODUCTION,
        "## States",
        table(("symbol", "what it counts"), ((f"`{name}`", what) for name, what in model.STATES.items())),
        "## Equations",
        *(f"```py\n{inspect.getsource(part).rstrip()}\n```" for part in parts),
        "## Forms",
        *(_form(one, fits) for one in biology.structures.values()),
        "## Quantities",
        QUANTITIES,
        table(
            ("symbol", "what", "unit", "before", *(fit.id for fit in fits), "basis", "why"),
            (_quantity(row, fits) for row in biology.parameters.values()),
        ),
        "## Figures",
        FIGURES,
        *(_figure(one, fits) for one in biology.figures.values()),
        "## How people differ",
        *_people(biology),
        "## What is not known of a dose",
        *map(_spread, biology.dose.values()),
        "## The skin of the zones",
        LAYERS,
        table(
            ("site", "sex", "zones", "lent to", "epidermis, mm", "dermis, mm", "spread", "basis", "why"),
            map(_layers, biology.layers.values()),
        ),
        "## How far the figures reach",
        bullets(
            (
                one.name,
                f"{f'at least {one.least:g}' if one.least is not None else f'at most {one.most:g}'}. {one.mark.why}",
            )
            for one in biology.bounds.values()
        ),
    )


def _form(one: Structure, fits: tuple[FormFit, ...]) -> str:
    fit = next((fit for fit in fits if fit.id == one.id), None)
    rows = [
        ("", one.name),
        ("Held fixed", ", ".join(f"`{name}` = {value:g}" for name, value in one.fixed.items())),
        ("Share in an average", f"{one.share:g}"),
    ]
    if fit:
        worth = f"worth {fit.worth:.0f} independent draws or more, {fit.accepted:.0%} of moves taken"
        rows += [
            (
                "Chi-square at the most likely values",
                f"figures {fit.misfit:g}, prior {fit.prior:g}; {fit.values} values",
            ),
            ("Sample", f"{fit.rows} rows of {fit.walkers} walkers x {fit.steps - fit.dropped} steps, {worth}"),
            ("Agreement", f"R-hat at most {fit.r_hat:g}, memory at most {fit.memory_steps:.0f} steps"),
        ]
    return f"### {one.id}\n\n{bullets([*rows, *mark_rows(one.mark)])}"


def _quantity(row: Parameter, fits: tuple[FormFit, ...]) -> Iterator[str]:
    yield from (f"`{row.id}`", row.name, row.unit)
    yield f"{row.median:g} ({_band(row.median, row.log_sd)})" if row.log_sd else f"{row.median:g}, fixed"
    for fit in fits:
        value = fit.narrowed.get(row.id)
        yield "" if value is None else f"**{value:.2f}, prior only**" if fit.rests_on_prior(row.id) else f"{value:.2f}"
    yield from (basis(row.mark), row.mark.why)


def _figure(one: Figure, fits: tuple[FormFit, ...]) -> str:
    rows = []
    for number, (day, value, sd) in enumerate(zip(one.days, one.values, one.sd, strict=True)):
        said = (fit.said[one.id][number] for fit in fits)
        told = (f"{middle:.3g} ({low:.3g} to {high:.3g})" for low, middle, high in said)
        rows.append((f"{day:g}", f"{value:g} ± {sd:g}", *told))
    factor = ("Factor", "the study has one of its own") if one.own_factor else ("", "")
    head = bullets([("Of", f"{one.observable}; {one.setting}; per {one.per}"), factor, *mark_rows(one.mark)])
    return f"### {one.id}\n\n{head}\n\n{table(('day', 'read', *(fit.id for fit in fits)), rows)}"


def _people(biology: Biology) -> Iterator[str]:
    for one in biology.between.values():
        said = ("Nine of ten people", f"{_band(1.0, one.log_sd)} times the middle")
        yield f"### Between people: {one.parameter}\n\n{bullets([said, *mark_rows(one.mark)])}"
    for row in biology.ageing:
        said = (
            f"From {row.from_years:g} to {row.to_years:g} years",
            f"falls in a straight line to {row.factor:g} of it",
        )
        yield f"### Age: {', '.join(row.parameters)}\n\n{bullets([said, *mark_rows(row.mark)])}"


def _layers(one: LayerRow) -> tuple[str, ...]:
    zones = "every other" if one.every_other else ", ".join(one.zones)
    spread = f"{one.dermis_sd_mm:g}" if one.dermis_sd_mm else ""
    thick = (f"{one.epidermis_mm:g}", f"{one.dermis_mm:g}", spread)
    return (one.site, one.sex or "both", zones, ", ".join(one.lent_to), *thick, basis(one.mark), one.mark.why)


def _spread(one: DoseSpread) -> str:
    rows = [
        ("Median", f"{one.median:g} {one.unit if one.unit != '1' else ''}".strip()),
        ("Nine of ten", _band(one.median, one.log_sd)),
        ("Never beyond", f"{one.least:g} to {one.most:g}"),
    ]
    return f"### {one.name[0].upper()}{one.name[1:]}\n\n{bullets([*rows, *mark_rows(one.mark)])}"


def _band(median: float, log_sd: float) -> str:
    reach = exp(1.645 * log_sd)
    return f"{median / reach:.2g} to {median * reach:.2g}"
