"""Faces: where their points lie, that these stay on the face whatever the picture does, what is no face, and the pose."""

import time
from dataclasses import replace

import cv2
import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray

from needlewise.errors import PictureError
from needlewise.imaging.face import Face, find_face, pose_faults, turned
from needlewise.imaging.face_networks import MIRRORED
from tests.unit.imaging.portraits import (
    Pixels,
    astronaut,
    astronaut_face,
    enlarged,
    face_in,
    hopper,
    hopper_face,
    imaging,
    lit,
    on_a_wall,
    turned_by,
    weights,
)

Floats = NDArray[np.float64]

# Looked at in pictures at four times their size: each lies where its name says. Points of the mesh, (x, y) in px.
# Hairline, forehead, between the brows, root and tip of the nose, edges of the lips, chin; corners and lids of the right and
# the left eye; ends of the brows; corners of the mouth; wings of the nose; cheeks; before the ears.
ASTRONAUT = {
    10: (226.8, 66.8), 151: (226.2, 77.2), 9: (225.7, 87.8), 168: (225.2, 98.8), 1: (223.7, 128.7), 0: (223.2, 139.1),
    17: (222.4, 154.6), 152: (221.5, 173.8), 33: (193.5, 100.0), 133: (212.9, 102.3), 159: (202.3, 97.8),
    145: (203.4, 102.9), 362: (236.9, 103.6), 263: (256.4, 103.2), 386: (248.0, 100.2), 374: (246.4, 105.1),
    55: (216.6, 92.2), 285: (234.3, 93.1), 70: (186.4, 89.3), 300: (264.6, 93.4), 61: (199.6, 138.6),
    291: (246.7, 141.0), 49: (209.6, 122.4), 279: (238.3, 123.9), 205: (193.9, 125.0), 425: (253.6, 128.1),
    132: (179.1, 129.2), 361: (267.9, 133.8),
}  # fmt: skip
HOPPER = {
    10: (261.5, 126.8), 151: (262.6, 146.3), 9: (263.7, 166.9), 168: (264.6, 185.6), 1: (268.1, 241.7), 0: (268.6, 268.2),
    17: (269.2, 289.1), 152: (270.7, 331.1), 33: (200.6, 193.4), 133: (239.4, 192.8), 159: (217.0, 187.4),
    145: (220.3, 196.7), 362: (289.1, 190.2), 263: (327.1, 186.6), 386: (310.5, 182.4), 374: (308.2, 192.0),
    55: (246.3, 176.6), 285: (281.7, 174.7), 70: (183.8, 177.0), 300: (341.8, 168.7), 61: (230.9, 277.1),
    291: (304.9, 273.2), 49: (238.1, 234.6), 279: (295.7, 231.6), 205: (210.8, 244.3), 425: (322.4, 238.4),
    132: (174.8, 252.8), 361: (354.8, 243.1),
}  # fmt: skip
PORTRAITS = {"astronaut": (astronaut, astronaut_face, ASTRONAUT), "hopper": (hopper, hopper_face, HOPPER)}
# So far points may stray, in shares of the eye distance: the middle of all points, and 95 of 100.
MIDDLE, NEARLY_ALL = 0.006, 0.012


def strays(face: Face, expected: Floats, eye_distance_px: float) -> tuple[float, float]:
    far = np.hypot(*(face.points[:, :2] - expected).T) / eye_distance_px
    return float(np.median(far)), float(np.quantile(far, 0.95))


def is_consistent(face: Face, expected: Floats, eye_distance_px: float) -> None:
    middle, nearly_all = strays(face, expected, eye_distance_px)
    assert middle < MIDDLE
    assert nearly_all < NEARLY_ALL


@pytest.fixture(params=PORTRAITS)
def portrait(request: pytest.FixtureRequest) -> tuple[Pixels, Face]:
    picture, face, _ = PORTRAITS[request.param]
    return picture(), face()


@pytest.mark.parametrize("name", PORTRAITS)
def test_points_lie_where_they_were_seen_to_lie(name: str) -> None:
    _, found, pinned = PORTRAITS[name]
    face = found()
    far = np.hypot(*(face.points[list(pinned), :2] - np.array(list(pinned.values()))).T)
    assert (far < 0.012 * face.eye_distance_px).all()
    assert face.presence > 0.99
    assert face.points.shape == (468, 3)
    assert face.others == 0


