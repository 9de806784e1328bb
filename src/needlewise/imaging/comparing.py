"""Two visits compared: what can be measured in their pictures, by how much it changed, and what may be said of that.

Every later picture is laid onto the baseline, zone by zone; every measure is read on the same skin in every picture, after
the colours were put right by what lies beside the skin; a change counts where it is larger than unchanged skin differs.
What cannot be measured says why, and what to do.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from needlewise.errors import PictureError, Problem
from needlewise.imaging.barring import barred
from needlewise.imaging.beside import Beside, calibration_of, edge_rise_px, find_beside, groove_contrasts, lights_apart
from needlewise.imaging.laying import AFTER, BEFORE, THREADS, Refused, Seen, ZoneFound, lay
from needlewise.imaging.looking import HAIR, READERS, RELIEF, RELIEF_PX_PER_MM, Look
from needlewise.imaging.spread import Change, believed, cannot, less_steady
from needlewise.imaging.suspecting import suspected
from needlewise.imaging.zones import Zone
from needlewise.knowledge import Colour, Imaging, Measure

Pixels = NDArray[np.uint8]
# Measures, each with what is said of it where it is not read.
Asked = Sequence[tuple[Change | None, Measure]]

# Of a zone so many pixels must be bare skin that all its pictures show.
LEAST_SKIN_PX = 2000
# Over so many pixels an edge rises in what sharp lenses draw, at most.
SHARP_RISE_PX = 2.5
ORDER = tuple(Colour)
CARDS = {Colour.CHART: "a chart", Colour.GREY: "a grey card or a chart", Colour.REFERENCE: "a card"}


@dataclass(frozen=True, slots=True)
class How:
    """How pictures were taken, and what to measure.

    regime     id of the way of taking them, as somebody says; the pictures may show that it was a less steady one
    px_per_mm  of the baseline, where somebody measured it; a card in the picture goes before it
    edition    of the chart: made `before` November 2014 or `since`
    measures   ids; None: all that belong to a zone
    regions    of the body, by the name of a zone: what is looked for differs; all where it is not said
    against    what else speaks against a picture, by its name (before 2, after 1): such are not used
    doubts     what a reader must know besides (`needlewise.imaging.picture.doubts`)
    grey       share of light that the grey beside the skin gives back, 0.05 to 0.9, where somebody measured it; else what
               the card aims at
    """

    regime: str = "hand"
    px_per_mm: float | None = None
    edition: str = "before"
    measures: tuple[str, ...] | None = None
    regions: Mapping[str, str] = field(default_factory=dict)
    against: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    grey: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What two visits show. `regime` is what is believed of how the pictures were taken, `less_steady` why it is not what was
    said; `changes` one for each measure of each zone; `refused` what was not measured, and why; `zones` the skin that was
    looked at, for showing.
    """

    regime: str
    said_regime: str
    less_steady: tuple[str, ...]
    baseline: str
    changes: tuple[Change, ...]
    refused: tuple[Refused, ...]
    zones: tuple[ZoneFound, ...] = field(repr=False)
    colour: Mapping[str, str]
    residuals_de: Mapping[str, float | None]
    errors_px: Mapping[str, float]
    doubts: tuple[str, ...]
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
    with ThreadPoolExecutor(THREADS) as threads:
        whole_faults = threads.submit(barred, list(_called(before, after)), imaging)
        seen = _seen(before, after, how, beside)
        whole = whole_faults.result()
    against = {name: (*whole.get(name, ()), *how.against.get(name, ())) for name in {**whole, **how.against}}
    measures = [one for name, one in imaging.measures.items() if how.measures is None or name in how.measures]
    laying = lay(seen, zones, imaging, against, _finest_px_per_mm(measures, zones, how))
    apart = (laying.lean_degrees, *lights_apart([one.beside.light for one in seen]))
    regime = believed(how.regime, imaging, *apart)

    def told(look: Look, asked: Asked, is_of_colour: bool) -> tuple[list[Change], list[str]]:
        doubts = suspected(look.full, look.coarse, regime.id, imaging) if is_of_colour else ()
        changes = [why or _change(measure, look, regime.id, imaging) for why, measure in asked]
        return changes, list(doubts)

    with ThreadPoolExecutor(THREADS) as threads:
        # Relief and colour of a zone share nothing, so they are worked on side by side: the longer work first.
        parts = [(look, *_asked(look, measures, how, imaging)) for look in map(Look, laying.zones)]
        of_relief = [threads.submit(told, look, relief, False) for look, relief, _ in parts]
        of_colour = [threads.submit(told, look, colour, True) for look, _, colour in parts]
        found = [one.result() for both in zip(of_relief, of_colour, strict=True) for one in both]
    changes = [change for of_part, _ in found for change in of_part]
    # One doubt for all zones that share it.
    doubts = dict.fromkeys(doubt for _, of_part in found for doubt in of_part)
    return Comparison(
        regime=regime.id,
        said_regime=how.regime,
        less_steady=less_steady(how.regime, imaging, *apart),
        baseline=seen[0].called,
        changes=tuple(changes),
        refused=laying.refused,
        zones=laying.zones,
        colour={one.called: one.calibration.mode for one in seen},
        residuals_de={one.called: one.calibration.residual_de for one in seen},
        errors_px=laying.errors_px,
        doubts=(*how.doubts, *doubts),
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
    if how.grey is not None and not 0.05 <= how.grey <= 0.9:
        hint = "say which share of the light it gives back: a grey card of 18 % is 0.18"
        problems.append(Problem("grey", f"{how.grey:g}", "0.05 to 0.9", hint))
    if how.px_per_mm is not None and not 0.1 <= how.px_per_mm <= 1000:
        problems.append(Problem("px per mm", f"{how.px_per_mm:g}", "0.1 to 1000"))
    if problems:
        raise PictureError(problems)


def _seen(
    before: Sequence[Pixels], after: Sequence[Pixels], how: How, beside: Sequence[Beside] | None
) -> tuple[Seen, ...]:
    given = list(_called(before, after))

    def looked_at(at: int) -> Seen:
        called, pixels = given[at]
        lying = find_beside(pixels, how.px_per_mm, how.edition) if beside is None else beside[at]
        if how.grey is not None:
            lying = replace(lying, grey_linear=how.grey)
        calibration = calibration_of(lying)
        grooves = groove_contrasts(pixels, lying, calibration)
        return Seen(called, called.split()[0], pixels, lying, calibration, edge_rise_px(pixels, lying), grooves)

    with ThreadPoolExecutor(THREADS) as threads:
        return tuple(threads.map(looked_at, range(len(given))))


def _called(before: Sequence[Pixels], after: Sequence[Pixels]) -> Iterator[tuple[str, Pixels]]:
    """Every picture with its name: before 1, after 2."""
    for visit, of in ((BEFORE, before), (AFTER, after)):
        yield from ((f"{visit} {number}", pixels) for number, pixels in enumerate(of, 1))


def _finest_px_per_mm(measures: Sequence[Measure], zones: Sequence[Zone], how: How) -> float:
    """Finer than this no zone needs to be looked at."""
    for one in measures:
        if one.id == HAIR and not all(_elsewhere(one, zone.name, how) for zone in zones):
            return np.inf
    return RELIEF_PX_PER_MM


def _asked(look: Look, measures: Sequence[Measure], how: How, imaging: Imaging) -> tuple[Asked, Asked]:
    """What is read in a zone, of relief and of colour, or why it is not; what is asked for by name is always answered."""
    zone, no_skin = look.full, _no_skin(look.full, how, imaging)

    def asked(of_relief: bool) -> Asked:
        here = [one for one in measures if (one.id in RELIEF) is of_relief]
        told = ((_out_of_place(one, zone, how), one) for one in here)
        kept = [(why, one) for why, one in told if how.measures is not None or not why]
        # Hair is not read off bare skin.
        whys = [(why or ("" if one.id == HAIR else no_skin), one) for why, one in kept]
        return [(cannot(one.id, look.name, why) if why else None, one) for why, one in whys]

    return asked(True), asked(False)


def _out_of_place(measure: Measure, zone: ZoneFound, how: How) -> str:
    """Why a measure is not read in a zone, whatever its pictures; nothing where it is."""
    if measure.id not in READERS:
        return "Photographs are not read for it yet. Keep the pictures; ask for another measure."
    if _elsewhere(measure, zone.zone.name, how):
        return f"It is read only on: {', '.join(measure.regions)}. Draw a zone there, or ask for another measure here."
    return ""


def _elsewhere(measure: Measure, zone: str, how: How) -> bool:
    """Whether a measure is read only in regions of the body of which this zone is none, as far as that is said."""
    region = how.regions.get(zone, "")
    return bool(measure.regions and region and region not in measure.regions)


def _change(measure: Measure, look: Look, regime: str, imaging: Imaging) -> Change:
    """One measure of one zone; what stands in its way comes first."""
    if why := list(_in_the_way(measure, look.full, regime, imaging)):
        return cannot(measure.id, look.name, *why)
    return READERS[measure.id](look, measure, imaging.floors[measure.id, regime])


def _held_px_per_mm(zone: ZoneFound) -> float:
    """The scale at which a sharp picture would show as much as the softest one here: enlarging adds pixels, not detail."""
    rises = [one.seen.edge_rise_px for one in zone.laid if np.isfinite(one.seen.edge_rise_px)]
    return (zone.px_per_mm or 0.0) * min(1.0, SHARP_RISE_PX / max(rises, default=SHARP_RISE_PX))


def _no_skin(zone: ZoneFound, how: How, imaging: Imaging) -> str:
    """What is said of a zone that hardly shows skin. Hair covers a scalp, and there it is not asked."""
    gate, inside = imaging.gates["bare-skin"], zone.zone.mask(zone.box)
    share = float(zone.mask.mean()) / max(1e-9, float(inside.mean()))
    asked = bool(zone.of(BEFORE)) and how.regions.get(zone.zone.name) != "scalp"
    return f"{gate.words} {gate.do}" if asked and not gate.holds(share) else ""


def _in_the_way(measure: Measure, zone: ZoneFound, regime: str, imaging: Imaging) -> Iterator[str]:
    if regime not in measure.regimes:
        steady = " or ".join(imaging.regimes[one].name for one in measure.regimes)
        yield f"It takes a {steady}: {imaging.regimes[measure.regimes[-1]].takes}."
        return
    for visit in (BEFORE, AFTER):
        if not zone.of(visit):
            yield f"No picture {visit} can be used here. Take it again as its notes say."
            return
    # In pixels of the baseline: a zone may have been laid on fewer.
    if (
        float((zone.shown if measure.id == HAIR else zone.mask).mean()) * zone.box.width * zone.box.height
        < LEAST_SKIN_PX
    ):
        yield "Hardly any bare skin of this zone is seen in all pictures. Draw it larger, or take hair and cloth away."
    if zone.px_per_mm is None:
        yield "The scale is not known. Lay the card beside the skin, or say how many pixels a millimetre has."
    elif (held := _held_px_per_mm(zone)) < measure.px_per_mm:
        soft = "" if held == zone.px_per_mm else f" and so soft that it holds no more than one of {held:.1f}"
        yield (
            f"The picture is too coarse: {zone.px_per_mm:.1f} px/mm{soft}, and it takes {measure.px_per_mm:g}. "
            f"Go closer{', and focus' if soft else ''}."
        )
    worst = max((ORDER.index(Colour(one.seen.calibration.mode)) for one in zone.laid), default=0)
    if worst > ORDER.index(measure.colour):
        yield f"Its colour cannot be held to anything. Lay {CARDS[measure.colour]} beside the skin in every picture."
