"""What a zone shows in all its pictures: each measure's reading, and what several of them share, worked out once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from needlewise.imaging.beside import RISE_OF_SIGMA
from needlewise.imaging.colour import calibrated
from needlewise.imaging.hairs import LEAST_MARKED, length_density, sort_of
from needlewise.imaging.laying import AFTER, BEFORE, Laid, ZoneFound, on_fewer
from needlewise.imaging.lines import Line, equally_sharp, find_lines, measured, relief_plane
from needlewise.imaging.patches import LEVELS, spots_of
from needlewise.imaging.picture import smaller
from needlewise.imaging.pits import Pit, apart, contrasts, levels_of, lopsided, pits_of, shares
from needlewise.imaging.relief import WORK_PX_PER_MM, Roughness, beside_lines, roughness
from needlewise.imaging.spread import Change, Shots, by_ratio, cannot, changed
from needlewise.imaging.striae import Stripe, stripe_along, stripes_of, told_in_all
from needlewise.imaging.tones import Measured, Tones, ZoneTone, tones_of, zone_tone
from needlewise.imaging.tracking import Gauge, LineChange, Visit, follow
from needlewise.imaging.tracking import gauge_of as gauge_from
from needlewise.knowledge import Floor, Measure

Floats = NDArray[np.float64]
Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

HUNDRED = 100.0
# A groove that is drawn more weakly than this tells nothing of the lamp; one much more weakly than the best tells it less well.
LEAST_GROOVE, LEAST_OF_BEST = 0.01, 0.6
# Finer than this skin shows nothing more: relief and lines, and colour. What is finer is made coarser first.
RELIEF_PX_PER_MM, COLOUR_PX_PER_MM = 12.0, 8.0
HAIR = "hair-density"  # the only measure that is not of bare skin
# Standard errors by which a visit must show on which side its lamp stood.
LEAST_SURE = 2.5

TOO_SMALL = "Too little skin without wrinkles is left of it. Draw the zone larger."
OTHER_SIDE = (
    "It is not seen that the light came from the same side at both visits. Use one lamp, on one side, as before."
)
MARKED_UNSEEN = (
    "None of the stretch marks marked by hand is seen along enough of its length, with skin beside it. Mark longer ones, away "
    "from hair, glare and the edge of the zone."
)
NO_COUNT = "This is length, not a number of hairs: a number takes somebody who corrects it by hand."


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """Fine relief: every picture of a visit, all equally sharp and no finer than it takes; where it is bare of wrinkles; how
    rough each picture looks.
    """

    planes: Mapping[str, tuple[Plane, ...]]
    mask: Mask
    px_per_mm: float
    rough: Mapping[str, tuple[Roughness, ...]]

    @property
    def is_enough(self) -> bool:
        return all(self.rough.values())

    def mean(self, visit: str) -> Plane:
        """All pictures of a visit in one, which has less noise."""
        return np.asarray(np.mean(self.planes[visit], axis=0), np.float32)

    def lamp_deg(self, visit: str) -> float:
        """Along which line the light fell, counted from the end that lies nearer to that of the first picture."""
        first = self.rough[BEFORE][0].lamp_deg
        return float(np.mean([first + (one.lamp_deg - first + 90) % 180 - 90 for one in self.rough[visit]]))


class Look:
    """One zone in all its pictures: `full` as it was laid, `zone` on no more pixels than asked for. Its parts are worked out when
    they are first asked for.
    """

    def __init__(self, zone: ZoneFound, finest_px_per_mm: float = RELIEF_PX_PER_MM) -> None:
        self.full, self.zone, self.rules = zone, zone.no_finer(finest_px_per_mm), zone.rules
        self.name = zone.zone.name
        self.scale = self.zone.px_per_mm or 1.0
        self.coarser = zone.mask.shape[1] / self.zone.mask.shape[1]
        self._lines: dict[tuple[str, int], tuple[Line, ...]] = {}

    @cached_property
    def coarse(self) -> ZoneFound:
        """The zone as colour is read from it."""
        return self.zone.no_finer(COLOUR_PX_PER_MM)

    @cached_property
    def colours(self) -> tuple[tuple[Laid, ZoneTone], ...]:
        """The colour of the zone in every picture in which it can be told."""
        told = ((one, zone_tone(one.pixels, self.coarse.mask, one.seen.calibration)) for one in self.coarse.laid)
        return tuple((one, tone) for one, tone in told if tone is not None)

    @cached_property
    def tones(self) -> tuple[tuple[Laid, Tones], ...]:
        """Planes of colour of every picture, surface shine taken off the pigments: it hides them in dark skin."""
        veils = {one.seen.called: tone.veil for one, tone in self.colours}
        return tuple(
            (one, tones_of(one.pixels, one.seen.calibration, veil=veils.get(one.seen.called, 0.0)))
            for one in self.coarse.laid
        )

    @cached_property
    def reliefs(self) -> Mapping[str, tuple[Visit, ...]]:
        """Relief of every picture of a visit, with its blur."""
        return {visit: tuple(map(_relief, self.zone.of(visit))) for visit in (BEFORE, AFTER)}

    def lines_of(self, visit: str, number: int) -> tuple[Line, ...]:
        """The lines of one picture of a visit, found in it by itself."""
        if (visit, number) not in self._lines:
            plane = self.reliefs[visit][number].plane
            self._lines[visit, number] = find_lines(plane, self.zone.mask, self.scale, self.rules.lines)
        return self._lines[visit, number]

    @property
    def first_lines(self) -> tuple[Line, ...]:
        """Where lines run, as the first picture before shows them."""
        return self.lines_of(BEFORE, 0) if self.reliefs[BEFORE] else ()

    @cached_property
    def heading(self) -> Floats | None:
        """Which way most of the lines run, at twice its angle; None without lines."""
        lines = self.first_lines
        return np.sum([_doubled(line.points[-1] - line.points[0]) for line in lines], axis=0) if lines else None

    @cached_property
    def equal_reliefs(self) -> Mapping[str, tuple[Plane, ...]]:
        """Relief of every picture of a visit, each as soft as the softest: a sharper one would look rougher."""
        return self._equal(1.0)

    def _equal(self, factor: float) -> Mapping[str, tuple[Plane, ...]]:
        softest = max((one.sigma_px for reliefs in self.reliefs.values() for one in reliefs), default=0.0)
        found = {}
        for visit, reliefs in self.reliefs.items():
            planes = [smaller(one.plane, on_fewer(one.plane.shape, 1 / factor)) for one in reliefs]
            found[visit] = tuple(
                equally_sharp(plane, plane, (one.sigma_px * factor, softest * factor))[0]
                for plane, one in zip(planes, reliefs, strict=True)
            )
        return found

    @cached_property
    def texture(self) -> Texture:
        """The fine relief of every picture."""
        factor = min(1.0, WORK_PX_PER_MM / self.scale)
        planes = self._equal(factor)
        shape = next(plane.shape for of in planes.values() for plane in of)
        bare = cv2.resize(self.zone.mask.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
        bare &= ~beside_lines(self.first_lines, shape, self.scale * factor, factor)
        scale = self.scale * factor
        rough = {
            visit: tuple(one for plane in of if (one := roughness(plane, bare, scale))) for visit, of in planes.items()
        }
        return Texture(planes, bare, scale, rough)

    @cached_property
    def followed(self) -> tuple[LineChange, ...]:
        """The lines of the zone in every picture of one visit beside one of the other."""
        return tuple(self.follow(one, other) for one, other in _pairs(self.reliefs[BEFORE], self.reliefs[AFTER]))

    def follow(self, before: Visit, after: Visit) -> LineChange:
        """The lines of the zone in one picture beside another one."""
        return follow(before, after, self.zone.mask, self.scale, self.rules.lines, self._gauge)

    @cached_property
    def _gauge(self) -> Gauge:
        return gauge_of(self.zone, self.heading)


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
    return gauge_from(kept.tolist(), zone.rules.lines, float(np.std(kept)))


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
    def read(look: Look, measure: Measure, floor: Floor) -> Change:
        told = [(one.seen.visit, pick(tone)) for one, tone in look.colours]
        before, after = ([found.value for visit, found in told if visit == wanted] for wanted in (BEFORE, AFTER))
        return changed(measure, look.name, Shots(before, after), floor)

    return read


def _spots(look: Look, measure: Measure, floor: Floor) -> Change:
    mask, scale, rule = look.coarse.mask, look.coarse.px_per_mm or 1.0, look.rules.spots
    told = [
        (one.seen.visit, HUNDRED * spots_of(tones, mask, scale, rule, levels=LEVELS[:1]).share.value)
        for one, tones in look.tones
    ]
    before, after = ([value for visit, value in told if visit == wanted] for wanted in (BEFORE, AFTER))
    return changed(measure, look.name, Shots(before, after), floor)


def _stretch_marks(look: Look, measure: Measure, floor: Floor) -> Change:
    """The same stripes in every picture: those marked by hand, or found on the mean of all, so that no visit is favoured."""
    seen = [(one.seen.visit, tones) for one, tones in look.tones]
    stripes, drawn = _stripes(look), look.zone.zone.stripes
    told = told_in_all([tones for _, tones in seen], stripes, look.coarse.px_per_mm or 1.0, look.coarse.mask)
    if not told:
        why = MARKED_UNSEEN if drawn else "No stripe is seen well enough. Draw those that matter on the first picture."
        return cannot(measure.id, look.name, why)
    values = [float(np.average(row, weights=[stripe.length_mm for stripe, _ in told])) for row in
              zip(*(contrasts for _, contrasts in told), strict=True)]  # fmt: skip
    before, after = (
        [value for (visit, _), value in zip(seen, values, strict=True) if visit == wanted] for wanted in (BEFORE, AFTER)
    )
    notes = [f"{len(told)} of {len(drawn)} marked by hand are seen in every picture."] if len(told) < len(drawn) else []
    return changed(measure, look.name, Shots(before, after), floor, notes)


def _stripes(look: Look) -> tuple[Stripe, ...]:
    mask, scale, rule = look.coarse.mask, look.coarse.px_per_mm or 1.0, look.rules.stripes
    planes = np.asarray(np.mean([tones.planes for _, tones in look.tones], axis=0), np.float32)
    tones = Tones(planes, np.logical_or.reduce([tones.clipped for _, tones in look.tones]), (0, 0))
    if not look.zone.zone.stripes:
        return stripes_of(tones, mask, scale, rule)
    box, share = look.coarse.box, np.array(mask.shape[::-1]) / (look.coarse.box.width, look.coarse.box.height)
    placed = (
        stripe_along(tones, (one.line - (box.x, box.y) + 0.5) * share - 0.5, one.width_mm, scale, rule)
        for one in look.zone.zone.stripes
    )
    return tuple(stripe for stripe in placed if stripe is not None)


def _line_depth(look: Look, measure: Measure, floor: Floor) -> Change:
    ratios = [(found.ratio, found.se) for found in look.followed if found.lines]
    if not ratios:
        return cannot(measure.id, look.name, "No line was found that can be followed.")
    return by_ratio(measure, look.name, ratios, floor, [len(of) for of in look.reliefs.values()])


def _line_density(look: Look, measure: Measure, floor: Floor) -> Change:
    before, after = (
        [
            measured(look.lines_of(visit, number), look.zone.mask, look.scale).density_mm_per_cm2
            for number in range(len(look.reliefs[visit]))
        ]
        for visit in (BEFORE, AFTER)
    )
    return changed(measure, look.name, Shots(before, after), floor)


def _roughness(look: Look, measure: Measure, floor: Floor) -> Change:
    """Told by the grooves across the light, which show best what the lamp did."""
    rough = look.texture.rough
    if not look.texture.is_enough:
        return cannot(measure.id, look.name, TOO_SMALL)
    lamp = np.radians(2 * rough[BEFORE][0].lamp_deg)
    ratio = gauge_of(look.zone, np.array([-np.cos(lamp), np.sin(lamp)])).ratio
    before, after = ([one.slope for one in rough[visit]] for visit in (BEFORE, AFTER))
    return changed(measure, look.name, Shots(before, [value / ratio for value in after]), floor)


def _pits(look: Look, measure: Measure, floor: Floor) -> Change:
    """Hollows that either visit shows, read in every picture; under a lamp that stood on the same side at both visits."""
    texture = look.texture
    if not texture.is_enough:
        return cannot(measure.id, look.name, TOO_SMALL)
    sides = [_lamp_side(look, visit) for visit in (BEFORE, AFTER)]
    if not (min(sides) > LEAST_SURE or max(sides) < -LEAST_SURE):
        return cannot(measure.id, look.name, OTHER_SIDE)
    turn = 0.0 if sides[0] > 0 else 180.0
    seen, told = list[Pit](), {}
    levels = {
        visit: [levels_of(plane, texture.mask, texture.px_per_mm) for plane in texture.planes[visit]]
        for visit in (BEFORE, AFTER)
    }
    for visit, of_each in levels.items():
        alone = len(of_each) == 1
        of_all = of_each[0] if alone else levels_of(texture.mean(visit), texture.mask, texture.px_per_mm)
        seen += pits_of(of_all, texture.mask, texture.px_per_mm, texture.lamp_deg(visit) + turn)
    pits = apart(seen, texture.px_per_mm)
    for visit, of_each in levels.items():
        told[visit] = [contrasts(one, pits, texture.lamp_deg(visit) + turn) for one in of_each]
    means = [np.mean(told[visit], axis=0) for visit in (BEFORE, AFTER)]
    deepest = [replace(pit, contrast=max(*of, 1e-6)) for pit, *of in zip(pits, *means, strict=True)]
    before, after = (shares(deepest, told[visit], texture.mask, texture.px_per_mm) for visit in (BEFORE, AFTER))
    return changed(measure, look.name, Shots(before, after), floor)


def _lamp_side(look: Look, visit: str) -> float:
    """By how many standard errors the lamp stands at this end of its line rather than at the other."""
    texture = look.texture
    mask = cv2.resize(look.zone.mask.astype(np.uint8), texture.mask.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    found, error = lopsided(texture.mean(visit), mask, texture.px_per_mm, texture.lamp_deg(visit))
    return found / error


def _hair_density(look: Look, measure: Measure, floor: Floor) -> Change:
    """Hair lies where skin is not bare, so all of the zone is looked at; for the same sort of hair in every picture."""
    look = Look(look.full, np.inf)  # hairs are finer than skin
    shown = look.zone.shown
    sort = sort_of(look.equal_reliefs[BEFORE][0], shown, look.scale)
    if sort.marked < LEAST_MARKED:
        return cannot(
            measure.id, look.name, "No hair stands out from the skin before. Use more even light, or colour light hair."
        )
    before, after = (
        [length_density(plane, shown, look.scale, sort) for plane in look.equal_reliefs[visit]]
        for visit in (BEFORE, AFTER)
    )
    return changed(measure, look.name, Shots(before, after), floor, [NO_COUNT])


Reader = Callable[[Look, Measure, Floor], Change]
READERS: Mapping[str, Reader] = {
    "line-depth": _line_depth,
    "line-density": _line_density,
    "roughness": _roughness,
    "pits": _pits,
    "ita": _colour(lambda tone: tone.ita_deg),
    "a-star": _colour(lambda tone: tone.redness),
    "melanin": _colour(lambda tone: tone.melanin),
    "redness": _colour(lambda tone: tone.blood),
    "spot-area": _spots,
    "stria-contrast": _stretch_marks,
    HAIR: _hair_density,
}
# What is read from relief, and not from colour.
RELIEF = frozenset({"line-depth", "line-density", "roughness", "pits", HAIR})
