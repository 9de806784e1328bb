"""Laws of what is not known of a dose: bounds, order, and that both ways of reckoning say the same."""

import statistics
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from needlewise.dose import Channel, Layer, injured_fraction
from needlewise.dose.bands import (
    Band,
    Draw,
    Settings,
    Uncertain,
    Unknowns,
    between,
    depth_band,
    dermis,
    dose_band,
    drawn_channel,
    even_draws,
)
from needlewise.healing.population import Needling, drawn_dose, injured_shares
from tests.unit.healing.people import biology

FEW = even_draws()[:61]
normals = st.floats(-8, 8)
draws = st.builds(Draw, normals, normals, normals, normals, normals)
uncertain = st.builds(
    lambda median, log_sd, below, above: Uncertain(median, log_sd, median * below, median * above),
    st.floats(0.01, 10),
    st.floats(0, 1.5),
    st.floats(0, 1),
    st.floats(1, 10),
)
layers = st.builds(dermis, st.floats(0, 0.5), st.floats(0.1, 2))
asked = st.builds(
    Settings,
    st.builds(between, st.floats(1, 500), st.floats(500, 3000)) | st.builds(Uncertain, st.floats(1, 3000)),
    st.builds(Uncertain, st.floats(0.05, 0.4)),
    st.floats(0.1, 3),
    layers,
)
ROUNDING = 1e-12


@pytest.fixture(scope="module", autouse=True)
def _opened() -> None:
    """Read once beforehand, so that no law is timed while files are read."""
    biology()
    even_draws()


def unknowns() -> Unknowns:
    rows = biology().dose
    return Unknowns(
        *(
            Uncertain(r.median, r.log_sd, r.least, r.most)
            for r in (rows["depth-share"], rows["halo"], rows["width-share"])
        )
    )


def ordered(band: Band) -> bool:
    return band.low <= band.median <= band.high


@given(uncertain, normals, normals)
def test_a_draw_lies_inside_its_bounds_and_a_higher_one_never_lower(one: Uncertain, draw: float, other: float) -> None:
    assert one.least <= one.at(draw) <= one.most
    assert one.at(min(draw, other)) <= one.at(max(draw, other))


@given(uncertain, st.floats(0.01, 0.99))
def test_the_share_above_a_quantile_is_what_the_quantile_leaves(one: Uncertain, share: float) -> None:
    value = one.quantile(share)
    if one.log_sd > 1e-6 and one.least < value < one.most:
        assert one.share_above(value) == pytest.approx(1 - share, abs=1e-6)
    assert one.share_above(one.most) == 0
    assert one.share_above(one.least * 0.5 - 1e-9) == 1


@given(uncertain)
def test_the_median_of_the_even_draws_is_the_median(one: Uncertain) -> None:
    drawn = statistics.median(one.at(draw.halo) for draw in even_draws())
    assert drawn == pytest.approx(one.median, rel=1e-9)


@pytest.mark.parametrize("name", ["depth_share", "halo", "width_share", "holes", "diameter"])
def test_the_even_draws_are_spread_like_a_normal(name: str) -> None:
    found = sorted(getattr(draw, name) for draw in even_draws())
    wanted = [statistics.NormalDist().inv_cdf((n + 0.5) / len(found)) for n in range(len(found))]
    inner = slice(20, -20)
    assert max(abs(a - b) for a, b in zip(found[inner], wanted[inner], strict=True)) < 0.08


@given(st.floats(0.1, 100), st.floats(1, 5))
def test_a_stated_range_holds_nine_of_ten_and_never_more_than_itself(low: float, factor: float) -> None:
    one = between(low, low * factor)
    assert one.quantile(0.05) == pytest.approx(low)
    assert one.quantile(0.95) == pytest.approx(low * factor)
    assert low <= one.at(-9) <= one.at(9) <= low * factor


@settings(max_examples=40)
@given(asked)
def test_bands_are_in_order_and_shares_between_nought_and_one(session: Settings) -> None:
    found = dose_band(session, unknowns(), FEW)
    assert all(map(ordered, (found.open_area, found.true_depth_mm, found.injured)))
    for share in (found.open_area, found.injured):
        assert share.low >= 0
        assert share.high < 1
    assert found.true_depth_mm.high <= session.depth_mm


