"""A small trial as a file, and what is written of it."""

from pathlib import Path

SMALL = """\
title = "Four weeks or two"
seed = 7
people = 300
chunk = 64

[[arm]]
id = "four-weeks"
name = "Every four weeks"
sessions = 4
interval_days = 28
dose = { holes_per_cm2 = 200, needle_diameter_mm = 0.25, depth_mm = 1.5, layer_mm = [0.1, 1.0] }

[[arm]]
id = "two-weeks"
name = "Every two weeks"
session_days = [0, 14, 28, 42]
dose = { holes_per_cm2 = 200, needle_diameter_mm = 0.25, depth_mm = 1.5, layer_mm = [0.1, 1.0] }

[[endpoint]]
id = "collagen"
observable = "collagen"
day = 120
better = "more"

[[endpoint]]
id = "redness"
observable = "redness"
at = "peak"
between_days = [0, 7]
better = "less"
"""
RESULTS = ("summary.json", "summary.parquet", "course.parquet")


def written(folder: Path, text: str = SMALL) -> Path:
    """The file of a trial, in a folder."""
    path = folder / "trial.toml"
    path.write_text(text, encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder, by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
