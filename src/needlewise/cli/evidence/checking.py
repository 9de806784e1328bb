"""needlewise evidence check: all studies, and whether their figures add up."""

import argparse
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from needlewise.cli.evidence.opening import base_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.wording import plural
from needlewise.knowledge import Arm, Contrast, EvidenceBase, Harm, Outcome, People, Study


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, metavar="PATH", help="another knowledge folder than our own")


def run(options: argparse.Namespace) -> int:
    base = base_of(options.folder)
    held = "not computed: pip install 'needlewise[evidence]'"
    if find_spec("scipy") is not None:
        from needlewise.cli.evidence.gradings import that_hold  # noqa: PLC0415 - brings in numpy

        held = str(len(that_hold(base, options.folder)))
    write_text(_page(base, held))
    return 0


def _page(base: EvidenceBase, claims: str) -> str:
    studies = base.studies.values()
    arms = [arm for study in studies for arm in study.arm]
    page = Page()
    page.title("The studies are sound", base.digest)
    page.table(
        [
            ("studies", str(len(studies))),
            ("arms", str(len(arms))),
            ("outcomes", str(sum(len(arm.outcome) for arm in arms))),
            ("contrasts", str(sum(len(study.contrast) for study in studies))),
            ("unwanted effects", str(sum(len(arm.harm) for arm in arms))),
            ("with a figure for effect", str(sum(study.has_figures for study in studies))),
            ("claims whose verdict holds", claims),
            ("retracted", str(sum(study.retracted is not None for study in studies))),
        ]
    )
    page.section("How they were read")
    page.table([(kind, str(count)) for kind, count in Counter(study.verified.value for study in studies).most_common()])
    page.section("Kept as printed though the figures do not add up")
    for line in _accepted(base):
        page.item(line, 2)
    page.blank()
    page.text(f"{plural(sum(bool(study.never_pool) for study in studies), 'study', 'studies')} never pooled.")
    return str(page)


def _accepted(base: EvidenceBase) -> Iterator[str]:
    for study in base.studies.values():
        rows: list[Study | People | Arm | Outcome | Harm | Contrast] = [study, study.people, *study.contrast]
        for arm in study.arm:
            rows += [arm, *arm.outcome, *arm.harm]
        for row in rows:
            for one in row.accepted:
                yield f"{study.id}, {one.check}: {one.why}"
