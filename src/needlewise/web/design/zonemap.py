"""The zone map: our own line drawings, read once. Geometry lives in the drawings and nowhere else."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from needlewise.web.design.outline import label_point

DRAWINGS = Path(__file__).resolve().parent / "zonemap"
SVG = "{http://www.w3.org/2000/svg}"
# Views in the order of the switcher; a drawing that is not there is left out.
VIEWS = {"head": "Face and neck", "scalp": "Scalp", "front": "Front", "back": "Back"}


@dataclass(frozen=True, slots=True)
class ZoneShape:
    """One place on a drawing, and where a label on it may stand."""

    place: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line of the drawing; `weight` is outline, line or fine."""

    weight: str
    path: str


@dataclass(frozen=True, slots=True)
class View:
    """One side of the body: its zones, parents below their parts, and the drawing above them."""

    id: str
    label: str
    box: str
    width: float
    height: float
    zones: tuple[ZoneShape, ...]
    strokes: tuple[Stroke, ...]


@cache
def views() -> tuple[View, ...]:
    return tuple(_view(name, label) for name, label in VIEWS.items() if (DRAWINGS / f"{name}.svg").is_file())


def view_of(place: str) -> str:
    """The view that shows a place best: the first that has it."""
    return next((view.id for view in views() if any(zone.place == place for zone in view.zones)), "")


def _view(name: str, label: str) -> View:
    root = ET.parse(DRAWINGS / f"{name}.svg").getroot()  # noqa: S314 - our own drawing
    box = root.get("viewBox", "0 0 100 100")
    width, height = (float(part) for part in box.split()[2:])
    zones, strokes = [], []
    for path in root.iter(f"{SVG}path"):
        classes, outline = path.get("class", "").split(), path.get("d", "")
        if "zone" in classes:
            zones.append(ZoneShape(path.get("data-place", ""), outline, *label_point(outline)))
        else:
            strokes.append(Stroke(classes[0] if classes else "line", outline))
    return View(name, label, box, width, height, tuple(zones), tuple(strokes))
