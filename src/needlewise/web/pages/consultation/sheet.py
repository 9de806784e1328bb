"""What stands in the form: every field by its name, as text.

Names are paths: `f.<fact>.<row>.<key>`, `c.<number>.<key>`, `depth.<place>.<key>`. The sheet knows no meaning; reading
turns it into a case, filling makes one from a case.
"""

from collections.abc import Iterable, Iterator, Mapping


class Sheet:
    """Fields by name. A field holds several values where boxes may be ticked; empty ones are left out."""

    def __init__(self, fields: Mapping[str, Iterable[str]] | None = None) -> None:
        self._fields: dict[str, list[str]] = {}
        for name, values in (fields or {}).items():
            self.put(name, *values)

    def all(self, name: str) -> list[str]:
        return list(self._fields.get(name, ()))

    def text(self, name: str, default: str = "") -> str:
        """The last value, as a browser sends the one that counts last."""
        values = self._fields.get(name)
        return values[-1] if values else default

    def put(self, name: str, *values: str) -> None:
        """Set a field; without a value left in it the field is gone."""
        kept = [value.strip() for value in values if value.strip()]
        if kept:
            self._fields[name] = kept
        else:
            self._fields.pop(name, None)

    def drop(self, prefix: str) -> None:
        """Take out every field of a path."""
        for name in [name for name in self._fields if name == prefix or name.startswith(f"{prefix}.")]:
            del self._fields[name]

    def under(self, prefix: str) -> dict[str, list[str]]:
        """The fields below a path, by the rest of their names."""
        start = f"{prefix}."
        return {name.removeprefix(start): list(v) for name, v in self._fields.items() if name.startswith(start)}

    def heads(self, prefix: str) -> list[str]:
        """The first parts of the names below a path, each once, in order."""
        return list(dict.fromkeys(name.split(".")[0] for name in self.under(prefix)))

    def numbers(self, prefix: str) -> list[int]:
        """The row numbers below a path, in order."""
        return sorted(int(head) for head in self.heads(prefix) if head.isdecimal())

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __bool__(self) -> bool:
        return bool(self._fields)

    def as_dict(self) -> dict[str, list[str]]:
        return {name: list(values) for name, values in self._fields.items()}
