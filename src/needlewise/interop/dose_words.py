"""A dose in words, the same on the page and in the command: figures with bands, what they rest on, and the way back."""

from collections.abc import Iterator
from dataclasses import dataclass

from needlewise.dose.bands import Band
from needlewise.dose.reckoning import FIELDS, PEN, DataReach, Reckoned, Way, design_of
from needlewise.knowledge import Mark

CAUTION = (
    "A reckoning for research and teaching, with assumptions that nobody has measured. It is no advice and no promise, "
    "and it enters no verdict, no depth and no plan."
)
PERSON_OF = {"female": "women", "male": "men"}


@dataclass(frozen=True, slots=True)
class Resting:
    """Something that a figure rests on, with its mark where it is a row of the knowledge."""

    words: str
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class FigureWords:
    """One figure: its name, its middle value, its band, one sentence, and what it rests on.

    `band` is empty where nothing is spread; `band_of` says what lies in it. `value` is empty where the figure cannot be computed; `says` then names what
    lacks.
    """

    id: str
    name: str
    value: str
    band: str
    says: str
    rests_on: tuple[Resting, ...]
    band_of: str = "nine of ten"


@dataclass(frozen=True, slots=True)
class DoseWords:
    """Everything there is to say of a dose."""

    figures: tuple[FigureWords, ...]
    skin: str
    dermis: str
    reach: str
    ceiling: str
    ways: tuple[str, ...]
    given: tuple[tuple[str, str, str], ...]


def in_words(one: Reckoned) -> DoseWords:
    """A dose in words."""
    return DoseWords(
        (_holes(one), _open_area(one), _true_depth(one), _injured(one)),
        _skin(one),
        _dermis(one),
        _reach(one),
        _ceiling(one),
        tuple(_ways(one)),
        tuple(_given(one)),
    )


def number(value: float) -> str:
    """A number with about three figures, thousands apart."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _plainly(value: float) -> str:
    """A number that is told with the precision of its percentage: a decimal below 10, none above."""
    return number(value) if value < 9.95 else f"{value:.0f}"


def percent(share: float) -> str:
    """A share of one as a percentage: a decimal below 10, none above."""
    value = 100 * share
    if 0 < value < 0.05:
        return "less than 0.1 %"
    if value > 99.5 and share < 1:
        return "more than 99 %"
    return f"{value:.1f} %" if value < 9.95 else f"{value:.0f} %"


def with_unit(name: str, value: float) -> str:
    """A field's number with its unit."""
    return f"{number(value)} {FIELDS[name].unit}".strip()


def lacking(one: Reckoned, *beside: str) -> str:
    """What lacks, in words; `beside` are fields that this figure does not need."""
    names = [FIELDS[name].words for name in one.missing if name not in beside]
    return listed(names)


