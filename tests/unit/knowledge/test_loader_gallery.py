"""A gallery of knowledge folders with one mistake each: the message names file and line, and says what to do."""

from datetime import date
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from needlewise.errors import KnowledgeError
from needlewise.knowledge import Verdict, load_protocol
from tests.unit.knowledge.mistakes import FILLER, MISTAKES, VITILIGO, Mistake
from tests.unit.knowledge.trees import TODAY, Tree

# One slip, several faults: the key that is not known, the one that is now missing, the row that is gone.
MORE_MESSAGES = {
    "a key misspelt in a table of rows",
    "a mark is missing",
    "a table misspelt",
}


def line_of(tree: Tree, mistake: Mistake) -> int:
    text = (tree.root / mistake.file).read_text(encoding="utf-8")
    at = text.index(mistake.at or mistake.new.lstrip("\n"))
    return text[:at].count("\n") + 1


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_once_with_its_file_and_line(name: str, tree: Tree, snapshot: SnapshotAssertion) -> None:
    mistake = MISTAKES[name]
    tree.change(mistake.file, mistake.old, mistake.new)
    found = tree.problems()
    assert found == snapshot
    assert found[0].startswith(f"{mistake.file}:{line_of(tree, mistake)}: ")
    if name not in MORE_MESSAGES:
        assert len(found) == 1


WHOLE_FILES: dict[str, tuple[str, bytes | None]] = {
    "not UTF-8": (VITILIGO, 'title = "Vitiligo"\nbecause = "Fl\xe4chen"\n'.encode("latin-1")),
    "a picture": ("limits.toml", b"\x89PNG\r\n\x1a\n"),
    "empty": (VITILIGO, b""),
    "an empty table": ("limits.toml", b"# to be written\n"),
    "cut off in a list": ("roles.toml", b"[[role]]\nid = 'doctor'\nwho = [\n\n"),
    "a table that is gone": ("limits.toml", None),
    "a file in a folder misspelt": ("rule/new.toml", b'title = "New"\n'),
    "a file in a folder too deep": ("rules/skin/new.toml", b'title = "New"\n'),
    "a file with a blank in its name": ("rules/new rule.toml", b'title = "New"\n'),
    "a table that nobody reads": ("notes.toml", b'title = "New"\n'),
}


@pytest.mark.parametrize("name", WHOLE_FILES)
def test_a_file_that_is_wrong_as_a_whole_is_told(name: str, tree: Tree, snapshot: SnapshotAssertion) -> None:
    file, content = WHOLE_FILES[name]
    if content is None:
        (tree.root / file).unlink()
    else:
        (tree.root / file).parent.mkdir(exist_ok=True)
        tree.write(file, content)
    assert tree.problems() == snapshot


def test_a_source_that_is_gone_is_missed_wherever_it_is_cited(tree: Tree) -> None:
    (tree.root / "sources" / "claytor2022.toml").unlink()
    found = tree.problems()
    assert any(problem.startswith("rules/scar-under-180-days.toml:") for problem in found)
    assert all("unknown source `claytor2022`" in problem for problem in found)


def test_an_id_in_two_files_of_readings_is_told(tree: Tree) -> None:
    tree.change("readings/speeds.toml", 'id = "', 'id = "gap-depth-1" # was "')
    assert [problem.split("\n")[0] for problem in tree.problems()] == [
        f"readings/speeds.toml:{first_id(tree, 'readings/speeds.toml')}: id `gap-depth-1` stands in another file too"
    ]


def first_id(tree: Tree, file: str) -> int:
    lines = (tree.root / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if line.startswith("id ="))


def test_several_mistakes_are_told_at_once_in_the_order_of_the_files(tree: Tree) -> None:
    chosen = [
        "an unknown fact",
        "an unknown source",
        "an unknown role",
        "an unknown parent",
        "a wait without its table",
    ]
    lines = {}
    for name in chosen:
        mistake = MISTAKES[name]
        tree.change(mistake.file, mistake.old, mistake.new)
    for name in chosen:
        lines[name] = f"{MISTAKES[name].file}:{line_of(tree, MISTAKES[name])}"
    found = [problem.split(": ")[0] for problem in tree.problems()]
    assert len(found) == len(chosen)
    assert set(found) == set(lines.values())
    by_file = [(place.split(":")[0], int(place.split(":")[1])) for place in found]
    assert by_file == sorted(by_file)


def test_the_folder_is_whole_but_for_its_mistakes(tree: Tree) -> None:
    assert tree.problems() == []
    assert len(MISTAKES) >= 60


def test_a_folder_of_links_is_read_like_the_real_one(tree: Tree) -> None:
    assert load_protocol(TODAY, tree.root) == load_protocol(TODAY)


def test_before_the_first_edition_nothing_is_known(tree: Tree) -> None:
    for folder in (None, tree.root):
        with pytest.raises(KnowledgeError, match="no edition was in force on 2025-12-31"):
            load_protocol(date(2025, 12, 31), folder)
    assert load_protocol(date(2026, 1, 1), tree.root).rules


LATER = """
[[rule]]
from_day = 2026-12-01
scope = "person"
verdict = "caution"
because = "A later reading."

[[rule.any]]
all = [{ fact = "vitiligo", one_of = ["yes"] }]

[rule.mark]
origin = "chosen"
why = "A later reading."
"""


def test_a_rule_in_force_only_later_says_nothing_yet(tree: Tree) -> None:
    tree.change(FILLER, "from_day = 2026-01-01", "from_day = 2026-12-01")
    assert "filler-recent" not in load_protocol(date(2026, 11, 30), tree.root).rules
    assert "filler-recent" in load_protocol(date(2026, 12, 1), tree.root).rules


def test_of_two_generations_the_day_decides_wherever_they_stand_in_the_file(tree: Tree) -> None:
    text = (tree.root / VITILIGO).read_text(encoding="utf-8")
    head, rest = text.split("\n[[rule]]", 1)
    for written in (text + LATER, f"{head}\n{LATER}\n[[rule]]{rest}"):
        tree.write(VITILIGO, written)
        before, after = (load_protocol(date(2026, month, day), tree.root) for month, day in ((11, 30), (12, 1)))
        assert before.rules["vitiligo"].verdict is Verdict.EXCLUDE
        assert after.rules["vitiligo"].verdict is Verdict.CAUTION
        assert after.rules["vitiligo"].because == "A later reading."


def test_a_retired_rule_leaves_nothing_from_its_day_on(tree: Tree) -> None:
    tree.add(VITILIGO, LATER.replace("[[rule.any]]", "retired = true\n\n[[rule.any]]"))
    assert "vitiligo" in load_protocol(date(2026, 11, 30), tree.root).rules
    retired = load_protocol(date(2026, 12, 1), tree.root)
    assert "vitiligo" not in retired.rules
    assert all(rule.id != "vitiligo" for rule in retired.index.rules)


def test_one_changed_letter_makes_another_edition(tree: Tree) -> None:
    before = load_protocol(TODAY, tree.root).edition
    tree.add("rules/smoking.toml", "\n")
    after = load_protocol(TODAY, tree.root).edition
    assert after.digest != before.digest
    assert (after.version, after.on) == (before.version, before.on)


def test_the_name_of_a_folder_does_not_enter_the_edition(tree: Tree, tmp_path: Path) -> None:
    moved = Tree((tmp_path / "elsewhere").resolve())
    tree.root.rename(moved.root)
    assert load_protocol(TODAY, moved.root).edition == load_protocol(TODAY).edition
