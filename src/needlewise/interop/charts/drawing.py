"""Charts as SVG, rendered without a browser or a network. Needs vl-convert, of the extras `evidence` and `healing`.

The renderer knows the fonts of the page, so that it leaves words the room they take. What it writes is then made
fit to stand in a page: one sentence for those who hear it, and no more than shapes and words.
"""

from enum import StrEnum
from functools import lru_cache
from xml.etree import ElementTree

import font_source_sans_pro
import vl_convert

from needlewise.errors import NeedlewiseError, Problem
from needlewise.evidence.pooling import Pool
from needlewise.interop.charts.directions import Directions
from needlewise.interop.charts.forest import FONT, Ink, Spec, forest

_SVG = "http://www.w3.org/2000/svg"
_PAINTS = ("fill", "stroke")
# What the renderer adds for editors of charts and for readers of single marks; the sentence says more.
_DROPPED = ("class", "role", "pointer-events", "version", "opacity")


class Palette(StrEnum):
    """Where the chart will stand: in a page, coloured by the page; or on paper and in files, with colours of its own."""

    WEB = "web"
    PRINT = "print"


def forest_svg(pool: Pool, palette: Palette, directions: Directions | None = None, left_out: int = 0) -> str:
    """The forest plot of a pool as SVG. `left_out`: how many studies speak of the same and enter no pool.

    For the page every colour is a name of its style sheet (`var(--ink)`), light or dark as the page is. Its `title` and
    label say the result as a sentence.
    """
    return drawn(forest(pool, directions, left_out), palette, "forest")


def drawn(spec: Spec, palette: Palette, name: str) -> str:
    """A specification as SVG of the class `name`; its description is the sentence."""
    return _fit(_render(spec), spec["description"], palette, name)


def _render(spec: Spec) -> str:
    _know_fonts()
    try:
        return str(vl_convert.vegalite_to_svg(spec, vl_version="6.4", allowed_base_urls=[]))
    except ValueError as fault:
        raise NeedlewiseError(_problem(str(fault).strip())) from None


@lru_cache(maxsize=1)
def _know_fonts() -> None:
    vl_convert.register_font_directory(font_source_sans_pro.font_directory)


def _fit(svg: str, sentence: str, palette: Palette, name: str) -> str:
    root = ElementTree.fromstring(svg)  # noqa: S314 - written by the renderer a moment ago
    for parent in list(root.iter()):
        for child in list(parent):
            if not child.get("d", "drawn"):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for key in list(element.attrib):
            if key in _DROPPED or key.startswith("aria-"):
                del element.attrib[key]
        if palette is Palette.WEB:
            _name_colours(element)
    root.attrib = {"xmlns": _SVG, "role": "img", "aria-label": sentence, "class": name, **root.attrib}
    title = ElementTree.Element("title")
    title.text = sentence
    root.insert(0, title)
    return ElementTree.tostring(root, encoding="unicode")


def _name_colours(element: ElementTree.Element) -> None:
    for paint in _PAINTS:
        colour = element.get(paint, "none")
        if colour == "none":
            continue
        if colour not in list(Ink):
            raise NeedlewiseError(_problem(f"the colour {colour}"))
        element.set(paint, f"var(--{Ink(colour).name.lower()})")
    if element.get("font-family") == FONT:
        element.set("font-family", "var(--sans)")


def _problem(found: str) -> Problem:
    return Problem("chart", found, "a chart that can be drawn", "please report this with what was to be drawn")
