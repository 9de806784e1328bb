"""A photograph of skin: the light of a visit, the way the camera is held, the camera itself, the file."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulated_skin import card, colour, render
from simulated_skin.planes import Grid, planes
from simulated_skin.shape import NEUTRAL, PLANE, Expression, Placement, Points, Pose, Surface
from simulated_skin.truth import Scene

Light = NDArray[np.float32]
BACKDROP_LINEAR = 0.09  # a grey cloth under the card
STRIP_MM = card.HEIGHT_MM + 4.0  # of the picture, below the skin, where the card lies
LENS_PX = 0.45  # blur of a lens in focus, as a standard deviation
READ_NOISE = 4.0  # electrons
EXPOSURE = 0.80  # a white that lies flat comes out at this share of full, before gain


@dataclass(frozen=True, slots=True)
class Regime:
    """How far the conditions of a photograph stray. Where nothing else is said: evenly, by so much to either side."""

    name: str
    azimuth_deg: float
    elevation_deg: float
    tilt_deg: float  # about each of the two axes, together at most so much
    roll_deg: float
    shift_mm: float
    nearer: float
    gain: float
    white_balance: float  # of red and of blue, against green
    cross_talk: float  # share of each channel that leaks into the others, from 0 to so much
    tone_curve: float  # strength, from 0 to so much
    vignetting: float  # loss of light in the corners, from 0 to so much
    defocus_px: float  # standard deviation of the blur, from 0 to so much, on top of the lens's own
    electrons: float  # that a full pixel holds: fewer are noisier
    jpeg_quality: int
    lamp: render.Lamp  # around which the light strays
    gloss: float  # share of the shine that reaches the sensor: a polariser takes some


RIG = Regime(
    "rig", 5, 2, 2, 1, 0.5, 0.01, 0.05, 0.04, 0.0, 0.0, 0.05, 0.5, 12000, 95, render.Lamp(70, 42, 0.35, 1000), 0.4
)
ROOM = Regime(
    "room", 12, 5, 4, 2, 1, 0.02, 0.15, 0.10, 0.02, 0.0, 0.10, 1.0, 8000, 92, render.Lamp(70, 45, 0.45, 1500), 0.8
)
HAND = Regime(
    "hand", 35, 15, 7, 3, 1.5, 0.03, 0.30, 0.25, 0.05, 0.35, 0.20, 1.8, 4000, 80, render.Lamp(70, 45, 0.50, 1500), 0.8
)
REGIMES = {regime.name: regime for regime in (RIG, ROOM, HAND)}


@dataclass(frozen=True, slots=True)
class Conditions:
    """Everything about one photograph that is not skin."""

    lamp: render.Lamp
    pose: Pose
    card_tilt_deg: tuple[float, float]
    gains: tuple[float, float, float]  # red, green, blue: exposure times white balance
    cross_talk: Points  # 3 x 3, rows add up to 1
    tone_curve: float
    vignetting: float
    defocus_px: float
    electrons: float
    jpeg_quality: int | None  # None: no JPEG
    gloss: float
    seed: int  # of the noise


def perfect(lamp: render.Lamp = RIG.lamp) -> Conditions:
    """No tilt, no stray, no noise worth the name, no shine, no JPEG: the picture that an ideal camera would take."""
    return Conditions(lamp, Pose(), (0.0, 0.0), (1.0, 1.0, 1.0), np.eye(3), 0.0, 0.0, 0.0, 1e9, None, 0.0, 0)


def conditions(regime: Regime, seed: int, visit: int = 0, shot: int = 0, within: float = 0.3) -> Conditions:
    """What one shot of a visit is taken under.

    Shots of a visit share its light, its white balance and the way the head is held: only the share `within` of each
    spread is drawn anew for every shot. Focus and noise are every shot's own.
    """
    mine, ours = np.random.default_rng([seed, visit, 1, shot]), np.random.default_rng([seed, visit, 0])

    def stray(spread: float) -> float:
        return float(spread * ((1 - within) * ours.uniform(-1, 1) + within * mine.uniform(-1, 1)))

    def up_to(most: float) -> float:
        return float(most * ((1 - within) * ours.uniform() + within * mine.uniform()))

    lamp = replace(
        regime.lamp,
        azimuth_deg=regime.lamp.azimuth_deg + stray(regime.azimuth_deg),
        elevation_deg=regime.lamp.elevation_deg + stray(regime.elevation_deg),
        ambient=regime.lamp.ambient + stray(0.05),
    )
    pitch, yaw = (stray(regime.tilt_deg / 2**0.5) for _ in range(2))
    shift = (stray(regime.shift_mm), stray(regime.shift_mm))
    pose = Pose(pitch, yaw, stray(regime.roll_deg), shift, 1 + stray(regime.nearer))
    card_tilt = (stray(regime.tilt_deg / 2**0.5), stray(regime.tilt_deg / 2**0.5))
    gain, red, blue = 1 + stray(regime.gain), 1 + stray(regime.white_balance), 1 + stray(regime.white_balance)
    leak = np.array([[up_to(regime.cross_talk) / 2 for _ in range(3)] for _ in range(3)])
    np.fill_diagonal(leak, 0)
    np.fill_diagonal(leak, 1 - leak.sum(axis=1))
    curve, corners = up_to(regime.tone_curve), up_to(regime.vignetting)
    return Conditions(
        lamp=lamp,
        pose=pose,
        card_tilt_deg=card_tilt,
        gains=(gain * red, gain, gain * blue),
        cross_talk=leak,
        tone_curve=curve,
        vignetting=corners,
        defocus_px=float(np.hypot(LENS_PX, regime.defocus_px * mine.uniform())),
        electrons=regime.electrons,
        jpeg_quality=regime.jpeg_quality,
        gloss=regime.gloss,
        seed=int(mine.integers(2**32)),
    )


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph with all that is known of it."""

    pixels: NDArray[np.uint8]  # (height, width, 3), red first, sRGB; what the file holds once it is read
    jpeg: bytes | None
    scene: Scene
    conditions: Conditions
    placement: Placement
    card_to_picture: Points | None  # 3 x 3, millimetres on the card to pixels; None: no card

    def on_card(self, places: ArrayLike) -> Points:
        """Where (..., 2) places on the card are seen, in pixels."""
        if self.card_to_picture is None:
            raise ValueError("there is no card in this picture: ask photograph() for one")
        return projected(self.card_to_picture, places)

    def patch_px(self, number: int) -> Points:
        """Corners (4, 2) of a patch of the chart, from the upper left one clockwise."""
        left, top, right, bottom = card.patch_box(number)
        return self.on_card([(left, top), (right, top), (right, bottom), (left, bottom)])

    def chart_px(self) -> Points:
        """Outer corners (4, 2) of the 24 patches, from that of dark skin clockwise."""
        corners = [self.patch_px(number)[corner] for number, corner in ((0, 0), (5, 1), (23, 2), (18, 3))]
        return np.array(corners)


