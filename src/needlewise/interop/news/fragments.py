"""Changes as they are written down: fragments of the changelog, and the released sections that they end up in.

A fragment is called NAME.KIND.md. Its first line is `Date: YYYY-MM-DD`, the day on which it was written: an installed
package has no history to look that up in. After the text may come `Touches: rules/ID, indications/ID, ...`, and at the
end of a clinical change stand `Reaches: ...` and `From: YYYY-MM-DD`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from needlewise.errors import KnowledgeError, Problem
from needlewise.interop.news.items import TOUCHED

CLINICAL = "clinical"
# Kind -> its heading in the changelog, in the order in which they stand.
KINDS = {CLINICAL: "Clinical", "feature": "New", "fix": "Mended", "internal": "For contributors"}
_FIELD = re.compile(r"(Date|Touches|Reaches|From): *(.*)")
_TOUCHED = re.compile(rf"(?:{'|'.join(TOUCHED)})/[\w-]+")
_SIGNATURE = re.compile(r"<!-- ([\w-]+) (\S+) -->")
UNRELEASED = "Unreleased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """One change: its file's name and kind, the day it was written, and its text in one line.

    `touches` are ids with the folder of their files; `reaches` and `from_day` stand in clinical changes.
    """

    name: str
    kind: str
    on: date
    text: str
    touches: tuple[str, ...] = ()
    reaches: str = ""
    from_day: date | None = None

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.{self.kind}.md"


def parse_fragment(file: str, text: str) -> Fragment:
    """A change from the text of its file. Raises `KnowledgeError` with every fault."""
    name, _, kind = file.removesuffix(".md").rpartition(".")
    lines = text.strip().split("\n")
    said = {found[1]: (number, found[2].strip()) for number, line in enumerate(lines) if (found := _FIELD.match(line))}
    first = min((number for key, (number, _) in said.items() if key != "Date"), default=len(lines))
    body = " ".join(line for line in lines[:first] if not line.startswith("Date:")).strip()
    values = {key: value for key, (_, value) in said.items()}
    touches = tuple(part.strip() for part in values.get("Touches", "").split(",") if part.strip())
    problems = [
        *_of_name(file, name, kind),
        *_of_text(file, body, lines[first:]),
        *_of_days(file, kind, values, first_line=lines[0]),
        *(
            Problem(file, f"`{one}` after `Touches:`", f"FOLDER/ID, the folder one of {', '.join(TOUCHED)}")
            for one in touches
            if not _TOUCHED.fullmatch(one)
        ),
    ]
    on, from_day = _day(values.get("Date", "")), _day(values.get("From", ""))
    if problems or on is None:
        raise KnowledgeError(problems)
    reaches = values.get("Reaches", "")
    return Fragment(name=name, kind=kind, on=on, text=body, touches=touches, reaches=reaches, from_day=from_day)


def _of_name(file: str, name: str, kind: str) -> Iterator[Problem]:
    if kind not in KINDS or not re.fullmatch(r"[\w-]+", name):
        found = f"called `{name}`, of kind `{kind}`"
        yield Problem(file, found, f"NAME.KIND.md, the kind one of {', '.join(KINDS)}", "give the file another name")


def _of_text(file: str, body: str, rest: list[str]) -> Iterator[Problem]:
    if not body:
        yield Problem(file, "says nothing", "a sentence or a few")
    for line in rest:
        if not _FIELD.match(line):
            yield Problem(file, f"`{line}` after the closing lines", "the text before them, each of them on one line")


def _of_days(file: str, kind: str, values: dict[str, str], first_line: str) -> Iterator[Problem]:
    if not first_line.startswith("Date:") or _day(values["Date"]) is None:
        yield Problem(file, f"begins with `{first_line}`", "a first line `Date: YYYY-MM-DD`", "the day it was written")
    complete = values.get("Reaches") and _day(values.get("From", ""))
    if kind == CLINICAL and not complete:
        yield Problem(
            file, "does not say whom it reaches and from when", "`Reaches: ...` and `From: YYYY-MM-DD` at its end"
        )
    if kind != CLINICAL and ("Reaches" in values or "From" in values):
        yield Problem(
            file, "says whom it reaches or from when", "that in clinical changes only", f"is it `{CLINICAL}`?"
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def as_changelog_item(fragment: Fragment) -> str:
    """A change as it stands in the changelog, signed with its name and day so that it can be read back."""
    lines = [
        fragment.text,
        f"Touches: {', '.join(fragment.touches)}" if fragment.touches else "",
        f"Reaches: {fragment.reaches}" if fragment.reaches else "",
        f"From: {fragment.from_day.isoformat()}" if fragment.from_day else "",
        f"<!-- {fragment.name} {fragment.on.isoformat()} -->",
    ]
    return "- " + "\n  ".join(filter(None, lines))


def released(page: str) -> tuple[Fragment, ...]:
    """The changes in the released sections of a changelog; those not released yet are told by their fragments.

    Raises `KnowledgeError` with every fault: an item without its signature, a heading that is no kind.
    """
    kinds = {heading: kind for kind, heading in KINDS.items()}
    found: list[Fragment] = []
    problems: list[Problem] = []
    for section in page.split("\n## ")[1:]:
        title, _, rest = section.partition("\n")
        for part in rest.split("\n### ")[1:] if title.strip() != UNRELEASED else ():
            heading, _, items = part.partition("\n")
            for item in f"\n{items}".split("\n- ")[1:]:
                try:
                    found.append(_read_back(item, f"CHANGELOG.md, {title}", kinds.get(heading.strip(), heading)))
                except KnowledgeError as error:
                    problems.extend(error.problems)
    if problems:
        raise KnowledgeError(problems)
    return tuple(found)


def _read_back(item: str, where: str, kind: str) -> Fragment:
    signature = _SIGNATURE.search(item)
    if signature is None:
        found = f"`{item.strip()[:40]} ...` without name and day"
        raise KnowledgeError(Problem(where, found, "`<!-- NAME YYYY-MM-DD -->` as the last line of each item"))
    lines = [line.strip() for line in item[: signature.start()].strip().split("\n")]
    return parse_fragment(f"{signature[1]}.{kind}.md", "\n".join([f"Date: {signature[2]}", *lines]))