def test_the_distance_of_the_eyes_is_that_of_their_outer_corners() -> None:
    assert hopper_face().eye_distance_px == pytest.approx(np.hypot(327.1 - 200.6, 186.6 - 193.4), abs=1)


@pytest.mark.parametrize("degrees", [-30, -15, 5, 15, 30])
def test_points_turn_with_the_picture(degrees: float, portrait: tuple[Pixels, Face]) -> None:
    pixels, face = portrait
    picture, there = turned_by(pixels, degrees)
    again = face_in(picture)
    is_consistent(again, face.points[:, :2] @ there[:, :2].T + there[:, 2], face.eye_distance_px)
    pose = turned(again, face)
    assert pose.roll == pytest.approx(-degrees, abs=0.5)
    assert abs(pose.yaw) < 0.7
    assert abs(pose.pitch) < 0.7


@pytest.mark.parametrize("factor", [0.5, 0.7, 1.5, 2.7, 5.0])
def test_points_grow_with_the_picture(factor: float, portrait: tuple[Pixels, Face]) -> None:
    pixels, face = portrait
    picture = enlarged(pixels, factor)
    true = np.array([picture.shape[1] / pixels.shape[1], picture.shape[0] / pixels.shape[0]])
    again = face_in(picture)
    is_consistent(again, (face.points[:, :2] + 0.5) * true - 0.5, face.eye_distance_px * factor)


@pytest.mark.parametrize("factor", [0.3, 0.7, 1.5])
def test_points_do_not_hang_on_the_light(factor: float, portrait: tuple[Pixels, Face]) -> None:
    pixels, face = portrait
    is_consistent(face_in(lit(pixels, factor)), face.points[:, :2], face.eye_distance_px)


def test_in_a_mirror_left_and_right_change_places(portrait: tuple[Pixels, Face]) -> None:
    pixels, face = portrait
    again = face_in(np.ascontiguousarray(pixels[:, ::-1]))
    expected = face.points[MIRRORED, :2] * (-1, 1) + (pixels.shape[1] - 1, 0)
    is_consistent(again, expected, face.eye_distance_px)
    assert again.pose.yaw == pytest.approx(-face.pose.yaw, abs=0.8)
    assert again.pose.roll == pytest.approx(-face.pose.roll, abs=0.3)
    assert again.pose.pitch == pytest.approx(face.pose.pitch, abs=0.8)


def test_every_point_has_its_mirror_image() -> None:
    assert (MIRRORED[MIRRORED] == np.arange(468)).all()
    assert (MIRRORED[[33, 133, 61, 49, 205]] == [263, 362, 291, 279, 425]).all()
    assert (MIRRORED[[0, 1, 10, 152, 168]] == [0, 1, 10, 152, 168]).all()


@pytest.mark.parametrize("name", ["chelsea", "coffee", "brick", "grass", "gravel", "moon", "rocket", "retina", "coins"])
def test_a_cat_a_wall_or_a_meadow_is_no_face(name: str) -> None:
    picture = np.asarray(getattr(skimage.data, name)())
    picture = np.dstack([picture] * 3) if picture.ndim == 2 else picture
    assert find_face(np.ascontiguousarray(picture), weights(), imaging()) is None


def test_the_face_of_a_cat_alone_is_no_face() -> None:
    cat = np.ascontiguousarray(skimage.data.chelsea()[:220, 100:330])
    assert find_face(enlarged(cat, 3), weights(), imaging()) is None


