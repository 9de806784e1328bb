"""What holds of every forecast: fewer figures, or figures further off, never narrow it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from needlewise.evidence.behind import Measure
from needlewise.evidence.certainty import Body, Ground, Level, certainty_of
from needlewise.evidence.forecast import Forecast, forecast
from needlewise.evidence.likeness import Asked
from needlewise.evidence.prediction import Datum, Model, Prediction, predict
from needlewise.knowledge import EvidenceBase, Protocol, load_evidence

VALUES = st.floats(0, 1)
DATA = st.lists(
    st.builds(
        Datum, value=VALUES, people=st.integers(1, 300), distance=st.floats(0, 4), cohort=st.sampled_from("abcdef")
    ),
    min_size=1,
    max_size=9,
)
MODELS = st.builds(
    Model,
    spread=st.floats(0.01, 2),
    df=st.integers(1, 40),
    level=st.floats(0.5, 0.99),
    person_sd=st.none() | st.floats(0.1, 10),
    bounds=st.none() | st.just((0.0, 1.0)),
)
OWN = st.lists(st.sampled_from([0.0, 1.0]), max_size=30)
ROUNDING = 1e-9


@pytest.fixture(scope="module")
def base(protocol: Protocol) -> EvidenceBase:
    return load_evidence(protocol)


def predicted(data: list[Datum], model: Model, own: list[float]) -> Prediction:
    found = predict(data, model, own)
    assert found is not None
    return found


def is_no_narrower(one: Prediction, other: Prediction) -> bool:
    persons = one.person is None or other.person is None or one.person.width >= other.person.width - ROUNDING
    return one.group.width >= other.group.width - ROUNDING and persons


@settings(deadline=None)
@given(DATA, MODELS, OWN, st.data())
def test_a_figure_less_never_narrows_it(data: list[Datum], model: Model, own: list[float], draw: st.DataObject) -> None:
    left_out = draw.draw(st.integers(0, len(data) - 1))
    fewer = predict([one for number, one in enumerate(data) if number != left_out], model, own)
    assert fewer is None or is_no_narrower(fewer, predicted(data, model, own))


@settings(deadline=None)
@given(DATA, MODELS, OWN, st.data())
def test_a_figure_further_off_or_on_fewer_people_never_narrows_it(
    data: list[Datum], model: Model, own: list[float], draw: st.DataObject
) -> None:
    number = draw.draw(st.integers(0, len(data) - 1))
    off = replace(
        data[number],
        distance=data[number].distance + draw.draw(st.floats(0, 5)),
        people=draw.draw(st.integers(1, data[number].people)),
    )
    moved = [*data[:number], off, *data[number + 1 :]]
    assert is_no_narrower(predicted(moved, model, own), predicted(data, model, own))


@settings(deadline=None)
@given(DATA, MODELS, OWN.filter(bool))
def test_an_outcome_of_ones_own_less_never_narrows_it(data: list[Datum], model: Model, own: list[float]) -> None:
    assert is_no_narrower(predicted(data, model, own[1:]), predicted(data, model, own))


@settings(deadline=None)
@given(DATA, MODELS, st.data())
def test_what_the_figures_say_changes_no_width(data: list[Datum], model: Model, draw: st.DataObject) -> None:
    others = [replace(one, value=draw.draw(VALUES)) for one in data]
    assert predicted(others, model, []).group.width == pytest.approx(predicted(data, model, []).group.width)


@settings(deadline=None)
@given(DATA, MODELS)
def test_an_interval_never_leaves_what_is_possible(data: list[Datum], model: Model) -> None:
    found = predicted(data, model, [])
    if model.bounds is not None:
        assert model.bounds[0] - ROUNDING <= found.group.low <= found.group.high <= model.bounds[1] + ROUNDING


ASKED = [
    Asked(("acne_scars",), (3, 6), (), "IV"),
    Asked(("acne_scars",), (3, 6), ("prp", "peel"), ""),
    Asked(("striae",), (3, 6), (), "VI"),
    Asked(("photoageing_wrinkles",), (3, 4), (), "II"),
    Asked(("androgenetic_alopecia",), (10, 12), ("minoxidil",), ""),
    Asked(("melasma_hyperpigmentation",), (3, 6), ("txa",), "IV"),
    Asked(("laxity_texture_pores", "photoageing_wrinkles"), (3, 6), (), "V"),
    Asked(("neck_wrinkles",), (4, 4), (), "II"),
    Asked(("surgical_traumatic_burn_scars",), (3, 3), ("vitamin_c",), ""),
]


def widths(found: Forecast) -> dict[Measure, list[float]]:
    """The widths of all that is known, by measure."""
    told = {}
    for one in found.expected:
        if one.prediction is not None:
            person = one.prediction.person.width if one.prediction.person else 0.0
            told[one.measure] = [one.prediction.group.width, person]
    return told


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.groups[0])
def test_no_study_of_the_base_can_be_taken_away_and_leave_a_narrower_forecast(asked: Asked, base: EvidenceBase) -> None:
    before = widths(forecast(asked, base))
    assert before
    for left_out, study in base.studies.items():
        if study.group not in asked.groups:
            continue
        rest = replace(base, studies={name: one for name, one in base.studies.items() if name != left_out})
        after = widths(forecast(asked, rest))
        assert after.keys() <= before.keys()
        for measure, found in after.items():
            assert all(now >= then - ROUNDING for now, then in zip(found, before[measure], strict=True)), left_out


GRADED = st.fixed_dictionaries(
    {
        "is_controlled": st.booleans(),
        "people": st.integers(0, 1000),
        "disagreement_percent": st.none() | st.floats(0, 100),
        "small_studies_p": st.none() | st.floats(0, 1),
        "unlike": st.none() | st.floats(0, 1),
    }
)


@settings(deadline=None)
@given(GRADED, st.integers(0, 30), st.sampled_from(["acne_scars", "photoageing_wrinkles", "androgenetic_alopecia"]))
def test_only_a_judgement_raises_certainty_and_what_was_not_assessed_moves_nothing(
    base: EvidenceBase, figures: dict[str, Any], k: int, group: str
) -> None:
    body = Body(groups=(group,), of="hair_density", studies=list(base.studies.values())[:k], **figures)
    found = certainty_of(body, base)
    for step in found.steps:
        assert step.why
        assert step.change <= 0 or step.ground is Ground.JUDGEMENT
        assert step.change == 0 or step.ground is not Ground.NOT_ASSESSED
    assert found.grade <= found.start
    if k:
        assert found.grade == max(Level.VERY_LOW, found.start + sum(step.change for step in found.steps))
    else:
        assert found.grade is Level.VERY_LOW
