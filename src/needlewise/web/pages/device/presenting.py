"""The dose as the template wants it: fields with what the record states, figures in words, the drawing, the sources."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from needlewise.dose.bands import HIGH, LOW, Band, Uncertain
from needlewise.dose.reckoning import FIELDS, PEN, ROLLER, STAMP, Reckoned
from needlewise.interop.dose_words import FigureWords, number, percent
from needlewise.knowledge import Biology, Protocol
from needlewise.web.design.depth_glyph import Channels, Glyph, Layers, channel_glyph
from needlewise.web.design.marks import MarkView, mark_view
from needlewise.web.pages.device.asking import DEPTH, DEVICE, SEX, WANTED, ZONE, Form, devices_of, zones_of

REGIONS = {"face": "Face", "neck": "Neck", "scalp": "Scalp", "trunk": "Trunk", "limb": "Limbs"}
DESIGNS = {PEN: "A pen", ROLLER: "A roller", STAMP: "A stamp"}
# The figures that are worked out in docs/explanation/dose.md.
EXAMPLES = (
    (
        "A pen with 12 needles",
        {"device": PEN, "zone": "cheek", "depth_mm": "1", "needle_count": "12", "needle_diameter_mm": "0.25",
         "strokes_per_second": "100", "swept_width_mm": "10", "glide_mm_per_second": "20", "passes": "2",
         "for_holes": "1500"},
    ),
    (
        "A roller, 15 passes",
        {"device": "medical_dermaroller", "zone": "cheek", "depth_mm": "1.5", "needle_diameter_mm": "0.25",
         "passes": "15"},
    ),
)  # fmt: skip
# The ends of the scale on which a share is drawn: one in a thousand, and all.
LEAST_SHARE, SCALE_PX = 0.001, 300.0


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    """A number to type. `record` is what the device's record states, which counts where nothing is typed."""

    name: str
    label: str
    unit: str
    value: str
    record: str
    trouble: bool


@dataclass(frozen=True, slots=True)
class ScaleView:
    """A share on a scale from one in a thousand to all, in tenfold steps: where its band lies, and how far data reach."""

    low_x: float
    width: float
    median_x: float
    reach_x: float
    reach: str
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class FigureView:
    words: FigureWords
    rests_on: tuple[tuple[str, MarkView | None], ...]
    scale: ScaleView | None


@dataclass(frozen=True, slots=True)
class UnknownView:
    """A quantity that nobody knows exactly: what is taken, and what stands behind it."""

    name: str
    middle: str
    band: str
    mark: MarkView


def device_options(form: Form, protocol: Protocol) -> list[tuple[str, list[Option]]]:
    """No device but numbers of one's own, or a device on record."""
    chosen = form.device.id if form.device else form.design
    own = [Option(value, words, value == chosen) for value, words in DESIGNS.items()]
    records = [Option(one.id, one.name, one.id == chosen) for one in devices_of(protocol)]
    return [("Numbers of your own", own), ("On record; what lacks is typed", records)]


def zone_options(form: Form, protocol: Protocol) -> list[tuple[str, list[Option]]]:
    """The zones that may be needled, by region."""
    ordered = sorted(zones_of(protocol), key=lambda one: (list(REGIONS).index(one.region), one.label))
    return [
        (REGIONS[region], [Option(one.id, one.label, one.id == form.zone.id) for one in zones])
        for region, zones in groupby(ordered, key=lambda one: one.region)
    ]


def number_fields(form: Form, names: Iterable[str]) -> list[FieldView]:
    """Fields to type into, in this order."""
    troubled = {one.field for one in form.troubles}
    return [
        FieldView(
            name,
            f"{FIELDS[name].words[0].upper()}{FIELDS[name].words[1:]}",
            FIELDS[name].unit,
            form.typed[name],
            _record(form, name),
            name in troubled,
        )
        for name in names
    ]


def _record(form: Form, name: str) -> str:
    needles = form.device.needles if form.device else None
    stem = {"needle_count": "count", "needle_diameter_mm": "diameter_mm"}.get(name, name)
    exact = getattr(needles, stem, None)
    low, high = (getattr(needles, _end(stem, end), None) for end in ("min", "max"))
    if exact is not None:
        return number(exact)
    return f"{number(low)} to {number(high)}" if low is not None and high is not None else ""


