"""How a handout is set: tagged, the same every time, and no text from outside acts as markup or gets lost."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from needlewise.errors import NeedlewiseError
from needlewise.interop.handouts import patient_pdf, practitioner_pdf, typesetting
from needlewise.interop.handouts.typesetting import typeset
from needlewise.knowledge import Protocol
from tests.unit.interop.chair import Sitting, outside_the_margins, sitting, text_of

BOTH = (patient_pdf, practitioner_pdf)
MARKUP = (
    "#set text(red)", "#panic()", "$x^2$", "*bold*", "_it_", "[content]", "<label>", "@ref", "\"it's\"", "\\", "//", "/* */",
    "`raw`", "~", "---", "= Heading", "+ item", "{{ code }}", "#import \"/etc/passwd\"",
)  # fmt: skip


def cleared_by(name: str, protocol: Protocol, on: date, reason: str = "thick scar tissue") -> Sitting:
    """A cleared case and one override: the two places where free text reaches a page."""
    return sitting(
        protocol,
        on,
        {"cold-sore-history": "yes"},
        clearance=[
            {
                "role": "prescriber",
                "rules": ["cold-sore-history"],
                "by": name,
                "on": "2026-11-20",
                "condition_met": True,
            }
        ],
        override=[{"zone": "temple", "depth_mm": 1.0, "reason": reason}],
    )


@pytest.fixture(scope="module", params=BOTH, ids=["patient", "practitioner"])
def pdf(request: pytest.FixtureRequest, protocol: Protocol, today: date) -> bytes:
    found = sitting(protocol, today)
    return request.param(found.consultation, found.case, protocol)


def test_the_same_consultation_gives_the_same_bytes(protocol: Protocol, today: date) -> None:
    for make in BOTH:
        first, second = sitting(protocol, today), sitting(protocol, today)
        assert make(*first, protocol) == make(*second, protocol)


def test_another_day_gives_other_bytes(protocol: Protocol, today: date, pdf: bytes) -> None:
    later = sitting(protocol, today + timedelta(days=7))
    assert pdf not in (make(*later, protocol) for make in BOTH)


def test_it_is_tagged_and_says_that_it_follows_pdf_ua(pdf: bytes) -> None:
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()


def tags(element: object) -> list[tuple[str, str | None]]:
    """Every structure element with its text alternative."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        return [tag for one in element for tag in tags(one)]
    if not isinstance(element, dict):
        return []
    own = [(str(element["/S"]), element.get("/Alt"))] if "/S" in element else []
    return own + tags(element["/K"]) if "/K" in element else own


def test_headings_tables_lists_and_drawings_are_what_they_are_for_a_screen_reader(pdf: bytes) -> None:
    found = tags(PdfReader(io.BytesIO(pdf)).root_object["/StructTreeRoot"])
    names = {name for name, _ in found}
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L", "/LI", "/Figure"} <= names
    drawings = [alt for name, alt in found if name == "/Figure"]
    assert drawings
    assert all(drawings)
    assert any("the needle reaches 0.5 mm in the first session" in alt for alt in drawings)


def test_only_the_fonts_of_the_package_and_the_compiler_are_used(pdf: bytes) -> None:
    fonts = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for page in PdfReader(io.BytesIO(pdf)).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert all(name.startswith(("SourceSerifPro", "SourceSansPro", "DejaVuSansMono", "Libertinus")) for name in fonts)
    assert any(name.startswith("SourceSerifPro") for name in fonts)


def test_it_carries_the_day_of_the_consultation_and_not_today(pdf: bytes, today: date) -> None:
    assert PdfReader(io.BytesIO(pdf)).metadata.creation_date.date() == today


def squeezed(text: str) -> str:
    return text.replace(" ", "")


def test_markup_in_a_name_or_reason_comes_out_as_written(protocol: Protocol, today: date) -> None:
    all_of_it = " and ".join(MARKUP)
    found = cleared_by(f"Dr Ann {all_of_it} Example", protocol, today, reason=f"because {all_of_it} said so")
    # Compared without spaces, because a line may break anywhere in it.
    assert squeezed(f"Dr Ann {all_of_it} Example") in squeezed(text_of(patient_pdf(*found, protocol)))
    copy = squeezed(text_of(practitioner_pdf(*found, protocol)))
    assert squeezed(f"Dr Ann {all_of_it} Example") in copy
    assert squeezed(f"because {all_of_it} said so") in copy


def test_a_word_longer_than_any_line_is_broken_and_not_cut(protocol: Protocol, today: date) -> None:
    word = "Donaudampfschifffahrt" * 20
    found = cleared_by(word, protocol, today, reason=word)
    for make in BOTH:
        pdf = make(*found, protocol)
        assert word in squeezed(text_of(pdf))
        assert not outside_the_margins(pdf)


def test_names_in_other_scripts_are_set(protocol: Protocol, today: date) -> None:
    names = ("שרה כהן", "ليلى حداد", "Ζωή Παπαδοπούλου", "Žofie Dvořáková", "Юлия Щукина", "Nguyễn Thị")
    text = text_of(patient_pdf(*cleared_by("; ".join(names), protocol, today), protocol))
    assert "[U+" not in text
    for word in " ".join(names).split():
        assert word in text or word[::-1] in text


def test_a_letter_without_a_glyph_is_shown_by_its_code_and_never_dropped(protocol: Protocol, today: date) -> None:
    name = "Ann 😀 漢字 \u202egnp.exe be\x07ll soft\u00adhyphen Example"
    shown = "Ann [U+1F600] [U+6F22][U+5B57] [U+202E]gnp.exe be[U+0007]ll soft[U+00AD]hyphen Example"
    found = cleared_by(name, protocol, today)
    for make in BOTH:
        assert shown in text_of(make(*found, protocol))


def test_lines_of_a_reason_run_on_as_one(protocol: Protocol, today: date) -> None:
    found = cleared_by("Dr Example", protocol, today, reason="first line\n\tsecond line")
    assert "first line second line" in text_of(practitioner_pdf(*found, protocol))


def test_a_warning_of_the_compiler_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "odd.typ").write_text('#set document(title: "T")\n#set text(font: "No Such Font")\nwords')
    monkeypatch.setattr(typesetting, "_TEMPLATES", tmp_path)
    with pytest.raises(NeedlewiseError, match="unknown font family"):
        typeset("odd.typ", {}, 0)


def test_a_fault_of_a_template_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "odd.typ").write_text('#set document(title: "T")\n#nothing-like-this')
    monkeypatch.setattr(typesetting, "_TEMPLATES", tmp_path)
    with pytest.raises(NeedlewiseError, match=r"handout odd\.typ: error: unknown variable"):
        typeset("odd.typ", {}, 0)


def test_a_drawing_without_words_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mute.typ").write_text('#set document(title: "T")\n#figure(rect(width: 1cm))')
    monkeypatch.setattr(typesetting, "_TEMPLATES", tmp_path)
    with pytest.raises(NeedlewiseError, match="PDF/UA-1"):
        typeset("mute.typ", {}, 0)
