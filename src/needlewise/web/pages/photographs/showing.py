"""What was found, for the page: rows of words, and pictures that go inside the page's own text and nowhere else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from django.utils.safestring import SafeString, mark_safe

from needlewise.errors import Problem
from needlewise.imaging.comparing import Comparison
from needlewise.imaging.laying import ZoneFound
from needlewise.imaging.showing import Pixels, shown
from needlewise.imaging.spread import Change, Verdict
from needlewise.interop.map_legend import Legend, map_legend
from needlewise.interop.measured import Row, ZoneRows, pictures_told, zone_rows
from needlewise.interop.measured_page import data_uri
from needlewise.knowledge import Colour, Imaging, Measure, Protocol
from needlewise.web.pages.photographs.not_used import NotUsedView, not_used_views

LONGEST_SIDE_PX = 1200
TONES = {Verdict.BETTER: "better", Verdict.WORSE: "worse", Verdict.CHANGED: "changed", Verdict.NO_CHANGE: "none"}
SIGNS = {Verdict.BETTER: "▲", Verdict.WORSE: "▼", Verdict.CHANGED: "◆", Verdict.NO_CHANGE: "="}
CHANGED = (Verdict.BETTER, Verdict.WORSE, Verdict.CHANGED)
# From so many measures on, chance is spoken of.
LUCK_FROM = 5
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
    verdict: Verdict
    legend: Legend

    @property
    def strip(self) -> SafeString:
        """The drawing of the legend, which holds nothing that anybody typed."""
        return mark_safe(self.legend.strip)  # noqa: S308 - as above


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
class UnseenView:
    """Zones of which nothing can be shown, and why not, as in `ZoneView`."""

    labels: tuple[str, ...]
    could_not: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SumView:
    """All measures that share a verdict: what reads first."""

    tone: str
    sign: str
    word: str
    told: str


@dataclass(frozen=True, slots=True)
class FoundView:
    summary: tuple[SumView, ...]
    by_luck: str
    zones: tuple[ZoneView, ...]
    told: tuple[str, ...]
    not_used: tuple[NotUsedView, ...]
    said: str

    @property
    def seen(self) -> tuple[ZoneView, ...]:
        """Zones with something to show."""
        return tuple(zone for zone in self.zones if zone.could or zone.pictures)

    @property
    def unseen(self) -> tuple[UnseenView, ...]:
        """The others, together where the same stands in their way."""
        together: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for zone in self.zones:
            if zone not in self.seen:
                together.setdefault(zone.could_not, []).append(zone.label)
        return tuple(UnseenView(tuple(labels), could_not) for could_not, labels in together.items())

    @property
    def measured(self) -> bool:
        """Whether anything could be measured at all."""
        return any(zone.could for zone in self.zones)


def found_view(found: Comparison, left_out: Iterable[Problem], imaging: Imaging, protocol: Protocol) -> FoundView:
    """Everything that a comparison says and shows."""
    labels = {name: place.label for name, place in protocol.places.items()}
    zones = tuple(_zone(rows, found, imaging) for rows in zone_rows(found, imaging, labels))
    not_used = not_used_views(found.refused, left_out, labels)
    return FoundView(
        tuple(_summary(zones)), _by_luck(zones), zones, pictures_told(found, imaging), not_used, _said(zones)
    )


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
        _pictures(
            skin, {row.measure: (imaging.measures[row.measure], found.of(row.measure, rows.zone)) for row in could}
        ),
    )


def _summary(zones: Sequence[ZoneView]) -> Iterator[SumView]:
    """What changed, by name; of what did not, and of what could not be measured, how much there is."""
    for verdict in CHANGED:
        named = [
            f"{zone.label}: {', '.join(_lower(row.row.name) for row in rows)}"
            for zone in zones
            if (rows := [row for row in zone.could if row.row.verdict is verdict])
        ]
        if named:
            yield SumView(TONES[verdict], SIGNS[verdict], verdict.value, f"{'; '.join(named)}.")
    unchanged = sum(row.row.verdict is Verdict.NO_CHANGE for zone in zones for row in zone.could)
    if unchanged:
        told = f"{_counted(unchanged)} in {_counted(len(zones), 'zone')}."
        yield SumView(TONES[Verdict.NO_CHANGE], SIGNS[Verdict.NO_CHANGE], Verdict.NO_CHANGE.value, told)
    missed = sum(zone.missed for zone in zones)
    if missed:
        told = f"{_counted(missed)}. What to do stands below."
        yield SumView("none", "–", Verdict.CANNOT.value, told)


def _by_luck(zones: Sequence[ZoneView]) -> str:
    """Many measures, and some will be called changed that are not."""
    rows = [row.row.verdict for zone in zones for row in zone.could]
    if len(rows) < LUCK_FROM or not set(rows) & set(CHANGED):
        return ""
    return f"{len(rows)} measures were compared. Of twenty that have not changed, about one may be called changed."


def _counted(count: int, what: str = "measure") -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _lower(name: str) -> str:
    return f"{name[:1].lower()}{name[1:]}"


def _said(zones: Iterable[ZoneView]) -> str:
    """For those who listen: what changed in each zone, in a breath."""
    return " ".join(
        f"{zone.label}: "
        + ("; ".join(f"{one.row.name} {one.row.verdict.value}" for one in zone.could) or "nothing could be measured")
        + "."
        for zone in zones
    )


def _row(row: Row, change: Change) -> RowView:
    return RowView(row, TONES[row.verdict], SIGNS[row.verdict], _plot(change))


def _by_reason(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    reasons: dict[str, list[str]] = {}
    for row in rows:
        reasons.setdefault(row.told, []).append(row.name)
    for reason, names in reasons.items():
        first, *others = names
        yield ", ".join((first, *map(_lower, others))), reason


def _plot(change: Change) -> PlotView | None:
    if change.change is None or change.low is None or change.high is None or change.detectable is None:
        return None
    scale = PLOT_SIDE_PX / (max(abs(change.low), abs(change.high), change.detectable) or 1.0)
    low, middle, high = (round(PLOT_MIDDLE_PX + value * scale, 1) for value in (change.low, change.change, change.high))
    quiet = round(change.detectable * scale, 1)
    return PlotView(PLOT_MIDDLE_PX - quiet, 2 * quiet, low, middle, high)


def _pictures(zone: ZoneFound, could: Mapping[str, tuple[Measure, Change]]) -> PicturesView | None:
    pictures = shown(zone)
    if pictures is None:
        return None
    before, after = _fit(pictures.before), _fit(pictures.after)
    maps = tuple(_map(*could[name], picture) for name, picture in pictures.maps.items() if name in could)
    height, width = before.shape[:2]
    is_held = all(Colour(one.seen.calibration.mode) is not Colour.NONE for one in zone.laid)
    return PicturesView(data_uri(before), data_uri(after), maps, width, height, is_held)


def _map(measure: Measure, change: Change, picture: Pixels) -> MapView:
    word = MAPS.get(measure.id, measure.name)
    return MapView(measure.id, word, measure.name, data_uri(_fit(picture)), change.verdict, map_legend(measure, change))


def _fit(picture: Pixels) -> Pixels:
    factor = min(1.0, LONGEST_SIDE_PX / max(picture.shape[:2]))
    size = max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8) if factor < 1 else picture
