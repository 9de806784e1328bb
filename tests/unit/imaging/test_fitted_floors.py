"""The script that fits the floors: it counts as the room counts, finds what is there, and keeps what it was not asked for."""

import importlib
import shutil
import sys
from dataclasses import replace
from math import sqrt
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from needlewise.imaging.spread import Change, Shots, by_ratio, changed
from needlewise.knowledge import Floor, Imaging, load_imaging
from needlewise.knowledge._imaging_load import HERE
from tests.unit.healing.people import biology

SCRIPTS = Path(__file__).parents[3] / "validation" / "imaging"
SD, SHOT_SD = 0.3, 0.45  # of the redness that is drawn below
PAIRS = 600
SEEDS = f"0 to {PAIRS - 1}"
COUNTS = [(before, after) for before in range(1, 5) for after in range(1, 5)]


@pytest.fixture(scope="module")
def unchanged() -> ModuleType:
    sys.path.insert(0, str(SCRIPTS))
    try:
        return importlib.import_module("unchanged")
    finally:
        sys.path.remove(str(SCRIPTS))


def told_of(known: Imaging, measure: str, counts: tuple[int, int], floor: Floor) -> Change:
    rng = np.random.default_rng(sum(counts))
    if measure == "line-depth":
        ratios = [(1 + 0.1 * rng.standard_normal(), 0.03) for _ in range(max(counts))]
        return by_ratio(known.measures[measure], "here", ratios, floor, counts)
    before, after = (10 + 0.2 * rng.standard_normal(count) for count in counts)
    return changed(known.measures[measure], "here", Shots(before, after), floor)


@pytest.mark.parametrize("measure", ["a-star", "line-density", "line-depth"])
@pytest.mark.parametrize("counts", COUNTS, ids=str)
@pytest.mark.parametrize("shot_sd", [0.0, 0.05, 1.0, 20.0])
def test_the_scripts_find_detectable_what_the_room_does(
    unchanged: ModuleType, measure: str, counts: tuple[int, int], shot_sd: float
) -> None:
    made, known = unchanged.made, load_imaging(biology().protocol)
    floor = replace(known.floors[measure, "rig"], sd=0.4, shot_sd=shot_sd)
    raw = told_of(known, measure, counts, made.without_floors().floors[measure, "rig"])
    of = dict(zip(("before", "after"), counts, strict=True))
    zone = SimpleNamespace(of=lambda visit: range(of[visit]))
    seen = made._changes(SimpleNamespace(zones=[zone], changes=[raw]))[measure]
    assert made.detectable(seen, floor) == pytest.approx(told_of(known, measure, counts, floor).detectable, rel=1e-6)


def drawn(unchanged: ModuleType, measure: str, shots: int, size: float = 1.0, pairs: int = PAIRS) -> list[Any]:
    """Unchanged pairs in the rig that differ by visit and by picture as far as was said, times `size`."""
    made, rng, found = unchanged.made, np.random.default_rng(shots), []
    for seed in range(pairs):
        before, after = size * SHOT_SD * rng.standard_normal((2, shots))
        change = after.mean() - before.mean() + size * SD * rng.standard_normal()
        free = 2 * shots - 2
        spread = sqrt((before.var() + after.var()) * shots / free * 2 / shots) if free else 1e-9
        seen = made.Seen(change, spread, free, sqrt(2) if shots == 1 else 0.0)
        found.append(
            made.Pair(made.Job("skin", "rig", seed, shots=shots), "rig", {measure: seen}, {}, (), 0.1, 0.1, 1.0)
        )
    return found


