"""needlewise evidence check: all studies, and whether their figures add up."""

import argparse
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from needlewise.cli.evidence.gradings import that_hold
from needlewise.cli.exits import WrongUseError
from needlewise.cli.inputs import protocol_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.wording import plural
from needlewise.errors import KnowledgeError, Problem
from needlewise.knowledge import Arm, Contrast, EvidenceBase, Harm, Outcome, People, Study, load_evidence


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, metavar="PATH", help="another knowledge folder than our own")


def run(options: argparse.Namespace) -> int:
    base = base_of(options.folder)
    claims = that_hold(base, options.folder)
    write_text(_page(base, len(claims)))
    return 0


def base_of(folder: Path | None = None) -> EvidenceBase:
    """The evidence of a knowledge folder, our own if none is named. Problems name that folder."""
    if folder is not None and not folder.is_dir():
        raise WrongUseError(Problem(str(folder), "not a folder", "a folder of knowledge files"))
    protocol = protocol_of(date.today(), folder)
    if folder is None:
        return load_evidence(protocol)
    try:
        return load_evidence(protocol, folder)
    except KnowledgeError as error:
        told = (Problem(f"{folder}/{p.where}", p.found, p.expected, p.hint) for p in error.problems)
        raise KnowledgeError(told) from None


def _page(base: EvidenceBase, claims: int) -> str:
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
            ("claims whose verdict holds", str(claims)),
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
