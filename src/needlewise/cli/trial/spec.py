"""Reading the file that says what is tried. Every problem names the file and the line it was found on."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from needlewise.clinical.case_text import MOST_DOTS
from needlewise.errors import HealingError, Problem
from needlewise.healing.trials.reading import trial_of
from needlewise.healing.trials.trial import Trial
from needlewise.knowledge import Biology, line_of

LARGEST_BYTES = 1_000_000
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_EXAMPLE = "docs/how-to/run-a-virtual-trial.md shows one"


def trial_in(path: Path, biology: Biology) -> Trial:
    """The trial that a file describes.

    Raises `HealingError` with every problem at its place: file, line, key.
    """
    raw = _bytes(path)
    tables = _tables(raw, path)
    try:
        return trial_of(tables, biology)
    except HealingError as error:
        raise HealingError(_placed(error.problems, path, raw)) from None


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as fault:
        reason = (getattr(fault, "strerror", None) or "cannot be read").lower()
        raise HealingError(Problem(str(path), reason, "a file that describes a trial", _EXAMPLE)) from None
    if len(raw) > LARGEST_BYTES:
        raise HealingError(Problem(str(path), "too large", f"at most {LARGEST_BYTES:,} bytes", "is it the right file?"))
    return raw


def _tables(raw: bytes, path: Path) -> dict[str, Any]:
    try:
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        for number, row in enumerate(text.split("\n"), start=1):
            if row.count(".") > MOST_DOTS:
                raise HealingError(Problem(f"{path}:{number}", "too many dots on one line", "a page of TOML", _EXAMPLE))
        return tomllib.loads(text)
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        problem = Problem(f"{path}:{line}", "not UTF-8 text", "UTF-8 text", "save the file as UTF-8")
    except tomllib.TOMLDecodeError as fault:
        place = _AT.search(str(fault))
        line = int(place.group(1)) if place and place.group(1) else raw.rstrip().count(b"\n") + 1
        hint = "look at the line named, and at the one before it"
        problem = Problem(f"{path}:{line}", f"not valid TOML: {_AT.sub('', str(fault))}", "TOML 1.0", hint)
    except (RecursionError, ValueError):
        problem = Problem(str(path), "nested too deeply, or a number too long", "a page of plain TOML", _EXAMPLE)
    raise HealingError(problem)


def _placed(problems: Iterable[Problem], path: Path, raw: bytes) -> list[Problem]:
    """The problems in the order of the file; those without a line come first."""
    numbered = [(line_of(raw, one.where), one) for one in problems]
    numbered.sort(key=lambda pair: pair[0] or 0)
    return [
        Problem(f"{path}:{line}: {one.where}" if line else f"{path}: {one.where}", one.found, one.expected, one.hint)
        for line, one in numbered
    ]
