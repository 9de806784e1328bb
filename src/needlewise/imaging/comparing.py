"""Two visits compared: what can be measured in their pictures, by how much it changed, and what may be said of that.

Every later picture is laid onto the baseline, zone by zone; every measure is read on the same skin in every picture, after
the colours were put right by what lies beside the skin; a change counts where it is larger than unchanged skin differs.
What cannot be measured says why, and what to do.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from numpy.typing import NDArray

from needlewise.errors import PictureError, Problem
from needlewise.imaging.beside import (
    RISE_OF_SIGMA,
    Beside,
    calibration_of,
    edge_rise_px,
    find_beside,
    groove_contrasts,
    lights_apart,
)
from needlewise.imaging.colour import calibrated
from needlewise.imaging.laying import Refused, Seen, ZoneFound, lay
from needlewise.imaging.lines import find_lines, measured, relief_plane
from needlewise.imaging.patches import spots_of
from needlewise.imaging.spread import Change, Shots, believed, by_ratio, cannot, changed
from needlewise.imaging.striae import contrast_of, stripes_of
from needlewise.imaging.tones import Tones, tones_of, zone_tone
from needlewise.imaging.tracking import Gauge, Visit, follow
from needlewise.imaging.zones import Zone
from needlewise.knowledge import Colour, Imaging, Measure

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

BEFORE, AFTER = "before", "after"
LINE_DEPTH, LINE_DENSITY = "line-depth", "line-density"
# Of a zone so many pixels must be bare skin that all its pictures show.
LEAST_SKIN_PX = 2000
ORDER = tuple(Colour)


@dataclass(frozen=True, slots=True)
class How:
    """How pictures were taken, and what to measure.

    regime     id of the way of taking them, as somebody says; the pictures may show that it was a less steady one
    px_per_mm  of the baseline, where somebody measured it; a card in the picture goes before it
    edition    of the chart: made `before` November 2014 or `since`
    measures   ids; None: all
    """

    regime: str = "hand"
    px_per_mm: float | None = None
    edition: str = "before"
    measures: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What two visits show. `regime` is what is believed of how the pictures were taken; `changes` one for each measure of
    each zone; `refused` what was not measured, and why; `zones` the skin that was looked at, for showing.
    """

    regime: str
    said_regime: str
    baseline: str
    changes: tuple[Change, ...]
    refused: tuple[Refused, ...]
    zones: tuple[ZoneFound, ...] = field(repr=False)
    colour: Mapping[str, str]
    residuals_de: Mapping[str, float | None]
    errors_px: Mapping[str, float]
    digest: str

    def of(self, measure: str, zone: str) -> Change:
        """One change. Raises KeyError for what was not asked."""
        return next(one for one in self.changes if (one.measure, one.zone) == (measure, zone))


def compare(
    before: Sequence[Pixels],
    after: Sequence[Pixels],
    zones: Sequence[Zone],
    imaging: Imaging,
    how: How = How(),
    beside: Sequence[Beside] | None = None,
) -> Comparison:
    """Compare two visits, each with one or more pictures (height, width, 3), sRGB. Zones lie on the first before-picture.

    `beside` says what lies beside the skin in each picture, before and after, where that is known; else it is looked for.
    Raises `PictureError` where a visit has no picture, no zone is drawn, or a name is unknown.
    """
    _check(before, after, zones, imaging, how)
    seen = _seen(before, after, how, beside)
    laying = lay(seen, zones, imaging)
    regime = believed(how.regime, imaging, laying.lean_degrees, *lights_apart([one.beside.light for one in seen]))
    measures = [one for name, one in imaging.measures.items() if how.measures is None or name in how.measures]
    changes = [
        _change(measure, zone, regime.id, imaging)
        for zone in laying.zones
        for measure in measures
        if measure.id in READERS
    ]
    return Comparison(
        regime=regime.id,
        said_regime=how.regime,
        baseline=seen[0].called,
        changes=tuple(changes),
        refused=laying.refused,
        zones=laying.zones,
        colour={one.called: one.calibration.mode for one in seen},
        residuals_de={one.called: one.calibration.residual_de for one in seen},
        errors_px=laying.errors_px,
        digest=imaging.digest,
    )


