"""The base of studies: what it holds, and every kind of figure that it refuses."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from needlewise.errors import KnowledgeError
from needlewise.knowledge import Design, EvidenceBase, Protocol, Study, Unit, load_evidence
from tests.unit.knowledge.trees import Tree, grown

ALAM, TXA, NORTH = "studies/alam2014.toml", "studies/txa_hq2021.toml", "studies/north_india2025.toml"
ABLON, POOSTIYAN = "studies/ablon2018.toml", "studies/poostiyan2023.toml"
RATIO = 'effect = "SMD"\nvalue = 0.77\nlow = 0.21\nhigh = 1.32\nlevel = 95.0\np = 0.007'
# What the compiled reference holds. Outcomes worked out by us come on top and say so.
ARMS, OUTCOMES, CONTRASTS, HARMS = 188, 278, 72, 77
WORKED_OUT_BY_US = 5


@pytest.fixture(scope="module")
def base(protocol: Protocol) -> EvidenceBase:
    return load_evidence(protocol)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return grown(tmp_path / "knowledge")


def problems(tree: Tree, protocol: Protocol) -> list[str]:
    try:
        load_evidence(protocol, tree.root)
    except KnowledgeError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_every_arm_outcome_contrast_and_harm_of_the_reference_is_there(base: EvidenceBase) -> None:
    arms = [arm for study in base.studies.values() for arm in study.arm]
    assert len(arms) == ARMS
    assert sum(len(arm.outcome) for arm in arms) == OUTCOMES + WORKED_OUT_BY_US
    assert sum(len(study.contrast) for study in base.studies.values()) == CONTRASTS
    assert sum(len(arm.harm) for arm in arms) == HARMS


def test_the_groups_are_as_large_as_the_reference_says(base: EvidenceBase) -> None:
    assert Counter(study.group for study in base.studies.values()) == {
        "acne_scars": 36,
        "photoageing_wrinkles": 16,
        "neck_wrinkles": 2,
        "surgical_traumatic_burn_scars": 10,
        "striae": 11,
        "melasma_hyperpigmentation": 15,
        "androgenetic_alopecia": 16,
        "laxity_texture_pores": 5,
    }


def test_figures_come_through_as_they_were_read(base: EvidenceBase) -> None:
    needled, untreated = (base.studies["alam2014"].arm_named(name) for name in ("mn", "ctl"))
    after_six_months = needled.outcome[1]
    assert (after_six_months.change_mean, after_six_months.change_low, after_six_months.change_high) == (
        -3.4,
        -6.5,
        -0.2,
    )
    assert untreated.outcome[1].change_mean == -0.4
    assert (needled.n, needled.unit, needled.sessions, needled.interval_weeks) == (15, Unit.SIDES, (3, 3), (2.0, 2.0))
    assert base.studies["alam2014"].design is Design.RCT_SPLIT_FACE


def test_what_was_not_read_is_absent_and_never_zero(base: EvidenceBase) -> None:
    outcome = base.studies["afra2019"].arm_named("mn").outcome[0]
    assert (outcome.before_mean, outcome.after_mean, outcome.change_mean) == (None, None, None)
    assert (outcome.before_median, outcome.after_median) == (7.0, 4.5)


def test_words_of_papers_are_made_comparable_by_a_reviewed_table(base: EvidenceBase) -> None:
    per_inch = base.scale_of("count per square inch", "hair count in 1 square inch")
    assert per_inch is not None
    assert per_inch.scale == "hair_density"
    assert 10.63 * per_inch.factor == pytest.approx(1.65, abs=0.005)
    assert base.scale_of("hemi-MASI", "melasma severity") is None
    assert base.scale_of("trichoscale", "hair diameter") is None
    density = base.scale_of("trichoscale", "hair density")
    assert density is not None
    assert density.scale == "hair_density"


def test_a_vehicle_is_no_active_agent(base: EvidenceBase) -> None:
    assert base.active_agents(base.studies["sharma_jpad"].arm_named("mn_saline")) == ()
    assert base.active_agents(base.studies["sharma_jpad"].arm_named("mn_prp")) == ("prp",)


def test_studies_are_found_by_indication_and_by_source(base: EvidenceBase) -> None:
    assert {study.id for study in base.studies_of("neck-lines")} == {"neck_rf_korea2023", "skinpen_neck"}
    assert [study.id for study in base.citing("xu_txa")] == ["xu2017"]
    assert not list(base.citing("xu2017"))  # the review of skin thickness of the same name


def test_papers_on_the_same_people_share_a_cohort(base: EvidenceBase) -> None:
    shared = [study.id for study in base.studies.values() if study.cohort == "NCT03803059"]
    assert shared == ["asj2021", "skinpen_face2023", "skinpen_neck"]


def test_what_is_kept_though_it_does_not_add_up_says_why(base: EvidenceBase) -> None:
    assert [one.check for one in base.studies["north_india2025"].accepted] == ["arms-people"]
    assert base.studies["north_india2025"].never_pool


def test_a_study_keeps_its_files_digest_apart_from_the_protocols(tree: Tree, protocol: Protocol) -> None:
    before = load_evidence(protocol, tree.root).digest
    tree.change(ALAM, "age_max = 65.0", "age_max = 66.0")
    assert load_evidence(protocol, tree.root).digest != before
    assert not tree.problems()


FAULTS = [
    pytest.param(ALAM, "change_low = -6.5", "change_low = -3.1", "-3.4 outside -3.1 to -0.2", id="value-outside"),
    pytest.param(ALAM, "change_low = -6.5", "change_low = 0.5", "an interval from 0.5 to -0.2", id="upside-down"),
    pytest.param(
        ALAM, 'p = "0.96"', 'p = "0.01"', "an interval of 95 % from -3.4 to 1.4 beside p = 0.01", id="wrong-side"
    ),
    pytest.param(ALAM, "count = 0\nof = 20", "count = 21\nof = 20", "21 of 20", id="more-than-all"),
    pytest.param(ALAM, "completed = 15", "completed = 25", "25 completed of 20 enrolled", id="completers"),
    pytest.param(ALAM, "age_min = 20.0", "age_min = 70.0", "ages 70.0, 65.0", id="ages"),
    pytest.param(ALAM, "n = 15", "n = 0", "an arm of 0", id="empty-arm"),
    pytest.param(ALAM, "sessions = [3, 3]", "sessions = [4, 3]", "`sessions` from 4 to 3", id="sessions"),
    pytest.param(ALAM, 'better = "lower"', 'better = "higher"', "better is `higher` on a scale", id="runs-other-way"),
    pytest.param(
        ALAM, 'source = "alam2014"\nscale', 'source = "dogra2014"\nscale', "no document of this study", id="source"
    ),
    pytest.param(
        ALAM,
        'kind = "abstract"',
        'kind = "abstarct"',
        "`kind` is `abstarct`\n  expected: one of: fulltext, abstract, secondary, bibliography, registry",
        id="kind-of-text",
    ),
    pytest.param(
        "evidence/responses.toml",
        'judge = "patient"',
        'judge = "patients"',
        "unknown judge `patients`\n  expected: one of: professional, patient",
        id="judge",
    ),
    pytest.param(ALAM, "change_level = 95.0", "change_level = 0.95", "`change_level` is 0.95", id="level-as-share"),
    pytest.param(ALAM, 'event = "pain"', 'event = "ache"', "unwanted effect `ache` stands in no", id="event"),
    pytest.param(ALAM, 'group = "acne_scars"', 'group = "acne"', "unknown group of studies `acne`", id="group"),
    pytest.param(ALAM, 'design = "rct_split_face"', 'design = "rct"', "`design` is 'rct'", id="design"),
    pytest.param(ALAM, "change_mean = -2.4", "change_mean = nan", "`change_mean` is nan", id="not-a-number"),
    pytest.param(ALAM, "needling = true", "needle = true", "unknown key `arm.0.needle`", id="unknown-key"),
    pytest.param(
        TXA, "after_mean = 3.032", "after_mean = 5.032", "-54.8 % beside means of 6.604 and 5.032", id="percent"
    ),
    pytest.param(TXA, 'check = "change-percent"', 'check = "percents"', "unknown check `percents`", id="unknown-check"),
    pytest.param(TXA, "before_mean = 6.348", "before_mean = 8.714", "is accepted, but nothing is wrong", id="needless"),
    pytest.param(TXA, "after_sd = 1.19", "after_sd = -1.19", "`after_sd` is -1.19", id="negative-sd"),
    pytest.param(
        "studies/qs_ta_2022.toml",
        "before_mean = 4.6",
        "before_mean = 46.0",
        "`before_mean` 46.0 outside",
        id="off-scale",
    ),
    pytest.param(
        "studies/ishfaq2022.toml", "value = 40.0", "value = 30.0", "a difference of 30.0 points", id="difference"
    ),
    pytest.param(
        "studies/ishfaq2022.toml", "responders_percent = 73.33", "responders_percent = 37.33", "37.33 %", id="share"
    ),
    pytest.param("studies/dhurat2013.toml", 'favours = "mn_mx"', 'favours = "mx2"', "unknown arm `mx2`", id="arm"),
]


@pytest.mark.parametrize(("file", "old", "new", "told"), FAULTS)
def test_impossible_figures_are_refused_with_file_and_line(
    file: str, old: str, new: str, told: str, tree: Tree, protocol: Protocol
) -> None:
    line = tree.change(file, old, new)
    found = [problem for problem in problems(tree, protocol) if told in problem]
    assert found, problems(tree, protocol)
    written = re.match(rf"{re.escape(file)}:(\d+): ", found[0])
    assert written is not None
    assert abs(int(written[1]) - line) <= 12


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (ALAM, 'p = ">0.99"', 'p = "<0.001"'),
        (POOSTIYAN, "p = 0.007", 'p_text = "p = .4"'),
        (POOSTIYAN, RATIO, RATIO.replace("SMD", "odds ratio")),
        (ALAM, 'p = "0.96"', 'p = "p<0.05"'),
        (ALAM, 'p = "0.96"', 'p = "P-value ≤ 1e-5 (paired)"'),
        (ABLON, "change_high = -1.11", "change_high = 1.11"),
        (ABLON, 'p = "<0.01 (99% CI excludes 0)"', 'p = "0.02"'),
        (POOSTIYAN, "p = 0.157", 'p = 0.157\np_text = "<0.001"'),
        (POOSTIYAN, "p = 0.007", 'p_text = ">= 0.05"'),
    ],
)
def test_a_printed_p_must_agree_with_its_interval(
    file: str, old: str, new: str, tree: Tree, protocol: Protocol
) -> None:
    tree.change(file, old, new)
    (found,) = problems(tree, protocol)
    assert found.startswith(f"{file}:")
    assert "expected: an interval and a p value on the same side of no change" in found
    assert "an interval of 99 %" in found if file == ABLON else "an interval of 95 %" in found


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (ALAM, 'p = ">0.99"', 'p = "<0.1"'),
        (ALAM, 'p = ">0.99"', 'p = ">0.01"'),
        (ALAM, 'p = ">0.99"', 'p = "significant"'),
        (ALAM, 'p = ">0.99"', 'p = "0.009 (more of one); 0.045 (fewer of another)"'),
        (ABLON, 'p = "<0.01 (99% CI excludes 0)"', 'p = "<0.05"'),
        (POOSTIYAN, "p = 0.157", 'p_text = "<0.06"'),
        # A ratio of 1 says that nothing differs, and 0 says nothing.
        (POOSTIYAN, RATIO, RATIO.replace("SMD", "odds ratio").replace("0.007", "0.4")),
    ],
)
def test_a_text_that_leaves_it_open_is_compared_with_nothing(
    file: str, old: str, new: str, tree: Tree, protocol: Protocol
) -> None:
    tree.change(file, old, new)
    assert not problems(tree, protocol)


def test_two_files_for_one_publication_are_refused(tree: Tree, protocol: Protocol) -> None:
    text = (tree.root / ALAM).read_text(encoding="utf-8")
    tree.write("studies/alam2014_again.toml", text)
    found = problems(tree, protocol)
    assert any("doi 10.1001/jamadermatol.2013.8687 is that of studies/alam2014.toml too" in one for one in found)
    assert any("pmid 24919799" in one for one in found)


def test_all_faults_are_told_at_once(tree: Tree, protocol: Protocol) -> None:
    tree.change(ALAM, "completed = 15", "completed = 25")
    tree.change(TXA, "after_sd = 1.19", "after_sd = -1.19")
    tree.write("studies/cut_off.toml", b"title = ")
    told = "\n".join(problems(tree, protocol))
    assert all(name in told for name in (ALAM, TXA, "studies/cut_off.toml"))


def test_one_line_retracts_a_paper_and_keeps_its_file(tree: Tree, protocol: Protocol) -> None:
    tree.change(ALAM, "\n[people]", '\nretracted = { on = 2026-11-23, why = "invented for this test" }\n\n[people]')
    study: Study = load_evidence(protocol, tree.root).studies["alam2014"]
    assert study.retracted is not None
    assert study.retracted.on == date(2026, 11, 23)
    assert study.never_pool == "retracted on 2026-11-23: invented for this test"


def test_a_missing_table_is_told_and_not_taken_for_an_empty_one(tree: Tree, protocol: Protocol) -> None:
    (tree.root / "evidence" / "agents.toml").unlink()
    assert any(one.startswith("evidence/agents.toml: no such file") for one in problems(tree, protocol))
