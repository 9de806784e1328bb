"""The files of claims: what they serve, and every fault that the loader refuses."""

from pathlib import Path

import pytest

from needlewise.errors import KnowledgeError
from needlewise.knowledge import EvidenceBase, Grade, Protocol, load_claims, load_evidence
from tests.unit.knowledge.trees import Tree

PAINLESS, SCARS = "claims/painless.toml", "claims/acne-scars.toml"
# News and tips are a service of the product, no claim about needling.
NO_CLAIM = {"S16"}


@pytest.fixture(scope="module")
def base(protocol: Protocol) -> EvidenceBase:
    return load_evidence(protocol)


def problems(tree: Tree, base: EvidenceBase) -> list[str]:
    try:
        load_claims(base, tree.root)
    except KnowledgeError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_every_row_of_what_articles_claim_is_served(base: EvidenceBase) -> None:
    served = {seed for claim in load_claims(base).values() for seed in claim.seeds}
    assert served == {f"S{number}" for number in range(1, 18)} - NO_CLAIM


def test_every_indication_has_a_claim(base: EvidenceBase) -> None:
    graded = {name for claim in load_claims(base).values() for name in claim.indication}
    assert graded == set(base.protocol.indications)


def test_every_grade_is_given(base: EvidenceBase) -> None:
    assert {claim.verdict for claim in load_claims(base).values()} == set(Grade)


# What is typed -> what the loader says of it.
MISTAKES = {
    "a digit in the reason": (PAINLESS, "In one trial", "In 18 people", "the digit `18` typed into a text"),
    "a digit for patients": (PAINLESS, "Many people feel", "9 of 10 feel", "the digit `10` typed into a text"),
    "a number word": (PAINLESS, "In one trial", "In twelve people", "the number `twelve` typed into a text"),
    "a placeholder without its number": (PAINLESS, "{everyone}", "{everybody}", "unknown number `everybody`"),
    "a part that it has not": (PAINLESS, "{everyone}", "{everyone.low}", "unknown part of a figure `low`"),
    "a part of what is no count": (PAINLESS, "{everyone}", "{everyone.percent}", "of what is no count"),
    "a brace that is no placeholder": (PAINLESS, "{everyone}", "{Everyone}", "`{Everyone}` is no placeholder"),
    "a number that no text uses": (PAINLESS, "{everyone} %", "most", "no text uses the number `everyone`"),
    "bounds upside down": (PAINLESS, "[50, 100]", "[100, 50]", "bounds [100, 50]"),
    "bounds without an end": (PAINLESS, "[50, 100]", "[50, inf]", "bounds"),
    "an unknown quantity": (PAINLESS, 'of = "pain"', 'of = "comfort"', "number.0.of"),
    "an unknown key": (PAINLESS, 'of = "pain"', 'for = "pain"', "unknown key `number.0.for`"),
    "a key of another query": (PAINLESS, 'of = "pain"', 'of = "pain"\nharm = "pain"', "`harm` says nothing to a range"),
    "a query without what it needs": (PAINLESS, 'of = "pain"\n', "", "a range without `of`"),
    "an unknown study": (PAINLESS, '["alam2014"', '["alam2013"', "unknown study `alam2013`"),
    "an unknown source": (SCARS, '["fda_mn_page"', '["fda_page"', "unknown source `fda_page`"),
    "an unknown indication": (SCARS, '["atrophic-acne-scars"]\nstudy', '["acne"]\nstudy', "unknown indication `acne`"),
    "an unknown row": (PAINLESS, '["S8"]', '["S18"]', "unknown row of what articles say `S18`"),
    "a figure that was not read": (PAINLESS, 'key = "percent"', 'key = "count"', "no number `count` was read there"),
    "an event that was not read": (
        PAINLESS,
        "pain, discomfort, burning or stinging",
        "joy",
        "0 rows of `pincelli2024`",
    ),
    "an unknown verdict": (PAINLESS, '"partly"', '"mostly"', "`verdict` is 'mostly'"),
    "a claim in force too early": (PAINLESS, "from_day = 2026-11-28", "from_day = 2026-11-01", "in force before"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused_with_its_file_and_line(name: str, tree: Tree, base: EvidenceBase) -> None:
    file, old, new, told = MISTAKES[name]
    tree.change(file, old, new)
    found = problems(tree, base)
    assert any(told in one for one in found), found
    assert all(one.startswith(f"{file}:") for one in found)


def test_all_faults_of_all_files_are_told_at_once(tree: Tree, base: EvidenceBase) -> None:
    tree.change(PAINLESS, '["S8"]', '["S18"]')
    tree.change(SCARS, "Most people", "9 of 10 people")
    tree.write("claims/cut_off.toml", b"claim = ")
    told = "\n".join(problems(tree, base))
    assert all(name in told for name in (PAINLESS, SCARS, "claims/cut_off.toml"))


def test_a_grading_that_rests_on_nothing_is_refused(tree: Tree, base: EvidenceBase) -> None:
    text = (tree.root / PAINLESS).read_text(encoding="utf-8").partition("\n[[number]]")[0]
    text = text.replace("{pain}", "some").replace("{pain.scale}", "many").replace("{everyone} %", "all")
    tree.write(PAINLESS, text)
    assert any("a grading that rests on nothing" in one for one in problems(tree, base))


def test_a_folder_without_claims_has_none(base: EvidenceBase, tmp_path: Path) -> None:
    assert load_claims(base, tmp_path) == {}