def _check(
    before: Sequence[Pixels], after: Sequence[Pixels], zones: Sequence[Zone], imaging: Imaging, how: How
) -> None:
    problems = [
        Problem(name, "no picture", "at least one; three tell how far shots of one visit differ")
        for name, given in ((BEFORE, before), (AFTER, after))
        if not len(given)
    ]
    if not zones:
        problems.append(
            Problem("zones", "none", "at least one zone", "draw what is to be measured on the first picture")
        )
    if how.regime not in imaging.regimes:
        problems.append(Problem("regime", f"`{how.regime}`", f"one of: {', '.join(imaging.regimes)}"))
    unknown = [name for name in how.measures or () if name not in imaging.measures]
    problems += [Problem("measure", f"`{name}`", f"one of: {', '.join(imaging.measures)}") for name in unknown]
    if how.px_per_mm is not None and not 0.1 <= how.px_per_mm <= 1000:
        problems.append(Problem("px per mm", f"{how.px_per_mm:g}", "0.1 to 1000"))
    if problems:
        raise PictureError(problems)


def _seen(
    before: Sequence[Pixels], after: Sequence[Pixels], how: How, beside: Sequence[Beside] | None
) -> tuple[Seen, ...]:
    rows: list[Seen] = []
    for visit, given in ((BEFORE, before), (AFTER, after)):
        for number, pixels in enumerate(given, 1):
            lying = beside[len(rows)] if beside is not None else find_beside(pixels, how.px_per_mm, how.edition)
            called = f"{visit} {number}"
            rows.append(Seen(called, visit, pixels, lying, calibration_of(lying), edge_rise_px(pixels, lying)))
    return tuple(rows)


def _change(measure: Measure, zone: ZoneFound, regime: str, imaging: Imaging) -> Change:
    """One measure of one zone; what stands in its way comes first."""
    name = zone.zone.name
    if why := list(_in_the_way(measure, zone, regime, imaging)):
        return cannot(measure.id, name, *why)
    return READERS[measure.id](measure, zone, imaging.floors[measure.id, regime].sd)


def _in_the_way(measure: Measure, zone: ZoneFound, regime: str, imaging: Imaging) -> Iterator[str]:
    if regime not in measure.regimes:
        steady = " or ".join(imaging.regimes[one].name for one in measure.regimes)
        yield f"It takes a {steady}: {imaging.regimes[measure.regimes[-1]].takes}."
        return
    for visit in (BEFORE, AFTER):
        if not zone.of(visit):
            yield f"No picture {visit} can be used here. Take it again as its notes say."
            return
    if int(zone.mask.sum()) < LEAST_SKIN_PX:
        yield "Hardly any bare skin of this zone is seen in all pictures. Draw it larger, or take hair and cloth away."
    if zone.px_per_mm is None:
        yield "The scale is not known. Lay the card beside the skin, or say how many pixels a millimetre has."
    elif zone.px_per_mm < measure.px_per_mm:
        yield f"The picture is too coarse: {zone.px_per_mm:.1f} px/mm, and it takes {measure.px_per_mm:g}. Go closer."
    worst = max((ORDER.index(Colour(one.seen.calibration.mode)) for one in zone.laid), default=0)
    if worst > ORDER.index(measure.colour):
        yield f"Its colour cannot be held to anything. Lay a {measure.colour.value} card beside the skin in every picture."


def _by_tone(pick: Callable[[object], tuple[float, float]]) -> Callable[[Measure, ZoneFound, float], Change]:
    def read(measure: Measure, zone: ZoneFound, floor_sd: float) -> Change:
        values: dict[str, list[float]] = {BEFORE: [], AFTER: []}
        own = [0.0]
        for one in zone.laid:
            tone = zone_tone(one.pixels, zone.mask, one.seen.calibration)
            if tone is not None:
                value, error = pick(tone)
                values[one.seen.visit].append(value)
                own.append(error)
        return changed(measure, zone.zone.name, Shots(values[BEFORE], values[AFTER]), floor_sd)

    return read


def _tone(name: str) -> Callable[[Measure, ZoneFound, float], Change]:
    return _by_tone(lambda tone: (getattr(tone, name).value, getattr(tone, name).error))


def _spots(measure: Measure, zone: ZoneFound, floor_sd: float) -> Change:
    values: dict[str, list[float]] = {BEFORE: [], AFTER: []}
    for one in zone.laid:
        found = spots_of(tones_of(one.pixels, one.seen.calibration), zone.mask, zone.px_per_mm or 1.0)
        values[one.seen.visit].append(100 * found.share.value)
    return changed(measure, zone.zone.name, Shots(values[BEFORE], values[AFTER]), floor_sd)


