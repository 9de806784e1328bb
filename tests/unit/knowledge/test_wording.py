"""How a verdict is told, and how a wish without a protocol is: once, in the knowledge, for every page and sheet."""

import re
from datetime import date
from pathlib import Path

import pytest

from needlewise.cli.patient_page import patient_page
from needlewise.consultation import consult, read_case
from needlewise.interop.handouts.patient import patient_data
from needlewise.knowledge import Origin, Protocol, Verdict
from tests.unit.knowledge.trees import KNOWLEDGE, Tree

SHELLS = KNOWLEDGE.parent


def test_every_verdict_has_words_for_both_readers_marked_as_ours(protocol: Protocol) -> None:
    assert list(protocol.wording) == [*(verdict.word for verdict in Verdict), "nothing-planned"]
    for words in protocol.wording.values():
        assert all((words.headline, words.line, words.title, words.meaning, words.short)), words.id
        assert words.mark.origin is Origin.CHOSEN
        assert words.mark.why


def test_the_words_stand_nowhere_else(protocol: Protocol) -> None:
    files = [path for ending in ("py", "typ", "html") for path in SHELLS.rglob(f"*.{ending}")]
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    for words in protocol.wording.values():
        for sentence in (words.headline, words.line, words.meaning):
            assert [path.name for path, text in texts.items() if sentence in text] == [], sentence


@pytest.mark.parametrize("verdict", ["proceed", "defer", "exclude"])
def test_page_and_handout_open_with_the_same_words(protocol: Protocol, today: date, verdict: str) -> None:
    name = {"proceed": "acne-scars-type-iii", "defer": "isotretinoin-stopped-90-days-ago", "exclude": "pregnancy"}[
        verdict
    ]
    raw = (Path(__file__).parents[3] / "examples" / f"{name}.toml").read_bytes()
    case = read_case(raw, protocol, today)
    found = consult(case, protocol, today)
    words = protocol.words(Verdict(verdict))
    told = patient_data(found, case, protocol)["told"]
    assert (told["headline"], told["line"]) == (words.headline, words.line)
    page = " ".join(patient_page(found, case, protocol).split())
    assert words.headline in page
    assert words.line in page


def test_a_verdict_without_words_is_a_fault_of_the_files(tree: Tree) -> None:
    text = (tree.root / "wording.toml").read_text(encoding="utf-8")
    tree.write(
        "wording.toml", re.sub(r'\n\[\[verdict\]\]\nid = "defer".*?(?=\n\[\[verdict\]\])', "", text, flags=re.DOTALL)
    )
    assert tree.problems() == [
        "wording.toml:1: no words for `defer`\n  expected: a [[verdict]] row of each\n  hint: add the row"
    ]


def test_words_for_what_is_no_verdict_are_a_fault_too(tree: Tree) -> None:
    line = tree.change("wording.toml", 'id = "adjust"', 'id = "ajust"')
    assert f"wording.toml:{line}: unknown verdict `ajust`" in "\n".join(tree.problems())


def test_every_goal_without_a_protocol_says_so_and_what_is_measured_instead(protocol: Protocol) -> None:
    goals = [goal for row in protocol.indications.values() for goal in row.goal]
    unmet = [goal for goal in goals if not goal.supported]
    assert {goal.id for goal in unmet} == {"smaller-pores", "firmer-skin", "lifted-jaw-line", "less-sagging"}
    for goal in unmet:
        assert goal.unsupported_because.startswith("No trial protocol stands behind this wish")
        assert "what is measured instead" in goal.unsupported_because
        assert goal.scales
    assert all(not goal.unsupported_because for goal in goals if goal.supported)


def test_an_unsupported_goal_without_a_word_about_it_is_a_fault(tree: Tree) -> None:
    tree.change("indications/texture-pores-tone.toml", "unsupported_because", "# unsupported_because")
    (found,) = tree.problems()
    assert "goal `smaller-pores`, supported: false" in found


def test_whole_numbers_are_refused_where_none_can_be_meant(tree: Tree) -> None:
    line = tree.change("facts/inr.toml", 'unit = "ratio"', 'whole = true\nunit = "ratio"')
    assert tree.problems() == [
        f"facts/inr.toml:{line}: whole numbers where none can be meant\n  expected: a measure with a range of whole numbers"
    ]
