"""Laws of the dose: shares stay below one, more never counts as less, and every way back leads back."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlewise.dose import (
    Channel,
    Layer,
    Pen,
    Roller,
    glide_mm_per_second_for,
    injured_fraction,
    open_area_fraction,
    passes_for,
    pen_holes_per_cm2,
    roller_holes_per_cm2,
)

# Wider than any device or skin, so that the laws do not lean on what is usual.
pens = st.builds(
    Pen,
    needle_count=st.integers(1, 300),
    strokes_per_second=st.floats(1, 500),
    swept_width_mm=st.floats(1, 50),
)
rollers = st.builds(
    Roller, needle_count=st.integers(1, 2000), drum_diameter_mm=st.floats(1, 100), drum_width_mm=st.floats(1, 100)
)
channels = st.builds(
    Channel, radius_mm=st.floats(0.001, 0.5), depth_mm=st.floats(0.01, 4), halo_mm=st.just(0.0) | st.floats(0.001, 0.5)
)
layers = st.builds(
    lambda start, thickness: Layer(start, start + thickness),
    st.floats(0, 2),
    st.floats(0.01, 3),
)
glides = st.floats(0.5, 200)
densities = st.floats(0, 100_000)
passes = st.integers(1, 50)
more = st.floats(1, 3)
# Sums of 65 terms below 1: rounding, and nothing else.
ROUNDING = 1e-12


@given(densities, channels, layers)
def test_the_injured_share_is_never_below_nought_and_never_one(holes: float, channel: Channel, layer: Layer) -> None:
    assert 0 <= injured_fraction(holes, channel, layer) < 1


@given(st.floats(0, 1e9), st.floats(0.001, 10))
def test_the_open_share_is_never_below_nought_and_never_one(holes: float, radius_mm: float) -> None:
    assert 0 <= open_area_fraction(holes, radius_mm) < 1


@given(densities, channels, layers, more)
def test_more_holes_or_a_wider_deeper_or_more_crushing_needle_never_injure_less(
    holes: float, channel: Channel, layer: Layer, factor: float
) -> None:
    before = injured_fraction(holes, channel, layer)
    assert injured_fraction(holes * factor, channel, layer) >= before - ROUNDING
    for setting in ("radius_mm", "depth_mm", "halo_mm"):
        larger = replace(channel, **{setting: getattr(channel, setting) * factor})
        assert injured_fraction(holes, larger, layer) >= before - ROUNDING, setting


@given(densities, st.floats(0.001, 0.5), more)
def test_more_or_wider_holes_never_open_less(holes: float, radius_mm: float, factor: float) -> None:
    before = open_area_fraction(holes, radius_mm)
    assert open_area_fraction(holes * factor, radius_mm) >= before
    assert open_area_fraction(holes, radius_mm * factor) >= before


@given(st.floats(1, 5000), channels)
def test_the_injured_share_at_the_very_surface_is_the_open_share_of_channel_and_halo(
    holes: float, channel: Channel
) -> None:
    skin = Layer(0, channel.depth_mm * 1e-6)
    assert injured_fraction(holes, channel, skin) == pytest.approx(
        open_area_fraction(holes, channel.radius_mm + channel.halo_mm), rel=1e-4
    )


@given(pens, glides, passes, passes)
def test_passes_of_a_pen_add_up(pen: Pen, glide: float, first: int, second: int) -> None:
    together = pen_holes_per_cm2(pen, glide, first + second)
    assert together == pytest.approx(pen_holes_per_cm2(pen, glide, first) + pen_holes_per_cm2(pen, glide, second))


@given(rollers, passes)
def test_each_further_pass_of_a_roller_leaves_as_many_holes_as_the_first(roller: Roller, number: int) -> None:
    assert roller_holes_per_cm2(roller, number) == pytest.approx(number * roller_holes_per_cm2(roller, 1))


@given(pens, st.floats(1, 20_000), passes)
def test_the_glide_speed_for_a_density_leads_back_to_it(pen: Pen, wanted: float, number: int) -> None:
    glide = glide_mm_per_second_for(pen, wanted, number)
    assert pen_holes_per_cm2(pen, glide, number) == pytest.approx(wanted)
    assert passes_for(pen, wanted, glide) == number


@given(pens, st.floats(1, 20_000), glides)
def test_the_passes_found_are_enough_and_one_fewer_would_not_be(pen: Pen, wanted: float, glide: float) -> None:
    number = passes_for(pen, wanted, glide)
    assert number >= 1
    assert pen_holes_per_cm2(pen, glide, number) >= wanted * (1 - 1e-9)
    assert number == 1 or pen_holes_per_cm2(pen, glide, number - 1) < wanted


@given(st.floats(0, 5000), st.floats(0.001, 0.25), st.floats(0, 0.15), layers)
def test_a_channel_split_at_any_depth_gives_the_same_injured_volume(
    holes: float, radius_mm: float, halo_mm: float, layer: Layer
) -> None:
    channel = Channel(radius_mm, 1.05, halo_mm)
    middle = (layer.from_mm + layer.to_mm) / 2
    halves = (Layer(layer.from_mm, middle), Layer(middle, layer.to_mm))
    mean = sum(injured_fraction(holes, channel, half) for half in halves) / 2
    assert math.isclose(injured_fraction(holes, channel, layer), mean, abs_tol=1e-6)
