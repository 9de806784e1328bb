"""Refusals that several commands share: a name that nothing has, a library that is not installed."""

from collections.abc import Iterable
from difflib import get_close_matches
from importlib.util import find_spec

from needlewise.cli.exits import WrongUseError
from needlewise.errors import Problem


def no_such(command: str, found: str, name: str, known: Iterable[str], otherwise: str, expected: str) -> WrongUseError:
    """The refusal of an unknown name: the nearest one there is, or `otherwise` where to find them all.

    `found` says what was looked for, such as "no study `alam2041`"; `expected` what would have done.
    """
    near = get_close_matches(name, list(known), n=1)
    return WrongUseError(Problem(command, found, expected, f"did you mean `{near[0]}`?" if near else otherwise))


def need(command: str, module: str, title: str, extra: str = "evidence") -> None:
    """Refuse where a library of an extra is not installed. `title`: how its makers call it."""
    if find_spec(module) is None:
        hint = f"pip install 'needlewise[{extra}]'"
        raise WrongUseError(Problem(command, f"{title} is not installed", f"the package {module}", hint))
