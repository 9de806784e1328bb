"""A dose put together: a device and what was typed, a depth, a zone and a sex, to figures with bands, and back.

What neither the record of the device nor anybody has stated is named, and nothing is reckoned from it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from needlewise.dose import (
    Layer,
    Pen,
    Roller,
    glide_mm_per_second_for,
    passes_for,
    pen_holes_per_cm2,
    roller_holes_per_cm2,
    roller_passes_for,
    stamp_holes_per_cm2,
    stamps_for,
)
from needlewise.dose.bands import Band, DoseBand, Settings, Uncertain, Unknowns, between, depth_band, dose_band
from needlewise.errors import DoseError, Problem
from needlewise.knowledge import Biology, Device, DoseSpread, LayersFound, LayerTop, Zone

PEN, ROLLER, STAMP = "pen", "roller", "stamp"


@dataclass(frozen=True, slots=True)
class Field:
    """A number that may be stated or typed: its name in words, its unit, and the ends between which it can be."""

    words: str
    unit: str
    least: float
    most: float
    whole: bool = False


FIELDS: Mapping[str, Field] = {
    "needle_count": Field("needles", "", 1, 2000, whole=True),
    "needle_diameter_mm": Field("width of a needle", "mm", 0.01, 2),
    "strokes_per_second": Field("strokes per second", "", 1, 1000),
    "swept_width_mm": Field("swept width", "mm", 0.1, 100),
    "glide_mm_per_second": Field("glide speed", "mm/s", 0.1, 1000),
    "drum_diameter_mm": Field("diameter of the drum", "mm", 1, 200),
    "drum_width_mm": Field("width of the drum", "mm", 1, 200),
    "stamps": Field("stamps", "", 1, 100_000, whole=True),
    "area_cm2": Field("area", "cm²", 0.1, 10_000),
    "passes": Field("passes", "", 1, 100, whole=True),
    "depth_mm": Field("depth", "mm", 0.05, 5),
    "for_holes": Field("wanted holes", "per cm²", 1, 100_000),
}
FOR_HOLES: Mapping[str, tuple[str, ...]] = {
    PEN: ("needle_count", "strokes_per_second", "swept_width_mm", "glide_mm_per_second", "passes"),
    ROLLER: ("needle_count", "drum_diameter_mm", "drum_width_mm", "passes"),
    STAMP: ("needle_count", "stamps", "area_cm2"),
}
DIAMETER = "needle_diameter_mm"
# The upper end of a 90 % band lies beyond where one in twenty people do, its middle where half do.
FOR_SOME, FOR_MOST = 0.05, 0.5


class DataReach(StrEnum):
    """How a dose lies to the figures that the model of healing is held to."""

    INSIDE = "inside"
    PARTLY = "partly"
    BEYOND = "beyond"


def data_reach(share_beyond: float) -> DataReach:
    """By the share of people beyond the figures: partly from one in twenty on, beyond where most are."""
    if share_beyond > FOR_MOST:
        return DataReach.BEYOND
    return DataReach.PARTLY if share_beyond > FOR_SOME else DataReach.INSIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a dose is asked for. `numbers` are those typed, by the names of `FIELDS`; they go before the record."""

    zone: Zone
    depth_mm: float
    sex: str = ""
    device: Device | None = None
    design: str = PEN
    numbers: Mapping[str, float] = field(default_factory=dict)
    for_holes: float | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A number that the dose is reckoned with; a range where the record states one. `typed`: not from the record."""

    name: str
    low: float
    high: float
    typed: bool


@dataclass(frozen=True, slots=True)
class Way:
    """What to set so that the wanted density comes about, with all else as given; a range where the record has one."""

    name: str
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """The figures of a dose. None: not computable, and `missing` names the fields that lack."""

    asked: Asked
    given: tuple[Given, ...]
    missing: tuple[str, ...]
    layers: LayersFound
    top: LayerTop
    spreads: Mapping[str, DoseSpread]
    true_depth_mm: Band
    holes_per_cm2: Band | None
    dose: DoseBand | None
    reach: DataReach | None
    reach_most: float
    past_dermis: float
    ways: tuple[Way, ...]

    @property
    def dermis_ends_mm(self) -> float:
        """How deep the dermis of this skin ends, on average."""
        return self.layers.row.whole_mm

    @property
    def above_ceiling_mm(self) -> float | None:
        """The ceiling of the zone's own row, where the depth lies above it."""
        row = self.asked.zone.depth
        return row.ceiling_mm if row and self.asked.depth_mm > row.ceiling_mm else None


def reckoned(asked: Asked, biology: Biology) -> Reckoned:
    """Holes, open area, true depth and injured share with their bands, and the way back for `for_holes`.

    Raises `DoseError` for numbers that no device has, a zone that is never needled, a device that heats the skin.
    """
    design = design_of(asked)
    if problems := impossible(asked):
        raise DoseError(problems)
    given = tuple(_given(asked, (*FOR_HOLES[design], DIAMETER)))
    have = {one.name: one for one in given}
    missing = tuple(name for name in (*FOR_HOLES[design], DIAMETER) if name not in have)
    found, unknowns = biology.layer_of(asked.zone.id, asked.sex), unknowns_of(biology)
    skin = Layer(*biology.treated_mm(asked.zone.id, asked.sex))
    holes = None if set(missing) - {DIAMETER} else _holes(design, have)
    dose = None
    if holes and DIAMETER in have:
        width = have[DIAMETER]
        settings = Settings(_uncertain(holes.low, holes.high), _uncertain(width.low, width.high), asked.depth_mm, skin)
        dose = dose_band(settings, unknowns)
    most = biology.bounds["injured"].most or 1.0
    return Reckoned(
        asked=asked,
        given=given,
        missing=missing,
        layers=found,
        top=biology.top,
        spreads=biology.dose,
        true_depth_mm=depth_band(asked.depth_mm, unknowns.depth_share),
        holes_per_cm2=holes,
        dose=dose,
        reach=_reach(dose.injured, most) if dose else None,
        reach_most=most,
        past_dermis=unknowns.depth_share.share_above(found.row.whole_mm / asked.depth_mm),
        ways=tuple(_ways(design, have, asked.for_holes)) if asked.for_holes else (),
    )


