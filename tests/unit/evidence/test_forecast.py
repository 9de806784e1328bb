"""What the trials let one expect of a plan, and what they do not."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import binomtest, t

import needlewise
from needlewise.consultation import consult, read_case
from needlewise.consultation import forecast as forecast_of
from needlewise.errors import EvidenceError
from needlewise.evidence.behind import Measure
from needlewise.evidence.certainty import Body, Ground, Level, certainty_of
from needlewise.evidence.forecast import (
    NO_PEOPLE_SPREAD,
    NOTHING_READ,
    NOTHING_USABLE,
    Expected,
    Forecast,
    forecast,
)
from needlewise.evidence.groups import Against, Sort, groups_of
from needlewise.evidence.harms import HarmRate, harm_rates, rate
from needlewise.evidence.holes import holes_of
from needlewise.evidence.likeness import Asked, likeness
from needlewise.evidence.prediction import Datum, Model, predict
from needlewise.evidence.spreads import spread_of_people, stale_spreads
from needlewise.knowledge import (
    Arm,
    Design,
    EvidenceBase,
    Harm,
    Judgement,
    Outcome,
    Protocol,
    Retraction,
    Study,
    Unit,
    load_evidence,
)

EXAMPLES = Path(__file__).parents[3] / "examples"
ONE_GRADE = Measure(Sort.RESPONSE, "one-grade")
SCARS = Asked(("acne_scars",), (3, 6), (), "IV")


@pytest.fixture(scope="module")
def base(protocol: Protocol) -> EvidenceBase:
    return load_evidence(protocol)


@pytest.fixture(scope="module")
def scars(base: EvidenceBase) -> Forecast:
    return forecast(SCARS, base)


def expected(found: Forecast, of: str) -> Expected:
    return next(one for one in found.expected if one.measure.of == of)


def harm(rates: Sequence[HarmRate], kind: str) -> HarmRate:
    return next(one for one in rates if one.kind.id == kind)


def with_study(base: EvidenceBase, study: Study) -> EvidenceBase:
    return replace(base, studies={**base.studies, study.id: study})


def test_the_numbers_are_those_of_the_formula_worked_by_hand() -> None:
    model = Model(spread=0.2, df=7, level=0.8)
    near, far = Datum(0.6, 25, 0.0, "a"), Datum(0.5, 100, 1.0, "b")
    found = predict([near, far], model)
    assert found is not None
    # Within reach 0: 0.04 + (0.01 + 0.04); within reach 1: 0.08 + 1 / (1 / 0.05 + 1 / 0.0825). The first is less.
    assert found.value == pytest.approx(0.6)
    half = t.ppf(0.9, 7) * math.sqrt(0.04 + 0.05)
    assert (found.group.low, found.group.high) == pytest.approx((0.6 - half, 0.6 + half))
    assert found.person is None
    # With a single near person the far ones tell more: 0.08 + 1 / (1 / 0.29 + 1 / 0.0825).
    alone = predict([replace(near, people=1), far], model)
    assert alone is not None
    weights = 1 / (0.25 + 0.04), 1 / (0.0025 + 0.04 * 2)
    assert alone.value == pytest.approx((0.6 * weights[0] + 0.5 * weights[1]) / sum(weights))
    assert alone.group.width == pytest.approx(2 * t.ppf(0.9, 7) * math.sqrt(0.08 + 1 / sum(weights)))


def test_one_alike_person_does_not_vouch_for_many_who_are_unlike() -> None:
    model = Model(spread=0.15, df=7, level=0.8)
    many = [Datum(0.5, 100, 2.0, name) for name in "abcde"]
    without, with_one = predict(many, model), predict([*many, Datum(0.9, 1, 0.0, "z")], model)
    assert without is not None
    assert with_one is not None
    assert with_one.group.width > 0.9 * without.group.width


def test_two_arms_that_weigh_the_same_are_averaged_whatever_their_order() -> None:
    model = Model(spread=0.15, df=7, level=0.8)
    arms = [Datum(0.9, 30, 0.0, "a"), Datum(0.1, 30, 0.0, "a")]
    both = [predict(order, model) for order in (arms, arms[::-1])]
    assert [one.value for one in both if one] == pytest.approx([0.5, 0.5])


def test_one_person_differs_by_more_than_a_group() -> None:
    model = Model(spread=0.5, df=30, level=0.8, person_sd=2.0)
    found = predict([Datum(-1.0, 40, 0.0, "a")], model)
    assert found is not None
    assert found.person is not None
    variance = 0.25 + (4 / 40 + 0.25)
    assert found.group.width == pytest.approx(2 * t.ppf(0.9, 30) * math.sqrt(variance))
    assert found.person.width == pytest.approx(2 * t.ppf(0.9, 30) * math.sqrt(variance + 4))


def test_an_interval_is_shifted_and_not_cut() -> None:
    model = Model(spread=0.1, df=30, level=0.8, bounds=(0.0, 1.0))
    inside, outside = predict([Datum(0.5, 100, 0, "a")], model), predict([Datum(0.99, 100, 0, "a")], model)
    assert inside is not None
    assert outside is not None
    assert outside.group.high == 1.0
    assert outside.group.width == pytest.approx(inside.group.width)


def test_the_same_people_in_two_papers_count_once() -> None:
    model = Model(spread=0.2, df=7, level=0.8, bounds=(0.0, 1.0))
    once = predict([Datum(0.6, 25, 0.0, "a")], model)
    assert predict([Datum(0.6, 25, 0.0, "a"), Datum(0.9, 20, 0.0, "a")], model) == once


def test_own_people_draw_the_forecast_to_themselves_the_more_of_them_there_are() -> None:
    model = Model(spread=0.15, df=7, level=0.8, bounds=(0.0, 1.0))
    trials = [Datum(0.8, 100, 0.0, "a")]
    found = [predict(trials, model, [0.0, 1.0] * half) for half in (0, 5, 500)]
    values = [one.value for one in found if one is not None]
    assert values[0] == pytest.approx(0.8)
    assert 0.5 < values[2] < values[1] < values[0]
    assert values[2] == pytest.approx(0.5, abs=0.01)


def test_own_people_alone_are_enough_and_nothing_at_all_is_not_known() -> None:
    model = Model(spread=0.15, df=7, level=0.8, bounds=(0.0, 1.0))
    found = predict([], model, [1.0, 0.0, 1.0, 1.0])
    assert found is not None
    assert found.value == 0.75
    assert predict([], model) is None


@pytest.mark.parametrize("wrong", [Datum(math.nan, 5, 0, "a"), Datum(0.5, 0, 0, "a"), Datum(0.5, 5, -1, "a")])
def test_impossible_figures_are_refused(wrong: Datum) -> None:
    with pytest.raises(EvidenceError, match="forecast: a"):
        predict([wrong], Model(0.1, 7, 0.8))


def test_an_own_outcome_that_is_no_number_is_refused() -> None:
    with pytest.raises(EvidenceError, match="own outcome 2"):
        predict([], Model(0.1, 7, 0.8), [0.0, math.inf])


def test_scars_tell_a_share_of_people_with_everyone_behind_it(scars: Forecast) -> None:
    found = expected(scars, "one-grade")
    assert scars.expected[0] is found
    assert found.people == 142
    assert {one.study.id for one in found.behind} == {
        "fabbrocini_confocal", "hkjdv2018", "ishfaq2022", "majid2009", "sohag_ecca",
    }  # fmt: skip
    assert found.prediction is not None
    assert 0.73 < found.prediction.value < 0.9
    assert found.prediction.group.high == 1.0
    assert found.weeks_followed == (2.0, 8.7)


def test_a_mean_without_a_spread_still_tells_something(scars: Forecast) -> None:
    found = expected(scars, "goodman_baron_qual")
    assert "idoj2024_co2" in {one.study.id for one in found.behind}
    assert found.prediction is not None
    assert found.prediction.person is not None
    assert found.prediction.person.width > found.prediction.group.width
    assert [(study.id, why) for study, why in found.left_out] == [("dalwig2020", "the number of people was not read")]


def test_what_needles_add_is_told_apart_from_what_was_seen(scars: Forecast) -> None:
    found = expected(scars, "goodman_baron_quant")
    (controlled,) = found.controlled
    assert controlled.against is Against.NOTHING
    assert found.prediction is not None
    assert found.prediction.value == pytest.approx(-3.4)
    # -3.4 on the needled side against -0.4 on the other.
    assert controlled.prediction.value == pytest.approx(-3.0)
    assert [study.id for study in controlled.studies] == ["alam2014"]
    assert controlled.people == 15
    assert controlled.certainty.start is Level.HIGH
    assert found.certainty.start is Level.LOW
    assert not expected(scars, "one-grade").controlled


def test_the_drug_without_needles_is_a_comparison_too(base: EvidenceBase) -> None:
    found = forecast(Asked(("androgenetic_alopecia",), (10, 24), ("minoxidil",)), base)
    (controlled,) = expected(found, "one-grade").controlled
    assert controlled.against is Against.SAME_WITHOUT_NEEDLES
    # 17 of 20 against 9 of 20.
    assert controlled.prediction.value == pytest.approx(17 / 20 - 9 / 20)


def test_words_alone_and_unknown_numbers_of_people_are_not_known(base: EvidenceBase, scars: Forecast) -> None:
    ecca = expected(scars, "ecca")
    assert ecca.prediction is None
    assert ecca.why_unknown == NOTHING_USABLE
    assert {study.id for study, _ in ecca.left_out} == {"rana2017", "sohag_ecca"}
    hair = forecast(Asked(("androgenetic_alopecia",), (10, 12), ("minoxidil",)), base)
    assert expected(hair, "hair_density").why_unknown == NO_PEOPLE_SPREAD


def test_a_trouble_nobody_studied_says_so(base: EvidenceBase) -> None:
    found = forecast(Asked(("elbow-freckles",), (3, 6)), base)
    assert found.expected == ()
    assert found.note == NOTHING_READ


def test_radiofrequency_and_additions_nobody_asked_for_stay_out(base: EvidenceBase) -> None:
    for asked in (SCARS, Asked(("laxity_texture_pores", "photoageing_wrinkles"), (3, 6))):
        for one in forecast(asked, base).expected:
            for behind in one.behind:
                assert not behind.arm.radiofrequency
                assert not base.active_agents(behind.arm)


def test_studies_with_the_addition_come_nearer_than_those_without(base: EvidenceBase) -> None:
    found = expected(forecast(Asked(("acne_scars",), (3, 6), ("prp",)), base), "goodman_baron_qual")
    near = {one.arm.id: one.likeness for one in found.behind if one.study.id == "sharma_jpad"}
    assert len(near) == 2
    without = max(near.values(), key=lambda one: one.distance)
    assert "without an addition that is planned" in without.ways
    assert all("without" not in way for way in min(near.values(), key=lambda one: one.distance).ways)


@pytest.mark.parametrize(
    ("phototype", "sessions", "ways"),
    [
        ("IV", (3, 6), ()),
        ("IV", (1, 3), ("another number of sessions",)),
        ("II", (3, 6), ("other skin types",)),
        ("", (3, 6), ("skin types not stated, or not known",)),
    ],
)
def test_a_study_is_unlike_in_ways_one_can_read(
    base: EvidenceBase, phototype: str, sessions: tuple[int, int], ways: tuple[str, ...]
) -> None:
    study = base.studies["ishfaq2022"]
    arm = next(arm for arm in study.arm if arm.needling)
    found = likeness(Asked(("acne_scars",), sessions, (), phototype), study, arm, base)
    assert found.ways == ways
    assert (found.distance > 0) == bool(ways)


def test_a_retracted_study_leaves_the_forecast_and_is_told(base: EvidenceBase) -> None:
    gone = replace(base.studies["majid2009"], retracted=Retraction(on=date(2026, 11, 1), why="invented for this test"))
    found = expected(forecast(SCARS, with_study(base, gone)), "one-grade")
    assert "majid2009" not in {one.study.id for one in found.behind}
    assert found.people == 142 - 36
    assert any(study.id == "majid2009" and "retracted" in why for study, why in found.left_out)


def test_harms_are_counted_with_an_exact_interval(base: EvidenceBase) -> None:
    found = rate([("a", 2, 30), ("b", 0, 31)])
    assert found is not None
    exact = binomtest(2, 61).proportion_ci(0.95, "exact")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))
    nobody = rate([("a", 0, 28)])
    assert nobody is not None
    # Nobody of 28 is no promise: up to one in eight is not excluded.
    assert (nobody.low, nobody.high) == pytest.approx((0.0, 0.1234), abs=1e-4)
    everybody = rate([("a", 5, 5)])
    assert everybody is not None
    assert everybody.high == 1.0
    assert rate([]) is None


def test_fewer_people_with_the_same_share_leave_a_wider_interval() -> None:
    few, many = rate([("a", 1, 10)]), rate([("a", 10, 100)])
    assert few is not None
    assert many is not None
    assert few.high - few.low > many.high - many.low


def test_dark_marks_are_told_by_skin_type_and_herpes_without_a_number_of_people(base: EvidenceBase) -> None:
    rates = harm_rates(base, ("striae",))
    marks = harm(rates, "dark-marks")
    assert marks.darker is not None
    assert (marks.darker.count, marks.darker.studies) == (5, ("dogra2014",))
    assert marks.lighter is None
    assert marks.here is not None
    assert marks.everywhere is not None
    assert marks.here.of < marks.everywhere.of
    herpes = harm(rates, "herpes")
    assert herpes.everywhere is None
    assert herpes.without_of == (("cassiano2022", "3 people, of how many was not read"),)
    assert herpes.is_known


def test_pain_and_days_are_measured_and_granuloma_is_reported(base: EvidenceBase) -> None:
    rates = harm_rates(base)
    assert {(one.study, one.low) for one in harm(rates, "pain").measured} == {
        ("alam2014", 1.08),
        ("nafl_mn_2018", 5.23),
    }
    days = {one.study: (one.low, one.high) for one in harm(rates, "lasting-days").measured}
    assert days == {"hkjdv2018": (0.125, 0.25), "nafl_mn_2018": (3.0, 3.0), "vietnam_roller": (1.0, 2.0)}
    granuloma = harm(rates, "granuloma")
    assert [one.id for one in granuloma.readings] == ["ae6"]
    assert granuloma.everywhere is None


def test_needling_with_radiofrequency_counts_no_harm(base: EvidenceBase) -> None:
    only = {
        name: study
        for name, study in base.studies.items()
        if any(arm.radiofrequency for arm in study.arm)
        and not any(a.needling and not a.radiofrequency for a in study.arm)
    }
    assert only
    assert all(one.everywhere is None and not one.measured for one in harm_rates(replace(base, studies=only)))


def test_certainty_shows_every_step_and_what_it_rests_on(scars: Forecast) -> None:
    steps = {step.id: step for step in expected(scars, "goodman_baron_qual").certainty.steps}
    assert list(steps) == [
        "risk-of-bias", "inconsistency", "indirectness", "imprecision", "small-studies", "larger-effect",
    ]  # fmt: skip
    assert steps["inconsistency"].change == -2
    assert steps["inconsistency"].ground is Ground.COMPUTED
    assert steps["small-studies"].ground is Ground.NOT_ASSESSED
    assert expected(scars, "goodman_baron_qual").certainty.grade is Level.VERY_LOW


def test_a_judgement_counts_with_its_reason(base: EvidenceBase) -> None:
    found = forecast(Asked(("photoageing_wrinkles",), (3, 4), (), "II"), base)
    step = next(one for one in expected(found, "lemperle").certainty.steps if one.id == "inconsistency")
    assert step.ground is Ground.JUDGEMENT
    assert step.change == -1
    assert "saw no gain" in step.why


def test_stated_spreads_fit_the_studies_and_a_wrong_one_is_found(base: EvidenceBase) -> None:
    groups = groups_of(base)
    assert stale_spreads(base, groups) == ()
    row = base.reckoning.people["mmasi"]
    low = replace(base.reckoning, people={**base.reckoning.people, "mmasi": replace(row, sd=1.0)})
    (problem,) = stale_spreads(replace(base, reckoning=low), groups)
    assert "mmasi" in problem.where
    assert "1 stated" in problem.found
    # Pooled by hand: 30 people with 2.064 and 25 with 3.405.
    pooled = math.sqrt((29 * 2.064**2 + 24 * 3.405**2) / 53)
    assert spread_of_people("mmasi", base) == pytest.approx(pooled, abs=0.1)


def test_a_plan_is_foretold_concern_by_concern(protocol: Protocol, base: EvidenceBase, today: date) -> None:
    case = read_case((EXAMPLES / "acne-scars-type-iii.toml").read_text(), protocol, today)
    consultation = consult(case, protocol, today)
    found = forecast_of(case, consultation, base)
    (concern,) = case.concerns
    one = found[concern.id]
    assert one.asked.groups == ("acne_scars",)
    assert one.asked.phototype == "III"
    assert consultation.plan is not None
    row = consultation.plan.concerns[0]
    assert one.asked.sessions == (row.sessions_min, row.sessions_max)
    own = forecast_of(case, consultation, base, {concern.indication: {ONE_GRADE: [0.0] * 50}})[concern.id]
    before, after = expected(one, "one-grade").prediction, expected(own, "one-grade").prediction
    assert before is not None
    assert after is not None
    assert after.value < before.value - 0.3


def test_nothing_is_foretold_where_nothing_may_be_treated(protocol: Protocol, base: EvidenceBase, today: date) -> None:
    case = read_case((EXAMPLES / "pregnancy.toml").read_text(), protocol, today)
    assert forecast_of(case, consult(case, protocol, today), base) == {}


def test_every_trouble_can_be_asked_with_every_addition(base: EvidenceBase) -> None:
    adjuncts = sorted(base.protocol.adjuncts)
    for indication in base.protocol.indications.values():
        found = forecast(Asked(indication.studies, (1, 12), tuple(adjuncts), "VI"), base)
        for one in found.expected:
            assert (one.prediction is None) == bool(one.why_unknown)
            assert all(b.study.group in indication.studies for b in one.behind)


@pytest.mark.parametrize(
    ("measure", "values", "says"),
    [
        (Measure(Sort.RESPONSE, "no-such-kind"), [1.0], "`no-such-kind` as response"),
        (Measure(Sort.CHANGE, "no_such_scale"), [1.0], "`no_such_scale` as change"),
        (Measure(Sort.HARM, "dark-marks"), [1.0], "`dark-marks` as harm"),
        (ONE_GRADE, [1.0, 2.0], "a value outside 0 to 1"),
    ],
)
def test_own_outcomes_of_what_there_is_not_are_refused(
    base: EvidenceBase, measure: Measure, values: list[float], says: str
) -> None:
    with pytest.raises(EvidenceError, match=says):
        forecast(SCARS, base, {measure: values})


def test_a_forecast_is_had_from_the_package_itself(protocol: Protocol, base: EvidenceBase, today: date) -> None:
    case = needlewise.read_case((EXAMPLES / "acne-scars-type-iii.toml").read_bytes(), protocol, today)
    found = needlewise.forecast(case, needlewise.consult(case, protocol, today), needlewise.load_evidence(protocol))
    assert [expected(one, "one-grade").people for one in found.values()] == [142]


def arm_of(base: EvidenceBase, name: str = "majid2009") -> Arm:
    return next(arm for arm in base.studies[name].arm if arm.needling)


def made(base: EvidenceBase, name: str, *arms: Arm, **changed: Any) -> Study:
    """An invented study of acne scars."""
    plain = replace(base.studies["majid2009"], id=name, arm=arms, contrast=(), cohort="", **changed)
    return replace(plain, people=replace(plain.people, phototypes=()))


def marked(base: EvidenceBase, name: str, *rows: tuple[str, int, int | None], n: int = 30) -> Arm:
    """An arm of plain needling with counts of dark marks: as printed, how many, of how many."""
    harm = tuple(Harm(event=event, source="majid2009", count=count, of=of) for event, count, of in rows)
    return replace(arm_of(base), id=name, n=n, unit=Unit.PEOPLE, outcome=(), harm=harm)


def only(base: EvidenceBase, *studies: Study) -> EvidenceBase:
    return replace(base, studies={one.id: one for one in studies})


def marks_of(base: EvidenceBase) -> tuple[int, int]:
    found = harm(harm_rates(base), "dark-marks").everywhere
    assert found is not None
    return found.count, found.of


DARK = ("post-inflammatory hyperpigmentation", "dyspigmentation")


def test_two_rows_of_one_arm_never_count_its_people_twice(base: EvidenceBase) -> None:
    arm = marked(base, "a", (DARK[0], 3, 30), (DARK[1], 2, 30))
    assert marks_of(only(base, made(base, "x", arm))) == (3, 30)


def test_arms_add_up_unless_they_may_be_the_same_people(base: EvidenceBase) -> None:
    arms = marked(base, "a", (DARK[0], 4, 30)), marked(base, "b", (DARK[0], 2, 30))
    assert marks_of(only(base, made(base, "x", *arms, design=Design.RCT_PARALLEL))) == (6, 60)
    for design in (Design.RCT_SPLIT_FACE, Design.RCT_UNCLEAR):
        assert marks_of(only(base, made(base, "x", *arms, design=design))) == (4, 30)


def test_of_papers_on_the_same_people_the_order_decides_nothing(base: EvidenceBase) -> None:
    one = replace(
        made(base, "one", marked(base, "a", (DARK[0], 0, 40)), marked(base, "b", (DARK[0], 8, 40))), cohort="c"
    )
    other = replace(made(base, "other", marked(base, "a", (DARK[0], 4, 80), n=80)), cohort="c")
    assert marks_of(only(base, one, other)) == marks_of(only(base, other, one)) == (8, 80)


def test_a_harm_told_as_a_percent_is_told_as_that(base: EvidenceBase) -> None:
    row = Harm(event=DARK[0], source="majid2009", percent=12.0)
    arm = replace(arm_of(base), outcome=(), harm=(row,))
    sides = made(base, "x", arm, replace(arm, id="other side"))
    found = harm(harm_rates(only(base, sides)), "dark-marks")
    assert found.without_of == (("x", "12 %, of how many was not read"),)
    assert found.is_known


def responding(base: EvidenceBase, name: str, share: tuple[int, int], **changed: Any) -> Arm:
    first = next(one for one in arm_of(base).outcome if base.response_of(one))
    row = replace(first, responders=share[0], responders_of=share[1], responders_percent=None, accepted=())
    return replace(arm_of(base), id=name, n=share[1], unit=Unit.PEOPLE, outcome=(row,), harm=(), **changed)


def test_forgetting_what_was_read_of_a_study_never_narrows_its_forecast(base: EvidenceBase) -> None:
    asked = Asked(("acne_scars",), (3, 6), (), "IV")
    arm = responding(base, "a", (20, 30), sessions=(1, 1))
    study = made(base, "x", arm)
    told = replace(study, people=replace(study.people, phototypes=("I", "II")))
    bare = replace(told, people=replace(told.people, phototypes=()))
    forgotten = replace(told, arm=(replace(arm, sessions=None),))

    def width(one: Study, question: Asked = asked) -> float:
        found = expected(forecast(question, only(base, one)), "one-grade").prediction
        assert found is not None
        return found.group.width

    assert width(bare) >= width(told) - 1e-9
    assert width(forgotten) >= width(told) - 1e-9
    assert width(told, replace(asked, sessions=None)) >= width(told) - 1e-9
    assert width(told, replace(asked, phototype="")) >= width(told) - 1e-9


def test_needling_with_an_addition_against_nothing_tells_not_what_needles_add(base: EvidenceBase) -> None:
    prp = next(name for name, row in base.agents.items() if row.is_a == "prp")
    bare = responding(base, "ctl", (5, 50), needling=False, control="untreated", role="comparator", agents=())
    plain = made(base, "x", responding(base, "a", (45, 50)), bare, design=Design.RCT_PARALLEL)
    mixed = made(base, "x", responding(base, "a", (45, 50), agents=(prp,)), bare, design=Design.RCT_PARALLEL)
    heated = made(base, "x", responding(base, "a", (45, 50), radiofrequency=True), bare, design=Design.RCT_PARALLEL)
    asked = Asked(("acne_scars",), (3, 6), ("prp",), "IV")
    (controlled,) = expected(forecast(asked, only(base, plain)), "one-grade").controlled
    assert controlled.prediction.value == pytest.approx(0.8)
    assert controlled.people == 100
    assert expected(forecast(asked, only(base, mixed)), "one-grade").controlled == ()
    for one in (mixed, heated):
        assert holes_of("atrophic-acne-scars", only(base, one))[0].startswith("None of 1 studies compares")
    assert holes_of("atrophic-acne-scars", only(base, plain))[0].startswith("1 of 1 compare")


def test_an_unclear_design_counts_nobody_twice(base: EvidenceBase) -> None:
    bare = responding(base, "ctl", (5, 50), needling=False, control="untreated", role="comparator", agents=())
    unclear = made(base, "x", responding(base, "a", (45, 50)), bare, design=Design.RCT_UNCLEAR)
    (controlled,) = expected(forecast(SCARS, only(base, unclear)), "one-grade").controlled
    assert controlled.people == 50


def test_more_arms_and_more_papers_on_the_same_people_raise_no_certainty(base: EvidenceBase) -> None:
    def control(done: int) -> Arm:
        return responding(base, "ctl", (done, 300), needling=False, control="untreated", role="comparator", agents=())

    def trial(name: str, shares: list[int], **changed: Any) -> Study:
        arms = [responding(base, f"a{number}", (done, 300)) for number, done in enumerate(shares)]
        changes = {"design": Design.RCT_PARALLEL, "randomised": True, "blinded": True, **changed}
        return made(base, name, *arms, control(100), **changes)

    def steps(*studies: Study) -> list[int]:
        (found,) = expected(forecast(SCARS, only(base, *studies)), "one-grade").controlled
        return [step.change for step in found.certainty.steps]

    two = steps(trial("x", [160]), trial("y", [220]))
    assert steps(trial("x", [160] * 5), trial("y", [220])) == two
    papers = [replace(trial(f"x{number}", [160]), cohort="same") for number in range(6)]
    assert steps(*papers, trial("y", [220])) == two


def test_one_study_alone_is_confirmed_by_nobody(base: EvidenceBase) -> None:
    (controlled,) = expected(forecast(SCARS, base), "goodman_baron_quant").controlled
    step = next(one for one in controlled.certainty.steps if one.id == "inconsistency")
    assert (step.change, step.why) == (-1, "one study, which no other confirms")


def test_judgements_of_every_group_of_studies_count_and_a_raise_must_hold_for_all(base: EvidenceBase) -> None:
    raising = Judgement(group="acne_scars", step="larger-effect", change=2, why="invented", sources=("alam2014",))
    lowering = Judgement(group="striae", step="risk-of-bias", change=-2, why="invented", sources=("alam2014",))
    there = replace(base, reckoning=replace(base.reckoning, judgements=(raising, lowering)))
    studies = list(base.studies.values())[:3]

    def change(groups: tuple[str, ...], step: str, over: EvidenceBase = there) -> int:
        found = certainty_of(Body(groups, "one-grade", False, studies, 500, 0.0), over)
        return next(one.change for one in found.steps if one.id == step)

    assert change(("acne_scars",), "larger-effect") == 2
    assert change(("acne_scars", "striae"), "larger-effect") == 0
    assert change(("acne_scars", "striae"), "risk-of-bias") == -2
    gone = replace(base.studies["alam2014"], retracted=Retraction(on=date(2026, 11, 1), why="invented"))
    assert change(("acne_scars",), "larger-effect", with_study(there, gone)) == 0


def test_whether_studies_fit_is_not_assessed_where_nothing_was_asked(base: EvidenceBase) -> None:
    found = expected(forecast(Asked(("acne_scars",)), base), "one-grade")
    step = next(one for one in found.certainty.steps if one.id == "indirectness")
    assert step.ground is Ground.NOT_ASSESSED


def test_a_figure_that_tells_nothing_hides_none_that_does(base: EvidenceBase) -> None:
    outcome = next(one for one in arm_of(base, "vietnam_roller").outcome if one.before_mean is not None)
    early = replace(outcome, weeks_after_last=4.0, change_percent=None)
    late = Outcome(
        measure=outcome.measure, source=outcome.source, scale=outcome.scale, weeks_after_last=12.0, change_percent=-30.0
    )
    arm = replace(arm_of(base, "vietnam_roller"), outcome=(early, late), harm=())
    found = expected(forecast(SCARS, only(base, made(base, "x", arm))), "goodman_baron_qual")
    assert found.prediction is not None


def test_an_impossible_share_is_left_out_with_its_reason(base: EvidenceBase) -> None:
    study = made(base, "x", replace(responding(base, "a", (30, 30)), n=30))
    row = replace(study.arm[0].outcome[0], responders=60, responders_of=50)
    study = replace(study, arm=(replace(study.arm[0], outcome=(row,)),))
    found = expected(forecast(SCARS, only(base, study)), "one-grade")
    assert found.prediction is None
    assert found.left_out[0][1] == "a figure outside what is possible"


def test_own_outcomes_on_a_scale_where_people_are_not_known_to_differ_say_so(base: EvidenceBase) -> None:
    found = forecast(SCARS, base, {Measure(Sort.CHANGE, "dlqi"): [-3.0]})
    assert expected(found, "dlqi").why_unknown == NO_PEOPLE_SPREAD


def test_comparisons_that_cannot_be_reckoned_with_are_listed(base: EvidenceBase) -> None:
    found = expected(forecast(Asked(("androgenetic_alopecia",), (10, 12), ("minoxidil",)), base), "hair_density")
    assert {study.id for study, _ in found.left_out} >= {"dhurat2013", "kumar2018"}
    assert not found.controlled
