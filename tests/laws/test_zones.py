"""Zones hold for any outline: what is read is sound or refused, and a mask moves with its zone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from needlewise.errors import PictureError
from needlewise.imaging.zones import Box, Zone, read_zones

PLACES = {"forehead": 1, "chin": 2}
NUMBERS = st.one_of(st.integers(-50, 500), st.floats(), st.integers(), st.none(), st.booleans(), st.text(max_size=3))
POINTS = st.lists(
    st.one_of(st.lists(NUMBERS, max_size=3), st.tuples(st.integers(0, 99), st.integers(0, 99))), max_size=6
)
ENTRIES = st.one_of(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["forehead", "chin", "ear", None]), "polygon": st.one_of(POINTS, NUMBERS)},
        optional={"holes": st.one_of(st.lists(POINTS, max_size=2), NUMBERS), "colour": NUMBERS},
    ),
    NUMBERS,
)
CORNERS = st.lists(st.tuples(st.floats(0, 200), st.floats(0, 200)), min_size=3, max_size=8)


@given(st.one_of(st.lists(ENTRIES, max_size=4), NUMBERS), st.sampled_from(["px", "share", "cm", None]))
def test_whatever_a_file_of_zones_holds_it_is_read_or_refused_with_reasons(entries: object, unit: object) -> None:
    try:
        zones, problems = read_zones({"unit": unit, "zone": entries}, (100, 80), PLACES), ()
    except PictureError as error:
        zones, problems = (), error.problems
    assert zones or problems
    assert all(problem.where.startswith("zone") for problem in problems)
    for zone in zones:
        assert zone.area_px >= 400
        assert zone.mask(zone.box((100, 80))).any()


@given(CORNERS, st.integers(-30, 300), st.integers(-30, 300))
def test_a_mask_moves_with_its_zone_and_begins_anywhere(corners: list[tuple[float, float]], x: int, y: int) -> None:
    try:
        # Sixty-fourths are exact, moved or not.
        zone, moved = (Zone("chin", np.round(np.array(corners) * 64) / 64 + step) for step in ((0, 0), (x, y)))
    except PictureError:
        return
    assert np.array_equal(zone.mask(Box(0, 0, 210, 210)), moved.mask(Box(x, y, 210, 210)))
    # The outline's length bounds by how much counted pixels may differ from the area.
    length = float(np.hypot(*(zone.polygon - np.roll(zone.polygon, 1, axis=0)).T).sum())
    assert abs(zone.mask(Box(0, 0, 210, 210)).sum() - zone.area_px) <= length + 1
