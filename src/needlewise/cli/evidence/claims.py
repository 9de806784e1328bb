"""needlewise evidence claims [CLAIM]: what articles say, graded; or one claim with its numbers and studies."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from needlewise.cli.evidence.opening import base_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.refusing import need, no_such
from needlewise.cli.wording import plural
from needlewise.knowledge import EvidenceBase, Grade

if TYPE_CHECKING:
    from needlewise.evidence.claim_numbers import Computed
    from needlewise.evidence.claims import GradedClaim


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("claim", nargs="?", metavar="CLAIM", help="the id of a claim; all are listed if left out")
    parser.add_argument("--folder", type=Path, metavar="PATH", help="another knowledge folder than our own")


def run(options: argparse.Namespace) -> int:
    need("evidence claims", "scipy", "SciPy")
    from needlewise.cli.evidence.gradings import gradings_of  # noqa: PLC0415 - brings in numpy

    base = base_of(options.folder)
    found = {one.claim.id: one for one in gradings_of(base, options.folder)}
    page = Page()
    if options.claim is None:
        _write_list(page, list(found.values()))
    elif options.claim not in found:
        every = "`needlewise evidence claims` lists them all"
        raise no_such(
            "evidence claims", f"no claim `{options.claim}`", options.claim, found, every, "the id of a claim"
        )
    else:
        _write_claim(page, found[options.claim], base)
    write_text(str(page))
    return 0


def _write_list(page: Page, found: "list[GradedClaim]") -> None:
    page.title("What articles say, held against the studies", plural(len(found), "claim"))
    for grade in Grade:
        rows = [(one.claim.id, one.claim.claim) for one in found if one.claim.verdict is grade]
        if rows:
            page.section(_word(grade))
            page.table(rows)
    _write_stale(page, found)


def _write_claim(page: Page, one: "GradedClaim", base: EvidenceBase) -> None:
    claim = one.claim
    page.title(claim.id, _word(claim.verdict))
    page.text(claim.claim)
    page.section("Why")
    page.text(one.reason, 2)
    page.section("For patients")
    page.text(one.plain, 2)
    page.section("Numbers")
    for number in one.numbers.values():
        page.item(_number(number), 2)
    page.section("Decided by")
    for name in claim.study:
        page.item(f"{name}: {base.studies[name].title}", 2)
    for name in claim.source:
        page.item(f"{name}: {base.protocol.sources[name].citation}", 2)
    page.blank()
    page.pairs(
        [
            ("would change it", claim.what_would_change_it),
            ("serves", ", ".join(claim.seeds)),
            ("indications", ", ".join(claim.indication)),
            ("from", f"{claim.from_day.isoformat()}, compiled {claim.compiled.isoformat()}"),
        ]
    )
    _write_stale(page, [one])


def _number(number: "Computed") -> str:
    least, most = number.number.bounds
    interval = "" if number.low is None or number.count is None else (
        f", {number.told('percent')} (95 % interval {number.told('low')} to {number.told('high')})"
    )  # fmt: skip
    parts = [
        f"{number.number.id} ({number.number.query}): {number.told()}{interval}",
        f"the verdict holds from {least:g} to {most:g}",
        f"from {plural(len(number.studies), 'study', 'studies')}: {', '.join(number.studies)}"
        if number.studies
        else "",
        *number.assumed,
    ]
    return "; ".join(filter(None, parts))


def _write_stale(page: Page, found: "list[GradedClaim]") -> None:
    rows = [(one.claim.id, number.number.id) for one in found for number in one.stale]
    if rows:
        page.section("To be read again: numbers outside the bounds of their verdict")
        page.table(rows)


def _word(grade: Grade) -> str:
    return grade.value.replace("-", " ")