@pytest.mark.parametrize("shape", [(10, 10), (63, 800), (64, 3000), (3000, 64), (1, 1), (500, 500)])
def test_noise_of_any_shape_is_no_face(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert find_face(noise, weights(), imaging()) is None


@pytest.mark.parametrize("place", [(214, 0), (40, 30), (100, 588)])
def test_a_face_of_a_tenth_of_the_height_is_found_as_well_as_a_large_one(place: tuple[int, int]) -> None:
    """A standing person: far below what the detector sees in the whole picture."""
    face = astronaut_face()
    again = face_in(on_a_wall(astronaut(), (726, 1100), place))
    is_consistent(again, face.points[:, :2] + place, face.eye_distance_px)


def test_a_face_that_is_too_small_for_anything_is_not_found() -> None:
    tiny = on_a_wall(enlarged(astronaut(), 0.1), (1200, 1200), (500, 500))
    assert find_face(tiny, weights(), imaging()) is None


def test_of_two_faces_of_about_one_size_none_is_taken() -> None:
    with pytest.raises(PictureError, match="2 faces, alike in size"):
        find_face(np.concatenate([astronaut(), astronaut()[:, ::-1]], axis=1), weights(), imaging())


def test_a_much_smaller_face_behind_is_told_and_not_taken() -> None:
    near = astronaut()[20:220, 120:330]
    picture = on_a_wall(enlarged(near, 3), (920, 600), (0, 0))
    picture[:260, 640:913] = enlarged(near, 1.3)
    face = face_in(picture)
    assert face.others == 1
    assert face.eye_distance_px == pytest.approx(3 * astronaut_face().eye_distance_px, rel=0.02)


def seen_from(face: Face, yaw: float, pitch: float) -> Face:
    """The same face with its points turned in space, as another picture would give them."""
    y, x = np.deg2rad([yaw, pitch])
    about_y = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(x), np.sin(x)], [0, -np.sin(x), np.cos(x)]])
    return replace(face, points=face.points @ (about_y @ about_x).T)


@pytest.mark.parametrize(("yaw", "pitch"), [(20, 0), (-20, 0), (0, 15), (0, -15), (8, -6)])
def test_the_pose_is_that_by_which_a_face_was_turned(yaw: float, pitch: float) -> None:
    pose = turned(seen_from(hopper_face(), yaw, pitch), hopper_face())
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx((yaw, pitch, 0), abs=1e-6)


def test_what_points_to_the_right_of_the_picture_is_a_turn_to_the_patients_left() -> None:
    """The tip of the nose, before the face, moves to where the face looks."""
    aside = seen_from(hopper_face(), 20, 0)
    tip = aside.points[1, 0] - aside.points[:, 0].mean()
    assert tip > hopper_face().points[1, 0] - hopper_face().points[:, 0].mean() + 5
    (fault,) = pose_faults("after 1", aside, hopper_face(), imaging())
    assert "turned to the patient's left by 20 degrees" in fault.found
    assert fault.expected == "at most 5 degrees"


def test_a_face_that_looks_up_shows_more_of_what_lies_below_its_nose() -> None:
    up = seen_from(hopper_face(), 0, 15)
    assert up.points[1, 1] - up.points[:, 1].mean() < hopper_face().points[1, 1] - hopper_face().points[:, 1].mean()
    (fault,) = pose_faults("after 1", up, hopper_face(), imaging())
    assert "lifted by 15 degrees" in fault.found


def test_a_camera_man_seen_from_his_right_looks_to_the_right() -> None:
    picture = np.dstack([skimage.data.camera()] * 3)
    face = face_in(enlarged(picture, 2))
    assert 35 < face.pose.yaw < 70


@pytest.mark.parametrize(("degrees", "sayings"), [(3, 0), (-3, 0), (6, 1), (-6, 1)])
def test_a_head_that_leans_by_more_than_the_gate_is_told(degrees: float, sayings: int) -> None:
    again = face_in(turned_by(astronaut(), degrees)[0])
    faults = list(pose_faults("after 1", again, astronaut_face(), imaging()))
    assert len(faults) == sayings
    side = "right" if degrees > 0 else "left"
    assert all(f"leaning to the patient's {side} by 6 degrees" in fault.found and fault.hint for fault in faults)


def test_how_long_a_face_takes_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    for name, picture in (("0.3", astronaut()), ("12", enlarged(astronaut(), 6.77))):
        started = time.perf_counter()
        face_in(picture)
        with capsys.disabled():
            print(f"\na face in {name} megapixels: {(time.perf_counter() - started) * 1000:.0f} ms")


def test_one_picture_gives_one_answer() -> None:
    once, again = face_in(hopper()), face_in(hopper().copy())
    assert (once.points == again.points).all()
    assert not once.points.flags.writeable


def test_grey_and_blurred_pictures_keep_their_face() -> None:
    grey = np.ascontiguousarray(np.repeat(cv2.cvtColor(hopper(), cv2.COLOR_RGB2GRAY)[:, :, None], 3, axis=2))
    blurred = np.asarray(cv2.GaussianBlur(hopper(), (0, 0), 2), dtype=np.uint8)
    for picture in (grey, blurred):
        middle, _ = strays(face_in(picture), hopper_face().points[:, :2], hopper_face().eye_distance_px)
        assert middle < 0.015
