"""What a piece of skin truly holds, and what it holds after a known change.

A place is (x, y) in millimetres from the middle of the piece, x to the right and y downwards, as one looks at it.
Melanin and blood are amounts in the colour law of `colour`: melanin 0.15 is very light skin and 1.6 very dark.
"""

from dataclasses import dataclass, replace

import numpy as np

from simulated_skin import colour

Place = tuple[float, float]
LIGHTEST, DARKEST = 0.15, 1.6


@dataclass(frozen=True, slots=True)
class Wrinkle:
    """A furrow along a line. It is `depth_um` deep along its middle, give or take an eighth.

    Over the last three tenths of its length at each end it runs out: to no depth, and to half its width.
    """

    line: tuple[Place, ...]
    depth_um: float
    width_mm: float  # across, where it is half as deep as at its bottom

    @property
    def length_mm(self) -> float:
        return length_mm(self.line)


@dataclass(frozen=True, slots=True)
class Relief:
    """The texture that all skin has: a net of fine furrows, with pores."""

    furrow_um: float  # depth of the net
    cell_mm: float  # width of its meshes
    pore_um: float
    pores_per_cm2: float


@dataclass(frozen=True, slots=True)
class Pit:
    """A sunken scar: steep ones (steepness 4 and more) have a flat floor, soft ones (2) are rounded."""

    at: Place
    radius_mm: float  # where it is 1/e as deep as at its bottom
    depth_um: float
    steepness: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A patch with more melanin; its outline is r(angle) = radius * (1 + sum of waves)."""

    at: Place
    radius_mm: float
    melanin: float  # so much more than around it
    waves: tuple[tuple[float, float], ...]  # size and phase of the waves with 2, 3, 4 ... periods round the outline

    @property
    def area_mm2(self) -> float:
        return float(np.pi * self.radius_mm**2 * (1 + sum(size**2 for size, _ in self.waves) / 2))


@dataclass(frozen=True, slots=True)
class Flush:
    """A patch with more blood, fading outwards: half as much at `radius_mm`."""

    at: Place
    radius_mm: float
    blood: float


@dataclass(frozen=True, slots=True)
class Stria:
    """A stretch mark: a band that has lost a share of its melanin, may hold more blood, and lies a little lower."""

    line: tuple[Place, ...]
    width_mm: float
    melanin_lost: float  # share, 0 to 1
    blood: float  # so much more than around it
    depth_um: float


@dataclass(frozen=True, slots=True)
class Hair:
    """A hair that lies on the skin, from its root on. It may grow onto the piece from beside it, or off it."""

    line: tuple[Place, ...]
    width_mm: float
    melanin: float  # 0 white, 1 black

    @property
    def length_mm(self) -> float:
        return length_mm(self.line)


@dataclass(frozen=True, slots=True)
class Scene:
    """A piece of skin. What no list names (relief, mottling) follows from the seed."""

    seed: int
    width_mm: float
    height_mm: float
    melanin: float
    blood: float
    mottling: float  # standard deviation of melanin and blood from place to place, as a share of each
    relief: Relief
    wrinkles: tuple[Wrinkle, ...] = ()
    pits: tuple[Pit, ...] = ()
    spots: tuple[Spot, ...] = ()
    flushes: tuple[Flush, ...] = ()
    striae: tuple[Stria, ...] = ()
    hairs: tuple[Hair, ...] = ()

    @property
    def lab(self) -> tuple[float, float, float]:
        """L*, a*, b* (D65) of the skin between all that lies on it."""
        lightness, red, yellow = colour.lab(colour.reflectance(self.melanin, self.blood))
        return float(lightness), float(red), float(yellow)

    @property
    def ita_deg(self) -> float:
        return float(colour.ita_deg(self.lab))

    @property
    def wrinkle_mm_per_cm2(self) -> float:
        return sum(wrinkle.length_mm for wrinkle in self.wrinkles) / (self.width_mm * self.height_mm / 100)

    @property
    def hair_mm_per_cm2(self) -> float:
        """Length of hair that lies on the piece, on each square centimetre."""
        half = np.array([self.width_mm, self.height_mm]) / 2
        total = 0.0
        for hair in self.hairs:
            line = np.array(hair.line)
            held = (np.abs((line[1:] + line[:-1]) / 2) < half).all(axis=1)
            total += float(np.hypot(*np.diff(line, axis=0).T)[held].sum())
        return total / (self.width_mm * self.height_mm / 100)

    @property
    def spot_share(self) -> float:
        """Share of the piece that spots cover, where they do not overlap."""
        return sum(spot.area_mm2 for spot in self.spots) / (self.width_mm * self.height_mm)

    def stria_contrast(self, stria: Stria) -> float:
        """L* of the middle of a stretch mark less L* beside it."""
        inside = colour.reflectance(self.melanin * (1 - stria.melanin_lost), self.blood + stria.blood)
        return float(colour.lab(inside)[0] - self.lab[0])


@dataclass(frozen=True, slots=True)
class Change:
    """What happened between two visits. Factors are 1 and additions 0 where nothing did."""

    wrinkle_depth: float = 1.0  # factor on the depth of every wrinkle
    relief: float = 1.0  # factor on furrows and pores
    pit_depth: float = 1.0
    melanin: float = 0.0  # added everywhere
    blood: float = 0.0
    flushes: float = 1.0  # factor on the blood of every flush
    spots: float = 1.0  # factor on the melanin of every spot
    spot_area: float = 1.0
    stria_contrast: float = 1.0  # factor on what melanin is lost and blood is more; not exactly the factor on L*
    hairs_kept: float = 1.0  # share of hairs that stay, the first ones
    hair_length: float = 1.0


def changed(scene: Scene, change: Change) -> Scene:
    """The same skin at a later visit: everything is where it was, and only what is named has changed."""
    side = change.spot_area**0.5
    kept = round(len(scene.hairs) * change.hairs_kept)
    relief = replace(
        scene.relief,
        furrow_um=scene.relief.furrow_um * change.relief,
        pore_um=scene.relief.pore_um * change.relief,
    )
    return replace(
        scene,
        melanin=scene.melanin + change.melanin,
        blood=scene.blood + change.blood,
        relief=relief,
        wrinkles=tuple(replace(one, depth_um=one.depth_um * change.wrinkle_depth) for one in scene.wrinkles),
        pits=tuple(replace(one, depth_um=one.depth_um * change.pit_depth) for one in scene.pits),
        spots=tuple(
            replace(one, melanin=one.melanin * change.spots, radius_mm=one.radius_mm * side) for one in scene.spots
        ),
        flushes=tuple(replace(one, blood=one.blood * change.flushes) for one in scene.flushes),
        striae=tuple(_fainter(one, change.stria_contrast) for one in scene.striae),
        hairs=tuple(replace(one, line=_reaching(one.line, change.hair_length)) for one in scene.hairs[:kept]),
    )


def _fainter(stria: Stria, factor: float) -> Stria:
    return replace(stria, melanin_lost=stria.melanin_lost * factor, blood=stria.blood * factor)


def length_mm(line: tuple[Place, ...]) -> float:
    return float(np.hypot(*np.diff(np.array(line), axis=0).T).sum())


def _reaching(line: tuple[Place, ...], share: float) -> tuple[Place, ...]:
    """So much of a line from its root on; where it is more than all, it goes on straight."""
    if share == 1:
        return line
    points = np.array(line)
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    to_mm = share * along[-1]
    if share > 1:
        end = points[-1] + (points[-1] - points[-2]) / steps[-1] * (to_mm - along[-1])
    else:
        end = np.array([np.interp(to_mm, along, points[:, axis]) for axis in (0, 1)])
    reached = np.vstack([points[along < to_mm - 1e-6], end])
    return tuple((float(x), float(y)) for x, y in reached)