def _end(stem: str, end: str) -> str:
    return f"{stem.removesuffix('_mm')}_{end}_mm" if stem.endswith("_mm") else f"{stem}_{end}"


def figures_of(found: Reckoned, figures: Iterable[FigureWords], protocol: Protocol) -> list[FigureView]:
    """The figures with what they rest on; the shares with a scale."""
    shares = {"open-area": found.dose.open_area, "injured": found.dose.injured} if found.dose else {}
    return [
        FigureView(
            one,
            tuple((rest.words, mark_view(rest.mark, protocol) if rest.mark else None) for rest in one.rests_on),
            _scale(shares[one.id], found.reach_most if one.id == "injured" else None) if one.id in shares else None,
        )
        for one in figures
    ]


def _scale(band: Band, reach_most: float | None) -> ScaleView:
    ticks = tuple((_x(share), percent(share).replace(".0 ", " ")) for share in (0.001, 0.01, 0.1, 1.0))
    low, high = _x(band.low), _x(band.high)
    reach = percent(reach_most).replace(".0 ", " ") if reach_most else ""
    return ScaleView(low, round(max(high - low, 2), 1), _x(band.median), _x(reach_most or LEAST_SHARE), reach, ticks)


def _x(share: float) -> float:
    return round(SCALE_PX * (1 - math.log(max(share, LEAST_SHARE)) / math.log(LEAST_SHARE)), 1)


def drawing_of(found: Reckoned, biology: Biology) -> tuple[Glyph, str]:
    """The channels in the skin of the zone, to scale, and the same in words."""
    row, depth = found.layers.row, found.true_depth_mm
    thin = row.whole_mm - row.dermis_sd_mm if row.dermis_sd_mm else None
    width = next((one for one in found.given if one.name == "needle_diameter_mm"), None)
    radius = math.sqrt(width.low * width.high) / 2 * biology.dose["width-share"].median if width else None
    apart = 10 / math.sqrt(found.holes_per_cm2.median) if found.holes_per_cm2 else None
    channels = Channels(
        found.asked.depth_mm, depth.median, depth.low, depth.high, radius, biology.dose["halo"].median, apart
    )
    told = (
        f"A cut through the skin: epidermis to {row.epidermis_mm:.2f} mm, dermis to {row.whole_mm:.2f} mm. "
        f"Needles set to {found.asked.depth_mm:.2f} mm, their tips likely at {depth.median:.2f} mm, "
        f"between {depth.low:.2f} and {depth.high:.2f} mm."
    )
    if apart and radius:
        told += f" Channels {2 * radius:.2f} mm wide at the surface, on average {apart:.2f} mm apart."
    return channel_glyph(Layers(row.whole_mm, thin, row.epidermis_mm), channels), told


def unknowns_of(biology: Biology) -> Iterator[UnknownView]:
    """What nobody knows exactly, with what is taken for it."""
    for row in biology.dose.values():
        one = Uncertain(row.median, row.log_sd, row.least, row.most)
        unit = "" if row.unit == "1" else f" {row.unit}"
        yield UnknownView(
            f"{row.name[0].upper()}{row.name[1:]}",
            f"{row.median:.2f}{unit}",
            f"{one.quantile(LOW):.2f} to {one.quantile(HIGH):.2f}{unit}",
            mark_view(row.mark, biology.protocol),
        )


def address_of(form: Form) -> str:
    """The shortest address that asks for the same."""
    names = (*form.fields, DEPTH, WANTED)
    said = {DEVICE: form.device.id if form.device else form.design, ZONE: form.zone.id, SEX: form.sex}
    return f"?{urlencode({name: text for name, text in (said | {name: form.typed[name] for name in names}).items() if text})}"


def examples() -> list[tuple[str, str]]:
    """Worked examples, as addresses."""
    return [(words, f"?{urlencode(numbers)}") for words, numbers in EXAMPLES]
