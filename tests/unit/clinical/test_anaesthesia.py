"""Numbing cream: how strong, how much, on how much skin, and who decides first."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from needlewise.clinical.anaesthesia import NumbingCream, numbing_cream
from needlewise.clinical.spots import Survey
from needlewise.consultation import consult, read_case
from needlewise.knowledge import Protocol

Answers = Mapping[str, str | float | None]

STATES = (
    "liver-disease",
    "pseudocholinesterase-deficiency",
    "paba-or-sulfonamide-allergy",
    "methaemoglobinaemia-or-g6pd",
)
HEALTHY: dict[str, str | float] = {
    **dict.fromkeys(STATES, "no"),
    "anaesthetic-allergy": "no",
    "antiarrhythmic-class-3": "never",
    "body-weight": 60,
    "anaesthetic-strength": 4,
    "anaesthetic-area": 300,
}


class Chair:
    """Asks for numbing cream with given answers."""

    def __init__(self, protocol: Protocol, on: date) -> None:
        self.protocol = protocol
        self.on = on

    def numb(self, changed: Answers = MappingProxyType({}), asked: str = "over-the-counter") -> NumbingCream | None:
        """`changed`: answers other than those of a healthy person of 60 kg; None leaves a question unanswered."""
        data = {
            "concern": [{"indication": "atrophic-acne-scars", "severity": "moderate", "zones": ["cheek"]}],
            "facts": {fact: answer for fact, answer in {**HEALTHY, **changed}.items() if answer is not None},
            "plan": {"anaesthetic": asked},
        }
        return numbing_cream(Survey(read_case(data, self.protocol, self.on), self.protocol, self.on, {}))

    def cream(self, changed: Answers = MappingProxyType({}), asked: str = "over-the-counter") -> NumbingCream:
        found = self.numb(changed, asked)
        assert found is not None
        return found


@pytest.fixture
def chair(protocol: Protocol, today: date) -> Chair:
    return Chair(protocol, today)


def test_no_cream_asked_for_is_nothing_to_say(chair: Chair) -> None:
    assert chair.numb(asked="none") is None


def test_a_healthy_adult_may_have_a_weak_cream_on_the_face(chair: Chair) -> None:
    found = chair.cream()
    assert found.allowed
    assert not found.prescriber_first
    assert found.against == ()
    assert (found.area_max_cm2, found.time_max_minutes) == (400, 60)


@pytest.mark.parametrize(
    ("weight_kg", "percent", "grams"),
    [
        (60, 4, 6.75),  # 4.5 mg x 60 = 270 mg, at 40 mg in a gram
        (80, 4, 9.0),
        (40, 4, 4.5),
        (60, 2, 13.5),
        (60, 2.5, 10.8),
    ],
)
def test_the_most_grams_follow_from_weight_and_strength(
    chair: Chair, weight_kg: float, percent: float, grams: float
) -> None:
    assert chair.cream({"body-weight": weight_kg, "anaesthetic-strength": percent}).most_grams == grams


@pytest.mark.parametrize("missing", ["body-weight", "anaesthetic-strength"])
def test_the_most_grams_are_not_guessed(chair: Chair, missing: str) -> None:
    assert chair.cream({missing: None}).most_grams is None


@pytest.mark.parametrize("percent", [1, 2.5, 3, 4, 5, 7, 23])
def test_the_most_grams_hold_the_cap_for_every_weight_to_a_hundredth_of_a_gram(chair: Chair, percent: float) -> None:
    for weight_kg in range(30, 251, 5):
        answers = {"body-weight": weight_kg, "anaesthetic-strength": percent}
        grams = chair.cream(answers, asked="prescriber").most_grams
        assert grams == pytest.approx(4.5 * weight_kg / (10 * percent), abs=0.01), weight_kg


def test_the_most_grams_never_hold_more_than_the_cap(chair: Chair) -> None:
    grams = chair.cream({"body-weight": 70}).most_grams
    assert grams is not None
    assert grams * 40 <= 4.5 * 70


@pytest.mark.parametrize(("percent", "allowed"), [(2, True), (4, True), (4.01, False), (5, False), (30, False)])
def test_four_percent_is_the_most_without_a_prescription(chair: Chair, percent: float, allowed: bool) -> None:
    found = chair.cream({"anaesthetic-strength": percent})
    assert found.allowed is allowed
    assert found.against == (() if allowed else (f"{percent:g} % is above the 4 % allowed without a prescription.",))


def test_a_prescriber_may_choose_a_stronger_cream(chair: Chair) -> None:
    assert chair.cream({"anaesthetic-strength": 7}, asked="prescriber").allowed


@pytest.mark.parametrize("asked", ["over-the-counter", "prescriber"])
@pytest.mark.parametrize(("area_cm2", "allowed"), [(1, True), (400, True), (400.5, False), (1000, False)])
def test_400_square_centimetres_are_the_most_at_once_whoever_asks(
    chair: Chair, asked: str, area_cm2: float, allowed: bool
) -> None:
    found = chair.cream({"anaesthetic-area": area_cm2}, asked=asked)
    assert found.allowed is allowed
    assert found.against == (() if allowed else (f"{area_cm2:g} cm2 is above the 400 cm2 allowed at once.",))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("answer", "said"), [("yes", "yes"), (None, "not known")])
def test_a_state_that_holds_or_may_hold_leaves_the_decision_to_a_prescriber(
    chair: Chair, state: str, answer: str | None, said: str
) -> None:
    found = chair.cream({state: answer})
    assert found.prescriber_first
    assert not found.allowed
    question = chair.protocol.facts[state].question
    assert found.against == (f"A prescriber decides first ({said}: {question})",)


@pytest.mark.parametrize("asked", ["over-the-counter", "prescriber"])
@pytest.mark.parametrize(("answer", "said"), [("never", ""), ("stopped", ""), ("now", "yes"), (None, "not known")])
def test_beside_a_class_3_medicine_for_the_heart_there_is_no_cream_whoever_prescribes_it(
    chair: Chair, asked: str, answer: str | None, said: str
) -> None:
    found = chair.cream({"antiarrhythmic-class-3": answer}, asked=asked)
    assert not found.prescriber_first
    assert found.allowed is not bool(said)
    assert [f"No numbing cream at all ({said}: " in reason for reason in found.against] == ([True] if said else [])


@pytest.mark.parametrize("asked", ["over-the-counter", "prescriber"])
@pytest.mark.parametrize(("answer", "said"), [("no", ""), ("yes", "yes"), (None, "not known")])
def test_with_an_allergy_to_such_medicines_there_is_no_cream_whoever_prescribes_it(
    chair: Chair, asked: str, answer: str | None, said: str
) -> None:
    found = chair.cream({"anaesthetic-allergy": answer}, asked=asked)
    assert found.allowed is not bool(said)
    assert found.most_grams == (0 if said else 6.75)
    assert [f"No numbing cream at all ({said}: " in reason for reason in found.against] == ([True] if said else [])


def test_where_a_prescriber_decides_already_a_state_is_named_and_holds_nothing_up(chair: Chair) -> None:
    found = chair.cream({"liver-disease": "yes"}, asked="prescriber")
    assert found.prescriber_first
    assert found.allowed


def test_a_limit_without_figures_allows_nothing(protocol: Protocol, today: date) -> None:
    bare = replace(
        protocol.limits["H13"],
        lidocaine_max_percent=None,
        anaesthetic_area_max_cm2=None,
        anaesthetic_time_max_minutes=None,
    )
    chair = Chair(replace(protocol, limits={**protocol.limits, "H13": bare}), today)
    found = chair.cream({"anaesthetic-strength": 0.5, "anaesthetic-area": 1})
    assert len(found.against) == 2
    assert (found.area_max_cm2, found.time_max_minutes) == (0, 0)


def test_all_reasons_are_given_at_once(chair: Chair) -> None:
    found = chair.cream({"liver-disease": "yes", "anaesthetic-strength": 5, "anaesthetic-area": 500})
    assert len(found.against) == 3


@pytest.mark.parametrize("missing", ["anaesthetic-strength", "anaesthetic-area"])
def test_a_cream_of_unknown_strength_or_area_is_not_allowed_without_a_prescription(chair: Chair, missing: str) -> None:
    assert not chair.cream({missing: None}).allowed


def test_what_speaks_against_the_cream_is_a_warning_of_the_consultation(protocol: Protocol, today: date) -> None:
    data = {
        "concern": [{"indication": "atrophic-acne-scars", "severity": "moderate", "zones": ["cheek"]}],
        "facts": {**HEALTHY, "anaesthetic-strength": 5},
        "plan": {"anaesthetic": "over-the-counter"},
    }
    found = consult(read_case(data, protocol, today), protocol, today)
    assert found.plan is not None
    assert "5 % is above the 4 % allowed without a prescription." in found.warnings