@settings(max_examples=40)
@given(asked, st.floats(1, 3))
def test_more_holes_wider_needles_or_a_deeper_setting_never_lower_a_band(session: Settings, factor: float) -> None:
    before = dose_band(session, unknowns(), FEW).injured
    holes, width = session.holes_per_cm2, session.needle_diameter_mm
    larger = (
        replace(
            session, holes_per_cm2=Uncertain(holes.median * factor, holes.log_sd, holes.least, holes.most * factor)
        ),
        replace(session, needle_diameter_mm=Uncertain(width.median * factor)),
        replace(session, depth_mm=session.depth_mm * factor),
    )
    for one in larger:
        after = dose_band(one, unknowns(), FEW).injured
        assert after.low >= before.low - ROUNDING
        assert after.median >= before.median - ROUNDING
        assert after.high >= before.high - ROUNDING


@given(asked, draws, st.floats(0.01, 0.99))
def test_the_deeper_part_of_a_layer_is_injured_less(session: Settings, draw: Draw, part: float) -> None:
    channel, holes = drawn_channel(session, unknowns(), draw), session.holes_per_cm2.at(draw.holes)
    layer = session.layer
    lower = Layer(layer.from_mm + part * (layer.to_mm - layer.from_mm), layer.to_mm)
    assert injured_fraction(holes, channel, lower) <= injured_fraction(holes, channel, layer) + 1e-9


@given(asked, draws, st.floats(0.01, 3))
def test_skin_below_the_tip_is_not_injured(session: Settings, draw: Draw, further_mm: float) -> None:
    channel, holes = drawn_channel(session, unknowns(), draw), session.holes_per_cm2.at(draw.holes)
    below = Layer(channel.depth_mm, channel.depth_mm + further_mm)
    assert injured_fraction(holes, channel, below) == 0
    upper = Layer(0, channel.depth_mm)
    both = injured_fraction(holes, channel, Layer(0, channel.depth_mm + further_mm))
    volume = injured_fraction(holes, channel, upper) * channel.depth_mm
    assert both * (channel.depth_mm + further_mm) == pytest.approx(volume, abs=1e-12)


@given(st.floats(0.1, 3))
def test_the_band_of_the_true_depth_is_the_same_with_or_without_needles(depth_mm: float) -> None:
    session = Settings(Uncertain(300), Uncertain(0.25), depth_mm, Layer(0.1, 1.0))
    straight, drawn = depth_band(depth_mm, unknowns().depth_share), dose_band(session, unknowns()).true_depth_mm
    for name in ("low", "median", "high"):
        assert getattr(drawn, name) == pytest.approx(getattr(straight, name), rel=0.02)


@given(st.integers(0, 2**32), st.floats(1, 3000), st.floats(0.05, 0.4), st.floats(0.1, 3), layers)
def test_the_same_draw_gives_the_same_channel_here_and_in_the_model_of_healing(
    seed: int, holes: float, diameter_mm: float, depth_mm: float, layer: Layer
) -> None:
    needling = Needling(holes, diameter_mm, depth_mm, layer)
    opened, injured = drawn_dose(needling, biology().dose, 3, np.random.default_rng(seed))
    depth, halo, width = np.random.default_rng(seed).standard_normal((3, 3))
    session = Settings(Uncertain(holes), Uncertain(diameter_mm), depth_mm, layer)
    for person in range(3):
        one = [Draw(float(depth[person]), float(halo[person]), float(width[person]))]
        found = dose_band(session, unknowns(), one)
        assert found.open_area.median == pytest.approx(opened[person], abs=1e-12)
        assert found.injured.median == pytest.approx(injured[person], abs=1e-6)


@given(
    st.just(0.0) | st.floats(1e-9, 5000),
    st.builds(
        Channel, st.floats(0.001, 0.25), st.floats(0.005, 4), st.just(0.0) | st.floats(1e-9, 1e-3) | st.floats(0, 0.2)
    ),
    layers,
)
def test_the_closed_form_of_the_model_of_healing_is_the_injured_share(
    holes: float, channel: Channel, layer: Layer
) -> None:
    closed = injured_shares(
        holes / 100, np.array([channel.radius_mm]), np.array([channel.depth_mm]), np.array([channel.halo_mm]), layer
    )
    assert closed[0] == pytest.approx(injured_fraction(holes, channel, layer), abs=1e-6)