def listed(names: list[str]) -> str:
    """one, two and three."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def _holes(one: Reckoned) -> FigureWords:
    rests = (Resting("Counting: every needle makes one hole a stroke, a turn or a stamp"), *_record(one))
    if one.holes_per_cm2 is None:
        return FigureWords("holes", "Holes", "", "", _not_computable(lacking(one, "needle_diameter_mm")), rests)
    band = one.holes_per_cm2
    per_mm2 = band.median / 100
    share = f"{number(per_mm2)} in each" if per_mm2 >= 1 else f"One in {number(1 / per_mm2)}"
    spread = f"{number(band.low)} to {number(band.high)}" if band.low < band.high else ""
    exact = "The middle of a range that its record states." if spread else "Exact for the numbers given."
    hand = " What the hand does, nobody measures." if design_of(one.asked) == PEN else ""
    says = f"{share} square millimetre{'' if per_mm2 >= 1 else 's'}. {exact}{hand}"
    return FigureWords("holes", "Holes", f"{number(band.median)} per cm²", spread, says, rests, "by the record")


def _open_area(one: Reckoned) -> FigureWords:
    row = one.spreads["width-share"]
    rests = (Resting("Holes, falling where they may"), Resting(f"{_sentence(row.name)}: {row.median:g}", row.mark))
    if one.dose is None:
        return FigureWords("open-area", "Open area", "", "", _not_computable(lacking(one)), rests)
    band = one.dose.open_area
    says = f"Of a square centimetre of surface, about {_plainly(100 * band.median)} mm² stand open right after."
    return FigureWords("open-area", "Open area", percent(band.median), _shares(band), says, rests)


def _true_depth(one: Reckoned) -> FigureWords:
    row, band, skin = one.spreads["depth-share"], one.true_depth_mm, one.layers.row
    where = "in the dermis"
    if band.median <= one.top.from_mm:
        where = "still in the epidermis"
    elif band.median > skin.whole_mm:
        where = "below the dermis"
    says = f"Set to {one.asked.depth_mm:g} mm, a needle is taken to end {where}. Here none goes deeper than set; a device has a tolerance besides."
    rests = (Resting(f"{_sentence(row.name)}: {row.median:g}", row.mark),)
    return FigureWords(
        "true-depth", "True depth", f"{band.median:.2f} mm", f"{band.low:.2f} to {band.high:.2f} mm", says, rests
    )


def _injured(one: Reckoned) -> FigureWords:
    halo, row = one.spreads["halo"], one.layers.row
    rests = (
        Resting("Open area and true depth, and a channel that narrows like a cone"),
        Resting(f"{_sentence(halo.name)}: {halo.median:g} {halo.unit}", halo.mark),
        Resting(f"Layer: from {one.top.from_mm:g} mm", one.top.mark),
        Resting(f"to the end of the dermis at {row.whole_mm:.2f} mm", row.mark),
    )
    if one.dose is None:
        return FigureWords("injured", "Injured share", "", "", _not_computable(lacking(one)), rests)
    band = one.dose.injured
    says = "Of the dermis, cut or crushed. An index to put treatments in order, not a measurement."
    return FigureWords("injured", "Injured share", percent(band.median), _shares(band), says, rests)


def _not_computable(names: str) -> str:
    return f"Not computable. Nobody has stated: {names}."


def _shares(band: Band) -> str:
    low, high = percent(band.low), percent(band.high)
    return f"{low.removesuffix(' %')} to {high}" if low[0].isdigit() else f"{low} to {high}"


def _record(one: Reckoned) -> Iterator[Resting]:
    device = one.asked.device
    read = [given for given in one.given if not given.typed and given.name != "needle_diameter_mm"]
    if device and device.needles and read:
        names = listed([FIELDS[given.name].words for given in read])
        yield Resting(f"{device.name}: {names}", device.needles.mark)


def _skin(one: Reckoned) -> str:
    row, people = one.layers.row, PERSON_OF.get(one.layers.row.sex, "")
    whose = f" of {people}" if people else ""
    if one.asked.sex not in PERSON_OF and row.sex:
        whose += ", whose skin is the thinner, as the sex is not said"
    layers = f"epidermis {row.epidermis_mm:g} mm, dermis {row.dermis_mm:g} mm"
    if one.layers.measured:
        return (
            f"Measured on {row.site}{whose}: {layers}."
            if row.site.startswith("the ")
            else f"Measured {row.site}{whose}: {layers}."
        )
    if row.every_other:
        return f"No measurement of both layers was read for this zone. Taken instead, our choice: {layers}."
    return f"Not measured here. Taken from the neighbour, {row.site}{whose}: {layers}."


def _dermis(one: Reckoned) -> str:
    row, bottom, depth = one.layers.row, one.dermis_ends_mm, one.asked.depth_mm
    thin = f"; where it is thinner by one spread, {bottom - row.dermis_sd_mm:.2f} mm deep" if row.dermis_sd_mm else ""
    ends = f"The dermis ends {bottom:.2f} mm deep on average{thin}."
    if depth <= bottom:
        thinner = row.dermis_sd_mm is not None and depth > bottom - row.dermis_sd_mm
        also = " In thinner skin it may pass." if thinner else ""
        return f"Set to {depth:g} mm, the needle does not pass the dermis of average skin here.{also} {ends}"
    return f"Set to {depth:g} mm, the needle may pass the dermis here: it does in {percent(one.past_dermis)} of the draws. {ends}"


def _reach(one: Reckoned) -> str:
    most = percent(one.reach_most).replace(".0 ", " ")
    if one.reach is None:
        return "Whether it lies inside the data cannot be said without the injured share."
    if one.reach is DataReach.INSIDE:
        return f"Inside the data: the whole band lies below {most}, as far as the figures of the healing model reach."
    if one.reach is DataReach.PARTLY:
        return (
            f"Partly inside the data: the middle lies below {most}, as far as the figures reach; the band goes beyond."
        )
    return f"Outside the data: the middle lies above {most}. Nothing measured stands behind what the model says there."


def _ceiling(one: Reckoned) -> str:
    ceiling = one.above_ceiling_mm
    if ceiling is None:
        return ""
    return f"{one.asked.depth_mm:g} mm is deeper than the ceiling of the protocol for this zone, {ceiling:g} mm. It is reckoned, not advised."


def _ways(one: Reckoned) -> Iterator[str]:
    values = {given.name: given for given in one.given}
    goal = f"For {number(one.asked.for_holes or 0)} holes per cm²"
    if one.asked.for_holes and not one.ways:
        yield f"{goal} no setting can be named. Nobody has stated: {lacking(one, 'needle_diameter_mm')}."
    for way in one.ways:
        if way.name == "glide_mm_per_second":
            passes = int(values["passes"].low)
            yield f"{goal} in {passes} {'pass' if passes == 1 else 'passes'}: glide at {_span(way)} mm per second."
        elif way.name == "passes" and "glide_mm_per_second" in values:
            glide = number(values["glide_mm_per_second"].low)
            yield f"{goal} at {glide} mm per second: {_times(way, 'pass', 'passes')}."
        elif way.name == "passes":
            yield f"{goal}: {_times(way, 'pass', 'passes')} of the roller."
        else:
            yield f"{goal}: {_times(way, 'stamp', 'stamps')} on {with_unit('area_cm2', values['area_cm2'].low)}."


def _span(way: Way) -> str:
    low, high = number(way.low), number(way.high)
    return low if low == high else f"{low} to {high}"


def _times(way: Way, single: str, many: str) -> str:
    return f"{_span(way)} {single if way.high == 1 else many}"


def _given(one: Reckoned) -> Iterator[tuple[str, str, str]]:
    """Field, number, and where it is from."""
    for given in one.given:
        unit = FIELDS[given.name].unit
        span = number(given.low) if given.low == given.high else f"{number(given.low)} to {number(given.high)}"
        yield FIELDS[given.name].words, f"{span} {unit}".strip(), "typed" if given.typed else "record of the device"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"
