"""Align pairs of simulated photographs whose map is known: the true error, and whether the stated one is about right.

./dev exec python validation/imaging/alignment.py [FIRST_SEED [SEEDS]]
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))  # the simulated skin lies beside the package

from needlewise.imaging.aligning import Alignment, align
from needlewise.imaging.zones import Zone
from simulated_skin import capture, drawing, shape, truth

SCENES = (("plane", 0.0), ("cheek", 0.0), ("cheek", 1.0), ("forehead", 2.0))  # surface, change of expression in mm
SIDE_MM, PX_PER_MM, EDGE_PX = 55.0, 12.0, 80
CHANGE = truth.Change(wrinkle_depth=0.8, blood=0.05)


@dataclass(frozen=True)
class Tried:
    """One pair: the greatest and the middle error in pixels of the baseline, and what was stated."""

    melanin: float
    true_px: float
    far_px: float
    stated_px: float
    trusted: bool


def tried(regime: capture.Regime, surface: str, shift_mm: float, seed: int) -> Tried:
    scene = drawing.drawn(seed, drawing.Amounts(width_mm=SIDE_MM, height_mm=SIDE_MM))
    form = {"surface": shape.SURFACES[surface], "px_per_mm": PX_PER_MM}
    moved = shape.drawn_expression(seed, shift_mm, SIDE_MM, SIDE_MM) if shift_mm else shape.NEUTRAL
    before = capture.photograph(scene, capture.conditions(regime, seed, 0), **form)
    later = truth.changed(scene, CHANGE)
    after = capture.photograph(later, capture.conditions(regime, seed, 1), expression=moved, **form)
    end = SIDE_MM * PX_PER_MM - EDGE_PX
    outline = np.array([(EDGE_PX, EDGE_PX), (end, EDGE_PX), (end, end), (EDGE_PX, end)])
    card = [_below(picture) for picture in (before, after)]
    found = align(before.pixels, after.pixels, (Zone("forehead", outline),), ((card[0],), (card[1],))).zones["forehead"]
    errors = _errors(found, before, after, end)
    return Tried(
        scene.melanin, float(np.median(errors)), float(np.percentile(errors, 95)), found.error_px, found.trusted
    )


def _below(picture: capture.Picture) -> np.ndarray:
    """The strip with the card, and some skin above it."""
    height, width = picture.pixels.shape[:2]
    top = SIDE_MM * PX_PER_MM - 30
    return np.array([(0.0, top), (width, top), (width, height), (0, height)])


def _errors(found: Alignment, before: capture.Picture, after: capture.Picture, end: float) -> np.ndarray:
    if not found.trusted:
        return np.array([np.nan])
    run = np.linspace(EDGE_PX + 5, end - 5, 15)
    places = np.stack(np.meshgrid(run, run), axis=-1).reshape(-1, 2)
    there = capture.same_place(before, after, places)
    return np.hypot(*(found.to_baseline(there) - places).T)


def lines(results: dict[str, list[Tried]]) -> Iterator[str]:
    yield f"{'':34}{'pairs':>6}{'refused':>9}{'median':>8}{'worst':>7}{'95 %':>7}{'stated/true':>13}{'10 to 90 %':>14}"
    for name, pairs in results.items():
        held = [one for one in pairs if one.trusted]
        row = f"{name:34}{len(pairs):6}{len(pairs) - len(held):9}"
        if held:
            true = np.array([one.true_px for one in held])
            ratio = np.array([one.stated_px for one in held]) / true
            low, high = np.percentile(ratio, [10, 90])
            far = np.median([one.far_px for one in held])
            row += f"{np.median(true):8.2f}{true.max():7.2f}{far:7.2f}{np.median(ratio):13.2f}{low:7.2f} to {high:4.2f}"
        yield row


def main(first: int = 1, count: int = 8) -> None:
    by_scene, by_tone = defaultdict(list), defaultdict(list)
    for regime in capture.REGIMES.values():
        for surface, shift_mm in SCENES:
            for seed in range(first, first + count):
                one = tried(regime, surface, shift_mm, seed)
                by_scene[f"{regime.name}, {surface}, moved by {shift_mm} mm"].append(one)
                tone = ("light", "middle", "dark")[min(2, int((one.melanin - 0.15) / 0.484))]
                by_tone[f"{regime.name}, {tone} skin"].append(one)
    for results in (by_scene, dict(sorted(by_tone.items()))):
        print(*lines(results), "", sep="\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
