"""Consultations for the tests of what leaves the house: a healthy person, changed as a test needs it."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pypdfium2

from needlewise.clinical.case import Case
from needlewise.consultation import Consultation, consult, read_case
from needlewise.knowledge import Kind, Protocol

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.toml"))
# Facts that a healthy adult before a first session is not asked, or that stand elsewhere in the case.
_ELSEWHERE = {"birth-date", "sex", "phototype", "anticoagulant-kind", "recovery-normal", "social-event"}
POINTS_PER_MM = 72 / 25.4
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Sitting(NamedTuple):
    """A consultation with the case it was made from."""

    consultation: Consultation
    case: Case


def healthy(protocol: Protocol) -> dict[str, Any]:
    """Every question answered with the answer that asks for nothing; the scars are old ones from acne."""
    answers: dict[str, Any] = {}
    for fact in protocol.facts.values():
        if fact.derived_from or fact.id in _ELSEWHERE or fact.kind in (Kind.CLEARANCE, Kind.MEASURE):
            continue
        answers[fact.id] = "never" if fact.kind is Kind.EVENT else fact.options[0]
    return {**answers, "scar-kind": "sunken", "scar": {"on": "2014", "what": "acne"}}


def sitting(protocol: Protocol, on: date, facts: Mapping[str, Any] = NOTHING, **tables: Any) -> Sitting:
    """Moderate acne scars of cheeks and temples in a healthy woman; `facts` and `tables` change that."""
    data = {
        "patient": {"born": "1994-03-02", "sex": "female", "phototype": "III"},
        "concern": [{"indication": "atrophic-acne-scars", "severity": "moderate", "zones": ["cheek", "temple"]}],
        "clinic": {"devices": ["skinpen_precision"], "weekdays": ["tuesday", "thursday"]},
        "facts": {**healthy(protocol), **facts},
        **tables,
    }
    case = read_case(data, protocol, on)
    return Sitting(consult(case, protocol, on), case)


def with_products(protocol: Protocol, on: date, **tables: Any) -> Sitting:
    """The same woman, who uses vitamin A, acids and vitamin C, and takes ibuprofen that she bought."""
    used = dict.fromkeys(("topical-retinoid", "exfoliating-acid", "vitamin-c-product"), "now")
    facts = {**used, "anti-inflammatory-painkiller": "now-not-prescribed"}
    return sitting(protocol, on, facts, plan={"start_on": "2026-12-08"}, **tables)


def from_example(path: Path, protocol: Protocol, on: date) -> Sitting:
    case = read_case(path.read_bytes(), protocol, on)
    return Sitting(consult(case, protocol, on), case)


def pages_of(pdf: bytes) -> list[str]:
    """The text of every page, one space between words, without what only helps to break lines."""
    document = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return [plain(text) for text in texts]


def plain(text: str) -> str:
    """Text as it is compared: a word broken at the end of a line at its own hyphen is whole again."""
    text = re.sub(r"[\u200b\u200e]", "", text.replace("\ufffe", "-"))
    return re.sub(r"\s+", " ", re.sub(r"-\s*\r?\n", "-", text))


def text_of(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))


def large_text_of(pdf: bytes, least_pt: float) -> str:
    """The text that is set at least so large."""
    found = []
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        texts = page.get_textpage()
        for number in range(texts.count_chars()):
            letter = chr(pypdfium2.raw.FPDFText_GetUnicode(texts.raw, number))
            # Breaks of lines and words are added by the reader of the file and have no size of their own.
            letter = "\ufffe" if letter == "\x02" else letter
            if (
                letter.isspace()
                or letter == "\ufffe"
                or pypdfium2.raw.FPDFText_GetFontSize(texts.raw, number) >= least_pt - 0.01
            ):
                found.append(letter)
    document.close()
    return "".join(found)


def outside_the_margins(pdf: bytes, margin_mm: float = 10.0) -> list[str]:
    """Texts that reach further than the margins of their page, and so might not be printed."""
    found = []
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        texts, margin, (width, height) = page.get_textpage(), margin_mm * POINTS_PER_MM, page.get_size()
        for number in range(texts.count_rects()):
            left, bottom, right, top = texts.get_rect(number)
            if left < margin or right > width - margin or bottom < margin / 2 or top > height - margin:
                found.append(texts.get_text_bounded(left, bottom, right, top))
    document.close()
    return found
