"""The floors hold where it matters: unchanged skin is not called changed, and a plain change is found, light skin or dark."""

from dataclasses import replace

import numpy as np
import pytest

from needlewise.imaging.comparing import How
from needlewise.imaging.spread import Verdict
from needlewise.imaging.zones import Zone
from simulated_skin.drawing import USUAL
from simulated_skin.truth import DARKEST, LIGHTEST, Change
from tests.unit.imaging.visits import PX_PER_MM, UNCHANGED, Shot, compared, imaging, shots

WIDE_MM, HIGH_MM, INSET_MM = 42.0, 24.0, 3.0  # wide enough for a card of nearly its size
SHALLOWER = Change(wrinkle_depth=0.6)
TONES = (LIGHTEST, DARKEST)
SEEDS = (11, 12)


def visit(seed: int, melanin: float, regime: str, number: int, change: Change = UNCHANGED) -> tuple[Shot, ...]:
    amounts = replace(USUAL, width_mm=WIDE_MM, height_mm=HIGH_MM, melanin=melanin, wrinkles_per_cm2=0.6)
    return shots(seed, change, regime, number, 2, amounts)


def zone() -> Zone:
    low, right, lower = (mm * PX_PER_MM for mm in (INSET_MM, WIDE_MM - INSET_MM, HIGH_MM - INSET_MM))
    return Zone("here", np.array([(low, low), (right, low), (right, lower), (low, lower)]))


def test_unchanged_skin_is_seldom_called_changed() -> None:
    """A check with few and small pictures, that notices a floor left far too low. The bar of one in twenty, tone by tone, is
    tried on many pairs by validation/imaging/bars.py.
    """
    found = [
        one
        for regime in ("rig", "room", "hand")
        for melanin in TONES
        for seed in SEEDS
        for one in compared(
            visit(seed, melanin, regime, 0), visit(seed, melanin, regime, 1), How(regime), [zone()]
        ).changes
        if one.verdict is not Verdict.CANNOT
    ]
    assert len(found) >= 60, "next to nothing could be measured"
    alarms = [one for one in found if one.verdict is not Verdict.NO_CHANGE]
    assert len(alarms) <= 0.1 * len(found), alarms


@pytest.mark.parametrize("melanin", TONES)
def test_lines_two_fifths_shallower_are_found(melanin: float) -> None:
    for seed in SEEDS:
        how = How("rig", measures=("line-depth",))
        found = compared(visit(seed, melanin, "rig", 0), visit(seed, melanin, "rig", 2, SHALLOWER), how, [zone()])
        assert found.of("line-depth", "here").verdict is Verdict.BETTER


def test_every_floor_says_what_it_rests_on_and_a_steadier_way_has_no_higher_one() -> None:
    floors = imaging().floors
    for (measure, regime), one in floors.items():
        assert one.mark.why, (measure, regime)
    for measure in {name for name, _ in floors}:
        by_regime = [floors[measure, name].sd for name in imaging().regimes if (measure, name) in floors]
        assert by_regime == sorted(by_regime), measure
