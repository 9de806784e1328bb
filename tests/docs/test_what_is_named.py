"""No page leads nowhere: links, files and commands that are named exist."""

import re
from pathlib import Path

import pytest

from tests.docs import naming
from tests.docs.running import ROOT

README = ROOT / "README.md"


def told(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", naming.pages(), ids=told)
def test_every_link_leads_somewhere(path: Path) -> None:
    assert not list(naming.dead_links(path.read_text(encoding="utf-8"), path))


@pytest.mark.parametrize("path", naming.pages(), ids=told)
def test_every_file_and_command_that_is_named_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not [*naming.missing_files(text), *naming.unknown_commands(text)]


@pytest.mark.parametrize(
    "link",
    ["(nothing.md)", "(SAFETY.md#no-such-heading)", "(#no-such-heading)", "(docs/images/nothing.png)", "(../..)"],
)
def test_a_planted_dead_link_is_found(link: str) -> None:
    assert list(naming.dead_links(f"[here]{link}", README))


@pytest.mark.parametrize("link", ["(SAFETY.md)", "(SAFETY.md#known-gaps)", "(docs/reference/limits.md#h1)", "(#start)"])
def test_a_link_that_leads_somewhere_is_none_of_them(link: str) -> None:
    assert not list(naming.dead_links(f"[here]{link}", README))


@pytest.mark.parametrize("text", ["see `src/needlewise/nothing.py`", "in `tests/nothing`", "see `NOTHING.md`"])
def test_a_planted_missing_file_is_found(text: str) -> None:
    assert list(naming.missing_files(text))


@pytest.mark.parametrize(
    "text",
    [
        "run `./dev dance`",
        "run `needlewise dance`",
        "run `./dev exec needlewise dance`",
        "run `needlewise consult case.toml --colour`",
        "run `needlewise protocol dance`",
    ],
)
def test_a_planted_unknown_command_is_found(text: str) -> None:
    assert list(naming.unknown_commands(text))


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, left = set[Path](), {README}
    while left:
        page = left.pop()
        reached.add(page)
        links = set(re.findall(r"\]\(([^)#\s]+\.md)", page.read_text(encoding="utf-8")))
        left |= {there for link in links if (there := (page.parent / link).resolve()).exists()} - reached
    assert set(naming.pages()) <= reached


def test_safety_names_the_files_that_the_page_hands_out() -> None:
    routes = (ROOT / "src/needlewise/web/pages/consultation/urls.py").read_text(encoding="utf-8")
    safety = (ROOT / "SAFETY.md").read_text(encoding="utf-8")
    names = re.findall(r'path\("([\w.]+)"', routes)
    assert len(names) == 6
    assert all(f"`{name}`" in safety for name in names)


def test_the_glossary_uses_the_words_of_the_code() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    rows = re.findall(r"^\| ([\w ()-]+) \| .+ \| (.+) \|$", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), re.M)
    assert len(rows) > 80
    for word, names in rows:
        for name in re.findall(r"`([^`]+)`", names):
            assert (ROOT / name).exists() or re.search(rf"\b{re.escape(name)}\b", source), f"{word}: {name}"


def test_the_glossary_is_in_order_of_the_alphabet() -> None:
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    for section in text.split("\n## ")[1:]:
        words = [word for word in re.findall(r"^\| ([^|]+) \|", section, re.M) if word not in ("word", "---")]
        assert words == sorted(words, key=lambda word: word.casefold().replace("_", " ")), section.split("\n")[0]
