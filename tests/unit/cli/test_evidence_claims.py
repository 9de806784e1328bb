"""needlewise evidence claims, and what evidence check says of claims whose numbers have moved."""

from pathlib import Path

from tests.unit.cli.conftest import Cli
from tests.unit.knowledge.trees import grown


def test_claims_lists_every_claim_under_its_verdict(cli: Cli) -> None:
    result = cli("evidence", "claims")
    assert result.code == 0
    contradicted = result.out.partition("contradicted\n")[2]
    assert "pause-blood-thinners" in contradicted
    assert "little-downtime" not in contradicted
    assert "read again" not in result.out


def test_one_claim_is_told_with_its_numbers_their_bounds_and_studies(cli: Cli) -> None:
    result = cli("evidence", "claims", "sessions-acne-scars")
    told = " ".join(result.out.split())
    assert "29 of 31 studies of acne scars" in told
    assert "the verdict holds from 0.75 to 1; from 31 studies: afra2019, alam2014" in told
    assert "harris2015: Harris AG" in told


def test_a_slip_in_the_name_of_a_claim_is_answered_with_the_nearest(cli: Cli) -> None:
    result = cli("evidence", "claims", "painles")
    assert result.code == 2
    assert "did you mean `painless`?" in result.err


def test_check_counts_the_claims_that_hold(cli: Cli) -> None:
    assert "claims whose verdict holds" in cli("evidence", "check").out


def test_a_retraction_moves_a_number_across_its_bounds_and_check_names_it(cli: Cli, tmp_path: Path) -> None:
    tree = grown(tmp_path / "knowledge")
    line = '\nretracted = { on = 2026-11-30, why = "invented for this test" }\n\n[people]'
    tree.change("studies/alam2014.toml", "\n[people]", line)
    result = cli("evidence", "check", "--folder", str(tree.root))
    assert result.code == 4
    told = " ".join(result.err.split())
    assert f"{tree.root}/claims/acne-scars.toml: number `control`: 0 (0) expected: 1 to 1" in told
    assert "`alam2014` may no longer be computed with" in told
    listed = cli("evidence", "claims", "--folder", str(tree.root))
    assert listed.code == 0
    assert "To be read again" in listed.out


def test_a_digit_typed_into_a_text_is_refused_with_its_line(cli: Cli, tmp_path: Path) -> None:
    tree = grown(tmp_path / "knowledge")
    line = tree.change("claims/painless.toml", "Many people feel some pain", "9 people feel some pain")
    result = cli("evidence", "check", "--folder", str(tree.root))
    assert result.code == 4
    assert f"{tree.root}/claims/painless.toml:{line}: the digit `9` typed into a text" in result.err


def test_every_group_that_there_is_not_is_told_with_its_claim(cli: Cli, tmp_path: Path) -> None:
    tree = grown(tmp_path / "knowledge")
    for claim, group in (
        ("neck-lines", "neck_wrinkles.change.lemperle.needling"),
        ("prp-for-acne-scars", "acne_scars"),
    ):
        tree.change(f"claims/{claim}.toml", f'group = "{group}', f'group = "no-{group}')
    result = cli("evidence", "check", "--folder", str(tree.root))
    assert result.code == 9
    assert "claims/neck-lines.toml: number `grade`: no group `no-neck_wrinkles" in result.err
    assert "claims/prp-for-acne-scars.toml: number `grade`: no group `no-acne_scars" in result.err
