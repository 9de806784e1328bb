"""Skin-like texture whose map from one picture to the next is known in closed form.

A piece of skin holds pigment (mottling and spots) and relief (a net of furrows, wrinkles), finer than any picture of it.
A picture looks at it through a map, under a lamp, with noise. Only pigment stays as it is when the lamp moves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
FINER = 2  # pixels of the texture per pixel of a picture


@dataclass(frozen=True)
class DrawnSkin:
    """Planes finer than the picture by `FINER`: pigment amount, and the slopes of the relief."""

    pigment: NDArray[np.float32]
    across: NDArray[np.float32]
    down: NDArray[np.float32]
    margin: int


def _noise(rng: np.random.Generator, side: int, sigma: float) -> NDArray[np.float32]:
    step = max(1, int(sigma / 2))
    small = rng.normal(size=(side // step + 2, side // step + 2)).astype(np.float32)
    plane = cv2.GaussianBlur(small, (0, 0), sigma / step)
    plane = cv2.resize(plane, (side, side), interpolation=cv2.INTER_CUBIC)
    return (plane - plane.mean()) / plane.std()


@lru_cache(maxsize=32)
def skin(seed: int, side: int = 500, margin: int = 60, melanin: float = 0.5) -> DrawnSkin:
    """Skin that fills a picture of `side` px and a margin round it."""
    rng = np.random.default_rng(seed)
    full = (side + 2 * margin) * FINER
    pigment = melanin * (1 + 0.04 * _noise(rng, full, 6 * FINER) + 0.05 * _noise(rng, full, 20 * FINER))
    for _ in range(full * full // 40000):
        at, radius = rng.integers(0, full, 2), int(rng.uniform(3, 12) * FINER)
        cv2.circle(pigment, at.tolist(), radius, float(melanin * rng.uniform(1.1, 1.5)), -1, cv2.LINE_8)
    pigment = cv2.GaussianBlur(pigment, (0, 0), 1.5 * FINER)
    net = np.abs(_noise(rng, full, 4 * FINER))
    height = cv2.GaussianBlur(-np.exp(-((net / 0.25) ** 2)), (0, 0), 1.2 * FINER)
    for _ in range(6):
        start, heading = rng.uniform(0, full, 2), rng.uniform(-0.4, 0.4)
        line = start + np.linspace(0, full / 2, 60)[:, None] * (np.cos(heading), np.sin(heading))
        line[:, 1] += 12 * np.sin(np.linspace(0, 6, 60))
        drawn = np.zeros((full, full), np.float32)
        cv2.polylines(drawn, [line.astype(np.int32)], False, 1.0, 2 * FINER)
        height -= 3 * cv2.GaussianBlur(drawn, (0, 0), 2.5 * FINER)
    down, across = np.gradient(height)
    return DrawnSkin(pigment, across.astype(np.float32), down.astype(np.float32), margin)


def picture(
    drawn: DrawnSkin,
    to_skin: Callable[[Points], Points] = lambda points: points,
    size: tuple[int, int] = (500, 500),
    lamp: tuple[float, float] = (1.0, -0.6),
    relief: float = 1.2,
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0),
    noise: float = 1.0,
    seed: int = 0,
) -> NDArray[np.uint8]:
    """What a camera sees whose pixel p shows the place `to_skin(p)`, in pixels of a picture straight on."""
    grid = np.stack(np.meshgrid(np.arange(size[0]), np.arange(size[1])), axis=-1).reshape(-1, 2).astype(np.float64)
    places = ((to_skin(grid) + drawn.margin + 0.5) * FINER - 0.5).astype(np.float32).reshape(size[1], size[0], 2)

    def seen(plane: NDArray[np.float32]) -> NDArray[np.float32]:
        return cv2.remap(plane, places, None, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT)

    shade = np.clip(1 + relief * (lamp[0] * seen(drawn.across) + lamp[1] * seen(drawn.down)), 0.1, 3)
    absorbed = seen(drawn.pigment)[..., None] * np.array([1.35, 1.72, 2.10]) + 0.25 * np.array([0.12, 0.80, 0.62])
    linear = np.array([0.80, 0.72, 0.55]) * np.exp(-absorbed) * shade[..., None] * np.array(gain)
    linear = cv2.GaussianBlur(linear, (0, 0), 0.7)
    encoded = 255 * np.clip(linear, 0, 1) ** (1 / 2.2)
    encoded += np.random.default_rng([seed, 7]).normal(0, noise, encoded.shape)
    return np.clip(np.round(encoded), 0, 255).astype(np.uint8)
