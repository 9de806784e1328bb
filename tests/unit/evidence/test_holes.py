"""What nobody studied is said, and said rightly."""

from dataclasses import replace

import pytest

from needlewise.evidence.holes import holes_of
from needlewise.knowledge import EvidenceBase, Protocol, load_evidence


@pytest.fixture(scope="module")
def base(protocol: Protocol) -> EvidenceBase:
    return load_evidence(protocol)


def test_acne_scars_have_one_trial_against_nothing_and_few_with_stated_skin_types(base: EvidenceBase) -> None:
    told = " ".join(holes_of("atrophic-acne-scars", base))
    assert "compare needling with nothing, a sham, or the same without needles; the rest show change" in told
    assert "state skin types" in told


def test_the_neck_has_no_comparison_at_all(base: EvidenceBase) -> None:
    assert holes_of("neck-lines", base)[0].startswith("None of 2 studies compares needling with nothing")


def test_an_indication_without_a_study_says_so(base: EvidenceBase) -> None:
    empty = replace(base, studies={})
    assert holes_of("neck-lines", empty) == ("No study was read.",)
