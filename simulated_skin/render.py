"""Light on skin and on the card: from planes of truth to the light that leaves them towards the camera.

Light that leaves is told in linear sRGB, where 1 is a perfect white that lies flat at the middle, in the same light.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from simulated_skin import colour
from simulated_skin.planes import Plane, Planes
from simulated_skin.shape import NEUTRAL, PLANE, Expression, Placement, Points, Surface

Colours = NDArray[np.float32]  # (height, width, 3)
Flat2 = tuple[Plane, Plane]  # x and y
Solid = tuple[Plane, Plane, Plane]  # x, y and z

# How light spreads under skin before it comes out: variance in mm2, then the share in red, green and blue.
# The six Gaussians for skin of d'Eon and Luebke, GPU Gems 3, chapter 14.
SPREAD = (
    (0.0064, (0.233, 0.455, 0.649)),
    (0.0484, (0.100, 0.336, 0.344)),
    (0.187, (0.118, 0.198, 0.0)),
    (0.567, (0.113, 0.007, 0.007)),
    (1.99, (0.358, 0.004, 0.0)),
    (7.41, (0.078, 0.0, 0.0)),
)
BLOOD_LIES_MM = 0.25  # blood is seen through what lies over it, which blurs its outlines by about as much
STRAIGHT_BACK = 0.028  # share that the bare surface throws back, for an index of refraction of 1.4
ROUGHNESS = 0.5
_REACHES_MM = (0.08, 0.16, 0.28, 0.45, 0.7, 1.05, 1.5)  # how far off something may stand that throws a shadow
_PENUMBRA = 0.18  # the lamp is not a point: between full light and full shadow, as a difference of slopes
_BAND = 256  # rows at a time, so that large pictures do not fill the memory


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp and the light that comes from everywhere."""

    azimuth_deg: float  # from where on the picture: 0 from the right, 90 from above
    elevation_deg: float  # over the plane of the picture; 90 is from the camera
    ambient: float  # share of the light at the middle that has no direction
    distance_mm: float = 700.0

    def place(self) -> Points:
        """Where it hangs, in mm from the middle."""
        azimuth, elevation = np.radians([self.azimuth_deg, self.elevation_deg])
        flat = np.cos(elevation)
        return self.distance_mm * np.array(
            [flat * np.cos(azimuth), -flat * np.sin(azimuth), np.sin(elevation)], dtype=float
        )


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a relief lies on: where it is in space, and how it is placed there."""

    surface: Surface
    expression: Expression
    middle_mm: tuple[float, float]  # where the middle of the planes is
    rise: tuple[float, float]  # more height for each mm to the right and down
    camera: Points


def skin(truth: Planes, placement: Placement, lamp: Lamp, gloss: float) -> Colours:
    """Light that leaves the skin, on the grid of its planes."""
    ground = _Ground(placement.surface, placement.expression, (0.0, 0.0), (0.0, 0.0), placement.view())
    light, shine = _lit(truth.height_um, truth.grid.px_per_mm, lamp, ground)
    light *= 1 - 0.45 * _hair_shadow(truth, lamp)
    entered = np.exp(-0.5 * truth.melanin[..., None] * colour.OF_MELANIN.astype(np.float32))
    blood = _blurred(truth.blood, BLOOD_LIES_MM * truth.grid.px_per_mm)
    left = np.empty((*truth.grid.shape, 3), np.float32)

    def come_back(channel: int) -> None:
        inside = _spread(light * entered[..., channel], channel, truth.grid.px_per_mm)
        kept = np.float32(colour.BLOODLESS[channel]) * np.exp(-np.float32(colour.OF_BLOOD[channel]) * blood)
        left[..., channel] = inside * kept * entered[..., channel] + np.float32(gloss) * shine

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(come_back, range(3)))
    return _with_hair(left, light, truth)


@dataclass(frozen=True, slots=True)
class Flat:
    """How a flat thing lies."""

    middle_mm: tuple[float, float]
    rise: tuple[float, float]  # of its plane, in mm for each mm to the right and down
    px_per_mm: float


def flat(reflectance: Colours, height_um: Plane, lamp: Lamp, lying: Flat, camera: Points) -> Colours:
    """Light that leaves a flat, matte thing, whose relief does not let light through."""
    ground = _Ground(PLANE, NEUTRAL, lying.middle_mm, lying.rise, camera)
    light, _ = _lit(height_um, lying.px_per_mm, lamp, ground)
    return reflectance * light[..., None]


def _lit(height_um: Plane, px_per_mm: float, lamp: Lamp, ground: _Ground) -> tuple[Plane, Plane]:
    """Light that reaches the surface (1: flat, at the middle), and the colourless shine that it throws back."""
    height = height_um / np.float32(1000)
    rises = _steepest(height, px_per_mm, lamp)
    open_sky = _open_sky(height, px_per_mm)
    slope_y, slope_x = _slopes(height, px_per_mm)
    smooth = _blurred(height, 0.06 * px_per_mm)
    shiny_y, shiny_x = _slopes(smooth, px_per_mm)
    rows, columns = height.shape
    middle = ground.middle_mm
    x = (((np.arange(columns) + 0.5 - columns / 2) / px_per_mm + middle[0])[None]).astype(np.float32)
    y = (((np.arange(rows) + 0.5 - rows / 2) / px_per_mm + middle[1])[:, None]).astype(np.float32)
    light, shine = np.empty_like(height), np.empty_like(height)

    def fill(top: int) -> None:
        part = slice(top, min(top + _BAND, rows))
        fine, shiny = (slope_x[part], slope_y[part]), (shiny_x[part], shiny_y[part])
        band = _Band(x, y[part], middle, fine, shiny, rises[part], open_sky[part])
        light[part], shine[part] = _lit_band(band, lamp, ground)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(fill, range(0, rows, _BAND)))
    return light, shine


def _slopes(height_mm: Plane, px_per_mm: float) -> Flat2:
    """Downwards and to the right."""
    down, right = np.gradient(height_mm, np.float32(1 / px_per_mm))
    return np.asarray(down, np.float32), np.asarray(right, np.float32)


@dataclass(frozen=True, slots=True)
class _Band:
    """Some rows of a relief: where they are, how they slope, what stands between them and the lamp or the sky."""

    x: Plane
    y: Plane
    middle: tuple[float, float]
    fine: Flat2
    shiny: Flat2
    rises: Plane
    open_sky: Plane


def _lit_band(band: _Band, lamp: Lamp, ground: _Ground) -> tuple[Plane, Plane]:
    fine, shiny, x, y = band.fine, band.shiny, band.x, band.y
    if ground.expression.bumps:
        places = np.stack(np.broadcast_arrays(x, y), axis=-1).astype(float)
        unstrained = np.linalg.inv(np.eye(2) + ground.expression.strain(places)).astype(np.float32)
        fine, shiny = _pulled(unstrained, fine), _pulled(unstrained, shiny)
        moved = (places + ground.expression.shift_mm(places)).astype(np.float32)
        x, y = moved[..., 0], moved[..., 1]
    rise_x, rise_y = (np.float32(rise) for rise in ground.rise)
    large_x, large_y = (one + rise for one, rise in zip(ground.surface.slopes(x, y), (rise_x, rise_y), strict=True))
    z = ground.surface.height(x, y) + (x - band.middle[0]) * rise_x + (y - band.middle[1]) * rise_y
    to_lamp, near = _towards(lamp.place(), (x, y, z))
    to_camera, _ = _towards(ground.camera, (x, y, z))
    strength = (
        np.float32((1 - lamp.ambient) / np.sin(np.radians(lamp.elevation_deg)))
        * (np.float32(lamp.distance_mm) / near) ** 2
    )
    # The ray climbs by so much for each millimetre along the ground; what rises faster stands in its way.
    level = np.maximum(np.hypot(to_lamp[0], to_lamp[1]), np.float32(1e-6))
    climbs = (to_lamp[2] - to_lamp[0] * large_x - to_lamp[1] * large_y) / level
    free = np.clip((climbs - band.rises) / np.float32(_PENUMBRA) + np.float32(0.5), 0, 1)
    direct = strength * (free * free * (3 - 2 * free))
    facing = _cosine(to_lamp, (fine[0] + large_x, fine[1] + large_y))
    around = np.float32(lamp.ambient) * band.open_sky
    shine = direct * _shine(to_lamp, to_camera, (shiny[0] + large_x, shiny[1] + large_y))
    return direct * np.maximum(facing, 0) + around, shine + around * np.float32(STRAIGHT_BACK)


def _pulled(unstrained: Plane, slope: Flat2) -> Flat2:
    """A slope on the skin as it stands once the skin is moved."""
    return (
        unstrained[..., 0, 0] * slope[0] + unstrained[..., 1, 0] * slope[1],
        unstrained[..., 0, 1] * slope[0] + unstrained[..., 1, 1] * slope[1],
    )


def _towards(target: Points, at: Solid) -> tuple[Solid, Plane]:
    x, y, z = (np.float32(goal) - place for goal, place in zip(target, at, strict=True))
    distance = np.sqrt(x * x + y * y + z * z)
    return (x / distance, y / distance, z / distance), distance


def _cosine(direction: Solid, slope: Flat2) -> Plane:
    """Cosine between a direction and the normal of ground with this slope."""
    upright = direction[2] - direction[0] * slope[0] - direction[1] * slope[1]
    return np.asarray(upright / np.sqrt(1 + slope[0] * slope[0] + slope[1] * slope[1]), np.float32)


def _shine(to_lamp: Solid, to_camera: Solid, slope: Flat2) -> Plane:
    """What a rough surface throws back towards the camera, as a share of what a perfect white would (GGX)."""
    sums = [lamp + camera for lamp, camera in zip(to_lamp, to_camera, strict=True)]
    size = np.sqrt(sums[0] * sums[0] + sums[1] * sums[1] + sums[2] * sums[2])
    between = sums[0] / size, sums[1] / size, sums[2] / size
    lamp, camera = np.maximum(_cosine(to_lamp, slope), 0), np.maximum(_cosine(to_camera, slope), np.float32(0.05))
    half = np.maximum(_cosine(between, slope), 0)
    spread = np.float32(ROUGHNESS**2)
    facets = spread * spread / (np.float32(np.pi) * (half * half * (spread * spread - 1) + 1) ** 2)
    turned = 1 - (to_camera[0] * between[0] + to_camera[1] * between[1] + to_camera[2] * between[2])
    mirrored = np.float32(STRAIGHT_BACK) + np.float32(1 - STRAIGHT_BACK) * turned**5
    hidden = (spread / 2 + lamp * (1 - spread / 2)) * (spread / 2 + camera * (1 - spread / 2))
    return np.asarray(np.float32(np.pi / 4) * facets * mirrored * lamp / hidden, np.float32)


def _steepest(height_mm: Plane, px_per_mm: float, lamp: Lamp) -> Plane:
    """The steepest rise from each place towards the lamp, within the reach of a shadow."""
    azimuth = np.radians(lamp.azimuth_deg)
    towards = np.array([np.cos(azimuth), -np.sin(azimuth)])
    steepest = np.full(height_mm.shape, -9.0, np.float32)
    for reach in _REACHES_MM:
        shift = towards * reach * px_per_mm
        move = np.array([[1, 0, shift[0]], [0, 1, shift[1]]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        ahead = cv2.warpAffine(height_mm, move, height_mm.shape[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE)
        steepest = np.maximum(steepest, (ahead - height_mm) / np.float32(reach))
    return steepest


def _open_sky(height_mm: Plane, px_per_mm: float) -> Plane:
    """Share of the light from everywhere that reaches a place: less where it lies lower than its surroundings."""
    closed = np.zeros_like(height_mm)
    for reach in (0.15, 0.4, 1.0):
        closed += np.maximum(_blurred(height_mm, reach * px_per_mm) - height_mm, 0) / np.float32(reach)
    return np.asarray(1 / (1 + np.float32(0.8) * closed), np.float32)


def _spread(plane: Plane, channel: int, px_per_mm: float) -> Plane:
    """Light after its way under the skin."""
    total = np.zeros_like(plane)
    for variance, shares in SPREAD:
        if shares[channel]:
            total += np.float32(shares[channel]) * _blurred(plane, variance**0.5 * px_per_mm)
    return total / np.float32(sum(shares[channel] for _, shares in SPREAD))


def _blurred(plane: Plane, sigma_px: float) -> Plane:
    """A Gaussian; wide ones are made on a smaller picture, where they cost little."""
    if sigma_px < 0.2:
        return plane
    by = max(1, int(sigma_px / 6))
    if by == 1:
        return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma_px, borderType=cv2.BORDER_REFLECT), np.float32)
    rows, columns = plane.shape
    padded = cv2.copyMakeBorder(plane, 0, -rows % by, 0, -columns % by, cv2.BORDER_REPLICATE)
    small = cv2.resize(padded, None, fx=1 / by, fy=1 / by, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma_px / by, borderType=cv2.BORDER_REFLECT)
    large = cv2.resize(small, padded.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(large[:rows, :columns], np.float32)


def _hair_shadow(truth: Planes, lamp: Lamp) -> Plane:
    if not truth.hair.any():
        return truth.hair
    azimuth = np.radians(lamp.azimuth_deg)
    away = 0.08 * truth.grid.px_per_mm * np.array([np.cos(azimuth), -np.sin(azimuth)])
    move = np.array([[1, 0, away[0]], [0, 1, away[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    thrown = cv2.warpAffine(truth.hair, move, truth.hair.shape[::-1], flags=flags)
    return _blurred(np.asarray(thrown, np.float32), 0.05 * truth.grid.px_per_mm)


def _with_hair(left: Colours, light: Plane, truth: Planes) -> Colours:
    if not truth.hair.any():
        return left
    dark = truth.hair_melanin[..., None] * np.array([3.6, 4.2, 4.8], np.float32)
    hair = np.array([0.42, 0.33, 0.24], np.float32) * np.exp(-dark) * light[..., None] + np.float32(0.012)
    cover = truth.hair[..., None]
    mixed: Colours = left * (1 - cover) + hair * cover
    return mixed
