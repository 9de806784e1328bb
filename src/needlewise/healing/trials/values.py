"""Values out of a table: what is missing, of another kind, out of range or unknown becomes a problem at its place."""

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from math import isfinite
from typing import Any

from needlewise.errors import Problem

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LONGEST_TEXT = 200


class Reader:
    """One table at its place. Problems of all tables below it gather in one list, in the order of their finding."""

    def __init__(
        self,
        table: Mapping[str, Any],
        place: str = "",
        problems: list[Problem] | None = None,
        ids: set[str] | None = None,
    ) -> None:
        self.table, self.place = table, place
        self.problems: list[Problem] = [] if problems is None else problems
        self._ids: set[str] = set() if ids is None else ids

    def fault(self, key: str, found: str, expected: str, hint: str = "") -> None:
        """Note a problem with one key."""
        self.problems.append(Problem(self._at(key), found, expected, hint))

    def has_fault(self, key: str) -> bool:
        """Whether a problem with it, or with what is in it, is noted already."""
        at = self._at(key)
        return any(one.where == at or one.where.startswith(f"{at}[") for one in self.problems)

    def only(self, *known: str) -> None:
        """Refuse all other keys."""
        for key in self.table:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = f"did you mean `{near[0]}`?" if near else "remove it"
                self.fault(key, "an unknown key", f"one of: {', '.join(known)}", hint)

    def rows(self, key: str, most: int, expected: str) -> list["Reader"]:
        """The tables of an array, whose ids are told apart."""
        found = self.table.get(key, [])
        if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
            self.fault(key, _kind(found), f"tables written [[{key}]]")
            return []
        if not found:
            self.fault(key, "none", expected)
        if len(found) > most:
            self.fault(key, f"{len(found):,} of them", f"at most {most}")
        ids = set[str]()
        places = (f"{self._at(key)}[{number}]" for number in range(most))
        return [Reader(row, place, self.problems, ids) for row, place in zip(found, places, strict=False)]

    def under(self, key: str, expected: str) -> "Reader":
        """A table below this one; an empty one, and a problem, where there is none."""
        found = self.table.get(key)
        if not isinstance(found, Mapping):
            self.fault(key, "missing" if found is None else _kind(found), expected)
            found = None
        # A missing table is one problem; what would stand in it is none.
        problems = [] if found is None else self.problems
        return Reader(found or {}, self._at(key), problems)

    def own_id(self, kind: str) -> str:
        """The id of this row, unlike those of its neighbours."""
        found = self.table.get("id")
        if not isinstance(found, str) or not _ID.fullmatch(found):
            told = "missing" if found is None else _kind(found) if not isinstance(found, str) else f"`{found[:60]}`"
            self.fault("id", told, 'small letters, digits and hyphens: id = "four-weeks"')
            return ""
        if found in self._ids:
            self.fault("id", f"`{found}` stands twice", f"each {kind} with an id of its own")
        self._ids.add(found)
        return found

    def text(self, key: str, otherwise: str | None = None) -> str:
        """A text of one line."""
        found = self.table.get(key, otherwise)
        if not isinstance(found, str) or not found.strip() or len(found) > LONGEST_TEXT or not found.isprintable():
            told = "missing" if found is None else "an unusable text" if isinstance(found, str) else _kind(found)
            self.fault(key, told, f"a text on one line, at most {LONGEST_TEXT} letters")
            return ""
        return found

    def truth(self, key: str) -> bool:
        """True or false; false where it is left out."""
        found = self.table.get(key, False)
        if not isinstance(found, bool):
            self.fault(key, _kind(found), "true or false")
        return found is True

    def whole(self, key: str, least: int, most: int, otherwise: int | None = None) -> int:
        """A whole number within bounds; `least` where there is a problem."""
        found = self.table.get(key, otherwise)
        if found is None:
            self.fault(key, "missing", f"a whole number, {least:,} to {most:,}")
            return least
        return self._whole(key, found, least, most)

    def wholes(self, key: str, least: int, most: int) -> tuple[int, ...] | None:
        """Whole numbers within bounds; None where they are left out."""
        found = self.table.get(key)
        if found is None:
            return None
        if not isinstance(found, list):
            self.fault(key, _kind(found), "a list of whole numbers")
            return ()
        return tuple(self._whole(f"{key}[{number}]", one, least, most) for number, one in enumerate(found))

    def numbers(self, key: str, least: float, most: float) -> tuple[float, ...] | None:
        """Numbers within bounds; None where they are left out, or where one of them is none."""
        found = self.table.get(key)
        if found is None:
            return None
        if not isinstance(found, list):
            self.fault(key, _kind(found), "a list of numbers")
            return None
        kept = [self._number(f"{key}[{number}]", one, least, most) for number, one in enumerate(found)]
        return None if any(one is None for one in kept) else tuple(one for one in kept if one is not None)

    def number(self, key: str, most: float, *, above_zero: bool = True) -> float | None:
        """A number up to `most`; None where there is a problem."""
        found = self.table.get(key)
        if found is None:
            self.fault(key, "missing", f"a number {'above 0' if above_zero else '0 or more'}, up to {most:,g}")
            return None
        return self._number(key, found, 0.0, most, above_zero=above_zero)

    def choice(self, key: str, options: Sequence[str]) -> str:
        """One of a few words; empty where it is left out."""
        found = self.table.get(key, "")
        if found not in ("", *options):
            self.fault(key, _written(found), f"one of: {', '.join(options)}")
            return ""
        return str(found)

    def name(self, key: str, kind: str, known: Collection[str]) -> str:
        """The name of something there is; any of them where there is a problem."""
        found = self.table.get(key)
        if isinstance(found, str) and found in known:
            return found
        self._unknown(key, kind, found, known)
        return next(iter(known))

    def names(self, key: str, kind: str, known: Collection[str]) -> tuple[str, ...]:
        """Names of things there are, each once; none where they are left out."""
        found = self.table.get(key, [])
        if not isinstance(found, list):
            self.fault(key, _kind(found), "a list of names")
            return ()
        for number, one in enumerate(found):
            if not (isinstance(one, str) and one in known):
                self._unknown(f"{key}[{number}]", kind, one, known)
            elif one in found[:number]:
                self.fault(f"{key}[{number}]", f"`{one}` stands twice", "each once")
        return tuple(one for one in found if isinstance(one, str) and one in known)

    def _unknown(self, key: str, kind: str, found: Any, known: Collection[str]) -> None:
        near = get_close_matches(str(found), list(known), n=1, cutoff=0.5)
        hint = f"did you mean `{near[0]}`?" if near else ""
        told = "missing" if found is None else f"unknown {kind} {_written(found)}"
        self.fault(key, told, f"one of: {', '.join(known)}", hint)

    def _whole(self, key: str, found: Any, least: int, most: int) -> int:
        if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
            self.fault(key, _written(found), f"a whole number, {least:,} to {most:,}")
            return least
        return found

    def _number(self, key: str, found: Any, least: float, most: float, *, above_zero: bool = False) -> float | None:
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        if not is_number or not isfinite(found) or not least <= found <= most or (above_zero and found == 0):
            expected = f"above 0, up to {most:,g}" if above_zero else f"{least:g} to {most:,g}"
            self.fault(key, _written(found), f"a number {expected}")
            return None
        return float(found)

    def _at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key


def _written(found: Any) -> str:
    """A value as it stands in the file, if it is short."""
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, int):
        return f"{found:,}" if abs(found) < 10**15 else "a very large number"
    if isinstance(found, float):
        return f"{found:g}"
    return f"`{found[:60]}`" if isinstance(found, str) else _kind(found)


def _kind(found: Any) -> str:
    kinds = ((bool, "true or false"), (int, "a number"), (float, "a number"), (str, "a text"), (list, "a list"))
    table = "a table" if isinstance(found, Mapping) else "a day or a time"
    return next((name for kind, name in kinds if isinstance(found, kind)), table)
