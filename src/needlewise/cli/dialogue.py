"""Asking at the prompt: what is said goes to standard error, what is answered comes from standard input."""

import sys
import textwrap
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from needlewise.cli.page import terminal_width

STOP, WHY = "q", "?"
NOT_KNOWN = ""
_YES, _NO = ("y", "yes"), ("n", "no")


class StopAsking(Exception):  # noqa: N818 - nothing went wrong: the person has said enough
    """The person has asked to stop, or the input has ended."""


class Dialogue:
    """A conversation, one line at a time."""

    def __init__(self) -> None:
        if hasattr(sys.stdin, "reconfigure"):
            # A letter in another encoding is a slip of the pen like any other.
            sys.stdin.reconfigure(errors="replace")

    def say(self, text: str = "", indent: int = 0) -> None:
        pad = " " * indent
        lines = textwrap.wrap(text, terminal_width(), initial_indent=pad, subsequent_indent=pad) or [""]
        sys.stderr.write("\n".join(lines) + "\n")

    def line(self, prompt: str = "> ") -> str:
        """One line. Raises `StopAsking` on `q` and at the end of the input."""
        sys.stderr.write(prompt)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            sys.stderr.write("\n")
            raise StopAsking
        text = line.strip()
        if text.casefold() == STOP:
            raise StopAsking
        return text

    def line_or_why(self, why: Sequence[str], prompt: str = "> ") -> str:
        """One line, after `?` has been answered as often as it was asked."""
        while (text := self.line(prompt)) == WHY:
            for sentence in why:
                self.say(sentence, 4)
        return text

    def choice(
        self, options: Mapping[str, str], why: Sequence[str] = (), *, needed: bool = False, listed: bool = True
    ) -> str:
        """One of the options, by number, name or the beginning of either name or label; empty where not known.

        Those that are not `listed` at once are after a `?`.
        """
        names = list(options)
        lines = [f"{number}  {_with_label(name, label)}" for number, (name, label) in enumerate(options.items(), 1)]
        for line in lines if listed else ():
            self.say(line, 4)
        why = why if listed else [*why, *lines]
        while True:
            text = self.line_or_why(why)
            found = matching(text, options)
            if found is not None and (found or not needed):
                return found
            near = get_close_matches(text.casefold(), names, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            self.say(f"Please answer with a number from 1 to {len(names)}{hint}", 2)

    def yes(self, prompt: str) -> bool:
        """Yes or no; everything but a clear yes is no."""
        return self.line(prompt).casefold() in _YES


def _with_label(name: str, label: str) -> str:
    return f"{name} - {label}" if label and label != name else name


def matching(text: str, options: Mapping[str, str]) -> str | None:
    """The option meant by a text; empty for an empty text, None where none or several could be meant."""
    said = text.casefold()
    if said == NOT_KNOWN:
        return NOT_KNOWN
    names = list(options)
    if said.isdecimal():
        return names[int(said) - 1] if 1 <= int(said) <= len(names) else None
    for words in (_YES, _NO):
        if said in words and words[-1] in options:
            return words[-1]
    exact = [name for name, label in options.items() if said in (name.casefold(), label.casefold())]
    if exact:
        return exact[0]
    for begins in (True, False):
        near = [name for name, label in options.items() if _fits(said, name, begins) or _fits(said, label, begins)]
        if len(near) == 1:
            return near[0]
    return None


def _fits(said: str, text: str, begins: bool) -> bool:
    return text.casefold().startswith(said) if begins else said in text.casefold()
