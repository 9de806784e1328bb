"""What is expected, in words: every number is one of the forecast, and nothing is promised."""

import math
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from needlewise.clinical.case import Case
from needlewise.consultation import Consultation, consult, forecast, read_case
from needlewise.evidence.forecast import Forecast
from needlewise.interop.expectations import NO_PROMISE, Expectation, expectations, not_compared
from needlewise.interop.handouts import patient_pdf, practitioner_pdf
from needlewise.knowledge import EvidenceBase, Protocol, load_evidence

EXAMPLES = Path(__file__).parents[3] / "examples"
Told = Callable[[str], tuple[Case, Consultation, dict[str, Forecast], tuple[Expectation, ...]]]


@pytest.fixture(scope="module")
def base(protocol: Protocol) -> EvidenceBase:
    return load_evidence(protocol)


@pytest.fixture
def told(protocol: Protocol, base: EvidenceBase, today: date) -> Told:
    def tell(name: str) -> tuple[Case, Consultation, dict[str, Forecast], tuple[Expectation, ...]]:
        case = read_case((EXAMPLES / f"{name}.toml").read_text(), protocol, today)
        consultation = consult(case, protocol, today)
        found = dict(forecast(case, consultation, base))
        labels = {one.id: protocol.indications[one.indication].label for one in case.concerns}
        return case, consultation, found, expectations(found, labels)

    return tell


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_a_share_is_people_out_of_a_hundred_with_its_interval(told: Told) -> None:
    _, _, found, (one,) = told("acne-scars-type-iii")
    (forecast_,) = found.values()
    prediction = forecast_.expected[0].prediction
    assert prediction is not None
    gain = one.gains[0]
    assert gain.hundred is not None
    assert gain.hundred.likely == round(100 * prediction.value)
    assert (gain.hundred.low, gain.hundred.high) == (math.floor(100 * prediction.group.low), 100)
    assert (
        gain.told == f"Of 100 people in studies of this, about {gain.hundred.likely} got better by at least one grade."
    )
    assert f"between {gain.hundred.low} and 100" in gain.range
    assert gain.behind.startswith("From 142 people in 5 studies, looked at 2 to 9 weeks after the last session.")
    assert "skin types not stated, or not known (in 4)" in gain.unlike


def test_a_change_says_which_way_is_better_and_what_one_person_may_find(told: Told) -> None:
    _, _, _, (one,) = told("acne-scars-type-iii")
    gain = next(gain for gain in one.gains if gain.label == "Goodman and Baron, quantitative")
    assert "changes by about −3.4 points, and lower is better" in gain.told
    assert "for one person from −" in gain.range
    assert gain.compared.startswith("Compared with people who had nothing done, a difference of −3.0 points")
    assert "15 people" in gain.compared


def test_what_is_not_known_and_what_was_not_compared_is_said(told: Told) -> None:
    _, _, _, (scars,) = told("acne-scars-type-iii")
    assert dict(scars.unknown)["ECCA"].startswith("figures were read")
    _, _, _, (marks,) = told("stretch-marks-adopted-zone")
    assert not_compared(marks.gains).startswith("How much of this the needles did is not known")
    assert not_compared(scars.for_patient) == not_compared(marks.gains)
    assert not not_compared(scars.gains)


def test_a_patient_is_told_two_shares_and_every_harm(told: Told) -> None:
    _, _, _, (one,) = told("acne-scars-type-iii")
    assert [gain.hundred is not None for gain in one.for_patient] == [True, True]
    harms = " ".join(one.harms)
    assert "Dark marks that stay for weeks or months: 16 of 237 people; up to 11 in 100 is not excluded" in harms
    assert "Something serious or lasting: 0 of 259 people; up to 1 in 100 is not excluded" in harms
    assert "Cold sores coming up: 3 people, of how many was not read, in one study" in harms
    assert "15 people of 26 to 74 years" in harms
    assert "1.1 to 5.2 of 10 on average" in harms


def test_darker_skin_hears_what_was_counted_in_darker_skin(told: Told) -> None:
    *_, (dark,) = told("melasma-type-v-test-patch")
    assert "in skin types IV to VI 5 of 30 people" in " ".join(dark.harms)
    *_, (light,) = told("acne-scars-type-iii")
    assert "IV to VI" not in " ".join(light.harms)


def test_the_handouts_hold_what_others_gained_on_a_page_behind_the_plan(told: Told, protocol: Protocol) -> None:
    case, consultation, _, expected = told("acne-scars-type-iii")
    plain, more = patient_pdf(consultation, case, protocol), patient_pdf(consultation, case, protocol, expected)
    assert len(PdfReader(BytesIO(more)).pages) == len(PdfReader(BytesIO(plain)).pages) + 1
    words = words_of(more)
    assert NO_PROMISE in words
    assert expected[0].gains[0].told in words
    assert "What others gained" not in words_of(plain)
    assert "Goodman and Baron, quantitative: a group like this changes" in words_of(
        practitioner_pdf(consultation, case, protocol, expected)
    )


def test_a_letter_to_wait_holds_no_forecast(told: Told, protocol: Protocol) -> None:
    case, consultation, _, expected = told("isotretinoin-stopped-90-days-ago")
    assert expected
    assert "What others gained" not in words_of(patient_pdf(consultation, case, protocol, expected))


def test_nothing_is_told_after_an_exclusion(told: Told, protocol: Protocol) -> None:
    case, consultation, _, expected = told("pregnancy")
    assert expected == ()
    assert patient_pdf(consultation, case, protocol, expected) == patient_pdf(consultation, case, protocol)


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.toml")))
def test_no_example_is_promised_anything(told: Told, name: str) -> None:
    *_, expected = told(name)
    for one in expected:
        assert one.gains or one.unknown or one.note
        for gain in one.gains:
            assert "will" not in gain.told.split()
            if gain.hundred:
                assert 0 <= gain.hundred.low <= gain.hundred.likely <= gain.hundred.high <= 100
