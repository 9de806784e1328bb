"""Write the reference pages, and the generated parts of SAFETY.md, from the knowledge files and the code.

  ./dev exec python docs/generate.py             write every page that has changed
  ./dev exec python docs/generate.py --check     write nothing; name the pages out of date, and end with 1 if there are any

The pages show the rows in force on the newest day that a rule file names, so that they change with the files and not
with the calendar.
"""

import argparse
import re
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

from generating import (
    care,
    commands,
    devices,
    facts,
    healing,
    indications,
    library,
    places,
    planning,
    rules,
    safety,
    scales,
    sources,
)

import needlewise
from needlewise.knowledge import Protocol, load_protocol

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = "docs/reference"
SAFETY = "SAFETY.md"
PAGES: dict[str, Callable[[Protocol], str]] = {
    "rules.md": rules.rules_page,
    "facts.md": facts.facts_page,
    "zones.md": places.zones_page,
    "devices.md": devices.devices_page,
    "indications.md": indications.indications_page,
    "scales.md": scales.scales_page,
    "limits.md": planning.limits_page,
    "planning.md": planning.planning_page,
    "care.md": care.care_page,
    "healing-model.md": healing.healing_page,
    "sources.md": sources.sources_page,
    "disagreements.md": sources.disagreements_page,
    "cli.md": lambda _: commands.commands_page(),
    "library.md": lambda _: library.library_page(),
}
BLOCK = re.compile(r"(<!-- generated: ([a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def newest_day() -> date:
    """The day from which every rule written so far is in force."""
    folder = Path(needlewise.__file__).parent / "knowledge" / "rules"
    files = (tomllib.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.toml"))
    return max(row["from_day"] for file in files for row in file["rule"])


def with_blocks(text: str, protocol: Protocol) -> str:
    """A page with what stands between its markers written anew."""
    return BLOCK.sub(lambda found: f"{found[1]}{safety.BLOCKS[found[2]](protocol)}\n{found[3]}", text)


def pages(root: Path) -> dict[Path, str]:
    """Every generated page with the text that it should have."""
    protocol = load_protocol(newest_day())
    found = {root / REFERENCE / name: write(protocol) for name, write in PAGES.items()}
    written_by_hand = root / SAFETY
    found[written_by_hand] = with_blocks(written_by_hand.read_text(encoding="utf-8"), protocol)
    return found


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Write the reference pages from the knowledge files and the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if a page is out of date")
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="the checkout whose pages are meant; this one if left out"
    )
    options = parser.parse_args(arguments)
    stale = 0
    for path, text in pages(options.root).items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        name = path.relative_to(options.root).as_posix()
        if options.check:
            print(f"{name} is out of date; write it again: ./dev exec python docs/generate.py")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
