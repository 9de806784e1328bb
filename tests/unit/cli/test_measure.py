"""needlewise measure: photographs of two visits, read from files, compared, and told."""

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
from PIL import Image

from simulated_skin.truth import Change
from tests.unit.cli.conftest import Cli
from tests.unit.imaging.visits import UNCHANGED, shots

ZONES = {"unit": "px", "zone": [{"name": "cheek-left", "polygon": [[40, 40], [320, 40], [320, 320], [40, 320]]}]}


@pytest.fixture
def visits(tmp_path: Path) -> list[str]:
    """Two pictures of each visit, named as a careless clinic would, and zones."""
    for visit, change in enumerate((UNCHANGED, Change(wrinkle_depth=0.6))):
        for number, shot in enumerate(shots(3, change, "rig", visit)):
            name = f"Anna-Muster-{'ba'[visit]}{number}.png"
            cv2.imwrite(str(tmp_path / name), cv2.cvtColor(shot.pixels, cv2.COLOR_RGB2BGR))
    (tmp_path / "zones.json").write_text(json.dumps(ZONES))
    before, after = ([str(path) for path in sorted(tmp_path.glob(f"*-{visit}?.png"))] for visit in "ba")
    return [*before, "--after", *after, "--zones", str(tmp_path / "zones.json"), "--px-per-mm", "10"]


def test_text_says_what_changed_and_by_how_much(cli: Cli, visits: list[str]) -> None:
    result = cli("measure", *visits, "--taken", "rig")
    assert result.code == 0
    told = " ".join(result.out.split())
    assert "no finding of a doctor" in told
    assert re.search(r"Depth of lines better −\d\d % \(−\d\d to −\d\d\)", told)
    assert "Melanin index no measurable change" in told
    assert "Muster" not in result.out


def test_json_holds_every_change_with_its_verdict(cli: Cli, visits: list[str]) -> None:
    result = cli(
        "measure", *visits, "--taken", "rig", "--format", "json", "--measure", "line-depth", "--measure", "ita"
    )
    found = json.loads(result.out)
    assert [one["measure"] for one in found["changes"]] == ["line-depth", "ita"]
    depth = found["changes"][0]
    assert depth["verdict"] == "better"
    assert depth["low"] < depth["change"] < depth["high"] < 0
    assert found["pictures"][0]["colour"] == "chart"
    assert "Muster" not in result.out


def test_the_page_needs_nothing_from_outside_and_runs_nothing(cli: Cli, visits: list[str], tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    assert cli("measure", *visits, "--taken", "rig", "--format", "html", "--out", str(out)).code == 0
    page = out.read_text()
    assert page.count("data:image/jpeg;base64,") == 5
    assert "<script" not in page
    assert not re.search(r"(src|href)=\"(?!data:)", page)
    assert "http" not in re.sub(r"base64,[^\"]*", "", page)
    assert "Muster" not in page
    # Every map says in numbers what its colours mean.
    assert page.count('class="scale-strip"') == 3
    assert re.search(r"change in %\..*?<span>−40 %</span><span>0</span><span>\+40 %</span>", page, re.DOTALL)
    assert "Within the bracket, −" in page


def test_the_page_has_no_map_of_what_could_not_be_measured(cli: Cli, visits: list[str]) -> None:
    page = cli("measure", *visits, "--format", "html").out
    assert "map of melanin index" in page
    assert "map of depth of lines" not in page


def test_why_pictures_count_as_less_steady_than_was_said_is_told_in_every_format(
    cli: Cli, visits: list[str], tmp_path: Path
) -> None:
    steady = json.loads(cli("measure", *visits, "--taken", "rig", "--measure", "ita", "--format", "json").out)
    assert steady["less_steady"] == []
    for path in tmp_path.glob("*-a?.png"):
        cv2.imwrite(str(path), (cv2.imread(str(path)) * 0.6).astype(np.uint8))
    asked = ["measure", *visits, "--taken", "rig", "--measure", "ita"]
    found = json.loads(cli(*asked, "--format", "json").out)
    assert (found["regime_said"], found["regime"]) == ("rig", "hand")
    (why,) = found["less_steady"]
    assert re.fullmatch(r"The amount of light differs by \d+\.\d % \(at most \d+ %\)\.", why)
    for told in (cli(*asked).out, cli(*asked, "--format", "html").out):
        assert why in " ".join(told.split())


def test_words_that_nobody_need_know_are_explained_where_they_are_read(cli: Cli, visits: list[str]) -> None:
    text = " ".join(cli("measure", *visits).out.split())
    assert "dE counts how far two colours lie apart" in text
    assert "Redness a*: how red the skin looks. a* tells how red a colour is" in text
    assert "Individual typology angle: how light the skin is. Told in degrees" in text
    # Only of what was had: by hand there are no lines, and no stripes on a cheek.
    assert "L* tells" not in text
    page = cli("measure", *visits, "--format", "html").out
    for words in ("dE counts how far two colours lie apart", "How red the skin looks. a* tells how red a colour is"):
        assert words in page


def test_by_hand_is_what_nobody_says(cli: Cli, visits: list[str]) -> None:
    result = cli("measure", *visits)
    assert "Taken by: free hand" in result.out
    assert re.search(r"Depth of lines\s+cannot be measured", result.out)


def test_a_measure_that_is_asked_for_by_name_is_answered_or_said_not_to_be_had(cli: Cli, visits: list[str]) -> None:
    names = ("roughness", "pits", "hair-density", "stria-contrast")
    asked = [part for name in names for part in ("--measure", name)]
    found = json.loads(cli("measure", *visits, "--taken", "rig", "--format", "json", *asked).out)
    told = {one["measure"]: one for one in found["changes"]}
    assert set(told) == set(names)
    assert told["roughness"]["verdict"] == "no measurable change"
    for name in ("hair-density", "stria-contrast"):
        assert told[name]["verdict"] == "cannot be measured"
        assert "Draw a zone there" in told[name]["why"][0]
    text = cli("measure", *visits, "--taken", "rig", *asked).out
    assert re.search(r"Length density of hairs\s+cannot be measured\s+It is read only on: scalp", text)


def test_pictures_that_cannot_be_read_are_told_by_their_place_and_never_by_name(
    cli: Cli, visits: list[str], tmp_path: Path
) -> None:
    bad = tmp_path / "Anna-Muster-x.png"
    bad.write_bytes(b"no picture at all")
    result = cli("measure", visits[0], str(bad), "--after", str(tmp_path / "Anna-Muster-lost.png"), *visits[5:])
    assert result.code == 11
    assert "before 2" in result.err
    assert "after 1: no such file" in result.err
    assert "Muster" not in result.err
    assert result.out == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "`share` or `px`"),
        ("{", "neither JSON nor TOML"),
        ("[1, 2]", "neither JSON nor TOML"),
        ('{"unit": "px", "zone": [{"name": "moon", "polygon": [[1, 1], [90, 1], [90, 90]]}]}', "moon"),
        ('{"unit": "px", "zone": [{"name": "nose", "polygon": [[1, 1], [9000, 1], [90, 90]]}]}', "nose"),
    ],
)
def test_zones_that_cannot_be_are_refused(cli: Cli, visits: list[str], tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "zones.json").write_text(text)
    result = cli("measure", *visits)
    assert result.code == 11
    assert message in result.err


