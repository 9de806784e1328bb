"""needlewise evidence forest: the plot in characters, as SVG, and what is asked for in vain."""

import io
import sys
from importlib import util
from pathlib import Path
from xml.etree import ElementTree

import pytest

from needlewise.cli.evidence.forest_text import DRAWN, TYPED, text_forest
from needlewise.evidence.pooling import Pool
from needlewise.interop.charts.contents import MINUS, Role, contents
from needlewise.interop.charts.directions import Directions
from tests.unit.cli.conftest import Cli
from tests.unit.interop.charts.pools import ALL, CHANGES, ONE, RATIOS, SHARES, WIDE

ONE_GRADE = "acne_scars.response.one-grade.needling"
ONE_STUDY = "acne_scars.contrast-of-changes.goodman_baron_quant.needling.against-nothing"
NOTHING = "acne_scars.change.ecca.needling"


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("found", ALL)
def test_the_plot_keeps_its_width_and_its_columns(found: Pool, width: int) -> None:
    told = contents(found, Directions("comparison better", "needling better"))
    lines = text_forest(told, width).splitlines()
    assert max(map(len, lines)) <= width
    # Every figure ends in the column where its heading ends.
    end = lines[0].index(told.interval) + len(told.interval)
    figures = [line[:end] for line in lines[2:] if " to " in line[:end] and line not in told.notes]
    assert [line.rsplit(" to ")[1].strip() for line in figures] == [
        row.told[2].replace(MINUS, "-") for row in told.rows
    ]
    assert len({line.rindex(" to ") for line in figures}) == 1


@pytest.mark.parametrize("found", ALL)
def test_the_plot_in_characters_says_all_that_is_told(found: Pool) -> None:
    told = contents(found, Directions("better", "worse"))
    text = text_forest(told, 100).replace("\n", " ")
    words = set(text.split())
    for row in told.rows:
        needed = row.told[1:] if row.role is Role.NEW_STUDY else row.told
        assert set(" ".join((row.label, row.people, *needed)).replace(MINUS, "-").split()) <= words
    assert {"better", "worse", *told.axis.title.split()} <= words
    assert all(set(note.replace(MINUS, "-").split()) <= words for note in told.notes)


def test_marks_stand_in_the_order_of_their_numbers() -> None:
    lines = text_forest(contents(RATIOS), 100).splitlines()
    rows = [line for line in lines if DRAWN.square in line]
    values = [one.effect.value for one in RATIOS.effects]
    places = [line.index(DRAWN.square) for line in rows]
    assert sorted(range(4), key=values.__getitem__) == sorted(range(4), key=places.__getitem__)
    nothing = next(line for line in lines if line.strip() == DRAWN.no_effect).index(DRAWN.no_effect)
    assert [place > nothing for place in places] == [value > 0 for value in values]
    assert sum(DRAWN.diamond in line for line in lines) == 1
    assert sum(DRAWN.bar in line for line in lines) == 1


def test_a_cut_interval_has_arrows_and_its_true_ends() -> None:
    line = next(one for one in text_forest(contents(WIDE), 100).splitlines() if one.startswith("Wide 2020"))
    assert DRAWN.left in line
    assert DRAWN.right in line
    assert "2.6e-7 to 1.1e7" in " ".join(line.split())
    assert DRAWN.right not in text_forest(contents(CHANGES), 100)


def test_one_study_has_no_diamond_and_says_that_it_is_no_pool() -> None:
    text = text_forest(contents(ONE), 100)
    assert DRAWN.diamond not in text
    assert "is no pool" in text
    assert "Weight" not in text


def test_a_terminal_with_plain_letters_gets_plain_letters() -> None:
    for found in (CHANGES, SHARES, WIDE):
        text = text_forest(contents(found, Directions("better", "worse")), 80, TYPED)
        assert text.isascii()
        assert TYPED.square in text


def test_the_command_draws_a_group_and_counts_what_stays_outside(cli: Cli) -> None:
    result = cli("evidence", "forest", ONE_GRADE)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(ONE_GRADE)
    assert all(text in result.out for text in ("Majid 2009", "87 %", "66 % to 95 %", "more respond"))
    left_out = cli("evidence", "forest", "acne_scars.harm.dark-marks.needling")
    assert "2 more studies speak of this and cannot be pooled." in left_out.out
    assert "fewer harmed" in left_out.out


def test_better_is_on_the_side_that_the_scale_says(cli: Cli) -> None:
    result = cli("evidence", "forest", ONE_STUDY)
    assert result.out.index("needling better") < result.out.index("comparison better")
    assert "is no pool" in result.out


def test_the_method_can_be_chosen(cli: Cli) -> None:
    assert "Pooled, fixed effect" in " ".join(cli("evidence", "forest", ONE_GRADE, "--method", "fixed").out.split())


def test_a_stream_of_plain_letters_is_noticed(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    assert cli("evidence", "forest", ONE_GRADE).code == 0
    written = stream.buffer
    assert isinstance(written, io.BytesIO)
    assert b"?" not in written.getvalue()
    assert b"tau2" in written.getvalue()


def test_svg_goes_to_a_file_with_colours_of_its_own(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "plot.svg"
    result = cli("evidence", "forest", ONE_GRADE, "--format", "svg", "--output", out)
    assert (result.code, result.out) == (0, "")
    text = out.read_text(encoding="utf-8")
    assert ElementTree.fromstring(text).get("role") == "img"  # noqa: S314 - our own
    assert "var(" not in text


def test_a_slip_in_the_name_and_a_group_without_a_pool_are_told(cli: Cli) -> None:
    slip = cli("evidence", "forest", f"{ONE_GRADE}s")
    assert (slip.code, slip.out) == (2, "")
    assert f"did you mean `{ONE_GRADE}`?" in slip.err
    empty = cli("evidence", "forest", NOTHING)
    assert empty.code == 2
    assert f"`needlewise evidence pool {NOTHING}` tells why" in empty.err


@pytest.mark.parametrize(
    ("missing", "group", "form", "code"),
    [
        ("vl_convert", ONE_GRADE, "svg", 2),
        ("vl_convert", ONE_GRADE, "text", 0),
        ("pymare", ONE_GRADE, "text", 2),
        ("pymare", ONE_STUDY, "text", 0),
    ],
)
def test_what_is_not_installed_is_named_where_it_is_needed(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, missing: str, group: str, form: str, code: int
) -> None:
    found = util.find_spec
    monkeypatch.setattr(
        "needlewise.cli.evidence.forests.find_spec", lambda name: None if name == missing else found(name)
    )
    result = cli("evidence", "forest", group, "--format", form)
    assert result.code == code
    assert (f"{missing} is not installed" in result.err) == bool(code)
    assert ("pip install 'needlewise[evidence]'" in result.err) == bool(code)
