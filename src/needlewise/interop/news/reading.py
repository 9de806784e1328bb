"""Reading the changes from their files: those of the checkout, or their copy inside the package."""

from collections import Counter
from pathlib import Path

from needlewise.errors import KnowledgeError, Problem
from needlewise.interop.news.fragments import Fragment, parse_fragment, released

HERE = Path(__file__).resolve().parent
FRAGMENTS, PAGE = "changelog.d", "CHANGELOG.md"
# The wheel carries the files beside this one; a checkout has them at its root.
FOLDERS = (HERE, HERE.parents[3])


def written_changes(folder: Path | None = None) -> tuple[Fragment, ...]:
    """Every change that was written down, released or not.

    Parameters: `folder`, which holds `changelog.d` and `CHANGELOG.md`; that of the package or the checkout if left out.
    Raises `KnowledgeError` with every fault of every file, and where a name stands for two changes: readers of the feed
    would be told of the second never.
    """
    home = folder or next((one for one in FOLDERS if (one / PAGE).is_file()), HERE)
    found: list[Fragment] = []
    problems: list[Problem] = []
    for path in sorted((home / FRAGMENTS).glob("*.md")):
        try:
            found.append(parse_fragment(path.name, path.read_text(encoding="utf-8")))
        except KnowledgeError as error:
            problems.extend(error.problems)
    page = home / PAGE
    try:
        found.extend(released(page.read_text(encoding="utf-8")) if page.is_file() else ())
    except KnowledgeError as error:
        problems.extend(error.problems)
    for file, count in Counter(one.file for one in found).items():
        if count > 1:
            problems.append(
                Problem(file, f"stands for {count} changes", "a name of its own for each", "give it another")
            )
    if problems:
        raise KnowledgeError(problems)
    return tuple(found)
