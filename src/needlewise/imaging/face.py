"""A face in a picture: 468 points on it, how it is turned, and the zones of skin that follow from them.

The points stay with the face when the picture is turned, scaled, mirrored or lit otherwise: within 0.6 % of the distance
between the outer corners of the eyes, in the middle of all points. They are personal data, but no template that would tell
who somebody is. Which points bound which zone is knowledge (knowledge/imaging/face_zones.toml), and so are the gates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from needlewise.errors import PictureError, Problem
from needlewise.imaging.face_networks import MIRRORED, OUTER_LEFT, OUTER_RIGHT, Crop, Meshed, Networks, parts_of
from needlewise.imaging.face_weights import Weights
from needlewise.imaging.zones import LEAST_AREA_PX, Zone
from needlewise.knowledge import Imaging

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

LEAST_SIDE = 64  # px: no picture with less holds a face that the mesh can follow
# Chosen: a second face that is at least so large beside the first may be the patient's as well; nobody can tell which.
ANOTHER_PATIENT = 0.5
# Chosen: a zone of which the camera sees less than this share, the rest being turned away, is not measured.
LEAST_FACING = 0.4
TOP, BOTTOM = 10, 152  # middle of the hairline and of the chin, in the mesh
OTHER_SIDE = {"right": "left", "left": "right"}
_HIDDEN = "the camera does not see enough of it"
_TURN = "turn this side of the face to the camera, or draw the zone by hand"


@dataclass(frozen=True, slots=True)
class Pose:
    """How a face is turned, in degrees. As seen by whoever looks at the picture, `yaw` above 0 looks to the right (the
    patient's left), `pitch` above 0 looks up, `roll` above 0 leans clockwise.
    """

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face in a picture.

    points            (468, 3) px: x, y, and depth, which is greater away from the camera and only its own shape
    presence          the network's word on whether this is a face, 0 to 1
    pose              against the camera; its pitch hangs on how the face is built, so only differences count
    eye_distance_px   between the outer corners of the eyes, as far as it is seen
    size              width and height of the picture, px
    others            so many more faces, all much smaller, are in the picture
    """

    points: Floats
    presence: float
    pose: Pose
    eye_distance_px: float
    size: tuple[int, int]
    others: int = 0


def find_face(pixels: Pixels, weights: Weights, imaging: Imaging) -> Face | None:
    """The face in a picture (height, width, 3), sRGB, upright to within about 40 degrees. None: there is none.

    A small face is looked for in parts of the picture. Raises PictureError where there are two that are about equally large.
    """
    if min(pixels.shape[:2]) < LEAST_SIDE:
        return None
    networks, least = Networks(weights), imaging.gates["presence"].least or 0.0
    found = _meshes(pixels, networks, least)
    if not found:
        return None
    sizes = [_eye_distance(one.points) for one in found]
    largest = int(np.argmax(sizes))
    rivals = [size for number, size in enumerate(sizes) if number != largest]
    if rivals and max(rivals) >= ANOTHER_PATIENT * sizes[largest]:
        hint = "take the picture with the patient alone, or cut it to the patient's face"
        raise PictureError(Problem("the picture", f"{len(found)} faces, alike in size", "one face", hint))
    best = networks.refined(pixels, found[largest])
    if best.presence < least:
        return None
    best.points.setflags(write=False)
    size = pixels.shape[1], pixels.shape[0]
    return Face(best.points, best.presence, _pose(_axes(best.points)), _eye_distance(best.points), size, len(rivals))


def face_zones(face: Face, imaging: Imaging) -> tuple[Zone, ...]:
    """The zones of a face that the camera sees well enough, named by place: `cheek-left` is the patient's own left.

    Eyes, brows and lips lie outside all of them; hair and glasses do not, and are told by their colour (`skin_mask`).
    """
    return tuple(zone for zone, _ in _drawn(face, imaging) if zone is not None)


def zones_not_seen(face: Face, imaging: Imaging) -> tuple[Problem, ...]:
    """Which zones of a face were left out, and what to do."""
    return tuple(problem for _, problem in _drawn(face, imaging) if problem is not None)


def turned(face: Face, baseline: Face) -> Pose:
    """How a face is turned against another picture of it, from the shapes of both meshes laid onto each other."""
    one, other = (_centred(which.points) for which in (baseline, face))
    left, _, right = np.linalg.svd(other.T @ one)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    return _pose(left @ flip @ right)


def pose_faults(called: str, face: Face, baseline: Face, imaging: Imaging) -> Iterator[Problem]:
    """What is wrong with how a face is held against the baseline."""
    pose = turned(face, baseline)
    found = {"face-turn": max((pose.yaw, pose.pitch), key=abs), "face-roll": pose.roll}
    for name, degrees in found.items():
        gate = imaging.gates[name]
        if not gate.holds(abs(degrees)):
            told = f"{gate.words} ({_direction(name, pose)} by {abs(degrees):.0f} degrees)"
            yield Problem(called, told, f"at most {gate.most:g} degrees", gate.do)


def _direction(gate: str, pose: Pose) -> str:
    """In words of the patient, who is told which way to turn back."""
    if gate == "face-roll":
        return "leaning to the patient's left" if pose.roll > 0 else "leaning to the patient's right"
    if abs(pose.yaw) >= abs(pose.pitch):
        return "turned to the patient's left" if pose.yaw > 0 else "turned to the patient's right"
    return "lifted" if pose.pitch > 0 else "lowered"


def _meshes(pixels: Pixels, networks: Networks, least: float) -> list[Meshed]:
    """All faces; parts are looked at, the coarser first, only as long as there is none."""
    found = _kept(pixels, networks, networks.faces(pixels), least)
    seen = 0
    for x, y, part in parts_of(pixels):
        side = part.shape[0]
        if found and side != seen:
            break
        seen = side
        crops = [Crop(crop.x + x, crop.y + y, crop.side, crop.turn) for crop in networks.faces(part)]
        found = _once([*found, *_kept(pixels, networks, crops, least)])
    return found


def _kept(pixels: Pixels, networks: Networks, crops: Sequence[Crop], least: float) -> list[Meshed]:
    settled = [networks.settled(pixels, crop, least) for crop in crops]
    return _once([one for one in settled if one.presence >= least])


def _once(meshes: Sequence[Meshed]) -> list[Meshed]:
    """Every face once: two whose middles are nearer than half an eye distance are one."""
    kept: list[Meshed] = []
    for one in sorted(meshes, key=lambda mesh: -mesh.presence):
        middle, near = one.points[:, :2].mean(axis=0), _eye_distance(one.points) / 2
        if all(np.hypot(*(other.points[:, :2].mean(axis=0) - middle)) > near for other in kept):
            kept.append(one)
    return kept


def _drawn(face: Face, imaging: Imaging) -> Iterator[tuple[Zone | None, Problem | None]]:
    """Each place as a zone, or what hinders it."""
    for row in imaging.face_zones.values():
        numbers = np.array(row.points)
        sides = {row.side: numbers, OTHER_SIDE[row.side]: MIRRORED[numbers][::-1]} if row.side else {"": numbers}
        for side, around in sides.items():
            name = f"{row.id}-{side}" if side else row.id
            if min(_facing(face.points[part]) for part in _halves(around)) < LEAST_FACING:
                yield None, Problem(name, _HIDDEN, "skin that faces the camera", _TURN)
                continue
            ring = face.points[around, :2]
            if (ring < -0.5).any() or (ring > np.array(face.size) - 0.5).any():
                yield None, Problem(name, "the picture ends in it", "the whole zone", "take the whole face")
                continue
            try:
                yield Zone(name, ring), None
            except PictureError:  # too small, or folded because the face is far turned
                yield None, _why_not(name, ring)


def _why_not(name: str, ring: Floats) -> Problem:
    x, y = ring.T
    area = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
    if area >= LEAST_AREA_PX:
        return Problem(name, _HIDDEN, "skin that faces the camera", _TURN)
    expected = f"at least {LEAST_AREA_PX:.0f} square pixels"
    return Problem(name, f"an area of {area:.0f} square pixels", expected, "come closer, or use a finer camera")


def _halves(around: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """An outline, and where it crosses the middle line also its part on either side, since one may be turned away."""
    sides = np.sign(around - MIRRORED[around])  # left points have the higher numbers
    return [around, *(around[sides != side] for side in (-1, 1) if {-1, 1} <= set(sides.tolist()))]


def _eye_distance(points: Floats) -> float:
    return float(np.hypot(*(points[OUTER_LEFT, :2] - points[OUTER_RIGHT, :2])))


def _facing(ring: Floats) -> float:
    """Which share of the area inside an outline (n, 3) the camera sees; below 0 it sees the outline from behind."""
    inner = ring - ring.mean(axis=0)
    area = np.cross(inner, np.roll(inner, -1, axis=0)).sum(axis=0)
    return float(area[2] / max(float(np.linalg.norm(area)), 1e-9))


def _centred(points: Floats) -> Floats:
    inner: Floats = points - points.mean(axis=0)
    return inner


def _axes(points: Floats) -> Floats:
    """Axes of a face as columns: from the patient's right to left, from hairline to chin, into the head."""
    across = (points[MIRRORED] - points)[np.arange(len(points)) < MIRRORED].sum(axis=0)
    across /= np.linalg.norm(across)
    down = points[BOTTOM] - points[TOP]
    down -= across * (across @ down)
    down /= np.linalg.norm(down)
    return np.stack([across, down, np.cross(across, down)], axis=1)


def _pose(turn: Floats) -> Pose:
    """Angles of a turn: first nodding, then turning, then leaning, each about an axis of the picture."""
    yaw = np.arctan2(turn[2, 0], np.hypot(turn[0, 0], turn[1, 0]))
    pitch = np.arctan2(-turn[2, 1], turn[2, 2])
    roll = np.arctan2(turn[1, 0], turn[0, 0])
    return Pose(*(float(np.rad2deg(angle)) for angle in (yaw, pitch, roll)))
