"""needlewise consult CASE.toml: screen a case and plan it."""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from needlewise.cli.exits import WrongUseError
from needlewise.cli.inputs import add_day, add_overlay, case_of, protocol_of
from needlewise.cli.outputs import refuse_terminal, write_bytes, write_text
from needlewise.cli.refusing import need
from needlewise.clinical.case import Case
from needlewise.consultation import Consultation, consult, forecast, foresee
from needlewise.errors import Problem
from needlewise.knowledge import Protocol, load_biology, load_evidence

if TYPE_CHECKING:
    from needlewise.interop.expectations import Expectation
    from needlewise.interop.outlook import Outlook

PATIENT, PRACTITIONER = "patient", "practitioner"
TEXT, JSON, PDF, ICS = "text", "json", "pdf", "ics"
# For whom a form is written unless one says so. A document and a calendar are the same for both.
READERS = {TEXT: PRACTITIONER, JSON: PRACTITIONER, PDF: PATIENT, ICS: PATIENT}


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", type=Path, metavar="CASE.toml", help="the case file; - reads standard input")
    add_day(parser, "the day of the consultation")
    add_overlay(parser)
    parser.add_argument(
        "--format", choices=tuple(READERS), default=TEXT, help="text (the default), json, pdf or ics (a calendar)"
    )
    parser.add_argument(
        "--for",
        dest="reader",
        choices=(PATIENT, PRACTITIONER),
        help="for whom: practitioner for text and json, patient for pdf, if left out",
    )
    parser.add_argument("--why", metavar="ZONE", action="append", help="only the steps behind the numbers of a zone")
    parser.add_argument("--forecast", action="store_true", help="add what the trials say of the plan; text and pdf")
    parser.add_argument("--healing", action="store_true", help="add how skin is expected to heal; the patient's pdf")
    parser.add_argument("--out", type=Path, metavar="PATH", help="a file to write; standard output if left out")


def run(options: argparse.Namespace) -> int:
    reader = options.reader or READERS[options.format]
    _check(options, reader)
    on = options.on or date.today()
    protocol = protocol_of(on, overlay=options.overlay)
    case, tables = case_of(options.case, protocol, on)
    consultation = consult(case, protocol, on)
    if options.format == ICS:
        write_bytes(_calendar(consultation, protocol, options.case.stem or "plan"), options.out)
    elif options.format == PDF:
        expected = _expected(consultation, case, protocol) if options.forecast else ()
        healing = _healing(consultation, case, protocol) if options.healing else ()
        write_bytes(_pdf(reader, consultation, case, protocol, (expected, healing)), options.out)
    elif options.format == JSON:
        write_text(_json(consultation, protocol, tables), options.out)
    elif options.why:
        write_text(_why(consultation, protocol, options.why), options.out)
    else:
        text = _page(reader, consultation, case, protocol)
        if options.forecast:
            from needlewise.cli.forecast_text import forecast_text  # noqa: PLC0415

            text += forecast_text(_expected(consultation, case, protocol), for_patient=reader == PATIENT)
        write_text(text, options.out)
    return 0


def _check(options: argparse.Namespace, reader: str) -> None:
    """Options that do not go together, before any work is done."""
    if options.why and options.format != TEXT:
        raise WrongUseError(
            Problem("--why", f"has no {options.format} form", "--format text", "the json form has every step")
        )
    if options.format in (JSON, ICS) and reader != READERS[options.format]:
        hint = f"leave `--for` out; the {options.format} form is one and the same"
        raise WrongUseError(Problem("--for", f"no {options.format} form for the {reader}", "text or pdf", hint))
    if options.forecast and (options.format not in (TEXT, PDF) or options.why):
        hint = "leave `--forecast` out: the forecast stands beside the decision and is no part of it"
        raise WrongUseError(Problem("--forecast", f"no forecast in this {options.format} form", "text or pdf", hint))
    if options.forecast:
        need("--forecast", "scipy", "SciPy")
    if options.healing and (options.format != PDF or reader != PATIENT):
        hint = "`needlewise simulate` has it as text, json and svg"
        raise WrongUseError(Problem("--healing", f"no such {options.format} form", "--format pdf", hint))
    if options.healing:
        need("--healing", "numba", "Numba", "healing")
    if options.format in (PDF, ICS):
        refuse_terminal(options.out, options.format)


def _page(reader: str, consultation: Consultation, case: Case, protocol: Protocol) -> str:
    if reader == PATIENT:
        from needlewise.cli.patient_page import patient_page  # noqa: PLC0415

        return patient_page(consultation, case, protocol)
    from needlewise.cli.practitioner_page import practitioner_page  # noqa: PLC0415

    return practitioner_page(consultation, protocol)


def _why(consultation: Consultation, protocol: Protocol, zones: list[str]) -> str:
    from needlewise.cli.trace_page import trace_page  # noqa: PLC0415

    return trace_page(consultation, protocol, zones)


def _json(consultation: Consultation, protocol: Protocol, tables: dict[str, Any]) -> str:
    """The document, with the tables of the case, so that it can be replayed."""
    from needlewise.interop.document import as_document  # noqa: PLC0415

    return json.dumps(as_document(consultation, protocol, tables), indent=2, ensure_ascii=False)


def _expected(consultation: Consultation, case: Case, protocol: Protocol) -> "tuple[Expectation, ...]":
    """What the trials say of each concern, from studies that stand beside the protocol and are no part of it."""
    from needlewise.interop.expectations import expectations  # noqa: PLC0415 - brings in numpy

    labels = {one.id: protocol.indications[one.indication].label for one in case.concerns}
    return expectations(forecast(case, consultation, load_evidence(protocol)), labels)


def _healing(consultation: Consultation, case: Case, protocol: Protocol) -> "tuple[Outlook, ...]":
    """How skin is expected to heal at every place of the plan."""
    from needlewise.interop.outlook import outlooks  # noqa: PLC0415 - brings in numpy

    biology = load_biology(protocol)
    return outlooks(foresee(case, consultation, biology), biology)


def _pdf(
    reader: str,
    consultation: Consultation,
    case: Case,
    protocol: Protocol,
    beside: "tuple[tuple[Expectation, ...], tuple[Outlook, ...]]",
) -> bytes:
    from needlewise.interop import handouts  # noqa: PLC0415 - the typesetter is heavy

    expected, healing = beside
    if reader == PATIENT:
        return handouts.patient_pdf(consultation, case, protocol, expected, healing)
    return handouts.practitioner_pdf(consultation, case, protocol, expected)


def _calendar(consultation: Consultation, protocol: Protocol, stem: str) -> bytes:
    from needlewise.interop.calendar import as_calendar  # noqa: PLC0415

    return as_calendar(consultation, protocol, stem=stem)