def design_of(asked: Asked) -> str:
    """Pen, roller or stamp: as the record of the device has it, else as asked."""
    return asked.device.design if asked.device else asked.design


def impossible(asked: Asked) -> list[Problem]:
    """Everything that stands in the way of a dose: all at once, each under the name of its field."""
    return [*_impossible(asked, design_of(asked))]


def unknowns_of(biology: Biology) -> Unknowns:
    """What is not known of a needle in skin, as the knowledge has it."""
    rows = (biology.dose[name] for name in ("depth-share", "halo", "width-share"))
    return Unknowns(*(Uncertain(row.median, row.log_sd, row.least, row.most) for row in rows))


def _impossible(asked: Asked, design: str) -> Iterator[Problem]:
    if asked.zone.refused_because:
        hint = "choose another zone"
        yield Problem("zone", f"{asked.zone.label}: {asked.zone.refused_because}", "a zone that may be needled", hint)
    if design not in FOR_HOLES:
        because = asked.device.refused_because if asked.device else ""
        yield Problem("device", because or f"`{design}`", f"one of: {', '.join(FOR_HOLES)}", "choose another device")
    typed = {"depth_mm": asked.depth_mm, **asked.numbers}
    if asked.for_holes is not None:
        typed["for_holes"] = asked.for_holes
    for name, value in typed.items():
        known = FIELDS.get(name)
        if known is None:
            yield Problem(name, "a number that nothing reads", f"one of: {', '.join(FIELDS)}")
        elif not known.least <= value <= known.most or (known.whole and value != int(value)):
            kind = "a whole number" if known.whole else "a number"
            unit = f" {known.unit}" if known.unit else ""
            expected = f"{kind} from {known.least:g} to {known.most:g}{unit}"
            yield Problem(name, f"{known.words} {value:g}{unit}", expected, "write another number")


def _given(asked: Asked, names: Iterable[str]) -> Iterator[Given]:
    """What was typed, else what the record states, one number or a range."""
    needles = asked.device.needles if asked.device else None
    for name in names:
        typed = asked.numbers.get(name)
        if typed is not None:
            yield Given(name, typed, typed, typed=True)
            continue
        exact, least, most = (getattr(needles, key, None) for key in _IN_RECORD.get(name, (name, "", "")))
        low, high = (least, most) if exact is None else (exact, exact)
        if low is not None and high is not None:
            yield Given(name, low, high, typed=False)


# How the record of a device calls a number, and the ends of its range.
_IN_RECORD = {
    "needle_count": ("count", "count_min", "count_max"),
    "needle_diameter_mm": ("diameter_mm", "diameter_min_mm", "diameter_max_mm"),
    "strokes_per_second": ("", "strokes_per_second_min", "strokes_per_second_max"),
}


def _holes(design: str, have: Mapping[str, Given]) -> Band:
    """Where the record has ranges: all at their low ends, all at their high ends, and the middle of the two."""
    low = _counted(design, {name: one.low for name, one in have.items()})
    high = _counted(design, {name: one.high for name, one in have.items()})
    return Band(low, _uncertain(low, high).median, high)


def _counted(design: str, values: Mapping[str, float]) -> float:
    count = int(values["needle_count"])
    if design == PEN:
        return pen_holes_per_cm2(_pen(values), values["glide_mm_per_second"], values["passes"])
    if design == ROLLER:
        return roller_holes_per_cm2(_roller(values), values["passes"])
    return stamp_holes_per_cm2(count, values["stamps"], values["area_cm2"])


def _ways(design: str, have: Mapping[str, Given], wanted: float) -> Iterator[Way]:
    """Every single setting that leads to the wanted density, of those for which all others are known."""
    for name in {PEN: ("glide_mm_per_second", "passes"), ROLLER: ("passes",), STAMP: ("stamps",)}[design]:
        if all(other in have for other in FOR_HOLES[design] if other != name):
            ends = [
                _set(name, {key: getattr(one, end) for key, one in have.items()}, wanted) for end in ("low", "high")
            ]
            yield Way(name, min(ends), max(ends))


def _set(name: str, values: Mapping[str, float], wanted: float) -> float:
    if name == "stamps":
        return stamps_for(int(values["needle_count"]), values["area_cm2"], wanted)
    if name == "glide_mm_per_second":
        return glide_mm_per_second_for(_pen(values), wanted, int(values["passes"]))
    if "drum_width_mm" in values:
        return roller_passes_for(_roller(values), wanted)
    return passes_for(_pen(values), wanted, values["glide_mm_per_second"])


def _pen(values: Mapping[str, float]) -> Pen:
    return Pen(int(values["needle_count"]), values["strokes_per_second"], values["swept_width_mm"])


def _roller(values: Mapping[str, float]) -> Roller:
    return Roller(int(values["needle_count"]), values["drum_diameter_mm"], values["drum_width_mm"])


def _uncertain(low: float, high: float) -> Uncertain:
    return between(low, high) if low < high else Uncertain(low)


def _reach(injured: Band, most: float) -> DataReach:
    """The same by the quantiles of a band as by the share of people (`data_reach`)."""
    if injured.median > most:
        return DataReach.BEYOND
    return DataReach.PARTLY if injured.high > most else DataReach.INSIDE
