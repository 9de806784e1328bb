"""needlewise evidence pool [GROUP]: every group with its number of studies, or one of them pooled."""

import argparse
from difflib import get_close_matches
from pathlib import Path

from needlewise.cli.evidence.checking import base_of
from needlewise.cli.exits import WrongUseError
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.wording import plural
from needlewise.errors import Problem
from needlewise.evidence.effects import EffectKind, shown_unit
from needlewise.evidence.estimators import Method
from needlewise.evidence.groups import Group, groups_of
from needlewise.evidence.pooling import Estimate, Pool, estimates, leave_one_out, pool


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "group", nargs="?", metavar="GROUP", help="the id of a group; all of them are listed if left out"
    )
    methods = ", ".join(Method)
    parser.add_argument("--method", choices=tuple(Method), default=Method.REML, metavar="M", help=f"one of: {methods}")
    parser.add_argument("--folder", type=Path, metavar="PATH", help="another knowledge folder than our own")


def run(options: argparse.Namespace) -> int:
    groups = {group.key.id: group for group in groups_of(base_of(options.folder))}
    page = Page()
    if options.group is None:
        page.title("Groups of figures that speak of one thing", plural(len(groups), "group"))
        page.text("k: studies that enter the pool, of all that belong to the group. One study is shown, not pooled.")
        page.table([(f"k = {group.k} of {len(group.members)}", name) for name, group in groups.items()])
    elif options.group not in groups:
        near = get_close_matches(options.group, groups, n=1)
        hint = f"did you mean `{near[0]}`?" if near else "`needlewise evidence pool` lists them all"
        raise WrongUseError(Problem("evidence pool", f"no group `{options.group}`", "the id of a group", hint))
    else:
        _write_group(page, groups[options.group], Method(options.method))
    write_text(str(page))
    return 0


def _write_group(page: Page, group: Group, method: Method) -> None:
    page.title(group.key.id, f"k = {group.k}")
    if group.k:
        _write_pool(page, pool(group.effects, method))
    else:
        page.text("Nothing here can be pooled; the figures are told study by study.")
    left = [(one.study.id, one.why_not) for one in group.members if one.effect is None]
    if left:
        page.section("Belongs here and enters no pool")
        page.table(left)


def _write_pool(page: Page, found: Pool) -> None:
    page.section("Studies")
    page.table([("study", "people", "value", "weight"), *_rows(found)])
    page.section("One study" if found.note else "Pooled")
    if found.note:
        page.text(found.note[0].upper() + found.note[1:] + ".", 2)
    page.pairs(
        [
            ("value", f"{_told(found, found.best)} ({shown_unit(found.kind)})"),
            ("people", str(found.people)),
            (
                "method",
                "" if found.note else f"{found.method}, interval of Knapp and Hartung, never narrower than plain",
            ),
            ("new study", _prediction(found)),
            ("disagreement", _disagreement(found)),
            (
                "small studies",
                found.small_study_note or (f"p = {found.small_study.p:.2g}" if found.small_study else ""),
            ),
            ("assumed", "; ".join(found.assumed)),
        ],
        indent=2,
    )
    if found.k > 1:
        page.section("The same under every method")
        rows = estimates([one.effect for one in found.effects])
        page.table([(method.value, _told(found, one)) for method, one in rows.items()])
        page.section("Without each study in turn")
        page.table([(study, _told(left, left.best)) for study, left in leave_one_out(found)])


def _rows(found: Pool) -> list[tuple[str, str, str, str]]:
    return [
        (
            one.effect.label,
            str(one.effect.n),
            _span(found, one.effect.value, one.low, one.high),
            f"{one.random_percent:.0f} %",
        )
        for one in found.effects
    ]


def _told(found: Pool, one: Estimate) -> str:
    return _span(found, one.value, one.low, one.high)


def _span(found: Pool, value: float, low: float, high: float) -> str:
    shown = [found.as_shown(one) for one in (value, low, high)]
    if found.kind is EffectKind.PROPORTION:
        middle, least, most = (f"{100 * one:.0f} %" for one in shown)
    else:
        middle, least, most = (f"{one:.3g}" for one in shown)
    return f"{middle} ({least} to {most})"


def _prediction(found: Pool) -> str:
    if found.prediction is None:
        return found.prediction_note
    value = found.best.value
    return f"would lie in {_span(found, value, found.prediction.low, found.prediction.high).partition('(')[2][:-1]}"


def _disagreement(found: Pool) -> str:
    if found.tau2 is None or found.tau2_interval is None:
        return ""
    bounds = found.tau2_interval
    return (
        f"I2 {found.i2_percent:.0f} %, tau2 {found.tau2:.3g} ({bounds.low:.3g} to {bounds.high:.3g}), "
        f"Q {found.q:.3g} with p = {found.q_p:.2g}"
    )
