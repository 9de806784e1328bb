"""A pool split by a column, and a line drawn over columns: what --by and --on of `needlewise evidence pool` print."""

import argparse
import math
from collections.abc import Sequence

from needlewise.cli.evidence.pool_page import told_of
from needlewise.cli.page import Page
from needlewise.evidence.effects import Effect
from needlewise.evidence.methods import Method
from needlewise.evidence.moderators import numbers, parts
from needlewise.evidence.pooling import regress, subgroups
from needlewise.evidence.sheet import Columns


def write_parts(page: Page, effects: Sequence[Effect], columns: Columns, options: argparse.Namespace) -> None:
    """Nothing where neither was asked for."""
    method = Method(options.method)
    if options.by is not None:
        found = subgroups(parts(effects, columns, options.by), method)
        page.section(f"By {options.by}")
        page.table([(name, f"k = {pool.k}", told_of(pool, pool.best)) for name, pool in found.pools.items()])
        page.text(f"Whether they differ: Q {found.q:.3g}, {found.df} degrees of freedom, p = {found.p:.2g}.", 2)
    if options.on:
        model = regress(effects, {name: numbers(effects, columns, name) for name in options.on}, method, options.few)
        page.section(f"Over {', '.join(options.on)}")
        rows = []
        for number, name in enumerate(("start", *options.on)):
            value, se = model.estimates[number], model.standard_errors[number]
            bounds = (model.cautious or model.wald)[number]
            p = math.erfc(abs(value / se) / math.sqrt(2))
            rows.append(
                (name, f"{value:.3g} ({bounds.low:.3g} to {bounds.high:.3g})", f"z = {value / se:.2f}, p = {p:.2g}")
            )
        page.table(rows)
        page.text("On the scale of the pool: shares as logit, ratios as logarithm.", 2)
        if options.few:
            page.text("Drawn through few studies because it was asked for: such a line fits noise.", 2)
