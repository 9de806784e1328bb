"""What rests on a paper, and what moves when it is withdrawn."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from needlewise.evidence.claims import GradedClaim, graded
from needlewise.evidence.groups import Group, groups_of
from needlewise.evidence.resting import moved_without, resting_on_source
from needlewise.knowledge import EvidenceBase, Protocol, Retraction, load_claims, load_evidence

ONE_GRADE = "acne_scars.response.one-grade.needling"


@pytest.fixture(scope="module")
def base(protocol: Protocol) -> EvidenceBase:
    return load_evidence(protocol)


@pytest.fixture(scope="module")
def groups(base: EvidenceBase) -> Sequence[Group]:
    return groups_of(base)


@pytest.fixture(scope="module")
def claims(base: EvidenceBase, groups: Sequence[Group]) -> Sequence[GradedClaim]:
    return [graded(claim, base, groups) for claim in load_claims(base).values()]


def withdrawn(base: EvidenceBase, name: str) -> EvidenceBase:
    gone = replace(base.studies[name], retracted=Retraction(on=date(2026, 11, 1), why="invented for this test"))
    return replace(base, studies={**base.studies, name: gone})


def test_rules_claims_studies_and_pools_rest_on_a_paper(
    base: EvidenceBase, groups: Sequence[Group], claims: Sequence[GradedClaim]
) -> None:
    found = resting_on_source("dogra2014", base, claims, groups)
    assert [study.id for study in found.studies] == ["dogra2014"]
    assert "readings" in {one.table for one in found.rows}
    assert "all-skin-types" in {one.claim.id for one in found.claims}
    alam = resting_on_source("alam2014", base, claims, groups)
    assert "acne_scars.contrast-of-changes.goodman_baron_quant.needling.against-nothing" in {
        group.key.id for group in alam.groups
    }


def test_nothing_rests_on_a_paper_nobody_cites(
    base: EvidenceBase, groups: Sequence[Group], claims: Sequence[GradedClaim]
) -> None:
    assert resting_on_source("no-such-paper", base, claims, groups).is_nothing


def test_withdrawing_a_study_shows_every_pool_claim_and_forecast_that_moves(
    base: EvidenceBase, claims: Sequence[GradedClaim]
) -> None:
    found = moved_without("majid2009", base, claims)
    pool = next(one for one in found.pools if one.group.key.id == ONE_GRADE)
    assert (pool.k_before, pool.k_after) == (5, 4)
    assert pool.before is not None
    assert pool.after is not None
    # 34 of 36 gained a grade there, more than elsewhere.
    assert pool.after < pool.before
    assert {one.claim.id for one in found.deciding} >= {"acne-scars", "journal-acne-scars"}
    moved = {(one.claim.claim.id, one.number): one for one in found.numbers}
    assert moved["acne-scars", "k"].before == "5"
    assert moved["acne-scars", "k"].after == "4"
    forecast = next(one for one in found.forecasts if one.before.measure.of == "one-grade")
    assert forecast.after is not None
    assert forecast.before.people - forecast.after.people == 36
    assert forecast.before.prediction is not None
    assert forecast.after.prediction is not None
    assert forecast.after.prediction.group.width >= forecast.before.prediction.group.width


def test_a_number_that_leaves_its_bounds_is_marked(base: EvidenceBase, claims: Sequence[GradedClaim]) -> None:
    found = moved_without("alam2014", base, claims)
    stale = {(one.claim.claim.id, one.number) for one in found.numbers if one.is_stale}
    assert ("acne-scars", "control") in stale


def test_of_a_withdrawn_study_it_is_told_what_its_withdrawal_moved(
    base: EvidenceBase, claims: Sequence[GradedClaim]
) -> None:
    gone = withdrawn(base, "majid2009")
    groups = groups_of(gone)
    now = [graded(one.claim, gone, groups) for one in claims]
    then = moved_without("majid2009", base, claims)
    found = moved_without("majid2009", gone, now)
    assert [(one.k_before, one.k_after) for one in found.pools] == [(one.k_before, one.k_after) for one in then.pools]
    assert [(one.number, one.before, one.after) for one in found.numbers] == [
        (one.number, one.before, one.after) for one in then.numbers
    ]


def test_a_study_that_enters_nothing_moves_nothing(base: EvidenceBase, claims: Sequence[GradedClaim]) -> None:
    used = {name for one in claims for name in one.studies}
    pooled = {m.study.id for group in groups_of(base) for m in group.members}
    idle = next(name for name in base.studies if name not in used | pooled)
    assert moved_without(idle, base, claims).is_nothing


def test_harms_and_judgements_that_rest_on_a_study_are_shown(base: EvidenceBase, claims: Sequence[GradedClaim]) -> None:
    harms = {one.before.kind.id: one for one in moved_without("dogra2014", base, claims).harms}
    assert {"dark-marks", "track-marks"} <= harms.keys()
    assert harms["track-marks"].after.everywhere is None
    judged = moved_without("pincelli2024", base, claims).judgements
    assert [one.step for one in judged] == ["inconsistency"]


def test_a_study_with_a_mean_and_no_spread_lists_the_forecast_it_enters(
    base: EvidenceBase, groups: Sequence[Group], claims: Sequence[GradedClaim]
) -> None:
    found = resting_on_source(base.studies["idoj2024_co2"].document[0].source, base, claims, groups)
    assert "atrophic-acne-scars" in {one.id for one in found.forecasts}
