"""What was found, for the page: rows of words, and pictures that go inside the page's own text and nowhere else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from needlewise.errors import Problem
from needlewise.imaging.comparing import Comparison
from needlewise.imaging.laying import ZoneFound
from needlewise.imaging.showing import Pixels, shown
from needlewise.imaging.spread import Change, Verdict
from needlewise.interop.measured import Row, ZoneRows, pictures_told, refusals, zone_rows
from needlewise.interop.measured_page import data_uri
from needlewise.knowledge import Colour, Imaging, Measure, Protocol

LONGEST_SIDE_PX = 1200
TONES = {Verdict.BETTER: "better", Verdict.WORSE: "worse", Verdict.CHANGED: "changed", Verdict.NO_CHANGE: "none"}
SIGNS = {Verdict.BETTER: "▲", Verdict.WORSE: "▼", Verdict.CHANGED: "◆", Verdict.NO_CHANGE: "="}
MAPS = {"melanin": "Melanin", "redness": "Redness", "line-depth": "Lines"}


# A row's drawing: no change lies in the middle, and what reaches farthest fills a side.
PLOT_MIDDLE_PX, PLOT_SIDE_PX = 80.0, 72.0


@dataclass(frozen=True, slots=True)
class PlotView:
    """A change and its band beside what unchanged skin differs by, in pixels of a drawing."""

    quiet_x: float
    quiet_width: float
    low_x: float
    middle_x: float
    high_x: float


@dataclass(frozen=True, slots=True)
class RowView:
    row: Row
    tone: str
    sign: str
    plot: PlotView | None


@dataclass(frozen=True, slots=True)
class MapView:
    measure: str
    word: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class PicturesView:
    """Pictures of one zone, as addresses that hold them. Both and the maps are of one size.

    There is a map only of what could be measured: one of anything else would say what no number may. `is_held`: the
    colours were put right by something known beside the skin.
    """

    before: str
    after: str
    maps: tuple[MapView, ...]
    width: int
    height: int
    is_held: bool


@dataclass(frozen=True, slots=True)
class ZoneView:
    """`could` are the measures that were had; `could_not` the names of those that were not, with the reason they share."""

    id: str
    label: str
    could: tuple[RowView, ...]
    could_not: tuple[tuple[str, str], ...]
    missed: int
    pictures: PicturesView | None


@dataclass(frozen=True, slots=True)
class FoundView:
    zones: tuple[ZoneView, ...]
    told: tuple[str, ...]
    not_used: tuple[str, ...]
    said: str

    @property
    def measured(self) -> bool:
        """Whether anything could be measured at all."""
        return any(zone.could for zone in self.zones)


def found_view(found: Comparison, left_out: Iterable[Problem], imaging: Imaging, protocol: Protocol) -> FoundView:
    """Everything that a comparison says and shows."""
    labels = {name: place.label for name, place in protocol.places.items()}
    zones = tuple(_zone(rows, found, imaging) for rows in zone_rows(found, imaging, labels))
    not_used = (*refusals(found, labels), *(_left_out(one, labels) for one in left_out))
    return FoundView(zones, pictures_told(found, imaging), not_used, _said(zones))


def _zone(rows: ZoneRows, found: Comparison, imaging: Imaging) -> ZoneView:
    could = [row for row in rows.rows if row.verdict is not Verdict.CANNOT]
    could_not = [row for row in rows.rows if row.verdict is Verdict.CANNOT]
    skin = next(one for one in found.zones if one.zone.name == rows.zone)
    return ZoneView(
        rows.zone,
        rows.label,
        tuple(_row(row, found.of(row.measure, rows.zone)) for row in could),
        tuple(_by_reason(could_not)),
        len(could_not),
        _pictures(skin, {row.measure: imaging.measures[row.measure] for row in could}),
    )


def _said(zones: Iterable[ZoneView]) -> str:
    """For those who listen: what changed in each zone, in a breath."""
    return " ".join(
        f"{zone.label}: "
        + ("; ".join(f"{one.row.name} {one.row.verdict.value}" for one in zone.could) or "nothing could be measured")
        + "."
        for zone in zones
    )


def _left_out(one: Problem, labels: Mapping[str, str]) -> str:
    hint = f" {one.hint[:1].upper()}{one.hint[1:].rstrip('.')}." if one.hint else ""
    return f"{labels.get(one.where, one.where)}: {one.found.rstrip('.')}.{hint}"


def _row(row: Row, change: Change) -> RowView:
    return RowView(row, TONES[row.verdict], SIGNS[row.verdict], _plot(change))


def _by_reason(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    reasons: dict[str, list[str]] = {}
    for row in rows:
        reasons.setdefault(row.told, []).append(row.name)
    for reason, names in reasons.items():
        first, *others = names
        yield ", ".join((first, *(f"{name[:1].lower()}{name[1:]}" for name in others))), reason


def _plot(change: Change) -> PlotView | None:
    if change.change is None or change.low is None or change.high is None or change.detectable is None:
        return None
    scale = PLOT_SIDE_PX / (max(abs(change.low), abs(change.high), change.detectable) or 1.0)
    low, middle, high = (round(PLOT_MIDDLE_PX + value * scale, 1) for value in (change.low, change.change, change.high))
    quiet = round(change.detectable * scale, 1)
    return PlotView(PLOT_MIDDLE_PX - quiet, 2 * quiet, low, middle, high)


def _pictures(zone: ZoneFound, could: Mapping[str, Measure]) -> PicturesView | None:
    pictures = shown(zone)
    if pictures is None:
        return None
    before, after = _fit(pictures.before), _fit(pictures.after)
    maps = tuple(
        MapView(name, MAPS.get(name, could[name].name), could[name].name, data_uri(_fit(picture)))
        for name, picture in pictures.maps.items()
        if name in could
    )
    height, width = before.shape[:2]
    is_held = all(Colour(one.seen.calibration.mode) is not Colour.NONE for one in zone.laid)
    return PicturesView(data_uri(before), data_uri(after), maps, width, height, is_held)


def _fit(picture: Pixels) -> Pixels:
    factor = min(1.0, LONGEST_SIDE_PX / max(picture.shape[:2]))
    size = max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8) if factor < 1 else picture
