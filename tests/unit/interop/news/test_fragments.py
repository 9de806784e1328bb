"""Changes as they are written down, and read back from the changelog."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from needlewise.errors import KnowledgeError
from needlewise.interop.news import reading
from needlewise.interop.news.fragments import as_changelog_item, parse_fragment, released
from needlewise.interop.news.items import NewsKind
from needlewise.interop.news.reading import written_changes
from tests.architecture.rules_of_the_house import ROOT, SOURCE
from tests.unit.interop.news.pieces import change

CLINICAL = "Date: 2026-12-01\nCheeks go\nless deep.\nTouches: rules/under-18, indications/neck-lines\nReaches: all.\nFrom: 2027-01-01\n"


def test_every_change_of_the_checkout_is_dated_and_as_it_should_be() -> None:
    changes = written_changes()
    assert {one.file for one in changes} >= {path.name for path in (ROOT / "changelog.d").glob("*.md")}
    assert min(one.on for one in changes) >= date(2026, 11, 22)


def test_the_wheel_carries_the_changes_to_where_they_are_looked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    beside = reading.HERE.relative_to(SOURCE.parent).as_posix()
    for name in (reading.FRAGMENTS, reading.PAGE):
        assert carried[name] == f"{beside}/{name}"
        assert (ROOT / name).exists()


def test_whatever_a_change_touches_exists() -> None:
    named = {f"{one}.toml" for change in written_changes() for one in change.touches}
    assert [name for name in named if not (SOURCE / "knowledge" / name).is_file()] == []


def test_a_fragment_holds_its_day_its_text_in_one_line_and_what_it_touches() -> None:
    found = parse_fragment("cheeks.clinical.md", CLINICAL)
    assert (found.name, found.kind, found.on) == ("cheeks", "clinical", date(2026, 12, 1))
    assert found.text == "Cheeks go less deep."
    assert found.touches == ("rules/under-18", "indications/neck-lines")
    assert (found.reaches, found.from_day) == ("all.", date(2027, 1, 1))


@pytest.mark.parametrize(
    ("file", "text", "wanted"),
    [
        ("a.fix.md", "Mended.\n", "a first line `Date: YYYY-MM-DD`"),
        ("a.fix.md", "Mended.\nDate: 2026-12-01\n", "a first line `Date: YYYY-MM-DD`"),
        ("a.fix.md", "Date: 2026-02-30\nMended.\n", "a first line `Date: YYYY-MM-DD`"),
        ("a.fix.md", "Date: 2026-12-01\n", "says nothing"),
        ("a.fix.md", "", "says nothing"),
        ("a.wish.md", "Date: 2026-12-01\nMended.\n", "the kind one of clinical, feature, fix, internal"),
        ("fix.md", "Date: 2026-12-01\nMended.\n", "NAME.KIND.md"),
        ("a.clinical.md", "Date: 2026-12-01\nDeeper.\n", "whom it reaches"),
        ("a.clinical.md", "Date: 2026-12-01\nDeeper.\nReaches: all.\nFrom: soon\n", "whom it reaches"),
        ("a.fix.md", "Date: 2026-12-01\nMended.\nReaches: all.\nFrom: 2026-12-01\n", "in clinical changes only"),
        ("a.fix.md", "Date: 2026-12-01\nMended.\nTouches: under-18\n", "FOLDER/ID"),
        ("a.fix.md", "Date: 2026-12-01\nMended.\nTouches: rules/x\nAnd more.\n", "the text before them"),
    ],
)
def test_a_fragment_that_is_wrong_is_refused_with_what_is_expected(file: str, text: str, wanted: str) -> None:
    with pytest.raises(KnowledgeError) as error:
        parse_fragment(file, text)
    assert wanted in str(error.value)
    assert str(error.value).startswith(file)


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "changelog.d").mkdir()
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 0.2.0\n\n### New\n\n- Unsigned.\n")
    (tmp_path / "changelog.d" / "a.fix.md").write_text("Mended.\nTouches: nonsense\n")
    (tmp_path / "changelog.d" / "b.feature.md").write_text("\n")
    with pytest.raises(KnowledgeError) as error:
        written_changes(tmp_path)
    told = [problem.where for problem in error.value.problems]
    assert told == ["a.fix.md", "a.fix.md", "b.feature.md", "b.feature.md", "CHANGELOG.md, 0.2.0"]


@pytest.mark.parametrize("kind", ["clinical", "feature"])
def test_a_change_survives_its_release(kind: str) -> None:
    written = change(kind=kind, touches=("rules/under-18",))
    other = replace(change("Something else.", "feature"), name="else")
    page = "\n".join(
        [
            "# Changelog\n\nWords.\n\n## Unreleased\n\n<!-- fragments -->\n### New\n\n- Not out yet.\n<!-- end -->",
            f"\n## 0.2.0, 2026-12-24\n\n### New\n\n{as_changelog_item(other)}",
            f"\n### {'Clinical' if kind == 'clinical' else 'New'}\n\n{as_changelog_item(written)}\n",
        ]
    )
    assert released(page) == (other, written)


def test_a_name_that_stands_for_two_changes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "changelog.d").mkdir()
    old = as_changelog_item(change(kind="feature"))
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n## 0.2.0\n\n### New\n\n{old}\n")
    (tmp_path / "changelog.d" / "cheeks.feature.md").write_text("Date: 2027-01-01\nAnother.\n")
    with pytest.raises(KnowledgeError, match=r"cheeks.feature.md: stands for 2 changes"):
        written_changes(tmp_path)


def test_every_kind_of_fragment_but_the_internal_is_a_kind_of_news() -> None:
    kinds = {path.name.split(".")[-2] for path in (ROOT / "changelog.d").glob("*.md")}
    assert kinds - {"internal"} <= set(NewsKind)
