"""Setting a template with its data as a tagged PDF.

The data go in as JSON and reach the page as plain strings, so that no text can act as markup. The same data give the
same bytes. Fonts come from the installed packages alone; the system's are not looked at.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import font_source_sans_pro
import font_source_serif_pro
import typst

from needlewise.errors import NeedlewiseError, Problem

_TEMPLATES = Path(__file__).parent / "templates"
# How the compiler says that no font has a letter. Several are named at once, so a second try is enough; the few more
# are for letters that only show once others are gone.
_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_TRIES = 5
_CONTROLS = ("Cc", "Cf", "Cs", "Co", "Cn")
_JOINERS = {"\u200c", "\u200d"}
_MARK = "\u200e"
_SPACES = re.compile(r"\s+")


def typeset(template: str, data: Mapping[str, Any], stamp: int) -> bytes:
    """The PDF of a template of this package.

    `data`: what JSON can hold; `stamp`: seconds since 1970, written as the day of making. A letter that no font has is
    shown as its code point, such as [U+1F600], and so are control characters: nothing is dropped in silence.

    Raises `NeedlewiseError` where the compiler reports a fault or warns.
    """
    shown = _each_text(data, _without_controls)
    for _ in range(_TRIES):
        try:
            pdf, warnings = typst.compile_with_warnings(
                str(_TEMPLATES / template),
                root=str(_TEMPLATES),
                font_paths=_fonts(),
                ignore_system_fonts=True,
                sys_inputs={"data": json.dumps(shown)},
                pdf_standards="ua-1",
                timestamp=stamp,
            )
        except typst.TypstError as fault:
            missing = set("".join(_letters_without_glyph(str(fault.diagnostic))))
            if not missing:
                raise NeedlewiseError(_problem(template, str(fault.diagnostic).strip())) from None
            shown = _each_text(shown, lambda text, gone=missing: _as_codes(text, gone))
            continue
        if warnings:
            raise NeedlewiseError([_problem(template, str(warning)) for warning in warnings])
        return pdf
    raise NeedlewiseError(_problem(template, "letters that no font has"))


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folders = [font_source_serif_pro.font_directory, font_source_sans_pro.font_directory]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def _problem(template: str, found: str) -> Problem:
    return Problem(f"handout {template}", found, "a page that can be set", "please report this with the case")


def _letters_without_glyph(diagnostic: str) -> Iterator[str]:
    for quoted in _NO_GLYPH.findall(diagnostic):
        yield _ESCAPED.sub(lambda m: chr(int(m[1], 16)) if m[1] else m[2], quoted)


def _without_controls(text: str) -> str:
    """White space becomes one space. Control characters and those that turn the direction of writing become codes:
    they could make a text read as what it is not. Joiners stay, because some scripts are spelled with them."""
    text = _SPACES.sub(" ", text)
    controls = {c for c in text if unicodedata.category(c) in _CONTROLS}
    return _as_codes(text, controls - _JOINERS)


def _as_codes(text: str, letters: set[str]) -> str:
    """The letters as code points, each between left-to-right marks, so that its brackets stay in place beside any script."""
    return "".join(f"{_MARK}[U+{ord(letter):04X}]{_MARK}" if letter in letters else letter for letter in text)


def _each_text(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each_text(one, change) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(one, change) for one in value]
    return value
