"""needlewise simulate CASE.toml: how skin is expected to heal after the plan."""

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from needlewise.cli.exits import WrongUseError
from needlewise.cli.inputs import add_day, add_overlay, case_of, protocol_of
from needlewise.cli.outputs import write_text
from needlewise.cli.refusing import need
from needlewise.consultation import PEOPLE, Consultation, consult, foresee
from needlewise.errors import Problem
from needlewise.knowledge import Biology, load_biology

if TYPE_CHECKING:
    from needlewise.healing.course import Course
    from needlewise.interop.outlook import Outlook

TEXT, JSON, SVG, SBML = "text", "json", "svg", "sbml"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", type=Path, metavar="CASE.toml", help="the case file; - reads standard input")
    add_day(parser, "the day of the consultation")
    add_overlay(parser)
    parser.add_argument("--people", type=int, default=PEOPLE, metavar="N", help=f"virtual people; {PEOPLE} if left out")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="which virtual people; 0 if left out")
    parser.add_argument("--form", metavar="ID", help="one form of the model instead of the average over all")
    parser.add_argument(
        "--format", choices=(TEXT, JSON, SVG, SBML), default=TEXT, help="text (the default), json, svg or sbml"
    )
    parser.add_argument("--place", metavar="ZONE", help="only this place; svg and sbml need it where places differ")
    parser.add_argument("--out", type=Path, metavar="PATH", help="a file to write; standard output if left out")


def run(options: argparse.Namespace) -> int:
    need("simulate", "numba", "Numba", "healing")
    if options.seed < 0:
        raise WrongUseError(Problem("--seed", f"{options.seed}", "0 or more"))
    on = options.on or date.today()
    protocol = protocol_of(on, overlay=options.overlay)
    case, _ = case_of(options.case, protocol, on)
    consultation, biology = consult(case, protocol, on), load_biology(protocol)
    _check_form(options.form, biology)
    from needlewise.interop.outlook import outlooks  # noqa: PLC0415 - brings in numpy

    everywhere = outlooks(foresee(case, consultation, biology, options.people, options.seed), biology)
    found = _at(options.place, everywhere)
    if options.format == JSON:
        from needlewise.cli.course_text import why_nothing  # noqa: PLC0415
        from needlewise.interop.course_document import course_document  # noqa: PLC0415

        document = course_document(found, biology, options.form) | {"verdict": consultation.verdict.word}
        if all(one.course is None for one in found):
            document["why_nothing"] = why_nothing(found, consultation)
        write_text(json.dumps(document, indent=1, ensure_ascii=False), options.out)
    elif options.format == SVG:
        write_text(_svg(found, consultation, options.form), options.out)
    elif options.format == SBML:
        write_text(_sbml(found, consultation, options.form, biology), options.out)
    else:
        from needlewise.cli.course_text import course_text  # noqa: PLC0415

        write_text(course_text(found, consultation, biology, options.form), options.out)
    return 0


def _check_form(form: str | None, biology: Biology) -> None:
    known = [one.id for one in biology.structures.values() if one.share > 0]
    if form is not None and form not in known:
        raise WrongUseError(Problem("--form", f"no form `{form}` in the average", f"one of: {', '.join(known)}"))


def _at(place: str | None, found: "Sequence[Outlook]") -> "Sequence[Outlook]":
    if place is None:
        return found
    here = [one for one in found if any(place in (name, name.rpartition("-")[0]) for name in one.treated.places)]
    if not here:
        planned = ", ".join(name for one in found for name in one.treated.places) or "none, nothing is planned"
        raise WrongUseError(Problem("--place", f"nothing is planned at `{place}`", f"one of: {planned}"))
    return here


def _svg(found: "Sequence[Outlook]", consultation: Consultation, form: str | None) -> str:
    need("simulate --format svg", "vl_convert", "vl-convert", "healing")
    from needlewise.interop.charts.course_drawing import year_svg  # noqa: PLC0415 - brings in the renderer
    from needlewise.interop.charts.drawing import Palette  # noqa: PLC0415

    one, course = _the_one(SVG, found, consultation)
    return year_svg(course, Palette.PRINT, one.label, form)


def _sbml(found: "Sequence[Outlook]", consultation: Consultation, form: str | None, biology: Biology) -> str:
    """The person in the middle of one form, for other simulators; the first form that has a share if none is named."""
    need("simulate --format sbml", "libsbml", "libSBML", "healing")
    from needlewise.healing.typical import typical  # noqa: PLC0415 - brings in numpy
    from needlewise.interop.sbml import sbml_of  # noqa: PLC0415 - brings in libSBML

    _, course = _the_one(SBML, found, consultation)
    return sbml_of(typical(course.regimen, biology, form or next(iter(course.forms))))


def _the_one(kind: str, found: "Sequence[Outlook]", consultation: Consultation) -> "tuple[Outlook, Course]":
    """The one course there is. Where there is none, or several, that is said."""
    from needlewise.cli.course_text import why_nothing  # noqa: PLC0415

    drawn = [(one, one.course) for one in found if one.course is not None]
    if len(drawn) != 1:
        places = ", ".join(one.place for one, _ in drawn)
        where = f"{len(drawn)} courses differ" if drawn else why_nothing(found, consultation)
        hint = f"name one: `--place` {places}" if drawn else "the text form says more"
        raise WrongUseError(Problem(f"--format {kind}", where, "one course", hint))
    return drawn[0]
