"""Put the fragments of changelog.d together under "Unreleased" in CHANGELOG.md.

  ./dev exec python docs/changelog.py             write the section anew
  ./dev exec python docs/changelog.py --check     write nothing; end with 1 if it is out of date or a fragment is wrong

A fragment is called NAME.KIND.md and begins with a line `Date: YYYY-MM-DD`; one of kind `clinical` ends with a line
`Reaches: ...`, which patients, and a line `From: YYYY-MM-DD`. For a release, give the heading its version and day, take the
markers out, put a new section "Unreleased" with markers above it, and remove the fragments. Each item stays signed with the
name and day of its fragment: the news reads it back.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from needlewise.errors import KnowledgeError
from needlewise.interop.news.fragments import KINDS, Fragment, as_changelog_item, parse_fragment
from needlewise.interop.news.reading import written_changes

ROOT = Path(__file__).resolve().parents[1]
# Keeps the folder where there is no fragment: the wheel is made with it.
KEEPER = ".gitkeep"
_SECTION = re.compile(r"(<!-- fragments -->\n).*?(<!-- end -->)", re.DOTALL)


def fragments(folder: Path) -> list[Fragment]:
    """The fragments that are as they should be, by name."""
    found = []
    for path in sorted(folder.glob("*.md")):
        try:
            found.append(parse_fragment(path.name, path.read_text(encoding="utf-8")))
        except KnowledgeError:
            continue
    return found


def faults(root: Path) -> Iterator[str]:
    """What is wrong with the fragments, and with the released sections that the news is read from."""
    for path in sorted((root / "changelog.d").iterdir()):
        if path.suffix != ".md" and path.name != KEEPER:
            yield f"{path.name}: no fragment; called NAME.KIND.md, with one of the kinds {', '.join(KINDS)}"
    try:
        written_changes(root)
    except KnowledgeError as error:
        yield from map(str, error.problems)


def section(folder: Path) -> str:
    """The fragments as a list for each kind."""
    parts = []
    for kind, heading in KINDS.items():
        items = [as_changelog_item(one) for one in fragments(folder) if one.kind == kind]
        if items:
            parts += [f"### {heading}", "\n".join(items)]
    return "\n\n".join(parts)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Put the fragments of changelog.d together in CHANGELOG.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if something is to be done")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout that is meant; this one if left out")
    options = parser.parse_args(arguments)
    folder, page = options.root / "changelog.d", options.root / "CHANGELOG.md"
    wrong = list(faults(options.root))
    print("\n".join(wrong), end="\n" if wrong else "")
    before = page.read_text(encoding="utf-8")
    after = _SECTION.sub(lambda found: f"{found[1]}{section(folder)}\n{found[2]}", before)
    if before != after and not options.check:
        page.write_text(after, encoding="utf-8")
        print("wrote CHANGELOG.md")
    elif before != after:
        print("CHANGELOG.md is out of date; write it again: ./dev exec python docs/changelog.py")
    return 1 if wrong or (options.check and before != after) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