def same_place(before: Picture, after: Picture, pixels: ArrayLike) -> Points:
    """Where the skin at (..., 2) pixels of one picture is seen in another one of the same skin."""
    return after.placement.to_picture(before.placement.to_skin(pixels))


def photograph(
    scene: Scene,
    taken: Conditions,
    *,
    surface: Surface = PLANE,
    expression: Expression = NEUTRAL,
    px_per_mm: float = 12.0,
    with_card: bool = True,
) -> Picture:
    """Take a picture of a scene. It shows the whole scene; below it lies a strip with the card, if there is one."""
    placement = placed(scene, taken, (surface, expression), (px_per_mm, with_card))
    light = _skin_light(scene, taken, placement)
    homography = _lay_card(light, scene, taken, placement) if with_card else None
    pixels = _developed(_exposed(light, taken), taken)
    jpeg = None
    if taken.jpeg_quality is not None:
        quality = [cv2.IMWRITE_JPEG_QUALITY, taken.jpeg_quality]
        _, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), quality)
        jpeg = data.tobytes()
        pixels = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), np.uint8)
    return Picture(pixels, jpeg, scene, taken, placement, homography)


def projected(homography: Points, places: ArrayLike) -> Points:
    """(..., 2) places through a 3 x 3 homography."""
    at = np.asarray(places, dtype=float)
    raised = np.concatenate([at, np.ones((*at.shape[:-1], 1))], axis=-1) @ homography.T
    return np.asarray(raised[..., :2] / raised[..., 2:])


def card_scale(scene: Scene) -> float:
    """Beside a small piece of skin lies a smaller print of the card: everything on it, grooves too, times this."""
    return min(1.0, (scene.width_mm - 2) / card.WIDTH_MM)


def placed(scene: Scene, taken: Conditions, skin: tuple[Surface, Expression], form: tuple[float, bool]) -> Placement:
    """The way from skin to picture. `form` is pixels for each millimetre, and whether there is a card."""
    px_per_mm, with_card = form
    below = STRIP_MM * card_scale(scene) if with_card else 0.0
    return Placement(
        surface=skin[0],
        expression=skin[1],
        pose=taken.pose,
        size_px=(round(scene.width_mm * px_per_mm), round((scene.height_mm + below) * px_per_mm)),
        px_per_mm=px_per_mm,
        distance_mm=300 + 1.2 * scene.width_mm,
        middle_px=(scene.width_mm * px_per_mm / 2 - 0.5, scene.height_mm * px_per_mm / 2 - 0.5),
    )