@pytest.fixture
def folder(tmp_path: Path, unchanged: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Knowledge of its own, which the scripts then read and write."""
    shutil.copytree(HERE / "imaging", tmp_path / "imaging")
    monkeypatch.setattr(unchanged, "imaging", lambda: load_imaging(biology().protocol, tmp_path))
    return tmp_path


def test_how_far_visits_and_single_pictures_differ_is_found_one_after_the_other(
    unchanged: ModuleType, folder: Path
) -> None:
    path, before = folder / "imaging" / "floors.toml", unchanged.imaging().floors
    key, regimes = ("a-star", "rig"), ("rig", "room", "hand")

    unchanged.write(drawn(unchanged, "a-star", 3), regimes, SEEDS, 3, path)
    first = unchanged.imaging().floors
    assert first[key].shot_sd == before[key].shot_sd
    # Rounded up, of the tone that spreads most, and with certainty: higher, but not much.
    assert 0.98 * SD < first[key].sd < 1.35 * SD

    single = drawn(unchanged, "a-star", 1)
    unchanged.write(single, regimes, SEEDS, 1, path)
    second = unchanged.imaging().floors
    assert second[key].sd == first[key].sd
    assert 0.9 * SHOT_SD < second[key].shot_sd < 1.3 * SHOT_SD
    assert 0.01 < unchanged.alarms(unchanged.rows(single, "a-star", "rig"), second[key]) <= 0.05
    words = second[key].mark.why
    assert words.count("Computed on") == 2
    assert words.startswith(first[key].mark.why.partition(unchanged.OF_ONE)[0])

    assert {name: row for name, row in second.items() if name[0] != "a-star"} == {
        name: row for name, row in before.items() if name[0] != "a-star"
    }


def test_a_less_steady_way_never_has_a_lower_floor(unchanged: ModuleType, folder: Path) -> None:
    path = folder / "imaging" / "floors.toml"
    for shots in (3, 1):
        unchanged.write(drawn(unchanged, "a-star", shots, size=10), ("rig",), SEEDS, shots, path)
    floors = unchanged.imaging().floors
    rig, room = floors["a-star", "rig"], floors["a-star", "room"]
    assert (room.sd, room.shot_sd) == (rig.sd, rig.shot_sd)
    assert rig.sd > 2
    assert room.mark.why.count(unchanged.NO_LOWER) == 2
    # Written once more it says so no more often.
    unchanged.write([], ("rig",), SEEDS, 1, path)
    assert unchanged.imaging().floors == floors


def test_too_few_pairs_change_nothing(unchanged: ModuleType, folder: Path) -> None:
    path, before = folder / "imaging" / "floors.toml", unchanged.imaging().floors
    for shots in (3, 1):
        few = drawn(unchanged, "a-star", shots, size=10, pairs=unchanged.FEWEST["skin"] - 1)
        unchanged.write(few, ("rig", "room", "hand"), SEEDS, shots, path)
        assert unchanged.imaging().floors == before


def test_a_floor_that_was_chosen_to_be_higher_is_not_lowered(unchanged: ModuleType, folder: Path) -> None:
    path, key = folder / "imaging" / "floors.toml", ("line-depth", "rig")
    before = unchanged.imaging().floors[key]
    assert before.mark.origin == "chosen"
    unchanged.write(drawn(unchanged, "line-depth", 3), ("rig",), SEEDS, 3, path)
    assert unchanged.imaging().floors[key] == before
    unchanged.write(drawn(unchanged, "line-depth", 3, size=100), ("rig",), SEEDS, 3, path)
    assert unchanged.imaging().floors[key].sd > before.sd


def test_the_own_error_of_a_ratio_is_not_taken_off_what_single_pictures_differ_by(unchanged: ModuleType) -> None:
    """The room takes the larger of both, so that taking it off would leave too little."""
    pairs = drawn(unchanged, "line-depth", 1, size=10)
    own = 0.9 * sqrt(2) * 10 * SHOT_SD
    found = [(tone, row._replace(spread=own)) for tone, row in unchanged.rows(pairs, "line-depth", "rig")]
    shot_sd = unchanged.shot_floor(found, 10 * SD)
    assert 0.9 < shot_sd / (10 * SHOT_SD) < 1.3
    known = replace(load_imaging(biology().protocol).floors["line-depth", "rig"], sd=10 * SD, shot_sd=shot_sd)
    assert 0.01 < unchanged.alarms(found, known) <= 0.05
