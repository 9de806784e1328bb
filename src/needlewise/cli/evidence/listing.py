"""needlewise evidence list [INDICATION]: studies, one line each."""

import argparse
from pathlib import Path

from needlewise.cli.evidence.opening import base_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.refusing import no_such
from needlewise.cli.wording import plural
from needlewise.knowledge import Study


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("indication", nargs="?", metavar="INDICATION", help="the id of an indication; all if left out")
    parser.add_argument("--folder", type=Path, metavar="PATH", help="another knowledge folder than our own")


def run(options: argparse.Namespace) -> int:
    base = base_of(options.folder)
    name = options.indication
    if name is not None and name not in base.protocol.indications:
        expected = f"one of: {', '.join(base.protocol.indications)}"
        raise no_such("evidence list", f"no indication `{name}`", name, base.protocol.indications, "", expected)
    studies = list(base.studies.values() if name is None else base.studies_of(name))
    page = Page()
    page.title(f"{plural(len(studies), 'study', 'studies')}{f' of {name}' if name else ''}", base.digest)
    for group in dict.fromkeys(study.group for study in studies):
        page.section(group.replace("_", " "))
        page.table([(study.id, _line(study)) for study in studies if study.group == group])
    write_text(str(page))
    return 0


def _line(study: Study) -> str:
    people = study.people.counted
    parts = [
        f"{study.author or 'author not read'} {study.year or ''}".strip(),
        study.design.value.replace("_", " "),
        "number of people not read" if people is None else f"{people} people",
        "" if study.has_figures else "no figure for effect",
        study.never_pool,
    ]
    return "; ".join(filter(None, parts))
