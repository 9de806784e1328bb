"""What a session of a virtual trial does, said in one of three ways: holes per cm2, a pen, or a roller."""

from collections.abc import Callable

from needlewise.dose import Layer, Pen, Roller, pen_holes_per_cm2, roller_holes_per_cm2
from needlewise.healing.population import DEEPEST_MM, MOST_HOLES_PER_CM2, WIDEST_NEEDLE_MM, Needling
from needlewise.healing.trials.values import Reader

MOST_NEEDLES, MOST_STROKES_PER_SECOND, MOST_PASSES = 1000, 1000.0, 1000
LARGEST_MM, FASTEST_MM_PER_SECOND = 200.0, 1000.0
_SAID = "holes_per_cm2, pen or roller"


def needling_of(at: Reader) -> Needling | None:
    """The needling of a [arm.dose]; None where there is a problem."""
    at.only("holes_per_cm2", "pen", "roller", "needle_diameter_mm", "depth_mm", "layer_mm")
    diameter, depth = at.number("needle_diameter_mm", WIDEST_NEEDLE_MM), at.number("depth_mm", DEEPEST_MM)
    layer, holes = _layer(at), _holes(at)
    if diameter is None or depth is None or layer is None or holes is None:
        return None
    return Needling(holes, diameter, depth, layer)


def _layer(at: Reader) -> Layer | None:
    found = at.numbers("layer_mm", 0, DEEPEST_MM)
    expected = "from and to, below the surface: [0.1, 1.0]"
    if found is None:
        if "layer_mm" not in at.table:
            at.fault("layer_mm", "missing", expected)
        return None
    if len(found) != 2 or found[0] >= found[1]:
        at.fault("layer_mm", f"[{', '.join(f'{one:g}' for one in found)}]", expected)
        return None
    return Layer(*found)


def _holes(at: Reader) -> float | None:
    ways: dict[str, Callable[[Reader], float | None]] = {
        "holes_per_cm2": lambda here: here.number("holes_per_cm2", MOST_HOLES_PER_CM2),
        "pen": lambda here: _by_pen(here.under("pen", "a table: pen = { needle_count = 12, ... }")),
        "roller": lambda here: _by_roller(here.under("roller", "a table: roller = { needle_count = 192, ... }")),
    }
    said = [key for key in ways if key in at.table]
    if len(said) != 1:
        at.fault(said[1] if said else "holes_per_cm2", f"beside `{said[0]}`" if said else "missing", f"one of {_SAID}")
        return None
    found = ways[said[0]](at)
    if found is not None and found > MOST_HOLES_PER_CM2:
        at.fault(said[0], f"{found:,.0f} holes per cm2", f"up to {MOST_HOLES_PER_CM2:,.0f}", "look at the settings")
        return None
    return found


def _by_pen(at: Reader) -> float | None:
    at.only("needle_count", "strokes_per_second", "swept_width_mm", "glide_mm_per_second", "passes")
    before = len(at.problems)
    needles, passes = at.whole("needle_count", 1, MOST_NEEDLES), at.whole("passes", 1, MOST_PASSES)
    strokes, width = at.number("strokes_per_second", MOST_STROKES_PER_SECOND), at.number("swept_width_mm", LARGEST_MM)
    glide = at.number("glide_mm_per_second", FASTEST_MM_PER_SECOND)
    if len(at.problems) > before or strokes is None or width is None or glide is None:
        return None
    return pen_holes_per_cm2(Pen(needles, strokes, width), glide, passes)


def _by_roller(at: Reader) -> float | None:
    at.only("needle_count", "drum_diameter_mm", "drum_width_mm", "passes")
    before = len(at.problems)
    needles, passes = at.whole("needle_count", 1, MOST_NEEDLES), at.whole("passes", 1, MOST_PASSES)
    diameter, width = at.number("drum_diameter_mm", LARGEST_MM), at.number("drum_width_mm", LARGEST_MM)
    if len(at.problems) > before or diameter is None or width is None:
        return None
    return roller_holes_per_cm2(Roller(needles, diameter, width), passes)
