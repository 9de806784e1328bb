"""The drawings: places inside their outlines, depths to scale, days where they belong."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlewise.knowledge import Protocol
from needlewise.web.design.depth_glyph import LABEL_GAP, PX_PER_MM, SURFACE_Y, Depths, Layers, depth_glyph
from needlewise.web.design.outline import label_point
from needlewise.web.design.ribbon import DAYS, LEFT, RIGHT, WIDTH, Moment, Span, ribbon
from needlewise.web.design.zonemap import view_of, views

DAY = date(2026, 11, 24)
DEPTHS = st.floats(0.1, 3.0).map(lambda depth: round(depth, 2))


def test_every_place_of_a_drawing_is_one_of_the_protocol(protocol: Protocol) -> None:
    for view in views():
        places = [zone.place for zone in view.zones]
        assert set(places) <= set(protocol.places)
        assert len(places) == len(set(places)), view.id


def test_every_place_of_the_protocol_that_can_be_drawn_has_a_view(protocol: Protocol) -> None:
    shown = {place for view in views() for place in [zone.place for zone in view.zones]}
    face = {place.id for place in protocol.places.values() if place.zone.region == "face" and place.zone.id != "mucosa"}
    assert face <= shown
    assert view_of("cheek-left") == "head"
    assert view_of("nowhere") == ""


@pytest.mark.parametrize("view", views(), ids=lambda view: view.id)
def test_left_is_the_patients_left(view: object) -> None:
    at = {zone.place: zone.x for zone in view.zones}  # type: ignore[attr-defined]
    for place, x in at.items():
        other = at.get(place.replace("-left", "-right"))
        if place.endswith("-left") and other is not None:
            faces_us = view.id in ("head", "front")  # type: ignore[attr-defined]
            assert (x > other) is faces_us, place


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("M0 0H10V20H0Z", (5, 10)),
        ("m0 0h10v20h-10z", (5, 10)),
        ("M0 0L10 0L10 30L0 30ZM2 2H8V20H2Z", (5, 25)),
    ],
)
def test_a_label_stands_in_the_widest_part_of_its_shape(path: str, inside: tuple[float, float]) -> None:
    x, y = label_point(path)
    assert (x, y) == pytest.approx(inside, abs=0.2)


def test_depths_are_drawn_to_scale_and_alike_on_every_glyph() -> None:
    thin = depth_glyph(Layers(0.75, 0.64, None), Depths(0.25, 0.25, 0.5, (0.25,)))
    thick = depth_glyph(Layers(2.35, None, None), Depths(0.5, 1.5, 2.5, (0.5, 1.0, 1.5)))
    for glyph in (thin, thick):
        for level in glyph.levels:
            assert (level.y - SURFACE_Y) / PX_PER_MM == pytest.approx(float(level.value), abs=0.001)
    assert thin.dermis_bottom_y is not None
    assert thick.dermis_bottom_y is not None
    assert (thin.dermis_bottom_y - SURFACE_Y) / PX_PER_MM == pytest.approx(0.75, abs=0.001)
    assert (thick.dermis_bottom_y - SURFACE_Y) / PX_PER_MM == pytest.approx(2.35, abs=0.001)


@given(start=DEPTHS, ceiling=DEPTHS, limit=DEPTHS, sessions=st.lists(DEPTHS, min_size=1, max_size=12))
def test_no_label_covers_another_and_every_needle_stays_in_the_picture(
    start: float, ceiling: float, limit: float, sessions: list[float]
) -> None:
    glyph = depth_glyph(Layers(None, None, None), Depths(start, ceiling, limit, tuple(sessions)))
    heights = [level.label_y for level in glyph.levels]
    assert all(low - high >= LABEL_GAP - 0.01 for high, low in pairwise(heights))
    assert glyph.height > max(heights)
    assert all(glyph.block_x < needle.x < glyph.block_x + glyph.block_width for needle in glyph.needles)
    assert SURFACE_Y + max(sessions) * PX_PER_MM < glyph.bottom_y


def test_sessions_of_the_same_depth_share_a_needle_that_names_them() -> None:
    glyph = depth_glyph(Layers(None, None, None), Depths(0.25, 0.5, 1.5, (0.25, 0.5, 0.5, 0.5)))
    assert [needle.label for needle in glyph.needles] == ["1", "2–4"]
    assert [needle.is_next for needle in glyph.needles] == [True, False]


def test_unknown_skin_is_drawn_as_unknown() -> None:
    glyph = depth_glyph(Layers(None, None, None), Depths(0.5, 1.0, 1.5, (0.5,)))
    assert glyph.dermis_bottom_y is None
    assert glyph.epidermis == ""


def test_equal_depths_share_one_line_named_after_the_more_binding() -> None:
    glyph = depth_glyph(Layers(None, None, None), Depths(0.5, 1.25, 1.25, (0.5,)))
    assert [(level.kind, level.words) for level in glyph.levels] == [("start", "start"), ("limit", "ceiling and limit")]


@given(days=st.integers(0, DAYS - 1), length=st.integers(0, 400))
def test_whatever_is_on_the_ribbon_stays_within_the_year(days: int, length: int) -> None:
    on = DAY + timedelta(days=days)
    drawn = ribbon(DAY, [Moment("session", on, "1")], [], [Span("Sun", on, on + timedelta(days=length))])
    (mark,), (lane,) = drawn.marks, drawn.lanes
    assert mark.x == pytest.approx(LEFT + days / DAYS * (WIDTH - LEFT - RIGHT), abs=0.06)
    assert all(bar.x >= LEFT and bar.x + bar.width <= WIDTH for bar in lane.bars)


def test_the_ribbon_has_twelve_months_and_january_carries_the_year() -> None:
    months = ribbon(DAY, [], [], []).months
    assert [month.label for month in months][:3] == ["Dec", "2027", "Feb"]
    assert len(months) == 12
    assert [month.x for month in months] == sorted(month.x for month in months)


def test_what_lies_beyond_the_year_is_not_drawn() -> None:
    beyond = DAY + timedelta(days=DAYS)
    drawn = ribbon(DAY, [Moment("final-review", beyond, "")], [], [Span("Sun", beyond, beyond)])
    assert not drawn.marks
    assert not drawn.lanes
