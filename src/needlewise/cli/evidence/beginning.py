"""needlewise evidence new: the two files of a study, begun from what a publication says of itself."""

import argparse
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from needlewise.cli.evidence.opening import base_of
from needlewise.cli.evidence.published import text_of
from needlewise.cli.exits import CannotWriteError, WrongUseError
from needlewise.cli.inputs import add_day
from needlewise.cli.outputs import write_file, write_text
from needlewise.errors import EvidenceError, Problem
from needlewise.interop.citations import Citation, citation_of, citation_of_doi
from needlewise.interop.study_toml import Draft, free_id, held_already, slug, source_text, study_text
from needlewise.knowledge import Design, EvidenceBase

_LIBRARIES = ("rispy", "nbib")


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="one publication, as RIS or PubMed's .nbib")
    parser.add_argument("--doi", metavar="DOI", help="a bare DOI instead; its bibliography stays to be filled in")
    parser.add_argument("--id", metavar="ID", help="the id of the study; name and year of the first author if left out")
    parser.add_argument("--group", metavar="GROUP", help="what was studied; to be filled in if left out")
    parser.add_argument(
        "--design",
        choices=[one.value for one in Design],
        metavar="D",
        help=f"how it was built; one of: {', '.join(Design)}",
    )
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="write studies/ID.toml and sources/ID.toml below it")
    parser.add_argument("--folder", type=Path, metavar="PATH", help="another knowledge folder than our own")
    add_day(parser, "the day on which the study enters the base")


def run(options: argparse.Namespace) -> int:
    if (options.file is None) == (options.doi is None):
        raise WrongUseError(Problem("evidence new", "a file and a DOI, or neither", "one of the two"))
    citation, origin = _read(options)
    base = base_of(options.folder)
    groups = sorted({group for one in base.protocol.indications.values() for group in one.studies})
    if options.group is not None and options.group not in groups:
        raise WrongUseError(
            Problem("--group", f"no group of studies `{options.group}`", f"one of: {', '.join(groups)}")
        )
    _refuse_held(citation, base)
    draft = Draft(
        id=_id_of(options.id, citation, base),
        citation=citation,
        origin=origin,
        added=options.on or date.today(),
        group=options.group or "",
        design=Design(options.design) if options.design else None,
    )
    texts = {f"studies/{draft.id}.toml": study_text(draft, groups), f"sources/{draft.id}.toml": source_text(draft)}
    if options.to is None:
        write_text("\n".join(f"# ---- {name}\n{text}" for name, text in texts.items()))
    else:
        _write({options.to / name: text for name, text in texts.items()})
    return 0


def _read(options: argparse.Namespace) -> tuple[Citation, str]:
    if options.doi is not None:
        found = citation_of_doi(options.doi)
        return found, f"the DOI {found.doi}"
    if any(find_spec(name) is None for name in _LIBRARIES):
        hint = "pip install 'needlewise[evidence]', or name its DOI with --doi"
        raise WrongUseError(Problem("evidence new", "rispy or nbib is not installed", "both packages", hint))
    return citation_of(text_of(options.file), str(options.file)), options.file.name


def _refuse_held(citation: Citation, base: EvidenceBase) -> None:
    held = list(held_already(citation, base))
    if held:
        raise EvidenceError(
            Problem(
                f"studies/{study.id}.toml",
                f"holds {number} already",
                "a publication that is not in the base",
                f"add to that file what is new; `needlewise evidence show {study.id}` tells what it holds",
            )
            for study, number in held
        )


def _id_of(wanted: str | None, citation: Citation, base: EvidenceBase) -> str:
    taken = base.studies.keys() | base.protocol.sources.keys()
    if wanted is None:
        if not (citation.family_name or citation.doi or citation.pmid):
            raise EvidenceError(Problem("evidence new", "neither author, DOI nor PMID", "an id", "name one with --id"))
        return free_id(citation, taken)
    if wanted != slug(wanted):
        raise WrongUseError(Problem("--id", f"`{wanted}`", "small letters, digits and _", f"such as {slug(wanted)}"))
    if wanted in taken:
        raise WrongUseError(Problem("--id", f"`{wanted}` is taken", "an id that no study and no source has"))
    return wanted


def _write(texts: dict[Path, str]) -> None:
    there = [path for path in texts if path.exists()]
    if there:
        raise CannotWriteError(Problem(str(path), "is there already", "a new file", "name an --id") for path in there)
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            reason = (fault.strerror or "cannot be made").lower()
            raise CannotWriteError(Problem(str(path.parent), reason, "a folder that can be written to")) from None
        write_file(text.encode("utf-8"), path)
        print(path)
