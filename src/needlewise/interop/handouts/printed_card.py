"""The card that is laid beside the skin, to print at its true size, and a page that says how to use it.

Places and sizes come from `imaging.card_layout.CARD`, the markers from the eye that looks for them, so what is printed is
what is found again.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

import numpy as np

from needlewise.imaging.card import MARKER_CELLS, marker_cells
from needlewise.imaging.card_layout import CARD, CardLayout, Field
from needlewise.imaging.colour_space import encoded
from needlewise.interop.handouts.typesetting import typeset

PAPERS = {"a4": "a4", "letter": "us-letter"}
CHECK_MM = 100.0  # the line by which the size of a print is checked


class Part(NamedTuple):
    """A part of the page of instructions: its heading and what to do, sentence by sentence."""

    heading: str
    steps: tuple[str, ...]


PRINTING = (
    "Print this page at 100 % (your printer may call it actual size). Do not let it fit the page. Then lay a ruler on the "
    "line below. It must be 100 mm long. If it is not, print again."
)
CUTTING = "Cut along the marks at the corners. Leave the white rim on: the markers need it to be found."
INSTRUCTIONS = (
    Part(
        "Print it",
        (
            "Use matte white paper, as heavy as your printer takes. Gloss throws glare into the picture.",
            "Print at 100 %. Check the line of 100 mm with a ruler. If it is 1 mm off, all lengths are 1 % off.",
            "Glue the card on stiff board, so that it lies flat. A bent card may not be found.",
            "Make a few cards at once. Use cards of one print for all visits of a person.",
        ),
    ),
    Part(
        "White and grey",
        (
            "The white field is the bare paper. The grey field is ink, and no printer hits a grey just right. It may come out "
            "too light, too dark, or with a tint.",
            "Best: stick a piece of a bought grey card (18 %) on the grey field. Or have your print measured, write the "
            "value on the card, and say it whenever you compare pictures.",
            "A grey that is a bit off shifts all colours alike. Changes between visits can still be told if the card is the "
            "same. How light or red the skin is at one visit then means less.",
        ),
    ),
    Part(
        "Chart and gauge",
        (
            "The large field at the top is for a chart of 24 colours, at most 110 by 65 mm. You have to buy it. A printed one "
            "will not do. With it, colours can be trusted most.",
            "The field at the lower right is for the gauge: a small cast part with grooves of known depth. Paper has no "
            "grooves, so the page shows only where they run and how deep they are, in thousandths of a mm.",
            "The gauge must be matte, in one piece and in one colour. Stick it on so that its grooves run as the marks show. "
            "Leave its field bare if you have none. Draw no lines in it.",
        ),
    ),
    Part(
        "Lay it",
        (
            "Lay the card flat beside the skin, as close as you can, and at the same height. It must not cover the skin that "
            "you want to measure.",
            "Both need the same light. No shade may fall on the card, and no glare.",
            "All four markers must be in the picture, whole and sharp. The camera looks straight at skin and card.",
            "Lay it in the same place, the same way up, at all visits.",
        ),
    ),
    Part(
        "Look after it",
        (
            "Keep it dry, clean and in the dark. Sun and hands change its colours.",
            "Put it on clean skin or on a clean cloth. Never on open skin.",
            "Take a new card when it is dirty, bent, faded or wet. Ask the maker of a bought chart how long it lasts.",
        ),
    ),
)


def card_pdf(on: date, paper: str = "a4") -> bytes:
    """The card at its true size and, on a second page, how to use it, as PDF/UA. `paper`: `a4` or `letter`; `on`: the day
    that is written into the file. Raises `NeedlewiseError` where the page cannot be set."""
    data = {
        "paper": PAPERS[paper],
        "card": _card(CARD),
        "check_mm": CHECK_MM,
        "printing": PRINTING,
        "cutting": CUTTING,
        "parts": [{"heading": part.heading, "steps": part.steps} for part in INSTRUCTIONS],
    }
    return typeset("card.typ", data, int(datetime.combine(on, time(), tzinfo=UTC).timestamp()))


def _card(layout: CardLayout) -> dict[str, Any]:
    return {
        "edition": layout.edition,
        "width": layout.width_mm,
        "height": layout.height_mm,
        "markers": [
            {**_box(place), "whites": [_box(white) for white in _whites(number, place)]}
            for number, place in layout.markers.items()
        ],
        "chart": _box(layout.chart),
        "white": _box(layout.white),
        "grey": {**_box(layout.grey), "shade": round(float(encoded(np.array(layout.grey_linear))) * 255)},
        "gauge": _box(layout.gauge),
        "grooves": [
            {"start": one.start, "end": one.end, "depth": f"{one.depth_um:g}", "level": one.is_level}
            for one in layout.grooves
        ],
        "ruler": _box(layout.ruler),
    }


def _box(field: Field) -> dict[str, float]:
    return {"left": field.left, "top": field.top, "width": field.width, "height": field.height}


def _whites(number: int, place: Field) -> Iterator[Field]:
    """The white parts of a marker as rows and then as columns: where they lie over each other no seam is left."""
    cells, side = marker_cells(number), place.width / MARKER_CELLS
    for row, first, count in _runs(cells):
        yield Field(place.left + first * side, place.top + row * side, count * side, side)
    for column, first, count in _runs(cells.T):
        yield Field(place.left + column * side, place.top + first * side, side, count * side)


def _runs(cells: np.ndarray[Any, np.dtype[np.bool_]]) -> Iterator[tuple[int, int, int]]:
    """Row, first cell and number of cells of every run of white."""
    for number, row in enumerate(cells):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(int), [0]])))
        yield from ((number, int(first), int(last - first)) for first, last in edges.reshape(-1, 2))
