"""The specification: positions are the numbers of the pool, words stand in columns that do not touch."""

import json
from typing import Any

import pytest

from needlewise.evidence.pooling import Pool
from needlewise.interop.charts.contents import Role, contents
from needlewise.interop.charts.directions import Directions
from needlewise.interop.charts.forest import PLOT, Ink, forest
from tests.unit.interop.charts.pools import ALL, CHANGES, FORTY, LONG, ONE, SHARES, WIDE

Rows = list[dict[str, Any]]


def drawn(found: Pool, kind: str, **wanted: object) -> Rows:
    """The data of every layer of a kind of mark."""
    return [
        row
        for layer in forest(found)["layer"]
        if layer["mark"]["type"] == kind and all(layer["mark"].get(name) == one for name, one in wanted.items())
        for row in layer["data"]["values"]
    ]


def words(found: Pool, directions: Directions | None = None) -> list[str]:
    layers = forest(found, directions)["layer"]
    return [row["text"] for layer in layers if layer["mark"]["type"] == "text" for row in layer["data"]["values"]]


@pytest.mark.parametrize("found", [ONE, CHANGES, SHARES, LONG, FORTY])
def test_squares_intervals_diamond_and_bar_stand_where_the_pool_says(found: Pool) -> None:
    squares = drawn(found, "point", shape="square")
    assert [row["x"] for row in squares] == [found.as_shown(one.effect.value) for one in found.effects]
    lines = drawn(found, "rule", strokeWidth=1.25)
    assert [(row["x"], row["x2"]) for row in lines] == [
        (found.as_shown(one.low), found.as_shown(one.high)) for one in found.effects
    ]
    assert [row["y"] for row in lines] == [row["y"] for row in squares]
    corners = [row["x"] for row in drawn(found, "area")]
    best = found.random
    assert corners == ([found.as_shown(one) for one in (best.low, best.value, best.high)] if best else [])
    bars = [(row["x"], row["x2"]) for row in drawn(found, "rule", strokeWidth=3)]
    bounds = found.prediction
    assert bars == ([(found.as_shown(bounds.low), found.as_shown(bounds.high))] if bounds else [])


def test_the_area_of_a_square_is_its_weight() -> None:
    sizes = [row["size"] for row in drawn(FORTY, "point", shape="square")]
    weights = [one.random_percent for one in FORTY.effects]
    assert [size / max(sizes) for size in sizes] == pytest.approx([one / max(weights) for one in weights])


def test_a_cut_interval_ends_in_arrows_and_no_mark_leaves_the_plot() -> None:
    axis = contents(WIDE).axis
    for shape, end in (("triangle-left", axis.low), ("triangle-right", axis.high)):
        assert [row["x"] for row in drawn(WIDE, "point", shape=shape)] == [end]
        assert not drawn(CHANGES, "point", shape=shape)
    ends = [row[name] for row in drawn(WIDE, "rule") for name in ("x", "x2") if name in row]
    assert all(axis.low <= end <= axis.high for end in ends)


def test_the_line_of_no_effect_is_there_where_the_kind_has_one() -> None:
    for found, wanted in ((CHANGES, [0.0]), (WIDE, [1.0]), (SHARES, [])):
        full = [row["x"] for row in drawn(found, "rule", color=Ink.EDGE) if "y2" in row and row["y"] == 0]
        assert full == wanted


@pytest.mark.parametrize("found", ALL)
def test_every_label_and_every_number_is_said(found: Pool) -> None:
    said = words(found)
    joined = " ".join(said)
    for row in contents(found).rows:
        assert " ".join(row.label.split()) in joined
        needed = row.told[1:] if row.role is Role.NEW_STUDY else row.told
        assert all(text in said for text in needed)


def test_long_directions_stand_one_below_the_other() -> None:
    for length, lines in ((5, 1), (60, 2)):
        layers = forest(CHANGES, Directions("a" * length, "b" * length))["layer"]
        rows = [row for layer in layers for row in layer["data"]["values"] if set("←→") & set(row.get("text", ""))]
        assert len({row["y"] for row in rows}) == lines


def test_directions_are_said_where_they_are_given() -> None:
    assert {"← better", "worse →"} <= set(words(CHANGES, Directions("better", "worse")))
    assert not any("→" in word for word in words(CHANGES))


@pytest.mark.parametrize("found", ALL)
def test_rows_go_down_the_page_and_columns_stand_beside_the_plot(found: Pool) -> None:
    heights = [row["y"] for row in drawn(found, "point", shape="square")]
    assert heights == sorted(set(heights))
    assert forest(found)["height"] > heights[-1]
    right = [row["px"] for row in drawn(found, "text", align="right") if row["px"] not in (0, PLOT)]
    assert all(edge < 0 or edge > PLOT for edge in right)


def test_a_specification_is_plain_json_and_names_no_data_elsewhere() -> None:
    spec = forest(LONG)
    assert json.loads(json.dumps(spec)) == spec
    assert "url" not in json.dumps(spec["layer"])
