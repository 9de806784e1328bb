"""From the bytes of a case file to its tables: every way in which a text can fail to be one, with its line.

A problem of the text stands at `case:<line>`, or at `case` where no line can be named.
"""

import re
import tomllib
from typing import Any

from needlewise.errors import CaseError, Problem

LARGEST_BYTES = 1_000_000
# Names with more parts than any table has take the parser very long, and no case has them.
MOST_DOTS = 500
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UTF_8 = "UTF-8 text"
_SAVE = "save the file as UTF-8"
_START = "start from one of the files in examples/"
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_KEY = re.compile(r"\s*([A-Za-z0-9_.-]{1,60})\s*=")
TWICE = "a key stands twice"
# How the parser begins its messages; what that means in plain words; what to do.
_MEANINGS = (
    ("Cannot overwrite a value", TWICE, "keep one of them"),
    ("Duplicate inline table key", "a key stands twice between the braces", "keep one of them"),
    ("Cannot declare", "a table stands twice, or is a value elsewhere", "write its keys under one header"),
    ("Cannot mutate immutable namespace", "a table is written twice, between braces and elsewhere", "keep one of them"),
    ("Cannot redefine namespace", "a table is written twice", "keep one of them"),
    ("Illegal character '\\n'", "the line ends inside a text", "close the quotation mark"),
    ("Expected '=' after a key", "no `=` after the key", 'a line reads `key = "value"`'),
    ("Invalid value", "no value that TOML knows", 'words stand between quotation marks: "never"'),
    ("Invalid date or datetime", "a day that is not in the calendar", "write days as 2026-03-14"),
    ("Invalid initial character for a key part", "a name is missing", "a line reads `key = value`, a header [facts]"),
    ("Invalid statement", "neither a key nor a header", "a line reads `key = value`, a header [facts]"),
    ("Unescaped '\\'", "a lone backslash in a text", "write it twice, or put the text between single quotation marks"),
    ('Expected "\'"', "a text that is not closed", "close the quotation mark"),
    ("Unclosed array", "a list that is not closed", "end it with `]`"),
    ("Unclosed inline table", "a table that is not closed", "end it with `}`"),
    ("Unterminated string", "a text that is not closed", "close the quotation mark"),
    ("Expected newline or end of document", "more on the line than one value", "one `key = value` on each line"),
    ("Expected ']' at the end", "a header that is not closed", "write [facts] or [[concern]]"),
    ("Expected ']]' at the end", "a header that is not closed", "write [facts] or [[concern]]"),
)


def tables_of(source: bytes) -> dict[str, Any]:
    """The tables of a case file.

    Raises `CaseError` where the bytes are too many, not UTF-8, not TOML 1.0, or say nothing.
    """
    if len(source) > LARGEST_BYTES:
        raise too_large(len(source))
    text = _text(source.removeprefix(_BOM))
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > MOST_DOTS:
            raise _fault(number, f"{line.count('.'):,} dots on one line", "a page of answers", _START)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise CaseError(_meant(str(fault), text)) from None
    except RecursionError:
        raise _fault(0, "lists or tables nested too deeply", "a page of answers", _START) from None
    except ValueError:
        raise _fault(0, "a number too long to read", "a page of answers", _START) from None
    if not data:
        found = "nothing but comments" if text.strip() else "an empty file"
        raise _fault(0, found, "at least one [[concern]]", _START)
    return data


def too_large(size: int) -> CaseError:
    """The error for a file of `size` bytes, so that one need not be read to be refused."""
    return _fault(
        0, f"{size:,} bytes", f"at most {LARGEST_BYTES:,} bytes", "a case is a page of answers; is it the right file?"
    )


def _text(source: bytes) -> str:
    if source.startswith(_UTF_16):
        raise _fault(0, "UTF-16 text", _UTF_8, _SAVE)
    if b"\0" in source:
        line = source.count(b"\n", 0, source.index(b"\0")) + 1
        raise _fault(line, "a NUL byte, which no text has", _UTF_8, "is it the right file?")
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = source.count(b"\n", 0, fault.start) + 1
        raise _fault(line, f"byte 0x{source[fault.start]:02x} is not UTF-8 text", _UTF_8, _SAVE) from None


def _meant(message: str, text: str) -> Problem:
    """What the parser says, in plain words, at the line it names; the end of the text is its last line with anything on."""
    place = _AT.search(message)
    number = int(place.group(1)) if place and place.group(1) else text.rstrip().count("\n") + 1
    said = _AT.sub("", message)
    if said == "Invalid value" and place and not place.group(1):
        return Problem(_where(number), "the file ends inside a list or a table", "TOML 1.0", "close it with `]` or `}`")
    for begins, found, hint in _MEANINGS:
        if said.startswith(begins):
            key = _KEY.match(text.split("\n")[number - 1])
            named = f"`{key.group(1)}` stands twice" if key and found == TWICE else found
            return Problem(_where(number), named, "each name once" if "twice" in found else "TOML 1.0", hint)
    hint = "look at the line named, and at the one before it"
    return Problem(_where(number), f"not valid TOML: {said}", "TOML 1.0", hint)


def _fault(line: int, found: str, expected: str, hint: str) -> CaseError:
    return CaseError(Problem(_where(line), found, expected, hint))


def _where(line: int) -> str:
    return f"case:{line}" if line else "case"
