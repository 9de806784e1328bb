"""The page as its templates want it: choices with their words, problems by field, and what was found, with its pictures."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from needlewise.errors import Problem
from needlewise.interop.measured import capital
from needlewise.knowledge import Colour, Imaging, Protocol
from needlewise.web.pages.photographs.asking import CHART, EDITIONS, GREY, HAND, SCALE, TAKEN, Asked
from needlewise.web.pages.photographs.uploads import AFTER, BEFORE
from needlewise.web.pages.photographs.zones_written import ZONES

# What no field can put right: others are being measured.
NOWHERE = "this machine"
REGIONS = {"face": "Face", "neck": "Neck", "scalp": "Scalp", "trunk": "Trunk", "limb": "Limbs"}
COLOUR_NEEDS = {
    Colour.CHART: "a chart",
    Colour.GREY: "card with grey or chart",
    Colour.REFERENCE: "skin around it",
    Colour.NONE: "nothing",
}
# As they stand on the page.
FIELDS = (BEFORE, AFTER, ZONES, TAKEN, SCALE, CHART, GREY)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    words: str
    told: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class NeedView:
    """What a measure takes: pixels in a millimetre, whether it can be had by hand, what lies beside the skin."""

    name: str
    px_per_mm: str
    by_hand: bool
    beside: str


@dataclass(frozen=True, slots=True)
class ProblemView:
    """What is wrong, and what to do. `field`: of the form, where it can be put right; empty where in none."""

    field: str
    found: str
    todo: str


def taken_choices(asked: Asked, imaging: Imaging) -> list[Choice]:
    """The ways of taking pictures, the one that nobody need prove first."""
    return [
        Choice(one.id, capital(one.name), f"{capital(one.takes)}.", one.id == asked.taken)
        for one in reversed(list(imaging.regimes.values()))
    ]


def needs_of(imaging: Imaging) -> list[NeedView]:
    """What each measure takes."""
    return [
        NeedView(capital(one.name), f"{one.px_per_mm:g}", HAND in one.regimes, COLOUR_NEEDS[one.colour])
        for one in imaging.measures.values()
    ]


def chart_choices(asked: Asked) -> list[Choice]:
    return [Choice(value, words, "", value == asked.chart) for value, words in EDITIONS.items()]


def places_of(protocol: Protocol) -> list[tuple[str, list[tuple[str, str]]]]:
    """The places that a zone may be called by, by region: id and label."""
    ordered = sorted(
        ((name, place) for name, place in protocol.places.items() if not place.zone.refused_because),
        key=lambda one: (list(REGIONS).index(one[1].zone.region), one[1].label),
    )
    return [
        (REGIONS[region], [(name, place.label) for name, place in group])
        for region, group in groupby(ordered, key=lambda one: one[1].zone.region)
    ]


def problem_views(problems: Iterable[Problem], protocol: Protocol) -> list[ProblemView]:
    """Problems as sentences, each once and in the order of the form; a place by its label, a picture by its place."""
    views = [
        ProblemView(
            _field(one.where),
            f"{capital(_where(one.where, protocol))}: {one.found.rstrip('.')}.",
            " ".join(part for part in (_expected(one.expected), _sentence(one.hint)) if part),
        )
        for one in problems
    ]
    order = {name: place for place, name in enumerate(("", *FIELDS))}
    return sorted(dict.fromkeys(views), key=lambda one: order[one.field])


def by_field(views: Iterable[ProblemView]) -> dict[str, list[ProblemView]]:
    """The problems that stand beside each field of the form; a field without any has none."""
    given = list(views)
    return {name: [one for one in given if one.field == name] for name in FIELDS}


def _field(where: str) -> str:
    known = next((name for name in FIELDS if where.startswith(name)), "")
    if known or where == NOWHERE:
        return known
    return ZONES if where.startswith(("zone", "stripe")) else BEFORE


def _where(where: str, protocol: Protocol) -> str:
    names = {
        TAKEN: "how they were taken",
        SCALE: "pixels in a millimetre",
        CHART: "chart",
        GREY: "grey beside the skin",
    }
    if where in protocol.places:
        return protocol.places[where].label
    return names.get(where, where)


def _expected(text: str) -> str:
    return f"Expected: {text}." if text else ""


def _sentence(text: str) -> str:
    whole = capital(text.strip())
    return whole if not whole or whole.endswith((".", "!", "?")) else f"{whole}."
