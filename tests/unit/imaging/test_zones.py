"""Zones: what may be drawn, what is refused and with which words, and which pixels lie inside."""

import numpy as np
import pytest

from needlewise.errors import PictureError
from needlewise.imaging.mapping import through
from needlewise.imaging.zones import Box, Zone, carried, read_zones

PLACES = {"forehead": 1, "cheek-left": 2, "cheek-right": 3}
SIZE = (400, 300)
SQUARE = [(10, 20), (110, 20), (110, 120), (10, 120)]


def table(*polygons: object, unit: str = "px", name: str = "forehead") -> dict[str, object]:
    return {"unit": unit, "zone": [{"name": name, "polygon": polygon} for polygon in polygons]}


def found(call, *arguments: object) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(PictureError) as refused:
        call(*arguments)
    return str(refused.value)


def test_shares_of_the_picture_and_pixels_draw_the_same_zone() -> None:
    shares = [((x + 0.5) / 400, (y + 0.5) / 300) for x, y in SQUARE]
    (one,), (other,) = (
        read_zones(table(points, unit=unit), SIZE, PLACES) for points, unit in ((SQUARE, "px"), (shares, "share"))
    )
    assert one.polygon == pytest.approx(other.polygon)


def test_the_whole_picture_holds_every_pixel() -> None:
    (zone,) = read_zones(table([(0, 0), (1, 0), (1, 1), (0, 1)], unit="share"), SIZE, PLACES)
    assert zone.mask(zone.box(SIZE)).all()
    assert zone.area_px == pytest.approx(400 * 300)
    assert zone.box(SIZE) == Box(0, 0, 400, 300)


def test_entries_of_one_name_are_one_zone_and_holes_are_taken_out() -> None:
    second = [(200, 20), (240, 20), (240, 60), (200, 60)]
    drawn = table(SQUARE, second)
    drawn["zone"][0]["holes"] = [[(40, 40), (60, 40), (60, 60), (40, 60)]]  # type: ignore[index]
    (zone,) = read_zones(drawn, SIZE, PLACES)
    assert zone.area_px == pytest.approx(100 * 100 + 40 * 40 - 20 * 20)
    assert zone.area_mm2(10.0) == pytest.approx(112)
    mask = zone.mask(Box(0, 0, 400, 300))
    assert not mask[50, 50]
    assert mask[30, 30]
    assert mask[40, 220]


def test_the_number_of_pixels_inside_is_the_area_without_bias() -> None:
    rng = np.random.default_rng(3)
    differences = []
    for _ in range(60):
        angles = np.sort(rng.uniform(0, 2 * np.pi, 12))
        radii = rng.uniform(30, 90, 12)
        ring = np.stack([150 + radii * np.cos(angles), 150 + radii * np.sin(angles)], axis=1)
        zone = Zone("forehead", ring)
        differences.append(zone.mask(Box(20, 20, 280, 280)).sum() - zone.area_px)
    spread = np.std(differences)
    assert spread < 20  # of some ten thousand pixels
    assert abs(np.mean(differences)) < 3 * spread / 60**0.5


def test_a_mask_of_a_crop_is_the_crop_of_the_mask() -> None:
    zone = Zone("forehead", np.array([(10.3, 20.7), (190.2, 40.1), (120.6, 250.9)]))
    box = Box(60, 50, 80, 120)
    assert np.array_equal(zone.mask(box), box.of(zone.mask(Box(0, 0, 400, 300))))


@pytest.mark.parametrize(
    ("points", "word"),
    [
        ([(10, 10), (110, 110), (110, 10), (10, 110)], "crosses or touches itself"),
        ([(10, 10), (110, 10), (60, 10)], "crosses or touches itself"),
        ([(10, 10), (110, 10), (110, 110), (60, 10), (10, 110)], "crosses or touches itself"),
        ([(10, 10), (110, 10)], "2 different points"),
        ([(10, 10), (110, 10), (10, 10), (110, 10)], "crosses or touches itself"),
        ([(10, 10), (20, 10), (20, 20), (10, 20)], "an area of 100 square pixels"),
        ([(10, 10), (500, 10), (10, 110)], "reaches 100 px beyond the edge"),
        ([(10, 10), (float("nan"), 10), (10, 110)], "no finite number"),
        ([(10, 10), (float("inf"), 10), (10, 110)], "no finite number"),
        ([(10, 10), (10**400, 10), (10, 110)], "beyond all measure"),
        ([(10, 10), (True, 10), (10, 110)], "a point"),
        ([(10, 10, 1), (20, 10, 1)], "a point"),
        ("round the nose", "'round the nose'"),
        (None, "missing"),
        ([[0, 0]] * 2001, "3 to 2000 points"),
    ],
)
def test_what_cannot_be_a_zone_is_refused_with_its_fault(points: object, word: str) -> None:
    assert word in found(read_zones, table(points), SIZE, PLACES)


