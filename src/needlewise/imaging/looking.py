"""What a zone shows in all its pictures: each measure's reading, and what several of them share, worked out once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.beside import RISE_OF_SIGMA
from needlewise.imaging.colour import calibrated
from needlewise.imaging.laying import AFTER, BEFORE, Laid, ZoneFound
from needlewise.imaging.lines import find_lines, measured, relief_plane
from needlewise.imaging.patches import spots_of
from needlewise.imaging.spread import Change, Shots, by_ratio, cannot, changed
from needlewise.imaging.striae import contrast_of, stripes_of
from needlewise.imaging.tones import Measured, Tones, ZoneTone, tones_of, zone_tone
from needlewise.imaging.tracking import Gauge, LineChange, Visit, follow
from needlewise.imaging.tracking import gauge_of as gauge_from
from needlewise.knowledge import Measure

Floats = NDArray[np.float64]

HUNDRED = 100.0
# A groove that is drawn more weakly than this tells nothing of the lamp; one much more weakly than the best tells it less well.
LEAST_GROOVE, LEAST_OF_BEST = 0.01, 0.6
# Which way the lines of a zone run is seen on a plane so much smaller.
SMALLER = 2


class Look:
    """One zone in all its pictures. Its parts are worked out when they are first asked for."""

    def __init__(self, zone: ZoneFound) -> None:
        self.zone = zone
        self.name = zone.zone.name
        self.scale = zone.px_per_mm or 1.0

    @cached_property
    def colours(self) -> tuple[tuple[Laid, ZoneTone], ...]:
        """The colour of the zone in every picture in which it can be told."""
        told = ((one, zone_tone(one.pixels, self.zone.mask, one.seen.calibration)) for one in self.zone.laid)
        return tuple((one, tone) for one, tone in told if tone is not None)

    @cached_property
    def tones(self) -> tuple[tuple[Laid, Tones], ...]:
        """Planes of colour of every picture."""
        return tuple((one, tones_of(one.pixels, one.seen.calibration)) for one in self.zone.laid)

    @cached_property
    def reliefs(self) -> Mapping[str, tuple[Visit, ...]]:
        """Relief of every picture of a visit, with its blur."""
        return {visit: tuple(map(_relief, self.zone.of(visit))) for visit in (BEFORE, AFTER)}

    @cached_property
    def heading(self) -> Floats | None:
        """Which way most of the lines run, at twice its angle; None without lines."""
        if not self.reliefs[BEFORE]:
            return None
        plane = self.reliefs[BEFORE][0].plane
        size = plane.shape[1] // SMALLER, plane.shape[0] // SMALLER
        small = np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)
        mask = cv2.resize(self.zone.mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
        lines = find_lines(small, mask, self.scale / SMALLER)
        return np.sum([_doubled(line.points[-1] - line.points[0]) for line in lines], axis=0) if lines else None

    @cached_property
    def followed(self) -> tuple[LineChange, ...]:
        """The lines of the zone in every picture of one visit beside one of the other."""
        gauge = gauge_of(self.zone, self.heading)
        return tuple(
            follow(one, other, self.zone.mask, self.scale, gauge)
            for one, other in _pairs(self.reliefs[BEFORE], self.reliefs[AFTER])
        )


def gauge_of(zone: ZoneFound, heading: Floats | None) -> Gauge:
    """What the lamp did to grooves that do not change, from those that run as the lines do and were drawn at both visits.

    A groove across them answers to another side of the lamp: where it turns, the one is drawn deeper and the other less.
    """
    before, after = ([one.seen for one in zone.of(visit) if len(one.seen.grooves)] for visit in (BEFORE, AFTER))
    if not before or not after or heading is None:
        return Gauge()
    first, second = (np.median(np.stack([one.grooves for one in seen]), axis=0) for seen in (before, after))
    along = np.logical_and.reduce([_along(one.beside.grooves, heading) for one in (*before, *after)])
    drawn = along & np.isfinite(first) & np.isfinite(second) & (first > LEAST_GROOVE) & (second > LEAST_GROOVE)
    if not drawn.any():
        return Gauge()
    strength, ratios = (first + second)[drawn], second[drawn] / first[drawn]
    kept = ratios[strength >= LEAST_OF_BEST * strength.max()]
    return gauge_from(kept.tolist(), float(np.std(kept)))


def _along(grooves: Sequence[Floats], heading: Floats) -> NDArray[np.bool_]:
    """Which grooves run less than half a right angle off."""
    return np.array([_doubled(groove[-1] - groove[0]) @ heading > 0 for groove in grooves])


def _doubled(way: Floats) -> Floats:
    """A way at twice its angle, so that there and back are the same; as long as it was."""
    x, y = way
    return np.array([x * x - y * y, 2 * x * y]) / max(float(np.hypot(x, y)), 1e-9)


def _relief(one: Laid) -> Visit:
    rise = one.seen.edge_rise_px
    sigma = rise / RISE_OF_SIGMA if np.isfinite(rise) else 0.0
    return Visit(relief_plane(calibrated(one.pixels, one.seen.calibration)), sigma)


def _pairs(before: Sequence[Visit], after: Sequence[Visit]) -> Iterator[tuple[Visit, Visit]]:
    """Each picture once, beside one of the other visit: pairs that share a picture tell nothing more."""
    for number in range(max(len(before), len(after))):
        yield before[number % len(before)], after[number % len(after)]


def _colour(pick: Callable[[ZoneTone], Measured]) -> "Reader":
    def read(look: Look, measure: Measure, floor_sd: float) -> Change:
        told = [(one.seen.visit, pick(tone)) for one, tone in look.colours]
        before, after = ([found.value for visit, found in told if visit == wanted] for wanted in (BEFORE, AFTER))
        return changed(measure, look.name, Shots(before, after), floor_sd)

    return read


def _spots(look: Look, measure: Measure, floor_sd: float) -> Change:
    told = [
        (one.seen.visit, HUNDRED * spots_of(tones, look.zone.mask, look.scale).share.value) for one, tones in look.tones
    ]
    before, after = ([value for visit, value in told if visit == wanted] for wanted in (BEFORE, AFTER))
    return changed(measure, look.name, Shots(before, after), floor_sd)


def _stretch_marks(look: Look, measure: Measure, floor_sd: float) -> Change:
    """The same stripes in every picture, found on the mean of all, so that no visit is favoured."""
    planes = np.asarray(np.mean([tones.planes for _, tones in look.tones], axis=0), np.float32)
    clipped = np.logical_or.reduce([tones.clipped for _, tones in look.tones])
    stripes = stripes_of(Tones(planes, clipped, (0, 0)), look.zone.mask, look.scale)
    values: dict[str, list[float]] = {BEFORE: [], AFTER: []}
    for one, tones in look.tones:
        told = [
            (abs(found.lightness.value), stripe.length_mm)
            for stripe in stripes
            if (found := contrast_of(tones, stripe, look.scale, look.zone.mask))
        ]
        if told:
            contrasts, lengths = zip(*told, strict=True)
            values[one.seen.visit].append(float(np.average(contrasts, weights=lengths)))
    if not values[BEFORE] or not values[AFTER]:
        return cannot(
            measure.id, look.name, "No stripe is seen well enough. Draw those that matter on the first picture."
        )
    return changed(measure, look.name, Shots(values[BEFORE], values[AFTER]), floor_sd)


def _line_depth(look: Look, measure: Measure, floor_sd: float) -> Change:
    ratios = [(found.ratio, found.se) for found in look.followed if found.lines]
    if not ratios:
        return cannot(measure.id, look.name, "No line was found that can be followed.")
    return by_ratio(measure, look.name, ratios, floor_sd)


def _line_density(look: Look, measure: Measure, floor_sd: float) -> Change:
    before, after = (
        [
            measured(find_lines(one.plane, look.zone.mask, look.scale), look.zone.mask, look.scale).density_mm_per_cm2
            for one in look.reliefs[visit]
        ]
        for visit in (BEFORE, AFTER)
    )
    return changed(measure, look.name, Shots(before, after), floor_sd)


Reader = Callable[[Look, Measure, float], Change]
READERS: Mapping[str, Reader] = {
    "line-depth": _line_depth,
    "line-density": _line_density,
    "ita": _colour(lambda tone: tone.ita_deg),
    "a-star": _colour(lambda tone: tone.redness),
    "melanin": _colour(lambda tone: tone.melanin),
    "redness": _colour(lambda tone: tone.blood),
    "spot-area": _spots,
    "stria-contrast": _stretch_marks,
}
