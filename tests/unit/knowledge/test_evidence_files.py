"""Files and tables of the evidence that would be read by nobody, or hide one another."""

import re
from pathlib import Path

import pytest

from needlewise.errors import KnowledgeError
from needlewise.knowledge import Protocol, load_evidence
from tests.unit.knowledge.trees import Tree


def problems(tree: Tree, protocol: Protocol) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        load_evidence(protocol, tree.root)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("file", ["scales", "responses", "harms", "agents"])
def test_an_array_with_a_slip_in_its_name_is_refused(file: str, tree: Tree, protocol: Protocol) -> None:
    line = tree.change(f"evidence/{file}.toml", "[[name]]", "[[nmae]]")
    found = problems(tree, protocol)
    assert any(one.startswith(f"evidence/{file}.toml:{line}: unknown key `nmae`") for one in found)
    assert any("rows" in one and "[[name]]" in one for one in found)


@pytest.mark.parametrize(
    "name",
    ["studies/later/alam2020.toml", "studies/alam 2020.toml", "evidence/devices.toml", "evidence/old/harms.toml"],
)
def test_a_file_that_nothing_reads_is_refused(name: str, tree: Tree, protocol: Protocol) -> None:
    (tree.root / name).parent.mkdir(exist_ok=True)
    tree.write(name, 'title = "Anything"\n')
    (found,) = problems(tree, protocol)
    assert found.startswith(f"{name}: a file that nothing reads")
    assert "studies/ID.toml" in found


def test_a_study_without_a_word_is_refused(tree: Tree, protocol: Protocol) -> None:
    tree.write("studies/empty2026.toml", "# to come\n")
    assert problems(tree, protocol)[0].startswith("studies/empty2026.toml: nothing in it")


@pytest.mark.parametrize(
    ("file", "row", "told"),
    [
        ("scales", '[[name]]\nspelling = "DLQI"\nscale = "gais"', "`DLQI` stands twice"),
        (
            "scales",
            '[[name]]\nspelling = "trichoscale"\nmeasure = "hair density"',
            "`hair density` of `trichoscale` stands twice",
        ),
        (
            "responses",
            '[[kind]]\nid = "one-grade"\nlabel = "x"\njudge = "patient"\nplain = "x"',
            "`one-grade` stands twice",
        ),
        ("responses", '[[name]]\ndefinition = "no efficacy"', "`no efficacy` stands twice"),
        ("harms", '[[kind]]\nid = "pain"\nlabel = "x"\nplain = "x"', "`pain` stands twice"),
        ("harms", '[[name]]\nevent = "pain"', "`pain` stands twice"),
        ("agents", '[[name]]\nprinted = "minoxidil 5%"\nis_a = "other"', "`minoxidil 5%` stands twice"),
    ],
)
def test_two_rows_for_the_same_words_are_refused_at_the_second(
    file: str, row: str, told: str, tree: Tree, protocol: Protocol
) -> None:
    path = tree.root / "evidence" / f"{file}.toml"
    before = path.read_text(encoding="utf-8").count("\n")
    tree.add(f"evidence/{file}.toml", f"\n{row}\n")
    found = [one for one in problems(tree, protocol) if told in one]
    assert len(found) == 1
    line = re.match(rf"evidence/{file}\.toml:(\d+): ", found[0])
    assert line is not None
    assert int(line[1]) > before


def test_faults_come_in_the_order_of_files_and_lines(tree: Tree, protocol: Protocol) -> None:
    file = Path("studies/alam2014.toml")
    text = (tree.root / file).read_text(encoding="utf-8")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith("source = ")]
    assert lines[0] < 100 < lines[-1]  # as text, a line of three digits would come first
    tree.write(file.as_posix(), text.replace('\nsource = "alam2014"\nscale', '\nsource = "dogra2014"\nscale'))
    told = [int(one.split(":")[1]) for one in problems(tree, protocol)]
    assert len(told) > 2
    assert told == sorted(told)
    assert [str(one) for one in told] != sorted(map(str, told))
