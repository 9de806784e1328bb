"""Which figures of the base are pooled together, and which are kept apart."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from needlewise.evidence.effects import EffectKind, shown
from needlewise.evidence.groups import Against, Group, Sort, Treatment, groups_of
from needlewise.evidence.pooling import pool
from needlewise.knowledge import EvidenceBase, Protocol, load_evidence
from tests.unit.knowledge.trees import grown


@pytest.fixture(scope="module")
def base(protocol: Protocol) -> EvidenceBase:
    return load_evidence(protocol)


@pytest.fixture(scope="module")
def groups(base: EvidenceBase) -> Mapping[str, Group]:
    return {group.key.id: group for group in groups_of(base)}


ONE_GRADE = "acne_scars.response.one-grade.needling"


def test_a_group_lists_every_study_and_counts_those_that_enter_its_pool(groups: Mapping[str, Group]) -> None:
    group = groups["acne_scars.change.goodman_baron_qual.needling"]
    assert [one.study.id for one in group.members] == ["dalwig2020", "idoj2024_co2", "sharma_jpad", "vietnam_roller"]
    assert group.k == 2
    why = {one.study.id: one.why_not for one in group.members}
    assert why["dalwig2020"] == "the number of people was not read"
    assert why["idoj2024_co2"] == "no spread was read"
    assert not why["vietnam_roller"]


def test_responders_of_plain_needling_make_one_pool(groups: Mapping[str, Group]) -> None:
    found = pool(groups[ONE_GRADE].effects)
    assert (found.k, found.people) == (5, 142)
    # 34 of 36, 33 of 36, 28 of 30, 22 of 30 and 7 of 10 add up to 124 of 142.
    assert found.as_shown(found.best.value) == pytest.approx(124 / 142, abs=0.03)


def test_changes_and_contrasts_are_never_in_one_group(groups: Mapping[str, Group]) -> None:
    kinds = {
        Sort.CHANGE: {EffectKind.MEAN_CHANGE},
        Sort.RESPONSE: {EffectKind.PROPORTION},
        Sort.HARM: {EffectKind.PROPORTION},
        Sort.CONTRAST_OF_CHANGES: {EffectKind.MEAN_DIFFERENCE},
        Sort.CONTRAST_OF_RESPONSES: {EffectKind.LOG_ODDS_RATIO},
    }
    for group in groups.values():
        assert {one.kind for one in group.effects} <= kinds[group.key.sort]
        assert (group.key.against is not None) == (group.key.sort in list(Sort)[3:])


def test_radiofrequency_adjuncts_and_plain_needling_are_kept_apart(
    groups: Mapping[str, Group], base: EvidenceBase
) -> None:
    for group in groups.values():
        for member in group.members:
            is_plain = not member.arm.radiofrequency and not base.active_agents(member.arm)
            assert (group.key.treatment is Treatment.NEEDLING) == is_plain
            assert group.key.plus == "+".join(base.active_agents(member.arm))


def test_no_study_and_no_cohort_enters_a_pool_twice(groups: Mapping[str, Group]) -> None:
    for group in groups.values():
        pooled = Counter(one.study.cohort or one.study.id for one in group.members if one.effect)
        assert not [people for people, times in pooled.items() if times > 1], group.key.id


def test_the_only_untreated_side_tells_what_needling_adds(groups: Mapping[str, Group]) -> None:
    alone = [group for group in groups.values() if group.key.against is Against.NOTHING]
    assert [(group.key.of, group.k) for group in alone] == [("goodman_baron_quant", 1)]
    effect = alone[0].effects[0]
    # -3.4 on the needled side, -0.4 on the other, at six months.
    assert (effect.value, effect.n) == (pytest.approx(-3.0), 15)
    assert "correlation of 0.5 between the sides assumed" in effect.assumed


def test_needles_added_to_a_drug_are_compared_with_the_drug(groups: Mapping[str, Group]) -> None:
    key = "androgenetic_alopecia.contrast-of-responses.one-grade.needling-plus.minoxidil.against-same-without-needles"
    found = groups[key].effects[0]
    # 17 of 20 against 9 of 20.
    assert shown(found.kind, found.value) == pytest.approx(17 * 11 / (3 * 9))


def test_a_laser_with_the_same_drug_is_another_treatment(groups: Mapping[str, Group]) -> None:
    against = {
        group.key.against
        for group in groups.values()
        for one in group.members
        if one.study.id == "qs_ta_2022" and group.key.against
    }
    assert against == {Against.ANOTHER_TREATMENT}


def test_printed_spreads_in_doubt_and_flagged_studies_enter_no_pool(groups: Mapping[str, Group]) -> None:
    doubtful = {"rana2017", "burn_triam2024", "north_india2025"}
    members = [one for group in groups.values() for one in group.members if one.study.id in doubtful]
    assert {one.study.id for one in members} == doubtful
    assert all(one.effect is None for one in members)
    why = {one.study.id: one.why_not for one in members}
    assert why["north_india2025"] == "do not pool"
    assert why["rana2017"].startswith("spread printed as plus/minus")
    assert why["burn_triam2024"].startswith("spread printed plus/minus")


def test_areas_are_not_counted_as_people(groups: Mapping[str, Group]) -> None:
    group = groups["laxity_texture_pores.response.any-improvement.radiofrequency-needling"]
    assert {one.why_not for one in group.members if one.study.id == "alexiades_body"} == {"counts areas, not people"}


def test_unwanted_effects_counted_in_areas_are_not_counted_as_people(protocol: Protocol, tmp_path: Path) -> None:
    tree = grown(tmp_path / "knowledge")
    harm = '[[arm.harm]]\nevent = "pain"\nsource = "alexiades_body"\ncount = 2\nof = 22\n\n'
    tree.change("studies/alexiades_body.toml", '[[arm]]\nid = "knees"', f'{harm}[[arm]]\nid = "knees"')
    group = of(load_evidence(protocol, tree.root), "laxity_texture_pores.harm.pain.radiofrequency-needling")
    why = {one.study.id: one.why_not for one in group.members}
    assert why["alexiades_body"] == "counts areas, not people"
    tree.change("studies/alexiades_body.toml", 'unit = "areas"', 'unit = "people"')
    group = of(load_evidence(protocol, tree.root), group.key.id)
    assert {one.study.id for one in group.members if one.effect} == {"alexiades_body"}


def test_unwanted_effects_of_a_retracted_paper_enter_no_pool(protocol: Protocol, tmp_path: Path) -> None:
    tree = grown(tmp_path / "knowledge")
    harms = [one for one in groups_of(load_evidence(protocol, tree.root)) if one.key.sort is Sort.HARM]
    group, member = next((group, one) for group in harms for one in group.members if one.effect)
    retracted = '\nretracted = { on = 2026-11-23, why = "invented" }\n\n[people]'
    tree.change(f"studies/{member.study.id}.toml", "\n[people]", retracted)
    after = of(load_evidence(protocol, tree.root), group.key.id)
    assert (after.k, len(after.members)) == (group.k - 1, len(group.members))


def of(base: EvidenceBase, name: str) -> Group:
    return next(group for group in groups_of(base) if group.key.id == name)


def test_a_retracted_paper_leaves_its_pools_and_stays_listed(protocol: Protocol, tmp_path: Path) -> None:
    tree = grown(tmp_path / "knowledge")
    tree.change(
        "studies/majid2009.toml", "\n[people]", '\nretracted = { on = 2026-11-23, why = "invented" }\n\n[people]'
    )
    group = of(load_evidence(protocol, tree.root), ONE_GRADE)
    assert (group.k, len(group.members)) == (4, 5)
    assert any(re.match("retracted on 2026-11-23", one.why_not) for one in group.members)