def test_every_fault_of_a_file_is_told_at_once() -> None:
    drawn = table(SQUARE, [(10, 10), (20, 10)], name="forhead")
    drawn |= {"unit": "cm", "colour": "red"}
    text = found(read_zones, drawn, SIZE, PLACES)
    for part in ("'cm'", "colour", "zone 1: name", "zone 2: name", "did you mean forehead?"):
        assert part in text


@pytest.mark.parametrize("entries", [None, [], "forehead", [3], [{}] * 201])
def test_a_file_without_zones_says_what_it_wants(entries: object) -> None:
    assert "`name` and `polygon`" in found(read_zones, {"unit": "px", "zone": entries}, SIZE, PLACES)


def test_outlines_that_overlap_and_holes_that_lie_outside_are_refused() -> None:
    shifted = [(x + 50, y + 50) for x, y in SQUARE]
    assert "overlap" in found(read_zones, table(SQUARE, shifted), SIZE, PLACES)
    outside = [np.array([(200, 200), (220, 200), (220, 220)])]
    assert "not inside" in found(Zone, "forehead", np.array(SQUARE), (), tuple(outside))
    hole = np.array([(30, 30), (60, 30), (60, 60), (30, 60)])
    assert "two holes" in found(Zone, "forehead", np.array(SQUARE), (), (hole, hole + 10))


def test_a_zone_is_carried_along_curved_edges() -> None:
    def bulge(points: np.ndarray) -> np.ndarray:
        return points + np.stack([np.zeros(len(points)), 30 * np.sin(points[:, 0] / 400 * np.pi)], axis=1)

    zone = Zone("forehead", np.array([(0.0, 100), (399, 100), (399, 200), (0, 200)]))
    moved = carried(zone, bulge)
    # Both edges bulge alike, so that the area stays; the corners alone would have stayed straight.
    assert moved.area_px == pytest.approx(zone.area_px, rel=1e-3)
    assert moved.polygon[:, 1].max() == pytest.approx(230, abs=0.2)


def test_a_zone_carried_there_and_back_is_the_same() -> None:
    matrix = np.array([[1.02, 0.03, 5], [-0.02, 0.98, -7], [1e-5, -2e-5, 1]])
    hole = np.array([(40.3, 40.3), (80.3, 40.3), (60.3, 70.3)])
    zone = Zone("forehead", np.array(SQUARE) + 0.3, holes=(hole,))
    back = carried(carried(zone, lambda p: through(matrix, p)), lambda p: through(np.linalg.inv(matrix), p))
    assert back.area_px == pytest.approx(zone.area_px)
    assert np.array_equal(back.mask(Box(0, 0, 200, 200)), zone.mask(Box(0, 0, 200, 200)))


def test_a_box_ends_with_the_picture() -> None:
    zone = Zone("forehead", np.array([(-50.0, -50), (60, -50), (60, 60), (-50, 60)]))
    assert zone.box(SIZE, 10) == Box(0, 0, 71, 71)
    away = Zone("forehead", np.array([(900.0, 900), (960, 900), (960, 960)]))
    assert away.box(SIZE).width * away.box(SIZE).height == 0


def test_names_are_the_places_of_the_protocol() -> None:
    from datetime import date  # noqa: PLC0415

    from needlewise.knowledge import load_protocol  # noqa: PLC0415

    places = load_protocol(date(2026, 12, 1)).places
    assert read_zones(table(SQUARE, name="cheek-left"), SIZE, places)[0].name == "cheek-left"
    assert "cheek-left" in found(read_zones, table(SQUARE, name="cheek"), SIZE, places)
