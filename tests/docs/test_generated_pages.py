"""The reference pages, SAFETY and CHANGELOG are as their scripts write them now."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from needlewise.clinical.examples import failing_examples
from needlewise.interop.news.reading import written_changes
from needlewise.knowledge import Protocol, load_protocol
from needlewise.verification.invariants import INVARIANTS
from tests.conftest import TODAY
from tests.docs.running import ROOT


def script(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "docs" / name), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the scripts write."""
    for name in ("SAFETY.md", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "changelog.d", tmp_path / "changelog.d")
    shutil.copytree(ROOT / "docs" / "reference", tmp_path / "docs" / "reference")
    return tmp_path


def test_every_reference_page_is_up_to_date() -> None:
    done = script("generate.py", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["docs/reference/rules.md", "SAFETY.md"])
def test_a_page_edited_by_hand_is_found_and_written_again(name: str, checkout: Path) -> None:
    page = checkout / name
    before = page.read_text(encoding="utf-8")
    page.write_text(before.replace("28", "27"), encoding="utf-8")
    found = script("generate.py", "--check", "--root", str(checkout))
    assert found.returncode == 1
    assert name in found.stdout
    assert script("generate.py", "--root", str(checkout)).returncode == 0
    assert page.read_text(encoding="utf-8") == before


def test_the_rule_reference_holds_every_rule_with_its_examples(protocol: Protocol) -> None:
    page = (ROOT / "docs/reference/rules.md").read_text(encoding="utf-8")
    sections = {part.split("\n", 1)[0]: part for part in page.split("\n### ")[1:]}
    assert sections.keys() == protocol.rules.keys()
    for name, rule in protocol.rules.items():
        assert rule.because in sections[name]
        assert all(f"| {example.name} |" in sections[name] for example in protocol.examples[name]), name


def test_safety_names_every_limit_every_invariant_and_every_gap(protocol: Protocol) -> None:
    page = (ROOT / "SAFETY.md").read_text(encoding="utf-8")
    for wanted in (*(one.sentence for one in INVARIANTS), *(limit.text for limit in protocol.limits.values())):
        assert wanted in page
    gaps = [one.text for one in protocol.readings.values() if one.topic == "not known"]
    assert gaps
    assert all(gap in page for gap in gaps)
    waiting = page.split("<!-- generated: waiting -->")[1].split("<!-- end -->")[0]
    for row in (*protocol.limits.values(), *protocol.stop_rules.values()):
        assert (f"[{row.id}]" in waiting) is ("session" in row.enforced_at), row.id


def test_the_changelog_holds_every_fragment() -> None:
    done = script("changelog.py", "--check")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("depths.clinical.md", "Date: 2026-11-24\nCheeks go less deep.\n"),
        ("depths.clinical.md", "Date: 2026-11-24\nCheeks go less deep.\nReaches: everyone.\nFrom: some day\n"),
        ("depths.surprise.md", "Date: 2026-11-24\nCheeks go less deep.\n"),
        ("depths.md", "Date: 2026-11-24\nCheeks go less deep.\n"),
        ("depths.fix.md", "Date: 2026-11-24\n"),
        ("depths.fix.md", "Cheeks go less deep.\n"),
        ("depths.fix.md", "Date: yesterday\nCheeks go less deep.\n"),
        ("depths.txt", "Date: 2026-11-24\nCheeks go less deep.\n"),
    ],
)
def test_a_wrong_fragment_is_found(name: str, text: str, checkout: Path) -> None:
    (checkout / "changelog.d" / name).write_text(text, encoding="utf-8")
    done = script("changelog.py", "--root", str(checkout))
    assert done.returncode == 1
    assert name in done.stdout


def test_a_new_fragment_is_put_under_unreleased(checkout: Path) -> None:
    text = "Date: 2026-12-20\nCheeks go less deep.\nReaches: whoever has cheeks.\nFrom: 2027-01-01\n"
    (checkout / "changelog.d" / "depths.clinical.md").write_text(text, encoding="utf-8")
    assert script("changelog.py", "--check", "--root", str(checkout)).returncode == 1
    assert script("changelog.py", "--root", str(checkout)).returncode == 0
    unreleased = (checkout / "CHANGELOG.md").read_text(encoding="utf-8").split("## Unreleased")[1]
    assert (
        "- Cheeks go less deep.\n  Reaches: whoever has cheeks.\n  From: 2027-01-01\n  <!-- depths 2026-12-20 -->\n"
        in unreleased
    )


def test_the_news_is_the_same_before_and_after_a_release(checkout: Path) -> None:
    assert script("changelog.py", "--root", str(checkout)).returncode == 0
    before = written_changes(checkout)
    page = checkout / "CHANGELOG.md"
    markers = "<!-- fragments -->\n<!-- end -->"
    text = page.read_text(encoding="utf-8").replace("<!-- fragments -->\n", "").replace("<!-- end -->\n", "")
    released = text.replace("## Unreleased", f"## Unreleased\n\n{markers}\n\n## 0.2.0, 2026-12-24")
    page.write_text(released, encoding="utf-8")
    for fragment in (checkout / "changelog.d").glob("*.md"):
        fragment.unlink()
    assert before
    assert set(written_changes(checkout)) == set(before)
    assert script("changelog.py", "--root", str(checkout)).returncode == 0
    assert set(written_changes(checkout)) == set(before)


def test_the_rule_worked_through_in_contributing_is_a_rule(tmp_path: Path) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    block = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert block is not None
    folder = tmp_path / "knowledge"
    shutil.copytree(ROOT / "src/needlewise/knowledge", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    text = "\n".join(line.removeprefix("   ") for line in block[1].split("\n"))
    (folder / "rules" / "alcohol-before.toml").write_text(text, encoding="utf-8")
    protocol = load_protocol(TODAY, folder)
    assert protocol.rules["alcohol-before"].verdict.word == "caution"
    assert not [problem for problem in failing_examples(protocol, TODAY) if "alcohol-before" in problem.where]
