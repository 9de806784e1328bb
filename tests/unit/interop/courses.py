"""Courses for the tests of what leaves the house: a case whose clinic has entered all figures of its device."""

from datetime import date
from functools import cache
from pathlib import Path

from needlewise.clinical.case import Case
from needlewise.consultation import Consultation, Foreseen, consult, foresee, read_case
from needlewise.interop.outlook import Outlook, outlooks
from needlewise.knowledge import Biology, load_biology, load_protocol

ON = date(2026, 11, 24)
WITH_DOSE = Path(__file__).parents[3] / "examples" / "numbing-cream.toml"
WITHOUT_DOSE = Path(__file__).parents[3] / "examples" / "third-session.toml"
# Enough for bands in order, and quick.
PEOPLE = 200


@cache
def biology() -> Biology:
    return load_biology(load_protocol(ON))


@cache
def held(path: Path = WITH_DOSE) -> tuple[Case, Consultation]:
    case = read_case(path.read_bytes(), biology().protocol, ON)
    return case, consult(case, biology().protocol, ON)


@cache
def foreseen(path: Path = WITH_DOSE) -> tuple[Foreseen, ...]:
    return foresee(*held(path), biology(), PEOPLE)


@cache
def told(path: Path = WITH_DOSE) -> tuple[Outlook, ...]:
    return outlooks(foreseen(path), biology())
