"""needlewise evidence without STUDY: every pool, claim and forecast that moves when a study no longer counts."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from needlewise.cli.evidence.opening import base_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.refusing import need, no_such
from needlewise.cli.wording import plural

if TYPE_CHECKING:
    from needlewise.evidence.forecast import Expected
    from needlewise.evidence.harms import HarmRate
    from needlewise.evidence.resting import Moved


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", metavar="STUDY", help="the id of a study; `needlewise evidence list` names them")
    parser.add_argument("--folder", type=Path, metavar="PATH", help="another knowledge folder than our own")


def run(options: argparse.Namespace) -> int:
    need("evidence without", "scipy", "SciPy")
    from needlewise.cli.evidence.gradings import gradings_of  # noqa: PLC0415 - brings in numpy
    from needlewise.evidence.resting import moved_without  # noqa: PLC0415

    base = base_of(options.folder)
    study = base.studies.get(options.study)
    if study is None:
        every, name = "`needlewise evidence list` names them all", options.study
        raise no_such("evidence without", f"no study `{name}`", name, base.studies, every, "the id of a study")
    page = Page()
    page.title(f"Without {study.id}", base.digest)
    if study.retracted is not None:
        page.text(f"It was retracted on {study.retracted.on.isoformat()}; this is what that moved.")
    else:
        page.text('Nothing is changed. One line in its file, retracted = { on = DAY, why = "..." }, would move this.')
    _write(page, moved_without(study.id, base, gradings_of(base, options.folder)))
    write_text(str(page))
    return 0


def _write(page: Page, moved: "Moved") -> None:
    if moved.is_nothing:
        page.blank()
        page.text("Nothing moves: no pool, claim or forecast is computed from it.")
    if moved.pools:
        page.section("Pools")
        page.table([
            (one.group.key.id, f"k {one.k_before} to {one.k_after}", f"{_value(one.before)} to {_value(one.after)}")
            for one in moved.pools
        ])  # fmt: skip
    if moved.numbers:
        page.section("Numbers of claims")
        page.table([
            (one.claim.claim.id, one.number, f"{one.before} to {one.after}",
             "outside its bounds: read the claim again" if one.is_stale else "")
            for one in moved.numbers
        ])  # fmt: skip
    if moved.deciding:
        page.section("Claims it decides")
        page.table([(one.claim.id, one.claim.claim) for one in moved.deciding])
    if moved.forecasts:
        page.section("Forecasts")
        page.table([
            (one.indication.id, one.before.label, f"{_expected(one.before)} to {_expected(one.after)}")
            for one in moved.forecasts
        ])  # fmt: skip
    if moved.harms:
        page.section("Unwanted effects")
        page.table([(one.before.kind.label, f"{_counted(one.before)} to {_counted(one.after)}") for one in moved.harms])
    if moved.judgements:
        page.section("Judgements of certainty that rest on it")
        page.table([(f"{one.group}, {one.step}", one.why) for one in moved.judgements])


def _counted(rate: "HarmRate") -> str:
    figures = len(rate.without_of) + len(rate.measured)
    counted = f"{rate.everywhere.count} of {rate.everywhere.of}" if rate.everywhere else "nothing counted"
    return f"{counted}, {plural(figures, 'further figure')}" if figures else counted


def _value(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.3g}"


def _expected(one: "Expected | None") -> str:
    if one is None or one.prediction is None:
        return "not known"
    group = one.prediction.group
    return f"{one.prediction.value:.2f} ({group.low:.2f} to {group.high:.2f})"
