"""Steep hollows are found where they are, in every tone; spots, hairs and wrinkles are none; two visits are read alike."""

from dataclasses import replace

import numpy as np
import pytest

from needlewise.imaging.lines import find_lines
from needlewise.imaging.pits import Pit, apart, contrasts, levels_of, lopsided, pits_of, shares
from needlewise.imaging.relief import beside_lines, roughness
from simulated_skin.drawing import Amounts
from simulated_skin.truth import Change
from tests.unit.imaging.close_skin import BARE, PX_PER_MM, TONES, Close, close
from tests.unit.imaging.rules import RULES

SCARRED = replace(BARE, width_mm=30.0, height_mm=30.0, pits_per_cm2=3.0)
STEEP = 0.3  # depth over radius
WIDEST_MM = 1.5


def light_of(shown: Close) -> float:
    return float(shown.picture.conditions.lamp.azimuth_deg)


def found_in(shown: Close) -> tuple[Pit, ...]:
    mask = shown.mask & ~beside_lines(
        find_lines(shown.plane, shown.mask, PX_PER_MM, RULES.lines), shown.plane.shape, PX_PER_MM
    )
    return pits_of(levels_of(shown.plane, mask, PX_PER_MM), mask, PX_PER_MM, light_of(shown))


def per_cm2(shown: Close) -> float:
    return float(len(found_in(shown)) / (shown.mask.sum() / (10 * PX_PER_MM) ** 2))


def true_pits(shown: Close) -> list[tuple[np.ndarray, float, float]]:
    """Where each is, its radius at half of its depth, and depth over radius; of those that lie in the mask."""
    told = []
    for pit in shown.picture.scene.pits:
        at = shown.picture.placement.to_picture(np.array(pit.at))
        x, y = np.round(at).astype(int)
        radius = pit.radius_mm * np.log(2) ** (1 / pit.steepness)
        if 0 <= x < shown.mask.shape[1] and 0 <= y < shown.mask.shape[0] and shown.mask[y, x]:
            told.append((at, float(radius), pit.depth_um / 1000 / radius))
    return told


@pytest.mark.parametrize("tone", TONES)
def test_steep_hollows_are_found_and_little_else_is(tone: float) -> None:
    seen, wrong, area_cm2, radii = [], 0, 0.0, []
    for seed in (21, 22, 23):
        shown = close(seed, replace(SCARRED, melanin=tone))
        found, used = found_in(shown), set[int]()
        for at, radius, steep in true_pits(shown):
            near = max(0.6, 1.5 * radius) * PX_PER_MM
            hit = [number for number, pit in enumerate(found) if np.hypot(pit.x - at[0], pit.y - at[1]) < near]
            used |= set(hit)
            if steep > STEEP and radius < WIDEST_MM:
                seen.append(bool(hit))
                radii += [found[hit[0]].radius_mm / radius] if hit else []
        wrong += len(found) - len(used)
        area_cm2 += shown.mask.sum() / (10 * PX_PER_MM) ** 2
    assert np.mean(seen) >= 0.8
    assert wrong / area_cm2 <= 0.5
    assert np.median(radii) == pytest.approx(1, abs=0.25)


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize(
    "what", [{"spots_per_cm2": 2.0}, {"wrinkles_per_cm2": 0.5, "lines_per_cm2": 1.2}, {"hairs_per_cm2": 4.0}]
)
def test_spots_wrinkles_and_hairs_are_no_pits(tone: float, what: dict[str, float]) -> None:
    skin: Amounts = replace(SCARRED, melanin=tone, pits_per_cm2=0.0, **what)  # type: ignore[arg-type]
    assert np.mean([per_cm2(close(seed, skin)) for seed in (31, 32)]) <= 0.9


@pytest.mark.parametrize("tone", TONES)
def test_where_the_lamp_stands_is_read_off_the_relief(tone: float) -> None:
    for skin in (replace(BARE, melanin=tone), replace(SCARRED, melanin=tone)):
        shown = close(24, skin)
        read = roughness(shown.plane, shown.mask, PX_PER_MM)
        assert read is not None
        more, error = lopsided(shown.plane, shown.mask, PX_PER_MM, read.lamp_deg)
        turned, _ = lopsided(shown.plane, shown.mask, PX_PER_MM, read.lamp_deg + 180)
        assert more > 2.5 * error
        assert turned == pytest.approx(-more)


def test_where_nothing_tells_hollows_from_bumps_the_lamp_is_not_guessed() -> None:
    grain = np.random.default_rng(2).normal(0, 0.01, (240, 240)).astype(np.float32)
    everywhere = np.ones(grain.shape, np.bool_)
    for plane in (grain, np.zeros_like(grain)):
        more, error = lopsided(plane, everywhere, PX_PER_MM, 70.0)
        assert abs(more) < 2.5 * error


def test_bumps_and_light_from_the_wrong_side_show_no_pits() -> None:
    shown = close(21, replace(SCARRED, melanin=0.6))
    levels = levels_of(shown.plane, shown.mask, PX_PER_MM)
    right, wrong = (len(pits_of(levels, shown.mask, PX_PER_MM, light_of(shown) + turn)) for turn in (0.0, 180.0))
    assert wrong < 0.4 * right


def test_flatter_hollows_count_for_less_and_those_that_are_gone_for_nothing() -> None:
    skin = replace(SCARRED, melanin=0.6)
    shown = {depth: close(21, skin, Change(pit_depth=depth)) for depth in (1.0, 0.5, 0.0)}
    pits = found_in(shown[1.0])
    told = [contrasts(levels_of(one.plane, one.mask, PX_PER_MM), pits, light_of(one)) for one in shown.values()]
    assert np.median(told[1] / told[0]) == pytest.approx(0.55, abs=0.12)
    deepest = [replace(pit, contrast=float(contrast)) for pit, contrast in zip(pits, told[0], strict=True)]
    whole, half, none = shares(deepest, told, shown[1.0].mask, PX_PER_MM)
    assert whole == pytest.approx(
        100 * sum(np.pi * pit.radius_mm**2 for pit in pits) / (shown[1.0].mask.sum() / PX_PER_MM**2)
    )
    assert 0.3 * whole < half < 0.75 * whole
    assert none < 0.2 * whole


def test_a_hollow_that_both_visits_show_is_one() -> None:
    one, same, other = Pit(50.0, 50.0, 0.4, 0.2), Pit(51.0, 50.5, 0.55, 0.3), Pit(80.0, 50.0, 0.4, 0.1)
    assert apart([one, same, other], PX_PER_MM) == (same, other)
    assert shares((), [np.zeros(0)], np.ones((9, 9), np.bool_), PX_PER_MM) == [0.0]


def test_where_there_is_no_zone_there_are_no_pits() -> None:
    shown = close(21, replace(SCARRED, melanin=0.6))
    nowhere = np.zeros_like(shown.mask)
    assert pits_of(levels_of(shown.plane, nowhere, PX_PER_MM), nowhere, PX_PER_MM, 70.0) == ()