def _skin_light(scene: Scene, taken: Conditions, placement: Placement) -> Light:
    """The skin as the camera sees it, over the whole picture: drawn on the skin, then looked at from the camera."""
    lookup = placement.lookup()
    shown = np.abs(lookup[: round(scene.height_mm * placement.px_per_mm * 1.06)])
    reach = np.maximum(shown.max(axis=(0, 1)) * 2 + 1.0, (scene.width_mm, scene.height_mm))
    grid = Grid.over(float(reach[0]), float(reach[1]), placement.px_per_mm)
    left = render.skin(planes(scene, grid), placement, taken.lamp, taken.gloss)
    rows, columns = grid.shape
    at = lookup * np.float32(grid.px_per_mm) + np.array([columns / 2 - 0.5, rows / 2 - 0.5], np.float32)
    seen = cv2.remap(left, at[..., 0], at[..., 1], cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(np.maximum(seen, 0), np.float32)


def lying_card(scene: Scene, taken: Conditions, placement: Placement) -> tuple[Points, tuple[float, float], Points]:
    """The card below the skin: 3 x 3 from its millimetres to pixels, where its middle is, and how its plane rises."""
    scale = card_scale(scene)
    size = np.array([card.WIDTH_MM, card.HEIGHT_MM])
    middle = (0.0, scene.height_mm / 2 + (1 + card.HEIGHT_MM / 2) * scale)
    rise = np.tan(np.radians(taken.card_tilt_deg))
    corners = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]) * size
    from_middle = (corners - size / 2) * scale
    solid = np.concatenate([from_middle + middle, (from_middle @ rise)[:, None]], axis=1)
    return _homography(corners, placement.seen(solid)), middle, rise


def _lay_card(light: Light, scene: Scene, taken: Conditions, placement: Placement) -> Points:
    """Lay cloth and card over the lower end of the picture, and say where the card is."""
    scale, edge = card_scale(scene), scene.height_mm / 2
    to_picture, middle, rise = lying_card(scene, taken, placement)
    ground = np.array([(-50.0, edge), (50.0, edge), (50.0, edge + 50), (-50.0, edge + 50)])
    to_ground = np.linalg.inv(_homography(ground, placement.seen(np.pad(ground, ((0, 0), (0, 1))))))
    _cover_below(light, to_ground, edge, placement.px_per_mm)

    fine = max(4, round(2.0 * placement.px_per_mm * scale))  # whole pixels for each mm of the card
    reflectance, height = card.planes(fine)
    lying = render.Flat(middle, (float(rise[0]), float(rise[1])), fine / scale)
    left = render.flat(reflectance, height * np.float32(scale), taken.lamp, lying, placement.view())
    left = np.asarray(cv2.GaussianBlur(left, (0, 0), 0.9), np.float32)
    to_px = np.array([[1 / fine, 0, 0.5 / fine], [0, 1 / fine, 0.5 / fine], [0, 0, 1]])
    size = placement.size_px
    laid = cv2.warpPerspective(left, to_picture @ to_px, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = np.ones(left.shape[:2], np.float32)
    share = cv2.warpPerspective(cover, to_picture @ to_px, size, flags=cv2.INTER_LINEAR)[..., None]
    light *= 1 - share
    light += laid * share
    return to_picture


def _homography(places: Points, pixels: Points) -> Points:
    found: Points = cv2.getPerspectiveTransform(places.astype(np.float32), pixels.astype(np.float32)).astype(float)
    return found


def _cover_below(light: Light, to_ground: NDArray[np.floating], edge_mm: float, px_per_mm: float) -> None:
    rows, columns = light.shape[:2]
    x, y = np.arange(columns, dtype=np.float32)[None], np.arange(rows, dtype=np.float32)[:, None]
    down = (to_ground[1, 0] * x + to_ground[1, 1] * y + to_ground[1, 2]) / (
        to_ground[2, 0] * x + to_ground[2, 1] * y + to_ground[2, 2]
    )
    share = np.clip((down - edge_mm) * px_per_mm + 0.5, 0, 1).astype(np.float32)[..., None]
    light *= 1 - share
    light += np.float32(BACKDROP_LINEAR) * share


def _exposed(light: Light, taken: Conditions) -> Light:
    """What the sensor makes of the light: lens, colours that leak, gains, noise. Linear, 1 is full."""
    rows, columns = light.shape[:2]
    if taken.vignetting:
        x, y = np.linspace(-1, 1, columns, dtype=np.float32), np.linspace(-1, 1, rows, dtype=np.float32)
        away = (x[None] ** 2 * columns**2 + y[:, None] ** 2 * rows**2) / np.float32(columns**2 + rows**2)
        light = light * (1 - np.float32(taken.vignetting) * away)[..., None]
    if blur := taken.defocus_px:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), blur), np.float32)
    mixed = light @ (taken.cross_talk.T * np.array(taken.gains) * EXPOSURE).astype(np.float32)
    dice = np.random.default_rng(taken.seed).standard_normal(mixed.shape, dtype=np.float32)
    spread = np.sqrt(
        np.maximum(mixed, 0) / np.float32(taken.electrons) + np.float32((READ_NOISE / taken.electrons) ** 2)
    )
    return np.asarray(mixed + dice * spread, np.float32)


def _developed(linear: Light, taken: Conditions) -> NDArray[np.uint8]:
    """Into sRGB with 8 bits, through the camera's tone curve: darker shades darker, lighter ones lighter."""
    bent = colour.encoded(linear)
    if strength := np.float32(taken.tone_curve):
        bent = bent + strength * (bent * bent * (3 - 2 * bent) - bent)
    return np.asarray(np.clip(np.round(bent * 255), 0, 255), np.uint8)
