"""Whether a scale can be scored: its items must fit its way of scoring, or the number would mean nothing."""

from collections.abc import Iterator

from needlewise.knowledge._care import Scale, ScaleItem

# One item, whose points are the score; its name is a grade, a class without order, or none.
ONE_ITEM = ("grade", "number", "class")
SCORINGS = (*ONE_ITEM, "sum", "area-severity", "typology-angle")
BETTER = ("lower", "higher", "none")
ANGLE_ITEMS = {"l_star", "b_star"}
AREA = "area"

Fault = tuple[str, str, str]


def scale_faults(scale: Scale) -> Iterator[Fault]:
    """What is wrong: the key, what was found, what was expected."""
    if scale.scoring not in SCORINGS:
        yield "scoring", f"unknown scoring `{scale.scoring}`", f"one of: {', '.join(SCORINGS)}"
    if scale.better not in BETTER:
        yield "better", f"better is `{scale.better}`", f"one of: {', '.join(BETTER)}"
    if not scale.total_only:
        yield from _item_faults(scale)


def _item_faults(scale: Scale) -> Iterator[Fault]:
    if not scale.item and scale.scoring != "number":
        yield "scoring", f"scoring {scale.scoring} without items", "at least one [[item]]"
    for item in scale.item:
        if not item.options and (item.min is None or item.max is None):
            yield "item", f"item `{item.id}` has neither options nor a range", "[[item.options]], or `min` and `max`"
    if scale.scoring in ONE_ITEM and len(scale.item) > 1:
        yield "scoring", f"{len(scale.item)} items with scoring {scale.scoring}", "one item"
    if scale.scoring == "typology-angle" and {item.id for item in scale.item} != ANGLE_ITEMS:
        yield "item", "a typology angle of other items", f"the items {' and '.join(sorted(ANGLE_ITEMS))}"
    if scale.scoring == "area-severity":
        halves = [name for name, (area, severity) in items_by_region(scale).items() if area is None or not severity]
        if halves:
            found = f"area without severity, or severity without area: {', '.join(halves)}"
            yield "item", found, "both for every region"


def items_by_region(scale: Scale) -> dict[str, tuple[ScaleItem | None, list[ScaleItem]]]:
    """The items of an area-severity scale by region: `<region>-area`, and the others of that region."""
    regions: dict[str, tuple[ScaleItem | None, list[ScaleItem]]] = {}
    for item in scale.item:
        region, _, part = item.id.rpartition("-")
        area, severity = regions.get(region, (None, []))
        regions[region] = (item, severity) if part == AREA else (area, [*severity, item])
    return regions
