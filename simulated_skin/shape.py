"""The large shape of skin, how an expression moves it, and where the camera sees each of its places.

The way of a point: on the skin (mm) -> moved by the expression -> raised onto the surface -> seen by the camera (px).
Pixels are counted from the middle of the first one, as OpenCV counts them.
"""

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]
Side = NDArray[Any]  # x or y of many places


@dataclass(frozen=True, slots=True)
class Surface:
    """A smooth hill. Radii of curvature at its top, in mm; farther out it runs straight, so that nothing is hidden.

    Skin is laid onto it from straight above: its lengths are those of the plan, not of the slope.
    """

    name: str
    across_mm: float
    down_mm: float

    def height(self, x: Side, y: Side) -> Side:
        """Height over the top's plane in mm, at most 0."""
        rounding, across, down = self._terms()
        return rounding - np.sqrt(rounding**2 + across * x * x + down * y * y)

    def slopes(self, x: Side, y: Side) -> tuple[Side, Side]:
        """How the height changes with x and with y."""
        rounding, across, down = self._terms()
        root = np.sqrt(rounding**2 + across * x * x + down * y * y) + np.float32(not rounding)
        return -across * x / root, -down * y / root

    def _terms(self) -> tuple[float, float, float]:
        """Radius of the rounded top, and how strongly it falls across and down."""
        if not np.isfinite(self.across_mm):
            return 0.0, 0.0, 0.0
        rounding = (self.across_mm * self.down_mm) ** 0.5
        return rounding, rounding / self.across_mm, rounding / self.down_mm


PLANE = Surface("plane", np.inf, np.inf)
CHEEK = Surface("cheek", 55.0, 75.0)
FOREHEAD = Surface("forehead", 90.0, 180.0)
SURFACES = {surface.name: surface for surface in (PLANE, CHEEK, FOREHEAD)}


@dataclass(frozen=True, slots=True)
class Expression:
    """How skin is pulled about: the sum of a few soft bumps of displacement, each (x, y, pull x, pull y, radius) in mm."""

    bumps: tuple[tuple[float, float, float, float, float], ...] = ()

    def shift_mm(self, places: Points) -> Points:
        """Where (..., 2) places are moved to, less where they were."""
        total = np.zeros(places.shape)
        for x, y, right, down, radius in self.bumps:
            away = ((places - np.array([x, y])) ** 2).sum(axis=-1) / radius**2
            total += np.exp(-away)[..., None] * np.array([right, down])
        return total

    def strain(self, places: Points) -> Points:
        """Change of the shift with place, (..., 2, 2): row of the shift, column of the place."""
        total = np.zeros((*places.shape, 2))
        for x, y, right, down, radius in self.bumps:
            gap = places - np.array([x, y])
            fall = np.exp(-(gap**2).sum(axis=-1) / radius**2)[..., None, None]
            total += fall * np.array([right, down])[:, None] * (-2 * gap / radius**2)[..., None, :]
        return total


NEUTRAL = Expression()


def drawn_expression(seed: int, shift_mm: float, width_mm: float = 55.0, height_mm: float = 55.0) -> Expression:
    """A change of expression whose greatest shift is about `shift_mm`; the bumps are wide against it, so nothing folds."""
    rng = np.random.default_rng([seed, 200])
    least = min(width_mm, height_mm)
    bumps = []
    for share in (1.0, 0.6, 0.6):
        angle, radius = rng.uniform(0, 2 * np.pi), rng.uniform(0.28, 0.45) * least
        at = rng.uniform(-0.35, 0.35, 2) * (width_mm, height_mm)
        pull = share * shift_mm * np.array([np.cos(angle), np.sin(angle)])
        bumps.append((float(at[0]), float(at[1]), float(pull[0]), float(pull[1]), float(radius)))
    return Expression(tuple(bumps))


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the camera stands, relative to one that looks straight down at the middle."""

    pitch_deg: float = 0.0
    yaw_deg: float = 0.0
    roll_deg: float = 0.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    nearer: float = 1.0  # factor on the size in the picture


@dataclass(frozen=True, slots=True)
class Placement:
    """The exact way from skin to picture and back."""

    surface: Surface
    expression: Expression
    pose: Pose
    size_px: tuple[int, int]  # width, height
    px_per_mm: float  # at the middle of the skin, before `nearer`
    distance_mm: float  # from the camera to that middle
    middle_px: tuple[float, float]  # where that middle is seen without a shift
    turn: Points = field(init=False)

    def __post_init__(self) -> None:
        angles = np.radians([self.pose.pitch_deg, self.pose.yaw_deg, self.pose.roll_deg])
        (cp, cy, cr), (sp, sy, sr) = np.cos(angles), np.sin(angles)
        pitch = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        roll = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
        object.__setattr__(self, "turn", roll @ yaw @ pitch)

    def to_picture(self, places: ArrayLike) -> Points:
        """Where (..., 2) places on the skin are seen, in pixels."""
        at = np.asarray(places, dtype=float)
        moved = at + self.expression.shift_mm(at)
        return self.seen(np.concatenate([moved, self.surface.height(moved[..., 0], moved[..., 1])[..., None]], axis=-1))

    def seen(self, solid: Points) -> Points:
        """Where (..., 3) points in space are seen; z points at the camera."""
        turned = solid @ self.turn.T
        size = self.px_per_mm * self.pose.nearer * self.distance_mm / (self.distance_mm - turned[..., 2])
        middle = np.array(self.middle_px) + np.array(self.pose.shift_mm) * self.px_per_mm
        pixels: Points = turned[..., :2] * size[..., None] + middle
        return pixels

    def to_skin(self, pixels: ArrayLike) -> Points:
        """Which places on the skin are seen at (..., 2) pixels."""
        at = np.asarray(pixels, dtype=float)
        start, ray = self._rays(at)
        moved = start[..., :2] + ray[..., :2] * (-start[..., 2] / ray[..., 2])[..., None]
        for _ in range(12):
            reach = (self.surface.height(moved[..., 0], moved[..., 1]) - start[..., 2]) / ray[..., 2]
            moved = start[..., :2] + ray[..., :2] * reach[..., None]
        places = moved
        for _ in range(12):
            places = moved - self.expression.shift_mm(places)
        return places

    def _rays(self, pixels: Points) -> tuple[Points, Points]:
        middle = np.array(self.middle_px) + np.array(self.pose.shift_mm) * self.px_per_mm
        flat = (pixels - middle) / (self.px_per_mm * self.pose.nearer)
        start = np.array([0.0, 0.0, self.distance_mm]) @ self.turn
        ray = np.concatenate([flat, np.full((*flat.shape[:-1], 1), -self.distance_mm)], axis=-1) @ self.turn
        return np.broadcast_to(start, ray.shape), ray

    def view(self) -> Points:
        """The camera in space."""
        place: Points = np.array([0.0, 0.0, self.distance_mm]) @ self.turn
        return place

    def lookup(self, step_px: int = 4) -> NDArray[np.float32]:
        """For every pixel the place on the skin, (height, width, 2): exact every few pixels, straight between."""
        width, height = self.size_px
        nodes = [(np.arange(-3, size // step_px + 5) + 0.5) * step_px - 0.5 for size in (width, height)]
        coarse = self.to_skin(np.stack(np.meshgrid(*nodes), axis=-1)).astype(np.float32)
        fine = cv2.resize(coarse, None, fx=step_px, fy=step_px, interpolation=cv2.INTER_LINEAR)
        return np.ascontiguousarray(fine[3 * step_px :, 3 * step_px :][:height, :width])
