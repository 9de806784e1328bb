"""Put the fragments of changelog.d together under "Unreleased" in CHANGELOG.md.

  ./dev exec python docs/changelog.py             write the section anew
  ./dev exec python docs/changelog.py --check     write nothing; end with 1 if it is out of date or a fragment is wrong

A fragment is called NAME.KIND.md. One of kind `clinical` ends with a line `Reaches: ...`, which patients, and a line
`From: YYYY-MM-DD`. For a release, give the heading its version and day, take the markers out, put a new section "Unreleased" with
markers above it, and remove the fragments.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Kind -> its heading, in the order in which they stand.
KINDS = {"clinical": "Clinical", "feature": "New", "fix": "Mended", "internal": "For contributors"}
_SECTION = re.compile(r"(<!-- fragments -->\n).*?(<!-- end -->)", re.DOTALL)
_CLINICAL = re.compile(r"\nReaches: \S.*\nFrom: (\d{4}-\d{2}-\d{2})\Z")


def fragments(folder: Path) -> dict[str, dict[str, str]]:
    """Kind -> name -> text."""
    found: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for path in sorted(folder.glob("*.md")):
        name, _, kind = path.stem.rpartition(".")
        found.setdefault(kind, {})[name] = path.read_text(encoding="utf-8").strip()
    return found


def faults(folder: Path) -> Iterator[str]:
    """What is wrong with the fragments."""
    for path in sorted(folder.iterdir()):
        if path.suffix != ".md":
            yield f"{path.name}: no fragment; called NAME.KIND.md, with one of the kinds {', '.join(KINDS)}"
    for kind, texts in fragments(folder).items():
        for name, text in texts.items():
            if kind not in KINDS or not name:
                yield f"{name}.{kind}.md: unknown kind `{kind}`; one of {', '.join(KINDS)}"
            elif not text:
                yield f"{name}.{kind}.md: says nothing"
            elif kind == "clinical" and not _is_dated(text):
                yield f"{name}.{kind}.md: a clinical change ends with `Reaches: ...` and `From: YYYY-MM-DD`"


def _is_dated(text: str) -> bool:
    found = _CLINICAL.search(text)
    try:
        return found is not None and bool(date.fromisoformat(found[1]))
    except ValueError:
        return False


def section(folder: Path) -> str:
    """The fragments as a list for each kind."""
    parts = []
    for kind, texts in fragments(folder).items():
        if texts and kind in KINDS:
            parts += [f"### {KINDS[kind]}", "\n".join(map(_item, texts.values()))]
    return "\n\n".join(parts)


def _item(text: str) -> str:
    """Its lines joined, except that who is reached and from when keep theirs."""
    body, _, rest = text.partition("\nReaches: ")
    lines = [" ".join(body.split("\n")), *([f"Reaches: {line}" for line in rest.split("\n")[:1]] if rest else [])]
    lines += [line for line in rest.split("\n")[1:] if line]
    return "- " + "\n  ".join(lines)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Put the fragments of changelog.d together in CHANGELOG.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if something is to be done")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout that is meant; this one if left out")
    options = parser.parse_args(arguments)
    folder, page = options.root / "changelog.d", options.root / "CHANGELOG.md"
    wrong = list(faults(folder))
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
