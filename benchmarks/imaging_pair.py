"""Two photographs of 13 megapixels for the benchmark of the imaging room: simulated skin with a chart, before and after.

After, wrinkles are three quarters as deep. Drawing takes minutes, so both are kept in a temporary folder until the code that
draws them changes.
"""

import hashlib
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.zones import Zone
from simulated_skin import capture, drawing, truth

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(tempfile.gettempdir()) / "needlewise-bench"
PX_PER_MM, SEED, DEPTH = 14.8, 11, 0.75
AMOUNTS = drawing.Amounts(width_mm=270.0, height_mm=200.0, melanin=0.5)  # the card lies below
SIDE_PX, PLACES = 1060, {"cheek-left": (300, 300), "cheek-right": (1500, 900), "forehead": (2700, 1500)}
ZONES = tuple(
    Zone(name, np.array([(x, y), (x + SIDE_PX, y), (x + SIDE_PX, y + SIDE_PX), (x, y + SIDE_PX)], dtype=np.float64))
    for name, (x, y) in PLACES.items()
)


@dataclass(frozen=True, slots=True)
class Made:
    """Where both pictures are kept, and by zone where its corners (4, 2) truly are on the later one."""

    before: Path
    after: Path
    corners: dict[str, NDArray[np.float64]]


def made(kept: Path = KEPT) -> Made:
    """The pair, drawn if it is not kept."""
    folder = kept / _digest()
    pair = folder / "before.npy", folder / "after.npy"
    places = folder / "corners.npy"
    # What is written last tells that all is there.
    if not places.exists():
        print(f"drawing two pictures of simulated skin, kept in {folder} ...", file=sys.stderr)
        folder.mkdir(parents=True, exist_ok=True)
        scene = drawing.drawn(SEED, AMOUNTS)
        scenes = scene, truth.changed(scene, truth.Change(wrinkle_depth=DEPTH))
        taken = [
            capture.photograph(each, capture.conditions(capture.RIG, SEED, visit), px_per_mm=PX_PER_MM)
            for visit, each in enumerate(scenes)
        ]
        for file, picture in zip(pair, taken, strict=True):
            np.save(file, picture.pixels)
        there = np.stack([capture.same_place(taken[0], taken[1], zone.polygon) for zone in ZONES])
        unfinished = folder / f"corners-{os.getpid()}.npy"
        np.save(unfinished, there)
        unfinished.replace(places)
    corners = {zone.name: there for zone, there in zip(ZONES, np.load(places), strict=True)}
    return Made(*pair, corners)


def _digest() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for file in sorted((ROOT / "simulated_skin").glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
