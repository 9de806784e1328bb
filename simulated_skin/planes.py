"""The truth of a piece of skin as planes: height, melanin, blood and hairs, each on the same grid of pixels.

The planes are made in millimetres first, so that the same skin looks the same whatever the number of pixels.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from simulated_skin.loops import border, measure, sink
from simulated_skin.truth import Flush, Hair, Pit, Place, Scene, Spot, Stria, Wrinkle

Plane = NDArray[np.float32]
_MOTTLED, _NET, _PORES, _DEEP = 100, 101, 102, 103  # one kind of dice each
_OF_SPLINES = 151 / 315  # standard deviation of splines over a lattice of unit normals


@dataclass(frozen=True, slots=True)
class Grid:
    """Pixels over a rectangle in millimetres whose middle is the place (0, 0)."""

    width_mm: float
    height_mm: float
    px_per_mm: float

    @classmethod
    def over(cls, width_mm: float, height_mm: float, px_per_mm: float) -> "Grid":
        """The least grid of whole pixels that holds so much."""
        columns, rows = np.ceil(np.array([width_mm, height_mm]) * px_per_mm - 1e-6)
        return cls(float(columns) / px_per_mm, float(rows) / px_per_mm, px_per_mm)

    @property
    def shape(self) -> tuple[int, int]:
        return round(self.height_mm * self.px_per_mm), round(self.width_mm * self.px_per_mm)

    def to_px(self, places: NDArray[np.floating]) -> NDArray[np.floating]:
        """(..., 2) millimetres to pixels; a whole number is the middle of a pixel."""
        return (places + np.array([self.width_mm, self.height_mm]) / 2) * self.px_per_mm - 0.5

    def window(self, low: NDArray[np.floating], high: NDArray[np.floating]) -> tuple[slice, slice]:
        """Rows and columns that hold the places between two corners."""
        rows, columns = self.shape
        first = np.floor(self.to_px(low)).astype(int)
        last = np.ceil(self.to_px(high)).astype(int) + 1
        return (
            slice(int(np.clip(first[1], 0, rows)), int(np.clip(last[1], 0, rows))),
            slice(int(np.clip(first[0], 0, columns)), int(np.clip(last[0], 0, columns))),
        )

    def places(self, window: tuple[slice, slice]) -> tuple[Plane, Plane]:
        """x and y of the pixels of a window, as a row and a column."""
        x = (np.arange(window[1].start, window[1].stop) + 0.5) / self.px_per_mm - self.width_mm / 2
        y = (np.arange(window[0].start, window[0].stop) + 0.5) / self.px_per_mm - self.height_mm / 2
        return x[None, :].astype(np.float32), y[:, None].astype(np.float32)


@dataclass(frozen=True, slots=True)
class Planes:
    """`hair` is the share of a pixel that hair covers, `hair_melanin` how dark that hair is."""

    grid: Grid
    height_um: Plane
    melanin: Plane
    blood: Plane
    hair: Plane
    hair_melanin: Plane


def planes(scene: Scene, grid: Grid) -> Planes:
    """The skin of a scene on a grid, which may reach beyond the scene."""
    mottled = noise(scene.seed, _MOTTLED, grid, (9.0, 3.0, 1.0))
    deep = noise(scene.seed, _DEEP, grid, (6.0, 2.0, 0.7))
    melanin = scene.melanin * np.maximum(1 + scene.mottling * mottled, 0.2)
    blood = scene.blood * np.maximum(1 + 2 * scene.mottling * deep, 0.2)
    height = -_net(scene, grid)
    _sink_pores(height, scene, grid)
    for pit in scene.pits:
        _sink_pit(height, pit, grid)
    _furrow(height, scene.wrinkles, grid)
    for stria in scene.striae:
        _stretch(height, melanin, blood, stria, grid)
    for spot in scene.spots:
        _colour_spot(melanin, spot, grid)
    for flush in scene.flushes:
        _colour_flush(blood, flush, grid)
    hair, hair_melanin = _laid(scene.hairs, grid)
    return Planes(grid, height, melanin, blood, hair, hair_melanin)


def noise(seed: int, kind: int, grid: Grid, periods_mm: tuple[float, ...]) -> Plane:
    """A smooth random plane with mean 0 and standard deviation 1: the sum of patches of several sizes."""
    total = np.zeros(grid.shape, np.float32)
    for number, period in enumerate(periods_mm):
        reach = 2 * round(250 / period) + 1  # the lattice is the same for every size of scene, and larger than any
        lattice = np.random.default_rng([seed, kind, number]).standard_normal((reach, reach)).astype(np.float32)
        by = max(1, int(period * grid.px_per_mm / 16))  # every so many pixels are enough for so smooth a plane
        rows, columns = (-(-count // by) for count in grid.shape)
        middles = [(count - by) / (2 * by) for count in grid.shape]
        step = by / (period * grid.px_per_mm)
        across = _splined(lattice.T, columns, (middles[1], step))
        coarse = _splined(np.ascontiguousarray(across.T), rows, (middles[0], step))
        fine = cv2.resize(coarse, None, fx=by, fy=by, interpolation=cv2.INTER_LINEAR) if by > 1 else coarse
        total += fine[by : by + grid.shape[0], by : by + grid.shape[1]]
    return np.asarray(total / np.float32(_OF_SPLINES * np.sqrt(len(periods_mm))), np.float32)


def _splined(lattice: Plane, count: int, placed: tuple[float, float]) -> Plane:
    """Cubic B-splines down the rows of a lattice, at `count` places and one more before and behind.

    `placed`: the number of the place that lies at the lattice's middle, and how far apart places are, in lattice steps.
    """
    at = (np.arange(-1, count + 1) - placed[0]) * placed[1] + lattice.shape[0] // 2
    first = np.floor(at).astype(int)
    t = (at - first)[:, None].astype(np.float32)
    weights = (1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, 3 * (t + t**2 - t**3) + 1, t**3
    found = np.zeros((count + 2, lattice.shape[1]), np.float32)
    for number, weight in enumerate(weights):
        found += weight / 6 * lattice[first + number - 1]
    return found


def _net(scene: Scene, grid: Grid) -> Plane:
    """Depth of the net of fine furrows: the borders between cells round scattered points, the coarse and the fine."""
    relief = scene.relief
    bent = [0.25 * relief.cell_mm * noise(scene.seed, _NET + 10 * n, grid, (3 * relief.cell_mm,)) for n in (1, 2)]
    depth = np.zeros(grid.shape, np.float32)
    for number, (cell, share) in enumerate(((relief.cell_mm, 1.0), (relief.cell_mm * 0.45, 0.45))):
        border = _border_mm(scene.seed, number, cell, bent, grid)
        depth += share * relief.furrow_um * np.exp(-np.square(border / np.float32(0.16 * cell)))
    varied = np.clip(1 + 0.3 * noise(scene.seed, _NET, grid, (7.0, 2.5)), 0.3, 2.0)
    return np.asarray(depth * varied, np.float32)


def _border_mm(seed: int, kind: int, cell: float, bent: list[Plane], grid: Grid) -> Plane:
    """Distance from the border between two cells, roughly: how much farther the second-nearest point is."""
    x, y = grid.places((slice(0, grid.shape[0]), slice(0, grid.shape[1])))
    reach = 512  # the scattered points repeat after so many cells, farther than any scene is wide
    points = np.random.default_rng([seed, _NET, 7, kind]).uniform(0.15, 0.85, (reach, reach, 2)).astype(np.float32)
    across, down = (x + bent[0]) / np.float32(cell), (y + bent[1]) / np.float32(cell)
    return np.asarray(border(across, down, points) * np.float32(cell), np.float32)


def _sink_pores(height: Plane, scene: Scene, grid: Grid) -> None:
    """Pores stand on a jittered lattice, so that they keep a distance; each has a size of its own."""
    if scene.relief.pores_per_cm2 <= 0:
        return
    pitch = 10 / np.sqrt(scene.relief.pores_per_cm2)
    reach = 2 * round(200 / pitch) + 1
    rng = np.random.default_rng([scene.seed, _PORES])
    offsets = rng.uniform(-0.42, 0.42, (reach, reach, 2))
    radii, depths = rng.uniform(0.08, 0.20, (reach, reach)), rng.uniform(0.3, 1.4, (reach, reach))
    lattice = np.arange(reach) - reach // 2
    places = (np.stack(np.meshgrid(lattice, lattice), axis=-1) + offsets) * pitch
    held = (np.abs(places[..., 0]) < grid.width_mm / 2) & (np.abs(places[..., 1]) < grid.height_mm / 2)
    sink(height, grid.to_px(places[held]), radii[held] * grid.px_per_mm, depths[held] * scene.relief.pore_um)


def _sink_pit(height: Plane, pit: Pit, grid: Grid) -> None:
    at = np.array(pit.at)
    window = grid.window(at - 3 * pit.radius_mm, at + 3 * pit.radius_mm)
    x, y = grid.places(window)
    away = np.hypot(x - at[0], y - at[1]) / np.float32(pit.radius_mm)
    height[window] -= np.float32(pit.depth_um) * np.exp(-(away**pit.steepness))


def _profile(line: tuple[Place, ...], reach_mm: float, grid: Grid) -> tuple[tuple[slice, slice], Plane, Plane]:
    """A window round a line; in it the distance from the line in mm, and the share of its length there."""
    points = np.array(line)
    window = grid.window(points.min(axis=0) - reach_mm, points.max(axis=0) + reach_mm)
    size = window[0].stop - window[0].start, window[1].stop - window[1].start
    distance, share = np.full(size, 1e4, np.float32), np.zeros(size, np.float32)
    inside = grid.to_px(points) - np.array([window[1].start, window[0].start])
    measure(inside, reach_mm * grid.px_per_mm, distance, share)
    return window, np.asarray(distance / np.float32(grid.px_per_mm), np.float32), share


def _run_out(share: Plane) -> Plane:
    """1 along the middle of a line and 0 at its ends."""
    left = np.clip(np.minimum(share, 1 - share) / np.float32(0.3), 0, 1)
    return np.asarray(left * left * (3 - 2 * left), np.float32)


def _furrow(height: Plane, wrinkles: tuple[Wrinkle, ...], grid: Grid) -> None:
    """Where furrows meet the deeper one counts; their edges bulge a little, as the skin that was pushed aside."""
    sunken, raised = np.zeros_like(height), np.zeros_like(height)
    for one in wrinkles:
        window, distance, share = _profile(one.line, 2.2 * one.width_mm, grid)
        uneven = 1 + 0.12 * np.sin(share * np.float32(2 * np.pi * max(1, round(one.length_mm / 4))))
        fades = _run_out(share)
        depth = np.float32(one.depth_um) * fades * uneven
        across = distance / (np.float32(one.width_mm / 2) * (np.float32(0.5) + fades / 2))
        sunken[window] = np.maximum(sunken[window], depth * np.exp2(-(across**1.5)))
        bulge = 0.08 * depth * np.exp(-(((across - 2.0) / 0.6) ** 2))
        raised[window] = np.maximum(raised[window], bulge)
    height += raised - sunken


def _stretch(height: Plane, melanin: Plane, blood: Plane, stria: Stria, grid: Grid) -> None:
    window, distance, share = _profile(stria.line, 1.2 * stria.width_mm, grid)
    edge = np.float32(0.15 * stria.width_mm)
    beyond = np.minimum((distance - np.float32(stria.width_mm / 2)) / (edge / 2), 50)
    within = _run_out(share) / (1 + np.exp(beyond))
    along_mm = share * np.float32(sum(np.hypot(*np.diff(np.array(stria.line), axis=0).T)))
    crinkled = 1 + 0.25 * np.sin(along_mm * 2 * np.pi / 0.9 + 2 * np.sin(along_mm))
    height[window] -= np.float32(stria.depth_um) * within * crinkled
    melanin[window] *= 1 - np.float32(stria.melanin_lost) * within
    blood[window] += np.float32(stria.blood) * within


def _colour_spot(melanin: Plane, spot: Spot, grid: Grid) -> None:
    at, reach = np.array(spot.at), spot.radius_mm * (1 + sum(abs(size) for size, _ in spot.waves)) + 0.6
    window = grid.window(at - reach, at + reach)
    x, y = grid.places(window)
    angle = np.arctan2(y - at[1], x - at[0])
    outline = 1 + sum(size * np.cos(k * angle + phase) for k, (size, phase) in enumerate(spot.waves, start=2))
    inside = spot.radius_mm * outline - np.hypot(x - at[0], y - at[1])
    melanin[window] += np.float32(spot.melanin) / (1 + np.exp(-inside / np.float32(0.08)))


def _colour_flush(blood: Plane, flush: Flush, grid: Grid) -> None:
    at, reach = np.array(flush.at), 2.6 * flush.radius_mm
    window = grid.window(at - reach, at + reach)
    x, y = grid.places(window)
    away = ((x - at[0]) ** 2 + (y - at[1]) ** 2) / np.float32(flush.radius_mm**2)
    blood[window] += np.float32(flush.blood) * np.exp2(-away)


def _laid(hairs: tuple[Hair, ...], grid: Grid) -> tuple[Plane, Plane]:
    """Share of every pixel that hairs cover, and how dark the uppermost of them is."""
    cover, dark = np.zeros(grid.shape, np.float32), np.zeros(grid.shape, np.float32)
    pixel = 1 / grid.px_per_mm
    for hair in hairs:
        window, away, share = _profile(hair.line, hair.width_mm / 2 + pixel, grid)
        width = np.float32(hair.width_mm) * np.minimum(1, 4 * (1 - share) + np.float32(0.15))  # it tapers to its tip
        within = np.clip((width / 2 - away) / pixel + 0.5, 0, 1) * np.minimum(1, width / pixel)
        ridge = 1 - np.square(np.minimum(2 * away / np.maximum(width, pixel), 1))  # it is lightest along its middle
        shade = np.float32(hair.melanin) * (1 - np.float32(0.2) * ridge)
        dark[window] = np.where(within > cover[window] * 0.5, shade, dark[window])
        cover[window] = np.maximum(cover[window], within)
    return cover, dark
