"""Draw the sheets of docs/explanation/simulated-skin.md: ./dev exec python docs/skin_sheets.py

Not drawn by docs/generate.py: it takes half a minute, and the last bit of a pixel depends on the machine.
"""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from simulated_skin.capture import REGIMES, RIG, conditions, photograph
from simulated_skin.drawing import SCALP, Amounts, drawn, tones
from simulated_skin.shape import CHEEK, FOREHEAD, PLANE, Surface, drawn_expression

IMAGES = Path(__file__).parent / "images"
SEED, GAP, PAPER, QUALITY = 3, 8, 255, 84
Cell = NDArray[np.uint8]
SMOOTH = {"wrinkles_per_cm2": 0.0, "lines_per_cm2": 0.3, "spots_per_cm2": 0.1}


def shrunk(pixels: Cell, width: int, height: int) -> Cell:
    """The upper left part of these proportions, made so large."""
    part = min(pixels.shape[0], round(pixels.shape[1] * height / width))
    return np.asarray(cv2.resize(pixels[:part], (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def sheet(rows: list[list[Cell]]) -> Cell:
    """Pictures of one size in rows, with a gap between them."""
    framed = [[np.pad(cell, ((0, GAP), (0, GAP), (0, 0)), constant_values=PAPER) for cell in row] for row in rows]
    whole: Cell = np.vstack([np.hstack(row) for row in framed])[:-GAP, :-GAP]
    return whole


def of_tones() -> list[list[Cell]]:
    """A row for each regime, a column for each tone: the same cheek, and its card."""
    return [
        [
            shrunk(
                photograph(drawn(SEED, Amounts(melanin=tone)), conditions(regime, 5), surface=CHEEK).pixels, 250, 368
            )
            for tone in tones(5)
        ]
        for regime in REGIMES.values()
    ]


def of_kinds() -> list[list[Cell]]:
    """A row of light and a row of dark skin, a column for each kind of thing."""

    def seen(seed: int, amounts: Amounts, surface: Surface, px_per_mm: float) -> Cell:
        pixels = photograph(drawn(seed, amounts), conditions(RIG, seed), surface=surface, px_per_mm=px_per_mm).pixels
        return shrunk(pixels, 310, 310)

    rows = []
    for melanin, redness in ((0.3, (0.05, 0.2)), (1.3, (0.0, 0.0))):
        lined = Amounts(melanin=melanin, wrinkles_per_cm2=0.5)
        pitted = Amounts(melanin=melanin, pits_per_cm2=0.8, flushes_per_cm2=0.4, **SMOOTH)
        stretched = Amounts(melanin=melanin, striae=6, stria_blood=redness, **SMOOTH)
        rows.append(
            [
                seen(12, lined, FOREHEAD, 12.0),
                seen(11, pitted, CHEEK, 12.0),
                seen(11, stretched, PLANE, 12.0),
                seen(11, replace(SCALP, melanin=melanin, hairs_per_cm2=90.0), PLANE, 60.0),
            ]
        )
    return rows


def of_expression() -> list[list[Cell]]:
    """The same cheek by the same hand, at rest and drawn up, with the marks of where places of the skin went."""
    cells = []
    for expression in (drawn_expression(2, 0.0), drawn_expression(2, 2.5)):
        scene = drawn(12, Amounts(melanin=0.6))
        picture = photograph(scene, conditions(RIG, 4), surface=CHEEK, expression=expression)
        shown = picture.pixels.copy()
        net = np.linspace(-24, 24, 13)
        for line in [*((net, np.full(13, y)) for y in net), *((np.full(13, x), net) for x in net)]:
            points = picture.placement.to_picture(np.stack(line, axis=-1))
            cv2.polylines(shown, [np.round(points * 16).astype(np.int32)], False, (31, 111, 100), 2, cv2.LINE_AA, 4)
        cells.append(shrunk(shown, 420, 420))
    return [cells]


def main() -> None:
    for name, rows in (("tones", of_tones()), ("kinds", of_kinds()), ("expression", of_expression())):
        path = IMAGES / f"simulated-skin-{name}.jpg"
        _, data = cv2.imencode(
            ".jpg", cv2.cvtColor(sheet(rows), cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
        )
        path.write_bytes(data.tobytes())


if __name__ == "__main__":
    main()
