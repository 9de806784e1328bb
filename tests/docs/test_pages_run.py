"""What the pages show is what happens."""

from datetime import date
from pathlib import Path

import pytest

from needlewise.consultation import read_case
from needlewise.evidence.groups import groups_of
from needlewise.knowledge import Protocol, load_evidence, load_protocol
from tests.docs.running import ROOT, blocks_of, differences, is_runnable, matches
from tests.unit.knowledge.trees import grown

PAGES = [
    path
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
    if "reference" not in path.parts and is_runnable(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_page_shows_is_what_happens(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(differences(path.read_text(encoding="utf-8"), monkeypatch, tmp_path))
    assert not found, "\n\n".join(found)


def test_the_pages_that_promise_it_are_run() -> None:
    names = {str(path.relative_to(ROOT)) for path in PAGES}
    assert {"README.md", "docs/tutorials/first-consultation.md", "docs/how-to/write-an-overlay.md"} <= names


def test_everything_shown_of_a_case_file_can_be_read(protocol: Protocol, today: date) -> None:
    page = (ROOT / "docs/how-to/write-a-case-file.md").read_text(encoding="utf-8")
    case = read_case("\n".join(block.text for block in blocks_of(page) if block.language == "toml"), protocol, today)
    parts = (case.overrides, case.clearances, case.acknowledgements, case.requested_mm, case.clinic.weekdays)
    assert all(parts)
    assert case.clinic.devices[-1].needle_count


def test_the_study_shown_is_sound_and_enters_a_pool(today: date, tmp_path: Path) -> None:
    tree = grown(tmp_path / "knowledge")
    page = (ROOT / "docs/how-to/read-the-evidence.md").read_text(encoding="utf-8").replace("\n   ", "\n")
    for block in blocks_of(page):
        if block.language == "toml":
            tree.write(block.text.partition("\n")[0].removeprefix("# "), block.text)
    base = load_evidence(load_protocol(today, tree.root), tree.root)
    pooled = {
        group.key.id
        for group in groups_of(base)
        for one in group.members
        if one.study.id == "invented2026" and one.effect
    }
    assert pooled == {"acne_scars.change.goodman_baron_quant.needling", "acne_scars.harm.pain.needling"}


@pytest.mark.parametrize(
    "page",
    [
        "```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n",
        "```python\nprint('said and not shown')\n```\n",
        "```console\n$ needlewise --version\nneedlewise 0.0.0\n```\n",
        "```console\n$ needlewise consult nothing.toml\n```\n",
    ],
)
def test_a_page_that_shows_something_else_is_found(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(differences(page, monkeypatch, tmp_path))


@pytest.mark.parametrize(
    ("shown", "fits"),
    [
        ("one\ntwo\nthree", True),
        ("one\n...\nthree", True),
        ("one\n...", True),
        ("one\nt...\nthree", True),
        ("one\nthree", False),
        ("two\n...", False),
        ("...\ntwo", False),
        ("one\n...\ntwo...two\n...", False),
    ],
)
def test_only_what_is_left_out_by_three_points_may_be_missing(shown: str, fits: bool) -> None:
    assert matches(shown, "one\ntwo\nthree\n") is fits
