"""What the colours of a map mean: a strip of them with numbers, and what of it is no measurable change."""

from dataclasses import dataclass
from html import escape

from needlewise.imaging.showing import SCALES, Scale
from needlewise.imaging.spread import Change
from needlewise.interop.measured import MINUS, capital, size_told, unit_told
from needlewise.knowledge import Measure

STEPS, STEP_PX, STRIP_PX, BRACKET_PX = 30, 8, 16, 8
INDEX = "units of the index"


@dataclass(frozen=True, slots=True)
class Legend:
    """The colours of one map. `strip` is a drawing that needs no style and takes the colour of the text round it; `ends` what
    stands at its left end, its middle and its right end; `told` what the colours and the bracket say.
    """

    title: str
    strip: str
    ends: tuple[str, str, str]
    told: str


def map_legend(measure: Measure, change: Change) -> Legend:
    """What the colours of the map of a measure mean where it changed so. Raises KeyError for a measure without a map."""
    scale = SCALES[measure.id]
    unit = unit_told(measure)
    after = f" {unit}" if unit else ""
    full = f"{scale.full:g}{after}"
    title = f"{capital(measure.name)}: change in {unit or INDEX}"
    ends = (f"{MINUS}{full}", "0", f"+{full}")
    told = "Blue: less. Grey: as before. Orange: more."
    if change.detectable:
        quiet = f"{size_told(change.detectable)}{after}"
        told += (
            f" Within the bracket, {MINUS}{quiet} to +{quiet}, the whole zone counts as no measurable change; "
            "one place may differ by more and not have changed."
        )
    described = f"Colours of the map, from blue at {ends[0]} or less through grey at 0 to orange at {ends[2]} or more"
    return Legend(title, _strip(scale, change.detectable, described), ends, told)


def _strip(scale: Scale, quiet: float | None, described: str) -> str:
    """Steps of colour from the full change downward to that upward, and a bracket under what is no measurable change."""
    width = STEPS * STEP_PX
    steps = "".join(
        f'<rect x="{number * STEP_PX}" width="{STEP_PX}" height="{STRIP_PX}" '
        f'fill="rgb{scale.colour_at((2 * number + 1) / STEPS - 1)}"/>'
        for number in range(STEPS)
    )
    height = STRIP_PX + BRACKET_PX
    bracket = ""
    if quiet:
        half = min(1.0, quiet / scale.full) * (width / 2 - 1)
        left, right = (round(width / 2 + side * half, 1) for side in (-1, 1))
        bracket = (
            f'<path class="bracket" d="M{left} {STRIP_PX + 2}V{height - 1}H{right}V{STRIP_PX + 2}" '
            'fill="none" stroke="currentColor" stroke-width="1.5"/>'
        )
    return (
        f'<svg class="scale-strip" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(described)}">'
        f'<g shape-rendering="crispEdges">{steps}</g>{bracket}</svg>'
    )
