"""A gallery of malformed trials, one mistake each: the message names the line and the place, and nothing is done."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.unit.cli.conftest import Cli
from tests.unit.cli.trial.trials import SMALL, written

DOSE = "dose = { holes_per_cm2 = 200, needle_diameter_mm = 0.25, depth_mm = 1.5, layer_mm = [0.1, 1.0] }"
REST = "needle_diameter_mm = 0.25, depth_mm = 1.5, layer_mm = [0.1, 1.0]"
PEN = "needle_count = 12, strokes_per_second = 100, swept_width_mm = 10, glide_mm_per_second = 20, passes = 4"
ROLLER = "needle_count = 192, drum_diameter_mm = 20, drum_width_mm = 18, passes = 10"
DAYS = "session_days = [0, 14, 28, 42]"
FIRST = "sessions = 4\ninterval_days = 28\n"
COURSE = "\n[course]\n"
# The mistake -> what is written, and what is written instead; the first place of it.
MISTAKES: dict[str, tuple[str, str]] = {
    "title missing": ('title = "Four weeks or two"\n', ""),
    "title empty": ('"Four weeks or two"', '" "'),
    "title a number": ('"Four weeks or two"', "42"),
    "title that acts on a terminal": ('"Four weeks or two"', '"\\u001b[2J"'),
    "seed missing": ("seed = 7\n", ""),
    "seed below 0": ("seed = 7", "seed = -7"),
    "seed in halves": ("seed = 7", "seed = 7.5"),
    "seed true": ("seed = 7", "seed = true"),
    "people none": ("people = 300", "people = 0"),
    "people fewer than none": ("people = 300", "people = -300"),
    "people enormous": ("people = 300", "people = 30000000000000000000"),
    "people in words": ("people = 300", 'people = "many"'),
    "people not a number": ("people = 300", "people = nan"),
    "chunk too large": ("chunk = 64", "chunk = 100000"),
    "too many chunks": ("people = 300\nchunk = 64", "people = 1000000\nchunk = 1"),
    "ages the wrong way round": ("seed = 7", "seed = 7\nages = [60, 30]"),
    "age alone": ("seed = 7", "seed = 7\nages = 30"),
    "ages beyond a life": ("seed = 7", "seed = 7\nages = [30, 200]"),
    "ages not a number": ("seed = 7", "seed = 7\nages = [30, nan]"),
    "form misspelt": ("seed = 7", 'seed = 7\nforms = ["braced"]'),
    "form twice": ("seed = 7", 'seed = 7\nforms = ["braked", "braked"]'),
    "forms no list": ("seed = 7", 'seed = 7\nforms = "braked"'),
    "key misspelt": ("people = 300", "poeple = 300\npeople = 300"),
    "arm in single brackets": ("[[endpoint]]", "[endpoint]"),
    "arm id missing": ('id = "two-weeks"\n', ""),
    "arm id with blanks": ('"two-weeks"', '"two weeks"'),
    "arm id twice": ('"two-weeks"', '"four-weeks"'),
    "arm key unknown": (FIRST, f"{FIRST}colour = 1\n"),
    "arm without sessions": (FIRST, ""),
    "arm with no session": (DAYS, "session_days = []"),
    "sessions in two ways": (FIRST, f"{FIRST}session_days = [0]\n"),
    "sessions without interval": ("interval_days = 28\n", ""),
    "sessions too many": ("sessions = 4", "sessions = 400"),
    "sessions beyond the last day": ("interval_days = 28", "interval_days = 500"),
    "interval of nothing": ("interval_days = 28", "interval_days = 0"),
    "session before the first day": (DAYS, "session_days = [-1, 14]"),
    "session in half a day": (DAYS, "session_days = [0, 14.5]"),
    "session in words": (DAYS, 'session_days = ["monday"]'),
    "two sessions on a day": (DAYS, "session_days = [0, 14, 14]"),
    "sessions out of order": (DAYS, "session_days = [0, 28, 14]"),
    "untreated with a dose": (FIRST, "untreated = true\n"),
    "untreated in words": (FIRST, f'{FIRST}untreated = "yes"\n'),
    "dose missing": (f"{DOSE}\n", ""),
    "dose a number": (DOSE, "dose = 200"),
    "dose in no way": ("holes_per_cm2 = 200, ", ""),
    "dose in two ways": ("holes_per_cm2 = 200", f"holes_per_cm2 = 200, pen = {{ {PEN} }}"),
    "holes below 0": ("holes_per_cm2 = 200", "holes_per_cm2 = -200"),
    "holes none": ("holes_per_cm2 = 200", "holes_per_cm2 = 0"),
    "holes without end": ("holes_per_cm2 = 200", "holes_per_cm2 = inf"),
    "needle like a finger": ("needle_diameter_mm = 0.25", "needle_diameter_mm = 25"),
    "depth not a number": ("depth_mm = 1.5", "depth_mm = nan"),
    "depth missing": ("depth_mm = 1.5, ", ""),
    "depth in centimetres": ("depth_mm = 1.5", "depth_cm = 0.15, depth_mm = 1.5"),
    "layer upside down": ("[0.1, 1.0]", "[1.0, 0.1]"),
    "layer of one number": ("[0.1, 1.0]", "[0.1]"),
    "layer missing": (", layer_mm = [0.1, 1.0]", ""),
    "pen without passes": (DOSE, f"dose = {{ pen = {{ {PEN.replace(', passes = 4', '')} }}, {REST} }}"),
    "pen that stands still": (DOSE, f"dose = {{ pen = {{ {PEN.replace('= 20,', '= 0,')} }}, {REST} }}"),
    "pen beyond all holes": (DOSE, f"dose = {{ pen = {{ {PEN.replace('passes = 4', 'passes = 999')} }}, {REST} }}"),
    "roller without needles": (DOSE, f"dose = {{ roller = {{ {ROLLER.replace('192', '0')} }}, {REST} }}"),
    "endpoint id missing": ('id = "collagen"\n', ""),
    "endpoint id twice": ('id = "redness"', 'id = "collagen"'),
    "observable missing": ('observable = "collagen"\n', ""),
    "observable misspelt": ('observable = "collagen"', 'observable = "colagen"'),
    "observable a state": ('observable = "collagen"', 'observable = "C3"'),
    "day missing": ("day = 120\n", ""),
    "day below 0": ("day = 120", "day = -120"),
    "day after years": ("day = 120", "day = 12000"),
    "at a day and between": ("day = 120", "day = 120\nbetween_days = [0, 7]"),
    "peak of a day": ("between_days = [0, 7]", "day = 7"),
    "peak of the wrong way round": ("[0, 7]", "[7, 0]"),
    "at misspelt": ('at = "peak"', 'at = "peek"'),
    "better misspelt": ('better = "more"', 'better = "higher"'),
    "course observable misspelt": (SMALL, f'{SMALL}{COURSE}observables = ["rednes"]\n'),
    "course of no week": (SMALL, f"{SMALL}{COURSE}weeks = 0\n"),
    "course a text": ("seed = 7", 'seed = 7\ncourse = "collagen"'),
    "text without quotes": ('"Four weeks or two"', "Four weeks or two"),
    "header not closed": ("[[arm]]", "[[arm"),
}
SEVERAL = (
    SMALL.replace("seed = 7", "seed = -7")
    .replace("people = 300", "people = 0")
    .replace("[0, 14, 28, 42]", "[0, 14, 14]")
    .replace("depth_mm = 1.5", "depth_mm = -1.5")
    .replace('observable = "redness"', 'observable = "rednes"')
)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_malformed_trial_is_refused_with_its_place_and_a_way_out(
    name: str, cli: Cli, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    old, new = MISTAKES[name]
    assert old in SMALL
    result = cli("trial", written(tmp_path, SMALL.replace(old, new, 1)), "--out", tmp_path / "out")
    assert result.code == 10
    assert result.out == ""
    assert result.err.count(f"{tmp_path}/") == 1
    assert result.err.replace(f"{tmp_path}/", "") == snapshot
    assert not (tmp_path / "out").exists()


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(cli: Cli, tmp_path: Path) -> None:
    path = written(tmp_path, SEVERAL)
    result = cli("trial", path, "--out", tmp_path / "out")
    lines = [int(line.split(":")[1]) for line in result.err.splitlines() if line.startswith(str(path))]
    assert lines == [2, 3, 11, 16, 17, 27]
    assert result.err.endswith("6 problems; nothing was done.\n")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"# nothing\n",
        b"\x89PNG\r\n\x1a\n\0\0",
        SMALL.encode("utf-16"),
        b"a = " + b"[" * 20_000 + b"]" * 20_000,
        b"a = " + b"9" * 10_000,
        b"arm = 7\nendpoint = [1, 2]\n",
        b"# " + b"x" * 1_000_001,
        b"a." * 300_000 + b"a = 1",
    ],
)
def test_a_file_that_is_no_trial_is_refused(raw: bytes, cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "trial.toml"
    path.write_bytes(raw)
    result = cli("trial", path, "--out", tmp_path / "out")
    assert result.code == 10
    assert str(path) in result.err
    assert "\x1b" not in result.err


def test_a_missing_file_and_a_folder_are_refused(cli: Cli, tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        result = cli("trial", path, "--out", tmp_path / "out")
        assert result.code == 10
        assert result.err.startswith(f"{path}: ")


@pytest.mark.parametrize("words", [("--workers", "0"), ("--workers", "many"), ("--workers", "2", "--cluster", "x")])
def test_a_call_that_makes_no_sense_is_refused(words: tuple[str, ...], cli: Cli, tmp_path: Path) -> None:
    assert cli("trial", written(tmp_path), "--out", tmp_path / "out", *words).code == 2