def _stretch_marks(measure: Measure, zone: ZoneFound, floor_sd: float) -> Change:
    """The same stripes in every picture, found on the mean of all, so that no visit is favoured."""
    scale = zone.px_per_mm or 1.0
    tones = [tones_of(one.pixels, one.seen.calibration) for one in zone.laid]
    planes = np.asarray(np.mean([one.planes for one in tones], axis=0), np.float32)
    clipped = np.logical_or.reduce([one.clipped for one in tones])
    stripes = stripes_of(Tones(planes, clipped, (0, 0)), zone.mask, scale)
    if not stripes:
        return cannot(measure.id, zone.zone.name, "No stripe was found. Draw those that matter on the first picture.")
    values: dict[str, list[float]] = {BEFORE: [], AFTER: []}
    for one, here in zip(zone.laid, tones, strict=True):
        told = [
            (found, stripe.length_mm) for stripe in stripes if (found := contrast_of(here, stripe, scale, zone.mask))
        ]
        if told:
            values[one.seen.visit].append(
                float(np.average([abs(one.lightness.value) for one, _ in told], weights=[length for _, length in told]))
            )
    if not values[BEFORE] or not values[AFTER]:
        return cannot(
            measure.id, zone.zone.name, "No stripe is seen well enough. Draw those that matter on the first picture."
        )
    return changed(measure, zone.zone.name, Shots(values[BEFORE], values[AFTER]), floor_sd)


def reliefs(zone: ZoneFound) -> dict[str, list[Visit]]:
    """Relief of every picture, with its blur."""
    found: dict[str, list[Visit]] = {BEFORE: [], AFTER: []}
    for one in zone.laid:
        rise = one.seen.edge_rise_px
        sigma = rise / RISE_OF_SIGMA if np.isfinite(rise) else 0.0
        found[one.seen.visit].append(Visit(relief_plane(calibrated(one.pixels, one.seen.calibration)), sigma))
    return found


def _line_depth(measure: Measure, zone: ZoneFound, floor_sd: float) -> Change:
    planes, scale = reliefs(zone), zone.px_per_mm or 1.0
    gauge = gauge_of(zone)
    ratios = []
    for one, other in _pairs(planes[BEFORE], planes[AFTER]):
        found = follow(one, other, zone.mask, scale, gauge)
        if found.lines:
            ratios.append((found.ratio, found.se))
    if not ratios:
        return cannot(measure.id, zone.zone.name, "No line was found that can be followed.")
    return by_ratio(measure, zone.zone.name, ratios, floor_sd)


def _line_density(measure: Measure, zone: ZoneFound, floor_sd: float) -> Change:
    planes, scale = reliefs(zone), zone.px_per_mm or 1.0
    values = {
        visit: [measured(find_lines(one.plane, zone.mask, scale), zone.mask, scale).density_mm_per_cm2 for one in here]
        for visit, here in planes.items()
    }
    return changed(measure, zone.zone.name, Shots(values[BEFORE], values[AFTER]), floor_sd)


def _pairs(before: Sequence[Visit], after: Sequence[Visit]) -> Iterator[tuple[Visit, Visit]]:
    """Each picture once, beside one of the other visit: pairs that share a picture tell nothing more."""
    for number in range(max(len(before), len(after))):
        yield before[number % len(before)], after[number % len(after)]


def gauge_of(zone: ZoneFound) -> Gauge:
    """What the lamp did to grooves that do not change, from those that it drew at both visits."""
    contrasts: dict[str, list[Floats]] = {BEFORE: [], AFTER: []}
    for one in zone.laid:
        if one.seen.beside.grooves:
            plane = relief_plane(calibrated(one.seen.pixels, one.seen.calibration))
            contrasts[one.seen.visit].append(groove_contrasts(plane, one.seen.beside))
    if not contrasts[BEFORE] or not contrasts[AFTER]:
        return Gauge()
    first, second = (np.median(np.stack(contrasts[visit]), axis=0) for visit in (BEFORE, AFTER))
    drawn = np.isfinite(first) & np.isfinite(second) & (first > 0.01) & (second > 0.01)
    if not drawn.any():
        return Gauge()
    # Where the light runs along a groove its contrast says nothing: the stronger ones count.
    weight = (first + second)[drawn]
    ratios = second[drawn] / first[drawn]
    strong = weight >= 0.5 * weight.max()
    return Gauge(float(median(ratios[strong])), float(np.std(ratios[strong]) / max(1, strong.sum()) ** 0.5))


READERS: Mapping[str, Callable[[Measure, ZoneFound, float], Change]] = {
    LINE_DEPTH: _line_depth,
    LINE_DENSITY: _line_density,
    "ita": _tone("ita_deg"),
    "a-star": _tone("redness"),
    "melanin": _tone("melanin"),
    "redness": _tone("blood"),
    "spot-area": _spots,
    "stria-contrast": _stretch_marks,
}
