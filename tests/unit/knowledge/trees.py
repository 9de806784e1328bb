"""Knowledge folders of one's own: a copy of the real one with something changed."""

import os
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from needlewise.errors import KnowledgeError
from needlewise.knowledge import load_protocol

TODAY = date(2026, 11, 24)
KNOWLEDGE = Path(__file__).parents[3] / "src" / "needlewise" / "knowledge"


@dataclass(frozen=True)
class Tree:
    """A knowledge folder. Its files are links to the real ones until they are changed."""

    root: Path

    def change(self, file: str, old: str, new: str) -> int:
        """Replace the first `old` in a file; returns the line it stood on."""
        text = (self.root / file).read_text(encoding="utf-8")
        assert old in text, f"{file} no longer says {old!r}"
        self.write(file, text.replace(old, new, 1))
        return text[: text.index(old)].count("\n") + 1

    def write(self, file: str, text: str | bytes) -> None:
        path = self.root / file
        path.unlink(missing_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def add(self, file: str, text: str) -> None:
        self.write(file, (self.root / file).read_text(encoding="utf-8") + text)

    def problems(self, on: date = TODAY) -> list[str]:
        """What the loader says of it, each problem as a reader sees it."""
        try:
            load_protocol(on, self.root)
        except KnowledgeError as error:
            return [str(problem) for problem in error.problems]
        return []


def grown(root: Path) -> Tree:
    """A copy of the real knowledge folder at `root`."""
    for path in (*KNOWLEDGE.rglob("*.toml"), *KNOWLEDGE.rglob("*.npz")):
        target = root / path.relative_to(KNOWLEDGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target)
        except OSError:  # another file system
            shutil.copyfile(path, target)
    return Tree(root)
