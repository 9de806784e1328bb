"""What was not used and what to do, each reason once: of a face eleven zones may fail for the same one."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from needlewise.errors import Problem
from needlewise.imaging.laying import Refused
from needlewise.interop.measured import capital

# "The picture is not sharp. (blur 3.1)": a sentence, and what was measured.
_MEASURED = re.compile(r"^(.*?)\s*\(([^()]*)\)$")


@dataclass(frozen=True, slots=True)
class NotUsedView:
    """A reason, what to do about it, and where it held: pictures with what was measured, and the zones of each."""

    reason: str
    todo: str
    where: tuple[str, ...]


def not_used_views(
    refused: Iterable[Refused], left_out: Iterable[Problem], labels: Mapping[str, str]
) -> tuple[NotUsedView, ...]:
    """Pictures that were refused, and zones of a face that were left out. `labels`: names of zones, by id."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for one in refused:
        reason, measured = _parted(one.problem.found)
        picture = f"{_sentence(one.called, end='')}{f' ({measured})' if measured else ''}"
        places = found.setdefault((_sentence(reason), _sentence(one.problem.hint)), {}).setdefault(picture, [])
        places.append(labels.get(one.zone, one.zone))
    for problem in left_out:
        reason, measured = _parted(problem.found)
        place = f"{labels.get(problem.where, problem.where)}{f' ({measured})' if measured else ''}"
        found.setdefault((_sentence(reason), _sentence(problem.hint)), {}).setdefault("", []).append(place)
    return tuple(
        NotUsedView(reason, todo, tuple(_told(picture, zones) for picture, zones in places.items()))
        for (reason, todo), places in found.items()
    )


def _parted(found: str) -> tuple[str, str]:
    match = _MEASURED.match(found.strip())
    return (match.group(1), match.group(2)) if match else (found, "")


def _told(picture: str, zones: Iterable[str]) -> str:
    named = "; ".join(zone for zone in dict.fromkeys(zones) if zone)
    return ": ".join(part for part in (picture, named) if part)


def _sentence(text: str, end: str = ".") -> str:
    whole = capital(text).rstrip(".")
    return f"{whole}{end}" if whole else ""
