"""needlewise measure on stretch marks that somebody marked on the first picture."""

import json
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from simulated_skin import capture
from simulated_skin.drawing import Amounts, drawn
from simulated_skin.truth import Change, Scene, changed, length_mm
from tests.unit.cli.conftest import Cli

SIDE_MM, PX_PER_MM, SEED = 36.0, 8.0, 3
LOW, HIGH = 3 * PX_PER_MM, (SIDE_MM - 3) * PX_PER_MM
FAINTER = Change(stria_contrast=0.7)


def scene(melanin: float) -> Scene:
    return drawn(SEED, Amounts(width_mm=SIDE_MM, height_mm=SIDE_MM, melanin=melanin, striae=3))


@cache
def visit(melanin: float, number: int, change: Change) -> tuple[capture.Picture, ...]:
    skin = changed(scene(melanin), change)
    taken = [capture.conditions(capture.RIG, SEED, number, shot) for shot in range(2)]
    return tuple(capture.photograph(skin, one, px_per_mm=PX_PER_MM) for one in taken)


def told(cli: Cli, home: Path, melanin: float, change: Change, **stripe: object) -> dict[str, object]:
    """The one change that the command tells of stretch marks."""
    before = visit(melanin, 0, Change())
    names: dict[int, list[str]] = {0: [], 1: []}
    for number, shots in ((0, before), (1, visit(melanin, 1, change))):
        for shot, picture in enumerate(shots):
            names[number].append(str(home / f"{number}-{shot}.png"))
            cv2.imwrite(names[number][-1], cv2.cvtColor(picture.pixels, cv2.COLOR_RGB2BGR))
    lines = [before[0].placement.to_picture(np.array(one.line)[::6]).tolist() for one in scene(melanin).striae]
    drawn_by_hand = [{"zone": "abdomen", "line": line, **stripe} for line in lines]
    square = [[LOW, LOW], [HIGH, LOW], [HIGH, HIGH], [LOW, HIGH]]
    zones = {"unit": "px", "zone": [{"name": "abdomen", "polygon": square}], "stripe": drawn_by_hand}
    (home / "zones.json").write_text(json.dumps(zones))
    asked = ["--zones", str(home / "zones.json"), "--taken", "rig", "--px-per-mm", "8", "--measure", "stria-contrast"]
    result = cli("measure", *names[0], "--after", *names[1], *asked, "--format", "json")
    assert result.code == 0, result.err
    (change_told,) = json.loads(result.out)["changes"]
    return dict(change_told)


def truth(melanin: float) -> float:
    """By how much the contrast truly changed, in L*, weighed by the length of each stripe."""
    skin = scene(melanin)
    fainter = changed(skin, FAINTER)
    contrasts = [
        fainter.stria_contrast(b) - skin.stria_contrast(a) for a, b in zip(skin.striae, fainter.striae, strict=True)
    ]
    return float(np.average(contrasts, weights=[length_mm(one.line) for one in skin.striae]))


@pytest.mark.parametrize("melanin", [0.5, 1.3])
def test_marked_stripes_that_fade_by_three_tenths_are_told_within_their_error(
    cli: Cli, tmp_path: Path, melanin: float
) -> None:
    found = told(cli, tmp_path, melanin, FAINTER)
    assert found["verdict"] == "better"
    assert found["low"] < truth(melanin) < found["high"]


@pytest.mark.parametrize("melanin", [0.3, 0.5, 1.3])
def test_marked_stripes_that_did_not_change_are_not_called_changed(cli: Cli, tmp_path: Path, melanin: float) -> None:
    assert told(cli, tmp_path, melanin, Change())["verdict"] == "no measurable change"


def test_a_width_that_is_said_is_believed(cli: Cli, tmp_path: Path) -> None:
    """Too wide by far, it reaches into the skin beside the stripe, and less contrast is told."""
    said, wide = (told(cli, tmp_path, 1.3, Change(), width_mm=width) for width in (3.0, 14.0))
    assert wide["before"] is None or wide["before"] < 0.8 * said["before"]  # type: ignore[operator]


def test_faults_of_marked_stripes_end_the_command_all_at_once(cli: Cli, tmp_path: Path) -> None:
    picture = str(tmp_path / "one.png")
    cv2.imwrite(picture, visit(0.5, 0, Change())[0].pixels)
    text = """
unit = "px"
[[zone]]
name = "abdomen"
polygon = [[20, 20], [250, 20], [250, 250], [20, 250]]
[[stripe]]
zone = "back"
line = [[30, 30], [200, 200]]
[[stripe]]
zone = "abdomen"
line = [[30, 30]]
width_mm = -3
"""
    (tmp_path / "zones.toml").write_text(text)
    result = cli("measure", picture, "--after", picture, "--zones", str(tmp_path / "zones.toml"))
    assert result.code == 11
    for part in ("stripe 1: zone", "stripe 2", "1 different points", "a width of -3 mm"):
        assert part in result.err
