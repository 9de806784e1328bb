"""Which way is better on the axis of a group: read from its scale, never guessed from its numbers."""

from typing import NamedTuple

from needlewise.evidence.groups import Key, Sort
from needlewise.knowledge import EvidenceBase


class Directions(NamedTuple):
    """What lies on either side of a plot, in a word or two: `better`, `worse`."""

    left: str
    right: str


def directions_of(key: Key, base: EvidenceBase) -> Directions | None:
    """The words for a group. None where its scale has no better side."""
    if key.sort is Sort.HARM:
        return Directions("fewer harmed", "more harmed")
    if key.sort is Sort.RESPONSE:
        return Directions("fewer respond", "more respond")
    if key.sort is Sort.CONTRAST_OF_RESPONSES:
        return Directions("comparison better", "needling better")
    words = ("better", "worse") if key.sort is Sort.CHANGE else ("needling better", "comparison better")
    scale = base.protocol.scales.get(key.of)
    if scale is None or scale.better == "none":
        return None
    return Directions(*words) if scale.better == "lower" else Directions(*words[::-1])