def test_without_zones_a_face_is_looked_for_and_what_is_none_is_said_to_be_none(cli: Cli, visits: list[str]) -> None:
    result = cli("measure", *visits[:5])
    assert result.code == 11
    assert "before 1: No face was found" in result.err
    assert "draw the zones by hand" in result.err


def test_the_zones_of_a_face_are_found_and_a_turned_head_is_not_used(cli: Cli, tmp_path: Path) -> None:
    face = cv2.cvtColor(
        cv2.resize(skimage.data.astronaut(), (1024, 1024), interpolation=cv2.INTER_CUBIC), cv2.COLOR_RGB2BGR
    )
    leaning = cv2.warpAffine(
        face, cv2.getRotationMatrix2D((440, 240), 12, 1.0), (1024, 1024), borderMode=cv2.BORDER_REFLECT
    )
    names = [str(tmp_path / f"{name}.png") for name in ("first", "same", "leaning")]
    for name, picture in zip(names, (face, face, leaning), strict=True):
        cv2.imwrite(name, picture)
    result = cli(
        "measure", names[0], "--after", *names[1:], "--px-per-mm", "4", "--measure", "a-star", "--format", "json"
    )
    found = json.loads(result.out)
    assert {"cheek-left", "cheek-right", "nose"} <= {one["zone"] for one in found["changes"]}
    assert {one["picture"] for one in found["refused"] if "lean" in one["found"].lower()} == {"after 2"}


def test_zones_may_be_toml(cli: Cli, visits: list[str], tmp_path: Path) -> None:
    path = tmp_path / "zones.toml"
    path.write_text('unit = "px"\n[[zone]]\nname = "nose"\npolygon = [[40, 40], [320, 40], [320, 320]]\n')
    visits[visits.index("--zones") + 1] = str(path)
    result = cli("measure", *visits, "--measure", "ita")
    assert result.code == 0
    assert "Nose" in result.out


def test_visits_in_the_wrong_order_are_told_by_the_clocks_of_the_cameras(cli: Cli, visits: list[str]) -> None:
    for name, when in ((visits[0], "2026:03:01 10:00:00"), (visits[3], "2026:01:01 10:00:00")):
        exif = Image.Exif()
        exif[0x8769] = {0x9003: when}
        Image.open(name).save(name, exif=exif.tobytes())
    assert "the later visit came first" in cli("measure", *visits, "--measure", "ita").out
    swapped = json.loads(cli("measure", *visits, "--measure", "ita", "--format", "json").out)
    assert len(swapped["doubts"]) == 1
    other = [*visits[3:5], "--after", *visits[:2], *visits[5:]]
    assert json.loads(cli("measure", *other, "--measure", "ita", "--format", "json").out)["doubts"] == []


def test_a_picture_of_one_colour_is_no_skin(cli: Cli, visits: list[str]) -> None:
    cv2.imwrite(visits[3], np.full((400, 400, 3), 128, np.uint8))
    result = cli("measure", *visits, "--taken", "rig")
    assert result.code == 0
    assert "Not used" in result.out
    assert "After 1" in result.out
