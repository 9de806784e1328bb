"""Prescribed products in the screening rules: never stopped, so that no date may rest on it.

A rule that waits until a product has been left out counts its days for what one bought oneself alone. Of a prescribed
one it says what stands under [rule.prescribed]: that it goes on, and whom to ask.
"""

from collections.abc import Iterable

from needlewise.clinical.spots import Spot, Survey
from needlewise.knowledge import Alternative, Cell, can_be_prescribed, cell_holds_for, is_prescribed

PRESCRIBER_DECIDES = "Its prescriber decides."


def parted(ways: Iterable[Alternative], spot: Spot, survey: Survey) -> tuple[list[Alternative], list[Alternative]]:
    """The ways in which a rule fires for what one bought oneself, and those for what was prescribed; some are both."""
    bought, prescribed = [], []
    for way in ways:
        kinds = [kinds for cell in way.all if (kinds := _kinds(cell, spot, survey))]
        if all(False in of_cell for of_cell in kinds):
            bought.append(way)
        if any(True in of_cell for of_cell in kinds):
            prescribed.append(way)
    return bought, prescribed


def _kinds(cell: Cell, spot: Spot, survey: Survey) -> frozenset[bool]:
    """Whether the answers that satisfy a cell are prescribed or not; nothing where it reads no product."""
    if not cell.fact or not can_be_prescribed(survey.protocol.facts.get(cell.fact)):
        return frozenset()
    answers = (answer for answer in spot.lookup(cell.fact) if answer is not None)
    return frozenset(is_prescribed(answer) for answer in answers if cell_holds_for(cell, answer, survey.on) is True)
