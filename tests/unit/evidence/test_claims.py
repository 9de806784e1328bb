"""Claims held against the studies: their numbers against the digest of the reference, and what makes them stale."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from needlewise.errors import EvidenceError
from needlewise.evidence.claim_numbers import compute
from needlewise.evidence.claims import GradedClaim, graded, resting_on, stale_problems
from needlewise.evidence.estimators import Method, exact_interval
from needlewise.evidence.groups import Group, groups_of
from needlewise.evidence.pooling import estimate, pool
from needlewise.knowledge import (
    Among,
    EvidenceBase,
    Number,
    Protocol,
    Quantity,
    Query,
    Retraction,
    load_claims,
    load_evidence,
)

SESSIONS, WEEKS = {Quantity.SESSIONS: (3.0, 6.0)}, {Quantity.INTERVAL_WEEKS: (4.0, 6.0)}
SCARS, LINES, MARKS = "atrophic-acne-scars", "fine-lines-face", "stretch-marks"
MELASMA, HAIR = "hyperpigmentation-melasma", "pattern-hair-loss"
ANY = (-1e9, 1e9)


@pytest.fixture(scope="module")
def base(protocol: Protocol) -> EvidenceBase:
    return load_evidence(protocol)


@pytest.fixture(scope="module")
def claims(base: EvidenceBase) -> Mapping[str, GradedClaim]:
    groups = groups_of(base)
    return {claim.id: graded(claim, base, groups) for claim in load_claims(base).values()}


@pytest.fixture(scope="module")
def told(base: EvidenceBase) -> Callable[..., str]:
    def number(query: Query, among: Among | None = None, **more: object) -> str:
        row = Number(id="n", query=query, bounds=ANY, among=among or Among(), **more)  # type: ignore[arg-type]
        return compute(row, base, {}).told()

    return number


def of(indication: str) -> Among:
    return Among(indications=(indication,))


# The digest of the reference. Stretch marks: it counts 9 of 9, and 72 schedules in all, because it takes the "six or more"
# sessions of `mohamedali2017` for six; the base leaves a span without an upper end out, so one study less states both.
@pytest.mark.parametrize(
    ("indication", "sessions", "weeks"),
    [
        (SCARS, "29 of 31", "21 of 30"),
        (LINES, "14 of 15", "5 of 11"),
        (MARKS, "8 of 8", "7 of 9"),
        (MELASMA, "7 of 9", "4 of 11"),
        (HAIR, "6 of 12", "5 of 15"),
    ],
)
def test_shares_of_schedules_are_those_of_the_reference(
    indication: str, sessions: str, weeks: str, told: Callable[..., str]
) -> None:
    assert told(Query.SHARE, of(indication), within=SESSIONS) == sessions
    assert told(Query.SHARE, of(indication), within=WEEKS) == weeks


def test_both_parts_of_the_popular_schedule_hold_together_as_often_as_the_reference_says(
    told: Callable[..., str],
) -> None:
    assert told(Query.SHARE, within={**SESSIONS, **WEEKS}) == "42 of 71"


def test_courses_of_hair_and_follow_up_are_those_of_the_reference(told: Callable[..., str]) -> None:
    assert told(Query.MEDIAN, of(HAIR), of=Quantity.SESSIONS) == "10"
    assert told(Query.RANGE, of(HAIR), of=Quantity.SESSIONS) == "3 to 28"
    assert told(Query.MEDIAN, of=Quantity.FOLLOW_UP_WEEKS) == "13"
    assert told(Query.SHARE, within={Quantity.FOLLOW_UP_WEEKS: (26.0, 1e3)}) == "5 of 31"
    assert told(Query.SHARE, within={Quantity.FOLLOW_UP_WEEKS: (52.0, 1e3)}) == "3 of 31"


def test_phototypes_are_stated_as_seldom_as_the_reference_says(told: Callable[..., str]) -> None:
    assert told(Query.COUNT, Among(phototypes=("I", "II", "III", "IV", "V", "VI"))) == "15"
    assert told(Query.COUNT, Among(phototypes=("VI",))) == "2"


def test_pain_and_days_are_those_of_the_reference(told: Callable[..., str]) -> None:
    assert told(Query.RANGE, of=Quantity.PAIN) == "1.08 to 5.23"
    assert told(Query.RANGE, of=Quantity.REACTION_DAYS) == "0.25 to 3"


def test_journals_hold_what_the_reference_found_in_them(told: Callable[..., str]) -> None:
    jcas, ijd = "Journal of Cutaneous and Aesthetic Surgery", "International Journal of Dermatology"
    assert told(Query.COUNT, Among(indications=(SCARS,), journal=jcas)) == "5"
    assert told(Query.COUNT, Among(indications=(LINES,), journal=jcas)) == "0"
    assert told(Query.COUNT, Among(indications=(LINES,), journal=ijd)) == "1"
    assert told(Query.COUNT, Among(indications=(MARKS,), journal=ijd)) == "0"


def test_harms_count_the_arm_where_the_paper_names_no_other_number(base: EvidenceBase) -> None:
    dark = Among(only_phototypes=("IV", "V", "VI"))
    found = compute(Number(id="n", query=Query.HARM, bounds=ANY, among=dark, harm="dark-marks"), base, {})
    assert (found.studies, found.count, found.of) == (("dogra2014",), 5, 30)
    assert found.assumed
    assert found.told("low") == "5.6 %"
    assert found.told("high") == "35 %"


def test_both_arms_of_one_trial_are_counted_and_both_sides_of_one_face_once(base: EvidenceBase) -> None:
    parallel = Number(id="n", query=Query.HARM, bounds=ANY, among=Among(studies=("kaur2024",)), harm="dark-marks")
    found = compute(parallel, base, {})
    assert (found.count, found.of) == (1, 30)
    study = base.studies["kaur2024"]
    split = replace(base, studies={**base.studies, study.id: replace(study, design=base.studies["alam2014"].design)})
    found = compute(parallel, split, {})
    assert (found.count, found.of) == (1, 15)


def test_what_cannot_be_computed_with_is_left_out(base: EvidenceBase) -> None:
    assert base.studies["north_india2025"].never_pool
    found = compute(Number(id="n", query=Query.COUNT, bounds=ANY, among=of(HAIR)), base, {})
    assert "north_india2025" not in found.studies
    assert found.value == 15


def test_a_comparison_counts_for_the_arm_that_the_paper_favours(base: EvidenceBase) -> None:
    prp = Among(indications=(SCARS,), plus=("prp",))
    rows = [
        Number(id="n", query=Query.SHARE, bounds=ANY, among=prp, against=("needling-alone",), favours=side)
        for side in ("needled", "neither", "other")
    ]
    needled, neither, other = (compute(row, base, {}) for row in rows)
    assert needled.counted == ("eldomyati2018", "ibrahim2017")
    assert neither.counted == ("ibrahim2018", "sharma_jpad")
    assert other.counted == ()
    assert needled.studies == neither.studies


def test_an_unknown_group_or_comparison_is_refused(base: EvidenceBase) -> None:
    rows = (
        Number(id="n", query=Query.POOL, bounds=ANY, group="acne_scars.change", key="value"),
        Number(id="n", query=Query.SHARE, bounds=ANY, against=("placebo",), favours="needled"),
    )
    for row in rows:
        with pytest.raises(EvidenceError, match="number `n`"):
            compute(row, base, {})


def test_the_exact_interval_is_that_of_clopper_and_pearson() -> None:
    # binom.test of R: 5 of 30, 0 of 10, 10 of 10.
    assert exact_interval(5, 30) == pytest.approx((0.05642, 0.34721), abs=5e-6)
    assert exact_interval(0, 10) == pytest.approx((0.0, 0.30850), abs=5e-6)
    assert exact_interval(10, 10) == pytest.approx((0.69150, 1.0), abs=5e-6)
    with pytest.raises(EvidenceError):
        exact_interval(3, 2)


def test_a_pooled_number_is_that_of_the_pool(base: EvidenceBase, claims: Mapping[str, GradedClaim]) -> None:
    group: Group = next(one for one in groups_of(base) if one.key.id == "acne_scars.response.one-grade.needling")
    whole = pool(group.effects, Method.PM)
    assert estimate(group.effects, Method.PM) == whole.best
    better = claims["acne-scars"].numbers["better"]
    assert better.value == pytest.approx(whole.as_shown(whole.best.value))
    assert better.studies == tuple(effect.study for effect in group.effects)


def test_every_grading_holds_today(claims: Mapping[str, GradedClaim]) -> None:
    assert [problem for one in claims.values() for problem in stale_problems(one)] == []


def test_texts_are_filled_and_hold_no_brace(claims: Mapping[str, GradedClaim]) -> None:
    for one in claims.values():
        for text in (one.reason, one.plain):
            assert "{" not in text
            assert "unknown" not in text
    assert "29 of 31 studies of acne scars" in claims["sessions-acne-scars"].reason


def test_a_retracted_study_leaves_every_number_and_makes_the_claim_stale(base: EvidenceBase) -> None:
    study = replace(base.studies["alam2014"], retracted=Retraction(on=date(2026, 11, 30), why="invented"))
    without = replace(base, studies={**base.studies, "alam2014": study})
    found = graded(load_claims(base)["acne-scars"], without, groups_of(without))
    assert {one.number.id: one.value for one in found.stale} == {"control": 0.0, "needled": None, "left": None}
    assert found.withdrawn == ("alam2014",)
    problems = {problem.where: problem for problem in stale_problems(found)}
    control = problems["claims/acne-scars.toml: number `control`"]
    assert control.expected.startswith("1 to 1")
    assert "supported" in control.hint


def test_what_rests_on_a_study_or_a_source_is_found_both_ways(claims: Mapping[str, GradedClaim]) -> None:
    resting = resting_on("eldomyati2015_ijd", claims.values())
    assert {"elastin", "journal-wrinkle-depth-and-elasticity"} <= set(resting)
    assert "pores" not in resting
    # Counted in a number, and named nowhere in the file.
    assert "afra2019" not in claims["sessions-acne-scars"].claim.study
    assert "sessions-acne-scars" in resting_on("afra2019", claims.values())
    assert "little-downtime" in resting_on("chu2021", claims.values())
    assert resting_on("nothing", claims.values()) == ()
