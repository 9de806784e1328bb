"""Zones of a face: on skin, named as places are, on the patient's own side, and told where the camera does not see them."""

import cv2
import numpy as np
import pytest
import skimage.data

from needlewise.imaging.face import Face, face_zones, zones_not_seen
from needlewise.imaging.face_networks import MIRRORED
from needlewise.imaging.zones import Box, Mask, Zone
from tests.unit.healing.people import biology
from tests.unit.imaging.portraits import (
    astronaut,
    enlarged,
    face_in,
    hopper,
    hopper_face,
    imaging,
    lit,
    turned_by,
)

# What no zone may touch: rims of the lids, brows, edge of the lips; the right side, and the whole mouth.
LIDS = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
ALL = {place for zone in biology().protocol.zones.values() for place in zone.mesh_polygons}
PICTURES = {
    "laughing": lambda: enlarged(astronaut(), 4),
    "with glasses": lambda: enlarged(hopper(), 2),
    "turned by 25 degrees": lambda: turned_by(enlarged(hopper(), 2), 25)[0],
    "in a mirror": lambda: np.ascontiguousarray(enlarged(astronaut(), 4)[:, ::-1]),
    "dark": lambda: lit(enlarged(astronaut(), 4), 0.3),
    "looking aside": lambda: enlarged(np.dstack([skimage.data.camera()] * 3), 6),
}


def zones_of(face: Face) -> dict[str, Zone]:
    return {zone.name: zone for zone in face_zones(face, imaging())}


def filled(face: Face, numbers: tuple[int, ...], box: Box) -> Mask:
    shape = np.zeros((box.height, box.width), dtype=np.uint8)
    ring = np.rint(face.points[list(numbers), :2] - (box.x, box.y)).astype(np.int32)
    cv2.fillPoly(shape, [ring], 1)
    # Not the rim itself, which zones may share.
    return np.asarray(cv2.erode(shape, np.ones((3, 3), dtype=np.uint8)) > 0)


@pytest.mark.parametrize("name", PICTURES)
def test_no_zone_touches_eyes_brows_lips_or_another_zone(name: str) -> None:
    picture = PICTURES[name]()
    face = face_in(picture)
    box = Box(0, 0, picture.shape[1], picture.shape[0])
    zones = zones_of(face)
    masks = {zone: found.mask(box) for zone, found in zones.items()}
    assert np.stack(list(masks.values())).sum(axis=0).max() == 1
    for feature in (LIDS, BROW, LIPS, *(tuple(int(MIRRORED[n]) for n in side) for side in (LIDS, BROW))):
        for zone, mask in masks.items():
            assert not (mask & filled(face, feature, box)).any(), zone


@pytest.mark.parametrize("name", ["laughing", "with glasses", "in a mirror", "dark", "turned by 25 degrees"])
def test_a_face_from_the_front_has_every_zone_that_the_protocol_names(name: str) -> None:
    face = face_in(PICTURES[name]())
    assert set(zones_of(face)) == ALL
    assert set(biology().protocol.places) >= ALL
    assert zones_not_seen(face, imaging()) == ()


def test_sides_are_the_patients_own() -> None:
    zones = zones_of(hopper_face())
    nose = zones["nose"].polygon[:, 0].mean()
    for name, zone in zones.items():
        if name.endswith("-left"):
            assert zone.polygon[:, 0].min() > nose, name
        if name.endswith("-right"):
            assert zone.polygon[:, 0].max() < nose, name


def test_zones_lie_in_the_order_of_a_face() -> None:
    """From the hairline down, in the middle and at one side."""
    zones = zones_of(hopper_face())
    for names in (("forehead", "glabella", "nose", "upper-lip", "chin"), ("under-eye-left", "cheek-left")):
        middles = [zones[name].polygon[:, 1].mean() for name in names]
        assert middles == sorted(middles)


def test_both_sides_of_a_face_from_the_front_are_alike_in_area() -> None:
    zones = zones_of(face_in(enlarged(astronaut(), 4)))
    for name in ("cheek", "under-eye", "crows-feet"):
        assert zones[f"{name}-left"].area_px == pytest.approx(zones[f"{name}-right"].area_px, rel=0.05)


def test_zones_cover_a_good_part_of_a_face() -> None:
    zones = zones_of(hopper_face())
    face_px = cv2.contourArea(cv2.convexHull(hopper_face().points[:, :2].astype(np.float32)))
    assert 0.25 < sum(zone.area_px for zone in zones.values()) / face_px < 0.6


def test_zones_of_the_far_side_of_a_turned_face_are_left_out_with_a_reason() -> None:
    face = face_in(PICTURES["looking aside"]())
    seen, hidden = zones_of(face), {problem.where: problem for problem in zones_not_seen(face, imaging())}
    assert set(seen) | set(hidden) == ALL
    assert {"cheek-left", "crows-feet-left", "under-eye-left", "nose", "upper-lip"} <= set(hidden)
    assert {"cheek-right", "crows-feet-right", "under-eye-right"} <= set(seen)
    assert all("turn this side of the face" in problem.hint for problem in hidden.values())


def test_zones_of_a_small_face_are_left_out_with_a_reason() -> None:
    face = face_in(astronaut())
    hidden = zones_not_seen(face, imaging())
    assert {"glabella", "crows-feet-left"} <= {problem.where for problem in hidden}
    assert all("square pixels" in problem.found and "come closer" in problem.hint for problem in hidden)
    assert {"forehead", "nose"} <= set(zones_of(face))


def test_zones_in_which_the_picture_ends_are_left_out_with_a_reason() -> None:
    """A picture from the brows down, and one that ends in a cheek."""
    whole = enlarged(hopper(), 2)
    face = face_in(np.ascontiguousarray(whole[300:]))
    (hidden,) = zones_not_seen(face, imaging())
    assert (hidden.where, hidden.hint) == ("forehead", "take the whole face")
    assert set(zones_of(face)) == ALL - {"forehead"}
    face = face_in(np.ascontiguousarray(whole[:, :660]))
    assert {"cheek-left", "crows-feet-left"} <= {problem.where for problem in zones_not_seen(face, imaging())}


def test_every_outline_runs_clockwise_as_seen() -> None:
    """A ring that runs the other way would count as seen from behind, and its zone would never be drawn."""
    for row in imaging().face_zones.values():
        x, y = hopper_face().points[list(row.points), :2].T
        assert x @ np.roll(y, -1) - y @ np.roll(x, -1) > 0, row.id


def test_outlines_of_the_middle_are_the_same_on_both_sides() -> None:
    for row in imaging().face_zones.values():
        if not row.side:
            assert {int(MIRRORED[number]) for number in row.points} == set(row.points), row.id
